"""The guard's reading of names: every table, column and alias by lexical scope, as MySQL resolves them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from sqlglot import exp

from common.nl.guard_error import GuardError
from common.nl.guard_functions import FUNCTIONS, is_aggregate
from common.nl.guard_joins import check_joins, distinguishes, joins_of, source_names
from common.nl.guard_scope import Environment, Found, Output, Relation, Scope, base_relation, find_column, nearest
from common.nl.guard_shape import QUERIES, SETS, children
from common.nl.policy import Policy

_NAME: Final = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_ ]{0,62}[A-Za-z0-9_])?")

_RESERVED: Final = frozenset(
    (  # noqa: SIM905 - a list that is read as prose
        "ALL AND AS ASC BETWEEN BY CASE CROSS DELETE DESC DISTINCT DROP ELSE EXCEPT EXISTS FOR FROM GROUP HAVING "
        "IN INNER INSERT INTERSECT INTO IS JOIN LIKE LIMIT LOCK NATURAL NOT NULL ON OR ORDER OUTER OVER PROCEDURE "
        "SELECT SET STRAIGHT_JOIN TABLE THEN UNION UPDATE USING WHEN WHERE WINDOW WITH XOR"
    ).split()
)
"""Words that MySQL never takes for a name. Other reserved words are fine as aliases: what runs has them quoted."""


@dataclass(slots=True)
class Reading:
    """What a query's names turned out to mean."""

    policy: Policy
    tables: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    found: dict[int, Found] = field(default_factory=dict)
    visited: int = 0


def read_names(tree: exp.Expr, policy: Policy) -> Reading:
    """Rules 6, 7, 8 and 10: what the query reads.

    Raises:
        GuardError: a name that is hidden, not allowed or not known, a star over a table, or sources without a link.
    """
    reading = Reading(policy)
    nodes = list(_every(tree))
    for node in nodes:
        if type(node) is exp.Identifier:
            _check_identifier(node, policy)
    _Resolver(reading).query(tree, {}, None)
    named = sum(type(node) in {exp.Table, exp.Column} for node in nodes)
    if reading.visited != named:
        raise GuardError("construct", "The query has a name in a place where it cannot be checked.")
    return reading


def _every(node: exp.Expr) -> Iterator[exp.Expr]:
    yield node
    for child in children(node):
        yield from _every(child)


def _check_identifier(node: exp.Identifier, policy: Policy) -> None:
    """Rule 6: plain names, none of them hidden."""
    if str(node.this).lower() in policy.hidden:
        raise GuardError("hidden_column", f"The name {node.this} may not stand in a query, not even as an alias.")
    if not _NAME.fullmatch(str(node.this)):
        raise GuardError("bad_name", "Names are letters, digits, underscores and blanks, and begin with a letter.")
    if not node.args.get("quoted") and str(node.this).upper() in _RESERVED:
        raise GuardError("syntax", f"{str(node.this).upper()} is no name; something is missing before or after it.")


