"""The stand-in for a language model: OpenAI's protocol over HTTP, answers from a script, and the script by hand."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from common.deadline import Deadline
from common.nl.guard import GuardError, guard
from common.nl.model import Model, ModelSettings
from common.nl.plan import Plan, read_plan
from common.nl.policy import Policy
from common.nl.prompt import Repair, messages
from common.nl.semantic import semantic_layer
from common.nl.verified import catalogue
from dev.model_server import Line, clarify, decline, fails, model_server, says, sql
from dev.model_server.market import (
    CLARIFIED,
    DECLINED,
    FLAWED,
    FOLLOW_UP,
    FOLLOWED,
    HOSTILE,
    KNOWN,
    LINES,
    OTHERWISE,
    REPAIRED,
    WRITES,
)
from dev.stack.settings import ROOT

POLICY = Policy.of(semantic_layer())
TODAY = date(2026, 6, 15)


def posted(http: httpx.Client, base_url: str, content: str = "top", **body: Any) -> httpx.Response:
    """The answer to a request for a completion."""
    request = {"model": "m", "messages": [{"role": "user", "content": content}], **body}
    return http.post(f"{base_url}/chat/completions", json=request)


def text_of(answer: httpx.Response) -> str:
    """The assistant's text."""
    text: str = answer.json()["choices"][0]["message"]["content"]
    return text


class Turn:
    """An earlier question."""

    def __init__(self, question: str) -> None:
        self.question = question
        self.sql = "SELECT 1"


def planned(question: str, earlier: Sequence[str] = (), repairs: Sequence[Repair] = ()) -> Plan:
    """What the script of the sample market answers to a real prompt, through the real client."""
    told = messages(
        layer=semantic_layer(),
        examples=(),
        turns=[Turn(turn) for turn in earlier],
        question=question,
        today=TODAY,
        repairs=repairs,
    )
    with model_server(LINES, otherwise=OTHERWISE) as server:
        model = Model(ModelSettings(model="m", base_url=server.base_url))
        try:
            return model.write(told, deadline=Deadline.after(30), analyst="a").plan
        finally:
            model.close()


def test_a_completion_is_as_openais(http: httpx.Client) -> None:
    """One choice with the plan as its text, and an estimate of tokens."""
    with model_server([Line("top", sql("SELECT  1\n", "One."))]) as server:
        completion = posted(http, server.base_url).json()

    (choice,) = completion["choices"]
    assert completion["object"] == "chat.completion"
    assert (choice["finish_reason"], choice["message"]["role"]) == ("stop", "assistant")
    assert read_plan(choice["message"]["content"]).sql == "SELECT 1"
    assert completion["usage"]["completion_tokens"] == len(choice["message"]["content"]) // 4


def test_requests_are_remembered(http: httpx.Client) -> None:
    """Bodies as they came, with their headers, for assertions."""
    with model_server([Line("top", says("x"))]) as server:
        posted(http, server.base_url, store=False)
        posted(http, server.base_url, "bottom")

        assert [request["messages"][0]["content"] for request in server.requests] == ["top", "bottom"]
        assert server.requests[0]["store"] is False
        assert server.headers[0]["content-type"] == "application/json"


def test_replies_come_one_after_the_other(http: httpx.Client) -> None:
    """Then the last one for good; another line has its own."""
    with model_server([Line("^top", says("1"), fails(500), says("2")), Line("bottom", says("3"))]) as server:
        told = [posted(http, server.base_url, question) for question in ("top", "TOP", "bottom", "top", "top")]

    assert [answer.status_code for answer in told] == [200, 500, 200, 200, 200]
    assert [text_of(answer) for answer in told if answer.is_success] == ["1", "3", "2", "2"]


def test_the_first_line_that_matches_answers(http: httpx.Client) -> None:
    """And what none matches is answered too."""
    with model_server([Line("top", says("1")), Line("", says("2"))], otherwise=clarify("No.")) as server:
        assert [text_of(posted(http, server.base_url, text)) for text in ("the top", "else")] == ["1", "2"]
    with model_server([Line("top", says("1"))], otherwise=clarify("Not in it.")) as server:
        assert read_plan(text_of(posted(http, server.base_url, "else"))).clarification == "Not in it."


