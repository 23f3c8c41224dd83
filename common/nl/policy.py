"""What a query may touch: the guard's lists, taken from the semantic layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from common.nl.semantic import SemanticLayer

ROW_CAP = 1000
"""Rows of one answer: more is not read by a person, and is a file for another tool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The tables and columns that may be read, the names that may stand nowhere, and the cap on rows."""

    tables: Mapping[str, frozenset[str]]
    hidden: frozenset[str]
    row_cap: int = ROW_CAP

    @classmethod
    def of(cls, layer: SemanticLayer) -> Policy:
        """The analysts' policy."""
        return cls(
            tables={name: frozenset(table.columns) for name, table in layer.tables.items()},
            hidden=layer.hidden,
        )
