"""People who use one release's functions over HTTP. What is answered is not held against today's schemas."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from dev.stack.functions import FunctionProcess
from dev.stack.issuer import Issuer
from tests.market import Document, a_key, a_listing

OPERATIONS = ("create_listing", "place_bid", "get_listing", "search_listings", "close_auctions", "sync_mirror")
"""What every release has had since the first."""
_READ = ("get_listing", "search_listings")


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who calls them; nobody where there is no token."""

    version: Version
    token: str | None

    def send(self, operation: str, *, key: str | None = None, **request: Any) -> httpx.Response:
        """One request."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if key is not None:
            headers["Idempotency-Key"] = key
        method = "GET" if operation in _READ else "POST"
        function = self.version.functions[operation]
        response = self.version.http.request(method, function.url, headers=headers, **request)
        assert response.status_code != 500, function.log.read_text()[-4000:]
        return response

    def create(self, *, key: str | None = None, **fields: object) -> Document:
        """A listing of his."""
        return self._done("create_listing", 201, key=key, json=a_listing(**fields))["listing"]

    def try_bid(self, listing_id: str, max_amount: int, *, key: str | None = None) -> httpx.Response:
        """The response to a bid of his."""
        body = {"listing_id": listing_id, "max_amount": max_amount}
        return self.send("place_bid", key=key or a_key(), json=body)

    def bid(self, listing_id: str, max_amount: int, *, key: str | None = None) -> Document:
        """The answer to a bid that is accepted."""
        response = self.try_bid(listing_id, max_amount, key=key)
        assert response.status_code == 201, response.text
        return response.json()

    def get(self, listing_id: str) -> Document:
        """What he sees of a listing."""
        return self._done("get_listing", 200, params={"id": listing_id})

    def found(self, **query: object) -> list[str]:
        """The ids of a page of the market."""
        page = self._done("search_listings", 200, params={name: str(value) for name, value in query.items()})
        return [listing["id"] for listing in page["listings"]]

    def run(self, operation: str) -> Document:
        """What a run of the scheduler's answers."""
        return self._done(operation, 200, json={})

    def _done(self, operation: str, status: int, **request: Any) -> Document:
        response = self.send(operation, **request)
        assert response.status_code == status, response.text
        return response.json()


@dataclass(frozen=True, kw_only=False)
class Version:
    """One release's functions, and the people of one test, who are the same in the other one."""

    functions: Mapping[str, FunctionProcess]
    issuer: Issuer
    http: httpx.Client
    suffix: str = field(default_factory=lambda: secrets.token_hex(4))

    def user(self, name: str) -> Person:
        """Somebody signed in."""
        token = self.issuer.user_token(f"uid-{name}-{self.suffix}", f"Mx {name.title()}")
        return Person(version=self, token=token)

    @property
    def nobody(self) -> Person:
        """A visitor."""
        return Person(version=self, token=None)

    @property
    def scheduler(self) -> Person:
        """The scheduler's service account."""
        return Person(version=self, token=self.issuer.service_token())
