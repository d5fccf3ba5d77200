"""Conditions on the place of a form: what `when` in a glossary entry asks, answered."""

from __future__ import annotations

import re
from dataclasses import fields
from functools import lru_cache

from unspin.glossary.concept import When
from unspin.glossary.inflect import english
from unspin.glossary.shadow import Shadow

#: Words on each side of a form that `before` and `after` look at (the glossary's README).
REACH = 3

#: Code points on each side that are enough to hold `REACH` words and any listed phrase.
_WINDOW = 160

_TOKEN = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*")
_STOP = re.compile(r"[.!?;:](?=[\s\"')]|$)|\n")


def left_words(shadow: str, start: int) -> list[str]:
    """The words of the same sentence before `start`, at most those in a window."""
    left = shadow[max(0, start - _WINDOW) : start]
    cut = max((m.end() for m in _STOP.finditer(left) if not _abbreviation(left, m)), default=0)
    return _TOKEN.findall(left[cut:])


def right_words(shadow: str, end: int) -> list[str]:
    """The words of the same sentence after `end`, at most those in a window."""
    right = shadow[end : end + _WINDOW]
    for match in _STOP.finditer(right):
        if not _abbreviation(right, match):
            right = right[: match.start()]
            break
    return _TOKEN.findall(right)


def _abbreviation(text: str, stop: re.Match[str]) -> bool:
    """Whether a full stop belongs to "dr.", "e.g." and the like."""
    if stop[0] != ".":
        return False
    return bool(re.search(r"\b(?:dr|mr|mrs|ms|st|vs|etc|e\.g|i\.e|no|fig|[a-z])$",
                          text[: stop.start()]))  # fmt: skip


def _allows(
    words: list[str], needed: tuple[str, ...], excluded: tuple[str, ...], *, last: bool
) -> bool:
    """Whether one side of a form holds a phrase that must stand there, and none that must not."""
    if needed and not _holds_any(words, needed, last=last):
        return False
    return not _holds_any(words, excluded, last=last)


def _holds_any(words: list[str], phrases: tuple[str, ...], *, last: bool) -> bool:
    """Whether a phrase stands within `REACH` words of the form, on one side of it."""
    for phrase in phrases:
        wanted = _TOKEN.findall(phrase)
        if not wanted:
            continue
        reach = max(REACH, len(wanted))
        near = words[-reach:] if last else words[:reach]
        n = len(wanted)
        if any(near[i : i + n] == wanted for i in range(len(near) - n + 1)):
            return True
    return False


def holds(when: When | None, shadow: Shadow, start: int, end: int, *, spun: bool) -> bool:
    """Whether all conditions hold for the form at ``start..end``.

    Args:
        when: The conditions; None holds always.
        shadow: Shadow of the whole article.
        start: Start of the form in the shadow.
        end: End of the form in the shadow.
        spun: Whether other evidence shows that the article is spun.
    """
    if not when:
        return True
    if when.spun_article and not spun:
        return False
    text = shadow.text
    if when.before or when.not_before:
        left = left_words(text, start)
        if not _allows(left, when.before, when.not_before, last=True):
            return False
    if when.after or when.not_after:
        right = right_words(text, end)
        if not _allows(right, when.after, when.not_after, last=False):
            return False
    if when.not_verb and reads_as_verb(text, start):
        return False
    if (when.near or when.not_near) and not _near(when, text, start, end):
        return False
    if not all(any(_stands(a, text) for a in group) for group in when.article_has):
        return False
    return not any(_stands(phrase, text) for phrase in when.article_not)


def failing(when: When, shadow: Shadow, start: int, end: int) -> list[str]:
    """Names of the conditions that do not hold, in an article that looks spun."""
    names = [f.name for f in fields(When) if getattr(when, f.name)]
    return [
        name
        for name in names
        if not holds(When(**{name: getattr(when, name)}), shadow, start, end, spun=True)
    ]


