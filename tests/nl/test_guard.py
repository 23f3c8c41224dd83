"""The guard on whole statements: hostile ones stay out, honest ones come back as text that runs."""

# ruff: noqa: S608 - statements of tests, none of them runs

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.nl.guard import GuardError, guard
from tests.nl.guarded import POLICY

STATEMENTS = Path(__file__).parent / "statements"
HOSTILE = [json.loads(line) for line in (STATEMENTS / "hostile.jsonl").read_text(encoding="utf-8").splitlines()]
HONEST = [json.loads(line) for line in (STATEMENTS / "honest.jsonl").read_text(encoding="utf-8").splitlines()]
CLASSES = [
    "dml",
    "cte_dml",
    "ddl",
    "select_into",
    "stacked",
    "exec_comment",
    "comment_trick",
    "hint",
    "file",
    "dos_func",
    "dos_join",
    "dos_recursive",
    "dos_parser",
    "lock",
    "variables",
    "server_info",
    "func_write",
    "error_exfil",
    "metadata",
    "forbidden_table",
    "cte_shadow",
    "hidden_column",
    "hidden_star",
    "alias_shadow",
    "union_exfil",
    "admin",
    "lexer_diff",
    "unicode",
    "not_select",
    "nested",
]


@pytest.mark.parametrize("statement", HOSTILE, ids=lambda statement: statement["id"])
def test_a_hostile_statement_is_refused(statement: dict[str, str]) -> None:
    """With a code that is a slug and a hint that is one of our sentences; and for a reason, not by an accident."""
    with pytest.raises(GuardError) as refused:
        guard(statement["sql"], POLICY)

    assert refused.value.code.replace("_", "").isalpha()
    assert refused.value.code != "not_understood"
    assert refused.value.hint.endswith((".", ")"))


def test_every_class_of_attack_is_there_several_times() -> None:
    """The file of hostile statements has at least five of each class."""
    found = [statement["class"] for statement in HOSTILE]

    assert set(found) == set(CLASSES)
    assert min(found.count(name) for name in CLASSES) >= 5


@pytest.mark.parametrize("statement", HONEST, ids=lambda statement: statement["id"])
def test_an_honest_statement_is_accepted(statement: dict[str, str]) -> None:
    """And what runs is accepted again, as the same text."""
    query = guard(statement["sql"], POLICY)

    assert guard(query.sql, POLICY) == query


@given(st.text(max_size=200))
def test_whatever_comes_in_nothing_but_a_refusal_comes_out(text: str) -> None:
    """Any text at all is accepted or refused with GuardError."""
    verdict(text)


@given(
    st.sampled_from(HONEST + HOSTILE),
    st.sampled_from(HONEST + HOSTILE),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_spliced_statements_are_judged(one: dict[str, str], other: dict[str, str], upto: float, since: float) -> None:
    """The front of one and the back of another: accepted ones are stable and never name a hidden column."""
    front, back = one["sql"], other["sql"]

    sql = verdict(front[: int(len(front) * upto)] + back[int(len(back) * since) :])

    if sql is not None:
        assert guard(sql, POLICY).sql == sql
        assert not any(f"`{name}`" in sql.lower() for name in POLICY.hidden)


@pytest.mark.parametrize("nothing", [None, 7, b"SELECT 1", ["SELECT 1"]])
def test_what_is_no_text_is_refused(nothing: object) -> None:
    """Even from a caller that type checks do not reach."""
    with pytest.raises(GuardError) as refused:
        guard(nothing, POLICY)  # type: ignore[arg-type]

    assert refused.value.code == "empty"


def test_what_a_query_reads_is_told() -> None:
    """Real tables and columns, whatever aliases, WITH and subqueries call them."""
    query = guard(
        "WITH t AS (SELECT l.id AS x, seller_id FROM listings l) "
        "SELECT u.display_name, t.x, COUNT(b.amount) FROM t JOIN users u ON u.id = t.seller_id "
        "LEFT JOIN bids b ON b.listing_id = t.x GROUP BY u.display_name, t.x",
        POLICY,
    )

    assert query.tables == {"listings", "users", "bids"}
    assert query.columns == {
        "listings.id", "listings.seller_id", "users.id", "users.display_name", "bids.amount", "bids.listing_id",
    }  # fmt: skip


def test_a_column_that_only_using_names_is_told() -> None:
    """USING reads it on both sides."""
    query = guard("SELECT COUNT(*) FROM bids JOIN comments USING (listing_id)", POLICY)

    assert query.columns == {"bids.listing_id", "comments.listing_id"}


def test_the_fingerprint_is_of_the_text_that_runs() -> None:
    """Two ways to write a query have one fingerprint; another query has another."""
    one = guard("select  COUNT( * )\nfrom bids ;", POLICY)
    same = guard("SELECT COUNT(*) FROM bids", POLICY)
    other = guard("SELECT COUNT(*) FROM watches", POLICY)

    assert one.fingerprint == same.fingerprint
    assert len(one.fingerprint) == 64
    assert one.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    "moment",
    [
        "NOW()",
        "CURDATE()",
        "CURRENT_DATE",
        "CURRENT_TIMESTAMP",
        "CURRENT_TIMESTAMP(3)",
        "UTC_DATE()",
        "UTC_TIMESTAMP()",
    ],
)
def test_a_query_that_reads_the_clock_says_so(moment: str) -> None:
    """Its answer is another one tomorrow, so a cache must know."""
    assert guard(f"SELECT COUNT(*) FROM bids WHERE placed_at < {moment}", POLICY).uses_clock
    assert guard(
        f"SELECT id FROM listings WHERE id IN (SELECT id FROM bids WHERE placed_at < {moment})", POLICY
    ).uses_clock


def test_a_query_without_the_clock_says_so() -> None:
    """UNIX_TIMESTAMP of something is no clock; of nothing it is."""
    assert not guard("SELECT UNIX_TIMESTAMP(placed_at) FROM bids WHERE placed_at < '2026-01-01'", POLICY).uses_clock
    assert guard("SELECT UNIX_TIMESTAMP()", POLICY).uses_clock


def verdict(text: str) -> str | None:
    """What would run, or None."""
    try:
        return guard(text, POLICY).sql
    except GuardError:
        return None
