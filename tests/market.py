"""The market as tests use it: real functions over HTTP, people who call them, the tables behind them.

`market.user("alice").create(title="Lamp")` offers an item and answers with the listing; `.bid(listing, 500)` bids.
Every answer that passes here is held against its operation's schema, and searched for what nobody may see.
"""

import importlib
import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import httpx
import pymysql

from dev.stack import ports
from dev.stack.database import DatabaseServer, connect
from dev.stack.functions import FUNCTIONS, FunctionProcess, function_program
from dev.stack.issuer import Issuer
from dev.stack.process import Child

ALLOWED_ORIGIN = "https://shop.example"
"""Another site whose pages may call the functions under test."""

TABLES = ("listings", "bids", "bidders", "notifications", "audit_log")

Document = dict[str, Any]


def a_listing(**fields: object) -> Document:
    """What create_listing is sent: an hour's auction from 1.00 dollar; None leaves a member out."""
    usual = {
        "title": "A brass ship's lamp",
        "description": "Found in a harbour shed. Works.",
        "category": "furniture",
        "starting_price": 1_00,
        "duration_seconds": 3600,
    }
    return {name: value for name, value in (usual | fields).items() if value is not None}


def a_key() -> str:
    """A new Idempotency-Key."""
    return secrets.token_hex(12)


class Functions(Mapping[str, FunctionProcess]):
    """Running functions by the name of their operation."""

    def __init__(self, processes: Mapping[str, FunctionProcess]) -> None:
        self._processes = processes

    def __getitem__(self, operation: str) -> FunctionProcess:
        return self._processes[operation]

    def __iter__(self) -> Iterator[str]:
        return iter(self._processes)

    def __len__(self) -> int:
        return len(self._processes)


@contextmanager
def running_functions(
    operations: Sequence[str],
    env: Mapping[str, str],
    *,
    own: Mapping[str, Mapping[str, str]] | None = None,
    directory: Path = FUNCTIONS,
) -> Iterator[Functions]:
    """These functions, started side by side and stopped together. Call it from the main thread.

    Args:
        operations: whose functions.
        env: their settings.
        own: settings of one operation's function alone, by its name.
        directory: where their folders lie.
    """
    with TemporaryDirectory(prefix="gavel-functions-") as folder:
        children = {
            operation: Child(
                function_program(
                    operation,
                    {**env, **(own or {}).get(operation, {})},
                    port=ports.free_port(),
                    directory=directory,
                    log=Path(folder) / f"{operation}.log",
                )
            )
            for operation in operations
        }
        started: list[Child] = []
        try:
            for child in children.values():
                child.spawn()
                started.append(child)
            for child in started:
                child.wait_ready()
            yield Functions({operation: _process(operation, child) for operation, child in children.items()})
        finally:
            for child in started:
                child.terminate()
            for child in started:
                child.stop()


def _process(operation: str, child: Child) -> FunctionProcess:
    url = f"http://{ports.HOST}:{child.program.port}"
    return FunctionProcess(operation=operation, url=url, pid=child.process.pid, log=child.program.log)


