"""Markdown: blocks of HTML, code inside quotes and lists, shortcodes, hostile front matter."""

from __future__ import annotations

import pytest

from unspin.article import Article, BlockKind
from unspin.config import Config
from unspin.reading import read_bytes

BAD = "Smoking is one of the chance variables for it."


def read(text: str) -> Article:
    (article,) = read_bytes(text.encode(), "page.md", Config())
    assert isinstance(article, Article)
    return article


@pytest.mark.parametrize(
    ("html", "prose"),
    [
        (f"<p>{BAD}</p>", [BAD]),
        (f"<!-- note -->{BAD}", ["", BAD]),
        (f"<details><summary>More</summary>\n{BAD}\n</details>", ["More", BAD]),
        ("<div>Dose: 5&nbsp;mg <b>twice</b></div>", ["Dose: 5\u00a0mg twice"]),
        ("<table><tr><th>Drug</th><th>Dose</th></tr><tr><td>A</td><td>5 mg</td></tr></table>",
         ["Drug | Dose", "A | 5 mg"]),
        ('<div align="center"><img src="a.png"></div>', [""]),
        ("<script>var a = 1;</script>", [""]),
        ("<!-- note -->", [""]),
    ],
)  # fmt: skip
def test_prose_in_a_block_of_html_is_read(html: str, prose: list[str]) -> None:
    article = read(f"# Heart\n\n{html}\n\nThe end.\n")
    assert [article.block_text(b) for b in article.blocks] == ["Heart", *prose, "The end."]
    for word in ("Smoking", "variables", "twice"):
        at = article.text.find(word)
        if at >= 0:
            start, end = article.map.span(at, at + len(word))
            assert article.source.text[start:end] == word


def test_lists_in_html_and_in_markdown_are_lists_of_their_own() -> None:
    article = read("- one\n\n<ul><li>two</li></ul>\n\n- three\n")
    groups = [b.group for b in article.blocks if b.kind is BlockKind.LIST_ITEM]
    assert len(set(groups)) == 3


def test_code_in_a_quote_or_a_list_is_written_without_their_prefix() -> None:
    article = read(
        "> Quote\n>\n> ```\n> dose: 5 mg\n> ```\n\n1. item\n\n   ```py\n   x = 1\n   ```\n"
    )
    code = [b.verbatim for b in article.blocks if b.kind is BlockKind.CODE]
    assert code == ["```\ndose: 5 mg\n```", "```py\nx = 1\n```"]


def test_many_shortcodes_are_read_at_once() -> None:
    # twice as long for each of them, and it would not end
    article = read("# T\n\n" + "{{ x }} " * 40 + "\n\n" + "{{ x }} " * 40 + "text\n")
    assert [b.kind for b in article.blocks] == [
        BlockKind.HEADING, BlockKind.CODE, BlockKind.PARAGRAPH,
    ]  # fmt: skip


def test_aliases_in_front_matter_do_not_multiply() -> None:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 8)]
    front = "\n".join([*lines, "title: *a7", "author: [A. Moor, B. Lee]"])
    article = read(f"---\n{front}\n---\n\n# Heart\n\n{BAD}\n")
    assert article.metadata.title == ""
    assert article.metadata.author == "A. Moor, B. Lee"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("page.md", "<!-- c -->\n" * 40 + BAD),
        ("page.txt", "---\r\n" + "Key: value\r\n" * 40 + BAD),
    ],
)
def test_the_format_of_a_hostile_beginning_is_told_at_once(name: str, text: str) -> None:
    (article,) = read_bytes(text.encode(), name, Config())  # each line once doubled the time
    assert isinstance(article, Article)
    assert BAD in article.text
