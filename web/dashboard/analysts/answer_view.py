"""One answer: where it came from, chart, table, what was assumed, the SQL, and what can be done with it."""

import streamlit as st

from analysts import session
from analysts.answer_actions import show_actions
from analysts.answers import Answer, Desk
from analysts.charts import chart_of, kinds_that_fit, left_out, number_text, shape_of
from analysts.notices import NO_MODEL, show_failure, show_notice, what_to_do
from analysts.parameters import show_parameters
from analysts.plain import human, one_line, plain
from analysts.session import Exchange
from analysts.sql_view import show_sql
from analysts.tables import decimals_of, show_table
from analysts.times import clock_time

KIND_WORDS = {
    "line": ":material/show_chart: Line",
    "bar": ":material/bar_chart: Bars",
    "metric": ":material/counter_1: Figure",
    "table": ":material/table_rows: Table",
}


def show_exchange(exchange: Exchange, desk: Desk) -> None:
    """A question and what came of it."""
    with st.container(key="asked"):
        st.text(one_line(exchange.question.question))
    if exchange.failure is not None:
        show_failure(exchange.failure)
        _again(exchange, "Try again")
    elif exchange.answer is not None:
        if exchange.answer.status == "answered":
            _answered(exchange, exchange.answer, desk)
        else:
            _unanswered(exchange, exchange.answer)


def _answered(exchange: Exchange, answer: Answer, desk: Desk) -> None:
    _origin(exchange, answer)
    if answer.explanation:
        st.text(answer.explanation)
    if answer.verified is not None and answer.verified.parameters:
        values = show_parameters(answer.verified, str(exchange.number))
        if values is not None:
            session.ask(exchange.question.question, verified=answer.verified.id, parameters=values)
            st.rerun()
    _rows(exchange, answer)
    show_actions(exchange, answer, desk)
    _assumptions(answer)
    show_sql(exchange, answer, expanded=answer.source == "edited")
    _suggestions("You could ask next", answer.suggestions, exchange)


def _rows(exchange: Exchange, answer: Answer) -> None:
    """Chart and table, or that nothing was found."""
    if not answer.rows:
        show_notice(
            "empty",
            "Nothing matches",
            "The query ran and found no rows. Widen the period or drop a condition; the SQL shows what was asked.",
            icon="search_off",
        )
        return
    if answer.truncated:
        show_notice(
            "truncated",
            f"Only the first {len(answer.rows):,} rows",
            "There are more. Totals over these rows are not totals of everything: ask for a sum, a count or a top 10.",
            icon="content_cut",
        )
    kind = _kind(exchange, answer)
    if kind == "metric":
        show_metrics(answer)
    chart = chart_of(answer, kind)
    if chart is not None:
        st.altair_chart(chart, key=f"chart-{exchange.number}-{kind}", alt=one_line(exchange.question.question))
        if hidden := left_out(answer, kind):
            st.caption(
                f"The chart shows the first {len(answer.rows) - hidden} rows, the table all {len(answer.rows):,}."
            )
    if kind != "metric" or len(answer.columns) > 1:
        show_table(answer, name=f"table-{exchange.number}")


def show_metrics(answer: Answer) -> None:
    """The numbers of the only row, large."""
    shape = shape_of(answer)
    places = [place for place, column in enumerate(answer.columns) if column.is_number]
    if shape is not None and shape.series is None and answer.chart.type == "metric":
        places = [place for place in places if answer.columns[place].name in answer.chart.y] or places
    with st.container(horizontal=True, gap="medium"):
        for place in places:
            cell = answer.rows[0][place]
            st.metric(plain(human(answer.columns[place].name)), number_text(cell, decimals_of([cell])), width="content")


def _kind(exchange: Exchange, answer: Answer) -> str:
    """The kind of chart: as answered, until the visitor takes another that fits."""
    fitting = kinds_that_fit(answer)
    first = answer.chart.type if answer.chart.type in fitting else "table"
    if len(fitting) == 1:
        return first
    chosen = st.segmented_control(
        "Show as",
        fitting,
        default=first,
        required=True,
        format_func=KIND_WORDS.__getitem__,
        key=f"kind-{exchange.number}",
        label_visibility="collapsed",
    )
    return chosen or first


BADGES = {
    "verified": ("Verified", "verified", "green"),
    "model": ("Model", "auto_awesome", "blue"),
    "edited": ("Edited", "edit", "orange"),
    "cache": ("Cached plan", "bolt", "gray"),
}


