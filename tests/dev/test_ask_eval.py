"""The evaluation of questions: its judge is neither too kind nor too strict, and its figures are what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pymysql
import pytest

from common.deadline import Deadline
from common.nl.completion import Usage
from common.nl.model_failed import ModelFailed
from common.nl.plan import BadPlan, Plan
from common.nl.prompt import PROMPT_VERSION
from dev.ask_eval import __main__ as tool
from dev.ask_eval import golds, mutants
from dev.ask_eval.figures import Asked, Figures, Share
from dev.ask_eval.judge import Rows, Verdict, compare
from dev.ask_eval.markets import Markets, open_markets
from dev.ask_eval.measure import Answers, ask_all, model_of
from dev.ask_eval.pairs import Met, Pair, met, pairs
from dev.ask_eval.pipeline import Pipeline, Try
from dev.ask_eval.questions import FOLDER, Question, json_lines, questions
from dev.ask_eval.recording import HAND_WRITTEN, Kept, Recorder, Recording
from dev.ask_eval.report import MADE_UP, mutant_lines, report
from dev.stack.database import DatabaseServer

BY_HAND = FOLDER.with_name("recordings") / "hand_written.jsonl"
QUESTIONS = {question.id: question for question in questions()}
STRICT, RELAXED, WRONG = Verdict.STRICT, Verdict.RELAXED, Verdict.WRONG


@pytest.fixture(scope="module")
def markets(database: DatabaseServer) -> Iterator[Markets]:
    """The three markets on this process's server."""
    with open_markets(database) as markets:
        yield markets


# The judge


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ([("Art", 2), ("Books", 3)], STRICT),
        ([("Books", 3), ("Art", 2)], STRICT),
        ([(" art ", "2"), ("BOOKS", 3)], STRICT),
        ([(2, "Art"), (3, "Books")], RELAXED),
        ([("Art", 2, "x"), ("Books", 3, "y")], RELAXED),
        ([("x", 3, "Books"), ("x", 2, "Art")], RELAXED),
        ([("Art", 3), ("Books", 2)], WRONG),
        ([("Art", 2)], WRONG),
        ([("Art", 2), ("Books", 3), ("Books", 3)], WRONG),
        ([("Art", 2), ("Art", 2)], WRONG),
        ([("Art",), ("Books",)], WRONG),
        ([("Art", None), ("Books", 3)], WRONG),
        ([], WRONG),
    ],
)
def test_rows_are_compared_as_a_bag(given: Rows, verdict: Verdict) -> None:
    """In any sequence, with any case; permuted and further columns are relaxed; each row counts as often as it is."""
    assert compare([("Art", 2), ("Books", 3)], given) is verdict


def test_duplicates_count() -> None:
    """Two rows alike are not one, nor three."""
    known = [("Art",), ("Art",), ("Books",)]

    assert compare(known, [("Art",), ("Books",), ("Art",)]) is STRICT
    assert compare(known, [("Art",), ("Books",), ("Books",)]) is WRONG


def test_nothing_is_the_same_as_nothing_alone() -> None:
    """An empty answer is right where the known one is empty."""
    assert compare([], []) is STRICT
    assert compare([], [(None,)]) is WRONG
    assert compare([(None,)], []) is WRONG
    assert compare([(None,)], [(None,)]) is STRICT
    assert compare([(None,)], [(0,)]) is WRONG


