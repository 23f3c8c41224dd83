"""Remembering people: once each, under their newest name, and nobody under another's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from common.deadline import Deadline
from common.domain.actor import Actor
from common.store import users
from common.store.store import Store
from tests.market import Records
from tests.races.arena import a_person, people


def remember(store: Store, *actors: Actor) -> None:
    """Remember them in one transaction."""
    store.transact(lambda tx: tx.users.remember(actors), deadline=Deadline.after(10))


def row_of(records: Records, actor: Actor) -> tuple[str, str | None]:
    """The name and e-mail somebody is remembered with."""
    ((name, email),) = records.rows("SELECT display_name, email FROM users WHERE id = %s", actor.user_id)
    return name, email


def draw(monkeypatch: pytest.MonkeyPatch, *aliases: str) -> Iterator[str]:
    """The next aliases drawn, in this order."""
    drawn = iter(aliases)
    monkeypatch.setattr(users, "new_seller_alias", lambda: next(drawn))
    return drawn


def test_somebody_new_is_written_down_with_an_alias(store: Store, records: Records) -> None:
    """Which he keeps for ever."""
    actor = a_person()
    remember(store, actor)
    alias = records.value("SELECT alias FROM users WHERE id = %s", actor.user_id)

    remember(store, replace(actor, display_name="Somebody Else"))

    assert records.value("SELECT alias FROM users WHERE id = %s", actor.user_id) == alias
    assert alias.startswith("Seller ")


def test_a_new_name_and_address_are_taken_over(store: Store, records: Records) -> None:
    """The token's word is the newest; an address that is gone from it is gone."""
    actor = a_person()
    remember(store, replace(actor, display_name="Before", email="before@mail.example"))

    remember(store, replace(actor, display_name="After", email="after@mail.example"))
    assert row_of(records, actor) == ("After", "after@mail.example")

    remember(store, replace(actor, display_name="After", email=None))
    assert row_of(records, actor) == ("After", None)


def test_old_and_new_people_are_remembered_together(store: Store, records: Records) -> None:
    """One transaction, some known, some renamed, some new."""
    known, renamed, fresh = people(3)
    remember(store, known, renamed)

    remember(store, known, replace(renamed, display_name="Renamed"), fresh)

    assert [row_of(records, actor)[0] for actor in (known, renamed, fresh)] == [
        known.display_name,
        "Renamed",
        fresh.display_name,
    ]


def test_a_taken_alias_is_drawn_again_and_renames_no_stranger(
    store: Store, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The collision costs a second draw; who had the alias keeps his name, address and alias."""
    stranger, newcomer = a_person("stranger"), a_person("newcomer")
    remember(store, stranger)
    taken = records.value("SELECT alias FROM users WHERE id = %s", stranger.user_id)
    drawn = draw(monkeypatch, taken, taken, "Seller FRESH1")

    remember(store, newcomer)

    assert row_of(records, stranger) == (stranger.display_name, None)
    assert records.value("SELECT alias FROM users WHERE id = %s", stranger.user_id) == taken
    assert records.value("SELECT alias FROM users WHERE id = %s", newcomer.user_id) == "Seller FRESH1"
    assert list(drawn) == []


def test_two_newcomers_with_one_alias_are_drawn_again(
    store: Store, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same draw for both is one too many: in the end each has his own."""
    one, other = people(2)
    draw(monkeypatch, "Seller TWICE", "Seller TWICE", "Seller ONCE1", "Seller ONCE2")

    remember(store, one, other)

    aliases = "SELECT COUNT(DISTINCT alias) FROM users WHERE id IN %s"
    assert records.value(aliases, (one.user_id, other.user_id)) == 2


def test_ids_that_differ_in_case_or_accent_are_different_people(store: Store, records: Records) -> None:
    """Ids are compared byte by byte."""
    base = a_person().user_id
    actors = [Actor(user_id=user_id, display_name=user_id) for user_id in (base + "e", base + "E", base + "é")]

    remember(store, *actors)

    assert [row_of(records, actor)[0] for actor in actors] == [actor.user_id for actor in actors]


def test_a_refused_attempt_remembers_nobody(build_store: Callable[..., Store], records: Records) -> None:
    """Who somebody is is written in the transaction of what he did."""
    actor = a_person()

    def attempt(tx: object) -> None:
        tx.users.remember([actor])  # type: ignore[attr-defined]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        build_store().transact(attempt, deadline=Deadline.after(5))

    assert records.value("SELECT COUNT(*) FROM users WHERE id = %s", actor.user_id) == 0
