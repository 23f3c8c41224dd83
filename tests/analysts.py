"""Analysts as tests use them: the app's service account calls for them, with what the identity proxy says of each.

`analyst.ask("How many live auctions are there?")` gives the answer, held against its operation's schema.
"""

from __future__ import annotations

import importlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from dev.stack.functions import FunctionProcess
from dev.stack.issuer import DASHBOARD_ACCOUNT, Issuer
from tests.market import check_form

REVIEWER = "reviewer@mail.example"
"""Who may make verified questions in every test."""


@dataclass(frozen=True, kw_only=True)
class Analyst:
    """Somebody in front of the app."""

    functions: Mapping[str, FunctionProcess]
    http: httpx.Client
    email: str
    headers: Mapping[str, str] = field(repr=False)

    @classmethod
    def new(
        cls, functions: Mapping[str, FunctionProcess], issuer: Issuer, http: httpx.Client, email: str | None = None
    ) -> Analyst:
        """Somebody whose address is found nowhere else; or the one with this address."""
        email = email or f"analyst-{secrets.token_hex(4)}@mail.example"
        headers = {
            "Authorization": f"Bearer {issuer.service_token(email=DASHBOARD_ACCOUNT)}",
            "X-Analyst-Assertion": issuer.analyst_assertion(email),
        }
        return cls(functions=functions, http=http, email=email, headers=headers)

    def with_headers(self, **headers: str | None) -> Analyst:
        """The same with other headers; None leaves one out."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in self.headers.items() if name not in named}
        return replace(self, headers=kept | {name: value for name, value in named.items() if value is not None})

    def send(self, operation: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        """One request, its answer checked for its form."""
        function = self.functions[operation]
        method = importlib.import_module(f"common.operations.{operation}").METHOD
        sent = {} if body is None else {"json": body}
        response = self.http.request(method, function.url, headers=self.headers, **sent)
        assert response.status_code != 500, function.log.read_text()[-4000:]
        check_form(operation, response)
        return response

    def ask(self, question: str, **more: object) -> dict[str, Any]:
        """The answer to a question."""
        response = self.send("nl_query", {"question": question, **more})
        assert response.status_code == 200, response.text
        return dict(response.json())

    def overview(self) -> dict[str, Any]:
        """What stands beside the answers."""
        response = self.send("nl_questions")
        assert response.status_code == 200, response.text
        return dict(response.json())

    def mark(self, request_id: str, mark: str, **more: object) -> httpx.Response:
        """The answer to a mark."""
        return self.send("nl_feedback", {"request_id": request_id, "mark": mark, **more})
