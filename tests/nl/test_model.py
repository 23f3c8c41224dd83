"""The language model's client: the real SDK, over HTTP, against a server on the loopback that behaves and misbehaves.

Deadlines are far away where nothing waits for them, and near where something must end; no test measures speed.
"""

import hashlib
import importlib
import json
import logging
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from email.utils import formatdate
from typing import Any

import pytest

from common.config import SettingsError
from common.deadline import Deadline
from common.nl.completion import Garbled, Usage, read_completion, read_usage
from common.nl.model import MOST_BYTES, MOST_RETRIES, Model, ModelFailed, ModelSettings, Written
from common.nl.model_failed import retry_after
from common.nl.plan import PLAN_SCHEMA
from dev.model_server import (
    Line,
    ModelServer,
    Reply,
    breaks_off,
    clarify,
    decline,
    dripping,
    fails,
    filtered,
    late,
    model_server,
    no_choices,
    page,
    redirects,
    refusal,
    says,
    sql,
)
from dev.stack import ports
from dev.stack.settings import ROOT

KEY = "sk-canary-0123456789"
ANALYST = "canary.analyst@example.com"
PROMPT = [{"role": "system", "content": "The rules."}, {"role": "user", "content": "top sellers"}]
ANSWER = sql("SELECT id FROM users", "All users.")

Build = Callable[..., Model]


@pytest.fixture
def model_of() -> Iterator[Build]:
    """Makes clients of a server; their threads end with the test. The SDK's import counts against no deadline here."""
    importlib.import_module("openai")
    made: list[Model] = []

    def build(server: ModelServer | str, **settings: Any) -> Model:
        base_url = server if isinstance(server, str) else server.base_url
        made.append(Model(ModelSettings(**{"model": "m", "base_url": base_url, "api_key": KEY, **settings})))
        return made[-1]

    yield build
    for model in made:
        model.close()


def write(model: Model, seconds: float = 30) -> Written:
    """One plan."""
    return model.write(PROMPT, deadline=Deadline.after(seconds), analyst=ANALYST)


def failure_of(model: Model, seconds: float = 30) -> ModelFailed:
    """How it fails."""
    with pytest.raises(ModelFailed) as failed:
        write(model, seconds)
    return failed.value


def answering(*replies: Reply, **options: Any) -> ModelServer:
    """A server that gives these replies one after the other, the last one for good."""
    return model_server([Line("", *replies)], **options)


def test_a_plan_is_written(model_of: Build) -> None:
    """With its usage and the name that the server gives the model."""
    with answering(ANSWER) as server:
        written = write(model_of(server))

    assert (written.plan.kind, written.plan.sql) == ("sql", "SELECT id FROM users")
    assert written.model == "hand-written-answers"
    assert written.usage.tokens_in == (len("The rules.") + len("top sellers") + 1) // 4
    assert (written.usage.tokens_cached, written.usage.cost) == (0, None)


def test_other_kinds_of_plans_are_written(model_of: Build) -> None:
    """A question back and a no are answers, not failures."""
    with answering(clarify("By what?", ["By bids?"]), decline("It is personal.", "personal_data")) as server:
        model = model_of(server)

        assert write(model).plan.options == ("By bids?",)
        assert write(model).plan.decline_reason == "personal_data"


def test_hostile_sql_passes_through(model_of: Build) -> None:
    """The guard is the judge of it, whoever wrote it."""
    with answering(sql("DROP TABLE users; SELECT email FROM users")) as server:
        assert write(model_of(server)).plan.sql == "DROP TABLE users; SELECT email FROM users"


def test_the_request_is_as_openai_likes_it(model_of: Build) -> None:
    """Strict schema, nothing stored, the cache named by the first message, and no temperature."""
    with answering(ANSWER) as server:
        write(model_of(server))
        (request,), (headers,) = server.requests, server.headers

    assert request["model"] == "m"
    assert request["messages"] == PROMPT
    assert request["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "plan", "strict": True, "schema": PLAN_SCHEMA},
    }
    assert request["store"] is False
    assert request["prompt_cache_key"] == f"gavel-{hashlib.sha256(b'The rules.').hexdigest()[:16]}"
    assert not {"temperature", "max_tokens", "stream", "user", "tools"} & set(request)
    assert headers["authorization"] == f"Bearer {KEY}"


