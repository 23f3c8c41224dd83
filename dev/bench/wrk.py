"""The load generator: wrk, on one thread, with a script that makes every request a different bid.

The script only puts strings together; it looks at no answer, which would cost the generator more than sending does.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from dev.stack.process import StartFailed

AMOUNT_STEP = 10
HOW_TO_GET = "The load generator wrk was not found. Install it (Debian: apt-get install wrk)."
_ANSWER_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Bids of these people on these listings in turn, each higher than all before it."""

    tokens: Sequence[str]
    listing_ids: Sequence[str]
    seconds: int
    connections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What wrk saw. refused: answers outside 2xx and 3xx · failed: connections that broke or timed out."""

    answers: int
    refused: int
    failed: int
    seconds: float
    p50_ms: float
    p99_ms: float
    generator_cores: float


def require_wrk() -> None:
    """Fail with a sentence where there is no wrk.

    Raises:
        StartFailed: it says how to get it.
    """
    if shutil.which("wrk") is None:
        raise StartFailed(HOW_TO_GET)


def send(load: Load, url: str, folder: Path) -> Answers:
    """Keep all connections busy for the time given.

    Raises:
        StartFailed: wrk does not run.
    """
    require_wrk()
    script = folder / "bids.lua"
    script.write_text(_script(load))
    command = ["wrk", "--threads=1", f"--connections={load.connections}", f"--duration={load.seconds}s"]
    command += [f"--timeout={_ANSWER_SECONDS}s", "--latency", f"--script={script}", f"{url}/"]
    before = _children_cpu_seconds()
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    cpu_seconds = _children_cpu_seconds() - before
    lines = [line for line in result.stdout.splitlines() if line.startswith("{")]
    if result.returncode or not lines:
        raise StartFailed(f"wrk failed: {result.stderr or result.stdout}")
    told = json.loads(lines[-1])
    return Answers(**told, generator_cores=cpu_seconds / told["seconds"])


def _children_cpu_seconds() -> float:
    """Processor time of the children that have ended: of wrk, once it has run."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _script(load: Load) -> str:
    return _LUA.substitute(
        tokens=",\n".join(f'"{token}"' for token in load.tokens),
        listings=",".join(f'"{listing_id}"' for listing_id in load.listing_ids),
        run=uuid.uuid4().hex[:12],
        first=1000,
        step=AMOUNT_STEP,
    )


# Bidders take turns in such an order that on one listing, as on a thousand, the next bid is somebody else's.
_LUA = Template("""\
local tokens = {$tokens}
local listings = {$listings}
local heads, bodies = {}, {}
for i, token in ipairs(tokens) do
  heads[i] = "POST / HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nContent-Type: application/json\\r\\nAuthorization: Bearer "
    .. token .. "\\r\\nIdempotency-Key: $run-"
end
for i, listing in ipairs(listings) do
  bodies[i] = '{"listing_id":"' .. listing .. '","max_amount":'
end
local n = 0

function request()
  n = n + 1
  local body = bodies[n % #bodies + 1] .. $first + n * $step .. "}"
  local head = heads[(n * 7 + math.floor(n / 1000)) % #heads + 1]
  return head .. n .. "\\r\\nContent-Length: " .. #body .. "\\r\\n\\r\\n" .. body
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"answers":%d,"refused":%d,"failed":%d,"seconds":%.3f,"p50_ms":%.2f,"p99_ms":%.2f}\\n',
    summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
""")
