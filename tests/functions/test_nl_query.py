"""nl_query over HTTP, without a model: verified questions, edited SQL, and everything that is not answered."""

import pytest

from tests.analysts import Analyst
from tests.market import Market, Records, check_problem


@pytest.fixture
def lots(market: Market, empty_market: Records) -> list[str]:
    """Three live lamps with two, one and no bids; their ids."""
    ids = [market.create(title=f"Lamp {number}", category="art")["id"] for number in (1, 2, 3)]
    for number, listing_id in ((1, ids[0]), (2, ids[0]), (1, ids[1])):
        market.bid(listing_id, 2_00 * number, by=f"bidder{number}")
    return ids


def test_a_verified_question_is_answered_with_rows_sql_and_picture(analyst: Analyst, lots: list[str]) -> None:
    """The seed's own example."""
    told = analyst.ask("Top 5 listings by bids")

    assert (told["status"], told["source"], told["cached"]) == ("answered", "verified", False)
    names = [column["name"] for column in told["columns"]]
    rows = [dict(zip(names, row, strict=True)) for row in told["rows"]]
    assert [row["title"] for row in rows][:2] == ["Lamp 1", "Lamp 2"]
    assert "LIMIT 5" in told["sql"]
    assert told["chart"]["type"] in ("bar", "table")
    assert told["verified"]["parameters"]
    assert told["reason"] is None


@pytest.mark.usefixtures("lots")
def test_the_same_question_in_other_words_meets_the_kept_rows(analyst: Analyst) -> None:
    """By the statement, not by likeness; a refresh reads anew."""
    first = analyst.ask("How many live auctions are there?", refresh=True)
    again = analyst.ask("how many live auctions are there")
    fresh = analyst.ask("How many live auctions are there?", refresh=True)

    assert first["status"] == "answered"
    assert (again["cached"], fresh["cached"]) == (True, False)
    assert again["as_of"] == first["as_of"]
    assert fresh["as_of"] > first["as_of"]
    assert again["rows"] == first["rows"] == fresh["rows"] == [[3]]


@pytest.mark.usefixtures("lots")
def test_parameters_are_shown_and_can_be_changed(analyst: Analyst) -> None:
    """By the question's id, as the app's form does."""
    told = analyst.ask("Top 5 listings by bids")
    changed = analyst.ask(
        told["verified"]["question"],
        verified=told["verified"]["id"],
        parameters={told["verified"]["parameters"][0]["name"]: 1},
    )

    assert (changed["status"], changed["source"], len(changed["rows"])) == ("answered", "verified", 1)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"verified": "no-such-question"}, "verified"),
        ({"verified": "top-listings-by-bids", "parameters": {"n": 0}}, "parameters.n"),
        ({"verified": "top-listings-by-bids", "parameters": {"n": 100_000}}, "parameters.n"),
        ({"verified": "top-listings-by-bids", "parameters": {"nothing": 1}}, "parameters.nothing"),
        ({"verified": "top-listings-by-bids", "parameters": {"n": "5; DROP TABLE users"}}, "parameters.n"),
        ({"verified": "top-listings-by-bids", "parameters": {"n": 1.5}}, "parameters"),
        ({"verified": "top-listings-by-bids", "parameters": [1]}, "parameters"),
        ({"dry_run": "yes"}, "dry_run"),
        ({"refresh": 1}, "refresh"),
        ({"conversation_id": "short"}, "conversation_id"),
        ({"conversation_id": "with a space"}, "conversation_id"),
        ({"sql_override": ""}, "sql_override"),
        ({"sql_override": "x" * 8001}, "sql_override"),
        ({"unknown": 1}, "unknown"),
        ({"question": ""}, "question"),
        ({"question": "q" * 1001}, "question"),
        ({"question": 5}, "question"),
    ],
)
def test_what_does_not_fit_is_named(analyst: Analyst, more: dict[str, object], field: str) -> None:
    """A 400 with the field, and nothing asked."""
    response = analyst.send("nl_query", {"question": "Top 5 listings by bids", **more})

    problem = check_problem(response)
    assert (response.status_code, problem["code"]) == (400, "invalid_request")
    assert [error["field"] for error in problem["errors"]] == [field]


