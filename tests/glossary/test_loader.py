from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import jsonschema
import pytest
import yaml

from tests.glossary.helpers import HOUSE, house_file
from unspin.errors import GlossaryError
from unspin.glossary.concept import When
from unspin.glossary.loader import glossary_files, read_file
from unspin.resources import data_path

HEAD = "field: x\ntitle: X\nconcepts:\n"

#: Files that are wrong, with the line and a word of what is said.
WRONG = [
    ("- a\n", 1, "no glossary file"),
    ("field: y\ntitle: X\n", 1, "write 'x'"),
    ("field: x\n", 1, "title"),
    ("field: x\ntitle: X\nconcept: []\n", 3, "no key 'concept'"),
    (HEAD + "  - canonical: a\n    spun: b c\n", 5, "spun must be a list"),
    (HEAD + "  - canonical: a\n    spun:\n      - b\n      - 'c {d'\n", 7, "braces"),
    (HEAD + "  - canonical: a\n    spun:\n      - '{@list} c'\n", 6, "no list 'list'"),
    (HEAD + "  - canonical: a\n    pos: thing\n", 5, "must be one of noun"),
    (HEAD + "  - canonical: a\n    when: {befor: [b]}\n", 5, "no key 'befor'"),
    (HEAD + "  - canonical: a\n    when: {before: b}\n", 5, "when.before must be a list"),
    (HEAD + "  - canonical: a\n    when: {not_verb: maybe}\n", 5, "true or false"),
    (HEAD + "  - canonical: a\n    examples:\n      - bad: b\n", 6, "good must be"),
    (HEAD + "  - canonical: a\n  - pos: noun\n", 5, "canonical must be"),
    (HEAD + "  - canonical: a\n    canonical: b\n", 5, "stands twice"),
    (HEAD + "  - canonical: [a]\n", 4, "canonical must be"),
    (HEAD + "  - canonical: a\n    fine: [{b: c}]\n", 5, "item of fine"),
    (HEAD + "  - canonical: a\n    extend: 3\n", 5, "true or false"),
    (HEAD + "  - canonical: a\n    spun:\n      - form: b\n        applicability: sure\n", 7, "one of"),
    (HEAD + "  - canonical: a\n    families: {}\n", 5, "families must be a list"),
    (HEAD + "  - canonical: a\n    families: [null]\n", 5, "must be a piece of text"),
    (
        HEAD + "  - canonical: a\n    deprecated: [{form: b, source: [c]}]\n",
        5,
        "source must be a piece of text",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "what"), WRONG)
def test_errors_name_file_line_and_remedy(tmp_path: Path, text: str, line: int, what: str) -> None:
    path = house_file(tmp_path, text, "x.yaml")
    with pytest.raises(GlossaryError) as error:
        read_file(path)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert what in str(error.value)
    assert "; " in str(error.value)


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    path = house_file(
        tmp_path, HEAD + "  - canonical: a\n    spun: [b\n  - canonical: c\n", "x.yaml"
    )
    with pytest.raises(GlossaryError, match=r"x\.yaml:\d+: is not valid YAML"):
        read_file(path)


def test_missing_and_empty_places_are_errors(tmp_path: Path) -> None:
    with pytest.raises(GlossaryError, match="no such file"):
        glossary_files(tmp_path / "none.yaml")
    with pytest.raises(GlossaryError, match=r"no \.yaml file"):
        glossary_files(tmp_path)
    latin = tmp_path / "x.yaml"
    latin.write_bytes(b"field: x\ntitle: caf\xe9\n")
    with pytest.raises(GlossaryError, match="not UTF-8"):
        read_file(latin)


def test_problems_are_collected_where_asked(tmp_path: Path) -> None:
    text = HEAD + "  - canonical: a\n    pos: b\n  - canonical: c\n  - canonical: d\n    pos: e\n"
    problems: list[str] = []
    file = read_file(house_file(tmp_path, text, "x.yaml"), problems=problems)
    assert [c.canonical for c in file.concepts] == ["c"]
    assert len(problems) == 2


def test_scalars_are_text_whatever_they_look_like(tmp_path: Path) -> None:
    text = HEAD + "  - canonical: 'on'\n    admitted: [no, 12, 1e3, null_]\n    families: [2, 2b]\n"
    concept = read_file(house_file(tmp_path, text, "x.yaml")).concepts[0]
    assert concept.admitted == ("no", "12", "1e3", "null_")
    assert concept.families == ("2", "2b")


def test_conditions_are_read(tmp_path: Path) -> None:
    text = HEAD + (
        "  - canonical: a\n    spun:\n      - form: b\n        within: 5\n"
        "        when: {before: [Of], not_verb: true, article_has: [x, [y, Z]]}\n"
    )
    variant = read_file(house_file(tmp_path, text, "x.yaml")).concepts[0].spun[0]
    assert variant.when == When(before=("of",), not_verb=True, article_has=(("x",), ("y", "z")))
    assert (variant.within, variant.line) == (5, 6)


def _schema() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(data_path("glossary.schema.json").read_text("utf-8"))
    return data


def _plain(text: str) -> Any:
    return yaml.safe_load(text)


def test_schema_is_valid_and_accepts_what_the_loader_accepts(tmp_path: Path) -> None:
    schema = _schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(_plain(dedent(HOUSE)))) == []


#: What no schema can say: the file's name, lists that exist, balanced braces, keys that repeat.
BEYOND = ("write 'x'", "no list", "braces", "stands twice")


@pytest.mark.parametrize("text", [text for text, _, what in WRONG if not what.startswith(BEYOND)])
def test_schema_rejects_what_the_loader_rejects(text: str) -> None:
    validator = jsonschema.Draft202012Validator(_schema())
    assert list(validator.iter_errors(_plain(text)))


def test_list_of_another_format_is_to_be_imported_first(tmp_path: Path) -> None:
    path = tmp_path / "terms.csv"
    path.write_text("concept,text\ngout,toe fury\n", "utf-8")
    with pytest.raises(GlossaryError, match=r"terms\.csv:0: .* import .*terms\.csv .*terms\.yaml"):
        glossary_files(path)
