"""Values in questions: how they are read from words and forms, their limits, and what they become in SQL."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.nl.normalise import fold
from common.nl.period_slot import PeriodSlot
from common.nl.periods import ALL_TIME, MOST, USUAL, read_period
from common.nl.slots import Amount, Category, Choice, Identifier, Slot, SlotError, Whole
from common.nl.verified_question import FILTERS

TODAY = date(2026, 6, 15)  # a Monday
ROWS = Whole(name="n", label="Rows", default=10, minimum=2, maximum=50)
PRICE = Amount(name="amount", label="Amount", default="500")
LISTING = Identifier(name="listing", label="Listing", default="12")
SIDE = Choice(
    name="side",
    label="Side",
    default="left",
    choices={"left": "1", "right": "2"},
    words={"left": "left", "on right": "right", "right": "right"},
)
PERIOD = PeriodSlot(name="period", label="Period", default=ALL_TIME)
BEGUN = PeriodSlot(name="period", label="Period", default="today", begun=True)
CATEGORY = FILTERS["category"]


def found(slot: Slot, text: str) -> list[object]:
    """What a slot reads from the whole of a text."""
    words = fold(text)
    return [value for value, end in slot.find(words, 0) if end == len(words)]


def refused(slot: Slot, given: object) -> str:
    """What a slot says about a value that it does not take."""
    with pytest.raises(SlotError) as refusal:
        slot.read(given)
    assert refusal.value.name == slot.name
    return refusal.value.hint


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1", []),
        ("2", [2]),
        ("50", [50]),
        ("51", []),
        ("ten", [10]),
        ("-5", []),
        ("5.5", []),
        ("1e1", []),
        ("\u0665", []),
        ("9999999999", []),
    ],
)
def test_a_whole_number_in_words_lies_within_its_bounds(text: str, values: list[object]) -> None:
    """Both bounds included; nothing but digits."""
    assert found(ROWS, text) == values


@pytest.mark.parametrize(("given", "value"), [(2, 2), (50, 50), ("2", 2), (" 50 ", 50)])
def test_a_whole_number_in_a_form_is_a_number_or_its_digits(given: object, value: int) -> None:
    """Both bounds included."""
    assert ROWS.read(given) == value


@pytest.mark.parametrize("given", [1, 51, 0, -3, 2.0, True, None, "", "1", "51", "5; DROP", "5.0", [5], {"n": 5}])
def test_anything_else_is_not_a_whole_number(given: object) -> None:
    """The hint says what is."""
    assert refused(ROWS, given) == "A whole number from 2 to 50."


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("500", ["500"]),
        ("1,000", ["1000"]),
        ("49.90", ["49.90"]),
        ("0", ["0"]),
        ("49.9", ["49.90"]),
        ("0.001", []),
        ("-1", []),
        ("$500", []),
        ("€500", []),
        ("500k", []),
        ("10000000000", []),
        ("9999999999.99", ["9999999999.99"]),
    ],
)
def test_an_amount_in_words_has_at_most_two_decimals_and_no_currency(text: str, values: list[object]) -> None:
    """The tables know no currency, so that "$500" cannot be answered."""
    assert found(PRICE, text) == values


@pytest.mark.parametrize(("given", "value"), [(500, "500"), (49.9, "49.90"), ("0500.00", "500"), ("1", "1")])
def test_an_amount_in_a_form_is_a_number_or_its_digits(given: object, value: str) -> None:
    """It is kept in one way of several."""
    assert PRICE.read(given) == value


@pytest.mark.parametrize("given", [True, None, -1, "1e3", "1,000", "500 EUR", "0x1", 0.001, float("inf"), float("nan")])
def test_anything_else_is_not_an_amount(given: object) -> None:
    """It cannot reach SQL."""
    assert "500 or 49.99" in refused(PRICE, given)


def test_a_choice_is_read_by_its_words_and_becomes_its_sql() -> None:
    """A form may use other words too; nothing outside the list is taken."""
    assert found(SIDE, "on the right") == ["right"]
    assert found(SIDE, "Left") == ["left"]
    assert SIDE.read("RIGHT") == "right"
    assert SIDE.sql("right", "", TODAY) == "2"
    assert SIDE.sql("left", "x", TODAY) == "x = 1"
    assert refused(SIDE, "middle") == "One of: left, right."
    assert refused(SIDE, 1) == "One of: left, right."


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Watches", ["Watches"]),
        ("in watches", ["Watches"]),
        ("for the watch category", ["Watches"]),
        ("in the category jewellery", ["Jewelry"]),
        ("in all categories", []),
        ("in Cars", []),
        ("watchers", []),
    ],
)
def test_a_category_is_read_with_what_belongs_to_it(text: str, values: list[object]) -> None:
    """All categories are chosen in a form and never read: that may ask for each of them."""
    assert found(CATEGORY, text) == values


def test_a_category_that_stands_by_itself_needs_a_word_before_it() -> None:
    """Else "bids watches" would ask something."""
    assert [value for value, _ in CATEGORY.follow(fold("watches"), 0)] == []
    assert [value for value, _ in CATEGORY.follow(fold("in watches"), 0)] == ["Watches"]


def test_all_categories_restrict_nothing() -> None:
    """The condition is empty and the phrase too; a category is a quoted name of the list."""
    assert CATEGORY.sql(Category.all, "l.category", TODAY) == ""
    assert CATEGORY.phrase(Category.all) == ""
    assert CATEGORY.sql("Art", "l.category", TODAY) == "l.category = 'Art'"
    assert CATEGORY.phrase("Art") == "in Art"
    assert CATEGORY.read("all categories") == Category.all
    assert refused(CATEGORY, "Art' OR 1=1").startswith("One of: all categories, Art")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("12", ["12"]),
        ("#44", ["44"]),
        ("aB-Cd_12x9Z", ["aB-Cd_12x9Z"]),
        ("abcdefghijk", ["abcdefghijk"]),
        ("of", []),
        ("today", []),
        ("a'b1", []),
        ("x" * 129 + "1", []),
    ],
)
def test_an_id_looks_like_one(text: str, values: list[object]) -> None:
    """It has a digit or the length of a listing's id; words are none."""
    assert found(LISTING, text) == values


