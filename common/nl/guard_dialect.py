"""MySQL as the guard reads and writes it: sqlglot's dialect, with functions kept as they were written.

sqlglot translates functions between databases: LOG10(x) comes back as LOG(10, x), which is not the same number,
UTC_DATE() as text that MySQL does not know. Here a call stays a name and its arguments (`Anonymous`), save for the few
with a syntax of their own; so the guard's list of functions is a list of names, and what runs is what was written.
"""

from __future__ import annotations

import logging
from typing import Final

from sqlglot import exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.expressions import DType
from sqlglot.generators.mysql import MySQLGenerator
from sqlglot.parsers.mysql import MySQLParser
from sqlglot.tokenizer_core import Token

from common.nl.guard_error import GuardError

logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
"""It warns, with the text, where it falls back on guesses; the guard refuses those anyway, and says so itself."""

_OWN_SYNTAX: Final = ("CAST", "CONVERT", "EXTRACT", "GROUP_CONCAT", "POSITION", "SUBSTRING", "SUBSTR", "TRIM")
CAST_TYPES: Final = {
    **dict.fromkeys([DType.BIGINT, DType.INT], "SIGNED"),
    **dict.fromkeys([DType.UBIGINT, DType.UINT], "UNSIGNED"),
    **{each: each.value for each in (DType.DECIMAL, DType.DOUBLE, DType.DATE, DType.DATETIME, DType.TIME, DType.CHAR)},
}
"""The types that CAST knows here, and their names in MySQL."""
WRITTEN: Final = "written"
_PARTED = (exp.Is, exp.In, exp.Between, exp.Like)


class _Parser(MySQLParser):
    FUNCTIONS = {"TIMESTAMPDIFF": MySQLParser.FUNCTIONS["TIMESTAMPDIFF"]}  # noqa: RUF012 - as in the class it extends
    FUNCTION_PARSERS = {name: MySQLParser.FUNCTION_PARSERS[name] for name in _OWN_SYNTAX}  # noqa: RUF012
    NO_PAREN_FUNCTION_PARSERS = {  # noqa: RUF012
        name: MySQLParser.NO_PAREN_FUNCTION_PARSERS[name] for name in ("ANY", "CASE")
    }

    def _parse_paren(self) -> exp.Expr | None:
        """Remembers which parentheses were written: sqlglot adds its own where it groups a chain of comparisons."""
        found = super()._parse_paren()
        if isinstance(found, exp.Paren):
            found.meta[WRITTEN] = True
        return found


class _Generator(MySQLGenerator):
    """Writes what was read; NOT stands where people write it."""

    TRANSFORMS = {  # noqa: RUF012 - as in the class it extends
        **{node: how for node, how in MySQLGenerator.TRANSFORMS.items() if node is not exp.Select},
        exp.Cast: lambda self, cast: _cast(self, cast),  # noqa: PLW0108 - stands below
        exp.Concat: lambda self, expression: self.expressions(expression, flat=True),
        exp.CurrentTimestamp: lambda *_: "CURRENT_TIMESTAMP",
        exp.GroupConcat: lambda self, call: _group_concat(self, call),  # noqa: PLW0108 - stands below
    }

    def interval_sql(self, expression: exp.Interval) -> str:
        amount = expression.this
        plain = isinstance(amount, exp.Literal) and amount.this.removeprefix("-").isdigit()
        return f"INTERVAL {amount.this if plain else self.sql(amount)} {self.sql(expression, 'unit')}"

    def not_sql(self, expression: exp.Not) -> str:
        inner = expression.this
        if not isinstance(inner, _PARTED):
            return f"NOT {self.sql(inner)}"
        left, written = self.sql(inner, "this"), self.sql(inner)
        rest = written[len(left) + 1 :]
        return f"{left} IS NOT {rest[3:]}" if isinstance(inner, exp.Is) else f"{left} NOT {rest}"


def _cast(generator: MySQLGenerator, cast: exp.Cast) -> str:
    """Written here because sqlglot's way changes the tree on the way."""
    to = cast.to
    parameters = ", ".join(generator.sql(parameter) for parameter in to.expressions)
    name = CAST_TYPES[to.this]
    return f"CAST({generator.sql(cast, 'this')} AS {name}{f'({parameters})' if parameters else ''})"


def _group_concat(generator: MySQLGenerator, call: exp.GroupConcat) -> str:
    separator = generator.sql(call, "separator")
    return f"GROUP_CONCAT({generator.sql(call, 'this')}{f' SEPARATOR {separator}' if separator else ''})"


class GuardedMySQL(MySQL):
    """The dialect of every text that the guard reads and writes."""

    Parser = _Parser
    Generator = _Generator


_DIALECT: Final = GuardedMySQL()


def tokenize(sql: str) -> list[Token]:
    """A statement's tokens.

    Raises:
        GuardError: a quote is not closed, or the like.
    """
    try:
        return _DIALECT.tokenize(sql)
    except SqlglotError as error:
        raise GuardError("syntax", "The query cannot be read: a quote may be missing.") from error


def parse(tokens: list[Token], sql: str) -> exp.Expr:
    """The one statement as a tree.

    Raises:
        GuardError: it is not one statement of SQL.
    """
    try:
        trees = _DIALECT.parser(error_level=ErrorLevel.RAISE).parse(tokens, sql)
    except SqlglotError as error:
        raise GuardError(
            "syntax", "The query is not valid MySQL, or uses something that is not possible here."
        ) from error
    if len(trees) != 1 or trees[0] is None:
        raise GuardError("many_statements", "Write one statement.")
    for node in list(trees[0].find_all(exp.Cast)):
        if node.to.this is DType.TIMESTAMPTZ and isinstance(node.this, exp.Literal):
            node.replace(exp.Anonymous(this="TIMESTAMP", expressions=[node.this]))
    return trees[0]


def write(tree: exp.Expr) -> str:
    """The tree as MySQL, every name quoted."""
    generator = _DIALECT.generator(identify=True, comments=False, unsupported_level=ErrorLevel.RAISE)
    return generator.generate(tree, copy=False)
