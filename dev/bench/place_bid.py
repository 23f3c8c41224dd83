"""Bids per second and their latency, beside the ceiling, the database alone and the usual design."""

from __future__ import annotations

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
"""How Django is tried before the rounds; the best for one listing and the best for a thousand take part."""
_SWEEP_SECONDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says."""

    seconds: int = 8
    rounds: int = 3
    connections: int = 256
    threads: int = 16
    instances: int = 1
    mirror: bool = False
    spread: int = 1000
    warm_up_seconds: int = 1
    shapes: Sequence[Shape] = SHAPES

    def dose(self, scene: str, seconds: int | None = None) -> Dose:
        """The load of a scene."""
        listings = 1 if scene == HOT else self.spread
        return Dose(listings=listings, seconds=seconds or self.seconds, connections=self.connections)


HOT = "one hot listing"
SPREAD = "spread over many"
SCENES = (HOT, SPREAD)

Swept = Mapping[tuple[str, Shape], Sample]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Medians by scene and contender, in the order in which they ran; `swept` are Django's trials."""

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
    site = DjangoSite.install(market)
    swept = dict(_sweep(market, options, tokens, site))
    with ExitStack() as stack:
        ours = _ours(market, options, tokens, stack)
        servers = {shape: stack.enter_context(site.serve(shape)) for shape in _taking_part(swept, options)}
        usual = {shape: contenders.django(market, tokens, server, site.server) for shape, server in servers.items()}
        for contender in [*ours, *usual.values()]:
            _warm_up(contender, options)
        field_of = {scene: [*ours, usual[_best(swept, scene, options)]] for scene in SCENES}
        samples = _rounds(field_of, options)
    medians = {scene: {name: _median(runs) for name, runs in samples[scene].items()} for scene in SCENES}
    return Result(options=options, medians=medians, swept=swept)


def _ours(market: Market, options: Options, tokens: Sequence[str], stack: ExitStack) -> list[Contender]:
    """Everything but Django, started."""
    instances = options.instances
    started = [
        stack.enter_context(contenders.the_empty_function(market, tokens, instances=instances)),
        stack.enter_context(contenders.gavel(market, tokens, instances=instances)),
    ]
    if options.mirror:
        address = stack.enter_context(private_emulator()).address
        started.append(stack.enter_context(contenders.gavel(market, tokens, instances=instances, emulator=address)))
    return [*started, contenders.one_commit(market, threads=options.threads)]


def _sweep(
    market: Market, options: Options, tokens: Sequence[str], site: DjangoSite
) -> Iterator[tuple[tuple[str, Shape], Sample]]:
    """A short run of each shape on each scene, the others standing still; none where there is no choice."""
    for shape in options.shapes if len(options.shapes) > 1 else ():
        with site.serve(shape) as server:
            contender = contenders.django(market, tokens, server, site.server)
            _warm_up(contender, options)
            for scene in SCENES:
                sample = contender.run(options.dose(scene, min(_SWEEP_SECONDS, options.seconds)))
                say(f"  sweep   {scene:16}  {contender.name:24} {sample.answers_per_second:9,.0f} answers/s")
                yield (scene, shape), sample


def _warm_up(contender: Contender, options: Options) -> None:
    """Let it connect, fetch keys and verify tokens before anything is measured."""
    if options.warm_up_seconds:
        contender.run(options.dose(SPREAD, options.warm_up_seconds))


def _taking_part(swept: Swept, options: Options) -> list[Shape]:
    """The best shapes of the scenes, each once."""
    return list(dict.fromkeys(_best(swept, scene, options) for scene in SCENES))


def _best(swept: Swept, scene: str, options: Options) -> Shape:
    """The shape with the most answers per second on a scene: refusals, which are cheap, are counted in its favour."""
    if len(options.shapes) == 1:
        return options.shapes[0]
    return max(options.shapes, key=lambda shape: swept[scene, shape].answers_per_second)


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
