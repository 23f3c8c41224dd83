"""The people, as their identity tokens describe them."""

from __future__ import annotations

from collections.abc import Sequence

from common.domain.actor import Actor
from common.domain.aliases import new_seller_alias
from common.store.session import ConstraintViolated, Session, json_rows, json_table

_TRIES = 5


class Users:
    """Table `users`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def remember(self, actors: Sequence[Actor]) -> None:
        """Write down who these people are, their newest name and address; new and changed rows are locked.

        A seller's alias is drawn at random, and drawn again in the rare case that somebody has it. No
        ON DUPLICATE KEY UPDATE here: it would take such a collision for the same person and rename a stranger.
        """
        for _ in range(_TRIES):
            known = self._known(actors)
            for actor in actors:
                if known.get(actor.user_id, _said_by(actor)) != _said_by(actor):
                    self._rename(actor)
            try:
                self._insert([actor for actor in actors if actor.user_id not in known])
            except ConstraintViolated:  # the alias is taken, or another transaction was first to see somebody
                continue
            return
        raise AssertionError("five drawn aliases were all taken")

    def _known(self, actors: Sequence[Actor]) -> dict[str, tuple[str, str | None]]:
        rows = self._session.rows(
            "SELECT id, display_name, email FROM users WHERE id IN %(ids)s", ids=tuple(a.user_id for a in actors)
        )
        return {user_id: (display_name, email) for user_id, display_name, email in rows}

    def _rename(self, actor: Actor) -> None:
        self._session.execute(
            "UPDATE users SET display_name = %(name)s, email = %(email)s WHERE id = %(id)s",
            id=actor.user_id,
            name=actor.display_name,
            email=actor.email,
        )

    def _insert(self, actors: Sequence[Actor]) -> None:
        if actors:
            self._session.execute(
                "INSERT INTO users (id, alias, display_name, email, created_at) SELECT j.*, UTC_TIMESTAMP(6) FROM "
                + json_table("rows", id="user", alias="word", display_name="text", email="text"),
                rows=json_rows([(a.user_id, new_seller_alias(), a.display_name, a.email) for a in actors]),
            )


def _said_by(actor: Actor) -> tuple[str, str | None]:
    return actor.display_name, actor.email
