"""Settings: each fails by its name, secrets do not print, a laptop's never reach Google Cloud; how functions start."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from common.config import AskingSettings, Settings, SettingsError
from dev.stack.settings import ROOT

PRODUCTION = {
    "K_SERVICE": "place-bid",
    "GOOGLE_CLOUD_PROJECT": "gavel-prod",
    "CLOUD_SQL_INSTANCE": "gavel-prod:europe-west1:gavel",
    "DB_USER": "functions@gavel-prod.iam",
    "SERVICE_AUDIENCE": "https://gavel.example",
    "SCHEDULER_ACCOUNT": "scheduler@gavel-prod.iam.gserviceaccount.com",
}
LAPTOP = {
    "GOOGLE_CLOUD_PROJECT": "demo-gavel",
    "DB_HOST": "127.0.0.1",
    "DB_USER": "app",
    "DB_PASSWORD": "hunter2hunter2",
    "LOCAL_ISSUER": "http://127.0.0.1:9/",
}
LAPTOP_ONLY = ("FIRESTORE_EMULATOR_HOST", "LOCAL_ISSUER", "FIREBASE_AUTH_EMULATOR_HOST", "CLOUD_SQL_ADMIN_API")
OPERATIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/main.py"))

IMPORT_ALL = """
import importlib.util, json, sys
outcomes = {}
for name in sys.argv[1:]:
    spec = importlib.util.spec_from_file_location("main", f"functions/{name}/main.py")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        outcomes[name] = "imported" if callable(getattr(module, name)) else "no entry point"
    except Exception as error:
        outcomes[name] = f"{type(error).__name__}: {error}"
print(json.dumps(outcomes))
"""


def imported(env: Mapping[str, str], *operations: str) -> dict[str, str]:
    """What importing each main.py gives in a process with this environment and no other."""
    command = [sys.executable, "-c", IMPORT_ALL, *(operations or OPERATIONS)]
    done = subprocess.run(
        command, env={"PYTHONPATH": str(ROOT), **env}, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    outcomes: dict[str, str] = json.loads(done.stdout)
    return outcomes


def test_production_needs_no_more_than_this() -> None:
    """Google's issuers, IAM instead of a password, the connector instead of a host."""
    settings = Settings.from_env(PRODUCTION)

    assert settings.auth.users.issuer == "https://securetoken.google.com/gavel-prod"
    assert settings.auth.users.audience == "gavel-prod"
    assert settings.auth.services.issuer == "https://accounts.google.com"
    assert settings.auth.users.keys_url.startswith("https://www.googleapis.com/")
    assert settings.database.cloud_sql_instance == PRODUCTION["CLOUD_SQL_INSTANCE"]
    assert settings.database.password is None
    assert settings.mirror.enabled


@pytest.mark.parametrize("name", ["GOOGLE_CLOUD_PROJECT", "DB_USER", "DB_HOST"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_setting_is_named(name: str, value: str | None) -> None:
    """Unset and empty alike."""
    env = {key: text for key, text in {**LAPTOP, name: value}.items() if text is not None}

    with pytest.raises(SettingsError, match=f"^{name} is not set$"):
        Settings.from_env(env)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("DB_PORT", "mysql"), ("DB_PORT", "-1"), ("DB_PORT", "33.06"), ("BID_LANES", "two"), ("THREADS", "1e3")),
        *(("MIRROR", "on"), ("MIRROR", "OFF"), ("REQUEST_SECONDS", "60"), ("REQUEST_SECONDS", "ten")),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: str) -> None:
    """At start, not at the first request that needs it."""
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({**LAPTOP, name: value})


def test_secrets_do_not_print() -> None:
    """A setting in a log must not be a password."""
    assert "hunter2" not in repr(Settings.from_env(LAPTOP))


