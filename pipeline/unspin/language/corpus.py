"""Clean text for training and counting: reading, the kept tenth, sampling of passages."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

KEPT_MODULUS = 10  # a document is kept for evaluation when its first hash byte is divisible by this
FITTING_REST = 1  # of the same byte: these documents fit combiner and limits, and are not counted
GENERAL = "general-"  # begins the names of sources that are no health text
STUB_CHARACTERS = 200  # a document of no more is none
MIN_PASSAGE_WORDS = 5  # shorter paragraphs are headings and list stubs
MAX_SOUP_WORDS = 30  # in a sentence of a soup
PREFERRED_OF = 6  # sentences drawn for each one taken by preference
WORD = re.compile(r"[A-Za-z0-9]+(?:['’.-][A-Za-z0-9]+)*")
_KINDS = {str: "text", int: "a whole number", list: "a list", object: "of any kind"}
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
SOURCE_WEIGHTS = {  # consumer prose is what the tool reads; trials are half of the corpus
    "pmc-trials-ccby": 0.35,
    "craft-articles": 0.5,
    "medquad-cancergov": 3.0,
    "medquad-gard": 2.0,
    "medquad-mplus-topics": 4.0,
    "va-gov": 4.0,
    "nhs-alpha-beta": 6.0,
    "pmc-lay-summaries": 3.0,
    "cdc-covid-faq": 3.0,
    "openstax-nutrition-nurses": 2.0,
    "openstax-population-health-nurses": 1.5,
    "wikipedia-diseases": 1.5,
    # three passages of ten are no health text: an encoder that has read nothing else takes letters,
    # speeches and tales for spun
    "general-encyclopedia": 2.9,
    "general-parliament": 4.2,
    "general-speeches": 0.7,
    "general-argument": 0.5,
    "general-manuals": 1.05,
    "general-mail": 2.0,
    "general-fiction": 2.65,
    "general-dialogue": 3.3,
    "general-jargon": 0.75,
}


@dataclass(frozen=True)
class Document:
    """One clean text with its source."""

    id: str
    source: str
    text: str

    @property
    def is_general(self) -> bool:
        """Whether it is no health text: read by encoder and trees, but not counted."""
        return self.source.startswith(GENERAL)


def is_kept(doc_id: str) -> bool:
    """Tell whether a document belongs to the tenth that is never trained or counted on."""
    return hashlib.sha256(doc_id.encode()).digest()[0] % KEPT_MODULUS == 0


def is_for_fitting(doc_id: str) -> bool:
    """Tell whether a document fits the combiner and its limits, and so stays out of the n-grams.

    A text that was counted finds all its own n-grams in the table: limits chosen on such texts are
    too low for any other.
    """
    return hashlib.sha256(doc_id.encode()).digest()[0] % KEPT_MODULUS == FITTING_REST


def is_for_limits(doc_id: str) -> bool:
    """Tell whether a document for fitting serves to choose limits, and so fits no trees.

    Trees know the texts that they were fitted on: limits chosen on those are too low, again.
    """
    return is_for_fitting(doc_id) and hashlib.sha256(doc_id.encode()).digest()[1] % 2 == 0


def read_documents(
    folder: Path,
    *,
    kept: bool | None = False,
    fitting: bool | None = None,
    without: Iterable[str] = (),
) -> Iterator[Document]:
    """Read ``*.jsonl`` and ``*.jsonl.gz`` (``id``, ``source``, ``text``) and ``*.txt`` of a folder.

    Args:
        folder: Where the files lie.
        kept: False for training documents, True for the kept tenth, None for both.
        fitting: True for the documents that fit combiner and limits, False for those that are
            counted, None for both.
        without: Names of sources to leave out.

    Raises:
        FileNotFoundError: When the folder holds no such file.
    """
    left_out = set(without)
    files = sorted(p for p in folder.iterdir() if re.search(r"\.(jsonl(\.gz)?|txt)$", p.name))
    if not files:
        raise FileNotFoundError(f"{folder}: no .jsonl, .jsonl.gz or .txt files of clean text")
    for path in files:
        for document in _read_file(path):
            wanted = kept is None or is_kept(document.id) == kept
            if fitting is not None and is_for_fitting(document.id) != fitting:
                continue
            if wanted and document.source not in left_out:
                yield document


def _read_file(path: Path) -> Iterator[Document]:
    if path.suffix == ".txt":
        yield Document(path.name, path.stem, read_plain(path))
        return
    name = path.name.split(".")[0]
    for number, row in enumerate(read_rows(path, {"text": str})):
        id_, source = row.get("id", f"{name}/{number}"), row.get("source", name)
        yield Document(str(id_), str(source), row["text"])


def read_plain(path: Path) -> str:
    """Read a file of plain text.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not UTF-8; the message names it.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: is not UTF-8; save it as UTF-8") from error


