"""Editing in place: nothing but the spans of the edits changes, byte for byte."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unspin.article import Article
from unspin.cli import clean, main
from unspin.config import Config
from unspin.edits import apply_edits, invert_edits
from unspin.findings import Applicability, Finding
from unspin.fixing import fix
from unspin.glossary.commands import concepts_in_force
from unspin.pipeline import Cleaner
from unspin.reading import read_bytes
from unspin.report import Report
from unspin.running.batch import edited_bytes

FAST = Config(grammar="off", model="off")
#: Sentences that make a page long enough to be judged, and hold no fault.
FILLER = (
    "Most people feel better after a few days of rest and plenty of water.",
    "Ask a pharmacist which medicines suit you before you take any of them.",
    "The nurse will show you how to keep the dressing clean and dry at home.",
    "Call your doctor when the fever does not go down within three days.",
)
#: Enough phrases for variety; finding each costs a run.
PHRASES = 30
PROSE, KEEP = True, False
Part = tuple[bool, str]


@cache
def cleaner() -> Cleaner:
    return Cleaner(FAST)


def judged(raw: bytes, name: str) -> Report:
    article = next(iter(read_bytes(raw, name, FAST)))
    assert isinstance(article, Article), article
    return cleaner().clean(article)


@cache
def planted() -> list[str]:
    """Spun sentences of the glossary's own examples that a plain run restores."""
    out: list[str] = []
    for _, concept in concepts_in_force()[::7]:
        for example in concept.examples[:1]:
            plain = example.bad.isascii() and not set(example.bad) & set("|<>&*_[]\"'\n")
            if plain and concept.applicability == "safe":
                made = judged(" ".join([*FILLER, example.bad]).encode(), "a.txt")
                if made.edits:
                    out.append(example.bad)
        if len(out) >= PHRASES:
            break
    assert len(out) >= PHRASES, "the glossary has too few examples"
    return out


# --- documents as parts: prose that may change, and everything else -------------------------------

bad = st.deferred(lambda: st.sampled_from(planted()))
prose = st.one_of(bad, st.sampled_from(FILLER))


@st.composite
def markdown_blocks(draw: st.DrawFn) -> list[Part]:
    """One Markdown block; every place where nothing may be edited holds a spun sentence too."""
    spun, a, b = draw(bad), draw(prose), draw(prose)
    word = spun.split()[0].strip(".,")
    blocks: list[list[Part]] = [
        [(PROSE, f"{a} {b}")],
        [(KEEP, "## "), (PROSE, a.rstrip("."))],
        [(KEEP, f"```text\n{spun}\n```")],
        [(KEEP, f"    {spun}")],
        [(PROSE, a), (KEEP, f" `{spun}` "), (PROSE, b)],
        [(KEEP, "["), (PROSE, a.rstrip(".")), (KEEP, f"](https://example.org/{word} '{spun}') ok")],
        [(KEEP, f"<!-- {spun} -->")],
        [(KEEP, f'{{{{< figure src="a.png" title="{spun}" >}}}}')],
        [(KEEP, f'{{% note "{spun}" %}}')],
        [(KEEP, "- "), (PROSE, a), (KEEP, "\n  - "), (PROSE, b), (KEEP, "\n    1. "), (PROSE, a)],
        [(KEEP, "> "), (PROSE, a), (KEEP, "\n> "), (PROSE, b)],
        [(KEEP, "| One | Two |\n|:--|--:|\n| "), (PROSE, a), (KEEP, " |  "), (PROSE, b), (KEEP, "|")],
        [(KEEP, "**"), (PROSE, a), (KEEP, "** _"), (PROSE, b), (KEEP, "_")],
        [(KEEP, f'<div class="{word}" title="{spun}">\n\n'), (PROSE, a), (KEEP, "\n\n</div>")],
        [(KEEP, f"![{word}](https://example.org/{word}.png)")],
        [(KEEP, f"[ref]: https://example.org/{word} '{spun}'")],
        [(PROSE, a), (KEEP, "  \n"), (PROSE, b)],
        # a comment ends what a block of code behind it would belong to
        [(KEEP, '!!! note "'), (PROSE, a), (KEEP, '"\n    '), (PROSE, b), (KEEP, "\n\n    - "), (PROSE, a), (KEEP, "\n\n<!-- c -->")],
        [(KEEP, f"[^{word}]: "), (PROSE, a), (KEEP, "\n\n    "), (PROSE, b), (KEEP, "\n\n<!-- c -->")],
        [(KEEP, f':::tip{{title="{spun}"}}\n'), (PROSE, a), (KEEP, "\n:::")],
        [(KEEP, "```{admonition} "), (PROSE, a), (KEEP, f"\n:class: {spun}\n\n"), (PROSE, b), (KEEP, "\n```")],
        [(PROSE, a), (KEEP, "\n\n---\n\n"), (PROSE, b)],
    ]  # fmt: skip
    return draw(st.sampled_from(blocks))


