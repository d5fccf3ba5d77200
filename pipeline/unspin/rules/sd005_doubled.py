"""SD005: doubled word or punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from unspin.article import Article, BlockKind
from unspin.findings import Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import block_at, fault, in_quotation, in_running_text, settled, words
from unspin.rules.text import opens_sentence, word_lists

_WORDS = re.compile(r"\b([a-z]+)[ \u00a0]+\1\b(?:[ \u00a0]+\1\b)*")
_OPENING = re.compile(r"\b([A-Z][a-z]*)(?=[ \u00a0]+(?P<second>[a-z]+)\b)")
_SIGN_HINT = re.compile(r"[,;:.?!] ?[.,;]")
_SIGNS = re.compile(
    r"(?<=[\w)\]”\"%])(?:[,;:] ?\.(?![.\d])|,(?: ?,)+|;;+|[?!]\.(?![.\w])|\.\.(?! ?\.|/)|,;|\.,)"
    r"(?=\s|$|[A-Z])"
)
#: The name of who speaks before what is said, and the sounds between words.
_SPEAKER = re.compile(
    r"(?:\[[\d:.]+\] ?)?(?:[A-Z][A-Z .'’-]{1,30}|[QA]|[A-Z]\d|Interviewer|Interviewee|"
    r"Participant \d+|Int|Patient|Doctor|Nurse|Carer|Speaker \d+): "
)
_FILLER = re.compile(
    r"\b(?:um+|uh+|erm?|mm+|hmm+|uhm)\b,?|\[(?:pause|laughs?|laughter|inaudible|crosstalk)", re.I
)
_GENUS = re.compile(r"\b([A-Z][a-z]*)\.? $")
_ABBREVIATED = re.compile(
    r"(?:\b(?:etc|al|e\.g|i\.e|vs|inc|co|ltd|jr|sr|st|dr|no|vol|approx|cf|ca|eg|ie|ph\.d|m\.d|esp|dept|spp|sp|[A-Z])|\.[a-zA-Z])$",
    re.IGNORECASE,
)


class Doubled:
    """Doubled word or punctuation.

    What it does:
        Finds a word that stands twice ("the the") and punctuation that cannot stand
        together (":.", ",,").

    Why it matters:
        Repeated spinning and careless joining stutter; clean text does not.

    Example:
        "There are two kinds:. Rest the the joint." becomes "There are two kinds: Rest the
        joint."

    Fix:
        Safe for punctuation and for words such as "the the"; suggested for other words, in
        quotations and in speech that was taken down ("PATIENT: It was the, the the hand").

    Known limits:
        Doubled words that can be right ("had had", "that that"), names and ellipses are
        left alone.
    """

    id: ClassVar[str] = "SD005"
    slug: ClassVar[str] = "doubled"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what `find` sees and no other debris rule claims."""
        yield from settled(article, self.id)

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields doubled words and punctuation."""
        text = article.text
        for match in sorted(
            (*_WORDS.finditer(text), *_at_beginning(text)), key=lambda m: m.start()
        ):
            word = match.group(1)
            if not in_running_text(article, *match.span()) or not _stutters(text, match):
                continue
            sure = word.lower() in words("sure_doubled") and not _spoken(article, match.start())
            yield fault(
                self.id,
                *match.span(),
                f"“{word}” stands twice.",
                word,
                safe=sure,
                confidence=1.0 if sure else 0.8,
            )
        for hint in _SIGN_HINT.finditer(text):
            signs = _SIGNS.match(text, hint.start())
            if signs and in_running_text(article, *signs.span()):
                better = _sign(text, signs)
                if better is not None and text[signs.end() : signs.end() + 1].isalpha():
                    better += " "
                if better is not None:
                    yield fault(
                        self.id, *signs.span(), f"“{signs.group()}” cannot stand together.", better
                    )


def _spoken(article: Article, at: int) -> bool:
    """Whether a place is taken down as it was said: people say "the the hand"."""
    block = block_at(article, at)
    if block.kind is BlockKind.QUOTE or in_quotation(article.text, block, at):
        return True
    return _is_transcript(article.block_text(block))


@lru_cache(maxsize=1)  # asked for each doubled word of a block
def _is_transcript(text: str) -> bool:
    return bool(_SPEAKER.match(text) or _FILLER.search(text))


def _at_beginning(text: str) -> Iterator[re.Match[str]]:
    """A word that begins a sentence with a capital and stands there again ("The the knee").

    Only everyday words do: "Gorilla gorilla" is a species, and "May may be wet" a month.
    """
    for match in _OPENING.finditer(text):
        first = match.group(1).lower()
        known = first in words("sure_doubled") or first in word_lists("stuffing")["common_words"]
        if first == match.group("second") and known and first != "may":
            again = re.compile(rf"({match.group(1)})(?:[ \u00a0]+{first}\b)+")
            doubled = again.match(text, match.start())
            if doubled and opens_sentence(text, match.start()):
                yield doubled


def _stutters(text: str, match: re.Match[str]) -> bool:
    word = match.group(1).lower()
    around = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
    if word in words("legit_doubled"):
        return False
    if any(c in "'’-" for c in around) or (len(word) == 1 and word != "a"):
        return False
    # Names of subspecies ("Pan troglodytes troglodytes").
    genus = _GENUS.search(text[max(0, match.start() - 30) : match.start()])
    if genus and word not in words("sure_doubled") and not _everyday(genus.group(1)):
        return False
    return not text.startswith(" vitro", match.end())


def _everyday(word: str) -> bool:
    """Whether a word in capitals is no name of a genus: "The pain pain"."""
    lists = word_lists("stuffing")
    everyday = (lists[n] for n in ("starters", "determiners", "prepositions", "common_words"))
    return word in words("sentence_starters") or any(word.lower() in e for e in everyday)


def _sign(text: str, match: re.Match[str]) -> str | None:
    """What should stand in place of two signs; None where both are right."""
    signs = match.group().replace(" ", "")
    if signs in (".,", "..") and _ABBREVIATED.search(
        text, max(0, match.start() - 8), match.start()
    ):
        return None if signs == ".," else "."
    if signs == "..":
        return "."
    if signs[0] == ":" or signs[0] in "?!":
        return signs[0]
    if signs == ".,":
        return None
    return signs[-1]
