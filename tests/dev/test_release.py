"""The functions of a release are kept as they were: all they need, nothing else, the same bytes each time."""

import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from dev import release

AS_SOMEBODY = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Somebody"), ("EMAIL", "somebody@example.com"), ("DATE", "2026-05-01T12:00:00Z"))
}
SOURCES = {
    "common/store/bids.py": "BIDS = 1\n",
    "common/store/migrations/0001_a.sql": "SELECT 1;\n",
    "functions/place_bid/main.py": "import common\n",
    "functions/place_bid/requirements.txt": "a==1\n",
    "tests/test_a.py": "assert True\n",
    "README.md": "A house.\n",
}
WANTED = ["common/store/bids.py", "common/store/migrations/0001_a.sql", "functions/place_bid/main.py"]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A project with one release, v1, and changes after it."""
    root = tmp_path / "project"
    for name, text in SOURCES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--no-gpg-sign", "--message=All of it")
    git(root, "tag", "v1")
    (root / "common" / "store" / "bids.py").write_text("BIDS = 2\n")
    return root


def git(root: Path, *command: str) -> str:
    """What git says, whatever its user's settings are."""
    env = {**os.environ, **AS_SOMEBODY, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(["git", "-C", str(root), *command], env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_release_is_unpacked_as_it_was(repository: Path, tmp_path: Path) -> None:
    """What its functions run from, of the tag and not of the folder; and which commit that was."""
    kept = tmp_path / "kept" / "previous.tar.xz"

    release.keep("v1", into=kept, root=repository)
    release.unpack(tmp_path / "out", kept=kept)

    files = sorted(path for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert [path.relative_to(tmp_path / "out").as_posix() for path in files] == ["RELEASE", *WANTED]
    assert (tmp_path / "out" / "common" / "store" / "bids.py").read_text() == "BIDS = 1\n"
    assert release.about(kept) == f"{git(repository, 'rev-parse', 'v1')} 2026-05-01"


def test_the_same_commit_gives_the_same_archive(repository: Path, tmp_path: Path) -> None:
    """By whatever name it is called and whoever does it."""
    one, two = tmp_path / "one", tmp_path / "two"
    release.keep("v1", into=one, root=repository)
    release.keep("HEAD", into=two, root=repository)

    assert one.read_bytes() == two.read_bytes()
    with tarfile.open(one) as archive:
        assert {(member.uid, member.gid, member.uname, member.mtime) for member in archive} == {(0, 0, "", 0)}


def test_what_is_no_release_is_not_kept(repository: Path, tmp_path: Path) -> None:
    """An unknown name, and a commit without functions; nothing is written."""
    git(repository, "rm", "--quiet", "-r", "functions")
    git(repository, "commit", "--quiet", "--no-gpg-sign", "--message=No functions")

    for commit, why in (("v2", "v2"), ("HEAD", "has no functions")):
        with pytest.raises(release.NotKept, match=why):
            release.keep(commit, into=tmp_path / "kept", root=repository)

    assert not (tmp_path / "kept").exists()


def test_the_command_says_what_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """A commit and its day; the archive of the checkout itself can be read."""
    assert release.main(["show"]) == 0

    commit, day = capsys.readouterr().out.split()
    assert len(commit) == 40
    assert day[:2] == "20"
    assert release.main(["keep", "no-such-release"]) == 1
    assert "no-such-release" in capsys.readouterr().err