@st.composite
def html_blocks(draw: st.DrawFn) -> list[Part]:
    """One HTML block, likewise."""
    spun, a, b = draw(bad), draw(prose), draw(prose)
    blocks: list[list[Part]] = [
        [(KEEP, "<p>"), (PROSE, f"{a} {b}"), (KEEP, "</p>")],
        [(KEEP, f'<P  CLASS = x data-note="{spun}" >'), (PROSE, a), (KEEP, "</P >")],
        [(KEEP, "<h2>"), (PROSE, a.rstrip(".")), (KEEP, "</h2>")],
        [(KEEP, f"<script>var a = '{spun}';</script>")],
        [(KEEP, f"<style>/* {spun} */</style>")],
        [(KEEP, f"<!-- {spun} -->")],
        [(KEEP, "<p>"), (PROSE, a), (KEEP, " &amp; caf&eacute;&nbsp;&#8217;s. "), (PROSE, b), (KEEP, "</p>")],
        [(KEEP, "<ul>\n <li>"), (PROSE, a), (KEEP, "<li>"), (PROSE, b), (KEEP, "\n</ul>")],
        [(KEEP, "<p>"), (PROSE, a), (KEEP, f' <a href="/x" title="{spun}">'), (PROSE, b), (KEEP, "</a></p>")],
        [(KEEP, "<table><tr><td>"), (PROSE, a), (KEEP, "</td><td>"), (PROSE, b), (KEEP, "</td></tr></table>")],
        [(KEEP, f"<pre>{spun}</pre>")],
        [(KEEP, f'<img src="a.png" alt="{spun}"><br/>')],
        [(KEEP, "<p><b>"), (PROSE, a), (KEEP, "</b>\t<i>"), (PROSE, b), (KEEP, "</i></p>")],
    ]  # fmt: skip
    return draw(st.sampled_from(blocks))


def joined(blocks: list[list[Part]], gap: str) -> list[Part]:
    parts: list[Part] = []
    for block in blocks:
        parts += [*block, (KEEP, gap)]
    return parts


newlines = st.sampled_from(["\n", "\r\n"])
encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])


@st.composite
def markdown_pages(draw: st.DrawFn) -> tuple[list[Part], str]:
    first = [(PROSE, " ".join(FILLER)), (KEEP, "\n\n"), (PROSE, draw(bad)), (KEEP, "\n\n")]
    line = draw(bad)
    head = draw(
        st.sampled_from(
            [
                "",
                f'---\ntitle: Rest\ndescription: "{line}"\ntags: [a,  b]\n---\n\n',
                f'+++\ntitle = "Rest"\nsummary = "{line}"\n+++\n\n',
            ]
        )
    )
    blocks = draw(st.lists(markdown_blocks(), min_size=1, max_size=8))
    parts = [(KEEP, head), *first, *joined(blocks, "\n\n")]
    newline = draw(newlines)
    return [(k, t.replace("\n", newline)) for k, t in parts], draw(encodings)