def read_rows(path: Path, needed: Mapping[str, type]) -> Iterator[dict[str, Any]]:
    """Read the rows of a file of JSON Lines, which may end in ``.gz``.

    Args:
        path: The file.
        needed: What each row must have, and of which type.

    Raises:
        OSError: The file cannot be read, or unpacked.
        ValueError: A line is no such row; the message names it.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _row(f"{path}:{number}", line, needed)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{path}: is damaged and cannot be unpacked ({error})") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: is not UTF-8; save it as UTF-8") from error


def _row(where: str, line: str, needed: Mapping[str, type]) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ValueError(f"{where}: is not valid JSON ({error})") from error
    if not isinstance(row, dict):
        raise ValueError(f"{where}: is no JSON object; give one a line")
    for key, kind in needed.items():
        if key not in row or not isinstance(row[key], kind):
            raise ValueError(f"{where}: needs {key!r} ({_KINDS[kind]})")
    return row


def sentences(text: str) -> list[str]:
    """Split running text at sentence ends; line breaks always end a sentence."""
    return [s for line in text.split("\n") for s in _SENTENCE_END.split(line.strip()) if s.strip()]


class PassageSampler:
    """Draws passages of a few hundred words, sources weighted, or soups of single sentences.

    Args:
        documents: Clean training documents.
        weights: Share of the passages per source style; unnamed sources are drawn by words.
        words: Length of a passage in words.

    Raises:
        ValueError: When no document is long enough.
    """

    def __init__(
        self, documents: Iterable[Document], weights: dict[str, float], words: int = 320
    ) -> None:
        self._words = words
        by_source: dict[str, list[str]] = {}
        for document in documents:
            if len(document.text) > STUB_CHARACTERS:
                by_source.setdefault(document.source, []).append(document.text)
        if not by_source:
            raise ValueError(
                f"no clean text of more than {STUB_CHARACTERS} characters to draw from (a fifth of "
                "the documents is left out for fitting and evaluation): give more documents"
            )
        self._texts = by_source
        self._sources = sorted(by_source)
        self._cumulative: dict[str, list[float]] = {}
        sizes = {s: sum(map(len, by_source[s])) for s in self._sources}
        self._weights = [sizes[s] ** 0.7 * weights.get(s, 1.0) for s in self._sources]
        for source in self._sources:
            total, running = 0.0, []
            for text in by_source[source]:
                total += len(text)
                running.append(total)
            self._cumulative[source] = running

    def _document(self, rng: Random) -> str:
        source = rng.choices(self._sources, weights=self._weights)[0]
        return rng.choices(self._texts[source], cum_weights=self._cumulative[source])[0]

    def passage(self, rng: Random) -> str:
        """Give consecutive paragraphs from a random place of a random document."""
        text = self._document(rng)
        size = self._words * 6  # characters per word in this corpus, space included
        start = rng.randrange(max(1, len(text) - size // 2))
        start = text.rfind("\n", 0, start) + 1
        return text[start : start + size].rsplit(" ", 1)[0]

    def soup(self, rng: Random, prefer: Callable[[str], float] | None = None) -> str:
        """Give single sentences of many documents, one after the other.

        Args:
            rng: Source of chance.
            prefer: Of every few sentences drawn, take the one for which this is highest.
        """
        found: list[str] = []
        count = 0
        while count < self._words:
            drawn = [self._sentence(rng) for _ in range(PREFERRED_OF if prefer else 1)]
            sentence = max(drawn, key=prefer) if prefer else drawn[0]
            count += max(1, len(WORD.findall(sentence)))
            if sentence:
                found.append(sentence)
        return (" " if rng.random() < 0.5 else "\n").join(found)

    def _sentence(self, rng: Random) -> str:
        """Draw a sentence of running text, or "" where the place drawn holds none."""
        text = self._document(rng)
        start = rng.randrange(max(1, len(text) - 600))
        for sentence in sentences(text[start : start + 800])[1:3]:
            words = len(WORD.findall(sentence))
            if MIN_PASSAGE_WORDS <= words <= MAX_SOUP_WORDS and sentence[-1] == ".":
                return sentence
        return ""
