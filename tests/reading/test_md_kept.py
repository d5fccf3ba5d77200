"""Markdown: what the tool does not understand stays, and front matter is told from prose."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from tests.strategies import markdown_texts

from unspin.article import Article, BlockKind
from unspin.config import Config
from unspin.errors import InputError
from unspin.reading import read_bytes
from unspin.report import Report
from unspin.writing import FORMATS, render


def read(text: str, name: str = "page.md") -> Article:
    (article,) = read_bytes(text.encode(), name, Config())
    assert isinstance(article, Article), article
    return article


def written(text: str, to: str = "md") -> str:
    article = read(text)
    return render(Report(article, article, (), (), None, (), None, None, {}, {}), to)


def body(text: str) -> str:
    """What is written of a text without front matter."""
    return written(text).split("---\n\n", 1)[1]


#: Each is written as it stands here.
KEPT = [
    '{{< figure\n  src="a.png"\n  caption="An inhaler"\n>}}',
    '{{<figure\n>}}',
    '{{% notice\n    warning\n\n%}}\nDo not *drink* it.\n\n{{% /notice %}}',
    '{{< chart data="{\'a\': 1}"\n# no heading\n- no item\n>}}',
    '{% include video.html\n   id="x"\n\n   title="y" %}',
    "{{< highlight go >}}\n- a := *b\n\n# c_d\n{{< /highlight >}}",
    "{% raw %}\n> not a quote *here*\n{% endraw %}",
    'See [the page]({{< ref "a b.md" >}}) and [that]({{site.url}}/x_y) for more.',
    'Inline {{< ref\n"a" >}} goes on.',
    "- one {{< figure\n  src=\"x\" >}} end\n- two",
    "> said {{< a\n> b >}} so",
    "Take $U_{cr} \\times V$ where $a<b$, \\( y_1 \\) and \\[ x \\], for $5 or $6.",
    "$$\na_1 < b * c\n- d\n$$",
    "\\[\nx = y_1 * 2\n= z\n\\]",
    "\\begin{align}\na_1 &= b \\\\\n+ c\n\\end{align}",
    "Signs that are \\[escaped\\], 2 \\* 3 and 5&nbsp;mg stay so.",
    "<details>\n<summary>Can I take it?</summary>\n\nNo.\n\n</details>",
    '<div class="box"><p>Call <b>now</b>.</p>\n<script>x()</script></div>',
    "## Signs {#signs .wide}\n\nSee [signs](#signs).",
    "## Signs {: #signs}",
    "Said[^1] and done[^b].\n\n[^1]: https://a.example/x\n[^b]: Smith A, *Lancet*.\n\n    More of it.",
    "1. one\n\n   more of one\n\n   ```\n   code_x\n   ```\n\n2. two",
    "- one\n\n  > quoted\n\n  | A | B |\n  | --- | --- |\n  | 1 | 2 |\n\n- two\n\n  more",
    "- one\n  - in\n\n    more of in\n\n  more of one",
    "> - quoted item\n> - another\n>\n> ## A heading\n>\n> para\n>\n> > deeper",
    "- > quoted in an item\n- two",
    "3. three\n4. four\n\n- a\n\n* b",
    "[![A pill](a.png)](/big) and **[all](/x)**",
    "<!-- note -->\n\nText.",
    "NF1 is rare.\n\n*[NF1]: Neurofibromatosis type 1\n*[BP]: blood pressure",
    "Press <kbd>x_1</kbd> or [call](tel:1).",
    '!!! note "When to call"\n    Call *at once*.\n    Do not wait.\n\n???+ tip\n    Rest.',
    '??? warning\n    === "Under 3 months"\n        Call **now**.',
    "Said[^1].\n\n[^1]:\n    Smith A.",
    "!!! note\n    - one\n    2. two\n    > 38 °C\n    # three\n    **four**",
    "Fever\n:   A temperature\n    above 38 °C.\n\n    Call *at once*.",
    "One.\n\n---\n\nTwo.\n\n***\n\n- a\n\n  _ _ _\n\n  b\n\n> c\n>\n> - - -",
    "- ___\n- ***b***",
    "1. one\n    - in\n        - deeper\n\n    more of one\n\n    ```\n    code_x\n    ```\n\n2. two",
    "- one\n    - in\n\n        <!-- c -->\n\n        more\n\n    Said.\n\n    [^1]: One.\n\n        More.",
    "!!! note\n    <details class=\"a\">\n    <summary>Can I?</summary>\n      <b>No</b>.\n\n    </details>\n\n    Two.",
    "- one\n\n  <details>\n  <summary>Can I?</summary>\n    <b>No</b>.\n\n  </details>\n\n  Two.",
    "> Fever\n> :   A temperature\n>     above 38 °C.",
    "> - one\n>     - in\n\n10. ten\n     - in",
    "- one\n\n      code of one\n\n  more",
    '=== "Tab *a*"\n\n    - [ ] one\n\n    | A | B |\n    | --- | --- |\n    | 1 | 2 |\n\n=== "Tab b"\n\n    Two.',
    "- item\n\n    !!! note\n        In the item.\n\n        Its end.\n\n    more",
    ":::note[*Take* care]\nDo not drink.\n:::\n\n:::tip{title=\"a *b*\"}\n\nRest.\n\n:::",
    "::: {.callout-note title=\"a *b*\"}\n## Rest\n\nWell.\n:::",
    ":::{figure} a_b.png\n:alt: an *inhaler*\n\nAn inhaler.\n:::",
    "````{admonition} Take *care*\n:class: a_b\n\n```{warning} Now\nCall.\n\n- one\n```\n\n```py\na_b\n```\n````",
    "- item\n\n  :::note\n  in it\n  :::\n\n  ```{tip}\n  *rest*\n  ```",
    "{{ m.card(\"a\", { b: \"*c*\" }) }}\n\nSaid <% if a < b %>*so*<% end %> here.",
    "Text{:.x title=\"a *b*\"}, [it]{.small-caps} and ![a](b.png){width=30%}.\n{.lead #a_b}",
    "{::comment}\n\nno *prose*\n{:/comment}",
    "See [it](my *file*.pdf), ![a](a_b c.png \"*t*\") and [x][].\n\nSee [[a_b page|*it*]] and [[x_y]].",
    "  Right     Left\n-------     ------\n     12     *a*  b\n\n+-----+-----+\n| a_b | *c* |\n+=====+=====+\n| d   | e   |\n+-----+-----+",
    "\\newpage and \\emph{x}, 2 \\* 3.",
    "(a_b)=\n## Heading\n\n/// note | Title\nText.\n///",
    "1. Step\n\n   !!! note\n       In the item.",
    "> !!! note\n>     In a quote.",
    "## Signs\n{: .signs #signs}\n\nFace.\n{: .note title=\"a *b*\"}\n\n{: .next}\nArm.\n\n{: .x}",
    "- TOC\n{:toc}\n\n> quoted\n{: .q}\n\n1. one\n   {: .in}\n\n   more",
    "| A | B |\n| --- | --- |\n| 1 | 2 |\n{: .table}",
    '--8<-- "includes/a *b* c.md"\n\nSee --8<-- \'x.md\' here.',
    "> [!WARNING]\n> Call at once.\n\n> [!NOTE]- More\n>\n> - one\n>\n> > deeper\n\n- a\n\n  > [!TIP]\n  > b",
    "{{!-- a *b* {{c}} --}} {{! d *e* }} {{#if x}}In *it*{{/if}} and {{- x | y: \"*z*\" -}} so.",
    "%%\na *b*\n\n- c\n%%\n\nTwo %% d *e* %% words.\n\n%% f %%",
    "% a *b*\n% c_d\n\nOne.\n\n+++\n\nTwo.\n\n+++ {\"a\": \"*b*\"}\n\nSome 5\n% of them.",
    "| A | B |\n| --- | --- |\n| <kbd>a\\|b</kbd> | `c \\| d` ![e](/f\\|g) |",
]  # fmt: skip


@pytest.mark.parametrize("text", KEPT)
def test_what_is_not_understood_stays_as_it_is(text: str) -> None:
    assert body(f"# Heart\n\n{text}\n") == f"# Heart\n\n{text}\n"


@pytest.mark.parametrize("text", KEPT)
def test_what_was_written_is_read_as_the_same_article(text: str) -> None:
    article = read(f"# Heart\n\n{text}\n")
    again = read(written(f"# Heart\n\n{text}\n"))
    shown = [
        [(b.kind, b.level, b.number, a.block_text(b)) for b in a.blocks] for a in (article, again)
    ]
    assert shown[0] == shown[1]


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_of_all_kinds_end_the_lines_of_a_shortcode(newline: str) -> None:
    text = f"# Heart\n\n{KEPT[0]}\n\nThe end.\n".replace("\n", newline)
    article = read(text)
    assert [b.kind for b in article.blocks] == [
        BlockKind.HEADING, BlockKind.CODE, BlockKind.PARAGRAPH,
    ]  # fmt: skip
    assert article.blocks[1].verbatim == KEPT[0].replace("\n", newline)


def test_a_shortcode_in_code_is_code() -> None:
    code = "```\n{{< figure\n  src=x >}}\n```"
    assert body(f"- a\n\n  {code}\n".replace("\n{{", "\n  {{").replace("\n  src", "\n    src"))
    assert f"{code}\n" in body(f"# T\n\n{code}\n")


@pytest.mark.parametrize("text", [
    "It costs $5 now and $6 later.", "From $5-$6 (US$) a day.", "See \\[1\\] and \\[Smith\\].",
    "They paid $20 for the pills, the cream and the syrup, not 30$.",
])  # fmt: skip
def test_money_and_brackets_are_prose(text: str) -> None:
    assert "\ufffc" not in read(text).text


def test_quoted_text_of_any_kind_is_a_quotation() -> None:
    article = read("> - Anna said so\n> - and so\n>\n> ## Then\n\n- > Ben too\n- not he\n")
    kinds = {article.block_text(b): b.kind for b in article.blocks}
    assert kinds == {
        "Anna said so": BlockKind.QUOTE, "and so": BlockKind.QUOTE, "Then": BlockKind.QUOTE,
        "Ben too": BlockKind.QUOTE, "not he": BlockKind.LIST_ITEM,
    }  # fmt: skip


def test_a_callout_is_no_quotation() -> None:
    article = read(
        "> [!WARNING]\n> Call at once.\n\n> [!note]- More\n>\n> - one\n>\n> > Anna said so\n>\n"
        "> <p>Rest.</p>\n\n> Ben said [!x]\n>\n> > [!TIP]\n> > As he said.\n"
    )
    kinds = {article.block_text(b).replace("\n", " "): b.kind for b in article.blocks}
    assert kinds == {
        "[!WARNING] Call at once.": BlockKind.PARAGRAPH, "[!note]- More": BlockKind.PARAGRAPH,
        "one": BlockKind.LIST_ITEM, "Anna said so": BlockKind.QUOTE, "Rest.": BlockKind.PARAGRAPH,
        "Ben said [!x]": BlockKind.QUOTE, "[!TIP] As he said.": BlockKind.QUOTE,
    }  # fmt: skip


def test_attributes_of_a_heading_are_no_prose() -> None:
    article = read("# Back pain {#top}\n\nText.\n\nSigns {.a #b}\n---\n\n## {a|b} pain\n")
    assert article.title == "Back pain"
    assert [article.block_text(b) for b in article.blocks][2:] == ["Signs", "{a|b} pain"]


def test_cells_of_a_table_in_an_item_are_read_where_they_stand() -> None:
    for lead in ("1. ", "- ", "> 2) ", "- > "):
        inner = "".join(c if c == ">" else " " for c in lead)
        text = f"{lead}| a | b |\n{inner}|---|---|\n{inner}| *c* d | e |\n"
        article = read(text)
        at = article.text.index("c d")
        start, end = article.map.span(at, at + 3)
        assert text[start:end] == "c* d", lead


@pytest.mark.parametrize(("row", "kept"), [
    ("| 3 mo | `a | b` |", "| 3 mo | `a \\| b` |"),
    ("3 mo | `` a`|b ``", "| 3 mo | `` a`\\|b `` |"),
    ("| 3 mo | fever | call *now* |", "| 3 mo | fever \\| call *now* |"),
    ("| 3 mo | `a | b` | call |", "| 3 mo | `a \\| b` \\| call |"),
    ("| 3 mo | | call", "| 3 mo | call |"),
    ("| 3 mo | fever | `call\\|now` |", "| 3 mo | fever \\| `call\\|now` |"),
    ("| 3 mo | fever | |", "| 3 mo | fever |"),
])  # fmt: skip
@pytest.mark.parametrize("quote", ["", "> "])
def test_a_row_with_more_cells_than_columns_loses_none(row: str, kept: str, quote: str) -> None:
    lead = f"{quote}| A | B |\n{quote}| --- | --- |\n{quote}"
    assert body(f"# T\n\n{lead}{row}\n") == f"# T\n\n{lead}{kept}\n"
    article = read(f"{lead}{row}\n")
    for word in ("mo", "fever", "call", "now"):
        if word in article.text:
            at = article.text.index(word)
            start, end = article.map.span(at, at + len(word))
            assert article.source.text[start:end] == word


# --- the title -----------------------------------------------------------------------------------

MIDDLE = (
    "Call an ambulance at once.\n\n# After the hospital\n\nRest at home.\n\n## Later\n\nWalk.\n"
)


@pytest.mark.parametrize("front", ["---\ntitle: Stroke care\n---\n\n", ""])
def test_a_heading_in_the_middle_stays_there(front: str) -> None:
    article = read(front + MIDDLE)
    assert article.title == ("Stroke care" if front else "")
    for to in ("md", "html", "txt"):
        out = written(front + MIDDLE, to)
        places = [out.index(w) for w in ("Call an", "After the", "Rest at", "Later", "Walk.")]
        assert places == sorted(places), to
    page = written(front + MIDDLE, "html")
    assert ("<h1>Stroke care</h1>" in page) is bool(front)
    assert "<h2>After the hospital</h2>" in page and "<h3>Later</h3>" in page
    data = json.loads(written(front + MIDDLE, "json"))
    assert data["blocks"][0]["text"] == "Call an ambulance at once."
    assert data["sections"][0]["heading"] == "After the hospital"


@pytest.mark.parametrize(("text", "title"), [
    ("# Heart\n\nText.\n", "Heart"),
    ("---\ntitle: Other\n---\n# Heart\n\nText.\n", "Heart"),
    ("<!-- c -->\n\n# Heart\n\nText.\n", "Heart"),
    ("![A logo](a.png)\n\n# Heart\n\nText.\n", "Heart"),
    ("---\ntitle: heart\n---\n![A logo](a.png)\n\n# Heart\n\nText.\n", "Heart"),
    ("---\ntitle: Other\n---\n![A logo](a.png)\n\n# Heart\n\nText.\n", "Other"),
    ("- item\n\n# Heart\n\nText.\n", ""),
    ("## Sub\n\n# Heart\n\nText.\n", ""),
    ("> # Quoted\n\nText.\n", ""),
])  # fmt: skip
def test_the_title_stands_before_all_text(text: str, title: str) -> None:
    assert read(text).title == title


def test_what_stands_before_the_title_stays_before_it() -> None:
    text = "<!-- c -->\n\n![A logo](a.png)\n\n# Heart\n\nText.\n"
    assert body(text) == text
    page = written(text, "html")
    assert page.index("a.png") < page.index("<h1>Heart</h1>")
    assert written(text, "txt") == "A logo\n\nHeart\n\nText.\n"


# --- front matter --------------------------------------------------------------------------------


@pytest.mark.parametrize(("front", "title"), [
    ('{\n  "title": "Hay: fever",\n  "tags": ["a"]\n}\n', "Hay: fever"),
    ('+++\n# why\ntitle = "Hay: fever"\ntime = 07:30:00\n[a]\nb = 1\n+++\n', "Hay: fever"),
    ('---\ntitle: "Hay: fever"\n---\n', "Hay: fever"),
    ('---json\n{\n  "title": "Hay: fever",\n  "tags": ["a"]\n}\n---\n', "Hay: fever"),
    ('---toml\ntitle = "Hay: fever"\n---\n', "Hay: fever"),
    ('---yaml\ntitle: "Hay: fever"\n---\n', "Hay: fever"),
    ("---\n\ntitle: Hay\n\n---\n", "Hay"),
    ("---\nlead: Hay\n---\n", ""),
    ("---\ntitle: Hay\n...\n", "Hay"),
])  # fmt: skip
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_forms_of_front_matter(front: str, title: str, newline: str) -> None:
    text = f"{front}\nThe text.\n".replace("\n", newline)
    article = read(text)
    assert article.metadata.title == title
    assert article.text == "The text."
    again = read(written(text))
    assert again.metadata.title == title and again.text == "The text."
    assert {k: v for k, v in again.source.extra.items() if "review" not in k}.keys() == (
        article.source.extra.keys()
    )


@pytest.mark.parametrize(("text", "line"), [
    ("---\ntitle: Hay fever: what helps\ndate: 2022-01-02\n---\nText.\n", 2),
    ('---\ndate: 2022-01-02\ntitle: "Hay\n---\nText.\n', 4),
    ("---\r\ndate: 2022-01-02\r\ntitle: a: b\r\n---\r\nText.\r\n", 3),
    ("---\ntitle: {{ page.title }}\n---\nText.\n", 2),
    ("---\ntitle:Hay\ndate:2022\n---\nText.\n", 2),
    ("---\ntitle: Hay\ndate: 2022-13-45\n---\nText.\n", 1),
    ("---\ntitle: Hay\ndate: 2022-01-02\n\nText.\n", 1),
    ("---\nname: x\nplace: [y\n---\nText.\n", 4),
    ("+++\ntitle = Hay\n+++\nText.\n", 2),
    ('{\n  "title": "Hay"\n  "date": 1\n}\n\nText.\n', 3),
    ('---json\n{\n  "title": "Hay"\n  "date": 1\n}\n---\nText.\n', 4),
    ('---js\n{ title: "Hay" }\n---\nText.\n', 1),
])  # fmt: skip
def test_front_matter_that_cannot_be_parsed_is_an_error(text: str, line: int) -> None:
    (error,) = read_bytes(text.encode(), "page.md", Config())
    assert isinstance(error, InputError)
    assert str(error).startswith(f"page.md: line {line}: the front matter ")
    assert ";" in error.reason


def test_front_matter_of_a_record_names_the_record() -> None:
    text = "---\ntitle: a: b\ndate: 1\n---\n# One\n\n[x](/y) **z**\n\n## Two\n"
    rows = [{"text": "One."}, {"text": text}, {"text": "Two."}]
    items = list(read_bytes("\n".join(map(json.dumps, rows)).encode(), "a.jsonl", Config()))
    assert [isinstance(i, Article) for i in items] == [True, False, True]
    assert str(items[1]).startswith("a.jsonl: line 2: the front matter ")


@pytest.mark.parametrize("text", [
    "---\n\nSome prose.\n\n---\n\nMore.\n",
    "---\nSome prose: and more: yes.\n---\n\nMore.\n",
    "---\n\nNote: take care.\n\n---\n\nMore.\n",
    "---\nNote: take care of it.\n---\n\nMore.\n",
    "---\n# A heading\n\nSome prose.\n\n---\nMore.\n",
    "---\n- a\n- b\n---\nMore.\n",
    "---\nOnly a rule, and then prose.\n",
    "---\nNote: one.\n\nA long story [which.\n\nIt goes on.\n\n---\nMore.\n",
    "+++\nsome\n+++\nMore.\n",
    '{"a"|"b"} is spintax.\n',
    "{{< x >}}\n\nMore.\n",
])  # fmt: skip
def test_a_rule_at_the_beginning_is_no_front_matter(text: str) -> None:
    article = read(text)
    assert article.metadata.front_matter == ""
    words = "".join(c if c.isalpha() else " " for c in text).split()
    shown = article.text + "".join(b.verbatim for b in article.blocks)
    assert [w for w in words if w not in shown] == []


def test_authors_and_dates_of_front_matter() -> None:
    article = read(
        "---\nauthors:\n  - name: Jo Lee\n    url: /jo\n  - Ann Roe\n"
        "date: 2022-09-01T08:00:00+02:00\n---\n# T\n"
    )
    assert article.metadata.author == "Jo Lee, Ann Roe"
    assert article.metadata.date == "2022-09-01T08:00:00+02:00"


@settings(max_examples=100, deadline=None)
@given(markdown_texts)
def test_any_markdown_is_written_and_read_again(text: str) -> None:
    (article,) = read_bytes(text.encode(), "page.md", Config())
    if not isinstance(article, Article):
        return
    report = Report(article, article, (), (), None, (), None, None, {}, {})
    for to in FORMATS:
        assert isinstance(render(report, to), str)
    (again,) = read_bytes(render(report, "md").encode(), "page.md", Config())
    assert isinstance(again, Article)
