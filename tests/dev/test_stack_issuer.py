"""The local issuer's tokens, checked as the functions check them: against the keys it serves."""

import stat
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import jwt
import pytest

from dev.stack.issuer import SCHEDULER_ACCOUNT, SERVICE_AUDIENCE, Issuer, kept_key


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


def test_a_test_can_forge_any_claim(issuer: Issuer) -> None:
    """Claims given by hand stand in the place of the usual ones."""
    token = issuer.user_token("u1", exp=int(time.time()) - 1)

    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(token, served_key(issuer, token), algorithms=["RS256"], audience="demo-gavel")


def test_the_keys_may_be_cached_and_hold_no_secret(issuer: Issuer) -> None:
    """Only the public half leaves, with a life time."""
    answer = httpx.get(f"{issuer.url}/jwks.json")
    (key,) = answer.json()["keys"]

    assert "max-age" in answer.headers["cache-control"]
    assert set(key) == {"kty", "key_ops", "n", "e", "kid", "alg", "use"}


def test_a_kept_key_outlasts_the_process_and_is_its_owners_alone(tmp_path: Path) -> None:
    """A token of the last start is good in the next: same key, same name."""
    file = tmp_path / "issuer.pem"
    before = Issuer(key=kept_key(file))
    after = Issuer(key=kept_key(file))
    try:
        assert before.keys == after.keys
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    finally:
        for issuer in (before, after):
            issuer.open().close()
