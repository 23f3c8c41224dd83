"""The market at a glance: verified questions, asked over one period and one category. It needs no question."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from typing import Any

import streamlit as st

from analysts import session
from analysts.answers import Answer, Cell, Desk, Verified
from analysts.charts import chart_of, kinds_that_fit, number_text
from analysts.client import CallFailed, Question
from analysts.market_tiles import ALL_CATEGORIES, FIGURES, FIRST_PERIOD, PERIODS, ROWS, TILES, Tile
from analysts.notices import again_text, show_failure, what_to_do
from analysts.periods import period_before
from analysts.tables import as_number, decimals_of, show_table
from analysts.times import clock_time

FRESH_SECONDS = 60
TILE_HEIGHT = 300
TABLE_ROWS = 7
CARD_HEIGHT = 132
LARGE = 10_000
"""Nobody reads cents from here on."""

Outcome = Answer | CallFailed


def market_page() -> None:
    """Draw the filters and every tile; tiles fill as their answers come."""
    desk = session.desk()
    st.title("The market at a glance", anchor=False)
    if isinstance(desk, CallFailed):
        show_failure(desk)
        st.button("Try again", key="try-market", icon=":material/refresh:")
    else:
        _tiles(desk)


def _tiles(desk: Desk) -> None:
    period, category = _filters(desk)
    known = {question.id: question for question in desk.verified}
    asked = {tile.id: parameters_of(known[tile.id], period, category) for tile in TILES if tile.id in known}
    coming = {tile.id: _ask(tile, asked[tile.id]) for tile in TILES if tile.id in known}
    before = _ask_before(known, asked, period)
    places = _places(known)
    fresh: list[Answer] = []
    for tile, place in places:
        outcome = _wait(tile, coming[tile.id], asked[tile.id])
        with place.container():
            _show(tile, known[tile.id], asked[tile.id], outcome, before.get(tile.id))
        fresh += [outcome] if isinstance(outcome, Answer) else []
    st.session_state.pop("market-again", None)
    _footer(fresh)


def _filters(desk: Desk) -> tuple[str, str]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="filters"):
        period = st.selectbox(
            "Period",
            PERIODS,
            index=PERIODS.index(FIRST_PERIOD),
            accept_new_options=True,
            key="market-period",
            width=240,
        )
        category = st.selectbox("Category", (ALL_CATEGORIES, *desk.categories), key="market-category", width=240)
        st.button("Refresh", key="market-refresh", icon=":material/refresh:", on_click=_forget)
    return str(period or FIRST_PERIOD), str(category)


def parameters_of(question: Verified, period: str, category: str) -> dict[str, Any]:
    """What a verified question is asked with: the page's period and category where it takes them, else its own."""
    values = {parameter.name: parameter.value for parameter in question.parameters}
    for parameter in question.parameters:
        if parameter.type == "period":
            values[parameter.name] = period
        elif ALL_CATEGORIES in parameter.choices and (category in parameter.choices):
            values[parameter.name] = category
    return values


def _places(known: Mapping[str, Verified]) -> list[tuple[Tile, Any]]:
    """A place for every tile, with something calm in it until the answer is there."""
    places = []
    figures = [tile for tile in FIGURES if tile.id in known]
    with st.container(horizontal=True, gap="small", key="figures"):
        for tile in figures:
            card = st.container(border=True, width="stretch", height="stretch", key=f"figure-{tile.id}", gap=None)
            places.append((tile, card.skeleton(height=CARD_HEIGHT - 40)))
    for row in ROWS:
        tiles = [tile for tile in row if tile.id in known]
        if not tiles:
            continue
        for tile, column in zip(tiles, st.columns(len(tiles), gap="medium"), strict=True):
            card = column.container(border=True, height="stretch", key=f"tile-{tile.id}")
            places.append((tile, card.skeleton(height=TILE_HEIGHT)))
    return places


def _ask_before(
    known: Mapping[str, Verified], asked: Mapping[str, Mapping[str, Any]], period: str
) -> dict[str, "Callable[[], Outcome]"]:
    """The same figures over the period before; asked last, waited for when they are drawn."""
    earlier = period_before(period, datetime.now(UTC).date())
    found: dict[str, Callable[[], Outcome]] = {}
    for tile in FIGURES:
        slot = (
            next((slot.name for slot in known[tile.id].parameters if slot.type == "period"), None)
            if tile.id in known
            else None
        )
        if slot is None or earlier is None:
            continue
        values = {**asked[tile.id], slot: earlier}
        found[tile.id] = partial(_wait, tile, _ask(tile, values), values)
    return found


