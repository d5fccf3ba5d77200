"""What stands in the place of a form: capitals, number, a or an, spelling of its surroundings."""

from __future__ import annotations

import re

from unspin.glossary.inflect import (
    BASE,
    PARTICIPLE,
    PAST,
    PLURAL,
    capital,
    english,
    indefinite,
    inflect,
    title_case,
)

_ARTICLE = re.compile(r"(?<![\w'’-])([Aa][Nn]?)\s+$")
#: What only plurals stand behind; behind "both" and numbers ("stage four") others may.
_SEVERAL = re.compile(
    r"\b(?:these|those|many|several|few|numerous|multiple|various)\s+$", re.IGNORECASE
)
_PLURAL_VERB = re.compile(r"\s+(?:are|were|have)\b")
_ADVERB = re.compile(r"(?:\w+ly|often|also|not|never|always|already|ever|just)$", re.IGNORECASE)
_SENTENCE_START = re.compile(r"(?:^|[.!?…][\"”’')\]]*\s+|\n\s*|^\W+|[:]\s+[\"“‘]?)$")
_WORD = re.compile(r"[^\W\d_][\w'’]*")
#: Code points of context that decide about capitals, tense and article.
_CONTEXT = 60


def replace_form(
    text: str,
    start: int,
    end: int,
    canonical: str,
    *,
    pos: str = "noun",
    number: str = "both",
    inflection: str = BASE,
    listed: str = "",
) -> tuple[int, int, str]:
    """The replacement of a form.

    Args:
        text: The prose.
        start: Start of the form in `text`.
        end: End of the form in `text`.
        canonical: What to write: singular or base form.
        pos: Part of speech of the concept.
        number: ``both`` or ``invariant``.
        inflection: Inflection of the form found.
        listed: The form as the glossary writes it, with its capitals.

    Returns:
        Start, end and new text; the span reaches to an article before or after where that must
        change with it.
    """
    if inflection == PAST and _is_participle(text, start):
        inflection = PARTICIPLE
    elif inflection == PLURAL and _ARTICLE.search(text[max(0, start - _CONTEXT) : start]):
        inflection = BASE  # programs put a plural for a singular: "a heart rhythm troubles"
    elif inflection == BASE and pos == "noun" and _is_many(text, start, end):
        inflection = PLURAL  # and drop endings: "these kidney rock", "Kidney rock are"
    new = inflect(canonical, pos, number, inflection)
    return mended_articles(text, start, end, _capitals(text, start, end, new, listed), new)


def _is_many(text: str, start: int, end: int) -> bool:
    """Whether the words around a singular ask for a plural."""
    if _SEVERAL.search(text[max(0, start - _CONTEXT) : start]):
        return True
    return (
        sentence_start(text, start) and _PLURAL_VERB.match(text[end : end + _CONTEXT]) is not None
    )


def _is_participle(text: str, start: int) -> bool:
    words = re.findall(r"['’]?\w+", text[max(0, start - _CONTEXT) : start])
    while words and _ADVERB.fullmatch(words[-1]):
        words.pop()
    return bool(words) and words[-1].lower().replace("’", "'") in english()["perfect"]


def sentence_start(text: str, start: int) -> bool:
    """Whether a sentence, line or block begins at `start`."""
    return _SENTENCE_START.search(text[max(0, start - 8) : start]) is not None or start == 0


def _capitals(text: str, start: int, end: int, new: str, listed: str) -> str:
    """Gives `new` the capitals of what it replaces."""
    old = text[start:end]
    letters = [c for c in old if c.isalpha()]
    if not letters:
        return new
    if len(letters) > 3 and all(c.isupper() for c in letters) and not listed.isupper():
        return new.upper()
    words = [w for w in _WORD.findall(old) if w.lower() not in english()["small_words"]]
    big = sum(w[0].isupper() for w in words)
    own = sum(
        w[0].isupper() for w in _WORD.findall(listed) if w.lower() not in english()["small_words"]
    )
    more = big - own  # than the glossary writes: "Adults World Health Organization" has one
    if big == len(words) and more > 0 and (more > 1 or _titled(text, start, end)):
        return title_case(new)
    if not old[:1].isupper():
        return new
    if sentence_start(text, start):
        return capital(new)
    # "adults with Type II diabetes": one capital in mid-sentence is a habit, not a name.
    inside = len(words) > 1 and re.search(r"[^\W_],?[ \u00a0]$", text[max(0, start - 3) : start])
    return new if inside or listed[:1].isupper() else capital(new)


def _titled(text: str, start: int, end: int) -> bool:
    """Whether a neighbour word shows that the line is written with capitals."""
    before = re.search(r"([^\W\d_]\w*)[ \u00a0]$", text[max(0, start - _CONTEXT) : start])
    after = re.match(r"[ \u00a0]([^\W\d_]\w*)", text[end : end + _CONTEXT])
    for match in (before, after):
        if match and match[1].lower() not in english()["small_words"]:
            at_start = match is before and sentence_start(
                text, max(0, start - _CONTEXT) + match.start(1)
            )
            if not at_start:
                return match[1][0].isupper()
    return False


def mended_articles(text: str, start: int, end: int, new: str, sound: str) -> tuple[int, int, str]:
    """Mends a or an before a replacement, and one with which it ends.

    Args:
        text: The text.
        start: Of what is replaced.
        end: After it.
        new: The replacement.
        sound: The replacement before it took over capitals: "HEART" is no abbreviation.

    Returns:
        Start, end and replacement; one before it that must change is part of them.
    """
    if not new:
        return start, end, new
    last = re.search(r"(?<![\w-])(an?)$", new, re.IGNORECASE)
    follows = re.match(r"\s+(\w.*)", text[end : end + _CONTEXT], re.DOTALL)
    if last and follows and not sound.endswith("A"):  # "hepatitis A" ends with a letter
        right = indefinite(follows[1])
        if right != last[1].lower():
            new = new[: last.start()] + (capital(right) if last[1][0].isupper() else right)
    before = _ARTICLE.search(text[max(0, start - _CONTEXT) : start])
    if before and not re.match(r"an?(?!\w)", new, re.IGNORECASE):
        right = indefinite(sound)
        letter = before[1] == "A" and not sentence_start(text, start - len(before[0]))
        if right != before[1].lower() and not letter:  # "hepatitis A" holds a letter
            length = len(before[0])
            if before[1].isupper() and len(before[1]) > 1:
                right = right.upper()
            elif before[1][0].isupper():
                right = capital(right)
            gap = before[0][len(before[1]) :]
            return start - length, end, right + gap + new
    return start, end, new