def _origin(exchange: Exchange, answer: Answer) -> None:
    """Where the answer came from, how fresh it is, and Refresh."""
    label, icon, color = BADGES.get(answer.source or "", ("Answer", "check", "gray"))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="origin"):
        st.badge(label, icon=f":material/{icon}:", color=color)  # type: ignore[arg-type]  # the names stand above
        st.caption(freshness(answer, st.context.timezone), width="content")
        _again(exchange, "Refresh")


def freshness(answer: Answer, zone: str | None) -> str:
    """When the rows were read, how many they are, and how long all took."""
    parts = []
    if answer.as_of is not None:
        parts.append(f"{'Cached, as of' if answer.cached else 'As of'} {clock_time(answer.as_of, zone)}")
    count = f"{len(answer.rows):,}{'+' if answer.truncated else ''}"
    parts.append(f"{count} row" if count == "1" else f"{count} rows")
    total = answer.timings.get("total_ms")
    if total is not None:
        parts.append(f"{total / 1000:.1f} s" if total >= 1000 else f"{total:.0f} ms")  # noqa: PLR2004 - a second
    return " · ".join(parts)


def _again(exchange: Exchange, label: str) -> None:
    question = exchange.question
    st.button(
        label,
        key=f"again-{exchange.number}",
        type="tertiary",
        icon=":material/refresh:",
        on_click=session.ask,
        args=(question.question,),
        kwargs={
            "verified": question.verified,
            "parameters": question.parameters,
            "sql_override": question.sql_override,
            "refresh": label == "Refresh" or None,
        },
    )


def _assumptions(answer: Answer) -> None:
    if not answer.assumptions:
        return
    with st.container(gap=None, key="assumptions"):
        st.text("Assumed")
        for assumption in answer.assumptions:
            st.text(f"• {one_line(assumption)}")


def _unanswered(exchange: Exchange, answer: Answer) -> None:
    reason = answer.reason
    code, why = (reason.code, reason.message) if reason is not None else ("", "")
    if answer.status == "clarify":
        show_notice("clarify", "Which do you mean?", answer.explanation or why, icon="help")
        _options(exchange, answer)
    elif code == NO_MODEL:
        text = "Free questions need a model, and none is set up here. Verified questions answer without one."
        show_notice("no-model", "This needs a model", text, icon="model_training")
        _suggestions("The nearest verified questions", answer.suggestions, exchange)
    elif answer.status == "declined":
        show_notice("declined", "This cannot be answered here", why or answer.explanation, icon="block")
        _suggestions("You could ask instead", answer.suggestions, exchange)
    elif answer.status == "blocked":
        text = "The query was not run: it does more than reading what analysts may read."
        show_notice("blocked", "Stopped by the guard", why or text, f"Rule: {one_line(code)}", icon="shield")
        show_sql(exchange, answer, expanded=True)
        _suggestions("You could ask instead", answer.suggestions, exchange)
    else:
        show_notice("failed", "No result", why, what_to_do(reason), icon="error")
        _again(exchange, "Try again")
        show_sql(exchange, answer, expanded=True)
        _suggestions("You could ask instead", answer.suggestions, exchange)


def _options(exchange: Exchange, answer: Answer) -> None:
    """Whole questions to choose from; or an own meaning, with which the question is asked again."""
    question = exchange.question.question
    with st.container(horizontal=True, gap="small", key="options"):
        for place, option in enumerate(answer.options):
            st.button(
                plain(option, 120),
                key=f"option-{place}-{exchange.number}",
                on_click=session.ask,
                args=(option,),
            )

    def said() -> None:
        words = st.session_state.get(key, "").strip()
        if words:
            session.ask(made_clear(question, words))

    key = f"meant-{exchange.number}"
    st.text_input("Or in your own words", key=key, max_chars=200, on_change=said)


def made_clear(question: str, meaning: str) -> str:
    """A question with what was meant by it, in one sentence that stands alone.

    >>> made_clear("How are sales trending?", "GMV per month")
    'How are sales trending? (GMV per month)'
    """
    return f"{question[:780].rstrip()} ({meaning.strip()[:200]})"


def _suggestions(heading: str, suggestions: tuple[str, ...], exchange: Exchange) -> None:
    if not suggestions:
        return
    st.caption(heading)
    with st.container(gap="small", key="suggestions"):
        for place, suggestion in enumerate(suggestions):
            st.button(
                plain(suggestion, 140),
                key=f"suggestion-{place}-{exchange.number}",
                icon=":material/arrow_forward:",
                on_click=session.ask,
                args=(suggestion,),
                kwargs={"new": exchange.answer is None or exchange.answer.status != "answered"},
            )
