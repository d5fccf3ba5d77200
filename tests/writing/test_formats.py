from __future__ import annotations

import gzip
import json
import os
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.work import steps

from unspin.article import Article
from unspin.config import Config
from unspin.findings import Applicability, Finding
from unspin.fixing import fix
from unspin.pipeline import Cleaner
from unspin.reading import md, read_bytes
from unspin.report import Gate, Report
from unspin.writing.formats import FORMATS, render
from unspin.writing.formats.base import ArticleResult, Item, Run, article_result

SCHEMAS = Path(__file__).parent.parent / "schemas"
NASTY = 'bosom <disease> & "co"\x01, 100 %: 50|60'


def item(n: int, severity: str = "warning", **changes: Any) -> Item:
    data: dict[str, Any] = {
        "rule": "SP001", "start": n, "end": n + 13, "line": n + 1, "column": 3,
        "text": "bosom disease", "message": "Spun: breast cancer." if n else NASTY,
        "severity": severity, "confidence": 0.98, "replacements": ["breast cancer"],
        "applicability": "safe", "applied": False, "fingerprint": f"{n:016x}",
    }  # fmt: skip
    values: dict[str, Any] = {
        "path": "in put/a,b:c.md", "record": None, "data": data, "end_line": n + 1,
        "end_column": 16, "edit": True, "byte_columns": (3, 16),
        "fix": {
            "start": n, "end": n + 13, "line": n + 1, "column": 3, "end_line": n + 1,
            "end_column": 16, "byte_columns": (3, 16), "text": "breast cancer",
        },
    }  # fmt: skip
    return Item(**(values | changes))


def article(items: tuple[Item, ...], passed: bool = True, **changes: Any) -> ArticleResult:
    row = {
        "path": "in put/a,b:c.md", "words": 300, "spun_probability": 0.9, "score": 41.5,
        "score_after": 80.0, "findings": len(items), "edits": 0, "review": "required",
        "passed": passed, "language": "en", "sha256": "0" * 64,
    }  # fmt: skip
    return ArticleResult(row | changes, items, (Gate("score", 41.5, 60, passed),))


@pytest.fixture
def run() -> Run:
    known = item(3, counts=False)
    record = item(4, record=7, edit=False, byte_columns=None, fix=None)
    nowhere = item(5, edit=False, byte_columns=None, fix=None)
    nowhere = Item(
        **{f: getattr(nowhere, f) for f in nowhere.__slots__}
        | {
            "data": {**nowhere.data, "line": None, "column": None},
            "end_line": None,
            "end_column": None,
        }
    )
    items = (item(0, "info"), item(1), item(2, "error"), known, record, nowhere)
    return Run(
        (article(items, passed=False), article((), score=None, language="und", score_after=None)),
        (("broken.docx", "is protected by a password; save it without one"),),
        {"name": "unspin", "version": "0.1.0"},
    )


def load(name: str) -> Any:
    return json.loads((SCHEMAS / name).read_text(encoding="utf-8"))


def test_every_format_says_that_the_run_failed_and_why(run: Run) -> None:
    for name in FORMATS:
        text = render(run, name)
        assert "broken.docx" in text, name
        assert text.endswith("\n"), name


def test_sarif_is_valid_and_puts_errors_first(run: Run) -> None:
    data = json.loads(render(run, "sarif"))
    jsonschema.Draft4Validator(load("sarif-2.1.0.json")).validate(data)
    results = data["runs"][0]["results"]
    assert results[0]["level"] == "error"
    assert data["runs"][0]["columnKind"] == "unicodeCodePoints"
    assert (
        results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        == "in%20put/a%2Cb%3Ac.md"
    )
    rules = data["runs"][0]["tool"]["driver"]["rules"]
    assert rules[results[0]["ruleIndex"]]["id"] == results[0]["ruleId"]
    assert all(r["help"]["markdown"] for r in rules)
    assert (
        results[0]["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"]
        == "breast cancer"
    )


