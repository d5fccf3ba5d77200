"""What a spinning program surely wrote for a term it wrote elsewhere in the article, too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import unspin
from unspin.config import Config
from unspin.consistency import ENOUGH, SUSPECT, restored_alike
from unspin.edits import changes
from unspin.findings import Applicability, Finding
from unspin.glossary.matcher import load_glossary
from unspin.language.certifying import NEVER
from unspin.language.model import JudgedSpan, Judgement, Replacement, SpinModel, default_model_dir
from unspin.rules.base import Context
from unspin.text import read_string

SPUN = """# After a heart assault

A heart assault happens when the blood stream to the coronary heart muscle is blocked. Chance
variables incorporate smoking, hypertension and elevated cholesterol. During an assault,
individuals feel chest torment and windedness, and the torment may spread to the left arm.

The cardiologist will ask when the torment began and whether the torment got worse with exertion.
A second assault is more probable in the primary year. Take your drugs as your specialist has
recommended. Chest torment which doesn't vanish with relax is a crisis.
"""
TEXT = "Back discomfort is common. The discomfort may last; “discomfort” and all discomforts may."


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("back discomfort", "back pain", [("discomfort", "pain")]),
        ("Reduced back discomfort", "Lower back pain", [("reduced", "lower"), ("discomfort", "pain")]),
        ("pulled muscle mass", "pulled muscle", [("muscle mass", "muscle")]),
        ("healthy and balanced weight", "healthy weight", [("healthy and balanced", "healthy")]),
        ("mass of muscle", "muscle", [("mass of muscle", "muscle")]),
        ("lower pain in the back", "lower back pain", [("pain in the back", "back pain")]),
        ("attack", "heart attack", [("attack", "heart attack")]),
        ("heart  assault,", "heart attack,", [("assault", "attack")]),
        ("pain", "Pain", []),
    ],
)  # fmt: skip
def test_what_a_replacement_changes(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert list(changes(old, new)) == expected


def settled(
    *findings: Finding, right: float = 0.95, p: float = 0.5, spun: float = 1.0, text: str = TEXT
) -> list[Applicability | None]:
    """What may be done with the fixes in an article for which the model proposes them all."""
    article = read_string(text, Config())
    spans = tuple(
        JudgedSpan(f.start, f.end, p, tuple(Replacement(r, right) for r in f.replacements))
        for f in findings
    )
    words = np.array([(0, len(article.text))])
    judgement = Judgement(spun, (), spans, 1.01, 0.8, words, np.array([p]))
    context = Context(Config(), load_glossary(), (), spun, judgement)
    return [f.applicability for f in restored_alike(article, findings, context)]


def finding(
    wording: str, new: str, rule: str = "SP002", after: int = 0, text: str = TEXT
) -> Finding:
    """A finding about a wording of the text; one of the rule SP001 is safe."""
    start = text.index(wording, after)
    safe = rule == "SP001"
    return Finding(
        rule, start, start + len(wording), "Odd.", replacements=(new,),
        applicability=Applicability.SAFE if safe else Applicability.EDITOR,
    )  # fmt: skip


SURE = finding("Back discomfort", "Back pain", "SP001")
ALONE = finding("discomfort", "pain", after=20)
QUOTED = finding("discomfort", "pain", after=45)
MANY = finding("discomforts", "pains")


def test_what_was_surely_restored_is_restored_elsewhere() -> None:
    assert settled(SURE, ALONE) == [Applicability.SAFE, Applicability.SAFE]


def test_a_plural_follows_the_singular() -> None:
    assert settled(SURE, MANY)[1] is Applicability.SAFE


def test_of_a_listed_form_only_what_may_be_suggested_follows() -> None:
    for own in (Applicability.SUGGESTED, Applicability.EDITOR):
        listed = replace(ALONE, rule="SP001", applicability=own)
        assert (settled(SURE, listed)[1] is Applicability.SAFE) == (own is Applicability.SUGGESTED)


@pytest.mark.parametrize(
    "other",
    [
        replace(ALONE, replacements=("ache",)),
        replace(ALONE, replacements=()),
        replace(ALONE, replacements=("pain that",)),
        replace(ALONE, rule="SP003"),
        replace(ALONE, rule="GR001"),
        QUOTED,
    ],
)
def test_another_wording_another_rule_and_a_quotation_do_not(other: Finding) -> None:
    assert settled(SURE, other)[1] is other.applicability


def test_what_is_only_suggested_is_followed_by_nothing() -> None:
    suggested = replace(SURE, applicability=Applicability.SUGGESTED)
    assert settled(suggested, ALONE) == [Applicability.SUGGESTED, Applicability.EDITOR]


def test_a_single_place_must_be_as_good_as_certain() -> None:
    assert settled(SURE, ALONE, right=ENOUGH)[1] is Applicability.SAFE
    assert settled(SURE, ALONE, right=ENOUGH - 0.01)[1] is Applicability.EDITOR


def test_several_places_bear_each_other_out() -> None:
    both = [Applicability.SAFE, Applicability.SAFE]
    assert settled(SURE, ALONE, MANY, right=ENOUGH / 2)[1:] == both
    assert settled(SURE, ALONE, MANY, right=ENOUGH / 2 - 0.01)[1] is Applicability.EDITOR


def test_the_place_itself_must_be_suspect() -> None:
    assert settled(SURE, ALONE, p=SUSPECT)[1] is Applicability.SAFE
    assert settled(SURE, ALONE, p=SUSPECT - 0.01)[1] is Applicability.EDITOR


def test_a_set_phrase_of_clean_text_is_left_alone() -> None:
    text = "Hazard factors are many. The hazard of stroke grows. The hazard ratio was 2.8."
    article = read_string(text, Config())
    read = SpinModel.load(default_model_dir()).judge(article.text)

    sure = finding("Hazard factors", "Risk factors", "SP001", text=text)
    free = finding("hazard of", "risk of", text=text)
    ratio = finding("hazard ratio", "risk ratio", text=text)
    spans = tuple(JudgedSpan(f.start, f.end, 0.9, (Replacement(f.replacements[0], 0.9),))
                  for f in (free, ratio))  # fmt: skip
    judgement = replace(read, spun_probability=1.0, spans=spans, p=np.full(len(read.p), 0.9))
    context = Context(Config(), load_glossary(), (), 1.0, judgement)
    made = [f.applicability for f in restored_alike(article, [sure, free, ratio], context)]
    assert made == [Applicability.SAFE, Applicability.SAFE, Applicability.EDITOR]


def test_a_quotation_bears_nothing_out() -> None:
    assert settled(SURE, ALONE, QUOTED, right=ENOUGH / 2)[1] is Applicability.EDITOR


def test_a_listed_form_needs_the_model_as_well() -> None:
    article = read_string(TEXT, Config())
    listed = replace(ALONE, rule="SP001", applicability=Applicability.SUGGESTED)
    judgement = Judgement(1.0, (), (), 1.01, 0.8, np.zeros((0, 2), int), np.zeros(0))
    context = Context(Config(), load_glossary(), (), 1.0, judgement)
    assert restored_alike(article, [SURE, listed], context) == [SURE, listed]


def test_the_article_must_look_spun() -> None:
    assert settled(SURE, ALONE, spun=0.49)[1] is Applicability.EDITOR


def test_without_the_model_nothing_follows() -> None:
    article = read_string(TEXT, Config())
    context = Context(Config(), load_glossary(), spun_probability=1.0)
    assert restored_alike(article, [SURE, ALONE], context) == [SURE, ALONE]


@pytest.mark.parametrize(
    ("text", "old", "new", "again", "again_new"),
    [
        ("Spine canal, and the spine.", "Spine canal", "Spinal canal", "spine", "spinal"),
        ("Torment as well as ache, as well as.", "Torment as well as ache", "Pain and ache",
         "as well as", "and"),
    ],
)  # fmt: skip
def test_forms_of_one_word_and_small_words_stand_for_themselves(
    text: str, old: str, new: str, again: str, again_new: str
) -> None:
    sure = finding(old, new, "SP001", text=text)
    other = finding(again, again_new, after=text.rindex(again), text=text)
    assert settled(sure, other, text=text)[1] is Applicability.EDITOR


@pytest.fixture(scope="module")
def cautious(model_with: Callable[..., Path]) -> Config:
    """Settings with which the model puts in nothing by itself."""
    return Config(grammar="off", model=str(model_with(safe=NEVER)))


def test_an_article_ends_up_with_one_name_for_one_thing(cautious: Config) -> None:
    report = unspin.clean_text(SPUN, cautious)
    written = report.restored.text
    assert "and the pain may spread" in written
    assert "when the pain began and whether the pain got worse" in written
    told = [f.message for f in report.findings if f.rule == "SP002" and f.applied]
    assert len(told) == 3
    assert all("“Chest torment” in the same article stands for “Chest pain”." in m for m in told)


def test_without_the_listed_form_the_same_words_are_left_to_an_editor(cautious: Config) -> None:
    text = SPUN.replace("chest torment", "chest pain").replace("Chest torment", "Chest pain")
    assert "and the torment may spread" in unspin.clean_text(text, cautious).restored.text


def test_a_restoration_that_an_editor_does_not_want_is_no_witness(
    tmp_path: Path, cautious: Config
) -> None:
    page = tmp_path / "page.md"
    accepted = "\n\n<!-- unspin ignore-file SP001: the author's own -->\n\n"
    page.write_text(SPUN.replace("\n\n", accepted, 1), encoding="utf-8")
    (report,) = unspin.clean_file(page, cautious)
    assert "and the torment may spread" in report.restored.text
