from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.articles import article, articles_with_fixes, source
from tests.work import steps
from unspin.article import Article, Block, BlockKind, Mark, MarkKind, Piece, assemble
from unspin.config import Config
from unspin.edits import apply_edits, invert_edits
from unspin.findings import Applicability, Finding
from unspin.fixing import _edited, _last_copies, _prose_edits, fix
from unspin.reading import read_bytes
from unspin.rules.sd012_encoding_repair import EncodingRepair
from unspin.text import read_string
from unspin.textmap import Segment


def finding(text: str, what: str, replacement: str, **fields: object) -> Finding:
    start = text.index(what)
    values: dict[str, object] = {
        "rule": "SP001",
        "message": "A fault.",
        "replacements": (replacement,),
        "applicability": Applicability.SAFE,
    }
    return Finding(start=start, end=start + len(what), **(values | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "what", "new", "expected"),
    [
        ("It is an agony of hours.", "agony", "pain", "It is a pain of hours."),
        ("A uneasy stomach.", "uneasy stomach", "upset stomach", "An upset stomach."),
        ("Hepatitis A infections.", "infections", "outbreaks", "Hepatitis A outbreaks."),
        ("The agony of hours.", "agony", "pain", "The pain of hours."),
    ],
)
@pytest.mark.parametrize("rule", ["SP001", "SP002", "SP003"])
def test_a_or_an_follows_the_word_that_is_put_in(
    text: str, what: str, new: str, expected: str, rule: str
) -> None:
    fixed = fix(read_string(text, Config()), [finding(text, what, new, rule=rule)])
    assert apply_edits(text, fixed.edits) == expected
    assert fixed.article.text == expected
    assert apply_edits(expected, invert_edits(fixed.edits)) == text


def test_an_article_that_another_fix_holds_is_its() -> None:
    text = "They had an agony then."
    read = read_string(text, Config())
    both = [finding(text, "had an", "felt an"), finding(text, "agony", "pain")]
    assert apply_edits(text, fix(read, both).edits) == "They felt an pain then."


@settings(max_examples=500, deadline=None)
@given(articles_with_fixes())
def test_edits_lead_to_the_restored_text_and_back(given_: tuple[Article, list[Finding]]) -> None:
    found, findings = given_
    fixed = fix(found, findings)
    restored = apply_edits(found.source.text, fixed.edits)
    assert apply_edits(restored, invert_edits(fixed.edits)) == found.source.text
    ends = [(e.start, e.end) for e in fixed.edits]
    assert ends == sorted(ends)
    assert all(a[1] <= b[0] for a, b in zip(ends, ends[1:], strict=False))


@settings(max_examples=300, deadline=None)
@given(articles_with_fixes())
def test_only_safe_fixes_are_applied_and_never_two_on_one_place(
    given_: tuple[Article, list[Finding]],
) -> None:
    found, findings = given_
    applied = [f for f in fix(found, findings).findings if f.applied]
    assert all(f.applicability is Applicability.SAFE for f in applied)
    for i, one in enumerate(applied):
        assert not any(one.overlaps(other) for other in applied[i + 1 :])


@settings(max_examples=300, deadline=None)
@given(articles_with_fixes())
def test_restored_prose_is_what_its_map_says(given_: tuple[Article, list[Finding]]) -> None:
    found, findings = given_
    fixed = fix(found, findings)
    restored = fixed.article
    for segment in restored.map.segments:
        if segment.linear:
            prose = restored.text[segment.start : segment.end]
            original = found.source.text[segment.source_start : segment.source_end]
            inside_edit = any(
                e.start < segment.source_end and segment.source_start < e.end for e in fixed.edits
            )
            assert prose == original or inside_edit


def test_the_longest_fix_wins() -> None:
    text = "He has reduced back pain today."
    short = finding(text, "back", "rear")
    long = finding(text, "reduced back pain", "lower back pain", confidence=0.5, states_change=True)
    assert fix(article(text), [short, long]).article.text == "He has lower back pain today."


def test_a_changed_number_goes_to_an_editor() -> None:
    text = "Take two tablets daily."
    fixed = fix(article(text), [finding(text, "two", "three")])
    assert fixed.article.text == text
    by_rule = {f.rule: f for f in fixed.findings}
    assert by_rule["SP001"].applicability is Applicability.EDITOR
    assert "number:2" in by_rule["MF001"].message


def test_a_quotation_stays_as_it_was_said() -> None:
    text = "She said: “I have had this reduced back pain for years.” It hurts."
    fixed = fix(
        article(text), [finding(text, "reduced back pain", "lower back pain", states_change=True)]
    )
    assert fixed.article.text == text