class Market:
    """Functions at their addresses, and the people of one test."""

    def __init__(self, functions: Functions, issuer: Issuer, http: httpx.Client) -> None:
        self.functions = functions
        self.issuer = issuer
        self.http = http
        self._people: dict[str, Person] = {}
        self._suffix = secrets.token_hex(4)
        self.secrets: set[str] = set()

    def user(self, name: str) -> "Person":
        """Somebody signed in, with a name, an e-mail and a user id that are found nowhere else; the same again."""
        if name not in self._people:
            user_id, email = f"uid-{name}-{self._suffix}", f"{name}.{self._suffix}@mail.example"
            display_name = f"Mx {name.title()} {self._suffix}"
            token = self.issuer.user_token(user_id, display_name, email=email, email_verified=True)
            self._people[name] = Person(market=self, user_id=user_id, email=email, token=token)
            self.secrets |= {user_id, email, display_name}
        return self._people[name]

    def users(self, count: int) -> list["Person"]:
        """So many people."""
        return [self.user(f"bidder{number}") for number in range(1, count + 1)]

    @property
    def nobody(self) -> "Person":
        """Somebody not signed in."""
        return Person(market=self, user_id="", email="", token=None)

    @property
    def scheduler(self) -> "Person":
        """The scheduler's service account."""
        return Person(market=self, user_id="", email="", token=self.issuer.service_token())

    def create(self, **fields: object) -> Document:
        """A listing that nobody of the test in particular sells."""
        return self.user("seller").create(**fields)

    def get(self, listing: Document | str) -> Document:
        """What a visitor sees of a listing."""
        return self.nobody.get(listing)

    def bid(self, listing: Document | str, max_amount: int, *, by: str) -> Document:
        """The answer to somebody's bid."""
        return self.user(by).bid(listing, max_amount)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who calls the functions."""

    market: Market = field(repr=False)
    user_id: str
    email: str
    token: str | None = field(repr=False)

    def send(self, operation: str, *, method: str | None = None, **request: Any) -> httpx.Response:
        """One request with this person's token, its answer checked for its form; `request` as httpx has it."""
        headers = httpx.Headers(request.pop("headers", {}))
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        method = method or importlib.import_module(f"common.operations.{operation}").METHOD
        function = self.market.functions[operation]
        response = self.market.http.request(method, function.url, headers=headers, **request)
        assert response.status_code != 500, function.log.read_text()[-4000:]
        check_form(operation, response)
        for secret in self.market.secrets:
            assert secret not in response.text, f"{operation} shows {secret}"
        return response

    def create(self, *, key: str | None = None, **fields: object) -> Document:
        """The listing made of `a_listing` with these fields."""
        headers = {} if key is None else {"Idempotency-Key": key}
        response = self.send("create_listing", json=a_listing(**fields), headers=headers)
        assert response.status_code == 201, response.text
        listing: Document = response.json()["listing"]
        return listing

    def try_bid(self, listing: Document | str, max_amount: object, *, key: str | None = None) -> httpx.Response:
        """The response to a bid, whatever it is."""
        body = {"listing_id": id_of(listing), "max_amount": max_amount}
        return self.send("place_bid", json=body, headers={"Idempotency-Key": key or a_key()})

    def bid(self, listing: Document | str, max_amount: int, *, key: str | None = None) -> Document:
        """The answer to a bid that is accepted."""
        response = self.try_bid(listing, max_amount, key=key)
        assert response.status_code == 201, response.text
        answer: Document = response.json()
        return answer

    def get(self, listing: Document | str) -> Document:
        """What this person sees of a listing."""
        response = self.send("get_listing", params={"id": id_of(listing)})
        assert response.status_code == 200, response.text
        answer: Document = response.json()
        return answer

    def search(self, **query: object) -> Document:
        """A page of the market."""
        response = self.send("search_listings", params={name: str(value) for name, value in query.items()})
        assert response.status_code == 200, response.text
        answer: Document = response.json()
        return answer

    def search_all(self, *, most_pages: int = 200, **query: object) -> list[list[Document]]:
        """Every page from here to the last."""
        pages: list[list[Document]] = []
        for _ in range(most_pages):
            page = self.search(**query)
            pages.append(page["listings"])
            if page["next_cursor"] is None:
                return pages
            query["cursor"] = page["next_cursor"]
        raise AssertionError(f"there are more than {most_pages} pages")

    def close_auctions(self) -> dict[str, int]:
        """How many auctions this run closed, by outcome."""
        response = self.send("close_auctions", json={})
        assert response.status_code == 200, response.text
        counts: dict[str, int] = response.json()["closed"]
        return counts


def id_of(listing: Document | str) -> str:
    """The id of a listing, given as itself or by its id."""
    return listing if isinstance(listing, str) else str(listing["id"])


def check_form(operation: str, response: httpx.Response) -> None:
    """Hold an answer against its operation's schema, a refusal against the form of problems."""
    if response.status_code in (204, 304) or response.request.method == "HEAD":
        assert not response.content
    elif response.is_success:
        assert response.headers["content-type"] == "application/json"
        schema = importlib.import_module(f"common.operations.{operation}").Response()
        schema.load(json.loads(response.content))
    else:
        check_problem(response)