def test_without_a_model_nothing_is_guessed(analyst: Analyst) -> None:
    """The three nearest are offered, each of which is answered, and it says what is missing."""
    told = analyst.ask("Is the moon made of auction catalogues?")

    assert (told["status"], told["source"], told["rows"], told["sql"]) == ("declined", None, [], None)
    assert told["reason"]["code"] == "model_not_configured"
    assert 1 <= len(told["suggestions"]) <= 3
    for suggestion in told["suggestions"]:
        assert analyst.ask(suggestion)["status"] == "answered"


def test_edited_sql_runs_under_the_guard(analyst: Analyst, lots: list[str]) -> None:
    """As the guard writes it."""
    told = analyst.ask(
        "which lamps", sql_override="select id, title from listings where title like 'Lamp%' order by title"
    )

    assert (told["status"], told["source"]) == ("answered", "edited")
    assert told["rows"] == [[listing_id, f"Lamp {number}"] for number, listing_id in enumerate(lots, 1)]
    assert told["columns"] == [{"name": "id", "type": "text"}, {"name": "title", "type": "text"}]
    assert told["sql"].startswith("SELECT")
    assert "LIMIT 1001" in told["sql"]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM bids",
        "SELECT email FROM users",
        "SELECT max_amount FROM bids",
        "SELECT * FROM users",
        "SELECT 1; DROP TABLE users",
        "SELECT SLEEP(10)",
        "SELECT id FROM gavel.listings",
        "SELECT id /*! , (SELECT 1) */ FROM listings",
    ],
)
def test_edited_sql_that_may_not_run_is_blocked_with_a_reason(analyst: Analyst, sql: str) -> None:
    """A code and a hint; the SQL comes back to be mended."""
    told = analyst.ask("edit", sql_override=sql)

    assert (told["status"], told["source"], told["rows"]) == ("blocked", "edited", [])
    assert told["sql"] == sql
    assert told["reason"]["code"]
    assert told["reason"]["message"]


def test_a_dry_run_shows_what_would_run(analyst: Analyst) -> None:
    """And reads nothing."""
    told = analyst.ask("Top 5 listings by bids", dry_run=True)

    assert (told["status"], told["columns"], told["rows"], told["chart"]) == ("answered", [], [], None)
    assert "LIMIT 5" in told["sql"]


def test_an_error_of_the_database_is_told_in_our_words(analyst: Analyst) -> None:
    """By a code; what MySQL said stays inside."""
    told = analyst.ask("edit", sql_override="SELECT SUM(COUNT(*)) FROM calendar")

    assert (told["status"], told["reason"]["code"]) == ("failed", "bad_query")
    assert "group function" not in str(told).lower()
    assert "gavel" not in told["reason"]["message"].lower()


@pytest.mark.usefixtures("lots")
def test_an_answer_longer_than_the_cap_says_so(analyst: Analyst) -> None:
    """A thousand rows are all, one more is not."""
    sql = "SELECT day FROM calendar ORDER BY day LIMIT {}"

    whole = analyst.ask("days", sql_override=sql.format(1000))
    more = analyst.ask("days", sql_override=sql.format(1001))

    assert (len(whole["rows"]), whole["truncated"]) == (1000, False)
    assert (len(more["rows"]), more["truncated"]) == (1000, True)


def test_every_question_is_written_down_without_its_rows(analyst: Analyst, lots: list[str], records: Records) -> None:
    """Who, what, how it ended, and the statement."""
    told = analyst.ask("which lamps", sql_override="SELECT title FROM listings WHERE title LIKE 'Lamp%'")
    blocked = analyst.ask("all", sql_override="DROP TABLE listings")

    rows = records.rows(
        "SELECT question, status, source, canonical_sql, error_code, row_count FROM nl_questions"
        " WHERE request_id IN (%s, %s) ORDER BY asked_at",
        told["request_id"],
        blocked["request_id"],
    )

    assert [tuple(row.values()) if isinstance(row, dict) else tuple(row) for row in rows] == [
        ("which lamps", "answered", "edited", told["sql"], None, len(lots)),
        ("all", "blocked", "edited", None, blocked["reason"]["code"], None),
    ]
    assert "Lamp 1" not in str(records.rows("SELECT * FROM nl_questions WHERE request_id = %s", told["request_id"]))
