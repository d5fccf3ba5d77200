"""Rows of one file that several programs wrote, each in its own encoding."""

from __future__ import annotations

import json

import pytest

from unspin.article import Article
from unspin.config import Config
from unspin.errors import InputError
from unspin.reading import read_bytes


def row(encoding: str, **record: str) -> bytes:
    return json.dumps({"text": "One.", **record}, ensure_ascii=False).encode(encoding)


def read(*rows: bytes, end: bytes = b"\n", name: str = "a.jsonl") -> list[str]:
    """The author of each record, or what is wrong with it."""
    return [
        str(item.source.extra["author"]) if isinstance(item, Article) else item.reason
        for item in read_bytes(end.join(rows), name, Config())
    ]


ANA, JOSE = row("utf-8", author="Ana “A.”"), row("utf-8", author="José")
RENE = row("cp1252", author="René")
BOTH = row("utf-8", author="José, Ren#").replace(b"#", b"\xe9")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_row_in_another_encoding_spoils_no_other(mark: bytes, end: bytes) -> None:
    assert read(mark + JOSE, RENE, ANA, end=end) == ["José", "René", "Ana “A.”"]
    assert read(mark + RENE, *[ANA] * 30, end=end) == ["René", *["Ana “A.”"] * 30]


def test_the_report_of_a_row_names_its_own_encoding() -> None:
    items = list(read_bytes(JOSE + b"\n" + RENE, "a.jsonl", Config()))
    assert [i.source.encoding for i in items if isinstance(i, Article)] == ["utf-8", "cp1252"]


@pytest.mark.parametrize("bad", [BOTH, row("cp1251", author="Чехов" * 9), b'{"text": "a\x81"}'])
@pytest.mark.parametrize("others", [[JOSE], [ANA] * 30])
def test_a_row_of_no_sure_encoding_is_an_error_of_its_own(bad: bytes, others: list[bytes]) -> None:
    first, wrong, *rest = read(JOSE, bad, *others)
    assert first == "José"
    assert wrong.startswith("line 2: byte ")
    assert wrong.endswith("is not valid UTF-8; convert it to UTF-8 or remove it")
    assert len(rest) == len(others)


def test_a_file_in_one_other_encoding_is_read_as_a_whole() -> None:
    assert read(RENE, row("cp1252", author="CAFÉ”"), RENE) == ["René", "CAFÉ”", "René"]
    name = "Антон Чехов, врач и писатель, автор рассказов о больных"
    assert read(*[row("cp1251", author=name)] * 4) == [name] * 4


def test_one_value_over_several_lines_is_read_or_refused_as_a_whole() -> None:
    assert read(b"[", JOSE + b",", RENE, b"]", name="a.json") == ["José", "René"]
    (item,) = read_bytes(b"\n".join([b"[", JOSE + b",", BOTH, b"]"]), "a.json", Config())
    assert isinstance(item, InputError)
    assert item.reason.startswith("line 3: byte ")
