"""bench/make_dictionaries.py: dictionaries of other programs become synonym dictionaries."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("lemminflect", reason="the extra train is not installed")


@pytest.fixture(scope="module")
def maker(load_bench: Callable[[str], ModuleType]) -> ModuleType:
    return load_bench("make_dictionaries")


def _digits(maker: ModuleType, value: int) -> str:
    text = ""
    while value or not text:
        text, value = maker.DIGITS[value % 64] + text, value // 64
    return text


def _database(maker: ModuleType, folder: Path, name: str, articles: dict[str, str]) -> None:
    """Write a dictd database: articles one after the other, and where each of them is."""
    data, index = b"", []
    for word, article in articles.items():
        raw = article.encode()
        index.append(f"{word}\t{_digits(maker, len(data))}\t{_digits(maker, len(raw))}")
        data += raw
    (folder / f"{name}.dict.dz").write_bytes(gzip.compress(data))
    (folder / f"{name}.index").write_text("".join(f"{row}\n" for row in index), encoding="utf-8")


def _pairs(path: Path) -> set[tuple[str, str]]:
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    return {(line.split("\t")[0], line.split("\t")[1]) for line in lines}


def test_all_sources_become_dictionaries(
    maker: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language in ("deu", "fra", "spa", "ita", "por", "nld", "swe"):
        for name in (f"freedict-eng-{language}", f"freedict-{language}-eng"):
            _database(maker, tmp_path, name, {})
    _database(maker, tmp_path, "freedict-eng-deu", {
        "00databaseinfo": "not a word\nnot a translation\n",
        "joint": "joint /dʒɔɪnt/\n1. Gelenk <neut>, Fuge [techn.]\n      \"in a joint\"  - im Gelenk\n",
        "swell": "to swell /swɛl/\nanschwellen\n",
    })  # fmt: skip
    _database(maker, tmp_path, "freedict-deu-eng", {
        "gelenk": "Gelenk /x/ <neut>\n [anat.] joint <n>, link\n see: {Gelenke}\n",
        "fuge": "Fuge\nlink, gap (in a wall), zzyzx\n",
        "anschwellen": "anschwellen\nto grow\n",
    })  # fmt: skip
    _database(maker, tmp_path, "gcide", {
        "Pain": "Pain \\Pain\\, n.\n   1. Uneasy sensation; suffering; ache.\n   Syn: Anguish; {Pang}.\n",
    })  # fmt: skip
    mythes = tmp_path / "th.dat"
    mythes.write_text(
        "ISO8859-1\npain|1\n(noun)|hurting|symptom (generic term)|pleasure (antonym)\n",
        encoding="utf-8",
    )
    words = ["joint", "link", "gap", "swell", "grow", "pain", "ache", "suffering", "anguish",
             "pang", "hurting", "symptom", "pleasure", "pains"]  # fmt: skip
    vectors = {word: [float(i == at) for i in range(100)] for at, word in enumerate(words)}
    vectors["ache"] = [0.1 * (i == 6) + (i == 5) for i in range(100)]  # near to "pain"
    vectors["pains"] = [0.2 * (i == 7) + (i == 5) for i in range(100)]  # as near, but a form of it
    embeddings = tmp_path / "embeddings.json"
    embeddings.write_text(json.dumps({"words": words, "vectors": vectors}), encoding="utf-8")
    out = tmp_path / "out"
    monkeypatch.setattr(sys, "argv", [
        "make_dictionaries.py", str(out), "--embeddings", str(embeddings), "--freedict",
        str(tmp_path), "--mythes", str(mythes), "--gcide", str(tmp_path),
    ])  # fmt: skip
    maker.main()
    assert _pairs(out / "pivot-german.tsv.gz") == {
        ("joint", "link"), ("joint", "gap"), ("swell", "grow"),
    }  # fmt: skip
    assert _pairs(out / "pivot-romance.tsv.gz") == set()
    assert _pairs(out / "mythes.tsv.gz") == {("pain", "hurting"), ("pain", "symptom")}
    assert _pairs(out / "gcide.tsv.gz") == {
        ("pain", "suffering"), ("pain", "ache"), ("pain", "anguish"), ("pain", "pang"),
    }  # fmt: skip
    assert ("pain", "ache") in _pairs(out / "news-neighbours.tsv.gz")
    assert ("pain", "pains") not in _pairs(out / "news-neighbours.tsv.gz")
    far = _pairs(out / "far-neighbours.tsv.gz")
    assert ("pain", "joint") in far  # a noun as well
    assert not far & _pairs(out / "news-neighbours.tsv.gz")
    assert ("pain", "pains") not in far


def test_two_steps_leave_out_synonyms_and_the_word(maker: ModuleType) -> None:
    pairs = [("active", "lively"), ("lively", "alive"), ("lively", "active"), ("lively", "busy"),
             ("active", "busy"), ("busy", "engaged")]  # fmt: skip
    assert set(maker.two_steps(pairs)) == {("active", "alive"), ("active", "engaged"),
                                           ("lively", "engaged")}  # fmt: skip


def test_far_neighbours_are_drawn_by_frequency(maker: ModuleType) -> None:
    others = [(f"w{i}", 0.4) for i in range(100)]
    rank = {f"w{i}": 100 * i for i in range(100)}
    drawn = maker.near_and_far(((f"word{i}", others) for i in range(50)), rank)[1]
    counts = [sum(other == f"w{i}" for _, other in drawn) for i in range(100)]
    assert len(drawn) == 50 * maker.FAR_NEIGHBOURS
    assert sum(counts[:20]) > 2 * sum(counts[80:])


def test_the_likeliest_share_most_translations(maker: ModuleType) -> None:
    rank = {word: place for place, word in enumerate(["back", *(f"w{i}" for i in range(20))])}
    shared = {("back", f"w{i}"): 1 for i in range(20)} | {("back", "w19"): 2, ("back", "rare"): 9}
    found = maker.likeliest(shared, rank)
    assert len(found) == maker.MOST_OF_A_PIVOT
    assert ("back", "w19") in found
    assert ("back", "w0") in found
    assert ("back", "rare") not in found  # no common word
