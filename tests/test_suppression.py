from __future__ import annotations

from functools import cache

import pytest

from tests.articles import source
from unspin.article import Article, Block, BlockKind, Piece, assemble
from unspin.config import Config
from unspin.findings import Finding
from unspin.pipeline import Cleaner
from unspin.reading import read_bytes
from unspin.suppression import suppress
from unspin.textmap import Segment

BAD = "bosom disease"


def page(text: str) -> Article:
    """Lines of a Markdown source as blocks; comments are not prose."""
    pieces = []
    at = 0
    for line in text.splitlines(keepends=True):
        body = line.rstrip("\n")
        if body and not body.startswith("<!--"):
            cut = body.split("<!--")[0].rstrip()
            block = Block(BlockKind.PARAGRAPH, 0, len(cut))
            pieces.append(Piece(cut, (Segment(0, len(cut), at, len(cut)),), block))
        at += len(line)
    return assemble(source(text, "md"), pieces)


def found(article: Article, rule: str = "SP001") -> list[Finding]:
    out = []
    at = article.text.find(BAD)
    while at >= 0:
        out.append(Finding(rule, at, at + len(BAD), "A fault."))
        at = article.text.find(BAD, at + 1)
    return out


def rules_of(text: str, config: Config | None = None) -> list[str]:
    article = page(text)
    return [f.rule for f in suppress(article, found(article), config or Config()).kept]


@pytest.mark.parametrize(
    "text",
    [
        f"She has {BAD}. <!-- unspin ignore SP001: quoted from a patient -->\n",
        f"<!-- unspin ignore SP001: quoted from a patient -->\nShe has {BAD}.\n",
        f"<!-- unspin ignore-next-line SP: a brand -->\n\nShe has {BAD}.\n",
        f"> <!-- unspin ignore SP: a brand -->\n>\n> She has {BAD}.\n",
        f"<!-- unspin ignore-start SP001: sample -->\nShe has {BAD}.\n\nAnd {BAD}.\n<!-- unspin ignore-end -->\n",
        f"She has {BAD}.\n\n<!-- unspin ignore-file sp001: a page about spinning -->\n",
    ],
)
def test_a_suppression_with_a_reason_accepts(text: str) -> None:
    assert rules_of(text) == []


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (f"<!-- unspin ignore SP001 -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin ignore SP001: -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin ignore: because -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin ignore KS001: brand -->\nShe has {BAD}.\n", ["SP001", "UN001"]),
        (f"<!-- unspin ignore SP001: x -->\nFine.\n\nShe has {BAD}.\n", ["SP001", "UN001"]),
        (f"<!-- unspin ignore-start SP: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"She has {BAD}.\n<!-- unspin ignore-end -->\n", ["SP001", "UN002"]),
        (f"<!-- unspin ignore SP001, KS: x -->\nShe has {BAD}.\n", ["UN001"]),
        (f"<!-- unspin ignore-file KS001, SP, DU: x -->\nShe has {BAD}.\n", ["UN001"]),
        (f"<!-- unspin ignore SP, SP001: x -->\nShe has {BAD}.\n", []),
        # Each of several speaks of the line after them.
        (f"<!-- unspin ignore SP001: x -->\n<!-- unspin ignore KS: y -->\n{BAD}.\n", ["UN001"]),
        (
            "<!-- unspin ignore KS: y --> <!-- unspin ignore SP001: x -->\n\n"
            f"<!-- unspin ignore-next-line SD -->\n{BAD}.\n",
            ["UN001", "UN002"],
        ),
        # What is misspelt must not pass for something else, nor go unseen.
        (f"<!-- unspin ignore Spun wording: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin ignore SP01X: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin ignore SP999: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin ignore-nextline SP: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin ignored SP: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin ignroe SP: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin Ignore SP: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin-ignore SP: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin: ignore SP: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin:ignore-file SP: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- Unspin ignore SP: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- UNSPIN IGNORE SP: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin-baseline.json lists this page -->\nShe has {BAD}.\n", ["SP001"]),
        (f"<!-- Unspin: see the handbook -->\nShe has {BAD}.\n", ["SP001"]),
        (f"<!-- unspin skip SP001: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin is run on this page each night -->\nShe has {BAD}.\n", ["SP001"]),
        (
            "<!-- unspin ignore-start KS: x -->\n<!-- unspin ignore-start SP: y -->\n"
            f"She has {BAD}.\n<!-- unspin ignore-end -->\n",
            ["UN002"],
        ),
    ],
)
def test_a_wrong_or_unused_suppression_is_a_finding(text: str, rules: list[str]) -> None:
    assert sorted(rules_of(text)) == sorted(rules)


