"""python -m dev.ask_eval: ask every question on the three markets and tell how well it was answered.

Without a key and without a recording only verified questions answer; then the point is that nothing is answered
wrongly. Exit status: 0 measured and nothing wrong that must not be, 1 otherwise.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pymysql

from common.config import SettingsError
from common.nl.plan import BadPlan
from dev.ask_eval import golds, mutants
from dev.ask_eval.figures import Figures
from dev.ask_eval.markets import Markets, open_markets
from dev.ask_eval.measure import Answers, ask_all, model_of
from dev.ask_eval.pairs import met, pairs
from dev.ask_eval.pipeline import Pipeline
from dev.ask_eval.questions import Question, questions
from dev.ask_eval.recording import Recording
from dev.ask_eval.report import mutant_lines, report
from dev.stack.database import Account, DatabaseServer
from dev.stack.process import StartFailed
from dev.stack.progress import say, step


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0 or 1."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.record and arguments.repeat > 1:
        parser.error("--record keeps one try of each question: no --repeat")
    asked = questions(*arguments.questions)
    run: Callable[[Markets, Sequence[Question], argparse.Namespace], bool] = _ask
    if arguments.gold or arguments.mutants:
        run = _golds if arguments.gold else _mutants
    try:
        with ExitStack() as stack:
            with step("Filling three markets") as told:
                markets = stack.enter_context(open_markets(arguments.server))
                told.append(f"{len(asked)} questions to come")
            return 0 if run(markets, asked, arguments) else 1
    except (StartFailed, SettingsError, BadPlan, OSError, pymysql.MySQLError) as failure:
        print(f"ask_eval: {failure}", file=sys.stderr)
        return 1


def _golds(markets: Markets, asked: Sequence[Question], _: argparse.Namespace) -> bool:
    """Every known answer through the guard and the judge: each must be right, strictly."""
    with step("Judging the known answers"):
        failed = list(golds.failures(asked, markets))
    for line in failed:
        say(line)
    count = sum(len(question.golds) for question in asked)
    say(f"known answers through the guard, strictly right: {count - len(failed)}/{count}")
    return not failed


def _mutants(markets: Markets, asked: Sequence[Question], _: argparse.Namespace) -> bool:
    """How many changed queries are noticed; each that is not must be known to be the same query."""
    with step("Judging changed queries"):
        tally = mutants.measure(asked, markets)
    left = [f"  {one.question} {one.kind}: {one.sql}" for one in mutants.unexplained(tally)]
    for line in mutant_lines(tally, left):
        say(line)
    return not left


def _ask(markets: Markets, asked: Sequence[Question], arguments: argparse.Namespace) -> bool:
    """The pipeline's answers. Without a model, a wrong one fails the run; so does a wrong cache hit, always."""
    recording = Recording.read(arguments.recording) if arguments.recording else None
    answers = Answers.of(recording, model_of(os.environ, arguments.model), record=arguments.record is not None)
    pipeline = Pipeline(markets, answers.writer_for, asked, verified=not arguments.model_only)
    held = [question for question in asked if answers.holds(question)]
    with step(f"Asking {len(held)} of {len(asked)} questions") as told:
        told.append(f"{arguments.repeat} time(s) each")
        tries = ask_all(pipeline, held, repeats=arguments.repeat, tell=_progress)
    figures = Figures(tries)
    if answers.recorder is not None:
        answers.recorder.save(arguments.record)
    meeting = met(pairs())
    say()
    lines = report(figures, meeting, answers=answers.name, hand_written=answers.hand_written, repeats=arguments.repeat)
    for line in lines:
        say(line)
    if answers.recorder is not None:
        say(f"recorded in {arguments.record}")
    return not meeting.wrong and (answers.any or not figures.wrong())


def _progress(done: int, whole: int) -> None:
    if not sys.stdout.isatty() and (done % 25 == 0 or done == whole):
        say(f"  {done}/{whole}")


def _server(text: str) -> DatabaseServer:
    """A server from mysql://USER:PASSWORD@HOST:PORT; its account must be allowed to create schemas."""
    url = urlsplit(text)
    if url.scheme != "mysql" or not url.hostname or not url.username:
        raise argparse.ArgumentTypeError("must be like mysql://root@127.0.0.1:3306")
    account = Account(user=unquote(url.username), password=unquote(url.password or ""))
    return DatabaseServer(
        host=url.hostname,
        port=url.port or 3306,
        root=account,
        app=account,
        migrate=account,
        analyst=account,
        version="",
        schema="information_schema",
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dev.ask_eval", description="How well questions are answered.")
    parser.add_argument("--model", metavar="NAME", help="instead of OPENAI_MODEL; needs its key or address")
    parser.add_argument("--questions", metavar="FILE", type=Path, action="append", default=[], help="these alone")
    parser.add_argument("--recording", metavar="FILE", type=Path, help="kept answers instead of a model")
    parser.add_argument("--record", metavar="FILE", type=Path, help="keep the model's answers")
    parser.add_argument("--model-only", action="store_true", help="ask the model also what is verified")
    parser.add_argument("--repeat", metavar="N", type=_count, default=1, help="ask each N times, the worst counts")
    parser.add_argument("--gold", action="store_true", help="judge the known answers instead")
    parser.add_argument("--mutants", action="store_true", help="judge changed known answers instead")
    parser.add_argument(
        "--server", metavar="URL", type=_server, help="mysql://USER:PASSWORD@HOST:PORT; else a private one"
    )
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a whole number from 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
