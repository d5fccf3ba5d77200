"""Noise for training: what spinning programs write, put into clean text.

The pairs and thesauri of :mod:`unspin.language.spinner`, those that can be read off the glossary
and off word embeddings, and the glossary's hand-written sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from unspin.language.spinner import (
    Dictionaries,
    Edit,
    Spinner,
    SpunText,
    Style,
    add_glossary,
    add_thesaurus,
    draw_style,
    load_hand_pairs,
    read_pairs,
)

CLEAN_SHARE = 0.45  # of the passages; another fifth has a single spun paragraph
PARAGRAPH_SHARE = 0.2


def load_dictionaries(folder: Path | None, held_out: Sequence[str]) -> Dictionaries:
    """Load the hand-written pairs and all thesauri of a folder, less the held-out pairs."""
    excluded: set[tuple[str, str]] = set()
    files = sorted(folder.glob("*.tsv.gz")) if folder else []
    for path in files:
        if path.name.split(".")[0] in held_out:
            excluded |= read_pairs(path)
    made = load_hand_pairs(excluded)
    made.excluded = frozenset(excluded)
    for path in files:
        name = path.name.split(".")[0]
        if name not in held_out:
            add_thesaurus(made, name, read_pairs(path), excluded)
    add_glossary(made, glossary_forms(), excluded)
    return made


@lru_cache(maxsize=1)  # asked for once for the encoder's dictionaries and once for the trees'
def glossary_forms() -> tuple[tuple[str, str], ...]:
    """Give every spun form of the shipped glossary with the term it stands for."""
    from unspin.glossary.compiling import load_tables
    from unspin.glossary.matcher import Glossary

    tables = load_tables()
    glossary = Glossary(tables)
    found = []
    for form in tables.forms:
        for hit in glossary.find(form):
            if hit.kind == "spun" and hit.start == 0 and hit.end == len(form):
                found.append((form.lower(), hit.replacement.lower()))
                break
    return tuple(found)


@dataclass(frozen=True)
class Examples:
    """The hand-written sentences of a glossary.

    Short sentences of one author each, like those of an article on the web and unlike those of a
    textbook; many hold a listed wording that is right there.

    Attributes:
        right: What the examples should become, and sentences in which nothing may be found.
        spun: The examples, with the edits that spun them.
    """

    right: tuple[str, ...]
    spun: tuple[SpunText, ...]

    def soup(self, words: int, rate: float, rng: Random) -> SpunText:
        """Put sentences one after the other.

        Args:
            words: Least length.
            rate: Share of the sentences that are spun ones.
            rng: Source of chance.
        """
        joiner = rng.choice((" ", "\n"))
        text, edits = "", []
        while text.count(" ") < words:
            if rng.random() < rate:
                drawn = rng.choice(self.spun)
            else:
                drawn = SpunText(rng.choice(self.right), ())
            edits += [edit.moved(len(text)) for edit in drawn.edits]
            text += drawn.text + joiner
        return SpunText(text, tuple(edits))


def glossary_examples() -> Examples:
    """Give the hand-written sentences of the shipped glossary."""
    from unspin.glossary.commands import concepts_in_force

    concepts = [concept for _, concept in concepts_in_force()]
    spun = [concept for concept in concepts if not concept.deprecated]  # outdated is not spun
    pairs = [(e.bad, e.good) for concept in spun for e in concept.examples]
    fine = [sentence for concept in concepts for sentence, _ in concept.fine]
    return Examples(
        (*(good for _, good in pairs), *fine), tuple(compared(bad, good) for bad, good in pairs)
    )


def compared(spun: str, clean: str) -> SpunText:
    """Tell which words of a sentence were put in the place of which others."""
    words = [(m.start(), m.end()) for m in re.finditer(r"\S+", spun)]
    before = clean.split()
    matcher = SequenceMatcher(None, [spun[a:b] for a, b in words], before, autojunk=False)
    edits = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "equal" and i < j:  # where a word is missing, no word is wrong
            start, end = words[i][0], words[j - 1][1]
            edits.append(Edit(start, end, spun[start:end], " ".join(before[k:m])))
    return SpunText(spun, tuple(edits))


def add_neighbours(made: Dictionaries, words: Sequence[str], vectors: Any, count: int = 10) -> None:
    """Add each word's nearest neighbours by embedding, and its kin by shared beginning.

    Args:
        made: Dictionaries to add ``neighbours`` and ``kin`` to.
        words: Whole-word pieces.
        vectors: Their embeddings, one row each (numpy, unit length).
        count: Neighbours per word.
    """
    near: dict[str, list[str]] = {}
    for start in range(0, len(words), 1000):
        scores = vectors[start : start + 1000] @ vectors.T
        best = scores.argsort(axis=1)[:, -count - 1 : -1]
        for row, indexes in enumerate(best):
            word = words[start + row]
            found = (words[i] for i in indexes[::-1])
            near[word] = [n for n in found if (word, n) not in made.excluded]
    made.others["neighbours"] = near
    by_stem: dict[str, list[str]] = {}
    for word in words:
        if len(word) > 5:
            by_stem.setdefault(word[:5], []).append(word)
    made.others["kin"] = {
        word: [k for k in kin if _is_kin(word, k) and (word, k) not in made.excluded]
        for kin in by_stem.values()
        for word in kin
        if len(kin) > 1
    }


def _is_kin(word: str, other: str) -> bool:
    """Tell whether words of one beginning may be forms of one another."""
    return word != other and abs(len(word) - len(other)) < 5


def spin_passage(
    spinner: Spinner, text: str, rng: Random, sources: Sequence[str], families: Sequence[str]
) -> SpunText:
    """Leave a passage clean, spin it whole, or spin one paragraph of it."""
    draw = rng.random()
    if draw < CLEAN_SHARE:
        return SpunText(text, ())
    style = draw_style(rng, sources, families)
    if draw >= CLEAN_SHARE + PARAGRAPH_SHARE:
        return spinner.spin(text, style, rng)
    return _spin_middle(spinner, text, style, rng)


def _spin_middle(spinner: Spinner, text: str, style: Style, rng: Random) -> SpunText:
    start = text.find(" ", rng.randrange(max(1, len(text) - 300))) + 1
    end = min(len(text), start + rng.randrange(300, 900))
    spun = spinner.spin(text[start:end], style, rng)
    edits = tuple(edit.moved(start) for edit in spun.edits)
    return SpunText(text[:start] + spun.text + text[end:], edits)


def roughen(text: str, rng: Random) -> str:
    """Make clean text look scraped: lost periods, joined lines, bullets (these are no faults)."""
    if rng.random() < 0.5:
        text = re.sub(r"\n+", " ", text)
    if rng.random() < 0.5:
        text = re.sub(r"\. (?=[A-Z])", lambda m: " " if rng.random() < 0.2 else m.group(), text)
    if rng.random() < 0.3:
        text = re.sub(r"\n(?=\w)", "\n• ", text)
    if rng.random() < 0.2:
        text = text.lower()
    return text


def trim(edit: Edit) -> Edit:
    """Shorten an edit by the words its two sides begin and end with alike."""
    spun, clean = edit.spun.split(" "), edit.clean.split(" ")
    start, end = edit.start, edit.end
    while spun and clean and len(spun) + len(clean) > 2 and spun[0].lower() == clean[0].lower():
        start += len(spun[0]) + 1
        del spun[0], clean[0]
    while spun and clean and spun[-1].lower() == clean[-1].lower():
        end -= len(spun[-1]) + 1
        del spun[-1], clean[-1]
    return Edit(start, max(start, end), " ".join(spun), " ".join(clean))
