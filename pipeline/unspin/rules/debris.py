"""What the rules SD share: where they look, and how they settle who reports a place.

Each rule finds its faults alone; `settled` then keeps, of findings that overlap, the one of the
rule that comes first in `ORDER`, so that findings of this family never overlap.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from unspin import guard
from unspin.article import Article, Block
from unspin.findings import Applicability, Finding, Severity
from unspin.places import Places
from unspin.reading.languages import MIN_WORDS, detect_language
from unspin.rules.text import per_article, running_text, word_lists

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

#: Who keeps a place that two rules claim: what removes most comes first.
ORDER = (
    "SD008",
    "SD011",
    "SD010",
    "SD001",
    "SD002",
    "SD007",
    "SD006",
    "SD009",
    "SD014",
    "SD005",
    "SD013",
    "SD004",
    "SD003",
    "SD012",
)


_EDGE = re.compile(r"[.!?…»>]+(?:\s+|$)|\n")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
#: Small words of so few words say nothing of a language.
_FOREIGN_WORDS = 6


@runtime_checkable
class Finder(Protocol):
    """A debris rule: finds its faults without regard to the other rules."""

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields what the rule sees in `article`."""
        ...


@per_article
def _all_settled(article: Article) -> dict[str, list[Finding]]:
    from unspin.rules import all_rules

    finders = {r.id: r for r in all_rules() if r.id.startswith("SD") and isinstance(r, Finder)}
    taken = Places()
    out: dict[str, list[Finding]] = defaultdict(list)
    for name in (n for n in ORDER if n in finders):
        for finding in finders[name].find(article):
            if finding.source_span is None:
                if finding.replacements and article.is_protected(finding.start, finding.end):
                    continue
                if not taken.take(finding.start, finding.end):
                    continue
            out[name].append(finding)
    return out


def settled(article: Article, rule: str) -> Iterator[Finding]:
    """The findings of one rule that no rule before it claims.

    Args:
        article: The article.
        rule: Rule id, such as ``"SD003"``.
    """
    yield from _all_settled(article).get(rule, [])


@per_article
def _starts(article: Article) -> list[int]:
    return [b.start for b in article.blocks]


def block_at(article: Article, offset: int) -> Block:
    """The block that holds a prose offset.

    Args:
        article: An article with at least one block.
        offset: Prose offset.
    """
    return article.blocks[max(bisect_right(_starts(article), offset) - 1, 0)]


def in_running_text(article: Article, start: int, end: int) -> bool:
    """Whether a span lies within one paragraph, list item or quote that is not foreign."""
    block = block_at(article, start)
    return (
        block.start <= start
        and end <= block.end
        and running_text(block)
        and not _foreign(article)[block.start]
    )


class _Foreign(dict[int, bool]):
    """By the start of a block, whether it is in another language: that has rules of its own."""

    def __init__(self, article: Article) -> None:
        super().__init__()
        self._article = article

    def __missing__(self, start: int) -> bool:
        text = self._article.block_text(block_at(self._article, start))
        count = len(_WORD.findall(text))
        # Shares of small words stay the same where a short text is repeated.
        times = -(-MIN_WORDS // count) if count >= _FOREIGN_WORDS else 0
        found = detect_language(" ".join([text] * times)) if times else "en"
        self[start] = found not in ("en", "und")
        return self[start]


@per_article
def _foreign(article: Article) -> _Foreign:
    return _Foreign(article)


def advises(text: str) -> bool:
    """Whether a passage holds what no formula of a page does: an amount, a drug or advice.

    Args:
        text: A passage, in any case.
    """
    found = guard.facts(text, names=False)
    if guard.amounts(text) or any(f.startswith("unit:") for f in found):
        return True
    if any(f.startswith("drug:") for f in guard.facts(text)):
        return True
    said = {w.lower() for w in _WORD.findall(text)}
    return not said.isdisjoint(words("advice_words"))


def in_quotation(text: str, block: Block, at: int) -> bool:
    """Whether a quotation is open at a place of a block: somebody says these words.

    Args:
        text: The prose.
        block: The block that holds the place.
        at: Prose offset.
    """
    before = text[block.start : at]
    straight = before.count('"') % 2 == 1 and '"' in text[at : block.end]
    return straight or before.rfind("“") > before.rfind("”")


def fault(
    rule: str,
    start: int,
    end: int,
    message: str,
    replacement: str | None,
    *,
    safe: bool = True,
    confidence: float = 1.0,
    severity: Severity = Severity.WARNING,
) -> Finding:
    """A debris finding.

    Args:
        rule: Rule id.
        start: Prose offset of its start.
        end: Prose offset of its end.
        message: One sentence for an editor.
        replacement: What should stand there; None where nothing is proposed.
        safe: Whether the fix is applied (else suggested).
        confidence: Probability 0..1 that it is a true fault.
        severity: How much it matters.
    """
    level = Applicability.SAFE if safe else Applicability.SUGGESTED
    return Finding(
        rule,
        start,
        end,
        message,
        severity,
        confidence,
        () if replacement is None else (replacement,),
        None if replacement is None else level,
    )


@per_article
def folded(article: Article) -> str:
    """The prose in small letters, with the same offsets."""
    low = article.text.lower()
    # A few letters grow when lowered; then offsets would be wrong.
    return low if len(low) == len(article.text) else article.text


def has_hint(name: str, text: str) -> bool:
    """Whether folded text holds one of the literal hints of a list (far faster than patterns).

    Args:
        name: List of hints in ``debris.yaml``.
        text: Folded text.
    """
    return any(hint in text for hint in words(name))


def hinted(name: str, text: str) -> list[int]:
    """Offsets at which a literal hint of a list stands in folded text, in order.

    Args:
        name: List of hints in ``debris.yaml``.
        text: Folded text.
    """
    found = _hints(name).find_matches_as_indexes(text, overlapping=True)
    return sorted({start for _, start, _ in found})


@lru_cache(maxsize=4)
def _hints(name: str) -> AhoCorasick:
    from ahocorasick_rs import AhoCorasick

    return AhoCorasick(sorted(words(name)))


def sentence_around(low: str, block: Block, at: int) -> tuple[int, int]:
    """Span of the sentence or line of a block around an offset.

    Args:
        low: Folded text.
        block: The block that holds the offset.
        at: Prose offset.
    """
    start = max([block.start, *(m.end() for m in _EDGE.finditer(low, block.start, at))])
    edge = _EDGE.search(low, at, block.end)
    end = edge.start() + len(edge.group().rstrip()) if edge else block.end
    return start, end


def every(text: str, part: str, start: int = 0) -> Iterator[int]:
    """Offsets of each occurrence of `part` in `text`, from `start` on."""
    at = text.find(part, start)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def words(name: str) -> frozenset[str]:
    """A word list of the debris rules."""
    found: frozenset[str] = word_lists("debris")[name]
    return found


def cut(text: str, start: int, end: int) -> tuple[int, int]:
    """Widens a removal by the white space on one side, so that one space remains.

    Args:
        text: The prose.
        start: Start of what goes.
        end: End of what goes.
    """
    after = end
    while after < len(text) and text[after] in " \u00a0":
        after += 1
    at_end = after == len(text) or text[after] == "\n"
    if start == 0 or text[start - 1] == "\n" or (not at_end and text[start - 1].isspace()):
        return start, after
    if at_end:
        while start and text[start - 1] in " \u00a0":
            start -= 1
        return start, after
    return start, end
