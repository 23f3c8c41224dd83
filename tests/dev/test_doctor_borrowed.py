"""What a job is told so that the doctor looks at an installation from beside its functions."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from dev.stack.settings import ROOT

ADDRESSES = {"place_bid": "https://place-bid.example", "get_listing": "https://get-listing.example"}


def service(**variables: str) -> dict[str, Any]:
    """A service as gcloud describes it, with a secret among its variables."""
    env: list[dict[str, Any]] = [{"name": name, "value": value} for name, value in variables.items()]
    env.append({"name": "OPENAI_API_KEY", "valueFrom": {"secretKeyRef": {"key": "1", "name": "openai-api-key"}}})
    return {"kind": "Service", "spec": {"template": {"spec": {"containers": [{"env": env}]}}}}


def job(**variables: str) -> dict[str, Any]:
    """A job: what a service has stands in the template of its tasks."""
    return {"kind": "Job", "spec": {"template": {"spec": service(**variables)["spec"]}}}


def borrowed(text: str) -> subprocess.CompletedProcess[str]:
    """The command, by a Python without any packages."""
    command = [sys.executable, "-S", "-m", "dev.doctor.borrowed"]
    return subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, check=False)


def test_the_job_is_told_what_functions_and_migrations_are() -> None:
    """It looks at the functions' settings, as the user who migrates."""
    described = [
        ADDRESSES,
        service(DB_USER="nl-query", SITE_URL="https://shop.example", EMPTY=""),
        job(DB_USER="migrate", FUNCTION_DB_USERS="get-listing,place-bid"),
    ]

    done = borrowed("\n".join(json.dumps(each, indent=1) for each in described))

    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert json.loads(told.pop("DOCTOR_FUNCTIONS")) == ADDRESSES
    assert told == {
        "DB_USER": "migrate",
        "FUNCTION_DB_USERS": "get-listing,place-bid",
        "SITE_URL": "https://shop.example",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "wants addresses, a service and a job, not 0 JSON texts"),
        (json.dumps(ADDRESSES), "not 1 JSON texts"),
        (json.dumps(ADDRESSES) + "{} {}", "a description has no container: ask gcloud for --format=json"),
        ("apiVersion: run.googleapis.com/v1", "Expecting value"),
    ],
)
def test_what_is_not_described_is_refused(text: str, said: str) -> None:
    """In one line, and nothing is written."""
    done = borrowed(text)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("borrowed: ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
