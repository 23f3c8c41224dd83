"""The guard's rules 1 to 3: the text, its tokens, one SELECT."""

# ruff: noqa: S608 - statements of tests, none of them runs

import pytest

from tests.nl.guarded import hint, refused, runs


def test_a_text_has_at_most_eight_thousand_characters() -> None:
    """Blanks count."""
    assert runs("SELECT 1".ljust(8000))
    assert refused("SELECT 1".ljust(8001)) == "too_long"


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x0c", "\x1f", "\x7f", "\ud800"])
def test_control_characters_are_refused(character: str) -> None:
    """Between words and in quoted texts."""
    assert refused(f"SELECT{character}1") == "control_character"
    assert refused(f"SELECT '{character}'") == "control_character"


def test_an_escape_cannot_make_a_control_character() -> None:
    """A backslash and a zero are a NUL for MySQL."""
    assert refused(r"SELECT '\0'") == "control_character"
    assert runs(r"SELECT 'a\nb'")


def test_tabs_and_line_ends_are_blanks() -> None:
    """People format their queries."""
    assert runs("SELECT\t1\r\n") == runs("SELECT 1")


@pytest.mark.parametrize("gap", ["/**/", "/*! */", "/*+ x */", "-- \n", "--\n", "#\n"])
def test_comments_are_refused(gap: str) -> None:
    """MySQL runs some of them and sqlglot drops them."""
    assert refused(f"SELECT id {gap} FROM listings") == "comment"


def test_what_looks_like_a_comment_in_a_text_is_text() -> None:
    """Titles may hold anything."""
    assert runs("SELECT id FROM listings WHERE title = '-- /* # */'")


def test_two_minus_signs_need_a_blank() -> None:
    """Without it, older parsers begin a comment."""
    assert refused("SELECT 5--1") == "comment"
    assert "(-1)" in runs("SELECT 5 - -1")


@pytest.mark.parametrize("blank", ["\u00a0", "\u3000", "\u2028", "\ufeff", "\u200b"])
def test_exotic_blanks_are_refused(blank: str) -> None:
    """For sqlglot they are blanks, for MySQL part of a word."""
    assert refused(f"SELECT{blank}id FROM listings") in {"symbol", "not_ascii"}


@pytest.mark.parametrize("word", ["\u017fleep(5)", "LOAD_ﬁLE('x')", "get_loc\u212a('a', 1)", "ünï"])
def test_words_are_of_plain_letters(word: str) -> None:
    """Some letters become others when a name is printed in capitals."""
    assert refused(f"SELECT {word}") == "not_ascii"


def test_texts_may_be_in_any_language() -> None:
    """Only outside of quotes letters must be plain."""
    assert "'Übergröße 日本'" in runs("SELECT id FROM listings WHERE title = 'Übergröße 日本'")


@pytest.mark.parametrize("number", ["1e0", "1.", "1.e0", "0x61", "1a", "0b01", "1_000"])
def test_numbers_are_plain(number: str) -> None:
    """MySQL and sqlglot end the others at different characters."""
    assert refused(f"SELECT {number} FROM listings") in {"bad_number", "glued", "symbol"}


@pytest.mark.parametrize(
    "sql", ["SELECT 1FROM listings", "SELECT 'a'id", "SELECT id,1.FROM listings", "SELECT 1.e(id)"]
)
def test_numbers_and_texts_stand_apart(sql: str) -> None:
    """A word that touches one is read differently."""
    assert refused(sql) in {"glued", "bad_number"}


@pytest.mark.parametrize(
    "symbol", ["@x", "@@x", ":x", "?", "$1", "{x}", "[1]", "1 -> 2", "1 & 2", "1 | 2", "1 ^ 2", "~1", "!1", "\\g",
               "N'a'",
               "x'61'", "b'1'", "_utf8'a'", "@a := 1", "1::int"],
)  # fmt: skip
def test_symbols_that_no_query_needs_are_refused(symbol: str) -> None:
    """Variables, placeholders, bits, introducers."""
    assert refused(f"SELECT {symbol}") in {"symbol", "glued", "bad_number"}


def test_two_pipes_are_refused_with_the_way_out() -> None:
    """In MySQL they mean OR; who writes them means CONCAT."""
    assert refused("SELECT title || 'x' FROM listings") == "double_pipe"
    assert "CONCAT" in hint("SELECT title || 'x' FROM listings")
    assert refused("SELECT 1 && 1") == "double_ampersand"


def test_a_quoted_text_has_at_most_five_hundred_characters() -> None:
    """More is no title."""
    assert runs(f"SELECT '{'a' * 500}'")
    assert refused(f"SELECT '{'a' * 501}'") == "long_string"


@pytest.mark.parametrize("sql", ["SELECT 1; SELECT 2", "SELECT 1;;SELECT 2"])
def test_there_is_one_statement(sql: str) -> None:
    """A semicolon at its end is no second one."""
    assert refused(sql) == "many_statements"
    assert runs("SELECT 1;") == runs("SELECT 1 ; ; ") == runs("SELECT 1")


@pytest.mark.parametrize(
    "sql", ["DROP TABLE users", "TABLE users", "VALUES ROW(1)", "SHUTDOWN", "SHOW TABLES", "id", "()"]
)
def test_it_is_a_select(sql: str) -> None:
    """Everything else is refused by its first word."""
    assert refused(sql) == "not_a_select"


def test_with_leads_to_a_select() -> None:
    """WITH may stand before a DELETE too."""
    assert refused("WITH t AS (SELECT 1 AS id) DELETE FROM bids WHERE id IN (SELECT id FROM t)") == "not_a_select"
    assert runs("WITH t AS (SELECT 1 AS id) SELECT id FROM t")
