from __future__ import annotations

import pytest

from unspin.glossary.concept import Concept
from unspin.glossary.expand import TemplateError, forms_of, options


@pytest.mark.parametrize(
    ("template", "phrases"),
    [
        ("a b", ["a b"]),
        ("{a|b} {c|d}", ["a c", "a d", "b c", "b d"]),
        ("{very |}ill", ["very ill", "ill"]),
        ("{very|} ill", ["very ill", "ill"]),
        ("{@disease} of it", ["ailment of it", "malady of it"]),
        ("{a {b|c}|d}", ["a b", "d", "a c"]),
    ],
)
def test_options(template: str, phrases: list[str]) -> None:
    assert list(options(template, {"disease": ["ailment", "malady"]})) == phrases


@pytest.mark.parametrize("template", ["{a", "a}", "a|b", "{a|b}}", "{@none}", "{a|b}|c"])
def test_options_of_a_wrong_template(template: str) -> None:
    with pytest.raises(TemplateError):
        list(options(template, {}))


def test_options_are_limited() -> None:
    with pytest.raises(TemplateError, match="more than"):
        list(options("{a|b|c|d|e|f|g|h|i|j} " * 5, {}))


def test_plural_forms_of_a_noun_stay_plural() -> None:
    concept = Concept("stem cell")
    assert dict(forms_of("blank cell", concept)) == {"blank cell": "", "blank cells": "pl"}
    assert dict(forms_of("blank cells", concept)) == {"blank cells": "pl"}


def test_irregular_plural_forms_stay_plural() -> None:
    assert dict(forms_of("aged men", Concept("older man"))) == {"aged men": "pl"}
    assert dict(forms_of("base feet", Concept("flat foot"))) == {"base feet": "pl"}
    assert dict(forms_of("well being data", Concept("health fact"))) == {"well being data": "pl"}


def test_words_written_for_the_other_number() -> None:
    assert dict(forms_of("liver most cancers", Concept("liver cancer"))) == {
        "liver most cancers": ""
    }
    assert dict(forms_of("mellow symptomatology", Concept("mild symptom"))) == {
        "mellow symptomatology": "pl"
    }


def test_forms_come_in_both_spellings() -> None:
    assert {f for f, _ in forms_of("bad tumor", Concept("cancer"))} >= {"bad tumor", "bad tumours"}
