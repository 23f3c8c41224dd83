"""The guard's rules 6 to 8: names, tables and columns by scope."""

# ruff: noqa: S608 - statements of tests, none of them runs

import pytest

from common.nl.guard import guard
from tests.nl.guarded import POLICY, hint, refused, runs


@pytest.mark.parametrize("name", sorted(POLICY.hidden))
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT {} FROM users",
        "SELECT `{}` FROM users",
        "SELECT u.{} FROM users u",
        "SELECT display_name AS {} FROM users",
        "SELECT display_name AS '{}' FROM users",
        "SELECT a.id FROM users a JOIN users b USING ({})",
        "WITH t (id, {}) AS (SELECT id, display_name FROM users) SELECT id FROM t",
        "WITH {} AS (SELECT 1 AS id) SELECT id FROM users",
        "SELECT id FROM users {}",
        "SELECT SUM(amount) OVER {} FROM bids WINDOW {} AS (ORDER BY id)",
    ],
)
def test_a_hidden_name_stands_nowhere(sql: str, name: str) -> None:
    """MySQL may mean the column although an alias is called so; in any case."""
    assert refused(sql.replace("{}", name)) == "hidden_column"
    assert refused(sql.replace("{}", name.upper())) == "hidden_column"


def test_a_hidden_name_in_a_text_is_text() -> None:
    """Analysts may look for the word."""
    assert runs("SELECT id FROM comments WHERE body LIKE '%password%'")


@pytest.mark.parametrize("name", ["a.b", "a-b", "1", "", "a ", "é", "a" * 65, "a`b", "a;b"])
def test_names_are_plain(name: str) -> None:
    """Also those in backticks and quotes."""
    quoted = name.replace("`", "``")
    assert refused(f"SELECT 1 AS `{quoted}`") in {"bad_name", "not_ascii", "syntax"}


@pytest.mark.parametrize(
    "name", ["price", "name", "version", "month", "n", "date", "rank", "position", "count", "action", "outcome"]
)
def test_common_aliases_are_fine(name: str) -> None:
    """Also those of columns that the real database has and analysts do not see."""
    assert f"AS `{name}`" in runs(f"SELECT COUNT(*) AS {name} FROM bids ORDER BY {name}")


def test_an_alias_may_hold_blanks() -> None:
    """It is a heading."""
    assert "AS `number of bids`" in runs("SELECT COUNT(*) AS 'number of bids' FROM bids")


@pytest.mark.parametrize("table", ["auth_user", "information_schema", "LISTINGS", "listing", "bidders", "categories"])
def test_a_table_is_one_of_the_analysts(table: str) -> None:
    """Exactly as it is written: MySQL tells cases apart."""
    assert refused(f"SELECT 1 FROM {table}") == "unknown_table"


def test_the_nearest_table_is_named() -> None:
    """So a model can mend it."""
    assert "listings" in hint("SELECT id FROM listing")


@pytest.mark.parametrize(
    "sql",
    [
        "WITH auth_user AS (SELECT id FROM auth_user) SELECT id FROM auth_user",
        "WITH a AS (SELECT id FROM secrets), secrets AS (SELECT 1 AS id) SELECT id FROM a",
        "SELECT t.id FROM (WITH secrets AS (SELECT 1 AS id) SELECT id FROM secrets) t JOIN secrets s ON s.id = t.id",
        "SELECT id FROM listings UNION ALL (WITH s AS (SELECT 1 AS id) SELECT id FROM s) UNION ALL SELECT id FROM s",
    ],
)
def test_a_name_of_with_counts_where_it_is_seen(sql: str) -> None:
    """Not in its own body, not before it, not outside of its query."""
    assert refused(sql) == "unknown_table"


def test_with_may_be_called_like_a_table() -> None:
    """Then it stands before it, after its own body."""
    query = guard("WITH users AS (SELECT id FROM users) SELECT COUNT(*) FROM users", POLICY)

    assert query.tables == {"users"}
    assert refused("WITH users AS (SELECT id FROM users) SELECT display_name FROM users") == "unknown_column"


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT alias FROM users", "unknown_column"),
        ("SELECT users.version FROM users", "unknown_column"),
        ("SELECT bids.id FROM users", "unknown_qualifier"),
        ("SELECT starting_price.db FROM listings", "unknown_qualifier"),
        ("SELECT id FROM users GROUP BY id HAVING COUNT(anything) > 1", "unknown_column"),
        ("SELECT id FROM users ORDER BY anything", "unknown_column"),
        ("SELECT id FROM users UNION SELECT id FROM bids ORDER BY display_name", "unknown_column"),
        ("SELECT id FROM users JOIN bids ON bidder_id = users.id", "ambiguous_column"),
        ("SELECT COUNT(*) FROM bids JOIN users USING (bidder_id)", "unknown_column"),
        ("SELECT amount AS x FROM bids WHERE x > 1", "early_alias"),
        ("SELECT UTC_DATE", "unknown_column"),
        ("SELECT t.b FROM (SELECT 1 AS a) t", "unknown_column"),
        (
            "SELECT id FROM (SELECT l.id FROM listings l JOIN bids b ON b.listing_id = l.id) t WHERE t.amount > 1",
            "unknown_column",
        ),
        ("SELECT 1 AS a UNION SELECT 1, 2", "columns_differ"),
        ("WITH t (a, b) AS (SELECT 1) SELECT a FROM t", "columns_differ"),
        ("SELECT id FROM bids b JOIN bids b ON b.id = b.id", "same_alias"),
        ("SELECT id FROM (SELECT id FROM bids)", "needs_alias"),
    ],
)
def test_a_column_is_known_where_it_stands(sql: str, code: str) -> None:
    """By its scope, as MySQL looks it up."""
    assert refused(sql) == code


def test_the_nearest_column_is_named() -> None:
    """So a model can mend it; and a function that lacks its parentheses."""
    assert "display_name" in hint("SELECT displayname FROM users")
    assert "UTC_DATE()" in hint("SELECT UTC_DATE")


def test_inner_queries_see_outer_columns() -> None:
    """And aliases, in GROUP BY, HAVING and ORDER BY."""
    assert runs("SELECT u.id FROM users u WHERE EXISTS (SELECT 1 FROM bids WHERE bidder_id = u.id)")
    assert runs("SELECT category AS c, COUNT(*) AS n FROM listings GROUP BY c HAVING n > 1 ORDER BY n")


@pytest.mark.parametrize("star", ["*", "users.*", "*, 1", "1, users.*"])
def test_a_star_is_not_for_tables(star: str) -> None:
    """What it brings changes with the table."""
    assert refused(f"SELECT {star} FROM users") == "star"
    assert refused(f"SELECT 1 FROM bids WHERE EXISTS (SELECT {star} FROM users)") == "star"


def test_a_star_is_for_subqueries() -> None:
    """Its columns are written out inside."""
    assert runs("SELECT * FROM (SELECT id FROM users) t")
    assert runs("WITH t AS (SELECT id FROM users) SELECT t.* FROM t")
    assert refused("SELECT * FROM (SELECT id FROM users) t JOIN bids b ON b.bidder_id = t.id") == "star"
