r"""Text of other people, made harmless where Streamlit reads Markdown (labels of widgets, metrics, messages).

Cells, column names, questions, hints and explanations are written by sellers, models and colleagues. Wherever possible
they are shown by `st.text`, in the table or in a chart, which know no Markdown; where not, through `plain`.

>>> plain("**bold** [a](https://b.example)") == r"\*\*bold\*\* \[a\]\(https\:" + JOINER + r"\/\/b\.example\)"
True
"""

import re
import unicodedata

JOINER = "\u2060"
"""A word joiner: without width, and no address or :shortcode: goes on behind it."""

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_BEGINS_A_LINK = re.compile(r"(:|@|www(?=\\\.)|mailto|xmpp)", re.IGNORECASE)
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_KEPT = "\u200d"
"""Joins the parts of one emoji."""


def one_line(text: object, most: int | None = None) -> str:
    r"""Text on one line, without what cannot be seen or turns its direction; cut with an ellipsis if need be.

    >>> one_line("a\nb\u202ec"), one_line("abcdef", 4)
    ('a b c', 'abc…')
    """
    seen = "".join(" " if _is_hidden(character) else character for character in str(text))
    line = " ".join(seen.split())
    return line if most is None or len(line) <= most else line[: most - 1].rstrip() + "…"


def plain(text: object, most: int | None = None) -> str:
    """Text as Markdown that shows just this text: no emphasis, link, picture, emoji, icon, colour or formula."""
    return _BEGINS_A_LINK.sub(_apart, _PUNCTUATION.sub(r"\\\1", one_line(text, most)))


def human(name: str) -> str:
    """A column's name as people write it.

    >>> human("bid_count"), human("gmv"), human("sell_through_pct"), human("listing_id")
    ('Bid count', 'GMV', 'Sell through %', 'Listing ID')
    """
    words = one_line(name.replace("_", " ")).split(" ")
    said = " ".join(_SHORT.get(word.lower(), word) for word in words)
    return said[:1].upper() + said[1:]


_SHORT = {"gmv": "GMV", "asp": "ASP", "id": "ID", "pct": "%", "percent": "%", "avg": "average", "n": "count"}


def _apart(found: re.Match[str]) -> str:
    return found[0] + JOINER


def _is_hidden(character: str) -> bool:
    return character != _KEPT and unicodedata.category(character) in _HIDDEN
