"""Whether a phrase tells its reader something: then it is no mere keyword phrase.

A search phrase names a thing ("Best Knee Brace Running"). What instructs, warns, forbids, states
an amount or reads like a sentence may be meant, whatever its capitals and however often it stands
there, so the rules KS001-KS003 never remove it unasked. In doubt a phrase tells something.
"""

from __future__ import annotations

import re

from unspin import guard
from unspin.rules.text import word_lists

_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
#: Numbers that are no amounts: a year, "10 best ...", and the type of a disease.
_NAMING_NUMBERS = re.compile(
    r"\b20[12]\d\b"
    r"|\b\d{1,2} (?=(?:best|top|ways|tips|tricks|hacks|reasons|facts|remedies|secrets)\b)"
    r"|\b(?:top|best) \d{1,2}\b|\btype [12]\b"
)
_NUMBER = re.compile(r"(?<![^\W_])\d|[%°]")
#: "How to avoid ..." names what a page is about; it forbids nothing.
_TO_AVOID = re.compile(r"\bto (?:avoid|stop|prevent)\b")
#: "Foods that reduce ...", "how to reduce ...": the verb is no statement of the phrase.
_RELATIVE = frozenset({"to", "that", "which", "who"})


def _words(name: str) -> frozenset[str]:
    found: frozenset[str] = word_lists("stuffing")[name]
    return found


def tells_something(phrase: str) -> bool:
    """Tell whether a phrase instructs, warns, forbids, states an amount, or is a plain sentence.

    Args:
        phrase: A title, or words that stand like a sentence; its capitals do not matter.
    """
    low = " ".join(phrase.lower().replace("’", "'").split())
    words = _WORD.findall(low)
    if not words or _states_facts(low, words):
        return bool(words)
    if _asks(low, words):
        return False
    return _instructs(low, words) or _is_clause(low, words)


def _states_facts(low: str, words: list[str]) -> bool:
    """Numbers, units, drugs, negations and words of danger."""
    rest = _NAMING_NUMBERS.sub(" ", low)
    if _NUMBER.search(rest) or _words("drugs").intersection(words):
        return True
    facts = guard.facts(_TO_AVOID.sub("to", rest))
    if "negation" in facts or any(f.startswith(("number:", "unit:", "drug:")) for f in facts):
        return True
    return bool(_words("danger_words").union(_words("dose_words")).intersection(words))


def _asks(low: str, words: list[str]) -> bool:
    """Questions and headings of search pages ("how to ...", "things to ..."): no statements."""
    first, second = words[0], words[1] if len(words) > 1 else ""
    if low.endswith("?"):
        return True
    if first in _words("question_words"):
        # "When pregnant, rest more" asks nothing.
        return first not in ("when", "where") or second in _words("after_question_words")
    if first in _words("question_verbs"):  # "Can cause drowsiness" has no subject: no question
        return bool(second) and second not in _words("verbs")
    if first == "do":
        return second in _words("pronouns")
    return any(low.startswith(s + " ") for s in _words("heading_starts"))


def _instructs(low: str, words: list[str]) -> bool:
    first, second, last = words[0], words[1] if len(words) > 1 else "", words[-1]
    adverb = last in _words("adverbs") or (last.endswith("ly") and last not in _words("ly_nouns"))
    # "Chew food slowly"; "knee pain relief naturally" is what people search for.
    if adverb and last not in _words("search_words"):
        return True
    if any(low.startswith(s + " ") for s in _words("noun_beginnings")):
        return False
    if first in _words("instructing_starts") or (first, second) == ("top", "up"):
        return True
    if first in _words("imperatives"):
        # "Rest pain of the foot", "use of ice": nouns by what follows.
        return first not in _words("imperative_nouns") or second not in _words("after_nouns")
    if second in _words("objects") and first not in _words("function_words"):
        return True
    if _words("pronouns").intersection(words):
        known = _words("common_words") | _words("search_words")
        return first not in known  # "Pain in your back" names, "squeeze it" instructs
    return False


def _is_clause(low: str, words: list[str]) -> bool:
    """Whether a finite verb, or an imperative, stands after the first word."""
    if ", " in low and any(f", {w} " in low for w in _words("imperatives")):
        return True
    nouns = _words("after_noun_verbs") | _words("search_words") | {""}
    for i, word in enumerate(words[1:], 1):
        if words[i - 1] in _RELATIVE:
            continue
        if word in _words("finite_verbs"):
            return True
        following = words[i + 1] if i + 1 < len(words) else ""
        named = f"{word} {following}" in _words("noun_beginnings")
        if word in _words("noun_verbs") and following not in nouns and not named:
            return True
    return False


__all__ = ["tells_something"]
