"""JSON Lines that are read line by line say what the same bytes say when they are read at once."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from unspin.article import Article
from unspin.config import Config
from unspin.errors import InputError
from unspin.reading import read_bytes, read_path
from unspin.reading.detect import format_of, has_lines, parted

ROWS = [json.dumps({"id": n, "text": f"Rest helps the back on day {n}."}) for n in range(3)]
LINES = "\n".join(ROWS)
ACCENTS = json.dumps({"text": "A café is naïve – “so”."}, ensure_ascii=False)

SOURCES = {
    "plain": LINES.encode(),
    "end of line": f"{LINES}\n".encode(),
    "windows": "\r\n".join(ROWS).encode(),
    "old mac": "\r".join(ROWS).encode(),
    "byte order mark": b"\xef\xbb\xbf" + LINES.encode(),
    "lines between": ("\n\n" + "\n \n".join(ROWS) + "\n\n").encode(),
    "one": ROWS[0].encode(),
    "characters that some take for ends of lines": ACCENTS.replace("so", "\u2028\x85\x0b").encode(),
    "utf-16": LINES.encode("utf-16"),
    "utf-16 without mark": LINES.encode("utf-16-le"),
    "utf-32": LINES.encode("utf-32"),
    "windows-1252": f"{LINES}\n{ACCENTS}".encode("cp1252"),
    "one line in windows-1252": f"{ACCENTS}\n".encode() + ACCENTS.encode("cp1252"),
    "a damaged line": ACCENTS.encode() + b'\n{"text": "\xff\xfe\xc3\xc3 \xe4\xbd\xa0"}\n',
    "cut inside of a character": ACCENTS.encode() + b"\n\xe2\x80",
    "bad first": f"{{bad\n{LINES}".encode(),
    "bad last": f"{LINES}\n{{bad".encode(),
    "no articles": f'{LINES}\n{{"text": null}}\n[1]\n"x"\n{{}}\n{{"text": ""}}\n'.encode(),
    "one object over lines": json.dumps({"text": "Rest."}, indent=1).encode(),
    "an object in an object": b'{\n"a": [\n{"text": "x"}\n],\n"text": "Rest."}',
    "a list": f"[{','.join(ROWS)}]".encode(),
    "a list over lines": json.dumps([json.loads(r) for r in ROWS], indent=1).encode(),
    "a page": b"<html><body><p>Rest helps.</p></body></html>",
    "blank": b"\n \n",
    "empty": b"",
    "a long first record": json.dumps({"pad": "x" * 100_000, "text": "Rest."}).encode(),
}


def shown(item: Article | InputError) -> Any:
    if isinstance(item, InputError):
        return str(item)
    return item.source, item.text, item.metadata, item.blocks


@pytest.mark.parametrize("name", SOURCES)
def test_lines_are_read_as_the_whole_is(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(SOURCES[name])
    found = list(map(shown, read_path(path, Config())))
    assert found == list(map(shown, read_bytes(SOURCES[name], str(path), Config())))


@pytest.mark.parametrize(
    "name",
    [
        n
        for n in SOURCES
        if not n.startswith(("a list", "utf", "one object", "an object", "a page", "blank"))
    ],
)
def test_no_file_of_lines_is_too_large(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(SOURCES[name])
    limit = max(map(len, SOURCES[name].splitlines()), default=1)
    wanted = list(read_path(path, Config()))
    for found, one in zip(read_path(path, Config(max_bytes=limit)), wanted, strict=True):
        if isinstance(one, Article):
            assert isinstance(found, Article)
            assert found.text == one.text
            assert found.source.record == one.source.record
        else:
            assert str(found) == str(one)


def test_what_is_no_file_of_lines_has_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(SOURCES["a list over lines"])
    (error,) = read_path(path, Config(max_bytes=100))
    assert "is too large" in str(error)


def test_a_record_that_is_too_large_is_an_error_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    large = json.dumps({"text": "x" * 3_000_000})
    path.write_text("\n".join([ROWS[0], large, ROWS[1], large]), encoding="utf-8")
    first, second, third, fourth = read_path(path, Config(max_bytes=1_000))
    assert isinstance(first, Article)
    assert isinstance(third, Article)
    assert third.source.record == 3
    assert str(second).endswith(
        "line 2: is too large (limit 1,000 characters a record); split it or set max-bytes"
    )
    assert "line 4: is too large" in str(fourth)


def test_records_are_read_when_they_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(LINES, encoding="utf-8")
    read = read_path(path, Config())
    first = next(read)
    assert isinstance(first, Article)
    assert first.source.raw == b""
    assert first.source.sha256 == hashlib.sha256(LINES.encode()).hexdigest()


@pytest.mark.parametrize("name", ["a.jsonl.gz", "A.NDJSON.GZ"])
def test_compressed_lines_are_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    packed = gzip.compress(LINES.encode())
    path.write_bytes(packed)
    articles = list(read_path(path, Config(max_bytes=100)))
    assert [a.text for a in articles if isinstance(a, Article)] == [
        json.loads(row)["text"] for row in ROWS
    ]
    assert {a.source.sha256 for a in articles if isinstance(a, Article)} == {
        hashlib.sha256(packed).hexdigest()
    }


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (gzip.compress(LINES.encode())[:-12], "is damaged and cannot be unpacked"),
        (LINES.encode(), "is damaged and cannot be unpacked"),
        (gzip.compress(SOURCES["a list"]), "is compressed and no JSON Lines; unpack it first"),
        (gzip.compress(b""), "is empty"),
        (b"", "is empty"),
    ],
)
def test_compressed_files_that_cannot_be_read_say_why(
    tmp_path: Path, data: bytes, why: str
) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(data)
    (error,) = read_path(path, Config())
    assert isinstance(error, InputError)
    assert error.reason.startswith(why)


@pytest.mark.parametrize(
    ("name", "stem", "kind", "lines"),
    [
        ("a.b.jsonl.gz", "a.b", "jsonl", True),
        ("a.JSONL.GZ", "a", "jsonl", True),
        ("a.ndjson", "a", "jsonl", True),
        ("a.json", "a", "jsonl", False),
        ("a.json.gz", "a.json", None, False),
        ("a.md", "a", "md", False),
        ("a.md.gz", "a.md", None, False),
        (".jsonl.gz", ".jsonl", None, False),
        ("gz", "gz", None, False),
    ],
)
def test_names_say_what_files_hold(name: str, stem: str, kind: str | None, lines: bool) -> None:
    assert parted(name)[0] == stem
    assert format_of(name) == kind
    assert has_lines(name) is lines


def test_a_name_that_no_file_can_have_is_an_error_of_it() -> None:
    (error,) = read_path("a\0b.txt", Config())
    assert isinstance(error, InputError)
    assert "is no name of a file" in error.reason
