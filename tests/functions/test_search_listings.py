"""search_listings as a client sees it: filters, orders, pages that lose and repeat nothing."""

import base64
import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.market import Document, Market, Records, check_problem, eventually

SORTS: dict[str, tuple[Callable[[Document], Any], bool]] = {
    "ending_soon": (lambda listing: listing["ends_at"], False),
    "newest": (lambda listing: listing["starts_at"], True),
    "price_asc": (lambda listing: listing["current_price"], False),
    "price_desc": (lambda listing: listing["current_price"], True),
    "most_bids": (lambda listing: listing["bid_count"], True),
}
"""What each order goes by, and whether downwards."""


@pytest.fixture
def word() -> str:
    """A word that only this test's listings have."""
    return f"w{secrets.token_hex(6)}"


def ids(listings: list[Document]) -> list[str]:
    """Which listings, in their order."""
    return [listing["id"] for listing in listings]


def found(market: Market, **query: object) -> list[str]:
    """Which listings a visitor's search finds on its first page."""
    return ids(market.nobody.search(**query)["listings"])


def a_mixed_market(market: Market, word: str) -> list[Document]:
    """Nine listings with equal and different prices, ends and counts, as they stand."""
    sellers = [market.user("seller"), market.user("other seller")]
    made = [
        sellers[number % 2].create(
            title=f"Lot {number} {word}",
            starting_price=price,
            ends_at=(datetime(2000, 1, 1, tzinfo=UTC) + _away() + timedelta(hours=number // 3)).isoformat(),
            duration_seconds=None,
        )
        for number, price in enumerate([5_00, 7_00, 5_00, 9_00, 7_00, 5_00, 1_00, 5_00, 9_00])
    ]
    for listing, bids in zip(made, [1, 0, 2, 0, 1, 0, 3, 0, 0], strict=True):
        for number in range(bids):
            market.bid(listing, 10_00 * (number + 1), by=f"bidder{number}")
    return [market.get(listing)["listing"] for listing in made]


def _away() -> timedelta:
    """From the turn of the century to tomorrow's midnight: whole hours, so that ends tie."""
    tomorrow = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return tomorrow - datetime(2000, 1, 1, tzinfo=UTC)


def test_a_search_answers_with_whole_listings(market: Market, word: str) -> None:
    """As get_listing shows them, with the server's time and no next page."""
    listing = market.create(title=f"Lamp {word}")
    market.bid(listing, 5_00, by="ann")

    answer = market.nobody.search(q=word)

    assert answer == {
        "listings": [market.get(listing)["listing"]],
        "next_cursor": None,
        "server_time": answer["server_time"],
    }


def test_a_market_without_a_match_is_an_empty_page(market: Market, word: str) -> None:
    """200, not 404."""
    answer = market.nobody.search(q=word)

    assert (answer["listings"], answer["next_cursor"]) == ([], None)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 2, 4, 9, 50])
def test_pages_lose_and_repeat_nothing(market: Market, word: str, sort: str, limit: int) -> None:
    """In every order, ties broken by the id, whatever the page's length; only the last page may be short."""
    made = a_mixed_market(market, word) if limit == 4 else [market.create(title=f"{word} {n % 2}") for n in range(5)]
    key, descending = SORTS[sort]

    pages = market.nobody.search_all(q=word, sort=sort, limit=limit)

    listings = [listing for page in pages for listing in page]
    order = sorted(made, key=lambda listing: (key(listing), listing["id"]), reverse=descending)
    assert ids(listings) == ids(order)
    assert all(len(page) == limit for page in pages[:-1])
    assert len(pages[-1]) > 0


@pytest.mark.parametrize("sort", SORTS)
def test_what_comes_and_goes_between_pages_moves_nothing_else(market: Market, word: str, sort: str) -> None:
    """New listings before and after the cursor: the old ones are still seen once each."""
    made = a_mixed_market(market, word)
    first = market.nobody.search(q=word, sort=sort, limit=3)

    for price in (1, 7_00, 99_00):
        market.create(title=f"New {word}", starting_price=price)
    rest = market.nobody.search_all(q=word, sort=sort, limit=3, cursor=first["next_cursor"])

    seen = ids(first["listings"]) + [listing_id for page in rest for listing_id in ids(page)]
    assert len(seen) == len(set(seen))
    assert set(ids(made)) <= set(seen)


def a_market_with_a_past(market: Market, records: Records, word: str) -> list[Document]:
    """Nine lots: some ended long ago, some just now, some run; three pairs end at the same time."""
    made = [market.create(title=word) for _ in range(9)]
    for listing, hours in zip(made, [-9_000, -1, 2, -1, 0, 2, 1, -9_000, 0.5], strict=True):
        records.ends_in(listing, hours * 3600)
    for one, other in ((0, 7), (1, 3), (2, 5)):
        records.execute(
            "UPDATE listings l JOIN listings o ON o.id = %s SET l.ends_at = o.ends_at WHERE l.id = %s",
            *(made[one]["id"], made[other]["id"]),
        )
    return [market.get(listing)["listing"] for listing in made]


