"""How analysts' questions are answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from common.config.environment import SettingsError, integer


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingSettings:
    """Analysts' questions: the language model, if there is one, who reviews, and how many questions one may ask."""

    model_url: str | None
    model_key: str | None = field(repr=False)
    model: str
    model_seconds: int
    model_prices: tuple[Decimal, ...] | None
    reviewers: frozenset[str]
    questions_per_minute: int
    keep_seconds: int

    @property
    def has_model(self) -> bool:
        """Whether free questions can be answered."""
        return bool(self.model_key or self.model_url)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> AskingSettings:
        """OPENAI_BASE_URL, _API_KEY, _MODEL; MODEL_SECONDS, _PRICES; NL_REVIEWERS, NL_... as in .env.example.

        Prices are dollars per million tokens: in, cached, out. Reviewers are e-mail addresses.
        """
        return cls(
            model_url=env.get("OPENAI_BASE_URL") or None,
            model_key=env.get("OPENAI_API_KEY") or None,
            model=env.get("OPENAI_MODEL") or "gpt-5.4-mini",
            model_seconds=integer(env, "MODEL_SECONDS", 20),
            model_prices=_prices(env.get("MODEL_PRICES", "")),
            reviewers=frozenset(e.strip().lower() for e in env.get("NL_REVIEWERS", "").split(",") if e.strip()),
            questions_per_minute=integer(env, "NL_QUESTIONS_PER_MINUTE", 120),
            keep_seconds=integer(env, "NL_KEEP_SECONDS", 60),
        )


def _prices(text: str) -> tuple[Decimal, ...] | None:
    """Three prices in dollars, None when none are told.

    >>> _prices("0.25, 0.025, 2"), _prices("")
    ((Decimal('0.25'), Decimal('0.025'), Decimal('2')), None)
    """
    if not text:
        return None
    try:
        prices = tuple(Decimal(part.strip()) for part in text.split(","))
    except InvalidOperation:
        prices = ()
    if len(prices) != 3 or not all(price.is_finite() and price >= 0 for price in prices):  # noqa: PLR2004 - in, cached, out
        raise SettingsError("MODEL_PRICES must be three amounts of dollars per million tokens: in, cached, out")
    return prices
