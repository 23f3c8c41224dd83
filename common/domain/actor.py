"""Who is asking."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person, as his verified token describes him; `email` is never shown, logged or mirrored."""

    user_id: str
    display_name: str
    email: str | None = field(default=None, repr=False)
    email_confirmed: bool = True
