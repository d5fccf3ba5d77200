from __future__ import annotations

from pathlib import Path

from unspin.language.terms import TermTable

TERMS = TermTable.of(["Facet joint", "breast cancer", "irritable bowel syndrome", "pain", "X-ray"])


def test_only_terms_of_two_and_three_words_are_taken() -> None:
    assert len(TERMS) == 4  # "x ray" is one


def test_terms_count_in_singular_and_plural() -> None:
    sentences = [
        ["the", "facet", "joints", "hurt"],
        ["the", "aspect", "joints", "hurt"],
        ["breast", "cancer", "and", "irritable", "bowel", "syndrome"],
        [],
    ]
    assert TERMS.count(sentences).tolist() == [1, 0, 2, 0]


def test_a_term_of_context_alone_does_not_count() -> None:
    words = ["breast", "cancer", "is", "a", "facet", "joint"]
    assert TERMS.count([words], left=2, right=2).tolist() == [0]
    assert TERMS.count([words], left=1, right=1).tolist() == [2]


def test_terms_survive_saving(tmp_path: Path) -> None:
    TERMS.save(tmp_path / "terms.npz")
    assert TermTable.load(tmp_path / "terms.npz").count([["facet", "joint"]]).tolist() == [1]


def test_each_word_of_a_term_is_covered() -> None:
    words = ["a", "facet", "joint", "of", "breast", "cancer"]
    assert TERMS.covering(words).tolist() == [0, 1, 1, 0, 1, 1]
    assert TERMS.covering([]).tolist() == []
