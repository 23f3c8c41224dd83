"""Documentation that a caller follows from a problem: every code is explained, on the site and in docs/api.md."""

import re

import pytest

from common.api.problems import STATUS
from dev.stack.settings import ROOT


@pytest.mark.parametrize("code", STATUS)
def test_every_code_has_a_heading_in_the_api_page(code: str) -> None:
    """With its status nearby."""
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")

    headings = re.findall(r"^#+ .*$", page, re.MULTILINE)

    assert [heading for heading in headings if re.search(rf"\b{code}\b", heading)]


@pytest.mark.parametrize("code", STATUS)
def test_every_problems_type_opens_an_explanation_with_its_status(code: str) -> None:
    """The anchor that `type` names, on the page that it names."""
    page = (ROOT / "web" / "site" / "src" / "problems.html").read_text(encoding="utf-8")

    heading = re.search(rf'id="{code}"[^>]*>(.*?)</h', page, re.DOTALL)

    assert heading
    assert str(STATUS[code].value) in heading[1]


@pytest.mark.parametrize("code", STATUS)
def test_every_code_has_a_test(code: str) -> None:
    """Over HTTP: some test of tests/functions expects it."""
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "functions").glob("*.py"))

    assert f'"{code}"' in tests
