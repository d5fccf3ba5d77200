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
    is_plural_phrase,
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
        ("cockroach", "cockroaches"),
        ("left atrium", "left atria"),
        ("midwife", "midwives"),
        ("damage to the spinal cord", "damage to the spinal cord"),
        ("diet rich in fruits and vegetables", "diets rich in fruits and vegetables"),
        ("heart attack or stroke", "heart attacks or strokes"),
        ("cane or walker", "canes or walkers"),
        ("hip or knee replacement", "hip or knee replacements"),
        ("type regarding cancer", "types regarding cancer"),
        ("part associated with the brain", "parts associated with the brain"),
        ("artery inside the brain", "arteries inside the brain"),
        ("bladder and inside control", "bladder and inside controls"),
    ],
)
def test_plural_of_the_head(one: str, many: str) -> None:
    assert plural_phrase(one) == many


def test_plurals_are_known_by_their_head() -> None:
    assert is_plural_phrase("impacted insight teeth")
    assert is_plural_phrase("older women")
    assert not is_plural_phrase("lung most cancers")  # is "lung cancer"
    assert not is_plural_phrase("school 12 months")
    assert not is_plural_phrase("prescribed measurements")
    assert not is_plural_phrase("weak spot within the legs")
    assert not is_plural_phrase("powerlessness inside the legs")


@pytest.mark.parametrize(
    ("base", "third", "past", "ing"),
    [
        ("eat and drink", "eats and drinks", "ate and drank", "eating and drinking"),
        ("eat or drink anything", "eats or drinks anything", "ate or drank anything",
         "eating or drinking anything"),
        ("warm up and cool down", "warms up and cools down", "warmed up and cooled down",
         "warming up and cooling down"),
        ("eat well and exercise", "eats well and exercises", "ate well and exercised",
         "eating well and exercising"),
        ("reduce stress and anxiety", "reduces stress and anxiety", "reduced stress and anxiety",
         "reducing stress and anxiety"),
    ],
)  # fmt: skip
def test_of_two_verbs_both_are_inflected(base: str, third: str, past: str, ing: str) -> None:
    assert [inflect(base, "verb", "both", i) for i in (THIRD, PAST, ING)] == [third, past, ing]
    assert {form for form, _ in inflections(base, "verb", "both")} >= {base, third, past, ing}


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
        ("breastfeed", "breastfeeds", "breastfed", "breastfed", "breastfeeding"),
        ("wet", "wets", "wet", "wet", "wetting"),
        ("light", "lights", "lit", "lit", "lighting"),
        ("embed", "embeds", "embedded", "embedded", "embedding"),
        ("overrun", "overruns", "overran", "overrun", "overrunning"),
        ("also help", "also helps", "also helped", "also helped", "also helping"),
        ("really feel", "really feels", "really felt", "really felt", "really feeling"),
        ("apply", "applies", "applied", "applied", "applying"),
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
        ("unidentified virus", "an"),
        ("usable dose", "a"),
        ("mRNA vaccine", "an"),
        ("eGFR test", "an"),
        ("pH value", "a"),
        ("HbA1c test", "an"),
        ("HER2-positive tumor", "a"),
    ],
)
def test_indefinite_goes_by_sound(word: str, article: str) -> None:
    assert indefinite(word) == article


def test_title_case_keeps_small_words_and_hyphens() -> None:
    assert title_case("loss of appetite") == "Loss of Appetite"
    assert title_case("well-being in old age") == "Well-being in Old Age"
