"""Templates to forms: ``{a|b} c`` becomes ``a c`` and ``b c``; forms get their inflections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from unspin.glossary.concept import Concept
from unspin.glossary.inflect import PLURAL, inflections, is_plural_phrase
from unspin.glossary.shadow import fold
from unspin.glossary.spelling import variants as spelling_variants

_LIST = re.compile(r"\{@([\w-]+)\}")
_CHOICE = re.compile(r"\{([^{}]*)\}")

#: More than this from one template is multiplication for its own sake.
MAX_OPTIONS = 5000


class TemplateError(ValueError):
    """A template cannot be read."""


def options(template: str, words: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The phrases that a template stands for, white space folded, case as written.

    Args:
        template: ``{a|b}`` is a choice, ``{a|}`` may be absent, ``{@list}`` a list of `words`;
            choices may stand inside choices.
        words: Named lists.

    Raises:
        TemplateError: Unbalanced braces, an unknown list, or more than `MAX_OPTIONS` phrases.
    """

    def listed(match: re.Match[str]) -> str:
        if match[1] not in words:
            raise TemplateError(f"there is no list {match[1]!r} under words")
        return "{" + "|".join(words[match[1]]) + "}"

    flat = _LIST.sub(listed, template)
    if "|" in flat and "{" not in flat:
        raise TemplateError(f"a | stands outside braces in {template!r}")
    phrases = [flat]
    while any("{" in p for p in phrases):  # the innermost braces first
        phrases = list(dict.fromkeys(n for p in phrases for n in _one_choice(p, template)))
        if len(phrases) > MAX_OPTIONS:
            raise TemplateError(f"{template!r} stands for more than {MAX_OPTIONS} forms")
    for phrase in phrases:
        if "}" in phrase:
            raise TemplateError(f"braces do not match in {template!r}")
        if "|" in phrase:
            raise TemplateError(f"a | stands outside braces in {template!r}")
        yield " ".join(phrase.split())


def _one_choice(phrase: str, template: str) -> list[str]:
    """The phrases that the first innermost choice of `phrase` makes of it."""
    match = _CHOICE.search(phrase)
    if match is None:
        raise TemplateError(f"braces do not match in {template!r}")
    left, right = phrase[: match.start()], phrase[match.end() :]
    return [f"{left}{word}{right}" for word in match[1].split("|")]


def forms_of(phrase: str, concept: Concept) -> Iterator[tuple[str, str]]:
    """A phrase with its inflections and spellings.

    Args:
        phrase: As written in the file.
        concept: What it belongs to: part of speech and number decide.

    Yields:
        ``(form, inflection)``: the form folded as the shadow is; the inflection as in
        `inflect.inflections`.
    """
    found = inflections(phrase, concept.pos, concept.number)
    if concept.pos == "noun" and phrase != concept.canonical and is_plural_phrase(phrase):
        found = iter([(phrase, PLURAL)])  # "undifferentiated cells" stands for "stem cells"
    for form, inflection in found:
        for spelt in spelling_variants(fold(form)):
            yield spelt, inflection
