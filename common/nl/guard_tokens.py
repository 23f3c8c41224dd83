"""The guard's first look: characters and tokens. What MySQL and sqlglot could read differently ends here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sqlglot.tokenizer_core import Token, TokenType

from common.nl.guard_dialect import tokenize
from common.nl.guard_error import GuardError

TEXT_LENGTH: Final = 8000
STRING_LENGTH: Final = 500
TOKENS: Final = 2500
PARENTHESES: Final = 30
"""How deep they may be nested: sqlglot's parser takes twenty Python frames for each."""

SYMBOLS: Final = frozenset(
    ["(", ")", ",", ".", "+", "-", "*", "/", "%", "=", "<>", "!=", ">", ">=", "<", "<=", "<=>", ";"]
)
SIGNED_SYMBOLS: Final = {
    "||": ("double_pipe", "In MySQL || means OR: write CONCAT(a, b) to join texts, OR between conditions."),
    "&&": ("double_ampersand", "Write AND instead of &&."),
    "!": ("symbol", "Write NOT instead of the exclamation mark, <> for unequal."),
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BLANK = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"\d+(\.\d+)?")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*([ \t\r\n]+[A-Za-z_][A-Za-z0-9_]*)*")
_COMMENT = re.compile(r"/\*|\*/|--|#")
_CLAUSES = frozenset(
    [
        "FROM",
        "WHERE",
        "GROUP",
        "HAVING",
        "ORDER",
        "LIMIT",
        "UNION",
        "EXCEPT",
        "INTERSECT",
        "WINDOW",
        "ON",
        "USING",
        "JOIN",
        "BY",
        "SELECT",
        "DISTINCT",
        "WITH",
    ]
)


def read_tokens(sql: str, hidden: frozenset[str]) -> list[Token]:
    """The statement's tokens without its closing semicolons.

    Raises:
        GuardError: text, a character or a token that has no place in an analyst's query; or a hidden name.
    """
    _check_text(sql)
    tokens = tokenize(sql)
    if len(tokens) > TOKENS:
        raise GuardError("too_big", "The query is too long to be answered.")
    _check_gaps(sql, tokens)
    for before, token in zip([None, *tokens], tokens, strict=False):
        _check_token(sql, token, before)
        if token.token_type is not TokenType.STRING and token.text.lower() in hidden:
            raise GuardError("hidden_column", f"The name {token.text} may not stand in a query, not even as an alias.")
    check_nesting(tokens)
    return _one_statement(tokens)


def _check_text(sql: str) -> None:
    """Rule 1: a text of bearable length without control characters, which can be sent as UTF-8."""
    if type(sql) is not str or not sql.strip():
        raise GuardError("empty", "There is no query.")
    if len(sql) > TEXT_LENGTH:
        raise GuardError("too_long", f"A query may have {TEXT_LENGTH} characters.")
    if _CONTROL.search(sql) or any("\ud800" <= character <= "\udfff" for character in sql):
        raise GuardError("control_character", "The query holds a character that is no text.")


def _check_gaps(sql: str, tokens: Sequence[Token]) -> None:
    """Rule 2: between tokens stands nothing but blanks; so no comment, no hint, no exotic space."""
    end = 0
    for token in tokens:
        _check_gap(sql[end : token.start])
        end = token.end + 1
    _check_gap(sql[end:])


def _check_gap(gap: str) -> None:
    if _COMMENT.search(gap):
        raise GuardError("comment", "Leave out comments and hints.")
    if not _BLANK.fullmatch(gap):
        raise GuardError("symbol", "Only plain blanks and line ends may stand between words.")


