"""One valid request to each function, for measuring what the first one costs."""

from __future__ import annotations

import http.client
import json
import uuid
from dataclasses import dataclass, field
from http import HTTPStatus

from dev.bench.lots import GavelLots, end_now
from dev.bench.market import Market

OPERATIONS = ("place_bid", "create_listing", "get_listing", "search_listings", "close_auctions", "sync_mirror")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request and the status that says it was served."""

    method: str = "POST"
    path: str = "/"
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    status: HTTPStatus = HTTPStatus.OK

    def status_at(self, port: int, *, timeout_seconds: float = 30) -> int | None:
        """The status it gets there, None if nobody listens yet."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_seconds)
        try:
            connection.request(self.method, self.path, self.body, self.headers)
            answer = connection.getresponse()
            answer.read()
        except (ConnectionError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        return answer.status


def request_for(market: Market, operation: str) -> Request:
    """A request that the operation serves; it may be sent again."""
    (listing_id,) = GavelLots(market.server).open(1)
    key = uuid.uuid4().hex
    if operation == "empty":
        return _post("", {})
    if operation == "place_bid":
        bid = {"listing_id": listing_id, "max_amount": 1000}
        return _post(market.issuer.user_token("bidder-1"), bid, key=key, status=HTTPStatus.CREATED)
    if operation == "create_listing":
        offer = {"title": "A lot", "description": "To be bid on.", "category": "art", "starting_price": 100}
        token = market.issuer.user_token("seller-1", "A seller")
        return _post(token, {**offer, "duration_seconds": 3600}, key=key, status=HTTPStatus.CREATED)
    if operation == "get_listing":
        return Request(method="GET", path=f"/?id={listing_id}")
    if operation == "search_listings":
        return Request(method="GET", path="/?limit=20&sort=ending_soon")
    end_now(market.server, "listings", listing_id)
    return _post(market.issuer.service_token(), {})


def _post(token: str, body: dict[str, object], *, key: str = "", status: HTTPStatus = HTTPStatus.OK) -> Request:
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if key:
        headers["Idempotency-Key"] = key
    return Request(headers=headers, body=json.dumps(body), status=status)
