"""Searching: filters, orders, and pages that show everything once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from common.deadline import Deadline
from common.domain.actor import Actor
from common.domain.listing import Listing
from common.store.search import ORDERS, Search
from common.store.store import Store
from tests.market import Records
from tests.races.arena import a_person, offer, offer_all

Find = Callable[..., Sequence[Listing]]


@pytest.fixture
def seller() -> Actor:
    """Whose listings alone are looked at: others use the same tables."""
    return a_person("seller")


@pytest.fixture
def find(store: Store, seller: Actor) -> Find:
    """This seller's listings by some search."""

    def search(**wanted: object) -> Sequence[Listing]:
        asked = Search(**{"seller_id": seller.user_id, "limit": 50, **wanted})  # type: ignore[arg-type]
        found = store.transact(lambda tx: tx.listings.search(asked), deadline=Deadline.after(5))
        return [listing for _, listing in found]

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

    pages, after = [], None
    while True:
        search = Search(seller_id=seller.user_id, sort=sort, after=after, limit=5)
        page = store.transact(lambda tx, search=search: tx.listings.search(search), deadline=Deadline.after(5))
        if not page:
            break
        pages.append(page)
        after = (page[-1][0], page[-1][1].id)

    found = [(key, listing.id) for page in pages for key, listing in page]
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    assert sorted(lot for _, lot in found) == sorted(lots)
    beyond = (lambda a, b: a > b) if ORDERS[sort].descending else (lambda a, b: a < b)
    assert all(beyond(earlier, later) for earlier, later in pairwise(found))


def test_a_listing_that_comes_while_pages_are_turned_repeats_none(store: Store, seller: Actor) -> None:
    """A page continues after a row, not after a count."""
    offer_all(store, 6, seller=seller)
    first = _page(store, Search(seller_id=seller.user_id, sort="newest", limit=3))
    offer(store, seller=seller)

    last_key, last = first[-1]
    second = _page(store, Search(seller_id=seller.user_id, sort="newest", limit=3, after=(last_key, last.id)))

    assert len(second) == 3
    assert not ids([listing for _, listing in first]) & ids([listing for _, listing in second])


def test_a_search_puts_nothing_of_its_words_into_the_statement(find: Find) -> None:
    """Words that would end a string or a statement find nothing and break nothing."""
    for word in ("' OR 1=1 -- ", "'; DROP TABLE listings; --", "%(limit)s", "%s"):
        assert find(words=[word]) == []


def _page(store: Store, search: Search) -> Sequence[tuple[object, Listing]]:
    return store.transact(lambda tx: tx.listings.search(search), deadline=Deadline.after(5))
