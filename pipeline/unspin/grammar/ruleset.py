"""Which of LanguageTool's rules count, and which words are spelled right."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from unspin.resources import data_path, load_yaml

#: Rules and categories that are off, with the reason (bench/choose_grammar_rules.py writes it).
RULES = data_path("grammar", "rules.yaml")
#: Words that LanguageTool does not know (bench/medical_words.py writes it).
WORDS = data_path("grammar", "medical-words.txt.gz")
#: Raised where checking itself changes, so that no cached result of before counts.
_REVISION = 1


@dataclass(frozen=True)
class RuleSet:
    """Which rules count.

    Args:
        disabled: Rules that are off.
        disabled_categories: Categories that are off.
        enabled: Where not empty, the only rules that are on.
        words: Words that are spelled right, as they are written in the middle of a sentence.
    """

    disabled: frozenset[str] = frozenset()
    disabled_categories: frozenset[str] = frozenset()
    enabled: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    @cached_property
    def folded_words(self) -> frozenset[str]:
        """`words` without regard to case."""
        return frozenset(fold(w) for w in self.words)

    @cached_property
    def hash(self) -> str:
        """Changes with everything that changes a result."""
        parts = (self.disabled, self.disabled_categories, self.enabled, self.words)
        text = "\0".join("\1".join(sorted(part)) for part in parts)
        return hashlib.sha256(f"{_REVISION}\0{text}".encode()).hexdigest()


def fold(word: str) -> str:
    """A word without regard to case and to the form of its apostrophe."""
    return word.casefold().replace("’", "'")


def read_words(path: Path) -> frozenset[str]:
    """The words of a gzipped list, one a line."""
    return frozenset(gzip.decompress(path.read_bytes()).decode("utf-8").split("\n")) - {""}


@lru_cache(maxsize=1)
def default_rules() -> RuleSet:
    """The rule set that ships."""
    data: dict[str, Any] = load_yaml("grammar", "rules.yaml")
    return RuleSet(
        disabled=frozenset(data["disabled"]),
        disabled_categories=frozenset(data["disabled_categories"]),
        words=read_words(WORDS),
    )
