"""sync_mirror where there is no mirror; tests/mirror has the rest."""

from tests.market import Market, Records


def test_without_a_mirror_nothing_is_shown_and_nothing_noted(market: Market, empty_market: Records) -> None:
    """However much there is to show, however often."""
    market.bid(market.create(), 5_00, by="ann")
    before = empty_market.digest()

    for _ in range(2):
        response = market.scheduler.send("sync_mirror", json={})
        assert (response.status_code, response.json()) == (200, {"mirrored": 0})

    assert empty_market.digest() == before
    assert empty_market.value("SELECT SUM(mirrored_version) FROM listings") == 0
