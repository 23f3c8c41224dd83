"""A page for every alert, and no page without one: whoever is woken has something to open."""

import re
from pathlib import Path

import pytest

from dev.stack.settings import ROOT
from tests.terraform.filters import MONITORING

RUNBOOKS = ROOT / "docs" / "runbooks"
PAGES = sorted(path for path in RUNBOOKS.glob("*.md") if path.name != "README.md")
WITHOUT_LINK = {"budget"}
"""A budget's mail has no room for a link; its page is found by its name."""

SECTIONS = ["What it means", "Look", "Do", "Over when", "Afterwards"]


def text_of(path: Path) -> str:
    """A file's text."""
    return path.read_text(encoding="utf-8")


def test_every_alert_has_its_page_and_every_page_its_alert() -> None:
    """By the name that the alert's documentation links."""
    terraform = "".join(text_of(path) for path in sorted(MONITORING.glob("*.tf")))

    linked = set(re.findall(r'\brunbook\s*=\s*"([a-z-]+)"', terraform))

    assert len(linked) >= 10
    assert {page.stem for page in PAGES} == linked | WITHOUT_LINK


def test_every_policy_links_a_page() -> None:
    """Each block that makes alerts names the folder and a runbook."""
    terraform = "".join(text_of(path) for path in sorted(MONITORING.glob("*.tf")))

    policies = re.findall(r'^resource "google_monitoring_alert_policy" .*?^\}', terraform, re.MULTILINE | re.DOTALL)

    assert len(policies) >= 4
    assert [
        policy for policy in policies if not re.search(r"\$\{var\.runbooks_url\}/\$\{.*runbook\}\.md", policy)
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_says_what_to_look_at_what_to_do_and_when_it_is_over(page: Path) -> None:
    """The same five sections in the same order, each with something in it."""
    text = text_of(page)

    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    parts = re.split(r"^## .*$", text, flags=re.MULTILINE)

    assert re.match(r"# \S", text)
    assert headings == SECTIONS
    assert all(part.strip() for part in parts)


@pytest.mark.parametrize("page", [*PAGES, RUNBOOKS / "README.md"], ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    """To files of the repository that exist."""
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", text_of(page))

    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_index_has_every_page() -> None:
    """Once each."""
    listed = re.findall(r"\]\(([a-z-]+)\.md\)", text_of(RUNBOOKS / "README.md"))

    assert sorted(listed) == [page.stem for page in PAGES]
