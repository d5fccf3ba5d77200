"""Edits of a text: applying, turning round, narrowing."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
Change = tuple[str, str]
_WORD = re.compile(r"\w[\w'’-]*|[^\w\s]")


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


def changes(old: str, new: str) -> tuple[Change, ...]:
    """Take apart what a replacement changes.

    As many words for as many are exchanged one by one: "reduced back discomfort" becomes "lower
    back pain" by two changes. Else the wording that differs is one change, with a word beside it
    where all of it is left out or put in: "pulled muscle mass" becomes "pulled muscle" by "muscle
    mass" for "muscle".

    Args:
        old: The wording.
        new: Its replacement.

    Returns:
        Pairs in small letters, words parted by a space.
    """
    before, after = (_WORD.findall(text.lower()) for text in (old, new))
    start = shared_start(before, after)
    end = shared_end(before, after, start)
    if len(before) == len(after):
        return tuple((a, b) for a, b in zip(before, after, strict=True) if a != b)
    if start + end == min(len(before), len(after)):
        start, end = (start - 1, end) if start else (start, max(end - 1, 0))
    sides = (words[start : len(words) - end] for words in (before, after))
    first, second = (" ".join(words) for words in sides)
    return ((first, second),)
