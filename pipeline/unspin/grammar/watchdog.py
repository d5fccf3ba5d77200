"""Runs a program and ends it when the process that asked for it is gone. Run as a script.

    python watchdog.py PARENT_PID PROGRAM ARGUMENT...

The parent holds the other end of standard input. A closed pipe or a line ``stop`` ends the
program, and so does the end of the parent without either: its pipe may live on in a process
that it forked. Nothing but the standard library, so that it starts in a few milliseconds.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from types import FrameType

#: Seconds between two looks at the program and the parent.
_INTERVAL = 0.25
#: Option of Linux's prctl(2): the signal a process gets when its parent dies.
_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """Lets the kernel end the program should this script itself be killed (Linux only)."""
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main(parent: int, command: Sequence[str]) -> int:
    """Runs `command` until it ends, standard input closes, or process `parent` is gone."""
    linux = sys.platform.startswith("linux")
    program = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent if linux else None
    )
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)

    def listen() -> None:
        sys.stdin.readline()
        stop.set()

    threading.Thread(target=listen, daemon=True).start()
    while program.poll() is None and not stop.wait(_INTERVAL):
        if os.name != "nt" and os.getppid() != parent:
            break
    if program.poll() is None:
        program.kill()  # the server keeps no state: there is nothing to wait for
    return program.wait()


if __name__ == "__main__":
    # Without flushing standard streams: the listening thread may still hold one of them.
    os._exit(main(int(sys.argv[1]), sys.argv[2:]) & 0xFF)
