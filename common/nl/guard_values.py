"""What single nodes of a query's tree may hold: closed lists of words, literals, types, counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlglot import exp

from common.nl.guard_dialect import CAST_TYPES, WRITTEN
from common.nl.guard_error import GuardError

_SIMPLE_UNITS: Final = frozenset(["MICROSECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"])
_COMPOSITE_UNITS: Final = frozenset(
    [
        "SECOND_MICROSECOND",
        "MINUTE_MICROSECOND",
        "MINUTE_SECOND",
        "HOUR_MICROSECOND",
        "HOUR_SECOND",
        "HOUR_MINUTE",
        "DAY_MICROSECOND",
        "DAY_SECOND",
        "DAY_MINUTE",
        "DAY_HOUR",
        "YEAR_MONTH",
    ]
)
WORDS: Final[dict[str, Any]] = {
    "kind": frozenset({"INNER", "CROSS", "OUTER", "ROWS", "RANGE"}),
    "side": frozenset({"LEFT", "RIGHT"}),
    "over": frozenset({"OVER"}),
    "start": frozenset({"UNBOUNDED", "CURRENT ROW"}),
    "end": frozenset({"UNBOUNDED", "CURRENT ROW"}),
    "start_side": frozenset({"PRECEDING", "FOLLOWING"}),
    "end_side": frozenset({"PRECEDING", "FOLLOWING"}),
    "position": frozenset({"LEADING", "TRAILING", "BOTH"}),
    "free": frozenset(
        {(exp.Identifier, "this"), (exp.Literal, "this"), (exp.Anonymous, "this"), (exp.Var, "this")}
    ),
}  # fmt: skip


def _check_join(node: exp.Expr) -> None:
    condition = node.args.get("on") or node.args.get("using")
    if type(node.this) not in {exp.Table, exp.Subquery}:
        raise GuardError("construct", "Only tables and subqueries can be joined.")
    kind, side = node.args.get("kind") or "", node.args.get("side")
    if (
        kind not in {"", "INNER", "CROSS", "OUTER"}
        or bool(side and not condition)
        or (bool(side) != (kind == "OUTER") and kind)
    ):
        raise GuardError("construct", "A LEFT or RIGHT JOIN needs ON or USING.")
    if node.args.get("on") and node.args.get("using"):
        raise GuardError("construct", "A join has ON or USING, not both.")
    if any(type(name) is not exp.Identifier for name in node.args.get("using") or ()):
        raise GuardError("construct", "USING takes names of columns.")


_DIGITS: Final = 9


def _check_count(node: exp.Expr) -> None:
    number = node.args.get("expression")
    if (
        not isinstance(number, exp.Literal)
        or number.is_string
        or not number.this.isdigit()
        or len(number.this) > _DIGITS
    ):
        raise GuardError("bad_limit", "LIMIT and OFFSET take a plain whole number.")


def _check_type(node: exp.Expr) -> None:
    parameters = node.expressions
    if node.this not in CAST_TYPES or not all(type(each) is exp.DataTypeParam for each in parameters):
        raise GuardError(
            "bad_type", "CAST is possible to SIGNED, UNSIGNED, DECIMAL, DOUBLE, DATE, DATETIME, TIME and CHAR."
        )
    if any(not isinstance(each.this, exp.Literal) or not each.this.this.isdigit() for each in parameters):
        raise GuardError("bad_type", "A type's length is a whole number.")
    if any(int(each.this.this) > _LONGEST_TYPE for each in parameters):
        raise GuardError("bad_type", "A type's length is too large.")


_LONGEST_TYPE: Final = 1000


def _check_interval(node: exp.Expr) -> None:
    unit, amount = node.args.get("unit"), node.args.get("this")
    if not isinstance(unit, exp.Var) or amount is None:
        raise GuardError("interval", "Write INTERVAL 1 DAY, with a unit such as DAY or MONTH.")
    if (
        isinstance(amount, exp.Literal)
        and not amount.this.removeprefix("-").isdigit()
        and unit.name.upper() in _SIMPLE_UNITS
    ):
        raise GuardError("interval", "An INTERVAL takes a whole number: 90 MINUTE instead of 1.5 HOUR.")
    call = node.parent
    if isinstance(call, exp.Anonymous) and len(call.expressions) > 1 and call.expressions[1] is not node:
        raise GuardError("interval", "Write DATE_ADD(date, INTERVAL 1 DAY).")


def _check_unit(node: exp.Expr) -> None:
    allowed = _SIMPLE_UNITS if isinstance(node.parent, exp.TimestampDiff) else _SIMPLE_UNITS | _COMPOSITE_UNITS
    if str(node.this).upper() not in allowed:
        raise GuardError("interval", "The unit of time is not known; use DAY, MONTH and their like.")


def _check_literal(node: exp.Expr) -> None:
    if not node.args.get("is_string") and not str(node.this).replace(".", "", 1).isdigit():
        raise GuardError("bad_number", "Write numbers as 12 or 12.5.")


def _check_in(node: exp.Expr) -> None:
    query = node.args.get("query")
    if bool(query) == bool(node.expressions) or (query and not isinstance(query, exp.Subquery)):
        raise GuardError("construct", "IN takes a list or one subquery.")


def _check_quantifier(node: exp.Expr) -> None:
    if not isinstance(node.this, exp.Subquery | exp.Query):
        raise GuardError("construct", "ANY and ALL take a subquery.")


def _check_is(node: exp.Expr) -> None:
    if type(node.args.get("expression")) not in {exp.Null, exp.Boolean}:
        raise GuardError("construct", "IS takes NULL, TRUE or FALSE.")


def _check_ordered(node: exp.Expr) -> None:
    if bool(node.args.get("nulls_first")) == bool(node.args.get("desc")):
        raise GuardError("construct", "MySQL has no NULLS FIRST and NULLS LAST; order by x IS NULL first.")


def _check_order(node: exp.Expr) -> None:
    if bool(node.args.get("this")) != isinstance(node.parent, exp.GroupConcat) or not node.expressions:
        raise GuardError("construct", "The query has an ORDER BY that is not possible here.")


def _check_select(node: exp.Expr) -> None:
    if not node.expressions:
        raise GuardError("syntax", "A SELECT without columns.")
    if any(type(window.this) is not exp.Identifier for window in node.args.get("windows") or ()):
        raise GuardError("construct", "A WINDOW clause names windows.")


def _check_window(node: exp.Expr) -> None:
    named = node.arg_key == "windows"
    if named != (type(node.this) is exp.Identifier) or (not named and not node.args.get("over")):
        raise GuardError("construct", "OVER belongs behind a function.")
    if not named and not isinstance(node.this, exp.GroupConcat | exp.Anonymous):
        raise GuardError("construct", "OVER belongs behind a function.")
    select = node.find_ancestor(exp.Select)
    known = [each.name.lower() for each in (select.args.get("windows") or () if select is not None else ())]
    if node.alias and node.alias.lower() not in known:
        raise GuardError("unknown_window", f"There is no WINDOW {node.alias}.")
    if isinstance(node.this, exp.GroupConcat):
        raise GuardError("construct", "GROUP_CONCAT cannot stand over a window.")


def _check_table(node: exp.Expr) -> None:
    alias = node.args.get("alias")
    if type(node.this) is not exp.Identifier or (alias is not None and alias.args.get("columns")):
        raise GuardError("construct", "FROM takes names of tables, each with at most an alias.")


def _check_extract(node: exp.Expr) -> None:
    if not isinstance(node.this, exp.Var):
        raise GuardError("interval", "EXTRACT takes a unit of time, as in EXTRACT(YEAR FROM ends_at).")


def _check_paren(node: exp.Expr) -> None:
    if not node.meta.get(WRITTEN):
        raise GuardError("chained_comparison", "Put parentheses around a comparison that is compared again.")


def _check_column(node: exp.Expr) -> None:
    if type(node.this) is exp.Star and not isinstance(node.parent, exp.Select):
        raise GuardError("place", "A star with a table's name stands alone in a SELECT.")


def _check_subquery(node: exp.Expr) -> None:
    if node.args.get("alias") and not isinstance(node.parent, exp.From | exp.Join):
        raise GuardError("construct", "Only a subquery in FROM has an alias.")


def _check_distinct(node: exp.Expr) -> None:
    if bool(node.expressions) == (node.arg_key == "distinct"):
        raise GuardError("construct", "DISTINCT ON is not possible in MySQL.")


def _check_separator(node: exp.Expr) -> None:
    separator = node.args.get("separator")
    if separator is not None and not (isinstance(separator, exp.Literal) and separator.is_string):
        raise GuardError("construct", "A SEPARATOR is a quoted text.")


def _check_filled(node: exp.Expr) -> None:
    if not node.expressions:
        raise GuardError("construct", "There is an empty list.")


def _check_operands(node: exp.Expr) -> None:
    for side in (node.args.get("this"), node.args.get("expression")):
        if isinstance(side, exp.Select) and any(side.args.get(name) for name in ("order", "limit", "offset", "with_")):
            raise GuardError("construct", "Put parentheses around a SELECT with ORDER BY, LIMIT or WITH beside UNION.")


CHECKS: Final[dict[type[exp.Expr], Callable[[exp.Expr], None]]] = {
    exp.Join: _check_join,
    exp.Limit: _check_count,
    exp.Offset: _check_count,
    exp.DataType: _check_type,
    exp.Interval: _check_interval,
    exp.Var: _check_unit,
    exp.Literal: _check_literal,
    exp.In: _check_in,
    exp.Any: _check_quantifier,
    exp.All: _check_quantifier,
    exp.Is: _check_is,
    exp.Ordered: _check_ordered,
    exp.Order: _check_order,
    exp.Select: _check_select,
    exp.Window: _check_window,
    exp.Column: _check_column,
    exp.Extract: _check_extract,
    exp.Paren: _check_paren,
    exp.Table: _check_table,
    exp.Subquery: _check_subquery,
    exp.Distinct: _check_distinct,
    exp.GroupConcat: _check_separator,
    exp.Tuple: _check_filled,
    exp.Group: _check_filled,
    exp.Union: _check_operands,
    exp.Intersect: _check_operands,
    exp.Except: _check_operands,
}
