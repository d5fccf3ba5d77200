"""SP001 where the language model doubts what the glossary found."""

from __future__ import annotations

import numpy as np
import pytest

from tests.glossary.helpers import glossary_of
from unspin.article import Article
from unspin.config import Config
from unspin.findings import Applicability, Severity
from unspin.glossary.concept import Concept, Variant, When
from unspin.glossary.matcher import load_glossary
from unspin.language.model import JudgedSpan, Judgement, Replacement
from unspin.reading import read_bytes
from unspin.rules.base import Context
from unspin.rules.sp001_spun_term import SpunTerm
from unspin.rules.tn001_deprecated_term import DeprecatedTerm

# in an article that looks spun the one is safe, the other only suggested
SAFE, SUGGESTED = "upper pain in the back", "affected person"
TEXT = f"Many an {SUGGESTED} has {SAFE} after a long drive, and rest does little for it."


@pytest.mark.parametrize(
    ("probability", "found"),
    [(0.9, [SAFE]), (0.1, [])],
)
def test_a_doubted_form_is_found_where_it_is_safe_in_a_spun_article(
    probability: float, found: list[str]
) -> None:
    config, glossary = Config(), load_glossary()
    (article,) = read_bytes(TEXT.encode(), "-", config)
    assert isinstance(article, Article)
    words = np.array([[0, len(TEXT)]])
    calm = Judgement(probability, (), (), 1.01, 0.8, words, np.array([0.01]))
    sure = Judgement(probability, (), (), 1.01, 0.8, words, np.array([0.9]))
    hits = glossary.find(article.text)
    assert {SAFE, SUGGESTED} <= {h.form for h in hits}
    findings = SpunTerm().check(article, Context(config, glossary, hits, probability, calm))
    covered = [" ".join(article.text[f.start : f.end].split()) for f in findings]
    assert [c in SAFE for c in covered] == [True] * len(found)
    everything = SpunTerm().check(article, Context(config, glossary, hits, 0.9, sure))
    assert len(list(everything)) == 2


@pytest.mark.parametrize(
    ("probability", "said", "applicability", "severity"),
    [
        (0.9, 0.9, "safe", Severity.ERROR),
        (0.9, 0.01, "safe", Severity.ERROR),  # the text as a whole says enough
        (0.4, 0.2, "suggested", Severity.WARNING),
        (0.1, 0.4, "suggested", Severity.WARNING),
        (0.1, 0.2, None, None),  # the model takes article and words for clean
    ],
)
def test_a_likely_form_is_applied_in_a_text_that_looks_spun_and_suggested_in_others(
    probability: float, said: float, applicability: str | None, severity: Severity | None
) -> None:
    text = "Cold weather brings the heart assault that many older men fear."
    glossary = glossary_of(
        Concept("heart attack", spun=(Variant("heart assault"),), applicability="likely")
    )
    (article,) = read_bytes(text.encode(), "-", Config())
    assert isinstance(article, Article)
    words = np.array([[0, len(text)]])
    judgement = Judgement(probability, (), (), 1.01, 0.8, words, np.array([said]))
    hits = glossary.find(article.text)
    context = Context(Config(), glossary, hits, probability, judgement)
    found = [(f.applicability, f.severity) for f in SpunTerm().check(article, context)]
    assert found == ([(applicability, severity)] if applicability else [])


def test_a_likely_form_is_no_evidence_for_another_one() -> None:
    glossary = glossary_of(
        *(
            Concept(good, spun=(Variant(bad),), applicability="likely")
            for good, bad in (("a b", "x y"), ("c d", "z y"), ("e f", "w y"))
        )
    )
    (article,) = read_bytes(b"One x y, two z y and three w y are seen here.", "-", Config())
    assert isinstance(article, Article)
    hits = glossary.find(article.text)
    findings = SpunTerm().check(article, Context(Config(), glossary, hits, 0.1))
    assert [f.applicability for f in findings] == ["suggested"] * 3


@pytest.mark.parametrize(("probability", "applicability"), [(0.9, "safe"), (0.1, "suggested")])
def test_an_outdated_name_may_be_likely(probability: float, applicability: str) -> None:
    old = Variant("old name", applicability="likely")
    glossary = glossary_of(Concept("new name", deprecated=(old,)))
    (article,) = read_bytes(b"Many people still say old name here.", "-", Config())
    assert isinstance(article, Article)
    hits = glossary.find(article.text)
    context = Context(Config(), glossary, hits, probability)
    found = [f.applicability for f in DeprecatedTerm().check(article, context)]
    assert found == [applicability]


