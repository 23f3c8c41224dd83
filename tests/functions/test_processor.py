"""A function's process and the machine's processors: bids keep to one, everything else may use all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from dev.stack.issuer import Issuer
from tests.market import Market, running_functions

ALL = os.sched_getaffinity(0)


def processors(arbiter: int) -> list[set[int]]:
    """Where the first and the newest thread of each worker of a function may run: the loop, and after a bid a lane."""
    workers = Path(f"/proc/{arbiter}/task/{arbiter}/children").read_text().split()
    threads = [sorted(int(task.name) for task in Path(f"/proc/{worker}/task").iterdir()) for worker in workers]
    return [os.sched_getaffinity(thread) for of_worker in threads for thread in (of_worker[0], of_worker[-1])]


@pytest.mark.parametrize("workers", [1, 2])
def test_whoever_takes_bids_keeps_to_one_processor_unless_he_has_company(
    function_env: Mapping[str, str], issuer: Issuer, http: httpx.Client, workers: int
) -> None:
    """The loop and the lane alike, from the first bid on; two workers might choose the same one."""
    env = {**function_env, "WORKERS": str(workers)}
    with running_functions(["create_listing", "place_bid"], env) as functions:
        market = Market(functions, issuer, http)
        listing = market.create()
        arbiter = functions["place_bid"].pid
        assert processors(arbiter) == [ALL, ALL] * workers

        market.bid(listing, 5_00, by="bob")

        loop, lane, *others = processors(arbiter)
        assert loop == lane
        assert len(loop) == (1 if workers == 1 else len(ALL))
        assert others == [ALL, ALL] * (workers - 1)
        assert processors(functions["create_listing"].pid) == [ALL, ALL] * workers
