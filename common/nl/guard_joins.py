"""The guard against cross joins: inside each SELECT the sources hang together by equalities of columns.

An equality links two sources only if it can be false: each side is a column of one source, or made from one in a way
that keeps rows apart. `a.id * 0 = b.id * 0` does not, nor does a constant that a subquery calls a column. What is
provably one row needs no link. A LEFT or RIGHT JOIN links what it joins, but never two others to each other: it keeps
all their pairs.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Final

from sqlglot import exp

from common.nl.guard_error import GuardError
from common.nl.guard_scope import Found, Scope

_KEEP_FIRST: Final = frozenset(
    (  # noqa: SIM905 - a list that is read as prose
        "DATE YEAR QUARTER MONTH MONTHNAME WEEK WEEKOFYEAR YEARWEEK WEEKDAY DAY DAYNAME DAYOFMONTH DAYOFWEEK "
        "DAYOFYEAR HOUR MINUTE LAST_DAY TO_DAYS UNIX_TIMESTAMP FROM_UNIXTIME LOWER LCASE UPPER UCASE LTRIM RTRIM "
        "FLOOR CEIL CEILING DATE_FORMAT DATE_ADD DATE_SUB MIN MAX SUM AVG COUNT ANY_VALUE LAG LEAD COALESCE IFNULL "
        "TIMESTAMP"
    ).split()
)
"""Functions whose value follows their first argument; what else they take must not be able to hide it."""
_TELL_APART: Final = frozenset({"ROW_NUMBER", "RANK", "DENSE_RANK"})
_DATE_PARTS: Final = frozenset("YymcMbdejDHkuvxXUVaW")
_NO_LINK: Final = (
    "Link the joined tables by equal columns, as in ON b.listing_id = l.id; without that every row meets every other."
)


def check_joins(node: exp.Select, scope: Scope, found: Mapping[int, Found]) -> None:
    """Rule 10: no source of this SELECT stands alone.

    Raises:
        GuardError: one does.
    """
    groups = _Groups(name for name, relation in scope.sources.items() if not relation.one_row)
    if groups.count() < 2:  # noqa: PLR2004 - nothing to link
        return
    reader = _Reader(scope, found)
    where = node.args.get("where")
    for pair in reader.links(where.this if where is not None else None):
        groups.join(*pair)
    for join in joins_of(node):
        _link(join, reader, groups)
    if groups.count() > 1:
        raise GuardError("cross_join", _NO_LINK)


def joins_of(node: exp.Expr) -> Iterator[exp.Join]:
    """The joins of a SELECT, those inside parentheses first."""
    source = node.args.get("from_")
    if source is not None:
        yield from joins_of(source.this)
    if type(node) is exp.Subquery and type(node.this) is exp.Table:
        yield from joins_of(node.this)
    if type(node) in {exp.Select, exp.Table}:
        for join in node.args.get("joins") or ():
            yield from joins_of(join.this)
            yield join


def _link(join: exp.Join, reader: _Reader, groups: _Groups) -> None:
    """What an ON or USING links; an outer join hangs its table on one other, and that is all."""
    joined = source_names(join.this)
    links = [*reader.links(join.args.get("on")), *reader.using(join, joined)]
    if not join.args.get("side"):
        for pair in links:
            groups.join(*pair)
        return
    across = [pair for pair in links if len(joined & set(pair)) == 1]
    for pair in across[:1]:
        groups.join(*pair)


def source_names(node: exp.Expr) -> set[str]:
    """The names of the sources that a joined node brings."""
    if type(node) is exp.Subquery and type(node.this) is not exp.Table:
        return {node.alias}
    inner = node.this if type(node) is exp.Subquery else node
    return {inner.alias or inner.name}.union(*(source_names(join.this) for join in inner.args.get("joins") or ()))


class _Groups:
    """Sources that hang together."""

    def __init__(self, names: Iterator[str]) -> None:
        self._group = {name: {name} for name in names}
        self._sources = frozenset(self._group)

    def join(self, one: str, other: str) -> None:
        """These two do. What is not a source here (a value of an outer query) may link two that are."""
        merged = self._group.setdefault(one, {one}) | self._group.setdefault(other, {other})
        for name in merged:
            self._group[name] = merged

    def count(self) -> int:
        """How many groups there are."""
        return len({frozenset(self._group[name] & self._sources) for name in self._sources})


class _Reader:
    """Finds equalities between sources in conditions."""

    def __init__(self, scope: Scope, found: Mapping[int, Found]) -> None:
        self._scope = scope
        self._found = found

    def links(self, condition: exp.Expr | None) -> Iterator[tuple[str, str]]:
        """The pairs of sources that a condition makes equal, among those it demands with AND."""
        if isinstance(condition, exp.Paren):
            yield from self.links(condition.this)
        elif isinstance(condition, exp.And):
            yield from self.links(condition.this)
            yield from self.links(condition.expression)
        elif isinstance(condition, exp.EQ) and all(
            type(side) is exp.Tuple for side in (condition.this, condition.expression)
        ):
            for left, right in zip(condition.this.expressions, condition.expression.expressions, strict=False):
                yield from self.links(exp.EQ(this=left, expression=right))
        elif isinstance(condition, exp.EQ):
            one, other = (self._side(side) for side in (condition.this, condition.expression))
            if one and other and one != other:
                yield one, other

    def using(self, join: exp.Join, joined: set[str]) -> Iterator[tuple[str, str]]:
        """The pairs that USING makes equal."""
        for name in join.args.get("using") or ():
            owners = [
                source
                for source, relation in self._scope.sources.items()
                if (output := relation.find(name.this)) and output.varies
            ]
            yield from ((left, right) for right in owners if right in joined for left in owners if left not in joined)

    def _side(self, side: exp.Expr) -> str | None:
        """The source whose rows a side of an equality tells apart; a value from outside is a source of its own."""
        column = follows(side, self._found)
        if column is None:
            return None
        found = self._found.get(id(column))
        if found is None or found.output is None:
            return None
        return found.source if found.scope is self._scope else f"{column.table}.{column.name}".lower() + " outside"


def distinguishes(item: exp.Expr, node: exp.Select, found: Mapping[int, Found]) -> bool:
    """Whether a SELECT's item tells its rows apart: it follows a column, or is all that rows are grouped by."""
    inner = item.this if type(item) is exp.Alias else item
    if follows(inner, found) is not None or _ranks(inner):
        return True
    return _is_the_key(item, inner, node)


