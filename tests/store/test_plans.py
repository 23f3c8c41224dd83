"""The hot look-ups go by their indexes and lock the rows they are about, on small tables too.

The statements are those that the store sends: a cursor writes them down, and the server is asked to explain each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any, ClassVar

import pymysql
import pytest
from pymysql.cursors import Cursor

from common.config import Settings
from common.deadline import Deadline
from common.domain.actor import Actor
from common.domain.listing import Listing, Outcome, Status
from common.domain.placed_bid import PlacedBid
from common.store.connect import Connection
from common.store.docket import Dockets
from common.store.listings import Listings
from common.store.session import Session
from common.store.store import Store, Transaction
from tests.races.arena import Instance, a_person, offer_all, outcomes, people

LOCKED = (1205, 3572)
"""What MariaDB and MySQL answer to NOWAIT on a locked row."""


class WritingDown(Cursor):
    """A cursor that keeps what it sends."""

    sent: ClassVar[list[str]] = []

    def execute(self, query: str, args: Any = None) -> int:
        """Send it, and keep it as it went."""
        self.sent.append(self.mogrify(query, args))
        return super().execute(query, args)


@pytest.fixture(scope="module")
def lots(services: Any) -> Sequence[str]:
    """Forty lots with a few hundred bids: small enough for an optimizer to prefer reading all of it."""
    instance = Instance(services)
    try:
        lots = offer_all(services.store, 40)
        for place, bidder in enumerate(people(8), start=1):
            outcomes([instance.bid(lot, bidder, place * 50_00) for lot in lots])
    finally:
        instance.stop()
    return lots


@pytest.fixture
def connection(open_connection: Callable[..., Connection]) -> Connection:
    """A session that writes down what it sends."""
    WritingDown.sent.clear()
    connection = open_connection()
    connection.cursorclass = WritingDown
    return connection


def plans(connection: Connection) -> list[list[dict[str, Any]]]:
    """What the server says of every statement sent so far that reads tables, step by step."""
    found = []
    for sent in list(WritingDown.sent):
        for statement in sent.split("; "):
            if statement.startswith(("SELECT", "UPDATE", "INSERT")):
                with connection.cursor(pymysql.cursors.DictCursor) as cursor:
                    cursor.execute(f"EXPLAIN FORMAT=TRADITIONAL {statement}")
                    found.append(list(cursor.fetchall()))
    return found


def step(plan: Sequence[dict[str, Any]], table: str) -> dict[str, Any]:
    """How a plan gets at a table."""
    (found,) = [row for row in plan if row["table"] == table]
    return found


def locked(open_connection: Callable[..., Connection], lots: Sequence[str]) -> set[str]:
    """Which of these listings somebody has locked, tried one by one without waiting."""
    connection = open_connection()
    found = set()
    for lot in lots:
        with connection.cursor() as cursor:
            try:
                cursor.execute("SELECT id FROM listings WHERE id = %s FOR UPDATE NOWAIT", (lot,))
            except pymysql.OperationalError as error:
                if error.args[0] not in LOCKED:
                    raise
                found.add(lot)
    connection.rollback()
    return found


def test_a_docket_goes_by_the_intended_indexes(connection: Connection, lots: Sequence[str]) -> None:
    """Listings and bidders by primary key, keys by the bidders' own unique key, driven by the rows asked for."""
    asked = [(f"uid-{number}", f"key-{number:04}") for number in range(20)]
    Dockets(Session(connection)).open(lots[:3], asked, [(lots[0], user_id) for user_id, _ in asked], offers={})

    listings, read, offers = plans(connection)

    assert step(listings, "l")["key"] == "PRIMARY"
    assert step(listings, "l")["type"] == "range"
    assert int(step(listings, "l")["rows"]) == 3
    assert step(offers, "l")["key"] == "PRIMARY"
    assert (step(read, "bids")["key"], step(read, "bids")["type"]) == ("bids_idempotency", "eq_ref")
    assert (step(read, "bidders")["key"], step(read, "bidders")["type"]) == ("PRIMARY", "eq_ref")
    for table in ("bids", "bidders"):
        before = read[read.index(step(read, table)) - 1]
        assert before["table"] == "j", "what is asked for drives, not the table"


