"""A CSV file as records with their line numbers, so that a broken one costs nothing but itself.

Python's own reader takes an unclosed quote for the start of a cell that goes on to the end of the file. Here each
line is a record, unless a quote left open is closed within a few lines and a record of the right width comes of it.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import BinaryIO

_LONGEST_LINE = 1 << 20  # bytes; what has no line breaks is no CSV, and is not to fill the memory
_MOST_LINES = 100  # of one record

_UNCLOSED = "a quote is not closed"
_BOM = b"\xef\xbb\xbf"


class FileUnusable(Exception):  # noqa: N818 - it says what happened
    """Nothing can be read from the file; the message says why."""


class NotARecord(Exception):  # noqa: N818 - it says what happened
    """A line that cannot be taken apart; the message says why."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the number of its first line (the header's is 1), and its cells or what is wrong with it."""

    line: int
    cells: list[str]
    fault: str | None = None


class Records:
    """The records of a file below its header, whose cells are `header`.

    `one_line` are the columns whose cells never go over lines: where one seems to, a quote was left open.

    Raises:
        FileUnusable: there is no header.
    """

    def __init__(self, file: BinaryIO, one_line: Collection[str]) -> None:
        self._file = file
        self._ahead: deque[bytes] = deque()
        self._line = 0
        first = self._next_line()
        if first is None:
            raise FileUnusable("the file is empty")
        try:
            self.header = [name.strip() for name in _cells(_text(first.removeprefix(_BOM)))]
        except NotARecord as wrong:
            raise FileUnusable(f"the header cannot be read: {wrong}") from wrong
        self._one_line = [place for place, name in enumerate(self.header) if name in one_line]

    def __iter__(self) -> Iterator[Record]:
        """Every record; lines without anything on them are none."""
        while (raw := self._next_line()) is not None:
            if raw.isspace():
                continue
            line = self._line
            try:
                text = _text(raw)
                try:
                    yield Record(line, _cells(text))
                except NotARecord:
                    yield Record(line, self._cells_over_lines(text))
            except NotARecord as wrong:
                yield Record(line, [], str(wrong))

    def _cells_over_lines(self, text: str) -> list[str]:
        """The cells of a record that goes on in the next lines, which are then used up.

        Raises:
            NotARecord: no good record comes of it; then the next lines are untouched.
        """
        lines = 0
        while text.count('"') % 2:
            more = self._look_ahead(lines)
            if more is None or lines == _MOST_LINES:
                raise NotARecord(_UNCLOSED)
            text += more
            lines += 1
        cells = _cells(text)
        if len(cells) != len(self.header) or any("\n" in cells[place] for place in self._one_line):
            raise NotARecord(_UNCLOSED)
        for _ in range(lines):
            self._next_line()
        return cells

    def _look_ahead(self, lines: int) -> str | None:
        """The text of the line that comes after so many; None where there is none or it is no text."""
        while len(self._ahead) <= lines:
            line = self._read_line()
            if line is None:
                return None
            self._ahead.append(line)
        try:
            return _text(self._ahead[lines])
        except NotARecord:
            return None

    def _next_line(self) -> bytes | None:
        line = self._ahead.popleft() if self._ahead else self._read_line()
        self._line += line is not None
        return line

    def _read_line(self) -> bytes | None:
        """The next line with its end; of one that is too long the beginning, which `_text` refuses."""
        line = self._file.readline(_LONGEST_LINE)
        rest = line
        while len(rest) == _LONGEST_LINE and not rest.endswith(b"\n"):
            rest = self._file.readline(_LONGEST_LINE)
        return line or None


def _text(raw: bytes) -> str:
    if len(raw) == _LONGEST_LINE:
        raise NotARecord(f"the line is longer than {_LONGEST_LINE} bytes")
    if b"\0" in raw:
        raise NotARecord("the line holds a NUL")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise NotARecord(f"the line is not UTF-8 (byte {error.start + 1})") from error


def _cells(text: str) -> list[str]:
    r"""The cells of one record.

    >>> _cells('lot 1,"Smith, J",5.00\r\n')
    ['lot 1', 'Smith, J', '5.00']
    """
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error as error:
        raise NotARecord(_UNCLOSED if "unexpected end" in str(error) else f"the line is not CSV: {error}") from error
