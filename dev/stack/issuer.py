"""A token issuer for one machine: signs people's, services' and analysts' tokens as Google does, and serves its keys.

There is no mode without verification: the functions check these tokens with the code that checks the real ones.
"""

import hashlib
import json
import threading
import time
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from dev.stack import ports
from dev.stack.settings import PROJECT

SERVICE_AUDIENCE = "gavel-local"
SCHEDULER_ACCOUNT = f"scheduler@{PROJECT}.iam.gserviceaccount.com"
DASHBOARD_ACCOUNT = f"dashboard@{PROJECT}.iam.gserviceaccount.com"
IAP_AUDIENCE = "/projects/0/gavel-local/dashboard"
LIFETIME_SECONDS = 3600  # as Firebase's and Google's
ASSERTION_SECONDS = 600  # as Identity-Aware Proxy's
KEYS_MAX_AGE_SECONDS = 300


class Issuer:
    """Signs tokens with an RSA key, assertions with an EC key, and serves both at `{url}/jwks.json` while it is open.

    >>> with Issuer() as issuer:
    ...     jwt.decode(issuer.user_token("u1"), options={"verify_signature": False})["sub"]
    'u1'
    """

    def __init__(self, *, key: rsa.RSAPrivateKey | None = None, port: int = 0, project: str = PROJECT) -> None:
        """Listen at once; `open` starts to answer. Without a key a new one is made (0.1 s).

        The EC key is always new: an assertion lives for minutes, and who holds one restarts with the stack.
        """
        self.key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.analysts_key = ec.generate_private_key(ec.SECP256R1())
        self.project = project
        public = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        self.key_id = str(public["n"])[:16]  # the same name for the same key
        analysts_public = ECAlgorithm.to_jwk(self.analysts_key.public_key(), as_dict=True)
        self.analysts_key_id = str(analysts_public["x"])[:16]
        self.keys = {
            "keys": [
                public | {"kid": self.key_id, "alg": "RS256", "use": "sig"},
                analysts_public | {"kid": self.analysts_key_id, "alg": "ES256", "use": "sig"},
            ]
        }
        self._server = ThreadingHTTPServer((ports.HOST, port or ports.free_port()), partial(_Keys, self))
        self._server.daemon_threads = True
        self.url = f"http://{ports.HOST}:{self._server.server_port}"

    def open(self) -> Self:
        """Answer requests for the keys, on a thread."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="issuer", daemon=True).start()
        return self

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    def user_token(self, user: str, display_name: str | None = None, **claims: Any) -> str:
        """An ID token as Firebase Authentication issues it; `claims` go over the usual ones (tests forge with them)."""
        now = int(time.time())
        usual = {
            "iss": f"{self.url}/users",
            "aud": self.project,
            "sub": user,
            "user_id": user,
            "iat": now,
            "auth_time": now,
            "exp": now + LIFETIME_SECONDS,
            "firebase": {"identities": {}, "sign_in_provider": "custom"},
        }
        if display_name is not None:
            usual["name"] = display_name
        return self.sign(usual | claims)

    def service_token(self, **claims: Any) -> str:
        """An OIDC token as Cloud Scheduler sends it; `claims` go over the usual ones, say another account's `email`."""
        now = int(time.time())
        usual = {
            "iss": f"{self.url}/services",
            "aud": SERVICE_AUDIENCE,
            "sub": "104857600000000000001",
            "email": SCHEDULER_ACCOUNT,
            "email_verified": True,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
        }
        return self.sign(usual | claims)

    def analyst_assertion(self, email: str, sub: str | None = None, **claims: Any) -> str:
        """What Identity-Aware Proxy says of the person behind a request; `claims` go over the usual ones."""
        now = int(time.time())
        usual = {
            "iss": f"{self.url}/iap",
            "aud": IAP_AUDIENCE,
            "sub": _subject(email) if sub is None else sub,
            "email": email,
            "iat": now,
            "exp": now + ASSERTION_SECONDS,
        }
        headers = {"kid": self.analysts_key_id}
        return jwt.encode(usual | claims, self.analysts_key, algorithm="ES256", headers=headers)

    def sign(self, claims: dict[str, Any]) -> str:
        """Any claims under this issuer's RSA key."""
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": self.key_id})


def kept_key(file: Path) -> rsa.RSAPrivateKey:
    """The RSA key in the file (mode 0600), made on the first call: sign-ins outlast a restart of the stack."""
    if file.exists():
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
        assert isinstance(key, rsa.RSAPrivateKey), f"{file} holds another kind of key"
        return key
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form, no_password = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, no_password))
    return key


def _subject(email: str) -> str:
    """A subject as the proxy has it: 21 digits, the same for the same address in any case.

    >>> _subject("Ada@example.com") == _subject("ada@example.com"), len(_subject("ada@example.com"))
    (True, 41)
    """
    digest = hashlib.sha256(email.lower().encode()).digest()
    return f"accounts.google.com:1{int.from_bytes(digest) % 10**20:020}"


class _Keys(BaseHTTPRequestHandler):
    """Answers GET /jwks.json."""

    def __init__(self, issuer: Issuer, *args: Any) -> None:
        self.issuer = issuer
        super().__init__(*args)

    def do_GET(self) -> None:
        """The public keys, to be kept for as long as Cache-Control says."""
        if self.path.partition("?")[0] != "/jwks.json":
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        body = json.dumps(self.issuer.keys).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", f"public, max-age={KEYS_MAX_AGE_SECONDS}")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
