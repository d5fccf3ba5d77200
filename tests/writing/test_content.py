"""What a reader sees of the source stands in every format of the written article."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import replace
from functools import cache

import pytest
import yaml

from unspin.article import OBJECT, Article
from unspin.config import Config
from unspin.reading import read_bytes
from unspin.report import Report
from unspin.writing import FORMATS, render
from unspin.writing.summary import WORKLIST_COLUMNS, worklist_rows
from unspin.writing.tree import review

MD = """# Give `5 mg` or 10<sup>3</sup>

It holds 10<sup>3</sup> units, 10<sup>9</sup>/L, 10<sup>-6</sup>, kg/m<sup>2</sup>, H<sub>2</sub>O.
Take <del>8</del>4 `5 mg` pills every 4 hours.<br>Then press <kbd>Stop</kbd>, see <https://www.nhs.uk>
[^1] and ![A white pill](a.png) 2<sup>nd</sup>, <s>not closed.

```
fenced 5 mg
```

    indented 6 mg

| Age | Dose |
|---|---|
| `2 y` | 10<sup>9</sup>/L |

<pre>in pre 7 mg</pre>

[^1]: A note.
"""
HTML = """<html><body><article><h1>Give <code>5 mg</code> or 10<sup>3</sup></h1>
<p>It holds 10<sup>3</sup> units, 10<sup>9</sup>/L, 10<sup>-6</sup>, kg/m<sup>2</sup>, H<sub>2</sub>O.
Take <del>8</del>4 <code>5 mg</code> pills every 4 hours.<br>Then press <kbd>Stop</kbd>, see
<a href="https://www.nhs.uk">https://www.nhs.uk</a> <img src=a.png alt="A white pill">
2<sup>nd</sup>, <s>not closed.</p>
<pre>fenced 5 mg</pre><pre>    indented 6 mg</pre>
<table><tr><th>Age<th>Dose<tr><td><code>2 y</code><td>10<sup>9</sup>/L</table>
<div><pre>in pre 7 mg</pre></div></article></body></html>"""


@cache
def report(text: str, name: str) -> Report:
    """The report of a run that found nothing."""
    article = next(iter(read_bytes(text.encode(), name, Config())))
    assert isinstance(article, Article), article
    return Report(article, article, (), (), None, (), None, None, {}, {})


def written(text: str, name: str, to: str) -> str:
    return render(report(text, name), to)


SOURCES = pytest.mark.parametrize(("text", "name"), [
    (MD, "a.md"), (HTML, "a.html"), (json.dumps({"text": HTML}), "a.jsonl"),
])  # fmt: skip


@SOURCES
@pytest.mark.parametrize("to", ["txt", "json"])
def test_plain_text_holds_all_that_a_reader_sees(text: str, name: str, to: str) -> None:
    out = written(text, name, to)
    wanted = [
        "Give 5 mg or 10³", "10³ units", "10⁹/L", "10⁻⁶", "kg/m²", "H2O", "Take 4 5 mg pills",
        "hours. Then press Stop", "https://www.nhs.uk", "A white pill", "2nd", "not closed.",
        "fenced 5 mg", "indented 6 mg", "2 y", "in pre 7 mg",
    ]  # fmt: skip
    assert [w for w in wanted if w not in out] == []
    assert OBJECT not in out and "84" not in out and "`5 mg`" not in out


@SOURCES
def test_no_format_writes_an_object_or_merges_a_dose(text: str, name: str) -> None:
    for to in FORMATS:
        out = written(text, name, to)
        assert OBJECT not in out, to
        assert not re.search(r"\b(?:84|103|109|10-6)\b", out), to
        assert "fenced 5 mg" in out and "in pre 7 mg" in out, to


def test_markdown_in_a_record_is_rendered() -> None:
    text = json.dumps({"text": "# Dose\n\nTake `5 mg` now.\n\n## Then\n\nRest.\n"})
    assert "Take 5 mg now." in written(text, "a.jsonl", "txt")
    assert "Take <code>5 mg</code> now." in written(text, "a.jsonl", "html")


def test_html_of_markdown_holds_no_deleted_text() -> None:
    out = written(MD, "a.md", "html")
    assert "Take 4 <code>5 mg</code> pills" in out and "10<sup>9</sup>/L" in out
    assert "not closed." in out


def test_markup_of_markdown_is_shown_to_no_reader() -> None:
    text = (
        "# Dose\n\n% hide *a*\n\n+++\n\n(hide-b)=\n## Then\n\nRest.\n{: .hide-c}\n\n"
        "%%\nhide\n\nhide\n%%\n\nSay %% hide %% no{: .hide}.\n\n"
        "::: {.hide-d}\nTake 5 mg.\n:::\n\n:::{figure} pill.png\n:::\n"
    )
    for to in ("html", "txt"):
        out = written(text, "a.md", to)
        assert [s for s in ("hide", "+++", "%", "{:", ":::\n") if s in out] == [], to
        assert (
            "Say no." in " ".join(out.split())
            and "Rest." in out
            and "Take 5 mg." in out
            and "pill.png" in out
        )
    assert written(text, "a.md", "md").endswith(text)


def test_tables_keep_their_alignment() -> None:
    for newline in ("\n", "\r\n"):
        table = "| Age | Dose | x | y |\n|:--|--:|:-:|---|\n| 1 | 2 | 3 | 4 |\n"
        text = f"{table}\n> | A | B |\n> |---|---:|\n> | 1 | 2 |\n\n|  |  |\n|--:|---|\n| 5 | 6 |\n"
        out = written(text.replace("\n", newline), "a.md", "md")
        assert "| :--- | ---: | :---: | --- |" in out
        assert "| --- | ---: |" in out
        assert "| ---: | --- |" in out


def test_points_behind_steps_are_no_steps() -> None:
    text = "<ul><li>A<ol><li>One</li></ol><ul><li>Rest.</li></ul></li></ul>"
    out = written(f"<article><h1>T</h1>{text}</article>", "a.html", "html")
    assert "".join(out.split("</h1></header>")[1].split("</article>")[0].split()) == text


def test_line_breaks_stay() -> None:
    text = "Take 5 mg.  \nThen *10 mg.*\\\nThen rest\nfor long.\n\n- one  \n  two\n\n> a\\\n> b\n"
    out = written(text, "a.md", "md")
    assert "Take 5 mg.  \nThen *10 mg.*\\\nThen rest\nfor long." in out
    assert "- one  \n  two" in out and "> a\\\n> b" in out
    assert written(out, "a.md", "md") == out
    page = written(text, "a.md", "html")
    assert "Take 5 mg.<br>" in page and "</em><br>" in page and "rest for long" in page


def test_line_breaks_of_html_stay() -> None:
    text = (
        "<html><body><h1>One<br>two</h1><p>Take 5 mg.<br>Then 10 mg.</p><table><tr><th>A<th>B"
        "<tr><td>5 mg<br>10 mg<td>x</table></body></html>"
    )
    out = written(text, "a.html", "md")
    assert "# One two\n" in out
    assert "Take 5 mg.  \nThen 10 mg." in out
    assert "| 5 mg<br>10 mg | x |" in out


@pytest.mark.parametrize(("href", "kept"), [
    ("tel:+44-111", True), ("mailto:a@b.org", True), ("https://a.org/x", True), ("/rel", True),
    ("javascript:alert(1)", False), ("JaVaScript:alert(1)", False), ("data:text/html,x", False),
])  # fmt: skip
def test_html_keeps_addresses_that_run_nothing(href: str, kept: bool) -> None:
    page = f"<html><body><p>Ask for help <a href='{href}'>here</a> at once.</p></body></html>"
    for text, name in ((page, "a.html"), (f"Ask for help [here]({href}) at once.\n", "a.md")):
        out = written(text, name, "html")
        assert (f'href="{href}"' in out) is kept
        assert "here" in out


def test_addresses_with_spaces_stay_addresses() -> None:
    page = "<html><body><p>Call <a href='tel:+44 20 (0)'>us</a> <a href='/a(b'>now</a>.</p></body></html>"
    assert "[us](<tel:+44 20 (0)>) [now](</a(b>)" in written(page, "a.html", "md")


def test_items_keep_their_own_numbers() -> None:
    page = (
        "<html><body><p>Do:</p><ol><li>one<li value=9>nine<ul><li>in</ul><li>ten</ol></body></html>"
    )
    out = written(page, "a.html", "md")
    assert "1. one\n9) nine\n   - in\n10) ten" in out
    read_again = report(out, "a.md").article
    assert [b.number for b in read_again.blocks if b.ordered] == [1, 9, 10]
    assert re.search(r'<li>one\s*</li>\s*<li value="9">nine', written(page, "a.html", "html"))
    assert '<li value="10"' not in written(page, "a.html", "html")
    assert "9. nine" in written(page, "a.html", "txt")
    assert json.loads(written(page, "a.html", "json"))["blocks"][2]["number"] == 9


CLEAN = "# Rest\n\nMost people feel better after a few days of rest and plenty of water at home.\n"


@pytest.mark.parametrize(("front", "wanted"), [
    ("review: required\nreview_suggested: 4\nreview_editor: 1\n", ("required", 4, 1)),
    ('review: "required"\n', ("required", 0, 0)),
    ("review: none\nreview_suggested: 4\n", ("none", 0, 0)),
    ("title: Rest\n", ("none", 0, 0)),
    ("notes: review: required\n", ("none", 0, 0)),
])  # fmt: skip
def test_a_second_run_does_not_clear_a_text(front: str, wanted: tuple[str, int, int]) -> None:
    text = f"---\n{front}---\n{CLEAN}"
    review, suggested, editor = wanted
    out = written(text, "a.md", "md")
    lines = f"review: {review}\nreview_suggested: {suggested}\nreview_editor: {editor}\n---"
    assert lines in out
    assert out.count("\nreview:") == 1
    assert written(out, "a.md", "md") == out
    assert json.loads(written(text, "a.md", "json"))["review"] == review


def test_a_review_of_the_author_stays_beside_ours() -> None:
    text = "---\nreview:\n  by: Dr. Lee\n  date: 2024-01-02\n---\n\n# Heart\n\nRest helps a sore back.\n"
    front = yaml.safe_load(written(text, "page.md", "md").split("---")[1])
    assert front["review"] == {"by": "Dr. Lee", "date": datetime.date(2024, 1, 2)}
    assert front["unspin_review"] == "none"


def test_a_link_behind_an_exclamation_mark_is_no_image() -> None:
    html = '<p>Watch out!<a href="https://example.org/a">Here is the page</a> for more on it.</p>'
    assert r"Watch out\![Here is the page](https://example.org/a)" in written(
        html, "page.html", "md"
    )


def test_an_article_that_reads_as_spun_without_a_place_waits_for_an_editor() -> None:
    calm = report(MD, "a.md")
    spun = replace(calm, spun_probability=0.8)
    assert review(spun) == {"review": "required", "review_suggested": 0, "review_editor": 1}
    (row,) = worklist_rows(spun.to_dict())
    cells = dict(zip(WORKLIST_COLUMNS, row, strict=True))
    assert (cells["path"], cells["applicability"], cells["confidence"]) == ("a.md", "editor", "0.8")
    assert "reads as spun" in cells["message"]
    assert review(calm)["review"] == "none"
    assert worklist_rows(calm.to_dict()) == []
