"""SD006: citation mark without a list of references."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import ClassVar

from unspin import guard
from unspin.article import Article, BlockKind
from unspin.findings import Applicability, Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import block_at, fault, settled, words
from unspin.rules.text import reference_blocks

_NUMBERS = r"\[\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\]"
#: A mark; a wiki writes a page behind it ("[1]:45").
_MARK = (
    rf"(?:\[{_NUMBERS}\]|{_NUMBERS})"
    r"(?::\d{1,4}(?:[–-]\d{1,4})?(?=[\s.,;)”\"\[]|$)(?![.,]\d))?"
)
_MARKS = re.compile(rf"[ \u00a0]?{_MARK}(?:,?[ \u00a0]?{_MARK})*(?![\w-])")
_ONE = re.compile(r"\[([^\[\]]+)\]")
_RANGE = re.compile(r"(\d+)\s?[–-]\s?(\d+)")
_NUMBER = re.compile(
    r"[(<>≤≥±~=+]*\d+(?:[.,:/–-]\d+)*(?:%|°|[kµμ]?[glm]|mg|ml|mmhg|th|st|nd|rd)?", re.I
)
#: Signs that a mark may stand behind, besides letters and digits.
_STOPS = frozenset(".,;!?)”\"’'»")
_TOKEN_BEFORE = re.compile(r"\S+\Z")
_LISTED = re.compile(r"(?:\A|\n)(?:\[\d{1,3}\]|\d{1,3}\.) ?\S[^\n]*\b(?:19|20)\d\d\b")
#: So many entries with a year make a list of references without a heading.
_ENTRIES = 2
#: More references in one mark ("[3-25]") are a range of values.
_WIDEST = 15


class CitationMark:
    """Citation mark without a list of references.

    What it does:
        Finds marks such as [22][23] and notes such as [citation needed] in articles that
        hold no list of references.

    Why it matters:
        Copied from a page whose list was left behind, the marks point to nothing.

    Example:
        "Sleep helps healing.[4][5]" becomes "Sleep helps healing."

    Fix:
        Safe where a number follows a word, or several a full stop, like notes. Numbers that the
        sentence may need ("up to [4] tablets", "a dose of [5-10] mg", "the interval was [2, 5]")
        are left to an editor; behind another number ("72 [5] years", "56 [45–67] years", a mean
        and its deviation) they are no marks.

    Known limits:
        Marks in round brackets, or raised numbers without brackets, are not found.
    """

    id: ClassVar[str] = "SD006"
    slug: ClassVar[str] = "citation-mark"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what `find` sees and no other debris rule claims."""
        yield from settled(article, self.id)

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields citation marks."""
        text = article.text
        if "[" not in text:
            return
        if not reference_blocks(article) and len(_LISTED.findall(text)) < _ENTRIES:
            for match in _MARKS.finditer(text):
                level = _applicability(article, match)
                if level is not None:
                    mark = fault(
                        self.id,
                        *match.span(),
                        f"“{match.group().strip()}” cites a reference that is not in the article.",
                        "",
                    )
                    yield replace(mark, applicability=level)
        for match in _wiki().finditer(text):
            yield fault(self.id, *match.span(), "A note of a wiki page was left here.", "")


def _applicability(article: Article, mark: re.Match[str]) -> Applicability | None:
    """How sure it is that marks cite something; None where they do not."""
    text, start = mark.string, mark.start()
    token = _TOKEN_BEFORE.search(text, max(0, start - 40), start)
    if token is None or token.group()[-1] in "-–/":
        return None
    before = token.group()
    spaced = not mark.group().startswith("[")
    if spaced and before[-1].isdecimal() and _NUMBER.fullmatch(before):
        return None  # a mean and its deviation, a median and its quartiles, a count and its share
    sure = (
        (before[-1].isalnum() or before[-1] in _STOPS)
        and block_at(article, start).kind is not BlockKind.TABLE
        and not _NUMBER.fullmatch(before.rstrip(".,;)"))
        and not ((spaced or before[-1].isalnum()) and _is_cue(before))
        and not _is_value(mark, before)
        and not (spaced and _wordlike(mark, before))
        and (before[-1] in '.!?”"' or all(map(str.isdecimal, _ONE.findall(mark.group()))))
    )
    return Applicability.SAFE if sure else Applicability.EDITOR


def _is_cue(before: str) -> bool:
    """Whether a number is to be expected behind a word, a unit or a letter ("C[4]")."""
    word = before.strip("(.,;)").lower()
    unit = any(f.startswith("unit:") for f in guard.facts(f"1 {word}", names=False))
    return unit or len(word) == 1 or word in words("number_cues")


def _is_value(mark: re.Match[str], before: str) -> bool:
    """Whether the numbers are no list of references, or a unit follows them."""
    numbers = _ONE.findall(mark.group())
    for found in numbers:
        values = [int(n) for n in re.findall(r"\d+", found)]
        wide = any(int(b) - int(a) > _WIDEST for a, b in _RANGE.findall(found))
        if wide or values != sorted(set(values)) or values[0] == 0:
            return True
    after = mark.string[mark.end() : mark.end() + 20]
    if before[-1] in ".!?" and after.lstrip()[:1].isupper():
        return False  # a sentence begins behind the mark: "[4] Second, ..."
    unit = " ".join(after.split()[:2])
    said = guard.facts(f"1 {unit}", names=False) if not any(map(str.isdecimal, unit)) else ()
    return any(f.startswith("unit:") for f in said)


def _wordlike(mark: re.Match[str], before: str) -> bool:
    """Whether marks set off like a word may be one: "up to [4] tablets", "the CI [2, 5]"."""
    if any(sign in mark.group() for sign in ",:–-"):
        return True
    if mark.string[mark.end() : mark.end() + 1].isspace():
        return True
    # Shorts such as "BMI [25]" and "HbA1c [7]" name what is measured.
    return sum(c.isupper() or c.isdecimal() for c in before) > 1


@lru_cache(maxsize=1)
def _wiki() -> re.Pattern[str]:
    notes = "|".join(sorted(words("wiki_notes")))
    return re.compile(rf"[ \u00a0]?\[(?:{notes})\]", re.IGNORECASE)