def test_a_pattern_is_looked_for_in_the_question_alone(http: httpx.Client) -> None:
    """Not in examples or earlier turns, which the prompt holds too."""
    asked = {"verified_examples": [{"question": "top", "sql": ""}], "earlier": [], "question": "else"}
    with model_server([Line("top", says("1"))], otherwise=says("2")) as server:
        assert text_of(posted(http, server.base_url, json.dumps(asked))) == "2"


def test_a_line_may_answer_follow_ups_and_repairs(http: httpx.Client) -> None:
    """By the last question before, and by the number of refused attempts."""
    script = [Line("art", says("after"), after="per day"), Line("art", says("1"), says("2"), by_attempt=True)]

    def told(**asked: Any) -> str:
        return text_of(posted(http, server.base_url, json.dumps({"question": "art?", **asked})))

    with model_server(script) as server:
        assert told(earlier=[{"question": "bids per day"}]) == "after"
        assert told(earlier=[{"question": "bids per day"}, {"question": "gmv"}]) == "1"
        assert [told(), told(), told(refused_attempts=[{}]), told(refused_attempts=[{}] * 5)] == ["1", "1", "2", "2"]


def test_it_can_know_less_than_openais(http: httpx.Client) -> None:
    """Members and formats that it refuses by name, and keys."""
    with model_server([Line("", says("1"))], refuses={"store", "json_schema"}, key="k") as server:
        headers = {"Authorization": "Bearer k"}
        http_k = httpx.Client(trust_env=False, headers=headers)
        with http_k:
            refused = [
                posted(http_k, server.base_url, **body)
                for body in ({"store": False}, {"response_format": {"type": "json_schema"}}, {})
            ]
        wrong = posted(http, server.base_url)

    assert [answer.status_code for answer in refused] == [400, 400, 200]
    assert [answer.json()["error"]["param"] for answer in refused[:2]] == ["store", "response_format"]
    assert wrong.status_code == 401


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"model": "m"}', b'{"model": "m", "messages": []}', b"\xff"])
def test_what_is_no_request_is_refused(http: httpx.Client, body: bytes) -> None:
    """And streaming, which it does not do."""
    with model_server([Line("", says("1"))]) as server:
        assert http.post(f"{server.base_url}/chat/completions", content=body).status_code == 400
        assert posted(http, server.base_url, stream=True).status_code == 400


def test_other_paths(http: httpx.Client) -> None:
    """The list of models, and nothing else."""
    with model_server([]) as server:
        assert [model["id"] for model in http.get(f"{server.base_url}/models").json()["data"]] == [
            "hand-written-answers"
        ]
        assert http.get(f"{server.base_url}/files").status_code == 404
        assert http.post(f"{server.base_url}/responses", json={}).status_code == 404


def test_it_listens_on_the_loopback_and_is_gone_afterwards() -> None:
    """A stand-in is nobody else's."""
    with model_server([]) as server:
        url = httpx.URL(server.base_url)
        assert url.host == "127.0.0.1"
        socket.create_connection((url.host, url.port)).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((url.host, url.port))


def test_plans_are_whole() -> None:
    """What the builders leave out is there and empty, as from a strict server."""
    for reply in (sql("SELECT 1"), clarify("What?", ["a"]), decline("No.", "write")):
        assert list(json.loads(reply.content or "")) == [
            "kind",
            "standalone_question",
            "sql",
            "clarification",
            "options",
            "decline_reason",
            "explanation",
            "assumptions",
            "chart",
        ]


@pytest.mark.parametrize("question", KNOWN)
def test_the_sample_script_answers_its_questions(question: str) -> None:
    """With SQL that the guard admits, an explanation, and a chart of columns that the SQL names."""
    plan = planned(question.lower().rstrip("?"))

    assert guard(plan.sql, POLICY).tables
    assert plan.explanation
    assert plan.standalone_question == question
    for name in (plan.chart.x, *plan.chart.y, plan.chart.series) if plan.chart else ():
        assert name is None or name in plan.sql