def check_problem(response: httpx.Response) -> Document:
    """The problem of a refusal, after a look at its form (RFC 9457)."""
    assert response.status_code >= 400
    assert response.headers["content-type"] == "application/problem+json", response.text
    body: Document = response.json()
    assert {"type", "title", "status", "detail", "code", "trace_id"} <= body.keys()
    assert body["status"] == response.status_code
    assert body["type"].endswith(f"/problems.html#{body['code']}")
    assert len(body["trace_id"]) == 32
    assert response.headers["cache-control"] == "no-store"
    return body


class Records:
    """The tables behind the functions: what tests look up, and what they must not wait for."""

    def __init__(self, connection: "pymysql.connections.Connection[pymysql.cursors.Cursor]") -> None:
        self._connection = connection

    @classmethod
    @contextmanager
    def of(cls, server: DatabaseServer) -> Iterator[Self]:
        """The tables of a server, as the functions' user."""
        connection = connect(server, server.app)
        try:
            records = cls(connection)
            records.execute("SET time_zone = '+00:00'")
            yield records
        finally:
            connection.close()

    def execute(self, sql: str, *parameters: object) -> int:
        """How many rows a statement changed; it is committed at once."""
        with self._connection.cursor() as cursor:
            return cursor.execute(sql, parameters or None)

    def rows(self, sql: str, *parameters: object) -> Sequence[tuple[Any, ...]]:
        """What a SELECT finds."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            return cursor.fetchall()

    def value(self, sql: str, *parameters: object) -> Any:
        """The only value a SELECT finds."""
        ((value,),) = self.rows(sql, *parameters)
        return value

    def counts(self) -> dict[str, int]:
        """How many rows each table has; with them, whether anything was written."""
        return {table: self.value(f"SELECT COUNT(*) FROM {table}") for table in (*TABLES, "users")}  # noqa: S608

    def digest(self) -> dict[str, Any]:
        """What changes with every write: the rows of each table, and the sum of the listings' versions."""
        return {**self.counts(), "versions": self.value("SELECT SUM(version) FROM listings")}

    def forget_listings(self) -> None:
        """Delete every listing and what hangs on it."""
        for table in TABLES:
            self.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names

    def ends_in(self, listing: Document | str, seconds: float = 0.0, *, scheduled: bool = True) -> None:
        """Let an auction end so many seconds from now, 0 for just now; by default as if it had been made so."""
        changed = self.execute(
            "UPDATE listings SET ends_at = UTC_TIMESTAMP(6) + INTERVAL %s MICROSECOND,"
            " scheduled_end = IF(%s, ends_at, scheduled_end), version = version + 1 WHERE id = %s",
            round(seconds * 1_000_000),
            scheduled,
            id_of(listing),
        )
        assert changed == 1

    def starts_in(self, listing: Document | str, seconds: float = 0.0) -> None:
        """Let a scheduled auction start so many seconds from now."""
        changed = self.execute(
            "UPDATE listings SET starts_at = UTC_TIMESTAMP(6) + INTERVAL %s MICROSECOND, version = version + 1"
            " WHERE id = %s",
            round(seconds * 1_000_000),
            id_of(listing),
        )
        assert changed == 1

    def let_pass(self, listing: Document | str, seconds: int) -> None:
        """Let so much time have gone by: all that happened to a listing, its bids too, happened that much earlier."""
        columns = {
            "listings": ("id", "created_at", "starts_at", "scheduled_end", "ends_at"),
            "bids": ("listing_id", "placed_at", "ends_at"),
        }
        for table, (identity, *times) in columns.items():
            earlier = ", ".join(f"{time} = {time} - INTERVAL {seconds} SECOND" for time in times)
            self.execute(f"UPDATE {table} SET {earlier} WHERE {identity} = %s", id_of(listing))  # noqa: S608 - as above


def eventually(holds: Callable[[], bool], *, seconds: float = 10.0) -> bool:
    """Whether something comes to hold in time; looks often, so that it costs no more than it takes."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def a_title() -> str:
    """A title with a word that no other listing has."""
    return f"Lot {secrets.token_hex(5)}"