@st.composite
def html_pages(draw: st.DrawFn) -> tuple[list[Part], str]:
    head = f"<!DOCTYPE html>\n<html><head><title>Rest and water</title><meta name=description content='{draw(bad)}'></head>\n<body><article>\n<h1>Rest and water</h1>\n<p>"
    first = [(PROSE, " ".join(FILLER)), (KEEP, "</p>\n<p>"), (PROSE, draw(bad)), (KEEP, "</p>\n")]
    blocks = draw(st.lists(html_blocks(), min_size=1, max_size=8))
    parts = [(KEEP, head), *first, *joined(blocks, "\n"), (KEEP, "</article></body></html>\n")]
    newline = draw(newlines)
    return [(k, t.replace("\n", newline)) for k, t in parts], draw(encodings)


def check(parts: list[Part], encoding: str, name: str) -> None:
    text = "".join(t for _, t in parts)
    raw = text.encode(encoding)
    report = judged(raw, name)
    edited = edited_bytes(report)
    inside = []
    at = 0
    for may_change, part in parts:
        if may_change:
            inside.append((at, at + len(part)))
        at += len(part)
    for edit in report.edits:
        assert any(a <= edit.start and edit.end <= b for a, b in inside), (
            f"edit outside prose: {text[edit.start - 20 : edit.end + 20]!r} -> {edit.after!r}"
        )
    # Put together from slices of the bytes, independently of how the product does it.
    plain = "utf-16-le" if raw.startswith(b"\xff\xfe") else "utf-8"
    bom = raw[: len(raw) - len(text.encode(plain))]
    expected = [bom]
    at = 0
    for edit in report.edits:
        assert text[edit.start : edit.end] == edit.before
        expected += [text[at : edit.start].encode(plain), edit.after.encode(plain)]
        at = edit.end
    expected.append(text[at:].encode(plain))
    assert edited == b"".join(expected)
    assert report.edits, "the planted sentence was not restored"


SETTINGS = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@SETTINGS
@given(markdown_pages())
def test_markdown_changes_inside_prose_only(page: tuple[list[Part], str]) -> None:
    check(*page, "page.md")


@SETTINGS
@given(html_pages())
def test_html_changes_inside_text_nodes_only(page: tuple[list[Part], str]) -> None:
    check(*page, "page.html")


# --- through the command --------------------------------------------------------------------------


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    return CliRunner()


def run(runner: CliRunner, *args: str) -> tuple[int, str]:
    result = runner.invoke(clean, [*args, "--in-place", "--grammar", "off", "--model", "off"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_command_edits_markdown_and_undo_gives_it_back(runner: CliRunner) -> None:
    text = f"---\r\ntitle: x\r\n---\r\n\r\n# Rest\r\n\r\n{' '.join(FILLER)} {planted()[0]}\r\n"
    raw = b"\xef\xbb\xbf" + text.encode()
    page = Path("pages with spaces/naïve page.md")
    page.parent.mkdir()
    page.write_bytes(raw)
    code, output = run(runner, "pages with spaces", "-o", "out")
    assert code == 0, output
    data = json.loads(Path("out/naïve page.report.json").read_text(encoding="utf-8"))
    assert data["edits"]
    edited = page.read_bytes()
    assert edited != raw
    for edit in reversed(data["edits"]):
        text = text[: edit["start"]] + edit["after"] + text[edit["end"] :]
    assert edited == b"\xef\xbb\xbf" + text.encode()
    second, _ = run(runner, "pages with spaces", "-o", "out2")
    assert second == 0
    assert page.read_bytes() == edited


SPUN = f"{' '.join(FILLER)} Smoking is one of the {{}} for stroke.\n"


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("a.html", "<b>chance</b> <i>variables</i>", "<b>risk</b> <i>factors</i>"),
        ("a.html", "chance<br>\n variables", "risk<br>\n factors"),
        ("a.html", "hazard<br/>factors", "risk<br/>factors"),
        ("a.html", "haz&#97;rd&nbsp;factors", "risk factors"),
        ("a.md", "chance **variables**", "risk **factors**"),
        ("a.md", "hazard\nfactors", "risk factors"),
    ],
)
def test_markup_inside_a_phrase_keeps_its_place(
    runner: CliRunner, name: str, before: str, after: str
) -> None:
    text = f"<p>{SPUN}</p>" if name.endswith("html") else SPUN
    Path(name).write_text(text.format(before), encoding="utf-8")
    assert run(runner, name)[0] == 0
    assert Path(name).read_text(encoding="utf-8") == text.format(after)


