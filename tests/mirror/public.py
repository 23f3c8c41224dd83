"""Firestore as a browser without an account reaches it, over the emulator's REST interface; and as its owner.

The owner (the emulator's word for a service account) passes by the rules: what tests prepare and look up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import httpx

_OWNER = {"Authorization": "Bearer owner"}


class Public:
    """One project's documents on an emulator."""

    def __init__(self, address: str, project: str) -> None:
        self.project = project
        self._http = httpx.Client(base_url=f"http://{address}", trust_env=False, timeout=10)
        self._rules = f"/emulator/v1/projects/{project}:securityRules"
        self._database = f"/v1/projects/{project}/databases/(default)/documents"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def load_rules(self, text: str) -> httpx.Response:
        """Put rules in force for the project; 400 if they do not compile."""
        content = {"rules": {"files": [{"name": "firestore.rules", "content": text}]}}
        return self._http.put(self._rules, json=content)

    def send(self, method: str, path: str, *, owner: bool = False, **request: Any) -> httpx.Response:
        """A request about a document or collection, by somebody without an account."""
        return self._http.request(method, self._database + path, headers=_OWNER if owner else {}, **request)

    def query(self, collection: str = "listings", *, limit: int | None = 50, **more: Any) -> httpx.Response:
        """A structured query, as the web SDK sends it."""
        wanted: dict[str, Any] = {"from": [{"collectionId": collection}], **more}
        if limit is not None:
            wanted["limit"] = limit
        return self.send("POST", ":runQuery", json={"structuredQuery": wanted})

    def put(self, path: str, **fields: int) -> None:
        """Write a document as the owner."""
        document = {"fields": {name: {"integerValue": str(value)} for name, value in fields.items()}}
        self.send("PATCH", path, owner=True, json=document).raise_for_status()

    def listing(self, listing_id: str) -> dict[str, Any] | None:
        """What anybody sees of a listing; None where there is no document."""
        response = self.send("GET", f"/listings/{listing_id}")
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        response.raise_for_status()
        return {name: _plain(value) for name, value in response.json()["fields"].items()}

    def version(self, listing_id: str) -> int:
        """The version of a listing's document, 0 where there is none."""
        document = self.listing(listing_id)
        return 0 if document is None else int(document["version"])


def _plain(value: Mapping[str, Any]) -> object:
    """A value of the REST interface as Python has it."""
    ((kind, content),) = value.items()
    if kind == "integerValue":
        return int(content)
    if kind == "timestampValue":
        return datetime.fromisoformat(content)
    if kind == "mapValue":
        return {name: _plain(inner) for name, inner in content.get("fields", {}).items()}
    if kind == "arrayValue":
        return [_plain(inner) for inner in content.get("values", [])]
    return content
