from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unspin.language.model import SpinModel
from unspin.language.windows import (
    HEADING,
    WINDOW_WORDS,
    at_each_place,
    equal_windows,
    text_blocks,
    verdict_windows,
)


def test_a_text_of_one_paragraph_is_one_block() -> None:
    assert text_blocks(0) == []
    assert text_blocks(90) == [(0, 90)]
    assert text_blocks(900) == [(0, 900)]


def test_a_long_paragraph_is_a_block_of_its_own_with_its_heading() -> None:
    assert text_blocks(470, [150, 155, 300, 350]) == [(0, 150), (150, 300), (300, 350), (350, 470)]


def test_short_paragraphs_are_joined_and_a_short_rest_joins_the_last() -> None:
    assert text_blocks(260, [50, 100, 150, 200, 250]) == [(0, 150), (150, 260)]
    assert text_blocks(120, [100]) == [(0, 120)]


@given(st.integers(1, 2000), st.sets(st.integers(1, 1999)))
def test_blocks_cover_all_words_in_order(count: int, paragraphs: set[int]) -> None:
    blocks = text_blocks(count, sorted(p for p in paragraphs if p < count))
    assert blocks[0][0] == 0
    assert blocks[-1][1] == count
    assert all(a[1] == b[0] for a, b in pairwise(blocks))
    assert all(b - a >= min(count, HEADING) for a, b in blocks)


def test_a_long_block_is_cut_evenly() -> None:
    assert verdict_windows([(0, 250)]) == [(0, 250)]
    assert verdict_windows([(0, 420), (420, 500)]) == [(0, 210), (210, 420), (420, 500)]
    assert all(b - a <= 1.5 * WINDOW_WORDS for a, b in verdict_windows([(7, 1933)]))


def test_values_of_windows_at_each_place() -> None:
    assert at_each_place([(0, 2), (2, 5)], [0.5, -1.0]).tolist() == [0.5, 0.5, -1.0, -1.0, -1.0]


@given(st.integers(0, 5000), st.integers(40, 254))
def test_equal_windows_cover_all_pieces_and_overlap(count: int, longest: int) -> None:
    starts, length = equal_windows(count, longest, overlap=32)
    assert length <= longest
    if not count:
        assert starts == []
        return
    assert starts[0] == 0
    assert starts[-1] + length == count
    for before, after in pairwise(starts):
        assert before < after <= before + length - 32


CLEAN = (
    "Most people with low back pain get better within a few weeks. Staying active helps more than "
    "bed rest. See a doctor if the pain follows a fall, or if you also have a fever, lose weight "
    "without trying, or feel numbness in the legs. The doctor will ask about your medical history "
    "and examine your back. Imaging tests such as an X-ray are seldom needed at first. Heat, "
    "gentle exercise and over-the-counter pain relievers help many people in the first days. "
)
SPUN = (
    "Most humans with decreased again pain get better inside a few weeks. Staying lively allows "
    "more than mattress relaxation. See a physician if the ache follows a fall, or if you "
    "additionally have a fever, lose weight without attempting, or sense numbness inside the legs. "
    "The medical doctor will ask approximately your clinical records and study your back. Imaging "
    "checks such as an X-ray are seldom wanted at the start. Warmth, mild workout and "
    "over-the-counter ache relievers assist many humans inside the first days."
)


@pytest.mark.parametrize("text", [SPUN, CLEAN])
def test_what_is_said_of_a_long_paragraph_does_not_hang_on_its_page(
    model: SpinModel, text: str
) -> None:
    alone = model.evidence(text)
    page = model.evidence(f"{CLEAN * 2}\n\n{text}\n\n{CLEAN * 2}")
    start = len(page.places) // 2 - len(alone.places) // 2
    inside = page.reading.logits[page.places][start : start + len(alone.places)]
    assert inside.tolist() == pytest.approx(alone.reading.logits[alone.places].tolist(), abs=1e-4)


def test_blocks_that_did_not_change_are_read_as_before(model: SpinModel) -> None:
    before = model.evidence(f"{CLEAN}\n{SPUN}\n{CLEAN}").reading
    changed = f"{CLEAN}\n{SPUN.replace('decreased again', 'low back')}\n{CLEAN}"
    fresh, again = model.evidence(changed).reading, model._encoder.read(changed, before)
    assert again.words == fresh.words
    assert again.logits.tolist() == pytest.approx(fresh.logits.tolist(), abs=1e-6)
    assert again.vectors.tolist() == fresh.vectors.tolist()
    assert again.blocks == fresh.blocks
