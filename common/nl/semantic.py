"""The semantic layer: what tables, columns, values and words of the market mean. Source: semantic.yaml."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

FILE = Path(__file__).with_name("semantic.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of an analysts' table; `type` is text, integer, decimal, date or datetime."""

    type: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """An analysts' table."""

    meaning: str
    columns: Mapping[str, Column]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word of the market, what else it is called, and what it means exactly."""

    term: str
    synonyms: tuple[str, ...]
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SemanticLayer:
    """The whole of it; `version` changes with the file.

    `values` are the closed lists by column, each value with other words for it. `synonyms` are what verified questions
    read as the same: a name, with wordings (common/nl/wording.py) of what it stands for; `openings` are how questions
    begin without asking anything yet.
    """

    tables: Mapping[str, Table]
    hidden: frozenset[str]
    internal: frozenset[str]
    glossary: tuple[Term, ...]
    values: Mapping[str, Mapping[str, tuple[str, ...]]]
    synonyms: Mapping[str, tuple[str, ...]]
    openings: frozenset[str]
    version: str


@functools.cache
def semantic_layer() -> SemanticLayer:
    """The product's semantic layer, read once."""
    content = FILE.read_bytes()
    facts: Mapping[str, Any] = yaml.load(content, Loader=yaml.CSafeLoader)
    return SemanticLayer(
        tables=MappingProxyType({name: _table(told) for name, told in facts["tables"].items()}),
        hidden=frozenset(facts["hidden"]),
        internal=frozenset(facts["internal"]),
        glossary=tuple(_term(told) for told in facts["glossary"]),
        values=MappingProxyType({column: _lists(told) for column, told in facts["values"].items()}),
        synonyms=_lists(facts["synonyms"]),
        openings=frozenset(facts["openings"]),
        version=hashlib.sha256(content).hexdigest()[:12],
    )


def _table(told: Mapping[str, Any]) -> Table:
    columns = {name: Column(**column) for name, column in told["columns"].items()}
    return Table(meaning=told["meaning"], columns=MappingProxyType(columns))


def _term(told: Mapping[str, Any]) -> Term:
    return Term(term=told["term"], synonyms=tuple(told.get("synonyms", ())), meaning=told["meaning"])


def _lists(told: Mapping[str, list[str]]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({name: tuple(others) for name, others in told.items()})
