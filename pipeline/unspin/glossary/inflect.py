"""English inflection as far as terms need it: plurals, verb forms, a or an, capitals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from unspin.resources import data_path

#: Inflections that `inflections` yields: base form, plural, third person, past (participle where
#: the verb has one form for both), participle only, -ing.
BASE, PLURAL, THIRD, PAST, PARTICIPLE, ING = "", "pl", "s", "ed", "pp", "ing"


@lru_cache(maxsize=1)
def english() -> dict[str, Any]:
    """The word lists in ``data/english.yaml``; lists come as frozen sets."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every scalar is a string: "no", "on"
    data = yaml.load(data_path("english.yaml").read_text(encoding="utf-8"), Loader=loader)
    return {k: frozenset(v) if isinstance(v, list) else v for k, v in data.items()}


#: "rewrite", "overeat", "undo", "outgrow" go as the verbs in them.
_PREFIXES = ("re", "over", "out", "un")
_VOWELS = "aeiou"
_CVC = re.compile(r"^[^aeiou]*(?:qu)?[aeiou][^aeiouwxy]$")
_JOINING = ("and", "or")
#: Words that begin what follows a head, besides prepositions: "diet rich in fiber", and what
#: spinning programs write for "of".
_AFTER_HEADS = frozenset({"rich", "associated", "concerning", "regarding", "within", "towards"})
#: Words that do so before a determiner, and are adjectives elsewhere: "the inside lining".
_PLACES = frozenset({"behind", "beneath", "inside", "outside", "through", "underneath"})
_DETERMINERS = frozenset({"a", "an", "the", "your"})
#: Two verbs, the first with a particle at most: "eat and drink", "warm up and cool down".
_TWO_VERBS = re.compile(
    r"(?P<first>\S+)(?P<gap>(?: (?:up|down|off|out|right|well))? (?:and|or) )"
    r"(?P<second>\S+)(?P<rest>.*)"
)
#: Words before a verb that stay as they are: "also help", "really feel tired".
_LEADING_ADVERB = re.compile(r"(?P<adverb>\w+ly|also|often|always|never) (?P<verb>\w.*)")


def plural(noun: str) -> str:
    """The plural of one word: ``study`` -> ``studies``; mass words stay."""
    low = noun.lower()
    irregular = english()["plurals"].get(low)
    if irregular:
        new: str = irregular
    elif low.endswith(("woman", "policeman")) or low in ("gentleman", "layman", "freshman"):
        new = low[:-3] + "men"
    elif low.endswith("wife"):  # "midwife"
        new = low[:-2] + "ves"
    elif low.endswith("itis") or is_plural(low):
        return noun
    elif low.endswith("sis") and len(low) > 4:
        new = low[:-2] + "es"
    elif low.endswith(("s", "x", "z", "ch", "sh")):
        new = low + ("s" if low.endswith("omach") else "es")
    elif low.endswith("y") and len(low) > 1 and low[-2] not in _VOWELS:
        new = low[:-1] + "ies"
    else:
        new = low + "s"
    if noun.isupper() and len(noun) > 1:
        return noun + ("es" if new.endswith("es") and not low.endswith("e") else "s")
    return noun[0] + new[1:] if noun[0].isupper() and new[:1] == low[:1] else new


@lru_cache(maxsize=1)
def _irregular_plurals() -> frozenset[str]:
    """Plurals without -s, such as "feet" and "men"; mass words are none."""
    return frozenset(many for one, many in english()["plurals"].items() if many != one)


def is_plural(noun: str) -> bool:
    """Whether a word looks like a plural: "cells", "teeth", but not "lens" or "virus"."""
    low = noun.lower()
    if low in english()["plurals"]:
        return False
    if low in _irregular_plurals() or low.endswith("women"):
        return True
    return len(low) > 3 and low.endswith("s") and low[-2] not in "suiao'"


def is_plural_phrase(phrase: str) -> bool:
    """Whether a noun phrase is a plural: its head looks like one, or is spun for one.

    "most cancers" stands for "cancer", and "symptomatology" for "symptoms".
    """
    low = phrase.lower()
    if low.endswith(tuple(english()["written_for_singular"])):
        return False
    head = _head(low)[1]
    return head in english()["written_for_plural"] or is_plural(head)


def _head(phrase: str) -> tuple[int, str]:
    """Index and text of the last word before the first preposition."""
    words = phrase.split(" ")
    low = [w.lower() for w in words]
    end = next((i for i in range(1, len(low)) if _ends_head(low, i)), len(words))
    return end - 1, words[end - 1]


def _ends_head(words: list[str], at: int) -> bool:
    """Whether what follows the head of a noun phrase begins with a word."""
    if words[at] in english()["prepositions"] or words[at] in _AFTER_HEADS:
        return True
    return words[at] in _PLACES and not _DETERMINERS.isdisjoint(words[at + 1 : at + 2])


def plural_phrase(phrase: str) -> str:
    """The plural of a noun phrase: of its head, the last word before the first preposition.

    Of two heads both: "doctors or nurses". Where more words follow ("hip or knee replacement"),
    only the last is a head.
    """
    words = phrase.split(" ")
    at, head = _head(phrase)
    words[at] = plural(head)
    if at > 1 and words[at - 1].lower() in _JOINING:
        words[at - 2] = plural(words[at - 2])
    return " ".join(words)


def _suffixed(verb: str, suffix: str) -> str:
    """A verb with -ed or -ing."""
    if verb.endswith("ie") and suffix == "ing":
        return verb[:-2] + "ying"
    if verb.endswith("e") and (suffix == "ed" or not verb.endswith(("ee", "oe", "ye"))):
        return verb[:-1] + suffix
    if verb.endswith("y") and suffix == "ed" and len(verb) > 1 and verb[-2] not in _VOWELS:
        return verb[:-1] + "ied"
    if verb.endswith("c"):
        return verb + "k" + suffix
    if verb in english()["doubling"] or _CVC.match(verb):
        return verb + verb[-1] + suffix
    return verb + suffix


