"""Whether analysts read the views, all of them, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from common.deadline import Deadline
from common.store.failed import QueryFailed
from common.store.grants import UnsafeGrants
from common.store.migrate import view_names
from common.store.reporting import Reporting
from dev.doctor.finding import Check, Finding
from dev.doctor.installation import Installation

GRANTS = Check("analysts' grants")
VIEWS = Check("analysts' views")


def grants(installation: Installation) -> Iterator[Finding]:
    """Whether the analysts' user may do exactly what `common.store.grants` says."""
    settings = installation.settings.reporting
    if settings is None:
        return
    user = settings.database.user
    try:
        Reporting(settings).check()
    except UnsafeGrants as unsafe:
        advice = "Revoke what is too much; `python -m dev.migrate` with REPORTING_DB_USER grants what is missing."
        yield GRANTS.fault(f"{user}: {unsafe}", advice)
    except QueryFailed as failed:
        advice = f"May {user} sign in to {settings.database.name}? If not, analysts' questions are not answered."
        yield GRANTS.fault(f"{user} cannot ask ({failed.code})", advice)
    else:
        yield GRANTS.good(f"{user} may read {len(view_names())} views, nothing else")


def views(installation: Installation) -> Iterator[Finding]:
    """Whether every view is there and can still be read: a table may have changed under it."""
    settings = installation.settings.reporting
    if settings is None:
        return
    reporting, broken = Reporting(settings), []
    for view in view_names():
        try:
            reporting.run(f"SELECT * FROM {view} LIMIT 0", deadline=Deadline.after(settings.seconds))  # noqa: S608 - our own names
        except QueryFailed:
            broken.append(view)
    if broken:
        advice = "Run `python -m dev.migrate`: it defines every view anew."
        yield VIEWS.fault(f"cannot be read: {', '.join(broken)}", advice)
    else:
        yield VIEWS.good(f"all can be read: {', '.join(view_names())}")
