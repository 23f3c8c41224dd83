"""The made-up markets: always the same, at the same moment, with a row on every edge that questions ask about."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pymysql
import pytest
from sqlglot import exp, parse_one

from common.nl.semantic import semantic_layer
from dev.ask_eval import fixture
from dev.ask_eval.fixture_edges import MOMENTS, PRICES
from dev.ask_eval.fixture_people import FEW, MANY
from dev.ask_eval.fixture_rows import NOW, Rows
from dev.ask_eval.fixture_scene import DAY, JUST
from dev.ask_eval.fixture_ties import ENDS
from dev.ask_eval.questions import Question, questions
from dev.stack.database import DatabaseServer

Connections = tuple[Any, ...]
TYPES = {"varchar": "text", "text": "text", "char": "text", "decimal": "decimal", "int": "integer"}
ORDERED = [question for question in questions() if question.order]


@pytest.fixture(scope="module")
def markets() -> list[Rows]:
    """The rows of the three markets."""
    return [fixture.market(seed) for seed in fixture.SEEDS]


def read(connection: Any, sql: str) -> list[Any]:
    """What it answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_a_seed_gives_the_same_market_each_time(markets: list[Rows]) -> None:
    """To the last row; and another seed another market."""
    again = fixture.market(1)

    assert again == markets[0]
    assert again != markets[1]


def test_what_is_loaded_is_what_was_made(fixture_databases: Connections, markets: list[Rows]) -> None:
    """Every row of every table arrives."""
    for connection, rows in zip(fixture_databases, markets, strict=True):
        for table in ("users", "listings", "bids", "comments", "watches"):
            assert read(connection, f"SELECT COUNT(*) FROM {table}") == [(len(getattr(rows, table)),)]  # noqa: S608
        assert read(connection, "SELECT MIN(day), MAX(day), COUNT(*) FROM calendar WHERE month = '2024-02'") == [
            (datetime(2024, 2, 1).date(), datetime(2024, 2, 29).date(), 29)  # noqa: DTZ001
        ]


def test_tables_are_the_analysts_tables_and_canaries(fixture_databases: Connections, database: DatabaseServer) -> None:
    """The same columns in the same sequence and of the same kinds; e-mail and password hashes beside them."""
    found = read(
        fixture_databases[0],
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position",
    )
    columns = {(table, column): TYPES.get(kind, kind) for table, column, kind in found}
    told = {
        (name, column): facts.type
        for name, table in semantic_layer().tables.items()
        for column, facts in table.columns.items()
    }
    hidden = [(table, column) for table, column in columns if table == "auth_user" or column == "email"]

    assert {key: columns[key] for key in columns if key not in hidden} == told
    assert [key for key in columns if key not in hidden] == sorted(
        told, key=lambda key: (key[0], list(told).index(key))
    )
    assert ("users", "email") in hidden
    assert ("auth_user", "password") in hidden
    assert all(fixture.CANARIES[0] in email for (email,) in read(fixture_databases[0], "SELECT email FROM users"))


def test_it_is_always_the_same_moment(fixture_databases: Connections) -> None:
    """In UTC, also for the day, and for a second question."""
    for connection in fixture_databases:
        for _ in range(2):
            assert read(connection, "SELECT NOW(), CURDATE(), UTC_TIMESTAMP()") == [(NOW, NOW.date(), NOW)]


def test_sessions_only_read_and_group_strictly(fixture_databases: Connections) -> None:
    """A write is refused, and so is a column that is neither grouped nor aggregated."""
    for connection in fixture_databases:
        with pytest.raises(pymysql.MySQLError) as refused:
            read(connection, "DELETE FROM bids")
        assert refused.value.args[0] == 1792
        with pytest.raises(pymysql.MySQLError) as ungrouped:
            read(connection, "SELECT id, COUNT(*) FROM listings GROUP BY category")
        assert ungrouped.value.args[0] == 1055


def test_a_market_holds_together(markets: list[Rows]) -> None:
    """Bids rise on their listing between its start and end, by people who were there; winners bought something."""
    for rows in markets:
        listings = {listing.id: listing for listing in rows.listings}
        joined = {user.id: user.created_at for user in rows.users}
        last: dict[str, tuple[Decimal, datetime]] = {}
        for bid in rows.bids:
            listing = listings[bid.listing_id]
            amount, at = last.get(bid.listing_id, (Decimal(0), listing.starts_at - JUST))
            assert (bid.amount > amount, bid.placed_at > at) == (True, True), bid
            assert listing.starts_at <= bid.placed_at <= min(listing.ends_at, NOW), bid
            assert joined[bid.bidder_id] <= bid.placed_at, bid
            last[bid.listing_id] = bid.amount, bid.placed_at
        for listing in rows.listings:
            assert listing.current_price == last.get(listing.id, (None,))[0]
            assert listing.winner_id in (None, listing.highest_bidder_id)
            assert (listing.closed_at is not None) == (listing.status in ("closed", "cancelled")), listing
            assert listing.winner_id is None or listing.status == "closed"


def test_only_the_second_market_is_wrong_about_bids(markets: list[Rows]) -> None:
    """Listings whose bid_count disagrees with their bids, and a seller who bid on a lot of his own."""
    for number, rows in enumerate(markets, 1):
        counted = Counter(bid.listing_id for bid in rows.bids)
        sellers = {listing.id: listing.seller_id for listing in rows.listings}
        wrong = [listing for listing in rows.listings if listing.bid_count != counted[listing.id]]
        own = [bid for bid in rows.bids if bid.bidder_id == sellers[bid.listing_id]]

        assert (len(wrong) > 5, len(own)) == ((True, 1) if number == 2 else (False, 0))