@pytest.mark.parametrize(
    ("known", "given", "verdict"),
    [
        (Decimal("66.67"), 66.6666, STRICT),
        (Decimal("66.67"), Decimal("66.66"), STRICT),
        (Decimal("66.67"), Decimal("66.65"), WRONG),
        (Decimal("0.6667"), Decimal("0.6668"), STRICT),
        (Decimal("0.6667"), Decimal("0.6669"), WRONG),
        (Decimal("20000.00"), Decimal("20001.90"), STRICT),
        (Decimal("20000.00"), Decimal("20002.10"), WRONG),
        (12, "12", STRICT),
        (12, Decimal("12.00"), STRICT),
        (20_000, 20_001, WRONG),
        ("20000", "20001", WRONG),
        ("12", "12a", WRONG),
        (datetime(2026, 5, 1), date(2026, 5, 1), STRICT),  # noqa: DTZ001
        (datetime(2026, 5, 1, 0, 0, 1), date(2026, 5, 1), WRONG),  # noqa: DTZ001
        (datetime(2026, 5, 1, 9, 30), "2026-05-01 09:30:00", STRICT),  # noqa: DTZ001
        (timedelta(minutes=2), 120, STRICT),
        (b"Art", "art", STRICT),
        ("nan", "inf", WRONG),
    ],
)
def test_values_may_differ_by_rounding_alone(known: object, given: object, verdict: Verdict) -> None:
    """A cent for two decimals below 1,000, else a ten-thousandth; whole numbers count or name something: exactly."""
    assert compare([(known,)], [(given,)]) is verdict
    assert compare([(given,)], [(known,)]) is verdict


def test_rounding_may_change_which_row_comes_first() -> None:
    """Rows are matched even where rounded values sort otherwise."""
    known = [(Decimal("10.049"), "a"), (Decimal("10.051"), "b")]

    assert compare(known, [(Decimal("10.05"), "b"), (Decimal("10.05"), "a")]) is STRICT


def test_a_row_gives_up_its_partner_for_another() -> None:
    """Where the first of two is close to both and the second to one alone; and two cannot share one."""
    known = [(Decimal("2.9249"),), (Decimal("2.9349"),)]

    assert compare(known, [(Decimal("2.93"),), (Decimal("2.92"),)]) is STRICT
    assert compare([(*row, 1) for row in known], [(Decimal("2.93"), 1), (Decimal("2.92"), 1)]) is STRICT
    assert compare(known, [(Decimal("2.92"),), (Decimal("2.92"),)]) is WRONG
    crossed = [(Decimal("1.05"), Decimal("1.071")), (Decimal("1.055"), Decimal("1.05"))]
    assert compare(crossed, [(Decimal("1.06"), Decimal("1.05")), (Decimal("1.05"), Decimal("1.07"))]) is STRICT


def test_the_sequence_counts_where_the_question_orders() -> None:
    """Of the ordering columns alone, wherever the answer has them; ties may stand either way."""
    known = [("a", 9), ("b", 7), ("c", 7)]

    assert compare(known, [("a", 9), ("c", 7), ("b", 7)], (1,)) is STRICT
    assert compare(known, [(9, "a"), (7, "c"), (7, "b")], (1,)) is RELAXED
    assert compare(known, [("b", 7), ("a", 9), ("c", 7)], (1,)) is WRONG
    assert compare(known, [("b", 7), ("a", 9), ("c", 7)]) is STRICT


def test_columns_of_the_same_values_stand_as_they_are() -> None:
    """Twins do not make an answer relaxed."""
    assert compare([(1, 1), (2, 2)], [(1, 1), (2, 2)]) is STRICT
    assert compare([(1, 1), (2, 3)], [(1, 1), (3, 2)]) is RELAXED


# Judged on the markets


def test_every_known_answer_is_right_behind_the_guard(markets: Markets) -> None:
    """Each of them, alternatives too, strictly, on all three markets."""
    assert list(golds.failures(list(QUESTIONS.values()), markets)) == []


def test_a_known_answer_that_fails_is_told(markets: Markets) -> None:
    """One that the guard refuses, and one that the guard's cap on rows cuts."""
    base = QUESTIONS["q-003"]
    refused = replace(base, golds=("SELECT email FROM users",))
    cut = replace(base, golds=("SELECT id FROM bids",))

    told = list(golds.failures([refused, cut], markets))

    assert len(told) == 2
    assert "q-003 refused (" in told[0]
    assert "q-003 wrong (errno None)" in told[1]


