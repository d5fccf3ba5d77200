"""Edits of a text: applying, turning round, narrowing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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
    before, after = edit.before, edit.after
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return narrowed(edit, start, end)
