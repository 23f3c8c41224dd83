"""What is said of a statement that the database did not answer: to the analyst, and to the model that wrote it."""

from __future__ import annotations

from common.asking.question import Reason
from common.nl.prompt import Repair
from common.store.reporting import QueryFailed

_MENDABLE = frozenset({"bad_query", "unknown_name"})
_SAYS = {
    "timeout": "The query took too long. Ask for a shorter period or fewer rows.",
    "too_large": "The answer is too large to show. Ask for fewer rows or columns.",
    "too_many_rows_to_read": "The query would read too much at once. Ask for a shorter period.",
    "unknown_name": "The query names something that does not exist.",
    "bad_query": "The database does not accept the query.",
    "unavailable": "The analysts' database is not reachable just now. Try again in a moment.",
    "busy": "The same question is still being worked on. Try again in a moment.",
}


def reason_of_failure(failure: QueryFailed) -> Reason:
    """For the analyst."""
    return Reason(code=failure.code, message=_SAYS[failure.code])


def is_mendable(failure: QueryFailed) -> bool:
    """Whether other SQL for the same question may succeed."""
    return failure.code in _MENDABLE


def repair_of_failure(sql: str, failure: QueryFailed) -> Repair:
    """For the model: our sentence and the server's number, never its words, for those may quote data."""
    number = "" if failure.errno is None else f" MySQL error {failure.errno}."
    return Repair(sql=sql, code=failure.code, hint=_SAYS[failure.code] + number)
