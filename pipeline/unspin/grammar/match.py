"""What LanguageTool says about one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Match:
    """One place that LanguageTool objects to.

    Args:
        start: Offset of its first code point in the text.
        end: Offset after its last code point.
        rule: LanguageTool's rule id, such as ``"EN_A_VS_AN"``.
        category: LanguageTool's category id, such as ``"GRAMMAR"``.
        message: What is wrong, in a sentence.
        replacements: What to write instead, best first; at most `MAX_REPLACEMENTS`.
    """

    start: int
    end: int
    rule: str
    category: str
    message: str
    replacements: tuple[str, ...] = ()

    def to_json(self) -> list[Any]:
        """As a JSON array."""
        fields = (self.start, self.end, self.rule, self.category, self.message)
        return [*fields, list(self.replacements)]

    @classmethod
    def from_json(cls, item: list[Any]) -> Match:
        """From what `to_json` made."""
        start, end, rule, category, message, replacements = item
        return cls(start, end, rule, category, message, tuple(replacements))


#: Replacements kept: an editor chooses among a handful.
MAX_REPLACEMENTS = 5
