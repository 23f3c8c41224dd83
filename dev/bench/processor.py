"""How much of the machine a process and its children use (Linux; elsewhere it is not known)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and its living descendants; 0 where there is no /proc.

    >>> cpu_seconds(os.getpid()) >= 0
    True
    """
    return sum(_ticks(member) for member in tree(pid)) / _TICKS


def tree(pid: int) -> Iterator[int]:
    """A process and its living descendants."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            listed = children.read_text().split()
        except OSError:  # it has just ended
            continue
        for child in listed:
            yield from tree(int(child))


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])
