"""Every kind of value as JSON can hold it, the same from both products."""

from __future__ import annotations

import json

import pytest

from common.store.reporting import Cell, Reporting
from tests.store.notes import soon

KINDS: list[tuple[str, str, Cell]] = [
    ("CAST(-5 AS SIGNED)", "integer", -5),
    ("CAST(18446744073709551615 AS UNSIGNED)", "integer", 18446744073709551615),
    ("1 = 1", "integer", 1),
    ("YEAR('2026-06-15')", "integer", 2026),
    ("SUM(1)", "integer", 1),
    ("CAST(12.5 AS DECIMAL(14, 2))", "decimal", "12.50"),
    ("CAST(-0.01 AS DECIMAL(14, 2))", "decimal", "-0.01"),
    ("AVG(2)", "decimal", "2.0000"),
    ("1 / 3", "decimal", "0.3333"),
    ("CAST(0.5 AS DOUBLE)", "float", 0.5),
    ("SQRT(2)", "float", 1.4142135623730951),
    ("DATE('2026-06-15 12:00:00')", "date", "2026-06-15"),
    ("CAST('2026-06-15 12:00:00' AS DATETIME)", "datetime", "2026-06-15T12:00:00Z"),
    ("CAST('2026-06-15 12:00:00.000001' AS DATETIME(6))", "datetime", "2026-06-15T12:00:00.000001Z"),
    ("CAST('2026-06-15 12:00:00.5' AS DATETIME(3))", "datetime", "2026-06-15T12:00:00.500000Z"),
    ("CAST('2026-06-15 12:00:00' AS DATETIME(6))", "datetime", "2026-06-15T12:00:00Z"),
    ("TIMEDIFF('2026-06-15 12:00:00', '2026-06-14 11:30:00')", "time", "24:30:00"),
    ("'a 😀 \\'text\\''", "text", "a 😀 'text'"),
    ("''", "text", ""),
    ("CAST('bytes' AS BINARY)", "text", "bytes"),
    ("CAST(x'ff' AS BINARY)", "text", "�"),
    ("DATE_FORMAT('2026-06-15', '%Y-%m')", "text", "2026-06"),
    ("'100%'", "text", "100%"),
    ("JSON_OBJECT('a', 1)", "text", '{"a": 1}'),
]


@pytest.mark.parametrize(("expression", "kind", "value"), KINDS)
def test_a_value_and_its_type(reporting: Reporting, expression: str, kind: str, value: Cell) -> None:
    """As the contract of the answer has it; and it is JSON."""
    found = reporting.run(f"SELECT {expression} AS it", deadline=soon())

    ((cell,),) = found.rows
    assert [(column.name, column.type) for column in found.columns] == [("it", kind)]
    assert (cell, type(cell)) == (value, type(value))
    assert json.loads(json.dumps(cell)) == value


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("CAST(NULL AS SIGNED)", "integer"),
        ("CAST(NULL AS DECIMAL(14, 2))", "decimal"),
        ("CAST(NULL AS DATE)", "date"),
        ("CAST(NULL AS DATETIME)", "datetime"),
        ("NULL", "text"),
        ("CAST(NULL AS CHAR)", "text"),
    ],
)
def test_no_value_is_none_and_has_a_type_still(reporting: Reporting, expression: str, kind: str) -> None:
    """A column of nothing is shown as what it would have held."""
    found = reporting.run(f"SELECT {expression} AS it", deadline=soon())

    assert found.rows == ((None,),)
    assert found.columns[0].type == kind


def test_now_is_utc(reporting: Reporting) -> None:
    """Whatever the server's own zone."""
    assert reporting.run("SELECT NOW(6) = UTC_TIMESTAMP(6), CURDATE() = UTC_DATE()", deadline=soon()).rows == ((1, 1),)


def test_columns_keep_their_order_and_may_share_a_name(reporting: Reporting) -> None:
    """What was asked for is shown, as it was asked for."""
    found = reporting.run("SELECT 1 AS b, 'x' AS a, 2 AS b", deadline=soon())

    assert [column.name for column in found.columns] == ["b", "a", "b"]
    assert found.rows == ((1, "x", 2),)
