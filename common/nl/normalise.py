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

ID_LIKE = re.compile(r"(?=.*[\dA-Z_])[A-Za-z0-9_-]{11}", re.ASCII)
"""What looks like a listing's id."""
_ENDINGS = " .?!"
_QUOTES = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019", "'"),
        **dict.fromkeys("\u201c\u201d", '"'),
        **dict.fromkeys("\u2010\u2011\u2013\u2014\u2212", "-"),
        "\u00ad": "",
    }
)
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
    "dozen": 12,
}
_WITH_UNITS = frozenset(_TENS.split())
_AFTER_TENS = frozenset(_UNITS.split()[1:10])
_FACTORS: Mapping[str, int] = {"hundred": 100, "thousand": 1000}
_CALENDAR = frozenset({"week", "month", "quarter", "year"})
_ARTICLES = frozenset({"the", "a", "an", "our", "please"})


class Word(NamedTuple):
    """A folded word; `raw` is the run of characters that it was typed in, the `chunk`-th of the question."""

    text: str
    raw: str
    chunk: int


def normalise(text: str) -> str:
    r"""The question in lower case, with single spaces and compatible characters, without its closing marks.

    >>> normalise("  Top\u00a0\uff15 listings   by bids?! ")
    'top 5 listings by bids'
    """
    return " ".join(unicodedata.normalize("NFKC", text).lower().split()).rstrip(_ENDINGS)


def same_question(text: str) -> str:
    """What two texts share that are one question: as `normalise`, but listings' ids keep their capitals.

    >>> same_question("Who won  kyTJteOtyec?"), same_question("WHO won kytjteotyec?")
    ('who won kyTJteOtyec', 'who won kytjteotyec')
    """
    words = unicodedata.normalize("NFKC", text).strip().rstrip(_ENDINGS).split()
    return " ".join(word if ID_LIKE.fullmatch(word) else word.lower() for word in words)


def fold(text: str) -> tuple[Word, ...]:
    """The question's words, as verified questions compare them.

    >>> " ".join(word.text for word in fold("Please show me the top five auctions by number of bids!"))
    'top 5 listings by how many bids'
    """
    words = list(_spoken(text))
    opening = _opening([word.text for word in words])
    texts, origins = _plain([word.text for word in words[opening:]])
    return tuple(words[opening + origin]._replace(text=told) for told, origin in zip(texts, origins, strict=True))


@functools.lru_cache(maxsize=8192)
def fold_part(text: str) -> tuple[str, ...]:
    """The words of a part of a wording, folded in the same way; nothing is taken for an opening."""
    texts, _ = _plain([part for chunk in text.lower().split() for part in _parts(chunk.strip(_AROUND))])
    return tuple(texts)


def _spoken(text: str) -> Iterator[Word]:
    """The words as they were typed, in lower case, the short forms written out."""
    cleaned = unicodedata.normalize("NFKC", text.translate(_QUOTES))
    for chunk, typed in enumerate(cleaned.split()):
        raw = typed.strip(_AROUND)
        for part in _parts(raw.lower()):
            yield Word(part, raw, chunk)


def _parts(chunk: str) -> Iterator[str]:
    """The words of one run of characters."""
    if (
        (chunk.isalpha() and chunk.isascii()) or _DATE_LIKE.fullmatch(chunk) or _NUMBER.fullmatch(chunk)
    ):  # nearly always
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


def _opening(texts: Sequence[str]) -> int:
    """How many words "show me", "what are the" and the like take up at the beginning, however many there are."""
    openings = _openings()
    begin = 0
    while begin < len(texts):
        told = openings.get(texts[begin], ())
        cut = next((len(one) for one in told if tuple(texts[begin : begin + len(one)]) == one), 0)
        if not cut or begin + cut == len(texts):
            break
        begin += cut
    return begin


@functools.cache
def _openings() -> Mapping[str, Sequence[tuple[str, ...]]]:
    """The openings by their first word, the longest first."""
    openings: dict[str, list[tuple[str, ...]]] = {}
    for opening in sorted(semantic_layer().openings, key=len, reverse=True):
        words = tuple(opening.split())
        openings.setdefault(words[0], []).append(words)
    return openings


_Folded = tuple[list[str], list[int]]
"""Words, and for each the place of the one that it came from."""


def _plain(texts: list[str]) -> _Folded:
    """Numbers as digits, one name for each thing, no articles."""
    texts, origins = _numbers(texts)
    texts, kept = _one_name(texts)
    origins = [origins[place] for place in kept]
    texts, kept = _one_phrase(texts)
    return texts, [origins[place] for place in kept]


def _numbers(texts: list[str]) -> _Folded:
    """Numbers in words as digits: "twenty five", "two hundred"; "a dozen" too."""
    if _NUMBERS.keys().isdisjoint(texts):
        return texts, list(range(len(texts)))
    found: list[str] = []
    origins: list[int] = []
    place = 0
    while place < len(texts):
        origins.append(place)
        number = _NUMBERS.get(texts[place])
        following = texts[place + 1] if place + 1 < len(texts) else ""
        if number is not None and texts[place] in _WITH_UNITS and following in _AFTER_TENS:
            number, place = number + _NUMBERS[following], place + 1
        if number is not None and place + 1 < len(texts) and texts[place + 1] in _FACTORS:
            number, place = number * _FACTORS[texts[place + 1]], place + 1
        found.append(texts[place] if number is None else str(number))
        place += 1
    return found, origins


def _one_name(texts: list[str]) -> _Folded:
    """One name for each thing, and no articles."""
    names, _ = _synonyms()
    found: list[str] = []
    origins: list[int] = []
    for place, text in enumerate(texts):
        if text not in _ARTICLES or _tells_apart(texts, place):
            found.append(names.get(text, text))
            origins.append(place)
    return found, origins


def _one_phrase(texts: list[str]) -> _Folded:
    """One phrase for several."""
    _, phrases = _synonyms()
    found: list[str] = []
    origins: list[int] = []
    place = 0
    while place < len(texts):
        text = texts[place]
        width = 1
        target: tuple[str, ...] = (text,)
        for source, name in phrases.get(text, ()):
            if tuple(texts[place : place + len(source)]) == source:
                width, target = len(source), name
                break
        found.extend(target)
        origins.extend([place] * len(target))
        place += width
    return found, origins


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
    before_calendar = "".join(texts[place + 2 : place + 3]) in _CALENDAR
    return before_calendar and texts[place] == "the" and texts[place + 1] in ("last", "past")