def _near(when: When, text: str, start: int, end: int) -> bool:
    left = text.rfind("\n", 0, start) + 1
    right = text.find("\n", end)
    paragraph = text[left:start] + " \ufffc " + text[end : right if right >= 0 else len(text)]
    if when.near and not any(_stands(p, paragraph) for p in when.near):
        return False
    return not any(_stands(p, paragraph) for p in when.not_near)


@lru_cache(maxsize=2048)
def _phrase(phrase: str) -> re.Pattern[str]:
    pattern, _, within = phrase.partition("~")
    if within.isdecimal():
        return proximity(tuple(_TOKEN.findall(pattern)), int(within), across=True)
    body = re.escape(" ".join(pattern.split())).replace(r"\*", r"\w*")
    return re.compile(rf"(?<!\w){body}(?!\w)")


def _stands(phrase: str, shadow: str) -> bool:
    if "~" not in phrase and "*" not in phrase and phrase not in shadow:
        return False
    return _phrase(phrase).search(shadow) is not None


@lru_cache(maxsize=2048)
def proximity(words: tuple[str, ...], within: int, *, across: bool = False) -> re.Pattern[str]:
    """A pattern for words in any order with at most `within` other words among them.

    Only a condition on the article may reach across paragraphs; a form stands in one of them.

    The slop of a phrase query counts moved words; words in between are the bound that can be
    shown to an editor, and for two words the two are the same but for their order.
    """
    apart = r"\W" if across else r"[^\w\n\ufffc]"
    gap = rf"(?:{apart}+\w+){{0,{within}}}?{apart}+"
    some = "|".join(rf"{re.escape(w)}\b" for w in words)
    rest = "".join(rf"(?={re.escape(w)}\b|\w+{gap}{re.escape(w)}\b)" for w in words)
    return re.compile(rf"\b(?={some}){rest}\w+")


# --- verb or noun ----------------------------------------------------------------------------

#: Verbs whose object follows: "relieves reduced back pain" holds a noun phrase.
_TAKES_OBJECT = re.compile(
    r"(?:treat|reliev|eas|caus|experienc|suffer|develop|prevent|sooth|manag|alleviat|trigger|"
    r"worsen|aggravat|diagnos|describ|includ|involv|fight|combat|heal|cur|avoid|report|feel|face)"
    r"(?:e|s|es|ed|ing|ting)?"
)
_ADJECTIVE = re.compile(
    r"\w+(?:ic|al|ous|ive|able|ible|ful|less|ary|ular)|acute|severe|mild|common|recurrent|constant|"
    r"persistent|frequent|new|old|bad|worse|long-term|short-term|painful|intense|moderate|simple|"
    r"\d+"
)
_ADVERB = re.compile(r"\w+ly|often|sometimes|always|rarely|usually|also|not|never|then|thus")


def takes_object(word: str) -> bool:
    """Whether a word is a verb that has a complaint or a disease as its object."""
    return _TAKES_OBJECT.fullmatch(word) is not None


def reads_as_verb(shadow: str, start: int) -> bool:
    """Whether the word at `start` is used as a verb, judged from the words before it.

    "exercise reduced back pain" holds a verb, "exercises for reduced back pain" does not. Where
    the words before do not tell, the answer is that it is a verb: a fix must not be made then.
    """
    left = shadow[max(0, start - _WINDOW) : start].rstrip(" ")
    if not left or left[-1] in ".!?:;\n,(\"'\ufffc-":
        return False
    words = left_words(shadow, start)
    word = _TOKEN.match(shadow, start)
    first = word[0] if word else ""
    while len(words) > 1 and _ADVERB.fullmatch(words[-1]) and words[-1] not in ("not", "never"):
        words = words[:-1]
    before = words[-1] if words else ""
    if before in ("to",):
        return not first.endswith("ed")
    if before in english()["before_nouns"]:
        return False
    if before in english()["before_verbs"]:
        return True
    return not (_TAKES_OBJECT.fullmatch(before) or _ADJECTIVE.fullmatch(before))
