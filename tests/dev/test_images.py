"""The two images, as far as they can be proved without an engine: what is copied and installed is enough to run."""

import json
import os
import subprocess
from http import HTTPStatus
from pathlib import Path

import pytest

from common.store.migrate import FILES
from dev.stack import ports
from dev.stack.database import DatabaseServer
from dev.stack.process import Program, running
from tests.dev.dockerfiles import ROOT, Image, build, sent

DASHBOARD = ROOT / "web" / "dashboard" / "Dockerfile"
MIGRATE = ROOT / "dev" / "migrate.Dockerfile"


@pytest.fixture(scope="module")
def migrations(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image that migrates."""
    return build(MIGRATE, tmp_path_factory.mktemp("migrations"))


def inside(image: Image, database: DatabaseServer) -> dict[str, str]:
    """The variables of a job in the image, as the account that may alter the schema."""
    return {
        "PATH": f"{image.scripts}:{os.defpath}",
        "DB_HOST": database.host,
        "DB_PORT": str(database.port),
        "DB_NAME": database.schema,
        "DB_USER": database.migrate.user,
        "DB_PASSWORD": database.migrate.password,
    }


def test_the_migrations_image_migrates(migrations: Image, database: DatabaseServer) -> None:
    """With nothing but what the image holds, as the account that may alter the schema; what it may not, it says."""
    image, env = migrations, inside(migrations, database)

    done, refused, unset = (
        subprocess.run(image.command, cwd=image.app, env=given, check=False, capture_output=True, text=True)
        for given in (env, env | {"DB_PASSWORD": "another"}, {"PATH": env["PATH"]})
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert (refused.returncode, unset.returncode) == (1, 1)
    assert refused.stderr.startswith("migrate: the database refuses: ")
    assert unset.stderr == "migrate: DB_USER is not set\n"
    held = {path.name for path in (image.app / "common" / "store" / "migrations").iterdir()}
    assert held >= {path.name for path in FILES.glob("*.sql")}


@pytest.mark.parametrize("tool", ["dev.audit", "dev.doctor"])
def test_the_audit_and_the_doctor_start_in_the_migrations_image(migrations: Image, tool: str) -> None:
    """All that they import is there."""
    done = job(migrations, {"PATH": f"{migrations.scripts}:{os.defpath}"}, "-m", tool, "--help")

    assert (done.returncode, done.stderr) == (0, "")
    assert f"usage: python -m {tool}" in done.stdout


def test_the_audit_in_the_migrations_image_reads_the_database(migrations: Image, database: DatabaseServer) -> None:
    """It comes to its end; what other tests have left there may disagree."""
    done = job(migrations, inside(migrations, database), "-m", "dev.audit")

    assert (done.returncode in (0, 1), done.stderr) == (True, "")
    assert json.loads(done.stdout.splitlines()[-1]).keys() == {"listings", "bids", "disagreements", "newest_bid"}


def test_the_doctor_in_the_migrations_image_looks_at_all(migrations: Image, database: DatabaseServer) -> None:
    """At the database, and at every operation, whose functions' folders are not in there."""
    env = inside(migrations, database) | {
        "DOCTOR_FUNCTIONS": json.dumps({"get_listing": f"http://{ports.HOST}:{ports.free_port()}"}),
        "GOOGLE_CLOUD_PROJECT": "demo-gavel",
        "LOCAL_ISSUER": f"http://{ports.HOST}:{ports.free_port()}",  # so that nothing is asked of Google
        "MIRROR": "off",
    }

    done = job(migrations, env, "-m", "dev.doctor", "--deployed", "--json")

    assert (done.returncode, done.stderr) == (1, "")
    findings = json.loads(done.stdout)
    good = {finding["check"] for finding in findings if finding["level"] == "good"}
    assert {"database", "migrations"} <= good
    assert "closing" in {finding["check"] for finding in findings}  # others may have left auctions overdue
    without = {finding["said"].split()[0] for finding in findings if finding["said"].endswith("has no address")}
    assert without == {path.parent.name for path in (ROOT / "functions").glob("*/main.py")} - {"get_listing"}


def job(image: Image, env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """What comes of a job that runs Python in the image."""
    return subprocess.run(["python", *arguments], cwd=image.app, env=env, check=False, capture_output=True, text=True)


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
    assert not names & {".env", "web/dashboard/README.md", "functions/place_bid/main.py", "dev/seed/plan.py"}
