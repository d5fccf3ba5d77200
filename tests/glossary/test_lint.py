from __future__ import annotations

from pathlib import Path

import pytest

from tests.glossary.helpers import HOUSE, house_file
from unspin.glossary.counts import Counts, checksum
from unspin.glossary.lint import ERROR, WARNING, lint_files
from unspin.glossary.loader import read_file

ENTRY = """\
    field: house
    title: House terms
    concepts:
      - canonical: heart attack
        spun: [heart assault{extra}]
        examples:
          - bad: "Call for help when you suspect a heart assault at home."
            good: "Call for help when you suspect a heart attack at home."
"""


def messages(folder: Path, text: str, counts: Counts | None = None) -> list[str]:
    return [str(p) for p in lint_files([house_file(folder, text)], counts=counts)]


def test_clean_file_has_no_problems(tmp_path: Path) -> None:
    assert messages(tmp_path, HOUSE) == []


def test_all_wrong_entries_are_named(tmp_path: Path) -> None:
    text = HOUSE.replace("pos: verb", "pos: verbal").replace("pos: function", "pos: word")
    found = messages(tmp_path, text)
    assert sum("pos is" in m for m in found) == 2


def test_example_must_become_exactly_the_good_sentence(tmp_path: Path) -> None:
    found = messages(tmp_path, ENTRY.format(extra="").replace("attack at home", "stroke at home"))
    assert len(found) == 1
    assert "house.yaml:7: example" in found[0]


def test_example_that_a_condition_turns_down_names_the_condition(tmp_path: Path) -> None:
    text = ENTRY.format(extra="") + "        when: {not_before: [suspect]}\n"
    assert "not_before does not hold" in messages(tmp_path, text)[0]


def test_fine_sentence_in_which_something_is_found_is_an_error(tmp_path: Path) -> None:
    text = ENTRY.format(extra="") + '        fine: ["The heart assault was a film."]\n'
    assert "is found in a fine sentence" in messages(tmp_path, text)[0]


def test_entry_without_example_or_source_is_an_error(tmp_path: Path) -> None:
    text = "field: house\ntitle: T\nconcepts:\n  - canonical: a b\n    deprecated: [c d]\n"
    found = messages(tmp_path, text)
    assert any("no source" in m for m in found)
    assert any("no example" in m for m in found)


def test_entry_twice_and_form_in_two_entries_are_errors(tmp_path: Path) -> None:
    text = (
        ENTRY.format(extra=", cardiac raid")
        + """\
      - canonical: Heart attack
        spun: [ticker raid]
        examples:
          - bad: "He had a ticker raid in May last year."
            good: "He had a heart attack in May last year."
      - canonical: stroke
        spun: [cardiac raid]
        examples:
          - bad: "She survived a cardiac raid in her sixties."
            good: "She survived a stroke in her sixties."
"""
    )
    found = messages(tmp_path, text)
    assert any("is also at" in m for m in found)
    assert any("'cardiac raid'" in m and "tell them apart" in m for m in found)


@pytest.mark.parametrize("turned", [False, True])
def test_evidence_of_spinning_alone_does_not_tell_two_entries_apart(
    tmp_path: Path, turned: bool
) -> None:
    plain = "      - canonical: stroke\n        spun: [cardiac raid]\n"
    asking = (
        "      - canonical: angina\n        spun:\n          - form: cardiac raid\n"
        "            when: {before: [of]}\n"
    )
    spun = asking.replace("before: [of]", "spun_article: true")
    head = "    field: house\n    title: House\n    concepts:\n"
    for other, clash in ((asking, False), (spun, True)):
        entries = [plain, other][:: -1 if turned else 1]
        found = [m for m in messages(tmp_path, head + "".join(entries)) if "tell them apart" in m]
        assert bool(found) is clash


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("bosom raid", "stands at line 6, too; keep it in one form"),
        ("{form: bosom raid, applicability: likely}", "too, with another applicability"),
        ('{form: "{bosom|ticker} raid", when: {near: [pulse]}}', "too, with another applic"),
    ],
)
def test_form_that_an_entry_lists_twice_is_a_warning(tmp_path: Path, other: str, said: str) -> None:
    text = f"""\
    field: house
    title: House
    concepts:
      - canonical: heart attack
        spun:
          - "{{bosom|cardiac}} raid"
          - {other}
"""
    (found,) = [p for p in lint_files([house_file(tmp_path, text)]) if "stands at" in p.message]
    assert found.line == 7 and found.severity == "warning"
    assert "'bosom raid' of 'heart attack'" in found.message and said in found.message


