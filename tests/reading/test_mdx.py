"""MDX: elements, expressions and modules are code; what stands between them is Markdown."""

from __future__ import annotations

import pytest

from unspin.article import Article
from unspin.config import Config
from unspin.findings import Finding
from unspin.pipeline import Cleaner
from unspin.reading import read_bytes
from unspin.report import Report
from unspin.running.batch import edited_bytes
from unspin.writing import render

BAD = "Smoking is one of the chance variables for it."
FAST = Config(grammar="off", model="off")


def read(text: str, name: str = "page.mdx") -> Article:
    (article,) = read_bytes(text.encode(), name, FAST)
    assert isinstance(article, Article)
    return article


def cleaned(text: str, name: str = "page.mdx") -> Report:
    return Cleaner(FAST).clean(read(text, name))


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        (f"import A from 'a';\nimport {{b}} from '{BAD}';", [""]),
        (f"export const meta = {{\n  title: '{BAD}',\n\n  list: ['{BAD}'],\n}};", [""]),
        (f"{{/* {BAD} */}}", [""]),
        (f"<!-- {BAD} -->", [""]),
        (f"<Tabs>\n  <TabItem label='{BAD}'>\n\n{BAD}\n\n  </TabItem>\n</Tabs>", ["", "", BAD, "", ""]),
        (f"<Note title={{`{BAD}`}} onClick={{() => f('>')}}>\n  {BAD}\n</Note>", ["", BAD, ""]),
        (f"<Note\n\n  title='{BAD}'\n>\n- {BAD}\n</Note>", ["", BAD, ""]),
        (f"<B s={{{{a: 'b'}}}}>{BAD}</B>", [f"@{BAD}@"]),
        (f"Some {{a > 1 ? '{BAD}' : {{b: 1}}}} text.", ["Some @ text."]),
        (f"    {BAD}", [BAD]),
        (f"`<A>` and <code>{BAD}</code>.", ["@ and @."]),
        (f"```jsx\n<A>{BAD}</A>\n```", [""]),
        ("A < 5, b <c, \\{d} and {e.", ["A < 5, b <c, {d} and {e."]),
        ("import duties rise.", [""]),
        ("Some\nimport duties rise.", ["Some import duties rise."]),
        (f"| A {{x}} | B |\n| --- | --- |\n| <b/> | {BAD} |", ["A @ | B", f"@ | {BAD}"]),
        (f":::tip{{title='{BAD}'}}\n{BAD}\n:::", ["", BAD, ""]),
        (f"## {BAD} {{#signs}}", [BAD]),
        ("See [it]({url}), [that][x].\n\n[x]: {y}", ["See it, that."]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_only_what_is_markdown_is_prose(text: str, prose: list[str], newline: str) -> None:
    whole = f"---\ntitle: Heart\n---\n\n# Heart\n\n{text}\n\nThe end.\n"
    article = read(whole.replace("\n", newline))
    found = [" ".join(article.block_text(b).split()) for b in article.blocks]
    assert [f.replace("\ufffc", "@") for f in found] == ["Heart", *prose, "The end."]
    at = article.text.find("variables")
    while at >= 0:
        start, end = article.map.span(at, at + len("variables"))
        assert article.source.text[start:end] == "variables"
        at = article.text.find("variables", at + 1)


KEPT = """import A from 'a';
export const b = {
  c: 'd_e',
};

# Heart

{/* no *prose* */}

<Tabs
  values={[
    {label: 'A > b'},
  ]}
>
<TabItem value="x_y">

- one
- two <Badge/> more

</TabItem>
</Tabs>

<Note>
Call *now*, {when}.
</Note>

Said {a > 1 ? "*b*" : `c`} here.

## Signs {#signs}

See [signs](#signs) <br/> and [it]({url}).
"""


def test_what_is_code_is_written_as_it_stands() -> None:
    assert render(cleaned(KEPT), "md").split("---\n\n", 1)[1] == KEPT
    shown = render(cleaned(KEPT), "txt")
    assert "import" not in shown and "Tab" not in shown and "no *prose*" not in shown
    assert "Call now, {when}." in shown


def test_a_markdown_file_that_imports_is_mdx() -> None:
    text = f"import Tabs from '@theme/Tabs';\n\n# Heart\n\n<A b={{c}}>\n    {BAD}\n</A>\n"
    assert read(text, "a.md").text == read(text).text
    assert read(text.replace("import", "we import"), "a.md").text.startswith("we import")


def test_in_place_only_prose_changes() -> None:
    text = (
        f"import A from '{BAD}';\r\n\r\n# Heart\r\n\r\n<A b='{BAD}'>\r\n    {{0}}\r\n</A>\r\n"
        f"\r\n{{{{c('{BAD}')}}}} Most people feel better after a few days of rest and water.\r\n"
    )
    report = cleaned(text.format(BAD))
    good = BAD.replace("chance variables", "risk factors")
    assert edited_bytes(report) == text.format(good).encode()


def findings(text: str) -> list[Finding]:
    return [f for f in cleaned(text).findings if f.rule[:2] in ("SP", "UN")]


def test_comments_of_mdx_suppress() -> None:
    long = "Most people feel better after a few days of rest and plenty of water. " * 3
    assert [f.rule for f in findings(f"{BAD}\n\n{long}\n")] == ["SP001"]
    for text in (
        f"{{/* unspin ignore-next-line SP001: quoted */}}\n{BAD}",
        f"{BAD} {{/* unspin ignore SP001: quoted */}}",
    ):
        assert findings(f"{text}\n\n{long}\n") == [], text
    wrong = findings(f"{{/* unspin ignore SP001 */}}\n\n{long}\n")
    assert [f.rule for f in wrong] == ["UN002"]
