"""SD014: word broken at the end of a line."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.resources import data_path
from unspin.rules.base import Context
from unspin.rules.debris import fault, folded, in_running_text, settled, words

#: Two parts of a word; a space or line end may have come between them.
_PARTS = re.compile(r"(?<![\w-])([A-Za-z][a-z]+)-([ \n]?)([a-z]{2,})(?![\w-])")
_WORD = re.compile(r"[a-z]{4,}")
_COMPOUND = re.compile(r"[a-z]+-[a-z]+")
#: What the product lists of medicine and of English, by file.
_LISTS = (
    ("glossary-counts.tsv.gz",),
    ("grammar", "medical-words.txt.gz"),
    ("spinner", "words.tsv"),
)


class BrokenWord:
    """Word broken at the end of a line.

    What it does:
        Finds words that a hyphen parts where a line of the source ends, or where a space stands
        behind the hyphen.

    Why it matters:
        Text taken from a page of print keeps the hyphens of its lines. No search finds such a
        word, and no term in it is seen.

    Example:
        "an irregu-" and "lar pulse" on the next line become "an irregular pulse".

    Fix:
        Safe where the whole word is one that the article or the product's word lists hold and its
        end is none; or where the hyphen can be no other than that of a line. Else suggested.

    Known limits:
        A word that keeps its hyphen in the middle of a line as well ("long-term") is left alone,
        and so is one whose halves are words while the whole is in no list.
    """

    id: ClassVar[str] = "SD014"
    slug: ClassVar[str] = "broken-word"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what `find` sees and no other debris rule claims."""
        yield from settled(article, self.id)

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields broken words."""
        text = article.text
        if "-" not in text or ("- " not in text and not _LINE_END.search(article.source.text)):
            return
        own: _Lexicon | None = None
        for match in _PARTS.finditer(text):
            if not (match[2] or _ends_line(article, match.end(1))):
                continue
            if not in_running_text(article, *match.span()):
                continue
            own = own or _Lexicon.of(article)
            verdict = own.judge(match[1].lower(), match[3], spaced=match[2] == " ")
            if verdict is None:
                continue
            yield fault(
                self.id,
                *match.span(),
                "The word is broken where a line ended.",
                match[1] + match[3],
                safe=verdict,
                confidence=0.95 if verdict else 0.6,
            )


#: A line end, which JSON writes as an escape.
_BREAK = re.compile(r"[ \t\f\v]*(?:\r|\n|\\[rn])(?:\s|\\[rnt])*")
_LINE_END = re.compile(rf"[a-z]-{_BREAK.pattern}")


def _ends_line(article: Article, hyphen: int) -> bool:
    """Whether a line of the source ends behind a hyphen that the prose holds."""
    gap = article.map.start_of(hyphen) + 1
    behind = article.source.text[gap : article.map.start_of(hyphen + 1)]
    return bool(_BREAK.fullmatch(behind))


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """Words that an article and the product's lists hold, and compounds with a hyphen."""

    said: frozenset[str]
    compounds: frozenset[str]

    @classmethod
    def of(cls, article: Article) -> _Lexicon:
        low = folded(article)
        broken = {m.start() for m in _PARTS.finditer(low) if _ends_line(article, m.end(1))}
        compounds = {m[0] for m in _COMPOUND.finditer(low) if m.start() not in broken}
        return cls(frozenset(_WORD.findall(low)), frozenset(compounds))

    def knows(self, word: str) -> bool:
        return word in self.said or word in _listed()[0]

    def judge(self, head: str, tail: str, *, spaced: bool) -> bool | None:
        """Whether the parts are surely one word; None where they may be two."""
        whole, compound = head + tail, f"{head}-{tail}"
        if compound in self.compounds or compound in _listed()[1]:
            return None
        two = _listed()[0]
        ends_free = tail in two or tail in words("short_words")
        if tail in words("free_tails") or (ends_free and head in words("free_heads")):
            return None
        if not self.knows(whole):
            # "gamma-aminobutyric" has an end in no list, too.
            return None if ends_free or head in two or spaced else False
        if not ends_free:
            return True
        return not spaced and head not in words("hyphen_prefixes")


@lru_cache(maxsize=1)
def _listed() -> tuple[frozenset[str], frozenset[str]]:
    """Words and compounds of the product's lists."""
    text = "\n".join(_read(*parts) for parts in _LISTS).lower()
    return frozenset(_WORD.findall(text)), frozenset(_COMPOUND.findall(text))


def _read(*parts: str) -> str:
    data = data_path(*parts).read_bytes()
    return (gzip.decompress(data) if parts[-1].endswith(".gz") else data).decode("utf-8")