def test_conflict_with_another_file_is_found(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(
        "field: other\ntitle: O\nconcepts:\n  - canonical: stroke\n    spun: [heart assault]\n",
        encoding="utf-8",
    )
    path = house_file(tmp_path, ENTRY.format(extra=""))
    found = [str(p) for p in lint_files([path], [other])]
    assert len(found) == 1
    assert "other.yaml:" in found[0]


def test_broken_neighbour_does_not_stop_the_check(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("field: [", encoding="utf-8")
    assert lint_files([house_file(tmp_path, ENTRY.format(extra=""))], [other]) == []


def test_deprecated_term_that_another_entry_recommends_is_an_error(tmp_path: Path) -> None:
    text = HOUSE.replace('deprecated: ["Type II diabetes"]', "deprecated: [lumbago]")
    assert any("do not recommend it" in m for m in messages(tmp_path, text))


def test_sentence_frame_for_two_entries_is_an_error(tmp_path: Path) -> None:
    text = (
        ENTRY.format(extra="")
        + """\
      - canonical: stroke
        spun: [brain assault]
        examples:
          - bad: "Call for help when you suspect a brain assault at home."
            good: "Call for help when you suspect a stroke at home."
"""
    )
    assert any("a sentence of its own" in m for m in messages(tmp_path, text))


def _counted(path: Path, **table: int) -> Counts:
    concepts = read_file(path).concepts
    names = {f"{c.canonical}|{c.pos}|{c.field}": checksum(c) for c in concepts}
    return Counts(1000, 10, {k.replace("_", " "): v for k, v in table.items()}, names)


def test_safe_form_that_occurs_in_clean_text_needs_a_condition(tmp_path: Path) -> None:
    path = house_file(tmp_path, ENTRY.format(extra=""))
    counts = _counted(path, heart_assault=3, heart_attack=10)
    (problem,) = lint_files([path], counts=counts)
    assert "'heart assault' stands 3 times in clean text ('heart attack' 10 times)" in str(problem)
    assert problem.severity == ERROR


def test_likely_form_may_stand_in_a_fine_sentence_but_not_in_clean_text(tmp_path: Path) -> None:
    text = ENTRY.format(extra="") + "        applicability: likely\n"
    text += '        fine: ["The heart assault was a film."]\n'
    assert messages(tmp_path, text) == []
    path = house_file(tmp_path, text)
    (problem,) = lint_files([path], counts=_counted(path, heart_assault=2, heart_attack=10))
    assert "'heart assault' stands 2 times in clean text" in str(problem)
    assert "is likely" in str(problem)
    assert problem.severity == ERROR


def test_condition_needs_a_fine_sentence(tmp_path: Path) -> None:
    path = house_file(tmp_path, ENTRY.format(extra="") + "        when: {before: [suspect a]}\n")
    counts = _counted(path, heart_assault=3, heart_attack=10)
    assert [p.severity for p in lint_files([path], counts=counts)] == [ERROR]
    path = house_file(
        tmp_path,
        ENTRY.format(extra="")
        + "        when: {before: [suspect a]}\n"
        + '        fine: ["The play tells of a heart assault."]\n',
    )
    assert lint_files([path], counts=_counted(path, heart_assault=3, heart_attack=10)) == []


def test_uncounted_forms_are_an_error_and_unseen_canonicals_a_warning(tmp_path: Path) -> None:
    path = house_file(tmp_path, ENTRY.format(extra=""))
    (problem,) = lint_files([path], counts=Counts())
    assert "have not been counted" in problem.message
    (problem,) = lint_files([path], counts=_counted(path))
    assert problem.severity == WARNING


def test_example_that_proves_nothing_is_an_error(tmp_path: Path) -> None:
    same = ENTRY.format(extra="").replace("heart assault at", "heart attack at")
    (found,) = messages(tmp_path, same)
    assert "house.yaml:7: example" in found
    assert "the same sentence" in found
    other = (
        ENTRY.format(extra="")
        + """\
      - canonical: stroke
        spun: [brain smack]
        examples:
          - bad: "An ambulance brought him in after a heart assault."
            good: "An ambulance brought him in after a heart attack."
"""
    )
    (found,) = messages(tmp_path, other)
    assert "house.yaml:12: example" in found
    assert "is not 'stroke'" in found
