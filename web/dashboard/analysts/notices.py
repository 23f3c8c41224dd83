"""What is said when there are no rows to show: always what happened, and what to do."""

from datetime import UTC, datetime

import streamlit as st

from analysts.answers import Reason
from analysts.client import CallFailed
from analysts.times import clock_time

NO_MODEL = "model_not_configured"

_WHAT_TO_DO = {
    "timeout": "It would have taken too long. Ask for a shorter period, one category, or fewer rows.",
    "too_large": "The result is too large. Ask for fewer columns or rows, or for totals instead of single rows.",
    "too_many_rows_to_read": "It would have read too much. Ask for a shorter period or one category.",
    "unknown_name": "The query names something that is not there. Say it in other words, or edit the SQL.",
    "bad_query": "The database did not accept the query. Say it in other words, or edit the SQL.",
    "unavailable": "The database does not answer right now. Try again in a minute.",
    "busy": "The database is busy with other questions. Try again in a moment.",
    "model_timeout": "The model took too long. Try again, or ask something simpler.",
    "model_unreachable": "The model cannot be reached. Verified questions still answer.",
    "model_busy": "The model has too much to do. Try again in a minute; verified questions still answer.",
    "model_rejected": "The model takes no questions of ours. Tell whoever runs Gavel; verified questions still answer.",
    "model_refused": "The model would not write a query for this. Say it in other words.",
    "model_garbled": "The model's answer could not be read. Try again.",
    "model_truncated": "The model's answer was cut short. Ask something simpler.",
}


def what_to_do(reason: Reason | None) -> str:
    """A sentence to act on."""
    code = reason.code if reason is not None else ""
    return _WHAT_TO_DO.get(code, "Try again, or say it in other words.")


def show_notice(kind: str, heading: str, *texts: str, icon: str) -> None:
    """A calm box with a heading of ours and texts of anybody's."""
    with st.container(border=True, key=f"notice-{kind}", gap="small"):
        st.markdown(f":material/{icon}: **{heading}**")
        for text in filter(None, texts):
            st.text(text)


def show_failure(failure: CallFailed) -> None:
    """A call that brought no answer."""
    texts = [failure.advice]
    if failure.again_at is not None:
        texts.append(again_text(failure.again_at, datetime.now(UTC), st.context.timezone))
    heading = "Wait a moment" if failure.code == "too_many_questions" else "No answer"
    icon = "hourglass_top" if failure.code == "too_many_questions" else "cloud_off"
    show_notice("failure", heading, *texts, icon=icon)
    help_code = f"{failure.code} · {failure.trace}" if failure.trace else failure.code
    st.caption(f"`{_harmless(help_code)}`")


def again_text(again_at: datetime, now: datetime, zone: str | None) -> str:
    """When to go on.

    >>> noon = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
    >>> again_text(noon.replace(second=20), noon, "Europe/Vienna")
    'You can go on at 14:00:20 (in 20 s).'
    """
    seconds = max(round((again_at - now).total_seconds()), 0)
    return f"You can go on at {clock_time(again_at, zone, seconds=True)} (in {seconds} s)."


def _harmless(code: str) -> str:
    return "".join(character for character in code if character.isalnum() or character in "_-· ")
