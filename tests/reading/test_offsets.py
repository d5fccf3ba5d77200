from __future__ import annotations

import pytest
from hypothesis import given, settings
from tests.strategies import html_texts, markdown_texts, plain_texts

from unspin.article import Article
from unspin.config import Config
from unspin.reading import read_bytes
from unspin.reading.encoding import decode, encode


def read(text: str, name: str) -> Article | None:
    (item,) = read_bytes(text.encode(), name, Config())
    return item if isinstance(item, Article) else None


def check_map(article: Article) -> None:
    """Every linear run of prose stands at its place; segments and blocks are in order."""
    source = article.source.text
    repaired = {(r.start, r.end) for r in article.repairs}
    end = source_end = 0
    for s in article.map.segments:
        assert s.start >= end and s.source_start >= source_end
        end, source_end = s.end, s.source_end
        found = article.text[s.start : s.end]
        stands = source[s.source_start : s.source_end]
        if s.linear and (s.source_start, s.source_end) not in repaired and found != "\ufffc":
            assert found == stands
    for repair in article.repairs:
        assert source[repair.start : repair.end] == repair.before != repair.after
    for a, b in zip(article.blocks, article.blocks[1:], strict=False):
        assert a.start <= a.end < b.start
    for mark in article.marks:
        assert 0 <= mark.start < mark.end <= len(article.text)
    for block in article.blocks:
        for cell in block.cells:
            assert block.start <= cell.start <= cell.end <= block.end


@pytest.mark.parametrize(("name", "texts"), [
    ("a.txt", plain_texts), ("a.md", markdown_texts), ("a.html", html_texts),
])  # fmt: skip
def test_offsets_lead_to_the_source(name: str, texts) -> None:
    @settings(max_examples=150, deadline=None)
    @given(texts)
    def run(text: str) -> None:
        article = read(text, name)
        if article is not None:
            check_map(article)

    run()


@settings(max_examples=150, deadline=None)
@given(plain_texts)
def test_txt_prose_without_repairs_is_the_lines_of_the_source(text: str) -> None:
    article = read(text, "a.txt")
    if article is not None and not article.repairs:
        lines = [
            line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        ]
        assert [article.block_text(b) for b in article.blocks] == [line for line in lines if line]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be",
                                      "utf-32", "cp1252", "latin-1"])  # fmt: skip
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_decoding_is_reversible(encoding: str, newline: str) -> None:
    text = f"The café serves “tea”.{newline}{newline}It’s good.{newline}"
    if encoding == "latin-1":
        text = text.translate({0x201C: '"', 0x201D: '"', 0x2019: "'"})
    data = text.encode(encoding)
    decoded = decode(data)
    assert decoded.text == text
    assert encode(decoded.text, decoded.encoding, decoded.bom) == data


@settings(max_examples=150, deadline=None)
@given(plain_texts)
def test_any_text_comes_back_as_its_bytes(text: str) -> None:
    data = text.encode()
    decoded = decode(data)
    assert encode(decoded.text, decoded.encoding, decoded.bom) == data


def test_md_a_line_of_no_break_spaces_before_a_paragraph_is_skipped() -> None:
    article = read("\xa0  \n[^1] stands here.", "a.md")
    assert article is not None
    check_map(article)
    assert article.map.segments[0].source_start == 4