def test_right_on_two_of_three_markets_is_wrong(markets: Markets) -> None:
    """Both are empty on two of the markets, and one has rows on the third."""
    mismatch = QUESTIONS["own-023"]

    assert markets.judge(mismatch, mismatch.golds[0]).verdict is STRICT
    assert markets.first().judge(mismatch, "SELECT 1 FROM users WHERE id = ''").verdict is STRICT
    assert markets.judge(mismatch, "SELECT 1 FROM users WHERE id = ''").verdict is WRONG


def test_another_known_answer_may_be_given(markets: Markets) -> None:
    """Each alternative is right by itself; an answer that is none of them is not."""
    question = QUESTIONS["own-010"]

    assert {markets.judge(question, gold).verdict for gold in question.golds} == {STRICT}
    assert markets.judge(replace(question, golds=question.golds[:1]), question.golds[1]).verdict is WRONG


def test_a_query_that_the_database_refuses_is_wrong(markets: Markets) -> None:
    """With the database's number."""
    judgement = markets.judge(QUESTIONS["q-003"], "SELECT nothing_like_it FROM users")

    assert (judgement.verdict, judgement.errno) == (WRONG, 1054)
    with pytest.raises(pymysql.MySQLError):
        markets.rows("SELECT nothing_like_it FROM users")


def test_changed_queries_are_noticed_or_known_to_be_the_same(markets: Markets) -> None:
    """A third of the questions here; `python -m dev.ask_eval --mutants` takes all of them."""
    some = list(QUESTIONS.values())[::3]

    tally = mutants.measure(some, markets)

    assert mutants.unexplained(tally) == []
    made = sum(tally.made.values())
    assert made > 150
    assert sum(tally.killed.values()) + len(tally.survivors) == made
    assert tally.killed_on_one <= sum(tally.killed.values())
    lines = list(mutant_lines(tally, []))
    assert f"survivors                {len(tally.survivors)}, unexplained 0" in lines


def test_a_survivor_that_nobody_explained_is_left() -> None:
    """Once it is there more often than explained."""
    mutant = mutants.Mutant(question="q-074", kind="distinct dropped", sql="SELECT 1")

    assert mutants.unexplained(mutants.Tally(survivors=[mutant] * 2)) == []
    assert mutants.unexplained(mutants.Tally(survivors=[mutant] * 3)) == [mutant]


def test_each_kind_of_change_is_made() -> None:
    """By the words of the statement; what is not there is not changed."""
    gold = (
        "SELECT COUNT(DISTINCT id), SUM(current_price) FROM listings WHERE status = 'active' AND bid_count >= 5"
        " HAVING MAX(bid_count) < 9 ORDER BY 1 LIMIT 3"
    )
    question = replace(QUESTIONS["q-003"], golds=(gold,))

    made = {mutant.kind: mutant.sql for mutant in mutants.mutants(question)}

    assert "COUNT(id)" in made["distinct dropped"]
    assert "AVG(current_price)" in made["sum to avg"]
    assert "status = 'closed'" in made["status swapped"]
    assert "bid_count > 5" in made[">= to >"]
    assert "bid_count) <= 9" in made["< to <="]
    assert "MIN(bid_count)" in made["max to min"]
    assert "LIMIT 6" in made["limit doubled"]
    assert "WHERE" not in made["where dropped"]
    assert "HAVING" not in made["having dropped"]
    assert "left join made inner" not in made


# The pipeline


def test_without_a_model_nothing_is_answered_wrongly(markets: Markets) -> None:
    """Verified questions answer some; the others are offered something, and no question that must not is answered."""
    pipeline = Pipeline(markets, lambda _: None, list(QUESTIONS.values()))

    figures = Figures(ask_all(pipeline, list(QUESTIONS.values())))

    assert [one.question.id for one in figures.wrong()] == []
    assert figures.relaxed() == figures.coverage()
    assert figures.coverage().part + figures.ended("offered") == len(QUESTIONS)
    assert figures.coverage().part >= 30


