from __future__ import annotations

from random import Random

import pytest

pytest.importorskip("lemminflect", reason="the extra train is not installed")

from unspin.language.spinner import (
    HAND,
    Dictionaries,
    Spinner,
    Style,
    add_glossary,
    add_thesaurus,
    draw_style,
    load_hand_pairs,
    match_case,
)

TEXT = (
    "High blood pressure is a common disease of the heart. Patients with severe pain should see "
    "a doctor. Doctors treated two women who had diseases of the kidney, such as cysts.\n"
    "Regular exercise may lower the risk of a stroke, and it helps people sleep."
)


@pytest.fixture(scope="module")
def spinner() -> Spinner:
    return Spinner(load_hand_pairs())


def undo(text: str, edits: tuple[object, ...]) -> str:
    for edit in reversed(edits):
        text = text[: edit.start] + edit.clean + text[edit.end :]  # type: ignore[attr-defined]
    return text


@pytest.mark.parametrize("seed", range(40))
def test_spinner_edits_lead_back_to_the_clean_text(spinner: Spinner, seed: int) -> None:
    rng = Random(seed)
    spun = spinner.spin(TEXT, draw_style(rng, [HAND]), rng)
    for edit in spun.edits:
        assert spun.text[edit.start : edit.end] == edit.spun
    # Only a/an may differ besides, and the space before an inserted word.
    restored = undo(spun.text, spun.edits).replace(" an ", " a ")
    assert "".join(restored.split()) == "".join(TEXT.replace(" an ", " a ").split())


def test_spinner_same_seed_gives_the_same_text(spinner: Spinner) -> None:
    texts = set()
    for _ in range(3):
        rng = Random(5)
        texts.add(spinner.spin(TEXT, draw_style(rng, [HAND]), rng).text)
    assert len(texts) == 1


def test_spinner_leaves_text_alone_at_rate_zero(spinner: Spinner) -> None:
    assert spinner.spin(TEXT, Style(rate=0.0), Random(1)).text == TEXT


def test_spinner_keeps_inflection_when_told(spinner: Spinner) -> None:
    style = Style(rate=1.0, keep_inflection=1.0)
    spun = [spinner.spin("the diseases", style, Random(s)).text for s in range(30)]
    assert {"the illnesses", "the ailments"} & set(spun)
    assert "the illness" not in spun


def test_spinner_drops_endings_when_told(spinner: Spinner) -> None:
    style = Style(rate=1.0, keep_inflection=0.0)
    spun = {spinner.spin("the diseases", style, Random(s)).text for s in range(40)}
    assert "the illness" in spun


def test_spinner_replaces_a_word_alike_in_one_article(spinner: Spinner) -> None:
    style = Style(rate=1.0, consistency=1.0)
    spun = spinner.spin("Pain here. More pain there. And pain again.", style, Random(3))
    same = {e.spun.lower() for e in spun.edits if e.clean.lower() == "pain"}
    assert len(same) == 1


def test_spinner_reads_function_words_as_acronyms(spinner: Spinner) -> None:
    style = Style(rate=0.0, tags=frozenset({"acronym"}), phrase_rate=1.0)
    spun = {spinner.spin("cuts are deep", style, Random(s)).text for s in range(30)}
    assert "cuts square measure deep" in spun


def test_hand_pairs_leave_out_excluded_pairs() -> None:
    assert "ache" in load_hand_pairs().hand["n"]["pain"]
    assert "ache" not in load_hand_pairs({("pain", "ache")}).hand["n"]["pain"]


def test_hand_pairs_are_many_and_well_formed() -> None:
    made = load_hand_pairs()
    pairs = [(o, r) for table in made.hand.values() for o, rs in table.items() for r in rs]
    assert len(pairs) >= 3000
    assert all(o and r and o != r and r == r.strip() for o, r in pairs)


def test_thesaurus_leaves_out_definitions_and_excluded_pairs() -> None:
    made = Dictionaries()
    pairs = [("pain", "ache"), ("pain", "hurt"), ("pain", "a very long definition of pain")]
    add_thesaurus(made, "book", pairs, {("pain", "hurt")})
    assert made.others["book"] == {"pain": ["ache"]}


def test_glossary_forms_give_phrases_and_word_pairs() -> None:
    made = Dictionaries()
    add_glossary(made, [("chance variable", "risk factor")])
    assert made.phrases["sense"]["risk factor"] == ["chance variable"]
    assert made.others["glossary"] == {"factor": ["variable"], "risk": ["chance"]}


def test_match_case() -> None:
    assert match_case("Pain", "ache") == "Ache"
    assert match_case("PAIN", "ache") == "ACHE"
    assert match_case("pain", "ache") == "ache"
