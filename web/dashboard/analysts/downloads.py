r"""The rows as CSV that a spreadsheet does not take for formulas.

>>> from analysts.answers import Column
>>> csv_bytes([Column("title", "text"), Column("n", "integer")], [("=1+1", -3)]).decode("utf-8-sig")
'"title","n"\r\n"\'=1+1",-3\r\n'
"""

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from analysts.answers import Cell, Column

_BEGINS_A_FORMULA = frozenset("=+-@\N{MINUS SIGN}")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def csv_bytes(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> bytes:
    """A CSV file with a header; UTF-8 with the mark by which Excel knows it. Text is quoted, numbers are not."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([harmless(column.name) for column in columns])
    writer.writerows([_written(column, cell) for column, cell in zip(columns, row, strict=True)] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    r"""Text with an apostrophe before it where a spreadsheet might take it for a formula.

    Full-width signs count as their plain ones, and what cannot be seen before them does not count.

    >>> [harmless(text) for text in ("plain", "=1", "  =1", "\N{FULLWIDTH EQUALS SIGN}1", "\t1", "-5")]
    ['plain', "'=1", "'  =1", "'\uff1d1", "'\t1", "'-5"]
    """
    if text[:1] in ("\t", "\r", "\n"):
        return "'" + text
    seen = (character for character in unicodedata.normalize("NFKC", text) if not _is_invisible(character))
    return "'" + text if next(seen, "") in _BEGINS_A_FORMULA else text


def _written(column: Column, cell: Cell) -> Cell | Decimal:
    if isinstance(cell, int | float) or cell is None:
        return cell
    if column.is_number and _NUMBER.fullmatch(cell):
        return Decimal(cell)
    return harmless(cell)


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in _INVISIBLE
