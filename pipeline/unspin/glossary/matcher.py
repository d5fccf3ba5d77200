"""The compiled glossary: finds the names of concepts in a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from unspin.glossary.compiling import CANONICAL, Tables, load_tables
from unspin.glossary.concept import LIKELY, SAFE, SPUN, SUGGESTED, UNSEEN, When
from unspin.glossary.conditions import ends_in_verb, holds, proximity
from unspin.glossary.inflect import inflections
from unspin.glossary.replacing import replace_form
from unspin.glossary.shadow import Shadow, fold
from unspin.glossary.spelling import has_variant, is_british_beside, respell, variants

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick


#: Beyond every offset.
_FAR = 1 << 62
#: How surely a form is a fault: not at all (a correct, admitted or outdated name), perhaps, where
#: its conditions hold, or always: spun, safe, without a condition, never seen in clean text.
NAME, PERHAPS, SURE, STRONG = range(4)


@dataclass(frozen=True, slots=True)
class Hit:
    """A spun, deprecated or admitted name found in a text.

    Args:
        start: Offset in the text; an article that must change is part of the span.
        end: Offset in the text.
        form: The form found, as the glossary folds it.
        concept: Canonical term of the concept.
        kind: ``spun``, ``deprecated`` or ``admitted``.
        replacement: What to write, with the capitals, number and spelling of the place.
        applicability: As the glossary says, one of `APPLICABILITIES`; ``""`` for admitted names.
        when: Conditions that a rule must ask (`Glossary.holds`), or None.
        provenance: Glossary file that says so.
        form_start: Where the form itself starts.
        form_end: Where the form itself ends.
        listed: The name as the glossary writes it, before inflection and spelling; of admitted
            names always, of others where it has capitals.
    """

    start: int
    end: int
    form: str
    concept: str
    kind: str
    replacement: str
    applicability: str
    when: When | None
    provenance: str
    form_start: int = -1
    form_end: int = -1
    listed: str = ""

    def fix(self, *, spun: bool) -> str:
        """What may be done with the replacement: ``safe``, ``suggested`` or ``editor``.

        Args:
            spun: Whether other evidence shows that the text is spun.
        """
        if self.applicability == LIKELY:
            return SAFE if spun else SUGGESTED
        return self.applicability


class Glossary:
    """Concepts compiled for matching. Safe to use from several threads, and to pickle.

    Args:
        tables: As `load_tables` gives them.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._group = dict(zip(tables.forms, tables.groups, strict=True))
        self._whens = [When(*w) for w in tables.whens]
        self._automaton: AhoCorasick | None = None
        if tables.forms:
            from ahocorasick_rs import AhoCorasick, Implementation

            self._automaton = AhoCorasick(
                tables.anchors, implementation=Implementation.ContiguousNFA
            )
        self._last: tuple[str, tuple[Hit, ...]] | None = None
        self._last_shadow: tuple[str, Shadow] | None = None
        self._canonicals: dict[str, list[str]] | None = None
        self._sure: dict[int, int] = {}

    def __getstate__(self) -> Tables:
        """The tables: the automaton cannot be pickled, and is made of them again at once."""
        return self._tables

    def __setstate__(self, tables: Tables) -> None:
        self.__init__(tables)  # type: ignore[misc]

    def __len__(self) -> int:
        """Number of concepts in force."""
        return self._tables.counts["concepts"]

    @property
    def counts(self) -> dict[str, int]:
        """Numbers of ``concepts``, ``forms`` and ``fields``."""
        return dict(self._tables.counts)

    @property
    def version(self) -> str:
        """Hash of the glossary's content."""
        return self._tables.version

    @property
    def vocabulary(self) -> frozenset[str]:
        """Words of canonical and admitted terms: they are no spelling errors."""
        return frozenset(self._tables.vocabulary)

    def find(self, text: str) -> tuple[Hit, ...]:
        """Every name in `text` that is not canonical; conditions are not yet asked.

        Matching ignores case, folds white space, keeps to word boundaries, and takes the longest
        form where several overlap, then the leftmost; nothing inside a canonical phrase is found.
        A longer form that is no fault, or no sure one, gives way to a sure fault that it does not
        hold whole: "cholesterol tier" is found in "lower your cholesterol tier".

        Args:
            text: The prose of an article.

        Returns:
            Hits in order of the text, disjoint.
        """
        last = self._last  # read once: another thread may be at another text
        if last is not None and last[0] == text:
            return last[1]
        shadow = self._shadow(text)
        found = [*self._candidates(shadow.text), *self._scattered(shadow.text)]
        chosen = _disjoint(found, self._sureness)
        hits = tuple(self._hits(text, shadow, chosen))
        self._last = (text, hits)
        return hits

    def forget(self) -> None:
        """Forgets the last text (measuring speed needs it)."""
        self._last = self._last_shadow = None

    def mentions(self, text: str, canonical: str) -> bool:
        """Whether a canonical term, in any inflection, stands in `text`.

        Args:
            text: The prose of an article.
            canonical: Canonical term of a concept of this glossary.
        """
        shadow = self._shadow(text).text
        return any(_stands(form, shadow) for form in self._canonical_forms().get(canonical, ()))

    def _canonical_forms(self) -> dict[str, list[str]]:
        found = self._canonicals
        if found is None:
            found = {}
            for canonical, pos, number, _ in self._tables.concepts:
                forms = found.setdefault(canonical, [])
                for form, _ in inflections(canonical, pos, number):
                    forms += [v for v in variants(fold(form)) if v not in forms]
            self._canonicals = found
        return found

    def holds(self, hit: Hit, text: str, *, spun: bool) -> bool:
        """Whether the conditions of a hit hold.

        Args:
            hit: A hit in `text`.
            text: The prose in which it was found.
            spun: Whether other evidence shows that the article is spun.
        """
        if not hit.when:
            return True
        shadow = self._shadow(text)
        start, end = _in_shadow(shadow, hit.form_start), _in_shadow(shadow, hit.form_end)
        return holds(hit.when, shadow, start, end, spun=spun)

    def _shadow(self, text: str) -> Shadow:
        last = self._last_shadow
        if last is None or last[0] != text:
            self._last_shadow = last = (text, Shadow.of(text))
        return last[1]

    def _candidates(self, s: str) -> Iterator[tuple[int, int, int]]:
        """``(start, end, group)`` of every form on word boundaries of a shadow."""
        if self._automaton is None:
            return
        group_of, lengths = self._group, self._tables.lengths
        size = len(s)
        for anchor, start, _ in self._automaton.find_matches_as_indexes(s, overlapping=True):
            if start and s[start - 1].isalnum():
                continue
            for length in lengths[anchor]:
                end = start + length
                if end > size or (end < size and s[end].isalnum()):
                    continue
                group = group_of.get(s[start:end])
                if group is not None and not self._hyphenated(s, start, end, group):
                    yield start, end, group

    def _hyphenated(self, s: str, start: int, end: int, group: int) -> bool:
        """Whether a form is part of a longer word: "never again pain-free", "non-diabetics".

        Outdated and admitted names may have something joined to their end.
        """
        kind = self._tables.entries[self._tables.rivals[group][0]][1]
        if kind == CANONICAL:
            return False
        if start > 1 and s[start - 1] == "-" and s[start - 2].isalnum():
            return True
        return kind == SPUN and end + 1 < len(s) and s[end] == "-" and s[end + 1].isalnum()

    def _sureness(self, group: int) -> int:
        """How surely a form is a fault: one of :data:`NAME` to :data:`STRONG`."""
        if group not in self._sure:
            entries = [self._tables.entries[i] for i in self._tables.rivals[group]]
            spun = entries[0][1] == SPUN
            sure = all(kind == SPUN and fix in UNSEEN for _, kind, fix, *_ in entries)
            strong = sure and all(fix == SAFE and when < 0 for _, _, fix, when, *_ in entries)
            self._sure[group] = STRONG if strong else SURE if sure else PERHAPS if spun else NAME
        return self._sure[group]

    def _scattered(self, s: str) -> Iterator[tuple[int, int, int]]:
        """Forms whose words may stand apart and in any order."""
        for words, within, group in self._tables.proximity:
            if all(w in s for w in words):
                for match in proximity(words, within).finditer(s):
                    end = max(_word_end(s, w, match.start()) for w in words)
                    yield match.start(), end, group

    def _hits(
        self, text: str, shadow: Shadow, chosen: Sequence[tuple[int, int, int]]
    ) -> Iterator[Hit]:
        british: bool | None = None
        asked = False
        last = 0
        for (a, b, group), follows in zip_longest(chosen, chosen[1:]):
            number, kind, applicability, when, inflection, listed = self._entry(shadow, a, b, group)
            if kind == CANONICAL:
                continue
            canonical, pos, count, provenance = self._tables.concepts[number]
            if pos == "noun" and kind == SPUN and ends_in_verb(shadow.text[a:b], shadow.text, b):
                continue
            start, end = shadow.span(a, b)
            if pos != "name" and has_variant(canonical):
                if not asked:
                    british, asked = self._is_british(shadow, chosen), True
                if british is not None:
                    canonical = respell(canonical, british=british)
            left, right, new = replace_form(
                text, start, end, canonical,
                pos=pos, number=count, inflection=inflection, listed=listed,
                attributive=follows is not None and self._modifies(shadow, b, follows),
            )  # fmt: skip
            if left < last:  # the article belongs to the hit before
                left, new = start, new.split(None, 1)[1]
            last = right
            yield Hit(
                left, right, shadow.text[a:b], self._tables.concepts[number][0], kind, new,
                applicability, self._whens[when] if when >= 0 else None, provenance, start, end,
                listed,
            )  # fmt: skip

    def _modifies(self, shadow: Shadow, end: int, follows: tuple[int, int, int]) -> bool:
        """Whether what ends at `end` of a shadow stands right before a noun that is known."""
        if follows[0] != end + 1:
            return False
        number = self._entry(shadow, *follows)[0]
        return self._tables.concepts[number][1] == "noun"

    def _is_british(self, shadow: Shadow, chosen: Sequence[tuple[int, int, int]]) -> bool | None:
        """How the author of a text spells.

        Args:
            shadow: Of the text.
            chosen: Start, end and group of the forms in it.
        """
        spun = ((a, b) for a, b, group in chosen if self._entry(shadow, a, b, group)[1] == SPUN)
        return is_british_beside(shadow.text, spun)

    def _entry(
        self, shadow: Shadow, a: int, b: int, group: int
    ) -> tuple[int, str, str, int, str, str]:
        """The entry of a form; of rivals the first whose conditions hold."""
        rivals = [self._tables.entries[i] for i in self._tables.rivals[group]]
        for entry in rivals if len(rivals) > 1 else ():
            when = self._whens[entry[3]] if entry[3] >= 0 else None
            if holds(when, shadow, a, b, spun=True):
                return entry
        return rivals[0]


