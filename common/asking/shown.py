"""Parts of an answer as they are told to the app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from common.nl.charts import ChartWish, choose_chart
from common.nl.model import Usage
from common.nl.verified import Rendered
from common.store.reporting import ResultTable


def shown_chart(table: ResultTable, wish: ChartWish | None) -> Mapping[str, Any]:
    """The picture that fits the rows, as data."""
    return asdict(choose_chart(table.columns, table.rows, wish))


def shown_verified(rendered: Rendered | None) -> Mapping[str, Any] | None:
    """Which verified question answered, and with which values."""
    if rendered is None:
        return None
    return {
        "id": rendered.id,
        "question": rendered.question,
        "parameters": list(rendered.parameters),
        "reviewed": rendered.reviewed,
    }


def shown_usage(usage: Usage | None) -> Mapping[str, Any] | None:
    """Tokens and dollars; None where the model's server does not say."""
    if usage is None:
        return None
    cost = None if usage.cost is None else str(usage.cost)
    return {"in": usage.tokens_in, "cached": usage.tokens_cached, "out": usage.tokens_out, "cost": cost}
