from __future__ import annotations

import numpy as np
import pytest

from unspin.language.model import Combiner, default_model_dir, trimmed
from unspin.language.ngrams import NgramTable
from unspin.language.restoring import (
    MAX_SPAN_WORDS,
    RANKER_FEATURES,
    REREAD_FEATURES,
    Candidate,
    PhraseScorer,
    Restorer,
    Variants,
    WordSpan,
    best_first,
    with_neighbours,
    with_support,
)
from unspin.language.runtime import Encoder
from unspin.language.terms import TermTable

TEXT = (
    "Smoking and high blood stress are the main chance components of coronary heart ailment, and "
    "the frightened device of the affected person might be harmed."
)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    folder = default_model_dir()
    return Encoder(folder, NgramTable.load(folder / "ngrams.npz"))


@pytest.fixture(scope="module")
def restorer(encoder: Encoder) -> Restorer:
    folder = default_model_dir()
    trees = Combiner.load(folder / "combiner.npz")
    return Restorer(
        encoder,
        PhraseScorer(NgramTable.load(folder / "ngrams.npz"), TermTable.load(folder / "terms.npz")),
        Variants.load(folder / "variants.tsv.gz"),
        trees.ranker,
        trees.judge,
    )


def test_listed_wording_has_its_original_among_the_first(
    encoder: Encoder, restorer: Restorer
) -> None:
    reading = encoder.read(TEXT)
    start = reading.words.index("frightened")
    (found,) = restorer.rank(reading, [WordSpan(start, start + 2)], {})
    assert ("nervous", "system") in [c.words for c in found[:3]]
    scores = [c.score for c in found]
    assert scores == sorted(scores, reverse=True)


def test_options_known_before_change_nothing(encoder: Encoder, restorer: Restorer) -> None:
    reading = encoder.read(TEXT)
    start = reading.words.index("frightened")
    known = restorer.options(reading, [start])
    (one,) = restorer.rank(reading, [WordSpan(start, start + 2)], {})
    (other,) = restorer.rank(reading, [WordSpan(start, start + 2)], known)
    assert [c.words for c in one] == [c.words for c in other]


def test_the_end_of_a_very_long_span_stays(encoder: Encoder, restorer: Restorer) -> None:
    reading = encoder.read(TEXT)
    end = MAX_SPAN_WORDS + 2
    (found,) = restorer.candidates(reading, [WordSpan(0, end)], {})
    assert found
    assert all(c.words[-2:] == reading.words[end - 2 : end] for c in found)


def test_candidates_are_read_again_in_their_place(encoder: Encoder, restorer: Restorer) -> None:
    reading = encoder.read(TEXT)
    start = reading.words.index("frightened")
    wanted = [Candidate(w, np.zeros(len(RANKER_FEATURES), dtype=np.float32)) for w in
              (("nervous", "system"), ("frightened", "gadget"))]  # fmt: skip
    (rows,) = restorer.reread(reading, [WordSpan(start, start + 2)], [wanted])
    assert rows.shape == (2, len(REREAD_FEATURES))
    look = rows[:, REREAD_FEATURES.index("inside_mean")]
    assert look[0] < look[1]  # the right words look less replaced


def test_best_first_keeps_the_order_of_equals() -> None:
    candidates = [Candidate((w,), np.zeros(1)) for w in "abc"]
    found = best_first(candidates, np.array([1.0, 2.0, 1.0]))
    assert [c.words for c in found] == [("b",), ("a",), ("c",)]


def _candidate(words: str, score: float) -> Candidate:
    return Candidate(tuple(words.split()), np.zeros(1, dtype=np.float32), score)


def test_other_places_with_the_same_words_bear_out_a_candidate(encoder: Encoder) -> None:
    reading = encoder.read("The decreased again hurts. Pain in the decreased again is common.")
    starts = [i for i, word in enumerate(reading.words) if word == "decreased"]
    spans = [WordSpan(start, start + 2) for start in starts]
    unsure = [_candidate("reduced back", 0.1), _candidate("lower back", 0.0)]
    sure = [_candidate("lower back", 3.0), _candidate("low back", -3.0)]
    first, second = with_support(reading, spans, [unsure, sure])
    assert [c.words for c in first] == [("lower", "back"), ("reduced", "back")]
    assert first[0].support > 0.9
    assert first[0].others == 1
    assert 0.4 < second[0].support < 0.6  # half of what the other place says


