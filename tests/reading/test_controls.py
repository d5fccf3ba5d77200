"""Control characters: none gets into an article, and every offset stays right."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unspin.article import Article
from unspin.config import Config
from unspin.reading import read_bytes

FILLER = "Most people feel better after a few days of rest and plenty of water. " * 20
BAD = {chr(n) for n in range(32)} - set("\t\n\f\r") | {"\x7f"}


def read(text: str, name: str) -> Article:
    (article,) = read_bytes(text.encode(), name, Config())
    assert isinstance(article, Article)
    return article


def test_control_characters_are_repairs() -> None:
    source = f"Back pa\0in is\x0bcommon.\n\n\x01\n\n{FILLER}"
    article = read(source, "a.txt")
    assert article.source.text == source
    assert article.text.startswith("Back pain is common.\n\nMost people")
    assert [(r.start, r.before, r.after) for r in article.repairs] == [
        (7, "\0", ""), (13, "\x0b", " "), (23, "\x01", ""),
    ]  # fmt: skip
    at = article.text.index("is common")
    assert article.map.span(at, at + 9) == (11, 20)


@pytest.mark.parametrize("name", ["a.md", "a.html", "a.jsonl"])
def test_no_format_lets_them_through(name: str) -> None:
    text = f"# Ba\0ck\n\nRe\0st **\0 helps** `a\0b`.\n\n```\nco\0de\n```\n\n{FILLER}"
    if name == "a.html":
        text = f"<html><body><h1>Ba\0ck</h1><p>Re\0st helps.</p><p>{FILLER}</p></body></html>"
    if name == "a.jsonl":
        text = json.dumps({"text": text, "title": "Ba\0ck"})
    article = read(text, name)
    assert article.title == "Back"
    assert "Rest" in article.text
    parts = [article.text, *vars(article.metadata).values(), *(m.value for m in article.marks)]
    parts += [part for b in article.blocks for part in (b.value, b.verbatim)]
    assert not BAD & set("".join(parts))


@given(
    st.lists(st.sampled_from(["rest", "ice ", "\n\n", "\0", "\x0b", "\x1f", "—", "&amp;", "Â©"]))
)
def test_offsets_stay_right(parts: list[str]) -> None:
    source = FILLER + "".join(parts)
    for item in read_bytes(source.encode(), "a.txt", Config()):
        assert isinstance(item, Article)
        assert item.source.text == source
        assert not BAD & set(item.text)
        repaired = {(r.start, r.end) for r in item.repairs}
        for s in item.map.segments:
            if s.linear and (s.source_start, s.source_end) not in repaired:
                stands = source[s.source_start : s.source_end]
                assert item.text[s.start : s.end] == stands
        for r in item.repairs:
            assert source[r.start : r.end] == r.before != r.after


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.jsonl"])
def test_invisible_characters_hide_in_no_word(name: str) -> None:
    text = f"Back pa\u200bin is\ufeff common.\n\n\u200b\n\n{FILLER}"
    if name == "a.html":
        text = f"<html><body><p>Back pa\u200bin is&#xfeff; common.</p><p>&ZeroWidthSpace;</p><p>{FILLER}</p></body></html>"
    if name == "a.jsonl":
        text = json.dumps({"text": text})
    article = read(text, name)
    assert article.text.startswith("Back pain is common.\n\nMost people")
    assert [r.kind for r in article.repairs] == ["invisible"] * len(article.repairs)
    assert len(article.repairs) >= 2


def test_invisible_characters_of_code_and_of_other_languages_stay() -> None:
    code = f"{FILLER}\n\nType `a\u200bb`.\n\n```\nc\u200bd\n```\n"
    article = read(code, "a.md")
    kept = [m.value for m in article.marks] + [b.verbatim for b in article.blocks]
    assert "".join(kept).count("\u200b") == 2
    thai = "หลายคนรู้สึก\u200bดีขึ้นหลังจาก\u200bพักผ่อนไม่กี่วัน " * 20
    assert read(thai, "a.txt").text.count("\u200b") == 40