def test_the_analyst_is_a_hash(model_of: Build) -> None:
    """The same for the same person, another for another, and no address anywhere."""
    with answering(ANSWER) as server:
        model = model_of(server)
        for analyst in (ANALYST, ANALYST, "somebody.else@example.com"):
            model.write(PROMPT, deadline=Deadline.after(30), analyst=analyst)
        first, second, third = (request["safety_identifier"] for request in server.requests)
        sent = json.dumps([server.requests, server.headers])

    assert first == second != third
    assert len(first) == 64
    assert "example.com" not in sent


def test_the_sdk_is_imported_by_the_first_call_only() -> None:
    """It costs more than everything else in a cold start."""
    probe = (
        "import sys; from common.nl.model import Model, ModelSettings; Model(ModelSettings(model='m', api_key='k'));"
        " print([name for name in ('openai', 'httpx2', 'pydantic') if name in sys.modules])"
    )

    told = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)

    assert told.stdout == "[]\n"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (refusal("I cannot help with that."), "model_refused"),
        (filtered(), "model_refused"),
        (fails(400, "The prompt was filtered.", code="content_filter"), "model_refused"),
        (breaks_off(), "model_truncated"),
        (says("I would rather talk about the weather."), "model_garbled"),
        (says('{"kind": "sql", "sql": '), "model_garbled"),
        (says('{"kind": "sql", "sql": null}'), "model_garbled"),
        (says(""), "model_garbled"),
        (no_choices(), "model_garbled"),
        (page(), "model_garbled"),
        (Reply(body=b""), "model_garbled"),
        (Reply(body=b'"text"'), "model_garbled"),
        (Reply(body=b'{"error": {"message": "busy"}}'), "model_garbled"),
        (Reply(body=b'{"choices": [{"message": null}]}'), "model_garbled"),
        (fails(400), "model_rejected"),
        (fails(401, "Incorrect API key provided."), "model_rejected"),
        (fails(403), "model_rejected"),
        (fails(404, "The model `m` does not exist.", code="model_not_found"), "model_rejected"),
        (fails(413), "model_rejected"),
        (fails(429, code="insufficient_quota"), "model_rejected"),
    ],
)
def test_answers_that_are_no_plan_have_a_code(model_of: Build, reply: Reply, code: str) -> None:
    """And are not asked for again: a second answer would be like the first."""
    with answering(reply, ANSWER) as server:
        failure = failure_of(model_of(server))

        assert failure.code == code
        assert failure.hint
        assert len(server.requests) == 1


def test_an_answer_that_is_no_plan_has_its_price(model_of: Build) -> None:
    """The tokens are spent all the same."""
    with answering(says("x" * 400)) as server:
        failure = failure_of(model_of(server, prices=(Decimal(0), Decimal(0), Decimal(3))))

    assert failure.usage is not None
    assert (failure.usage.tokens_out, failure.usage.cost) == (100, Decimal("0.0003"))


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 529])
def test_a_passing_failure_is_tried_again(model_of: Build, status: int) -> None:
    """Once is mostly enough."""
    with answering(fails(status, retry_after="0"), ANSWER) as server:
        assert write(model_of(server)).plan.kind == "sql"
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("status", "code"),
    [(408, "model_timeout"), (429, "model_busy"), (500, "model_unreachable"), (503, "model_busy")],
)
def test_a_failure_that_stays_ends_it(model_of: Build, status: int, code: str) -> None:
    """After two more tries."""
    with answering(fails(status, retry_after="0")) as server:
        assert failure_of(model_of(server)).code == code
        assert len(server.requests) == 1 + MOST_RETRIES


def test_without_a_wish_of_the_server_the_pause_is_short(model_of: Build) -> None:
    """Under a second before the first further try."""
    with answering(fails(500), ANSWER) as server:
        deadline = Deadline.after(30)

        model_of(server).write(PROMPT, deadline=deadline, analyst=ANALYST)

    assert deadline.left() > 20


def test_a_pause_that_fits_is_kept(model_of: Build) -> None:
    """The server knows best when it has time."""
    with answering(fails(429, retry_after="1"), ANSWER) as server:
        deadline = Deadline.after(30)

        model_of(server).write(PROMPT, deadline=deadline, analyst=ANALYST)

    assert deadline.left() <= 29


@pytest.mark.parametrize("told", ["40", "inf", "1e400"])
def test_a_pause_that_does_not_fit_ends_it_at_once(model_of: Build, told: str) -> None:
    """An analyst who is told now can do something else."""
    with answering(fails(429, retry_after=told), ANSWER) as server:
        deadline = Deadline.after(30)

        with pytest.raises(ModelFailed, match="model_busy"):
            model_of(server).write(PROMPT, deadline=deadline, analyst=ANALYST)

        assert deadline.left() > 15
        assert len(server.requests) == 1


