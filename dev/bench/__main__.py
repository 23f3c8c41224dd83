"""python -m dev.bench NAME: measure, print a table and how it came about."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator

from dev.bench import (
    close_auctions,
    cold_start,
    contenders,
    machine,
    memory,
    nl_query,
    place_bid,
    place_bid_report,
    push,
)
from dev.bench.market import Market, open_market
from dev.stack.process import StartFailed
from dev.stack.progress import say

Run = Callable[[Market, argparse.Namespace], Iterator[str]]


def main() -> int:
    """Exit status: 0 measured, 1 something is missing or broken."""
    arguments = _parser().parse_args()
    load_before = machine.load_average()
    try:
        with open_market() as market:
            say(f"{market.server.version}, load average {load_before}")
            lines = list(arguments.run(market, arguments))
            say()
            for line in [*lines, *machine.facts(market.server, load_before)]:
                say(line)
    except (StartFailed, contenders.Inconsistent) as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    return 0


def _place_bid(market: Market, arguments: argparse.Namespace) -> Iterator[str]:
    options = place_bid.Options(
        seconds=arguments.seconds,
        rounds=arguments.rounds,
        connections=arguments.connections,
        threads=arguments.threads,
        mirror=arguments.mirror,
        workers=[arguments.workers] if arguments.workers else place_bid.WORKERS,
    )
    return place_bid_report.report(place_bid.measure(market, options))


def _close_auctions(market: Market, arguments: argparse.Namespace) -> Iterator[str]:
    return close_auctions.report(close_auctions.measure(market, arguments.listings))


def _push(market: Market, arguments: argparse.Namespace) -> Iterator[str]:
    return push.report(push.measure(market, seconds=arguments.seconds, bids_per_second=arguments.rate))


def _cold_start(market: Market, arguments: argparse.Namespace) -> Iterator[str]:
    return cold_start.report(cold_start.measure(market, arguments.runs))


def _memory(market: Market, _: argparse.Namespace) -> Iterator[str]:
    return memory.report(memory.measure(market))


def _nl_query(market: Market, arguments: argparse.Namespace) -> Iterator[str]:
    measured = nl_query.measure(market, arguments.bids, questions=arguments.questions, seconds=arguments.seconds)
    return nl_query.report(measured)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dev.bench", description="Gavel's benchmarks.")
    names = parser.add_subparsers(required=True, metavar="NAME")
    command = _command(names, "place_bid", _place_bid, "bids/s beside the ceiling, the database and the usual design")
    command.add_argument("--seconds", type=int, default=8, help="length of one run")
    command.add_argument("--rounds", type=int, default=3, help="runs of each contender on each scene")
    command.add_argument("--connections", type=int, default=256, help="HTTP connections, all kept busy")
    command.add_argument("--threads", type=int, default=16, help="threads of one commit per bid")
    command.add_argument(
        "--workers", type=int, help="processes of a function (default: one, and one for each processor)"
    )
    command.add_argument("--mirror", action="store_true", help="also run Gavel with the Firestore emulator")
    command = _command(names, "close_auctions", _close_auctions, "auctions closed per second")
    command.add_argument("--listings", type=int, default=100_000, help="auctions that are due")
    command = _command(names, "push", _push, "from a bid's acknowledgement to the page that shows it")
    command.add_argument("--seconds", type=int, default=20, help="length of the run")
    command.add_argument("--rate", type=int, default=50, help="bids per second")
    command = _command(names, "cold_start", _cold_start, "from a process's start to its first 201")
    command.add_argument("--runs", type=int, default=7, help="starts of each function")
    command = _command(names, "nl_query", _nl_query, "analysts' questions, and bids beside them")
    command.add_argument("--bids", type=int, default=1_000_000, help="bids of the past that is asked about")
    command.add_argument("--questions", type=int, default=200, help="questions that overhead and cache are taken from")
    command.add_argument("--seconds", type=int, default=20, help="length of each run of bids")
    _command(names, "memory", _memory, "memory of each function after its first request")
    return parser


def _command(
    names: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: Run, words: str
) -> argparse.ArgumentParser:
    command = names.add_parser(name, help=words, description=words.capitalize() + ".")
    command.set_defaults(run=run)
    return command


if __name__ == "__main__":
    sys.exit(main())
