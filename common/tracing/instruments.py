"""Where spans are opened: around a few methods of the product, which themselves know nothing of it.

As OpenTelemetry's own instrumentations do, this replaces methods of classes, once, when tracing is turned on: so it
costs nothing where it is off, not even a test.
"""

from __future__ import annotations

import contextvars
import functools
from collections.abc import Callable, Sequence
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import Span

from common.bidding.batch import PendingBid
from common.bidding.desk import BidDesk
from common.services import Threads
from common.store.reporting import Reporting
from common.store.session import Session, Statement
from common.store.store import Store
from common.tracing.spans import Spans

_Method = Callable[..., Any]


def instrument(spans: Spans) -> None:
    """Open spans from now on, for batches, transactions and statements; whatever was made before included."""
    _around(Threads, "run", _carrying_on)
    _around_bids(spans)
    _around(Store, "transact", functools.partial(_transaction, spans))
    _around(Reporting, "run", functools.partial(_question, spans))
    _around(Session, "rows", functools.partial(_statement, spans, lambda sql: sql))
    _around(Session, "execute", functools.partial(_statement, spans, lambda sql: sql))
    _around(Session, "rows_of_each", functools.partial(_statement, spans, _together))
    _around(Session, "commit", functools.partial(_statement, spans, lambda *last: "; ".join([*_texts(last), "COMMIT"])))


def _around(owner: type, name: str, wrap: Callable[[_Method], _Method]) -> None:
    plain = getattr(owner, name)
    setattr(owner, name, functools.wraps(plain)(wrap(plain)))


def _carrying_on(plain: _Method) -> _Method:
    """Let a thread know which span was open where its work was given."""

    async def run(threads: Threads, work: Callable[[], Any]) -> Any:
        context = contextvars.copy_context()
        return await plain(threads, lambda: context.run(work))

    return run


def _around_bids(spans: Spans) -> None:
    """A batch is committed on another thread than its requests came in on: each bid's request is remembered."""
    requests: dict[int, Span] = {}

    def placing(plain: _Method) -> _Method:
        def place(desk: BidDesk, bid: PendingBid) -> Any:
            requests[id(bid)] = trace.get_current_span()
            try:
                answer = plain(desk, bid)
            except BaseException:
                del requests[id(bid)]
                raise
            answer.add_done_callback(lambda _: requests.pop(id(bid)))  # it holds the bid, so that its id stays its own
            return answer

        return place

    def committing(plain: _Method) -> _Method:
        def together(desk: BidDesk, bids: Sequence[PendingBid]) -> Any:
            with spans.batch([requests[id(bid)] for bid in bids if id(bid) in requests], len(bids)):
                return plain(desk, bids)

        return together

    _around(BidDesk, "place", placing)
    _around(BidDesk, "_together", committing)


def _transaction(spans: Spans, plain: _Method) -> _Method:
    def transact(store: Store, attempt: Callable[[Any], Any], **options: Any) -> Any:
        tries = 0

        def counted(tx: Any) -> Any:
            nonlocal tries
            tries += 1
            return attempt(tx)

        with spans.inside("transaction") as span:
            try:
                return plain(store, counted, **options)
            finally:
                span.set_attribute("gavel.attempts", tries)

    return transact


def _question(spans: Spans, plain: _Method) -> _Method:
    """An analyst's statement holds values of his, so its text stays out."""

    def run(reporting: Reporting, sql: str, **options: Any) -> Any:
        with spans.inside("reporting", **{"db.system.name": "mysql"}):
            return plain(reporting, sql, **options)

    return run


def _statement(spans: Spans, text: Callable[..., str], plain: _Method) -> _Method:
    def send(session: Session, *statements: Any, **parameters: Any) -> Any:
        with spans.statement(text(*statements)):
            return plain(session, *statements, **parameters)

    return send


def _together(*statements: Statement) -> str:
    return "; ".join(_texts(statements))


def _texts(statements: Sequence[Statement]) -> list[str]:
    return [one.sql for one in statements]
