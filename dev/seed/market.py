"""The market as its visitors use it: the public HTTP API, with tokens of the local stack."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from dev.stack import lock, state
from dev.stack.settings import StackSettings, environment

_TRIES = 8
_TIMEOUT_SECONDS = 30.0
_CONNECTIONS = 32


class NoMarket(Exception):  # noqa: N818 - it says what happened
    """There is no market to go to; the message is the sentence to print."""


class Refused(Exception):  # noqa: N818 - it says what happened
    """A request was answered with a problem."""

    def __init__(self, operation: str, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{operation}: {problem.get('code')}: {problem.get('detail')}")
        self.code = str(problem.get("code"))
        self.facts = problem


class Market(AbstractAsyncContextManager["Market"]):
    """Requests of many people to one gateway; what is answered 503 is sent again."""

    def __init__(self, gateway: str) -> None:
        self._gateway = gateway
        self._tokens: dict[str, asyncio.Task[str]] = {}
        limits = httpx.Limits(max_connections=_CONNECTIONS)
        self._http = httpx.AsyncClient(base_url=gateway, limits=limits, timeout=_TIMEOUT_SECONDS, trust_env=False)

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def get(self, operation: str, **query: str) -> dict[str, Any]:
        """What anybody may read.

        Raises:
            Refused, NoMarket: as `post`.
        """
        return await self._send("GET", f"/api/{operation}", params=query)

    async def post(self, operation: str, body: Mapping[str, Any], *, user: str, key: str) -> dict[str, Any]:
        """What a person does, once and only once however often it must be sent.

        Raises:
            Refused: the answer is a problem.
            NoMarket: nobody answers.
        """
        if user not in self._tokens:
            self._tokens[user] = asyncio.ensure_future(self._token(user))
        headers = {"Authorization": f"Bearer {await self._tokens[user]}", "Idempotency-Key": key}
        return await self._send("POST", f"/api/{operation}", json=body, headers=headers)

    async def _token(self, user: str) -> str:
        answer = await self._send("POST", "/dev/token", json={"user": user, "display_name": user})
        return str(answer["id_token"])

    async def _send(self, method: str, path: str, **parts: Any) -> dict[str, Any]:
        for tries_left in reversed(range(_TRIES)):
            try:
                response = await self._http.request(method, path, **parts)
            except httpx.ConnectError as error:
                raise NoMarket(f"Nobody answers at {self._gateway}. Start the stack: make up") from error
            except httpx.TransportError as error:
                if not tries_left:
                    raise NoMarket(f"{self._gateway} does not answer: {type(error).__name__}") from error
                continue
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE or not tries_left:
                break
            await asyncio.sleep(float(response.headers.get("Retry-After", "1")))
        return _body(path.rpartition("/")[2], response)


def _body(operation: str, response: httpx.Response) -> dict[str, Any]:
    """The JSON object of a good answer.

    Raises:
        Refused: the answer is a problem.
        NoMarket: whoever answers does not speak as the gateway does.
    """
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise NoMarket(f"{response.url} answers {response.status_code} without a JSON object: is it Gavel's gateway?")
    if response.is_error:
        raise Refused(operation, body)
    return body


def add_gateway(parser: argparse.ArgumentParser) -> None:
    """The option --gateway."""
    parser.add_argument(
        "--gateway", metavar="URL", help="the gateway's address (default: that of the stack of this GAVEL_HOME)"
    )


def gateway_address(given: str | None) -> str:
    """The address given, else that of the stack that runs.

    Raises:
        NoMarket: no stack runs.
    """
    return given.rstrip("/") if given else running_gateway(StackSettings.from_env(environment()).home)


def running_gateway(home: Path) -> str:
    """The gateway's address of the stack with this home.

    Raises:
        NoMarket: no stack runs there, or it has only begun to start.
    """
    address = state.read(home).get("gateway") if lock.holder(home) is not None else None
    if not isinstance(address, str):
        raise NoMarket(f"No stack runs in {home}. Start it first: make up")
    return address
