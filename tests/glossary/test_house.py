"""House glossaries on top of another one: who has the say, and what lint tells their authors."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

from unspin.errors import GlossaryError
from unspin.glossary.cli import glossary
from unspin.glossary.commands import show
from unspin.glossary.compiling import compile_tables, load_tables, merge
from unspin.glossary.concept import GlossaryFile
from unspin.glossary.counts import Counts
from unspin.glossary.lint import ERROR, WARNING, lint_files
from unspin.glossary.loader import read_file
from unspin.glossary.matcher import Glossary

OURS = """\
field: ours
title: Ours
concepts:
  - canonical: heart attack
    admitted: [myocardial infarction]
    spun: [heart assault, cardiac raid]
    examples:
      - bad: "Call for help when you suspect a heart assault at home."
        good: "Call for help when you suspect a heart attack at home."
  - canonical: high blood pressure
    number: invariant
    deprecated: [hypertonia]
    source: "https://example.org"
    examples:
      - bad: "Salt raises the risk of hypertonia in older people."
        good: "Salt raises the risk of high blood pressure in older people."
"""


def write(folder: Path, text: str) -> Path:
    text = dedent(text)
    path = folder / f"{text.split()[1]}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def on_ours(text: str) -> Glossary:
    layers: list[tuple[str, list[GlossaryFile]]] = [
        ("ours", [read_file(Path("ours.yaml"), OURS)]),
        ("house", [read_file(Path("house.yaml"), dedent(text))]),
    ]
    return Glossary(compile_tables(merge(layers), "test"))


def restored(glossary: Glossary, text: str) -> list[tuple[str, str, str]]:
    return [(h.replacement, h.kind, h.provenance) for h in glossary.find(text)]


def test_house_glossary_has_the_say_over_a_form_of_ours() -> None:
    own = on_ours(
        """\
        field: house
        title: H
        concepts:
          - canonical: myocardial infarction
            spun: [heart assault]
          - canonical: high blood pressure
            number: invariant
            admitted: [hypertonia]
        """
    )
    assert restored(own, "the heart assault") == [("myocardial infarction", "spun", "house.yaml")]
    assert restored(own, "a cardiac raid") == [("heart attack", "spun", "ours.yaml")]
    assert restored(own, "his hypertonia") == [("high blood pressure", "admitted", "house.yaml")]


def test_names_of_an_entry_whose_term_a_house_deprecates_lead_to_the_term_it_prefers() -> None:
    own = on_ours(
        """\
        field: house
        title: H
        concepts:
          - canonical: myocardial infarction
            deprecated: [heart attack]
            source: "https://example.org"
        """
    )
    (hit,) = restored(own, "the heart attack")
    assert hit == ("myocardial infarction", "deprecated", "house.yaml")
    (hit,) = restored(own, "the cardiac raid")
    assert hit == ("myocardial infarction", "spun", "ours.yaml + house.yaml")


def test_lint_lets_a_house_glossary_override_and_extend(tmp_path: Path) -> None:
    ours = write(tmp_path / "ours", OURS)
    house = write(
        tmp_path / "house",
        """\
        field: house
        title: H
        concepts:
          - canonical: heart attack
            spun: [heart onslaught]
            examples:
              - bad: "He had a heart onslaught on his way to work in May."
                good: "He had a heart attack on his way to work in May."
          - canonical: myocardial infarction
            spun: [heart assault]
            examples:
              - bad: "She survived a heart assault in her late sixties."
                good: "She survived a myocardial infarction in her late sixties."
        """,
    )
    (replaced,) = lint_files([house], [ours])
    assert replaced.severity == WARNING
    assert "house.yaml:4: warning: 'heart attack' replaces our entry" in str(replaced)
    assert "4 spun and deprecated forms" in replaced.message  # with plurals
    assert "extend: true" in replaced.message
    house.write_text(
        house.read_text("utf-8").replace("heart attack\n", "heart attack\n    extend: true\n", 1),
        "utf-8",
    )
    assert lint_files([house], [ours]) == []
    (problem,) = {p.severity for p in lint_files([house], [ours], Counts())}
    assert problem == WARNING  # who has a house glossary has no corpus
    counts = Counts(1000, 10, {"heart onslaught": 4})
    assert [p.line for p in lint_files([house], [ours], counts) if p.severity == ERROR] == [6]


def test_lint_tells_of_house_entries_that_do_nothing(tmp_path: Path) -> None:
    ours = write(tmp_path / "ours", OURS)
    house = write(
        tmp_path / "house",
        """\
        field: house
        title: H
        off: [heart attak]
        concepts:
          - canonical: hart attack
            extend: true
            spun: [heart onslaught, high blood pressure, hart attacks]
            examples:
              - bad: "He had a heart onslaught on his way to work in May."
                good: "He had a hart attack on his way to work in May."
        """,
    )
    problems = lint_files([house], [ours])
    found = {p.line: str(p) for p in problems}
    assert any("'hart attacks' is a name of 'hart attack'" in str(p) for p in problems)
    assert any("never found as spun; remove it" in str(p) for p in problems)
    assert "no entry has the canonical term 'heart attak'" in found[3]
    assert "extends an entry that is not there" in found[5]
    assert "never found as spun" in found[7]
    assert "warning" in found[3]


def test_term_to_switch_off_that_no_entry_has_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNSPIN_CACHE", str(tmp_path / "cache"))
    ours = write(tmp_path / "ours", OURS)
    with pytest.raises(GlossaryError, match="did you mean 'heart attack'"):
        load_tables([ours], ["heart attak"], ours=False)
    assert load_tables([ours], ["Heart Attack"], ours=False).counts["concepts"] == 1


def test_show_reads_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        tmp_path,
        """\
        field: house
        title: H
        concepts:
          - canonical: zorbic disease
            spun:
              - form: zorby malady
                when: {before: [of]}
        """,
    )
    (tmp_path / "unspin.toml").write_text(
        'glossaries = ["house.yaml"]\nglossary-off = ["heart attack"]\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(glossary, ["show", "zorby malady"])
    assert result.exit_code == 0, result.output
    assert "spun, safe, when {before: [of]}" in result.output
    assert CliRunner().invoke(glossary, ["show", "heart attack"]).exit_code == 1
    assert show("zorby malady", [tmp_path / "house.yaml"], ["zorbic disease"]) == []


def test_show_names_the_entry_that_has_the_say(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """\
        field: house
        title: H
        concepts:
          - canonical: zorbic disease
            spun: [heart assault, stroke]
        """,
    )
    result = CliRunner().invoke(glossary, ["show", "heart assault", "--glossary", str(path)])
    said = {line.split("  ")[1]: line for line in result.output.splitlines() if "say" in line}
    assert said["heart assault"].endswith(f"; 'zorbic disease' (spun) in {path} has the say")
    assert "; 'stroke' (canonical) in glossary/" in said["stroke"]
    assert "heart ambush" not in said


def test_stats_and_export_read_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []

    def stats(*given: object) -> dict[str, int]:
        asked.append(given)
        return {"concepts": 1}

    def export_file(_: Path, *given: object, **__: object) -> tuple[int, list[object]]:
        asked.append(given)
        return 1, []

    monkeypatch.setattr("unspin.glossary.commands.stats", stats)
    monkeypatch.setattr("unspin.glossary.commands.export_file", export_file)
    (tmp_path / "unspin.toml").write_text(
        'glossaries = ["house.yaml"]\nglossary-off = ["heart attack"]\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    for arguments in (["stats"], ["export", "out.csv"]):
        assert CliRunner().invoke(glossary, arguments).exit_code == 0
        assert asked.pop() == ((tmp_path / "house.yaml",), ("heart attack",))
        assert CliRunner().invoke(glossary, [*arguments, "--glossary", "own.yaml"]).exit_code == 0
        assert asked.pop() == ((Path("own.yaml"),), ("heart attack",))


def test_file_nested_in_itself_is_an_error() -> None:
    with pytest.raises(GlossaryError, match=r"a\.yaml:1: is nested in itself"):
        read_file(Path("a.yaml"), "field: a\ntitle: T\nconcepts: &a [*a]\n")


def test_typographic_apostrophes_in_conditions_match() -> None:
    text = "field: a\ntitle: T\nconcepts:\n  - canonical: x\n    when: {before: [Wilson’s]}\n"
    when = read_file(Path("a.yaml"), text).concepts[0].when
    assert when is not None
    assert when.before == ("wilson's",)


def test_provenance_does_not_name_the_folders_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNSPIN_CACHE", str(tmp_path / "cache"))
    path = write(tmp_path, OURS)
    monkeypatch.chdir(tmp_path)
    assert {c[3] for c in load_tables([path], ours=False).concepts} == {"ours.yaml"}


@pytest.mark.parametrize("folder", [".", "articles/of/may", "terms", "../elsewhere"])
def test_provenance_is_seen_from_the_folder_of_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.setenv("UNSPIN_CACHE", str(tmp_path / "cache"))
    project = tmp_path / "project"
    project.mkdir()
    path = write(project / "terms", OURS)
    (project / "unspin.toml").write_text('glossaries = ["terms/ours.yaml"]\n', encoding="utf-8")
    (project / folder).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(project / folder)
    for given in (path, path.parent):
        found = {c[3] for c in load_tables([given], ours=False).concepts}
        assert found == {"terms/ours.yaml"}


def test_control_characters_are_an_error() -> None:
    text = 'field: a\ntitle: T\nconcepts:\n  - canonical: "a\\x07"\n'
    with pytest.raises(GlossaryError, match=r"a\.yaml:4: .*control character"):
        read_file(Path("a.yaml"), text)
