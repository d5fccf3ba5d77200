from __future__ import annotations

import pytest

from unspin.glossary.concept import When
from unspin.glossary.conditions import ends_in_verb, holds, reads_as_verb
from unspin.glossary.shadow import Shadow


def asks(when: When, text: str, form: str, *, spun: bool = False) -> bool:
    shadow = Shadow.of(text)
    start = shadow.text.index(form)
    return holds(when, shadow, start, start + len(form), spun=spun)


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Exercise reduced back pain in most people.", True),
        ("Exercises for reduced back pain are easy.", False),
        ("It reduced back pain within a week.", True),
        ("Reduced back pain is common.", False),
        ("Chronic reduced back pain is common.", False),
        ("Walking significantly reduced back pain.", True),
        ("The drug has reduced back pain.", True),
        ("What to do to reduced back pain", False),
        ("People who suffer reduced back pain should rest.", False),
        ("Pills that treat reduced back pain are many.", False),
        ("The treatment reduced back pain.", True),
        ("Neck pain and reduced back pain are common.", False),
        ("At home, reduced back pain is common.", False),
        ("He asked, “reduced back pain?”", False),
        ("The patients' reduced back pain is gone.", False),
        ("Yoga, in one study, reduced back pain by half.", True),
        ("Yoga – done daily – reduced back pain by half.", True),
        ("Yoga - done daily - reduced back pain by half.", True),
        ("So-called “hot yoga” reduced back pain by half.", True),
    ],
)
def test_reads_as_verb(text: str, verb: bool) -> None:
    shadow = Shadow.of(text).text
    assert reads_as_verb(shadow, shadow.index("reduced back pain")) is verb


@pytest.mark.parametrize(
    ("text", "form", "verb"),
    [
        ("My ear bothers me at night.", "ear bothers", True),
        ("The joint bothers the man at night.", "joint bothers", True),
        ("Frequent ear bothers in toddlers pass.", "ear bothers", False),
        ("Frequent ear bothers, the nurse said, pass.", "ear bothers", False),
        ("The side of the lung facing the diaphragm is hollow.", "lung facing", True),
        ("The lung facing is inflamed.", "lung facing", False),
        ("The brain passing through the hole was trapped.", "brain passing", True),
        ("Of the chance variables the doctor named three.", "chance variables", False),
        ("Tests lower the peril of passing the virus on.", "peril of passing", False),
    ],
)
def test_ends_in_verb(text: str, form: str, verb: bool) -> None:
    shadow = Shadow.of(text).text
    assert ends_in_verb(form, shadow, shadow.index(form) + len(form)) is verb


def test_before_looks_three_words_back_in_the_same_sentence() -> None:
    when = When(before=("treatment of",))
    assert asks(when, "The treatment of its early location", "early location")
    assert not asks(when, "Treatment of a very bad early location", "early location")
    assert not asks(when, "The treatment of. Early location", "early location")


@pytest.mark.parametrize("mark", [",", " (it seems)", " —", " –", " -"])
def test_what_allows_a_form_stands_in_its_clause(mark: str) -> None:
    assert not asks(When(before=("of",)), f"Because of flu{mark} joints ache.", "joints ache")
    assert not asks(When(after=("of",)), f"When joints ache{mark} because of flu", "joints ache")
    assert asks(When(before=("of",)), f"At home{mark} signs of joints ache", "joints ache")


def test_what_forbids_a_form_counts_in_the_whole_sentence() -> None:
    text = "He felt better, reduced back pain, too, after a week"
    assert not asks(When(not_before=("better",)), text, "reduced back pain")
    assert not asks(When(not_after=("after",)), text, "reduced back pain")


def test_not_after_and_after() -> None:
    assert not asks(When(not_after=("in",)), "associate degree in nursing", "associate degree")
    assert asks(When(after=("spleen",)), "associate degree enlarged spleen", "associate degree")


def test_near_stays_in_the_paragraph() -> None:
    text = "The heart.\n\nIts organ fails."
    assert not asks(When(near=("heart",)), text, "organ fails")
    assert asks(When(not_near=("heart",)), text, "organ fails")
    assert asks(When(near=("heart",)), "The heart is an organ fails", "organ fails")


def test_spun_article_needs_evidence() -> None:
    assert not asks(When(spun_article=True), "some distress here", "distress")
    assert asks(When(spun_article=True), "some distress here", "distress", spun=True)


def test_article_conditions() -> None:
    text = "A yield layer.\n\nThe optimization of a neural network."
    assert asks(When(article_has=(("neural",), ("foo", "network"))), text, "yield layer")
    assert asks(When(article_has=(("optimiz*",),)), text, "yield layer")
    assert not asks(When(article_has=(("neuron",),)), text, "yield layer")
    assert not asks(When(article_not=("neural network",)), text, "yield layer")
    assert asks(When(article_has=(("network optimization~5",),)), text, "yield layer")
    assert not asks(When(article_has=(("network optimization~1",),)), text, "yield layer")


def test_abbreviations_do_not_end_a_sentence() -> None:
    assert asks(When(before=("dr",)), "See Dr. Smith early location", "early location")
