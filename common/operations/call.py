"""An operation's side of a request: who calls, until when, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from http import HTTPStatus
from typing import Any, NamedTuple, Protocol

from common.deadline import Deadline
from common.domain.actor import Actor
from common.domain.listing import Listing
from common.operations.answers import Strict
from common.services import Services


class KeyUse(Enum):
    """What an operation makes of the Idempotency-Key header."""

    NONE = "no use"
    OPTIONAL = "a repeated request is recognised if it has one"
    REQUIRED = "every request must have one"


class Caller(Enum):
    """Who may call an operation."""

    ANYONE = "anyone, signed in or not"
    PERSON = "somebody signed in"
    SCHEDULER = "the scheduler's service account"
    ANALYST = "the dashboard's service account, for an analyst"


class Call(NamedTuple):
    """One request to an operation, its body apart; `actor` is None where nobody signed in."""

    deadline: Deadline
    actor: Actor | None = None
    idempotency_key: str | None = None

    @property
    def person(self) -> Actor:
        """The person who calls an operation for signed-in people."""
        assert self.actor is not None
        return self.actor


class Answer(NamedTuple):
    """What an operation answers; `changed` are the listings whose newest state the mirror is to show."""

    body: Mapping[str, Any]
    status: HTTPStatus = HTTPStatus.OK
    etag: str | None = None
    changed: tuple[Listing, ...] = ()


class Operation(Protocol):
    """A module of `common/operations`: everything about one operation but HTTP.

    `Request` is its input's schema, of which `run` is given what it reads; `Response` the schema its answers'
    bodies keep to. `run` is plain blocking code, put into a thread, or a coroutine function.
    """

    __name__: str
    METHOD: str
    CALLER: Caller
    IDEMPOTENCY_KEY: KeyUse
    Request: type[Strict]
    Response: type[Strict]

    def run(self, services: Services, call: Call, body: Any) -> Any:
        """The Answer, or an awaitable of it."""
