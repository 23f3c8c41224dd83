"""The layout, kept by a test: what a deployment holds, how long code may be, which names say nothing."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.stack.settings import ROOT

MODULE_LINES = 300
FUNCTION_LINES = 50
NOT_OURS = {".git", ".venv", ".local", "build", "dist", "node_modules", "test-results", ".terraform"}
SAYS_NOTHING = {"util", "utils", "helper", "helpers", "base", "misc", "manager", "managers", "common_utils"}
TEXT = {".py", ".md", ".sh", ".sql", ".toml", ".txt", ".js", ".html", ".css", ".yml", ".yaml", ".tf", ".rules", ".json"}
OPERATIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/main.py"))
REMINDER = re.compile("TO" + r"DO|FIX" + r"ME|X{3}\b")


def our_files() -> Iterator[Path]:
    """Every file of the project, as far as it is written by hand."""
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in below if name not in NOT_OURS and not name.endswith("cache") and name[:2] != "__"]
        yield from (Path(folder) / name for name in names)


def modules_of(*folders: str) -> list[Path]:
    """The Python modules below these folders."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    """A path as reports have it."""
    return str(path.relative_to(ROOT))


def imports_of(path: Path) -> Iterator[str]:
    """The modules that a module imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names))


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How long a function is, its docstring with the examples in it not counted."""
    first, last = function.lineno, function.end_lineno or function.lineno
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        first += (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return last - first + 1


def test_there_are_functions() -> None:
    """One folder for each operation of common/operations that has a `run`."""
    operations = {
        path.stem
        for path in (ROOT / "common" / "operations").glob("*.py")
        if any(getattr(node, "name", "") == "run" for node in ast.parse(path.read_text(encoding="utf-8")).body)
    }

    assert set(OPERATIONS) == operations
    assert len(OPERATIONS) >= 6


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_function_is_two_files(operation: str) -> None:
    """A third one would be importable by its bare name, beside every other function's."""
    held = {path.name for path in (ROOT / "functions" / operation).iterdir() if path.name != "__pycache__"}

    assert held == {"main.py", "requirements.txt"}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_functions_entry_point_is_named_as_its_folder(operation: str) -> None:
    """And is all there is in main.py beside imports."""
    module = ast.parse((ROOT / "functions" / operation / "main.py").read_text(encoding="utf-8"))

    docstring, *rest = module.body
    definitions = [node for node in rest if not isinstance(node, ast.Import | ast.ImportFrom)]

    assert isinstance(docstring, ast.Expr)
    assert [getattr(node, "name", None) for node in definitions] == [operation]
    (entry_point,) = definitions
    assert isinstance(entry_point, ast.AsyncFunctionDef)
    assert [ast.unparse(decorator) for decorator in entry_point.decorator_list] == ["functions_framework.aio.http"]


@pytest.mark.parametrize("path", modules_of("common", "functions", "dev"), ids=name_of)
def test_code_fits_its_measure(path: Path) -> None:
    """A module 300 lines, a function 50; usually far less."""
    text = path.read_text(encoding="utf-8")
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]

    assert len(text.splitlines()) <= MODULE_LINES
    assert {node.name: lines_of(node) for node in functions if lines_of(node) > FUNCTION_LINES} == {}


def test_names_say_what_is_inside() -> None:
    """No module or folder is a drawer for everything."""
    modules = [path for path in our_files() if path.suffix in (".py", ".js", ".tf")]
    empty = [name_of(path) for path in modules if SAYS_NOTHING & {*path.relative_to(ROOT).parts, path.stem}]

    assert empty == []


def test_nothing_is_left_for_later_in_the_text() -> None:
    """What is to be done is an issue; a reminder in the code is read by nobody."""
    found = [
        f"{name_of(path)}:{number}"
        for path in our_files()
        if path.suffix in TEXT and path.name not in ("package-lock.json", Path(__file__).name)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if REMINDER.search(line)
    ]

    assert found == []


def test_no_test_stands_in_for_another_system() -> None:
    """Databases, emulators and servers in tests are real; no mock library is imported."""
    mocking = re.compile(
        r"^\s*(from|import)\s+(unittest\.mock|mock|pytest_mock|responses|respx|freezegun)\b", re.MULTILINE
    )
    found = [name_of(path) for path in modules_of("tests") if mocking.search(path.read_text(encoding="utf-8"))]

    assert found == []