def _stands(form: str, shadow: str) -> bool:
    """Whether a form stands in a shadow on word boundaries."""
    at = shadow.find(form)
    while at >= 0:
        end = at + len(form)
        if not (at and shadow[at - 1].isalnum()) and not (
            end < len(shadow) and shadow[end].isalnum()
        ):
            return True
        at = shadow.find(form, at + 1)
    return False


def _word_end(s: str, word: str, start: int) -> int:
    match = re.compile(rf"\b{re.escape(word)}\b").search(s, start)
    return match.end() if match else start


def _in_shadow(shadow: Shadow, offset: int) -> int:
    """Offset in the shadow of an offset in the source."""
    low, high = 0, len(shadow.text)
    while low < high:
        middle = (low + high) // 2
        if shadow.offset(middle) < offset:
            low = middle + 1
        else:
            high = middle
    return low


def _disjoint(
    found: Sequence[tuple[int, int, int]], sureness: Callable[[int], int]
) -> list[tuple[int, int, int]]:
    """Of overlapping spans the longest, then the leftmost; in order of the text.

    Args:
        found: ``(start, end, group)`` of forms.
        sureness: How surely a group is a fault. A strong one yields only to others, or to what
            holds it whole; a name hides a sure one only where it holds it whole.
    """
    ordered = sorted(set(found))
    out: list[tuple[int, int, int]] = []
    cluster: list[tuple[int, int, int]] = []
    reach = -1
    for span in [*ordered, (_FAR, _FAR, 0)]:
        if span[0] >= reach and cluster:
            out += _longest(cluster, sureness)
            cluster = []
        cluster.append(span)
        reach = max(reach, span[1])
    return out


