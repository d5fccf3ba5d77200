"""How much work a function does, independent of the machine and of what else runs on it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def steps(function: Callable[[], object]) -> int:
    """How many instructions of Python a function takes, called again: loading is no work."""
    function()
    made = 0

    def count(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal made
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        made += event == "opcode"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        function()
    finally:
        sys.settrace(before)
    return made