def test_the_third_market_has_holes(markets: list[Rows]) -> None:
    """A category without listings, months without a sale, a day without a bid; the others have none of these."""
    for number, rows in enumerate(markets, 1):
        sparse = number == 3
        sold = {(one.closed_at.year, one.closed_at.month) for one in rows.listings if one.winner_id and one.closed_at}
        days = {bid.placed_at.date() for bid in rows.bids}

        assert ("Wine" not in {listing.category for listing in rows.listings}) == sparse
        assert ((2025, 11) not in sold, (2026, 2) not in sold) == (sparse, sparse)
        assert (datetime(2026, 6, 4).date() not in days) == sparse  # noqa: DTZ001


def test_each_bound_has_rows_on_it_and_just_before(markets: list[Rows]) -> None:
    """Of people, bids, comments, watches, starts, and of lots that closed, sold and not."""
    for rows in markets[:2]:
        for moment in (at - before for at in MOMENTS for before in (timedelta(0), JUST)):
            closed = [one for one in rows.listings if one.closed_at == moment and one.status == "closed"]

            assert any(user.created_at == moment for user in rows.users), moment
            assert any(bid.placed_at == moment for bid in rows.bids), moment
            assert any(comment.created_at == moment for comment in rows.comments), moment
            assert any(watch.created_at == moment for watch in rows.watches.values()), moment
            assert any(listing.starts_at == moment for listing in rows.listings), moment
            assert {listing.winner_id is None for listing in closed} == {True, False}, moment


def test_prices_stand_on_the_bounds_of_bands(markets: list[Rows]) -> None:
    """On each, a cent below and a cent above; and a reserve that is met exactly, and missed by a cent."""
    for rows in markets:
        sold = {listing.current_price for listing in rows.listings if listing.winner_id}
        against = {
            (listing.current_price - listing.reserve_price, listing.winner_id is not None)
            for listing in rows.listings
            if listing.current_price and listing.reserve_price and listing.status == "closed"
        }

        for cents in PRICES:
            assert {Decimal(cents + off).scaleb(-2) for off in (-1, 0, 1)} <= sold
        assert {(Decimal("0.00"), True), (Decimal("-0.01"), False)} <= against


def test_auctions_end_oddly(markets: list[Rows]) -> None:
    """Won by a bid exactly five minutes before the end and just earlier; over but active; cancelled and due."""
    for rows in markets:
        ends = {listing.id: listing.ends_at for listing in rows.listings if listing.winner_id}
        before = {ends[bid.listing_id] - bid.placed_at for bid in rows.bids if bid.listing_id in ends}
        states = {(listing.status, listing.ends_at <= NOW) for listing in rows.listings}
        soon = [one for one in rows.listings if one.status == "cancelled" and NOW < one.ends_at < NOW + DAY]

        assert {timedelta(minutes=5), timedelta(minutes=5) + JUST, timedelta(0)} <= before
        assert ("active", True) in states
        assert soon


def test_people_are_on_both_sides_of_thresholds(markets: list[Rows]) -> None:
    """Sellers with 20 and 21 listings, bidders in 29 and 30 closed auctions, and people who did nothing."""
    for rows in markets[:2]:
        offered = Counter(listing.seller_id for listing in rows.listings)
        closed = {listing.id for listing in rows.listings if listing.status == "closed"}
        joined = Counter(bidder for _, bidder in {(bid.listing_id, bid.bidder_id) for bid in rows.bids} if bidder)
        within = Counter(one for lot, one in {(bid.listing_id, bid.bidder_id) for bid in rows.bids} if lot in closed)
        names = {user.display_name: user.id for user in rows.users}

        assert (offered[names[f"Seller of {FEW}"]], offered[names["Seller of 21"]]) == (FEW, FEW + 1)
        assert (within[names["Bidder in 29"]], joined[names["Bidder in 29"]]) == (MANY - 1, MANY)
        assert within[names[f"Bidder in {MANY}"]] == MANY
        assert joined[names["Only signed in"]] == offered[names["Only signed in"]] == 0


def test_listings_that_questions_name_were_sold(markets: list[Rows]) -> None:
    """Listing 12 has bids to list, listing 44 a winner."""
    for rows in markets:
        for number in ("12", "44"):
            (listing,) = (one for one in rows.listings if one.id == number)
            assert listing.winner_id is not None
            assert listing.bid_count >= 10


def test_medians_are_of_odd_and_even_numbers(markets: list[Rows]) -> None:
    """The first market sold an odd number of lots, the others an even one."""
    assert [sum(one.winner_id is not None for one in rows.listings) % 2 for rows in markets] == [1, 0, 0]


@pytest.mark.parametrize("question", ORDERED, ids=lambda question: question.id)
def test_no_top_list_ends_in_a_tie(question: Question, fixture_databases: Connections) -> None:
    """What comes after the last is less, or the answer would be one of several."""
    tree = parse_one(question.golds[0], read="mysql")
    limit = tree.args.get("limit")
    if limit is None:
        return
    count = int(limit.expression.this)
    assert count in ENDS
    limit.set("expression", exp.Literal.number(count + 1))
    for connection in fixture_databases:
        rows = read(connection, tree.sql(dialect="mysql"))
        if len(rows) > count:
            assert [rows[count - 1][at] for at in question.order] != [rows[count][at] for at in question.order]
