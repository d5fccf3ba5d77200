"""Titles outside of the text: what is spun in them is shown, and waits for an editor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from unspin.article import Article
from unspin.config import Config
from unspin.pipeline import Cleaner
from unspin.reading import read_bytes
from unspin.report import Report
from unspin.running.batch import edited_bytes, record_line
from unspin.writing import render
from unspin.writing.formats.base import article_result
from unspin.writing.summary import worklist_rows

CLEAN = (
    "Exercise helps most people, and so does a good diet with fruit and vegetables every day of the "
    "week. See your doctor twice a year, and ask which medicines suit you."
)
SPUN = f"Smoking is one of the chance variables for stroke. {CLEAN}"


def cleaned(text: str, name: str, **config: Any) -> Report:
    chosen = Config(grammar="off", **{"model": "off", **config})
    (article,) = read_bytes(text.encode(), name, chosen)
    assert isinstance(article, Article)
    return Cleaner(chosen).clean(article)


def in_title(report: Report) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = report.to_dict()["findings"]
    return [f for f in found if f["message"].startswith("In the title: ")]


@pytest.mark.parametrize(
    ("front", "line", "column", "words"),
    [
        ("---\ntitle: Bosom malignancy\n---\n", 2, 8, "Bosom malignancy"),
        (
            '---\ndate: 2022-01-02\n"title" : "Of bosom malignancy"\n---\n',
            3,
            15,
            "bosom malignancy",
        ),
        ("---\r\ntitle: 'About\r\n  bosom malignancy'\r\n---\r\n", 3, 3, "bosom malignancy"),
        ("---\ntitle: >\n  Of bosom\n  malignancy\n---\n", 3, 6, "bosom\n  malignancy"),
        ("---\nseo:\n  title: Rest\ntitle: Bosom malignancy\n---\n", 4, 8, "Bosom malignancy"),
        ('+++\ntitle = "Bosom malignancy"\n+++\n', 2, 10, "Bosom malignancy"),
        ('---\ntitle: "Bosom\\u0020malignancy"\n---\n', 2, 8, '"Bosom\\u0020malignancy"'),
        (
            '{\n  "seo": {"title": "Rest"},\n  "title": "Bosom malignancy",\n  "x": 1\n}\n',
            3,
            13,
            "Bosom malignancy",
        ),
        ('---json\n{"title": "Of\\u0020bosom malignancy"}\n---\n', 2, 20, "bosom malignancy"),
    ],
)
def test_front_matter(front: str, line: int, column: int, words: str) -> None:
    source = f"{front}\n{CLEAN}\n"
    report = cleaned(source, "a.md")
    (found,) = in_title(report)
    assert (found["rule"], found["line"], found["column"]) == ("SP001", line, column)
    assert found["text"] == words == source[found["start"] : found["end"]]
    assert [r.lower() for r in found["replacements"]] == ["breast cancer"]
    assert (found["applicability"], found["applied"]) == ("editor", False)
    assert [row[4] for row in worklist_rows(report.to_dict())] == ["SP001"]
    assert report.review_required
    assert edited_bytes(report) == source.encode()


def test_each_place_of_a_title_and_of_a_heading() -> None:
    front = "---\ntitle: Chance variables of bosom malignancy\n---\n"
    report = cleaned(f"{front}\n# Bosom malignancy\n\n{SPUN}\n", "a.md", unsafe_fixes=True)
    assert [(f["line"], f["column"]) for f in in_title(report)] == [(2, 8), (2, 28)]
    written = render(report, "md")
    assert written.startswith("---\ntitle: Chance variables of bosom malignancy\n")
    assert "\n# Breast cancer\n" in written


@pytest.mark.parametrize("model", ["off", "auto"])
@pytest.mark.parametrize("body", [CLEAN, SPUN])
@pytest.mark.parametrize(
    "title", ["Chance variables for stroke", {"rendered": "Chance variables &amp; stroke"}]
)
def test_records(title: Any, body: str, model: str, repository: Path) -> None:
    record = {"title": title, "content": f"<p>{body}</p>"}
    report = cleaned(json.dumps(record), "a.jsonl", model=model)
    (found,) = in_title(report)
    assert found["text"] == "Chance variables"
    assert found["replacements"] == ["Risk factors"]
    assert (found["line"], found["column"]) == (None, None)
    assert found["start"] == found["end"]  # it is not in the text
    schema = json.loads((repository / "pipeline/unspin/data/report.schema.json").read_text("utf-8"))
    jsonschema.validate(report.to_dict(), schema)
    (item,) = (i for i in article_result(report).items if i.data == found)
    assert (item.line, item.end_line, item.fix) == (1, None, None)
    written = json.loads(record_line(report, "md"))
    assert written["title"] == title
    assert (written["review"], written["review_editor"]) == ("required", 1)


def test_titles_with_the_same_words_have_fingerprints_of_their_own() -> None:
    marks = set()
    for rest in ("stroke", "asthma"):
        record = {"title": f"Bosom malignancy and {rest}", "text": CLEAN}
        (found,) = in_title(cleaned(json.dumps(record), "a.jsonl"))
        marks.add(found["fingerprint"])
    assert len(marks) == 2


def test_the_title_of_a_page_without_a_heading() -> None:
    page = f"<html><head><title>Bosom malignancy</title></head><body><p>{CLEAN}</p></body></html>"
    (found,) = in_title(cleaned(page, "a.html"))
    assert (found["line"], found["column"], found["text"]) == (1, 20, "Bosom malignancy")


@pytest.mark.parametrize(
    ("head", "place"),
    [
        ("<title>Q &amp; A: bosom\n malignancy</title>", "bosom\n malignancy"),
        ('<meta property="og:title" content="Q &amp; A: bosom malignancy">', "bosom malignancy"),
        ("<title>Q &amp; A: bosom&#32;malignancy</title>", "Q &amp; A: bosom&#32;malignancy"),
    ],
)
def test_the_place_of_a_title_that_a_page_declares(head: str, place: str) -> None:
    page = f"<html><head>{head}</head><body><p>{CLEAN}</p></body></html>"
    (found,) = in_title(cleaned(page, "a.html"))
    assert found["text"] == page[found["start"] : found["end"]] == place


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"# Bosom malignancy\n\n{CLEAN}", "a.md"),  # a part of the text: mended there
        (f"<h1>Bosom malignancy</h1><p>{CLEAN}</p>", "a.html"),
        (f"---\ntitle: Risk factors for stroke\n---\n\n{SPUN}", "a.md"),
        (f"---\nsummary: Bosom malignancy\n---\n\n{CLEAN}", "a.md"),
        (json.dumps({"text": CLEAN}), "a.jsonl"),
    ],
)
def test_nothing_is_said_of_other_titles(text: str, name: str) -> None:
    assert in_title(cleaned(text, name)) == []


def test_rules_that_do_not_run_judge_no_title() -> None:
    text = f"---\ntitle: Bosom malignancy\n---\n\n{CLEAN}"
    assert in_title(cleaned(text, "a.md", ignore=("SP001",))) == []
