"""Which texts are verified questions: all their wordings, and nothing that means something else."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from common.nl.slots import Category, SlotError
from common.nl.verified import MOST_WORDS, Match, VerifiedQuestion, catalogue
from common.nl.wording import expand

TODAY = date(2026, 6, 15)
CATALOGUE = catalogue()
MOST_TEXTS = 200


@dataclass(frozen=True)
class Reviewed:
    """A question that a reviewer of the house verified."""

    id: str = "r-1"
    question: str = "How lively is it?"
    sql: str = "SELECT COUNT(*) AS n FROM bids"
    explanation: str | None = "Bids."
    chart: Any = None


def matched(text: str) -> tuple[str, dict[str, object]] | None:
    """The question's id with the values that are not the usual ones."""
    match = CATALOGUE.match(text, TODAY)
    if match is None:
        return None
    slots = match.question.slots
    return match.question.id, {name: value for name, value in match.values.items() if value != slots[name].default}


def sql_of(text: str) -> str | None:
    """The SQL that would answer the text."""
    match = CATALOGUE.match(text, TODAY)
    return match and CATALOGUE.render(match, TODAY).sql


def texts_of(question: VerifiedQuestion) -> Iterator[tuple[str, dict[str, object]]]:
    """What its wordings stand for, at most so many of each, with values filled in; and these values."""
    chance = random.Random(question.id)
    usual = {name: "Wine" if isinstance(slot, Category) else slot.default for name, slot in question.slots.items()}
    for wording in question.also:
        texts = list(expand(wording))
        for text in texts if len(texts) <= MOST_TEXTS else chance.sample(texts, MOST_TEXTS):
            told = dict(re.findall(r"\{([a-z_]+)(?:=([^{}]+))?\}", text))
            bound = {name: question.slots[name].read(value or usual[name]) for name, value in told.items()}
            shown = re.sub(r"\{[a-z_]+=[^{}]+\}", "", text)
            for name, value in bound.items():
                phrase = question.slots[name].phrase(value) or "of all time"
                shown = shown.replace(f"{{{name}}}", phrase)
            yield shown, bound


@pytest.mark.parametrize("question", CATALOGUE.questions, ids=lambda question: question.id)
def test_every_wording_is_its_own_question_and_no_other(question: VerifiedQuestion) -> None:
    """Two questions that share a wording match nothing at all, so this finds them too."""
    usual = {name: slot.default for name, slot in question.slots.items()}
    for text, bound in texts_of(question):
        match = CATALOGUE.match(text, TODAY)
        assert match is not None, text
        assert match.question.id == question.id, text
        assert match.values == usual | bound, text


@pytest.mark.parametrize("question", CATALOGUE.questions, ids=lambda question: question.id)
def test_a_question_as_it_is_shown_matches_with_its_values(question: VerifiedQuestion) -> None:
    """With the usual values, and with a period and a category where it takes them."""
    for wished in ({}, {name: {"period": "May 2026", "category": "Art"}[name] for name in question.filters}):
        values = question.values(wished)
        rendered = CATALOGUE.render(Match(question=question, values=values), TODAY)
        match = CATALOGUE.match(rendered.question, TODAY)
        assert match is not None
        assert (match.question.id, match.values) == (question.id, values)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Users who have never placed a bid", "people without any bids"),
        ("Monthly GMV for 2026", "how much did we sell each month of 2026"),
        ("Monthly GMV this year", "how much did we sell each month this year"),
        ("Top 5 listings by bids", "listings with the highest number of bids, top five"),
        ("Top 5 listings by bids", "Which five listings got the most bids?"),
        ("Top 10 sellers by GMV", "ten biggest sellers by sales value"),
        ("How many auctions are active?", "number of live auctions right now"),
        ("Auctions ending in the next 24 hours", "what ends within a day from now?"),
    ],
)
def test_two_ways_to_ask_the_same_have_the_same_answer(one: str, other: str) -> None:
    """They become the same SQL, so that they meet in the cache."""
    assert sql_of(one) is not None
    assert sql_of(one) == sql_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Top 10 sellers by GMV", "Top 10 sellers by number of sales"),
        ("Bids on listing 12 from highest to lowest", "Bids on listing 12 from lowest to highest"),
        ("Percentage of reserve met", "Percentage of reserve not met"),
        ("Top 5 listings by bids", "Top 10 listings by bids"),
        ("Average selling price", "Median selling price"),
        ("Sellers in the top 10 percent by GMV", "Sellers in the bottom 10 percent by GMV"),
        ("Monthly GMV for 2026", "Weekly GMV for 2026"),
        ("Who won listing 44?", "Who sold listing 44?"),
        ("Users who joined before 2026", "Users who joined after 2026"),
        ("First bid on each listing", "Last bid on each listing"),
        ("Count listings by category", "Count listings by status"),
        ("Top 5 listings by bids", "Bottom 5 listings by bids"),
        ("Top 5 listings by bids", "Top 5 live listings by bids"),
        ("Top 5 listings by bids", "Top 5 listings by bids in Wine"),
        ("Top 5 listings by bids", "Top 5 listings by bids in the last 30 days"),
        ("Top 5 listings by watchers", "Top 5 listings by comments"),
        ("Top 5 listings by watches", "Top 5 listings by bids in Watches"),
        ("Which category has the highest GMV?", "Which category has the lowest GMV?"),
        ("Which category has the highest sell-through?", "Which category has the lowest sell-through?"),
        ("Listings sold for more than 1,000", "Listings sold for at least 1,000"),
        ("Listings sold for more than 1,000", "Listings sold for less than 1,000"),
        ("Listings sold for more than 1,000", "How many listings sold for more than 1,000"),
        ("Sellers with more than 20 listings", "Sellers with at least 20 listings"),
        ("How many listings have a reserve?", "How many listings have no reserve?"),
        ("Live auctions with no bids", "Live auctions ending in the next 24 hours"),
        ("GMV last month", "GMV this month"),
        ("GMV in 2025", "GMV in 2026"),
        ("GMV before 2026", "GMV since 2026"),
        ("GMV in Watches", "GMV in Wine"),
        ("GMV by month", "GMV by category"),
        ("Bids per hour", "Bids by hour"),
        ("Bids by hour", "Bids by hour of the day"),
        ("How many auctions were cancelled?", "How many auctions closed?"),
        ("How many auctions are live?", "How many auctions are scheduled?"),
        ("How many users have placed a bid?", "How many users have never placed a bid?"),
        (
            "What percentage of bidders in Q1 2026 bid again in Q2 2026?",
            "What percentage of bidders in Q2 2026 bid again in Q1 2026?",
        ),
        ("Compare GMV in May 2026 with April 2026", "Compare GMV in April 2026 with May 2026"),
        ("Bids on listing aBcDeFgHiJ1", "Bids on listing AbCdEfGhIj1"),
        ("What share of bids came in the last 5 minutes?", "What share of bids came in the last 10 minutes?"),
        ("Average number of bids per listing", "Average number of bids per bidder"),
    ],
)
def test_questions_that_differ_in_meaning_never_share_an_answer(one: str, other: str) -> None:
    """Near misses look more alike than paraphrases do."""
    assert sql_of(one) is None or sql_of(one) != sql_of(other)


