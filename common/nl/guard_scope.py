"""What names mean in a query: sources, what they give, and the scopes that see them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from common.nl.guard_error import GuardError

FEW = 20
"""So many names can be told in one sentence."""


@dataclass(frozen=True, slots=True)
class Output:
    """A column that a source gives.

    `origin` is the real one it is read from, if it is one; `varies` whether its values can tell rows apart, so that an
    equality with it links two sources; `values` what they are, where SELECT 'a' UNION ALL SELECT 'b' says so.
    """

    name: str
    origin: str | None
    varies: bool
    values: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Relation:
    """What a table, subquery or WITH gives: its columns in order, and whether it is provably one row."""

    outputs: tuple[Output, ...]
    one_row: bool
    real: bool

    def find(self, name: str) -> Output | None:
        """The column of that name, in any case."""
        return next((output for output in self.outputs if output.name.lower() == name.lower()), None)


@dataclass(slots=True)
class Scope:
    """What one SELECT sees: its sources by name, its aliases, and the scope around it."""

    parent: Scope | None
    sources: dict[str, Relation] = field(default_factory=dict)
    aliases: frozenset[str] = frozenset()
    merged: set[str] = field(default_factory=set)

    def add(self, name: str, relation: Relation) -> None:
        """Another source.

        Raises:
            GuardError: there is one of this name.
        """
        if any(name.lower() == known.lower() for known in self.sources):
            raise GuardError("same_alias", f"Two sources are called {name}: give each an alias of its own.")
        self.sources[name] = relation


@dataclass(frozen=True, slots=True)
class Found:
    """What a column's name stands for: a source's column, or an alias (then without a scope)."""

    scope: Scope | None
    source: str
    output: Output | None


def find_column(column: exp.Column, scope: Scope, *, aliases: bool) -> Found:
    """What a column means where it stands.

    Args:
        column: the name, with or without its table.
        scope: the SELECT it stands in.
        aliases: whether the aliases of this very SELECT can be meant, as in GROUP BY, HAVING and ORDER BY.

    Raises:
        GuardError: nothing, or more than one thing.
    """
    return _qualified(column, scope) if column.args.get("table") else _unqualified(column, scope, aliases=aliases)


def _qualified(column: exp.Column, scope: Scope) -> Found:
    at: Scope | None = scope
    seen: list[str] = []
    while at is not None:
        relation = at.sources.get(column.table)
        if relation is not None:
            output = relation.find(column.name)
            if output is None:
                names = [output.name for output in relation.outputs]
                raise GuardError(
                    "unknown_column", f"{column.table} has no column {column.name}.{nearest(column.name, names)}"
                )
            return Found(at, column.table, output)
        seen += at.sources
        at = at.parent
    hint = nearest(column.table, seen)
    raise GuardError("unknown_qualifier", f"There is no table or alias {column.table} here.{hint}")


def _unqualified(column: exp.Column, scope: Scope, *, aliases: bool) -> Found:
    name = column.name
    at: Scope | None = scope
    seen: list[str] = []
    while at is not None:
        may_be_alias = (aliases or at is not scope) and name.lower() in at.aliases
        found = [(source, output) for source, relation in at.sources.items() if (output := relation.find(name))]
        if len(found) > 1 and name.lower() not in at.merged and not may_be_alias:
            owners = " or ".join(source for source, _ in found)
            raise GuardError("ambiguous_column", f"Say which {name} is meant: that of {owners}.")
        if found:
            return Found(at, *found[0])
        if may_be_alias:
            return Found(None, "", None)
        if name.lower() in at.aliases:
            raise GuardError(
                "early_alias", f"The alias {name} is not known yet here: repeat its expression, or use a subquery."
            )
        seen += [output.name for relation in at.sources.values() for output in relation.outputs]
        seen += at.aliases
        at = at.parent
    raise GuardError("unknown_column", f"There is no column {name} here.{nearest(name, seen)}")


def nearest(name: str, names: Iterable[str]) -> str:
    """A sentence that names what could have been meant; every name if none is near and they are few."""
    known = {each.lower(): each for each in names}
    near = difflib.get_close_matches(name.lower(), known, n=3, cutoff=0.5) or (list(known) if len(known) <= FEW else [])
    return f" There is: {', '.join(known[each] for each in near)}." if near else ""


def base_relation(columns: frozenset[str], table: str) -> Relation:
    """A real table, as far as it may be read."""
    outputs = tuple(Output(name, f"{table}.{name}", varies=True) for name in sorted(columns))
    return Relation(outputs, one_row=False, real=True)


Environment = Mapping[str, Relation]
"""The names of WITH that a query sees."""