def as_ending_soon(listings: list[Document], moment: str) -> list[str]:
    """What runs at that moment, soonest first, and then what has ended, latest first."""
    by_end = sorted((datetime.fromisoformat(listing["ends_at"]), listing["id"]) for listing in listings)
    running = [listing_id for ends_at, listing_id in by_end if ends_at > datetime.fromisoformat(moment)]
    ended = [listing_id for ends_at, listing_id in by_end if ends_at <= datetime.fromisoformat(moment)]
    return running + ended[::-1]


@pytest.mark.parametrize("limit", range(1, 11))
def test_ending_soon_shows_the_past_last(market: Market, records: Records, word: str, limit: int) -> None:
    """Whether it has been closed or not; on whatever page the past begins."""
    made = a_market_with_a_past(market, records, word)
    records.execute("UPDATE listings SET status = 'closed' WHERE id IN (%s, %s)", made[0]["id"], made[3]["id"])

    pages = market.nobody.search_all(q=word, limit=limit)

    shown = [listing_id for page in pages for listing_id in ids(page)]
    assert shown == as_ending_soon(made, datetime.now(UTC).isoformat())
    assert shown[:2] == [made[8]["id"], made[6]["id"]]
    assert shown[4] == made[4]["id"]
    assert all(len(page) == limit for page in pages[:-1])


@pytest.mark.parametrize("limit", [1, 2, 9])
def test_the_closed_come_latest_first(market: Market, empty_market: Records, word: str, limit: int) -> None:
    """A year's closed auctions begin with the last one."""
    made = a_market_with_a_past(market, empty_market, word)
    market.scheduler.close_auctions()

    pages = market.nobody.search_all(q=word, status="closed", limit=limit)

    ended = [made[place] for place in (0, 1, 3, 4, 7)]
    assert [listing_id for page in pages for listing_id in ids(page)] == as_ending_soon(ended, made[2]["ends_at"])


@pytest.mark.parametrize("first_page", [1, 2, 3, 4, 5])
def test_what_ends_between_two_pages_is_shown_where_it_was(
    market: Market, empty_market: Records, word: str, first_page: int
) -> None:
    """Once: the moment that parts the past from the rest is the first page's, whatever happens after it."""
    made = [market.create(title=word) for _ in range(6)]
    for listing, seconds in zip(made, [0.4, 0.4, 3600, -60, 0.5, -5], strict=True):
        empty_market.ends_in(listing, seconds)
    made = [market.get(listing)["listing"] for listing in made]

    first = market.nobody.search(q=word, limit=first_page)
    assert eventually(lambda: market.scheduler.close_auctions() and len(found(market, q=word, status="closed")) == 5)
    rest = market.nobody.search_all(q=word, limit=1, cursor=first["next_cursor"])

    shown = ids(first["listings"]) + [listing_id for page in rest for listing_id in ids(page)]
    assert shown == as_ending_soon(made, first["server_time"])
    assert found(market, q=word)[0] == made[2]["id"]


def test_a_page_has_twenty_listings_unless_asked(market: Market, word: str) -> None:
    """And one to fifty if asked."""
    for _ in range(21):
        market.create(title=word)

    answer = market.nobody.search(q=word)

    assert len(answer["listings"]) == 20
    assert answer["next_cursor"] is not None
    assert len(market.nobody.search(q=word, limit=50)["listings"]) == 21
    assert market.nobody.search(q=word, limit=21)["next_cursor"] is None


def test_all_words_must_appear_in_title_or_description(market: Market, word: str) -> None:
    """In any order and case, in part too."""
    lamp = market.create(title=f"Brass lamp {word}", description="From Genoa.")
    clock = market.create(title="Brass clock", description=f"{word} from Genoa.")

    assert set(found(market, q=word)) == {lamp["id"], clock["id"]}
    assert found(market, q=f"LAMP {word.upper()}") == [lamp["id"]]
    assert set(found(market, q=f"{word[:-1]} geno")) == {lamp["id"], clock["id"]}
    assert found(market, q=f"{word} lamp clock") == []


@pytest.mark.parametrize("sign", ["%", "_", "\\", "'", '"', "100%_", "\\%", "%s", "%(id)s", "{}", "🏮"])
def test_signs_that_mean_something_to_a_database_are_only_text(market: Market, word: str, sign: str) -> None:
    """Found where they stand, nowhere else."""
    with_sign = market.create(title=f"{word}{sign}{word}")
    market.create(title=f"{word}x{word}")

    assert found(market, q=f"{word}{sign}{word}") == [with_sign["id"]]


def test_a_category_is_a_filter(market: Market, word: str) -> None:
    """One that does not exist finds nothing."""
    art = market.create(title=word, category="art")
    market.create(title=word, category="wine")

    assert found(market, q=word, category="art") == [art["id"]]
    assert found(market, q=word, category="spaceships") == []


