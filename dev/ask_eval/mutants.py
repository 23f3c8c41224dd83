"""Whether the judge and the markets notice: known answers, changed a little, must come out wrong.

A mutant that no market tells from the original is either the same query in other words or an edge without a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlglot import exp, parse_one

from dev.ask_eval.judge import Verdict
from dev.ask_eval.markets import Markets
from dev.ask_eval.questions import FOLDER, Question, json_lines

Change = Callable[[exp.Expr], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A known answer with one thing changed."""

    question: str
    kind: str
    sql: str


@dataclass(slots=True)
class Tally:
    """How many mutants there were and were noticed, by kind; and those that were not."""

    made: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    killed_on_one: int = 0
    survivors: list[Mutant] = field(default_factory=list)


CLASSIC = (
    "limit doubled",
    "order flipped",
    "where dropped",
    "having dropped",
    "distinct dropped",
    "left join made inner",
    "left conjunct only",
    "right conjunct only",
    ">= to >",
    "< to <=",
    "sum to avg",
    "avg to sum",
    "max to min",
    "status swapped",
)
"""The kinds that the figure beside other fixtures is made of; the others are ours."""

STATUSES = ("active", "closed", "cancelled", "scheduled")
NEIGHBOURS = {
    "winner_id": "highest_bidder_id",
    "current_price": "starting_price",
    "closed_at": "ends_at",
    "seller_id": "winner_id",
    "starts_at": "ends_at",
}


def measure(questions: Sequence[Question], markets: Markets) -> Tally:
    """Judge every mutant of every known answer."""
    tally = Tally()
    base = markets.first()
    for question in questions:
        for mutant in mutants(question):
            tally.made[mutant.kind] += 1
            if markets.judge(question, mutant.sql).verdict is not Verdict.WRONG:
                tally.survivors.append(mutant)
                continue
            tally.killed[mutant.kind] += 1
            tally.killed_on_one += base.judge(question, mutant.sql).verdict is Verdict.WRONG
    return tally


def unexplained(tally: Tally) -> list[Mutant]:
    """The survivors that are not known to be the same query in other words (questions/same_mutants.jsonl)."""
    known: Counter[tuple[str, str]] = Counter()
    for told in json_lines(FOLDER / "same_mutants.jsonl"):
        known[told["question"], told["kind"]] += told["times"]
    left = []
    for mutant in tally.survivors:
        known[mutant.question, mutant.kind] -= 1
        if known[mutant.question, mutant.kind] < 0:
            left.append(mutant)
    return left


def mutants(question: Question) -> Iterator[Mutant]:
    """Every mutant of the question's first known answer."""
    for gold in question.golds[:1]:
        tree = parse_one(gold, read="mysql")
        for index, node in enumerate(tree.walk()):
            for kind, change in _changes(node):
                mutated = tree.copy()
                change(list(mutated.walk())[index])
                yield Mutant(question=question.id, kind=kind, sql=mutated.sql(dialect="mysql"))


def _changes(node: exp.Expr) -> Iterator[tuple[str, Change]]:
    """What may be changed about a node."""
    yield from _SIMPLE.get(type(node), ())
    if isinstance(node, exp.Limit) and isinstance(node.expression, exp.Literal):
        yield "limit doubled", lambda one: one.set("expression", exp.Literal.number(2 * int(one.expression.this)))
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct):
        yield "distinct dropped", lambda one: one.set("this", one.this.expressions[0])
    if isinstance(node, exp.Join) and node.side == "LEFT":
        yield "left join made inner", lambda one: one.set("side", None)
    if isinstance(node, exp.Literal):
        yield from _literal(node)
    if isinstance(node, exp.Column) and node.name in NEIGHBOURS:
        yield "neighbouring column", lambda one: one.set("this", exp.to_identifier(NEIGHBOURS[one.name]))


def _literal(node: exp.Literal) -> Iterator[tuple[str, Change]]:
    if node.is_string and node.this in STATUSES:
        yield (
            "status swapped",
            lambda one: one.replace(exp.Literal.string("closed" if one.this != "closed" else "active")),
        )
    bound = node.find_ancestor(exp.Having, exp.Where, exp.Interval)
    if not node.is_string and bound is not None and isinstance(node.parent, exp.Binary | exp.Interval):
        yield "number plus one", lambda one: one.replace(exp.Literal.number(int(float(one.this)) + 1))


def _as(kind: type[exp.Binary]) -> Change:
    return lambda one: one.replace(kind(this=one.this.copy(), expression=one.expression.copy()))


def _of(kind: type[exp.Expr]) -> Change:
    return lambda one: one.replace(kind(this=one.this.copy()))


_SIMPLE: dict[type[exp.Expr], Sequence[tuple[str, Change]]] = {
    exp.Ordered: [("order flipped", lambda one: one.set("desc", not one.args.get("desc")))],
    exp.Where: [("where dropped", lambda one: one.pop())],
    exp.Having: [("having dropped", lambda one: one.pop())],
    exp.And: [
        ("left conjunct only", lambda one: one.replace(one.this.copy())),
        ("right conjunct only", lambda one: one.replace(one.expression.copy())),
    ],
    exp.GTE: [(">= to >", _as(exp.GT))],
    exp.GT: [("> to >=", _as(exp.GTE))],
    exp.LT: [("< to <=", _as(exp.LTE))],
    exp.LTE: [("<= to <", _as(exp.LT))],
    exp.Sum: [("sum to avg", _of(exp.Avg))],
    exp.Avg: [("avg to sum", _of(exp.Sum))],
    exp.Max: [("max to min", _of(exp.Min))],
    exp.Min: [("min to max", _of(exp.Max))],
}