def test_a_docket_locks_its_listings_and_no_other(
    open_connection: Callable[..., Connection], lots: Sequence[str]
) -> None:
    """Three of forty."""
    connection = open_connection()
    Dockets(Session(connection)).open(lots[5:8], [], [], offers={})

    assert locked(open_connection, lots) == set(lots[5:8])

    connection.rollback()
    assert locked(open_connection, lots) == set()


def test_a_docket_locks_in_the_order_of_ids(open_connection: Callable[..., Connection], lots: Sequence[str]) -> None:
    """No two batches wait in a ring: what comes back is sorted, however it was asked for."""
    docket = Dockets(Session(open_connection())).open(sorted(lots, reverse=True), [], [], offers={})

    assert all(earlier < later for earlier, later in pairwise(docket.listings))
    assert len(docket.listings) == len(lots)


def test_settling_a_docket_goes_by_primary_key(
    connection: Connection, open_connection: Callable[..., Connection], lots: Sequence[str], settings: Settings
) -> None:
    """The update is driven by the rows written, and touches those listings alone."""
    dockets = Dockets(Session(connection))
    docket = dockets.open(lots[:2], [], [], offers={})
    moved = [listing._replace(version=listing.version) for listing in docket.listings.values()]
    WritingDown.sent.clear()
    dockets.settle(moved, [_a_bid(moved[0], docket.now)], {(moved[0].id, "uid-plans"): 9})
    try:
        update = plans(connection)[0]

        assert (step(update, "l")["key"], step(update, "l")["type"]) == ("PRIMARY", "eq_ref")
        assert [row["table"] for row in update][:2] == ["j", "l"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM bids WHERE bidder_id = 'uid-plans'")
            cursor.execute("DELETE FROM bidders WHERE bidder_id = 'uid-plans'")
        connection.commit()


def test_noting_what_the_mirror_shows_locks_those_listings_alone(
    connection: Connection, open_connection: Callable[..., Connection], lots: Sequence[str]
) -> None:
    """By primary key; bids on other listings go on."""
    Listings(Session(connection)).mark_mirrored(dict.fromkeys(lots[2:5], 1))

    assert locked(open_connection, lots) == set(lots[2:5])
    (plan,) = plans(connection)
    assert (step(plan, "l")["key"], step(plan, "l")["type"]) == ("PRIMARY", "eq_ref")
    connection.rollback()


def test_writing_outcomes_locks_those_listings_alone(
    connection: Connection, open_connection: Callable[..., Connection], lots: Sequence[str]
) -> None:
    """By primary key, a batch in one statement."""
    session = Session(connection)
    ended = [
        Listings(session).get(lot)._replace(status=Status.CLOSED, outcome=Outcome.SOLD, winner=1) for lot in lots[:3]
    ]
    WritingDown.sent.clear()
    Listings(session).write_outcomes(ended, closed_at=ended[0].standing.ends_at)

    assert locked(open_connection, lots) == set(lots[:3])
    (plan,) = plans(connection)
    assert (step(plan, "l")["key"], step(plan, "l")["type"]) == ("PRIMARY", "eq_ref")
    connection.rollback()


def test_due_listings_are_found_by_their_end(connection: Connection, lots: Sequence[str]) -> None:
    """And those not yet mirrored by their own index, not by reading the market."""
    listings = Listings(Session(connection))
    listings.lock_due(limit=5)
    listings.is_any_due()
    listings.open_started(limit=5)
    listings.unmirrored(limit=5)
    connection.rollback()

    due, any_due, started, *_, unmirrored = plans(connection)  # then the UPDATE of what other tests left to start

    assert {step(plan, "l")["key"] for plan in (due, any_due, started)} == {"listings_due"}
    assert step(unmirrored, "l")["key"] == "listings_unmirrored"


def test_locking_what_is_due_leaves_the_rest_alone(
    open_connection: Callable[..., Connection], store: Store, lots: Sequence[str]
) -> None:
    """A closer at work holds up no bid on a listing that still runs."""
    due = set(offer_all(store, 3, starts_in=-20, ends_in=-10))
    connection = open_connection()

    found = Listings(Session(connection)).lock_due(limit=500)

    assert due <= {listing.id for listing in found}
    assert locked(open_connection, [*lots, *due]) == due
    connection.rollback()


def test_an_empty_run_of_the_closer_locks_nothing(
    open_connection: Callable[..., Connection], lots: Sequence[str]
) -> None:
    """Nor does one of those who open what has started."""
    connection = open_connection()
    listings = Listings(Session(connection))
    listings.lock_due(limit=500)
    connection.commit()
    listings.open_started(limit=500)

    assert locked(open_connection, lots) == set()
    connection.rollback()


def test_a_bidders_own_maximum_and_number_are_found_by_his_keys(connection: Connection, lots: Sequence[str]) -> None:
    """What get_listing asks for a signed-in caller, and a history's page."""
    tx = Transaction(Session(connection))
    tx.bids.highest_of(lots[0], "uid-1")
    tx.bids.number_of(lots[0], "uid-1")
    tx.bids.newest(lots[0], up_to=5, limit=100)
    tx.bids.user_ids([(lots[0], 1), (lots[1], 2)])

    highest, number, newest, user_ids = plans(connection)

    assert highest[0]["key"] == "bids_idempotency"
    assert newest[0]["key"] == "PRIMARY"
    assert user_ids[0]["key"] == "bidders_number"
    assert number[0]["key"] in ("PRIMARY", None)  # a look-up of nobody may need no table at all


def test_remembering_known_people_locks_nobody(open_connection: Callable[..., Connection], store: Store) -> None:
    """Two instances that see the same people do not wait for each other."""
    actor = a_person()
    store.transact(lambda tx: tx.users.remember([actor]), deadline=Deadline.after(5))
    one, other = open_connection(), open_connection(lock_wait_seconds=1)
    Transaction(Session(one)).users.remember([actor])

    Transaction(Session(other)).users.remember([actor])
    with other.cursor() as cursor:
        cursor.execute("SELECT id FROM users WHERE id = %s FOR UPDATE NOWAIT", (actor.user_id,))


def test_newcomers_are_written_in_one_statement(connection: Connection) -> None:
    """A batch of bids by newcomers pays one round trip for all of them."""
    crowd: list[Actor] = people(20)
    Transaction(Session(connection)).users.remember(crowd)
    connection.rollback()

    assert sum("INSERT INTO users" in statement for statement in WritingDown.sent) == 1


def _a_bid(listing: Listing, now: Any) -> PlacedBid:
    return PlacedBid(
        listing_id=listing.id,
        seq=900,
        bidder_id="uid-plans",
        bidder=9,
        max_amount=1,
        idempotency_key="key-plans",
        placed_at=now,
        leader=1,
        price=1,
        ends_at=now + timedelta(hours=1),
        version=1,
    )


def test_an_offer_that_is_known_is_not_read_again(connection: Connection, lots: Sequence[str]) -> None:
    """Its listing is the same as when everything is read."""
    dockets = Dockets(Session(connection))
    first = dockets.open(lots[:2], [], [], offers={})
    WritingDown.sent.clear()

    second = dockets.open(lots[:2], [], [], offers=first.offers)

    assert set(first.offers) == set(lots[:2])
    assert second.offers == {}
    assert second.listings == first.listings
    assert "description" not in "".join(WritingDown.sent)


def test_an_offer_that_was_changed_is_read_again(
    open_connection: Callable[..., Connection], lots: Sequence[str]
) -> None:
    """By its revision; the others are not."""
    connection = open_connection()
    dockets = Dockets(Session(connection))
    known = dockets.open(lots[:2], [], [], offers={}).offers
    with connection.cursor() as cursor:
        cursor.execute("UPDATE listings SET title = 'Mended', revision = revision + 1 WHERE id = %s", (lots[0],))

    docket = dockets.open(lots[:2], [], [], offers=known)

    assert set(docket.offers) == {lots[0]}
    assert docket.listings[lots[0]].offer.title == "Mended"
    assert docket.listings[lots[1]].offer.title == known[lots[1]].title
    connection.rollback()
