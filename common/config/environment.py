"""Reading one variable of the environment."""

from __future__ import annotations

from collections.abc import Mapping


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it."""


def required(env: Mapping[str, str], name: str) -> str:
    """A variable without which nothing works.

    Raises:
        SettingsError: it is not set.
    """
    value = env.get(name)
    if not value:
        raise SettingsError(f"{name} is not set")
    return value


def integer(env: Mapping[str, str], name: str, default: int, *, lowest: int = 0) -> int:
    """A whole number.

    Raises:
        SettingsError: it is none, or too low.
    """
    text = env.get(name) or str(default)
    if not text.isdecimal():
        raise SettingsError(f"{name} must be a whole number, not {text!r}")
    if int(text) < lowest:
        raise SettingsError(f"{name} must be at least {lowest}")
    return int(text)
