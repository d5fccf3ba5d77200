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
#: The same, and what parts clauses: "because of a cold, joints ache" holds no ache of joints.
_CLAUSE = re.compile(rf"{_STOP.pattern}|,(?=[\s\"')]|$)|[()\[\]\u2014]|\s[\u2013-](?=\s)")


def left_words(shadow: str, start: int, stop: re.Pattern[str] = _STOP) -> list[str]:
    """The words of the same sentence before `start`, at most those in a window.

    Args:
        shadow: Shadow of a text.
        start: Offset in it.
        stop: What ends the sentence, or the clause.
    """
    left = shadow[max(0, start - _WINDOW) : start]
    cut = max((m.end() for m in stop.finditer(left) if not _abbreviation(left, m)), default=0)
    return _TOKEN.findall(left[cut:])


def right_words(shadow: str, end: int, stop: re.Pattern[str] = _STOP) -> list[str]:
    """The words of the same sentence after `end`; arguments as of `left_words`."""
    right = shadow[end : end + _WINDOW]
    for match in stop.finditer(right):
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
    if not _beside(when, text, start, end):
        return False
    if when.not_verb and reads_as_verb(text, start):
        return False
    if (when.near or when.not_near) and not _near(when, text, start, end):
        return False
    if not all(any(_stands(a, text) for a in group) for group in when.article_has):
        return False
    return not any(_stands(phrase, text) for phrase in when.article_not)


def _beside(when: When, text: str, start: int, end: int) -> bool:
    """Whether the conditions on the words before and after hold.

    What lets a form be found must stand in its clause; what forbids it counts in all its sentence.
    """
    if when.before and not _holds_any(left_words(text, start, _CLAUSE), when.before, last=True):
        return False
    if when.not_before and _holds_any(left_words(text, start), when.not_before, last=True):
        return False
    if when.after and not _holds_any(right_words(text, end, _CLAUSE), when.after, last=False):
        return False
    return not (when.not_after and _holds_any(right_words(text, end), when.not_after, last=False))


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
#: What opens and closes something put in between.
_ASIDE = re.compile(r",(?=[\s\"'])|[\u2013\u2014]|\s-\s")
_ADVERB = re.compile(r"\w+ly|often|sometimes|always|rarely|usually|also|not|never|then|thus")


def takes_object(word: str) -> bool:
    """Whether a word is a verb that has a complaint or a disease as its object."""
    return _TAKES_OBJECT.fullmatch(word) is not None


def _begins_phrase(left: str) -> bool:
    """Whether a form after `left` begins a sentence or phrase, so that no subject stands before it.

    A comma, a bracket, a dash or a quote may also close what was put between subject and verb:
    "yoga, in one study, reduced back pain".
    """
    bare = left.rstrip(" ")
    if not bare or bare[-1] in ".!?:;\n(\ufffc" or bare.endswith("s'"):
        return True
    if bare[-1] in "\"'":
        return bare == left
    if bare[-1] not in ",-\u2013\u2014":
        return False
    return len(_ASIDE.findall(_STOP.split(bare)[-1] + " ")) < 2


_LAST = re.compile(r"(?<= )[a-z']+$")
_NEXT = re.compile(r" ([a-z']+)")


def ends_in_verb(form: str, shadow: str, end: int) -> bool:
    """Whether the last word of a noun phrase is used as a verb, judged from the word behind it.

    "My ear bothers me" and "the lung facing the diaphragm" hold subject and verb, whatever a
    spinning program makes of "ear problems" and "lung lining".

    Args:
        form: The form, folded.
        shadow: Shadow of the article.
        end: End of the form in the shadow.
    """
    last, after = _LAST.search(form), _NEXT.match(shadow, end)
    if last is None or after is None:
        return False
    word, lists = last[0], english()
    starts = lists["object_starts"]
    if word.endswith("ing"):
        # "the peril of passing the virus": a noun of its own, whatever follows.
        verb = word in lists["participles"] and form.split()[-2] not in lists["prepositions"]
        starts = starts | lists["particles"]
    elif word.endswith("s") and not word.endswith("ss"):
        verb = word[:-1] in lists["nouns_and_verbs"] or word[:-2] in lists["nouns_and_verbs"]
    else:
        return False
    return verb and (after[1] in starts or after[1] in lists["objects"])


def reads_as_verb(shadow: str, start: int) -> bool:
    """Whether the word at `start` is used as a verb, judged from the words before it.

    "exercise reduced back pain" holds a verb, "exercises for reduced back pain" does not. Where
    the words before do not tell, the answer is that it is a verb: a fix must not be made then.
    """
    if _begins_phrase(shadow[max(0, start - _WINDOW) : start]):
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
