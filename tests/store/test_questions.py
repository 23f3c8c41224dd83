"""What is kept of analysts' questions: all but the rows they were shown, each analyst's apart from the others'."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

import pytest

from common.services import Services
from common.store.questions import Asked, Questions, Turn
from common.store.session import ConstraintViolated
from tests.market import Records
from tests.store.notes import soon

T = TypeVar("T")


class Notes:
    """The tables of one test's analyst, each call a transaction of its own."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.analyst = f"{secrets.token_hex(6)}@example.com"

    def do(self, act: Callable[[Questions], T]) -> T:
        """What an act on the tables answers."""
        return self._services.store.transact(lambda tx: act(tx.questions), deadline=soon())

    def asked(self, **members: object) -> str:
        """The id of a question that is written down: answered, by this analyst, unless told otherwise."""
        usual: dict[str, object] = {
            "request_id": secrets.token_hex(16),
            "analyst": self.analyst,
            "question": "How many users are there?",
            "status": "answered",
            "sql": "SELECT COUNT(*) FROM `users`",
            "milliseconds": 12.5,
        }
        asked = Asked(**(usual | members))  # type: ignore[arg-type]
        self.do(lambda questions: questions.record(asked))
        return asked.request_id

    def find(self, request_id: str) -> Asked:
        """The question, which is there."""
        found = self.do(lambda questions: questions.find(request_id))
        assert found is not None
        return found

    def mark(self, request_id: str, mark: str, note: str | None = None, *, by: str | None = None) -> None:
        """What somebody thinks of an answer; the analyst himself if nobody is named."""
        self.do(lambda questions: questions.mark(request_id, by or self.analyst, mark, note))

    def verify(self, request_id: str, words: str) -> None:
        """A reviewer finds an answer right, and words the question."""
        self.do(lambda questions: questions.verify(request_id, "reviewer@example.com", words))

    def retract(self, request_id: str, note: str | None = None) -> bool:
        """Whether there was something for another reviewer to take back."""
        return self.do(lambda questions: questions.retract(request_id, "other@example.com", note))

    def verified(self) -> set[str]:
        """The ids of what is verified."""
        return {one.id for one in self.do(lambda questions: questions.verified())}

    def reviews(self, request_id: str) -> list[tuple[str, str, str, str | None]]:
        """What reviewers did with a question: action, reviewer, words, note."""
        acts = self.do(lambda questions: questions.reviews(request_id))
        return [(act.action, act.reviewer, act.question, act.note) for act in acts]

    def history(self) -> list[str]:
        """The ids of what the analyst asked, as it is listed."""
        return [asked.request_id for asked in self.do(lambda q: q.history(self.analyst, limit=10))]


@pytest.fixture
def notes(services: Services) -> Notes:
    """An analyst nobody else is."""
    return Notes(services)


def test_a_question_is_found_as_it_was_written_down(notes: Notes, records: Records) -> None:
    """Every member, and the database's time."""
    asked = Asked(
        request_id=secrets.token_hex(16),
        analyst=notes.analyst,
        conversation_id="conversation-1",
        unlisted=False,
        question="Wie viele 😀 'Bieter'?",
        status="failed",
        source="model",
        sql="SELECT 1",
        error_code="timeout",
        errno=3024,
        milliseconds=5000.25,
        rows=0,
        tokens_in=1200,
        tokens_cached=1024,
        tokens_out=80,
        cost=Decimal("0.001234"),
        model="some-model",
        prompt_version="3",
        verified_id="gmv-by-month",
        explanation="Sums.",
        chart={"type": "bar", "x": "month", "y": ["gmv"], "series": None},
    )
    notes.do(lambda questions: questions.record(asked))

    found = notes.find(asked.request_id)

    assert found == replace(asked, at=found.at)
    assert found.at is not None
    now = records.value("SELECT UTC_TIMESTAMP(6)")
    assert timedelta(0) <= now - found.at.replace(tzinfo=None) < timedelta(minutes=5)


def test_what_is_not_known_is_none(notes: Notes) -> None:
    """Tokens that a model did not count are not nought."""
    found = notes.find(notes.asked(sql=None, status="declined"))

    unknown = {field.name for field in fields(Asked) if getattr(found, field.name) is None}
    assert unknown >= {"sql", "rows", "tokens_in", "tokens_cached", "tokens_out", "cost", "chart", "mark", "errno"}