def test_each_status_finds_its_own(market: Market, word: str, empty_market: Records) -> None:
    """What a reader sees counts, not what a job has written; an ended auction is in none until it is closed."""
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    made = {
        name: market.create(title=word, **fields)
        for name, fields in {
            "active": {},
            "scheduled": {"starts_at": later},
            "begun": {"starts_at": later},
            "closed": {},
            "cancelled": {},
            "ended": {},
        }.items()
    }
    empty_market.ends_in(made["closed"], 0)
    market.scheduler.close_auctions()
    empty_market.starts_in(made["begun"], 0)
    empty_market.ends_in(made["ended"], 0)
    empty_market.execute("UPDATE listings SET status = 'cancelled' WHERE id = %s", made["cancelled"]["id"])

    by_status = {
        status: {
            listing["id"]: listing["status"] for listing in market.nobody.search(q=word, status=status)["listings"]
        }
        for status in ("active", "scheduled", "closed", "cancelled")
    }

    assert by_status == {
        "active": {made["active"]["id"]: "active", made["begun"]["id"]: "active"},
        "scheduled": {made["scheduled"]["id"]: "scheduled"},
        "closed": {made["closed"]["id"]: "closed"},
        "cancelled": {made["cancelled"]["id"]: "cancelled"},
    }
    assert len(found(market, q=word)) == len(made)


def test_a_seller_is_a_filter_by_his_alias(market: Market, word: str) -> None:
    """As every listing shows it; an alias nobody has finds nothing."""
    mine = market.user("ann").create(title=word)
    market.user("bob").create(title=word)

    assert found(market, q=word, seller=mine["seller"]) == [mine["id"]]
    assert found(market, q=word, seller="Seller 222222") == []


def test_a_seller_may_ask_for_his_own(market: Market) -> None:
    """With his token; somebody who sells nothing gets an empty page."""
    mine = [market.user("ann").create()["id"] for _ in range(2)]
    market.user("bob").create()

    assert set(ids(market.user("ann").search(seller="me")["listings"])) == set(mine)
    assert market.user("cyd").search(seller="me")["listings"] == []


def test_a_visitor_has_no_listings_of_his_own(market: Market) -> None:
    """He is asked to sign in."""
    response = market.nobody.send("search_listings", params={"seller": "me"})

    assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")


def test_filters_work_together(market: Market, word: str) -> None:
    """Every one of them must hold."""
    wanted = market.user("ann").create(title=word, category="art")
    market.user("ann").create(title=word, category="wine")
    market.user("bob").create(title=word, category="art")

    query = {"q": word, "category": "art", "seller": wanted["seller"], "status": "active", "sort": "price_desc"}

    assert found(market, **query) == [wanted["id"]]


@pytest.mark.parametrize("sort", SORTS)
def test_a_cursor_serves_its_own_order_alone(market: Market, word: str, sort: str) -> None:
    """In another one it would lose listings."""
    for _ in range(2):
        market.create(title=word)
    cursor = market.nobody.search(q=word, sort=sort, limit=1)["next_cursor"]

    for other in SORTS:
        response = market.nobody.send("search_listings", params={"q": word, "sort": other, "cursor": cursor})
        assert response.status_code == (200 if other == sort else 400)
        if other != sort:
            assert response.json()["errors"][0]["field"] == "cursor"


def a_cursor(*parts: object) -> str:
    """A cursor of one's own making."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


PAST, NOW, FUTURE = 1_000_000_000_000_000, 1_750_000_000_000_000, 4_000_000_000_000_000
"""Times in microseconds: 2001, 2025, 2096."""


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize(
    "parts",
    [
        *((), (1, "A"), (1, "A", "1"), (1, "A", None), (1, "A", 1.5), (1, "A", NOW, 1), (1, 1, NOW), (None, "A", NOW)),
        *((1, "A", FUTURE), (1, "A", 2**63 - 1), (1, "A", -(2**63)), (1, "A", 10**30), (1, "A", [NOW])),
        *((1.5, "A", NOW), (10**20, "A", NOW), (1, "ä", NOW)),
    ],
    ids=repr,
)
def test_a_cursor_that_no_page_gave_is_refused(market: Market, sort: str, parts: tuple[object, ...]) -> None:
    """Also one whose first page would have been read in the future."""
    response = market.nobody.send("search_listings", params={"sort": sort, "cursor": a_cursor(sort, *parts)})

    assert response.status_code == 400
    assert [error["field"] for error in check_problem(response)["errors"]] == ["cursor"]


@pytest.mark.parametrize("moment", [PAST, NOW, -62_135_596_800_000_000])
@pytest.mark.parametrize("number", [0, PAST, NOW - 1, NOW, NOW + 1, FUTURE, -62_135_596_800_000_000])
def test_a_made_up_place_in_the_order_does_no_harm(market: Market, number: int, moment: int) -> None:
    """It is a place like any other."""
    market.nobody.search(sort="ending_soon", cursor=a_cursor("ending_soon", number, "' OR 1=1 %s", moment))


def test_answers_are_not_kept_by_caches(market: Market) -> None:
    """Prices move."""
    assert market.nobody.send("search_listings").headers["cache-control"] == "no-store"