def test_every_time_limit_is_shorter_than_the_one_around_it() -> None:
    """So the innermost gives up first and says why."""
    settings = Settings.from_env(LAPTOP)
    database = settings.database

    limits = [
        database.lock_wait_seconds,
        database.statement_seconds,
        database.network_seconds,
        settings.api.request_seconds,
        60,
    ]
    assert limits == sorted(set(limits))
    assert settings.mirror.answer_wait_seconds == 0.25


@pytest.mark.parametrize("name", LAPTOP_ONLY)
def test_a_laptops_setting_is_refused_on_google_cloud(name: str) -> None:
    """Though everything else is there; empty is as good as unset."""
    with pytest.raises(SettingsError, match=f"^{name} must not be set"):
        Settings.from_env({**PRODUCTION, name: "127.0.0.1:9"})

    Settings.from_env({**PRODUCTION, name: ""})


@pytest.mark.parametrize("name", LAPTOP_ONLY)
def test_no_function_can_be_imported_on_google_cloud_with_a_laptops_setting(name: str) -> None:
    """The import fails, so the instance never serves."""
    outcomes = imported({**PRODUCTION, name: "http://127.0.0.1:9"})

    refusal = f"SettingsError: {name} must not be set on Google Cloud (K_SERVICE is set)"
    assert outcomes == dict.fromkeys(OPERATIONS, refusal)


@pytest.mark.parametrize("env", [{}, PRODUCTION], ids=["nothing", "production"])
def test_every_function_can_be_imported(env: dict[str, str]) -> None:
    """Without any environment, and with production's: nothing is opened, read or asked for."""
    assert imported(env) == dict.fromkeys(OPERATIONS, "imported")


@pytest.mark.parametrize("name", LAPTOP_ONLY)
def test_the_process_of_a_refused_function_ends(name: str, tmp_path: Path) -> None:
    """Under the framework's own command line, with the reason in its log."""
    command = [sys.executable, "-m", "functions_framework", "--target", "place_bid", "--port", "0"]
    ours = {name: value for name, value in os.environ.items() if name not in LAPTOP_ONLY}
    env = {**ours, "K_SERVICE": "place-bid", name: "http://127.0.0.1:9", "PYTHONPATH": str(ROOT)}

    done = subprocess.run(
        [*command, "--source", str(ROOT / "functions" / "place_bid" / "main.py")],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode != 0
    assert f"{name} must not be set on Google Cloud" in done.stdout + done.stderr


def test_without_key_and_address_there_is_no_model() -> None:
    """An address alone is one, for servers that ask for no key."""
    assert not AskingSettings.from_env({}).has_model
    assert not AskingSettings.from_env({"OPENAI_MODEL": "gpt", "OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""}).has_model
    assert AskingSettings.from_env({"OPENAI_API_KEY": "sk-1"}).has_model
    assert AskingSettings.from_env({"OPENAI_BASE_URL": "http://127.0.0.1:11434/v1"}).has_model


def test_the_models_key_does_not_print() -> None:
    """Nor in the settings around it."""
    settings = AskingSettings.from_env({"OPENAI_API_KEY": "sk-secret"})

    assert settings.model_key == "sk-secret"
    assert "sk-secret" not in repr(settings)


@pytest.mark.parametrize("text", ["1,2", "1,2,3,4", "1,2,three", "1,2,-3", "1,2,NaN", "1;2;3"])
def test_prices_are_three_amounts(text: str) -> None:
    """Anything else would make costs up."""
    with pytest.raises(SettingsError, match="MODEL_PRICES"):
        AskingSettings.from_env({"MODEL_PRICES": text})


def test_reviewers_are_known_in_any_case() -> None:
    """And nobody is one where nobody is named."""
    assert AskingSettings.from_env({"NL_REVIEWERS": " Ann@Mail.Example, bob@mail.example ,"}).reviewers == {
        "ann@mail.example",
        "bob@mail.example",
    }
    assert AskingSettings.from_env({}).reviewers == frozenset()
