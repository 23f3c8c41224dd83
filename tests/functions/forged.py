"""Bearer tokens that must not be believed, each wrong in one way alone."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from dev.stack.issuer import Issuer

NOT_TOKENS = {
    "garbage": "garbage",
    "two parts": "e30.e30",
    "four parts": "e30.e30.e30.e30",
    "dots": "..",
    "no JSON inside": "bm8.bm8.bm8",
    "a list for a header": "W10.W10.W10",
    "a number for a header": "NQ.NQ.NQ",
    "no base64": "%%%.%%%.%%%",
    "very long": "e30." + "A" * 9000 + ".e30",
    "deep nesting": base64.urlsafe_b64encode(b"[" * 3000).decode().rstrip("=") + ".e30.e30",
}
WRONG_SCHEMES = ("Basic YWxhZGRpbjpvcGVuc2VzYW1l", "Token {}", "bearer", "Bearer", "{}", "Bearer  {}", "Bearer,{}", "")


def people(issuer: Issuer) -> dict[str, str]:
    """Tokens of a person that are wrong in what they say."""
    now = int(time.time())
    claims: dict[str, dict[str, Any]] = {
        "expired": {"iat": now - 7200, "auth_time": now - 7200, "exp": now - 60},
        "expired long ago": {"exp": 1},
        "not yet valid": {"nbf": now + 600},
        "issued in the future": {"iat": now + 600},
        "signed in in the future": {"auth_time": now + 600},
        "expiry as text": {"exp": "tomorrow"},
        "expiry beyond all clocks": {"exp": 10**30, "iat": 10**29},
        "another issuer": {"iss": "https://securetoken.google.com/another-project"},
        "the services' issuer": {"iss": f"{issuer.url}/services"},
        "issuer as a list": {"iss": [f"{issuer.url}/users"]},
        "another audience": {"aud": "another-project"},
        "no audience": {"aud": None},
        "empty audience": {"aud": ""},
        "empty subject": {"sub": ""},
        "subject too long": {"sub": "x" * 129},
        "subject a number": {"sub": 5},
        "subject null": {"sub": None},
        "subject a list": {"sub": ["uid"]},
        "subject with a line break": {"sub": "uid\nuid"},
        "subject with NUL": {"sub": "uid\x00"},
        "sign-in time a list": {"auth_time": [now]},
    }
    usual = jwt.decode(issuer.user_token("uid-forged"), options={"verify_signature": False})
    said = {name: usual | wrong for name, wrong in claims.items()}
    for missing in ("sub", "exp", "iat", "aud", "iss"):
        said[f"no {missing}"] = {name: value for name, value in usual.items() if name != missing}
    return {name: _signed_by(issuer, claims) for name, claims in said.items()}


def signatures(issuer: Issuer, good: str) -> dict[str, str]:
    """A good token's claims under signatures that are not the issuer's."""
    claims = jwt.decode(good, options={"verify_signature": False})
    header, body, signature = good.split(".")
    return {
        "another key under the issuer's name": jwt.encode(
            claims, _stranger(), algorithm="RS256", headers={"kid": issuer.key_id}
        ),
        "a key nobody knows": jwt.encode(claims, _stranger(), algorithm="RS256", headers={"kid": "nobody's"}),
        "no key's name": jwt.encode(claims, issuer.key, algorithm="RS256"),
        "a number for the key's name": _signed_by_nobody({"alg": "RS256", "kid": 5}, claims),
        "alg none": _signed_by_nobody({"alg": "none", "kid": issuer.key_id}, claims),
        "alg None": _signed_by_nobody({"alg": "None", "kid": issuer.key_id}, claims),
        "no alg": _signed_by_nobody({"kid": issuer.key_id}, claims),
        "HS256 with the public key for a secret": _hmac(issuer, claims),
        "RS512": jwt.encode(claims, issuer.key, algorithm="RS512", headers={"kid": issuer.key_id}),
        "PS256": jwt.encode(claims, issuer.key, algorithm="PS256", headers={"kid": issuer.key_id}),
        "a key that comes along": _hmac(issuer, claims, jwk={"kty": "oct", "k": "AAAA"}),
        "no signature": f"{header}.{body}.",
        "a signature cut short": good[:-10],
        "other claims under its signature": f"{header}.{_part({**claims, 'sub': 'somebody-else'})}.{signature}",
    }


def services(issuer: Issuer) -> dict[str, str]:
    """Tokens of a service that are wrong in what they say, and so of nobody we know."""
    now = int(time.time())
    claims: dict[str, dict[str, Any]] = {
        "expired": {"iat": now - 7200, "exp": now - 60},
        "another audience": {"aud": "https://another.example"},
        "the project as audience": {"aud": issuer.project},
        "another issuer": {"iss": "https://accounts.google.com"},
        "the people's issuer": {"iss": f"{issuer.url}/users"},
        "empty subject": {"sub": ""},
    }
    return {name: issuer.service_token(**wrong) for name, wrong in claims.items()}


def other_accounts(issuer: Issuer) -> dict[str, str]:
    """Good tokens of services that are not the scheduler."""
    claims: dict[str, dict[str, Any]] = {
        "another account": {"email": "somebody@demo-gavel.iam.gserviceaccount.com"},
        "the account in capitals": {"email": "SCHEDULER@demo-gavel.iam.gserviceaccount.com"},
        "an unverified e-mail": {"email_verified": False},
        "a verification as text": {"email_verified": "true"},
        "no e-mail": {"email": None},
        "an empty e-mail": {"email": ""},
        "e-mails": {"email": ["scheduler@demo-gavel.iam.gserviceaccount.com"]},
    }
    return {name: issuer.service_token(**wrong) for name, wrong in claims.items()}


@cache
def _stranger() -> rsa.RSAPrivateKey:
    """A key that is not the issuer's."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _part(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _signed_by(issuer: Issuer, claims: Mapping[str, Any]) -> str:
    """Any claims, also such as a careful library would not sign."""
    return jwt.PyJWS().encode(
        json.dumps(claims).encode(), issuer.key, algorithm="RS256", headers={"kid": issuer.key_id}
    )


def _signed_by_nobody(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    return f"{_part({'typ': 'JWT', **header})}.{_part(claims)}."


def _hmac(issuer: Issuer, claims: Mapping[str, Any], **header: Any) -> str:
    """Signed with the text of the public key, which a careless verifier would take for the secret."""
    secret = issuer.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    text = f"{_part({'typ': 'JWT', 'alg': 'HS256', 'kid': issuer.key_id, **header})}.{_part(claims)}"
    signature = hmac.new(secret, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
