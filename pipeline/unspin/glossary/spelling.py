"""American and British spelling: forms are found in both, replacements follow the article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from unspin.resources import data_path

_WORD = re.compile(r"[a-z]+")
#: A course of action is a British programme, software is a program.
_PROGRAM = re.compile(r"(?<!computer )(?<!software )\b(program)(s?)\b", re.IGNORECASE)
_PROGRAMME = re.compile(r"\b(program)me(s?)\b", re.IGNORECASE)
#: Code points read to tell the spelling of a text: more than any article has.
_SPELLING_SAMPLE = 200_000


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], dict[str, str]]:
    """American to British and British to American words, from ``data/spelling.tsv``."""
    lines = data_path("spelling.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {p[0]: p[1] for p in pairs}, {uk: us for us, uk in pairs}


def variants(folded: str) -> Iterator[str]:
    """A folded phrase, and the same phrase all in American and all in British spelling."""
    yield folded
    words = _WORD.findall(folded)
    for table in _tables():
        if table.keys().isdisjoint(words):  # nearly always, and there are half a million phrases
            continue
        other = _WORD.sub(lambda m, t=table: t.get(m[0], m[0]), folded)  # type: ignore[misc]
        if other != folded:
            yield other


def is_british(folded: str) -> bool | None:
    """Whether a text spells the British way; None where it says nothing or as much of both.

    Words that are spelt one way or the other are counted once each: a name may come back often.
    Only where there are as many of both, how often they stand decides.

    Args:
        folded: The text's shadow.
    """
    american, british = _tables()
    words = Counter(_WORD.findall(folded, 0, _SPELLING_SAMPLE))
    uk, us = ([n for w, n in words.items() if w in table] for table in (british, american))
    if len(uk) != len(us):
        return len(uk) > len(us)
    return None if sum(uk) == sum(us) else sum(uk) > sum(us)


def is_british_beside(folded: str, spun: Iterable[tuple[int, int]]) -> bool | None:
    """How an author spells: spun wording, a program's, is asked only where nothing else says.

    Args:
        folded: The text, folded.
        spun: Start and end of spun wording in it.
    """
    own, at = [], 0
    for start, end in sorted(spun):
        own.append(folded[at : max(at, start)])
        at = max(at, end)
    british = is_british(" ".join((*own, folded[at:])))
    return is_british(folded) if british is None else british


def has_variant(phrase: str) -> bool:
    """Whether a phrase holds a word that the two spell differently."""
    american, british = _tables()
    words = _WORD.findall(phrase.lower())
    return any(w in american or w in british or w.startswith("program") for w in words)


def respell(phrase: str, *, british: bool) -> str:
    """A phrase in British or American spelling; capitals are kept."""
    table = _tables()[0 if british else 1]

    def other(match: re.Match[str]) -> str:
        word = match[0]
        new = table.get(word.lower(), word)
        if word.isupper() and len(word) > 1:
            return new.upper()
        return new[0].upper() + new[1:] if word[0].isupper() else new

    found = re.sub(r"[A-Za-z]+", other, phrase)
    # Forms are found in one spelling: the glossary has entries for both.
    return _PROGRAM.sub(r"\1me\2", found) if british else _PROGRAMME.sub(r"\1\2", found)
