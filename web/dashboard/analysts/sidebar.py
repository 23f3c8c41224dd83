"""What lies beside the answer: saved questions and the latest ones, to ask again."""

from datetime import UTC, datetime

import streamlit as st

from analysts import session
from analysts.answers import Asked, Desk
from analysts.client import CallFailed
from analysts.plain import plain
from analysts.times import day_and_time

MOST_SAVED = 12
MOST_HISTORY = 15
LABEL_LENGTH = 64
SIGNS = {
    "clarify": ":material/help:",
    "declined": ":material/block:",
    "blocked": ":material/shield:",
    "failed": ":material/error:",
}


def show_sidebar(desk: Desk | CallFailed) -> None:
    """Saved and history; a click asks again, in a conversation of its own."""
    with st.sidebar:
        st.button(
            "New conversation",
            key="begin-anew",
            icon=":material/add:",
            width="stretch",
            on_click=session.new_conversation,
        )
        if isinstance(desk, CallFailed):
            st.caption("Saved questions and history come back with the connection.")
            return
        st.subheader("Saved", anchor=False)
        for place, asked in enumerate(desk.saved[:MOST_SAVED]):
            _row("saved", place, asked, ":material/bookmark:")
        if not desk.saved:
            st.caption("Save an answer's question to find it here.")
        st.subheader("History", anchor=False)
        for place, asked in enumerate(_once_each(desk.history)[:MOST_HISTORY]):
            _row("history", place, asked, SIGNS.get(asked.status, ":material/history:"))
        if not desk.history:
            st.caption("What you ask is kept here. Nobody else sees it.")
        if desk.analyst:
            st.divider()
            st.text(desk.analyst)
            st.caption(f"Model: {plain(desk.model)}" if desk.model else "No model: verified questions only")


def _row(kind: str, place: int, asked: Asked, icon: str) -> None:
    now = datetime.now(UTC)
    when = day_and_time(asked.at, st.context.timezone, now) if asked.at is not None else ""
    st.button(
        plain(asked.question, LABEL_LENGTH),
        key=f"{kind}-{place}-{asked.request_id}",
        type="tertiary",
        icon=icon,
        help=when or None,
        width="stretch",
        on_click=session.ask,
        args=(asked.question,),
        kwargs={"new": True, "sql_override": asked.sql if kind == "saved" and asked.source == "edited" else None},
    )


def _once_each(history: tuple[Asked, ...]) -> list[Asked]:
    """The latest of each question."""
    return list({asked.question.casefold(): asked for asked in reversed(history)}.values())[::-1]
