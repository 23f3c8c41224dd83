"""What can be done with an answer: take the rows, keep the question, say whether it is right."""

import re

import streamlit as st

from analysts import session
from analysts.answers import Answer, Desk
from analysts.downloads import csv_bytes
from analysts.session import Exchange

LONGEST_NOTE = 1_000
LONGEST_QUESTION = 300
FILE_NAME_LENGTH = 48


def show_actions(exchange: Exchange, answer: Answer, desk: Desk) -> None:
    """The row of buttons below the rows."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="actions"):
        if answer.rows:
            st.download_button(
                "CSV",
                data=csv_bytes(answer.columns, answer.rows),
                file_name=file_name(exchange.question.question),
                mime="text/csv",
                key=f"csv-{exchange.number}",
                icon=":material/download:",
                on_click="ignore",
            )
        _save(answer, desk)
        if desk.reviewer:
            _review(exchange, answer)
        _thumbs(exchange, answer)
    _expectation(exchange, answer)


def file_name(question: str) -> str:
    """A name for the file, from the question.

    >>> file_name("Top 5 listings, by bids?"), file_name("…")
    ('gavel-top-5-listings-by-bids.csv', 'gavel.csv')
    """
    words = re.findall(r"[a-z0-9]+", question.lower())
    return "-".join(["gavel", *words])[:FILE_NAME_LENGTH].rstrip("-") + ".csv"


def _save(answer: Answer, desk: Desk) -> None:
    saved = is_saved(answer, desk)
    st.button(
        "Saved" if saved else "Save",
        key=f"save-{answer.request_id}",
        icon=":material/bookmark_added:" if saved else ":material/bookmark_add:",
        on_click=session.mark_quietly,
        args=(answer.request_id, "unsaved" if saved else "saved", "No longer saved" if saved else "Saved"),
    )


def is_saved(answer: Answer, desk: Desk) -> bool:
    """Whether the question lies among the saved ones."""
    marks = session.marked(answer.request_id)
    if marks & {"saved", "unsaved"}:
        return "saved" in marks
    return any(asked.request_id == answer.request_id for asked in desk.saved)


def _review(exchange: Exchange, answer: Answer) -> None:
    """A reviewer makes a good answer a verified question, or takes back what a reviewer made."""
    if answer.source == "verified":
        if answer.verified is not None and answer.verified.reviewed:
            _take_back(exchange, answer.verified.id)
    elif "verified" in session.marked(answer.request_id):
        st.badge("Made verified", icon=":material/verified:", color="green")
        _take_back(exchange, answer.request_id)
    else:
        _verify(exchange, answer)


def _take_back(exchange: Exchange, verified_id: str) -> None:
    """Asks first: all analysts lose the question."""
    if "retracted" in session.marked(verified_id):
        st.badge("Taken back", icon=":material/undo:", color="orange")
        return
    with (
        st.popover("Take back", icon=":material/undo:", key=f"taking-{exchange.number}"),
        st.form(f"take-back-{exchange.number}", border=False),
    ):
        st.caption("Within a minute nobody is answered by it any more. What it was, and who took it back, is kept.")
        note = st.text_input("Why?", max_chars=LONGEST_NOTE, placeholder="For example: it counts cancelled auctions")
        more = {"note": note.strip()} if note and note.strip() else {}
        pressed = st.form_submit_button("Take it back from everybody", type="primary")
        if pressed and session.mark(verified_id, "retracted", "Taken back", **more):
            st.rerun()


def _verify(exchange: Exchange, answer: Answer) -> None:
    with st.popover("Make verified", icon=":material/verified:"), st.form(f"verify-{exchange.number}", border=False):
        text = st.text_area(
            "The question, as everybody will find it",
            value=exchange.question.question[:LONGEST_QUESTION],
            max_chars=LONGEST_QUESTION,
        )
        st.caption("Its SQL will answer this question for everybody, with the badge Verified.")
        pressed = st.form_submit_button("Make verified", type="primary")
        if (
            pressed
            and text
            and session.mark(answer.request_id, "verified", "Verified", question=" ".join(text.split()))
        ):
            st.rerun()


def _thumbs(exchange: Exchange, answer: Answer) -> None:
    key = f"thumbs-{exchange.number}"

    def given() -> None:
        if st.session_state.get(key) == 1:
            session.mark(answer.request_id, "up", "Thank you")

    st.feedback("thumbs", key=key, on_change=given)


def _expectation(exchange: Exchange, answer: Answer) -> None:
    """Thumbs down asks what was expected."""
    if st.session_state.get(f"thumbs-{exchange.number}") != 0:
        return
    if "down" in session.marked(answer.request_id):
        st.caption("Thank you. A reviewer will see it.")
        return
    with st.form(f"expected-{exchange.number}", border=True):
        note = st.text_input(
            "What did you expect?",
            max_chars=LONGEST_NOTE,
            placeholder="For example: only sold listings, or amounts per month",
        )
        more = {"note": note.strip()} if note and note.strip() else {}
        pressed = st.form_submit_button("Send", icon=":material/send:")
        if pressed and session.mark(answer.request_id, "down", "Thank you", **more):
            st.rerun()
