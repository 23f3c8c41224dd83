"""The year of past sales that analysts ask about: believable on paper, and in the tables as if it had happened."""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from statistics import mean

import pytest

from common.config import DatabaseSettings
from common.domain.listing import Outcome
from common.operations import create_listing
from common.store.connect import Connection, connector
from dev.seed.history import make_history
from dev.seed.history_lots import listing_id
from dev.seed.history_plan import History, past_year
from dev.seed.history_room import Sale
from dev.seed.history_rows import INSERTS, Ended, rows_of
from dev.stack.database import DatabaseServer
from dev.stack.settings import ROOT
from tests.market import Records
from tests.races.invariants import check_listing

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
MINUTES = timedelta(minutes=1)
FEW = 60


@pytest.fixture(scope="module")
def year() -> History:
    """The year before the middle of June, as the first start makes it."""
    return past_year(listings=2500, seed=1, now=NOW)


def what_happened(sale: Sale) -> object:
    """All of a sale but its times."""
    bids = [(bid.bidder_id, bid.max_amount, bid.leader, bid.price) for bid in sale.bids]
    return sale.lot.id, sale.lot.title, sale.lot.terms.starting_price, sale.lot.terms.reserve_price, bids


def ended_by_month(year: History, *categories: str) -> Counter[int]:
    """How many lots of these categories ended in each month."""
    return Counter(
        sale.lot.terms.scheduled_end.month for sale in year.sales if not categories or sale.lot.category in categories
    )


def winner_of(sale: Sale) -> str | None:
    """Who bought it."""
    return next((person for person, number in sale.numbers.items() if number == Ended(sale).winner), None)


def test_a_seed_number_makes_the_same_year_whenever_it_is_made(year: History) -> None:
    """Only times differ; fewer lots are its beginning; another number makes another year."""
    later = past_year(listings=300, seed=1, now=NOW + timedelta(days=75, hours=5))
    other = past_year(listings=300, seed=2, now=NOW)

    assert [what_happened(sale) for sale in later.sales] == [what_happened(sale) for sale in year.sales[:300]]
    assert later.sales[0].lot.terms.starts_at != year.sales[0].lot.terms.starts_at
    assert not {sale.lot.id for sale in other.sales} & {sale.lot.id for sale in year.sales}


@pytest.mark.parametrize("hour", [0, 1, 2, 23])
def test_all_of_it_is_over_and_none_of_it_older_than_a_year(hour: int) -> None:
    """Also shortly after midnight, when yesterday's late auctions may just have ended."""
    now = NOW.replace(hour=hour)
    year = past_year(listings=400, seed=1, now=now)

    ends = [Ended(sale).closed_at or sale.lot.cancelled_at for sale in year.sales]

    assert now - timedelta(days=367) < min(filter(None, ends))
    assert now - timedelta(days=4) < max(filter(None, ends)) < now


def test_a_year_is_as_large_as_promised(year: History) -> None:
    """25,000 to 30,000 bids, some sixty sellers and 350 bidders; every table has rows."""
    bids = [bid for sale in year.sales for bid in sale.bids]

    assert len(year.sales) == 2500
    assert 25_000 <= len(bids) <= 30_000
    assert 55 <= len({sale.lot.terms.seller_id for sale in year.sales}) <= 60
    assert 320 <= len({bid.bidder_id for bid in bids}) <= 350
    assert {table for table, rows in rows_of(year).items() if len(rows) > 1000} == INSERTS.keys() - {"users"}


def test_lots_end_in_every_way(year: History) -> None:
    """Most are sold, a tenth finds no bidder; about half of the reserves are met; a few lots are withdrawn."""
    ended = Counter(Ended(sale).outcome for sale in year.sales)
    reserved = Counter(Ended(sale).outcome for sale in year.sales if sale.lot.terms.reserve_price is not None)

    assert 0.6 < ended[Outcome.SOLD] / 2500 < 0.85
    assert 0.05 < ended[Outcome.NO_BIDS] / 2500 < 0.2
    assert 0.01 < ended[None] / 2500 < 0.05
    assert 0.4 < reserved[Outcome.SOLD] / (reserved[Outcome.SOLD] + reserved[Outcome.RESERVE_NOT_MET]) < 0.8


def test_the_year_has_seasons(year: History) -> None:
    """Jewelry and watches go before Christmas, wine goes in autumn; books hardly notice."""
    presents, wine, books = (
        ended_by_month(year, *categories) for categories in (("jewelry", "watches"), ("wine",), ("books",))
    )

    def part(months: Counter[int], *wanted: int) -> float:
        return sum(months[month] for month in wanted) / months.total()

    assert part(presents, 11, 12) > 1.4 * part(books, 11, 12)
    assert part(wine, 9, 10, 11) > 1.4 * part(books, 9, 10, 11)


