"""What runs: the tree with its row limit, in parentheses, written anew, and held against what came in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from sqlglot import exp
from sqlglot.expressions import DType
from sqlglot.tokenizer_core import Token, TokenType

from common.nl.guard_dialect import parse, tokenize, write
from common.nl.guard_error import GuardError
from common.nl.guard_shape import children
from common.nl.guard_tokens import check_nesting

_OPERATORS: Final = (exp.Binary, exp.Not, exp.Neg, exp.Between, exp.In)
_UNDER_LOGIC: Final = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.Is, exp.Like, exp.In)
"""Bind tighter than AND and OR in every grammar, so stand there without parentheses."""
_PARTED: Final = (exp.Is, exp.In, exp.Between)
_CHAINS: Final = ((exp.Add, exp.Sub), (exp.Mul,))
"""From left to right in every grammar: 1 - 2 + 3."""
_OPERANDS: Final = ("this", "expression", "low", "high")


def limit_rows(tree: exp.Expr, row_cap: int) -> Counter[str]:
    """Rule 12: at most one row more than the cap, so that one knows whether there were more; the words this changes."""
    limit = tree.args.get("limit")
    was = None if limit is None else int(limit.expression.this)
    if was is not None and was <= row_cap:
        return Counter()
    tree.set("limit", exp.Limit(expression=exp.Literal.number(row_cap + 1)))
    changed = Counter({str(row_cap + 1): 1})
    changed.update({"LIMIT": 1} if limit is None else {limit.expression.this: -1})
    return changed


def settle(tree: exp.Expr) -> None:
    """Give what can be written in two ways the one in which it comes back from its own text."""
    for node in list(tree.walk()):
        if isinstance(node, exp.Identifier):
            node.set("quoted", True)  # noqa: FBT003 - as sqlglot's nodes are made
        elif isinstance(node, exp.DataType):
            node.set("this", _ONE_TYPE.get(node.this, node.this))
        elif isinstance(node, exp.WindowSpec) and not node.args.get("end"):
            node.set("end", "CURRENT ROW")
        elif isinstance(node, exp.Any) and not isinstance(node.this, exp.Subquery):
            node.set("this", exp.Subquery(this=node.this))
        elif isinstance(node, exp.StrPosition):
            node.replace(exp.Anonymous(this="LOCATE", expressions=[node.args["substr"], node.this]))


_ONE_TYPE: Final = {DType.INT: DType.BIGINT, DType.UINT: DType.UBIGINT}


def in_parentheses(node: exp.Expr) -> None:
    """Rule 13: around every operator that is an operand, so that no grammar's precedence decides."""
    for child in list(children(node)):
        in_parentheses(child)
    if not isinstance(node, _OPERATORS):
        return
    for name in _OPERANDS:
        operand = node.args.get(name)
        if isinstance(operand, _OPERATORS) and not _plain(node, operand, name):
            node.set(name, exp.Paren(this=operand))


def _plain(node: exp.Expr, operand: exp.Expr, name: str) -> bool:
    """Whether an operand needs no parentheses: a comparison in AND, a chain of ANDs or sums, x IS NOT NULL."""
    if isinstance(node, exp.And | exp.Or):
        is_not = isinstance(operand, exp.Not) and isinstance(operand.this, _PARTED[:2])
        return isinstance(operand, _UNDER_LOGIC) or is_not or (type(operand) is type(node) and name == "this")
    if name == "this" and any(isinstance(node, kind) and isinstance(operand, kind) for kind in _CHAINS):
        return True
    return isinstance(node, exp.Not) and isinstance(operand, _PARTED)


def canonical(tree: exp.Expr, written: Sequence[Token], changed: Counter[str]) -> str:
    """The text that runs. Read again it gives the same tree; nothing that was written is missing, nothing was invented.

    Args:
        tree: what was understood.
        written: the tokens that came in.
        changed: the words by which the row limit differs from them.

    Raises:
        GuardError: sqlglot reads its own text differently, or dropped or replaced what it did not know.
    """
    sql = write(tree)
    tokens = tokenize(sql)
    check_nesting(tokens)
    if parse(tokens, sql) != tree:
        raise GuardError("not_stable", "The query is not understood with certainty; write it more plainly.")
    kept = Counter(_significant(written))
    kept.update(changed)
    if +kept != Counter(_significant(tokens)):
        raise GuardError(
            "not_kept", "The query uses a form that is not MySQL's, or not understood; write it more plainly."
        )
    return sql


_SYNONYMS: Final = {
    "!=": "<>", "MOD": "%", "DISTINCTROW": "DISTINCT", "SOME": "ANY", "CONVERT": "CAST", "POSITION": "LOCATE",
    "SUBSTR": "SUBSTRING", "UNKNOWN": "NULL", "INT": "SIGNED", "INTEGER": "SIGNED", "BIGINT": "SIGNED",
    "DEC": "DECIMAL",
}  # fmt: skip
_SILENT: Final = frozenset({"(", ")", ",", "AS", "ASC", "OUTER", ";", "INNER"})


def _significant(tokens: Sequence[Token]) -> Iterator[str]:
    """The words of a statement that say something, each in one of the ways to write it."""
    words = list(_words(tokens))
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        after = words[place + 1] if place + 1 < len(words) else ""
        yield from _told(word, before, after)
        if word == "LIMIT" and words[place + 2 : place + 3] == [","]:
            yield "OFFSET"


def _told(word: str, before: str, after: str) -> Iterator[str]:
    if word in {"DATE", "TIME"} and after.startswith("'"):
        yield "CAST"
    if (word in {"ROWS", "RANGE"} and after in {"UNBOUNDED", "CURRENT", "INTERVAL"}) or (
        word == "ROWS" and after.isdigit()
    ):
        yield from ("BETWEEN", "AND", "CURRENT", "ROW")
    if word == "DISTINCT" and before in {"UNION", "INTERSECT", "EXCEPT"}:
        return
    if word == "ALL" and before == "SELECT":
        return
    if word not in _SILENT:
        plain = word.removeprefix("'")
        yield _SYNONYMS.get(plain, plain)


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    """Texts in one quote at the front, everything else in capitals, keywords of several words one by one."""
    skip = _forms(tokens)
    for place, token in enumerate(tokens):
        if place in skip:
            continue
        if token.token_type is TokenType.STRING or token.token_type is TokenType.IDENTIFIER:
            yield "'" + token.text.upper()
        else:
            yield from token.text.upper().split()


def _forms(tokens: Sequence[Token]) -> set[int]:
    """Where words stand that belong to SUBSTRING(x FROM 1 FOR 2) and POSITION(a IN b): commas in what runs."""
    places: set[int] = set()
    for place, token in enumerate(tokens):
        words = {"SUBSTRING": ("FROM", "FOR"), "SUBSTR": ("FROM", "FOR"), "POSITION": ("IN",)}.get(token.text.upper())
        if words and token.token_type is not TokenType.STRING:
            places |= set(_at_first_level(tokens, place + 1, words))
    return places


def _at_first_level(tokens: Sequence[Token], start: int, words: Sequence[str]) -> Iterator[int]:
    depth = 0
    for place in range(start, len(tokens)):
        kind = tokens[place].token_type
        depth += (kind is TokenType.L_PAREN) - (kind is TokenType.R_PAREN)
        if depth == 0:
            return
        if depth == 1 and kind is not TokenType.STRING and tokens[place].text.upper() in words:
            yield place
