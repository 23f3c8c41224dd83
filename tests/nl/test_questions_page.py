"""docs/questions.md names every verified question, and none that is not there."""

import re

from common.nl.periods import USUAL
from common.nl.semantic import semantic_layer
from common.nl.verified import catalogue
from dev.stack.settings import ROOT

PAGE = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")


def test_the_page_lists_each_question_under_its_area() -> None:
    """In the order of the files, the slots in italics."""
    wanted: dict[str, list[str]] = {}
    for question in catalogue().questions:
        told = re.sub(r"\{([a-z_]+)\}", r"*\1*", question.question)
        wanted.setdefault(question.area.replace("_", " ").capitalize(), []).append(told)
    listed: dict[str, list[str]] = {}
    for heading, body in re.findall(r"^### (.+?)$(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL):
        listed[heading] = re.findall(r"^- (.*)$", body, re.MULTILINE)

    assert listed == wanted


def test_the_page_explains_the_words_of_the_glossary() -> None:
    """Each with the same meaning as the prompt has it."""
    for term in semantic_layer().glossary:
        assert f"| {term.term} | {term.meaning} |" in PAGE


def test_the_page_names_the_usual_periods_and_the_categories() -> None:
    """As they may be typed."""
    for word in (*USUAL, *semantic_layer().values["category"]):
        assert word in PAGE