@pytest.mark.parametrize(
    ("other", "applicability"),
    [
        (Variant("w y"), "safe"),
        (Variant("w y", "likely"), "suggested"),
        (Variant("w y", when=When(before=("of",))), "suggested"),
    ],
)
def test_a_lone_safe_form_is_applied_beside_evidence_alone(
    other: Variant, applicability: str
) -> None:
    glossary = glossary_of(Concept("a b", spun=(Variant("x y"),)), Concept("c d", spun=(other,)))
    text = f"One x y and three w y are seen here. {'All of the rest is right. ' * 40}"
    (article,) = read_bytes(text.encode(), "-", Config())
    assert isinstance(article, Article)
    hits = glossary.find(article.text)
    assert [h.form for h in hits] == ["x y", "w y"]
    found = list(SpunTerm().check(article, Context(Config(), glossary, hits, 0.4)))
    assert found[0].applicability == applicability


def borne_out(
    *replacements: Replacement,
    text: str = "Stones may block the bile channel, and then the skin turns yellow.",
    wording: str = "bile channel",
    certainty: float = 1.0,
    probability: float = 1.0,
    doubted: bool = False,
    applicability: str = "suggested",
) -> Applicability | None:
    """What may be done with a form of which the model says this of a wording."""
    concepts = (("bile duct", "bile channel"), ("brain tumor", "brain growth"))
    glossary = glossary_of(
        *(
            Concept(good, spun=(Variant(bad),), applicability=applicability)
            for good, bad in concepts
        )
    )
    (article,) = read_bytes(text.encode(), "-", Config())
    assert isinstance(article, Article)
    start = article.text.index(wording)
    span = JudgedSpan(start, start + len(wording), 0.9, replacements, certainty)
    words, p = np.array([[0, len(text)]]), np.array([0.9])
    judgement = Judgement(probability, (), (span,), 1.01, 0.8, words, p, doubted=doubted)
    hits = glossary.find(article.text)
    context = Context(Config(), glossary, hits, probability, judgement)
    (finding,) = SpunTerm().check(article, context)
    return finding.applicability


DUCT = Replacement("bile duct", 0.8)


def test_what_may_be_right_is_restored_where_the_model_writes_the_same() -> None:
    assert borne_out(DUCT) == "safe"
    assert borne_out(Replacement("duct", 0.8), wording="channel") == "safe"
    assert borne_out(Replacement("the bile duct", 0.8), wording="the bile channel") == "safe"
    assert borne_out(Replacement("clog the bile duct", 0.8), wording="block the bile channel") == (
        "safe"
    )
    assert borne_out(Replacement("bile tube", 0.8)) == "suggested"
    assert borne_out(Replacement("bile ducts", 0.8), DUCT) == "suggested"
    assert borne_out() == "suggested"


def test_two_witnesses_do_not_settle_what_is_for_an_editor() -> None:
    assert borne_out(DUCT, applicability="editor") == "editor"


@pytest.mark.parametrize(("certainty", "expected"), [(0.8, "safe"), (0.79, "suggested")])
def test_the_model_must_be_sure_of_it(certainty: float, expected: str) -> None:
    assert borne_out(DUCT, certainty=certainty) == expected


def test_the_article_must_surely_be_spun() -> None:
    assert borne_out(DUCT, doubted=True) == "suggested"
    assert borne_out(DUCT, probability=0.4) == "suggested"


def test_two_witnesses_do_not_touch_what_is_quoted() -> None:
    text = "The doctor wrote: “Stones may block the bile channel, and the skin turns yellow.”"
    assert borne_out(DUCT, text=text) == "editor"
    assert borne_out(DUCT, text="He wrote “bile channel” where he meant a duct.") == "suggested"


def test_two_witnesses_may_spell_in_two_ways() -> None:
    text = "A brain growth presses on the nerve, and the colour of the world fades for a while."
    tumor = Replacement("brain tumor", 0.8)  # the model mostly read American text
    assert borne_out(tumor, text=text, wording="brain growth") == "safe"
