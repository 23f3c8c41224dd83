"""The analysts' app: Streamlit on a port of its own, talking to the functions through the gateway."""

import os
import sys
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from dev.stack import ports
from dev.stack.functions import ANALYST
from dev.stack.process import Program
from dev.stack.settings import ROOT

APP = ROOT / "web" / "dashboard" / "app.py"
# What a person's shell or `.env` may hold and an app that only speaks HTTP has no use for.
_SECRETS = ("OPENAI_", "DB_", "REPORTING_")


def dashboard_program(*, gateway: str, port: int, log: Path, env: Mapping[str, str] | None = None) -> Program:
    """Streamlit's command line for the app.

    Args:
        gateway: the stack's address; the functions are under /api, sign-in is at /dev/analyst.
        port: where it will listen, on the loopback interface.
        log: its output.
        env: laid over this process's environment.
    """
    command = [
        *(sys.executable, "-m", "streamlit", "run", str(APP)),
        *("--server.address", ports.HOST),
        *("--server.port", str(port)),
        *("--server.headless", "true"),
        *("--browser.gatherUsageStats", "false"),
    ]
    around = {name: value for name, value in {**os.environ, **(env or {})}.items() if not name.startswith(_SECRETS)}
    ours = {"GAVEL_API": f"{gateway}/api", "GAVEL_SIGN_IN": f"{gateway}/dev/analyst"}
    return Program(
        name="dashboard",
        command=command,
        log=log,
        ready=lambda: ports.http_status(f"{ports.HOST}:{port}", "/_stcore/health") == HTTPStatus.OK,
        env={"GAVEL_ANALYST": ANALYST, **around, **ours},
        port=port,
    )
