"""python -m dev.doctor: look at an installation and say what to do about each finding.

Without arguments it looks at the local stack of this GAVEL_HOME. With --deployed it reads the functions' own settings
from the environment, so give it what they have: the same DB_*, CLOUD_SQL_INSTANCE, REPORTING_*, GOOGLE_CLOUD_PROJECT,
SERVICE_AUDIENCE, … (.env.example); DOCTOR_TOKEN may hold somebody's ID token, to be tried at the door, and
DOCTOR_FUNCTIONS the text of the file of --functions. Run as the account that migrates, it looks at the grants of all
whom FUNCTION_DB_USERS names; as a function's, at its own. Who may not reach the database runs it as a job beside the
functions (docs/operations.md).

Exit status: 0 nothing is wrong (doubts, marked !, do not count), 1 something is.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from dev.doctor.examination import examine
from dev.doctor.finding import Finding, Level
from dev.doctor.installation import Installation, NothingThere, deployed, local
from dev.stack.settings import SettingError, StackSettings, environment


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m dev.doctor", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--deployed", action="store_true", help="look at what the environment describes")
    parser.add_argument("--api", default=os.environ.get("GAVEL_API"), help="base URL of the deployed functions")
    parser.add_argument("--functions", type=Path, help="JSON file: the address of each deployed operation")
    parser.add_argument("--json", action="store_true", help="one JSON array instead of lines")
    given = parser.parse_args(arguments)
    try:
        installation = _installation(given)
    except (NothingThere, SettingError) as nothing:
        findings = [Finding(check="installation", level=Level.FAULT, said="not found", advice=str(nothing))]
    else:
        findings = []
        for finding in examine(installation):
            findings.append(finding)
            if not given.json:
                print(line(finding), flush=True)
    if given.json:
        print(json.dumps([asdict(finding) | {"level": finding.level.name.lower()} for finding in findings], indent=1))
    elif findings[0].check == "installation":
        print(line(findings[0]))
    return 1 if any(finding.level is Level.FAULT for finding in findings) else 0


def line(finding: Finding) -> str:
    """A finding as it is printed.

    >>> line(Finding(check="clocks", level=Level.FAULT, said="they differ", advice="Set them."))
    '✗ clocks: they differ. Set them.'
    """
    return f"{finding.level} {finding.check}: {finding.said}." + (f" {finding.advice}" if finding.advice else "")


def _installation(given: argparse.Namespace) -> Installation:
    if given.deployed:
        return deployed(os.environ, api=given.api, functions=given.functions)
    env = environment()
    return local(StackSettings.from_env(env), env)


if __name__ == "__main__":
    sys.exit(main())
