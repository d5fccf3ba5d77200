"""SD011: leftover of a chat assistant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Applicability, Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import cut, every, fault, folded, settled, words
from unspin.rules.text import word_lists

_EDGE = re.compile(r"[.!?:][”\")]*\s+|\n")
#: Longest beginning of a sentence before its telling words, in characters.
_REACH = 60
#: A clause that goes on about something else than the assistant and its reader.
_CLAUSE = re.compile(
    r"[,;] ?(?:but|however|though|although|yet|and|so|while)\b,? "
    r"(?!(?:i|here|let|please|this|that|you (?:can|may|should))\b)"
)


class ChatLeftover:
    """Leftover of a chat assistant.

    What it does:
        Finds sentences with which chat assistants begin, end or refuse an answer, and
        placeholders in square brackets.

    Why it matters:
        They show that a program wrote the text and that nobody read it.

    Example:
        "Certainly! Here is the article: Rest the joint. I hope this helps!" becomes "Rest
        the joint."

    Fix:
        Safe: the sentence is removed. An editor decides where it goes on with a clause that is
        not about the assistant ("…, but the maximum dose is 4 g"); a placeholder is only reported.

    Known limits:
        Only fixed wordings at the beginning of a sentence are found
        (data/rules/debris.yaml).
    """

    id: ClassVar[str] = "SD011"
    slug: ClassVar[str] = "chat-leftover"
    severity: ClassVar[Severity] = Severity.ERROR

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what `find` sees and no other debris rule claims."""
        yield from settled(article, self.id)

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields leftovers of chat assistants."""
        text = article.text
        for start, end, level in _joined(text, _matches(article)):
            if text[start] == "[":
                message = f"The placeholder “{text[start:end]}” was never filled in."
                yield fault(self.id, start, end, message, None, severity=self.severity)
                continue
            message = "A chat assistant left this sentence."
            if level is Applicability.SAFE:  # the space around it goes with it
                start, end = cut(text, start, end)
            found = fault(self.id, start, end, message, "", severity=self.severity)
            yield replace(found, applicability=level)


def _matches(article: Article) -> Iterator[tuple[int, int, Applicability]]:
    """Spans of leftovers, and what may be done about each."""
    low = folded(article)
    done = -1
    for at in sorted({at for hint in words("chat_hints") for at in every(low, hint)}):
        match = _pattern().match(low, _sentence_start(low, at))
        if match is None or match.start() <= done:
            continue
        done = match.start()
        says_more = _CLAUSE.search(match.group())
        yield *match.span(), Applicability.EDITOR if says_more else Applicability.SAFE


def _joined(
    text: str, found: Iterable[tuple[int, int, Applicability]]
) -> list[tuple[int, int, Applicability]]:
    """Sentences in a row that go are one, so that the space around them goes once."""
    out: list[tuple[int, int, Applicability]] = []
    for start, end, level in found:
        last = out[-1] if out else None
        if (
            last
            and last[2] is level
            and not (text[last[1] : start].strip(" ") or "[" in (text[start], text[last[0]]))
        ):
            out[-1] = (last[0], end, level)
        else:
            out.append((start, end, level))
    return out


def _sentence_start(low: str, at: int) -> int:
    """Where the sentence that holds an offset begins; a bracket begins itself."""
    if low[at] == "[":
        return at
    edges = [m.end() for m in _EDGE.finditer(low, max(0, at - _REACH), at)]
    return edges[-1] if edges else max(0, at - _REACH)


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(word_lists("debris")["chat_patterns"])))