def test_the_market_grows_and_has_its_days_and_hours(year: History) -> None:
    """More lots in the second half of the year, most ends on Sundays, most bids in the evening and few at night."""
    ends = [sale.lot.terms.scheduled_end for sale in year.sales]
    weekdays = Counter(end.weekday() for end in ends)
    hours = Counter(bid.placed_at.hour for sale in year.sales for bid in sale.bids)

    assert sum(end > NOW - timedelta(days=182) for end in ends) > 1.1 * 2500 / 2
    assert weekdays.most_common(1)[0][0] == 6
    assert hours.most_common(1)[0][0] in (19, 20)
    assert sum(hours[hour] for hour in range(1, 6)) < 0.1 * hours.total()


def test_prices_differ_by_category_and_stay_near_what_things_are_worth(year: History) -> None:
    """A watch costs several times a book; nobody pays twice what a thing is worth."""
    prices: dict[str, list[int]] = {}
    for sale in year.sales:
        if Ended(sale).outcome is Outcome.SOLD:
            prices.setdefault(sale.lot.category, []).append(sale.standing.price)
            assert sale.standing.price <= max(2 * sale.lot.estimate, sale.lot.terms.starting_price)

    assert len(prices) == 8
    assert mean(prices["watches"]) > 3 * mean(prices["books"])


def test_snipers_come_in_the_last_five_minutes_alone(year: History) -> None:
    """A few bidders, and more of their bids win than of the others'; but for a sixth of all bids others come, too."""
    snipers = {one.handle for one in year.people.bidders if one.sniper}
    late = early = 0
    for sale in year.sales:
        for bid in sale.bids:
            if sale.lot.terms.scheduled_end - bid.placed_at > 5 * MINUTES:
                early += 1
                assert bid.bidder_id not in snipers
            else:
                late += 1

    assert len(snipers) == 24
    assert 0.03 < late / (late + early) < 0.25
    assert 0.1 < mean(winner_of(sale) in snipers for sale in year.sales if winner_of(sale)) < 0.5


def test_bids_in_the_last_minutes_move_the_end(year: History) -> None:
    """Often enough to be asked about, and never beyond the longest extension."""
    overtimes = [sale.standing.ends_at - sale.lot.terms.scheduled_end for sale in year.sales]

    assert sum(overtime > timedelta() for overtime in overtimes) > 250
    assert max(overtimes) > 8 * MINUTES
    assert max(overtimes) <= 60 * MINUTES


def test_the_shill_bids_on_one_sellers_lots_and_never_leads(year: History) -> None:
    """Of all who bid on three or more lots of one seller without ever winning there, nobody did so half as often."""
    took_part: Counter[tuple[str, str]] = Counter()
    won = set()
    for sale in year.sales:
        if Ended(sale).outcome is None:
            continue
        seller = sale.lot.terms.seller_id
        took_part.update((person, seller) for person in sale.numbers)
        won.add((winner_of(sale), seller))
    suspects = Counter({pair: count for pair, count in took_part.items() if count >= 3 and pair not in won})
    (shill, times), (_, next_times) = suspects.most_common(2)

    assert shill == (year.people.shill, year.people.shills_for)
    assert times > max(30, 2 * next_times)
    assert [pair for pair in took_part if pair[0] == year.people.shill] == [shill]
    led = {bid.leader for sale in year.sales for bid in sale.bids if bid.leader == sale.numbers.get(year.people.shill)}
    assert led == set()


def test_people_come_back_come_new_and_do_nothing(year: History) -> None:
    """Buyers who return to a seller, first bids in every month, people who sell and buy, people who only signed in."""
    bought = Counter((winner_of(sale), sale.lot.terms.seller_id) for sale in year.sales if winner_of(sale))
    first_bids: dict[str, datetime] = {}
    for sale in year.sales:
        for bid in sale.bids:
            first_bids[bid.bidder_id] = min(bid.placed_at, first_bids.get(bid.bidder_id, bid.placed_at))
    active = {sale.lot.terms.seller_id for sale in year.sales} | first_bids.keys()
    active |= {watch.user_id for watch in year.watches} | {comment.author_id for comment in year.comments}

    assert bought.most_common(1)[0][1] >= 5
    by_month = sorted(Counter((at.year, at.month) for at in first_bids.values()).items())
    assert min(count for _, count in by_month[1:-1]) >= 10, "the first and the last month are not whole"
    assert len({sale.lot.terms.seller_id for sale in year.sales} & first_bids.keys()) >= 5
    assert len(year.first_seen.keys() - active) >= 5


def test_nobody_acts_before_he_was_first_seen(year: History) -> None:
    """Nor talks about a lot, or watches it, before it began or after it was over."""
    lots = {sale.lot.id: sale for sale in year.sales}
    for listing, person, at in (
        *((one.listing_id, one.author_id, one.created_at) for one in year.comments),
        *((one.listing_id, one.user_id, one.created_at) for one in year.watches),
        *((bid.listing_id, bid.bidder_id, bid.placed_at) for sale in year.sales for bid in sale.bids),
    ):
        over = lots[listing].lot.cancelled_at or lots[listing].standing.ends_at
        assert lots[listing].lot.terms.starts_at <= at <= over
        assert year.first_seen[person] <= at
    assert all(year.first_seen[sale.lot.terms.seller_id] <= sale.lot.created_at for sale in year.sales)
    assert len({(one.user_id, one.listing_id) for one in year.watches}) == len(year.watches)


