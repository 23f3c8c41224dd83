"""The kinds of value a request may hold. Every field says its own bounds and refuses everything else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from marshmallow import ValidationError, fields

from common.domain.listing import MAX_AMOUNT

T = TypeVar("T")

_LISTING_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_SLUG = re.compile(r"[a-z0-9-]{1,40}")
_SELLER = re.compile(r"me|Seller [0-9A-Z]{6}")
_NAME = re.compile(r"[A-Za-z0-9_.:-]+")
_WHOLE = re.compile(r"[0-9]{1,15}")
_LONGEST_SCALAR = 100
# Controls, surrogates, and the marks that reorder text and so make a title read as another.
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Parsed(fields.Field[T]):
    """A field that is what its `_parse` makes of a value, which is never None."""

    def parse(self, value: Any) -> T:
        """The value.

        Raises:
            ValidationError: it is not one of the field's.
        """
        return self._parse(value)

    def _parse(self, value: Any) -> T:
        """The value, or a ValidationError."""
        raise AssertionError(f"{type(self).__name__} does not parse {type(value).__name__}")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> T:  # noqa: ARG002
        return self._parse(value)


class Whole(Parsed[int]):
    """A JSON integer within bounds; no float, no boolean, no digits in quotes."""

    def __init__(self, *, minimum: int, maximum: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.minimum = minimum
        self.maximum = maximum

    def _parse(self, value: Any) -> int:
        if type(value) is not int:
            raise ValidationError("Must be a whole number.")
        if not self.minimum <= value <= self.maximum:
            raise ValidationError(f"Must be from {self.minimum} to {self.maximum}.")
        return value


class Amount(Whole):
    """Money in minor units, at least 1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(minimum=1, maximum=MAX_AMOUNT, **kwargs)


class QueryWhole(Whole):
    """A whole number in a query string."""

    def _parse(self, value: Any) -> int:
        if not isinstance(value, str) or not _WHOLE.fullmatch(value):
            raise ValidationError("Must be a whole number.")
        return super()._parse(int(value))


class Text(Parsed[str]):
    """Text with something to read in it, without control characters; line breaks only where `lines`."""

    def __init__(self, *, longest: int, lines: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest
        self.allowed = frozenset("\n\r\t") if lines else frozenset()

    def _parse(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("Must be text.")
        if len(value) > self.longest:
            raise ValidationError(f"Must be at most {self.longest} characters.")
        if any(_is_hidden(c) and c not in self.allowed for c in value):
            raise ValidationError("Must not hold control characters.")
        if all(c.isspace() or unicodedata.category(c) == "Cf" for c in value):
            raise ValidationError("Must not be empty.")
        return value.strip()


class ListingId(Parsed[str]):
    """A listing's id: 11 URL-safe characters."""

    def _parse(self, value: Any) -> str:
        if not isinstance(value, str) or not _LISTING_ID.fullmatch(value):
            raise ValidationError("Must be a listing's id, 11 characters.")
        return value


class Moment(Parsed[datetime]):
    """A time in RFC 3339 with its offset, turned into UTC."""

    def _parse(self, value: Any) -> datetime:
        if not isinstance(value, str) or not _RFC3339.fullmatch(value):
            raise ValidationError("Must be a time like 2026-11-22T10:00:00Z.")
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise ValidationError("Must be a time that exists.") from error


class Slug(Parsed[str]):
    """A short name of small letters, digits and hyphens."""

    def _parse(self, value: Any) -> str:
        if not isinstance(value, str) or not _SLUG.fullmatch(value):
            raise ValidationError("Must be small letters, digits and hyphens, at most 40.")
        return value


class SellerName(Parsed[str]):
    """A seller's public alias, or `me` for the caller."""

    def _parse(self, value: Any) -> str:
        if not isinstance(value, str) or not _SELLER.fullmatch(value):
            raise ValidationError("Must be a seller's alias like Seller 7K2QF9, or me.")
        return value


class OneOf(Parsed[str]):
    """One of a few words."""

    def __init__(self, words: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = words

    def _parse(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise ValidationError(f"Must be one of {', '.join(self.words)}.")
        return value


class Flag(Parsed[bool]):
    """True or false; no 0, 1 or "yes"."""

    def _parse(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Must be true or false.")
        return value


class Name(Parsed[str]):
    """A name made by a machine: letters, digits, and - _ . : between them."""

    def __init__(self, *, shortest: int, longest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shortest = shortest
        self.longest = longest

    def _parse(self, value: Any) -> str:
        if not isinstance(value, str) or not self.shortest <= len(value) <= self.longest or not _NAME.fullmatch(value):
            raise ValidationError(f"Must be {self.shortest} to {self.longest} letters, digits or any of - _ . :")
        return value


class Scalars(Parsed[dict[str, Any]]):
    """A few named texts and whole numbers; who uses them judges the values."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most

    def _parse(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or len(value) > self.most:
            raise ValidationError(f"Must be an object with at most {self.most} members.")
        for name, inner in value.items():
            if len(name) > _LONGEST_SCALAR or type(inner) not in (str, int) or len(str(inner)) > _LONGEST_SCALAR:
                raise ValidationError("Each member must be a short text or a whole number.")
        return value


def _is_hidden(character: str) -> bool:
    return character in _REORDERING or unicodedata.category(character) in ("Cc", "Cs")
