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


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        (f'!!! note "Take care"\n    {BAD}\n\n    {BAD}', ["@Take care@", BAD, BAD]),
        (f"??? tip\n\n    {BAD}\n\n        {BAD}", ["", BAD, ""]),
        (f'=== "Tab"\n\n\t- {BAD}\n\n\t```\n\t{BAD}\n\t```', ["@Tab@", BAD, ""]),
        (f"Said.[^1]\n\n[^1]: One.\n\n    {BAD}", ["Said.@", "@ One.", BAD]),
        (f"Fever\n:   Heat.\n\n    {BAD}", ["Fever\n:   Heat.", BAD]),
        (f"Para.\n\n    {BAD}", ["Para.", ""]),
        (f"!!! note\n\nPara.\n\n    {BAD}", ["!!! note", "Para.", ""]),
        (f"> !!! note\n>     {BAD}\n>\n>     {BAD}", ["", BAD, BAD]),
        (f"- One\n\n    !!! note\n        {BAD}\n\n        {BAD}", ["One", "", BAD, BAD]),
        (f":::note {BAD}\n{BAD}\n:::", [f"@{BAD}", BAD, ""]),
        (f':::tip{{title="{BAD}"}}\n\n{BAD}\n\n:::', ["", BAD, ""]),
        (f":::danger[{BAD}]\n:::", [f"@{BAD}@", ""]),
        (f':::: {{.note title="{BAD}"}}\n{BAD}\n::::', ["", BAD, ""]),
        (f":::{{figure}} a.png\n:alt: {BAD}\n\n{BAD}\n:::", ["", BAD, ""]),
        (f"```{{note}}\n:class: {BAD}\n{BAD}\n```", ["", BAD, ""]),
        (f"```{{admonition}} {BAD}\n:class: {BAD}\n\n{BAD}\n```", [f"@{BAD}", "", BAD, ""]),
        (f"```{{r}}\n{BAD}\n```", [""]),
        (f"```{{code-block}} py\n{BAD}\n```", [""]),
        ("*[TIA]: transient ischemic attack\n*[GP]: doctor", ["@ transient ischemic attack\n@ doctor"]),
        ("*[a]: b* is emphasis.", ["[a]: b is emphasis."]),
        ("One.\n\n---\n\nTwo.", ["One.", "", "Two."]),
        (f"One.\n% {BAD}\n%\n\n+++\n\nTwo.", ["One.", "", "", "Two."]),
        (f"One.\n\n%%\n{BAD}\n\n{BAD} %%\n\nTwo %% {BAD} %% end.", ["One.", "", "Two @ end."]),
        ("About 5\n% of us.\n\nBlood\n+++ on it.", ["About 5\n% of us.", "Blood\n+++ on it."]),
        (f"{{{{ m.card('{BAD}', {{ a: '{BAD}' }}) }}}}", [""]),
        (f"One <% if a > '{BAD}' %>two<% end %>.", ["One @two@."]),
        (f"[One]{{.x title='{BAD}'}} two{{: title=\"{BAD}\"}}.", ["[One]@ two@."]),
        (f"One.\n{{.x title='{BAD}'}}", ["One.", ""]),
        ("One {a=b|c} {a|b}.", ["One {a=b|c} {a|b}."]),
        (f"{{::comment}}\n\n{BAD}\n\n{{:/comment}}", [""]),
        (f"[One](my {BAD[:-1]}.pdf) ![two](a b.png).", ["[One@ ![two@."]),
        ("[One](see the next page) two.", ["[One](see the next page) two."]),
        (f"[[{BAD[:-1]}]] [[{BAD[:-1]}|one]] [[2]] [[3]](x).", ["@ @one]] [[2]] [3]."]),
        ("[one][x]\n\n[x]: {{ site.url }}/a", ["one"]),
        (f"One <kbd>{BAD}</kbd> <code>{BAD}</code>.", ["One @ @."]),
        (f"A  B\n-- ----\n1  {BAD}", [""]),
        (f"+---+---+\n| 1 | {BAD} |\n+---+---+", [""]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_what_generators_of_sites_take_for_prose_is_read(
    text: str, prose: list[str], newline: str
) -> None:
    article = read(f"# Heart\n\n{text}\n\nThe end.\n".replace("\n", newline))
    found = [article.block_text(b).replace("\ufffc", "@") for b in article.blocks]
    assert [" ".join(f.split()) for f in found] == [
        "Heart",
        *(" ".join(p.split()) for p in prose),
        "The end.",
    ]
    at = article.text.find("variables")
    while at >= 0:
        start, end = article.map.span(at, at + len("variables"))
        assert article.source.text[start:end] == "variables"
        at = article.text.find("variables", end)


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


# --- comments in items, struck text, embeds --------------------------------------------------------


def blocks(text: str) -> list[tuple[BlockKind, str]]:
    article = read(f"# Heart\n\n{text}\n")
    return [(b.kind, article.block_text(b).replace("\ufffc", "@")) for b in article.blocks[1:]]


@pytest.mark.parametrize(
    ("text", "kind", "prose"),
    [
        (f"- <!-- note --> {BAD}", BlockKind.LIST_ITEM, f"@ {BAD}"),
        (f"1. <!-- a --><!-- b --> {BAD} <!-- c -->", BlockKind.LIST_ITEM, f"@@ {BAD} @"),
        (f"- <!-- note -->\n  {BAD}", BlockKind.LIST_ITEM, f"@ {BAD}"),
        (f"- <!-- two\n  lines --> {BAD}", BlockKind.LIST_ITEM, f"@ {BAD}"),
        (f"> <!-- note --> {BAD}", BlockKind.QUOTE, f"@ {BAD}"),
        (f"- <div>{BAD}</div>", BlockKind.LIST_ITEM, BAD),
        (f"- <div title='<!-- x -->'>{BAD}</div>", BlockKind.LIST_ITEM, BAD),
    ],
)
def test_text_behind_a_comment_in_an_item_is_prose(text: str, kind: BlockKind, prose: str) -> None:
    assert blocks(text) == [(kind, prose)]
    article = read(f"# Heart\n\n{text}\n")
    for word in ("Smoking", "variables"):
        start, end = article.map.span(at := article.text.index(word), at + len(word))
        assert article.source.text[start:end] == word


def test_a_comment_alone_in_an_item_stays() -> None:
    article = read("- <!-- only -->\n- two\n")
    assert [b.verbatim for b in article.blocks] == ["<!-- only -->", ""]


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("Take ~~two~~ three tablets.", "Take @ three tablets."),
        ("Take <del>two</del> three tablets.", "Take @ three tablets."),
        ("Take <s>**two** or</s> three.", "Take @ three."),
        ("Take **~~two~~ three**.", "Take @ three."),
        ("Take ~~two\nor~~ three.", "Take @ three."),
        ("Take <span style='text-decoration:line-through'>two</span> three.", "Take @ three."),
        ("- ~~two~~ three", "@ three"),
        ("## ~~Two~~ Three", "@ Three"),
        ("| a | ~~b~~ |\n|---|---|", "a | @"),
        ("Take <del>two or three.", "Take @two or three."),
        ("About ~5 and ~10 ~x~.", "About ~5 and ~10 ~x~."),
        ("Take ~~~two~~~ three.", "Take ~@ three."),
        ("~~All of it.~~", ""),
        ("<del>\n\nAll of it.\n\n</del>", ""),
    ],
)
def test_struck_text_is_no_prose(text: str, prose: str) -> None:
    assert [found for _, found in blocks(text)] == [prose]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("https://youtu.be/a_b*c", ["https://youtu.be/a_b*c"]),
        ("<https://vimeo.com/1>", ["https://vimeo.com/1"]),
        ("https://youtu.be/a\nhttps://youtu.be/b", ["https://youtu.be/a", "https://youtu.be/b"]),
        ("https://example.org/a", []),
        ("See https://youtu.be/a", []),
        ("- https://youtu.be/a", []),
        ("[Video](https://youtu.be/a)", []),
    ],
)
def test_an_address_of_a_player_alone_is_an_embed(text: str, values: list[str]) -> None:
    article = read(f"# Heart\n\n{text}\n")
    assert [b.value for b in article.blocks if b.kind is BlockKind.EMBED] == values