def test_the_recording_by_hand_ends_as_it_says(markets: Markets) -> None:
    """Every way through the pipeline: right, relaxed, wrong, mended, refused by the guard and by the database."""
    recording = Recording.read(BY_HAND)
    pipeline = Pipeline(markets, recording.writer, list(QUESTIONS.values()), verified=False)
    expected = {(line["question"], tuple(line.get("context", ()))): line["expect"] for line in recorded_lines()}
    held = [question for question in QUESTIONS.values() if recording.holds(question)]

    asked = ask_all(pipeline, held)

    assert recording.hand_written
    assert len(held) == len(expected) == 20
    assert {one.question.id: ended(one) for one in asked} == {
        one.question.id: expected[one.question.text, one.question.context] for one in asked
    }
    mended = {one.question.id: one.worst for one in asked}["q-032"]
    assert (mended.written, mended.rejected, mended.refused) == (3, 1, 1)
    assert mended.usage == Usage(tokens_in=7200, tokens_cached=6144, tokens_out=360, cost=Decimal("0.0036"))


def recorded_lines() -> Iterator[dict[str, str]]:
    """The recording's lines but the first."""
    head, *lines = json_lines(BY_HAND)
    assert head["made_by"] == HAND_WRITTEN
    yield from lines


def ended(one: Asked) -> str:
    """In the words of the recording."""
    what = one.worst
    if what.kind != "sql":
        return {"clarify": "clarified", "decline": "declined"}.get(what.kind, what.kind)
    if what.verdict is None:
        return f"answered, must {one.question.must}"
    after = {1: "", 2: " after repair", 3: " after two repairs"}[what.written]
    return f"{what.verdict}{after}"


def test_earlier_questions_of_a_conversation_are_told_to_the_model(markets: Markets) -> None:
    """With the query that answers them: a verified one's or the known answer, in turn."""
    told: list[str] = []

    class Listener:
        name = "listener"

        def write(self, messages: Sequence[dict[str, str]], *, deadline: Deadline, analyst: str) -> Kept:
            assert (deadline.left() > 0, bool(analyst)) == (True, True)
            told.append(messages[-1]["content"])
            raise ModelFailed("model_timeout", "Too late.")

    pipeline = Pipeline(markets, lambda _: Listener(), list(QUESTIONS.values()))

    what = pipeline.ask(QUESTIONS["own-055"])

    assert (what.kind, what.code, what.written) == ("failed", "model_timeout", 0)
    assert "Monthly GMV for 2026" in told[0]
    assert "split that by category" in told[0]
    assert QUESTIONS["q-082"].golds[0] in json.loads(told[0])["earlier"][-1]["sql"]


def test_a_query_that_always_fails_in_the_database_is_no_answer(markets: Markets) -> None:
    """It has failed, and is not a wrong answer; every try is counted."""
    wrong = Plan(kind="sql", sql="SELECT id, COUNT(*) FROM users GROUP BY DATE(created_at)")
    kept = Kept(plan=wrong, usage=Usage(), model="x")
    question = QUESTIONS["q-003"]
    recording = Recording(made_by="x", prompt_version=None, answers={(question.text, ()): [kept] * 3})

    what = Pipeline(markets, recording.writer, verified=False).ask(question)

    assert (what.kind, what.code, what.verdict) == ("failed", "bad_query", None)
    assert (what.written, what.rejected, what.refused) == (3, 0, 3)


def test_alike_questions_never_meet_in_a_cache() -> None:
    """Whichever is asked first; some that ask the same do meet."""
    meeting = met(pairs())

    assert meeting.wrong == []
    assert len(meeting.right) >= 2
    assert len(meeting.same) == sum(pair.same for pair in pairs())


def test_a_pair_that_meets_wrongly_is_told() -> None:
    """Two wordings of one question, told to be two questions; and one with another conversation before it is not."""
    pair = Pair(id="p", one="How many  blue lots?", other="how many blue lots", same=False)

    assert met([pair]).wrong == [pair]
    assert met([replace(pair, context="Monthly GMV for 2026")]).wrong == []


