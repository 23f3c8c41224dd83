"""Rows of the market as the functions would write them, for tests of what analysts see of them."""

from __future__ import annotations

import secrets

from tests.market import Records

NOW = "2026-06-15 12:00:00"


def a_user(records: Records, **fields: object) -> str:
    """Somebody's id."""
    user_id = f"uid-{secrets.token_hex(6)}"
    row: dict[str, object] = {
        "id": user_id,
        "alias": f"seller-{secrets.token_hex(5)}",
        "display_name": "Ada",
        "email": f"{user_id}@example.com",
        "created_at": NOW,
    }
    _insert(records, "users", row | fields)
    return user_id


def a_lot(records: Records, **fields: object) -> str:
    """The id of a listing: active, in furniture, 1.00 dollar, no bid yet."""
    row: dict[str, object] = {
        "id": secrets.token_urlsafe(8),
        "title": "A brass lamp",
        "description": "Works.",
        "category": "furniture",
        "currency": "USD",
        "starting_price": 1_00,
        "soft_close_window_seconds": 120,
        "soft_close_extension_seconds": 120,
        "soft_close_max_extension_seconds": 3600,
        "created_at": NOW,
        "starts_at": NOW,
        "scheduled_end": NOW,
        "ends_at": NOW,
        "status": "active",
        "current_price": 1_00,
    } | fields
    if "seller_id" not in row:
        row["seller_id"] = a_user(records)
    _insert(records, "listings", row)
    return str(row["id"])


def a_bidder(records: Records, lot: str, number: int) -> str:
    """The id of somebody who is known by a number on a listing."""
    user_id = a_user(records)
    _insert(records, "bidders", {"listing_id": lot, "bidder_id": user_id, "number": number})
    return user_id


def a_bid_on(records: Records, lot: str, *, seq: int, **fields: object) -> None:
    """A bid whose maximum is a thousand dollars."""
    row: dict[str, object] = {
        "listing_id": lot,
        "seq": seq,
        "bidder_id": "uid-somebody",
        "bidder": 1,
        "max_amount": 1_000_00,
        "idempotency_key": secrets.token_hex(12),
        "placed_at": NOW,
        "leader": 1,
        "price": 5_00,
        "ends_at": NOW,
        "version": 2,
    }
    _insert(records, "bids", row | fields)


def _insert(records: Records, table: str, row: dict[str, object]) -> None:
    names, places = ", ".join(row), ", ".join(["%s"] * len(row))
    records.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", *row.values())  # noqa: S608 - our own names
