"""The examples in the app's docstrings."""

import doctest
import importlib

import pytest

from tests.dashboard.conftest import DASHBOARD

MODULES = sorted(path.stem for path in (DASHBOARD / "analysts").glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    """As pytest checks those of the functions: the app's folder is on no path of theirs."""
    failed, _ = doctest.testmod(importlib.import_module(f"analysts.{name}"))

    assert failed == 0


def test_there_are_examples() -> None:
    """Else the test above would hold nothing."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [example for name in MODULES for example in finder.find(importlib.import_module(f"analysts.{name}"))]

    assert sum(len(example.examples) for example in found) > 15
