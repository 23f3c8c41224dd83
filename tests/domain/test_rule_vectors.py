"""The rule against 23 worked examples that auction houses published (rule_vectors.json names each source)."""

import json
from pathlib import Path
from typing import Any

import pytest

from common.domain.increments import TABLES
from common.domain.listing import Terms, minimum_bid
from tests.domain.offers import auction, standing_after, the_terms

_FILE = json.loads(Path(__file__).with_name("rule_vectors.json").read_text(encoding="utf-8"))
_VECTORS: list[dict[str, Any]] = _FILE["vectors"]
_CURRENCIES = {"ebay_us": "USD", "ebay_uk": "GBP"}

bidding = [vector for vector in _VECTORS if "bids" in vector]
prices = [vector for vector in _VECTORS if "given_price" in vector]


def terms_of(vector: dict[str, Any]) -> Terms:
    """The offer that an example describes."""
    increment = vector["inc"]
    flat = increment if isinstance(increment, int) else None
    currency = "USD" if flat else _CURRENCIES[increment]
    start = vector.get("start", 1)
    return the_terms(flat=flat, currency=currency, starting_price=start, reserve_price=vector.get("reserve"))


def test_no_example_is_left_out() -> None:
    """23 of them, each with bids or with a price."""
    assert len(_VECTORS) == 23
    assert len(bidding) + len(prices) == 23


@pytest.mark.parametrize("table", _CURRENCIES)
def test_our_tables_are_the_published_ones(table: str) -> None:
    """Bound by bound and step by step."""
    ours = TABLES[_CURRENCIES[table]]

    assert [list(band) for band in zip(ours.lower_bounds, ours.steps, strict=True)] == _FILE["tables"][table]


@pytest.mark.parametrize("vector", bidding, ids=lambda vector: vector["id"])
def test_bids_lead_where_the_source_says(vector: dict[str, Any]) -> None:
    """Leader, price, the next minimum and which bids are refused."""
    terms = terms_of(vector)
    names = sorted({name for name, _ in vector["bids"]})

    steps = auction(terms, [(names.index(name) + 1, amount) for name, amount in vector["bids"]])

    after, expected = steps[-1].after, vector["after"]
    assert after.leader is not None
    assert names[after.leader - 1] == expected["leader"]
    assert after.price == expected["price"]
    assert [number for number, step in enumerate(steps) if step.refused] == vector.get("refused", [])
    if "min_next" in expected:
        assert minimum_bid(terms, after) == expected["min_next"]


@pytest.mark.parametrize("vector", prices, ids=lambda vector: vector["id"])
def test_the_next_minimum_follows_from_the_price_shown(vector: dict[str, Any]) -> None:
    """A standing bid at that price."""
    price = vector["given_price"]
    terms = the_terms(currency=_CURRENCIES[vector["inc"]], starting_price=price)

    standing = standing_after(terms, (1, price))

    assert standing.price == price
    assert minimum_bid(terms, standing) == vector["after"]["min_next"]
