"""Edits of a text: applying, turning round, narrowing."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Edit:
    """``text[start:end]`` (= `before`) becomes `after`; offsets in prose or in the source."""

    start: int
    end: int
    before: str
    after: str
    rule: str


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """The source text with `edits` (sorted, disjoint) applied.

    Raises:
        ValueError: An edit's `before` does not stand at its place.
    """
    out: list[str] = []
    at = 0
    for edit in edits:
        if text[edit.start : edit.end] != edit.before or edit.start < at:
            raise ValueError(f"edit at {edit.start} does not fit: {edit.before!r} expected")
        out += [text[at : edit.start], edit.after]
        at = edit.end
    return "".join([*out, text[at:]])


def invert_edits(edits: Sequence[Edit]) -> list[Edit]:
    """Edits that lead from the restored text back to the source."""
    out: list[Edit] = []
    shift = 0
    for edit in edits:
        start = edit.start + shift
        out.append(Edit(start, start + len(edit.after), edit.after, edit.before, edit.rule))
        shift += len(edit.after) - len(edit.before)
    return out


def narrowed(edit: Edit, start: int, end: int) -> Edit:
    """An edit without the first `start` and the last `end` signs of both of its sides."""
    return Edit(
        edit.start + start,
        edit.end - end,
        edit.before[start : len(edit.before) - end],
        edit.after[start : len(edit.after) - end],
        edit.rule,
    )


def shortest(edit: Edit) -> Edit:
    """An edit without what both sides share at its ends."""
    start = shared_start(edit.before, edit.after)
    end = shared_end(edit.before, edit.after, start)
    return narrowed(edit, start, end)


def shared_start(
    one: Sequence[T], other: Sequence[T], same: Callable[[T, T], object] = operator.eq
) -> int:
    """How many items two sequences share at their beginnings.

    Args:
        one: A text, or its words.
        other: What it is held against.
        same: Tells whether two items count as one.
    """
    count = 0
    for a, b in zip(one, other, strict=False):
        if not same(a, b):
            break
        count += 1
    return count


def shared_end(
    one: Sequence[T],
    other: Sequence[T],
    start: int,
    same: Callable[[T, T], object] = operator.eq,
) -> int:
    """How many items two sequences share at their ends, behind the first `start` of each."""
    return shared_start(one[start:][::-1], other[start:][::-1], same)
