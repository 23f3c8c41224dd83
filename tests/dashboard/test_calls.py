"""Calls to the functions over HTTP: who asks, and what to say when nothing comes back."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from analysts.client import CallFailed, Functions, Question
from analysts.identity import IAP_HEADER, CloudIdentity, LocalIdentity, NotSignedIn, identity
from analysts.settings import AppSettings, NotSetUp

from dev.stack.ports import free_port
from tests.dashboard import script
from tests.dashboard.scripted import Stage

PROOF = {"Authorization": "Bearer t", "X-Analyst-Assertion": "a"}


class Clock:
    """Stands still until it is told."""

    now = 1_000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    """A client of this test."""
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def functions(stage: Stage, http: httpx.Client) -> Functions:
    """The functions that the scripted server plays."""
    return Functions(http, stage.api)


def test_only_what_is_set_is_sent(stage: Stage, functions: Functions) -> None:
    """nl_query refuses members that it does not know, and null is a member."""
    functions.ask(Question(question=script.TOP, conversation_id="c" * 32), PROOF)

    (request,) = stage.requests
    assert request.body == {"question": script.TOP, "conversation_id": "c" * 32}
    assert request.headers["X-Analyst-Assertion"] == "a"


@pytest.mark.parametrize(
    ("question", "code", "words"),
    [
        (script.TOO_MANY, "too_many_questions", "many questions"),
        (script.BROKEN, "internal", "our side"),
        (script.HANG_UP, "unreachable", "cannot be reached"),
    ],
)
def test_a_failed_call_says_what_to_do(functions: Functions, question: str, code: str, words: str) -> None:
    """In our words: nothing of the problem's detail is shown."""
    with pytest.raises(CallFailed, match=words) as failed:
        functions.ask(Question(question=question), PROOF)

    assert failed.value.code == code
    assert "pymysql" not in str(failed.value)


def test_a_refusal_to_wait_says_until_when(functions: Functions) -> None:
    """From Retry-After."""
    with pytest.raises(CallFailed) as failed:
        functions.ask(Question(question=script.TOO_MANY), PROOF)

    assert failed.value.again_at is not None
    assert 0 < (failed.value.again_at - datetime.now(UTC)).total_seconds() <= 42


def test_nobody_there_is_said_so(http: httpx.Client) -> None:
    """A port without a server."""
    with pytest.raises(CallFailed, match="cannot be reached"):
        Functions(http, f"http://127.0.0.1:{free_port()}/api").desk(PROOF)


def test_the_laptops_tokens_are_kept_until_shortly_before_they_end(stage: Stage, http: httpx.Client) -> None:
    """They last an hour: at 59 minutes they are asked for again, not a second earlier."""
    clock = Clock()
    who = LocalIdentity(f"{stage.url}/dev/analyst", "ada@example.com", http, clock)

    first = who.headers({}, "nl_query")
    clock.now += 3600 - 60 - 1
    who.headers({}, "nl_query")
    before = len(stage.requests)
    clock.now += 1
    who.headers({}, "nl_query")

    assert first == {"Authorization": "Bearer service-token", "X-Analyst-Assertion": "analyst-assertion"}
    assert (before, len(stage.requests)) == (1, 2)
    assert stage.requests[0].body == {"email": "ada@example.com"}


def test_no_sign_in_is_said_so(http: httpx.Client) -> None:
    """When the local stack is down."""
    who = LocalIdentity(f"http://127.0.0.1:{free_port()}/dev/analyst", "ada@example.com", http, Clock())

    with pytest.raises(NotSignedIn, match="running"):
        who.headers({}, "nl_query")


def test_the_cloud_shows_the_visitors_assertion_and_the_services_own_token(stage: Stage, http: httpx.Client) -> None:
    """The token is from the metadata server, for the functions' audience; the assertion is never kept."""
    who = CloudIdentity("https://functions.example", stage.url.removeprefix("http://"), http, Clock())

    ada = who.headers({IAP_HEADER.lower(): "ada"}, "nl_query")
    bob = who.headers({IAP_HEADER: "bob"}, "nl_query")

    assert ada == {"Authorization": "Bearer metadata-token", "X-Analyst-Assertion": "ada"}
    assert bob["X-Analyst-Assertion"] == "bob"
    (request,) = stage.requests
    assert request.path.endswith("/identity?audience=https%3A%2F%2Ffunctions.example")
    assert request.headers["Metadata-Flavor"] == "Google"


def test_each_function_may_have_an_audience_of_its_own(stage: Stage, http: httpx.Client) -> None:
    """Where the setting has {function} in it; a token is fetched once for each."""
    who = CloudIdentity("https://{function}-1.run.app", stage.url.removeprefix("http://"), http, Clock())

    for operation in ("nl_query", "nl_feedback", "nl_query"):
        who.headers({IAP_HEADER: "ada"}, operation)

    assert [request.path.partition("audience=")[2] for request in stage.requests] == [
        "https%3A%2F%2Fnl-query-1.run.app",
        "https%3A%2F%2Fnl-feedback-1.run.app",
    ]


def test_without_an_assertion_nobody_is_signed_in(stage: Stage, http: httpx.Client) -> None:
    """The app was opened past Identity-Aware Proxy; no token is fetched for that."""
    who = CloudIdentity("https://functions.example", stage.url.removeprefix("http://"), http, Clock())

    with pytest.raises(NotSignedIn, match="Identity-Aware Proxy"):
        who.headers({"Host": "gavel.example"}, "nl_query")

    assert stage.requests == []


def test_a_service_token_is_kept_until_shortly_before_its_own_end(http: httpx.Client, stage: Stage) -> None:
    """As it says in itself."""
    clock = Clock()
    who = CloudIdentity("https://functions.example", stage.url.removeprefix("http://"), http, clock)
    payload = base64.urlsafe_b64encode(json.dumps({"exp": clock.now + 100}).encode()).decode().rstrip("=")
    stage.token = f"head.{payload}.signature"

    for seconds in (0, 39, 1):
        clock.now += seconds
        who.headers({IAP_HEADER: "ada"}, "nl_query")

    assert len(stage.requests) == 2


def test_settings_come_from_the_environment_before_the_secrets() -> None:
    """A trailing slash does not matter."""
    secrets = {"GAVEL_API": "http://secret/api", "GAVEL_SIGN_IN": "http://secret/dev/analyst"}

    settings = AppSettings.read({"GAVEL_API": "http://env/api/"}, secrets)

    assert settings.api == "http://env/api"
    assert settings.sign_in == "http://secret/dev/analyst"


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({}, "GAVEL_API"),
        ({"GAVEL_API": "x"}, "GAVEL_AUDIENCE"),
        ({"GAVEL_API": "x", "GAVEL_SIGN_IN": "y", "K_SERVICE": "dashboard"}, "GAVEL_SIGN_IN"),
    ],
)
def test_settings_that_cannot_be_right_are_refused(env: dict[str, str], words: str) -> None:
    """The laptop's way to sign in lets everybody in: never on Cloud Run."""
    with pytest.raises(NotSetUp, match=words):
        AppSettings.read(env, {})


def test_the_settings_choose_the_identity(http: httpx.Client) -> None:
    """The laptop's, or the cloud's."""
    local = AppSettings.read({"GAVEL_API": "x", "GAVEL_SIGN_IN": "y"}, {})
    cloud = AppSettings.read({"GAVEL_API": "x", "GAVEL_AUDIENCE": "y", "K_SERVICE": "dashboard"}, {})

    assert isinstance(identity(local, http), LocalIdentity)
    assert isinstance(identity(cloud, http), CloudIdentity)
