"""How a question is read: as text that can be compared, and as folded words in which only the meaning is left.

`normalise` keeps every word. `fold` goes further, for verified questions alone: it forgets politeness and articles,
writes numbers as digits, and gives one name to what semantic.yaml lists under `synonyms`. Nothing else is made equal:
no stemming, no spelling, no likeness.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from common.nl.semantic import semantic_layer
from common.nl.wording import expand

_ENDINGS = " .?!"
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "‑": "-", "\u00ad": ""})
_AROUND = "\"'`()[]{}<>.,;:!?"
_DATE_LIKE = re.compile(r"\d{4}-(?:\d{2}(?:-\d{2})?|q[1-4])", re.ASCII)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%", re.ASCII)
_SPAN = re.compile(r"(\d+)(h|hr|hrs|d|min|mins)", re.ASCII)
_SPANS = {"h": "hours", "hr": "hours", "hrs": "hours", "d": "days", "min": "minutes", "mins": "minutes"}
_PARTS = re.compile(r"[^\s\-/,;:&+]+|[&+]")
_SPOKEN = {
    "what's": "what is", "who's": "who is", "that's": "that is", "it's": "it is", "how's": "how is",
    "where's": "where is", "i'd": "i would", "don't": "do not", "doesn't": "does not", "didn't": "did not",
    "haven't": "have not", "hasn't": "has not", "weren't": "were not", "wasn't": "was not", "aren't": "are not",
    "isn't": "is not", "can't": "cannot", "won't": "will not", "&": "and",
}  # fmt: skip
_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBERS: Mapping[str, int] = {
    **{word: number for number, word in enumerate(_UNITS.split())},
    **{word: 10 * number for number, word in enumerate(_TENS.split(), 2)},
}
_FACTORS: Mapping[str, int] = {"hundred": 100, "thousand": 1000}
_ARTICLES = frozenset({"the", "a", "an", "our", "please"})


class Word(NamedTuple):
    """A folded word; `raw` is the run of characters that it was typed in, the `chunk`-th of the question."""

    text: str
    raw: str
    chunk: int


def normalise(text: str) -> str:
    """The question in lower case, with single spaces and compatible characters, without its closing marks.

    >>> normalise("  Top\\u00a0５ listings   by bids?! ")
    'top 5 listings by bids'
    """
    return " ".join(unicodedata.normalize("NFKC", text).lower().split()).rstrip(_ENDINGS)


def fold(text: str) -> tuple[Word, ...]:
    """The question's words, as verified questions compare them.

    >>> " ".join(word.text for word in fold("Please show me the top five auctions by number of bids!"))
    'top 5 listings by how many bids'
    """
    words = _numbers([word for word in _spoken(text) if word.text != "please"])
    return tuple(_one_phrase(_one_name(_without_opening(words))))


def _spoken(text: str) -> Iterator[Word]:
    """The words as they were typed, in lower case, the short forms written out."""
    cleaned = unicodedata.normalize("NFKC", text.translate(_QUOTES))
    for chunk, typed in enumerate(cleaned.split()):
        raw = typed.strip(_AROUND)
        for part in _parts(raw.lower()):
            yield Word(part, raw, chunk)


def _parts(chunk: str) -> Iterator[str]:
    """The words of one run of characters."""
    if chunk.isalpha() and chunk.isascii():  # nearly always
        yield chunk
    elif _DATE_LIKE.fullmatch(chunk) or _NUMBER.fullmatch(chunk):
        yield chunk
    elif _THOUSANDS.fullmatch(chunk):
        yield chunk.replace(",", "")
    elif percent := _PERCENT.fullmatch(chunk):
        yield from (percent[1], "percent")
    elif span := _SPAN.fullmatch(chunk):
        yield from (span[1], _SPANS[span[2]])
    else:
        for part in _PARTS.findall(chunk):
            plain = part.strip(_AROUND)
            if plain in _SPOKEN:
                yield from _SPOKEN[plain].split()
            elif plain:
                yield plain.removesuffix("'s")


def _numbers(words: Sequence[Word]) -> list[Word]:
    """Numbers in words as digits: "twenty five", "two hundred"; "a dozen" too."""
    found: list[Word] = []
    place = 0
    while place < len(words):
        word = words[place]
        number = 12 if word.text == "dozen" else _NUMBERS.get(word.text)
        following = words[place + 1].text if place + 1 < len(words) else ""
        if number is not None and number >= 20 and 0 < _NUMBERS.get(following, 0) < 10:
            number, place = number + _NUMBERS[following], place + 1
            following = words[place + 1].text if place + 1 < len(words) else ""
        if number is not None and following in _FACTORS:
            number, place = number * _FACTORS[following], place + 1
        found.append(word if number is None else word._replace(text=str(number)))
        place += 1
    return found


def _without_opening(words: list[Word]) -> list[Word]:
    """The words after "show me", "what are the" and the like, however many of them there are."""
    openings = _openings()
    while words:
        cut = next((n for n in openings.get(words[0].text, ()) if _opens(words, n)), 0)
        if not cut or cut == len(words):
            break
        words = words[cut:]
    return words


def _opens(words: Sequence[Word], count: int) -> bool:
    return " ".join(word.text for word in words[:count]) in semantic_layer().openings


@functools.cache
def _openings() -> Mapping[str, tuple[int, ...]]:
    """How many words the openings have that begin with a word, the longest first."""
    lengths: dict[str, set[int]] = {}
    for opening in semantic_layer().openings:
        first, *rest = opening.split()
        lengths.setdefault(first, set()).add(1 + len(rest))
    return {first: tuple(sorted(counts, reverse=True)) for first, counts in lengths.items()}


def _one_name(words: Sequence[Word]) -> list[Word]:
    """The words with one name for each thing, and without articles."""
    names, _ = _synonyms()
    texts = [word.text for word in words]
    return [
        word if names.get(word.text) is None else word._replace(text=names[word.text])
        for place, word in enumerate(words)
        if word.text not in _ARTICLES or _tells_apart(texts, place)
    ]


def _one_phrase(words: Sequence[Word]) -> list[Word]:
    """The words with one phrase for several."""
    _, phrases = _synonyms()
    texts = [word.text for word in words]
    found: list[Word] = []
    place = 0
    while place < len(words):
        for source, target in phrases.get(texts[place], ()):
            if tuple(texts[place : place + len(source)]) == source:
                found.extend(words[place]._replace(text=text) for text in target)
                place += len(source)
                break
        else:
            found.append(words[place])
            place += 1
    return found


_Phrases = Mapping[str, Sequence[tuple[tuple[str, ...], tuple[str, ...]]]]


@functools.cache
def _synonyms() -> tuple[Mapping[str, str], _Phrases]:
    """Names of single words; and of phrases, by their first word, the longest first."""
    names: dict[str, str] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for name, others in semantic_layer().synonyms.items():
        for source in (tuple(plain.split()) for other in others for plain in expand(other)):
            if len(source) == 1 and " " not in name:
                names[source[0]] = name
            else:
                phrases.setdefault(source[0], []).append((source, tuple(name.split())))
    for known in phrases.values():
        known.sort(key=lambda phrase: -len(phrase[0]))
    return names, phrases


def _tells_apart(texts: Sequence[str], place: int) -> bool:
    """Whether the article matters: "the last month" may be thirty days, "last month" is the one before this.

    >>> _tells_apart(["in", "the", "last", "month"], 1), _tells_apart(["the", "last", "30", "days"], 0)
    (True, False)
    """
    after = texts[place + 1 : place + 3]
    return len(after) == 2 and after[0] in ("last", "past") and not after[1].isdigit() and texts[place] == "the"
