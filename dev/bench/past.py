"""A past for analysts to ask about: a million bids, made by the database itself from numbers.

Every listing has the same number of bids, the last tenth of them in its last five minutes; bidders come in rings of
ten. It is the size of a market and not its taste: `dev.seed.history` makes one to look at.
"""

from __future__ import annotations

from contextlib import closing

from dev.stack.database import DatabaseServer, connect

BIDS_PER_LISTING = 50
BIDDERS = 5_000
RING = 10
SELLERS = 500
_SECONDS = 600

_DIGITS = (
    "(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5"
    " UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)"
)
_NUMBERS = (  # its parts are ours
    "INSERT INTO numbers SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d"  # noqa: S608
    f" FROM {_DIGITS} a, {_DIGITS} b, {_DIGITS} c, {_DIGITS} e, {_DIGITS} f ORDER BY 1"
)
_USERS = (
    "INSERT INTO users (id, alias, display_name, email, created_at)"
    " SELECT CONCAT('person-', i), CONCAT('Person ', i), CONCAT('Person ', i), CONCAT('p', i, '@mail.example'),"
    " UTC_TIMESTAMP(6) - INTERVAL 500 DAY FROM numbers WHERE i < {people}"
)
_LISTINGS = (
    "INSERT INTO listings (id, seller_id, title, description, category, currency, starting_price, reserve_price,"
    " soft_close_window_seconds, soft_close_extension_seconds, soft_close_max_extension_seconds, created_at, starts_at,"
    " scheduled_end, ends_at, status, outcome, leader, high_max, second_max, current_price, bid_count, bidder_count,"
    " closed_at, winner, version, mirrored_version)"
    " SELECT LPAD(i, 11, '0'), CONCAT('person-', {bidders} + i % {sellers}), CONCAT('Lot ', i), 'From the past.',"
    " ELT(1 + i % 8, 'art', 'books', 'cameras', 'coins', 'furniture', 'jewelry', 'watches', 'wine'), 'USD', 1000,"
    " IF(i % 3 = 0, 5000, NULL), 0, 0, 0, starts_at, starts_at, ends_at, ends_at, 'closed', 'sold', last, 99999, 99999,"
    " 1000 + {each} * 100, {each}, {ring}, ends_at, last, {each} + 2, {each} + 2"
    " FROM (SELECT i, first + INTERVAL FLOOR(i * 390 * 86400 / {listings}) SECOND AS starts_at,"
    " first + INTERVAL 3 DAY + INTERVAL FLOOR(i * 390 * 86400 / {listings}) SECOND AS ends_at,"
    " 1 + ({each} - 1) % {ring} AS last FROM numbers JOIN (SELECT UTC_TIMESTAMP(6) - INTERVAL 400 DAY AS first) t"
    " WHERE i < {listings}) lots"
)
_BIDDERS = (
    "INSERT INTO bidders (listing_id, bidder_id, number)"
    " SELECT LPAD(l.i, 11, '0'), CONCAT('person-', (l.i * 7 + n.i) % {bidders}), 1 + n.i"
    " FROM numbers l JOIN numbers n ON n.i < {ring} WHERE l.i < {listings}"
)
_BIDS = (
    "INSERT INTO bids (listing_id, seq, bidder_id, bidder, max_amount, idempotency_key, placed_at, leader, price,"
    " ends_at, version)"
    " SELECT l.id, n.i, CONCAT('person-', (CAST(l.id AS UNSIGNED) * 7 + (n.i - 1) % {ring}) % {bidders}),"
    " 1 + (n.i - 1) % {ring}, 99999, CONCAT('past-', l.id, '-', n.i),"
    " IF(n.i * 10 > {each} * 9, l.ends_at - INTERVAL 5 * ({each} - n.i) SECOND,"
    " l.starts_at + INTERVAL FLOOR(n.i * 259200 / ({each} + 1)) SECOND),"
    " 1 + (n.i - 1) % {ring}, 1000 + n.i * 100, l.ends_at, 1 + n.i"
    " FROM listings l JOIN numbers n ON n.i BETWEEN 1 AND {each} WHERE l.title LIKE 'Lot %'"
)


def make_past(server: DatabaseServer, bids: int) -> None:
    """So many bids on closed listings of the last 400 days."""
    facts = {
        "listings": bids // BIDS_PER_LISTING,
        "each": BIDS_PER_LISTING,
        "bidders": BIDDERS,
        "people": BIDDERS + SELLERS,
        "ring": RING,
        "sellers": SELLERS,
    }
    with (
        closing(connect(server, server.migrate, timeout_seconds=_SECONDS)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SET time_zone = '+00:00'")
        cursor.execute("CREATE TEMPORARY TABLE numbers (i INT PRIMARY KEY)")
        cursor.execute("CREATE TEMPORARY TABLE more LIKE numbers")
        cursor.execute(_NUMBERS)
        cursor.execute("INSERT INTO more SELECT i FROM numbers")
        cursor.execute(_USERS.format(**facts))
        cursor.execute(_LISTINGS.format(**facts))
        cursor.execute(_BIDDERS.replace("JOIN numbers n", "JOIN more n").format(**facts))
        cursor.execute(_BIDS.format(**facts))
        cursor.execute("ANALYZE TABLE listings, bids, bidders, users")
        cursor.fetchall()
