from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from unspin.errors import UnspinError
from unspin.language.model import (
    JudgedWords,
    Judgement,
    Settings,
    SpinModel,
    hit_weight,
    is_dense,
    thresholds_at,
    written,
)

CLEAN = (
    "Most people with low back pain get better within a few weeks. Staying active helps more than "
    "bed rest. See a doctor if the pain follows a fall, or if you also have a fever, lose weight "
    "without trying, or feel numbness in the legs. The doctor will ask about your medical history "
    "and examine your back. Imaging tests such as an X-ray are seldom needed at first."
)
SPUN = (
    "Coronary heart ailment is the main motive of loss of life for both men and ladies. Excessive "
    "blood stress and high levels of cholesterol are chance components. Your frightened device "
    "might be harmed, and the affected person's mind harm may grow to be everlasting. Physicians "
    "deal with bosom malignant growth with surgical remedy and drug treatment plans."
)


@pytest.fixture(scope="module")
def judged(model: SpinModel) -> Judgement:
    return model.judge(SPUN)


def test_a_missing_file_or_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnspinError, match=r"encoder\.onnx"):
        SpinModel.load(tmp_path)
    with pytest.raises(UnspinError, match=r"nothing-here is no folder"):
        SpinModel.load(tmp_path / "nothing-here")


