"""Searching: filters, orders, and pages that show everything once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.deadline import Deadline
from common.domain.actor import Actor
from common.domain.listing import Listing
from common.services import Services
from common.store.connect import Connection
from common.store.listings import Listings
from common.store.search import ORDERS, Search, SortKey
from common.store.session import Session
from common.store.store import Store
from tests.market import Records
from tests.races.arena import a_person, database_now, offer, offer_all
from tests.store.test_plans import WritingDown, plans

Find = Callable[..., Sequence[Listing]]

HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def seller() -> Actor:
    """Whose listings alone are looked at: others use the same tables."""
    return a_person("seller")


@pytest.fixture
def find(store: Store, seller: Actor) -> Find:
    """This seller's listings by some search."""

    def search(**wanted: object) -> Sequence[Listing]:
        usual = {"seller_id": seller.user_id, "limit": 50, "moment": database_now(store)}
        return [listing for _, listing in _page(store, Search(**(usual | wanted)))]  # type: ignore[arg-type]

    return search


def ids(listings: Sequence[Listing]) -> set[str]:
    """Which they are."""
    return {listing.id for listing in listings}


def test_all_words_must_appear_in_title_or_description(store: Store, seller: Actor, find: Find) -> None:
    """Each anywhere, in either, whatever the case."""
    lamp = offer(store, seller=seller, title="Brass LAMP", description="From a harbour.")
    offer(store, seller=seller, title="Brass bell", description="From a church.")

    assert ids(find(words=["brass", "harbour"])) == ids(find(words=["lamp"])) == {lamp}
    assert ids(find(words=["lamp", "church"])) == set()


@pytest.mark.parametrize("text", ["100%", "a_b", "back\\slash", "quo'te", '"double"', "100% a_b \\", "日本"])
def test_what_like_takes_for_a_wildcard_is_taken_at_its_word(
    store: Store, seller: Actor, find: Find, text: str
) -> None:
    """A listing with these very characters is found, one that a wildcard would match is not."""
    found = offer(store, seller=seller, title=f"It says {text} on it")
    offer(store, seller=seller, title="It says 1000 axb backslash quote double on it")

    assert ids(find(words=[text])) == {found}


def test_a_category_a_seller_and_an_alias_narrow_it(store: Store, seller: Actor, find: Find, records: Records) -> None:
    """The alias as the public has it; one that nobody has finds nothing."""
    art, books = offer(store, seller=seller, category="art"), offer(store, seller=seller, category="books")
    offer(store, category="art")
    alias = records.value("SELECT alias FROM users WHERE id = %s", seller.user_id)

    assert ids(find(category="art")) == {art}
    assert ids(find(seller_id=None, seller_alias=alias)) == {art, books}
    assert ids(find(seller_id=None, seller_alias="Seller NOBODY")) == set()


def test_the_status_is_what_the_clock_makes_of_it(store: Store, seller: Actor, find: Find, records: Records) -> None:
    """Started though not yet opened is active; ended though not yet closed is neither active nor closed."""
    scheduled = offer(store, seller=seller, starts_in=600)
    started = offer(store, seller=seller, starts_in=600)
    records.execute("UPDATE listings SET starts_at = UTC_TIMESTAMP(6) WHERE id = %s", started)
    active = offer(store, seller=seller)
    ended = offer(store, seller=seller, starts_in=-20, ends_in=-10)
    closed = offer(store, seller=seller)
    records.execute("UPDATE listings SET status = 'closed' WHERE id = %s", closed)
    cancelled = offer(store, seller=seller)
    records.execute("UPDATE listings SET status = 'cancelled' WHERE id = %s", cancelled)

    assert ids(find(status="scheduled")) == {scheduled}
    assert ids(find(status="active")) == {started, active}
    assert ids(find(status="closed")) == {closed}
    assert ids(find(status="cancelled")) == {cancelled}
    assert ids(find()) == {scheduled, started, active, ended, closed, cancelled}


