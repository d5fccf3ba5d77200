from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

pytest.importorskip("lemminflect", reason="the extra train is not installed")
pytest.importorskip("lightgbm", reason="the extra train is not installed")

from unspin.language.combining import touched
from unspin.language.evaluation import Pair
from unspin.language.model import SpinModel
from unspin.language.spinner import Edit, SpunText
from unspin.language.thresholds import (
    MARKED_AFTER,
    MARKED_BEFORE,
    Development,
    MarkedArticle,
    ReadTexts,
    ReadWindows,
    as_marked,
    choose_dense,
    choose_doubt,
    choose_verdict,
    choose_window,
    smoothed,
)

TEXT = "The doctor treats ache of the lower back. Rest helps most people who have it."


def test_marks_of_a_real_article_are_read(tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text(TEXT, encoding="utf-8")
    rows = [{"start": 18, "end": 22, "kind": "medical_term"}, {"start": 42, "end": 46}]
    lines = "\n".join(json.dumps(row) for row in rows)
    (tmp_path / "gold.jsonl").write_text(lines, encoding="utf-8")
    article = MarkedArticle.read(tmp_path)
    assert [article.text[a:b] for a, b in article.faults] == ["ache", "Rest"]


def test_a_mark_without_its_places_is_named(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text('{"start": 1, "end": 2}\n{"start": 3}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"gold\.jsonl:2: needs 'end'"):
        MarkedArticle.read(tmp_path)


def test_a_marked_article_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text('{"start": 1, "end": 2}\n', encoding="utf-8")
    (tmp_path / "article.txt").write_bytes(b"caf\xe9")
    with pytest.raises(ValueError, match=r"article\.txt: is not UTF-8; save it as UTF-8"):
        MarkedArticle.read(tmp_path)


def test_replaced_words_are_widened_to_phrases_but_not_across_a_stop(model: SpinModel) -> None:
    evidence = model.evidence(TEXT)
    words = [TEXT[a:b] for a, b in evidence.reading.spans[evidence.places]]
    truth = touched(evidence, [(TEXT.find("back"), TEXT.find("back") + 4)])
    before = after = 0
    for seed in range(400):
        wide = as_marked(evidence, truth, Random(seed))
        marked = {words[i] for i in np.flatnonzero(wide)}
        assert {"back"} <= marked <= {"lower", "back"}  # "Rest" begins another sentence
        before += "lower" in marked
        wide = as_marked(evidence, touched(evidence, [(0, 3)]), Random(seed))
        assert {words[i] for i in np.flatnonzero(wide)} <= {"The", "doctor"}
        after += bool(wide[1])
    assert abs(before / 400 - MARKED_BEFORE) < 0.08
    assert abs(after / 400 - MARKED_AFTER) < 0.08


def test_without_articles_that_are_spun_throughout_the_limit_stays(model: SpinModel) -> None:
    light = SpunText(TEXT, (Edit(18, 22, "ache", "pain"),))
    texts = Development([], [], [], [light], [], [], MarkedArticle(TEXT, ((18, 22),)))
    assert choose_dense(model, texts, 0.3, 0.8) == 0.3


def read_windows(
    odds: list[float], restored: list[float], several: list[bool] | None = None
) -> ReadWindows:
    count = len(odds)
    wordings = np.array(several or [False] * count)
    return ReadWindows(0.0, 500, np.array(odds), np.array(restored), np.zeros(count), wordings)


def test_windows_are_weighed_by_what_can_be_restored_where_that_finds_more() -> None:
    rng = np.random.default_rng(3)
    # odd but clean paragraphs look as spun as spun ones, and nothing in them can be restored
    clean = [read_windows(rng.normal(0, 3, 4).tolist(), [0.0] * 4) for _ in range(200)]
    spun = [read_windows([-6.0, 2.0], [0.0, rng.uniform(2, 6)]) for _ in range(50)]
    weight, several, shift = choose_window(clean, spun, 0.01)
    assert weight > 0 == several
    assert np.mean([pages.highest(weight, several) + shift > 0 for pages in spun]) > 0.8
    assert np.mean([pages.highest(weight, several) + shift > 0 for pages in clean]) <= 0.01


def test_several_reported_wordings_speak_for_a_window_where_clean_ones_hold_one() -> None:
    rng = np.random.default_rng(4)
    clean = [read_windows(rng.normal(0, 3, 4).tolist(), [0.0] * 4) for _ in range(200)]
    spun = [read_windows([-6.0, 2.0], [0.0, 0.0], [False, True]) for _ in range(50)]
    weight, several, shift = choose_window(clean, spun, 0.01)
    assert several > 0 == weight
    assert all(pages.highest(weight, several) + shift > 0 for pages in spun)
    assert np.mean([pages.highest(weight, several) + shift > 0 for pages in clean]) <= 0.01


def test_what_can_be_restored_has_no_weight_where_it_says_nothing() -> None:
    clean = [read_windows([x / 100], [1.0]) for x in range(100)]
    spun = [read_windows([5.0], [1.0])] * 10
    assert choose_window(clean, spun, 0.05)[:2] == (0, 0)


def test_suspicious_words_that_cannot_be_restored_speak_for_an_unusual_author() -> None:
    rng = np.random.default_rng(5)

    def text(restored: float, suspicious: float) -> ReadWindows:
        one = np.array([3.0]), np.array([restored]), np.array([suspicious])
        return ReadWindows(3.0, 120, *one, np.array([True]))

    spun = [text(rng.uniform(5, 7), 8.0) for _ in range(50)]
    unusual = [text(rng.uniform(2, 3), 12.0) for _ in range(50)]
    weight, suspicious = choose_doubt(spun, unusual, 0.0)
    assert suspicious > 0
    assert all(t.doubted(weight, suspicious) > 0 for t in spun)
    assert not any(t.doubted(weight, suspicious) > 0 for t in unusual)
    assert choose_doubt(spun, [], 0.0) == (0.0, 0.0)


def _texts(model: SpinModel, spun: list[float], clean: list[float]) -> ReadTexts:
    """Short texts with some log odds; all else that belongs to them is of one text."""
    words = model.judged_words(TEXT)
    pieces = [(replace(words, article=a), np.zeros(0), replace(words, article=b))
              for a, b in zip(spun, clean, strict=True)]  # fmt: skip
    pair = Pair(TEXT, (), TEXT, "1")
    return ReadTexts([], [replace(words, article=c) for c in clean], pieces, [pair],
                     {TEXT: replace(words, article=max(spun))})  # fmt: skip


def test_of_shifts_that_part_spun_from_clean_alike_the_middle_one_is_chosen(
    model: SpinModel,
) -> None:
    texts = _texts(model, [0.0] * 200, [-6.0] * 200)
    assert choose_verdict(texts, [-9.0], 0.003) == 3.5  # of .5 to 5.5, which part all


def test_a_clean_page_keeps_the_shift_down(model: SpinModel) -> None:
    texts = _texts(model, [0.0] * 200, [-6.0] * 200)
    assert choose_verdict(texts, [-1.0] * 5, 0.003) <= 1.0


def test_a_lucky_threshold_loses_against_a_good_stretch() -> None:
    costs = [9.0, 2.0, 9.0, 4.0, 3.0, 4.0, None]
    found = smoothed(costs)
    assert min(found) == found[4]
    assert found[-1] == float("inf")