# Recordings


def test_a_recording_gives_its_answers_in_turn_and_no_others() -> None:
    """To the question it was made for, after the same questions; then it has none."""
    recording = Recording.read(BY_HAND)
    question = QUESTIONS["q-030"]
    writer = recording.writer(question)
    ask = {"deadline": Deadline.after(5), "analyst": "a@example.com"}

    first = writer.write([{"role": "user", "content": "x"}], **ask)  # type: ignore[arg-type]
    second = writer.write([{"role": "user", "content": "x"}], **ask)  # type: ignore[arg-type]

    assert "auctions" in first.plan.sql
    assert "listings" in second.plan.sql
    with pytest.raises(ModelFailed, match="not_recorded"):
        writer.write([{"role": "user", "content": "x"}], **ask)  # type: ignore[arg-type]
    assert not recording.holds(replace(QUESTIONS["q-081"], context=()))
    with pytest.raises(ModelFailed, match="not_recorded"):
        recording.writer(replace(question, context=("Before",))).write(["x"], **ask)  # type: ignore[arg-type, list-item]


def test_what_a_model_answers_can_be_kept_and_read_again(tmp_path: Path) -> None:
    """With what it cost, by whom, and for which prompt."""
    question = QUESTIONS["q-081"]
    recording = Recording.read(BY_HAND)
    recorder = Recorder(model=recording.writer(question), prompt_version="abc")

    written = recorder.writer(question).write(
        [{"role": "user", "content": "x"}], deadline=Deadline.after(5), analyst="a@example.com"
    )
    recorder.save(tmp_path / "kept.jsonl")
    again = Recording.read(tmp_path / "kept.jsonl")

    assert (again.made_by, again.prompt_version, again.hand_written) == ("recording: hand-written", "abc", False)
    (kept,) = again.answers[question.text, question.context]
    assert (kept.plan, kept.usage) == (written.plan, written.usage)


def test_a_kept_answer_is_read_as_a_models_text_is(tmp_path: Path) -> None:
    """One that is no plan is refused."""
    file = tmp_path / "bad.jsonl"
    lines = [{"made_by": HAND_WRITTEN}, {"question": "x", "answers": [{"plan": {"kind": "drop"}}]}]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))

    with pytest.raises(BadPlan):
        Recording.read(file)