def test_a_phrase_across_an_indented_line_leaves_no_gap(runner: CliRunner) -> None:
    text = "- " + SPUN.replace("one of", "one\n  of")
    Path("a.md").write_text(text.format("hazard\n  factors"), encoding="utf-8")
    assert run(runner, "a.md")[0] == 0
    assert Path("a.md").read_text(encoding="utf-8") == text.format("risk factors")


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_stays_a_link(runner: CliRunner) -> None:
    Path("real.md").write_text(SPUN.format("danger factors"), encoding="utf-8")
    Path("link.md").symlink_to("real.md")
    assert run(runner, "link.md")[0] == 0
    assert Path("link.md").is_symlink()
    assert Path("real.md").read_text(encoding="utf-8") == SPUN.format("risk factors")


def test_pages_of_one_name_keep_what_undo_needs(runner: CliRunner) -> None:
    for n in range(2):
        page = Path(f"content/{n}/index.md")
        page.parent.mkdir(parents=True)
        page.write_text(f"Page {n}. " + SPUN.format("danger factors"), encoding="utf-8")
        raw = page.read_bytes()
        # As hooks do: one run for each commit, with the files that it holds.
        assert run(runner, str(page), "-o", ".unspin", "--no-originals")[0] == 0
        assert page.read_bytes() != raw
    for n in range(2):
        done = runner.invoke(main, ["undo", f".unspin/content/{n}/index.report.json"])
        assert done.stdout.startswith(f"Page {n}. ")
        assert "danger factors" in done.stdout


def test_a_file_without_faults_is_not_written(runner: CliRunner) -> None:
    page = Path("page.md")
    page.write_text("# Rest and water\n\n" + "\n\n".join(FILLER) + "\n", encoding="utf-8")
    before = page.stat()
    assert run(runner, "page.md")[0] == 0
    assert page.stat().st_mtime_ns == before.st_mtime_ns
    assert page.stat().st_ino == before.st_ino


def test_json_lines_are_refused_with_a_reason(runner: CliRunner) -> None:
    rows = [{"id": n, "text": " ".join([*FILLER, planted()[n]])} for n in range(2)]
    raw = "\n".join(json.dumps(r) for r in rows).encode()
    Path("rows.jsonl").write_bytes(raw)
    code, output = run(runner, "rows.jsonl")
    assert code == 2
    assert "rows.jsonl: cannot be edited in place" in output
    assert Path("rows.jsonl").read_bytes() == raw


def test_word_is_refused_with_a_reason(runner: CliRunner) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_paragraph(" ".join([*FILLER, planted()[0]]))
    document.save("page.docx")
    raw = Path("page.docx").read_bytes()
    code, output = run(runner, "page.docx")
    assert code == 2
    assert "page.docx: cannot be edited in place" in output
    assert "clean it into a folder instead" in output
    assert Path("page.docx").read_bytes() == raw