def test_a_wording_that_stands_once_has_no_support(encoder: Encoder) -> None:
    reading = encoder.read("The decreased again hurts.")
    (found,) = with_support(reading, [WordSpan(1, 3)], [[_candidate("lower back", 1.0)]])
    assert found[0].support == -1
    assert found[0].score == 1.0


def test_head_scores_agree_with_its_proposals(encoder: Encoder) -> None:
    reading = encoder.read(TEXT)
    place = reading.words.index("stress")
    made = encoder.proposals(reading.vectors[[place]], 3)
    pieces = [encoder.piece(int(i)) for i in made.ids[0]]
    kept = [i for i, piece in enumerate(pieces) if piece]  # "" says that nothing stood there
    rows = np.repeat(reading.vectors[[place]], len(kept), axis=0)
    norms = np.repeat(made.norms, len(kept))
    logs = encoder.log_probabilities(rows, norms, [pieces[i] for i in kept])
    assert np.allclose(logs, made.logs[0][kept], atol=1e-3)


def test_neighbours_are_close_in_meaning(encoder: Encoder) -> None:
    found = encoder.neighbours(["doctor", "nosuchwordatall"], 10)
    assert "physician" in found["doctor"]
    assert "doctor" not in found["doctor"]
    assert found["nosuchwordatall"] == []


def test_short_texts_read_alike_alone_and_together(encoder: Encoder) -> None:
    texts = ["The nurse took my blood pressure.", "A chance component of heart ailment.", "", "Rest.",
             "The nurse took blood.", "The pain of the frightened device went."]  # fmt: skip
    for text, together in zip(texts, encoder.read_short(texts), strict=True):
        alone = encoder.read(text)
        assert together.words == alone.words
        assert len(together.logits) == len(together.words)
        # int8 takes its scale from all that is read together: texts of one length
        assert np.allclose(together.logits, alone.logits, atol=0.5)


def test_neighbours_are_added_once_and_never_across_a_stop(encoder: Encoder) -> None:
    reading = encoder.read("Pain, chance component of heart ailment.")
    chance, of, ailment = (reading.words.index(w) for w in ("chance", "of", "ailment"))
    found = with_neighbours(reading, [WordSpan(chance, chance + 1), WordSpan(of + 1, ailment)])
    assert found == [
        WordSpan(chance, chance + 2, left=0, right=1),
        WordSpan(of, ailment + 1, left=1, right=1),
    ]


def test_what_is_reported_of_a_listed_wording_becomes_one_span(
    encoder: Encoder, restorer: Restorer
) -> None:
    reading = encoder.read("It causes signs and symptoms, while coronary heart ailment may follow.")
    signs, heart, follow = (reading.words.index(w) for w in ("signs", "heart", "follow"))
    reported = [
        (signs, signs + 1),
        (signs + 2, signs + 3),
        (heart, heart + 1),
        (follow, follow + 1),
    ]
    first, second, third = restorer.spans(reading, reported)
    assert first == WordSpan(signs - 1, signs + 3, left=1, right=0)  # signs and symptoms
    # "coronary heart ailment" is listed, and the words on either side of it
    assert second == WordSpan(heart - 2, heart + 3, left=2, right=2)
    assert third == WordSpan(follow, follow + 1)  # "may" has gone to the span before


def test_hidden_wordings_widen_no_span(encoder: Encoder, restorer: Restorer) -> None:
    reading = encoder.read("It causes signs and symptoms.")
    signs = reading.words.index("signs")
    (span,) = restorer.without_listed(["signs and symptoms"]).spans(reading, [(signs, signs + 1)])
    assert span == WordSpan(signs - 1, signs + 2, left=1, right=1)


def test_several_unchanged_words_are_left_out_again() -> None:
    words = ["of", "coronary", "heart", "ailment", "may"]
    span = WordSpan(0, 5, left=2, right=2)
    best = Candidate(("of", "heart", "disease", "may"), np.zeros(1))
    start, end, fitting = trimmed(words, span, [best])
    assert (start, end) == (1, 4)
    assert [c.words for c in fitting] == [("heart", "disease")]


def test_unchanged_neighbours_are_left_out_again() -> None:
    words = ["the", "main", "chance", "components", "of", "heart"]
    span = WordSpan(1, 4, left=1, right=1)
    best = Candidate(("main", "risk", "factors"), np.zeros(1))
    other = Candidate(("big", "risk", "factors"), np.zeros(1))
    start, end, fitting = trimmed(words, span, [best, other])
    assert (start, end) == (2, 4)
    assert [c.words for c in fitting] == [("risk", "factors")]
