from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from click.testing import CliRunner

from tests.glossary.helpers import HOUSE, house_file
from unspin.errors import GlossaryError
from unspin.glossary import compiling, load_glossary
from unspin.glossary.cli import glossary
from unspin.glossary.concept import Concept, Example, Variant, When
from unspin.glossary.editing import add_concept
from unspin.glossary.lint import lint_files
from unspin.glossary.loader import read_file

COMMENTED = """\
# Terms of our house, kept by the medical desk.
field: house
title: House terms   # shown in the index
concepts:
  # The most frequent one.
  - canonical: heart attack
    spun:            # seen in March
      - heart assault
      # next one is doubtful
      - form: heart onslaught
        applicability: suggested
    examples:
      - bad: "Call for help when you suspect a heart assault."
        good: "Call for help when you suspect a heart attack."   # checked

# The end.
"""


def stroke(**fields: object) -> Concept:
    given: dict[str, object] = {
        "spun": (Variant("cerebral stroking"),),
        "examples": (Example("He had a cerebral stroking in May.", "He had a stroke in May."),),
    }
    return Concept("stroke", **{**given, **fields})  # type: ignore[arg-type]


def test_new_entry_keeps_comments_and_is_valid(tmp_path: Path) -> None:
    path = house_file(tmp_path, COMMENTED)
    add_concept(path, stroke(when=When(not_before=("heat", "yes")), source="https://x.org/?a=1#b"))
    text = path.read_text(encoding="utf-8")
    assert text.startswith(dedent(COMMENTED))
    added = read_file(path).concepts[-1]
    assert added.canonical == "stroke"
    assert added.when == When(not_before=("heat", "yes"))
    assert lint_files([path]) == []


def test_new_forms_join_the_entry_that_is_there(tmp_path: Path) -> None:
    path = house_file(tmp_path, COMMENTED)
    add_concept(
        path,
        Concept(
            "heart attack",
            spun=(Variant("heart assault"), Variant("cardiac {raid|foray}")),
            deprecated=(),
        ),
    )
    text = path.read_text(encoding="utf-8")
    for line in dedent(COMMENTED).splitlines():
        assert line in text.splitlines()
    (concept,) = read_file(path).concepts
    assert [v.template for v in concept.spun] == [
        "cardiac {raid|foray}",
        "heart assault",
        "heart onslaught",
    ]


def test_entry_whose_example_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = house_file(tmp_path, COMMENTED)
    before = path.read_bytes()
    with pytest.raises(GlossaryError, match=r"house\.yaml:\d+: example .*not added"):
        add_concept(path, stroke(examples=(Example("He had a cerebral stroking.", "He fell."),)))
    assert path.read_bytes() == before


