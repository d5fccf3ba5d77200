"""SP002: what the model proposes is offered only where it may well be right."""

from __future__ import annotations

import numpy as np
import pytest

from tests.glossary.helpers import glossary_of
from unspin.article import Article
from unspin.config import Config
from unspin.findings import Applicability, Finding
from unspin.glossary.concept import Concept, Variant
from unspin.glossary.matcher import load_glossary
from unspin.language.model import JudgedSpan, Judgement, Replacement
from unspin.reading import read_bytes
from unspin.rules.base import Context
from unspin.rules.sp002_unlikely_wording import (
    OFFERED,
    OFFERED_REMOVAL,
    SUSPECT,
    UnlikelyWording,
)

TEXT = "Sweets leave tartar on the teeth, and brushing twice a day takes most of it away again."


def found(
    *replacements: Replacement,
    word: str = "tartar",
    text: str = TEXT,
    certainty: float = 0.0,
    listed: bool = True,
    doubted: bool = False,
) -> Finding:
    """The finding about a word, to which the model proposes these."""
    (finding,) = findings(
        *replacements, word=word, text=text, certainty=certainty, listed=listed, doubted=doubted
    )
    return finding


def findings(
    *replacements: Replacement,
    word: str,
    text: str,
    certainty: float = 0.0,
    listed: bool = True,
    doubted: bool = False,
) -> list[Finding]:
    (article,) = read_bytes(text.encode(), "-", Config())
    assert isinstance(article, Article)
    start = article.text.index(word)
    span = JudgedSpan(start, start + len(word), 0.9, replacements, certainty, listed)
    judgement = Judgement(
        1.0, (), (span,), 0.9, 0.8, np.zeros((0, 2), int), np.zeros(0), doubted=doubted
    )
    glossary = load_glossary()
    context = Context(Config(), glossary, glossary.find(article.text), judgement=judgement)
    return list(UnlikelyWording().check(article, context))


def test_a_poor_guess_is_not_offered() -> None:
    finding = found(Replacement("plaque", 0.6), Replacement("eggs", OFFERED / 2))
    assert finding.replacements == ("plaque",)


def test_a_place_with_poor_guesses_alone_is_reported_without_one() -> None:
    finding = found(Replacement("eggs", OFFERED / 2))
    assert finding.replacements == ()
    assert finding.applicability is None
    assert finding.confidence == pytest.approx(0.9)


def test_to_take_a_word_away_needs_more_than_to_replace_it() -> None:
    likely, unlikely = Replacement("", OFFERED_REMOVAL), Replacement("", OFFERED_REMOVAL - 0.01)
    assert found(unlikely, Replacement("plaque", 0.2)).replacements == ("plaque",)
    assert found(unlikely).replacements == ()
    assert found(likely).replacements == ("",)


def test_the_first_word_of_a_sentence_is_not_taken_away() -> None:
    assert found(Replacement("", 0.9), Replacement("Honey", 0.2), word="Sweets").replacements == (
        "Honey",
    )


@pytest.mark.parametrize(
    ("word", "wrong", "right"),
    [
        ("ibuprofen", "aspirin", "ibuprofen pills"),
        ("each five minutes", "each month", "every five minutes"),
        ("200 mg", "200", "about 200 mg"),
    ],
)
def test_a_number_a_unit_and_a_drug_are_not_replaced(word: str, wrong: str, right: str) -> None:
    text = "Take 200 mg of ibuprofen when contractions come each five minutes, and call the ward."
    offered = found(Replacement(wrong, 0.9), Replacement(right, 0.2), word=word, text=text)
    assert offered.replacements == (right,)


def test_replacements_are_spelt_as_the_author_spells() -> None:
    spun = "Sweets leave tartar. The cerebrum tumor presses on brawn fiber."
    for own, expected in ((" The colour is grey.", "oedema"), ("", "edema")):
        finding = found(Replacement("edema", 0.6), text=spun + own)
        assert finding.replacements == (expected,)


SAFE, SUGGESTED, EDITOR = Applicability.SAFE, Applicability.SUGGESTED, Applicability.EDITOR


@pytest.mark.parametrize(
    ("certainty", "listed", "doubted", "expected"),
    [
        (0.9, True, False, SAFE),
        (0.89, True, False, SUGGESTED),
        (0.99, False, False, SUGGESTED),  # the model's word alone
        (0.99, True, True, SUGGESTED),  # the article may be an author's with a style of his own
        (0.79, True, False, EDITOR),
    ],
)
def test_what_is_put_in_unasked_is_certain_listed_and_stands_in_a_text_that_surely_is_spun(
    certainty: float, listed: bool, doubted: bool, expected: Applicability
) -> None:
    plaque = Replacement("plaque", 0.6)
    finding = found(plaque, certainty=certainty, listed=listed, doubted=doubted)
    assert finding.applicability is expected


def test_certain_is_the_first_replacement_alone() -> None:
    poor = Replacement("eggs", OFFERED / 2)
    finding = found(poor, Replacement("plaque", 0.6), certainty=1.0)
    assert finding.replacements == ("plaque",)
    assert finding.applicability is EDITOR


@pytest.mark.parametrize(
    "quoted",
    ["“{}” on the teeth", '"dental {}" on the teeth', "“Sweets leave {} on the teeth,” she said"],
)
def test_what_somebody_says_is_left_to_an_editor(quoted: str) -> None:
    text = f"The dentist wrote that {quoted.format('tartar')}, and she should know."
    finding = found(Replacement("plaque", 0.6), text=text, certainty=1.0)
    assert finding.applicability is EDITOR


