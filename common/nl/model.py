"""The language model, at any server that speaks OpenAI's chat completions: the only importer of `openai`.

`openai` costs 0.6 s and is imported by the first call, so that verified questions and kept answers never wait for it.
Its timeout is one per read and not in all; requests therefore run on an event loop of their own, where a deadline
ends them wherever they are. Only codes and sentences of ours come out: a server's text may quote the key.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from common.config import SettingsError
from common.deadline import Deadline
from common.nl.completion import Garbled, Usage, read_completion
from common.nl.dialect import Dialect
from common.nl.model_failed import ModelFailed, late, may_pass, of_status, retry_after
from common.nl.plan import BadPlan, Plan, read_plan

if TYPE_CHECKING:
    from openai import APIStatusError

__all__ = ["Model", "ModelFailed", "ModelSettings", "Usage", "Written"]

T = TypeVar("T")

OPENAI = "https://api.openai.com/v1"
MOST_RETRIES = 2
MOST_BYTES = 1_000_000
_CONNECT_SECONDS = 3.0
_SHORTEST_TRY_SECONDS = 1.0  # in less no model answers
_PAUSE_SECONDS = 0.3
_NO_KEY = "none"  # servers without keys take any; the SDK wants one

_REFUSES_PART = frozenset({400, 404, 415, 422, 500, 501})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """Where the model is and what it may take; without `base_url` it is OpenAI's. The key does not print.

    `prices` are dollars per million tokens: in, in from the cache, out.
    """

    model: str
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    seconds: float = 20.0
    prices: tuple[Decimal, ...] | None = None

    def __post_init__(self) -> None:
        url = urlsplit(self.base_url or OPENAI)
        if url.scheme not in ("http", "https") or not url.hostname or url.username is not None:
            raise SettingsError("OPENAI_BASE_URL must be an http or https address without a user in it")
        key = (self.api_key or "").strip() or None  # secrets are often stored with a line's end
        if key is not None and not (key.isascii() and key.isprintable() and " " not in key):
            raise SettingsError("OPENAI_API_KEY must be visible ASCII")
        if self.prices is not None and len(self.prices) != len(("in", "cached", "out")):
            raise SettingsError("MODEL_PRICES must be three: in, cached and out")
        object.__setattr__(self, "api_key", key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A plan, what it cost, and the name of the model that wrote it as its server tells it."""

    plan: Plan
    usage: Usage
    model: str


class Model:
    """Writes plans; used by many threads, each of which waits for its own. Nothing is imported before the first."""

    def __init__(self, settings: ModelSettings) -> None:
        self.name = settings.model
        self._settings = settings
        self._dialect = Dialect()
        self._lock = threading.Lock()
        self._line: _Line | None = None

    def write(self, messages: Sequence[Mapping[str, str]], *, deadline: Deadline, analyst: str) -> Written:
        """The plan for a prompt, before the deadline and within the settings' seconds. Blocks.

        Raises:
            ModelFailed: model_timeout, model_unreachable, model_rejected, model_busy, model_refused,
                model_truncated or model_garbled.
        """
        line = self._opened()
        limit = min(deadline, Deadline.after(self._settings.seconds), key=lambda each: each.at)
        if limit.left() <= 0:
            raise late()
        return self._read(line.run(self._answered(line, messages, limit, analyst), limit))

    def close(self) -> None:
        """Let go of the connections and the thread."""
        with self._lock:
            line, self._line = self._line, None
        if line is not None:
            line.close()

    def _opened(self) -> _Line:
        with self._lock:
            if self._line is None:
                self._line = _Line(self._settings)
            return self._line

    async def _answered(
        self, line: _Line, messages: Sequence[Mapping[str, str]], limit: Deadline, analyst: str
    ) -> bytes:
        """A completion, in whatever dialect the server speaks and after as many tries as there is time for."""
        failures = 0
        while True:
            dialect = self._dialect
            try:
                return await line.complete(dialect.request(self.name, messages, analyst), limit)
            except _Trouble as trouble:
                plainer = dialect.without(trouble.refuses)
                if plainer is not None:
                    self._dialect = plainer
                    continue
                failures += 1
                pause = trouble.pause if trouble.pause is not None else _pause(failures)
                if not trouble.passing or failures > MOST_RETRIES or pause + _SHORTEST_TRY_SECONDS > limit.left():
                    raise trouble.failed from None
            await asyncio.sleep(pause)

    def _read(self, content: bytes) -> Written:
        """The plan in a completion."""
        try:
            completion = read_completion(content, self._settings.prices)
        except Garbled as garbled:
            raise ModelFailed("model_garbled", str(garbled)) from None
        usage = completion.usage
        if completion.refused:
            raise ModelFailed("model_refused", "The model refused to answer this.", usage)
        if completion.cut:
            raise ModelFailed("model_truncated", "The model's answer was cut off at its greatest length.", usage)
        try:
            plan = read_plan(completion.text)
        except BadPlan as bad:
            raise ModelFailed("model_garbled", str(bad), usage) from None
        return Written(plan=plan, usage=usage, model=completion.model or self.name)