def test_a_stated_change_is_applied() -> None:
    text = "Keep the appropriate arm still."
    fixed = fix(article(text), [finding(text, "appropriate arm", "right arm", states_change=True)])
    assert fixed.article.text == "Keep the right arm still."


def test_a_block_that_is_removed_leaves_no_empty_block() -> None:
    text = "One paragraph.\n\nBuy Now Cheap\n\nAnother one."
    removed = finding(text, "Buy Now Cheap", "", rule="KS001")
    fixed = fix(article(text), [removed])
    assert fixed.article.text == "One paragraph.\n\nAnother one."
    assert apply_edits(text, fixed.edits) == "One paragraph.\n\n\n\nAnother one."


def marked() -> Article:
    """``a **reduced** back pain`` as Markdown: the asterisks are not prose."""
    src = "a **reduced** back pain"
    segments = (Segment(0, 2, 0, 2), Segment(2, 7, 4, 7), Segment(9, 10, 13, 10))
    piece = Piece(
        "a reduced back pain",
        segments,
        Block(BlockKind.PARAGRAPH, 0, 19),
        (Mark(2, 9, MarkKind.STRONG),),
    )
    return assemble(source(src, "md"), [piece])


@pytest.mark.parametrize(
    ("before", "after", "restored"),
    [
        ("reduced back pain", "lower back pain", "a **lower** back pain"),
        ("reduced back", "lower spine", "a **lower** spine pain"),
        ("a reduced", "the lower", "the **lower** back pain"),
        ("reduced back", "lumbar", "a **lumbar** pain"),
        ("a reduced", "lower", "lower**** back pain"),
    ],
)
def test_markup_inside_an_edit_survives(before: str, after: str, restored: str) -> None:
    found = marked()
    fixed = fix(found, [finding(found.text, before, after, states_change=True)])
    got = apply_edits(found.source.text, fixed.edits)
    assert got.replace("*", "") == found.text.replace(before, after)
    assert got.count("*") == 4
    if restored.count("****") == 0:
        assert got == restored
    assert all(m.start < m.end for m in fixed.article.marks)


def test_protected_spans_are_never_touched() -> None:
    text = "run reduced back now"
    piece = Piece(
        text,
        (Segment(0, len(text), 0, len(text)),),
        Block(BlockKind.PARAGRAPH, 0, len(text)),
        (Mark(4, 16, MarkKind.CODE),),
    )
    found = assemble(source(text, "md"), [piece])
    assert fix(found, [finding(text, "reduced", "lower")]).edits == ()


def repeated(text: str, what: str, rule: str) -> list[Finding]:
    """A finding that removes each copy of `what`."""
    found = []
    at = text.find(what)
    while at >= 0:
        found.append(replace(finding(text, what, "", rule=rule), start=at, end=at + len(what)))
        at = text.find(what, at + 1)
    return found


@pytest.mark.parametrize("rule", ["KS003", "DU001"])
@pytest.mark.parametrize(
    "said", ["Take 5 mg at night. ", "Never share it. ", "Two a day. ", "Ask for Warfarin 2 mg. "]
)
def test_one_copy_of_what_is_removed_stays(rule: str, said: str) -> None:
    text = f"Rest first. {said}Sleep well. {said.upper()}Go. {said}See a nurse."
    found = repeated(text, said, rule) + repeated(text, said.upper(), rule)
    fixed = fix(article(text), found)
    assert fixed.article.text == f"Rest first. {said}Sleep well. Go. See a nurse."
    assert [f.start for f in fixed.findings if f.rule == "MF001"] == [12]


def test_a_copy_that_other_debris_takes_does_not_count() -> None:
    text = "Rest first. Take 5 times a day. Sleep well. Share this: Take 5 times a day. Go."
    found = repeated(text, "Take 5 times a day. ", "KS003")[:1]
    found.append(finding(text, "Share this: Take 5 times a day. ", "", rule="SD010"))
    fixed = fix(article(text), found)
    assert fixed.article.text == "Rest first. Take 5 times a day. Sleep well. Go."


