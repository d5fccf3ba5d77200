"""How certain a replacement is, and what is put in unasked for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.language.test_model import SPUN
from unspin.article import Article
from unspin.config import Config
from unspin.findings import Applicability
from unspin.language.certainty import CERTAINTY_FEATURES, is_plain_change
from unspin.language.certifying import NEVER, Cases, faults_of, fit_certainty
from unspin.language.model import SpinModel
from unspin.language.restoring import Variants
from unspin.language.spinner import Edit, SpunText
from unspin.language.trees import sigmoid
from unspin.pipeline import Cleaner
from unspin.reading import read_bytes


@pytest.mark.parametrize(
    ("spun", "words", "plain"),
    [
        ("frightened device", "nervous system", True),
        ("cell demise", "programmed cell death", True),
        ("muscle mass", "muscles", False),  # a word less
        ("therapy", "", False),
        ("your", "the", False),  # only small words
        ("is since", "is because", False),
    ],
)
def test_only_words_of_content_are_exchanged_unasked(spun: str, words: str, plain: bool) -> None:
    assert is_plain_change(spun.split(), words.split()) is plain


def test_faults_hold_their_whole_line_as_it_was() -> None:
    spun = SpunText("a heart assault.\nthe frightened device", (
        Edit(8, 15, "assault", "attack"), Edit(21, 31, "frightened", "nervous"),
        Edit(32, 38, "device", "system"),
    ))  # fmt: skip
    found = faults_of(spun)
    assert [f.restored for f in found] == [
        ("a heart attack.",), ("the nervous system",), ("the nervous system",)
    ]  # fmt: skip
    assert [spun.text[slice(*f.sentence)] for f in found][::2] == [
        "a heart assault.", "the frightened device"
    ]  # fmt: skip


def test_certainty_is_learned_from_what_was_right() -> None:
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(2000, len(CERTAINTY_FEATURES))).astype(np.float32)
    right = rows[:, 0] + 0.3 * rng.normal(size=2000) > 0
    trees, crossed = fit_certainty(Cases(rows, right))
    for p in (crossed, sigmoid(trees.score(rows))):
        assert right[p > 0.9].mean() > 0.95
        assert right[p < 0.1].mean() < 0.05


def test_nothing_is_certain_in_a_text_that_is_not_spun(model: SpinModel) -> None:
    spun = model.judge(SPUN)
    assert spun.spun_probability > 0.5
    assert any(span.certainty > 0.5 for span in spun.spans)
    calm = model.judge(SPUN, spun_probability=0.01)
    assert calm.spans
    assert not any(span.certainty for span in calm.spans)


def test_certain_spans_have_a_plain_replacement(model: SpinModel) -> None:
    for span in model.judge(SPUN).spans:
        if span.certainty:
            found = SPUN[span.start : span.end].lower().split()
            assert is_plain_change(found, span.replacements[0].text.lower().split())


@pytest.mark.parametrize(("safe", "applied"), [(0.5, True), (NEVER, False)])
def test_what_is_certain_is_applied(
    model_with: Callable[..., Path], safe: float, applied: bool
) -> None:
    cleaner = Cleaner(Config(grammar="off", model=str(model_with(safe=safe)), select=("SP002",)))
    (article,) = read_bytes(SPUN.encode(), "-", cleaner.config)
    assert isinstance(article, Article)
    report = cleaner.clean(article)
    found = [f for f in report.findings if f.rule == "SP002" and f.applied]
    assert bool(found) is applied
    assert all(f.applicability is Applicability.SAFE for f in found)


@pytest.mark.parametrize(
    ("spun", "words", "known"),
    [
        ("kidney rock", "kidney stone", True),  # word by word
        ("nervous gadget", "nervous system", True),
        ("chance variables", "risk factors", True),
        ("gadget", "apparatus", False),  # a good word, which the list does not know here
        ("kidney rock", "kidney stones", False),  # another number
        ("nervous gadget again", "nervous system back in", False),
    ],
)
def test_the_list_knows_each_change(spun: str, words: str, known: bool) -> None:
    pairs = [
        ("rock", "stone"), ("rock", "stones"), ("gadget", "system"), ("chance variables", "risk factors"),
    ]  # fmt: skip
    assert Variants(pairs).knows(spun.split(), words.split()) is known
