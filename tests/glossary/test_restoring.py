from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.glossary.helpers import house
from unspin.glossary import load_glossary
from unspin.glossary.commands import concepts_in_force
from unspin.glossary.concept import EDITOR
from unspin.glossary.restoring import looks_spun, restore, standing, strong_concepts


def test_suggested_forms_need_an_article_that_looks_spun() -> None:
    glossary = house()
    alone = "The clinic treats corpulence with diet."
    among = f"{alone} A bosom malady is not rare. She has decrease back ache."
    assert restore(glossary, alone) == alone
    assert "treats obesity" in restore(glossary, among)
    assert restore(glossary, alone, spun=True) == "The clinic treats obesity with diet."


def test_a_concept_is_no_evidence_for_itself() -> None:
    glossary = house()
    hits = glossary.find("Corpulence and a bosom malady, a bosom ailment.")
    assert not looks_spun(strong_concepts(hits), hits[0])


def test_variants_of_a_concept_become_one_term() -> None:
    text = "A bosom malady and a heart ailment are each a heart malady."
    assert restore(house(), text).count("heart disease") == 3


#: Sentences of the shipped glossary, and what may stand beside them.
SENTENCES = [e.bad for _, c in concepts_in_force() for e in c.examples][::7]
SCRAPS = ["\n\n", "\u00a0", "“", "\u2019s", "A", "HEART", "an", "\ufffc", "😀", "İ"]


@given(st.lists(st.sampled_from(SENTENCES) | st.sampled_from(SCRAPS), max_size=6))
@settings(max_examples=150, deadline=None)
def test_restoring_twice_changes_nothing_more(parts: list[str]) -> None:
    glossary = load_glossary()
    once = restore(glossary, " ".join(parts), spun=True)
    assert restore(glossary, once, spun=True) == once


@given(st.text(max_size=200))
def test_any_text_can_be_searched(text: str) -> None:
    glossary = load_glossary()
    for hit in standing(glossary, text, spun=True):
        assert 0 <= hit.start < hit.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "An energizer drug raises the pulse.",  # a stimulant, or an antidepressant
        "The nurse gave an internal secretion shot.",  # of insulin, or of any hormone
        "A leaflet on treatment and anticipation.",  # prevention, or prognosis
        "Do now not depart the child by herself.",  # leave, not go away
    ],
)
def test_what_may_stand_for_two_things_is_for_an_editor(text: str) -> None:
    fixes = {hit.fix(spun=True) for hit in standing(load_glossary(), text, spun=True)}
    assert fixes <= {EDITOR}
