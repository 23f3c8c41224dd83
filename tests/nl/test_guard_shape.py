"""The guard's rules 4, 9 and 11: what a tree may be made of, comparisons, the size."""

# ruff: noqa: S608 - statements of tests, none of them runs

import pytest

from tests.nl.guarded import refused, runs


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id INTO x FROM listings",
        "SELECT id FROM listings FOR UPDATE",
        "SELECT id FROM listings LOCK IN SHARE MODE",
        "SELECT STRAIGHT_JOIN id FROM listings",
        "SELECT SQL_NO_CACHE id FROM listings",
        "SELECT id FROM listings PARTITION (p)",
        "SELECT id FROM listings USE INDEX (x)",
        "SELECT id FROM listings GROUP BY ALL",
        "SELECT id FROM listings ORDER BY id NULLS LAST",
        "SELECT l.id FROM listings l NATURAL JOIN bids b",
        "SELECT l.id FROM listings l FULL JOIN bids b ON b.listing_id = l.id",
        "SELECT l.id FROM listings l LEFT JOIN bids b",
        "WITH RECURSIVE r AS (SELECT 1 AS n) SELECT n FROM r",
        "SELECT title REGEXP 'a' FROM listings",
        "SELECT title COLLATE utf8mb4_bin FROM listings",
        "SELECT 1 XOR 0",
        "SELECT 1 << 2",
        "SELECT title LIKE 'a' ESCAPE '|' FROM listings",
        "SELECT CURRENT_USER",
        "SELECT 'a' 'b'",
        "SELECT id IN () FROM listings",
        "SELECT id = ANY (1) FROM listings",
        "SELECT id IS 5 FROM listings",
        "SELECT COUNT(DISTINCT) FROM bids",
        "SELECT GROUP_CONCAT(title SEPARATOR id) FROM listings",
        "SELECT id FROM listings WHERE () = ()",
        "SELECT id FROM listings ORDER BY id UNION SELECT id FROM bids",
        "SELECT id FROM gavel.listings",
        "SELECT SUM(amount) OVER (ORDER BY id GROUPS 1 PRECEDING) FROM bids",
    ],
)
def test_what_is_not_on_the_list_of_shapes_is_refused(sql: str) -> None:
    """Nodes, and parts of nodes that are allowed otherwise."""
    assert refused(sql) in {"construct", "syntax", "place"}


@pytest.mark.parametrize(
    "sql", ["SELECT ABS(SELECT 1)", "SELECT ABS(id AS x) FROM bids", "SELECT MAX(t.*) FROM (SELECT 1 AS a) t"]
)
def test_what_stands_in_the_wrong_place_is_refused(sql: str) -> None:
    """A SELECT without parentheses, an alias, a star."""
    assert refused(sql) == "place"


@pytest.mark.parametrize("limit", ["1+1", "ALL", "-1", "NULL", "'1'", "1.5", "(SELECT 1)", "1234567890"])
def test_a_limit_is_a_plain_number(limit: str) -> None:
    """MySQL takes nothing else; sqlglot computes and drops."""
    assert refused(f"SELECT id FROM listings LIMIT {limit}") in {"bad_limit", "syntax"}
    assert refused(f"SELECT id FROM listings LIMIT 1 OFFSET {limit}") in {"bad_limit", "syntax"}


@pytest.mark.parametrize(
    "name", ["BINARY", "JSON", "VARCHAR(5)", "YEAR", "CHAR CHARACTER SET latin1", "CHAR(1001)", "TIMESTAMP"]
)
def test_cast_knows_some_types(name: str) -> None:
    """Those that numbers, texts and dates need."""
    assert refused(f"SELECT CAST(id AS {name}) FROM listings") in {"bad_type", "not_kept", "construct"}


@pytest.mark.parametrize(
    "name", ["SIGNED", "UNSIGNED", "DECIMAL(10, 2)", "DOUBLE", "DATE", "DATETIME", "TIME", "CHAR", "CHAR(1000)"]
)
def test_those_types_come_back_as_they_were(name: str) -> None:
    """Sqlglot's names for them are others."""
    assert f"AS {name})" in runs(f"SELECT CAST(id AS {name}) FROM listings")


