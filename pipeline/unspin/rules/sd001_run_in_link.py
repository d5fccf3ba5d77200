"""SD001: link text run into a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import block_at, fault, in_running_text, settled, words
from unspin.rules.text import reference_blocks, word_lists

_LEAD = re.compile(
    r"(?:(?<=[.!?:)”\"] )|(?<=\n)|\A)(?:See(?: [Aa]lso)?|Also [Ss]ee"
    r"|Read(?: [Mm]ore| [Aa]lso)?(?: [Aa]bout)?|Learn [Mm]ore [Aa]bout|Watch|Check [Oo]ut|Related)"
    r":? (?=[A-Z])"
)
_LEADS = ("See ", "See:", "Also ", "Read ", "Read:", "Learn ", "Watch", "Check ", "Related")
_WORD = re.compile(r"([^\W_][\w'’/-]*)(\W*)")
#: Longest link text, in words (titles of health pages seldom have more).
_LONGEST = 16
#: Words that the sentence after the link text must have at least.
_REST = 3


class RunInLink:
    """Link text run into a sentence.

    What it does:
        Finds "See", "Read" and the like with the title of another page, without a full
        stop, where the next sentence follows at once.

    Why it matters:
        The text of a link lost its line, and the sentence after it cannot be read.

    Example:
        "See Knee Braces and Ice Packs The joint then swells." becomes "The joint then
        swells."

    Fix:
        Safe: the link text is removed. A line that is nothing but such a text is a
        suggestion, and so is one that may tell the reader what to do ("See Your Doctor").

    Known limits:
        Where the next sentence begins with a word that could belong to the title, the place
        is not found.
    """

    id: ClassVar[str] = "SD001"
    slug: ClassVar[str] = "run-in-link"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what `find` sees and no other debris rule claims."""
        yield from settled(article, self.id)

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields link texts."""
        text = article.text
        if not any(lead in text for lead in _LEADS):
            return
        references = {article.blocks[i].start for i in reference_blocks(article)}
        for lead in _LEAD.finditer(text):
            block = block_at(article, lead.start())
            if not in_running_text(article, lead.start(), lead.end()) or block.start in references:
                continue
            boundary = _boundary(text, lead.end(), block.end)
            if boundary is not None:
                yield fault(
                    self.id,
                    lead.start(),
                    boundary,
                    f"The link text “{text[lead.start() : boundary].strip()}” ran into a sentence.",
                    "",
                    safe=not _addresses_reader(text[lead.end() : boundary]),
                )


def _addresses_reader(title: str) -> bool:
    """Whether a "title" tells the reader whom to see, what to read, or a number to call."""
    said = [m.group(1).lower() for m in _WORD.finditer(title)]
    return not words("see_whom").isdisjoint(said) or any(w.isdigit() for w in said)


def _boundary(text: str, start: int, end: int) -> int | None:
    """Where the sentence after the link text begins, or None."""
    starters = words("sentence_starters") | {"A"}
    glue = word_lists("stuffing")["function_words"]
    found = list(_WORD.finditer(text, start, min(end, start + 400)))[: _LONGEST + _REST]
    for i in range(1, len(found) - 1):
        word, before, following = found[i].group(1), found[i - 1], found[i + 1].group(1)
        if before.group(2) != " ":
            return None
        if not word[0].isupper() or not following[0].islower():
            continue
        lowered = before.group(1)[0].islower() and before.group(1) not in glue
        if before.group(1).lower() in glue and word != "The":
            continue
        starts = word in starters and following not in ("of", "and", "or")
        subject = i > 1 and _is_subject(text, word, [m.group(1) for m in found[i + 1 : i + 9]])
        if (starts or lowered or subject) and len(found) >= i + _REST:
            return found[i].start()
    return None


def _is_subject(text: str, word: str, rest: list[str]) -> bool:
    """Whether a capitalised word begins a sentence of its own: its verb follows."""
    everyday = word.lower() in word_lists("stuffing")["common_words"] or f" {word.lower()} " in text
    for following in rest:
        if following in words("finite"):
            return everyday or following == rest[0]
        if following in word_lists("stuffing")["subordinators"] or following in ("for", "on"):
            return False
    return False