def test_a_refused_file_does_not_stop_the_others(runner: CliRunner) -> None:
    page = " ".join([*FILLER, planted()[0]])
    Path("in").mkdir()
    Path("in/a.jsonl").write_text(json.dumps({"text": page}), encoding="utf-8")
    Path("in/b.md").write_text(page, encoding="utf-8")
    code, output = run(runner, "in")
    assert code == 2
    assert "a.jsonl" in output
    assert Path("in/b.md").read_text(encoding="utf-8") != page


def test_other_encodings_keep_every_other_byte(runner: CliRunner) -> None:
    spun = planted()[0]
    raw = " ".join([*FILLER, "A café serves crème brûlée on Sundays.", spun]).encode("cp1252")
    Path("page.txt").write_bytes(raw)
    code, output = run(runner, "page.txt")
    assert code == 0, output
    start = len(raw) - len(spun)
    edited = Path("page.txt").read_bytes()
    assert edited[:start] == raw[:start]
    assert edited != raw


def test_a_change_that_the_encoding_cannot_write_is_refused(runner: CliRunner) -> None:
    glossary = Path("house.yaml")
    glossary.write_text(
        "field: house\ntitle: House terms\nconcepts:\n  - canonical: naïve 日 cell\n"
        "    spun: [simple day cell]\n    examples:\n"
        "      - {bad: A simple day cell rests., good: A naïve 日 cell rests.}\n",
        encoding="utf-8",
    )
    raw = " ".join([*FILLER, "A café is no place for a simple day cell."]).encode("cp1252")
    Path("page.txt").write_bytes(raw)
    code, output = run(runner, "page.txt", "--glossary", "house.yaml")
    assert code == 2, output
    assert "convert it to UTF-8 first" in output
    assert Path("page.txt").read_bytes() == raw


# --- what undo needs ------------------------------------------------------------------------------


def undone(runner: CliRunner, report: str) -> str:
    done = runner.invoke(main, ["undo", report])
    assert done.exit_code == 0, done.output
    return str(done.stdout)


def page(path: str, text: str) -> Path:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def text_of(name: str) -> str:
    return f"Page {name}. " + SPUN.format("danger factors")


@pytest.mark.parametrize("originals", [True, False])
def test_a_run_that_fixes_nothing_more_keeps_the_way_back(
    runner: CliRunner, originals: bool
) -> None:
    file = page("content/page.md", text_of("one"))
    options = ["-o", ".unspin", *([] if originals else ["--no-originals"])]
    report = ".unspin/content/page.report.json"
    # As a hook runs: the commit fails, the fixed page is added and committed, then judged again.
    for named in ("content/page.md", "content/page.md", str(file.resolve())):
        assert run(runner, named, *options)[0] == 0
        assert "risk factors" in file.read_text(encoding="utf-8")
        assert undone(runner, report) == text_of("one")
    assert not list(Path(".unspin/content").glob("page.*.report.json"))


@pytest.mark.parametrize("originals", [True, False])
def test_each_fix_of_a_page_has_its_way_back(runner: CliRunner, originals: bool) -> None:
    options = ["-o", ".unspin", *([] if originals else ["--no-originals"])]
    first = text_of("one") + "\nA simple day cell rests at night, as most cells do.\n"
    file = page("content/page.md", first)
    assert run(runner, "content/page.md", *options)[0] == 0
    second = file.read_text(encoding="utf-8")
    page(
        "house.yaml",
        "field: house\ntitle: House terms\nconcepts:\n  - canonical: resting cell\n"
        "    spun: [simple day cell]\n    examples:\n"
        "      - {bad: A simple day cell rests., good: A resting cell rests.}\n",
    )
    assert run(runner, "content/page.md", *options, "--glossary", "house.yaml")[0] == 0
    third = file.read_text(encoding="utf-8")
    assert len({first, second, third}) == 3
    assert undone(runner, ".unspin/content/page.report.json") == second
    file.write_text(second, encoding="utf-8")
    (kept,) = Path(".unspin/content").glob("page.*.report.json")
    assert undone(runner, str(kept)) == first


