"""Bad input: whatever is sent, a 4xx problem that names what is wrong, never a 500, and nothing stored."""

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.functions import wrong
from tests.functions.wrong import MISSING, body_with, joined
from tests.market import Document, Market, Person, Records, a_key, a_listing, check_problem

LISTING_ID = "AAAAAAAAAAA"
POSTS = ("create_listing", "place_bid", "close_auctions", "sync_mirror")
GETS = ("get_listing", "search_listings")
JSON = {"Content-Type": "application/json"}

OFFER = {name: json.dumps(value) for name, value in a_listing().items()}
BID = {"listing_id": f'"{LISTING_ID}"', "max_amount": "500"}
SOFT = {"window_seconds": 3600, "extension_seconds": 3600, "max_extension_seconds": 86_400}

FIELDS: dict[tuple[str, str], dict[str, str]] = {
    ("create_listing", "title"): wrong.texts(140),
    ("create_listing", "description"): wrong.texts(8000, lines=True),
    ("create_listing", "category"): wrong.words("Art", "a b", "art/", "x" * 41, "ärt", "art\\n", required=True),
    ("create_listing", "starting_price"): wrong.amounts(required=True),
    ("create_listing", "currency"): wrong.words("usd", "JPY", "US", "USDX", " USD") | {"null": "null"},
    ("create_listing", "reserve_price"): wrong.amounts(),
    ("create_listing", "buy_now_price"): wrong.amounts(),
    ("create_listing", "increment"): wrong.amounts(),
    ("create_listing", "starts_at"): wrong.moments(),
    ("create_listing", "ends_at"): wrong.moments(),
    ("create_listing", "duration_seconds"): wrong.wholes(10, 5_184_000) | {"missing": MISSING},
    ("create_listing", "soft_close"): {
        "text": '"soft"',
        "number": "5",
        "list": "[]",
        "true": "true",
        "list of one": "[{}]",
    },
    **{("create_listing", f"soft_close.{name}"): wrong.wholes(0, most) for name, most in SOFT.items()},
    ("place_bid", "listing_id"): wrong.words(
        *("AAAAAAAAAA", "AAAAAAAAAAAA", "AAAAAAAAAA!", "AAAAAAAAAA ", "AAAAA AAAAA", "ÄAAAAAAAAAA", "A' OR 1=1 -"),
        required=True,
    ),
    ("place_bid", "max_amount"): wrong.amounts(required=True),
}
CASES = [
    pytest.param(operation, field, raw, id=f"{operation}-{field}-{name}")
    for (operation, field), values in FIELDS.items()
    for name, raw in values.items()
]
BROKEN = [
    pytest.param(operation, field, raw, id=f"{operation}-{field}-{name}")
    for operation, field in (("create_listing", "title"), ("create_listing", "increment"), ("place_bid", "max_amount"))
    for name, raw in wrong.NO_JSON.items()
]

QUERIES: dict[str, list[tuple[str, str]]] = {
    "get_listing": [
        *[("id", query) for query in ("", "id=", "id=short", "id=AAAAAAAAAAAA", "id=AAAAAAAAAA%00")],
        *[("id", query) for query in ("id=AAAAAAAAAAA&id=AAAAAAAAAAA", "ID=AAAAAAAAAAA", "id=AAAAAAAAA%ZZ")],
        *[("id", query) for query in ("id=%FFAAAAAAAAAA", "id=%C3%84AAAAAAAAAA", "id=" + "A" * 5000)],
        ("id", "id[]=AAAAAAAAAAA"),
        ("extra", "id=AAAAAAAAAAA&extra=1"),
        ("", "id=AAAAAAAAAAA&=1"),
    ],
    "search_listings": [
        *[("limit", f"limit={limit}") for limit in ("0", "51", "-1", "abc", "1.5", "1e1", "", "%31%30%00")],
        *[("limit", f"limit={limit}") for limit in ("%D9%A3", "9" * 400)],
        *[("limit", query) for query in ("limit=5&limit=6", "limit=0x10", "limit=+5", "limit=%205")],
        *[("q", query) for query in ("q=", "q=%20", "q=%E2%80%8B", "q=a%00b", "q=a%0Ab", "q=%E2%80%AEa")],
        ("q", "q=" + "x" * 101),
        ("q", "q=%FF"),
        *[("q", query) for query in ("q=a&q=b", "q=" + "+".join("abcdefghi"))],
        *[("category", f"category={slug}") for slug in ("", "Art", "a%20b", "x" * 41, "art%00", "%27")],
        *[("status", f"status={status}") for status in ("", "open", "ACTIVE", "active,closed", "null")],
        *[("seller", f"seller={seller}") for seller in ("", "Me", "Seller", "Seller%207k2qf9", "%25")],
        *[("sort", f"sort={sort}") for sort in ("", "price", "ending_soon,newest", "ENDING_SOON", "id;--")],
        *[("cursor", f"cursor={cursor}") for cursor in ("", "abc", "!!!!", "%00", "WzFd", "bnVsbA", "e30", "x" * 201)],
        ("cursor", "cursor=WyJlbmRpbmdfc29vbiIsMSwiQSJd&cursor=WyJlbmRpbmdfc29vbiIsMSwiQSJd"),
        ("offset", "offset=10"),
        ("sort", "sort=price_asc&sort=price_desc"),
    ],
}  # fmt: skip
QUERY_CASES = [
    pytest.param(operation, field, query, id=f"{operation}-{query[:40] or 'nothing'}")
    for operation, queries in QUERIES.items()
    for field, query in queries
]