def test_no_rows_are_kept(records: Records) -> None:
    """There is no column for them: only how many there were."""
    columns = records.rows("SELECT column_name FROM information_schema.columns WHERE table_name = 'nl_questions'")

    assert {name for (name,) in columns if "row" in name or "result" in name} == {"row_count"}


def test_a_request_is_written_down_once(notes: Notes) -> None:
    """A second one with its id is a bug, and said to be."""
    request_id = notes.asked()

    with pytest.raises(ConstraintViolated):
        notes.asked(request_id=request_id)


def test_nobody_asked_what_is_not_there(notes: Notes) -> None:
    """None, not an error."""
    assert notes.do(lambda questions: questions.find("0" * 32)) is None


def test_recent_questions_are_counted_by_the_databases_clock(notes: Notes, records: Records) -> None:
    """On both sides of the period's edge, and an analyst's own alone."""
    young, old = notes.asked(), notes.asked()
    notes.asked(analyst="somebody-else@example.com")
    for request_id, seconds in ((young, 50), (old, 61)):
        sql = "UPDATE nl_questions SET asked_at = UTC_TIMESTAMP(6) - INTERVAL %s SECOND WHERE request_id = %s"
        records.execute(sql, seconds, request_id)

    assert notes.do(lambda questions: questions.recent(notes.analyst, 60)) == 1
    assert notes.do(lambda questions: questions.recent(notes.analyst, 90)) == 2


def test_a_conversation_is_its_last_answered_turns_oldest_first(notes: Notes) -> None:
    """As many as are asked for, of this analyst and this conversation."""
    for number in range(4):
        notes.asked(conversation_id="chat-0001", question=f"Question {number}", sql=f"SELECT {number}")
    notes.asked(conversation_id="chat-0001", status="failed")
    notes.asked(conversation_id="chat-0001", status="clarify", sql=None)
    notes.asked(conversation_id="chat-0002")
    notes.asked(conversation_id="chat-0001", analyst="somebody-else@example.com")

    turns = notes.do(lambda questions: questions.conversation(notes.analyst, "chat-0001"))

    assert turns == [Turn(question=f"Question {number}", sql=f"SELECT {number}") for number in (1, 2, 3)]
    assert len(notes.do(lambda questions: questions.conversation(notes.analyst, "chat-0001", limit=2))) == 2


def test_the_history_is_newest_first_and_goes_on_from_a_moment(notes: Notes) -> None:
    """What a page asked for itself is not in it, nor what others asked."""
    first, second, third = notes.asked(), notes.asked(), notes.asked(status="declined", sql=None)
    notes.asked(unlisted=True)
    notes.asked(analyst="somebody-else@example.com")

    assert notes.history() == [third, second, first]
    assert len(notes.do(lambda questions: questions.history(notes.analyst, limit=2))) == 2
    before = notes.find(third).at
    older = notes.do(lambda questions: questions.history(notes.analyst, limit=10, before=before))
    assert [asked.request_id for asked in older] == [second, first]


def test_the_last_thumb_counts_with_its_note(notes: Notes, records: Records) -> None:
    """A new one takes the old one's place, and the note goes with it."""
    request_id = notes.asked()
    notes.mark(request_id, "down", "It should be 7.")
    assert notes.find(request_id).mark == "down"
    assert records.value("SELECT note FROM nl_marks WHERE request_id = %s", request_id) == "It should be 7."

    notes.mark(request_id, "up")

    assert notes.find(request_id).mark == "up"
    assert records.value("SELECT note FROM nl_marks WHERE request_id = %s", request_id) is None


def test_a_thumb_and_a_saving_do_not_touch_each_other(notes: Notes) -> None:
    """Saved twice is saved once; unsaved is gone from the saved ones and keeps its thumb."""
    request_id = notes.asked()
    notes.mark(request_id, "saved")
    notes.mark(request_id, "up")
    notes.mark(request_id, "saved")
    assert (notes.find(request_id).mark, notes.find(request_id).saved) == ("up", True)

    notes.mark(request_id, "unsaved")

    assert (notes.find(request_id).mark, notes.find(request_id).saved) == ("up", False)


def test_saved_questions_are_listed_the_newest_saved_first(notes: Notes) -> None:
    """In the order of saving, which a second saving does not change."""
    first, second, never = notes.asked(), notes.asked(), notes.asked()
    notes.mark(second, "saved")
    notes.mark(first, "saved")
    notes.mark(second, "saved")
    notes.mark(never, "unsaved")

    saved = notes.do(lambda questions: questions.saved(notes.analyst))

    assert [asked.request_id for asked in saved] == [first, second]
    assert all(asked.saved for asked in saved)


