"""Increments: both sides of every band, in every currency."""

import pytest

from common.domain.increments import TABLES, Increments, increments_of

DOLLARS = [
    *((0, 5), (1_00, 25), (5_00, 50), (25_00, 1_00), (100_00, 2_50), (250_00, 5_00), (500_00, 10_00)),
    *((1_000_00, 25_00), (2_500_00, 50_00), (5_000_00, 100_00)),
]
POUNDS = [
    *((0, 5), (1_00, 20), (5_00, 50), (15_00, 1_00), (60_00, 2_00), (150_00, 5_00), (300_00, 10_00)),
    *((600_00, 20_00), (1_500_00, 50_00), (3_000_00, 100_00)),
]
PUBLISHED = {"USD": DOLLARS, "GBP": POUNDS, "EUR": POUNDS}

EDGES = [
    (currency, bound, step, below)
    for currency, bands in PUBLISHED.items()
    for (bound, step), (_, below) in zip(bands[1:], bands, strict=False)
]


def test_there_is_a_table_for_each_currency_and_no_other() -> None:
    """USD, GBP and EUR."""
    assert set(TABLES) == set(PUBLISHED)


@pytest.mark.parametrize(("currency", "bound", "step", "below"), EDGES)
def test_a_band_begins_at_its_lower_bound(currency: str, bound: int, step: int, below: int) -> None:
    """The bound itself has the new step, one cent less the old one."""
    table = increments_of(currency, None)

    assert (table.step_at(bound - 1), table.step_at(bound)) == (below, step)
    assert table.above(bound) == bound + step


@pytest.mark.parametrize("currency", PUBLISHED)
def test_the_ends_of_a_table_hold_on(currency: str) -> None:
    """0.05 at nothing; 100.00 however dear it gets."""
    table = increments_of(currency, None)

    assert table.step_at(0) == 5
    assert table.step_at(10**12) == 100_00


@pytest.mark.parametrize("currency", PUBLISHED)
def test_one_step_up_never_falls_as_the_price_rises(currency: str) -> None:
    """Else a higher second maximum could lower the price."""
    table = increments_of(currency, None)
    prices = sorted({bound + off for bound, _ in PUBLISHED[currency] for off in (-1, 0, 1) if bound + off >= 0})

    above = [table.above(price) for price in prices]

    assert above == sorted(above)


def test_a_flat_step_is_the_same_at_every_price() -> None:
    """The seller's choice goes before the table."""
    flat = increments_of("GBP", 7_77)

    assert {flat.step_at(price) for price in (0, 99, 1_00, 10**12)} == {7_77}


@pytest.mark.parametrize("bands", [[(1, 5)], [(0, 5), (0, 6)], [(0, 5), (200, 6), (100, 7)], [(0, 0)], [(0, -5)]])
def test_a_table_that_makes_no_sense_is_our_bug(bands: list[tuple[int, int]]) -> None:
    """It starts at 0, rises, and has only positive steps."""
    with pytest.raises(AssertionError):
        Increments.of(bands)
