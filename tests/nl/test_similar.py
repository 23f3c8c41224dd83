"""Offering questions: alike ones first, in words that can be clicked, and never more than offered."""

from datetime import date

import pytest

from common.nl.similar import Likeness
from common.nl.verified import catalogue

TODAY = date(2026, 6, 15)
CATALOGUE = catalogue()
SHILLS = "Shill suspects: bidders with bids in at least 3 closed auctions of one seller who never won one of them"


@pytest.mark.parametrize(
    "text",
    [
        "which auctions are popular",
        "Which five lots have got the most offers in May 2026?",
        "best 7 sellers by turnover",
        "how long until somebody bids",
        "reserve prices in Watches",
        "GMV in May",
        "what is sold best in the last 90 days",
        "Top 100000 listings by bids",
        "people who never bid",
        "suspicious bidders",
        "What will GMV be next month?",
        "Who sells listing 44, and the others?",
    ],
)
def test_whatever_is_offered_can_be_asked(text: str) -> None:
    """Three questions, each of them verified, none twice."""
    offered = CATALOGUE.nearest(text)

    assert len(set(offered)) == 3
    assert all(CATALOGUE.match(suggestion, TODAY) for suggestion in offered)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("What is GMV?", "GMV"),
        ("tell me about sell-through in Wine", "Sell-through rate in Wine"),
        ("best 7 sellers by turnover", "Top 7 sellers by GMV"),
        ("suspicious bidders", SHILLS),
        ("how long until the first bid comes in, on average", "Average time to the first bid in hours"),
        ("Which listings got most bids since 2026-05-01, top 3?", "Top 3 listings by bids placed since 2026-05-01"),
        ("how much did our customers spend in total, the top ones", "Top 10 buyers by total spend"),
        ("median of hammer prices", "Median selling price"),
    ],
)
def test_what_was_meant_is_among_the_three(text: str, offered: str) -> None:
    """With the numbers, periods and categories of the text."""
    assert CATALOGUE.match(text, TODAY) is None
    assert offered in CATALOGUE.nearest(text)


@pytest.mark.parametrize("text", ["", "?!", "xyzzy", "日本語", "\x00"])
def test_nothing_is_offered_for_what_is_like_nothing(text: str) -> None:
    """Better nothing than three at random."""
    assert CATALOGUE.nearest(text) == ()
    assert CATALOGUE.examples(text) == ()


def test_examples_for_the_prompt_are_questions_with_their_sql() -> None:
    """As many as are asked for, the most alike first."""
    first, *others = CATALOGUE.examples("Top 5 listings by bids", 4)

    assert first.id == "top-listings-by-bids"
    assert len(others) == 3
    assert CATALOGUE.examples("Top 5 listings by bids", 0) == ()


def test_a_reviewed_question_is_offered_too() -> None:
    """In its own words."""

    class Reviewed:
        id, question, sql, explanation, chart = "r-1", "Juggling index", "SELECT 1 AS n FROM bids", "", None

    assert "Juggling index" in catalogue([Reviewed()]).nearest("index of juggling")


def test_likeness_ranks_by_shared_words_and_letters() -> None:
    """Rare words count more than common ones; another form of a word still counts a little."""
    likeness = Likeness([("bids by month",), ("sales by month",), ("watchers of wine",)])

    assert likeness.nearest("monthly sales", 3)[0] == 1
    assert likeness.nearest("watched wine", 1) == [2]
    assert likeness.nearest("nothing", 3) == []


def test_another_wording_of_a_text_counts_for_it() -> None:
    """The usual one counts by itself as well, however many others there are."""
    likeness = Likeness([("gmv", "how much did we sell", "total of all prices"), ("gmv by month", "sold monthly")])

    assert likeness.nearest("how much in total", 1) == [0]
    assert likeness.nearest("gmv", 1) == [0]
