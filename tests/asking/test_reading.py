"""How long rows are kept, and what is never kept."""

import time

import pytest

from common.asking.reading import Reading
from common.deadline import Deadline
from common.nl.guard import CanonicalQuery, guard
from common.nl.policy import Policy
from common.nl.semantic import semantic_layer
from common.store.reporting import Reporting

DAYS = "SELECT day FROM calendar ORDER BY day LIMIT {}"


def query(days: int) -> CanonicalQuery:
    """So many days of the calendar."""
    return guard(DAYS.format(days), Policy.of(semantic_layer()))


def was_kept(reading: Reading, asked: CanonicalQuery, *, over: bool = False, refresh: bool = False) -> bool:
    """Whether the rows are those of an earlier question."""
    return reading.read(asked, over=over, refresh=refresh, deadline=Deadline.after(10)).cached


def test_rows_are_kept_for_the_same_statement(reporting: Reporting) -> None:
    """And for no other; who wants them fresh gets them, and the next one those."""
    reading = Reading(reporting, keep_seconds=60)

    assert [was_kept(reading, query(3)), was_kept(reading, query(3)), was_kept(reading, query(4))] == [
        False,
        True,
        False,
    ]
    assert not was_kept(reading, query(3), refresh=True)
    assert was_kept(reading, query(3))


@pytest.mark.parametrize(("over", "kept"), [(True, True), (False, False)])
def test_what_is_over_is_kept_longer(reporting: Reporting, *, over: bool, kept: bool) -> None:
    """Live rows are let go first."""
    reading = Reading(reporting, keep_seconds=0.0, keep_over_seconds=3600)
    was_kept(reading, query(3), over=over)

    assert was_kept(reading, query(3), over=over) is kept


def test_rows_that_were_cut_off_are_not_kept(reporting: Reporting) -> None:
    """A thousand are all and kept, one more is not."""
    reading = Reading(reporting, keep_seconds=60)
    for days, kept in ((1000, True), (1001, False)):
        was_kept(reading, query(days))
        assert was_kept(reading, query(days)) is kept


def test_kept_rows_say_when_they_were_read(reporting: Reporting) -> None:
    """Not when they were asked for again."""
    reading = Reading(reporting, keep_seconds=60)
    first = reading.read(query(3), over=False, refresh=False, deadline=Deadline.after(10))
    time.sleep(0.01)
    again = reading.read(query(3), over=False, refresh=False, deadline=Deadline.after(10))

    assert again.read_at == first.read_at
    assert again.table == first.table
