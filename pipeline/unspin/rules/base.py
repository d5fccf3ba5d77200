"""What a rule is, and what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Protocol

from unspin.article import Article
from unspin.evidence import LOOKS_SPUN
from unspin.findings import Finding, Severity
from unspin.glossary.restoring import looks_spun, strong_concepts

if TYPE_CHECKING:
    from unspin.config import Config
    from unspin.glossary.matcher import Glossary, Hit
    from unspin.language.model import Judgement


@dataclass
class Context:
    """What rules may look at besides the article.

    Args:
        config: Effective configuration.
        glossary: The compiled glossary.
        hits: What the glossary found in this article, conditions not yet applied.
        spun_probability: P(spun) of the article, 0..1, from all evidence.
        judgement: What the language model says; None with ``--model off``.
        neighbours: Near-duplicates in the batch: ``(path, similarity 0..1)``.
        left_to_person: Whether an earlier run wrote the article and left what is open in it to a
            person: what the model restored then is done, and what it did not is not its to decide.
    """

    config: Config
    glossary: Glossary
    hits: tuple[Hit, ...] = ()
    spun_probability: float = 0.0
    judgement: Judgement | None = None
    neighbours: tuple[tuple[str, float], ...] = field(default=())
    left_to_person: bool = False

    @property
    def looks_spun(self) -> bool:
        """Whether the article as a whole looks spun (.5 is the verdict)."""
        return self.spun_probability >= LOOKS_SPUN

    @cached_property
    def _strong(self) -> frozenset[str]:
        return strong_concepts(self.hits)

    def looks_spun_beside(self, hit: Hit) -> bool:
        """Whether the article looks spun, or what else the glossary found in it says so."""
        return self.looks_spun or looks_spun(self._strong, hit)


class Rule(Protocol):
    """A rule only looks: `check` yields findings in prose offsets and changes nothing.

    One file and one class per rule. The class docstring is its page in ``docs/rules``; it holds
    the headings *What it does*, *Why it matters*, *Example*, *Fix* and *Known limits*.
    """

    id: ClassVar[str]
    slug: ClassVar[str]
    severity: ClassVar[Severity]

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what the rule sees in `article`."""
        ...
