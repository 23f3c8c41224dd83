"""Whether a query answers as the known answer does: the same rows on all three markets, or it is wrong.

Rows are compared as a bag, with tolerance for rounding; the sequence only of the columns that a question orders by.
Columns may come in another order, and others beside them: then the answer is right but `relaxed`.
"""

from __future__ import annotations

import enum
import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

Rows = Sequence[Sequence[object]]

NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?")
CENT = 0.011
"""How far rounding to two decimals may lead, for values up to `SMALL`."""
SMALL = 1000
SHARE = 1e-4
MOST_PERMUTATIONS = 2000


class Verdict(enum.StrEnum):
    """How right an answer is."""

    STRICT = "strict"
    RELAXED = "relaxed"
    WRONG = "wrong"

    @property
    def right(self) -> bool:
        """Whether it counts."""
        return self is not Verdict.WRONG


class Cell(NamedTuple):
    """A value as it is compared: `kind` is null, number, whole (compared exactly) or text."""

    kind: str
    number: float = 0.0
    text: str = ""


def compare(known: Rows, given: Rows, order: Sequence[int] = ()) -> Verdict:
    """How right the given rows are; `order` are the known answer's columns whose sequence counts.

    >>> compare([("Art", 1)], [(1, "art")]).value
    'relaxed'
    >>> compare([("Art", 1)], [("Art", 2)]).value
    'wrong'
    """
    if len(known) != len(given):
        return Verdict.WRONG
    if not known:
        return Verdict.STRICT
    wanted = [[cell(value) for value in row] for row in known]
    got = [[cell(value) for value in row] for row in given]
    for columns in _permutations(wanted, got):
        chosen = [[row[column] for column in columns] for row in got]
        if _same_bag(wanted, chosen) and _same_sequence(wanted, chosen, order):
            same = columns == list(range(len(got[0])))
            return Verdict.STRICT if same else Verdict.RELAXED
    return Verdict.WRONG


def cell(value: object) -> Cell:
    """A database's value as it is compared: numbers also when they come as text, midnight as its day.

    >>> cell("12.50") == cell(12.5), cell(datetime(2026, 5, 1)).text
    (True, '2026-05-01')
    """
    if value is None:
        return Cell("null")
    if isinstance(value, timedelta):
        return Cell("number", value.total_seconds())
    if isinstance(value, datetime):
        value = value.date() if value.time() == datetime.min.time() else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return Cell("text", text=value.isoformat())
    if isinstance(value, float):
        return Cell("number", value)
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    text = text.strip().casefold()
    if not NUMBER.fullmatch(text):
        return Cell("text", text=text)
    return Cell("number", float(text)) if "." in text else Cell("whole", float(text), str(int(text)))


def close(one: Cell, other: Cell) -> bool:
    """Whether two values are the same but for rounding; whole numbers must be equal, they count or name something."""
    kinds = {one.kind, other.kind}
    if not kinds <= {"whole", "number"} or kinds == {"whole"}:
        return one == other
    return abs(one.number - other.number) <= _tolerance(one.number, other.number)


def _tolerance(one: float, other: float) -> float:
    relative = SHARE * max(abs(one), abs(other))
    rounded = round(one, 2) == one or round(other, 2) == other
    return max(CENT if rounded and abs(one) <= SMALL else SHARE, relative)


def _permutations(wanted: Sequence[Sequence[Cell]], got: Sequence[Sequence[Cell]]) -> Iterator[list[int]]:
    """Which of the given columns may stand for which wanted one, judged by their values; as they stand, first."""
    count = len(wanted[0])
    width = len(got[0])
    fitting = [
        sorted(
            (column for column in range(width) if _same_bag(_column(wanted, index), _column(got, column))),
            key=lambda column, index=index: column != index,  # type: ignore[misc]
        )
        for index in range(count)
    ]
    yield from itertools.islice(_choices(fitting), MOST_PERMUTATIONS)


def _choices(fitting: Sequence[Sequence[int]], taken: tuple[int, ...] = ()) -> Iterator[list[int]]:
    """Every way to give each column another one of its candidates."""
    if len(taken) == len(fitting):
        yield list(taken)
        return
    for column in fitting[len(taken)]:
        if column not in taken:
            yield from _choices(fitting, (*taken, column))


def _column(rows: Sequence[Sequence[Cell]], index: int) -> list[list[Cell]]:
    return [[row[index]] for row in rows]


def _same_bag(some: Sequence[Sequence[Cell]], others: Sequence[Sequence[Cell]]) -> bool:
    """Whether the rows are the same in any sequence, duplicates counted."""
    left, right = sorted(some, key=_rank), sorted(others, key=_rank)
    return all(map(_same_row, left, right)) or _pair_up(left, right)


def _rank(row: Sequence[Cell]) -> tuple[list[tuple[str, str]], list[float]]:
    """Text first: rounding does not move it."""
    texts = [("", "") if one.kind in ("whole", "number") else (one.kind, one.text) for one in row]
    return texts, [one.number for one in row]


def _pair_up(left: Sequence[Sequence[Cell]], right: Sequence[Sequence[Cell]]) -> bool:
    """Whether each row has another one to itself: rounding may have moved rows, and one row may be close to several."""
    fitting = []
    for one in left:
        fitting.append([index for index, other in enumerate(right) if _same_row(one, other)])
        if not fitting[-1]:
            return False
    taken: dict[int, int] = {}
    return all(_takes(index, fitting, taken, set()) for index in range(len(left)))


def _takes(index: int, fitting: Sequence[Sequence[int]], taken: dict[int, int], tried: set[int]) -> bool:
    """Whether this row finds a partner: one that is free, else one that another row gives up for its next."""
    free = next((partner for partner in fitting[index] if partner not in taken), None)
    if free is not None:
        taken[free] = index
        return True
    for partner in fitting[index]:
        if partner not in tried:
            tried.add(partner)
            if _takes(taken[partner], fitting, taken, tried):
                taken[partner] = index
                return True
    return False


def _same_row(one: Sequence[Cell], other: Sequence[Cell]) -> bool:
    return all(map(close, one, other))


def _same_sequence(wanted: Sequence[Sequence[Cell]], got: Sequence[Sequence[Cell]], order: Sequence[int]) -> bool:
    return all(close(one[column], other[column]) for column in order for one, other in zip(wanted, got, strict=True))
