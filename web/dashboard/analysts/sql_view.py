"""The SQL of an answer, to read and to change. What is changed passes the same guard."""

import streamlit as st

from analysts import session
from analysts.answers import Answer
from analysts.session import Exchange

LONGEST_SQL = 8_000
_STEPS = (("match_ms", "matched"), ("model_ms", "wrote SQL"), ("guard_ms", "checked"), ("database_ms", "ran"))


def show_sql(exchange: Exchange, answer: Answer, *, expanded: bool) -> None:
    """The SQL, highlighted, or in a field when it is being edited."""
    sql = exchange.question.sql_override or answer.sql
    if not sql:
        return
    number = exchange.number
    with st.expander("SQL", icon=":material/code:", expanded=expanded, key=f"sql-{number}"):
        if st.session_state.get("editing") == number:
            _editor(exchange, sql)
        else:
            st.code(answer.sql or sql, language="sql", wrap_lines=True)
            st.button("Edit SQL", key=f"edit-{number}", icon=":material/edit:", on_click=_edit, args=(number,))
        if took := steps(answer):
            st.caption(took)


def steps(answer: Answer) -> str:
    """How long each step took, as the function measured it.

    >>> steps(Answer(status="answered", request_id="r", timings={"match_ms": 2.2, "database_ms": 1250.0}))
    'matched 2 ms · ran 1.25 s'
    """
    taken = [(words, answer.timings.get(name) or 0) for name, words in _STEPS]
    return " · ".join(f"{words} {_duration(taken_ms)}" for words, taken_ms in taken if taken_ms)


def _editor(exchange: Exchange, sql: str) -> None:
    number = exchange.number
    with st.form(f"edit-form-{number}", border=False):
        text = st.text_area("Your SQL", value=sql, height=220, max_chars=LONGEST_SQL, key=f"edited-{number}")
        st.caption("One SELECT over the analysts' tables. It passes the same checks as every other query.")
        with st.container(horizontal=True, gap="small"):
            run = st.form_submit_button("Run", type="primary", icon=":material/play_arrow:", key=f"run-{number}")
            leave = st.form_submit_button("Cancel", key=f"cancel-{number}")
    if run and text and text.strip():
        session.ask(exchange.question.question, sql_override=text.strip())
    if run or leave:
        st.session_state.pop("editing", None)
        st.rerun()


def _edit(number: int) -> None:
    st.session_state["editing"] = number


def _duration(milliseconds: float) -> str:
    if milliseconds >= 1000:  # noqa: PLR2004 - a second
        return f"{milliseconds / 1000:.2f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= 1 else "< 1 ms"
