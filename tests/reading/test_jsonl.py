"""JSON Lines: odd records harm no other, and keep what they say themselves."""

from __future__ import annotations

import json

import pytest

from unspin.article import Article
from unspin.config import Config
from unspin.errors import InputError
from unspin.reading import read_bytes

BIG = 12345678901234567890123


def read(*lines: str, name: str = "a.jsonl") -> list[Article | InputError]:
    return list(read_bytes("\n".join(lines).encode(), name, Config()))


def test_lone_surrogates_are_replaced_in_every_field() -> None:
    line = r'{"title":"Cut \ud83d","a\udc00":["x\ud800",{"y":"\udfff"}],"text":"One \ud83d two."}'
    (article,) = read(line)
    assert isinstance(article, Article)
    assert article.title == "Cut \ufffd"
    assert article.source.extra == {"title": "Cut \ufffd", "a\ufffd": ["x\ufffd", {"y": "\ufffd"}]}
    assert article.text == "One \ufffd two."
    json.dumps(dict(article.source.extra), ensure_ascii=False).encode()


@pytest.mark.parametrize("number", [BIG, -BIG, 2**64 - 1, 2**64, 2**63])
def test_integers_of_any_size_are_carried_through(number: int) -> None:
    for text in (f'{{"id": {number}, "text": "One."}}', f'[{{"id": {number}, "text": "One."}}]'):
        (article,) = read(text)
        assert isinstance(article, Article)
        assert article.source.extra == {"id": number}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
@pytest.mark.parametrize("lines", [True, False])
def test_what_is_no_json_number_is_an_error_of_its_record(number: str, lines: bool) -> None:
    records = ['{"text": "One."}', f'{{"a": [{{"b": {number}}}], "text": "x"}}', '{"text": "Two."}']
    items = read(*records) if lines else read(f"[{','.join(records)}]")
    assert [i.text for i in items if isinstance(i, Article)] == ["One.", "Two."]
    (wrong,) = (i for i in items if isinstance(i, InputError))
    assert wrong.reason.startswith("line 2: holds ")
    assert "no JSON number; " in wrong.reason


def test_deep_nesting_is_an_error_of_its_record() -> None:
    deep = '{"a": ' + "[" * 900 + "]" * 900 + ', "text": "x"}'
    items = read('{"text": "One."}', deep, '{"text": "Two."}')
    assert [i.text for i in items if isinstance(i, Article)][0::2] in (["One."], ["One.", "Two."])
    assert isinstance(items[0], Article)
    assert isinstance(items[2], Article)


def test_a_record_wins_over_front_matter_in_its_text() -> None:
    text = "---\nid: 9\ntitle: Of the text\nmood: calm\n---\n\n# Rest\n\nRest helps.\n"
    (article,) = read(json.dumps({"id": 7, "title": "Of the record", "text": text}))
    assert isinstance(article, Article)
    assert article.source.extra == {"id": 7, "title": "Of the record", "mood": "calm"}
    assert article.metadata.title == "Of the record"
