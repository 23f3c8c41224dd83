"""The grammar of wordings: what it stands for, and what it refuses."""

from collections.abc import Iterator

import pytest

from common.nl.wording import OneOf, Place, SlotPlace, expand, matches, needed, parse


def reads(wording: str, text: str) -> list[dict[str, object]]:
    """The values with which a whole text is the wording; slots read one word of digits."""
    words = text.split()

    def read(name: str, place: int) -> Iterator[Place]:
        if place < len(words) and words[place].isdigit():
            yield int(words[place]), place + 1

    return [dict(values) for end, values in matches(parse(wording), words, 0, read, {}) if end == len(words)]


def test_a_wording_is_parsed_into_words_slots_and_choices() -> None:
    """An optional part is a choice with an empty branch."""
    assert parse("top {n} (a|b c) [d] {m=1}") == (
        "top",
        SlotPlace("n", None),
        OneOf((("a",), ("b", "c"))),
        OneOf((("d",), ())),
        SlotPlace("m", "1"),
    )


@pytest.mark.parametrize("wrong", ["(a", "a)", "[a)", "a]", "a | b", "{N}", "{n=}", "{a b}"])
def test_a_wrong_wording_is_refused(wrong: str) -> None:
    """Brackets close, alternatives stand in brackets, slots have names."""
    with pytest.raises(ValueError, match=r"Not a|bracket"):
        parse(wrong)


def test_a_wording_expands_to_all_its_texts() -> None:
    """In order, the optional part first present and then missing; nothing else."""
    assert list(expand("(x|y [z]) {n} {m=1}")) == ["x {n} {m=1}", "y z {n} {m=1}", "y {n} {m=1}"]


@pytest.mark.parametrize(
    ("wording", "text", "values"),
    [
        ("top {n} lots", "top 5 lots", [{"n": 5}]),
        ("top {n} lots", "top five lots", []),
        ("top {n} lots", "top 5 lots now", []),
        ("top {n} lots", "top 5", []),
        ("[top] {n} lots", "5 lots", [{"n": 5}]),
        ("(which|the) lot {n=1}", "which lot", [{"n": "1"}]),
        ("(a|a b) [b] c", "a b c", [{}, {}]),
        ("lots", "", []),
    ],
)
def test_a_text_is_a_wording_only_as_a_whole(wording: str, text: str, values: list[dict[str, object]]) -> None:
    """Each way of reading it is found."""
    assert reads(wording, text) == values


def test_the_words_needed_stand_in_every_text_of_a_wording() -> None:
    """Those in brackets may be missing."""
    wording = "top {n} (lots|sales) by [number of] bids"

    assert needed(parse(wording)) == {"top", "by", "bids"}
    assert all(needed(parse(wording)) <= set(text.split()) for text in expand(wording))
