"""Bids per second and their latency, beside the ceiling, the database alone and the usual design.

Gavel and Django are each tried in several shapes first, and each takes part on each scene in its own best.
"""

from __future__ import annotations

import functools
import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from typing import Any

from dev.bench import contenders
from dev.bench.contenders import DJANGO, EMPTY, GAVEL, MIRRORED, ONE_COMMIT, Contender, Dose, Sample
from dev.bench.django_server import DjangoSite, Shape
from dev.bench.market import Market
from dev.bench.wrk import require_wrk
from dev.stack.emulator import private_emulator
from dev.stack.progress import say

SHAPES: Mapping[str, Sequence[Any]] = {
    GAVEL: sorted({1, os.cpu_count() or 1}),
    DJANGO: (Shape(1, 16), Shape(2, 8), Shape(4, 4), Shape(4, 8), Shape(8, 2)),
}
"""How designs are tried: Gavel with one worker, as where an instance has one processor, and with one for each."""
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
    shapes: Mapping[str, Sequence[Any]] = field(default_factory=lambda: SHAPES)

    def dose(self, scene: str, seconds: int | None = None) -> Dose:
        """The load of a scene."""
        listings = 1 if scene == HOT else self.spread
        return Dose(listings=listings, seconds=seconds or self.seconds, connections=self.connections)


Shaped = Callable[[Any], AbstractContextManager[Contender]]
"""A design that starts in the shape it is given: `Shape` for Django, threads for ONE_COMMIT, else workers."""
Swept = Mapping[tuple[str, str], Mapping[Any, Sample]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Medians by scene and contender, in the order in which they ran; `swept` are trials by design, scene and shape."""

    options: Options
    medians: Mapping[str, Mapping[str, Sample]]
    swept: Swept


def measure(market: Market, options: Options) -> Result:
    """Interleaved rounds of every contender on both scenes.

    Raises:
        StartFailed: a part is missing or does not start.
        Inconsistent: Gavel broke an invariant.
    """
    require_wrk()
    tokens = market.bidder_tokens()
    with ExitStack() as stack:
        designs = _designs(market, options, tokens, stack)
        swept = {
            (design, scene): samples
            for design, shapes in options.shapes.items()
            for scene, samples in _sweep(designs[design], shapes, options).items()
        }

        @functools.cache
        def start(design: str, shape: Any) -> Contender:
            contender = stack.enter_context(designs[design](shape))
            _warm_up(contender, options)
            return contender

        field_of = {scene: _field(options, _best(swept, scene, options), start) for scene in SCENES}
        samples = _rounds(field_of, options)
    medians = {scene: {name: _median(runs) for name, runs in samples[scene].items()} for scene in SCENES}
    return Result(options=options, medians=medians, swept=swept)


def _designs(market: Market, options: Options, tokens: Sequence[str], stack: ExitStack) -> Mapping[str, Shaped]:
    """All that have a shape, none of them started."""
    site = DjangoSite.install(market)
    designs: dict[str, Shaped] = {
        EMPTY: lambda workers: contenders.the_empty_function(market, tokens, workers=workers),
        GAVEL: lambda workers: contenders.gavel(market, tokens, workers=workers),
        ONE_COMMIT: lambda threads: nullcontext(contenders.one_commit(market, threads=threads)),
        DJANGO: lambda shape: contenders.django(site, tokens, shape=shape),
    }
    if options.mirror:
        emulator = stack.enter_context(private_emulator()).address
        designs[MIRRORED] = lambda workers: contenders.gavel(market, tokens, workers=workers, emulator=emulator)
    return designs


def _sweep(design: Shaped, shapes: Sequence[Any], options: Options) -> Mapping[str, Mapping[Any, Sample]]:
    """A short run of each shape on each scene, the others standing still; where there is no choice, none."""
    samples: dict[str, dict[Any, Sample]] = {scene: {} for scene in SCENES}
    for shape in shapes if len(shapes) > 1 else ():
        with design(shape) as contender:
            _warm_up(contender, options)
            for scene in SCENES:
                sample = contender.run(options.dose(scene, min(_SWEEP_SECONDS, options.seconds)))
                say(f"  sweep   {scene:16}  {contender.name:24} {sample.answers_per_second:9,.0f} answers/s")
                samples[scene][shape] = sample
    return samples


def _best(swept: Swept, scene: str, options: Options) -> dict[str, Any]:
    """Each design's shape with the most answers per second on a scene; refusals, which are cheap, count for it."""
    best = {}
    for design, shapes in options.shapes.items():
        rate = {shape: sample.answers_per_second for shape, sample in swept[design, scene].items()}
        best[design] = max(shapes, key=lambda shape: rate.get(shape, 0.0))
    return best


def _field(options: Options, best: Mapping[str, Any], start: Callable[[str, Any], Contender]) -> list[Contender]:
    """Who takes part on a scene. The ceiling is that of as many workers as Gavel has."""
    functions = (EMPTY, GAVEL, MIRRORED) if options.mirror else (EMPTY, GAVEL)
    ours = [start(design, best[GAVEL]) for design in functions]
    return [*ours, start(ONE_COMMIT, options.threads), start(DJANGO, best[DJANGO])]


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
                say(f"  round {number} {scene:16}  {contender.name:24} {told}")
    return samples


def _median(runs: Sequence[Sample]) -> Sample:
    """The run whose answers per second are the median: its other figures belong to it."""
    return sorted(runs, key=lambda sample: sample.answers_per_second)[len(runs) // 2]
