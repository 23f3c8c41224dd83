"""python -m dev.smoke: one auction from offer to hammer, over HTTP, where Gavel is deployed or on the local stack.

A seller offers a listing for some seconds; somebody bids; both read it; the mirror shows the bid; the scheduler closes
the auction and the bidder has won. Run on a deployed Gavel it leaves one closed listing named "Smoke test".

Without arguments it goes to the local stack of this GAVEL_HOME. For a deployed one give --config (the site's
config.json), --functions (the address of each operation), and --account, a service account that may sign for people,
with an access token of it in GOOGLE_ACCESS_TOKEN.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from dev import smoke_people
from dev.seed.market import NoMarket, gateway_address
from dev.smoke_people import NotSignedIn
from dev.stack.settings import SettingError

Document = dict[str, Any]

LASTS_SECONDS = 20  # long enough for a bid through a cold start of two functions
PUSH_SECONDS = 10.0
CLOSING_SECONDS = 150.0  # the scheduler comes every minute, and may find the function cold
_PATIENCE_SECONDS = 90.0  # for an instance that starts: its first packets into the network may take a minute
_PAUSE_SECONDS = 1.0
_REQUEST_SECONDS = 30.0
_COMING_UP = (429, 500, 502, 503, 504)  # 500: the platform's own, while a new revision takes over
_PRICE, _MAXIMUM = 1_00, 5_00


class Failed(Exception):  # noqa: N818 - it says what happened
    """Something is not as it should be; the message is the sentence to print."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where Gavel is, and how one becomes somebody there.

    Args:
        functions: the address of each operation.
        documents: the address of the mirror's documents, None without live updates.
        sign_in: gives the ID token of a person by the name.
    """

    functions: Mapping[str, str]
    documents: str | None
    sign_in: Callable[[str], str] = field(repr=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 all is well, 1 something is not."""
    parser = argparse.ArgumentParser(
        prog="python -m dev.smoke", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gateway", metavar="URL", help="the local stack's address (default: that of this GAVEL_HOME)")
    parser.add_argument("--config", type=Path, metavar="FILE", help="config.json of a deployed site")
    parser.add_argument("--functions", type=Path, metavar="FILE", help="JSON: the address of each deployed operation")
    parser.add_argument("--account", metavar="EMAIL", help="the service account that signs for people")
    parser.add_argument(
        "--closing-seconds", type=float, default=CLOSING_SECONDS, help="how long to wait for the hammer"
    )
    asked = parser.parse_args(arguments)
    deployed = (asked.config, asked.functions, asked.account)
    if any(deployed) and not all(deployed):
        parser.error("--config, --functions and --account go together")
    with httpx.Client(timeout=_REQUEST_SECONDS, trust_env=asked.config is not None) as http:
        try:
            place = _deployed(asked, http) if asked.config else _local(gateway_address(asked.gateway), http)
            for passed in auction(place, http, closing_seconds=asked.closing_seconds):
                print(f"✓ {passed}", flush=True)
        except (Failed, NoMarket, NotSignedIn, SettingError, OSError, httpx.HTTPError) as failure:
            print(f"✗ {failure!s:.600}", file=sys.stderr)
            return 1
    return 0


def _local(gateway: str, http: httpx.Client) -> Place:
    config = http.get(f"{gateway}/config.json").raise_for_status().json()
    operations = ("create_listing", "place_bid", "get_listing", "search_listings")
    return Place(
        functions={name: f"{gateway}{config['api_base']}/{name}" for name in operations},
        documents=_documents(config),
        sign_in=lambda name: smoke_people.on_the_stack(gateway, name, http=http),
    )


def _deployed(asked: argparse.Namespace, http: httpx.Client) -> Place:
    config = json.loads(asked.config.read_text(encoding="utf-8"))
    token = os.environ.get("GOOGLE_ACCESS_TOKEN")
    if not token:
        raise Failed("GOOGLE_ACCESS_TOKEN is not set: gcloud auth print-access-token gives one")
    key = config["firebase"]["apiKey"]
    return Place(
        functions=json.loads(asked.functions.read_text(encoding="utf-8")),
        documents=_documents(config),
        sign_in=lambda name: smoke_people.at_google(name, account=asked.account, token=token, key=key, http=http),
    )


def _documents(config: Mapping[str, Any]) -> str | None:
    """Where the site reads live updates from, by its configuration.

    >>> _documents({"live_updates": True, "firestore_emulator": None, "project": "p"})
    'https://firestore.googleapis.com/v1/projects/p/databases/(default)/documents'
    >>> _documents({"live_updates": False})
    """
    if not config.get("live_updates"):
        return None
    emulator = config.get("firestore_emulator")
    server = f"http://{emulator}" if emulator else "https://firestore.googleapis.com"
    return f"{server}/v1/projects/{config['project']}/databases/(default)/documents"


def auction(place: Place, http: httpx.Client, *, closing_seconds: float = CLOSING_SECONDS) -> Iterator[str]:
    """Run one auction; a sentence on each thing that is well.

    Raises:
        Failed: something is not.
        NotSignedIn: nobody can be signed in.
    """
    night = secrets.token_hex(6)
    seller, bidder = (_Visitor(place, http, place.sign_in(f"smoke-{role}")) for role in ("seller", "bidder"))
    nobody = _Visitor(place, http, None)

    offer = {
        "title": f"Smoke test {night}",
        "description": "Offered by a deployment to see that auctions work. It is not for sale.",
        "category": "books",
        "starting_price": _PRICE,
        "duration_seconds": LASTS_SECONDS,
        "soft_close": {"window_seconds": 0},
    }
    listing = seller.post("create_listing", offer, key=f"smoke-offer-{night}")["listing"]["id"]
    yield f"list: {listing} is offered"

    bid = {"listing_id": listing, "max_amount": _MAXIMUM}
    nobody.post("place_bid", bid, key=f"smoke-nobody-{night}", status=401)
    placed = bidder.post("place_bid", bid, key=f"smoke-bid-{night}")
    _expect("bid", placed, leading=True)
    _expect("bid", placed["listing"], bid_count=1, current_price=_PRICE)
    yield "bid: it leads, and nobody bids without signing in"

    _expect("get", bidder.get("get_listing", id=listing)["you"], leading=True, your_max=_MAXIMUM)
    found = nobody.get("search_listings", q=night)["listings"]
    if [each["id"] for each in found] != [listing]:
        raise Failed(f"search: {len(found)} listings are named {night}, not one")
    yield "get: the bidder sees it, and the search finds it"

    if place.documents is None:
        yield "push: there are no live updates here"
    else:
        nobody.await_push(listing, bid_count=1, current_price=_PRICE)
        yield "push: the mirror shows the bid"

    sold = {"status": "closed", "outcome": "sold", "winner": placed["listing"]["leader"]}
    nobody.await_hammer(listing, LASTS_SECONDS + closing_seconds, **sold)
    if place.documents is not None:
        nobody.await_push(listing, **sold)
    yield "close: the bidder has won"


@dataclass(frozen=True)
class _Visitor:
    """Somebody who calls the functions, or nobody in particular; patient while a function starts."""

    place: Place
    http: httpx.Client
    token: str | None

    def post(self, operation: str, body: Document, *, key: str, status: int = 201) -> Document:
        return self._sent("POST", operation, status, json=body, headers={"Idempotency-Key": key})

    def get(self, operation: str, **query: str) -> Document:
        return self._sent("GET", operation, 200, params=query)

    def await_hammer(self, listing: str, seconds: float, **members: object) -> None:
        _await("close", lambda: dict(self.get("get_listing", id=listing)["listing"]), seconds, members)

    def await_push(self, listing: str, **members: object) -> None:
        document = f"{self.place.documents}/listings/{listing}"
        _await("push", lambda: _mirrored(self.http, document), PUSH_SECONDS, members)

    def _sent(self, method: str, operation: str, status: int, **request: Any) -> Document:
        """The answer, which must have that status; asked again while the function starts."""
        address = self.place.functions.get(operation)
        if address is None:
            raise Failed(f"{operation} has no address")
        if self.token:
            request["headers"] = {**request.get("headers", {}), "Authorization": f"Bearer {self.token}"}
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                answer = self.http.request(method, address, **request)
            except httpx.TransportError as error:
                if time.monotonic() > until:
                    raise Failed(f"{operation} does not answer at {address}: {type(error).__name__}") from None
            else:
                if answer.status_code not in _COMING_UP or time.monotonic() > until:
                    return _body(operation, answer, status)
            time.sleep(_PAUSE_SECONDS)


def _body(operation: str, answer: httpx.Response, status: int) -> Document:
    if answer.status_code != status:
        raise Failed(f"{operation} answers {answer.status_code} and not {status}: {answer.text[:300]}")
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Failed(f"{operation} answers without a JSON object: {answer.text[:300]}")
    return body


def _expect(what: str, document: Mapping[str, Any], **members: object) -> None:
    if wrong := _differing(document, members):
        wanted = {name: members[name] for name in wrong}
        raise Failed(f"{what}: it says {wrong}, and should say {wanted}")


def _differing(document: Mapping[str, Any], members: Mapping[str, object]) -> Document:
    return {name: document.get(name) for name, wanted in members.items() if document.get(name) != wanted}


def _await(what: str, look: Callable[[], Document], seconds: float, members: Mapping[str, object]) -> None:
    """Look until the members are as they should be.

    Raises:
        Failed: they still are not.
    """
    until = time.monotonic() + seconds
    while _differing(document := look(), members):
        if time.monotonic() > until:
            _expect(f"{what}, after {seconds:.0f} s", document, **members)
        time.sleep(_PAUSE_SECONDS)


def _mirrored(http: httpx.Client, document: str) -> Document:
    """The members of a document of the mirror that are text or whole numbers; none while it is not there."""
    answer = http.get(document)
    if answer.status_code == httpx.codes.NOT_FOUND:
        return {}
    if answer.is_error:
        raise Failed(f"push: the mirror answers {answer.status_code}: {answer.text[:300]}")
    fields = answer.json().get("fields", {})
    numbers = {name: int(value["integerValue"]) for name, value in fields.items() if "integerValue" in value}
    return numbers | {name: value["stringValue"] for name, value in fields.items() if "stringValue" in value}


if __name__ == "__main__":
    sys.exit(main())
