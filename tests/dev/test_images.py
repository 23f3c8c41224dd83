"""The two images, as far as they can be proved without an engine: what is copied and installed is enough to run."""

import os
import subprocess
from http import HTTPStatus
from pathlib import Path

import pytest

from common.store.migrate import FILES
from dev.stack import ports
from dev.stack.database import DatabaseServer
from dev.stack.process import Program, running
from tests.dev.dockerfiles import ROOT, build, sent

DASHBOARD = ROOT / "web" / "dashboard" / "Dockerfile"
MIGRATE = ROOT / "dev" / "migrate.Dockerfile"


def test_the_migrations_image_migrates(database: DatabaseServer, tmp_path: Path) -> None:
    """With nothing but what the image holds, as the account that may alter the schema; what it may not, it says."""
    image = build(MIGRATE, tmp_path)
    env = {
        "PATH": f"{image.scripts}:{os.defpath}",
        "DB_HOST": database.host,
        "DB_PORT": str(database.port),
        "DB_NAME": database.schema,
        "DB_USER": database.migrate.user,
        "DB_PASSWORD": database.migrate.password,
    }

    done, refused, unset = (
        subprocess.run(image.command, cwd=image.app, env=given, check=False, capture_output=True, text=True)
        for given in (env, env | {"DB_PASSWORD": "another"}, {"PATH": env["PATH"]})
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert (refused.returncode, unset.returncode) == (1, 1)
    assert refused.stderr.startswith("migrate: the database refuses: ")
    assert unset.stderr == "migrate: DB_USER is not set\n"
    inside = {path.name for path in (image.app / "common" / "store" / "migrations").iterdir()}
    assert inside >= {path.name for path in FILES.glob("*.sql")}


def test_the_analysts_image_serves_the_app(tmp_path: Path) -> None:
    """At the port that Cloud Run says, with its packages and its settings, and every module of it can be imported."""
    image = build(DASHBOARD, tmp_path)
    port = ports.free_port()
    env = {
        "PATH": f"{image.scripts}:{os.defpath}",
        "HOME": str(tmp_path),
        "PORT": str(port),
        "GAVEL_API": "https://{function}.example.com",
        "GAVEL_AUDIENCE": "https://{function}.example.com",
    }
    shell, flag, script = image.command
    program = Program(
        name="dashboard",
        command=[shell, flag, f'cd "{image.app}" && {script}'],
        log=tmp_path / "log",
        ready=lambda: ports.http_status(f"127.0.0.1:{port}", "/_stcore/health") == HTTPStatus.OK,
        env=env,
        port=port,
    )
    with running(program):
        assert (
            ports.http_status(f"127.0.0.1:{port}", "/app/static/app.css") == HTTPStatus.OK
        )  # by .streamlit's settings

    modules = " ".join(f"analysts.{path.stem}" for path in (image.app / "analysts").glob("[a-z]*.py"))
    load = f"import importlib; [importlib.import_module(name) for name in {modules!r}.split()]"
    subprocess.run([image.scripts / "python", "-W", "ignore", "-c", load], cwd=image.app, env=env, check=True)


@pytest.mark.parametrize("dockerfile", [DASHBOARD, MIGRATE], ids=["analysts", "migrations"])
def test_a_builder_gets_what_is_copied_and_no_secrets(dockerfile: Path) -> None:
    """Neither settings of a person's own, nor what Python left behind."""
    names = {str(name) for name, _ in sent(dockerfile)}

    assert names
    assert not {name for name in names if "secrets" in Path(name).name or name.endswith(".pyc") or ".env" in name}
    allowed = {"common", "dev", "functions", "web", "constraints.txt"}
    assert {name.partition("/")[0] for name in names} <= allowed
    assert not names & {".env", "web/dashboard/README.md", "functions/place_bid/main.py"}
