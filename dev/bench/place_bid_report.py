"""The table of place_bid's benchmark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dev.bench.contenders import DJANGO, EMPTY, GAVEL, MIRRORED, ONE_COMMIT, Sample, design_of
from dev.bench.market import BIDDERS
from dev.bench.place_bid import HOT, SCENES, SPREAD, Result

_HEAD = ("answers/s", "accepted/s", "refused", "failed", "p50 ms", "p99 ms", "client", "server", "database", "cpu ms")
_TARGETS = {(HOT, DJANGO): 15.0, (SPREAD, DJANGO): 10.0, (HOT, EMPTY): 0.55}


def report(result: Result) -> Iterator[str]:
    """Lines of text: the figures, what they are to one another, how they came about."""
    for scene in SCENES:
        yield from _scene(_title(scene, result), result.medians[scene])
    yield "Ratios"
    for scene in SCENES:
        yield from _ratios(scene, result.medians[scene])
    yield ""
    yield from _how(result)


def _title(scene: str, result: Result) -> str:
    return scene.capitalize() if scene == HOT else f"Spread over {result.options.spread:,} listings"


def _scene(title: str, medians: Mapping[str, Sample]) -> Iterator[str]:
    yield f"{title:32}" + "".join(f"{name:>12}" for name in _HEAD)
    for name, sample in medians.items():
        cells = [
            f"{sample.answers_per_second:,.0f}",
            "-" if design_of(name) == EMPTY else f"{sample.accepted_per_second:,.0f}",
            f"{sample.refused:,}",
            f"{sample.failed:,}",
            f"{sample.p50_ms:,.1f}",
            f"{sample.p99_ms:,.1f}",
            f"{sample.generator_cores:.2f}",
            "-" if name == ONE_COMMIT else f"{sample.server_cores:.2f}",
            f"{sample.database_cores:.2f}",
            f"{1000 * _processor_seconds(sample):.2f}",
        ]
        yield f"{name:32}" + "".join(f"{cell:>12}" for cell in cells)
    yield ""


def _ratios(scene: str, medians: Mapping[str, Sample]) -> Iterator[str]:
    for ours in medians:
        for other in medians if design_of(ours) in (GAVEL, MIRRORED) else ():
            same_shape = ours.partition(",")[2] == other.partition(",")[2]
            if design_of(other) in (GAVEL, MIRRORED) or (design_of(other) == EMPTY and not same_shape):
                continue
            answered = medians[ours].answers_per_second / medians[other].answers_per_second
            beside = ", ".join(_otherwise_counted(medians[ours], medians[other]))
            target = _TARGETS.get((scene, design_of(other))) if ours == _meant(design_of(other), medians) else None
            told = "" if target is None else f"  target >= {target:g}: {_verdict(answered, target)}"
            yield f"  {scene:16}  {ours} / {other:26} {answered:6.2f}  ({beside}){told}"


def _meant(other: str, medians: Mapping[str, Sample]) -> str:
    """Whose target it is: of Gavel's shapes the best beside Django, which has its best; the first beside the ceiling.

    The ceiling is what the framework leaves of a processor; with a worker for each they share them with the database.
    """
    ours = [name for name in medians if design_of(name) == GAVEL]
    return ours[0] if other == EMPTY else max(ours, key=lambda name: medians[name].answers_per_second)


def _otherwise_counted(ours: Sample, other: Sample) -> Iterator[str]:
    """The ratio by bids that stand, and by answers for the same processor time."""
    if other.accepted_per_second:
        yield f"accepted: {ours.accepted_per_second / other.accepted_per_second:.2f}"
    yield f"by processor time: {_processor_seconds(other) / _processor_seconds(ours):.2f}"


def _processor_seconds(sample: Sample) -> float:
    """Of server and database, for one answer."""
    return (sample.server_cores + sample.database_cores) / sample.answers_per_second


def _verdict(ratio: float, target: float) -> str:
    return "met" if ratio >= target else "missed"


def _how(result: Result) -> Iterator[str]:
    options = result.options
    yield (
        f"how: wrk, 1 thread, {options.connections} connections, {options.seconds} s a run, {options.rounds}"
        " interleaved rounds, the median run by answers/s;"
        f" RS256 tokens of {BIDDERS} bidders; one commit per bid with {options.threads} threads, no HTTP;"
        " mirror off unless named"
    )
    yield "refused: answered, but not 2xx; client, server, database: processor cores kept busy (one: wholly used)"
    yield "cpu ms: processor time of server and database per answer, which other programs on the machine change least"
    for scene in SCENES:
        tried = [(shape, sample) for (name, shape), sample in result.swept.items() if name == scene]
        told = ", ".join(f"{shape}: {sample.answers_per_second:,.0f}" for shape, sample in tried)
        yield f"Django's shapes tried (workers x threads, answers/s), {scene}: {told}"
