"""create_listing as a client sees it: what may be offered, what is answered, what is written."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.market import Market, Records, a_key, a_listing


def moment(text: str) -> datetime:
    """A time of an answer."""
    return datetime.fromisoformat(text)


def from_now(**fields: float) -> str:
    """A time, as a request has it."""
    return (datetime.now(UTC) + timedelta(**fields)).isoformat()


def refused_fields(market: Market, **fields: object) -> list[str]:
    """Which fields the refusal of this offer names."""
    response = market.user("seller").send("create_listing", json=a_listing(**fields))
    assert response.status_code == 400, response.text
    assert response.json()["code"] == "invalid_request"
    return [error["field"] for error in response.json()["errors"]]


def test_a_new_listing_shows_what_was_offered(market: Market) -> None:
    """Every member, with what was left out at its usual value."""
    listing = market.create(
        title="A lamp", description="It works.", category="art", starting_price=12_34, duration_seconds=600
    )

    starts_at = moment(listing["starts_at"])
    assert abs(datetime.now(UTC) - starts_at) < timedelta(seconds=30)
    assert listing == {
        "id": listing["id"],
        "title": "A lamp",
        "description": "It works.",
        "category": "art",
        "seller": listing["seller"],
        "currency": "USD",
        "starting_price": 12_34,
        "current_price": 12_34,
        "minimum_bid": 12_34,
        "bid_count": 0,
        "leader": None,
        "reserve": "none",
        "buy_now_price": None,
        "status": "active",
        "outcome": None,
        "starts_at": listing["starts_at"],
        "scheduled_end": listing["scheduled_end"],
        "ends_at": listing["scheduled_end"],
        "winner": None,
        "version": 1,
    }
    assert moment(listing["ends_at"]) - starts_at == timedelta(seconds=600)


def test_times_are_rfc_3339_in_utc_with_microseconds(market: Market) -> None:
    """Always the same width, with a Z, also where the microseconds are 0."""
    start = (datetime.now(UTC) + timedelta(hours=2)).replace(microsecond=0)

    listing = market.create(starts_at=start.isoformat())

    assert listing["starts_at"] == start.strftime("%Y-%m-%dT%H:%M:%SZ") or listing["starts_at"] == start.strftime(
        "%Y-%m-%dT%H:%M:%S.000000Z"
    )
    assert listing["ends_at"].endswith("Z")


def test_an_offer_may_say_everything(market: Market, records: Records) -> None:
    """Each optional field is kept; the reserve and the soft close are not shown."""
    offer = {
        "title": "  A lamp, boxed  ",
        "description": "First line.\n\tSecond … ünïcode 🏮.\r\n",
        "category": "wine",
        "starting_price": 10_00,
        "currency": "GBP",
        "reserve_price": 86_753_09,
        "buy_now_price": 90_000_00,
        "increment": 77,
        "starts_at": from_now(hours=1),
        "ends_at": from_now(days=3),
        "duration_seconds": None,
        "soft_close": {"window_seconds": 30, "extension_seconds": 40, "max_extension_seconds": 50},
    }

    listing = market.create(**offer)

    assert listing["title"] == "A lamp, boxed"
    assert listing["description"] == "First line.\n\tSecond … ünïcode 🏮."
    assert (listing["category"], listing["currency"], listing["buy_now_price"]) == ("wine", "GBP", 90_000_00)
    assert (listing["reserve"], listing["status"]) == ("not_met", "scheduled")
    assert (moment(listing["starts_at"]), moment(listing["ends_at"])) == (
        moment(offer["starts_at"]),
        moment(offer["ends_at"]),
    )
    assert "8675309" not in json.dumps(listing)
    ((reserve, increment, *soft),) = records.rows(
        "SELECT reserve_price, increment, soft_close_window_seconds, soft_close_extension_seconds,"
        " soft_close_max_extension_seconds FROM listings WHERE id = %s",
        listing["id"],
    )
    assert (reserve, increment, soft) == (86_753_09, 77, [30, 40, 50])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({}, [120, 120, 3600]),
        ({"window_seconds": 0}, [0, 120, 3600]),
        ({"extension_seconds": 7}, [120, 7, 3600]),
        ({"max_extension_seconds": 86_400}, [120, 120, 86_400]),
        (None, [120, 120, 3600]),
    ],
)
def test_a_soft_close_may_be_given_in_part(
    market: Market, records: Records, given: dict[str, int] | None, kept: list[int]
) -> None:
    """What is left out is as usual."""
    body = a_listing() | {"soft_close": given}

    response = market.user("seller").send("create_listing", json=body)

    (soft,) = records.rows(
        "SELECT soft_close_window_seconds, soft_close_extension_seconds, soft_close_max_extension_seconds"
        " FROM listings WHERE id = %s",
        response.json()["listing"]["id"],
    )
    assert list(soft) == kept


@pytest.mark.parametrize("currency", ["USD", "GBP", "EUR"])
def test_the_currency_decides_the_steps(market: Market, currency: str) -> None:
    """At 1.00 the step is 0.25 dollars, else 0.20."""
    listing = market.create(currency=currency)

    bid = market.bid(listing, 5_00, by="ann")

    assert bid["listing"]["minimum_bid"] == (1_25 if currency == "USD" else 1_20)


def test_a_flat_increment_goes_before_the_table(market: Market) -> None:
    """The seller's choice."""
    listing = market.create(increment=3_33)

    assert market.bid(listing, 50_00, by="ann")["listing"]["minimum_bid"] == 4_33


