"""Who may call what: tokens that are missing, forged, stale or somebody else's; and browsers of other sites."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from dev.stack.issuer import Issuer
from tests.functions import forged
from tests.market import ALLOWED_ORIGIN, Market, Person, Records, a_key, a_listing, check_problem

PEOPLES = ("create_listing", "place_bid")
ANYONES = ("get_listing", "search_listings")
SCHEDULERS = ("close_auctions", "sync_mirror")
OPERATIONS = (*PEOPLES, *ANYONES, *SCHEDULERS)


@pytest.fixture(autouse=True)
def _nothing_stored(request: pytest.FixtureRequest, records: Records) -> Iterator[None]:
    """Nobody who is refused leaves a trace."""
    before = records.digest()
    yield
    if "writes" not in request.fixturenames:
        assert records.digest() == before


@pytest.fixture
def writes() -> None:
    """For tests that also show what is accepted."""


def call(market: Market, operation: str, authorization: str | None) -> httpx.Response:
    """A request that only its Authorization header could spoil; its listing does not exist."""
    headers = {"Idempotency-Key": a_key()} | ({} if authorization is None else {"Authorization": authorization})
    listing_id = "AAAAAAAAAAA"
    inputs = {
        "create_listing": {"json": a_listing()},
        "place_bid": {"json": {"listing_id": listing_id, "max_amount": 5_00}},
        "get_listing": {"params": {"id": listing_id}},
        "search_listings": {"params": {"limit": 1}},
    }
    return market.nobody.send(operation, headers=headers, **inputs.get(operation, {"json": {}}))


def assert_stays_out(response: httpx.Response, secret: str) -> None:
    """401, told what to send, and not told again what he sent."""
    assert (response.status_code, check_problem(response)["code"]) == (401, "unauthenticated"), response.text
    assert response.headers["www-authenticate"] == "Bearer"
    assert len(secret) < 16 or secret not in response.text


@pytest.mark.parametrize("operation", OPERATIONS)
def test_only_reading_needs_no_token(market: Market, operation: str) -> None:
    """Everything else is 401 without one."""
    response = call(market, operation, None)

    if operation in ANYONES:
        assert response.status_code == (404 if operation == "get_listing" else 200)
    else:
        assert_stays_out(response, "")


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("scheme", forged.WRONG_SCHEMES)
def test_another_scheme_is_refused(market: Market, operation: str, scheme: str) -> None:
    """Even around a good token, even where none is needed."""
    token = (market.scheduler if operation in SCHEDULERS else market.user("ann")).token
    assert token is not None

    assert_stays_out(call(market, operation, scheme.format(token)), token)


@pytest.mark.usefixtures("writes")
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_may_be_written_in_any_case(market: Market, scheme: str) -> None:
    """RFC 9110."""
    response = call(market, "place_bid", f"{scheme} {market.user('ann').token}")

    assert response.status_code == 404


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("name", forged.NOT_TOKENS)
def test_what_is_no_token_is_refused(market: Market, operation: str, name: str) -> None:
    """Whatever it is."""
    token = forged.NOT_TOKENS[name]

    assert_stays_out(call(market, operation, f"Bearer {token}"), token)


Forger = Callable[[Issuer], dict[str, str]]


def by_person(issuer: Issuer) -> dict[str, str]:
    """Wrongly signed tokens of a person."""
    return forged.signatures(issuer, issuer.user_token("uid-forged"))


def by_service(issuer: Issuer) -> dict[str, str]:
    """Wrongly signed tokens of the scheduler."""
    return forged.signatures(issuer, issuer.service_token())


@pytest.mark.parametrize("operation", [*PEOPLES, *ANYONES])
@pytest.mark.parametrize("forger", [forged.people, by_person])
def test_a_persons_token_must_be_good_in_every_respect(
    market: Market, issuer: Issuer, operation: str, forger: Forger
) -> None:
    """Times, issuer, audience, subject, algorithm, key, signature: each alone spoils it."""
    for name, token in forger(issuer).items():
        response = call(market, operation, f"Bearer {token}")
        assert response.status_code == 401, f"{name}: {response.text}"
        assert_stays_out(response, token)


@pytest.mark.parametrize("operation", SCHEDULERS)
@pytest.mark.parametrize("forger", [forged.services, by_service])
def test_a_services_token_must_be_good_in_every_respect(
    market: Market, issuer: Issuer, operation: str, forger: Forger
) -> None:
    """As a person's."""
    for name, token in forger(issuer).items():
        response = call(market, operation, f"Bearer {token}")
        assert response.status_code == 401, f"{name}: {response.text}"
        assert_stays_out(response, token)


