"""Tables of what is not a valid value, as raw JSON: also what no JSON library would write."""

from collections.abc import Iterable, Mapping

MISSING = "(missing)"
"""Stands for leaving the member out."""

BIG = 10**12

WRONG_TYPES = {
    "null": "null",
    "true": "true",
    "false": "false",
    "list": "[]",
    "list of one": "[100]",
    "object": "{}",
    "nested garbage": '{"$gt": "", "a": [{"b": [null, {}]}]}',
}
WRONG_NUMBERS = {
    "text": '"100"',
    "empty text": '""',
    "float 1.0": "1.0",
    "float 1.5": "1.5",
    "exponent": "1e3",
    "zero": "0",
    "minus zero": "-0",
    "negative": "-1",
    "far negative": f"-{BIG}",
    "above 10^12": str(BIG + 1),
    "2^53": str(2**53),
    "2^63 - 1": str(2**63 - 1),
    "2^63": str(2**63),
    "-2^63 - 1": str(-(2**63) - 1),
    "2^64 - 1": str(2**64 - 1),
    "2^64": str(2**64),
}
NO_JSON = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "minus Infinity": "-Infinity",
    "10^400": str(10**400),
    "1e400": "1e400",
    "hexadecimal": "0x10",
    "leading zero": "0100",
    "plus": "+100",
    "underscore": "1_000",
    "bare word": "lamp",
    "single quotes": "'lamp'",
    "raw line break": '"a\nb"',
    "lone high surrogate": r'"a\ud800"',
    "lone low surrogate": r'"\udc00a"',
    "swapped surrogates": r'"\udc00\ud800"',
    "broken escape": r'"\x41"',
}
"""What is not JSON, or a number no reader of JSON holds, is refused before anybody looks at its field."""

HIDDEN = {
    "NUL": r'"a\u0000b"',
    "bell": r'"a\u0007b"',
    "escape": r'"\u001b[31mred"',
    "vertical tab": r'"a\u000bb"',
    "delete": r'"a\u007fb"',
    "next line (C1)": r'"a\u0085b"',
    "right-to-left override": r'"\u202egnp.exe"',
    "left-to-right embedding": r'"a\u202ab"',
    "pop directional": r'"a\u202cb"',
    "isolate": r'"a\u2066b\u2069"',
}
EMPTY = {
    "empty": '""',
    "blank": '"   "',
    "no-break spaces": r'"\u00a0\u2003"',
    "zero-width space": r'"\u200b"',
    "byte order mark": r'"\ufeff"',
}
LINE_BREAKS = {"line feed": r'"a\nb"', "carriage return": r'"a\rb"', "tab": r'"a\tb"'}


def amounts(*, required: bool = False) -> dict[str, str]:
    """What is not an amount; null stands for nothing where nothing is allowed."""
    return _needed(WRONG_TYPES | WRONG_NUMBERS, required=required)


def wholes(minimum: int, maximum: int) -> dict[str, str]:
    """What is not a whole number within these bounds."""
    limits = {"one under": str(minimum - 1), "one over": str(maximum + 1)}
    allowed = {"zero", "minus zero"} if minimum <= 0 else set()
    return {name: value for name, value in {**WRONG_TYPES, **WRONG_NUMBERS, **limits}.items() if name not in allowed}


def texts(longest: int, *, lines: bool = False) -> dict[str, str]:
    """What is not a text with something to read in it; every text is required."""
    oversized = {"one over": f'"{"x" * (longest + 1)}"', "far over": f'"{"x" * (longest + 20_000)}"'}
    numbers = {"number": "5", "float": "1.5"}
    breaks = {} if lines else LINE_BREAKS
    return _needed(WRONG_TYPES | numbers | EMPTY | HIDDEN | breaks | oversized, required=True)


def words(*given: str, required: bool = False) -> dict[str, str]:
    """What is not one of a few words."""
    others = {f"given {number}": f'"{word}"' for number, word in enumerate(given)}
    return _needed(
        WRONG_TYPES | {"number": "5", "empty": '""', "long": f'"{"a" * 5000}"'} | HIDDEN | others, required=required
    )


def moments() -> dict[str, str]:
    """What is not a time with its offset."""
    given = (
        *("2026-11-22", "2026-11-22T10:00:00", "2026-11-22 10:00:00Z", "10:00:00Z", "tomorrow", "1764000000"),
        *("2026-02-30T10:00:00Z", "2026-11-22T25:00:00Z", "2026-11-22T10:61:00Z", "2026-11-22T10:00:61Z"),
        *("2026-11-22T10:00:00+25:00", "2026-11-22T10:00:00.1234567Z", "2026-11-22T10:00Z", "20261122T100000Z"),
        *("0000-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-W47-1T10:00:00Z"),
        *("２０２６-11-22T10:00:00Z", "2026-11-22T10:00:00Z ", "-2026-11-22T10:00:00Z"),  # noqa: RUF001 - full-width
    )
    return words(*given) | {"float": "1764000000.5", "whole": "1764000000"}


def body_with(valid: Mapping[str, str], field: str, raw: str) -> bytes:
    """A body of raw JSON values, one of them put in or left out; a dot leads into an object."""
    outer, _, inner = field.partition(".")
    if inner:
        raw = "{" + (f'"{inner}": {raw}' if raw != MISSING else "") + "}"
    members = {**valid, outer: raw}
    return joined((name, value) for name, value in members.items() if value != MISSING)


def joined(members: Iterable[tuple[str, str]]) -> bytes:
    """A JSON object of raw values."""
    return ("{" + ", ".join(f'"{name}": {value}' for name, value in members) + "}").encode()


def _needed(values: Mapping[str, str], *, required: bool) -> dict[str, str]:
    """With null and nothing at all among them, where something is required."""
    if required:
        return {**values, "missing": MISSING}
    return {name: value for name, value in values.items() if name != "null"}