@pytest.mark.parametrize("name", ["currency", "reserve_price", "buy_now_price", "increment", "starts_at", "ends_at"])
def test_an_optional_field_may_be_null(market: Market, name: str) -> None:
    """As if it were left out, but the currency, which has no null."""
    response = market.user("seller").send("create_listing", json=a_listing() | {name: None})

    assert response.status_code == (400 if name == "currency" else 201)


@pytest.mark.parametrize(("seconds", "accepted"), [(9, False), (10, True), (5_184_000, True), (5_184_001, False)])
def test_an_auction_lasts_from_ten_seconds_to_sixty_days(market: Market, *, seconds: int, accepted: bool) -> None:
    """By its duration and by its end alike, both sides of both limits."""
    start = datetime.now(UTC) + timedelta(hours=1)
    end = start + timedelta(seconds=seconds)
    times = {"starts_at": start.isoformat(), "ends_at": end.isoformat(), "duration_seconds": None}

    if accepted:
        assert moment(market.create(**times)["ends_at"]) == end
        market.create(duration_seconds=seconds)
    else:
        assert refused_fields(market, **times) == ["ends_at"]
        assert refused_fields(market, duration_seconds=seconds) == ["duration_seconds"]


@pytest.mark.parametrize("times", [{"duration_seconds": None}, {"ends_at": from_now(hours=1)}])
def test_exactly_one_of_end_and_duration_is_given(market: Market, times: dict[str, Any]) -> None:
    """Neither and both are refused."""
    assert refused_fields(market, **times) == ["duration_seconds"]


def test_a_start_a_little_in_the_past_means_now(market: Market) -> None:
    """A slow clock or form; five minutes at most."""
    listing = market.create(starts_at=from_now(minutes=-4))

    assert listing["status"] == "active"
    assert abs(moment(listing["starts_at"]) - datetime.now(UTC)) < timedelta(seconds=30)
    assert refused_fields(market, starts_at=from_now(minutes=-6)) == ["starts_at"]


def test_a_start_may_lie_sixty_days_ahead(market: Market) -> None:
    """And not much more."""
    assert market.create(starts_at=from_now(days=59, hours=23))["status"] == "scheduled"
    assert refused_fields(market, starts_at=from_now(days=60, minutes=1)) == ["starts_at"]


