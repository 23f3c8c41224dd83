"""Reading the model's answer: a plan, or a refusal that quotes none of it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.nl.charts import CHART_TYPES, ChartWish
from common.nl.plan import DECLINE_REASONS, KINDS, MOST_CHARACTERS, PLAN_SCHEMA, BadPlan, read_plan

WHOLE: dict[str, Any] = {
    "kind": "sql",
    "standalone_question": "How many users are there?",
    "sql": "SELECT COUNT(*) AS n FROM users",
    "clarification": None,
    "options": [],
    "decline_reason": None,
    "explanation": "All users.",
    "assumptions": ["Everybody who ever signed in."],
    "chart": {"type": "metric", "x": None, "y": ["n"], "series": None},
}


def answer(**members: Any) -> str:
    """A whole answer with some members changed."""
    return json.dumps({**WHOLE, **members})


def refused(text: str) -> str:
    """Why an answer is no plan."""
    with pytest.raises(BadPlan) as refusal:
        read_plan(text)
    return str(refusal.value)


def objects_of(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Every object that a schema describes, itself first."""
    below = [schema.get("items"), *schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    found = [schema] if schema.get("type") == "object" else []
    return found + [held for part in below if part for held in objects_of(part)]


def test_the_schema_is_strict() -> None:
    """Structured output wants every member required and no other permitted, and takes no bounds."""
    objects = objects_of(PLAN_SCHEMA)

    assert len(objects) == 2
    for described in objects:
        assert described["additionalProperties"] is False
        assert described["required"] == list(described["properties"])
    text = json.dumps(PLAN_SCHEMA)
    assert not [bound for bound in ("maxLength", "minLength", "maxItems", "pattern", "format") if f'"{bound}"' in text]


def test_sql_is_read() -> None:
    """With everything that belongs to it."""
    plan = read_plan(answer())

    assert (plan.kind, plan.sql, plan.explanation) == ("sql", "SELECT COUNT(*) AS n FROM users", "All users.")
    assert plan.assumptions == ("Everybody who ever signed in.",)
    assert plan.chart == ChartWish(type="metric", y=("n",))
    assert plan.standalone_question == "How many users are there?"
    assert (plan.clarification, plan.options, plan.decline_reason) == ("", (), None)


def test_a_question_back_is_read() -> None:
    """Without SQL, should there be any."""
    plan = read_plan(answer(kind="clarify", clarification="By what?", options=["By bids?", "By watchers?"]))

    assert (plan.kind, plan.clarification, plan.options) == ("clarify", "By what?", ("By bids?", "By watchers?"))
    assert (plan.sql, plan.chart) == ("", None)


def test_a_no_is_read() -> None:
    """With its reason if it is one of ours."""
    for reason in DECLINE_REASONS:
        plan = read_plan(answer(kind="decline", explanation="It is personal.", decline_reason=reason))
        assert (plan.kind, plan.explanation, plan.decline_reason, plan.sql) == (
            "decline",
            "It is personal.",
            reason,
            "",
        )
    assert read_plan(answer(kind="decline", decline_reason="no_fun")).decline_reason is None


def test_what_a_plain_server_leaves_out_is_empty() -> None:
    """Only the kind and what the kind is about are needed; members nobody asked for are ignored."""
    plan = read_plan('{"kind": "sql", "sql": " SELECT 1 ", "reasoning": "easy"}')

    assert (plan.sql, plan.explanation, plan.assumptions, plan.chart) == ("SELECT 1", "", (), None)


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{json.dumps(WHOLE)}\n```",
        f"```\n{json.dumps(WHOLE, indent=2)}\n```",
        f"Here is the query:\n\n```json\n{json.dumps(WHOLE)}\n```\nTell me if you need more.",
        f"\n\n  {json.dumps(WHOLE)}  \n",
    ],
)
def test_json_in_a_fence_is_read(text: str) -> None:
    """As servers without structured output answer."""
    assert read_plan(text) == read_plan(answer())


def test_a_fence_inside_json_is_text() -> None:
    """Only a fence around it all is one."""
    assert read_plan(answer(explanation="```json\n{}\n```")).sql == WHOLE["sql"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT 1",
        "null",
        "[]",
        '"sql"',
        "{",
        '{"kind": "sql", "sql": "SELECT 1"} trailing',
        "```json\n{}\n```\n```json\n{}\n```",
        '{"kind": "sql", "sql": NaN}',
        "[" * 30_000,
        '{"kind": "sql", "sql": "\ud800"}',
    ],
)
def test_what_is_no_json_object_is_refused(text: str) -> None:
    """Whatever it is, and never with another exception."""
    assert "JSON" in refused(text)


@pytest.mark.parametrize(
    "members",
    [
        {"kind": "drop"},
        {"kind": None},
        {"kind": ["sql"]},
        {"sql": None},
        {"sql": " \n"},
        {"sql": ["SELECT 1"]},
        {"kind": "clarify", "clarification": None},
        {"kind": "clarify", "clarification": "\u200b "},
        {"kind": "clarify", "clarification": "By what?", "options": "By bids?"},
        {"kind": "clarify", "clarification": "By what?", "options": [1]},
        {"kind": "decline", "explanation": ""},
        {"explanation": {"text": "All users."}},
        {"assumptions": "none"},
        {"standalone_question": 7},
    ],
)
def test_wrong_members_are_refused(members: dict[str, Any]) -> None:
    """A kind of ours, text where text is due, and what the kind is nothing without."""
    assert refused(answer(**members)).startswith("The answer")


def test_a_refusal_quotes_nothing() -> None:
    """The model's words may be anybody's: they are not for logs."""
    assert "canary" not in refused('{"kind": "canary"}') + refused("canary") + refused(answer(assumptions="canary"))


def test_an_answer_has_a_greatest_length() -> None:
    """In characters as it came; how long SQL may be is the guard's rule."""
    room = MOST_CHARACTERS - len(answer(sql="SELECT "))

    assert len(read_plan(answer(sql="SELECT " + "1" * room)).sql) == room + len("SELECT ")
    assert refused(answer(sql="SELECT " + "1" * (room + 1))) == "The answer is too long."


@pytest.mark.parametrize(("length", "shown"), [(1000, "x" * 1000), (1001, "x" * 999 + "…")])
def test_prose_is_cut_to_be_read(length: int, shown: str) -> None:
    """A thousand characters of explanation."""
    assert read_plan(answer(explanation="x" * length)).explanation == shown


def test_lists_are_cut_to_be_read() -> None:
    """Four options and eight assumptions, each once, of 300 characters."""
    options = ["a" * 300, "b" * 301, "", "a" * 300, "c", "d", "e"]
    plan = read_plan(answer(kind="clarify", clarification="?", options=options, assumptions=[str(n) for n in range(9)]))

    assert plan.options == ("a" * 300, "b" * 299 + "…", "c", "d")
    assert plan.assumptions == tuple("01234567")


def test_prose_holds_nothing_invisible() -> None:
    """No control characters and no characters that turn the text around."""
    assert read_plan(answer(explanation="All\x00 \u202eusers\u200b\n here\x1b[2J")).explanation == "All users here[2J"


@pytest.mark.parametrize(
    "chart",
    [
        "line",
        {"type": "javascript"},
        {"type": ["line"]},
        {"type": "line", "y": [1]},
        {"type": "line", "y": {"a": 1}},
        {"type": "line", "x": ["a"]},
        {"type": "line", "series": 3},
        {"type": "line", "x": "x" * 65},
        {"type": "line", "y": ["y"] * 9},
    ],
)
def test_a_chart_that_is_none_is_left_out(chart: Any) -> None:
    """It is no reason to refuse the SQL."""
    assert read_plan(answer(chart=chart)).chart is None


def test_a_chart_is_a_kind_and_names() -> None:
    """At the greatest lengths; a single measure may stand without its list."""
    told = {"type": "line", "x": "x" * 64, "y": ["y"] * 8, "series": ""}

    assert read_plan(answer(chart=told)).chart == ChartWish(type="line", x="x" * 64, y=("y",) * 8)
    assert read_plan(answer(chart={"type": "bar", "y": "n"})).chart == ChartWish(type="bar", y=("n",))
    assert [read_plan(answer(chart={"type": kind})).chart for kind in CHART_TYPES] == [
        ChartWish(type=kind) for kind in CHART_TYPES
    ]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.fixed_dictionaries({}, optional={**dict.fromkeys(WHOLE, _VALUES), "kind": st.sampled_from([*KINDS, "x"])}))
def test_any_json_is_a_plan_or_refused(members: dict[str, Any]) -> None:
    """Never another exception, and never a plan without what its kind needs."""
    try:
        plan = read_plan(json.dumps(members))
    except BadPlan:
        return
    assert {"sql": plan.sql, "clarify": plan.clarification, "decline": plan.explanation}[plan.kind]
