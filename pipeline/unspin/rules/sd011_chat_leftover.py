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
from unspin.rules.debris import (
    advises,
    block_at,
    cut,
    every,
    fault,
    folded,
    in_quotation,
    settled,
    words,
)
from unspin.rules.text import ends_sentence, word_lists

_EDGE = re.compile(r"[.!?][”\")]*\s+|\n")
#: Longest beginning of a sentence before its telling words, in characters.
_REACH = 60
#: A clause that goes on about something else than the assistant and its reader.
_CLAUSE = re.compile(
    r"[,;] ?(?:but|however|though|although|yet|and|so|while)\b,? "
    r"(?!(?:i|here|let|please|this|that|you (?:can|may|should))\b)"
)
#: Somebody in the article says it.
_SPEECH = re.compile(
    r"[,.!?] ?[”\"]?(?:(?:he|she|they|i|the [a-z]+|[a-z]+ [a-z]+|dr\.? [a-z]+) "
    r"(?:said|says|replied|replies|asked|asks|told|explained|explains|answered|added)"
    r"|(?:said|says|replied|asked|told|explained|answered|added) "
    r"(?:he|she|they|the|dr|mr|mrs|ms)\b)"
)
#: An assistant names itself; whatever follows that is no refusal may be about the subject.
_NAMED = re.compile(r"as an? (?:ai|artificial)|i(?:’m|'m| am) (?:just |only )?an? |as of|up to")
_LABEL = "chatgpt said:"
#: So many words name an assistant and say nothing more ("I am just an AI language model").
_SELF = 8


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
        not about the assistant ("…, but the maximum dose is 4 g"), where it holds a medicine or
        advice, and where closing words ("I hope this helps") do not end a paragraph; a
        placeholder is only reported.

    Known limits:
        Only fixed wordings at the beginning of a sentence are found (data/rules/debris.yaml),
        and none in a quotation or with "the patient said" and the like.
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
    text, low = article.text, folded(article)
    done = -1
    found: list[tuple[int, int]] = []
    for at in sorted({at for hint in words("chat_hints") for at in every(low, hint)}):
        block = block_at(article, at)
        match = _pattern().match(low, _sentence_start(low, at, block.start, done))
        if match is None or match.start() < max(done, block.start) or match.end() > block.end:
            continue
        if in_quotation(text, block, match.start()):
            continue
        if _SPEECH.search(low, max(match.start(), match.end() - 60), match.end() + 40):
            continue
        if not (match.group()[-1] in ":]" or ends_sentence(match.group()) or _at_edge(low, match)):
            continue  # "…, e.g." is no end: half a sentence would stay
        done = match.end()
        found.append(match.span())
    closing = _closing(article, found)
    for start, end in found:
        level = _level(low[start:end], text[start:end], (start, end) in closing)
        yield start, end, level


def _at_edge(low: str, match: re.Match[str]) -> bool:
    return match.end() == len(low) or low[match.end()] == "\n"


def _closing(article: Article, found: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those leftovers behind which their block holds nothing but leftovers."""
    out: set[tuple[int, int]] = set()
    for start, end in reversed(found):
        rest = article.text[end : block_at(article, start).end]
        after = next((s for s in out if s[0] == end + len(rest) - len(rest.lstrip())), None)
        if not rest.strip() or after is not None:
            out.add((start, end))
    return out


def _level(low: str, said: str, closing: bool) -> Applicability:
    """What may be done about a leftover."""
    lists = word_lists("debris")
    named = _NAMED.match(low)
    more = (
        _CLAUSE.search(low)
        or advises(said)
        or low == _LABEL
        or (named and not re.search(lists["chat_refusals"], low) and len(low.split()) > _SELF)
        or (not closing and low.startswith(tuple(lists["chat_closings"])))
    )
    return Applicability.EDITOR if more and not low.startswith("[") else Applicability.SAFE


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


def _sentence_start(low: str, at: int, begin: int, done: int) -> int:
    """Where the sentence that holds an offset begins; a bracket begins itself.

    Args:
        low: Folded text.
        at: The offset.
        begin: Where its block begins.
        done: End of the leftover before it.
    """
    if low[at] == "[":
        return at
    edges = [m.end() for m in _EDGE.finditer(low, max(begin, at - _REACH), at)]
    if done > begin:  # behind a colon, too: "Here is the article: As an AI …"
        edges.append(done + len(low[done:at]) - len(low[done:at].lstrip()) if done < at else done)
    inside = [e for e in edges if e <= at]
    if inside:
        return max(inside)
    return begin if at - begin <= _REACH else at


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    lists = word_lists("debris")
    joined = "|".join(sorted(lists["chat_patterns"]))
    for name, part in lists["chat_parts"].items():
        joined = joined.replace("{" + name + "}", part)
    return re.compile(joined)
