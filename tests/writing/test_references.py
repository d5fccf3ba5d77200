"""Links, images, emphasis, notes, authors and dates in what is written; and nothing that runs."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from unspin.article import Article
from unspin.config import Config
from unspin.pipeline import Cleaner
from unspin.reading import read_bytes
from unspin.report import Report
from unspin.writing import render

LONG = (
    "Most people feel better after a few days of rest and plenty of water at home, and when they do "
    "not, a doctor or a pharmacist can say what else may help with it and what does not. "
)


def written(text: str, name: str, to: str) -> str:
    article = next(iter(read_bytes(text.encode(), name, Config())))
    assert isinstance(article, Article), article
    return render(Report(article, article, (), (), None, (), None, None, {}, {}), to)


def page(inner: str) -> str:
    return f"<html><body><article><h1>Fever</h1><p>{LONG * 4}</p>{inner}<p>{LONG}</p></article></body></html>"


def links(out: str) -> tuple[set[str], list[str]]:
    """Targets of links inside a page, and its ids."""
    return set(re.findall(r'href="#([^"]+)"', out)), re.findall(r' id="([^"]+)"', out)


def marks(data: dict[str, Any]) -> list[dict[str, Any]]:
    found = list(data.get("marks", []))
    for part in [*data.get("blocks", []), *data.get("sections", [])]:
        found += marks(part)
    return found


# --- HTML ----------------------------------------------------------------------------------------

NOTES = """# Fever

