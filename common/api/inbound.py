"""What came in: one request's headers and input, read once and within bounds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import ClientDisconnect, Request

from common.api.problems import BodyTooLarge, UnsupportedMediaType
from common.domain.errors import InvalidJson, InvalidRequest

MAX_BODY_BYTES = 65_536
_KEY = re.compile(r"[\x21-\x7e]{8,64}")


class Inbound:
    """A request as an operation's endpoint needs it.

    The headers are put into one dictionary, since looking each up in Starlette's list costs a bid more than its rule.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._headers: dict[bytes, bytes] = dict(request.scope["headers"])
        self.method: str = request.scope["method"]

    def header(self, name: bytes) -> str | None:
        """A header's value by its lower-case name; the last one if it was sent twice."""
        value = self._headers.get(name)
        return None if value is None else value.decode("latin-1")

    def idempotency_key(self, *, required: bool) -> str | None:
        """The Idempotency-Key header, None where it may be missing and is.

        Raises:
            InvalidRequest: it is missing, or not 8 to 64 visible ASCII characters.
        """
        key = self.header(b"idempotency-key")
        if key is None and not required:
            return None
        if key is None or not _KEY.fullmatch(key):
            raise InvalidRequest({"Idempotency-Key": "Send this header with 8 to 64 visible ASCII characters."})
        return key

    def query(self) -> Mapping[str, Any]:
        """The query string's members.

        Raises:
            InvalidRequest: one is given twice, or they are not percent-encoded UTF-8.
        """
        raw: bytes = self._request.scope["query_string"]
        kept = "surrogateescape"  # what is not UTF-8 stays recognisable, so that its member can be named
        members = parse_qsl(raw.decode("ascii", kept), keep_blank_values=True, errors=kept)
        broken = {
            _named(name): "Must be percent-encoded UTF-8." for name, value in members if not _is_text(name + value)
        }
        if broken:
            raise InvalidRequest(broken)
        names = [name for name, _ in members]
        twice = {_named(name): "Give it once." for name in names if names.count(name) > 1}
        if twice:
            raise InvalidRequest(twice)
        return dict(members)

    async def json_object(self) -> Mapping[str, Any]:
        """The body's JSON object.

        Raises:
            UnsupportedMediaType: it is not declared as JSON.
            BodyTooLarge: it is over 64 KiB.
            InvalidJson: it is not a JSON object; NaN, lone surrogates and deep nesting are not JSON.
        """
        content_type = self.header(b"content-type") or ""
        if content_type.partition(";")[0].strip().lower() != "application/json":
            raise UnsupportedMediaType
        body = await self._body()
        try:
            parsed = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise InvalidJson(f"The body is not JSON: {error.msg}.") from error
        if not isinstance(parsed, dict):
            raise InvalidJson
        return parsed

    async def _body(self) -> bytes:
        """The body, refused as soon as it is known to be too large."""
        declared = self.header(b"content-length")
        if declared is not None and declared.isdecimal() and int(declared) > MAX_BODY_BYTES:
            raise BodyTooLarge
        body = b""
        while True:
            message = await self._request.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            part: bytes = message.get("body", b"")
            body += part
            if len(body) > MAX_BODY_BYTES:
                raise BodyTooLarge
            if not message.get("more_body", False):
                return body


def _is_text(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _named(member: str) -> str:
    """A member's name, fit to be shown."""
    return member[:100].encode("utf-8", "replace").decode()