@pytest.mark.parametrize("given", ["", "a b", "a'b", "x" * 129, None, True, 1.5, "é"])
def test_anything_else_is_not_an_id(given: object) -> None:
    """It cannot reach SQL; what can is quoted."""
    assert refused(LISTING, given) == "An id: letters, digits, _ and -."
    assert LISTING.sql(LISTING.read("x" * 128), "", TODAY) == f"'{'x' * 128}'"
    assert LISTING.read(12) == "12"


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("the year 2025", "2025-01-01", "2026-01-01"),
        ("May 2026", "2026-05-01", "2026-06-01"),
        ("in Sept of 2025", "2025-09-01", "2025-10-01"),
        ("December 2025", "2025-12-01", "2026-01-01"),
        ("2026-02", "2026-02-01", "2026-03-01"),
        ("Q1 2026", "2026-01-01", "2026-04-01"),
        ("2026-Q4", "2026-10-01", "2027-01-01"),
        ("the first quarter of 2026", "2026-01-01", "2026-04-01"),
        ("H2 2025", "2025-07-01", "2026-01-01"),
        ("2026-06-15", "2026-06-15", "2026-06-16"),
        ("on 1 June 2026", "2026-06-01", "2026-06-02"),
        ("June 1st, 2026", "2026-06-01", "2026-06-02"),
        ("29 February 2024", "2024-02-29", "2024-03-01"),
        ("between 2026-01-01 and 2026-03-31", "2026-01-01", "2026-04-01"),
        ("from January 2026 to March 2026", "2026-01-01", "2026-04-01"),
        ("from 2025 to 2026", "2025-01-01", "2027-01-01"),
        ("before 2026", None, "2026-01-01"),
        ("since May 2026", "2026-05-01", None),
        ("from 2026 onwards", "2026-01-01", None),
        ("today", "2026-06-15", "2026-06-16"),
        ("yesterday", "2026-06-14", "2026-06-15"),
        ("this week", "2026-06-15", "2026-06-22"),
        ("last week", "2026-06-08", "2026-06-15"),
        ("this month", "2026-06-01", "2026-07-01"),
        ("last month", "2026-05-01", "2026-06-01"),
        ("this quarter", "2026-04-01", "2026-07-01"),
        ("last quarter", "2026-01-01", "2026-04-01"),
        ("this year so far", "2026-01-01", "2027-01-01"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("of all time", None, None),
    ],
)
def test_a_calendar_period_is_whole_days_and_half_open(text: str, begins: str | None, ends: str | None) -> None:
    """As conditions on a column; without a bound there is no condition."""
    (value,) = set(found(PERIOD, text))
    wanted = [f"t >= '{begins}'"] if begins else []
    wanted += [f"t < '{ends}'"] if ends else []

    assert PERIOD.sql(str(value), "t", TODAY) == " AND ".join(wanted)


@pytest.mark.parametrize(
    ("text", "count", "unit"),
    [
        ("the last 30 days", 30, "DAY"),
        ("past 24 hours", 24, "HOUR"),
        ("in the last hour", 1, "HOUR"),
        ("last two weeks", 2, "WEEK"),
        ("over the last 12 months", 12, "MONTH"),
        ("last 1 year", 1, "YEAR"),
    ],
)
def test_a_span_before_now_goes_by_the_databases_clock(text: str, count: int, unit: str) -> None:
    """What may lie in the future ends now; a day is taken whole."""
    (value,) = set(found(PERIOD, text))
    begins = f"NOW() - INTERVAL {count} {unit}"

    assert PERIOD.sql(str(value), "b.placed_at", TODAY) == f"b.placed_at >= {begins}"
    assert PERIOD.sql(str(value), "l.ends_at", TODAY) == f"l.ends_at >= {begins} AND l.ends_at <= NOW()"
    assert PERIOD.sql(str(value), "c.day", TODAY) == f"c.day >= DATE({begins})"