def _longest(
    cluster: list[tuple[int, int, int]], sureness: Callable[[int], int]
) -> list[tuple[int, int, int]]:
    if len(cluster) == 1:
        return cluster
    kept: list[tuple[int, int, int]] = []
    by_length = sorted(cluster, key=lambda s: (s[0] - s[1], s[0], s[2]))
    sure = [s for s in by_length if sureness(s[2]) >= SURE and not _held(s, by_length)]
    strong = [s for s in sure if sureness(s[2]) == STRONG]
    names = [s for s in by_length if sureness(s[2]) == NAME and any(_touch(s, f) for f in sure)]
    for span in [*strong, *(s for s in by_length if s not in names), *names]:
        if not any(_touch(span, other) for other in kept):
            kept.append(span)
    return sorted(kept)


def _touch(first: tuple[int, int, int], second: tuple[int, int, int]) -> bool:
    """Whether two spans overlap."""
    return first[0] < second[1] and second[0] < first[1]


def _held(span: tuple[int, int, int], others: Iterable[tuple[int, int, int]]) -> bool:
    """Whether a longer span holds this one whole."""
    size = span[1] - span[0]
    return any(o[0] <= span[0] and span[1] <= o[1] and o[1] - o[0] > size for o in others)


def load_glossary(
    paths: Sequence[Path | str] | Path | str = (),
    off: Sequence[str] = (),
    *,
    ours: bool = True,
) -> Glossary:
    """The shipped glossary with house glossaries on top, compiled.

    Args:
        paths: House glossaries, files or folders; later ones win. One may stand alone.
        off: Canonical terms to switch off; one may stand alone.
        ours: False leaves the shipped glossary out.

    Raises:
        GlossaryError: A file is wrong; the message starts with ``file:line:``.
    """
    # a string is a sequence of strings, too: its letters name no files
    named = (paths,) if isinstance(paths, str | Path) else paths
    terms = (off,) if isinstance(off, str) else off
    return Glossary(load_tables([Path(p) for p in named], terms, ours=ours))
