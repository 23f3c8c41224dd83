"""Bids at an even pace on one listing, over connections that are open before the first is sent.

With plain streams, so that the order of sending is the order of arrival: a bid that another overtakes is too low.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from dev.bench.wrk import AMOUNT_STEP

_CONNECTIONS = 64

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBid:
    """A bid that was accepted: when it was sent and acknowledged (seconds since 1970), and its listing's version."""

    sent_at: float
    acknowledged_at: float
    version: int


class PacedBidder:
    """Bids on one listing, each a step higher than the last, by many people in turn."""

    def __init__(self, url: str, tokens: Sequence[str], listing_id: str) -> None:
        self._address = urlsplit(url)
        self._tokens = tokens
        self._listing_id = listing_id
        self._number = 0
        self._run = secrets.token_hex(4)  # the same people may bid in several runs

    def bid(self, count: int, per_second: int) -> list[SentBid]:
        """The accepted ones of so many bids, sent at their times whether or not answers come.

        On a thread of its own: the main thread may have a browser's event loop.
        """
        bids: list[SentBid] = []
        thread = threading.Thread(target=lambda: bids.extend(asyncio.run(self._paced(count, per_second))))
        thread.start()
        thread.join()
        return bids

    async def _paced(self, count: int, per_second: int) -> list[SentBid]:
        idle: asyncio.Queue[Connection] = asyncio.Queue()
        for _ in range(min(count, _CONNECTIONS)):
            idle.put_nowait(await asyncio.open_connection(self._address.hostname, self._address.port))
        loop = asyncio.get_running_loop()
        begun = loop.time()
        tasks = []
        for index in range(count):
            await asyncio.sleep(begun + index / per_second - loop.time())
            connection = await idle.get()
            self._number += 1
            sent_at = time.time()
            connection[1].write(self._request(self._number))
            tasks.append(asyncio.create_task(_answer(connection, idle, sent_at)))
        answered = await asyncio.gather(*tasks)
        while not idle.empty():
            idle.get_nowait()[1].close()
        return [bid for bid in answered if bid]

    def _request(self, number: int) -> bytes:
        bid = {"listing_id": self._listing_id, "max_amount": 1000 + number * AMOUNT_STEP}
        body = json.dumps(bid).encode()
        head = (
            "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {self._tokens[number % len(self._tokens)]}\r\n"
            f"Idempotency-Key: {self._run}-{number:08}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


async def _answer(connection: Connection, idle: asyncio.Queue[Connection], sent_at: float) -> SentBid | None:
    """The bid, if it was accepted; the connection is free for the next one then."""
    reader, _ = connection
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = head.partition("content-length:")[2].partition("\r\n")[0]
    body = await reader.readexactly(int(length))
    acknowledged_at = time.time()
    idle.put_nowait(connection)
    if int(head.split()[1]) != HTTPStatus.CREATED:
        return None
    return SentBid(sent_at=sent_at, acknowledged_at=acknowledged_at, version=json.loads(body)["listing"]["version"])