@pytest.mark.parametrize("end", ["2020-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_an_end_must_come_after_the_start_and_not_too_late(market: Market, end: str) -> None:
    """Not in the past, not in another age."""
    assert refused_fields(market, ends_at=end, duration_seconds=None) == ["ends_at"]


def test_a_time_may_have_any_offset(market: Market) -> None:
    """It is turned into UTC."""
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=30)
    text = (start + timedelta(hours=5, minutes=30)).strftime("%Y-%m-%dT%H:%M:%S") + "+05:30"

    assert moment(market.create(starts_at=text)["starts_at"]) == start


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"reserve_price": 99}, ["reserve_price"]),
        ({"buy_now_price": 1_29}, ["buy_now_price"]),
        ({"reserve_price": 5_00, "buy_now_price": 4_99}, ["buy_now_price"]),
        ({"starting_price": 10**12, "buy_now_price": 10**12}, ["buy_now_price"]),
    ],
)
def test_prices_that_contradict_each_other_are_refused(
    market: Market, fields: dict[str, int], named: list[str]
) -> None:
    """Reserve >= start, buy-it-now >= 1.3 times the start and >= the reserve."""
    assert refused_fields(market, **fields) == named


@pytest.mark.parametrize(
    "fields",
    [
        {"reserve_price": 1_00},
        {"buy_now_price": 1_30},
        {"reserve_price": 5_00, "buy_now_price": 5_00},
        {"starting_price": 1, "buy_now_price": 2},
        {"starting_price": 10**12, "reserve_price": 10**12, "increment": 10**12},
    ],
)
def test_prices_just_on_their_limits_are_accepted(market: Market, fields: dict[str, int]) -> None:
    """Equality is enough; 10^12 is the largest amount."""
    listing = market.create(**fields)

    assert listing["starting_price"] == fields.get("starting_price", 1_00)


def test_a_category_must_exist(market: Market) -> None:
    """The eight of the seed do; the refusal names the field."""
    for category in ("art", "books", "cameras", "coins", "furniture", "jewelry", "watches", "wine"):
        assert market.create(category=category)["category"] == category

    assert refused_fields(market, category="spaceships") == ["category"]


def test_a_repeated_key_gives_the_same_listing_again(market: Market, records: Records) -> None:
    """Byte for byte, and one row."""
    seller, key, before = market.user("seller"), a_key(), records.counts()
    body, headers = a_listing(), {"Idempotency-Key": key}

    first = seller.send("create_listing", json=body, headers=headers)
    again = seller.send("create_listing", json=body, headers=headers)

    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
    assert records.counts()["listings"] == before["listings"] + 1
    assert records.counts()["audit_log"] == before["audit_log"] + 1


def test_a_key_reused_for_another_offer_is_refused(market: Market, records: Records) -> None:
    """Whatever differs; the first listing stays as it is."""
    seller, headers = market.user("seller"), {"Idempotency-Key": a_key()}
    seller.send("create_listing", json=a_listing(starting_price=5_00), headers=headers)
    before = records.counts()

    again = seller.send("create_listing", json=a_listing(starting_price=5_01), headers=headers)

    assert (again.status_code, again.json()["code"]) == (422, "idempotency_key_reused")
    assert records.counts() == before


def test_the_same_key_of_two_sellers_is_two_listings(market: Market) -> None:
    """Keys are each seller's own."""
    key = a_key()

    assert market.user("ann").create(key=key)["id"] != market.user("bob").create(key=key)["id"]


def test_without_a_key_every_request_is_a_listing(market: Market) -> None:
    """Two alike may be meant."""
    assert market.create()["id"] != market.create()["id"]


def test_a_sellers_alias_is_the_same_on_all_his_listings(market: Market) -> None:
    """And nobody else's; it says nothing of his name."""
    first, second = market.user("ann").create(), market.user("ann").create()
    other = market.user("bob").create()

    assert first["seller"] == second["seller"] != other["seller"]
    assert first["seller"].startswith("Seller ")
    assert len(first["seller"]) == 13


def test_it_is_written_down_who_offered_it(market: Market, records: Records) -> None:
    """In the audit log, with the terms that matter."""
    listing = market.user("ann").create(starting_price=5_00)

    ((actor, action, facts),) = records.rows(
        "SELECT actor, action, facts FROM audit_log WHERE listing_id = %s", listing["id"]
    )

    assert (actor, action) == (market.user("ann").user_id, "create_listing")
    assert json.loads(facts) == {"starting_price": 5_00, "currency": "USD"}


def test_a_listing_can_be_read_at_once(market: Market) -> None:
    """By anybody, as it was answered."""
    listing = market.create()

    assert market.get(listing)["listing"] == listing