def last_ones(text: str, cuts: list[Finding]) -> list[int]:
    """Indices of the cuts that would take the last copy of a fact: each held against each copy."""
    left = {i: (f.start, f.end) for i, f in enumerate(cuts)}
    for i, (start, end) in list(left.items()):
        said = text[start:end]
        copies = [m.span() for m in re.finditer(re.escape(said), text)]
        gone = all(any(a < z and p < b for a, b in left.values()) for p, z in copies)
        if gone and cuts[i].rule != "SD010" and said != "Rest a while":  # which states nothing
            del left[i]
    return [i for i in range(len(cuts)) if i not in left]


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["", "KS003", "DU001", "SD010"]))))
def test_of_each_fact_a_copy_stays_whatever_else_is_removed(
    parts: list[tuple[int, str]],
) -> None:
    said = ["Take 5 mg", "Take 5 mg at night", "Never share it", "Rest a while"]
    text = "".join(f"{said[i]}. " for i, _ in parts)
    cuts, at = [], 0
    for i, rule in parts:
        end = at + len(said[i])
        if rule:
            cuts.append(replace(finding("x", "x", "", rule=rule), start=at, end=end))
        at = end + 2
    assert sorted(_last_copies(article(text), cuts)) == last_ones(text, cuts)


def test_ten_times_the_repetitions_take_ten_times_the_work() -> None:
    def work(times: int) -> int:
        text = "Go. Take 5 mg at night. " * times
        found, cuts = article(text), repeated(text, "Take 5 mg at night. ", "KS003")
        return steps(lambda: _last_copies(found, cuts))

    assert work(200) <= 12 * work(20)


@pytest.mark.timeout(20)
def test_a_long_text_that_stands_twice_takes_seconds() -> None:
    """Each of its sentences is looked for; none by reading the whole text."""
    said = [f"On day {n} of the course take {n} mg at night." for n in range(8_000)]
    text = " ".join(said * 2)
    at, cuts = len(" ".join(said)) + 1, []
    for sentence in said:
        cuts.append(replace(finding("x", "x", "", rule="DU001"), start=at, end=at + len(sentence)))
        at += len(sentence) + 1
    assert _last_copies(article(text), cuts) == {}


@pytest.mark.timeout(20)
def test_thousands_of_fixes_in_one_paragraph_take_seconds() -> None:
    text = "Smoking is one of the chance variables for a stroke, as is a lack of sleep. " * 4000
    found = fix(article(text), repeated(text, "chance variables", "SP001"))
    assert "chance variables" not in found.article.text


@pytest.mark.parametrize("said", ["Cheap Lower Back Brace. ", "Best Knee Sleeve. "])
def test_a_phrase_that_states_nothing_may_go_everywhere(said: str) -> None:
    text = f"Rest first. {said}Sleep well. {said}See a nurse."
    fixed = fix(article(text), repeated(text, said, "KS003"))
    assert fixed.article.text == "Rest first. Sleep well. See a nurse."


def test_debris_that_states_a_dose_is_not_removed() -> None:
    text = "Rest the knee. Sign up now: at most 4 g a day. It heals."
    gone = finding(text, "Sign up now: at most 4 g a day. ", "", rule="SD010")
    fixed = fix(article(text), [gone])
    assert fixed.article.text == text
    assert any("4 g" in f.message for f in fixed.findings if f.rule == "MF001")
    plain = finding(text, "Sign up now", "", rule="SD010")
    assert "Sign up" not in fix(article(text), [plain]).article.text


def read_repaired() -> Article:
    (found,) = read_bytes(
        "Un cafxÃ©Â\u00a0Ã©tudx now helps the whole team here.".encode(), "-", Config()
    )
    assert isinstance(found, Article)
    assert found.repairs
    return found


def test_two_fixes_in_one_repaired_run_are_one_edit_of_the_source() -> None:
    found = read_repaired()
    words = found.text.split()
    fixes = [finding(found.text, words[1], "coffee"), finding(found.text, words[2], "study")]
    fixed = fix(found, fixes)
    assert fixed.article.text == "Un coffee\u00a0study now helps the whole team here."
    assert apply_edits(found.source.text, fixed.edits) == fixed.article.text


def test_a_repair_that_is_not_reported_does_not_change_the_source() -> None:
    found = read_repaired()
    assert fix(found, []).edits == ()
    reported = list(EncodingRepair().find(found))
    assert apply_edits(found.source.text, fix(found, reported).edits) == found.text


def test_ten_times_the_blocks_and_marks_take_ten_times_the_work() -> None:
    def work(times: int) -> int:
        page = (
            "Take **chance variables** and `code` with [a link](http://a.org) in mind.\n\n" * times
        )
        (found,) = read_bytes(page.encode(), "a.md", Config())
        assert isinstance(found, Article)
        fixes = repeated(found.text, "chance variables", "SP001")
        return steps(lambda: _edited(found, _prose_edits(found, fixes)))

    assert work(200) <= 12 * work(20)