@pytest.mark.parametrize(
    ("word", "told"), [("micrograms", False), ("ibuprofen", False), ("pill", True)]
)
def test_a_unit_or_a_drug_without_an_original_is_the_authors(word: str, told: bool) -> None:
    text = "Take 200 micrograms of ibuprofen as one pill in the morning, and no more that day."
    assert bool(findings(word=word, text=text)) is told
    assert findings(Replacement("tablet of ibuprofen in micrograms", 0.9), word=word, text=text)


TERMS = "Every month the ward draws lifeblood exemplar tubes from most of the folk who come."


def said(
    *replacements: str,
    word: str,
    applicability: str,
    text: str = TERMS,
    certainty: float = 0.0,
    p: float = 0.9,
    ignored: tuple[str, ...] = (),
) -> list[tuple[str, str, Applicability | None]]:
    """What is said of a wording of which the glossary knows two words."""
    glossary = glossary_of(
        *(
            Concept(good, spun=(Variant(bad),), applicability=applicability)
            for good, bad in (("blood", "lifeblood"), ("people", "folk"), ("tumor", "growth"))
        )
    )
    (article,) = read_bytes(text.encode(), "-", Config())
    assert isinstance(article, Article)
    start = article.text.index(word)
    proposed = tuple(Replacement(text, 0.5) for text in replacements)
    span = JudgedSpan(start, start + len(word), 0.9, proposed, certainty, listed=True)
    words = np.array([[0, len(article.text)]])
    judgement = Judgement(1.0, (), (span,), 0.9, 0.8, words, np.array([p]))
    config = Config(ignore=ignored)
    context = Context(config, glossary, glossary.find(article.text), 1.0, judgement)
    return [
        (article.text[f.start : f.end], " | ".join(f.replacements), f.applicability)
        for f in UnlikelyWording().check(article, context)
    ]


def test_beside_a_term_of_the_glossary_the_rest_of_a_wording_is_left() -> None:
    whole = "lifeblood exemplar tubes"
    proposed = ("blood sample tubes", "blood specimen tubes", "gore sample tubes")
    for applicability in ("safe", "suggested"):
        assert said(*proposed, word=whole, applicability=applicability) == [
            ("exemplar tubes", "sample tubes | specimen tubes", EDITOR)
        ]
    assert said("draws blood", word="draws lifeblood", applicability="safe") == []
    assert said("takes blood", word="draws lifeblood", applicability="safe") == [
        ("draws", "takes", EDITOR)
    ]


def test_a_wording_of_which_the_glossary_says_something_else_stays_whole() -> None:
    for proposed in ("gore sample", "sample of blood", "blood"):
        whole = "lifeblood exemplar"
        assert said(proposed, word=whole, applicability="safe") == [(whole, proposed, EDITOR)]
    joined = TERMS.replace("lifeblood exemplar", "lifeblood-exemplar")
    assert said("blood sample", word="lifeblood-exemplar", applicability="safe", text=joined) == [
        ("lifeblood-exemplar", "blood sample", EDITOR)
    ]
    inside = "draws lifeblood exemplar"
    assert said("takes blood sample", word=inside, applicability="safe") == [
        (inside, "takes blood sample", EDITOR)
    ]


def test_what_is_left_must_look_spun_by_itself() -> None:
    whole = "lifeblood exemplar"
    assert said("blood sample", word=whole, applicability="safe", p=SUSPECT - 0.01) == []
    ((found, _, _),) = said("blood sample", word=whole, applicability="safe", p=SUSPECT)
    assert found == "exemplar"


def test_a_wording_stays_whole_where_the_rule_for_terms_does_not_run() -> None:
    whole = "lifeblood exemplar"
    assert said("blood sample", word=whole, applicability="safe", ignored=("SP001",)) == [
        (whole, "blood sample", EDITOR)
    ]


def test_terms_at_both_ends_leave_what_is_between() -> None:
    text = "Each week the ward draws lifeblood out of most folk, and nobody minds it very much."
    found = said(
        "blood out of all people",
        word="lifeblood out of most folk",
        applicability="safe",
        text=text,
    )
    assert found == [("out of most", "out of all", EDITOR)]


def test_what_the_model_is_certain_of_is_restored_beside_a_term() -> None:
    whole = "lifeblood exemplar"
    assert said("blood sample", word=whole, applicability="safe", certainty=0.95) == [
        ("exemplar", "sample", SAFE)
    ]
    assert said("gore sample", word=whole, applicability="suggested", certainty=0.95) == [
        (whole, "gore sample", SAFE)
    ]


def test_what_the_glossary_leaves_to_an_editor_is_not_restored_by_the_model() -> None:
    for proposed, word in (("blood", "lifeblood"), ("gore sample", "lifeblood exemplar")):
        found = said(proposed, word=word, applicability="editor", certainty=0.95)
        assert found == [(word, proposed, EDITOR)]


def test_terms_and_model_may_spell_in_two_ways() -> None:
    text = "The colour of the growth exemplar tells the doctor of the ward what it may well be."
    found = said("tumor sample", word="growth exemplar", applicability="safe", text=text)
    assert found == [("exemplar", "sample", EDITOR)]
