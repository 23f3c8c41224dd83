"""The guard's rule 5: functions by name, called as MySQL knows them."""

# ruff: noqa: S608 - statements of tests, none of them runs

import pytest

from common.nl.policy import ROW_CAP
from tests.nl.guarded import hint, refused, runs


@pytest.mark.parametrize(
    "call", ["SLEEP(1)", "sleep (1)", "BENCHMARK(1, 1)", "LOAD_FILE('x')", "VERSION()", "USER()", "GET_LOCK('a', 1)",
             "RAND()", "UUID()",
             "SHA2('a', 256)", "REPEAT('a', 9)", "LPAD('a', 9, 'b')", "SPACE(9)", "EXTRACTVALUE(1, 'a')",
             "JSON_OBJECT('a', 1)",
             "SYSDATE()", "DATABASE()", "ROW(1, 2)", "`ABS`(1)", "f(1)", "EXP(710)"],
)  # fmt: skip
def test_functions_that_are_not_on_the_list_are_refused(call: str) -> None:
    """By name, wherever they stand."""
    assert refused(f"SELECT {call}") == "function"
    assert refused(f"SELECT id FROM listings ORDER BY (SELECT {call})") == "function"


def test_a_functions_stand_in_is_named() -> None:
    """Models know other databases' functions."""
    assert "DATE_ADD" in hint("SELECT TIMESTAMPADD(DAY, 1, ends_at) FROM listings")
    assert "GROUP_CONCAT" in hint("SELECT STRING_AGG(title, ',') FROM listings")


@pytest.mark.parametrize(
    "call", ["ABS()", "ABS(1, 2)", "COUNT()", "COUNT(1, 2)", "LOG10(1, 2)", "NOW(7)", "NOW(id)", "IF(1, 2)"]
)
def test_functions_are_called_with_their_arguments(call: str) -> None:
    """A wrong number is told before the database tells it."""
    assert refused(f"SELECT {call} FROM listings") == "arguments"


def test_functions_stay_as_they_are_written() -> None:
    """LOG(10, x) is not LOG10(x): it gives 2.999… for 1000."""
    sql = "SELECT LOG10(1000), IFNULL(1, 2), UTC_DATE(), TO_DAYS('2026-01-01'), STD(1), MONTHNAME('2026-01-01')"
    assert runs(sql) == f"{sql} LIMIT {ROW_CAP + 1}"


def test_window_functions_need_a_window_and_others_have_none() -> None:
    """ROW_NUMBER() alone is a mistake, ABS(x) OVER () too."""
    assert refused("SELECT ROW_NUMBER() FROM bids") == "needs_over"
    assert refused("SELECT ABS(amount) OVER () FROM bids") == "needs_over"
    assert refused("SELECT SUM(amount) OVER w FROM bids") == "unknown_window"
    assert runs("SELECT ROW_NUMBER() OVER (ORDER BY FLOOR(amount)) FROM bids")


def test_replace_cannot_blow_up_a_text() -> None:
    """A hundred times is enough."""
    assert runs(f"SELECT REPLACE(title, 'a', '{'b' * 100}') FROM listings")
    assert refused(f"SELECT REPLACE(title, 'a', '{'b' * 101}') FROM listings") == "growth"
    assert refused("SELECT REPLACE(REPLACE(title, 'a', 'bbbbbbbbbbb'), 'b', 'cccccccccc') FROM listings") == "growth"
    assert refused("SELECT REPLACE(title, 'a', description) FROM listings") == "growth"
