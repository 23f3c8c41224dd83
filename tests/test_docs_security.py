"""SECURITY.md says which tests hold each of its lines; they must exist, and every line of the table must have one."""

import ast
import re
from collections import Counter

import pytest

from dev.stack.settings import ROOT

PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(test_\w+)`", PAGE)))


def lines_of_the_table() -> list[str]:
    """The rows under «Who tries what», without its head."""
    section = PAGE.partition("\n## Who tries what\n")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("| ")][1:]


def defined_tests() -> Counter[str]:
    """How often each test's name is defined below tests/."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "tests").rglob("test_*.py"))
    defined = (node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef))
    return Counter(name for name in defined if name.startswith("test_"))


DEFINED = defined_tests()


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_the_page_names_exists(name: str) -> None:
    """Once, so that a reader finds the right one."""
    assert DEFINED[name] == 1


@pytest.mark.parametrize("line", lines_of_the_table(), ids=lambda line: line[:60])
def test_every_line_of_the_table_names_a_test(line: str) -> None:
    """In its last column; the others say who, what and what comes of it."""
    *said, tests = (cell.strip() for cell in line.strip("|").split(" | "))

    assert len(said) == 3
    assert all(said)
    assert re.fullmatch(r"`test_\w+`( `test_\w+`)*", tests.rstrip(" |"))


def test_every_kind_of_caller_has_a_line() -> None:
    """The table is not allowed to shrink to what is convenient."""
    callers = {line.split(" | ")[0].strip("| ") for line in lines_of_the_table()}

    assert {"nobody", "a user", "another user", "the scheduler", "the dashboard", "a forger"} <= callers
    assert [caller for caller in callers if "expired" in caller]
    assert [caller for caller in callers if "replays" in caller]
