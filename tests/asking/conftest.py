"""Desks as tests use them: over the real database, with a model that speaks the real protocol from a script."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest

from common.asking.question import Question, QuestionDesk, Told
from common.config import Settings
from common.deadline import Deadline
from common.domain.actor import Actor
from common.services import Services
from dev.model_server import Line, ModelServer, model_server
from tests.analysts import REVIEWER


def an_analyst(email: str | None = None) -> Actor:
    """Somebody of this test alone, or the one with this address."""
    name = secrets.token_hex(6)
    return Actor(
        user_id=f"accounts.google.com:{name}",
        display_name="",
        email=email or f"{name}@mail.example",
        email_confirmed=True,
    )


@dataclass(frozen=True)
class Asker:
    """An analyst at a desk, and the model behind it."""

    desk: QuestionDesk
    model: ModelServer
    analyst: Actor

    def ask(self, text: str, *, seconds: float = 20.0, **more: object) -> Told:
        """The answer to a question."""
        question = replace(Question(text=text), **more)  # type: ignore[arg-type]
        return self.desk.ask(question, self.analyst, Deadline.after(seconds))

    def another(self, email: str | None = None) -> "Asker":
        """Somebody else at the same desk."""
        return replace(self, analyst=an_analyst(email))


@pytest.fixture
def build_asker(settings: Settings, build_services: Callable[[Settings], Services]) -> Iterator[Callable[..., Asker]]:
    """Makes a desk whose model answers by a script; `more` are further settings of asking."""
    with ExitStack() as open_servers:

        def build(script: Sequence[Line] = (), **more: object) -> Asker:
            server = open_servers.enter_context(model_server(script))
            asking = replace(
                settings.asking,
                model_url=server.base_url,
                reviewers=frozenset({REVIEWER}),
                **more,  # type: ignore[arg-type]
            )
            services = build_services(replace(settings, asking=asking))
            return Asker(services.question_desk(), server, an_analyst())

        yield build