@lru_cache(maxsize=4096)
def verb_forms(verb: str) -> tuple[str, str, str, str]:
    """Third person, past, participle and -ing form of a verb in its base form."""
    if verb == "be":
        return "is", "was", "been", "being"
    if verb == "have":
        return "has", "had", "had", "having"
    irregular = english()["verbs"]
    stem = verb
    if verb not in irregular:
        stem = next((verb[len(p) :] for p in _PREFIXES if verb.startswith(p)), verb)
    if stem in irregular:
        prefix = verb[: len(verb) - len(stem)]
        past, participle = (prefix + form for form in irregular[stem])
    else:
        past = participle = _suffixed(verb, "ed")
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        third = verb + "es"
    elif verb.endswith("y") and len(verb) > 1 and verb[-2] not in _VOWELS:
        third = verb[:-1] + "ies"
    else:
        third = verb + "s"
    return third, past, participle, _suffixed(verb, "ing")


def _conjugations(phrase: str) -> tuple[str, str, str, str]:
    """Third person, past, participle and -ing form of a verb phrase in its base form.

    Where two verbs share what follows, both change: "eats and drinks". An adverb before the verb
    does not: "also helps".
    """
    led = _LEADING_ADVERB.fullmatch(phrase)
    if led and led["adverb"].lower() not in english()["verbs_in_ly"]:
        third, past, participle, ing = (
            f"{led['adverb']} {form}" for form in _conjugations(led["verb"])
        )
        return third, past, participle, ing
    both = _TWO_VERBS.fullmatch(phrase)
    if both is None:
        verb, gap, rest = phrase.partition(" ")
        third, past, participle, ing = (form + gap + rest for form in verb_forms(verb.lower()))
    else:
        second = both["second"]
        seconds = (second,) * 4 if second.endswith("ing") else verb_forms(second.lower())
        third, past, participle, ing = (
            first + both["gap"] + other + both["rest"]
            for first, other in zip(verb_forms(both["first"].lower()), seconds, strict=True)
        )
    return third, past, participle, ing


def inflections(phrase: str, pos: str, number: str) -> Iterator[tuple[str, str]]:
    """A phrase with its inflections.

    Args:
        phrase: Singular or base form.
        pos: Part of speech; only nouns and verbs inflect.
        number: ``both`` or ``invariant``, for nouns.

    Yields:
        ``(form, inflection)``; `PAST` alone where past and participle are one form.
    """
    yield phrase, BASE
    if pos == "noun" and number == "both":
        many = plural_phrase(phrase)
        if many != phrase:
            yield many, PLURAL
    elif pos == "verb":
        seen = {phrase}
        names = (THIRD, PAST, PARTICIPLE, ING)
        for form, inflection in zip(_conjugations(phrase), names, strict=True):
            if form not in seen:
                seen.add(form)
                yield form, inflection


def inflect(phrase: str, pos: str, number: str, inflection: str) -> str:
    """A canonical term in the inflection of the form that it replaces."""
    if inflection == BASE:
        return phrase
    if pos == "noun":
        return plural_phrase(phrase) if number == "both" else phrase
    forms = dict(zip((THIRD, PAST, PARTICIPLE, ING), _conjugations(phrase), strict=True))
    new = forms[inflection]
    return new[0].upper() + new[1:] if phrase[0].isupper() else new


_AN = re.compile(r"(?:hour|honest|honou?r|heir|[aeiou])", re.IGNORECASE)
#: Vowel letters that sound like "you" or "one".
_A = re.compile(
    r"(?:uni(?!n|m|den)|us(?:[ae]|u(?!r))|u(?:r[aeio]|t[eio]|v|biq|k)|eu|ewe|one(?!\w)|once|ufo)",
    re.IGNORECASE,
)
_LETTERS_AN = frozenset("AEFHILMNORSX")
#: Abbreviations that are spoken as words; all others are spelt out.
_SPOKEN = frozenset(
    {"SARS", "MERS", "LASIK", "NICU", "SIDS", "FAST", "RICE", "HIPAA", "NICE", "HER2", "HEPA"}
)
#: A small letter, or H with one, before a capital is said by its name: "mRNA", "eGFR", "HbA1c".
_LETTER_FIRST = re.compile(r"[a-z][A-Z]|Hb[A-Z]")


def indefinite(following: str) -> str:
    """``a`` or ``an``, by the sound with which `following` begins."""
    match = re.match(r"[^\w]*([\w'-]+)", following)
    if not match:
        return "a"
    word = match[1]
    if word[0].isdigit():
        return "an" if re.match(r"8|11(?!\d)|18(?!\d)", word) else "a"
    head = word.split("-")[0]
    if head.isupper() and head not in _SPOKEN:
        return "an" if head[0] in _LETTERS_AN else "a"
    if _LETTER_FIRST.match(head):
        return "an" if head[0].upper() in _LETTERS_AN else "a"
    return "an" if _AN.match(word) and not _A.match(word) else "a"


def title_case(phrase: str) -> str:
    """Each word but small ones with a capital: ``loss of Appetite`` -> ``Loss of Appetite``."""
    words = phrase.split(" ")
    return " ".join(
        w
        if i and w.lower() in english()["small_words"]
        else "-".join(capital(p) for p in w.split("-", 1)[:1]) + w[len(w.split("-", 1)[0]) :]
        for i, w in enumerate(words)
    )


def capital(phrase: str) -> str:
    """The phrase with its first letter as a capital."""
    return phrase[:1].upper() + phrase[1:]
