"""Why an analyst's query gave no answer, told without a word of the driver's."""

from __future__ import annotations

import pymysql

_CODES = {
    **dict.fromkeys((1028, 1317, 1969, 3024), "timeout"),  # the limits of MariaDB and MySQL; interrupted
    1104: "too_many_rows_to_read",
    # Not there, or not for analysts: which of the two is nobody's business.
    **dict.fromkeys((1049, 1054, 1109, 1142, 1143, 1146, 1305, 1370, 1630), "unknown_name"),
    **dict.fromkeys((1040, 1203, 1205, 1226), "busy"),
    **dict.fromkeys((1044, 1045, 1053, 1152, 1184, 1356, 1698, 1927, 4031), "unavailable"),
}
_CLIENTS_OWN = range(2000, 3000)


class QueryFailed(Exception):  # noqa: N818 - it says what happened
    """A query gave no answer. What the driver said is not in it: that may quote anybody's data.

    code: timeout, too_large, too_many_rows_to_read, unknown_name, bad_query, unavailable or busy
    errno: the server's or the driver's number, None if neither refused · milliseconds: how long it took to fail
    """

    def __init__(self, code: str, *, errno: int | None = None, milliseconds: float = 0.0) -> None:
        super().__init__(code if errno is None else f"{code} ({errno})")
        self.code = code
        self.errno = errno
        self.milliseconds = milliseconds


class LimitReached(Exception):  # noqa: N818 - it says what happened
    """A limit that we keep ourselves; `code` as in QueryFailed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def failure_of(error: Exception, *, in_time: bool, milliseconds: float) -> QueryFailed:
    """What to say of an error.

    >>> failure_of(pymysql.ProgrammingError(1054, "Unknown column 'x'"), in_time=True, milliseconds=1.0)
    QueryFailed('unknown_name (1054)')
    >>> failure_of(pymysql.OperationalError(2013, "Lost connection"), in_time=False, milliseconds=6000.0).code
    'timeout'
    """
    if isinstance(error, LimitReached):
        return QueryFailed(error.code, milliseconds=milliseconds)
    errno = _errno(error)
    return QueryFailed(_code(errno, in_time=in_time), errno=errno, milliseconds=milliseconds)


def is_from_server(error: pymysql.MySQLError) -> bool:
    """Whether the server itself said so, and thus has ended the statement."""
    errno = _errno(error)
    return errno is not None and errno > 0 and errno not in _CLIENTS_OWN


def _errno(error: Exception) -> int | None:
    return error.args[0] if error.args and isinstance(error.args[0], int) else None


def _code(errno: int | None, *, in_time: bool) -> str:
    if errno is None or errno <= 0 or errno in _CLIENTS_OWN:
        return "unavailable" if in_time else "timeout"
    return _CODES.get(errno, "bad_query")