class _Resolver:
    """Walks a query scope by scope; each table and column is looked at exactly once."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def query(self, node: exp.Expr, names: Environment, around: Scope | None) -> Relation:
        """A SELECT, a set operation or either in parentheses: what it gives."""
        names = self._with(node, names, around)
        if type(node) is exp.Select:
            return self._select(node, names, around)
        if type(node) in SETS:
            return self._set(node, names, around)
        if type(node) is exp.Subquery and type(node.this) in (*QUERIES, exp.Subquery):
            relation = self.query(node.this, names, around)
            self._order(node, relation)
            return _limited(node, relation)
        raise GuardError("construct", "A subquery holds a SELECT.")

    def _with(self, node: exp.Expr, names: Environment, around: Scope | None) -> Environment:
        """The names of WITH, each seen by those after it and by the query, never by itself."""
        with_ = node.args.get("with_")
        own: set[str] = set()
        for part in with_.expressions if with_ is not None else ():
            name = part.alias
            if name.lower() in own:
                raise GuardError("same_alias", f"WITH names {name} twice.")
            own.add(name.lower())
            relation = self.query(part.this, names, around)
            names = {**names, name: _renamed(relation, part.args["alias"])}
        return names

    def _set(self, node: exp.Expr, names: Environment, around: Scope | None) -> Relation:
        left = self.query(node.args["this"], names, around)
        right = self.query(node.args["expression"], names, around)
        if len(left.outputs) != len(right.outputs):
            raise GuardError("columns_differ", "Both sides of UNION, INTERSECT and EXCEPT need as many columns.")
        outputs = tuple(_both(one, other) for one, other in zip(left.outputs, right.outputs, strict=True))
        relation = Relation(outputs, one_row=False, real=False)
        self._order(node, relation)
        return _limited(node, relation)

    def _order(self, node: exp.Expr, relation: Relation) -> None:
        """ORDER BY behind a set operation or a parenthesis sees the result's columns alone."""
        order = node.args.get("order")
        if order is not None:
            self._expression(order, {}, Scope(None, {"": relation}), aliases=False)

    def _select(self, node: exp.Select, names: Environment, around: Scope | None) -> Relation:
        scope = Scope(around)
        for source in _from(node):
            self._source(source, names, scope)
        for join in joins_of(node):
            self._using(join, scope)
        scope.aliases = frozenset(item.alias.lower() for item in node.expressions if type(item) is exp.Alias)
        for name in ("expressions", "from_", "joins", "where", "group", "having", "order", "windows"):
            for part in _listed(node.args.get(name)):
                self._expression(part, names, scope, aliases=name in {"group", "having", "order"})
        check_joins(node, scope, self._reading.found)
        return self._gives(node, scope)

    def _source(self, node: exp.Expr, names: Environment, scope: Scope) -> None:
        """A table or subquery of FROM, with what is joined to it in its parentheses."""
        if type(node) is exp.Table:
            self._reading.visited += 1
            scope.add(node.alias or node.name, self._table(node, names))
        elif type(node.this) is exp.Table:
            if node.args.get("alias"):
                raise GuardError("construct", "Tables in parentheses have no alias together.")
            self._source(node.this, names, scope)
        elif not node.alias:
            raise GuardError("needs_alias", "A subquery in FROM needs an alias: (SELECT ...) AS t.")
        else:
            scope.add(node.alias, _renamed(self.query(node, names, scope.parent), node.args["alias"]))
        for join in node.args.get("joins") or ():
            self._source(join.this, names, scope)

    def _table(self, node: exp.Table, names: Environment) -> Relation:
        """Rule 7: a name of WITH in scope, or a table that may be read."""
        if node.name in names:
            return names[node.name]
        tables = self._reading.policy.tables
        if node.name not in tables:
            raise GuardError("unknown_table", f"There is no table {node.name}.{nearest(node.name, [*tables, *names])}")
        self._reading.tables.add(node.name)
        return base_relation(tables[node.name], node.name)

    def _expression(self, node: exp.Expr, names: Environment, scope: Scope, *, aliases: bool) -> None:
        """Rule 8: every column below this node, and the subqueries on the way with a scope of their own."""
        if type(node) is exp.Column:
            self._column(node, scope, aliases=aliases)
        elif type(node) in (*QUERIES, exp.Subquery):
            if type(node.parent) in {exp.From, exp.Join}:
                return self._conditions(node, names, scope)
            self.query(node, names, scope)
        elif type(node) is exp.Table:
            self._conditions(node, names, scope)
        else:
            for child in children(node):
                self._expression(child, names, scope, aliases=aliases)
        return None

    def _conditions(self, node: exp.Expr, names: Environment, scope: Scope) -> None:
        """What stands in ON and USING inside a source's own parentheses."""
        inner = node.this if type(node) is exp.Subquery and type(node.this) is exp.Table else None
        if inner is not None:
            self._conditions(inner, names, scope)
        for join in node.args.get("joins") or ():
            self._expression(join, names, scope, aliases=False)

    def _using(self, node: exp.Join, scope: Scope) -> None:
        for name in node.args.get("using") or ():
            owners = [source for source, relation in scope.sources.items() if relation.find(name.this)]
            joined = source_names(node.this)
            if not set(owners) & joined or not set(owners) - joined:
                raise GuardError("unknown_column", f"USING ({name.this}) needs that column on both sides.")
            scope.merged.add(name.this.lower())
            self._reading.columns |= {
                output.origin
                for source in owners
                if (output := scope.sources[source].find(name.this)) and output.origin
            }

    def _column(self, node: exp.Column, scope: Scope, *, aliases: bool) -> None:
        self._reading.visited += 1
        if type(node.this) is exp.Star:
            self._star(scope, node.table)
            return
        try:
            found = find_column(node, scope, aliases=aliases)
        except GuardError as error:
            raise _without_parentheses(node) or error from None
        self._reading.found[id(node)] = found
        if found.output is not None and found.output.origin is not None:
            self._reading.columns.add(found.output.origin)

    def _star(self, scope: Scope, table: str) -> tuple[Output, ...]:
        """Rule 8: what a star gives; it may not stand for a real table's columns."""
        if table and table not in scope.sources:
            raise GuardError("unknown_qualifier", f"There is no table or alias {table} here.")
        relations = [scope.sources[table]] if table else list(scope.sources.values())
        if not relations or any(relation.real for relation in relations):
            raise GuardError("star", "Name the columns instead of a star; in EXISTS write SELECT 1.")
        return tuple(output for relation in relations for output in relation.outputs)

    def _gives(self, node: exp.Select, scope: Scope) -> Relation:
        outputs: list[Output] = []
        for item in node.expressions:
            if type(item) is exp.Star or (type(item) is exp.Column and type(item.this) is exp.Star):
                outputs += self._star(scope, item.args["table"].name if item.args.get("table") else "")
            else:
                outputs.append(self._output(item, node))
        rows = [relation.one_row for relation in scope.sources.values()]
        totals = not node.args.get("group") and any(_totals(item) for item in node.expressions)
        return _limited(node, Relation(tuple(outputs), one_row=all(rows) or totals, real=False))

    def _output(self, item: exp.Expr, node: exp.Select) -> Output:
        inner = item.this if type(item) is exp.Alias else item
        found = self._reading.found.get(id(inner))
        origin = found.output.origin if found is not None and found.output is not None else None
        name = item.alias if type(item) is exp.Alias else item.name if type(item) is exp.Column else ""
        given = not node.args.get("from_") and isinstance(inner, exp.Literal)
        values = frozenset({str(inner.this)} if given else ())
        return Output(name, origin, distinguishes(item, node, self._reading.found), values)


