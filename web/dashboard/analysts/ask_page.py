"""The page on which questions are asked."""

import time
from concurrent.futures import wait

import streamlit as st

from analysts import session
from analysts.answer_view import show_exchange
from analysts.answers import Desk, Verified
from analysts.client import CallFailed, Question
from analysts.notices import show_failure
from analysts.parameters import show_parameters
from analysts.plain import one_line, plain
from analysts.sidebar import show_sidebar

LONGEST = 1_000
POLL_SECONDS = 0.1
SKELETON_HEIGHT = 280
EXAMPLES = 8
FAVOURITES = (
    "top-listings-by-bids",
    "gmv-by-month",
    "sell-through-by-category",
    "ending-soon",
    "bids-by-hour-of-day",
    "average-selling-price-by-category",
    "top-sellers-by-gmv",
    "sniping-share-by-category",
)
"""Verified questions that show best what can be asked; where one is not there, the first of another area is."""


def ask_page() -> None:
    """Draw the page: box, then work or answer or welcome, then what lies beside."""
    found = session.desk()
    st.title("Ask the market", anchor=False)
    _box()
    place = st.container()
    question = session.pending()
    if question is not None:
        with place:
            _work(question)
    with place:
        _talk(found)
    show_sidebar(found)


def _box() -> None:
    """Where the question is typed, and what it would follow up on."""
    before = session.shown()
    hint = "Ask about listings, bids, sellers, prices…" if before is None else "Ask a follow-up, or something new…"
    typed = st.container(key="ask-box").chat_input(hint, key="question", max_chars=LONGEST)
    if typed:
        session.ask(str(typed))
    elif before is not None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="following"):
            st.text(f"Follow-ups build on “{before.question.question}”", wrap=False, width="stretch")
            st.button(
                "New conversation",
                key="new-conversation",
                type="tertiary",
                icon=":material/refresh:",
                on_click=session.new_conversation,
            )


def _work(question: Question) -> None:
    """Wait for the answer and say how long; what the function did in that time it tells with the answer."""
    begun = time.monotonic()
    waiting = session.start(question)
    with st.container(key="working"):
        status = st.status(_progress(question, 0), expanded=False)
        st.skeleton(height=SKELETON_HEIGHT)
        while not wait([waiting], POLL_SECONDS).done:
            status.update(label=_progress(question, time.monotonic() - begun))
    try:
        session.remember(question, waiting.result(), time.monotonic() - begun)
    except CallFailed as failure:
        session.remember(question, failure, time.monotonic() - begun)
    st.rerun()  # box and sidebar know the answer, too


def _progress(question: Question, seconds: float) -> str:
    """What is going on, as far as is known from here."""
    if question.sql_override is not None:
        doing = "Checking your SQL, then running it"
    elif question.verified is not None:
        doing = "Running a verified question"
    else:
        doing = "Looking for a verified question, else writing SQL, checking and running it"
    return f"{doing} · {seconds:.0f} s" if seconds >= 1 else f"{doing}…"


def _talk(found: Desk | CallFailed) -> None:
    exchange, draft = session.shown(), session.draft()
    if draft is not None:
        _fill_in(draft)
    elif exchange is not None:
        _earlier(exchange.number)
        show_exchange(exchange, found if isinstance(found, Desk) else Desk())
    elif isinstance(found, CallFailed):
        show_failure(found)
        st.button("Try again", key="try-desk", icon=":material/refresh:")
    else:
        _welcome(found)


def _earlier(number: int) -> None:
    """The other questions of this conversation, to look at again."""
    others = [exchange for exchange in session.trail() if exchange.number != number]
    if not others:
        return
    with st.container(horizontal=True, gap="small", key="earlier"):
        for exchange in others:
            st.button(
                plain(exchange.question.question, 48),
                key=f"earlier-{exchange.number}",
                type="tertiary",
                icon=":material/history:",
                on_click=session.show,
                args=(exchange.number,),
            )


def _welcome(desk: Desk) -> None:
    """What can be asked, to click."""
    if desk.model is None:
        st.caption(
            "Verified questions answer at once. Free questions need a model, and none is set up here.",
        )
    else:
        st.caption("Ask in plain English. You see the rows, a chart, the SQL and where the answer came from.")
    if not desk.verified:
        st.info("There are no verified questions yet. Type a question above.", icon=":material/info:")
        return
    st.subheader("Good to begin with", anchor=False)
    with st.container(key="examples"):
        columns = st.columns(2, gap="small")
        for place, example in enumerate(examples(desk.verified)):
            columns[place % 2].button(
                plain(example.question, 90),
                key=f"example-{example.id}",
                width="stretch",
                on_click=_ask_verified,
                args=(example,),
            )
    st.space("small")
    _find(desk.verified)
    _glossary(desk)


def examples(verified: tuple[Verified, ...]) -> list[Verified]:
    """A handful of questions over all areas."""
    verified = tuple(question for question in verified if question.is_complete)
    by_id = {question.id: question for question in verified}
    chosen = [by_id[name] for name in FAVOURITES if name in by_id]
    first_of_area = {question.area: question for question in reversed(verified)}
    chosen += [question for question in first_of_area.values() if question not in chosen]
    return (chosen + [question for question in verified if question not in chosen])[:EXAMPLES]


def _find(verified: tuple[Verified, ...]) -> None:
    """Every verified question, found by typing."""
    by_id = {question.id: question for question in verified}

    def words(name: str) -> str:
        return f"{by_id[name].area} · {by_id[name].question}" if by_id[name].area else by_id[name].question

    def chosen() -> None:
        name = st.session_state.get("find")
        if name in by_id:
            _ask_verified(by_id[name])

    st.selectbox(
        f"Or find one of {len(verified)} verified questions",
        sorted(by_id, key=words),
        index=None,
        format_func=words,
        placeholder="Type a word: sellers, reserve, sniping…",
        key="find",
        on_change=chosen,
    )


def _glossary(desk: Desk) -> None:
    if not desk.glossary:
        return
    with st.expander("What the words mean", icon=":material/menu_book:"):
        for term, meaning in desk.glossary:
            with st.container(gap=None, key=f"term-{abs(hash(term))}"):
                st.text(term)
                st.text(meaning)


def _ask_verified(question: Verified) -> None:
    """Ask at once, or let a listing's or a person's id be filled in first."""
    if question.is_complete:
        session.ask(question.question, new=True, verified=question.id)
    else:
        session.new_conversation()
        session.keep_draft(question)


def _fill_in(question: Verified) -> None:
    """A verified question that cannot be asked before something is filled in."""
    with st.container(key="asked"):
        st.text(one_line(question.question))
    st.caption("Fill in what is missing, then apply.")
    values = show_parameters(question, "draft")
    if values is not None:
        session.ask(question.question, new=True, verified=question.id, parameters=values)
        st.rerun()
