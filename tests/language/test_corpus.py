from __future__ import annotations

import hashlib
import json
from pathlib import Path
from random import Random

import pytest

from unspin.language.corpus import (
    PassageSampler,
    is_kept,
    read_documents,
    sentences,
)


def write(folder: Path, count: int = 60) -> None:
    rows = [
        {"id": f"a/{i}", "source": "a" if i % 2 else "b", "text": f"Text {i} is short. It ends."}
        for i in range(count)
    ]
    lines = "\n".join(json.dumps(row) for row in rows)
    (folder / "a.jsonl").write_text(lines, encoding="utf-8")


def test_kept_documents_are_never_read_for_training(tmp_path: Path) -> None:
    write(tmp_path)
    train = {d.id for d in read_documents(tmp_path)}
    kept = {d.id for d in read_documents(tmp_path, kept=True)}
    assert not train & kept
    assert train | kept == {d.id for d in read_documents(tmp_path, kept=None)}
    assert all(hashlib.sha256(i.encode()).digest()[0] % 10 == 0 for i in kept)
    assert all(map(is_kept, kept))


def test_sources_can_be_left_out(tmp_path: Path) -> None:
    write(tmp_path)
    assert {d.source for d in read_documents(tmp_path, without=["a"])} == {"b"}


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="clean text"):
        list(read_documents(tmp_path))


def test_plain_text_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("Plain text.", encoding="utf-8")
    assert [d.text for d in read_documents(tmp_path, kept=None)] == ["Plain text."]


def test_sentences_end_at_stops_and_lines() -> None:
    assert sentences("One ends. Two ends.\nThree") == ["One ends.", "Two ends.", "Three"]


def test_soup_takes_preferred_sentences(tmp_path: Path) -> None:
    text = "Nothing to see in this place today. " * 20 + "A spleen lies in the body here. " * 20
    (tmp_path / "one.txt").write_text(text, encoding="utf-8")
    sampler = PassageSampler(read_documents(tmp_path, kept=None), {}, words=60)
    soup = sampler.soup(Random(1), lambda s: float("spleen" in s))
    assert soup.count("spleen") > soup.count("Nothing")
