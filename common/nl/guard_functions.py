"""The functions of an analyst's query, by name, and with how many arguments each is called."""

from __future__ import annotations

from typing import Final

from sqlglot import exp

from common.nl.guard_error import GuardError

MANY: Final = 50
GROWTH: Final = 100
"""How many times longer nested REPLACEs may make a text."""

AGGREGATES: Final = {
    **dict.fromkeys(["ANY_VALUE", "AVG", "MAX", "MIN", "SUM"], (1, 1)),
    **dict.fromkeys(["STD", "STDDEV", "STDDEV_POP", "STDDEV_SAMP", "VARIANCE", "VAR_POP", "VAR_SAMP"], (1, 1)),
    "COUNT": (1, 1),
}
WINDOW_ONLY: Final = {
    **dict.fromkeys(["CUME_DIST", "DENSE_RANK", "PERCENT_RANK", "RANK", "ROW_NUMBER"], (0, 0)),
    **dict.fromkeys(["FIRST_VALUE", "LAST_VALUE", "NTILE"], (1, 1)),
    **dict.fromkeys(["LAG", "LEAD"], (1, 3)),
    "NTH_VALUE": (2, 2),
}
CLOCK: Final = {
    **dict.fromkeys(["CURDATE", "CURRENT_DATE", "UTC_DATE"], (0, 0)),
    **dict.fromkeys(["CURRENT_TIMESTAMP", "NOW", "UTC_TIMESTAMP"], (0, 1)),
}
ORDINARY: Final = {
    **dict.fromkeys(["ABS", "CEIL", "CEILING", "FLOOR", "LN", "LOG10", "LOG2", "SIGN", "SQRT"], (1, 1)),
    **dict.fromkeys(["LOG", "ROUND"], (1, 2)),
    **dict.fromkeys(["MOD", "POW", "POWER", "TRUNCATE"], (2, 2)),
    **dict.fromkeys(["DATE", "DAY", "DAYNAME", "DAYOFMONTH", "DAYOFWEEK", "DAYOFYEAR", "HOUR", "LAST_DAY"], (1, 1)),
    **dict.fromkeys(["MINUTE", "MONTH", "MONTHNAME", "QUARTER", "SECOND", "WEEKDAY", "WEEKOFYEAR", "YEAR"], (1, 1)),
    **dict.fromkeys(["FROM_DAYS", "SEC_TO_TIME", "TIME", "TIME_TO_SEC", "TO_DAYS"], (1, 1)),
    **dict.fromkeys(["FROM_UNIXTIME", "TIMESTAMP", "WEEK", "YEARWEEK"], (1, 2)),
    **dict.fromkeys(["DATE_ADD", "DATE_FORMAT", "DATE_SUB", "DATEDIFF", "MAKEDATE", "PERIOD_DIFF"], (2, 2)),
    **dict.fromkeys(["STR_TO_DATE", "TIMEDIFF"], (2, 2)),
    "UNIX_TIMESTAMP": (0, 1),
    **dict.fromkeys(["CHAR_LENGTH", "CHARACTER_LENGTH", "LENGTH", "LOWER", "LCASE", "UPPER", "UCASE"], (1, 1)),
    **dict.fromkeys(["LTRIM", "RTRIM", "ISNULL"], (1, 1)),
    **dict.fromkeys(["LEFT", "RIGHT", "INSTR", "IFNULL", "NULLIF"], (2, 2)),
    **dict.fromkeys(["IF", "REPLACE", "SUBSTRING_INDEX"], (3, 3)),
    **dict.fromkeys(["LOCATE", "MID"], (2, 3)),
    **dict.fromkeys(["COALESCE", "CONCAT", "GROUPING"], (1, MANY)),
    **dict.fromkeys(["CONCAT_WS", "FIELD", "GREATEST", "LEAST"], (2, MANY)),
}
_INSTEAD: Final = {
    **dict.fromkeys(["ADDDATE", "DATEADD", "TIMESTAMPADD"], "DATE_ADD(date, INTERVAL 1 DAY)"),
    "SUBDATE": "DATE_SUB(date, INTERVAL 1 DAY)",
    **dict.fromkeys(["LOCALTIME", "LOCALTIMESTAMP", "SYSDATE", "GETDATE"], "NOW()"),
    **dict.fromkeys(["DATE_TRUNC", "STRFTIME", "TO_CHAR"], "DATE_FORMAT"),
    **dict.fromkeys(["DATE_PART", "DATEPART"], "EXTRACT"),
    **dict.fromkeys(["STRING_AGG", "LISTAGG", "ARRAY_AGG"], "GROUP_CONCAT"),
    **dict.fromkeys(["MEDIAN", "PERCENTILE_CONT", "PERCENTILE_DISC"], "ROW_NUMBER() in a subquery"),
    **dict.fromkeys(["FORMAT", "TO_NUMBER"], "ROUND"),
    "LEN": "CHAR_LENGTH",
    "NVL": "IFNULL",
    "IIF": "IF",
}
_OVER: Final = AGGREGATES.keys() - {"ANY_VALUE"}
FUNCTIONS: Final = ORDINARY | CLOCK | AGGREGATES | WINDOW_ONLY


