"""What the app remembers of one visitor's session: the conversation, its answers, what is being asked, the desk."""

import os
import secrets
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx
import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from analysts.answers import Answer, Desk, Verified
from analysts.client import TIMEOUT, CallFailed, Functions, Question
from analysts.identity import Identity, NotSignedIn, identity
from analysts.plain import plain
from analysts.settings import AppSettings

DESK_SECONDS = 300
_OPPOSITES = {"unsaved": "saved", "retracted": "verified"}  # one takes the place of the other
WORKERS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question and what came of it: an answer, or a call that failed."""

    question: Question
    answer: Answer | None = None
    failure: CallFailed | None = None
    seconds: float = 0.0
    number: int = field(default=0)


@dataclass(frozen=True, slots=True)
class Connection:
    """What all sessions share: the functions, how to prove who asks, and threads to wait in."""

    functions: Functions
    identity: Identity
    workers: ThreadPoolExecutor


def settings() -> AppSettings:
    """The app's settings.

    Raises:
        NotSetUp: they are not complete.
    """
    try:
        secret: Mapping[str, object] = dict(st.secrets)
    except StreamlitSecretNotFoundError:
        secret = {}
    return AppSettings.read(os.environ, secret)


@st.cache_resource(show_spinner=False)
def connect(settings: AppSettings) -> Connection:
    """The one connection of this process."""
    http = httpx.Client(timeout=TIMEOUT, limits=httpx.Limits(keepalive_expiry=30))
    return Connection(
        Functions(http, settings.api), identity(settings, http), ThreadPoolExecutor(WORKERS, thread_name_prefix="call")
    )


def start(question: Question) -> "Future[Answer]":
    """Ask in another thread, as the visitor of this session."""
    connection, visitor = connect(settings()), dict(st.context.headers)
    return connection.workers.submit(_ask, connection, question, visitor)


def ask(text: str, *, new: bool = False, **how: Any) -> None:
    """Ask when the page is drawn next. `new` leaves what was talked about before; `how` is more of a Question."""
    if new:
        new_conversation()
    st.session_state["pending"] = Question(question=text.strip(), conversation_id=conversation(), **how)


def pending() -> Question | None:
    """What is to be asked now; it is handed out once."""
    question: Question | None = st.session_state.pop("pending", None)
    return question


def conversation() -> str:
    """The conversation's id: follow-ups are understood within it."""
    if "conversation" not in st.session_state:
        st.session_state["conversation"] = secrets.token_hex(16)
    found: str = st.session_state["conversation"]
    return found


def new_conversation() -> None:
    """Forget what was talked about."""
    for name in ("conversation", "trail", "shown", "draft"):
        st.session_state.pop(name, None)


def keep_draft(question: Verified) -> None:
    """Have a verified question filled in before it is asked."""
    st.session_state["draft"] = question


def draft() -> Verified | None:
    """The verified question to be filled in."""
    found: Verified | None = st.session_state.get("draft")
    return found


def trail() -> list[Exchange]:
    """The conversation so far, oldest first."""
    found: list[Exchange] = st.session_state.setdefault("trail", [])
    return found


def remember(question: Question, outcome: Answer | CallFailed, seconds: float) -> None:
    """Add to the conversation, and show it. The same question again (edited, refreshed) takes its place."""
    number = st.session_state["asked"] = st.session_state.get("asked", 0) + 1
    exchange = Exchange(
        question=question,
        answer=outcome if isinstance(outcome, Answer) else None,
        failure=outcome if isinstance(outcome, CallFailed) else None,
        seconds=seconds,
        number=number,
    )
    talk = trail()
    if talk and talk[-1].question.question == question.question:
        talk.pop()
    talk.append(exchange)
    show(number)
    st.session_state.pop("draft", None)
    forget_desk()


def show(number: int) -> None:
    """Show one exchange of the conversation."""
    st.session_state["shown"] = number


def shown() -> Exchange | None:
    """The exchange to show, None when nothing was asked yet."""
    number = st.session_state.get("shown")
    return next((exchange for exchange in trail() if exchange.number == number), None)


def desk() -> Desk | CallFailed:
    """The verified questions, what was asked and saved; kept for a few minutes, or until something changes."""
    kept: tuple[float, Desk] | None = st.session_state.get("desk")
    if kept is not None and time.monotonic() - kept[0] < DESK_SECONDS:
        return kept[1]
    try:
        connection = connect(settings())
        found = connection.functions.desk(_proof(connection, dict(st.context.headers), "nl_questions"))
    except CallFailed as failure:
        return failure
    st.session_state["desk"] = (time.monotonic(), found)
    return found


def forget_desk() -> None:
    """Ask for the desk anew the next time."""
    st.session_state.pop("desk", None)


def mark(request_id: str, what: str, said: str = "", **more: str) -> bool:
    """Mark an answer; says in passing whether it was taken."""
    try:
        connection = connect(settings())
        connection.functions.mark(_proof(connection, dict(st.context.headers), "nl_feedback"), request_id, what, **more)
    except CallFailed as failure:
        st.toast(plain(failure.advice), icon=":material/error:")
        return False
    st.session_state.setdefault("marks", {})[request_id, _OPPOSITES.get(what, what)] = what
    forget_desk()
    if said:
        st.toast(said, icon=":material/check:")
    return True


def mark_quietly(request_id: str, what: str, said: str) -> None:
    """Mark an answer from a button."""
    mark(request_id, what, said)


def marked(request_id: str) -> set[str]:
    """The marks given in this session."""
    return {mark for (request, _), mark in st.session_state.get("marks", {}).items() if request == request_id}


def _ask(connection: Connection, question: Question, visitor: Mapping[str, str]) -> Answer:
    return connection.functions.ask(question, _proof(connection, visitor, "nl_query"))


def _proof(connection: Connection, visitor: Mapping[str, str], operation: str) -> dict[str, str]:
    try:
        return connection.identity.headers(visitor, operation)
    except NotSignedIn as error:
        raise CallFailed("not_signed_in", str(error)) from error
