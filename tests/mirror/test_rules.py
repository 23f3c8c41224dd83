"""firestore.rules: anybody reads listings, fifty at most at once; nobody writes, nothing else is there."""

from __future__ import annotations

from typing import Any

import pytest

from dev.stack.emulator import RULES
from tests.mirror.public import Public

pytestmark = pytest.mark.emulator

DENIED = 403
A_DOCUMENT = {"fields": {"version": {"integerValue": "9"}}}


@pytest.fixture(autouse=True)
def documents(public: Public) -> None:
    """Two listings, one of them with something below it, and things that are nobody's business."""
    public.put("/listings/lot-a", version=1)
    public.put("/listings/lot-b", version=2)
    public.put("/listings/lot-a/private/maxima", high_max=1)
    public.put("/users/u1", version=1)
    public.put("/users/u1/notifications/n1", version=1)
    public.put("/settings/all", version=1)


def test_the_rules_compile(public: Public) -> None:
    """And the emulator would say if they did not: the check can fail."""
    text = RULES.read_text()

    assert public.load_rules(text).status_code == 200
    refused = public.load_rules(text.replace("allow get: if true", "allow get: iff true"))
    assert refused.status_code == 400
    assert "L8:18" in refused.text, "it says where"
    public.load_rules(text)


def test_anybody_gets_a_listing(public: Public) -> None:
    """By its id, without an account; one that is not there is not found rather than forbidden."""
    assert public.listing("lot-a") == {"version": 1}
    assert public.send("GET", "/listings/lot-z").status_code == 404


@pytest.mark.parametrize(("limit", "status"), [(1, 200), (50, 200), (51, DENIED), (None, DENIED)])
def test_a_query_is_bounded(public: Public, limit: int | None, status: int) -> None:
    """Fifty at most, and nobody may ask for all."""
    response = public.query(limit=limit)

    assert response.status_code == status
    if limit is not None and status == 200:
        assert 1 <= len(response.json()) <= limit


def test_a_query_with_a_filter_and_an_order_is_bounded_too(public: Public) -> None:
    """As the market's page asks."""
    order = {"orderBy": [{"field": {"fieldPath": "version"}, "direction": "DESCENDING"}]}

    assert public.query(limit=20, **order).status_code == 200
    assert public.query(limit=200, **order).status_code == DENIED


def test_counting_all_listings_is_denied(public: Public) -> None:
    """A count reads the index of every listing there is."""
    count: dict[str, Any] = {
        "structuredAggregationQuery": {
            "structuredQuery": {"from": [{"collectionId": "listings"}]},
            "aggregations": [{"alias": "all", "count": {}}],
        }
    }

    assert public.send("POST", ":runAggregationQuery", json=count).status_code == DENIED


def test_nobody_writes_a_listing(public: Public) -> None:
    """Neither a new one nor one that is there, in part or whole, nor its end."""
    requests = [
        ("POST", "/listings?documentId=lot-c", A_DOCUMENT),
        ("POST", "/listings", A_DOCUMENT),
        ("PATCH", "/listings/lot-a", A_DOCUMENT),
        ("PATCH", "/listings/lot-a?updateMask.fieldPaths=version", A_DOCUMENT),
        ("PATCH", "/listings/lot-c", A_DOCUMENT),
        ("DELETE", "/listings/lot-a", None),
    ]

    assert [public.send(method, path, json=body).status_code for method, path, body in requests] == [DENIED] * 6
    assert public.listing("lot-a") == {"version": 1}
    assert public.listing("lot-c") is None


def test_nobody_writes_by_a_commit_either(public: Public) -> None:
    """The way the web SDK writes."""
    name = public._database.removeprefix("/v1/") + "/listings/lot-a"
    write = {"writes": [{"update": {"name": name, **A_DOCUMENT}}]}

    assert public.send("POST", ":commit", json=write).status_code == DENIED
    assert public.version("lot-a") == 1


@pytest.mark.parametrize(
    "path", ["/users/u1", "/users/u1/notifications/n1", "/settings/all", "/listings/lot-a/private/maxima", "/new/one"]
)
def test_nothing_else_can_be_read_or_written(public: Public, path: str) -> None:
    """Not even below a listing."""
    assert public.send("GET", path).status_code == DENIED
    assert public.send("PATCH", path, json=A_DOCUMENT).status_code == DENIED
    assert public.send("DELETE", path).status_code == DENIED


@pytest.mark.parametrize("collection", ["users", "settings", "private", "notifications"])
def test_no_other_collection_can_be_queried(public: Public, collection: str) -> None:
    """By itself, or as a group wherever it lies; nor all listings' namesakes below others."""
    assert public.query(collection, limit=1).status_code == DENIED
    group = {"from": [{"collectionId": collection, "allDescendants": True}], "limit": 1}
    assert public.send("POST", ":runQuery", json={"structuredQuery": group}).status_code == DENIED


def test_somebody_signed_in_may_no_more_than_anybody(public: Public) -> None:
    """An account opens nothing here. The emulator takes unsigned tokens at their word."""
    token = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJ1MSIsInVzZXJfaWQiOiJ1MSJ9."
    signed_in = {"Authorization": f"Bearer {token}"}

    for path in ("/users/u1", "/settings/all"):
        assert public._http.get(public._database + path, headers=signed_in).status_code == DENIED
    written = public._http.patch(f"{public._database}/listings/lot-a", headers=signed_in, json=A_DOCUMENT)
    assert written.status_code == DENIED
