"""How questions are read: what is forgotten, what is made equal, and what must stay apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.nl.normalise import fold, fold_part, normalise
from common.nl.semantic import semantic_layer


def folded(text: str) -> str:
    """The folded words with spaces between."""
    return " ".join(word.text for word in fold(text))


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Top 5 listings by bids", "top 5 listings by bids"),
        ("  Top\t5\n listings   by bids ?!. ", "top 5 listings by bids"),
        ("\uff34\uff4f\uff50 \uff15 listings", "top 5 listings"),
        ("top\u00a05\u3000listings", "top 5 listings"),
        ("what. is? this", "what. is? this"),
        ("", ""),
    ],
)
def test_normal_text_is_lower_case_with_single_spaces_and_no_closing_mark(text: str, normal: str) -> None:
    """Compatible characters are one; marks inside stay."""
    assert normalise(text) == normal


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing(text: str) -> None:
    """A cache may use it as a key, whatever was typed."""
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(max_size=80))
def test_any_text_can_be_folded(text: str) -> None:
    """Each word comes from a run of characters of the text, in order."""
    chunks = [word.chunk for word in fold(text)]

    assert chunks == sorted(chunks)
    assert all(word.text for word in fold(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Please show me the top five auctions!", "top 5 listings"),
        ("What's our GMV?", "gmv"),
        ("Can you tell me what the GMV is", "what gmv is"),
        ("Who are the top 10 buyers", "top 10 buyers"),
        ("sell-through rate", "sell through"),
        ("buy-it-now price", "buy now price"),
        ("gross merchandise value", "gmv"),
        ("the total value of all sold items", "gmv"),
        ("listings per category", "listings by category"),
        ("listings in each category", "listings by category"),
        ("GMV for every month", "gmv by month"),
        ("the percentage of users", "share users"),
        ("10% of users", "10 share users"),
        ("each seller's last 5 sales", "by seller last 5 sales"),
        ("signups & bids", "sign ups and bids"),
        ("1,000,000 and 49.90", "1000000 and 49.90"),
        ("twenty five or two hundred or a dozen", "25 or 200 or 12"),
        ("within 24h", "within 24 hours"),
    ],
)
def test_what_means_the_same_is_folded_to_one_text(text: str, words: str) -> None:
    """Politeness, articles, numbers in words, and the synonyms of the semantic layer."""
    assert folded(text) == words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("highest", "lowest"),
        ("top 5", "bottom 5"),
        ("reserve met", "reserve not met"),
        ("with bids", "without bids"),
        ("before 2026", "after 2026"),
        ("bids per hour", "bids by hour"),
        ("GMV last month", "GMV the last month"),
        ("average", "median"),
        ("more than 5", "at least 5"),
        ("active", "closed"),
        ("closed", "cancelled"),
        ("bidders", "buyers"),
        ("watches", "watchers"),
        ("how many listings", "listings"),
        ("what is GMV", "what is the GMV"),
        ("1,5", "15"),
        ("-5", "5"),
        ("5.5", "55"),
    ],
)
def test_what_differs_in_meaning_stays_apart(one: str, other: str) -> None:
    """Folding them to one text would answer another question than was asked."""
    assert folded(one) != folded(other)


def test_no_two_names_of_the_semantic_layer_stand_for_the_same_words() -> None:
    """What is folded is folded to one thing, and a name is not folded away itself."""
    synonyms = semantic_layer().synonyms
    sources = [other for others in synonyms.values() for other in others]

    assert len(sources) == len(set(sources))
    for name in synonyms:
        assert " ".join(fold_part(name)) == name


@pytest.mark.parametrize("value", ["top", "median", "lowest", "not met", "without", "before", "closed", "cancelled"])
def test_words_that_decide_an_answer_are_never_folded_away(value: str) -> None:
    """They come out as they went in."""
    assert " ".join(fold_part(value)) == value


def test_an_id_keeps_its_case_and_its_hyphens() -> None:
    """Its words are folded like others; the run of characters is there as it was typed."""
    *_, first, second = fold('Bids on listing "aB-Cd_12x9Z"')

    assert (first.raw, second.raw) == ("aB-Cd_12x9Z", "aB-Cd_12x9Z")
    assert first.chunk == second.chunk


def test_an_opening_alone_is_kept() -> None:
    """Nothing would be left of it, and nothing matches it."""
    assert folded("show me") == "show me"


def test_the_parts_of_wordings_keep_what_would_open_a_question() -> None:
    """A wording may go on with "show the average"."""
    assert fold_part("Show the average") == ("show", "average")