def test_a_missing_threshold_is_named(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    numbers = {f.name: 0.5 for f in fields(Settings) if f.name not in ("version", "sure")}
    path.write_text(json.dumps({"version": "1", **numbers}), encoding="utf-8")
    with pytest.raises(UnspinError, match=r"model\.json lacks sure; train the model"):
        Settings.read(path)


def test_the_threshold_falls_with_the_ramp(model: SpinModel) -> None:
    step = replace(model._settings, report=0.99, report_spun=0.25, sure=2.0, ramp=0.0)
    levels = np.array([-9.0, -2.1, 0.0, 1.9, 2.0, 9.0])
    at_once = thresholds_at(levels, step)
    assert at_once == pytest.approx([0.99] * 4 + [0.25] * 2)
    ramp = thresholds_at(levels, replace(step, ramp=4.0))
    assert ramp[[0, 1, 4, 5]] == pytest.approx([0.99, 0.99, 0.25, 0.25])
    assert 0.25 < ramp[3] < 0.3 < ramp[2] < 0.99


def test_what_can_be_restored_speaks_for_a_spun_paragraph(model: SpinModel) -> None:
    words = model.judged_words(f"{CLEAN} {CLEAN}\n\n{SPUN} {SPUN}\n\n{CLEAN} {CLEAN}")
    restored, suspicious = model.restored(words.evidence, words.windows.tolist(), words.p)
    spun = int(words.windows.argmax())
    assert restored[spun] > 1  # that no replacement is right has a P below 1 / e
    assert suspicious[spun] == (words.p[slice(*words.evidence.windows[spun])] >= 0.2).sum() > 3
    assert not np.delete(restored, spun).any()
    assert not np.delete(suspicious, spun).any()
    nothing = model.restored(words.evidence, [-9.0] * len(words.windows), words.p)
    assert not np.any(nothing)


def test_weight_of_the_restored_moves_only_windows_of_pages_not_spun(model: SpinModel) -> None:
    page = "\n\n".join([f"{CLEAN} {CLEAN}"] * 4 + [SPUN])
    settings = model._settings
    light = model.with_settings(replace(settings, window_restored=0.0, verdict_shift=-99.0))
    heavy = model.with_settings(replace(settings, window_restored=1.0, verdict_shift=-99.0))
    before, after = ([w.spun_probability for w in m.judge(page).windows] for m in (light, heavy))
    assert after[-1] > before[-1]
    assert after[:-1] == before[:-1]
    spun = [model.with_settings(replace(settings, window_restored=w)).judge(SPUN) for w in (0, 9)]
    assert spun[0].windows == spun[1].windows


def test_several_reported_wordings_move_only_their_window(model: SpinModel) -> None:
    page = "\n\n".join([f"{CLEAN} {CLEAN}"] * 4 + [SPUN])
    settings = replace(model._settings, verdict_shift=-99.0, window_restored=0.0)
    light, heavy = (
        model.with_settings(replace(settings, window_several=w)).judge(page) for w in (0.0, 1.0)
    )
    inside = [s for s in light.spans if light.windows[-1].start <= s.start]
    assert len(inside) > 1 and len(inside) == len(light.spans)
    assert heavy.spans == light.spans
    before, after = ([w.spun_probability for w in j.windows] for j in (light, heavy))
    assert after[-1] > before[-1]
    assert after[:-1] == before[:-1]


def test_a_wording_that_comes_back_counts_once(model: SpinModel) -> None:
    words = model.judged_words("A torment in the knee is no torment in the hip, nor the other way.")
    read = [words.evidence.reading.words[place].lower() for place in words.evidence.places]
    twice = replace(words, p=np.array([0.99 if word == "torment" else 0.0 for word in read]))
    assert (twice.p > 0).sum() == 2
    assert not model.several(twice).any()
    two = replace(words, p=np.array([0.99 if word in ("torment", "hip") else 0.0 for word in read]))
    assert model.several(two).all()


def test_what_looks_spun_and_cannot_be_restored_is_doubted(
    model: SpinModel, repository: Path
) -> None:
    """Dialect, notes, slang: clean texts on which the thresholds for it were chosen."""
    lines = (repository / "bench/data/unusual-registers.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines[:50]]
    sure = model.with_settings(replace(model._settings, article_suspicious=0.0))
    before, after = ([m.judge(t, restore=False) for t in texts] for m in (sure, model))
    looked = sum(judgement.spun_probability > 0.5 for judgement in before)
    assert looked > 3
    assert sum(judgement.spun_probability > 0.5 for judgement in after) <= looked / 2
    assert sum(len(j.spans) for j in after) < sum(len(j.spans) for j in before)
    assert model.judge(SPUN).spun_probability == sure.judge(SPUN).spun_probability


def test_what_fixing_leaves_is_doubted_as_the_text_before_was(
    model: SpinModel, judged: Judgement, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    doubts = SpinModel._doubts

    def counting(self: SpinModel, words: JudgedWords) -> Any:
        asked.append(words.article)
        return doubts(self, words)

    monkeypatch.setattr(SpinModel, "_doubts", counting)
    half = " ".join(SPUN.split()[: len(SPUN.split()) // 2])
    for doubted in (False, True):
        before = replace(judged, doubted=doubted)
        again = model.judge(half, spun_probability=0.9, restore=False, before=before)
        assert again.doubted is doubted
        assert bool(asked) is doubted


def test_spun_text_looks_more_spun_than_clean(model: SpinModel, judged: Judgement) -> None:
    assert judged.spun_probability > 0.5 > model.judge(CLEAN).spun_probability


def test_clean_text_has_no_spans(model: SpinModel) -> None:
    assert model.judge(CLEAN).spans == ()


def test_spans_are_sorted_disjoint_and_inside(judged: Judgement) -> None:
    assert len(judged.spans) >= 3
    assert all(0 <= s.start < s.end <= len(SPUN) for s in judged.spans)
    pairs = zip(judged.spans, judged.spans[1:], strict=False)
    assert all(a.end <= b.start for a, b in pairs)
    assert all(0 <= s.spun_probability <= 1 for s in judged.spans)


def test_replacements_come_best_first(judged: Judgement) -> None:
    for span in judged.spans:
        found = [r.probability for r in span.replacements]
        assert found == sorted(found, reverse=True)
        assert SPUN[span.start : span.end] not in [r.text for r in span.replacements]


def test_windows_cover_the_text(model: SpinModel) -> None:
    text = f"{CLEAN}\n\n{SPUN}\n\n" * 4
    windows = model.judge(text).windows
    assert windows[0].start == 0
    assert windows[-1].end == len(text)
    assert all(a.end == b.start for a, b in zip(windows, windows[1:], strict=False))


def test_offsets_count_code_points(model: SpinModel) -> None:
    text = "🩺🩺 " + SPUN
    found = [text[s.start : s.end] for s in model.judge(text).spans]
    assert any("bosom malignant growth" in wording for wording in found)
    assert all(wording == wording.strip() and wording[0].isalpha() for wording in found)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "…", "123", "a"])
def test_odd_texts_are_judged(model: SpinModel, text: str) -> None:
    assert model.judge(text).spans == ()


def test_a_given_article_probability_decides(model: SpinModel) -> None:
    spun = model.judge(SPUN, spun_probability=0.999)
    clean = model.judge(SPUN, spun_probability=0.001)
    assert len(spun.spans) >= len(clean.spans)


def test_written_keeps_capitals_and_numbers() -> None:
    assert written(["type", "0", "diabetes"], "Kind 2 diabetes") == "Type 2 diabetes"
    assert written(["type", "diabetes"], "kind 2 diabetes") is None
    assert written(["heart", "attack"], "HEART ASSAULT") == "HEART ATTACK"
    assert written(["heart", "attack"], "Heart Assault") == "Heart Attack"


def test_hits_of_one_concept_count_once() -> None:
    class Hit:
        start, kind, replacement, applicability, when = 0, "spun", "heart attack", "safe", None

    assert hit_weight([Hit(), Hit()]) == hit_weight([Hit()])
    assert np.isclose(hit_weight([]), 0)


def test_a_form_with_conditions_weighs_less_than_one_that_is_never_right() -> None:
    class Hit:
        start, kind, replacement, applicability, when = 0, "spun", "heart attack", "safe", None

    class Conditional(Hit):
        when = "an article that looks spun"

    class Likely(Hit):
        applicability = "likely"

    class Suggested(Conditional):
        applicability = "suggested"

    assert hit_weight([Likely()]) == hit_weight([Conditional()])
    assert hit_weight([Hit()]) > hit_weight([Conditional()]) > hit_weight([Suggested()]) == 0


def test_judging_again_after_a_change_says_nearly_the_same_with_what_is_known(
    model: SpinModel,
) -> None:
    text = "\n\n".join([CLEAN, SPUN, CLEAN])
    first = model.judge(text)
    fixed = text.replace("Coronary heart ailment", "Heart disease")
    again = model.judge(fixed, restore=False, before=first)
    fresh = model.judge(fixed, restore=False)
    assert again.spun_probability == pytest.approx(fresh.spun_probability, abs=0.02)
    assert len(again.p) == len(fresh.p)
    # what the head proposed depends a little on words further away than those that are compared
    assert np.abs(again.p - fresh.p).mean() < 0.02
    assert abs(len(again.spans) - len(fresh.spans)) <= 2


def test_a_text_is_spun_throughout_by_length_and_share() -> None:
    p = np.array([0.9] * 100 + [0.0] * 300)
    assert is_dense(p, 0.3)
    assert not is_dense(p[:200], 0.3)
    assert not is_dense(np.concatenate([p, np.zeros(500)]), 0.3)