def test_new_file_is_made_and_taken_back_where_wrong(tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    with pytest.raises(GlossaryError):
        add_concept(path, stroke(examples=()))
    assert not path.exists()
    add_concept(path, stroke(), title="New: terms")
    assert read_file(path).title == "New: terms"


def test_file_without_entries_and_line_endings_of_windows(tmp_path: Path) -> None:
    path = tmp_path / "house.yaml"
    path.write_bytes(b"field: house\r\ntitle: T\r\nconcepts: []\r\n")
    add_concept(path, stroke())
    assert [c.canonical for c in read_file(path).concepts] == ["stroke"]


# --- command line ----------------------------------------------------------------------------


def run(*arguments: str, answers: str | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(glossary, list(arguments), input=answers)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_add_by_options(tmp_path: Path) -> None:
    path = house_file(tmp_path, COMMENTED)
    code, output = run(
        "add", "stroke", "--file", str(path), "--spun", "cerebral stroking",
        "--bad", "He had a cerebral stroking in May.", "--good", "He had a stroke in May.",
    )  # fmt: skip
    assert code == 0
    assert output.startswith(f"{path}: stroke added\n")
    assert read_file(path).concepts[-1].canonical == "stroke"


def test_add_asks_for_what_is_not_given(tmp_path: Path) -> None:
    path = house_file(tmp_path, COMMENTED)
    answers = [
        "stroke", "", "", "", "cerebral stroking", "", "He had a cerebral stroking in May.", "",
        "He had a stroke in May.", "", "", "", "n",
    ]  # fmt: skip
    code, output = run("add", "--file", str(path), answers="\n".join(answers) + "\n")
    assert code == 0, output
    assert read_file(path).concepts[-1].spun[0].template == "cerebral stroking"


def test_add_that_fails_says_why(tmp_path: Path) -> None:
    path = house_file(tmp_path, COMMENTED)
    code, output = run("add", "stroke", "--file", str(path), "--spun", "cerebral {stroking")
    assert code == 2
    assert "braces do not match" in output


def test_lint_prints_problems_and_fails(tmp_path: Path) -> None:
    path = house_file(tmp_path, HOUSE.replace("of heart disease in", "of hearts in"))
    code, output = run("lint", "--no-counts", str(path))
    assert code == 1
    assert f"{path}:12: example" in output
    assert run("lint", "--no-counts", str(tmp_path / "none.yaml"))[0] == 2


def test_export_and_import_by_command(tmp_path: Path) -> None:
    house = house_file(tmp_path)
    code, output = run(
        "export", str(tmp_path / "out.csv"), "--glossary", str(house), "--field", "house"
    )
    assert (code, "8 concepts" in output) == (0, True)
    code, output = run("import", str(tmp_path / "out.csv"), str(tmp_path / "back.yaml"))
    assert code == 0
    assert "0 rows not imported" in output
    assert len(read_file(tmp_path / "back.yaml").concepts) == 8


def test_stats_and_show() -> None:
    code, output = run("stats", "--json")
    assert code == 0
    assert all(f'"{key}"' in output for key in ("concepts", "forms", "fields"))
    code, output = run("show", "Heart Attack")
    assert code == 0
    assert output.startswith("heart attack (noun)")
    assert run("show", "obesity")[1].startswith("obesity (noun)")  # a word that is not matched
    assert run("show", "no such term at all")[0] == 1


def test_show_parses_no_files_but_those_of_the_term_and_its_rivals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load_glossary()  # compiled by now, whoever came first
    parsed = []
    real = compiling.read_file

    def reading(path: Path, *rest: Any) -> Any:
        parsed.append(path.name)
        return real(path, *rest)

    monkeypatch.setattr(compiling, "read_file", reading)
    assert run("show", "facet joint")[0] == 0
    assert "back-and-joints.yaml" in parsed
    assert len(parsed) < 10


def test_everything_given_joins_the_entry_that_is_there(tmp_path: Path) -> None:
    path = house_file(tmp_path, COMMENTED)
    code, output = run(
        "add", "heart attack", "--file", str(path), "--spun", "heart raid", "--spun", "raid, cardiac",
        "--applicability", "editor", "--admitted", "myocardial infarction",
        "--bad", "He had a heart raid at the age of forty.",
        "--good", "He had a heart attack at the age of forty.",
        "--fine", "Doctors call it the raid cardiac.", "--source", "https://example.org",
    )  # fmt: skip
    assert code == 0, output
    (concept,) = read_file(path).concepts
    assert [(v.template, v.applicability) for v in concept.spun][:2] == [
        ("heart raid", "editor"),
        ("raid, cardiac", "editor"),
    ]
    assert concept.applicability == "safe"
    assert concept.admitted == ("myocardial infarction",)
    assert len(concept.examples) == 2
    assert concept.fine[0][0] == "Doctors call it the raid cardiac."
    assert concept.source == "https://example.org"
    text = path.read_text(encoding="utf-8")
    assert all(line in text.splitlines() for line in dedent(COMMENTED).splitlines())


def test_form_without_applicability_takes_that_of_the_entry(tmp_path: Path) -> None:
    text = COMMENTED.replace("    spun: ", "    applicability: suggested\n    spun: ")
    path = house_file(tmp_path, text)
    assert run("add", "heart attack", "--file", str(path), "--spun", "heart raid")[0] == 0
    assert "      - heart raid\n" in path.read_text(encoding="utf-8")
    add_concept(path, Concept("heart attack", spun=(Variant("heart foray"),)))
    assert read_file(path).concepts[0].spun[0].applicability == ""


def test_form_that_is_there_with_another_applicability_is_an_error(tmp_path: Path) -> None:
    path = house_file(tmp_path, COMMENTED)
    before = path.read_text(encoding="utf-8")
    for form, applicability in (("heart assault", "likely"), ("heart onslaught", "editor")):
        code, output = run(
            "add", "heart attack", "--file", str(path), "--spun", form,
            "--applicability", applicability,
        )  # fmt: skip
        assert code == 2
        assert f"'{form}' is " in output
        assert f"change it to {applicability} by hand" in output
    assert path.read_text(encoding="utf-8") == before
    again = ("--spun", "heart onslaught", "--applicability", "suggested")
    assert run("add", "heart attack", "--file", str(path), *again)[0] == 0


def test_outdated_terms_get_the_applicability_that_is_given(tmp_path: Path) -> None:
    path = house_file(tmp_path, COMMENTED)
    source = ("--file", str(path), "--source", "https://example.org")
    dropsy = ("--deprecated", "heart dropsy", "--applicability", "likely")
    code, output = run("add", "heart attack", *source, *dropsy)
    assert code == 0, output
    (concept,) = read_file(path).concepts
    assert [(v.template, v.applicability) for v in concept.deprecated] == [
        ("heart dropsy", "likely")
    ]
    assert concept.applicability == "safe"
    code, output = run(
        "add", "edema", *source, "--deprecated", "dropsy", "--applicability", "suggested",
        "--bad", "She had dropsy of the legs in May.", "--good", "She had edema of the legs in May.",
    )  # fmt: skip
    assert code == 0, output
    edema = read_file(path).concepts[-1]
    assert [v.applicability for v in edema.deprecated] == ["suggested"]
    assert edema.applicability == "safe"  # has no spun form


def test_forms_join_a_list_in_brackets(tmp_path: Path) -> None:
    path = house_file(
        tmp_path,
        "field: house\ntitle: T\nconcepts:\n  - canonical: heart attack\n"
        "    spun: [heart assault]  # in March\n    examples:\n"
        '      - bad: "She had a heart assault at home."\n'
        '        good: "She had a heart attack at home."\n',
    )
    forms = (Variant("raid, cardiac"), Variant("heart foray", "suggested"))
    add_concept(path, Concept("heart attack", spun=forms))
    spun = read_file(path).concepts[0].spun
    assert [(v.template, v.applicability) for v in spun] == [
        ("raid, cardiac", ""),
        ("heart foray", "suggested"),
        ("heart assault", ""),
    ]
    assert "# in March" in path.read_text(encoding="utf-8")


def test_new_entry_stands_before_keys_that_follow(tmp_path: Path) -> None:
    path = house_file(tmp_path, "field: house\ntitle: T\nconcepts: []\noff: [obesity]\n")
    add_concept(path, stroke())
    file = read_file(path)
    assert ([c.canonical for c in file.concepts], file.off) == (["stroke"], ("obesity",))


@pytest.mark.parametrize("name", ["none/new.yaml", "folder", "latin.yaml"])
def test_file_that_cannot_be_written_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "latin.yaml").write_bytes(b"title: caf\xe9\n")
    with pytest.raises(GlossaryError, match=name):
        add_concept(tmp_path / name, stroke())


def test_field_that_is_not_there_is_no_new_file() -> None:
    code, output = run("add", "x", "--field", "hert", "--spun", "y")
    assert (code, "there is no 'hert'" in output) == (2, True)
    code, output = run("add", "x", "--field", "../x", "--spun", "y")
    assert (code, "'../x' is no name" in output) == (2, True)


def test_add_for_a_house_glossary_can_extend(tmp_path: Path) -> None:
    code, output = run(
        "add", "stroke", "--extend", "--file", str(tmp_path / "house.yaml"),
        "--spun", "cerebral stroking",
        "--bad", "He had a cerebral stroking in May.", "--good", "He had a stroke in May.",
    )  # fmt: skip
    assert code == 0, output
    assert read_file(tmp_path / "house.yaml").concepts[0].extend


def test_add_of_a_term_alone_asks_for_the_rest(tmp_path: Path) -> None:
    path = house_file(tmp_path, COMMENTED)
    answers = [
        "", "", "", "cerebral stroking", "", "He had a cerebral stroking in May.", "",
        "He had a stroke in May.", "", "", "", "n",
    ]  # fmt: skip
    code, output = run("add", "stroke", "--file", str(path), answers="\n".join(answers) + "\n")
    assert code == 0, output
    assert read_file(path).concepts[-1].examples


FLOW = """\
field: house
title: House terms
concepts: [{canonical: gout, spun: [toe fury], examples: [
  {bad: "He has toe fury again.", good: "He has gout again."}]}]
"""


@pytest.mark.parametrize("concept", [stroke(), Concept("gout", spun=(Variant("toe rage"),))])
@pytest.mark.parametrize("text", [FLOW, "{field: house, title: T, concepts: []}\n"])
def test_file_in_flow_style_says_how_entries_must_begin(
    tmp_path: Path, text: str, concept: Concept
) -> None:
    path = house_file(tmp_path, text)
    line = 3 if text == FLOW else 1
    with pytest.raises(GlossaryError, match=rf"house\.yaml:{line}: .*- canonical: on lines of"):
        add_concept(path, concept)
    assert path.read_text(encoding="utf-8") == text


def test_wrong_entry_never_reaches_the_file(tmp_path: Path) -> None:
    path = house_file(tmp_path, COMMENTED)
    before = path.stat()
    same = "He had a stroke in May."
    for example in (
        Example(same, same),
        Example("It was a heart assault.", "It was a heart attack."),
    ):
        with pytest.raises(GlossaryError, match=r"house\.yaml:\d+: example .*not added"):
            add_concept(path, stroke(examples=(example,)))
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert [p.name for p in tmp_path.iterdir()] == ["house.yaml"]


# --- entries that ours has -------------------------------------------------------------------

OURS = """\
field: ours
title: Ours
concepts:
  - canonical: stroke
    number: invariant
    spun: [brain smack, cerebral stroking]
    deprecated: [apoplexy]
"""
GIVEN = (
    "--spun", "cerebral stroking", "--bad", "He had a cerebral stroking in May.",
    "--good", "He had a stroke in May.",
)  # fmt: skip


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = house_file(tmp_path, OURS, "ours.yaml")
    monkeypatch.setattr("unspin.glossary.commands.own_files", lambda: [path])


@pytest.mark.usefixtures("ours")
def test_add_warns_of_forms_of_ours_that_no_longer_count(tmp_path: Path) -> None:
    path = tmp_path / "house.yaml"
    code, output = run("add", "stroke", "--file", str(path), *GIVEN)
    assert code == 0
    assert "warning: 'stroke' replaces our entry, of which 2 spun and deprecated forms" in output
    assert "extend: true" in output
    code, output = run("add", "stroke", "--extend", "--file", str(path), "--spun", "brain raid")
    assert (code, "warning" in output) == (0, False)
    assert read_file(path).concepts[0].extend


@pytest.mark.usefixtures("ours")
def test_add_asks_whether_to_extend_and_again_where_an_answer_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "house.yaml"
    bad = "He had a cerebral stroking in May."
    answers = [
        "stroke", "", "", "", "cerebral stroking", "", bad, "", bad, "He had a stroke in May.", "",
        "certain", "suggested", "", "",
    ]  # fmt: skip
    code, output = run("add", "--file", str(path), answers="\n".join(answers) + "\n")
    assert code == 0, output
    assert "nothing is restored in it" in output
    assert "'certain' is not one of" in output
    assert "2 of its forms would no longer count" in output
    (concept,) = read_file(path).concepts
    assert (concept.extend, concept.applicability) == (True, "suggested")
    assert concept.examples[0].good == "He had a stroke in May."


@pytest.mark.usefixtures("ours")
def test_add_of_a_term_that_ours_lacks_does_not_warn(tmp_path: Path) -> None:
    code, output = run(
        "add", "gout", "--file", str(tmp_path / "house.yaml"), "--spun", "toe fury",
        "--bad", "His toe fury came back in May.", "--good", "His gout came back in May.",
    )  # fmt: skip
    assert (code, "warning" in output) == (0, False)


def test_import_says_which_entries_of_ours_it_replaces(tmp_path: Path) -> None:
    source = tmp_path / "own.csv"
    source.write_text(
        "concept,text\nHeart failure,zorbish heart\nzorb disease,zorbish disorder\n"
        '"cow\'s milk allergy",zorbish milk\n',
        encoding="utf-8",
    )
    result = CliRunner().invoke(glossary, ["import", str(source), str(tmp_path / "own.yaml")])
    assert result.exit_code == 0
    warned = result.stderr.splitlines()
    assert [line.split(" replaces our entry, of which ")[0] for line in warned] == [
        "warning: 'Heart failure'",
        'warning: "cow\'s milk allergy"',
    ]
    assert all("; write extend: true to keep them" in line for line in warned)


def test_import_can_extend_our_entries(tmp_path: Path) -> None:
    source, target = tmp_path / "own.csv", tmp_path / "own.yaml"
    source.write_text("concept,text\nHeart failure,zorbish heart\nzorb disease,zorbosis\n", "utf-8")
    command = ["import", str(source), str(target), "--extend"]
    result = CliRunner().invoke(glossary, command)
    assert (result.exit_code, result.stderr) == (0, "")
    assert [c.extend for c in read_file(target).concepts] == [True, False]


def test_import_of_which_nothing_can_be_taken_lists_all_reasons(tmp_path: Path) -> None:
    source = tmp_path / "own.csv"
    source.write_text("concept,text,status\ngout,toe fury,odd\n\ngout,,spun\n", "utf-8")
    code, output = run("import", str(source), str(tmp_path / "own.yaml"))
    assert code == 2
    assert "own.csv:2: toe fury: status is 'odd'" in output
    assert "own.csv:4: : concept or text is empty" in output


def test_import_names_columns_that_it_passes_over(tmp_path: Path) -> None:
    source = tmp_path / "own.csv"
    source.write_text("concept,text,Checked by\nzorb disease,zorbosis,Ann\n", "utf-8")
    result = CliRunner().invoke(glossary, ["import", str(source), str(tmp_path / "own.yaml")])
    assert result.exit_code == 0
    assert "passed over: " in result.stderr
    assert "own.csv:1: Checked by: is no column" in result.stderr


def test_entry_is_added_before_the_mark_that_ends_a_document(tmp_path: Path) -> None:
    path = tmp_path / "house.yaml"
    path.write_text(
        "---\nfield: house\ntitle: H\nconcepts:\n- canonical: gout\n  spun: [toe fury]\n...\n",
        "utf-8",
    )
    add_concept(path, stroke())
    assert path.read_text("utf-8").endswith("...\n")
    assert [c.canonical for c in read_file(path).concepts] == ["gout", "stroke"]


def test_one_is_counted_as_one(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "field: own\ntitle: Own\nconcepts:\n"
        "  - canonical: zorb disease\n    spun: [zorbish disorder]\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(glossary, ["lint", str(path), "--no-counts"])
    assert result.stderr == "1 error, 0 warnings\n"
    result = CliRunner().invoke(
        glossary, ["export", str(tmp_path / "own.csv"), "--field", "own", "--glossary", str(path)]
    )
    assert result.stdout.endswith("own.csv: 1 concept, 0 things left out\n")
