from __future__ import annotations

import pytest

from unspin.grammar.spelling import is_misspelling


@pytest.mark.parametrize(
    ("word", "suggestion"),
    [
        ("befor", "before"),
        ("recieve", "receive"),
        ("occured", "occurred"),
        ("moscle", "muscle"),
        ("medicaitons", "medications"),
        ("diseasess", "diseases"),
        ("stomafor", "stoma for"),
    ],
)
def test_spelling_takes_a_slip_for_a_misspelling(word: str, suggestion: str) -> None:
    assert is_misspelling(word, 0, len(word), [suggestion], [])


@pytest.mark.parametrize(
    ("word", "suggestion"),
    [
        ("organise", "organize"),
        ("traveller", "traveler"),
        ("papilloedema", "papilledema"),
        ("haemodialysed", "hemodialyzed"),
        ("adrenergics", "adrenergic"),
        ("cryosurgical", "microsurgical"),
        ("venoconstriction", "vasoconstriction"),
        ("homonuclear", "homo nuclear"),
        ("kamut", "gamut"),
        ("emmer", "Elmer"),
        ("abcd", "abed"),
    ],
)
def test_spelling_lets_rare_and_british_words_pass(word: str, suggestion: str) -> None:
    assert not is_misspelling(word, 0, len(word), [suggestion], [])


def test_spelling_knows_the_words_it_is_given() -> None:
    assert not is_misspelling("befor", 0, 5, ["before"], [frozenset(), {"befor"}])