def _ask(tile: Tile, values: Mapping[str, Any]) -> "Outcome | Future[Answer]":
    kept: tuple[float, Outcome] | None = _kept().get(_key(tile.id, values))
    if kept is not None and time.monotonic() - kept[0] < FRESH_SECONDS:
        return kept[1]
    refresh = True if st.session_state.get("market-again") else None
    return session.start(
        Question(question=tile.title, verified=tile.id, parameters=values, refresh=refresh, unlisted=True)
    )


def _wait(tile: Tile, coming: "Outcome | Future[Answer]", values: Mapping[str, Any]) -> Outcome:
    if not isinstance(coming, Future):
        return coming
    try:
        outcome = coming.result()
    except CallFailed as failure:
        return failure
    _kept()[_key(tile.id, values)] = (time.monotonic(), outcome)
    return outcome


def _show(
    tile: Tile,
    question: Verified,
    values: Mapping[str, Any],
    outcome: Outcome,
    before: "Callable[[], Outcome] | None",
) -> None:
    figure = tile in FIGURES
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small", key=f"head-{tile.id}"):
        st.text(tile.title, width="stretch")
        st.button(
            "Open in Ask",
            key=f"open-{tile.id}",
            type="tertiary",
            icon=":material/open_in_new:",
            on_click=_open,
            args=(question, values),
        )
    if isinstance(outcome, CallFailed):
        st.text(outcome.advice)
        if outcome.again_at is not None:
            st.caption(again_text(outcome.again_at, datetime.now(UTC), st.context.timezone))
    elif outcome.status != "answered":
        st.caption(what_to_do(outcome.reason))
    elif figure:
        _figure(tile, outcome, before() if before is not None else None)
    else:
        _drawn(tile, outcome)


def _figure(tile: Tile, answer: Answer, earlier: Outcome | None) -> None:
    """The number, and how it compares with the period before."""
    now = figure_of(answer)
    before = figure_of(earlier) if isinstance(earlier, Answer) else None
    st.metric(
        tile.title,
        number_text(now, decimals_of([now]) if abs(as_number(now) or 0) < LARGE else 0)
        + (f" {tile.unit}" if tile.unit and now is not None else ""),
        delta=change(now, before),
        label_visibility="collapsed",
    )


def figure_of(answer: Answer) -> Cell:
    """The first number of the first row, None if there is none."""
    place = next((place for place, column in enumerate(answer.columns) if column.is_number), None)
    return answer.rows[0][place] if place is not None and answer.rows else None


def change(now: Any, before: Any) -> str | None:
    """How much more or less than before, None where that says nothing.

    >>> change("120.00", "100.00"), change(90, 100), change(5, 0), change(None, 3)
    ('+20.0 %', '-10.0 %', None, None)
    """
    new, old = as_number(now), as_number(before)
    if new is None or not old:
        return None
    return f"{100 * (new - old) / abs(old):+.1f} %"


def _drawn(tile: Tile, answer: Answer) -> None:
    """The chart, or the table where there is none."""
    if not answer.rows:
        st.text("Nothing in this period.")
        return
    kind = tile.kind or answer.chart.type
    chart = chart_of(answer, kind) if kind in kinds_that_fit(answer) else None
    if chart is not None:
        height = TILE_HEIGHT if kind == "line" else None
        st.altair_chart(chart.properties(height=height) if height else chart, key=f"chart-{tile.id}", alt=tile.title)
    else:
        show_table(answer, name=f"table-{tile.id}", most_rows=TABLE_ROWS, ids=False)


def _footer(answers: list[Answer]) -> None:
    moments = [answer.as_of for answer in answers if answer.as_of is not None]
    if moments:
        as_of = clock_time(min(moments), st.context.timezone)
        st.caption(f"As of {as_of}. Days and hours are those of UTC. Changes compare with as many days before.")


def _open(question: Verified, values: Mapping[str, Any]) -> None:
    session.ask(question.question, new=True, verified=question.id, parameters=values)
    st.session_state["go"] = "ask"


def _forget() -> None:
    """Read everything anew, past the caches."""
    _kept().clear()
    st.session_state["market-again"] = True


def _kept() -> dict[Any, tuple[float, Outcome]]:
    found: dict[Any, tuple[float, Outcome]] = st.session_state.setdefault("market", {})
    return found


def _key(name: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    return (name, *sorted((slot, str(value)) for slot, value in values.items()))
