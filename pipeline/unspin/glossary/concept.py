"""Concept: one thing a glossary names, with its good, outdated and spun names."""

from __future__ import annotations

from dataclasses import dataclass

#: Kinds of a hit, the strongest first.
SPUN, DEPRECATED, ADMITTED = "spun", "deprecated", "admitted"
POS = ("noun", "verb", "adjective", "adverb", "function", "name", "phrase")
NUMBERS = ("both", "invariant")
#: What is done with a spun form: the fix is made; it is made in a text that looks spun, and shown
#: in others; it is shown, in a text that looks spun; a medical editor must look.
APPLICABILITIES = (SAFE, LIKELY, SUGGESTED, EDITOR) = ("safe", "likely", "suggested", "editor")
#: Of forms that stand nowhere in the clean text counted.
UNSEEN = (SAFE, LIKELY)


@dataclass(frozen=True, slots=True)
class When:
    """Conditions on the place of a form; all of those given must hold.

    Args:
        before: One of these words or phrases stands within three words before (same clause).
        not_before: None of these does (same sentence).
        after: One of these stands within three words after (same clause).
        not_after: None of these does (same sentence).
        near: One of these stands in the same paragraph.
        not_near: None of these does.
        not_verb: The first word of the form is not used as a verb.
        spun_article: Other evidence shows that the article is spun.
        article_has: Each group has one member somewhere in the article; ``"a b~10"`` are words
            within ten words of each other, ``"stem*"`` any word that begins so.
        article_not: None of these stands anywhere in the article.
    """

    before: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    not_near: tuple[str, ...] = ()
    not_verb: bool = False
    spun_article: bool = False
    article_has: tuple[tuple[str, ...], ...] = ()
    article_not: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != _NOTHING


_NOTHING = When()


@dataclass(frozen=True, slots=True)
class Variant:
    """A spun or deprecated form as the file writes it.

    Args:
        template: ``{a|b}`` is a choice, ``{@list}`` a list of the file's ``words``.
        applicability: Own applicability, or "" for the concept's.
        when: Own condition, or None for the concept's.
        within: 0 for a phrase; else its words stand in any order within so many words.
        line: 1-based line in the file.
    """

    template: str
    applicability: str = ""
    when: When | None = None
    within: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that holds a spun or deprecated form, and what must become of it."""

    bad: str
    good: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Concept:
    """An entry of a glossary file.

    Args:
        canonical: What a careful medical editor writes: singular, base form.
        pos: Part of speech, one of `POS`.
        number: For nouns, whether plurals are derived (`NUMBERS`).
        admitted: Good synonyms, left alone.
        deprecated: Outdated or objectionable terms.
        spun: What spinning programs make of it.
        applicability: Default for spun forms.
        when: Default condition for spun forms.
        examples: Run as tests.
        fine: Sentences in which nothing may be found, with their lines.
        source: Address or title that bears the entry out.
        families: Spinner families that write so.
        extend: Whether it adds to an entry of an underlying glossary instead of replacing it.
        note: Free text for editors.
        field: Field of medicine: the file's name without its suffix.
        file: Path of the file as the user knows it.
        line: 1-based line of the entry.
        words: Spinner synonyms of the file, for ``{@list}``.
        layer: 0 for the lowest glossary, 1 for the house glossary on top of it, and so on.
    """

    canonical: str
    pos: str = "noun"
    number: str = "both"
    admitted: tuple[str, ...] = ()
    deprecated: tuple[Variant, ...] = ()
    spun: tuple[Variant, ...] = ()
    applicability: str = "safe"
    when: When | None = None
    examples: tuple[Example, ...] = ()
    fine: tuple[tuple[str, int], ...] = ()
    source: str = ""
    families: tuple[str, ...] = ()
    extend: bool = False
    note: str = ""
    field: str = ""
    file: str = ""
    line: int = 0
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    layer: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """What makes two entries the same concept: canonical term and part of speech."""
        return self.canonical.casefold(), self.pos

    @property
    def place(self) -> str:
        """``file:line``."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class GlossaryFile:
    """One file, read.

    Args:
        path: As the user knows it.
        field: Field of medicine.
        title: What editors call the field.
        concepts: Its entries.
        off: Canonical terms of underlying glossaries that it switches off.
        words: Shared synonyms.
    """

    path: str
    field: str
    title: str
    concepts: tuple[Concept, ...]
    off: tuple[str, ...] = ()
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()