def test_a_list_has_at_most_five_hundred_items() -> None:
    """Longer ones are files."""
    assert runs(f"SELECT id FROM listings WHERE bid_count IN ({','.join('1' * 500)})")
    assert refused(f"SELECT id FROM listings WHERE bid_count IN ({','.join('1' * 501)})") == "too_big"


@pytest.mark.parametrize("interval", ["INTERVAL 1.5 HOUR", "INTERVAL 1 FORTNIGHT", "INTERVAL '1'"])
def test_an_interval_is_whole_and_has_a_unit(interval: str) -> None:
    """MySQL rounds 1.5 as a number and cuts it as a text."""
    assert refused(f"SELECT ends_at + {interval} FROM listings") in {"interval", "syntax", "place"}
    assert "INTERVAL 90 MINUTE" in runs("SELECT ends_at + INTERVAL 90 MINUTE FROM listings")


@pytest.mark.parametrize(
    "condition",
    ["1 = 2 = 3", "1 < 2 < 3", "1 = 1 >= 0", "1 = 2 IS NULL", "1 = 2 IN (0)", "1 = 2 IS TRUE", "1 BETWEEN 0 AND 2 = 1",
     "1 NOT BETWEEN 2 AND 3 BETWEEN 0 AND 1", "1 IN (1) IN (1)", "'a' LIKE 'b' LIKE 'c'"],
)  # fmt: skip
def test_chains_of_comparisons_are_refused(condition: str) -> None:
    """MySQL and sqlglot group them differently."""
    assert refused(f"SELECT id FROM listings WHERE {condition}") in {"chained_comparison", "syntax"}


def test_parentheses_make_a_chain_plain() -> None:
    """So does comparing what AND and OR combine."""
    assert runs("SELECT id FROM listings WHERE (1 = 2) IS NULL AND (1 < 2) = (2 < 3)")


def test_parentheses_are_nested_thirty_deep_at_most() -> None:
    """The parser would fail at fifty."""
    assert runs(f"SELECT {'(' * 30}1{')' * 30}")
    assert refused(f"SELECT {'(' * 31}1{')' * 31}") == "too_deep"


def test_what_nests_without_parentheses_is_bounded_too() -> None:
    """Where the parser gives up, that is a refusal as well."""
    assert runs(f"SELECT {'NOT ' * 10}1")
    assert refused(f"SELECT {'NOT ' * 40}1") == "too_deep"
    assert refused(f"SELECT {'NOT ' * 900}1") == "too_deep"


def test_a_long_sum_is_not_deep() -> None:
    """It goes from left to right without parentheses; but not for ever."""
    assert runs("SELECT " + " + ".join(["1"] * 50))
    assert refused("SELECT " + " + ".join(["1"] * 61)) == "too_deep"


def test_there_are_at_most_sixteen_tables() -> None:
    """Names of WITH count like tables."""

    def joined(count: int) -> str:
        return "SELECT COUNT(*) FROM bids a0" + "".join(f" JOIN bids a{n} ON a{n}.id = a0.id" for n in range(1, count))

    assert runs(joined(16))
    assert refused(joined(17)) == "too_many_tables"


def test_there_are_at_most_twelve_set_operations() -> None:
    """UNION, INTERSECT and EXCEPT together."""
    assert runs(" UNION ".join(["SELECT 1"] * 13))
    assert refused(" UNION ".join(["SELECT 1"] * 14)) == "too_many_unions"


def test_there_are_at_most_two_thousand_nodes() -> None:
    """Two for each column, four for the rest."""

    def columns(count: int) -> str:
        return f"SELECT {', '.join(['id'] * count)} FROM bids"

    assert runs(columns(998))
    assert refused(columns(999)) == "too_big"


def test_there_are_at_most_two_thousand_five_hundred_tokens() -> None:
    """Counted before anything is parsed, so that a long list costs little."""
    assert refused("SELECT " + "1," * 3000 + "1") == "too_big"
    assert refused("SELECT " + "()" * 1300) == "too_big"