def test_a_mark_is_ones_own(notes: Notes) -> None:
    """What another thinks of an answer is not shown as its asker's."""
    request_id = notes.asked()

    notes.mark(request_id, "down", by="somebody-else@example.com")

    assert notes.find(request_id).mark is None


@pytest.mark.parametrize("mark", ["verified", "", "UP"])
def test_no_other_mark_is_kept(notes: Notes, mark: str) -> None:
    """A word that nobody reads would be lost without a sound."""
    request_id = notes.asked()

    with pytest.raises(AssertionError):
        notes.mark(request_id, mark)


def test_nothing_is_thought_of_a_question_that_was_not_asked(notes: Notes) -> None:
    """The key of the question refuses it."""
    with pytest.raises(ConstraintViolated):
        notes.mark("0" * 32, "up")


def test_a_reviewed_answer_is_a_verified_question(notes: Notes) -> None:
    """With the SQL that ran, in the reviewer's words; reviewed again, in the last ones."""
    chart = {"type": "metric", "x": None, "y": ["n"], "series": None}
    request_id = notes.asked(question="how many users??", explanation="Counts them.", chart=chart)
    for words in ("How many users?", "How many people have signed up?"):
        notes.verify(request_id, words)

    (reviewed,) = [one for one in notes.do(lambda questions: questions.verified()) if one.id == request_id]

    assert reviewed.question == "How many people have signed up?"
    assert reviewed.sql == "SELECT COUNT(*) FROM `users`"
    assert (reviewed.explanation, reviewed.chart) == ("Counts them.", chart)


def test_verified_questions_come_oldest_first(notes: Notes) -> None:
    """So that of two in the same words the newer can take the place of the older."""
    ids = [notes.asked() for _ in range(3)]
    for request_id in reversed(ids):
        notes.verify(request_id, "The same?")

    verified = [one.id for one in notes.do(lambda questions: questions.verified()) if one.id in ids]

    assert verified == ids[::-1]


@pytest.mark.parametrize("members", [{"status": "failed"}, {"status": "declined", "sql": None}])
def test_what_was_not_answered_is_not_verified(notes: Notes, members: dict[str, object]) -> None:
    """Whoever asks for it."""
    request_id = notes.asked(**members)

    notes.verify(request_id, "How many?")

    assert request_id not in {one.id for one in notes.do(lambda questions: questions.verified())}


def test_what_is_taken_back_is_no_verified_question(notes: Notes) -> None:
    """Whoever made it; only once, and what others made stays."""
    request_id, other = notes.asked(), notes.asked()
    for one in (request_id, other):
        notes.verify(one, "How many?")

    assert [notes.retract(request_id), notes.retract(request_id)] == [True, False]

    assert {request_id, other} & notes.verified() == {other}


def test_every_review_stays_on_record(notes: Notes, records: Records) -> None:
    """In the words of its time, with the SQL and the reason; in order."""
    request_id = notes.asked()
    notes.verify(request_id, "How many?")
    notes.verify(request_id, "How many users?")
    notes.retract(request_id, "It counts robots.")
    notes.retract(request_id, "Once more.")
    notes.verify(request_id, "How many, robots included?")

    assert notes.reviews(request_id) == [
        ("verified", "reviewer@example.com", "How many?", None),
        ("verified", "reviewer@example.com", "How many users?", None),
        ("retracted", "other@example.com", "How many users?", "It counts robots."),
        ("verified", "reviewer@example.com", "How many, robots included?", None),
    ]
    (sql,) = {act.sql for act in notes.do(lambda questions: questions.reviews(request_id))}
    assert sql == "SELECT COUNT(*) FROM `users`"
    assert request_id in notes.verified()
    late = "SELECT COUNT(*) FROM nl_reviews WHERE request_id = %s AND at > UTC_TIMESTAMP(6) - INTERVAL 1 HOUR"
    assert records.value(late, request_id) == 4


def test_what_was_never_verified_cannot_be_taken_back(notes: Notes) -> None:
    """And leaves no record."""
    request_id = notes.asked()

    assert not notes.retract(request_id)
    assert not notes.retract("0" * 32)
    assert notes.reviews(request_id) == []
