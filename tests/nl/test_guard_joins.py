"""The guard's rule 10: no cross joins."""

# ruff: noqa: S608 - statements of tests, none of them runs

import pytest

from tests.nl.guarded import refused, runs

LINKED = [
    "FROM bids a JOIN bids b ON a.listing_id = b.listing_id",
    "FROM bids a, bids b WHERE a.listing_id = b.listing_id",
    "FROM bids a JOIN bids b USING (listing_id)",
    "FROM bids a CROSS JOIN (SELECT COUNT(*) AS n FROM bids) b",
    "FROM bids a CROSS JOIN (SELECT id FROM bids LIMIT 1) b",
    "FROM bids a JOIN calendar b ON DATE(a.placed_at) = b.day",
    "FROM bids a JOIN calendar b ON DATE_FORMAT(a.placed_at, '%Y-%m') = b.month",
    "FROM bids a JOIN (SELECT category, COUNT(*) AS n FROM listings GROUP BY category) b ON b.category = a.id",
    "FROM (SELECT 1 AS k UNION ALL SELECT 2) a JOIN bids b ON b.amount = a.k",
    "FROM bids a JOIN bids c ON c.id = a.id LEFT JOIN bids b ON b.id = a.id AND b.amount = c.amount",
]
APART = [
    "FROM bids a, bids b",
    "FROM bids a JOIN bids b ON 1 = 1",
    "FROM bids a JOIN bids b ON a.id = a.id",
    "FROM bids a JOIN bids b ON a.id < b.id",
    "FROM bids a JOIN bids b ON a.id = b.id OR 1 = 1",
    "FROM bids a JOIN bids b ON NOT (a.id = b.id)",
    "FROM bids a JOIN bids b ON a.amount * 0 = b.amount * 0",
    "FROM bids a JOIN bids b ON a.amount - a.amount = b.amount - b.amount",
    "FROM bids a JOIN bids b ON DATE_FORMAT(a.placed_at, '%%') = DATE_FORMAT(b.placed_at, '%%')",
    "FROM bids a CROSS JOIN (SELECT id FROM bids LIMIT 2) b",
    "FROM bids a CROSS JOIN (SELECT COUNT(*) AS n FROM bids GROUP BY id) b",
    "FROM (SELECT 1 AS k, id FROM bids) a JOIN (SELECT 1 AS k, id FROM bids) b ON a.k = b.k",
    "FROM (SELECT 1 AS k, id FROM bids) a JOIN (SELECT 1 AS k, id FROM bids) b USING (k)",
    "FROM (SELECT 1 AS k UNION ALL SELECT 1) a JOIN (SELECT 1 AS k UNION ALL SELECT 1) b ON a.k = b.k",
    "FROM (SELECT COUNT(*) OVER () AS k FROM bids) a JOIN (SELECT COUNT(*) OVER () AS k FROM bids) b ON a.k = b.k",
    "FROM bids a CROSS JOIN bids c LEFT JOIN bids b ON b.id = a.id AND b.amount = c.amount",
    "FROM (bids a JOIN bids b)",
    "FROM bids a JOIN bids b ON a.id = b.id, bids c",
]


@pytest.mark.parametrize("sources", LINKED)
def test_linked_sources_are_fine(sources: str) -> None:
    """By an equality of columns in ON, WHERE or USING; what is one row needs none."""
    assert runs(f"SELECT COUNT(*) {sources}")


@pytest.mark.parametrize("sources", APART)
def test_sources_without_a_link_are_refused(sources: str) -> None:
    """Every row would meet every other; also deep inside."""
    assert refused(f"SELECT COUNT(*) {sources}") == "cross_join"
    assert refused(f"SELECT id FROM listings WHERE bid_count = (SELECT COUNT(*) {sources})") == "cross_join"
    assert refused(f"SELECT id FROM listings UNION SELECT COUNT(*) {sources}") == "cross_join"
