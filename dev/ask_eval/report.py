"""A run's figures in lines for a terminal and for docs/evaluation.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from dev.ask_eval.figures import Asked, Figures, Share
from dev.ask_eval.mutants import CLASSIC, Tally
from dev.ask_eval.pairs import Met

MADE_UP = "The answers are hand-written: the figures show that the way works, and say nothing about any model."


def report(figures: Figures, met: Met, *, answers: str, hand_written: bool, repeats: int) -> Iterator[str]:
    """Everything about a run; `answers` says where they came from."""
    times = "once" if repeats == 1 else f"{repeats} times, the worst counts"
    yield f"{len(figures.asked)} questions on three markets, each asked {times}"
    yield f"answers from: {answers}"
    if hand_written:
        yield MADE_UP
    yield ""
    yield f"right, strict             {figures.strict()}"
    yield f"right, relaxed            {figures.relaxed()}"
    yield f"answered at all           {figures.coverage()}"
    yield f"wrong answers             {len(figures.wrong())}"
    yield f"offered instead, no model {figures.ended('offered')}"
    yield f"blocked, failed           {figures.ended('blocked')}, {figures.ended('failed')}"
    yield f"over-refusal              {figures.over_refusal()}"
    for kind in ("clarify", "decline"):
        yield f"{kind:<8} precision        {figures.precision(kind)}"
        yield f"{kind:<8} recall           {figures.recall(kind)}"
    yield f"guard rejected            {figures.guard_rejections()} statements"
    yield f"database refused          {figures.database_refusals()} statements"
    yield f"right at the first try    {figures.right_at_first()} of those right"
    yield f"milliseconds p50, p95     {_number(figures.milliseconds(0.5))}, {_number(figures.milliseconds(0.95))}"
    yield f"tokens in, cached, out    {', '.join(_tokens(figures, name) for name in ('in', 'cached', 'out'))}"
    yield f"cost                      {_cost(figures)}"
    yield from cache_lines(met)
    yield from _table("difficulty", figures.by_difficulty())
    yield from _table("tag", figures.by_tag())
    yield from wrong_lines(figures.wrong())


def cache_lines(met: Met) -> Iterator[str]:
    """How the pairs of alike questions met."""
    yield f"cache hits, right         {Share(part=len(met.right), whole=len(met.same))} of pairs that ask the same"
    yield f"cache hits, wrong         {len(met.wrong)}"
    for pair in met.wrong:
        yield f"  {pair.id}: {pair.one!r} met {pair.other!r}"


def wrong_lines(wrong: Sequence[Asked]) -> Iterator[str]:
    """Each wrong answer, with the statement."""
    if wrong:
        yield ""
        yield "wrong answers"
    for one in wrong:
        yield f"  {one.question.id} ({one.worst.source}) {one.question.text}"
        yield f"    {one.worst.sql}"


def mutant_lines(tally: Tally, unexplained: Sequence[str]) -> Iterator[str]:
    """How many changed queries were noticed, by kind; and the ones that nobody has explained."""
    for kind in tally.made:
        yield f"{kind:<24} {Share(part=tally.killed[kind], whole=tally.made[kind])}"
    known = [sum(counts[kind] for kind in CLASSIC) for counts in (tally.killed, tally.made)]
    yield f"the classic kinds        {Share(part=known[0], whole=known[1])}"
    made = sum(tally.made.values())
    yield f"all kinds                {Share(part=sum(tally.killed.values()), whole=made)}"
    yield f"on the base alone        {Share(part=tally.killed_on_one, whole=made)}"
    yield f"survivors                {len(tally.survivors)}, unexplained {len(unexplained)}"
    yield from unexplained


def _table(name: str, rows: dict[str, tuple[Share, Share]]) -> Iterator[str]:
    yield ""
    yield f"{name:<24} {'strict':<18} relaxed"
    for key, (strict, relaxed) in rows.items():
        yield f"{key:<24} {strict!s:<18} {relaxed}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _tokens(figures: Figures, name: str) -> str:
    total = figures.tokens(name)
    return "unknown" if total is None else f"{total:,}"


def _cost(figures: Figures) -> str:
    cost = figures.cost()
    if cost is None or not figures.asked:
        return "unknown"
    each = cost / sum(len(one.tries) for one in figures.asked)
    return f"{cost.quantize(Decimal('0.0001'))} USD, {each.quantize(Decimal('0.000001'))} USD per question"
