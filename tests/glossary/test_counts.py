from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.glossary.helpers import spun
from unspin.errors import GlossaryError
from unspin.glossary.concept import Concept
from unspin.glossary.counts import (
    count_concepts,
    count_forms,
    documents,
    folded_corpus,
    is_kept,
    load_counts,
)


def corpus(folder: Path, *texts: str) -> Path:
    folder.mkdir()
    names = (f"doc/{i}" for i in range(1000) if not is_kept(f"doc/{i}"))
    kept = next(f"doc/{i}" for i in range(1000) if is_kept(f"doc/{i}"))
    rows = [{"id": name, "text": text} for name, text in zip(names, texts, strict=False)]
    rows.append({"id": kept, "text": "heart assault " * 9})
    with gzip.open(folder / "a.jsonl.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


def test_counting_keeps_to_words_and_hyphens() -> None:
    text = "again pain. pain-free again pain-free; unpaint the pain, again\npain"
    found = count_forms({"pain": True, "again pain": False}, text)
    assert found == {"pain": 5, "again pain": 1}


def test_counts_of_concepts_leave_the_kept_tenth_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNSPIN_CACHE", str(tmp_path / "cache"))
    folder = corpus(tmp_path / "corpus", "A Heart\nassault.", "Heart attacks and heart attack.")
    counts = count_concepts([spun("heart attack", "heart assault", "ticker raid")], folder)
    assert counts.documents == 2
    assert counts["heart assault"] == 1
    assert counts["heart attack"] == counts["heart attacks"] == 1
    assert "ticker raid" not in counts.table
    assert len(list(documents(folder, kept=True))) == 1


def test_table_is_the_same_bytes_and_reads_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNSPIN_CACHE", str(tmp_path / "cache"))
    folder = corpus(tmp_path / "corpus", "heart assault")
    concept = spun("heart attack", "heart assault")
    counts = count_concepts([concept], folder)
    for name in ("a.gz", "b.gz"):
        counts.save(tmp_path / name)
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()
    back = load_counts(tmp_path / "a.gz")
    assert (back.words, back.table, back.checksums) == (
        counts.words,
        counts.table,
        counts.checksums,
    )
    assert back.known(concept)
    assert not back.known(spun("heart attack", "another form"))
    assert not back.known(Concept("stroke"))


def test_no_table_knows_nothing(tmp_path: Path) -> None:
    assert not load_counts(tmp_path / "none").known(Concept("stroke"))


def test_folder_without_documents_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GlossaryError, match=r"holds no \.jsonl\.gz file"):
        folded_corpus(tmp_path)
