"""SD011: leftover of a chat assistant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import cut, every, fault, folded, settled, words
from unspin.rules.text import word_lists

_EDGE = re.compile(r"[.!?:][”\")]*\s+|\n")
#: Longest beginning of a sentence before its telling words, in characters.
_REACH = 60


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
        Safe: the sentence is removed; a placeholder is only reported.

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
        low = folded(article)
        done = -1
        for at in sorted({at for hint in words("chat_hints") for at in every(low, hint)}):
            match = _pattern().match(low, _sentence_start(low, at))
            if match is None or match.start() <= done:
                continue
            done = match.start()
            if text[match.start()] == "[":
                yield fault(
                    self.id,
                    *match.span(),
                    f"The placeholder “{text[match.start() : match.end()]}” was never filled in.",
                    None,
                    severity=self.severity,
                )
                continue
            yield fault(
                self.id,
                *cut(text, *match.span()),
                "A chat assistant left this sentence.",
                "",
                severity=self.severity,
            )


def _sentence_start(low: str, at: int) -> int:
    """Where the sentence that holds an offset begins; a bracket begins itself."""
    if low[at] == "[":
        return at
    edges = [m.end() for m in _EDGE.finditer(low, max(0, at - _REACH), at)]
    return edges[-1] if edges else max(0, at - _REACH)


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(word_lists("debris")["chat_patterns"])))
