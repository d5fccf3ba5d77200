"""SD007: leftover spintax."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import ClassVar

from unspin import guard
from unspin.article import Article
from unspin.findings import Applicability, Finding, Severity
from unspin.glossary.spelling import respell
from unspin.rules.base import Context
from unspin.rules.debris import cut, fault, settled
from unspin.rules.text import word_lists

_BRACE = re.compile(r"[{}\n]")
_INNER = re.compile(r"\{[^{}]*\}")
_MATHS = re.compile(r"[=<>∈\\$^]")
_HYPHEN = re.compile(r"(?<=[a-z])[-‑](?=[a-z])")
#: Answers on a form, and numbers from which those that follow each other are a scale.
_ANSWERS = frozenset(
    {"yes", "no", "y", "n", "n/a", "not sure", "unsure", "don't know", "true", "false"}
)
_DIGITS = re.compile(r"[0-9]{1,3}")
_SCALE = 5
#: Longer alternatives, in characters, are whole texts: they are only reported.
_LONGEST = 1_000
#: Words of the longest entry of the list of what means the same.
_PHRASE = 4


class Spintax:
    """Leftover spintax.

    What it does:
        Finds alternatives in braces, parted by bars, that a spinning program should have
        chosen from.

    Why it matters:
        It proves that the text is spun, and nobody can read it.

    Example:
        "{Rest|Relax} the joint." becomes "Rest the joint."

    Fix:
        Safe where all alternatives surely mean the same: the first one stays, in nested braces
        too. All others ("{200|400} mg", "{daily|weekly}", "{warfarin|aspirin}"), and those that
        are part of a word, are for an editor.

    Known limits:
        Braces with signs of mathematics are left alone, and so are boxes to tick ("{M|T|W}",
        "{Yes|No}", "{1|2|3|4|5}"). What means the same is a list
        (data/rules/debris.yaml) and the two spellings of English: what is not in it may differ.
    """

    id: ClassVar[str] = "SD007"
    slug: ClassVar[str] = "spintax"
    severity: ClassVar[Severity] = Severity.ERROR

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what `find` sees and no other debris rule claims."""
        yield from settled(article, self.id)

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields leftover alternatives."""
        text = article.text
        if "{" not in text or "|" not in text:
            return
        for start, end in _outer(text):
            braces = text[start:end]
            if "|" not in braces or _MATHS.search(braces) or _is_form(braces):
                continue
            if end - start > _LONGEST:
                message = "Leftover spintax: a spinning program wrote this."
                yield fault(self.id, start, end, message, None, severity=self.severity)
                continue
            chosen = _spaced(text, start, end)
            level = Applicability.SAFE
            if chosen is None or _differ(text, start, end):
                level = Applicability.EDITOR
            chosen = _choices(braces)[0] if chosen is None else chosen
            a, z = (start, end) if chosen else cut(text, start, end)
            found = fault(
                self.id,
                a,
                z,
                "Leftover spintax: a spinning program wrote this.",
                chosen,
                severity=self.severity,
            )
            yield replace(found, applicability=level)


def _is_form(braces: str) -> bool:
    """Whether alternatives are for a reader to choose from: letters, a scale, an answer."""
    choices = [choice.strip() for choice in braces[1:-1].split("|")]
    if all(len(c) == 1 and c.isupper() for c in choices) or _ANSWERS.issuperset(
        c.lower() for c in choices
    ):
        return True
    numbers = [int(c) for c in choices if _DIGITS.fullmatch(c)]
    steps = {b - a for a, b in pairwise(numbers)}
    return len(numbers) == len(choices) >= _SCALE and steps == {1}


def _outer(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the outermost pairs of braces within a line."""
    opened: list[int] = []
    pairs: list[tuple[int, int]] = []
    for match in _BRACE.finditer(text):
        if match.group() == "{":
            opened.append(match.start())
        elif match.group() == "\n":
            opened.clear()
        elif opened:
            pairs.append((opened.pop(), match.end()))
    done = len(text)
    for start, end in reversed(pairs):  # an outer pair closes after all that it holds
        if end <= done:
            done = start
            yield start, end


def _choices(braces: str) -> list[str]:
    """What braces can become, the first alternatives first."""

    def resolved(choice: int) -> str:
        def chosen(match: re.Match[str]) -> str:
            alternatives = match.group()[1:-1].split("|")
            return alternatives[min(choice, len(alternatives) - 1)].strip()

        text = braces
        while _INNER.search(text):
            text = _INNER.sub(chosen, text)
        return " ".join(text.split())

    return [resolved(n) for n in range(braces.count("|") + 1)]


def _spaced(text: str, start: int, end: int) -> str | None:
    """The first alternative with the space that an alternative held at its edge.

    None where the braces are part of a word.
    """
    chosen = _choices(text[start:end])[0]
    inside = text[start:end].strip("{}").split("|")
    left, right = text[start - 1 : start] if start else "", text[end : end + 1]
    if left.isalnum():
        if not any(a[:1].isspace() for a in inside):
            return None
        chosen = f" {chosen}"
    if right.isalnum():
        if not any(a[-1:].isspace() for a in inside):
            return None
        chosen = f"{chosen} "
    return chosen if chosen.strip() else ""


def _differ(text: str, start: int, end: int) -> bool:
    """Whether alternatives may say different things."""
    choices = _choices(text[start:end])
    if len({_meaning(c) for c in choices}) > 1:
        return True
    a, z = guard.context_of(text, start, end)
    said = [_said(f"{text[a:start]}{choice}{text[end:z]}") for choice in choices]
    return any(other != said[0] for other in said)


def _meaning(alternative: str) -> tuple[str, ...]:
    """An alternative with what means the same put in one way."""
    # "US" is not "us", nor "AIDS" "aids".
    plain = [w if sum(map(str.isupper, w)) > 1 else w.lower() for w in alternative.split()]
    tokens = _HYPHEN.sub(" ", respell(" ".join(plain).replace("’", "'"), british=False)).split()
    same = _same()
    out: list[str] = []
    while tokens:
        sizes = range(min(_PHRASE, len(tokens)), 0, -1)
        size = next((n for n in sizes if " ".join(tokens[:n]) in same), 1)
        phrase = " ".join(tokens[:size])
        out.append(same.get(phrase, phrase))
        tokens = tokens[size:]
    return tuple(out)


@lru_cache(maxsize=1)
def _same() -> dict[str, str]:
    """Each wording of ``same_meaning``, and the first of its row."""
    rows = word_lists("debris")["same_meaning"]
    return {wording: row[0] for row in rows for wording in row}


def _said(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a passage says: "one day" says no more than "a whole day" does."""
    facts = guard.facts(text, names=False)
    kept = (f for f in facts.elements() if f != "number:1" and not f.startswith("unit:"))
    return frozenset(kept), guard.amounts(text)
