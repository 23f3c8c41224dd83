"""All checks, in the order in which one explains the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from common.config import SettingsError
from dev.doctor import analysts, clocks, database, functions, identity, market, rules, settings
from dev.doctor.finding import Check, Finding, Level, guarded
from dev.doctor.installation import Installation

_Look = Callable[[Installation], Iterator[Finding]]

_DATABASES: tuple[tuple[Check, _Look], ...] = (
    (database.MIGRATIONS, database.migrations),
    (database.GRANTS, database.grants),
    (analysts.GRANTS, analysts.grants),
    (analysts.VIEWS, analysts.views),
    (market.CLOSING, market.closing),
    (market.MIRROR, market.lag),
)
_OTHERS: tuple[tuple[Check, _Look], ...] = (
    (rules.CHECK, rules.look),
    (functions.CHECK, functions.look),
    (clocks.CHECK, clocks.look),
)


def examine(installation: Installation) -> Iterator[Finding]:
    """Every finding, as it is found. Without good settings nothing else is looked at; without a database, no table."""
    yield from settings.look(installation)
    if not _readable(installation):
        return
    yield from _safely(identity.CHECK, identity.look, installation)
    reached = [*database.reachable(installation)]
    yield from reached
    if all(finding.level is not Level.FAULT for finding in reached):
        for check, look in _DATABASES:
            yield from _safely(check, look, installation)
    for check, look in _OTHERS:
        yield from _safely(check, look, installation)


def _readable(installation: Installation) -> bool:
    try:
        _ = installation.settings
    except SettingsError:
        return False
    return True


def _safely(check: Check, look: _Look, installation: Installation) -> Iterator[Finding]:
    advice = "It could not be looked at: see the findings above, or run this from where the functions run."
    yield from guarded(check, advice, partial(look, installation))