@pytest.mark.parametrize(
    ("ends", "rules"),
    [
        (("ignore-end", "ignore-end"), []),
        (("ignore-end KS", "ignore-end SP"), []),
        (("ignore-end SP", "ignore-end KS"), []),
        (("ignore-end SD", "ignore-end SP", "ignore-end KS"), ["UN002"]),
    ],
)
def test_blocks_for_several_rules_lie_in_each_other_and_overlap(
    ends: tuple[str, ...], rules: list[str]
) -> None:
    text = (
        f"<!-- unspin ignore-start SP: x -->\nShe has {BAD}.\n<!-- unspin ignore-start KS: y -->\n"
        + "\n".join(f"Fine.\n<!-- unspin {end} -->" for end in ends)
    )
    config = Config(ignore=("UN001",))
    assert rules_of(text, config) == rules


def test_the_rules_of_a_suppression_that_find_nothing_are_named() -> None:
    def says(rules: str, ignored: tuple[str, ...] = ()) -> list[str]:
        article = page(f"<!-- unspin ignore {rules}: x -->\nShe has {BAD}.\n")
        kept = suppress(article, found(article), Config(ignore=ignored)).kept
        return [f.message for f in kept if f.rule == "UN001"]

    assert says("SP001, KS, DU002") == [
        "This suppression of KS, DU002 suppresses nothing; remove KS, DU002 from it."
    ]
    assert says("SP001, KS, DU002", ("KS",)) == [
        "This suppression of DU002 suppresses nothing; remove DU002 from it."
    ]
    assert says("KS") == ["This suppression of KS suppresses nothing; remove it."]
    assert says("SP001, GR") == []  # whether grammar runs depends on the machine


def test_configuration_suppresses_by_path() -> None:
    text = f"She has {BAD}.\n"
    entry = {"rule": "SP001", "path": "*.md", "reason": "old leaflets"}
    assert rules_of(text, Config(suppress=(entry,))) == []
    assert rules_of(text, Config(suppress=({**entry, "path": "other/*"},))) == ["SP001"]


CODE = """# Rest and water

Most people feel better after a few days of rest and plenty of water. Ask a pharmacist which
medicines suit you before you take any of them. {prose}

Write `<!-- unspin ignore SP001: quoted -->` or

```markdown
<!-- unspin ignore SP001 -->
<!-- unspin ignore-file SP: x -->
```

- a list

  ```
  <!-- unspin ignore-start DU: y -->
  ```

Then:

    <!-- unspin ignore-file SP: z -->

That is all there is to it.
"""


def test_a_directive_in_code_is_only_shown() -> None:
    config = Config(grammar="off", model="off", ignore=("CQ",))
    with Cleaner(config) as cleaner:

        def found(text: str) -> list[str]:
            (made,) = read_bytes(text.encode(), "page.md", config)
            assert isinstance(made, Article)
            return [f.rule for f in cleaner.clean(made).findings]

        spun = "Smoking may lead to a heart assault."
        assert found(CODE.format(prose=spun)) == ["SP001"]
        real = CODE.replace("That is", "<!-- unspin ignore-file SP: a sample -->\n\nThat is")
        assert found(real.format(prose=spun)) == []


# --- what is a comment, and which lines it speaks of ----------------------------------------------

LEAD = (
    "Most people feel better after a few days of rest and plenty of water. Ask a pharmacist which "
    "medicines suit you before you take any of them."
)
SPUN = "Smoking may lead to a heart assault."
FILE = "<!-- unspin ignore-file SP: a sample -->"


@cache
def cleaner() -> Cleaner:
    return Cleaner(Config(grammar="off", model="off", select=("SP", "UN")))


