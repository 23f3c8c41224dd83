"""People who bid over HTTP through several function processes, and do not give up when one of them fails."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from dev.stack.issuer import Issuer
from tests.races.arena import a_key, a_person

_GIVE_UP_SECONDS = 15.0


@dataclass(frozen=True, kw_only=True)
class Acknowledged:
    """A bid that was answered with 201."""

    listing_id: str
    bidder_id: str
    key: str
    max_amount: int
    seq: int
    price: int
    at: float


@dataclass
class Crowd:
    """So many people, each with a thread, bidding on some listings until the block ends.

    A request that is answered 503, or not at all, is sent again under its key, to the next process.
    """

    urls: Sequence[str]
    lots: Sequence[str]
    issuer: Issuer
    acknowledged: list[Acknowledged] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    refused: int = 0
    retries: int = 0
    _enough: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def bidding(self, count: int) -> Iterator[Self]:
        """While the block runs they bid; at its end everybody finishes what he began."""
        threads = [threading.Thread(target=self._bid, args=(number,), daemon=True) for number in range(count)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._enough.set()
            for thread in threads:
                thread.join(30)
        assert not any(thread.is_alive() for thread in threads)

    def since(self, moment: float) -> list[Acknowledged]:
        """What was acknowledged after a moment of the monotonic clock."""
        return [bid for bid in list(self.acknowledged) if bid.at > moment]

    def _bid(self, number: int) -> None:
        bidder, chance = a_person(f"crowd{number}"), random.Random(number)
        minimum = dict.fromkeys(self.lots, 1_00)
        with httpx.Client(trust_env=False, timeout=12) as http:
            http.headers["Authorization"] = f"Bearer {self.issuer.user_token(bidder.user_id, bidder.display_name)}"
            while not self._enough.is_set():
                lot = chance.choice(self.lots)
                body = {"listing_id": lot, "max_amount": minimum[lot] + chance.choice((0, 1, 25, 100, 10_00))}
                answer = self._insist(http, body, bidder_id=bidder.user_id, first=number)
                minimum[lot] = answer.get("minimum_bid") or answer.get("listing", {}).get("minimum_bid", minimum[lot])

    def _insist(self, http: httpx.Client, body: dict[str, Any], *, bidder_id: str, first: int) -> dict[str, Any]:
        """The answer to one bid, however many tries it takes."""
        key, give_up, tries = a_key(), time.monotonic() + _GIVE_UP_SECONDS, 0
        while time.monotonic() < give_up:
            url = self.urls[(first + tries) % len(self.urls)]
            tries += 1
            self.retries += tries > 1
            try:
                response = http.post(url, json=body, headers={"Idempotency-Key": key})
            except httpx.TransportError:
                time.sleep(0.05)
                continue
            if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                time.sleep(0.05)
                continue
            answer: dict[str, Any] = response.json()
            self._note(response, answer, bidder_id=bidder_id, key=key, body=body)
            return answer
        self.unexpected.append(f"no answer in {_GIVE_UP_SECONDS} s")
        return {}

    def _note(self, response: httpx.Response, answer: dict[str, Any], **bid: Any) -> None:
        if response.status_code == httpx.codes.CREATED:
            self.acknowledged.append(
                Acknowledged(
                    listing_id=bid["body"]["listing_id"],
                    bidder_id=bid["bidder_id"],
                    key=bid["key"],
                    max_amount=bid["body"]["max_amount"],
                    seq=answer["bid"]["seq"],
                    price=answer["listing"]["current_price"],
                    at=time.monotonic(),
                )
            )
        elif answer.get("code") == "bid_too_low":
            self.refused += 1
        else:
            self.unexpected.append(response.text)


def send_together(urls: Sequence[str], token: str, body: dict[str, Any], key: str) -> list[httpx.Response]:
    """One request to several processes at the same moment, each on a connection that is open already."""
    ready = threading.Barrier(len(urls), timeout=10)
    answers: dict[int, httpx.Response] = {}

    def send(place: int, http: httpx.Client) -> None:
        http.options(urls[place])
        ready.wait()
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        answers[place] = http.post(urls[place], json=body, headers=headers)

    with ExitStack() as stack:
        clients = [stack.enter_context(httpx.Client(trust_env=False, timeout=12)) for _ in urls]
        threads = [threading.Thread(target=send, args=one) for one in enumerate(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    return [answers[place] for place in sorted(answers)]
