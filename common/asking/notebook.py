"""What stands beside the answers: what can be asked, what was asked and saved, marks, and verified questions to be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from common.asking.learning import Learning
from common.asking.planner import Planner
from common.config import AskingSettings
from common.deadline import Deadline
from common.domain.actor import Actor
from common.domain.errors import NotAReviewer, QuestionNotFound
from common.nl.semantic import SemanticLayer
from common.nl.verified import Rendered, VerifiedQuestion
from common.store.store import Store, Transaction

_HISTORY = 50


class Notebook:
    """One analyst's own; nothing in it is seen by another but what a reviewer verified."""

    def __init__(
        self, store: Store, planner: Planner, layer: SemanticLayer, *, learning: Learning, settings: AskingSettings
    ) -> None:
        self._store = store
        self._planner = planner
        self._layer = layer
        self._learning = learning
        self._settings = settings

    def overview(self, analyst: Actor, deadline: Deadline) -> Mapping[str, Any]:
        """What `nl_questions` answers.

        Raises:
            Busy, Unavailable: ask again.
        """

        def attempt(tx: Transaction) -> dict[str, Any]:
            self._learning.catch_up(tx)
            questions = tx.questions
            return {
                "today": tx.now().date(),
                "saved": [
                    {
                        "request_id": asked.request_id,
                        "question": asked.question,
                        "sql": asked.sql,
                        "source": asked.source,
                        "at": asked.at,
                    }
                    for asked in questions.saved(analyst.user_id)
                ],
                "history": [
                    {
                        "request_id": asked.request_id,
                        "question": asked.question,
                        "status": asked.status,
                        "source": asked.source,
                        "at": asked.at,
                        "mark": asked.mark,
                    }
                    for asked in questions.history(analyst.user_id, limit=_HISTORY)
                ],
            }

        mine = self._store.transact(attempt, deadline=deadline)
        shared = self._shared(mine.pop("today"))
        return {**mine, **shared, "reviewer": self._reviews(analyst), "analyst": analyst.email}

    def mark(self, request_id: str, mark: str, note: str, analyst: Actor, deadline: Deadline) -> None:
        """Keep what an analyst thinks of an answer of his.

        Raises:
            QuestionNotFound: he asked no such question.
            Busy, Unavailable: ask again.
        """

        def attempt(tx: Transaction) -> None:
            asked = tx.questions.find(request_id)
            if asked is None or asked.analyst != analyst.user_id:
                raise QuestionNotFound
            tx.questions.mark(request_id, analyst.user_id, mark, note)

        self._store.transact(attempt, deadline=deadline)

    def verify(self, request_id: str, question: str | None, analyst: Actor, deadline: Deadline) -> None:
        """Make a verified question of an answer, under its own words or others; all analysts have it within a minute.

        Raises:
            NotAReviewer: the analyst is none.
            QuestionNotFound: there is no such question, or no SQL answered it.
            Busy, Unavailable: ask again.
        """
        if not self._reviews(analyst):
            raise NotAReviewer

        def attempt(tx: Transaction) -> None:
            asked = tx.questions.find(request_id)
            if asked is None or asked.status != "answered" or asked.sql is None:
                raise QuestionNotFound
            tx.questions.verify(request_id, analyst.user_id, question or asked.question)

        self._store.transact(attempt, deadline=deadline)

    def retract(self, request_id: str, note: str, analyst: Actor, deadline: Deadline) -> None:
        """Take back the verified question that was made of an answer; no analyst has it a minute later.

        Of two in the same words the older answers again. Once taken back it may be taken back again: nothing changes.

        Raises:
            NotAReviewer: the analyst is none.
            QuestionNotFound: no verified question was made of that answer.
            Busy, Unavailable: ask again.
        """
        if not self._reviews(analyst):
            raise NotAReviewer

        def attempt(tx: Transaction) -> None:
            if not tx.questions.retract(request_id, analyst.user_id, note) and not tx.questions.reviews(request_id):
                raise QuestionNotFound

        self._store.transact(attempt, deadline=deadline)

    def _reviews(self, analyst: Actor) -> bool:
        return analyst.email in self._settings.reviewers

    def _shared(self, today: date) -> Mapping[str, Any]:
        questions = self._planner.catalogue.questions
        return {
            "verified": [_offered(question, self._planner.usual(question, today)) for question in questions],
            "glossary": [
                {"term": term.term, "synonyms": term.synonyms, "meaning": term.meaning} for term in self._layer.glossary
            ],
            "categories": list(self._layer.values["category"]),
            "model": self._planner.model_name,
        }


def _offered(question: VerifiedQuestion, usual: Rendered) -> Mapping[str, Any]:
    return {
        "id": question.id,
        "area": question.area,
        "question": usual.question,
        "parameters": usual.parameters,
        "terms": question.terms,
    }