def check_function(call: exp.Anonymous) -> None:
    """Rule 5: a function that is known and harmless, called as MySQL knows it.

    Raises:
        GuardError: another name, other arguments, or a place where it cannot stand.
    """
    name = name_of(call)
    if name not in FUNCTIONS:
        instead = (
            f": use {_INSTEAD[name]}." if name in _INSTEAD else "; the usual ones for numbers, texts and dates are."
        )
        raise GuardError("function", f"The function {name} is not possible here{instead}")
    fewest, most = FUNCTIONS[name]
    if not fewest <= len(call.expressions) <= most:
        raise GuardError("arguments", f"{name} is called with another number of arguments.")
    over = isinstance(call.parent, exp.Window) and call.arg_key == "this"
    if name in WINDOW_ONLY and not over:
        raise GuardError("needs_over", f"{name} needs OVER (...).")
    if over and name not in WINDOW_ONLY and name not in _OVER:
        raise GuardError("needs_over", f"{name} cannot stand over a window.")
    if name in {"DATE_ADD", "DATE_SUB"} and not isinstance(call.expressions[1], exp.Interval):
        raise GuardError("interval", f"Write {name}(date, INTERVAL 1 DAY).")
    if name in CLOCK and any(
        not isinstance(each, exp.Literal) or each.this not in "0123456" for each in call.expressions
    ):
        raise GuardError("arguments", f"{name} takes at most the number of digits after the second, 0 to 6.")
    if name == "REPLACE" and _growth(call) > GROWTH:
        raise GuardError("growth", "REPLACE may not make a text that much longer.")


def name_of(call: exp.Anonymous) -> str:
    """The function's name in capitals.

    Raises:
        GuardError: it is quoted, as no function needs to be.
    """
    if not isinstance(call.this, str):
        raise GuardError("function", "Names of functions are not quoted.")
    return call.this.upper()


def is_aggregate(node: exp.Expr) -> bool:
    """Whether it makes one row of many, unless it stands over a window."""
    if isinstance(node, exp.GroupConcat):
        return True
    return isinstance(node, exp.Anonymous) and isinstance(node.this, str) and node.this.upper() in AGGREGATES


def reads_clock(node: exp.Expr) -> bool:
    """Whether its value depends on the time of asking."""
    if isinstance(node, exp.Anonymous):
        name = str(node.this).upper()
        return name in CLOCK or (name == "UNIX_TIMESTAMP" and not node.expressions)
    return isinstance(node, exp.CurrentDate | exp.CurrentTimestamp)


def _growth(call: exp.Anonymous) -> float:
    """How many times longer a REPLACE, and those in what it works on, can make a text; endless if that is not plain."""
    subject, wanted, given = call.expressions
    if not (isinstance(given, exp.Literal) and given.is_string):
        return float("inf")
    replaced = len(wanted.this) if isinstance(wanted, exp.Literal) else 1
    factor = max(1.0, len(given.this) / max(1, replaced))
    within = [node for node in subject.find_all(exp.Anonymous) if node.this.upper() == "REPLACE"]
    for inner in within:
        text = inner.expressions[-1]
        factor *= max(1, len(text.this)) if isinstance(text, exp.Literal) else GROWTH + 1
    return factor