def test_reports_of_other_sources_are_not_written_over(runner: CliRunner) -> None:
    options = ["-o", ".unspin", "--no-originals"]
    pages = {
        "content/en/index.md": "index",
        "content/fr/index.md": "index.md",
        "content/it/index.md": "index.md-2",
    }
    for path in pages:
        page(path, text_of(path))
        assert run(runner, str(Path(path).parent), *options)[0] == 0
    for path in ("content/page.md", "content/page.txt"):
        page(path, text_of(path))
        assert run(runner, path, *options)[0] == 0
    pages |= {"content/page.md": "content/page", "content/page.txt": "content/page.txt"}
    for _ in range(2):
        for path, stem in pages.items():
            assert "risk factors" in Path(path).read_text(encoding="utf-8")
            assert undone(runner, f".unspin/{stem}.report.json") == text_of(path)
            assert run(runner, path, *options)[0] == 0
            assert run(runner, str(Path(path).parent), *options)[0] == 0


def test_a_run_into_the_folder_keeps_the_way_back_of_an_edit_in_place(runner: CliRunner) -> None:
    file = page("content/page.md", text_of("one"))
    assert run(runner, "content", "--no-originals")[0] == 0
    args = ["content", "--grammar", "off", "--model", "off", "--no-originals"]
    done = runner.invoke(clean, args)
    assert done.exit_code == 0, done.output
    assert undone(runner, "output/page.report.json") == file.read_text(encoding="utf-8")
    (kept,) = Path("output").glob("page.*.report.json")
    assert undone(runner, str(kept)) == text_of("one")


# --- markup around what a fix takes away -----------------------------------------------------------

TITLE = "Best Knee Brace Running"


def in_place(body: str, name: str = "a.md") -> tuple[str, Report]:
    """What an edit in place makes of a body."""
    if name.endswith("md"):
        head, tail = f"# {TITLE}\n\n{' '.join(FILLER)}\n\n", "\n\nThe end comes last.\n"
    else:
        head = f"<html><body><article><h1>{TITLE}</h1>\n<p>{' '.join(FILLER)}</p>\n"
        tail = "\n<p>The end comes last.</p></article></body></html>\n"
    report = judged((head + body + tail).encode(), name)
    assert report.text.startswith(head)
    assert report.text.endswith(tail)
    return report.text[len(head) : len(report.text) - len(tail)], report


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Bend the *the* knee.", "Bend the knee."),
        ("Bend the **the knee** now.", "Bend the **knee** now."),
        ("_Bend the_ the knee.", "_Bend the_ knee."),
        ("Bend the [the](/x) knee.", "Bend the knee."),
        ("Bend the [**the**][r] knee.\n\n[r]: /y", "Bend the knee.\n\n[r]: /y"),
        (f"Bend it. **{TITLE}.** Ice helps.", "Bend it. Ice helps."),
        (f"***{TITLE}.*** Ice helps.", "Ice helps."),
        ("[Click here](/x) to read more.", ""),
    ],
)
def test_markdown_keeps_no_marks_around_nothing(before: str, after: str) -> None:
    assert in_place(before)[0] == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>Bend the <i>the</i> knee.</p>", "<p>Bend the knee.</p>"),
        (f"<p>Bend it. <b><i>{TITLE}.</i></b> Ice helps.</p>", "<p>Bend it. Ice helps.</p>"),
        ("<p><a href='/x'>Click here</a> to read more.</p>", ""),
        ("<p>Bend the <img src='k.png'> <i>the</i> knee.</p>",) * 2,
    ],
)
def test_html_keeps_no_elements_around_nothing(before: str, after: str) -> None:
    assert in_place(before, "a.html")[0] == after


@pytest.mark.parametrize(
    "body", [f"{TITLE}. 1. Bend the knee.", f"__{TITLE}.__ - Bend it.", f"{TITLE}. # Bend it."]
)
def test_a_fix_that_would_make_other_markup_is_refused_with_a_reason(body: str) -> None:
    after, report = in_place(body)
    assert after == body
    assert report.restored.text.count(TITLE) == 2
    assert any("Markdown" in f.message for f in report.findings if f.rule == "MF001")