def _both(one: Output, other: Output) -> Output:
    """A column of a set operation; values that are written out tell rows apart if none comes twice."""
    origin = one.origin if one.origin == other.origin else None
    varies = one.varies and other.varies and not one.values & other.values
    return Output(one.name, origin, varies, one.values | other.values)


def _from(node: exp.Select) -> Iterator[exp.Expr]:
    source = node.args.get("from_")
    if source is not None:
        yield source.this
    for join in node.args.get("joins") or ():
        yield join.this


def _listed(value: object) -> list[exp.Expr]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]  # type: ignore[list-item]


def _renamed(relation: Relation, alias: exp.TableAlias) -> Relation:
    """With the names that t(a, b) gives."""
    names = [column.this for column in alias.args.get("columns") or ()]
    if not names:
        return relation
    if len(names) != len(relation.outputs):
        raise GuardError("columns_differ", f"{alias.name} names another number of columns than it has.")
    outputs = tuple(replace(was, name=n) for n, was in zip(names, relation.outputs, strict=True))
    return Relation(outputs, relation.one_row, real=False)


def _limited(node: exp.Expr, relation: Relation) -> Relation:
    limit = node.args.get("limit")
    if limit is None or int(limit.expression.this) > 1:
        return relation
    return Relation(relation.outputs, one_row=True, real=False)


def _totals(node: exp.Expr) -> bool:
    """Whether a SELECT's item makes one row of all: an aggregate, not over a window and not in a subquery."""
    if type(node) in (*QUERIES, exp.Subquery):
        return False
    if is_aggregate(node) and type(node.parent) is not exp.Window:
        return True
    return any(_totals(child) for child in children(node))


def _without_parentheses(node: exp.Column) -> GuardError | None:
    if not node.args.get("table") and node.name.upper() in FUNCTIONS:
        return GuardError(
            "unknown_column", f"There is no column {node.name}; the function is written {node.name.upper()}()."
        )
    return None
