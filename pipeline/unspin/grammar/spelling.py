"""Which of the words that LanguageTool cannot spell are misspelled.

LanguageTool knows general English. On medical text most of what it cannot spell is right: names,
codes, rare terms. What is left after our word lists is believed to be a misspelling only where it
looks like one: a common word with one slip of the finger, or two words run together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from unspin.edits import shared_start
from unspin.grammar.ruleset import fold

#: Names, codes, abbreviations and units are spelled as their makers like, and a short word is one
#: edit away from another by chance.
_PLAIN_WORD = re.compile(r"[a-z]{5,}")
#: Right beside a word these make it part of an address, a formula or a compound.
_GLUE = re.compile(r"[/@#_\\=+*^~<>&\-–‑0-9]")
#: A dot or colon inside a name, such as of a site; at the end of a sentence it is none.
_INNER = re.compile(r"[.:]\w")
#: Two words run together are seldom LanguageTool's first suggestion, and never a late one.
_GUESSES = 3
#: One of these stands in nearly every pair of words that lost the space between them.
_RUN_TOGETHER = frozenset([
    "a", "about", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "even", "for",
    "from", "had", "has", "have", "if", "in", "into", "is", "it", "its", "may", "not", "of", "on",
    "one", "or", "other", "our", "such", "than", "that", "the", "their", "these", "they", "this",
    "to", "was", "we", "were", "when", "which", "who", "will", "with", "you", "your",
])  # fmt: skip
#: American and British spellings of one word fold to the same letters.
_VARIANTS = (
    (re.compile("ae|oe"), "e"),
    (re.compile("is(?=e|ing|ation|able)"), "iz"),
    (re.compile("ys(?=e|ing)"), "yz"),
    (re.compile("our"), "or"),
    (re.compile("tre(?=s?$)"), "ter"),
    (re.compile("ogue"), "og"),
    (re.compile("ll"), "l"),
)


def is_misspelling(
    text: str, start: int, end: int, suggestions: Sequence[str], known: Sequence[Collection[str]]
) -> bool:
    """Whether a word that LanguageTool cannot spell is a misspelling.

    Args:
        text: The text it stands in.
        start: Offset of the word.
        end: Offset after it.
        suggestions: LanguageTool's, best first.
        known: Collections of folded words that are spelled right.
    """
    word = text[start:end]
    if not _PLAIN_WORD.fullmatch(word) or _in_compound(text, start, end):
        return False
    if any(form in words for form in _base_forms(fold(word)) for words in known):
        return False
    if any(_is_variant(word, guess) for guess in suggestions):
        return False
    if any(_is_run_together(word, guess) for guess in suggestions[:_GUESSES]):
        return True
    return any(_is_slip(word, guess) for guess in suggestions[:1])


def _in_compound(text: str, start: int, end: int) -> bool:
    before = text[start - 1 : start] if start else ""
    return bool(
        _GLUE.match(before)
        or before in (".", ":")
        or _GLUE.match(text, end)
        or _INNER.match(text, end)
    )


def _base_forms(word: str) -> Iterator[str]:
    """The word, and what it is a plural or genitive of."""
    yield word
    if word.endswith("ss"):
        return
    for ending, base in (("'s", ""), ("s", ""), ("es", ""), ("ies", "y"), ("ae", "a")):
        if word.endswith(ending):
            yield word[: -len(ending)] + base


def _is_variant(word: str, guess: str) -> bool:
    """Whether the two are one word in American and British spelling, or its plural."""
    return guess in _base_forms(word) or _americanised(word) == _americanised(guess)


def _americanised(word: str) -> str:
    for pattern, letters in _VARIANTS:
        word = pattern.sub(letters, word)
    return word


def _is_run_together(word: str, guess: str) -> bool:
    parts = guess.split(" ")
    return len(parts) == 2 and "".join(parts) == word and not _RUN_TOGETHER.isdisjoint(parts)


def _is_slip(word: str, guess: str) -> bool:
    """Whether one letter dropped, added, replaced or swapped makes `guess` of `word`.

    The first letter is hardly ever the wrong one (Yannakoudakis & Fawthrop 1983, "The rules of
    spelling errors"): where it differs, the two are more often different words.
    """
    if word[0] != guess[:1] or not _PLAIN_WORD.fullmatch(guess) or abs(len(word) - len(guess)) > 1:
        return False
    start = shared_start(word, guess)
    a, b = word[start:], guess[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[1::-1] + a[2:] == b and len(a) > 1)
