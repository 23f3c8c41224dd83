"""The blanks of a verified question as fields to fill in."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from analysts.answers import Parameter, Verified
from analysts.plain import one_line, plain

_ABREAST = 4


def show_parameters(verified: Verified, name: str) -> Mapping[str, Any] | None:
    """The fields with a button; the values once it is pressed."""
    with st.form(f"parameters-{name}", border=False):
        columns = st.columns([1] * min(len(verified.parameters), _ABREAST) + [0.6], vertical_alignment="bottom")
        values = {
            parameter.name: _field(columns[place % _ABREAST], parameter, name)
            for place, parameter in enumerate(verified.parameters)
        }
        applied = columns[-1].form_submit_button("Apply", key=f"apply-{name}", width="stretch")
    return values if applied else None


def _field(column: Any, parameter: Parameter, name: str) -> Any:
    label, key = plain(parameter.label), f"parameter-{parameter.name}-{name}"
    if parameter.type == "choice" and parameter.choices:
        return column.selectbox(label, _with(parameter.choices, parameter.value), index=_place(parameter), key=key)
    if parameter.type == "period":
        choices = _with(parameter.choices, parameter.value)
        return column.selectbox(
            label,
            choices,
            index=choices.index(str(parameter.value)),
            accept_new_options=True,
            help="Or type one: 2026, May 2026, Q1 2026, last 12 hours, between 2026-01-01 and 2026-03-31",
            key=key,
        )
    if parameter.type == "whole":
        return _whole(column, parameter, label, key)
    return column.text_input(label, value=one_line(parameter.value), max_chars=200, key=key)


def _whole(column: Any, parameter: Parameter, label: str, key: str) -> int:
    lowest = None if parameter.minimum is None else int(parameter.minimum)
    highest = None if parameter.maximum is None else int(parameter.maximum)
    value = int(parameter.value or 0)
    number: int = column.number_input(
        label,
        min_value=lowest,
        max_value=highest,
        value=min(max(value, lowest if lowest is not None else value), highest if highest is not None else value),
        step=1,
        key=key,
    )
    return number


def _with(choices: tuple[str, ...], value: object) -> list[str]:
    """The choices, the present one among them."""
    return list(choices) if str(value) in choices else [str(value), *choices]


def _place(parameter: Parameter) -> int:
    return _with(parameter.choices, parameter.value).index(str(parameter.value))
