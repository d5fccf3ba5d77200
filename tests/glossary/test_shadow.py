from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from unspin.glossary.shadow import Shadow, fold


def test_shadow_folds_case_space_quotes_and_hyphens() -> None:
    source = "The PATIENT\u2019s  life\u2011style\n choice\u00a0\u201cnow\u201d"
    assert Shadow.of(source).text == 'the patient\'s life-style choice "now"'


def test_shadow_keeps_a_blank_line_apart() -> None:
    assert Shadow.of("heart\n\nassault").text == "heart\nassault"


def test_shadow_drops_what_is_not_seen() -> None:
    assert Shadow.of("dia\u00adbetes\u200b mellitus").text == "diabetes mellitus"


@given(st.text())
def test_fold_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(alphabet=st.sampled_from("aB \n\t\u00a0\u00ad\u2019İ-")))
def test_shadow_spans_lead_back_to_the_same_letters(text: str) -> None:
    shadow = Shadow.of(text)
    for i, letter in enumerate(shadow.text):
        start, end = shadow.span(i, i + 1)
        if letter not in " \n":
            assert end == start + 1
            assert fold(text[start]) == letter


@given(st.text(alphabet=st.sampled_from("ab \n\u00ad")))
def test_shadow_offsets_never_go_back(text: str) -> None:
    shadow = Shadow.of(text)
    offsets = [shadow.offset(i) for i in range(len(shadow.text))]
    assert offsets == sorted(set(offsets))