@pytest.mark.parametrize(
    "text",
    [
        "and just for May 2026?",
        "now only the ones that are live",
        "split that by category",
        "by category",
        "May 2026",
        "in Watches",
        "top 10",
        "10",
        "Top 10 listings",
        "Top 10 sellers",
        "top buyers",
        "our best sellers",
        "popular auctions",
        "How many watches were sold?",
        "How many watches do we have?",
        "How many active users do we have?",
        "How are sales trending?",
        "How long do auctions take?",
        "List the expensive items",
        "Which bidders are suspicious?",
        "What is GMV?",
        "What does sell-through mean?",
        "Revenue by month",
        "Sales by month",
        "GMV in May",
        "GMV in the last month",
        "GMV after 2026",
        "GMV for all categories",
        "GMV in Cars",
        "GMV in Watches and Wine",
        "GMV not in Watches",
        "GMV without Watches",
        "GMV in 2025 and 2026",
        "GMV in May 2026 in June 2026",
        "GMV in EUR",
        "Listings sold for more than $500",
        "Listings that were not sold for more than 500",
        "Top 5 listings by bids, but only from new sellers",
        "Top 5 listings not by bids",
        "Top five or six listings by bids",
        "Top -5 listings by bids",
        "Top 5.5 listings by bids",
        "Top 5% listings by bids",
        "How many bids were placed on listing 12?",
        "How many listings sold in Watches did not meet their reserve?",
        "Who won listing of the month",
        "Top 5 listings by bids; DROP TABLE users",
        "",
        " ?!",
        "GMV " * (MOST_WORDS + 1),
    ],
)
def test_what_is_vague_odd_or_goes_on_is_no_verified_question(text: str) -> None:
    """Nothing is guessed: it is the model's business, or there are only suggestions."""
    assert matched(text) is None


@pytest.mark.parametrize(
    ("text", "question", "values"),
    [
        ("TOP FIVE LISTINGS BY NUMBER OF BIDS", "top-listings-by-bids", {"n": 5}),
        ("Top 1 listing by bids", "top-listings-by-bids", {"n": 1}),
        ("Top 100 listings by bids", "top-listings-by-bids", {"n": 100}),
        ("which listing has the most bids", "top-listings-by-bids", {"n": 1}),
        ("In 2026, how many bids were placed?", "bids", {"period": "2026"}),
        ("How many bids came in today?", "bids", {"period": "today"}),
        ("GMV in 2026 by month", "gmv-by-month", {"period": "2026"}),
        ("GMV in Watches in May 2026", "gmv", {"category": "Watches", "period": "May 2026"}),
        ("GMV in May 2026 for the category Watches", "gmv", {"category": "Watches", "period": "May 2026"}),
        ("How many jewellery listings are live?", "live-auctions", {"category": "Jewelry"}),
        ("Which watch listings sold for more than 1,000?", "sold-for", {"category": "Watches"}),
        ("Bids on listing aB-Cd_12x9Z from highest to lowest", "bids-on-listing", {"listing": "aB-Cd_12x9Z"}),
        ("Who won listing #44?", "who-won", {}),
        ("Who are our top 10 buyers by total spend?", "top-buyers-by-spend", {}),
    ],
)
def test_what_people_type_is_understood(text: str, question: str, values: dict[str, object]) -> None:
    """Case, numbers in words, singulars, periods and categories wherever they stand."""
    assert matched(text) == (question, values)


