"""SP003: wordings that only spinning programs write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Applicability, Finding, Severity
from unspin.places import Places
from unspin.rules.base import Context
from unspin.rules.terms import is_unlikely, off_limits, quotations
from unspin.rules.text import word_lists

#: Probability that a match is a fault: safe forms do not occur in 17 M clean words, the others
#: need a spun article or the absence of words that explain them.
CONFIDENCE = {True: 0.98, False: 0.8}
#: P(spun) that one word of a wording which may be right must have by the model, where the article
#: does not look spun: 1.0 in all development phrases, .88 in the one sentence where it is right.
ODD = 0.95
#: Words of the shortest texts that the model's limits are chosen on: of a sentence alone it has too
#: little to go by.
ENOUGH = 60
_SENTENCE = re.compile(r"[^.!?\n]*")


@dataclass(frozen=True)
class Signature:
    """One wording with its conditions."""

    form: str
    cased: bool
    write: str
    safe: bool
    spun_article: bool
    not_near: frozenset[str]
    probe: str  # a word of the form, lower case: most texts do not hold it

    def matches(self, text: str, lowered: str) -> Iterator[re.Match[str]]:
        """Yield the places of a text, given in lower case, too."""
        if self.probe in lowered:
            yield from _pattern(self.form, self.cased).finditer(text)


@cache
def _pattern(form: str, cased: bool) -> re.Pattern[str]:
    """Compile a form; few of the many are ever asked for."""
    words = (re.escape(w).replace("'", "['’]") for w in form.split(" "))
    spaced = r"(?:[^\S\n]+|\n)".join(words)  # two line breaks are the end of a block
    return re.compile(rf"(?<![\w-]){spaced}(?![\w-])", re.NOFLAG if cased else re.IGNORECASE)


@lru_cache(maxsize=1)
def signatures() -> tuple[Signature, ...]:
    """The wordings of ``data/rules/signatures.yaml``, longest first."""
    made = []
    for row in sorted(word_lists("signatures")["signatures"], key=lambda r: -len(r["form"])):
        plain = [w for w in row["form"].lower().split(" ") if "'" not in w]
        made.append(
            Signature(
                row["form"],
                bool(row.get("cased")),
                row["write"],
                row.get("safe") == "true",
                row.get("spun_article") == "true",
                frozenset(row.get("not_near", ())),
                max(plain, key=len),
            )
        )
    return tuple(made)


class SpinnerSignature:
    """Function words that a program read as acronyms, and connectives it inflated.

    What it does:
        Finds wordings that give away a family of spinning programs: "square measure" for "are",
        "Beaver State" for "or", "does now not", "a not unusual" for "a common".

    Why it matters:
        No person writes so; one such wording shows that the page was made by a program, and that
        its other sentences need a look.

    Example:
        "The tablet does now not cure a cold." becomes "The tablet does not cure a cold."

    Fix:
        Safe where the wording has one reading and never occurs in clean medical text, else
        suggested.

    Known limits:
        Only listed wordings. Those that can also be right ("an associate degree in nursing",
        "will certainly") are found only where nothing near explains them, or in an article that
        other evidence shows to be spun.
    """

    id: ClassVar[str] = "SP003"
    slug: ClassVar[str] = "spinner-signature"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields listed wordings whose conditions hold."""
        taken = Places()
        lowered = article.text.lower()
        for signature in signatures():
            if signature.spun_article and not context.looks_spun:
                continue
            for match in signature.matches(article.text, lowered):
                start, end = match.span()
                if off_limits(article).meets(start, end):
                    continue
                if _explained(article, match, signature):
                    continue
                if signature.spun_article and _stands_alone(context, start, end):
                    continue
                if not signature.safe and _is_doubted(article, context, start, end):
                    continue
                if taken.take(start, end):
                    yield self._finding(article, match, signature)

    def _finding(self, article: Article, match: re.Match[str], signature: Signature) -> Finding:
        shown = " ".join(match.group().split())
        write = signature.write
        if shown[0].isupper() and not signature.form[0].isupper():
            write = write[:1].upper() + write[1:]
        quoted = quotations(article).meets(match.start(), match.end())
        applicability = Applicability.SAFE if signature.safe else Applicability.SUGGESTED
        return Finding(
            self.id,
            match.start(),
            match.end(),
            f"“{shown}” is how a spinning program writes “{signature.write}”.",
            self.severity,
            confidence=CONFIDENCE[signature.safe],
            replacements=(write,),
            applicability=Applicability.EDITOR if quoted else applicability,
            origin="data/rules/signatures.yaml",
        )


def _stands_alone(context: Context, start: int, end: int) -> bool:
    """Whether all that looks spun is the wording itself: no evidence for it."""
    if context.judgement is None:
        return False
    return all(start < s.end and s.start < end for s in context.judgement.spans)


def _is_doubted(article: Article, context: Context, start: int, end: int) -> bool:
    """Whether the model finds nothing odd in a wording that may be right: "each UN agency"."""
    if context.looks_spun or article.words < ENOUGH:
        return False
    return is_unlikely(context, start, end, ODD)


def _explained(article: Article, match: re.Match[str], signature: Signature) -> bool:
    """Whether a word of the sentence makes the wording right."""
    if not signature.not_near:
        return False
    start = max(article.text.rfind(c, 0, match.start()) for c in ".!?\n") + 1
    rest = _SENTENCE.match(article.text, match.end())
    end = rest.end() if rest else match.end()
    words = set(re.findall(r"[a-z]+", article.text[start:end].lower()))
    return bool(words & signature.not_near)