def test_answers_come_from_a_recording_a_model_or_nothing() -> None:
    """And say so; a recording of another prompt says that, too."""
    recording = Recording.read(BY_HAND)
    model = model_of({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, "small")

    assert model_of({}, "small") is None
    assert model is not None
    assert model.name == "small"
    assert Answers.of(recording, model, record=False).name == "recording, hand-written"
    stale = replace(recording, made_by="small", prompt_version="old")
    assert Answers.of(stale, None, record=False).name.endswith(f"of another prompt (old instead of {PROMPT_VERSION})")
    assert Answers.of(None, None, record=False).name == "verified questions alone, no model"
    assert Answers.of(None, model, record=True).recorder is not None
    assert Answers.of(None, model, record=False).recorder is None


# Figures


def a_question(number: int, must: str, difficulty: str = "simple", *tags: str) -> Question:
    """A question of a made-up run."""
    return Question(id=f"m-{number}", text=f"Question {number}", must=must, difficulty=difficulty, tags=tags)


def an_answer(verdict: Verdict | None, milliseconds: float = 0.0, **facts: object) -> Try:
    """A try of the model's that gave rows."""
    told = Try(kind="sql", verdict=verdict, source="model", written=1, milliseconds=milliseconds, sql="SELECT 1")
    return replace(told, **facts)  # type: ignore[arg-type]


PAID = Usage(tokens_in=100, tokens_cached=60, tokens_out=10, cost=Decimal("0.02"))
RUN = Figures(
    [
        Asked(question=a_question(1, "answer", "simple", "join"), tries=[an_answer(STRICT, 10, usage=PAID)]),
        Asked(
            question=a_question(2, "answer", "simple", "join"), tries=[an_answer(RELAXED, 20, written=2, rejected=1)]
        ),
        Asked(question=a_question(3, "answer", "challenging"), tries=[an_answer(STRICT, 30), an_answer(WRONG, 40)]),
        Asked(question=a_question(4, "answer"), tries=[Try(kind="decline", source="model", milliseconds=50)]),
        Asked(question=a_question(5, "answer"), tries=[Try(kind="offered", milliseconds=60)]),
        Asked(question=a_question(6, "clarify"), tries=[Try(kind="clarify", source="model", milliseconds=70)]),
        Asked(question=a_question(7, "clarify"), tries=[an_answer(None, 80, usage=PAID)]),
        Asked(question=a_question(8, "decline"), tries=[Try(kind="decline", source="model", milliseconds=90)]),
        Asked(
            question=a_question(9, "decline"),
            tries=[Try(kind="blocked", source="model", written=3, rejected=3, milliseconds=100)],
        ),
        Asked(question=a_question(10, "decline"), tries=[Try(kind="clarify", source="model", milliseconds=110)]),
        Asked(
            question=a_question(11, "answer", "moderate"),
            tries=[Try(kind="failed", source="model", written=2, refused=2, milliseconds=120)],
        ),
    ]
)
"""Counted by hand: 6 to answer, 2 to clarify, 3 to decline; 12 tries."""


def test_execution_accuracy_counts_the_worst_try() -> None:
    """One strict, one relaxed; the third was right once and wrong once."""
    assert RUN.strict() == Share(part=1, whole=6)
    assert RUN.relaxed() == Share(part=2, whole=6)
    assert RUN.by_difficulty() == {
        "simple": (Share(part=1, whole=4), Share(part=2, whole=4)),
        "moderate": (Share(part=0, whole=1), Share(part=0, whole=1)),
        "challenging": (Share(part=0, whole=1), Share(part=0, whole=1)),
    }
    assert RUN.by_tag() == {"join": (Share(part=1, whole=2), Share(part=2, whole=2))}


def test_wrong_answers_are_rows_that_should_not_be() -> None:
    """Other rows, or rows for a question that must be clarified; what is not answered is not wrong."""
    assert [one.question.id for one in RUN.wrong()] == ["m-3", "m-7"]
    assert RUN.coverage() == Share(part=3, whole=6)


def test_clarifying_and_declining_have_precision_and_recall() -> None:
    """Two clarified, one of them rightly, of two; two declined, one of them rightly, of three."""
    assert (RUN.precision("clarify"), RUN.recall("clarify")) == (Share(part=1, whole=2), Share(part=1, whole=2))
    assert (RUN.precision("decline"), RUN.recall("decline")) == (Share(part=1, whole=2), Share(part=1, whole=3))
    assert RUN.over_refusal() == Share(part=1, whole=6)
    assert (RUN.ended("offered"), RUN.ended("blocked"), RUN.ended("failed")) == (1, 1, 1)


def test_statements_are_counted_over_all_tries() -> None:
    """1 + 2 + 1 + 1 + 1 + 3 + 2 written, four of them rejected; two failed in the database."""
    assert RUN.guard_rejections() == Share(part=4, whole=11)
    assert RUN.database_refusals() == 2
    assert RUN.right_at_first() == Share(part=1, whole=2)


def test_times_and_costs_are_of_all_tries() -> None:
    """Twelve times from 10 to 120: the sixth, and the twelfth; two tries told what they cost."""
    assert (RUN.milliseconds(0.5), RUN.milliseconds(0.95)) == (60, 120)
    assert (RUN.tokens("in"), RUN.tokens("cached"), RUN.tokens("out")) == (200, 120, 20)
    assert RUN.cost() == Decimal("0.04")


def test_what_nobody_told_is_unknown_and_not_nothing() -> None:
    """No times, no tokens, no cost of a run without any."""
    nothing = Figures([])

    assert (nothing.milliseconds(0.5), nothing.tokens("in"), nothing.cost()) == (None, None, None)
    assert str(nothing.strict()) == "-"
    assert str(Share(part=1, whole=8)) == "1/8 (12.5 %)"


def test_the_report_says_it_all() -> None:
    """Each figure in its line, where the answers come from, and which were wrong with their statement."""
    pair = Pair(id="p", one="a", other="b", same=False)
    meeting = Met(same=[pair], right=[], wrong=[pair])

    lines = list(report(RUN, meeting, answers="recording, hand-written", hand_written=True, repeats=3))

    assert lines[:3] == ["11 questions on three markets, each asked 3 times, the worst counts",
                         "answers from: recording, hand-written", MADE_UP]  # fmt: skip
    assert "right, strict             1/6 (16.7 %)" in lines
    assert "wrong answers             2" in lines
    assert "milliseconds p50, p95     60.0, 120.0" in lines
    assert "tokens in, cached, out    200, 120, 20" in lines
    assert "cost                      0.0400 USD, 0.003333 USD per question" in lines
    assert "cache hits, wrong         1" in lines
    assert "  m-7 (model) Question 7" in lines
    assert MADE_UP not in list(report(RUN, meeting, answers="x", hand_written=False, repeats=1))


# Questions and the tool


def test_questions_are_enough_and_of_all_kinds() -> None:
    """All given ones and at least 45 of ours; follow-ups, things to ask back, and things to decline."""
    ours = [question for question in QUESTIONS.values() if question.id.startswith("own-")]

    assert len([name for name in QUESTIONS if name.startswith("q-")]) == 59
    assert len(ours) >= 45
    assert sum(bool(question.context) for question in ours) >= 8
    for must, least in (("clarify", 8), ("decline", 10)):
        assert sum(question.must == must for question in ours) >= least
        assert all(question.reason for question in ours if question.must == must)


def test_an_id_stands_once(tmp_path: Path) -> None:
    """The same file twice is refused."""
    file = tmp_path / "questions.jsonl"
    file.write_text('{"id": "a", "question": "x", "must": "decline", "difficulty": "simple", "gold": null}\n\n')

    assert [question.id for question in questions(file)] == ["a"]
    with pytest.raises(AssertionError, match="twice"):
        questions(file, file)


def test_the_tool_fails_when_something_is_wrong_without_a_model(
    database: DatabaseServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A verified question whose known answer says otherwise; beside it the same with the right answer."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(tool, "_server", lambda _: database)
    told = {"id": "a", "question": "Monthly GMV for 2026", "must": "answer", "difficulty": "simple"}
    for name, gold in (("right", QUESTIONS["q-027"].golds[0]), ("wrong", "SELECT 1")):
        (tmp_path / name).write_text(json.dumps({**told, "gold": gold}) + "\n")

    right = tool.main(["--server", "this", "--questions", str(tmp_path / "right")])
    wrong = tool.main(["--server", "this", "--questions", str(tmp_path / "wrong")])

    assert (right, wrong) == (0, 1)
    shown = capsys.readouterr().out
    assert "wrong answers             0" in shown
    assert "wrong answers             1" in shown
    assert "  a (verified) Monthly GMV for 2026" in shown


@pytest.mark.parametrize("text", ["127.0.0.1", "http://root@127.0.0.1", "mysql://127.0.0.1", "mysql://root@"])
def test_a_server_is_told_as_an_address(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With a user and a host."""
    with pytest.raises(SystemExit):
        tool.main(["--gold", "--server", text])

    assert "must be like mysql://" in capsys.readouterr().err


@pytest.mark.parametrize(("repeat", "why"), [("2", "--record keeps one try"), ("0", "from 1"), ("x", "from 1")])
def test_a_recording_is_of_one_try(repeat: str, why: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And a number of tries is a whole one."""
    with pytest.raises(SystemExit):
        tool.main(["--record", "file", "--repeat", repeat])

    assert why in capsys.readouterr().err
