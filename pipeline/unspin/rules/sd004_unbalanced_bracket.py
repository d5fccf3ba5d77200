"""SD004: bracket without its partner."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import fault, in_running_text, settled, words
from unspin.rules.text import running_text

_BRACKET = re.compile(r"[()\[\]]")
_TWO_NUMBERS = r"[^\[\]()]*?[\d∞]\s*[,;][^\[\]()]*?[\d∞]\s*"
#: "[0.5, 1.2)": a range of numbers that holds one of its ends.
_HALF_OPEN = re.compile(rf"\[{_TWO_NUMBERS}\)|\({_TWO_NUMBERS}\]")
_LIST_MARK = re.compile(r"(?:^|[\s(])(?:\d{1,2}|[a-z]|[ivx]{1,4})\.?$", re.IGNORECASE)
_DEFINITION = re.compile(
    r" an? (?:\w+ )?(?:condition|disease|disorder|syndrome|infection|inflammation) "
    r"(?:in which|that|where|of the|caused by)\b"
)
_DEFINED = re.compile(r"\b[A-Za-z][a-z]*$")
_ENDING = re.compile(
    r"[a-z]{2,}(?:itis|osis|iasis|[ao]?emia|pathy|plegia|paresis|algia|rrho?ea|oma|[ao]?edema|penia"
    r"|trophy|sclerosis|uria|phobia)"
)
_TOKEN = re.compile(r"[A-Za-z'’-]+")
#: Words before a term within which a verb may make "a disease" its complement.
_BEFORE = 4
_PAIRS = {")": "(", "]": "["}
#: Blocks within which a bracket may find its partner (a list inside brackets).
_REACH = 12


class UnbalancedBracket:
    """Bracket without its partner.

    What it does:
        Finds a round or square bracket whose partner is missing, and a definition that lost
        the brackets around it ("gout a disease in which").

    Why it matters:
        Text between brackets that nobody can see reads as part of the sentence.

    Example:
        "Lifting heavy things or overuse) can hurt." has lost an opening bracket.

    Fix:
        Suggested: remove the lone bracket, or put a comma before the definition.

    Known limits:
        Marks of lists such as "a)" are not brackets, and "[0.5, 1.2)" is a range. Brackets that
        open in one block and close in a later one are taken as a pair.
    """

    id: ClassVar[str] = "SD004"
    slug: ClassVar[str] = "unbalanced-bracket"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what `find` sees and no other debris rule claims."""
        yield from settled(article, self.id)

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields lone brackets and lost ones."""
        text = article.text
        lone: list[tuple[int, int]] = []
        for i, block in enumerate(article.blocks):
            if running_text(block):
                lone += [(i, at) for at in _lone(text, block.start, block.end)]
        for _, at in _without_partners(text, lone):
            yield fault(
                self.id,
                at,
                at + 1,
                f"The bracket “{text[at]}” has no partner.",
                "",
                safe=False,
                confidence=0.9,
            )
        for match in _DEFINITION.finditer(text):
            term = _DEFINED.search(text, max(0, match.start() - 40), match.start())
            if (
                term is not None
                and in_running_text(article, term.start(), match.end())
                and _is_defined(text, term)
            ):
                yield fault(
                    self.id,
                    term.start(),
                    match.end(),
                    "The brackets or comma around a definition are lost.",
                    f"{term.group()},{match.group()}",
                    safe=False,
                    confidence=0.8,
                )


def _is_defined(text: str, term: re.Match[str]) -> bool:
    """Whether a word names a disease that the words after it define.

    Not so in "is gout a disease that" and "doctors call gout a disease that".
    """
    name = term.group().lower()
    if name not in words("disease_names") and _ENDING.fullmatch(name) is None:
        return False
    begin = max(text.rfind(sign, 0, term.start()) for sign in ".!?:;\n")
    before = [w.lower() for w in _TOKEN.findall(text[begin + 1 : term.start()])]
    if not before:
        return True
    asks = before[-1] in ("is", "was") and (
        len(before) == 1 or before[-2] in ("why", "how", "when", "where", "whether", "what")
    )
    return not asks and words("makes_complement").isdisjoint(before[-_BEFORE:])


def _lone(text: str, start: int, end: int) -> list[int]:
    """Offsets of brackets without a partner in one block."""
    open_at: list[int] = []
    out: list[int] = []
    ranges = {at for m in _HALF_OPEN.finditer(text, start, end) for at in (m.start(), m.end() - 1)}
    for match in _BRACKET.finditer(text, start, end):
        at, sign = match.start(), match.group()
        if at in ranges:
            continue
        if sign in "([":
            open_at.append(at)
            continue
        partner = next((o for o in reversed(open_at) if text[o] == _PAIRS[sign]), None)
        if partner is not None:
            while open_at[-1] != partner:
                out.append(open_at.pop())
            open_at.pop()
        elif not _LIST_MARK.search(text[max(start, at - 6) : at]) and text[at - 1 : at] not in (
            ":",
            ";",
            "-",
        ):
            out.append(at)
    return sorted(out + open_at)


def _without_partners(text: str, lone: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Drops pairs of lone brackets that match each other across blocks."""
    out: list[tuple[int, int]] = []
    for i, at in lone:
        want = _PAIRS.get(text[at])
        if want and out and text[out[-1][1]] == want and i - out[-1][0] <= _REACH:
            out.pop()
        else:
            out.append((i, at))
    return out
