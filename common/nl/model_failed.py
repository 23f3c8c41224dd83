"""Why a model gave no plan, as an operator can act on it; and when it is worth to ask again."""

from __future__ import annotations

import email.utils
import math
from collections.abc import Mapping

from common.nl.completion import Usage

_BUSY = frozenset({429, 503, 529})
_LATE = frozenset({408, 504})
_FAILING = 500
_REJECTED = {
    301: "The model's server has moved; set OPENAI_BASE_URL to its new address.",
    401: "The model's server does not accept the key.",
    403: "The model's server does not permit this to the key.",
    404: "The model's server knows no such model or address.",
    413: "The question with its context is too long for the model's server.",
}
_BY_CODE = {
    "content_filter": ("model_refused", "The model's server refused to answer this."),
    "insufficient_quota": ("model_rejected", "The account of the model's key has no credit left."),
}
_REJECTED |= dict.fromkeys((302, 303, 307, 308), _REJECTED[301])


class ModelFailed(Exception):  # noqa: N818 - as the project names its refusals: what went wrong
    """The model gave no plan: `code` is stable, `hint` a sentence of ours, `usage` what it cost all the same."""

    def __init__(self, code: str, hint: str, usage: Usage | None = None) -> None:
        super().__init__(f"{code}: {hint}")
        self.code = code
        self.hint = hint
        self.usage = usage


def late() -> ModelFailed:
    """The failure of all waits."""
    return ModelFailed("model_timeout", "The model did not answer in time.")


def of_status(status: int, code: str | None) -> ModelFailed:
    """What an answer of this status means; `code` is the server's own and only compared, never told."""
    by_code = _BY_CODE.get(code or "")
    if by_code:
        return ModelFailed(*by_code)
    if status in _BUSY:
        return ModelFailed("model_busy", "The model's server has too much to do; try again in a while.")
    if status in _LATE:
        return late()
    if status >= _FAILING:
        return ModelFailed("model_unreachable", f"The model's server failed (status {status}).")
    hint = _REJECTED.get(status, f"The model's server does not accept the request (status {status}).")
    return ModelFailed("model_rejected", hint)


def may_pass(status: int, code: str | None) -> bool:
    """Whether the same request may be answered in a moment."""
    return code not in _BY_CODE and (status in _BUSY or status in _LATE or status >= _FAILING)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait as the server asks for: retry-after-ms, or Retry-After in seconds or as a date. Never negative.

    >>> retry_after({"retry-after": "2.5"}, 0.0), retry_after({"retry-after": "soon"}, 0.0)
    (2.5, None)
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        told = headers.get(name)
        if told is None:
            continue
        try:
            seconds = float(told) * unit
        except ValueError:
            seconds = _date(told) - now
        if not math.isnan(seconds):
            return max(seconds, 0.0)
    return None


def _date(told: str) -> float:
    try:
        return email.utils.parsedate_to_datetime(told).timestamp()
    except ValueError:
        return math.nan