@pytest.mark.parametrize("unit", MOST)
def test_a_span_before_now_has_a_longest_and_a_shortest(unit: str) -> None:
    """Both sides of each limit."""
    most = MOST[unit]

    assert read_period(f"last {most} {unit}s") is not None
    assert read_period(f"last 1 {unit}") is not None
    assert read_period(f"last {most + 1} {unit}s") is None
    assert read_period(f"last 0 {unit}s") is None


@pytest.mark.parametrize(
    "text",
    [
        "in May",
        "the last month",
        "in the last month",
        "past week",
        "after 2026",
        "Q5 2026",
        "Q0 2026",
        "13 2026",
        "2026-13",
        "30 February 2026",
        "2026-02-29",
        "1999",
        "2100",
        "last days",
        "next month",
        "recently",
        "between 2026-03-31 and 2026-01-01",
        "from May",
        "since yesterday",
        "2026 2025",
        "H3 2026",
        "",
    ],
)
def test_what_is_no_period_or_could_be_two_is_not_read(text: str) -> None:
    """The "last month" may be thirty days; "in May" names no year; "after 2026" may include it."""
    assert found(PERIOD, text) == []


@pytest.mark.parametrize("year", ["2000", "2099"])
def test_the_first_and_last_year_are_read(year: str) -> None:
    """The other sides of the limits stand in the list above."""
    assert found(PERIOD, year) == [year]


@pytest.mark.parametrize(
    "text", [*USUAL, "May 2026", "2026-01-01 to 2026-03-31", "before 2026", "since Q2 2026", "H1 2026", "last 1 hour"]
)
def test_the_text_and_the_phrase_of_a_period_name_it_again(text: str) -> None:
    """In whatever case; so that a suggestion that was filled in can be asked."""
    value = PERIOD.read(text.upper())

    assert PERIOD.read(value) == value
    assert value in found(PERIOD, read_period(value).phrase)  # type: ignore[union-attr]


def test_a_period_that_must_begin_is_refused_without_a_beginning() -> None:
    """Read from words it is not found."""
    assert found(BEGUN, "before 2026") == []
    assert found(BEGUN, "since 2026") == ["since 2026"]
    assert "last 30 days" in refused(BEGUN, ALL_TIME)
    assert "last 30 days" in refused(PERIOD, "soon")
    assert "last 30 days" in refused(PERIOD, 2026)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("May 2026", "TIMESTAMP('2026-05-01')", "LEAST(TIMESTAMP('2026-06-01'), NOW())"),
        ("last 24 hours", "NOW() - INTERVAL 24 HOUR", "NOW()"),
        ("since 2026", "TIMESTAMP('2026-01-01')", "NOW()"),
    ],
)
def test_the_moments_of_a_period_do_not_reach_into_the_future(text: str, first: str, last: str) -> None:
    """For measures per hour, which count the hours that have passed."""
    assert BEGUN.sql(text, "from", TODAY) == first
    assert BEGUN.sql(text, "to", TODAY) == last


@pytest.mark.parametrize("slot", [ROWS, PRICE, SIDE, LISTING, PERIOD, BEGUN, CATEGORY], ids=lambda slot: slot.type)
def test_a_form_is_told_what_it_needs_of_every_slot(slot: Slot) -> None:
    """The members are the same for every type; the usual value is taken back."""
    told = slot.parameter(slot.default)

    assert list(told) == ["name", "type", "label", "value", "choices", "minimum", "maximum"]
    assert slot.read(told["value"]) == slot.default
    choices = told["choices"]
    assert choices is None or (isinstance(choices, list) and slot.default in choices)


def test_a_form_offers_only_periods_that_the_slot_takes() -> None:
    """And the value that is set, also if it is not one of the usual."""
    assert ALL_TIME not in BEGUN.parameter("today")["choices"]  # type: ignore[operator]
    assert PERIOD.parameter("May 2026")["choices"] == ["May 2026", *USUAL]


@given(st.one_of(st.text(max_size=60), st.integers(), st.floats(), st.none(), st.booleans()))
def test_whatever_a_form_sends_becomes_harmless_sql_or_a_slot_error(given: object) -> None:
    """Nothing typed stands in the SQL but ids and numbers, in their own characters."""
    for slot in (ROWS, PRICE, SIDE, LISTING, PERIOD, CATEGORY):
        try:
            value = slot.read(given)
        except SlotError:
            continue
        sql = slot.sql(value, "t" if slot in (PERIOD, CATEGORY) else "", TODAY)
        assert set(sql) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.'()<>= ")
        assert sql.count("'") in (0, 2, 4)