def _is_the_key(item: exp.Expr, inner: exp.Expr, node: exp.Select) -> bool:
    group = node.args.get("group")
    if group is not None:
        keys = group.expressions
        plain = len(keys) == 1 and not group.args.get("rollup")
        return plain and (keys[0] == inner or (type(keys[0]) is exp.Column and keys[0].name == item.alias_or_name))
    return (node.args.get("distinct") is not None and len(node.expressions) == 1) or (
        node.args.get("from_") is None and isinstance(inner, exp.Literal)
    )


def _ranks(node: exp.Expr) -> bool:
    """Whether it numbers rows."""
    if type(node) is not exp.Window or type(node.this) is not exp.Anonymous:
        return False
    name = node.this.this.upper()
    return name in _TELL_APART and (name == "ROW_NUMBER" or node.args.get("order") is not None)


def follows(node: exp.Expr, found: Mapping[int, Found]) -> exp.Column | None:
    """The column that an expression's value follows, so that two rows which differ there mostly differ here."""
    if type(node) is exp.Column:
        known = found.get(id(node))
        return node if known is not None and known.output is not None and known.output.varies else None
    if isinstance(node, exp.Paren | exp.Cast | exp.Distinct):
        inner = node.expressions[0] if type(node) is exp.Distinct else node.this
        return follows(inner, found)
    if isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Div | exp.IntDiv):
        return _through_arithmetic(node, found)
    if type(node) is exp.Anonymous:
        return _through_call(node, found)
    if type(node) is exp.Window and type(node.this) is exp.Anonymous and node.this.this.upper() in {"LAG", "LEAD"}:
        return follows(node.this, found)
    return None


def _through_arithmetic(node: exp.Binary, found: Mapping[int, Found]) -> exp.Column | None:
    """A column plus a number or an interval; a number that is nothing or huge could wipe it out."""
    for side, other in ((node.this, node.expression), (node.expression, node.this)):
        steady = isinstance(other, exp.Interval) or (
            isinstance(other, exp.Literal) and not other.is_string and 0 < float(other.this) <= 10_000_000  # noqa: PLR2004
        )
        if steady and (column := follows(side, found)) is not None:
            return column
    return None


def _through_call(node: exp.Anonymous, found: Mapping[int, Found]) -> exp.Column | None:
    name = node.this.upper()
    if name in {"CONCAT", "CONCAT_WS"}:
        return next((column for each in node.expressions if (column := follows(each, found)) is not None), None)
    if name not in _KEEP_FIRST or not node.expressions:
        return None
    if name == "DATE_FORMAT" and not _names_a_part(node.expressions[1]):
        return None
    return follows(node.expressions[0], found)


def _names_a_part(pattern: exp.Expr) -> bool:
    text = str(pattern.this) if isinstance(pattern, exp.Literal) else ""
    return any(mark == "%" and part in _DATE_PARTS for mark, part in itertools.pairwise(text))