def test_sarif_of_many_findings_stays_within_the_limits() -> None:
    items = tuple(item(n, "error" if n == 25_500 else "warning") for n in range(26_000))
    text = render(Run((article(items, passed=False),), (), {"version": "0.1.0"}), "sarif")
    data = json.loads(text)
    assert len(data["runs"][0]["results"]) == 25_000
    assert data["runs"][0]["results"][0]["level"] == "error"
    assert (
        "1000 further"
        in data["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    )
    assert len(gzip.compress(text.encode())) < 10_000_000


def test_a_cut_of_sarif_loses_known_findings_before_new_ones() -> None:
    known = tuple(item(n, counts=False) for n in range(25_000))
    text = render(Run((article((*known, item(30_000))),), (), {"version": "0.1.0"}), "sarif")
    results = json.loads(text)["runs"][0]["results"]
    assert len(results) == 25_000
    assert results[0]["partialFingerprints"]["unspin/v1"] == f"{30_000:016x}"


@pytest.mark.slow
def test_sarif_of_20000_findings_is_valid() -> None:
    items = tuple(item(n) for n in range(20_000))
    data = json.loads(render(Run((article(items),), (), {"version": "0.1.0"}), "sarif"))
    assert len(data["runs"][0]["results"]) == 20_000
    # Results are alike: the whole file is checked with a sample of them, and each for its place.
    results = data["runs"][0]["results"]
    assert all(r["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1 for r in results)
    data["runs"][0]["results"] = results[::100]
    jsonschema.Draft4Validator(load("sarif-2.1.0.json")).validate(data)


def test_junit_is_valid(run: Run) -> None:
    from lxml import etree

    schema = etree.XMLSchema(etree.parse(str(SCHEMAS / "junit.xsd")))
    schema.assertValid(etree.fromstring(render(run, "junit").encode()))
    assert not schema.validate(etree.fromstring(b"<testsuites><testcase/></testsuites>"))


def test_a_finding_is_one_line_of_text_whatever_it_holds(run: Run) -> None:
    broken = item(1)
    broken.data["message"] = "One\ntwo.\u2028Three."  # type: ignore[index]
    text = render(Run((article((broken,), passed=False),)), "text")
    assert "in put/a,b:c.md:2:3 SP001 One two. Three. → breast cancer" in text.splitlines()


def test_junit_counts_and_names_failures(run: Run) -> None:
    suite = ElementTree.fromstring(render(run, "junit")).find("testsuite")
    assert suite is not None
    assert {k: suite.get(k) for k in ("tests", "failures", "errors", "skipped")} == {
        "tests": "3", "failures": "1", "errors": "1", "skipped": "1",
    }  # fmt: skip
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert "score is 41.5, limit 60" in (failure.get("message") or "")


def test_github_escapes_and_limits_annotations(run: Run) -> None:
    text = render(run, "github")
    assert (
        "::error file=in put/a%2Cb%3Ac.md,line=3,col=3,endLine=3,endColumn=16,title=SP001::" in text
    )
    assert text.index("::error file=in") < text.index("::warning")
    assert "100 %25" in text
    many = Run((article(tuple(item(n) for n in range(1, 40)), passed=False),))
    lines = render(many, "github").splitlines()
    assert sum(line.startswith("::warning") for line in lines) == 10
    assert "29 more of severity warning" in lines


def test_github_counts_unread_files_among_the_errors_and_no_name_is_a_command() -> None:
    items = tuple(item(n, "error") for n in range(1, 6))
    bad = article(items, passed=False, path="a\n::warning::b.md")
    unread = tuple((f"{n}.md", "is empty; remove it or fill it") for n in range(8))
    lines = render(Run((bad,), unread), "github").splitlines()
    assert sum(line.startswith("::error") for line in lines) == 10
    assert "3 more of severity error" in lines
    assert not any(line.startswith("::warning") for line in lines)


@pytest.mark.parametrize("form", ["sarif", "github", "gitlab", "rdjson"])
def test_services_are_given_paths_from_the_current_folder(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in (str(tmp_path / "content" / "a.md"), "./content/../content/a.md"):
        text = render(Run((article((item(1, path=path),)),)), form)
        assert "content/a.md" in text
        assert str(tmp_path) not in text
        assert "content/../" not in text
    outside = render(Run((article((item(1, path="/else where/a.md"),)),)), "sarif")
    assert '"file:///else%20where/a.md"' in outside


@pytest.mark.parametrize("form", ["sarif", "github", "gitlab"])
@pytest.mark.parametrize("folder", [True, False])  # work trees and submodules have a file
def test_services_count_paths_from_the_top_of_the_repository(
    form: str, folder: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sites" / "one").mkdir(parents=True)
    if folder:
        (tmp_path / ".git").mkdir()
    else:
        (tmp_path / ".git").write_text("gitdir: elsewhere\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "sites" / "one")
    for path, place in [("a.md", "sites/one/a.md"), ("../two/a.md", "sites/two/a.md")]:
        text = render(Run((article((item(1, path=path),)),), [(path, "is empty")]), form)
        assert place in text
        assert "../" not in text


def test_reviewdog_counts_paths_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "site").mkdir()
    monkeypatch.chdir(tmp_path / "site")
    data = json.loads(render(Run((article((item(1, path="a.md"),)),)), "rdjson"))
    assert data["diagnostics"][0]["location"]["path"] == "a.md"


@pytest.mark.parametrize("form", ["text", "github"])
@pytest.mark.parametrize(
    "name",
    ["::stop-commands::x.md", " ::add-mask::score.md", "##[add-mask]x.md", "a\n::debug::.md"],
)
def test_no_name_begins_a_command_of_the_workflow(form: str, name: str) -> None:
    bad = article((item(1, path=name),), passed=False, path=name)
    lines = render(Run((bad,), [(name, "is empty")]), form).splitlines()
    commands = [x for x in lines if x.lstrip().startswith("::") or "##[" in x]
    assert all(re.match("::(error|warning) file=", line) for line in commands)
    assert form == "github" or not commands
    assert any("score is" in line for line in lines)


def test_no_name_moves_the_cursor_or_turns_the_line_round() -> None:
    bad = article((item(1, path="a\x1b[2J\u202e.md"),), passed=False, path="a\x1b[2J\u202e.md")
    for form in ("text", "github"):
        text = render(Run((bad,)), form)
        assert "a\\x1b[2J\\u202e.md: score is" in text


@pytest.mark.skipif(os.sep != "/", reason="a backslash parts folders here")
@pytest.mark.parametrize("form", ["github", "gitlab", "rdjson"])
def test_a_backslash_is_a_letter_of_a_name(form: str) -> None:
    assert "a/b.md" not in render(Run((article((item(1, path="a\\b.md"),)),)), form)


def test_gitlab_is_valid_with_unique_fingerprints(run: Run) -> None:
    twins = Run((article((item(1), item(1), *run.articles[0].items)),))
    data = json.loads(render(twins, "gitlab"))
    jsonschema.validate(data, load("gitlab-code-quality.json"))
    prints = [issue["fingerprint"] for issue in data]
    assert len(prints) == len(set(prints))


def test_rdjson_is_valid_and_suggests(run: Run) -> None:
    data = json.loads(render(run, "rdjson"))
    jsonschema.validate(data, load("rdjson.json"))
    suggested = [d for d in data["diagnostics"] if "suggestions" in d]
    assert suggested[0]["suggestions"][0]["text"] == "breast cancer"


def test_known_findings_are_left_out_of_reviews_and_marked_in_sarif(run: Run) -> None:
    assert len(json.loads(render(run, "rdjson"))["diagnostics"]) == 6  # five that count, one error
    results = json.loads(render(run, "sarif"))["runs"][0]["results"]
    assert [r.get("baselineState") for r in results].count("unchanged") == 1


def test_markdown_summary_is_a_table_that_nothing_breaks(run: Run) -> None:
    text = render(run, "markdown")
    assert text.startswith("## unspin: failed: 1 of 2 articles")
    assert "&lt;disease&gt;" in text
    assert "50\\|60" in text
    assert "&amp;" in text
    unjudged = article((), passed=False, score=None, spun_probability=None)
    assert "| in put/a,b:c.md | - | - |" in render(Run((unjudged,)), "markdown")


def test_markdown_summary_stays_within_the_limit_of_a_step() -> None:
    long = item(1)
    long.data["message"] = "x|" * 50_000  # type: ignore[index]
    failed = tuple(article((long,) * 2, passed=False) for _ in range(300))
    unread = tuple((f"{n}.md", "is empty; remove it or fill it") for n in range(5_000))
    text = render(Run(failed, unread), "markdown")
    assert len(text.encode()) < 1024 * 1024
    assert "and 200 more" in text
    assert "and 4900 more" in text


# --- fixes that a service applies to the file ----------------------------------------------------

PAGE = (
    "# Rest and water\n\nMost people feel better after a few days of rest and plenty of water. "
    "Ask a pharmacist which\nmedicines suit you before you take any of them.\n\n"
)
SENTENCE = (
    "The café is full of smoke. Smoking is one of the {} for coronary heart disease in adults."
)


def report_of(text: str | bytes, name: str) -> Report:
    """A report with one finding, where the text says “chance variables”, and the reader's repairs."""
    config = Config(grammar="off", model="off", select=("SD012",))
    (made,) = read_bytes(text.encode() if isinstance(text, str) else text, name, config)
    assert isinstance(made, Article)
    with Cleaner(config) as cleaner:
        report = cleaner.clean(made)
    spun = [
        Finding(
            "SP001", m.start(), m.end(), "Spun.",
            replacements=("risk factors",), applicability=Applicability.SAFE,
        )
        for m in re.finditer(r"chance\s+variables", report.article.text)
    ]  # fmt: skip
    fixed = fix(report.article, [*report.findings, *spun])
    return replace(report, restored=fixed.article, findings=fixed.findings, edits=fixed.edits)


def by_sarif(text: str, run: Run) -> list[str]:
    """The source after each fix of a SARIF file alone, by offsets."""
    out = []
    for result in json.loads(render(run, "sarif"))["runs"][0]["results"]:
        for offered in result.get("fixes", ()):
            (change,) = offered["artifactChanges"][0]["replacements"]
            start = change["deletedRegion"]["charOffset"]
            end = start + change["deletedRegion"]["charLength"]
            out.append(text[:start] + change["insertedContent"]["text"] + text[end:])
    return out


def by_rdjson(text: str, run: Run) -> list[str]:
    """The source after each suggestion alone, by lines and columns in bytes."""
    lines = text.encode().splitlines(keepends=True)
    out = []
    for diagnostic in json.loads(render(run, "rdjson"))["diagnostics"]:
        for suggestion in diagnostic.get("suggestions", ()):
            start, end = (
                sum(map(len, lines[: p["line"] - 1])) + p["column"] - 1
                for p in (suggestion["range"]["start"], suggestion["range"]["end"])
            )
            new = text.encode()[:start] + suggestion["text"].encode() + text.encode()[end:]
            out.append(new.decode())
    return out


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("m.md", "chance variables", "risk factors"),
        ("m.md", "chance **variables**", "risk **factors**"),
        ("m.md", "**chance** variables", "**risk** factors"),
        ("m.md", "**chance variables**", "**risk factors**"),
        ("m.md", "[chance](http://x.y/z) variables", "[risk](http://x.y/z) factors"),
        ("m.md", "chance\nvariables", "risk factors"),
        ("m.html", "chance variables", "risk factors"),
        ("m.html", "chance&nbsp;<b>variables</b>", "risk&nbsp;<b>factors</b>"),
        ("m.html", "<i>chance</i> variables", "<i>risk</i> factors"),
        ("m.txt", "chance variables", "risk factors"),
    ],
)
def test_an_offered_fix_does_what_editing_in_place_does(name: str, before: str, after: str) -> None:
    text = PAGE + SENTENCE.format(before) + "\n"
    if name == "m.html":
        body = text.replace("# Rest and water", "<h1>Rest and water</h1>").split("\n\n")
        text = "<html><body>\n" + "\n".join(f"<p>{b}</p>" for b in body) + "\n</body></html>\n"
    report = report_of(text, name)
    run = Run((article_result(report),))
    mended = text.replace(before, after)
    assert by_sarif(text, run) == [mended]
    assert by_rdjson(text, run) == [mended]
    assert report.text == mended


@pytest.mark.parametrize(
    ("encoding", "newline", "offered"),
    [
        ("utf-8", "\n", True),
        ("utf-8-sig", "\r\n", True),
        ("utf-8", "\r", False),  # to who reads the file, it is one line
        ("cp1252", "\n", False),
        ("utf-16", "\n", False),
    ],
)
def test_a_suggestion_fits_the_bytes_of_the_file(
    encoding: str, newline: str, offered: bool
) -> None:
    first = SENTENCE.format("naïve “chance variables”")
    text = (first + "\n\n" + PAGE.partition("\n\n")[2]).replace("\n", newline)
    raw = text.encode(encoding)
    run = Run((article_result(report_of(raw, "m.md")),))
    if not offered:
        assert "suggestions" not in render(run, "rdjson")
        assert len(json.loads(render(run, "rdjson"))["diagnostics"]) == 1
        return
    (made,) = by_rdjson(raw.decode("utf-8"), run)
    assert made == raw.decode("utf-8").replace("chance variables", "risk factors")


def test_records_of_a_list_are_on_no_line_that_a_service_could_show() -> None:
    text = PAGE + "Congestive heart disappointment is not rare in adults."
    raw = json.dumps([{"text": PAGE * 2}, {"text": text}], indent=1).encode()
    config = Config(grammar="off", model="off", select=("SP001",))
    with Cleaner(config) as cleaner:
        made = [a for a in read_bytes(raw, "a.json", config) if isinstance(a, Article)]
        run = Run([article_result(cleaner.clean(a)) for a in made])
    assert [(i.number, i.line) for i in run.items] == [(2, None)]
    assert render(run, "text").startswith("a.json:2:- SP001")
    assert "::error file=a.json,title=SP001" in render(run, "github")
    (result,) = json.loads(render(run, "sarif"))["runs"][0]["results"]
    assert "region" not in result["locations"][0]["physicalLocation"]
    (diagnostic,) = json.loads(render(run, "rdjson"))["diagnostics"]
    assert diagnostic["location"] == {"path": "a.json"}


def test_bytes_that_are_no_utf8_are_counted_in_no_column() -> None:
    raw = (PAGE + SENTENCE.format("naïve chance variables")).encode().replace(b"na", b"\x81\xffna")
    assert "suggestions" not in render(Run((article_result(report_of(raw, "m.md")),)), "rdjson")


def test_a_repair_of_the_encoding_is_offered_as_it_is_made() -> None:
    text = PAGE + "It doesnâ€™t hurt.\n"
    run = Run((article_result(report_of(text, "m.md")),))
    assert by_sarif(text, run) == by_rdjson(text, run) == [text.replace("â€™", "\u2019")]


@pytest.mark.parametrize(
    ("before", "word", "offered"),
    [
        ("medcine", "medcine", True),
        ("med**cine**", "medcine", False),
        ("chance variables", "factors", False),
    ],
)
def test_grammar_is_offered_only_where_the_file_reads_as_grammar_read_it(
    before: str, word: str, offered: bool
) -> None:
    """Grammar reads the restored text: markup is not in it, other fixes are."""
    text = PAGE + SENTENCE.format(before) + "\n"
    report = report_of(text, "m.md")
    at = report.restored.text.index(word)
    end = at + len(word)
    found = Finding(
        "GR001", at, end, "Spelling.", replacements=("new",), applicability=Applicability.SUGGESTED,
        source_span=report.restored.map.span(at, end),
    )  # fmt: skip
    made = article_result(replace(report, findings=(found,)))
    wanted = [text.replace(word, "new")] if offered else []
    assert by_sarif(text, Run((made,))) == wanted


@pytest.mark.parametrize("applicability", [Applicability.EDITOR, None])
def test_what_only_an_editor_may_decide_is_not_offered(applicability: Applicability | None) -> None:
    text = PAGE + SENTENCE.format("chance variables") + "\n"
    report = report_of(text, "m.md")
    findings = tuple(replace(f, applicability=applicability) for f in report.findings)
    run = Run((article_result(replace(report, findings=findings)),))
    assert by_sarif(text, run) == by_rdjson(text, run) == []


def test_no_fix_reaches_over_what_may_not_be_touched() -> None:
    text = PAGE + "Ask for `code` here.\n\nAnd here.\n"
    report = report_of(text, "m.md")
    prose = report.article.text
    crossing = [
        (prose.index("for"), prose.index("here")),  # over code
        (prose.index("here"), prose.index("And") + 3),  # over two blocks
    ]
    findings = tuple(
        Finding("SD003", a, b, "Debris.", replacements=("",), applicability=Applicability.SUGGESTED)
        for a, b in crossing
    )
    run = Run((article_result(replace(report, findings=findings)),))
    assert len(run.items) == 2
    assert by_sarif(text, run) == by_rdjson(text, run) == []


def test_markdown_is_read_once_for_the_fixes_of_all_findings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Reading a page anew for each finding takes minutes where a page has a thousand of them."""
    text = PAGE + SENTENCE.format("chance variables") + "\n"
    report = report_of(text, "m.md")
    (found,) = (f for f in report.findings if f.rule == "SP001")
    walks: list[str] = []
    walk = md._Walk.run
    monkeypatch.setattr(md._Walk, "run", lambda self: (walks.append(self.text), walk(self))[1])
    made = article_result(replace(report, findings=(found,) * 50))
    assert all(item.fix for item in made.items)
    assert len(walks) <= 1


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("{}", "m.md"),
        ("<html><body><main>{}</main></body></html>", "m.html"),
    ],
)
def test_ten_times_the_marked_text_takes_ten_times_the_work(page: str, name: str) -> None:
    """Offering the fix of a finding asks for the markup around it, not for all of the page."""

    def work(times: int) -> int:
        part = SENTENCE.format("<b>chance</b> <i>variables</i>")
        whole = "\n\n".join(f"<p>{part} Part {n}.</p>" for n in range(times))
        report = report_of(page.format(whole), name)
        found = [f for f in report.findings if f.rule == "SP001"][:times]
        assert len(found) == times
        return steps(lambda: article_result(replace(report, findings=tuple(found))))

    assert work(100) <= 12 * work(10)