def removal(article: Article, start: int, end: int, new: str = "") -> Finding:
    return Finding(
        rule="KS001", start=start, end=end, message="A fault.", replacements=(new,),
        applicability=Applicability.SAFE,
    )  # fmt: skip


def removed(source: str, name: str, what: str, new: str = "") -> str:
    article = next(iter(read_bytes(source.encode(), name, FAST)))
    assert isinstance(article, Article)
    at = article.text.index(what)
    return apply_edits(source, fix(article, [removal(article, at, at + len(what), new)]).edits)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- one\n- **gone**\n- two", "- one\n- two"),
        ("1. one\n2. [gone](/x)\n3. two", "1. one\n3. two"),
        ("- one\n  - *gone*\n- two", "- one\n- two"),
        ("Text.\n- **gone**", "Text.\n"),
        ("Text.\n\n## *gone*\nMore.", "Text.\n\n\nMore."),
        ("Text.\n\ngone\n---\nMore.", "Text.\n\n\n\nMore."),
        ("> **gone**\n\nMore.", "\n\nMore."),
        ("> one\n>\n> ## gone\n>\n> two", "> one\n>\n> \n>\n> two"),
        ("- **gone**\n  - child", "- \n  - child"),
        ("| a | **gone** |\n|---|---|\n| b | c |", "| a |  |\n|---|---|\n| b | c |"),
        ("Text.\n- - **gone**\n  - more", "Text.\n- - **gone**\n  - more"),
        ("One <b>gone</b> two", "One  two"),
        ("<p>One</p>\n<p><b>gone</b></p>\n<p>two</p>", "<p>One</p>\n\n<p>two</p>"),
    ],
)
def test_markdown_blocks_without_text_go_with_their_marks(before: str, after: str) -> None:
    assert removed(before, "a.md", "gone") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<ul><li>one</li><li><b>gone</b></li></ul>", "<ul><li>one</li></ul>"),
        ("<ul><li>one\n<li>gone\n<li>two</ul>", "<ul><li>one\n<li>two</ul>"),
        ("<p>one</p><ul><li><em>gone</em></li></ul>", "<p>one</p>"),
        ("<p>one</p><p>gone&nbsp;<br></p>", "<p>one</p>"),
        ("<p>one</p><p>gone<!-- note --></p>", "<p>one</p><p><!-- note --></p>"),
        (
            "<p>one</p><table><tr><td>a<td><b>gone</b><tr><td>b<td>c</table>",
            "<p>one</p><table><tr><td>a<td><tr><td>b<td>c</table>",
        ),
    ],
)
def test_html_blocks_without_text_go_with_their_elements(before: str, after: str) -> None:
    page = "<html><body><article>{}</article></body></html>"
    assert removed(page.format(before), "a.html", "gone") == page.format(after)


def test_a_replacement_keeps_the_marks_of_the_words_it_replaces() -> None:
    assert removed("He has a **new pain** now.", "a.md", "a new pain", "ache") == (
        "He has **ache** now."
    )


#: Prose between marks that two fixes may empty, part or run together.
WORD = st.sampled_from(["one", "two.", "Three", "(four)", "1.", "#", "-", "five,", "+", "6)"])
MARKS = st.sampled_from(
    [("*", "*"), ("**", "**"), ("_", "_"), ("__", "__"), ("[", "](/x)"), ("***", "***"),
     ("<b>", "</b>"), ("~~", "~~"), ("[", "][r]"), ("", "")]
)  # fmt: skip
LEADS = st.sampled_from(["", "- ", "  - ", "1. ", "> ", "## ", "> - ", "\n", "\n", "- [ ] "])


