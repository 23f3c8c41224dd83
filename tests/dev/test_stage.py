"""What is staged for an archive: complete, nothing else, and the same again from the same sources."""

import hashlib
from pathlib import Path

import pytest

from dev import stage


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every operation, staged by the command."""
    into = tmp_path_factory.mktemp("build")
    assert stage.main(["--into", str(into)]) == 0
    return into


def test_the_same_sources_give_the_same_folder(staged: Path, tmp_path: Path) -> None:
    """Names, contents, modes and times agree, whatever was in the folder before."""
    (tmp_path / "place_bid").mkdir()
    (tmp_path / "place_bid" / "left_over.py").write_text("")

    stage.stage("place_bid", into=tmp_path)

    assert fingerprint(tmp_path / "place_bid") == fingerprint(staged / "place_bid")
    assert {path.stat().st_mtime for path in (tmp_path / "place_bid").rglob("*")} == {315_532_800}


def test_a_folder_holds_the_product_and_nothing_else(staged: Path) -> None:
    """main.py, requirements.txt, and common/ with its migrations, views and questions; no caches, tests or tools."""
    names = {path.relative_to(staged / "place_bid").as_posix() for path in (staged / "place_bid").rglob("*")}
    files = {name for name in names if "." in name}

    assert {"main.py", "requirements.txt", "common/store/migrations/0001_market.sql"} <= files
    assert {"common/nl/semantic.yaml", "common/nl/verified/bidding.yaml"} <= files
    assert all(name.startswith("common/") for name in files - {"main.py", "requirements.txt"})
    assert {Path(name).suffix for name in files} == {".py", ".sql", ".txt", ".yaml"}
    assert not any("__pycache__" in name for name in names)


def test_every_data_file_of_the_product_is_staged(staged: Path) -> None:
    """A new kind of file in common/ that only works from the repository would fail in the cloud alone."""
    kept = {path.relative_to(stage.ROOT).as_posix() for path in (stage.ROOT / "common").rglob("*") if path.is_file()}
    wanted = {name for name in kept if not name.endswith((".pyc", ".md"))}

    assert {path.relative_to(staged / "get_listing").as_posix() for path in (staged / "get_listing").rglob("*.*")} == {
        *wanted,
        "main.py",
        "requirements.txt",
    }


def test_an_operation_that_does_not_exist_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence, and a status that stops a script."""
    assert stage.main(["place_bids"]) == 1

    assert "there is no operation 'place_bids'" in capsys.readouterr().err


def fingerprint(folder: Path) -> list[tuple[str, int, int, str]]:
    """Everything an archive of the folder would hold."""
    return [
        (
            path.relative_to(folder).as_posix(),
            path.stat().st_mode,
            int(path.stat().st_mtime),
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in sorted(folder.rglob("*"))
    ]
