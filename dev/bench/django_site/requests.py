# mypy: ignore-errors
# ruff: noqa: ANN001, ANN201, ANN202
"""What stands before the transaction: the token, the key, the fields."""

import functools
import json
import os
import re
import threading

from common.auth.keys import KeysUnreachable
from common.auth.tokens import Doorkeeper, KeysWanted
from common.config import AuthSettings
from common.domain.errors import EmailUnverified, InvalidJson, InvalidRequest, Refusal, Unauthenticated, Unavailable
from common.domain.listing import MAX_AMOUNT

MAX_BODY_BYTES = 65_536
_KEY = re.compile(r"[\x21-\x7e]{8,64}")
_LISTING_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_FIELDS = {"listing_id", "max_amount"}
_checking = threading.Lock()


class MethodNotAllowed(Refusal):
    """Not a POST."""

    code = "method_not_allowed"
    title = "This operation does not answer that method."


class UnsupportedMediaType(Refusal):
    """Not declared as JSON."""

    code = "unsupported_media_type"
    title = "The body must be application/json."


class BodyTooLarge(Refusal):
    """Over 64 KiB."""

    code = "body_too_large"
    title = "The body is larger than 64 KiB."


@functools.cache
def _doorkeeper():
    """Gavel's own check, with its cache of verified tokens and of the issuer's keys."""
    return Doorkeeper(AuthSettings.from_env(os.environ))


def person(request):
    """Who bids."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    doorkeeper = _doorkeeper()
    try:
        with _checking:  # its cache is made for one thread
            actor = doorkeeper.person(token)
    except KeysWanted as wanted:
        try:
            wanted.keys.fetch()
        except KeysUnreachable as unreachable:
            raise Unavailable from unreachable
        try:
            with _checking:
                actor = doorkeeper.person(token)
        except KeysWanted as still:
            raise Unauthenticated from still
    if not actor.email_confirmed:
        raise EmailUnverified
    return actor


def idempotency_key(request):
    """The request's key."""
    key = request.headers.get("Idempotency-Key")
    if key is None or not _KEY.fullmatch(key):
        raise InvalidRequest({"Idempotency-Key": "Send this header with 8 to 64 visible ASCII characters."})
    return key


def body(request):
    """The listing's id and the bid's maximum."""
    if request.content_type != "application/json":
        raise UnsupportedMediaType
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY_BYTES:
        raise BodyTooLarge
    try:
        given = json.loads(request.body)
    except ValueError as error:
        raise InvalidJson from error
    if not isinstance(given, dict):
        raise InvalidJson
    errors = _errors(given)
    if errors:
        raise InvalidRequest(errors)
    return given["listing_id"], given["max_amount"]


def _errors(given):
    errors = dict.fromkeys(given.keys() - _FIELDS, "Unknown field.")
    errors |= dict.fromkeys(_FIELDS - given.keys(), "Missing data for required field.")
    listing_id, amount = given.get("listing_id"), given.get("max_amount")
    if "listing_id" in given and not (isinstance(listing_id, str) and _LISTING_ID.fullmatch(listing_id)):
        errors["listing_id"] = "Must be a listing's id, 11 characters."
    if "max_amount" in given and not (type(amount) is int and 1 <= amount <= MAX_AMOUNT):
        errors["max_amount"] = f"Must be a whole number from 1 to {MAX_AMOUNT}."
    return errors
