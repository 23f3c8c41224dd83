"""The wordings of a question: a closed grammar, so that "what people type" is a list and not a likeness.

    top {n} (listings|lots) by [number of] bids

`(a|b)` is one of several, `[a]` may be missing, `{n}` is a slot that reads its value, `{n=1}` gives a slot its value
without a word. Everything else stands as it is.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

_TOKENS = re.compile(r"[()\[\]|]|\{[^{}]*\}|[^\s()\[\]|{}]+")
_SLOT = re.compile(r"\{(?P<name>[a-z_]+)(?:=(?P<value>[^{}]+))?\}")


@dataclass(frozen=True, slots=True)
class SlotPlace:
    """Where a slot reads its value; with `value`, it has that one and reads nothing."""

    name: str
    value: str | None


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several sequences."""

    branches: tuple[tuple[Node, ...], ...]


Node: TypeAlias = "str | SlotPlace | OneOf"
"""A word that must stand there, or one of the others."""
Nodes: TypeAlias = tuple[Node, ...]


def parse(wording: str, fold: Callable[[str], Sequence[str]] = str.split) -> Nodes:
    """The wording's grammar; runs of plain words are folded as the questions will be.

    Raises:
        ValueError: a bracket is open or never was.

    >>> parse("top [{n}] lots")
    ('top', OneOf(branches=((SlotPlace(name='n', value=None),), ())), 'lots')
    """
    tokens = _TOKENS.findall(wording)
    branches, end = _branches(tokens, 0, fold)
    if end != len(tokens) or len(branches) != 1:
        raise ValueError(f"Not a wording: {wording}")
    return branches[0]


def _branches(tokens: Sequence[str], place: int, fold: Callable[[str], Sequence[str]]) -> tuple[list[Nodes], int]:
    """The alternatives from here to the closing bracket, and where that is."""
    branches: list[Nodes] = []
    nodes: list[Node] = []
    plain: list[str] = []

    def settle() -> None:
        if plain:
            nodes.extend(fold(" ".join(plain)))
            plain.clear()

    while place < len(tokens) and tokens[place] not in (")", "]"):
        token = tokens[place]
        if token in ("(", "[", "|") or token[0] == "{":
            settle()
        if token in ("(", "["):
            inner, place = _branches(tokens, place + 1, fold)
            if place == len(tokens) or tokens[place] != {"(": ")", "[": "]"}[token]:
                raise ValueError("A bracket is open.")
            nodes.append(OneOf((*inner, ()) if token == "[" else tuple(inner)))  # noqa: S105 - a bracket
        elif token == "|":  # noqa: S105 - a bar
            branches.append(tuple(nodes))
            nodes = []
        elif token[0] == "{":
            nodes.append(_slot(token))
        else:
            plain.append(token)
        place += 1
    settle()
    return [*branches, tuple(nodes)], place


def _slot(token: str) -> SlotPlace:
    found = _SLOT.fullmatch(token)
    if found is None:
        raise ValueError(f"Not a slot: {token}")
    return SlotPlace(found["name"], found["value"])


def needed(nodes: Nodes) -> frozenset[str]:
    """The words without which the wording cannot match.

    >>> sorted(needed(parse("top {n} (lots|listings) by [number of] bids")))
    ['bids', 'by', 'top']
    """
    return frozenset(node for node in nodes if isinstance(node, str))


def expand(wording: str) -> Iterator[str]:
    """Every text that the wording stands for, its slots left in.

    >>> list(expand("(lots|listings) by [the] {n}"))
    ['lots by the {n}', 'lots by {n}', 'listings by the {n}', 'listings by {n}']
    """
    for words in _texts(parse(wording)):
        yield " ".join(words)


def _texts(nodes: Nodes) -> Iterator[list[str]]:
    choices = [list(_choices(node)) for node in nodes]
    for parts in itertools.product(*choices):
        yield [word for part in parts for word in part]


def _choices(node: Node) -> Iterator[list[str]]:
    if isinstance(node, str):
        yield [node]
    elif isinstance(node, SlotPlace):
        yield [f"{{{node.name}}}" if node.value is None else f"{{{node.name}={node.value}}}"]
    else:
        for branch in node.branches:
            yield from _texts(branch)


Place: TypeAlias = tuple[object, int]
"""A value, and the place behind it."""

Reader: TypeAlias = Callable[[str, int], Iterator[Place]]
"""Reads a slot's value from a place on: each that it may be."""

Found: TypeAlias = tuple[int, Mapping[str, object]]


def matches(
    nodes: Nodes, words: Sequence[str], place: int, read: Reader, values: Mapping[str, object]
) -> Iterator[Found]:
    """Where the wording may end if it begins at that place, with the values that its slots have then."""
    for index, node in enumerate(nodes):
        if isinstance(node, str):
            if place == len(words) or words[place] != node:
                return
            place += 1
        elif isinstance(node, SlotPlace) and node.value is not None:
            values = {**values, node.name: node.value}
        else:
            rest = nodes[index + 1 :]
            for after, known in _ways(node, words, place, read, values):
                yield from matches(rest, words, after, read, known)
            return
    yield place, values


def _ways(node: Node, words: Sequence[str], place: int, read: Reader, values: Mapping[str, object]) -> Iterator[Found]:
    if isinstance(node, OneOf):
        for branch in node.branches:
            yield from matches(branch, words, place, read, values)
    elif isinstance(node, SlotPlace):
        for value, after in read(node.name, place):
            yield after, {**values, node.name: value}
