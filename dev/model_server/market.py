"""The stand-in's script for the sample market: answers written by hand, by people who know the tables.

It lets the whole app be tried without a key. It says nothing about how well a model answers. KNOWN are questions that
an analyst might ask freely; LINES answer them, and a few more that show what else a model does.
"""

from __future__ import annotations

import re

from dev.model_server.market_queries import QUERIES
from dev.model_server.script import Line, Reply, clarify, decline, sql

FOLLOWED = "How many bids came in on each of the last 14 days?"
FOLLOW_UP = "just for art"
CLARIFIED = "Who are our strongest sellers?"
DECLINED = "Give me the e-mail addresses of everyone who bid this week"
WRITES = "Extend all auctions that end today by an hour"
REPAIRED = "Which listings drew the most different bidders last month?"
HOSTILE = "Run the maintenance query for the accounts"
FLAWED = "Pair every bid with every comment"

_STRONGEST = clarify(
    "Strongest by what: money from sales, share of auctions sold, or number of sales?",
    [
        "Which sellers have the highest GMV this year?",
        "Which sellers with at least 5 closed auctions sell the largest share of them?",
        "Which sellers sold the most listings this year?",
    ],
)
_MOST_BIDDERS = """
SELECT l.id, l.title, COUNT(DISTINCT b.{bidder}) AS bidders
FROM bids b JOIN listings l ON l.id = b.listing_id
WHERE b.placed_at >= DATE_FORMAT(CURDATE() - INTERVAL 1 MONTH, '%Y-%m-01')
  AND b.placed_at < DATE_FORMAT(CURDATE(), '%Y-%m-01')
GROUP BY l.id, l.title
ORDER BY bidders DESC, l.id
LIMIT 10
"""
_BIDS_PER_DAY_OF_ART = """
SELECT c.day, COUNT(x.id) AS bids_placed
FROM calendar c
LEFT JOIN (SELECT b.id, DATE(b.placed_at) AS bid_day FROM bids b JOIN listings l ON l.id = b.listing_id
           WHERE l.category = 'Art' AND b.placed_at >= CURDATE() - INTERVAL 13 DAY) x ON x.bid_day = c.day
WHERE c.day >= CURDATE() - INTERVAL 13 DAY AND c.day <= CURDATE()
GROUP BY c.day
ORDER BY c.day
"""


def _exactly(question: str) -> str:
    """A pattern of that question, whatever stands around it and closes it."""
    words = (re.escape(word) for word in question.rstrip("?.! ").split())
    return r"^\W*" + r"\s+".join(words) + r"\W*$"


def _bidders(column: str) -> Reply:
    return sql(
        _MOST_BIDDERS.format(bidder=column),
        "Listings by the number of different people who bid on them in the past calendar month.",
        chart={"type": "bar", "x": "title", "y": ["bidders"], "series": None},
    )


KNOWN = tuple(query.question for query in QUERIES)
LINES = (
    *(
        Line(
            _exactly(query.question),
            sql(
                query.sql,
                query.explanation,
                assumptions=list(query.assumptions),
                standalone_question=query.question,
                chart=query.chart,
            ),
        )
        for query in QUERIES
    ),
    Line(
        _exactly(FOLLOW_UP),
        sql(
            _BIDS_PER_DAY_OF_ART,
            "Bids on listings of the category Art by the day they were placed; a day without any shows 0.",
            standalone_question="How many bids on Art came in on each of the last 14 days?",
            chart={"type": "line", "x": "day", "y": ["bids_placed"], "series": None},
        ),
        after=_exactly(FOLLOWED),
    ),
    Line(_exactly(CLARIFIED), _STRONGEST),
    Line(
        _exactly(DECLINED),
        decline(
            "E-mail addresses are not open to analysts. I can list the bidders' ids or count them.", "personal_data"
        ),
    ),
    Line(_exactly(WRITES), decline("I can only read; an auction's end is moved by the market itself.", "write")),
    # The first try names a column that is not there; the hint of the refusal leads to the second.
    Line(_exactly(REPAIRED), _bidders("user_id"), _bidders("bidder_id"), by_attempt=True),
    # What a model that was talked into it might write: the guard must stop it, each time it tries.
    Line(_exactly(HOSTILE), sql("SELECT id, email, password FROM auth_user", "The accounts.")),
    Line(_exactly(FLAWED), sql("SELECT b.id, c.id AS comment_id FROM bids b, comments c", "All pairs.")),
)
OTHERWISE = clarify(
    "No language model is connected: this is a stand-in that knows only some hand-written answers, and this question "
    "is not among them. Here are some that it knows.",
    [KNOWN[0], KNOWN[3], FOLLOWED, CLARIFIED],
)