@pytest.mark.parametrize("sort", sorted(ORDERS))
def test_pages_show_everything_once_and_in_order(store: Store, seller: Actor, records: Records, sort: str) -> None:
    """Also where the order's value is the same for many: the id decides between them."""
    lots = offer_all(store, 23, seller=seller)
    for place, lot in enumerate(lots):
        records.execute(
            "UPDATE listings SET current_price = %s, bid_count = %s, ends_at = ends_at + INTERVAL %s SECOND"
            " WHERE id = %s",
            *(100 + place // 5, place // 7, place // 4, lot),
        )

    search = Search(seller_id=seller.user_id, sort=sort, moment=database_now(store), limit=5)
    pages = list(_pages(store, search))

    found = [(key, listing.id) for page in pages for key, listing in page]
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    assert sorted(lot for _, lot in found) == sorted(lots)
    beyond = (lambda a, b: a > b) if ORDERS[sort].descending else (lambda a, b: a < b)
    assert all(beyond(earlier, later) for earlier, later in pairwise(found))


def test_a_listing_that_comes_while_pages_are_turned_repeats_none(store: Store, seller: Actor) -> None:
    """A page continues after a row, not after a count."""
    offer_all(store, 6, seller=seller)
    search = Search(seller_id=seller.user_id, sort="newest", moment=database_now(store), limit=3)
    first = _page(store, search)
    offer(store, seller=seller)

    last_key, last = first[-1]
    second = _page(store, replace(search, after=(last_key, last.id)))

    assert len(second) == 3
    assert not ids([listing for _, listing in first]) & ids([listing for _, listing in second])


def test_a_search_puts_nothing_of_its_words_into_the_statement(find: Find) -> None:
    """Words that would end a string or a statement find nothing and break nothing."""
    for word in ("' OR 1=1 -- ", "'; DROP TABLE listings; --", "%(limit)s", "%s"):
        assert find(words=[word]) == []


@pytest.fixture(scope="module")
def little_market(services: Services, records: Records) -> LittleMarket:
    """Nine lots that a test moves about."""
    return LittleMarket(services.store, records)


class LittleMarket:
    """Nine lots, of which those take part that are in the category `art`."""

    def __init__(self, store: Store, records: Records) -> None:
        seller = a_person("seller")
        self.seller_id, self._records = seller.user_id, records
        self.lots = offer_all(store, 9, seller=seller)

    def become(self, standings: Sequence[tuple[datetime, str]]) -> list[tuple[datetime, str]]:
        """Give so many lots an end and a status; the ends and ids of those."""
        self._records.execute("BEGIN")
        self._records.execute("UPDATE listings SET category = 'wine' WHERE seller_id = %s", self.seller_id)
        for lot, (ends_at, status) in zip(self.lots, standings, strict=False):
            self._records.execute(
                "UPDATE listings SET category = 'art', ends_at = %s, status = %s WHERE id = %s", ends_at, status, lot
            )
        self._records.execute("COMMIT")
        return [(ends_at, lot) for lot, (ends_at, _) in zip(self.lots, standings, strict=False)]

    def close_due(self) -> None:
        """What the scheduler does."""
        self._records.execute(
            "UPDATE listings SET status = 'closed' WHERE seller_id = %s AND status IN ('active', 'scheduled')"
            " AND ends_at <= UTC_TIMESTAMP(6)",
            self.seller_id,
        )


@given(
    standings=st.lists(
        st.tuples(st.integers(-3, 5), st.sampled_from(["scheduled", "active", "closed", "cancelled"])), max_size=9
    ),
    limit=st.integers(1, 10),
    closed_after=st.integers(0, 10),
)
def test_what_runs_comes_first_and_the_past_after_it_whatever_ends_between_pages(
    services: Services, little_market: LittleMarket, standings: list[tuple[int, str]], limit: int, closed_after: int
) -> None:
    """Soonest first, then latest first, each lot once, though many end at the same time.

    The first page was read an hour ago; what has ended since is closed while the pages are turned.
    """
    moment = database_now(services.store) - 2 * HALF_AN_HOUR
    lots = little_market.become([(moment + place * HALF_AN_HOUR, status) for place, status in standings])
    search = Search(seller_id=little_market.seller_id, category="art", moment=moment, limit=limit)

    pages = []
    for number, page in enumerate(_pages(services.store, search)):
        pages.append([(key, listing.id) for key, listing in page])
        if number == closed_after:
            little_market.close_due()

    running = sorted(lot for lot in lots if lot[0] > moment)
    ended = sorted((lot for lot in lots if lot[0] <= moment), reverse=True)
    assert [lot for page in pages for lot in page] == running + ended
    assert all(len(page) == limit for page in pages[:-1])


@pytest.mark.parametrize("limit", [1, 2, 3, 9])
@pytest.mark.parametrize("status", ["closed", "cancelled"])
def test_the_closed_and_the_cancelled_come_latest_first(
    store: Store, little_market: LittleMarket, status: str, limit: int
) -> None:
    """Also those whose end would have been yet to come."""
    moment = database_now(store)
    places = [-3, -1, -1, 2, -2, 0, 2]
    lots = little_market.become(
        [*((moment + place * HALF_AN_HOUR, status) for place in places), (moment - HALF_AN_HOUR, "active")]
    )[:-1]
    search = Search(
        seller_id=little_market.seller_id, category="art", status=status, moment=moment + HALF_AN_HOUR, limit=limit
    )

    found = [(key, listing.id) for page in _pages(store, search) for key, listing in page]

    assert found == sorted(lots, reverse=True)


@pytest.mark.parametrize("limit", [1, 2, 9])
def test_the_open_come_soonest_first(store: Store, little_market: LittleMarket, limit: int) -> None:
    """What was opened and what has only begun, together; what has ended is not among them, closed or not."""
    now = database_now(store)
    stored = [(3, "active"), (1, "scheduled"), (2, "active"), (1, "active"), (2, "scheduled")]
    ended = [(-1, "active"), (-1, "scheduled"), (-2, "closed"), (2, "cancelled")]
    lots = little_market.become([(now + place * HALF_AN_HOUR, status) for place, status in [*stored, *ended]])
    search = Search(seller_id=little_market.seller_id, category="art", status="active", moment=now, limit=limit)

    found = [(key, listing.id) for page in _pages(store, search) for key, listing in page]

    assert found == sorted(lots[: len(stored)])


@pytest.fixture(scope="module")
def long_past(services: Services, records: Records) -> Iterator[datetime]:
    """The time at which six lots of a house run and three hundred have ended; they are gone after these tests."""
    house = a_person("house")
    now = database_now(services.store)
    offer_all(services.store, 6, seller=house)
    for hour, lot in enumerate(offer_all(services.store, 300, seller=house)):
        records.execute(
            "UPDATE listings SET ends_at = %s, status = %s WHERE id = %s",
            *(now - timedelta(hours=hour), "closed" if hour % 10 else "cancelled", lot),
        )
    records.rows("ANALYZE TABLE listings")
    yield now
    records.execute("DELETE FROM listings WHERE seller_id = %s", house.user_id)


@pytest.mark.parametrize("hours", [None, 0.5, -9], ids=["first page", "among the running", "in the past"])
@pytest.mark.parametrize(
    ("index", "filters"),
    [
        ("listings_due", {}),
        ("listings_due", {"status": "active"}),
        ("listings_due", {"status": "closed"}),
        ("listings_category", {"category": "furniture"}),
        ("listings_category", {"category": "furniture", "status": "closed"}),
    ],
    ids=str,
)
def test_a_page_by_the_end_is_read_in_order_from_an_index(
    open_connection: Callable[..., Connection], long_past: datetime, filters: Any, index: str, hours: float | None
) -> None:
    """A page of seven costs some dozens of rows, not the three hundred; only what was found is sorted."""
    connection = open_connection()
    connection.cursorclass = WritingDown
    after = None if hours is None else (long_past + timedelta(hours=hours), "A" * 11)
    WritingDown.sent.clear()

    before = _rows_read(connection)
    Listings(Session(connection)).search(Search(moment=long_past, after=after, limit=7, **filters))
    read = _rows_read(connection) - before

    steps = [step for plan in plans(connection) for step in plan if step["table"] == "l" and step["key"] != "PRIMARY"]
    assert index in {step["key"] for step in steps} <= {"listings_due", "listings_category"}
    assert not any("filesort" in (step["Extra"] or "") for step in steps)
    assert read < 200


def _rows_read(connection: Connection) -> int:
    """How often this session has fetched a row, from indexes and tables."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS LIKE 'Handler_read%'")
        return sum(int(value) for _, value in cursor.fetchall())


def _page(store: Store, search: Search) -> Sequence[tuple[SortKey, Listing]]:
    return store.transact(lambda tx: tx.listings.search(search), deadline=Deadline.after(5))


def _pages(store: Store, search: Search) -> Iterator[Sequence[tuple[SortKey, Listing]]]:
    """One after the other, until one is empty."""
    for _ in range(30):
        page = _page(store, search)
        if not page:
            return
        yield page
        search = replace(search, after=(page[-1][0], page[-1][1].id))
    raise AssertionError("there is no end to the pages")