@st.composite
def marked_up(draw: st.DrawFn) -> str:
    lines = []
    for _ in range(draw(st.integers(1, 5))):
        parts = []
        for _ in range(draw(st.integers(1, 3))):
            opening, closing = draw(MARKS)
            parts.append(opening + " ".join(draw(st.lists(WORD, min_size=1, max_size=3))) + closing)
        lines.append(draw(LEADS) + " ".join(parts))
    return "\n".join([*lines, "", "[r]: /y"])


@st.composite
def cuts(draw: st.DrawFn, article: Article) -> list[Finding]:
    findings = []
    words = [(m.start(), m.end()) for m in re.finditer(r"[^\s\ufffc]+", article.text)]
    for _ in range(draw(st.integers(1, 4)) if words else 0):
        i = draw(st.integers(0, len(words) - 1))
        j = min(len(words) - 1, i + draw(st.integers(0, 4)))
        start, end = words[i][0], words[j][1]
        if draw(st.booleans()) and article.text[end : end + 1] == " ":
            end += 1
        if all((f.start, f.end) != (start, end) for f in findings):
            findings.append(removal(article, start, end, draw(st.sampled_from(["", "", "new"]))))
    return findings


def said(article: Article) -> list[tuple[str, str]]:
    blocks = [
        (
            str(b.kind),
            " ".join((article.block_text(b).replace("\ufffc", " ") or b.verbatim).split()),
        )
        for b in article.blocks
    ]
    return [(kind, text) for kind, text in blocks if text]


@settings(max_examples=150)
@given(st.data())
def test_what_is_edited_in_place_reads_as_the_restored_text(data: st.DataObject) -> None:
    source = data.draw(marked_up())
    article = next(iter(read_bytes(source.encode(), "a.md", FAST)))
    assert isinstance(article, Article)
    fixed = fix(article, data.draw(cuts(article)))
    edited = apply_edits(source, fixed.edits)
    assert apply_edits(edited, invert_edits(fixed.edits)) == source
    again = next(iter(read_bytes((edited or "-").encode(), "a.md", FAST)))
    if isinstance(again, Article):
        assert said(again) == said(fixed.article), edited
    refused = {(f.start, f.end) for f in fixed.findings if f.rule == "MF001"}
    for finding in fixed.findings:
        if (finding.start, finding.end) in refused:
            assert not finding.applied


@settings(max_examples=80)
@given(st.data())
def test_html_edited_in_place_reads_as_the_restored_text(data: st.DataObject) -> None:
    tags = ["b", "i", "a", "span", "em"]
    blocks = []
    for _ in range(data.draw(st.integers(1, 4))):
        tag = data.draw(st.sampled_from(["p", "li", "h2", "blockquote"]))
        inner = []
        for _ in range(data.draw(st.integers(1, 3))):
            mark = data.draw(st.sampled_from(tags))
            whole = WORD.filter(lambda word: any(c.isalnum() for c in word))
            words = " ".join(data.draw(st.lists(whole, min_size=1, max_size=3)))
            inner.append(f"<{mark}>{words}</{mark}>" if data.draw(st.booleans()) else words)
        blocks.append(f"<{tag}>{' '.join(inner)}</{tag}>")
    source = f"<html><body><article>{''.join(blocks)}</article></body></html>"
    article = next(iter(read_bytes(source.encode(), "a.html", FAST)))
    assert isinstance(article, Article)
    fixed = fix(article, data.draw(cuts(article)))
    edited = apply_edits(source, fixed.edits)
    assert not re.search(r"<(b|i|a|span|em|p|li|h2|blockquote)></\1>", edited)
    assert sorted(re.findall(r"</(\w+)>", edited)) == sorted(re.findall(r"<(\w+)>", edited))
    again = next(iter(read_bytes(edited.encode(), "a.html", FAST)))
    assert isinstance(again, Article)
    if re.search(r"\w", again.text):  # signs alone are no text of a page
        assert said(again) == said(fixed.article)