def rules_in(text: str, name: str = "page.md") -> list[str]:
    """Rules of what is left in a file, read as the gate reads it."""
    (made,) = read_bytes(text.encode(), name, cleaner().config)
    assert isinstance(made, Article)
    return sorted(f.rule for f in cleaner().clean(made).findings)


def html(body: str) -> str:
    return f"<html><body>\n<p>{LEAD}</p>\n{body}\n<p>{LEAD}</p>\n</body></html>\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "part",
    [
        f"- <!-- unspin ignore-next-line SP: q -->\n  {SPUN}",
        f"- <!-- unspin ignore-next-line SP: q -->\n- {SPUN}",
        f"- <!-- unspin ignore SP: q -->\n  {SPUN}",
        f"- One.\n  <!-- unspin ignore-next-line SP: q -->\n  {SPUN}",
        f"- One.\n  - 1) <!-- unspin ignore SP: q\n         and more -->\n         {SPUN}",
        f"1. {SPUN} <!-- unspin ignore SP: q -->",
        f"- <!-- unspin ignore-start SP: q -->\n- {SPUN}\n- <!-- unspin ignore-end -->",
        f"- {FILE}\n- {SPUN}",
        f"!!! note\n    One.\n\n    <!-- unspin ignore-next-line SP: q -->\n    {SPUN}",
        f"```{{note}}\nOne.\n\n<!-- unspin ignore-next-line SP: q -->\n{SPUN}\n```",
    ],
)
def test_a_comment_in_a_list_or_a_quote_counts(part: str, newline: str) -> None:
    page = f"# Rest\n\n{LEAD}\n\n{part}\n".replace("\n", newline)
    assert rules_in(page) == []


@pytest.mark.parametrize(
    ("part", "rules"),
    [
        (f"- <!-- unspin ignore-next-line SP -->\n  {SPUN}", ["SP001", "UN002"]),
        (f"- <!-- unspin ignore-next-line KS: q -->\n  {SPUN}", ["SP001"]),
        (f"- <!-- unspin ignore-next-line SP: q -->\n  One.\n- {SPUN}", ["SP001", "UN001"]),
        (f"{SPUN} <!-- unspin ignore SP > x: q -->", ["SP001", "UN002"]),
    ],
)
def test_no_comment_is_dropped_in_silence(part: str, rules: list[str]) -> None:
    assert rules_in(f"# Rest\n\n{LEAD}\n\n{part}\n") == rules


@pytest.mark.parametrize(
    "part",
    [
        "<!-- unspin ignore-next-line SP: q -->\nSmoking may lead to a heart\nassault, they say.",
        "<!-- unspin ignore SP: q -->\nSmoking may lead to a heart\nassault, they say.",
        "Smoking may lead to a heart\nassault, they say. <!-- unspin ignore SP: q -->",
        "Smoking <!-- unspin ignore SP: q --> may lead to a heart\nassault, they say.",
        f"<!-- unspin ignore SP: a long reason\nwrapped on -->\n{SPUN}",
        f"<!-- unspin ignore SP: a long reason\nwrapped\non -->\n\n{SPUN}",
        f"<!-- unspin ignore-next-line SP: a long reason\nwrapped on -->\n{SPUN}",
    ],
)
@pytest.mark.parametrize("name", ["page.md", "page.html"])
def test_a_line_is_met_by_what_touches_it(part: str, name: str) -> None:
    page = html(f"<div>\n{part}\n</div>") if name == "page.html" else f"{LEAD}\n\n{part}\n"
    assert rules_in(page, name) == []


@pytest.mark.parametrize(
    "part",
    [
        f"<!-- unspin ignore SP: a long reason\nwrapped on -->\nOne.\n{SPUN}",
        f"<!-- unspin ignore-next-line SP: q -->\nOne.\n{SPUN}",
        f"One. <!-- unspin ignore SP: q -->\n{SPUN}",
        f"{SPUN}\nOne. <!-- unspin ignore SP: q -->",
        f"{SPUN}\n<!-- unspin ignore SP: q -->\nOne.",
        # A region is what stands between its comments.
        "Smoking may lead to a heart\nassault, they say. <!-- unspin ignore-start SP: q -->\n"
        "One. <!-- unspin ignore-end -->",
    ],
)
def test_other_lines_are_not_met(part: str) -> None:
    assert rules_in(f"{LEAD}\n\n{part}\n") == ["SP001", "UN001"]


