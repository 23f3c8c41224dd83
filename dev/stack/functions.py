"""Each function as a functions-framework process of its own, as in production."""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dev.stack import ports
from dev.stack.issuer import DASHBOARD_ACCOUNT, IAP_AUDIENCE, SCHEDULER_ACCOUNT, SERVICE_AUDIENCE
from dev.stack.process import Program, running
from dev.stack.settings import PROJECT, ROOT

FUNCTIONS = ROOT / "functions"
ANALYST = "analyst@example.com"
"""Who asks on a laptop, and may review answers there."""
FOR_ANALYSTS = frozenset({"nl_query", "nl_feedback", "nl_questions"})
"""The operations behind the analysts' app: no other one gets their database account or the model's key."""
_FOR_ANALYSTS_ALONE = ("REPORTING_", "OPENAI_")


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionProcess:
    """A running function."""

    operation: str
    url: str
    pid: int
    log: Path


@contextmanager
def function_process(
    operation: str, env: Mapping[str, str], *, directory: Path = FUNCTIONS, log: Path | None = None
) -> Iterator[FunctionProcess]:
    """A function that answers at `url`, under the framework's own command line; stopped at the end.

    Args:
        operation: the folder in `directory` and the function in its main.py.
        env: settings on top of this process's environment (see `function_environment`).
        directory: where the folders of functions lie.
        log: its output; by default a file that lasts as long as the function.

    Raises:
        StartFailed: it does not start; the message has the end of its log.
    """
    with tempfile.TemporaryDirectory(prefix="gavel-function-") as folder:
        file = log or Path(folder) / f"{operation}.log"
        program = function_program(operation, env, port=ports.free_port(), directory=directory, log=file)
        with running(program) as child:
            url = f"http://{ports.HOST}:{program.port}"
            yield FunctionProcess(operation=operation, url=url, pid=child.process.pid, log=file)


def function_environment(
    *,
    database: Mapping[str, str],
    issuer: str,
    emulator: str | None,
    site: str = "http://127.0.0.1:8080",
    project: str = PROJECT,
) -> dict[str, str]:
    """The settings of a function on one machine.

    Args:
        database: the DB_* and REPORTING_* variables (`DatabaseServer.environment()`).
        issuer: the base URL of the local token issuer.
        emulator: host:port of the Firestore emulator, None to run without the mirror.
        site: the base URL of the site, for the pages that explain problems.
        project: the project id.
    """
    env = {
        **database,
        "GOOGLE_CLOUD_PROJECT": project,
        "LOCAL_ISSUER": issuer,
        "SERVICE_AUDIENCE": SERVICE_AUDIENCE,
        "SCHEDULER_ACCOUNT": SCHEDULER_ACCOUNT,
        "DASHBOARD_ACCOUNT": DASHBOARD_ACCOUNT,
        "IAP_AUDIENCE": IAP_AUDIENCE,
        "SITE_URL": site,
        "MIRROR": "firestore" if emulator else "off",
    }
    return env | {"FIRESTORE_EMULATOR_HOST": emulator} if emulator else env


def function_defaults(operation: str) -> dict[str, str]:
    """What stands below a function's other settings: those who ask a model wait longer than those who bid."""
    return {"NL_REVIEWERS": ANALYST, "REQUEST_SECONDS": "25"} if operation in FOR_ANALYSTS else {}


def function_program(
    operation: str, env: Mapping[str, str], *, port: int, directory: Path = FUNCTIONS, log: Path
) -> Program:
    """The framework's command line for one function, its settings laid over this process's environment.

    What only the functions for analysts may know is withheld from the others, even where the shell has it. It is
    ready when it answers at all: a refusal is an answer.
    """
    command = [
        *(sys.executable, "-m", "functions_framework"),
        *("--target", operation),
        *("--source", str(directory / operation / "main.py")),
        *("--host", ports.HOST),
        *("--port", str(port)),
    ]
    framework = {"PYTHONPATH": str(ROOT), "LOG_EXECUTION_ID": "false", "CLOUD_RUN_TIMEOUT_SECONDS": "30"}
    settings = {**os.environ, **framework, **env}
    withheld = () if operation in FOR_ANALYSTS else _FOR_ANALYSTS_ALONE
    return Program(
        name=operation,
        command=command,
        log=log,
        ready=lambda: ports.http_status(f"{ports.HOST}:{port}", method="OPTIONS") is not None,
        env={name: value for name, value in settings.items() if not name.startswith(withheld)},
        port=port,
        grace_seconds=12,
    )
