"""Calls the scheduled operations every few seconds, with a signed token, as Cloud Scheduler does every minute."""

import asyncio
import logging
import time
from collections.abc import Mapping

import httpx

from dev.stack.issuer import Issuer

JOBS = ("close_auctions", "sync_mirror")
TIMEOUT_SECONDS = 60

log = logging.getLogger(__name__)


async def run(functions: Mapping[str, str], *, issuer: Issuer, every_seconds: float) -> None:
    """Call each job that exists for as long as the task lives; a job never overlaps itself, and outlives failures."""
    async with httpx.AsyncClient(trust_env=False, timeout=TIMEOUT_SECONDS) as client, asyncio.TaskGroup() as group:
        for job in JOBS:
            if job in functions:
                group.create_task(_repeat(functions[job], client, issuer=issuer, every_seconds=every_seconds))


async def _repeat(url: str, client: httpx.AsyncClient, *, issuer: Issuer, every_seconds: float) -> None:
    due = time.monotonic()
    while True:
        due = max(due + every_seconds, time.monotonic())
        await asyncio.sleep(due - time.monotonic())
        await _call(url, client, issuer)


async def _call(url: str, client: httpx.AsyncClient, issuer: Issuer) -> None:
    started = time.monotonic()
    headers = {"Authorization": f"Bearer {issuer.service_token()}"}
    try:
        answer = await client.post(url, json={}, headers=headers)
    except httpx.TransportError as error:
        log.warning("%s did not answer: %s", url, type(error).__name__)
        return
    level = logging.INFO if answer.is_success else logging.WARNING
    log.log(level, "%s %d %.0f ms %s", url, answer.status_code, 1000 * (time.monotonic() - started), answer.text[:300])