@pytest.mark.parametrize("count", [0, 101, 100_000])
def test_a_number_outside_its_limits_matches_nothing(count: int) -> None:
    """The limits themselves match, above."""
    assert matched(f"Top {count} listings by bids") is None


def test_a_text_of_exactly_the_most_words_is_read() -> None:
    """One more is not; the words after the question make it no question either way, so an id fills them."""
    longest = "GMV from 2026-01-01 to 2026-03-31"

    assert matched(longest) is not None
    assert matched(f"{longest} {'please ' * (MOST_WORDS + 1)}") is not None  # what is forgotten does not count
    assert matched(f"{longest} {'so ' * MOST_WORDS}") is None


def test_values_from_a_form_are_read_and_the_rest_is_usual() -> None:
    """Unknown names and wrong values are refused by name."""
    question = CATALOGUE.by_id("top-listings-by-bids")
    assert question is not None

    assert CATALOGUE.read_values(question, {"n": "7"}) == {"n": 7, "category": Category.all}
    assert CATALOGUE.read_values(question, {"n": None, "category": "watches"}) == {"n": 10, "category": "Watches"}
    for given, name in (({"n": 0}, "n"), ({"m": 1}, "m"), ({"category": "Cars"}, "category")):
        with pytest.raises(SlotError) as refusal:
            CATALOGUE.read_values(question, given)
        assert refusal.value.name == name


def test_there_is_no_question_of_an_unknown_id() -> None:
    """None, not an error: the caller says what is wrong."""
    assert CATALOGUE.by_id("no-such-question") is None


def test_a_reviewed_question_is_found_by_its_words_and_taken_as_it_stands() -> None:
    """Braces in it mean nothing, and politeness does not matter."""
    house = catalogue(
        [
            Reviewed(
                question="Show me {n} lively lots",
                sql="SELECT '{n}' AS n FROM bids",
                chart={"type": "metric", "y": ["n"]},
            )
        ]
    )
    match = house.match("please show me the {n} lively auctions", TODAY)
    assert match is not None
    rendered = house.render(match, TODAY)

    assert (rendered.id, rendered.sql, rendered.parameters) == ("r-1", "SELECT '{n}' AS n FROM bids", ())
    assert rendered.question == "Show me {n} lively lots"
    assert match.question.chart is not None
    assert match.question.chart.y == ("n",)
    assert CATALOGUE.match("Show me {n} lively lots", TODAY) is None


def test_a_reviewed_question_comes_before_one_of_ours() -> None:
    """The house has decided; our other wordings of it stay ours."""
    house = catalogue([Reviewed(question="GMV by month", explanation=None)])

    ours, theirs = house.match("Monthly GMV", TODAY), house.match("gmv by month?", TODAY)

    assert ours is not None
    assert theirs is not None
    assert (ours.question.id, theirs.question.id) == ("gmv-by-month", "r-1")
    assert house.by_id("r-1") is theirs.question


def test_ids_in_reviewed_questions_keep_their_case() -> None:
    """Two listings may differ by nothing else."""
    house = catalogue([Reviewed(question="Story of listing aBcDeFgHiJ1")])

    assert house.match("story of listing aBcDeFgHiJ1", TODAY) is not None
    assert house.match("story of listing AbCdEfGhIj1", TODAY) is None


@pytest.mark.parametrize("sql", ["SELECT 1 AS n FROM bids WHERE placed_at >= '2026-05-01'"])
@pytest.mark.parametrize(
    "question", ["Fun last month", "Fun in the past 3 days", "Fun today", "Recent fun", "Fun so far"]
)
def test_a_reviewed_question_that_would_go_stale_is_left_out(question: str, sql: str) -> None:
    """Its dates were right on the day on which they were written."""
    clocked = sql.replace("'2026-05-01'", "NOW() - INTERVAL 30 DAY")

    assert catalogue([Reviewed(question=question, sql=sql)]).match(question, TODAY) is None
    assert catalogue([Reviewed(question=question, sql=clocked)]).match(question, TODAY) is not None
    assert catalogue([Reviewed(question="Fun in May 2026", sql=sql)]).match("Fun in May 2026", TODAY) is not None


def test_a_reviewed_question_cannot_take_the_place_of_an_id_of_ours() -> None:
    """The app asks by id."""
    house = catalogue([Reviewed(id="gmv")])

    assert house.by_id("gmv") is CATALOGUE.by_id("gmv")
    assert house.match("How lively is it?", TODAY) is None


def test_the_catalogue_is_read_once() -> None:
    """And not again for the house's own questions."""
    assert catalogue() is catalogue()
    assert catalogue([Reviewed()]).by_id("gmv") is catalogue().by_id("gmv")
