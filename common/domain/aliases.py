"""What people are called in public: never by their user id, name or e-mail."""

from __future__ import annotations

import secrets

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O 1 I L U: read aloud and typed without doubt


def bidder_alias(number: int | None) -> str | None:
    """A bidder's name on one listing, by the order of first bids there.

    >>> bidder_alias(3), bidder_alias(None)
    ('Bidder 3', None)
    """
    return None if number is None else f"Bidder {number}"


def new_seller_alias() -> str:
    """A seller's name over all his listings: 30**6 possible ones, so a collision is rare and a retry cheap.

    >>> len(new_seller_alias())
    13
    """
    return "Seller " + "".join(secrets.choice(_ALPHABET) for _ in range(6))


def new_listing_id() -> str:
    """11 random URL-safe characters (64 bits): unguessable order, no hot end in an index.

    >>> len(new_listing_id())
    11
    """
    return secrets.token_urlsafe(8)
