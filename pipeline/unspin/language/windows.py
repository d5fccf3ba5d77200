"""Where a text is cut: what the encoder reads at once, and what gets a verdict of its own.

A spinning program, or whoever pastes its output, works on paragraphs. Of a spun paragraph that is
read together with clean text around it the encoder notices next to nothing; read alone, it stands
out. So a paragraph of some length is read alone, and no cut is made where none is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONG_PARAGRAPH = 80  # words of a paragraph that is read alone
HEADING = 50  # fewer words before a long paragraph are read with it
BLOCK_WORDS = 120  # of short paragraphs together
WINDOW_WORDS = 200  # of a verdict, about


def text_blocks(count: int, paragraphs: Sequence[int] = ()) -> list[tuple[int, int]]:
    """Put the paragraphs of a text together to blocks: long ones alone, short ones joined.

    Args:
        count: Words in all.
        paragraphs: Words with which a paragraph begins, without the first.

    Returns:
        Start and end of each block, in order; together they cover all words.
    """
    starts, after_long = [0], False
    for begin, end in pairwise([0, *paragraphs, count]):
        is_long = end - begin >= LONG_PARAGRAPH
        before = begin - starts[-1]
        if begin and (after_long or before >= BLOCK_WORDS or (is_long and before >= HEADING)):
            starts.append(begin)
        after_long = is_long
    if len(starts) > 1 and count - starts[-1] < HEADING:
        starts.pop()  # a short rest joins the last one
    return list(zip(starts, [*starts[1:], count], strict=True)) if count else []


def cut_at(starts: Sequence[int] | NDArray[Any], cuts: Sequence[int]) -> list[tuple[int, int]]:
    """Give first and last (exclusive) of what begins between one cut and the next.

    Args:
        starts: Code points with which words or word-pieces begin, in order.
        cuts: Code points; the first stands for the beginning of the text.
    """
    return list(pairwise([0, *np.searchsorted(starts, cuts[1:]).tolist(), len(starts)]))


def verdict_windows(blocks: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Cut long blocks into equal parts of about :data:`WINDOW_WORDS`.

    Args:
        blocks: As :func:`text_blocks` gives them.
    """
    found = []
    for start, end in blocks:
        parts = max(1, round((end - start) / WINDOW_WORDS))
        cuts = [start + (end - start) * part // parts for part in range(parts + 1)]
        found += list(pairwise(cuts))
    return found


def at_each_place(windows: Sequence[tuple[int, int]], values: Sequence[float]) -> NDArray[Any]:
    """Give, per place, the value of its window (float32).

    Args:
        windows: As :func:`verdict_windows` gives them.
        values: One of each window.
    """
    lengths = [end - start for start, end in windows]
    return np.repeat(np.array(values, dtype=np.float32), lengths)


def equal_windows(count: int, longest: int, overlap: int) -> tuple[list[int], int]:
    """Give starts and length of equal windows over some word-pieces, the last flush with the end.

    Args:
        count: Word-pieces in all.
        longest: Word-pieces of a window at most.
        overlap: Word-pieces that neighbours share at least.
    """
    if count <= longest:
        return [0] * (count > 0), count
    number = -(-(count - overlap) // (longest - overlap))
    body = -(-(count + (number - 1) * overlap) // number)
    step = body - overlap
    return [*range(0, (number - 1) * step, step), count - body], body
