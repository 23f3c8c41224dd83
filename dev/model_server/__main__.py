"""python -m dev.model_server: a stand-in for a language model, for trying the app without a key.

Prints its address for OPENAI_BASE_URL and answers until Ctrl-C. It knows a script of hand-written answers only.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from dev.model_server.market import KNOWN, LINES, OTHERWISE
from dev.model_server.script import read_script
from dev.model_server.server import UNKNOWN, ModelServer


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m dev.model_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, metavar="N", help="on 127.0.0.1 (default: any that is free)")
    parser.add_argument("--script", type=Path, metavar="FILE", help="answers of your own, as JSON")
    asked = parser.parse_args(arguments)
    try:
        server = (
            ModelServer(read_script(asked.script), port=asked.port, otherwise=UNKNOWN)
            if asked.script
            else ModelServer(LINES, port=asked.port, otherwise=OTHERWISE)
        )
    except (OSError, ValueError, LookupError) as error:
        print(f"model_server: {error!r}", file=sys.stderr)
        return 1
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # before the server's threads are made, so that none of them ends us
    with server:
        print(f"OPENAI_BASE_URL={server.base_url}", flush=True)
        if not asked.script:
            print("Answers written by hand, no model. It knows:", *KNOWN, sep="\n  ", flush=True)
        signal.sigwait(ends)
    return 0


if __name__ == "__main__":
    sys.exit(main())