@pytest.fixture(autouse=True)
def _nothing_stored(request: pytest.FixtureRequest, records: Records) -> Iterator[None]:
    """The tables are after each of these tests as they were before, unless it says that it writes."""
    before = records.digest()
    yield
    if "writes" not in request.fixturenames:
        assert records.digest() == before


@pytest.fixture
def writes() -> None:
    """For tests that also show what is accepted."""


def sender(market: Market, operation: str) -> Person:
    """Somebody who may call the operation."""
    return market.scheduler if operation in ("close_auctions", "sync_mirror") else market.user("ann")


def post(market: Market, operation: str, content: Any, **headers: str) -> httpx.Response:
    """A body as it is; headers by their names with _ for -."""
    usual = {"Content-Type": "application/json", "Idempotency-Key": a_key()}
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return sender(market, operation).send(operation, content=content, headers=usual | given)


def refused(response: httpx.Response, status: int, code: str) -> Document:
    """The problem, whose code and status are these."""
    body = check_problem(response)
    assert (response.status_code, body["code"]) == (status, code), response.text
    return body


def named(body: Document) -> list[str]:
    """Which fields a refusal names."""
    for error in body["errors"]:
        assert error["message"]
    return [error["field"] for error in body["errors"]]


@pytest.mark.parametrize(("operation", "field", "raw"), CASES)
def test_a_wrong_value_is_refused_by_its_fields_name(market: Market, operation: str, field: str, raw: str) -> None:
    """And that field alone; the schema's other half of a pair counts as it."""
    valid = OFFER if operation == "create_listing" else BID
    if field == "ends_at":
        valid = {**valid, "duration_seconds": MISSING}

    response = post(market, operation, body_with(valid, field, raw))

    assert named(refused(response, 400, "invalid_request")) == [field]


@pytest.mark.parametrize(("operation", "field", "raw"), BROKEN)
def test_what_is_no_json_is_refused_as_such(market: Market, operation: str, field: str, raw: str) -> None:
    """NaN, half characters and the like."""
    valid = OFFER if operation == "create_listing" else BID

    refused(post(market, operation, body_with(valid, field, raw)), 400, "invalid_json")


@pytest.mark.parametrize(("operation", "field", "query"), QUERY_CASES)
def test_a_wrong_query_is_refused_by_its_members_name(market: Market, operation: str, field: str, query: str) -> None:
    """Repeated, unknown, out of bounds, badly encoded."""
    url = httpx.URL(market.functions[operation].url).copy_with(raw_path=f"/?{query}".encode())

    response = market.http.get(url)

    names = named(refused(response, 400, "invalid_request"))
    assert field in names
    if "ID=" not in query and "[]" not in query:
        assert names == [field]


@pytest.mark.parametrize(
    "parts",
    [
        *(["ending_soon", 0, "A"], ["ending_soon", -62_135_596_800_000_000, "A"], ["ending_soon", 2**63 - 1, "A"]),
        *(["ending_soon", 253_402_300_799_999_999, "A" * 90], ["ending_soon", -(2**63), "A"]),
        *(["ending_soon", True, "A"], ["ending_soon", "0", "A"]),
        *(["price_asc", -(2**63), "A"], ["price_asc", 2**63, "A"], ["price_asc", 10**12 + 1, "A"]),
        *(["most_bids", 2**64, "A"], ["price_asc", 1, "\u0000"], ["price_asc", 1, "' OR 1=1"], ["price_asc", 1, "%s"]),
        *(["price_asc", None, "A"], ["price_asc", 1, None], ["price_asc", 1, "A", 1], ["price_asc"]),
        *({"price_asc": 1}, [["price_asc"], 1, "A"], ["price_asc", [1], "A"], "price_asc", 5, None),
        *(["price_asc", 1, "ä"], ["price_asc", 1.5, "A"], [None, 1, "A"]),
    ],
    ids=repr,
)  # fmt: skip
def test_a_made_up_cursor_does_no_harm(market: Market, parts: Any) -> None:
    """It is refused, or it is a place in the order like any other; with a first page's time of a second ago."""
    if isinstance(parts, list) and len(parts) == len(("order", "value", "id")):
        parts = [*parts, int((time.time() - 1) * 1_000_000)]
    sort = parts[0] if isinstance(parts, list) and parts[0] in ("price_asc", "most_bids") else "ending_soon"
    cursor = base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")

    response = market.nobody.send("search_listings", params={"sort": sort, "cursor": cursor})

    if response.status_code != 200:
        assert named(refused(response, 400, "invalid_request")) == ["cursor"]


