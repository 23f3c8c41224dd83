"""What Dependabot watches: every folder that pins versions, and those that pin the same ones together."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dev.stack.settings import ROOT

PASSED_OVER = {"build", "dist", "functions", "node_modules"}
"""Folders of what is built or installed, and of locks that `python -m dev.lock` writes."""


@pytest.mark.parametrize(
    ("ecosystem", "pattern"),
    [
        ("pip", "requirements*.txt"),
        ("npm", "package-lock.json"),
        ("docker", "*Dockerfile"),
        ("terraform", "versions.tf"),
    ],
)
def test_every_pinned_version_is_watched(ecosystem: str, pattern: str) -> None:
    """In one entry each, so that folders which pin the same thing are brought up to date together."""
    update = update_of(ecosystem)
    watched = {folder for given in update["directories"] for folder in ROOT.parent.glob(ROOT.name + given)}

    assert watched == {file.parent for file in files(pattern)}


@pytest.mark.parametrize("ecosystem", ["pip", "terraform"])
def test_what_folders_have_in_common_changes_at_once(ecosystem: str) -> None:
    """Every update is in a group: one for a single folder would contradict the others."""
    groups = update_of(ecosystem)["groups"].values()
    kinds = {kind for group in groups for kind in group.get("update-types", ["major", "minor", "patch"])}

    assert all(group["patterns"] == ["*"] for group in groups)
    assert kinds == {"major", "minor", "patch"}


def update_of(ecosystem: str) -> dict[str, Any]:
    """The one entry of a kind of packages."""
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))["updates"]
    (update,) = [update for update in updates if update["package-ecosystem"] == ecosystem]
    return dict(update)


def files(pattern: str) -> Iterator[Path]:
    """Files of that name which people keep up to date."""
    for folder, names, _ in os.walk(ROOT):
        names[:] = [name for name in names if name == ".github" or not (name.startswith(".") or name in PASSED_OVER)]
        yield from Path(folder).glob(pattern)
