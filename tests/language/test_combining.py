from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

pytest.importorskip("lemminflect", reason="the extra train is not installed")
pytest.importorskip("lightgbm", reason="the extra train is not installed")

from unspin.language.combining import (
    PARAGRAPH_WORDS,
    FitOptions,
    fitting_documents,
    spun_page,
)
from unspin.language.corpus import (
    Document,
    PassageSampler,
    is_for_fitting,
    is_for_limits,
    is_kept,
)
from unspin.language.spinner import Spinner, Style, load_hand_pairs

SHORT = "A heading"
LONG = "Patients with severe pain need a good doctor and a lot of rest at home in this case. " * 5


@pytest.fixture(scope="module")
def spinner() -> Spinner:
    return Spinner(load_hand_pairs())


@pytest.fixture(scope="module")
def sampler() -> PassageSampler:
    text = "\n".join([SHORT, LONG.strip()] * 12)
    return PassageSampler([Document("a", "s", text)], {}, words=500)


def test_a_page_has_one_spun_paragraph(spinner: Spinner, sampler: PassageSampler) -> None:
    spun = 0
    for seed in range(30):
        page = spun_page(sampler, spinner, Style(0.5), Random(seed))
        assert all(page.text[e.start : e.end] == e.spun for e in page.edits)
        spun += bool(page.edits)
        lines = {page.text.count("\n", 0, e.start) for e in page.edits}
        assert len(lines) <= 1
        for line in lines:
            assert len(page.text.split("\n")[line].split()) >= PARAGRAPH_WORDS // 2
    assert spun >= 25


def test_a_page_without_a_style_is_clean(spinner: Spinner, sampler: PassageSampler) -> None:
    for seed in range(10):
        page = spun_page(sampler, spinner, None, Random(seed))
        assert page.edits == ()
        assert set(page.text.split("\n")) >= {SHORT, LONG.strip()}


def test_documents_for_limits_fit_no_trees_and_are_not_kept() -> None:
    names = [f"source/{n}" for n in range(3000)]
    limits = {n for n in names if is_for_limits(n)}
    fitting = {n for n in names if is_for_fitting(n)}
    assert limits < fitting
    assert 0.3 < len(limits) / len(fitting) < 0.7
    assert not fitting & {n for n in names if is_kept(n)}


def test_trees_know_general_text_and_limits_do_not(tmp_path: Path) -> None:
    rows = [
        {"id": f"{source}/{n}", "source": source, "text": LONG}
        for source in ("general-mail", "consumer")
        for n in range(200)
    ]
    lines = "\n".join(json.dumps(row) for row in rows)
    (tmp_path / "corpus.jsonl").write_text(lines, encoding="utf-8")
    options = FitOptions(tmp_path, tmp_path)
    trees, limits = (fitting_documents(options, for_limits=which) for which in (False, True))
    assert {d.source for d in trees} == {"consumer", "general-mail"}
    assert {d.source for d in limits} == {"consumer"}
    assert not {d.id for d in trees} & {d.id for d in limits}
