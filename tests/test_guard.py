from __future__ import annotations

import pytest

from unspin.guard import amounts, difference, facts, quotations


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("five tablets", "5 tablets"),
        ("twenty-five percent of adults", "25 % of adults"),
        ("type II diabetes", "type 2 diabetes"),
        ("two thousand units", "2,000 IU"),
        ("10 milligrams a day", "10 mg a day"),
        ("with no pain", "without pain"),
        ("a not unusual cause", "a common cause"),
        ("it does now not help", "it does not help"),
        ("one hundred and", "100 and"),
    ],
)
def test_same_facts(one: str, other: str) -> None:
    assert facts(one, names=False) == facts(other, names=False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("five tablets", "six tablets"),
        ("10 mg", "10 g"),
        ("take it", "do not take it"),
        ("the left arm", "the right arm"),
        ("the appropriate arm", "the right arm"),
        ("pressure rises", "pressure falls"),
        ("hypertension", "hypotension"),
        ("before meals", "after meals"),
        ("stage III cancer", "stage IV cancer"),
        ("with pain", "without pain"),
        ("lasts 1.5 hours", "lasts 15 hours"),
        ("an acute illness", "a chronic illness"),
        ("of Paget disease", "of Crohn disease"),
        ("take metoprolol daily", "take propranolol daily"),
        ("the BRCA1 gene", "the BRCA2 gene"),
    ],
)
def test_different_facts(one: str, other: str) -> None:
    assert facts(one) != facts(other)


def test_difference_reads_around_the_edit() -> None:
    text = "Do not take more than five hundred mg of it."
    start = text.index("five")
    assert difference(text, start, start + 4, "six") is not None
    assert difference(text, start, start + len("five hundred"), "500") is None


def test_difference_ignores_other_blocks() -> None:
    text = "Nine lives.\n\nA reduced ache.\n\nTen lives."
    start = text.index("ache")
    assert difference(text, start, start + 4, "pain") is None


def test_quotations_are_speech_not_terms() -> None:
    text = 'An “all over pain” is common. He said: "I could not walk at all."'
    assert [text[a:b] for a, b in quotations(text)] == ['"I could not walk at all."']


def test_a_raised_digit_is_no_number() -> None:
    assert facts("in winter.² Rest ① well.", names=False) == facts(
        "in winter. Rest well.", names=False
    )


def test_amounts_are_doses_not_times() -> None:
    assert amounts("Take 2 tablets, at most 4 g in 24 hours.") == {"2 tablet", "4 g"}
    assert amounts("Read in 5 minutes. Save 50 %.") == frozenset()


@pytest.mark.parametrize("word", ["no", "No", "not", "never", "without"])
def test_every_negation_is_a_fact(word: str) -> None:
    assert facts(f"there was {word} fever that week")["negation"] == 1


def test_a_negation_that_is_lost_is_a_difference() -> None:
    text = "There is no cure for the disease."
    assert difference(text, text.index("no "), text.index("cure"), "") == "loses negation"
