from __future__ import annotations

import pytest

from unspin.glossary.inflect import (
    ING,
    PARTICIPLE,
    PAST,
    PLURAL,
    THIRD,
    indefinite,
    inflect,
    inflections,
    plural_phrase,
    title_case,
)


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("study", "studies"),
        ("disease", "diseases"),
        ("diagnosis", "diagnoses"),
        ("vertebra", "vertebrae"),
        ("back tooth", "back teeth"),
        ("cause of death", "causes of death"),
        ("stomach", "stomachs"),
        ("arthritis", "arthritis"),
        ("pregnant woman", "pregnant women"),
        ("CT scan", "CT scans"),
        ("virus", "viruses"),
        ("day", "days"),
    ],
)
def test_plural_of_the_head(one: str, many: str) -> None:
    assert plural_phrase(one) == many


@pytest.mark.parametrize(
    ("base", "third", "past", "participle", "ing"),
    [
        ("relieve", "relieves", "relieved", "relieved", "relieving"),
        ("take", "takes", "took", "taken", "taking"),
        ("undergo", "undergoes", "underwent", "undergone", "undergoing"),
        ("stop", "stops", "stopped", "stopped", "stopping"),
        ("treat", "treats", "treated", "treated", "treating"),
        ("carry", "carries", "carried", "carried", "carrying"),
        ("refer", "refers", "referred", "referred", "referring"),
        ("lie", "lies", "lay", "lain", "lying"),
        ("have", "has", "had", "had", "having"),
        ("rebuild", "rebuilds", "rebuilt", "rebuilt", "rebuilding"),
        ("develop", "develops", "developed", "developed", "developing"),
        ("see", "sees", "saw", "seen", "seeing"),
    ],
)
def test_verb_forms(base: str, third: str, past: str, participle: str, ing: str) -> None:
    found = [inflect(f"{base} it", "verb", "both", i) for i in (THIRD, PAST, PARTICIPLE, ING)]
    assert found == [f"{third} it", f"{past} it", f"{participle} it", f"{ing} it"]


def test_adjectives_do_not_inflect() -> None:
    assert list(inflections("ill", "adjective", "both")) == [("ill", "")]


def test_invariant_nouns_have_no_plural() -> None:
    assert inflect("lower back pain", "noun", "invariant", PLURAL) == "lower back pain"


@pytest.mark.parametrize(
    ("word", "article"),
    [
        ("ulcer", "an"),
        ("urine test", "a"),
        ("uterine tumor", "a"),
        ("unusual case", "an"),
        ("unit", "a"),
        ("uninsured person", "an"),
        ("hour", "an"),
        ("heart attack", "a"),
        ("MRI scan", "an"),
        ("CT scan", "a"),
        ("HIV test", "an"),
        ("X-ray", "an"),
        ("8-week course", "an"),
        ("11th visit", "an"),
        ("10-day course", "a"),
        ("European study", "a"),
        ("one-off dose", "a"),
        ("“illness”", "an"),
    ],
)
def test_indefinite_goes_by_sound(word: str, article: str) -> None:
    assert indefinite(word) == article


def test_title_case_keeps_small_words_and_hyphens() -> None:
    assert title_case("loss of appetite") == "Loss of Appetite"
    assert title_case("well-being in old age") == "Well-being in Old Age"
