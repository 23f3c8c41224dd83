"""`python -m dev.guard`: verdicts on a file's statements."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dev.guard import main
from dev.guard_fuzz import Splicer
from dev.stack.settings import ROOT


def judge(path: Path) -> tuple[int, list[dict[str, object]], list[str]]:
    """The exit status, the verdicts, and the lines of complaint."""
    out, err = io.StringIO(), io.StringIO()
    status = main([str(path)], out, err)
    return status, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue().splitlines()


def test_each_statement_has_its_verdict(tmp_path: Path) -> None:
    """With what would run, or why nothing would; ids come back as they are."""
    file = tmp_path / "statements.jsonl"
    file.write_text('{"id": "a", "sql": "SELECT 1"}\n\n{"id": 2, "sql": "DROP TABLE users", "must": "reject"}\n')

    status, verdicts, complaints = judge(file)

    assert verdicts == [
        {"id": "a", "verdict": "accept", "code": None, "sql": "SELECT 1 LIMIT 1001"},
        {"id": 2, "verdict": "reject", "code": "not_a_select", "sql": None},
    ]
    assert (status, complaints) == (0, [])


@pytest.mark.parametrize(
    "line", [b"{", b"[]", b'{"id": 1}', b'{"sql": "SELECT 1"}', b'{"id": 1, "sql": 7}', b"\xff", b"[" * 100_000]
)
def test_a_strange_line_is_named_and_costs_no_other(line: bytes, tmp_path: Path) -> None:
    """By its number, with exit status 1."""
    file = tmp_path / "statements.jsonl"
    file.write_bytes(b'{"id": 1, "sql": "SELECT 1"}\n' + line + b'\n{"id": 3, "sql": "SELECT 3"}')

    status, verdicts, complaints = judge(file)

    assert status == 1
    assert [verdict["id"] for verdict in verdicts] == [1, 3]
    assert [f":{number}:" in complaint for number, complaint in zip([2], complaints, strict=True)] == [True]


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    """With exit status 2, as a call without a file."""
    assert judge(tmp_path / "none")[0] == 2
    assert main([], io.StringIO(), io.StringIO()) == 2


def test_it_runs_as_a_module(tmp_path: Path) -> None:
    """From the project's folder."""
    file = tmp_path / "statements.jsonl"
    file.write_text('{"id": 1, "sql": "SELECT 1"}\n')

    done = subprocess.run([sys.executable, "-m", "dev.guard", str(file)], cwd=ROOT, capture_output=True, check=True)

    assert json.loads(done.stdout)["verdict"] == "accept"


def test_a_seed_gives_the_same_texts_again() -> None:
    """So a finding can be had again; another seed gives others."""
    one, again, other = ([splicer.text() for _ in range(20)] for splicer in (Splicer(1), Splicer(1), Splicer(2)))

    assert one == again != other
