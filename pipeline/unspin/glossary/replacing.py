"""What stands in the place of a form: capitals, number, a or an, spelling of its surroundings."""

from __future__ import annotations

import re

from unspin.glossary.inflect import (
    BASE,
    ING,
    PARTICIPLE,
    PAST,
    PLURAL,
    capital,
    english,
    indefinite,
    inflect,
    is_plural,
    title_case,
)

_ARTICLE = re.compile(r"(?<![\w'’-])([Aa][Nn]?)\s+$")
#: What only plurals stand behind; behind "both" and numbers ("stage four") others may.
_SEVERAL = re.compile(
    r"\b(?:these|those|many|several|few|numerous|multiple|various|number\s+of"
    r"|one\s+of\s+(?:the|these|those|my|your|his|her|its|our|their)"
    r"(?:\s+(?:main|major|key|common|important|most\s+\w+|\w+est))?)\s+$",
    re.IGNORECASE,
)
#: What only singulars stand behind.
_SINGLE = re.compile(r"\b(?:each|every|another)\s+$", re.IGNORECASE)
#: What may stand before the subject with which a sentence begins, and before a plural one alone.
_DETERMINER = re.compile(r"\b(?:the|my|your|his|her|its|our|their)\s+$", re.IGNORECASE)
_AMOUNT = re.compile(
    r"\b(?:both|some|most|all|no|two|three|four|five|six|seven|eight|nine|ten)\s+$", re.IGNORECASE
)
_PLURAL_VERB = re.compile(r"\s+(?:are|were|have)\b")
_SINGULAR_VERB = re.compile(r"\s+(?:is|was|has)\b")
_NEXT_WORD = re.compile(r"\s+([^\W\d_][\w-]*)")
_ADVERB = r"(?:\w+ly|often|also|not|never|always|already|ever|just)"
_ADVERBS = rf"(?:{_ADVERB}\s+)*"
_HAVE = re.compile(rf"(?:\b(?:have|has|had)|['’]ve)\s+{_ADVERBS}$", re.IGNORECASE)
_MODAL = re.compile(
    r"(?<!\bthe )(?<!\ba )(?:\b(?:can|cannot|could|may|might|must|shall|should|will|would)"
    rf"|(?:\b[Dd](?:o|oes|id)|\b[Cc](?:a|ould)|\b[Ww](?:o|ould)|\b[Ss]hould)n['’]t)\s+{_ADVERBS}$"
)
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
    attributive: bool = False,
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
        attributive: Whether a noun phrase that the glossary knows follows at once.

    Returns:
        Start, end and new text; the span reaches to an article before or after where that must
        change with it.
    """
    before, after = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
    if pos == "verb":
        inflection = _verb_form(before, inflection)
    elif pos == "noun" and (_SINGLE.search(before) or _article(text, start)):
        inflection = BASE  # programs put a plural for a singular: "a heart rhythm troubles"
    elif pos == "noun" and not (attributive or _is_attributive(after)):
        inflection = _number(text, start, end, inflection)
    new = inflect(canonical, pos, number, inflection)
    if attributive and new in english()["joined_before_nouns"]:
        new = new.replace(" ", "-")  # "early-stage breast cancer"
    return mended_articles(text, start, end, _capitals(text, start, end, new, listed), new)


def _verb_form(before: str, inflection: str) -> str:
    """The inflection that the words before a verb ask for, where a program put another."""
    if inflection == BASE:
        return PARTICIPLE if _HAVE.search(before) else BASE  # "she has misplace weight"
    if inflection != ING and _MODAL.search(before):
        return BASE  # "it can motives pain"
    return PARTICIPLE if inflection == PAST and _is_participle(before) else inflection


def _number(text: str, start: int, end: int, inflection: str) -> str:
    """The number that the words around a noun ask for: programs drop and add plural endings."""
    before, after = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
    determiner = _DETERMINER.search(before)
    leading = determiner or _AMOUNT.search(before)
    opens = sentence_start(text, start - len(leading[0]) if leading else start)
    if inflection == BASE:  # "these kidney rock", "one of the kidney rock", "Kidney rock are"
        many = _SEVERAL.search(before) or (opens and _PLURAL_VERB.match(after))
        return PLURAL if many else BASE
    # "The kidney rocks was": without a determiner a single stone could not stand there
    return BASE if opens and determiner and _SINGULAR_VERB.match(after) else inflection


def _is_attributive(after: str) -> bool:
    """Whether a plural follows, to which a noun belongs: "these kidney rock patients"."""
    follows = _NEXT_WORD.match(after)
    word = follows[1].lower() if follows else ""
    return word == "people" or (is_plural(word) and word not in english()["no_plurals"])


def _is_participle(before: str) -> bool:
    words = re.findall(r"['’]?\w+", before)
    while words and re.fullmatch(_ADVERB, words[-1], re.IGNORECASE):
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


def _article(text: str, start: int) -> re.Match[str] | None:
    """An a or an right before `start`; "hepatitis A" holds a letter."""
    before = _ARTICLE.search(text[max(0, start - _CONTEXT) : start])
    letter = before and before[1] == "A" and not sentence_start(text, start - len(before[0]))
    return None if letter else before


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
    before = _article(text, start)
    if before and not re.match(r"an?(?!\w)", new, re.IGNORECASE):
        right = indefinite(sound)
        if right != before[1].lower():
            length = len(before[0])
            if before[1].isupper() and len(before[1]) > 1:
                right = right.upper()
            elif before[1][0].isupper():
                right = capital(right)
            gap = before[0][len(before[1]) :]
            return start - length, end, right + gap + new
    return start, end, new
