"""Which texts are alike, by the words and runs of letters that they share. Good enough to offer, never to answer.

TF-IDF with the standard library. "Not met" is more like "met" than any paraphrase of it is (near-misses are the most
alike of all), so nothing that is found here may be run unasked.
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from common.nl.normalise import fold
from common.nl.semantic import semantic_layer

_GRAMMAR = re.compile(r"\{[^{}]*\}|[()\[\]|]")
_RUNS = (3, 4, 5)
_WORD_WEIGHT = 3.0
"""A shared word says more than a shared run of letters, of which a word has many."""
_LEAST = 0.05
_SAYS_LITTLE = frozenset(
    [
        "of",
        "in",
        "on",
        "by",
        "for",
        "to",
        "and",
        "or",
        "is",
        "are",
        "was",
        "were",
        "do",
        "does",
        "did",
        "have",
        "has",
        "had",
        "we",
        "us",
        "it",
        "that",
        "this",
        "with",
        "at",
        "from",
        "which",
        "what",
        "who",
        "how",
        "many",
        "as",
        "be",
        "been",
    ]
)


class Likeness:
    """Texts that can be compared with another; each is told in several wordings, the first the usual one."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        told = [Counter(_features(wordings[0])) for wordings in texts]
        all_told = [Counter(_features(" ".join(wordings))) for wordings in texts]
        known = Counter(feature for features in all_told for feature in features)
        self._rarity = {feature: math.log((1 + len(texts)) / (1 + count)) + 1 for feature, count in known.items()}
        self._weights: defaultdict[str, list[tuple[int, int, float]]] = defaultdict(list)
        for way, ways in enumerate((told, all_told)):
            for place, features in enumerate(ways):
                for feature, weight in _scaled(features, self._rarity).items():
                    self._weights[feature].append((way, place, weight))

    def nearest(self, text: str, count: int) -> list[int]:
        """The places of the texts most alike, best first; only such as are alike at all."""
        scores: defaultdict[tuple[int, int], float] = defaultdict(float)
        for feature, weight in _scaled(Counter(_features(text)), self._rarity).items():
            for way, place, other in self._weights.get(feature, ()):
                scores[way, place] += weight * other
        best: dict[int, float] = {}
        for (_, place), score in scores.items():
            best[place] = max(score, best.get(place, 0.0))
        ranked = sorted(best.items(), key=lambda told: (-told[1], told[0]))
        return [place for place, score in ranked[:count] if score >= _LEAST]


def _scaled(features: Mapping[str, int], rarity: Mapping[str, float]) -> dict[str, float]:
    """Weights of length one, of the features that are known."""
    weights = {
        feature: (1 + math.log(times)) * rarity[feature] * (_WORD_WEIGHT if feature[0] == "=" else 1.0)
        for feature, times in features.items()
        if feature in rarity
    }
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {feature: weight / length for feature, weight in weights.items()} if length else {}


def _features(text: str) -> Iterator[str]:
    """Words as "=word" and runs of letters, with the glossary's names for what it knows."""
    words = [word.text for word in fold(_GRAMMAR.sub(" ", text))]
    joined = f" {' '.join(words)} "
    for name, others in _names().items():
        if any(other in joined for other in others):
            words.extend(name.split())
    for word in words:
        if word not in _SAYS_LITTLE:
            yield f"={word}"
            padded = f" {word} "
            for length in _RUNS:
                yield from (padded[start : start + length] for start in range(len(padded) - length + 1))


@functools.cache
def _names() -> Mapping[str, Sequence[str]]:
    """The glossary's terms with what else they are called, all folded."""
    return {
        " ".join(word.text for word in fold(term.term)): [
            f" {' '.join(word.text for word in fold(other))} " for other in term.synonyms
        ]
        for term in semantic_layer().glossary
    }
