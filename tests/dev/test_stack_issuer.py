"""The local issuer's tokens, checked as the functions check them: against the keys it serves."""

import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import jwt
import pytest

from dev.stack.issuer import (
    DASHBOARD_ACCOUNT,
    IAP_AUDIENCE,
    SCHEDULER_ACCOUNT,
    SERVICE_AUDIENCE,
    Issuer,
    kept_key,
)


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    """One issuer for this module."""
    with Issuer() as issuer:
        yield issuer


def served_key(issuer: Issuer, token: str) -> jwt.PyJWK:
    """The key that the token's header names, fetched over HTTP."""
    return jwt.PyJWKClient(f"{issuer.url}/jwks.json").get_signing_key_from_jwt(token)


def test_a_user_token_is_as_firebases(issuer: Issuer) -> None:
    """Issuer, audience, subject, name and an hour to live, under RS256 and a served key."""
    token = issuer.user_token("u1", "First Bidder")

    claims = jwt.decode(
        token, served_key(issuer, token), algorithms=["RS256"], audience="demo-gavel", issuer=f"{issuer.url}/users"
    )

    assert (claims["sub"], claims["user_id"], claims["name"]) == ("u1", "u1", "First Bidder")
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["auth_time"] <= time.time()
    assert claims["firebase"]["sign_in_provider"] == "custom"


def test_a_service_token_is_as_googles(issuer: Issuer) -> None:
    """The scheduler's account, verified, for the audience of the functions."""
    token = issuer.service_token()

    claims = jwt.decode(
        token,
        served_key(issuer, token),
        algorithms=["RS256"],
        audience=SERVICE_AUDIENCE,
        issuer=f"{issuer.url}/services",
    )

    assert (claims["email"], claims["email_verified"]) == (SCHEDULER_ACCOUNT, True)


def test_the_dashboard_is_a_service_as_well(issuer: Issuer) -> None:
    """With an account of its own, which is not the scheduler's."""
    token = issuer.service_token(email=DASHBOARD_ACCOUNT)

    claims = jwt.decode(token, served_key(issuer, token), algorithms=["RS256"], audience=SERVICE_AUDIENCE)

    assert (claims["email"], claims["email_verified"]) == ("dashboard@demo-gavel.iam.gserviceaccount.com", True)


def test_an_assertion_is_as_the_proxys(issuer: Issuer) -> None:
    """ES256 under a served key, for the dashboard alone, ten minutes long."""
    assertion = issuer.analyst_assertion("ada@example.com")

    claims = jwt.decode(
        assertion,
        served_key(issuer, assertion),
        algorithms=["ES256"],
        audience=IAP_AUDIENCE,
        issuer=f"{issuer.url}/iap",
    )

    assert jwt.get_unverified_header(assertion)["alg"] == "ES256"
    assert claims["email"] == "ada@example.com"
    assert claims["exp"] - claims["iat"] == 600
    assert re.fullmatch(r"accounts\.google\.com:\d{21}", claims["sub"])


def test_an_analyst_keeps_his_subject_and_shares_it_with_nobody(issuer: Issuer) -> None:
    """It follows from the address, unless it is given; the case of the address does not count."""

    def subject(email: str, **given: str) -> str:
        claims: dict[str, str] = jwt.decode(
            issuer.analyst_assertion(email, **given), options={"verify_signature": False}
        )
        return claims["sub"]

    assert subject("ada@example.com") == subject("Ada@Example.com") != subject("bob@example.com")
    assert subject("ada@example.com", sub="accounts.google.com:7") == "accounts.google.com:7"


def test_neither_key_signs_for_the_other(issuer: Issuer) -> None:
    """A person's token is no assertion, whatever it claims, nor is an assertion a person's token."""
    token = issuer.sign({"iss": f"{issuer.url}/iap", "aud": IAP_AUDIENCE, "email": "ada@example.com"})
    assertion = issuer.analyst_assertion("ada@example.com", iss=f"{issuer.url}/users", aud="demo-gavel")

    with pytest.raises(jwt.InvalidAlgorithmError):
        jwt.decode(token, served_key(issuer, token), algorithms=["ES256"], audience=IAP_AUDIENCE)
    with pytest.raises(jwt.InvalidAlgorithmError):
        jwt.decode(assertion, served_key(issuer, assertion), algorithms=["RS256"], audience="demo-gavel")


def test_a_test_can_forge_any_claim(issuer: Issuer) -> None:
    """Claims given by hand stand in the place of the usual ones."""
    token = issuer.user_token("u1", exp=int(time.time()) - 1)

    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(token, served_key(issuer, token), algorithms=["RS256"], audience="demo-gavel")


def test_the_keys_may_be_cached_and_hold_no_secret(issuer: Issuer) -> None:
    """Only the public halves leave, with a life time, each under a name of its own."""
    answer = httpx.get(f"{issuer.url}/jwks.json")
    people, analysts = answer.json()["keys"]

    assert "max-age" in answer.headers["cache-control"]
    assert set(people) == {"kty", "key_ops", "n", "e", "kid", "alg", "use"}
    assert set(analysts) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    assert (people["alg"], analysts["alg"], analysts["crv"]) == ("RS256", "ES256", "P-256")
    assert people["kid"] != analysts["kid"]


def test_a_kept_key_outlasts_the_process_and_is_its_owners_alone(tmp_path: Path) -> None:
    """A token of the last start is good in the next: same key, same name."""
    file = tmp_path / "issuer.pem"
    before = Issuer(key=kept_key(file))
    after = Issuer(key=kept_key(file))
    try:
        assert before.keys["keys"][0] == after.keys["keys"][0]
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    finally:
        for issuer in (before, after):
            issuer.open().close()
