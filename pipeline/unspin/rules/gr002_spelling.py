"""GR002: spelling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context


class Spelling:
    """A common word is misspelled.

    What it does:
        Reports the words of the restored text that LanguageTool's speller does not know and has
        a suggestion for. Medical words are known: those of the glossary, of the term lists, and
        those that clean medical text uses. Names, abbreviations, codes, and words with digits
        or capitals are left alone.

    Why it matters:
        A misspelled word is missed by search, by matching and by readers.

    Example:
        ``Take the medicine befor meals`` is reported at *befor*, with *before* as a suggestion.

    Fix:
        LanguageTool's first suggestion, for an editor: a speller's guess in a medical text may
        be another drug.

    Known limits:
        The rule needs LanguageTool, as GR001 does. American and British spellings are both
        right, also side by side. A misspelling that is another word is not seen, nor a
        misspelled name.
    """

    id: ClassVar[str] = "GR002"
    slug: ClassVar[str] = "spelling"
    severity: ClassVar[Severity] = Severity.INFO

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields nothing: the findings come from `unspin.grammar.stage`, as those of GR001."""
        yield from ()