@pytest.mark.parametrize("operation", SCHEDULERS)
def test_another_service_may_not_do_the_schedulers_work(market: Market, issuer: Issuer, operation: str) -> None:
    """Its token is good, so it is 403."""
    for name, token in forged.other_accounts(issuer).items():
        response = call(market, operation, f"Bearer {token}")
        assert (response.status_code, response.json()["code"]) == (403, "forbidden"), f"{name}: {response.text}"
        assert token not in response.text


@pytest.mark.parametrize("operation", OPERATIONS)
def test_people_and_services_do_not_pass_for_each_other(market: Market, operation: str) -> None:
    """Not even where anybody may come in."""
    other = market.user("ann") if operation in SCHEDULERS else market.scheduler
    assert other.token is not None

    assert_stays_out(call(market, operation, f"Bearer {other.token}"), other.token)


@pytest.mark.usefixtures("writes")
@pytest.mark.parametrize("subject", ["x", "x" * 128, "ünïcode-🏮", "with a space", "'; DROP TABLE users; --"])
def test_any_printable_subject_of_1_to_128_characters_is_somebody(market: Market, issuer: Issuer, subject: str) -> None:
    """He can sell and bid, and is told apart from everybody else."""
    token = issuer.user_token(subject)
    person = Person(market=market, user_id=subject, email="", token=token)

    listing = person.create()

    assert person.get(listing)["you"]["is_seller"] is True
    assert person.try_bid(listing, 5_00).status_code == 403
    assert person.bid(market.create(), 5_00)["you"]["alias"] == "Bidder 1"


@pytest.mark.usefixtures("writes")
def test_people_are_told_apart_by_the_case_of_their_ids(market: Market, issuer: Issuer) -> None:
    """And by accents: two people who look alike are two bidders."""
    listing = market.create()
    aliases = [
        Person(market=market, user_id=name, email="", token=issuer.user_token(name)).bid(listing, amount)["you"][
            "alias"
        ]
        for name, amount in (("resume", 5_00), ("Resume", 9_00), ("résumé", 20_00))
    ]

    assert aliases == ["Bidder 1", "Bidder 2", "Bidder 3"]


@pytest.mark.usefixtures("writes")
@pytest.mark.parametrize("name", [None, "", 5, ["x"], {"a": 1}, "x" * 5000, "\x00\n\u202e", "🏮"])
def test_any_name_in_a_token_will_do(market: Market, issuer: Issuer, name: object) -> None:
    """It is cut to size; nobody is shown it."""
    person = Person(market=market, user_id="", email="", token=issuer.user_token(f"uid-{a_key()}", name=name))

    assert person.bid(market.create(), 5_00)["leading"] is True


@pytest.mark.usefixtures("writes")
def test_an_address_must_be_confirmed_to_sell_or_bid(market: Market, issuer: Issuer) -> None:
    """Reading needs no confirmation; an account without an address needs none at all."""
    listing = market.create()
    claims = {"email": f"{a_key()}@mail.example", "email_verified": False}
    person = Person(market=market, user_id="", email="", token=issuer.user_token(f"uid-{a_key()}", **claims))

    refusals = [person.try_bid(listing, 5_00), person.send("create_listing", json=a_listing())]

    for response in refusals:
        assert (response.status_code, response.json()["code"]) == (403, "email_unverified")
        assert claims["email"] not in response.text
    assert person.get(listing)["you"]["is_seller"] is False