def _check_token(sql: str, token: Token, before: Token | None) -> None:
    """Rule 2: strings, plain numbers, names, words of ASCII, and the symbols that queries need."""
    raw = sql[token.start : token.end + 1]
    touching = before is not None and before.end + 1 == token.start
    if token.token_type is TokenType.STRING and raw[:1] in {"'", '"'}:
        _check_string(token)
    elif token.token_type is TokenType.NUMBER:
        if not _NUMBER.fullmatch(raw):
            raise GuardError("bad_number", "Write numbers as 12 or 12.5.")
    elif token.token_type is TokenType.IDENTIFIER and raw[:1] == "`":
        pass  # its name is looked at as every name is
    elif raw in SYMBOLS:
        if raw == "-" and touching and before is not None and before.token_type is TokenType.DASH:
            raise GuardError("comment", "Put a blank between two minus signs: without it they can begin a comment.")
    elif not _WORD.fullmatch(raw):
        raise GuardError(*SIGNED_SYMBOLS.get(raw, _strange(raw)))
    if touching and before is not None and _glued(before, token):
        raise GuardError("glued", "Put blanks between numbers, texts and words.")


def _strange(raw: str) -> tuple[str, str]:
    if raw[:1].isdigit():
        return "bad_number", "Write numbers as 12 or 12.5; no name begins with a digit."
    if not raw.isascii():
        return "not_ascii", "Outside of quoted texts only plain letters without accents are possible."
    if raw.startswith(("/*", "*/", "--", "#")):
        return "comment", "Leave out comments and hints."
    return "symbol", "Variables, placeholders, bit operations, JSON arrows and special literals are not possible."


def _check_string(token: Token) -> None:
    if len(token.text) > STRING_LENGTH:
        raise GuardError("long_string", f"A quoted text may have {STRING_LENGTH} characters.")
    if _CONTROL.search(token.text):
        raise GuardError("control_character", "A quoted text holds a character that is no text.")


def _glued(before: Token, token: Token) -> bool:
    """Whether two tokens touch that MySQL's lexer could take for one: 1FROM, 'a'b, 1.e(x)."""
    wordlike = {before.token_type, token.token_type} & {TokenType.NUMBER, TokenType.STRING}
    return bool(wordlike) and not any(_is_symbol(each) for each in (before, token))


def _is_symbol(token: Token) -> bool:
    """A dot beside a number is part of it, so no symbol."""
    return token.token_type is not TokenType.STRING and token.text in SYMBOLS - {"."}


def check_nesting(tokens: Sequence[Token]) -> None:
    """Rule 11: parentheses that the parser can follow, in what comes in and in what runs."""
    depth = 0
    for token in tokens:
        depth += (token.token_type is TokenType.L_PAREN) - (token.token_type is TokenType.R_PAREN)
        if depth > PARENTHESES:
            raise GuardError("too_deep", f"Parentheses may be nested {PARENTHESES} deep.")


def _one_statement(tokens: list[Token]) -> list[Token]:
    """Without closing semicolons; what is left begins as a query does, and has no comma before a clause."""
    while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        tokens = tokens[:-1]
    if any(token.token_type is TokenType.SEMICOLON for token in tokens):
        raise GuardError("many_statements", "Write one statement.")
    words = [token for token in tokens if token.token_type is not TokenType.L_PAREN]
    if not words or words[0].token_type not in {TokenType.SELECT, TokenType.WITH}:
        raise GuardError("not_a_select", "A query is one SELECT, or a WITH and a SELECT; nothing else can run.")
    for token, after in zip([None, *tokens], [*tokens, None], strict=True):
        if _nothing_between(token, after):
            raise GuardError(
                "syntax", "Something is missing beside a comma or behind AS, or too much behind WITH ROLLUP."
            )
    return tokens


def _nothing_between(token: Token | None, after: Token | None) -> bool:
    """Whether a comma or AS has nothing beside it, or WITH ROLLUP something behind it; sqlglot reads over that."""
    if after is not None and after.token_type is TokenType.COMMA:
        return (
            token is None or token.token_type in {TokenType.L_PAREN, TokenType.COMMA, TokenType.ALIAS} or _opens(token)
        )
    if token is not None and token.token_type is TokenType.ROLLUP:
        return not (after is None or after.token_type is TokenType.R_PAREN or _opens(after))
    if token is None or token.token_type not in {TokenType.COMMA, TokenType.ALIAS}:
        return False
    return after is None or after.token_type is TokenType.R_PAREN or _opens(after)


def _opens(token: Token) -> bool:
    """Whether a token begins a clause."""
    return (
        token.token_type not in {TokenType.IDENTIFIER, TokenType.STRING} and token.text.upper().split()[0] in _CLAUSES
    )
