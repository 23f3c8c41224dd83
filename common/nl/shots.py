"""Worked examples that every prompt holds: one of each kind of answer, written by hand. None is a verified question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Shot:
    """What the model is asked, as the prompt puts it, and what it should answer, as the schema has it."""

    asked: Mapping[str, Any]
    answer: Mapping[str, Any]


_TODAY = "2026-03-18 (Wednesday, UTC)"


def _asked(question: str, **rest: Any) -> dict[str, Any]:
    return {"today": _TODAY, "earlier": rest.pop("earlier", []), "question": question, **rest}


def _answer(kind: str, standalone: str, **told: Any) -> dict[str, Any]:
    """All members, in the schema's order."""
    return {
        "kind": kind,
        "standalone_question": standalone,
        "sql": " ".join(told["sql"].split()) if "sql" in told else None,
        "clarification": told.get("clarification"),
        "options": told.get("options", []),
        "decline_reason": told.get("decline_reason"),
        "explanation": told.get("explanation", ""),
        "assumptions": told.get("assumptions", []),
        "chart": told.get("chart"),
    }


def _chart(kind: str, x: str | None = None, y: Sequence[str] = (), series: str | None = None) -> dict[str, Any]:
    return {"type": kind, "x": x, "y": list(y), "series": series}


_UNSOLD = """
SELECT u.id, u.display_name, COUNT(*) AS unsold
FROM listings l JOIN users u ON u.id = l.seller_id
WHERE l.status = 'closed' AND l.winner_id IS NULL AND l.closed_at >= NOW() - INTERVAL 90 DAY
GROUP BY u.id, u.display_name
HAVING COUNT(*) >= 4
ORDER BY unsold DESC, u.id
"""
_OPENED = """
SELECT c.day, COUNT(l.id) AS opened
FROM calendar c LEFT JOIN listings l ON DATE(l.starts_at) = c.day AND l.status <> 'cancelled'
WHERE c.day >= '2026-03-01' AND c.day < '2026-03-19'
GROUP BY c.day
ORDER BY c.day
"""
_COMMENTED = """
SELECT DATE_FORMAT(l.closed_at, '%Y-%m') AS sale_month, COUNT(*) AS sold_listings
FROM listings l
WHERE l.winner_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM comments c WHERE c.listing_id = l.id)
GROUP BY sale_month
ORDER BY sale_month
"""
_COMMENTED_BY_CATEGORY = """
SELECT DATE_FORMAT(l.closed_at, '%Y-%m') AS sale_month, l.category, COUNT(*) AS sold_listings
FROM listings l
WHERE l.winner_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM comments c WHERE c.listing_id = l.id)
GROUP BY sale_month, l.category
ORDER BY sale_month, l.category
"""
_SECOND = """
SELECT AVG(second_amount - first_amount) AS average_step
FROM (SELECT listing_id,
        MAX(CASE WHEN place = 1 THEN amount END) AS first_amount,
        MAX(CASE WHEN place = 2 THEN amount END) AS second_amount
      FROM (SELECT listing_id, amount, ROW_NUMBER() OVER (PARTITION BY listing_id ORDER BY placed_at, id) AS place
            FROM bids) numbered
      WHERE place <= 2
      GROUP BY listing_id) steps
WHERE second_amount IS NOT NULL
"""

SHOTS = (
    Shot(
        _asked("Sellers with four or more auctions that ended without a sale in the past 90 days"),
        _answer(
            "sql",
            "Which sellers had four or more auctions that ended without a sale in the past 90 days?",
            sql=_UNSOLD,
            explanation="Sellers by the number of their auctions that closed without a winner in the last 90 days.",
            assumptions=["Cancelled auctions do not count as ended."],
            chart=_chart("bar", "display_name", ["unsold"]),
        ),
    ),
    Shot(
        _asked("auctions opened per day this month, quiet days too"),
        _answer(
            "sql",
            "How many auctions opened on each day of March 2026, days without any included?",
            sql=_OPENED,
            explanation="Auctions by the day their bidding opened; a day without any shows 0.",
            assumptions=["This month so far, up to and including today.", "Cancelled auctions are left out."],
            chart=_chart("line", "day", ["opened"]),
        ),
    ),
    Shot(
        _asked(
            "and split by category?",
            earlier=[
                {
                    "question": "Per month, how many listings sold without anybody commenting on them?",
                    "sql": " ".join(_COMMENTED.split()),
                }
            ],
        ),
        _answer(
            "sql",
            "Per month and category, how many listings sold without anybody commenting on them?",
            sql=_COMMENTED_BY_CATEGORY,
            explanation="Sold listings that have no comment, by the month they closed and their category.",
            chart=_chart("line", "sale_month", ["sold_listings"], "category"),
        ),
    ),
    Shot(
        _asked(
            "On average, how far is the second bid above the first?",
            refused_attempts=[
                {
                    "sql": "SELECT AVG(b2.price - b1.price) AS average_step FROM bids b1 JOIN bids b2 "
                    "ON b2.listing_id = b1.listing_id",
                    "code": "unknown_column",
                    "hint": "There is no column price; bids has amount.",
                }
            ],
        ),
        _answer(
            "sql",
            "On average over all listings, how far is the second bid above the first?",
            sql=_SECOND,
            explanation="The average difference between the second and the first bid of a listing, in major units.",
            assumptions=["Only listings with at least two bids."],
            chart=_chart("metric", None, ["average_step"]),
        ),
    ),
    Shot(
        _asked("who are our best customers"),
        _answer(
            "clarify",
            "Who are our best customers?",
            clarification="Best by what: money spent, auctions won, or bids placed?",
            options=[
                "Who are the 10 buyers who spent the most?",
                "Who are the 10 buyers who won the most auctions?",
                "Who are the 10 people who placed the most bids?",
            ],
        ),
    ),
    Shot(
        _asked("phone numbers of everyone who lost an auction yesterday"),
        _answer(
            "decline",
            "What are the phone numbers of everyone who lost an auction yesterday?",
            decline_reason="personal_data",
            explanation="Contact details are not open to analysts. I can count the people who lost, or list their ids.",
        ),
    ),
    Shot(
        _asked("Close all auctions of seller 9 and tell me when done"),
        _answer(
            "decline",
            "Close all auctions of seller 9.",
            decline_reason="write",
            explanation="I can only read. Closing an auction is done by the market itself, not from here.",
        ),
    ),
    Shot(
        _asked("Average delivery time by category"),
        _answer(
            "decline",
            "What is the average delivery time by category?",
            decline_reason="not_in_data",
            explanation="Nothing here says when an item was sent or arrived; the data ends when an auction closes.",
        ),
    ),
)
