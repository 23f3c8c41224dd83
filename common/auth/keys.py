"""An issuer's public keys, fetched over HTTPS and kept for as long as the issuer says."""

from __future__ import annotations

import json
import re
import threading
import time
import urllib.request
from typing import Any

import jwt

_TIMEOUT_SECONDS = 3.0
_DEFAULT_AGE_SECONDS = 3600.0
_RETRY_SECONDS = 10.0  # forged key ids must not become a flood of requests to the issuer
_MAX_BYTES = 65_536
_KEY_TYPES = {"RS256": "RSA", "ES256": "EC"}


class KeysUnreachable(Exception):  # noqa: N818 - it says what happened
    """The issuer's keys could not be fetched and none are held."""


class KeySet:
    """The keys of one issuer by key id, as far as they serve its algorithm; used by many threads."""

    def __init__(self, url: str, algorithm: str) -> None:
        self._url = url
        self._algorithm = algorithm
        self._keys: dict[str, Any] = {}
        self._stale_at = 0.0
        self._retry_at = 0.0
        self._fetching = threading.Lock()

    def key(self, key_id: str) -> Any | None:
        """The key of this id, None when it is not held; never waits."""
        return self._keys.get(key_id)

    def wants_fetch(self, key_id: str) -> bool:
        """Whether fetching may help: the keys are old, or this id is unknown, and the last try is a while ago."""
        now = time.monotonic()
        return not self._keys or (now >= self._retry_at and (key_id not in self._keys or now >= self._stale_at))

    def fetch(self) -> None:
        """Fetch the keys; waits up to three seconds. Old keys serve on while the issuer is away.

        Raises:
            KeysUnreachable: there are none to serve on with.
        """
        with self._fetching:
            if time.monotonic() < self._retry_at:  # another thread has just tried
                if not self._keys:
                    raise KeysUnreachable(self._url)
                return
            self._retry_at = time.monotonic() + _RETRY_SECONDS
            try:
                request = urllib.request.Request(self._url, headers={"Accept": "application/json"})  # noqa: S310
                with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310 - our setting
                    document = json.loads(response.read(_MAX_BYTES))
                    age = _max_age(response.headers.get("Cache-Control", ""))
                self._keys = self._read(document)
            except (OSError, ValueError, KeyError, TypeError, jwt.PyJWTError) as error:
                if not self._keys:
                    self._retry_at = time.monotonic() + 1.0
                    raise KeysUnreachable(self._url) from error
            else:
                self._stale_at = time.monotonic() + age

    def _read(self, document: Any) -> dict[str, Any]:
        kind = _KEY_TYPES[self._algorithm]
        return {
            key["kid"]: jwt.PyJWK(key, algorithm=self._algorithm).key for key in document["keys"] if key["kty"] == kind
        }


def _max_age(cache_control: str) -> float:
    """Seconds for which an answer may be kept.

    >>> _max_age("public, max-age=21600, must-revalidate"), _max_age("")
    (21600.0, 3600.0)
    """
    found = re.search(r"max-age=(\d+)", cache_control)
    return float(found[1]) if found else _DEFAULT_AGE_SECONDS