@pytest.mark.parametrize(
    "part",
    [
        f"<script>var a = '{FILE}';</script>",
        f"<SCRIPT type='x'>\n{FILE}\n</SCRIPT >",
        f"<style>/* {FILE} */</style>",
        f"<p title='{FILE}'>One.</p>",
        f'<p class=x title="a > b {FILE}">One.</p>',
        f"<p\n  title='{FILE}'\n>One.</p>",
        f"<textarea>{FILE}</textarea>",
        f"<!-- see {FILE}",
        "<p>&lt;!-- unspin ignore-file SP: a sample --&gt;</p>",
    ],
)
def test_what_is_no_comment_of_a_page_suppresses_nothing(part: str) -> None:
    assert rules_in(html(f"{part}\n<p>{SPUN}</p>"), "page.html") == ["SP001"]
    assert rules_in(html(f"{part}\n<p>{SPUN}</p>\n{FILE}"), "page.html") == []


@pytest.mark.parametrize(
    "tag", ["<p title='it'>", "<p class=x'>", '<p title="it\'s">', "<title-card>", "<p>1 < 2 "]
)
def test_a_comment_after_an_odd_tag_counts(tag: str) -> None:
    assert rules_in(html(f"{tag}It's so.</p>\n{FILE}\n<p>{SPUN}</p>"), "page.html") == []


@pytest.mark.parametrize(
    "page",
    [
        f"---\ntitle: Rest\nnote: '{FILE}'\n---\n\n{{}}\n",
        f"---\ntitle: Rest\nnote: |\n  text\n  {FILE}\n---\n{{}}\n",
        f"---\ntitle: Rest # {FILE}\n---\n\n{{}}\n",
        f'+++\ntitle = "Rest"\nnote = """\n{FILE}\n"""\n+++\n\n{{}}\n',
        f"{{}}\n\nWrite \\{FILE} at the top.\n",
        f"{{}}\n\n\\{FILE}\n",
        f"{{}}\n\nWrite `{FILE}` at the top.\n",
        f"{{}}\n\n> ```html\n> {FILE}\n> ```\n",
        f"{{}}\n\n- One.\n\n  ```html\n  {FILE}\n  ```\n",
        f"{{}}\n\n- ```html\n  {FILE}\n  ```\n",
        f"{{}}\n\n    {FILE}\n",
        f"{{}} See [this](http://x.y/z '{FILE}').\n",
        f"{{}}\n\n[ref]: http://x.y/z '{FILE}'\n",
        f"{{}} <span title='{FILE}'>One.</span>\n",
        f"{{}}\n\n<script>\nvar a = '{FILE}';\n</script>\n",
        f"{{}}\n\n<div title='{FILE}'>\n\nOne.\n\n</div>\n",
        f"{{}}\n\n- <div title='{FILE}'>\n  One.\n  </div>\n",
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_is_no_comment_of_markdown_suppresses_nothing(page: str, newline: str) -> None:
    text = page.replace("{}", f"{LEAD} {SPUN}").replace("\n", newline)
    assert rules_in(text) == ["SP001"]
    assert rules_in(f"{text}{newline}One. {FILE}{newline}") == []
    assert rules_in(f"{text}{newline}{FILE}{newline}") == []


def test_a_comment_after_front_matter_that_shows_it_is_found_in_its_place() -> None:
    line = "<!-- unspin ignore-next-line SP: q -->"
    text = f"---\ntitle: Rest\nnote: |\n  a\n  {line}\n---\n\n{LEAD}\n\n{line}\n{SPUN}\n"
    assert rules_in(text) == []


def test_a_comment_between_blocks_of_html_in_markdown_counts() -> None:
    text = f"{LEAD}\n\n<div>\n<p>One.</p>\n{FILE}\n</div>\n\n{SPUN}\n"
    assert rules_in(text) == []
