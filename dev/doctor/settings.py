"""Whether the settings are there, make sense, and fit each other."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from common.config import Settings, SettingsError
from dev.doctor.finding import UNREACHABLE, Check, Finding
from dev.doctor.installation import Installation

CHECK = Check("settings")
_LAPTOP = ("LOCAL_ISSUER", "FIRESTORE_EMULATOR_HOST", "FIREBASE_AUTH_EMULATOR_HOST")
_EMPTY = {
    "SERVICE_AUDIENCE": "No service's token fits: give each private function the audience that its callers name.",
    "SCHEDULER_ACCOUNT": "Nobody may close auctions: name the scheduler's service account.",
    "DASHBOARD_ACCOUNT": "No analyst may ask: name the dashboard's service account.",
    "IAP_AUDIENCE": "No analyst's assertion fits: name the audience of the dashboard's identity proxy.",
}


def look(installation: Installation) -> Iterator[Finding]:
    """One line for each setting that is wrong, or one that all are right."""
    try:
        settings = installation.settings
    except SettingsError as error:
        yield CHECK.fault(str(error), "Set it as .env.example says; nothing else was looked at.")
        return
    found = [*_missing(installation), *_contradictions(settings), *_for_a_laptop(installation), *_weak(installation)]
    yield from found or [CHECK.good(f"complete and consistent, project {settings.api.project}")]


def _missing(installation: Installation) -> Iterator[Finding]:
    for name, advice in _EMPTY.items():
        if not installation.env.get(name):
            yield CHECK.fault(f"{name} is empty", advice)


def _for_a_laptop(installation: Installation) -> Iterator[Finding]:
    if not installation.local:
        for name in _LAPTOP:
            if installation.env.get(name):
                yield CHECK.fault(f"{name} is set", "It is for a laptop: with it, anybody can be anyone. Take it away.")


def _contradictions(settings: Settings) -> Iterator[Finding]:
    if settings.reporting and settings.reporting.database.user == settings.database.user:
        advice = "Make a user of their own for analysts, without any right but reading the views."
        yield CHECK.fault("REPORTING_DB_USER is the functions' own user", advice)
    if settings.lanes.lanes > settings.database.pool_size:
        advice = "Give DB_POOL_SIZE at least one connection a lane, or lanes wait for each other."
        yield CHECK.fault(f"BID_LANES {settings.lanes.lanes} > DB_POOL_SIZE {settings.database.pool_size}", advice)
    accounts = (settings.auth.scheduler_account, settings.auth.dashboard_account)
    if accounts[0] and accounts[0] == accounts[1]:
        advice = "Give each an account of its own, or the dashboard may close auctions."
        yield CHECK.fault("SCHEDULER_ACCOUNT is DASHBOARD_ACCOUNT", advice)


def _weak(installation: Installation) -> Iterator[Finding]:
    settings, env = installation.settings, installation.env
    if settings.reporting is None:
        advice = "Analysts' questions are answered `unavailable` until it names their database user."
        yield CHECK.doubt("REPORTING_DB_USER is not set", advice)
    site = urlsplit(env.get("SITE_URL", ""))
    if not site.scheme or not site.netloc:
        advice = "Problems' `type` leads nowhere: give the site's address with its scheme."
        yield CHECK.doubt("SITE_URL is no address", advice)
    elif not installation.local:
        yield from _origins(f"{site.scheme}://{site.netloc}", installation)


def _origins(site: str, installation: Installation) -> Iterator[Finding]:
    """Pages of the site must be let in where they call another host than their own."""
    called = _called(site, installation)
    if called is None:
        yield CHECK.doubt(f"{site}/config.json does not say where pages call", "Deploy the site.")
    elif called != site and site not in installation.settings.api.allowed_origins:
        yield CHECK.fault(f"ALLOWED_ORIGINS lacks {site}", "Browsers keep the site's pages from the functions: add it.")


def _called(site: str, installation: Installation) -> str | None:
    """The origin that the site's pages call by their config.json: functions may have other addresses besides."""
    with installation.http() as http:
        try:
            base = http.get(f"{site}/config.json").raise_for_status().json()["api_base"]
            called = urlsplit(urljoin(site, base))
        except (*UNREACHABLE, AttributeError, KeyError, TypeError, ValueError):  # it is missing, or something else
            return None
    return f"{called.scheme}://{called.netloc}"
