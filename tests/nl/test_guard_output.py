"""The guard's rules 12 and 13: the row limit, and the text that runs."""

import re
from collections import Counter

import pytest
from sqlglot import exp

from common.nl.guard import GuardError, guard
from common.nl.guard_dialect import tokenize
from common.nl.guard_output import canonical
from tests.nl.guarded import POLICY, refused, runs


def test_a_missing_or_larger_limit_becomes_one_more_than_the_cap() -> None:
    """So that one row too many tells that there are more."""
    assert runs("SELECT id FROM bids").endswith(" LIMIT 1001")
    assert runs("SELECT id FROM bids LIMIT 1001").endswith(" LIMIT 1001")
    assert runs("SELECT id FROM bids LIMIT 999999").endswith(" LIMIT 1001")
    assert runs("SELECT id FROM bids LIMIT 1000").endswith(" LIMIT 1000")


def test_the_offset_and_limits_inside_stay() -> None:
    """They do not say how many rows come out."""
    assert runs("SELECT id FROM bids LIMIT 5000, 10").endswith(" LIMIT 10 OFFSET 5000")
    assert "LIMIT 5000)" in runs("SELECT t.id FROM (SELECT id FROM bids LIMIT 5000) t")


@pytest.mark.parametrize("sql", ["SELECT id FROM bids UNION SELECT id FROM users", "(SELECT id FROM bids LIMIT 7)"])
def test_every_kind_of_query_gets_its_limit(sql: str) -> None:
    """Set operations and parentheses too."""
    assert re.search(r" LIMIT 1001$", runs(sql))


def test_operators_that_are_operands_stand_in_parentheses() -> None:
    """No precedence decides, neither sqlglot's nor MySQL's."""
    assert "WHERE ((`bid_count` + 1) * 2) > 3" not in runs("SELECT id FROM listings WHERE bid_count + 1 * 2 > 3")
    assert "WHERE (`bid_count` + (1 * 2)) > 3" in runs("SELECT id FROM listings WHERE bid_count + 1 * 2 > 3")
    assert "(NOT (`bid_count` = 1)) AND" in runs("SELECT id FROM listings WHERE NOT bid_count = 1 AND bid_count = 2")


def test_negations_stand_where_people_write_them() -> None:
    """The text is shown to people."""
    assert "`winner_id` IS NOT NULL AND" in runs(
        "SELECT id FROM listings WHERE winner_id IS NOT NULL AND bid_count = 1"
    )
    assert "`bid_count` NOT IN (1, 2)" in runs("SELECT id FROM listings WHERE bid_count NOT IN (1, 2)")


def test_every_name_is_quoted_and_no_keyword_is() -> None:
    """So no name can become a keyword in another version."""
    assert runs("select ID from listings as l") == "SELECT `ID` FROM `listings` AS `l` LIMIT 1001"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT ALL",
        "SELECT +1",
        "SELECT CAST('2026-01-01' AS TIMESTAMP)",
        "SELECT id FROM listings WHERE id = 1 SOUNDS LIKE 1",
    ],
)
def test_what_would_come_back_as_something_else_is_refused(sql: str) -> None:
    """Nothing that was written is dropped or replaced on the way."""
    with pytest.raises(GuardError):
        guard(sql, POLICY)


def test_a_dropped_sign_is_noticed() -> None:
    """Sqlglot reads over a plus."""
    assert refused("SELECT +1") == "not_kept"


def test_a_text_that_reads_differently_is_refused() -> None:
    """The last net: here the parentheses of (1 + 2) * 3 are missing from the tree, and so from its text."""
    one, two, three = (exp.Literal.number(number) for number in (1, 2, 3))
    tree = exp.Select(expressions=[exp.Mul(this=exp.Add(this=one, expression=two), expression=three)])

    with pytest.raises(GuardError) as error:
        canonical(tree, tokenize("SELECT (1 + 2) * 3"), Counter())

    assert error.value.code == "not_stable"
