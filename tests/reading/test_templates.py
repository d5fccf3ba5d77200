"""HTML that a template engine will read first: its code is no prose, and hides no tags."""

from __future__ import annotations

import pytest

from unspin.article import Article, BlockKind, MarkKind
from unspin.config import Config
from unspin.pipeline import Cleaner
from unspin.reading import read_bytes
from unspin.report import Report
from unspin.running.batch import edited_bytes
from unspin.writing import render

BAD = "Smoking is one of the chance variables for it."
GOOD = BAD.replace("chance variables", "risk factors")
LEAD = (
    "Most people feel better after a few days of rest and plenty of water. "
    "Ask a pharmacist which medicines suit you before you take any of them."
)
FAST = Config(grammar="off", model="off")


def page(part: str) -> str:
    return (
        "<html><head><title>Rest</title></head><body><article><h1>Rest</h1>\n"
        f"<p>{LEAD}</p>\n{part}\n<p>{LEAD}</p></article></body></html>\n"
    )


def read(part: str) -> Article:
    (article,) = read_bytes(page(part).encode(), "page.html", FAST)
    assert isinstance(article, Article)
    return article


def cleaned(part: str) -> Report:
    return Cleaner(FAST).clean(read(part))


@pytest.mark.parametrize(
    ("part", "prose"),
    [
        (f"{{% comment %}}<p>{BAD}</p>{{% endcomment %}}<p>{BAD}</p>", BAD),
        (f"{{%- comment -%}}\n<div>\n{BAD}\n</div>\n{{%- endcomment -%}}\n<p>{BAD}</p>", BAD),
        (f"{{# <p>{BAD}</p> #}}<p>{BAD}</p>", BAD),
        (f"{{{{!-- <p>{BAD}</p> --}}}}<p>{BAD}</p>", BAD),
        (f"{{{{/* <p>{BAD}</p> */}}}}<p>{BAD}</p>", BAD),
        (f"<%# {BAD} > %><p>{BAD}</p>", BAD),
        (f"<%-- <p>{BAD}</p> --%><p>{BAD}</p>", BAD),
        (f"<%\n x = '{BAD}' if a > b\n\n%><p>{BAD}</p>", BAD),
        (f"<?php /* {BAD} */ if ($a->b > 1) {{ echo '{BAD}'; }} ?><p>{BAD}</p>", BAD),
        (f"<p {{% if a > 1 %}}class='b > c' title='{BAD}'{{% endif %}}>{BAD}</p>", BAD),
        (f"<p <%= 'class=\"x\"' if a > b %>>{BAD}</p>", BAD),
        (f"<p <?php if ($a > 1) echo '{BAD}' ?>>{BAD}</p>", BAD),
        (f'<p class="<?= $a->b ? "c" : "d" ?>">{BAD}</p>', BAD),
        (f"<p>Call <%= a > '{BAD}' %> now. {BAD}</p>", f"Call @ now. {BAD}"),
        (f"<p>Call <?= $a->b ?> now. {BAD}</p>", f"Call @ now. {BAD}"),
        (f"<p>Call {{{{{{ a.b '{BAD}' }}}}}} now. {BAD}</p>", f"Call @ now. {BAD}"),
        (f"{{% set a = '<b>{BAD}</b>' %}}<p>{BAD}</p>", BAD),
        (f"{{% schema %}}{{{{'a': '{BAD}'}}}}{{% endschema %}}<p>{BAD}</p>", BAD),
        (f"<!-- <% a --><p>{BAD}</p><!-- %> -->", BAD),
        (f"<script>a = '<%';</script><p>{BAD}</p><script>b = '%>';</script>", BAD),
        (f"<p>3 <% 5. {BAD}</p>", f"3 <% 5. {BAD}"),
    ],
)
def test_code_of_templates_is_no_prose(part: str, prose: str) -> None:
    article = read(part)
    found = [
        article.block_text(b).replace("\ufffc", "@")
        for b in article.blocks
        if b.kind is BlockKind.PARAGRAPH
    ]
    assert [f for f in found if f.strip("@ \n")] == [LEAD, prose, LEAD]
    start = article.text.index("variables")
    a, z = article.map.span(start, start + len("variables"))
    assert article.source.text[a:z] == "variables"
    before, _, after = page(part).rpartition(BAD)
    assert edited_bytes(cleaned(part)) == f"{before}{GOOD}{after}".encode()


def test_code_keeps_its_lines_in_markdown() -> None:
    code = "{%- liquid\n  assign a = 'b'\n\n  echo a\n-%}"
    assert code in render(cleaned(f"{code}\n<p>{BAD}</p>"), "md")


def test_an_address_that_a_template_makes_is_kept_whole() -> None:
    address = '{{ "/a b" | relative_url }}'
    report = cleaned(f'<p>See <a href="{address}" title="x">the page</a>. {BAD}</p>')
    links = [m.value for m in report.article.marks if m.kind is MarkKind.LINK]
    assert links == [address]
    assert f"[the page]({address})" in render(report, "md")
