"""A question of the stand-in's script with what a good model would answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Query:
    """A question and what a good model would answer to it."""

    question: str
    sql: str
    explanation: str
    chart: Mapping[str, Any] | None = None
    assumptions: Sequence[str] = ()


def bars(x: str, y: str) -> Mapping[str, Any]:
    """Bars over a category."""
    return {"type": "bar", "x": x, "y": [y], "series": None}


def line(x: str, y: str, series: str | None = None) -> Mapping[str, Any]:
    """A line over time."""
    return {"type": "line", "x": x, "y": [y], "series": series}
