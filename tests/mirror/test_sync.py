"""sync_mirror repairs what was missed; what is shown is what the public may see, to the end of the auction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from common.config import Settings
from common.domain.listing import SoftClose
from common.mirror.documents import mirrored_listing
from common.operations import sync_mirror
from common.store.store import Store
from tests.market import Records
from tests.mirror.public import Public
from tests.mirror.test_storm import UNMIRRORED, bid_and_show
from tests.races.arena import Instance, a_person, listing, offer, offer_all, outcomes, people, wait_until

pytestmark = pytest.mark.emulator

DOCUMENT = {
    "title",
    "category",
    "currency",
    "starting_price",
    "current_price",
    "minimum_bid",
    "bid_count",
    "leader",
    "reserve",
    "buy_now_price",
    "status",
    "outcome",
    "starts_at",
    "scheduled_end",
    "ends_at",
    "winner",
    "seller",
    "version",
    "mirrored_at",
}


@pytest.fixture
def shown(mirrored: Settings, build_instance: Callable[[Settings], Instance]) -> Instance:
    """An instance with the mirror."""
    return build_instance(mirrored)


def behind(records: Records) -> int:
    """How many listings the mirror is not known to show."""
    return int(records.value("SELECT COUNT(*) FROM listings WHERE unmirrored = 1"))


def test_what_the_mirror_missed_is_shown_by_one_run(
    shown: Instance, two: tuple[Instance, Instance], store: Store, public: Public, empty_market: Records
) -> None:
    """New listings and bids of instances without a mirror: each document then equals the database."""
    lots = offer_all(store, 12)
    outcomes([two[0].bid(lot, a_person(), 5_00) for lot in lots[:6]])
    assert behind(empty_market) == 12

    run = shown.sync_mirror().result(20)

    assert run.body == {"mirrored": 12}
    assert behind(empty_market) == 0
    for lot in lots:
        document = public.listing(lot)
        assert document is not None
        document.pop("mirrored_at")
        assert document == mirrored_listing(listing(store, lot))
    assert shown.sync_mirror().result(20).body == {"mirrored": 0}


def test_more_than_one_batch_is_shown_by_one_run(
    shown: Instance, store: Store, empty_market: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on until nothing is left."""
    monkeypatch.setattr(sync_mirror, "BATCH", 20)
    offer_all(store, 50)

    assert shown.sync_mirror().result(20).body == {"mirrored": 50}
    assert behind(empty_market) == 0


def test_two_runs_at_once_amid_bids_harm_nothing(
    mirrored: Settings,
    build_instance: Callable[[Settings], Instance],
    store: Store,
    public: Public,
    empty_market: Records,
) -> None:
    """Both write the same and older states while bids publish newer ones; in the end all is equal."""
    bidding, one, other = (build_instance(mirrored) for _ in range(3))
    lots, crowd = offer_all(store, 25), people(4)
    bids = [
        bidding.start(bid_and_show(bidding, lot, crowd[place], 5_00 + 20_00 * place))
        for place in range(4)
        for lot in lots
    ]

    runs = [instance.sync_mirror() for _ in range(2) for instance in (one, other)]
    for done in (*runs, *bids):
        done.result(30)
    one.sync_mirror().result(20)

    assert behind(empty_market) == 0
    assert [public.version(lot) for lot in lots] == [listing(store, lot).version for lot in lots]


def test_the_note_of_what_is_shown_is_never_taken_back(shown: Instance, store: Store, records: Records) -> None:
    """A late note of an older version, as a slow instance makes it, leaves the newer one."""
    lot = offer(store)
    records.execute("UPDATE listings SET version = 9, mirrored_version = 8 WHERE id = %s", lot)

    store.transact(lambda tx: tx.listings.mark_mirrored({lot: 5}), deadline=_soon())

    assert records.value("SELECT mirrored_version FROM listings WHERE id = %s", lot) == 8


def test_no_document_holds_what_is_secret(shown: Instance, store: Store, public: Public, records: Records) -> None:
    """Neither the reserve, nor anybody's maximum, nor who anybody is: every value is looked at."""
    people_here = [
        replace(a_person(name), email=f"{name}@mail.example", display_name=f"Mx {name.title()} Distinct")
        for name in ("seller", "first", "second", "third")
    ]
    seller, *bidders = people_here
    lot = offer(store, seller=seller, reserve_price=98_765_43)
    maxima = (3_456_78, 12_345_67, 7_654_31)
    for bidder, maximum in zip(bidders, maxima, strict=True):
        shown.start(bid_and_show(shown, lot, bidder, maximum)).result(10)
    wait_until(lambda: records.value(UNMIRRORED, lot) == 0)

    document = public.listing(lot)

    assert document is not None
    assert document.keys() == DOCUMENT
    assert (document["leader"], document["reserve"]) == ("Bidder 2", "not_met")
    values = [str(value) for value in _values(document)]
    secrets = [98_765_43, *maxima]
    secrets += [word for person in people_here for word in (person.user_id, person.email, person.display_name)]
    for secret in secrets:
        assert not any(str(secret) in value for value in values), secret


def test_after_the_end_the_document_says_who_won(
    shown: Instance, store: Store, public: Public, records: Records
) -> None:
    """Closed, sold, to whom under his alias; a reserve that was not met, and nobody's bid, likewise."""
    sold, unmet, lonely = (
        offer(store, soft_close=SoftClose()),
        offer(store, reserve_price=900_00),
        offer(store),
    )
    outcomes([shown.bid(lot, a_person(), 20_00) for lot in (sold, unmet)])
    for lot in (sold, unmet, lonely):
        records.execute("UPDATE listings SET ends_at = UTC_TIMESTAMP(6) WHERE id = %s", lot)

    shown.close_auctions().result(20)

    told = [public.listing(lot) or {} for lot in (sold, unmet, lonely)]
    assert [document["status"] for document in told] == ["closed"] * 3
    assert [document["outcome"] for document in told] == ["sold", "reserve_not_met", "no_bids"]
    assert [document["winner"] for document in told] == ["Bidder 1", None, None]
    assert all(records.value(UNMIRRORED, lot) == 0 for lot in (sold, unmet, lonely))


def test_the_mirror_is_never_ahead_of_the_database(
    shown: Instance, store: Store, public: Public, records: Records
) -> None:
    """While bids storm, a document read before the row is never newer than the row."""
    lot, crowd = offer(store), people(4)
    bids = [shown.start(bid_and_show(shown, lot, crowd[number % 4], 2_00 + 20_00 * number)) for number in range(200)]
    looking = threading.Event()
    while not all(bid.done() for bid in bids) or not looking.is_set():
        looking.set()
        document = public.version(lot)
        assert document <= records.value("SELECT version FROM listings WHERE id = %s", lot)
    for bid in bids:
        bid.result(10)


def _values(value: Any) -> Iterator[Any]:
    """Every value in a document, however deep."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner)
    else:
        yield value


def _soon() -> Any:
    from common.deadline import Deadline

    return Deadline.after(10)
