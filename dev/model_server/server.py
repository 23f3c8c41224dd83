"""The HTTP side of the stand-in: /v1/chat/completions and /v1/models on the loopback, not streaming."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import takewhile
from typing import Any, Self

from dev.model_server.script import Line, Reply, asked_in, clarify, fails
from dev.stack import ports

MODEL = "hand-written-answers"
_MOST_BYTES = 4_000_000
_BYTES_PER_TOKEN = 4  # roughly so for English and SQL; nobody is billed by it
_REMEMBERED = 1000
_CACHED_FROM = 1024  # tokens, as OpenAI's prompt cache has it

UNKNOWN = clarify("This is a stand-in with a script of hand-written answers, and this question is not in it.")


class ModelServer:
    """Answers while it is open. `base_url` is what OPENAI_BASE_URL would be.

    `requests` are the bodies of all completions asked for, oldest first, and `headers` what came with them (names in
    lower case). With `key` other keys get 401; `refuses` names what gets 400, as servers do that know less than
    OpenAI's: members of the body ("store"), or types of response_format ("json_schema").
    """

    def __init__(
        self,
        script: Sequence[Line],
        *,
        port: int = 0,
        key: str | None = None,
        refuses: Collection[str] = (),
        otherwise: Reply = UNKNOWN,
    ) -> None:
        """Listen at once; `open` starts to answer. Questions that no line matches get `otherwise`."""
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.script = tuple(script)
        self.key = key
        self.refuses = frozenset(refuses)
        self.otherwise = otherwise
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer((ports.HOST, port or ports.free_port()), partial(_Handler, self))
        self._server.daemon_threads = True
        self.base_url = f"http://{ports.HOST}:{self._server.server_port}/v1"

    def open(self) -> Self:
        """Answer, on a thread."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="model", daemon=True).start()
        return self

    def close(self) -> None:
        """Stop answering, in the middle of an answer too."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    def reply(self, body: dict[str, Any], headers: Mapping[str, str]) -> tuple[Reply, int]:
        """The reply to a request for a completion, and how much of its prompt the one before it began with."""
        with self._lock:
            known = _shared(self.requests[-1], body) if self.requests else 0
            self.requests.append(body)
            self.headers.append(dict(headers))
            del self.requests[:-_REMEMBERED], self.headers[:-_REMEMBERED]
            return self._reply(body, headers), known

    def _reply(self, body: Mapping[str, Any], headers: Mapping[str, str]) -> Reply:
        if self.key is not None and headers.get("authorization") != f"Bearer {self.key}":
            return fails(401, "Incorrect API key provided.", code="invalid_api_key")
        form = (body.get("response_format") or {}).get("type")
        unknown = sorted(self.refuses & body.keys()) or sorted(self.refuses & {form})
        if unknown:
            name = "response_format" if unknown[0] == form else unknown[0]
            return fails(400, f"Unsupported: '{unknown[0]}' in '{name}'.", param=name, code="unsupported_parameter")
        if body.get("stream"):
            return fails(400, "This stand-in does not stream.", param="stream")
        asked = asked_in(body["messages"][-1]["content"])
        line = next((line for line in self.script if line.matches(asked)), None)
        return self.otherwise if line is None else line.reply(asked)


model_server = ModelServer
"""The name for `with model_server(script) as server:`."""


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes; the second would wait 40 ms

    def __init__(self, model: ModelServer, *rest: Any) -> None:
        self._model = model
        super().__init__(*rest)

    def do_GET(self) -> None:
        """The list of models."""
        if self.path != "/v1/models":
            return self._send(fails(404, "There is no such path."))
        models = [{"id": MODEL, "object": "model", "created": 0, "owned_by": "gavel"}]
        return self._send(Reply(body=json.dumps({"object": "list", "data": models}).encode()))

    def do_POST(self) -> None:
        """A completion."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > _MOST_BYTES:
            self.close_connection = True
            return self._send(fails(413, "The body is too large."))
        body = _read(self.rfile.read(length))
        if self.path != "/v1/chat/completions":
            return self._send(fails(404, "There is no such path."))
        if body is None:
            return self._send(fails(400, "The body is no request for a completion."))
        reply, known = self._model.reply(body, {name.lower(): value for name, value in self.headers.items()})
        if reply.body is None:
            reply = replace(reply, body=_completion(body, reply, known))
        return self._send(reply)

    def _send(self, reply: Reply) -> None:
        content = reply.body or b""
        try:
            if self._model.closing.wait(reply.wait_seconds) and reply.wait_seconds:
                return
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if not reply.byte_seconds:
                self.wfile.write(content)
                return
            for place in range(len(content)):
                if self._model.closing.wait(reply.byte_seconds):
                    return
                self.wfile.write(content[place : place + 1])
        except ConnectionError:
            self.close_connection = True  # the client has given up

    def log_message(self, *_: Any) -> None:
        """Tests and terminals have enough to read."""


def _read(content: bytes) -> dict[str, Any] | None:
    """The request, if it is one."""
    try:
        body = json.loads(content)
        messages = body["messages"]
        fits = isinstance(body["model"], str) and isinstance(messages[-1]["content"], str)
    except (ValueError, LookupError, TypeError):
        return None
    return body if fits and isinstance(body, dict) else None


def _completion(body: Mapping[str, Any], reply: Reply, known: int) -> bytes:
    """The reply as OpenAI's chat completion; tokens are estimated."""
    message = {"role": "assistant", "content": reply.content, "refusal": reply.refusal}
    cached = known // _BYTES_PER_TOKEN
    tokens_in, tokens_out = len(_prompt(body)) // _BYTES_PER_TOKEN, len(reply.content or "") // _BYTES_PER_TOKEN
    usage = {
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
        "prompt_tokens_details": {"cached_tokens": cached if cached >= _CACHED_FROM else 0},
    }
    return json.dumps(
        {
            "id": f"chatcmpl-{time.time_ns()}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": MODEL,
            "choices": [{"index": 0, "message": message, "finish_reason": reply.finish_reason, "logprobs": None}],
            **({"usage": usage} if reply.usage else {}),
        }
    ).encode()


def _shared(before: Mapping[str, Any], body: Mapping[str, Any]) -> int:
    """Characters of the messages that both prompts begin with."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(before["messages"], body["messages"], strict=False))
    return sum(len(str(message.get("content"))) for message, _ in pairs)


def _prompt(body: Mapping[str, Any]) -> str:
    return "\n".join(str(message.get("content")) for message in body["messages"])