def test_the_sample_script_is_about_free_questions() -> None:
    """Verified questions never reach a model, so that a script that answers them would not be seen."""
    known = catalogue()

    asked = (*KNOWN, FOLLOW_UP, CLARIFIED, DECLINED, WRITES, REPAIRED, HOSTILE, FLAWED)

    assert len(KNOWN) >= 25
    assert [question for question in asked if known.match(question, TODAY)] == []


def test_the_sample_script_follows_up() -> None:
    """Only after the question that it continues."""
    assert "'Art'" in planned(FOLLOW_UP, earlier=[FOLLOWED]).sql
    assert planned(FOLLOW_UP).kind == "clarify"


def test_the_sample_script_asks_back_and_says_no() -> None:
    """With options and with a reason."""
    assert len(planned(CLARIFIED).options) == 3
    assert (planned(DECLINED).kind, planned(DECLINED).decline_reason) == ("decline", "personal_data")
    assert planned(WRITES).decline_reason == "write"


def test_the_sample_script_mends_a_refused_attempt() -> None:
    """The first names a column that is not there; the guard's hint leads to the second."""
    first = planned(REPAIRED)
    with pytest.raises(GuardError) as refused:
        guard(first.sql, POLICY)

    second = planned(REPAIRED, repairs=[Repair(sql=first.sql, code=refused.value.code, hint=refused.value.hint)])

    assert refused.value.code == "unknown_column"
    assert guard(second.sql, POLICY)


@pytest.mark.parametrize("question", [HOSTILE, FLAWED])
def test_the_sample_script_tries_what_must_not_run(question: str) -> None:
    """So that one can see it blocked."""
    with pytest.raises(GuardError):
        guard(planned(question).sql, POLICY)


def test_the_sample_script_says_what_it_is() -> None:
    """To whoever asks it something else; the questions that it offers are its own."""
    plan = planned("How is the weather in the hall?")

    assert "stand-in" in plan.clarification
    assert "hand-written" in plan.clarification
    assert {planned(option).kind for option in plan.options} == {"sql", "clarify"}
    assert all("stand-in" not in planned(option).clarification for option in plan.options)


def run(*arguments: str) -> "subprocess.Popen[str]":
    """The command."""
    command = [sys.executable, "-m", "dev.model_server", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def address_of(process: "subprocess.Popen[str]") -> str:
    """What it prints first."""
    assert process.stdout
    return process.stdout.readline().strip().removeprefix("OPENAI_BASE_URL=")


def test_the_command_serves_until_it_is_ended(http: httpx.Client) -> None:
    """And says where and what it knows."""
    with run() as process:
        try:
            address = address_of(process)
            assert process.stdout
            told = [process.stdout.readline().strip() for _ in range(2)]
            answer = posted(http, address, KNOWN[0])
        finally:
            process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)

    assert told == ["Answers written by hand, no model. It knows:", KNOWN[0]]
    assert read_plan(text_of(answer)).kind == "sql"
    assert (process.returncode, errors) == (0, "")


def script_file(folder: Path, lines: Sequence[Mapping[str, Any]]) -> str:
    """A script of one's own."""
    file = folder / "script.json"
    file.write_text(json.dumps(lines), encoding="utf-8")
    return str(file)


def test_the_command_takes_a_script(http: httpx.Client, tmp_path: Path) -> None:
    """As JSON: patterns and plans."""
    file = script_file(tmp_path, [{"pattern": "^how", "answers": [{"kind": "decline", "explanation": "No."}]}])
    with run("--script", file) as process:
        try:
            answer = posted(http, address_of(process), "How many?")
        finally:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)

    assert read_plan(text_of(answer)).explanation == "No."


def test_the_command_refuses_a_script_that_is_none(tmp_path: Path) -> None:
    """Rather than to serve nothing."""
    with run("--script", script_file(tmp_path, [{"answers": []}])) as process:
        told, errors = process.communicate(timeout=20)

    assert (process.returncode, told) == (1, "")
    assert errors.startswith("model_server: ")
