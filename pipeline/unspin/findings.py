"""Finding, fix and applicability."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Applicability(StrEnum):
    """What may be done with a fix."""

    SAFE = "safe"  # applied
    SUGGESTED = "suggested"  # shown; applied only with --unsafe-fixes
    EDITOR = "editor"  # meaning may have changed; a medical editor must look; never applied


@dataclass(frozen=True)
class Finding:
    """A rule's observation on a span of the prose.

    Args:
        rule: Rule id, such as ``"SP001"``.
        start: Prose offset of its first code point.
        end: Prose offset after its last code point. An empty span is an insertion point.
        message: One sentence for an editor.
        severity: How much it matters.
        confidence: Probability 0..1 that it is a true fault.
        replacements: Best first; ``""`` removes the span; empty tuple where nothing is proposed.
        applicability: Of the first replacement; None where nothing is proposed.
        origin: Provenance, such as the glossary file and concept; shown in the report's message.
        states_change: Whether a glossary concept states what the form meant, so that numbers, sides
            and negations of the garbled text are no measure (then the guard looks at quotations
            only).
        source_span: Set for findings that have no prose (encoding repairs): offsets of the source.
        quote: Set for findings on a title that is not in the prose and is told by its own words:
            the title, and start and end in it.
        applied: Whether fixing applied it.
    """

    rule: str
    start: int
    end: int
    message: str
    severity: Severity = Severity.WARNING
    confidence: float = 1.0
    replacements: tuple[str, ...] = ()
    applicability: Applicability | None = None
    origin: str = ""
    states_change: bool = False
    source_span: tuple[int, int] | None = None
    quote: tuple[str, int, int] | None = None
    applied: bool = field(default=False)

    @property
    def family(self) -> str:
        """The letters of the rule id: ``"SP"`` of ``"SP001"``."""
        return self.rule.rstrip("0123456789")

    @property
    def length(self) -> int:
        """Code points covered."""
        return self.end - self.start

    def overlaps(self, other: Finding) -> bool:
        """Whether the two spans share a code point."""
        return self.start < other.end and other.start < self.end


_WORD = re.compile(r"\w+(?:['’]\w+)*")


def fingerprint(rule: str, text: str, start: int, end: int) -> str:
    """Hash of rule, folded text and five folded words on each side: no path, no line.

    Args:
        rule: Rule id.
        text: The prose.
        start: Start of the finding in `text`.
        end: End of the finding in `text`.

    Returns:
        Sixteen hex digits.
    """
    before = _WORD.findall(text[max(0, start - 200) : start])[-5:]
    after = _WORD.findall(text[end : end + 200])[:5]
    inside = " ".join(text[start:end].split())
    folded = "\x1f".join([rule, " ".join(before), inside, " ".join(after)])
    folded = folded.casefold().replace("’", "'")
    return hashlib.sha256(folded.encode()).hexdigest()[:16]