def test_people_are_handles_and_those_of_the_live_market_are_among_them(year: History) -> None:
    """Two or three words in small letters, nobody's name."""
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+){1,2}", person) for person in year.first_seen)
    assert {"amber-finch", "late-train", "lantern-street", "third-dial"} <= year.first_seen.keys()


def test_every_lot_is_one_that_create_listing_would_take(year: History) -> None:
    """A title of its own, a few sentences, terms that agree."""
    assert len({sale.lot.title for sale in year.sales}) == 2500
    for sale in year.sales:
        lot, terms = sale.lot, sale.lot.terms
        offer = {
            "title": lot.title,
            "description": lot.description,
            "category": lot.category,
            "currency": terms.currency,
            "starting_price": terms.starting_price,
            "reserve_price": terms.reserve_price,
            "buy_now_price": lot.buy_now_price,
            "increment": lot.increment,
            "duration_seconds": int((terms.scheduled_end - terms.starts_at).total_seconds()),
        }
        create_listing.Request().read(offer)


@pytest.fixture
def connection(database: DatabaseServer, empty_market: Records) -> Iterator[Connection]:
    """A session of the functions' user on a market without listings; what a test adds to it goes again."""
    with closing(connector(DatabaseSettings.from_env(database.environment()))()) as connection:
        yield connection
    empty_market.forget_listings()
    empty_market.execute("DELETE FROM comments")
    empty_market.execute("DELETE FROM watches")


def history(database: DatabaseServer, *options: str) -> subprocess.CompletedProcess[str]:
    """The command, as the stack runs it."""
    command = [sys.executable, "-m", "dev.seed.history", *options]
    env = {**os.environ, **database.environment()}
    return subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)


def test_the_tables_hold_what_the_rules_would_have_left(connection: Connection, records: Records) -> None:
    """Every row of every lot agrees with a replay; nothing is left for the scheduler or for the mirror."""
    make_history(connection, listings=FEW, seed=1)

    for (lot,) in records.rows("SELECT id FROM listings"):
        check_listing(connection, lot)
    assert records.value("SELECT COUNT(*) FROM listings") == FEW
    assert records.value("SELECT COUNT(*) FROM listings WHERE status NOT IN ('closed', 'cancelled')") == 0
    assert records.value("SELECT SUM(unmirrored) FROM listings") == 0
    assert records.value("SELECT COUNT(*) FROM comments") > 0
    assert records.value("SELECT COUNT(*) FROM watches") > 0


def test_a_year_is_written_once(database: DatabaseServer, connection: Connection, records: Records) -> None:
    """The second run of a seed number adds nothing, another number does."""
    first = history(database, "--listings", str(FEW))
    before = records.counts()
    again = history(database, "--listings", str(2 * FEW))
    after = records.counts()
    other = history(database, "--listings", "7", "--seed", "2")

    assert [(run.returncode, run.stderr) for run in (first, again, other)] == [(0, "")] * 3
    assert f"{FEW} listings" in first.stdout
    assert "nothing was added" in again.stdout
    assert before == after
    assert records.value("SELECT COUNT(*) FROM listings") == FEW + 7


def test_whoever_is_there_already_stays_who_he_is(connection: Connection, records: Records) -> None:
    """Name, address and alias are kept; he has only been there for longer."""
    records.execute("DELETE FROM users WHERE id = 'third-dial'")
    records.execute("INSERT INTO users VALUES ('third-dial', 'Seller 333333', 'Third Dial', NULL, UTC_TIMESTAMP(6))")

    make_history(connection, listings=FEW, seed=1)

    assert records.rows(
        "SELECT alias, display_name, email, created_at < UTC_TIMESTAMP() - INTERVAL 3 DAY FROM users"
        " WHERE id = 'third-dial'"
    ) == (("Seller 333333", "Third Dial", None, 1),)


def test_a_run_that_fails_leaves_nothing_behind(
    database: DatabaseServer, connection: Connection, records: Records
) -> None:
    """One sentence, status 1, and the next run starts from nothing."""
    make_history(connection, listings=1, seed=3)
    records.execute("UPDATE listings SET id = %s", listing_id(1, FEW - 1))
    before = records.counts()

    failed = history(database, "--listings", str(FEW))

    assert failed.returncode == 1
    assert failed.stderr.startswith("history: ")
    assert records.counts() == before


def test_without_a_database_it_says_so() -> None:
    """The setting that is missing, by its name."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("DB_")}
    command = [sys.executable, "-m", "dev.seed.history"]

    run = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)

    assert (run.returncode, run.stderr) == (1, "history: DB_USER is not set\n")