See [signs](#signs), [more](#what-helps-best)[^1], again[^1], [there](#spot) and [none](#none)[^x].

## Signs {#signs}

- one
- two<a id="spot"></a>

## What helps best?

[^1]: Smith A, *Lancet*.
[^b]: Never named.
"""


def test_links_inside_markdown_lead_somewhere() -> None:
    out = written(NOTES, "a.md", "html")
    targets, ids = links(out)
    assert targets - set(ids) == {"none"}
    assert len(ids) == len(set(ids))
    assert all(name.startswith("in-") for name in ids)
    assert '<h2 id="in-signs">Signs</h2>' in out
    assert "{#" not in out and "[^1]" not in out and "[^b]" not in out
    assert "[^x]" in out  # of a note that is not there
    assert re.search(
        r'<p id="in-fn:1"><sup>1</sup> Smith A, <em>Lancet</em>\..*href="#in-fnref:1"', out
    )
    assert re.search(r'<p id="in-fn:b"><sup>b</sup> Never named\.</p>', out)


def test_links_inside_a_page_lead_somewhere() -> None:
    text = page(
        '<p>See <a href="#fn1">1</a><sup id="ref1"><a href="#fn1">2</a></sup>, <a href="#s">s</a>, '
        f'<a href="#old">old</a>, <a href="#w%C3%A4">w</a>. {LONG}</p><h2 id="s">Sec</h2><p>{LONG}</p>'
        f'<a name="old"></a><p>{LONG}</p><p id="wä">{LONG}</p><p id="unused">{LONG}</p>'
        '<ol><li id="fn1">Smith A, Lancet, 2001. <a href="#ref1">back</a></li></ol>'
    )
    out = written(text, "a.html", "html")
    targets, ids = links(out)
    assert targets <= set(ids), targets - set(ids)
    assert '<h2 id="in-s">' in out and '<li id="in-fn1">' in out and "unused" not in out


@pytest.mark.parametrize(
    "name", ["cookie", "location", "__proto__", "x y", 'a"><b', "getElementById"]
)
def test_names_from_a_source_are_none_of_the_page(name: str) -> None:
    text = f"# T\n\n<a href='#{name}'>there</a> <b id='{name}'>here</b>\n"
    _, ids = links(written(text, "a.md", "html"))
    assert all(re.fullmatch(r"in-[\w:.-]+", found) for found in ids)


def test_items_and_quotes_with_several_blocks_are_elements() -> None:
    text = "# T\n\n1. one\n\n   more\n   - in\n2. two\n\n> a\n>\n> - b\n> - c\n\n- > d\n"
    out = re.sub(r"\s*\n\s*", "", written(text, "a.md", "html"))
    assert "<ol><li><p>one</p><p>more</p><ul><li>in</li></ul></li><li>two</li></ol>" in out
    assert "<blockquote><p>a</p><ul><li>b</li><li>c</li></ul></blockquote>" in out
    assert "<ul><li><blockquote><p>d</p></blockquote></li></ul>" in out
    assert "1. one\n  more\n  - in\n2. two" in written(text, "a.md", "txt")


def test_formulas_stay_formulas() -> None:
    out = written("# T\n\nTake $a_1<b_1*c*$ and \\(x_1\\).\n\n$$\ny_1 * z_1\n$$\n", "a.md", "html")
    assert "$a_1&lt;b_1*c*$" in out and "\\(x_1\\)" in out and "$$ y_1 * z_1 $$" in out


@pytest.mark.parametrize(("front", "names"), [
    ("author: Jo Lee", ["Jo Lee"]),
    ("author: Mary O'Neil, MD, PhD", ["Mary O'Neil, MD, PhD"]),
    ("author: Mary O'Neil; MD; PhD", ["Mary O'Neil, MD, PhD"]),
    ("author: Jo Lee, Ann Roe", ["Jo Lee", "Ann Roe"]),
    ("author: Jo Lee, MD, Ann Roe, R.N.", ["Jo Lee, MD", "Ann Roe, R.N."]),
    ("author: Jo Lee; Ann Roe", ["Jo Lee", "Ann Roe"]),
    ("author: 'Lee, Jo'", ["Lee, Jo"]),
    ("authors: [Jo Lee, Ann Roe]", ["Jo Lee", "Ann Roe"]),
    ("authors: ['Jo Lee, MD', Cher]", ["Jo Lee, MD", "Cher"]),
    ("authors: [{name: Jo Lee}, {name: Ann Roe}]", ["Jo Lee", "Ann Roe"]),
])  # fmt: skip
def test_each_author_is_a_person(front: str, names: list[str]) -> None:
    said = linked_data(f"---\n{front}\n---\n\n# T\n\nText.\n")["author"]
    persons = said if isinstance(said, list) else [said]
    assert [p["name"] for p in persons] == names
    assert isinstance(said, list) is (len(names) > 1)


@pytest.mark.parametrize(("date", "wanted"), [
    ("2022-09-01", "2022-09-01"),
    ("2022-09-01 08:00:00+02:00", "2022-09-01T08:00:00+02:00"),
    ("'2022-09-01 08:00:00+02:00'", "2022-09-01T08:00:00+02:00"),
    ("2022-09-01T08:00:00Z", "2022-09-01T08:00:00+00:00"),
    ("1 May 2022", "2022-05-01"), ("May 1, 2022", "2022-05-01"), ("in spring", "in spring"),
])  # fmt: skip
def test_dates_are_iso_dates(date: str, wanted: str) -> None:
    data = linked_data(f"---\ndate: {date}\n---\n\n# T\n\nText.\n")
    assert data["datePublished"] == wanted


def linked_data(text: str) -> dict[str, Any]:
    out = written(text, "a.md", "html")
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', out)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


# --- JSON ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "name"), [
    ("# A *b*\n\nSee  [the page](/x) **now**, ![A pill](p.png) `c` <https://u.org>\n\n"
     "| [y](/z) | k |\n|---|---|\n| v | *w* |\n", "a.md"),
    (page('<p>See  <a href="/x">the page</a> <b>now</b>, <img src="p.png" alt="A pill"> '
          f'<code>c</code> <a href="https://u.org">https://u.org</a>. {LONG}</p><h2>A <i>b</i></h2>'
          '<table><tr><th><a href="/z">y</a></th><th>k</th></tr><tr><td>v</td><td><em>w</em></td></tr>'
          "</table>"), "a.html"),
])  # fmt: skip
def test_json_keeps_addresses_and_emphasis(text: str, name: str) -> None:
    data = json.loads(written(text, name, "json"))
    found = [(m["type"], m["text"], m.get("url", "")) for m in marks(data)]
    wanted = [
        ("link", "the page", "/x"), ("strong", "now", ""), ("image", "A pill", "p.png"),
        ("code", "c", ""), ("link", "https://u.org", "https://u.org"), ("link", "y", "/z"),
        ("emphasis", "w", ""),
    ]  # fmt: skip
    assert [w for w in wanted if w not in found] == []
    if name == "a.html":
        assert ("emphasis", "b", "") in found  # of a heading


def test_marks_of_json_say_where_they_stand() -> None:
    text = "See  [the\npage](/x) and `a` 10<sup>9</sup> **very *so* much**, <b>c</b> ![d](e.png) [f](g)."
    data = json.loads(written(f"# T\n\nx\n\n{text}\n", "a.md", "json"))
    placed = 0

    def check(part: dict[str, Any]) -> None:
        nonlocal placed
        for mark in part.get("marks", []):
            if "start" in mark:
                assert part["text"][mark["start"] : mark["end"]] == mark["text"]
                placed += 1
        for inner in [*part.get("blocks", []), *part.get("sections", [])]:
            check(inner)

    check(data)
    assert placed >= 5


def test_json_says_what_a_block_stands_in() -> None:
    text = "# T\n\n1. one\n\n   more\n\n> - said\n"
    blocks = json.loads(written(text, "a.md", "json"))["sections"] or []
    found = json.loads(written(text, "a.md", "json"))["blocks"] or blocks[0]["blocks"]
    assert [b["type"] for b in found] == ["list_item", "paragraph", "quote"]
    assert "within" not in found[0]
    assert found[1]["within"] == [{"type": "list_item", "item": 2, "ordered": True, "number": 1}]
    assert [w["type"] for w in found[2]["within"]] == ["quote", "list_item"]


# --- nothing that runs -----------------------------------------------------------------------------

HOSTILE = [
    '<p>A <img src="a.png" onerror="alert(1)" alt="x"> {}</p>',
    '<p>A <img/src="a.png"/onerror=alert(1)> {}</p>',
    '<p>A <sup><a href="javascript:alert(1)">1</a></sup> {}</p>',
    '<p>A <sup><a href="java&#10;script:alert(1)">1</a></sup> {}</p>',
    '<p>A <sup><a href=" &#x6A;avascript:alert(1)">1</a></sup> {}</p>',
    '<p>A <code onclick="alert(1)">c</code> {}</p>',
    '<p>A <kbd><script>alert(1)</script>K</kbd> {}</p>',
    '<p>A <img src=b.png alt="a\n\n<script>alert(1)</script>"> {}</p>',
    "<p>{}</p><pre><script>alert(1)</script>p</pre>",
    '<p>{}</p><pre><b style="x" onmouseover=alert(1)>p</b></pre>',
    "<p>{}</p><pre><svg onload=alert(1)></svg>p</pre>",
    '<p>{}</p><iframe src="https://v.example/1" onload="alert(1)" srcdoc="<script>1</script>"></iframe>',
    '<p>{}</p><video src="https://v.example/1" onplay="alert(1)"></video>',
    '<p>A <a href="javascript:alert(1)">x</a> {}</p>',
]  # fmt: skip


@pytest.mark.parametrize("inner", HOSTILE)
@pytest.mark.parametrize("to", ["md", "json", "html"])
def test_nothing_of_a_page_that_runs_is_written(inner: str, to: str) -> None:
    from unspin.writing.tree import _parser

    out = written(page(inner.format(LONG)), "a.html", to)
    shown = _parser().render(out.split("---\n\n", 1)[1]) if to == "md" else out
    if to == "json":
        data = json.loads(out)
        shown = " ".join([*(m.get("url", "") for m in marks(data)),
                          *(b.get("source", "") for b in data["blocks"])])  # fmt: skip
    shown = re.sub(r"<script type=.application/ld\+json.*?</script>", "", shown)
    shown = re.sub(r'="[^"]*&lt;script[^"]*"', "", shown)
    assert not re.search(r"<script|<svg|\son\w+\s*=|srcdoc|javascript:", shown, re.I), shown


def test_what_is_harmless_stays_as_the_page_has_it() -> None:
    inner = f"<p>A <img src=c.png  alt='ok'> and <kbd>K</kbd> {LONG}</p><pre>a  b\n\nc</pre>"
    out = written(page(inner), "a.html", "md")
    assert "A <img src=c.png  alt='ok'> and <kbd>K</kbd>" in out
    assert "<pre>a  b\n\nc</pre>" in out


def test_a_block_of_html_in_markdown_is_written_with_its_fixes() -> None:
    spun = "Smoking is one of the danger factors for stroke."
    text = (
        f"# Heart\n\n{LONG}\n\n<details>\n<summary>More</summary>\n<p>{LONG}{spun}</p>\n\n</details>\n\n"
        f"- one\n\n  {LONG}{spun}\n"
    )
    config = Config(grammar="off", model="off")
    article = next(iter(read_bytes(text.encode(), "a.md", config)))
    assert isinstance(article, Article)
    out = render(Cleaner(config).clean(article), "md").split("---\n\n", 1)[1]
    assert out == re.sub(r" +\n", "\n", text.replace("danger factors", "risk factors"))
