"""The guard's grammar: which nodes a tree may have, with which parts, in which places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from sqlglot import exp

from common.nl.guard_error import GuardError
from common.nl.guard_functions import check_function, is_aggregate
from common.nl.guard_values import CHECKS, WORDS

NODES: Final = 2000
DEPTH: Final = 60
TABLES: Final = 16
SET_OPERATIONS: Final = 12
ITEMS: Final = 500

COMPARISONS: Final = (
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.NullSafeEQ,
    exp.Is,
    exp.Like,
    exp.In,
    exp.Between,
)
_LOGIC: Final = (exp.And, exp.Or, exp.Not)
SETS: Final = (exp.Union, exp.Intersect, exp.Except)
QUERIES: Final = (exp.Select, *SETS)
ROOTS: Final = (*QUERIES, exp.Subquery)


class Shape(NamedTuple):
    """What may hang on a node, and where it may hang itself: {(type of parent, name of arg)}; anywhere if None."""

    args: frozenset[str]
    places: frozenset[tuple[type[exp.Expr], str]] | None = None


def _shape(args: str = "", places: set[tuple[type[exp.Expr], str]] | None = None) -> Shape:
    return Shape(frozenset(args.split()), None if places is None else frozenset(places))


_IN_A_QUERY: Final = {(query, "order") for query in (*QUERIES, exp.Subquery)}
_BODIES: Final[set[tuple[type[exp.Expr], str]]] = {
    (exp.CTE, "this"), (exp.Subquery, "this"), (exp.Exists, "this"), (exp.In, "query"),
    (exp.Any, "this"), (exp.All, "this"),
    *((each, arg) for each in SETS for arg in ("this", "expression")),
}  # fmt: skip
_COMPARED: Final[set[tuple[type[exp.Expr], str]]] = {
    (each, arg) for each in COMPARISONS[:7] for arg in ("this", "expression")
}
_BINARY: Final = (*COMPARISONS[:7], exp.And, exp.Or, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod)

SHAPES: Final[dict[type[exp.Expr], Shape]] = {
    exp.Select: _shape(
        "expressions from_ joins where group having order limit offset distinct with_ windows", _BODIES
    ),
    **dict.fromkeys(SETS, _shape("this expression distinct order limit offset with_", _BODIES)),
    exp.Subquery: _shape("this alias order limit offset"),
    exp.With: _shape("expressions", {(query, "with_") for query in QUERIES}),
    exp.CTE: _shape("this alias", {(exp.With, "expressions")}),
    exp.TableAlias: _shape("this columns", {(exp.Table, "alias"), (exp.Subquery, "alias"), (exp.CTE, "alias")}),
    exp.From: _shape("this", {(exp.Select, "from_")}),
    exp.Join: _shape("this on using kind side", {(exp.Select, "joins"), (exp.Table, "joins")}),
    exp.Table: _shape("this alias joins", {(exp.From, "this"), (exp.Join, "this"), (exp.Subquery, "this")}),
    exp.Where: _shape("this", {(exp.Select, "where")}),
    exp.Having: _shape("this", {(exp.Select, "having")}),
    exp.Group: _shape("expressions rollup", {(exp.Select, "group")}),
    exp.Rollup: _shape("", {(exp.Group, "rollup")}),
    exp.Order: _shape("this expressions", _IN_A_QUERY | {(exp.Window, "order"), (exp.GroupConcat, "this")}),
    exp.Ordered: _shape("this desc nulls_first", {(exp.Order, "expressions")}),
    exp.Limit: _shape("expression", {(query, "limit") for query in ROOTS}),
    exp.Offset: _shape("expression", {(query, "offset") for query in ROOTS}),
    exp.Distinct: _shape(
        "expressions",
        {(exp.Select, "distinct"), (exp.Anonymous, "expressions"), (exp.GroupConcat, "this"), (exp.Order, "this")},
    ),
    exp.Alias: _shape("this alias", {(exp.Select, "expressions")}),
    exp.Column: _shape("this table"),
    exp.Identifier: _shape("this quoted"),
    exp.Star: _shape("", {(exp.Select, "expressions"), (exp.Column, "this"), (exp.Anonymous, "expressions")}),
    exp.Literal: _shape("this is_string"),
    exp.Null: _shape(),
    exp.Boolean: _shape("this"),
    exp.Paren: _shape("this"),
    exp.Tuple: _shape("expressions", _COMPARED | {(exp.In, "this"), (exp.In, "expressions")}),
    exp.Not: _shape("this"),
    exp.Neg: _shape("this"),
    exp.Between: _shape("this low high"),
    exp.In: _shape("this expressions query"),
    exp.Exists: _shape("this"),
    exp.Any: _shape("this", {(each, "expression") for each in COMPARISONS[:6]}),
    exp.All: _shape("this", {(each, "expression") for each in COMPARISONS[:6]}),
    exp.Is: _shape("this expression"),
    exp.Like: _shape("this expression negate"),
    **dict.fromkeys(_BINARY, _shape("this expression")),
    exp.Div: _shape("this expression safe"),
    exp.Case: _shape("this ifs default"),
    exp.If: _shape("this true", {(exp.Case, "ifs")}),
    exp.Cast: _shape("this to"),
    exp.DataType: _shape("this expressions", {(exp.Cast, "to")}),
    exp.DataTypeParam: _shape("this", {(exp.DataType, "expressions")}),
    exp.Interval: _shape(
        "this unit",
        {(exp.Add, "this"), (exp.Add, "expression"), (exp.Sub, "expression"), (exp.Anonymous, "expressions"),
         (exp.WindowSpec, "start"), (exp.WindowSpec, "end")},
    ),
    exp.Var: _shape("this", {(exp.Interval, "unit"), (exp.Extract, "this"), (exp.TimestampDiff, "unit")}),
    exp.Window: _shape("this partition_by order spec alias over first"),
    exp.WindowSpec: _shape("kind start start_side end end_side", {(exp.Window, "spec")}),
    exp.Anonymous: _shape("this expressions"),
    exp.CurrentDate: _shape(),
    exp.CurrentTimestamp: _shape(),
    exp.Extract: _shape("this expression"),
    exp.GroupConcat: _shape("this separator"),
    exp.Concat: _shape(
        "expressions safe", {(exp.GroupConcat, "this"), (exp.Order, "this"), (exp.Distinct, "expressions")}
    ),
    exp.StrPosition: _shape("this substr"),
    exp.Substring: _shape("this start length"),
    exp.TimestampDiff: _shape("this expression unit"),
    exp.Trim: _shape("this position expression"),
}  # fmt: skip


def check_shape(tree: exp.Expr) -> None:
    """Rules 3, 4, 5, 9 and 11: nothing but these nodes, in these places, and not too many.

    Raises:
        GuardError: there is another one.
    """
    if type(tree) not in ROOTS:
        raise GuardError("not_a_select", "A query is one SELECT, or a WITH and a SELECT; nothing else can run.")
    nodes = list(_walk(tree, 1))
    _check_size(nodes)
    for node in nodes:
        _check_node(node)
        if isinstance(node, COMPARISONS):
            _check_comparison(node)


def _walk(node: exp.Expr, depth: int) -> Iterator[exp.Expr]:
    if depth > DEPTH:
        raise GuardError("too_deep", "The query is nested too deeply.")
    yield node
    for child in children(node):
        yield from _walk(child, depth + 1)


def children(node: exp.Expr) -> Iterator[exp.Expr]:
    """The nodes that hang directly on a node."""
    for value in node.args.values():
        if isinstance(value, exp.Expr):
            yield value
        elif isinstance(value, list):
            yield from (each for each in value if isinstance(each, exp.Expr))


def _check_size(nodes: list[exp.Expr]) -> None:
    """Rule 11: what a person could have meant."""
    if len(nodes) > NODES:
        raise GuardError("too_big", "The query is too long to be answered.")
    if sum(type(node) is exp.Table for node in nodes) > TABLES:
        raise GuardError("too_many_tables", f"A query may name {TABLES} tables.")
    if sum(type(node) in SETS for node in nodes) > SET_OPERATIONS:
        raise GuardError("too_many_unions", f"A query may have {SET_OPERATIONS} UNIONs and the like.")


def _check_node(node: exp.Expr) -> None:
    """Rule 4: a known node, with known parts, in a place where it belongs."""
    shape = SHAPES.get(type(node))
    if shape is None:
        raise GuardError("construct", "The query uses something that is not possible here; write it as a plain SELECT.")
    for name, value in node.args.items():
        if value in (None, False, "") or value == []:
            continue
        if name not in shape.args:
            raise GuardError("construct", _PARTS.get(name, "The query has a clause that is not possible here."))
        _check_value(node, name, value)
    place = (type(node.parent), node.arg_key or "")
    if shape.places is not None and node.parent is not None and place not in shape.places:
        raise GuardError("place", "Something stands where it cannot: a SELECT without parentheses, an alias, a star.")
    check = CHECKS.get(type(node))
    if check is not None:
        check(node)
    if type(node) is exp.Anonymous:
        check_function(node)
        _check_arguments(node)
    if isinstance(node, exp.In) and len(node.expressions) > ITEMS:
        raise GuardError("too_big", f"A list after IN may have {ITEMS} items.")


_PARTS: Final = {
    "into": "SELECT ... INTO writes; leave INTO out.",
    "locks": "Leave out FOR UPDATE, FOR SHARE and LOCK IN SHARE MODE.",
    "recursive": "WITH RECURSIVE is not possible; for series of days join the table calendar.",
    "db": "Write the table's name alone, without a database.",
    "catalog": "Write the table's name alone, without a database.",
    "method": "Write JOIN ... ON or JOIN ... USING instead of NATURAL JOIN.",
    "escape": "LIKE ... ESCAPE is not possible; use the backslash.",
}


def _check_value(node: exp.Expr, name: str, value: object) -> None:
    """What is no node is printed as it stands, so it must be a word of a closed list, or a name or literal."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, exp.Expr) or (type(node), name) in WORDS["free"]:
            continue
        if each is True or (isinstance(each, str) and each.upper() in WORDS.get(name, frozenset())):
            continue
        if not (isinstance(node, exp.DataType) and name == "this"):
            raise GuardError("construct", "The query has a clause that is not possible here.")


def _check_arguments(call: exp.Anonymous) -> None:
    """A star is for COUNT alone, DISTINCT for aggregates, INTERVAL for adding to dates; each alone or in its place."""
    for argument in call.expressions:
        special = type(argument)
        if special is exp.Star and call.this.upper() != "COUNT":
            raise GuardError("star", "A star is possible in COUNT(*) only.")
        if special is exp.Distinct and not is_aggregate(call):
            raise GuardError("place", "DISTINCT is possible in aggregates only.")
        if special is exp.Interval and call.this.upper() not in {"DATE_ADD", "DATE_SUB"}:
            raise GuardError("interval", "INTERVAL is possible in additions and in DATE_ADD and DATE_SUB only.")


def _check_comparison(node: exp.Expr) -> None:
    """Rule 9: MySQL and sqlglot group a = b IS NULL and its like differently; parentheses leave no doubt."""
    if any(isinstance(child, COMPARISONS + _LOGIC) for child in children(node)):
        raise GuardError("chained_comparison", "Put parentheses around a comparison that is compared again.")