@pytest.mark.usefixtures("writes")
@pytest.mark.parametrize("email", [5, ["a@mail.example"], {"a": 1}, "x" * 5000])
def test_a_strange_address_is_no_500(market: Market, issuer: Issuer, email: object) -> None:
    """It may come in if the issuer says it is confirmed."""
    person = Person(
        market=market,
        user_id="",
        email="",
        token=issuer.user_token(f"uid-{a_key()}", email=email, email_verified=True),
    )

    assert person.try_bid(market.create(), 5_00).status_code in (201, 403)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_browser_of_an_allowed_site_may_ask_before_it_calls(market: Market, operation: str) -> None:
    """The preflight needs no token and says which method and headers go."""
    headers = {"Origin": ALLOWED_ORIGIN, "Access-Control-Request-Method": "POST"}

    response = market.nobody.send(operation, method="OPTIONS", headers=headers)

    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == ALLOWED_ORIGIN
    assert response.headers["access-control-allow-methods"] == ("GET" if operation in ANYONES else "POST")
    allowed = response.headers["access-control-allow-headers"].lower().split(", ")
    assert {"authorization", "content-type", "idempotency-key", "if-none-match", "traceparent"} <= set(allowed)
    assert "origin" in response.headers["vary"].lower()
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{ALLOWED_ORIGIN}.evil.example", "*", ""])
def test_a_browser_of_another_site_is_not_let_in(market: Market, origin: str) -> None:
    """Its page sees neither preflight nor answer."""
    for method in ("OPTIONS", "GET"):
        response = market.nobody.send("search_listings", method=method, headers={"Origin": origin})
        assert "access-control-allow-origin" not in response.headers


def test_an_allowed_page_may_read_answers_and_problems(market: Market) -> None:
    """And their ETag, Retry-After and X-Request-Id."""
    for query in ({}, {"limit": "0"}):
        response = market.nobody.send("search_listings", params=query, headers={"Origin": ALLOWED_ORIGIN})
        assert response.headers["access-control-allow-origin"] == ALLOWED_ORIGIN
        assert response.headers["access-control-expose-headers"] == "ETag, Retry-After, X-Request-Id"
        assert "origin" in response.headers["vary"].lower()


@pytest.mark.usefixtures("writes")
def test_a_tagged_answer_varies_by_caller_and_by_origin(market: Market) -> None:
    """Both names in Vary, for an allowed page too."""
    person = market.user("seller")
    listing = person.create()
    response = person.send("get_listing", params={"id": listing["id"]}, headers={"Origin": ALLOWED_ORIGIN})

    assert {"authorization", "origin"} <= {name.strip().lower() for name in response.headers["vary"].split(",")}


@pytest.mark.parametrize(
    ("headers", "trace_id"),
    [
        ({"traceparent": f"00-{'4b' * 16}-{'00f0' * 4}-01"}, "4b" * 16),
        ({"X-Cloud-Trace-Context": f"{'5c' * 16}/123;o=1"}, "5c" * 16),
        ({"traceparent": f"00-{'4b' * 16}-{'00f0' * 4}-01", "X-Cloud-Trace-Context": f"{'5c' * 16}/1"}, "4b" * 16),
        ({"traceparent": "garbage", "X-Cloud-Trace-Context": "5c" * 16}, "5c" * 16),
    ],
)
def test_a_problem_carries_the_callers_trace_id(market: Market, headers: dict[str, str], trace_id: str) -> None:
    """The W3C's header goes before Google's."""
    response = market.nobody.send("search_listings", params={"limit": "0"}, headers=headers)

    assert response.json()["trace_id"] == trace_id


@pytest.mark.parametrize(
    "traceparent", ["", "garbage", f"00-{'4B' * 16}-{'00f0' * 4}-01", f"00-{'4b' * 15}-{'00f0' * 4}-01", "x" * 5000]
)
def test_without_a_good_one_every_problem_has_its_own(market: Market, traceparent: str) -> None:
    """And what was sent is not repeated."""
    responses = [
        market.nobody.send("search_listings", params={"limit": "0"}, headers={"traceparent": traceparent})
        for _ in range(2)
    ]

    first, second = (response.json()["trace_id"] for response in responses)
    assert first != second
    assert traceparent == "" or traceparent not in responses[0].text
