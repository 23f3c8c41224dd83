"""A Dockerfile carried out without an engine: its COPY, RUN pip and CMD in a folder and a fresh environment.

Everything else of it (the base image, users, ENV) is the engine's, but no instruction that is not known here passes
unseen. What is copied goes through the file's own .dockerignore, as the builder gets it.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
_OF_THE_ENGINE = {"FROM", "ENV", "WORKDIR", "USER", "EXPOSE"}


@dataclass(frozen=True)
class Image:
    """What a Dockerfile made.

    Args:
        files: the image's root.
        app: its working folder in there.
        scripts: the environment's programs.
        command: what CMD says.
    """

    files: Path
    app: Path
    scripts: Path
    command: list[str]


def build(dockerfile: Path, into: Path) -> Image:
    """Carry it out; what it downloads comes from pip's cache where that is warm."""
    environment = into / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    context = dict(sent(dockerfile))
    image = Image(into / "image", into / "image" / "app", environment / "bin", [])
    for instruction, rest in instructions(dockerfile):
        if instruction == "COPY":
            *names, target = rest.split()
            for name in names:
                _copy(context, name, target, image)
        elif instruction == "RUN" and rest.startswith("pip install "):
            _pip(rest, image)
        elif instruction == "CMD":
            image.command.extend(json.loads(rest))
        elif instruction not in _OF_THE_ENGINE and not rest.startswith("useradd "):
            raise ValueError(f"{dockerfile.name}: {instruction} {rest} is not known here")
    return image


def instructions(dockerfile: Path) -> Iterator[tuple[str, str]]:
    """Each with what follows it."""
    for line in dockerfile.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            instruction, _, rest = line.partition(" ")
            yield instruction, rest.strip()


def sent(dockerfile: Path, root: Path = ROOT) -> Iterator[tuple[PurePosixPath, Path]]:
    """What the builder gets of the repository: the name there, and the file."""
    rules = [
        (line.startswith("!"), _pattern(line.removeprefix("!")))
        for line in dockerfile.with_name(f"{dockerfile.name}.dockerignore").read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    for folder in {Path(name).parts[0] for name in ("common", "dev", "functions", "web", "constraints.txt")}:
        for path in [root / folder, *(root / folder).rglob("*")]:
            name = PurePosixPath(path.relative_to(root).as_posix())
            if path.is_file() and "node_modules" not in name.parts and _kept(name, rules):
                yield name, path


def _kept(name: PurePosixPath, rules: list[tuple[bool, re.Pattern[str]]]) -> bool:
    """The last rule that names it or a folder above it decides."""
    above = [str(name), *(str(folder) for folder in name.parents if folder.name)]
    kept = True
    for keeps, pattern in rules:
        if any(pattern.fullmatch(each) for each in above):
            kept = keeps
    return kept


def _pattern(glob: str) -> re.Pattern[str]:
    """As Docker reads it: ** is any number of folders, * and ? stay within one."""
    text = re.escape(glob.strip("/")).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
    return re.compile(text)


def _copy(context: dict[PurePosixPath, Path], source: str, target: str, image: Image) -> None:
    """One source: a file, or the content of a folder."""
    named = PurePosixPath(source)
    found = {name: path for name, path in context.items() if name == named or named in name.parents}
    if not found:
        raise ValueError(f"COPY {source}: nothing of that name is sent to the builder")
    base = image.files if target.startswith("/") else image.app
    for name, path in found.items():
        inside = name.name if name == named else str(name.relative_to(named))
        to = base / target.lstrip("/") / inside if target.endswith("/") else base / target.lstrip("/")
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)


def _pip(line: str, image: Image) -> None:
    _, *arguments = shlex.split(line)
    moved = [str(image.files / part.lstrip("/")) if part.startswith("/") else part for part in arguments]
    pip = [sys.executable, "-m", "pip", "--python", str(image.scripts / "python"), "-qq", "--disable-pip-version-check"]
    around = {name: value for name, value in os.environ.items() if name != "PIP_NO_CACHE_DIR"}
    subprocess.run([*pip, *moved, "--no-compile"], check=True, env=around)