def test_what_servers_ask_for_is_read() -> None:
    """Seconds, thousandths, a date; never a wait backwards, never a number that is none."""
    now = 1_800_000_000.0

    assert retry_after({"retry-after": "2"}, now) == 2
    assert retry_after({"retry-after-ms": "1500", "retry-after": "9"}, now) == 1.5
    assert retry_after({"retry-after-ms": "soon", "retry-after": "9"}, now) == 9
    assert retry_after({"retry-after": formatdate(now + 7, usegmt=True)}, now) == 7
    assert retry_after({"retry-after": formatdate(now - 7, usegmt=True)}, now) == 0
    assert retry_after({"retry-after": "-3"}, now) == 0
    assert [retry_after({"retry-after": told}, now) for told in ("nan", "", "soon", "Mon, 99 Foo")] == [None] * 4
    assert retry_after({}, now) is None


def test_a_silent_server_ends_with_the_deadline(model_of: Build) -> None:
    """And is not asked again."""
    with answering(late(600, ANSWER)) as server:
        deadline = Deadline.after(1.5)

        with pytest.raises(ModelFailed, match="model_timeout"):
            model_of(server).write(PROMPT, deadline=deadline, analyst=ANALYST)

        assert deadline.left() > -5
        assert len(server.requests) == 1


def test_a_dripping_server_ends_with_the_deadline(model_of: Build) -> None:
    """The SDK's timeout counts from byte to byte, and would wait for minutes here."""
    with answering(dripping(0.3, ANSWER)) as server:
        deadline = Deadline.after(1)

        with pytest.raises(ModelFailed, match="model_timeout"):
            model_of(server).write(PROMPT, deadline=deadline, analyst=ANALYST)

        assert deadline.left() > -5


def test_the_settings_seconds_end_it_too(model_of: Build) -> None:
    """Whichever is nearer."""
    with answering(late(600, ANSWER)) as server:
        deadline = Deadline.after(600)

        with pytest.raises(ModelFailed, match="model_timeout"):
            model_of(server, seconds=1.5).write(PROMPT, deadline=deadline, analyst=ANALYST)

        assert deadline.left() > 590


def test_after_the_deadline_nothing_is_asked(model_of: Build) -> None:
    """It would be paid for and thrown away."""
    with answering(ANSWER) as server:
        assert failure_of(model_of(server), seconds=0).code == "model_timeout"
        assert server.requests == []


def test_a_client_whose_request_was_ended_goes_on(model_of: Build) -> None:
    """The next request has a connection of its own."""
    with answering(late(600, ANSWER), ANSWER) as server:
        model = model_of(server)

        assert failure_of(model, seconds=1.5).code == "model_timeout"
        assert write(model).plan.kind == "sql"


def test_nobody_listens(model_of: Build) -> None:
    """A wrong address is no late answer."""
    assert failure_of(model_of(f"http://127.0.0.1:{ports.free_port()}/v1"), seconds=1.2).code == "model_unreachable"


def test_a_connection_that_breaks_is_made_again(model_of: Build) -> None:
    """In the middle of an answer: fewer bytes than were promised."""
    broken = Reply(body=b'{"choices"', headers={"Content-Length": "100", "Connection": "close"})
    with answering(broken, ANSWER) as server:
        assert write(model_of(server)).plan.kind == "sql"
        assert len(server.requests) == 2


def test_an_endless_answer_is_not_kept(model_of: Build) -> None:
    """A megabyte is far more than any plan; what is less is read to its end."""
    with answering(Reply(body=b" " * (MOST_BYTES + 1)), Reply(body=b" " * MOST_BYTES)) as server:
        model = model_of(server)

        assert failure_of(model).hint == "The model's server answered without end."
        assert failure_of(model).hint == "The model's server answered with something that is no JSON."


def test_redirects_are_not_followed(model_of: Build) -> None:
    """The key and the question go to the address that was set, and nowhere else."""
    with answering(ANSWER) as elsewhere, answering(redirects(f"{elsewhere.base_url}/chat/completions")) as server:
        failure = failure_of(model_of(server))

        assert (failure.code, "OPENAI_BASE_URL" in failure.hint) == ("model_rejected", True)
        assert elsewhere.requests == []


