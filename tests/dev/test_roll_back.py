"""The way back of deploy.yml: the archives of the release before, made again from its commit, on what is there now."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from dev.stack.settings import ROOT

OURS = ("dev/__init__.py", "dev/archive.py", "dev/stage.py", ".github/roll_back.sh")
GIT = ("git", "-c", "user.name=nobody", "-c", "user.email=nobody@example.com")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two releases: the second has an operation more, one less, and another text in the third."""
    root = tmp_path / "repository"
    for name in OURS:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, root / name)
    (root / ".github" / "smoke.sh").write_text("echo smoke >> called\n")
    (root / ".gitignore").write_text("build/\ncalled\n")
    write(root, bids="1", leaves="1")
    run(root, *GIT, "init", "-q")
    commit(root)
    (root / "before").write_text(run(root, "git", "rev-parse", "HEAD"))
    shutil.rmtree(root / "functions" / "leaves")
    write(root, bids="2", comes="2")
    commit(root)
    (root / "build").mkdir()
    (root / "build" / "archives.json").write_text(run(root, "python3", "-m", "dev.archive"))
    return root


def test_the_release_before_runs_again(repository: Path, tmp_path: Path) -> None:
    """Its archives, for the operations that there are now, its app, and then an auction on it."""
    previous = (repository / "before").read_text().strip()
    now = json.loads((repository / "build" / "archives.json").read_text())

    done = roll_back(repository, tmp_path, release=f"printf {previous}")

    assert done.returncode == 0, done.stderr
    applied, smoke = (repository / "called").read_text().splitlines()
    assert smoke == "smoke"
    archives, image = (part.removeprefix("-var=") for part in json.loads(applied) if part.startswith("-var="))
    chosen = json.loads(archives.removeprefix("archives="))
    assert chosen.keys() == {"bids", "comes"}
    assert chosen["comes"] == now["comes"]
    assert chosen["bids"] != now["bids"]
    assert all((repository / "terraform" / file).resolve().is_file() for file in chosen.values())
    assert image == f"dashboard_image=registry/dashboard:{previous}"
    assert previous in done.stdout
    assert run(repository, "git", "worktree", "list").count("\n") == 1


def test_the_first_release_has_none_before_it(repository: Path, tmp_path: Path) -> None:
    """It says so, and changes nothing."""
    done = roll_back(repository, tmp_path, release="exit 1")

    assert done.returncode == 1
    assert "nothing to go back to" in done.stdout
    assert not (repository / "called").exists()


def roll_back(root: Path, folder: Path, *, release: str) -> subprocess.CompletedProcess[str]:
    """Run it, where gcloud gives this release and Terraform writes down what it is asked."""
    commands = {
        "gcloud": release,
        "terraform": """python3 -c 'import json, sys; print(json.dumps(sys.argv[1:]))' "$@" >> called""",
    }
    for name, script in commands.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    env = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "ENVIRONMENT": "dev",
        "GITHUB_SHA": "now",
        "IMAGES": "registry",
        "RELEASE": "gs://state/releases/current",
    }
    command = ["sh", ".github/roll_back.sh"]
    return subprocess.run(command, cwd=root, env=env, check=False, capture_output=True, text=True)


def write(root: Path, **operations: str) -> None:
    """Each operation as small as it can be archived."""
    for operation, text in operations.items():
        folder = root / "functions" / operation
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "main.py").write_text(text)
        (folder / "requirements.txt").write_text("")
    (root / "terraform").mkdir(exist_ok=True)


def commit(root: Path) -> None:
    """Everything that is there."""
    run(root, "git", "add", "-A")
    run(root, *GIT, "commit", "-q", "-m", "A release")


def run(root: Path, *command: str) -> str:
    """What a command says."""
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