@pytest.mark.parametrize("operation", [*POSTS, *GETS])
@pytest.mark.parametrize("name", ["extra", "id_", "__class__", "$where", "a.b", "", "x" * 300, "ключ"])
def test_an_unknown_member_is_refused_by_its_name(market: Market, operation: str, name: str) -> None:
    """At least its beginning; nothing is quietly dropped."""
    if operation in GETS:
        query = {"id": LISTING_ID} if operation == "get_listing" else {}
        response = sender(market, operation).send(operation, params={**query, name: "1"})
    else:
        valid = {"create_listing": OFFER, "place_bid": BID}.get(operation, {})
        response = post(market, operation, joined([*valid.items(), (name, "1")]))

    assert named(refused(response, 400, "invalid_request")) == [name[:100]]


def test_an_unknown_member_inside_the_soft_close_is_refused(market: Market) -> None:
    """By the way to it."""
    response = post(market, "create_listing", body_with(OFFER, "soft_close.seconds", "1"))

    assert named(refused(response, 400, "invalid_request")) == ["soft_close.seconds"]


def test_every_wrong_field_is_named_at_once(market: Market) -> None:
    """A form can show them all."""
    response = post(
        market, "create_listing", b'{"title": 5, "starting_price": "x", "soft_close": {"window_seconds": -1}}'
    )

    assert {"title", "description", "category", "starting_price", "soft_close.window_seconds"} <= set(
        named(refused(response, 400, "invalid_request"))
    )


def test_a_flood_of_unknown_members_gets_a_short_answer(market: Market) -> None:
    """Not one line for each of thousands."""
    response = post(market, "place_bid", joined((f"m{number}", "1") for number in range(4000)))

    assert len(named(refused(response, 400, "invalid_request"))) <= 20
    assert len(response.content) < 5000


@pytest.mark.usefixtures("writes")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "x"),
        ("title", "x" * 139),
        ("title", "🏮" * 140),
        ("title", "'; DROP TABLE listings; --"),
        ("title", "<script>alert(1)</script>"),
        ("title", "עברית and عربى"),
        ("description", "x"),
        ("description", "🏮" * 8000),
        ("description", "a\nb\r\n\tc"),
        ("starting_price", 1),
        ("starting_price", 10**12),
        ("reserve_price", 10**12),
        ("buy_now_price", 10**12),
        ("increment", 1),
        ("increment", 10**12),
    ],
)  # fmt: skip
def test_what_is_just_within_its_limits_is_kept_as_it_is(market: Market, field: str, value: str | int) -> None:
    """To the last character and cent."""
    listing = market.create(**{field: value})

    if field in listing:
        assert market.get(listing)["listing"][field] == value


@pytest.mark.parametrize("operation", [*POSTS, *GETS])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
def test_another_method_is_refused(market: Market, operation: str, method: str) -> None:
    """405 and which one it is, before a token or a body is looked at."""
    if method == ("GET" if operation in GETS else "POST"):
        return
    response = market.http.request(method, market.functions[operation].url)

    assert response.status_code == 405
    assert response.headers["allow"] == f"{'GET' if operation in GETS else 'POST'}, OPTIONS"
    if method != "HEAD":
        refused(response, 405, "method_not_allowed")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "BREW", "get"])
def test_a_method_nobody_knows_is_refused(market: Market, method: str) -> None:
    """By the framework itself or by us; not with a 5xx."""
    response = market.http.request(method, market.functions["get_listing"].url)

    assert 400 <= response.status_code < 500