@dataclass
class _Trouble(Exception):  # noqa: N818 - never leaves this module
    """A try that failed: what to tell if it was the last, whether it may pass, after how long, and what it refuses."""

    failed: ModelFailed
    passing: bool = False
    pause: float | None = None
    refuses: str = ""


class _Line:
    """The SDK's client, on an event loop on a thread of its own."""

    def __init__(self, settings: ModelSettings) -> None:
        import httpx2
        import openai

        # The key goes to the address that was set and nowhere else: no redirects, no proxies from the environment.
        http = httpx2.AsyncClient(follow_redirects=False, trust_env=False)
        self._client = openai.AsyncOpenAI(
            api_key=settings.api_key or _NO_KEY,
            base_url=settings.base_url or OPENAI,
            max_retries=0,
            http_client=http,
        )
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._turn, name="language-model", daemon=True).start()

    def run(self, work: Coroutine[Any, Any, T], limit: Deadline) -> T:
        """What the work returns, if it does before the limit; then it is cancelled and its connection closed."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(limit.left())
        except TimeoutError:
            future.cancel()
            raise late() from None

    async def complete(self, body: Mapping[str, Any], limit: Deadline) -> bytes:
        """The server's answer to one request.

        Raises:
            _Trouble: it has none.
        """
        import httpx2
        import openai

        left = max(limit.left(), 0.01)
        timeout = httpx2.Timeout(left, connect=min(left, _CONNECT_SECONDS))
        try:
            async with self._client.chat.completions.with_streaming_response.create(**body, timeout=timeout) as answer:
                return await _received(answer.iter_bytes())
        except openai.APIStatusError as error:
            raise _status_trouble(error) from None
        except openai.APIConnectionError as error:
            raise _connection_trouble(error.__cause__) from None
        except (httpx2.HTTPError, OSError) as error:  # while the body came
            raise _connection_trouble(error) from None

    def close(self) -> None:
        """End requests under way and stop."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(1)
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _end(self) -> None:
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await self._client.close()

    def _turn(self) -> None:
        self._loop.run_forever()
        self._loop.close()


def _pause(failures: int) -> float:
    """0.3 to 0.6 s after the first failure, twice that after the second."""
    return _PAUSE_SECONDS * (1 << failures) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


async def _received(chunks: AsyncIterator[bytes]) -> bytes:
    """The body, if it is of a size that an answer can have."""
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > MOST_BYTES:
            raise _Trouble(ModelFailed("model_garbled", "The model's server answered without end."))
    return bytes(content)


def _status_trouble(error: APIStatusError) -> _Trouble:
    """What a status of failure means."""
    status = error.status_code
    refuses = error.response.text if status in _REFUSES_PART else ""
    pause = retry_after(error.response.headers, time.time())
    return _Trouble(of_status(status, error.code), may_pass(status, error.code), pause, refuses)


def _connection_trouble(cause: BaseException | None) -> _Trouble:
    """No answer: the address may be wrong or the network down, or it took too long, which a second try will too."""
    import httpx2

    if isinstance(cause, httpx2.TimeoutException) and not isinstance(cause, httpx2.ConnectTimeout):
        return _Trouble(late())
    return _Trouble(ModelFailed("model_unreachable", "The model's server does not answer."), passing=True)
