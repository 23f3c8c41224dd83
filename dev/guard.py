"""What the SQL guard says of statements in a file: `python -m dev.guard FILE.jsonl`.

Each line of the file is {"id", "sql"}; for each one {"id", "verdict": "accept" or "reject", "code", "sql"} is printed,
sql being what would run, null if nothing would. Lines that are something else are named on stderr, and the exit status
is 1.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from common.nl.guard import GuardError, guard
from common.nl.policy import Policy
from common.nl.semantic import semantic_layer


def main(arguments: list[str], out: TextIO = sys.stdout, err: TextIO = sys.stderr) -> int:
    """Judge the file's statements; 1 if a line could not be read, 2 if there is no such file."""
    if len(arguments) != 1:
        print("usage: python -m dev.guard FILE.jsonl", file=err)
        return 2
    try:
        content = Path(arguments[0]).read_bytes()
    except OSError as error:
        print(f"{arguments[0]}: {error.strerror}", file=err)
        return 2
    policy = Policy.of(semantic_layer())
    strange = 0
    for number, line in _lines(content):
        statement = _statement(line)
        if statement is None:
            strange += 1
            print(f'{arguments[0]}:{number}: not a JSON object with "id" and "sql"', file=err)
        else:
            print(json.dumps(judged(*statement, policy)), file=out)
    return 1 if strange else 0


def judged(identity: object, sql: str, policy: Policy) -> dict[str, object]:
    """The verdict on one statement.

    >>> judged(7, "DROP TABLE users", Policy.of(semantic_layer()))
    {'id': 7, 'verdict': 'reject', 'code': 'not_a_select', 'sql': None}
    """
    try:
        query = guard(sql, policy)
    except GuardError as error:
        return {"id": identity, "verdict": "reject", "code": error.code, "sql": None}
    return {"id": identity, "verdict": "accept", "code": None, "sql": query.sql}


def _lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines that hold something, numbered as editors number them."""
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            yield number, line


def _statement(line: bytes) -> tuple[object, str] | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or "id" not in told or not isinstance(told.get("sql"), str):
        return None
    return told["id"], told["sql"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