@pytest.mark.parametrize("operation", POSTS)
@pytest.mark.parametrize(
    "content_type",
    [
        *(None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json"),
        *("application/problem+json", "application/jsonp", "application/ json", "application/xml", "json", "*/*"),
    ],
)
def test_a_body_must_be_declared_as_json(market: Market, operation: str, content_type: str | None) -> None:
    """A form posted by another site's page is not."""
    headers = {} if content_type is None else {"Content-Type": content_type}
    headers |= {"Idempotency-Key": a_key()}
    body = b"{}" if operation in ("close_auctions", "sync_mirror") else joined(OFFER.items())

    response = sender(market, operation).send(operation, content=body, headers=headers)

    refused(response, 415, "unsupported_media_type")


@pytest.mark.usefixtures("writes")
@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON", "application/json;"])
def test_json_may_be_declared_in_any_case_and_with_parameters(market: Market, content_type: str) -> None:
    """As clients do."""
    response = post(market, "create_listing", joined(OFFER.items()), Content_Type=content_type)

    assert response.status_code == 201


@pytest.mark.parametrize("operation", POSTS)
@pytest.mark.parametrize(
    "body",
    [
        *(b"", b" ", b"{", b"}", b"null", b"5", b'"text"', b"[]", b"[{}]", b"true", b"{}{}", b"{}x", b"{'a': 1}"),
        *(b'{"a": 1,}', b'{"a"}', b"{a: 1}", b"title=x&description=y", b"\x00", b"\xff\xfe{\x00}\x00", b"<xml/>"),
        *(b'{"title": "\xff"}', b'{"title": "\xc3"}', b'{"title": "\xed\xa0\x80"}', b'\xef\xbb\xbf{"title": "x"}'),
        *(b"[" * 60_000, b'{"a":' * 12_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
        b'{"a":' + b"[" * 2000 + b"]" * 2000 + b"}",
        b'{"a": ' + b"9" * 60_000 + b"x}",
    ],
    ids=lambda body: repr(body[:16])[2:-1] + f" {len(body)}",
)  # fmt: skip
def test_what_is_not_one_json_object_is_refused(market: Market, operation: str, body: bytes) -> None:
    """Broken, nested too deep, in another encoding, of another kind."""
    refused(post(market, operation, body), 400, "invalid_json")


@pytest.mark.usefixtures("writes")
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_64_kib_is_read_and_one_byte_more_is_not(market: Market, *, chunked: bool) -> None:
    """Also when nobody said beforehand how long it is."""
    body = joined(OFFER.items())
    full = body + b" " * (65_536 - len(body))

    assert post(market, "create_listing", _sent(full, chunked=chunked)).status_code == 201
    refused(post(market, "create_listing", _sent(full + b" ", chunked=chunked)), 413, "body_too_large")


@pytest.mark.parametrize("operation", POSTS)
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_far_too_large_is_refused(market: Market, operation: str, *, chunked: bool) -> None:
    """413 whoever sends it."""
    refused(post(market, operation, _sent(b"{" + b" " * 3_000_000, chunked=chunked)), 413, "body_too_large")


def _sent(body: bytes, *, chunked: bool) -> Any:
    """A body with its length declared, or in pieces without."""
    if not chunked:
        return body
    return (body[start : start + 10_000] for start in range(0, len(body), 10_000))


@pytest.mark.parametrize("operation", ["place_bid", "create_listing"])
@pytest.mark.parametrize(
    "key",
    [
        *(b"", b"1234567", b"x" * 65, b"x" * 5000, b"with a space", b"tab\tinside"),
        *(b"k\xc3\xa9y-of-mine", b"k\xe9y-latin", "🏮-of-mine".encode()),
    ],
)  # fmt: skip
def test_an_idempotency_key_is_8_to_64_visible_ascii_characters(market: Market, operation: str, key: bytes) -> None:
    """Everything else is refused by the header's name."""
    body = joined((OFFER if operation == "create_listing" else BID).items())
    headers = httpx.Headers([(b"Content-Type", b"application/json"), (b"Idempotency-Key", key)])

    response = market.user("ann").send(operation, content=body, headers=headers)

    assert named(refused(response, 400, "invalid_request")) == ["Idempotency-Key"]


def test_a_bid_must_have_an_idempotency_key(market: Market) -> None:
    """Or a lost answer could become a second bid."""
    response = market.user("ann").send("place_bid", content=joined(BID.items()), headers=JSON)

    assert named(refused(response, 400, "invalid_request")) == ["Idempotency-Key"]


@pytest.mark.usefixtures("writes")
@pytest.mark.parametrize("key", ["12345678", "x" * 64, "!\"#$%&'()*+,-./", "\\{|}~:;<=>?@[]^_`"])
def test_every_visible_ascii_character_may_be_in_a_key(market: Market, key: str) -> None:
    """From 8 to 64 of them."""
    listing = market.create()

    assert market.user("ann").try_bid(listing, 5_00, key=key).status_code == 201


@pytest.mark.usefixtures("writes")
def test_a_refusal_repeats_neither_amount_nor_token(market: Market) -> None:
    """What is secret stays so, also in an error."""
    listing, ann = market.create(starting_price=90_000_00), market.user("ann")
    secret = 87_654_32

    responses = [ann.try_bid(listing, amount) for amount in (secret, f"{secret}", float(secret), -secret, [secret])]
    responses += [ann.send("place_bid", content=joined([("max_amount", str(secret))]), headers={**JSON})]

    for response in responses:
        assert response.status_code in (400, 409)
        assert str(secret) not in response.text
        assert ann.token is not None
        assert ann.token not in response.text