def test_proxies_of_the_environment_are_not_used(model_of: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is anything else of it that would send the key another way."""
    with answering(ANSWER) as elsewhere, answering(ANSWER) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, elsewhere.base_url)
        monkeypatch.setenv("OPENAI_BASE_URL", elsewhere.base_url)

        assert write(model_of(server)).plan.kind == "sql"
        assert (len(server.requests), len(elsewhere.requests)) == (1, 0)


def test_without_an_address_it_is_openais(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings alone say where; the SDK would ask the environment."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    model = Model(ModelSettings(model="m", api_key=KEY))

    try:
        assert str(model._opened()._client.base_url) == "https://api.openai.com/v1/"
    finally:
        model.close()


@pytest.mark.parametrize("extra", ["store", "prompt_cache_key", "safety_identifier"])
def test_extras_are_dropped_for_a_server_that_refuses_one(model_of: Build, extra: str) -> None:
    """Once: it is remembered."""
    with answering(ANSWER, refuses={extra}) as server:
        model = model_of(server)

        assert [write(model).plan.kind for _ in range(2)] == ["sql", "sql"]
        first, second, third = server.requests

    extras = {"store", "prompt_cache_key", "safety_identifier"}
    assert extras <= first.keys()
    assert not extras & second.keys()
    assert second.keys() == third.keys()
    assert second["response_format"]["type"] == "json_schema"


def test_without_structured_output_json_is_asked_for(model_of: Build) -> None:
    """Once too; a fenced answer is read."""
    with answering(says(f"```json\n{ANSWER.content}\n```"), refuses={"json_schema"}) as server:
        model = model_of(server)

        assert [write(model).plan.kind for _ in range(2)] == ["sql", "sql"]
        formats = [request["response_format"]["type"] for request in server.requests]

    assert formats == ["json_schema", "json_object", "json_object"]


def test_a_server_that_knows_nothing_is_asked_plainly(model_of: Build) -> None:
    """No extras, no format: the rules tell what to answer."""
    with answering(ANSWER, refuses={"store", "response_format"}) as server:
        assert write(model_of(server)).plan.kind == "sql"
        assert server.requests[-1].keys() == {"model", "messages"}
        assert len(server.requests) == 4


@pytest.mark.parametrize("status", [400, 404, 422])
def test_the_refusal_is_known_by_its_words(model_of: Build, status: int) -> None:
    """Servers differ in the status and agree in naming the parameter."""
    words = "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."
    with answering(fails(status, words), ANSWER) as server:
        assert write(model_of(server)).plan.kind == "sql"
        assert [request["response_format"]["type"] for request in server.requests] == ["json_schema", "json_object"]


def test_a_wrong_key_is_no_reason_to_speak_plainly(model_of: Build) -> None:
    """Whatever the server's text names."""
    with answering(fails(401, "The key may not use response_format or store."), ANSWER) as server:
        assert failure_of(model_of(server)).code == "model_rejected"
        assert len(server.requests) == 1


@pytest.mark.parametrize("reply", [fails(401, f"Incorrect API key provided: {KEY}."), says(KEY), page(KEY)])
def test_the_key_is_told_nowhere(model_of: Build, reply: Reply, caplog: pytest.LogCaptureFixture) -> None:
    """Not by what prints, not by an error with all it carries, not by a library's log, though the server quotes it."""
    caplog.set_level(logging.DEBUG)
    with answering(reply) as server:
        model = model_of(server)
        failure = failure_of(model)

    told = [repr(model), repr(vars(model)), str(failure), failure.hint, caplog.text]
    assert KEY not in "".join([*told, *traceback.format_exception(failure)])


def test_the_analyst_and_the_question_are_not_logged(model_of: Build, caplog: pytest.LogCaptureFixture) -> None:
    """At the level at which libraries speak by themselves."""
    caplog.set_level(logging.INFO)
    with answering(ANSWER) as server:
        write(model_of(server))

    assert "top sellers" not in caplog.text
    assert ANALYST not in caplog.text


def test_many_threads_write_at_once(model_of: Build) -> None:
    """Each gets its own answer."""
    script = [Line(f"^question {n}$", sql(f"SELECT {n}")) for n in range(8)]
    with model_server(script) as server, ThreadPoolExecutor(8) as threads:
        model = model_of(server)

        def sql_of(n: int) -> str:
            prompt = [PROMPT[0], {"role": "user", "content": f"question {n}"}]
            return model.write(prompt, deadline=Deadline.after(30), analyst=ANALYST).plan.sql

        assert list(threads.map(sql_of, range(8))) == [f"SELECT {n}" for n in range(8)]


def test_a_server_without_keys_needs_none(model_of: Build) -> None:
    """The SDK alone insists on one."""
    with answering(ANSWER) as server:
        assert write(model_of(server, api_key=None)).plan.kind == "sql"
        assert server.headers[0]["authorization"] == "Bearer none"


@pytest.mark.parametrize(
    "base_url",
    ["api.openai.com/v1", "ftp://example.com", "file:///etc/passwd", "https://", "http://user:canary@example.com/v1"],
)
def test_an_address_must_be_one(base_url: str) -> None:
    """Named by its variable, and not quoted: it may hold a secret."""
    with pytest.raises(SettingsError, match="OPENAI_BASE_URL") as refused:
        ModelSettings(model="m", base_url=base_url)

    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("key", ["sk canary", "sk\ncanary", "sk-canäry", "sk\x00canary"])
def test_a_key_must_fit_a_header(key: str) -> None:
    """An illegal header would be quoted in the transport's error."""
    with pytest.raises(SettingsError, match="OPENAI_API_KEY") as refused:
        ModelSettings(model="m", api_key=key)

    assert "can" not in str(refused.value)


def test_a_line_end_after_the_key_does_not_count(model_of: Build) -> None:
    """Secrets are often stored with one."""
    with answering(ANSWER, key=KEY) as server:
        assert write(model_of(server, api_key=f"{KEY}\n")).plan.kind == "sql"


def test_prices_are_three() -> None:
    """In, in from the cache, out."""
    assert ModelSettings(model="m", prices=(Decimal(1), Decimal(0), Decimal(2))).prices
    with pytest.raises(SettingsError, match="MODEL_PRICES"):
        ModelSettings(model="m", prices=(Decimal(1), Decimal(2)))


def test_the_cache_makes_a_prompt_cheaper(model_of: Build) -> None:
    """The second question with the same rules pays for them at the cache's price."""
    rules = {"role": "system", "content": "r" * 8000}
    with answering(ANSWER) as server:
        model = model_of(server, prices=(Decimal(10), Decimal(1), Decimal(0)))
        first, second = (
            model.write([rules, PROMPT[1]], deadline=Deadline.after(30), analyst=ANALYST).usage for _ in range(2)
        )

    assert (first.tokens_in, first.tokens_cached, first.cost) == (2003, 0, Decimal("0.02003"))
    assert (second.tokens_cached, second.cost) == (2002, Decimal("0.002012"))


def test_a_server_that_does_not_count_is_not_free(model_of: Build) -> None:
    """None is unknown; 0 would be a lie."""
    with answering(Reply(content=ANSWER.content, usage=False)) as server:
        usage = write(model_of(server, prices=(Decimal(1), Decimal(1), Decimal(1)))).usage

    assert usage == Usage(tokens_in=None, tokens_cached=None, tokens_out=None, cost=None)


@pytest.mark.parametrize("told", [None, 7, [], {}, {"prompt_tokens": "many", "completion_tokens": True}])
def test_usage_that_is_none_is_unknown(told: object) -> None:
    """Whatever stands there."""
    assert read_usage(told, (Decimal(1), Decimal(1), Decimal(1))) == Usage()


def test_more_cached_than_sent_costs_no_less_than_nothing() -> None:
    """Some servers count it apart."""
    told = {"prompt_tokens": 10, "completion_tokens": 0, "prompt_tokens_details": {"cached_tokens": 50}}

    assert read_usage(told, (Decimal(2), Decimal(1), Decimal(0))).cost == Decimal("0.00001")


def test_an_answer_in_parts_is_put_together() -> None:
    """As some servers tell it."""
    parts = [{"type": "text", "text": "SELECT "}, {"type": "text", "text": "1"}, {"type": "image"}, "x"]
    body = json.dumps({"choices": [{"message": {"content": parts}}], "model": "n\nn"}).encode()

    completion = read_completion(body, None)

    assert (completion.text, completion.model, completion.cut) == ("SELECT 1", None, False)


@pytest.mark.parametrize("body", [b"[1]", b"{}", b'{"choices": {}}', b'{"choices": ["x"]}', b"\xff"])
def test_a_body_that_is_no_completion_is_garbled(body: bytes) -> None:
    """Never another exception."""
    with pytest.raises(Garbled):
        read_completion(body, None)
