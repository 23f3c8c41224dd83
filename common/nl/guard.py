"""The guard: the one way from somebody's SQL to SQL that may run.

Whoever wrote a query, a model, a person or we ourselves, it is read, held against the lists of what is allowed, and
written anew; only that text is ever executed. Why it is made so: docs/decisions/0010-sql-guard.md. The database's own
limits (a user who may SELECT from the reporting views and nothing else, time, rows) stand behind it and do not rely on
it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlglot import exp

from common.nl.guard_dialect import parse
from common.nl.guard_error import GuardError
from common.nl.guard_functions import reads_clock
from common.nl.guard_names import Reading, read_names
from common.nl.guard_output import canonical, in_parentheses, limit_rows, settle
from common.nl.guard_shape import check_shape
from common.nl.guard_tokens import read_tokens
from common.nl.policy import Policy

__all__ = ["CanonicalQuery", "GuardError", "guard"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CanonicalQuery:
    """A query that may run.

    `sql` is the only text of it that may be executed; `tables` and `columns` ("listings.id") are the real ones it
    reads, `fingerprint` the SHA-256 of `sql`, `uses_clock` whether its answer depends on when it is asked.
    """

    sql: str
    tables: frozenset[str]
    columns: frozenset[str]
    fingerprint: str
    uses_clock: bool


def guard(sql: str, policy: Policy) -> CanonicalQuery:
    """The query in the form in which it may run.

    Raises:
        GuardError: it may not; and nothing else, whatever comes in.
    """
    try:
        return _guarded(sql, policy)
    except RecursionError:
        raise GuardError("too_deep", "The query is nested too deeply.") from None
    except GuardError:
        raise
    except Exception as error:
        raise GuardError("not_understood", "The query is not understood; write it more plainly.") from error


def _guarded(sql: str, policy: Policy) -> CanonicalQuery:
    tokens = read_tokens(sql, policy.hidden)
    tree = parse(tokens, sql)
    check_shape(tree)
    reading = read_names(tree, policy)
    settle(tree)
    in_parentheses(tree)
    changed = limit_rows(tree, policy.row_cap)
    return _told(canonical(tree, tokens, changed), tree, reading)


def _told(sql: str, tree: exp.Expr, reading: Reading) -> CanonicalQuery:
    return CanonicalQuery(
        sql=sql,
        tables=frozenset(reading.tables),
        columns=frozenset(reading.columns),
        fingerprint=hashlib.sha256(sql.encode()).hexdigest(),
        uses_clock=any(reads_clock(node) for node in tree.walk()),
    )
