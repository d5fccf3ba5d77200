from __future__ import annotations

from pathlib import Path

import pytest
import spacy

from tests.glossary.helpers import house_file
from unspin import spacy_component  # noqa: F401  registers the factory, as the entry point does


def spans(text: str, **config: object) -> list[tuple[str, str, str]]:
    nlp = spacy.blank("en")
    nlp.add_pipe("unspin_terms", config=config)
    doc = nlp(text)
    return [(s.text, s.label_, s._.unspin_replacement) for s in doc.spans["unspin"]]


def test_component_fills_spans() -> None:
    assert spans("A heart assault is an emergency.") == [("heart assault", "SP001", "heart attack")]


def test_component_keeps_what_is_glued_to_a_term() -> None:
    assert spans("An emergency (heart assault)/call for help") == [
        ("heart assault)/call", "SP001", "heart attack)/call")
    ]


def test_component_takes_house_glossaries_and_switches_off(tmp_path: Path) -> None:
    path = str(house_file(tmp_path))
    assert spans("a bosom malady", glossaries=[path]) == [
        ("bosom malady", "SP001", "heart disease")
    ]
    assert spans("a bosom malady", glossaries=[path], off=["heart disease"]) == []


def test_component_judges_documents_by_themselves_or_as_told() -> None:
    with_house = "The clinic treats corpulence with diet."
    assert all(label != "SP001" for _, label, _ in spans(with_house))


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_component_takes_empty_documents(text: str) -> None:
    assert spans(text) == []


def test_component_survives_saving(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("unspin_terms")
    nlp.to_disk(tmp_path / "pipe")
    doc = spacy.load(tmp_path / "pipe")("A heart assault.")
    assert [s.label_ for s in doc.spans["unspin"]] == ["SP001"]
