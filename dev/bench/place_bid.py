"""Bids per second and their latency, beside the ceiling, the database alone and the usual design.

Django is tried in several shapes first and takes part on each scene in its best; the functions take part in all theirs.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from dev.bench import contenders
from dev.bench.contenders import Contender, Dose, Sample
from dev.bench.django_server import DjangoSite, Shape
from dev.bench.market import Market
from dev.bench.wrk import require_wrk
from dev.stack.emulator import private_emulator
from dev.stack.progress import say

SHAPES = (Shape(1, 16), Shape(2, 8), Shape(4, 4), Shape(4, 8), Shape(8, 2))
"""Workers and threads of gunicorn with which Django is tried."""
WORKERS = tuple(sorted({1, os.cpu_count() or 1}))
"""Workers of a function: one, as where an instance has one processor, and one for each."""
_SWEEP_SECONDS = 3

HOT = "one hot listing"
SPREAD = "spread over many"
SCENES = (HOT, SPREAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says."""

    seconds: int = 8
    rounds: int = 3
    connections: int = 256
    threads: int = 16
    mirror: bool = False
    spread: int = 1000
    warm_up_seconds: int = 1
    workers: Sequence[int] = WORKERS
    shapes: Sequence[Shape] = SHAPES

    def dose(self, scene: str, seconds: int | None = None) -> Dose:
        """The load of a scene."""
        listings = 1 if scene == HOT else self.spread
        return Dose(listings=listings, seconds=seconds or self.seconds, connections=self.connections)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Medians by scene and contender, in the order in which they ran; `swept` are Django's trials."""

    options: Options
    medians: Mapping[str, Mapping[str, Sample]]
    swept: Mapping[tuple[str, Shape], Sample]


def measure(market: Market, options: Options) -> Result:
    """Interleaved rounds of every contender on both scenes.

    Raises:
        StartFailed: a part is missing or does not start.
        Inconsistent: Gavel broke an invariant.
    """
    require_wrk()
    tokens = market.bidder_tokens()
    site = DjangoSite.install(market)
    swept = dict(_sweep(options, tokens, site))
    best = {scene: _best(swept, scene, options) for scene in SCENES}
    with ExitStack() as stack:
        ours = _ours(market, options, tokens, stack)
        usual = {
            shape: stack.enter_context(contenders.django(site, tokens, shape=shape))
            for shape in dict.fromkeys(best.values())
        }
        for contender in [*ours, *usual.values()]:
            _warm_up(contender, options)
        samples = _rounds({scene: [*ours, usual[best[scene]]] for scene in SCENES}, options)
    medians = {scene: {name: _median(runs) for name, runs in samples[scene].items()} for scene in SCENES}
    return Result(options=options, medians=medians, swept=swept)


def _ours(market: Market, options: Options, tokens: Sequence[str], stack: ExitStack) -> list[Contender]:
    """Everything but Django, started."""
    emulator = stack.enter_context(private_emulator()).address if options.mirror else None
    started = []
    for workers in options.workers:
        started.append(stack.enter_context(contenders.the_empty_function(market, tokens, workers=workers)))
        for address in dict.fromkeys((None, emulator)):
            ours = contenders.gavel(market, tokens, workers=workers, emulator=address)
            started.append(stack.enter_context(ours))
    return [*started, contenders.one_commit(market, threads=options.threads)]


def _sweep(options: Options, tokens: Sequence[str], site: DjangoSite) -> Iterator[tuple[tuple[str, Shape], Sample]]:
    """A short run of each shape of Django on each scene, the others standing still; none where there is no choice."""
    for shape in options.shapes if len(options.shapes) > 1 else ():
        with contenders.django(site, tokens, shape=shape) as contender:
            _warm_up(contender, options)
            for scene in SCENES:
                sample = contender.run(options.dose(scene, min(_SWEEP_SECONDS, options.seconds)))
                say(f"  sweep   {scene:16}  {contender.name:26} {sample.answers_per_second:9,.0f} answers/s")
                yield (scene, shape), sample


def _best(swept: Mapping[tuple[str, Shape], Sample], scene: str, options: Options) -> Shape:
    """The shape with the most answers per second on a scene: refusals, which are cheap, are counted in its favour."""
    if len(options.shapes) == 1:
        return options.shapes[0]
    return max(options.shapes, key=lambda shape: swept[scene, shape].answers_per_second)


def _warm_up(contender: Contender, options: Options) -> None:
    """Let it connect, fetch keys and verify tokens before anything is measured."""
    if options.warm_up_seconds:
        contender.run(options.dose(SPREAD, options.warm_up_seconds))


def _rounds(field_of: Mapping[str, Sequence[Contender]], options: Options) -> dict[str, dict[str, list[Sample]]]:
    samples: dict[str, dict[str, list[Sample]]] = {scene: defaultdict(list) for scene in SCENES}
    for number in range(1, options.rounds + 1):
        for scene in SCENES:
            for contender in field_of[scene]:
                sample = contender.run(options.dose(scene))
                samples[scene][contender.name].append(sample)
                told = f"{sample.answers_per_second:9,.0f} answers/s  {sample.accepted_per_second:9,.0f} accepted/s"
                say(f"  round {number} {scene:16}  {contender.name:26} {told}")
    return samples


def _median(runs: Sequence[Sample]) -> Sample:
    """The run whose answers per second are the median: its other figures belong to it."""
    return sorted(runs, key=lambda sample: sample.answers_per_second)[len(runs) // 2]
