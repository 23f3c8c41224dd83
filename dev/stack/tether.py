"""Becomes the command in its arguments, which then ends when the process that started it ends.

Usage: tether.py PARENT_PID COMMAND [ARGUMENT…]. The parent may be killed with -9 and clean up nothing: the kernel sends
this process SIGTERM by itself (PR_SET_PDEATHSIG, kept over exec). Linux only; elsewhere the command simply runs.
Run by path with `python -I -S`, so it costs some 15 ms and imports nothing of ours.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie this process to its parent, then become the command."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
        if os.getppid() != parent:  # it ended before we were tied to it
            sys.exit("the parent has ended already")
    os.execvp(command[0], command)  # noqa: S606 - becoming the command is the purpose


if __name__ == "__main__":
    main()
