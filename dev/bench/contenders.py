"""The designs that place_bid's benchmark compares, each behind the same two questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from dev.bench.django_server import DjangoServer, DjangoSite, Shape
from dev.bench.lots import DjangoLots, GavelLots, Lots, NoLots
from dev.bench.market import Market, apply_migrations
from dev.bench.one_commit import commit_one_by_one
from dev.bench.processor import cpu_seconds
from dev.bench.wrk import Load, send
from dev.stack.database import DatabaseServer
from dev.stack.functions import FunctionProcess

EMPTY = "empty function"
GAVEL = "Gavel"
MIRRORED = "Gavel with the mirror"
ONE_COMMIT = "one commit per bid"
DJANGO = "Django"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """How a contender is loaded: listings in turn, for so long, by so many at once."""

    listings: int
    seconds: int
    connections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One run. accepted: bids that stand in the database · refused: answered, but not 2xx.

    The cores are those that each part kept busy on average, a core wholly used being 1.
    """

    answers_per_second: float
    accepted_per_second: float
    refused: int
    failed: int
    p50_ms: float
    p99_ms: float
    generator_cores: float
    server_cores: float
    database_cores: float


class Contender(Protocol):
    """A design under load."""

    @property
    def name(self) -> str:
        """What the table calls it: its design and, after a comma, its shape if designs like it have several."""

    def run(self, dose: Dose) -> Sample:
        """One run on new listings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverHttp:
    """A design that answers HTTP; `check` looks at the listings afterwards."""

    name: str
    process: FunctionProcess | DjangoServer
    market: Market
    tokens: Sequence[str]
    lots: Lots
    check: Callable[[Sequence[str]], None] = lambda _: None

    def run(self, dose: Dose) -> Sample:
        """As `Contender.run`."""
        ids = self.lots.open(dose.listings)
        load = Load(tokens=self.tokens, listing_ids=ids, seconds=dose.seconds, connections=dose.connections)
        with _used(self.process.pid) as server, _used(self.market.server.pid) as database:
            answers = send(load, self.process.url, self.market.folder)
        self.check(ids)
        return Sample(
            answers_per_second=answers.answers / answers.seconds,
            accepted_per_second=self.lots.accepted(ids) / answers.seconds,
            refused=answers.refused,
            failed=answers.failed,
            p50_ms=answers.p50_ms,
            p99_ms=answers.p99_ms,
            generator_cores=answers.generator_cores,
            server_cores=server[0] / answers.seconds,
            database_cores=database[0] / answers.seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OneCommit:
    """The design without HTTP: threads at the database, as many as `threads`."""

    server: DatabaseServer
    threads: int
    name: str = ONE_COMMIT

    def run(self, dose: Dose) -> Sample:
        """As `Contender.run`; the dose's connections are the threads'."""
        ids = GavelLots(self.server).open(dose.listings)
        with _used(self.server.pid) as database:
            commits = commit_one_by_one(self.server, ids, seconds=dose.seconds, threads=self.threads)
        per_second = len(commits.latencies) / commits.seconds
        return Sample(
            answers_per_second=per_second,
            accepted_per_second=GavelLots(self.server).accepted(ids) / commits.seconds,
            refused=0,
            failed=0,
            p50_ms=commits.percentile_ms(50),
            p99_ms=commits.percentile_ms(99),
            generator_cores=commits.client_cores,
            server_cores=0.0,
            database_cores=database[0] / commits.seconds,
        )


class Inconsistent(Exception):  # noqa: N818 - it says what was found
    """After a run, listings do not agree with their own bids: a bug worth more than any figure."""


@contextmanager
def the_empty_function(market: Market, tokens: Sequence[str], *, workers: int = 1) -> Iterator[Contender]:
    """The ceiling."""
    with market.empty_function(workers=workers) as process:
        name = f"{EMPTY}, {_workers(workers)}"
        yield OverHttp(name=name, process=process, market=market, tokens=tokens, lots=NoLots())


@contextmanager
def gavel(
    market: Market, tokens: Sequence[str], *, workers: int = 1, emulator: str | None = None
) -> Iterator[Contender]:
    """place_bid itself; its invariants are checked after each run."""
    lots = GavelLots(market.server)

    def check(ids: Sequence[str]) -> None:
        if broken := lots.broken(ids):
            raise Inconsistent(f"{broken} of {len(ids)} listings do not agree with their bids")

    with market.function("place_bid", workers=workers, emulator=emulator) as process:
        name = f"{MIRRORED if emulator else GAVEL}, {_workers(workers)}"
        yield OverHttp(name=name, process=process, market=market, tokens=tokens, lots=lots, check=check)


def one_commit(market: Market, *, threads: int) -> Contender:
    """The database alone, on Gavel's tables in another schema."""
    server = market.schema("bench_one_commit")
    apply_migrations(server)
    return OneCommit(server=server, threads=threads)


@contextmanager
def django(site: DjangoSite, tokens: Sequence[str], *, shape: Shape) -> Iterator[Contender]:
    """The usual design."""
    with site.serve(shape) as process:
        name, lots = f"{DJANGO}, {shape}", DjangoLots(site.server)
        yield OverHttp(name=name, process=process, market=site.market, tokens=tokens, lots=lots)


def design_of(name: str) -> str:
    """The design of a contender's name.

    >>> design_of("Django, 4 x 8"), design_of("one commit per bid")
    ('Django', 'one commit per bid')
    """
    return name.partition(",")[0]


def _workers(count: int) -> str:
    return "1 worker" if count == 1 else f"{count} workers"


@contextmanager
def _used(pid: int) -> Iterator[list[float]]:
    """The processor seconds that a process and its children use in the block, in a list that is filled at its end."""
    seconds: list[float] = []
    before = cpu_seconds(pid)
    yield seconds
    seconds.append(cpu_seconds(pid) - before)
