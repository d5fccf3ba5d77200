"""What a heading looks like, and the levels of headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from unspin.article import BlockKind
from unspin.structure.units import Unit
from unspin.structure.words import alternatives, fold, words

#: Longest heading, in words and code points. On the clean corpus 99 of 100 lines that head a
#: section are shorter (questions: in words).
MOST_WORDS = 12
MOST_QUESTION_WORDS = 20
MOST_CHARACTERS = 120
#: Longest heading that may run into its paragraph, in words: a longer one may be a sentence.
MOST_RUN_IN_WORDS = 7
#: Least number of words behind a run-in heading.
LEAST_BODY_WORDS = 8
#: Least number of lines with a speaker that make a conversation.
LEAST_SPEECHES = 3
#: More undecided short lines on end than this are a menu or an index, not headings.
LONGEST_CHAIN = 3

_NO_HEADING = re.compile(
    r"https?://|www\.|\w@\w|©|^\(?c\)|copyright|all rights reserved|\.(?:com|org|net|gov|edu)\b"
    r"|^(?:by|posted|published|updated|last (?:updated|reviewed|modified)|reviewed by|written by|"
    r"medically reviewed|author|source|sources?:|photo|image|credit|tags?|"
    r"filed under|categor(?:y|ies)|call|tel|phone|fax|isbn|doi|pmid|and|or|but)\b[: ]?(?![a-z]* of)"
    r"|^(?:figures?|fig\.|tables?)\s*(?:[:\d]|$)"
    r"|\b(?:click here|subscribe|newsletter|follow us|sign up|log in|cookies?|share (?:this|on))\b"
    r"|\b(?:street|road|avenue|suite|p\.?o\.? box)\b.*\d|^\d{3,}\s.*\b(?:st|rd|ave|road|street)\b"
    r"|\b(?:19|20)\d\d[-/]\d|\d{3}[-. ]\d{3,4}\b|^\d+(?:[.,]\d+)*%?$"
    r"|\d\s?(?:mg|ml|mcg|kg|mmol|mm hg|g/dl|iu|percent|%)(?:\b|/|$)|[=<>|{}\\]|\.{3}|…",
    re.I,
)
_INNER_STOP = re.compile(r"(?<!\bvs)(?<!\bDr)(?<!\bSt)(?<!\bMr)(?<!\bNo)[.!?;]\s+\S")
_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*[.)]?|[IVX]{1,5}\.|[A-H]\.)\s+")
#: A line that begins with an amount says how much, and heads nothing.
_AMOUNT = re.compile(
    r"(?:[\d.,/½¼¾⅓⅔]|\s|[-–]|to\b|x\b)*\d?[\d½¼¾]\s*(?:[kmµμn]?g|mcg|m[lL]|[lL]|iu|IU|units?|mmol|%|tablets?|"
    r"capsules?|drops?|puffs?|sachets?|times|hours?|minutes?|tsp|tbsp|teaspoons?|tablespoons?|cups?)\b"
)
DEEP_NUMBER = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,3})\.?\s+(?=[A-Z])")
#: "DR OKE: How long have you had it?": who speaks, in capitals, and what is said.
_SPEAKER = re.compile(r"[A-Z][A-Z][A-Z .'’-]*(?: \([^()]*\))?: (?=.*[a-z])")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")


def title_case(text: str) -> bool:
    """Whether all words but small ones begin with a capital (two such words at least)."""
    found = _WORD.findall(text)
    small = words("small_words")
    large = [w for w in found if w.lower() not in small]
    return len(large) >= 2 and all(w[0].isupper() for w in large)


def all_caps(text: str) -> bool:
    """Whether it is written in capitals alone (five letters at least)."""
    return text.isupper() and sum(c.isalpha() for c in text) >= 5


def looks_like_heading(unit: Unit) -> bool:
    """Whether the line alone, without its neighbours, could be a heading."""
    text = unit.text
    question = text[-1] == "?"
    if unit.wrapped and not question and unit.count > MOST_WORDS:
        return False
    if len(text) > MOST_CHARACTERS or unit.count > (
        MOST_QUESTION_WORDS if question else MOST_WORDS
    ):
        return False
    first = text.lstrip("\"'“‘([¿")[:1]
    if not (first.isupper() or first.isdigit()) or text[-1] in ",;.!-–—/&":
        return text[-1:] == "." and all_caps(text) and unit.count <= 6
    if text[-1] == ":":
        return fold(text) in words("section_names") or (all_caps(text) and unit.count <= 6)
    if first.isdigit() and _AMOUNT.match(text):
        return False
    body = _NUMBERED.sub("", text, count=1)
    if _NO_HEADING.search(body) or _INNER_STOP.search(body):
        return False
    if body.count("(") != body.count(")") or not any(len(w) > 2 for w in _WORD.findall(body)):
        return False
    folded = fold(body)
    if folded in words("furniture"):
        return False
    last = folded.rsplit(" ", 1)[-1]
    if question or all_caps(body) or title_case(body):
        return True
    # "Measles - an illness that ..." and "Measles: an illness" are definitions.
    defines = ": " in body or " - " in body or " – " in body
    return not defines and last not in words("open_endings")


def known_heading(text: str) -> bool:
    """Whether the line is a section name, a question, or holds a word of such lines."""
    folded = fold(text)
    if text[-1:] == "?" or folded in words("section_names"):
        return True
    return not words("heading_words").isdisjoint(folded.split())


@lru_cache(maxsize=1)
def _run_in_name() -> re.Pattern[str]:
    names, starters = alternatives("section_names"), alternatives("sentence_starters")
    return re.compile(rf"(?i:{names})[.:]?\s+(?=(?:{starters})\s+[a-z])")


@lru_cache(maxsize=1)
def _glued_name() -> re.Pattern[str]:
    names = alternatives("glued_names")
    return re.compile(rf"(?<=[a-z)][.!?])(?=[A-Z])(?i:{names})(?=[A-Z][a-z]*['’]?[a-z]* [a-z])")


def glued_headings(text: str) -> list[tuple[int, int]]:
    """Places of the names of sections that stand glued between two sentences.

    "... of each foot.SymptomsPlantar fasciitis causes ...": no word is written so.
    """
    if not _GLUED.search(text):
        return []
    return [m.span() for m in _glued_name().finditer(text)]


#: A stop, a word, and a capital in it.
_GLUED = re.compile(r"[.!?][A-Z][a-z -]+[a-z][A-Z]")
_FIRST_SENTENCE = re.compile(r"([A-Z][^.!?:;]{3,70})\.\s+(?=[A-Z\"“(])")
#: "Carers' Hub, 14 Bridge Street." says where, "Printed March 2025." when.
_ADDRESS_OR_DATE = re.compile(
    r"\b\d{1,4}[a-z]? [A-Z][\w'’]*(?: [A-Z][\w'’]*)? "
    r"(?:Street|Road|Lane|Avenue|Drive|Crescent|Terrace|Square)\b"
    r"|^(?:(?:re)?printed|revised|issued)\b.*\b(?:19|20)\d\d$",
    re.I,
)
_INITIAL = re.compile(r"\b(?:[A-Z]|Dr|Mr|Mrs|Ms|St|Prof|vs|No|Inc|Co|Jr|Sr|approx|ca)$")


def run_in_heading(text: str) -> int:
    """Length of a heading that runs into the paragraph behind it, or 0.

    Sure cases alone: a title-case phrase with a full stop ("Slipped and Torn Disc. Your ..."),
    or a section name followed by a sentence ("Treatment The aim of ...").
    """
    found = _FIRST_SENTENCE.match(text)
    if found:
        head = found.group(1)
        if (
            2 <= head.count(" ") + 1 <= MOST_RUN_IN_WORDS
            and title_case(head)
            and "," not in head.rsplit(" and ", 1)[0][-1:]
            and "(" not in head
            and not _INITIAL.search(head)
            and not _NO_HEADING.search(head)
            and not _ADDRESS_OR_DATE.search(head)
            and text.count(" ", found.end()) + 1 >= LEAST_BODY_WORDS
        ):
            return found.end(1) + 1
    name = _run_in_name().match(text)
    if name and text[0].isupper() and text.count(" ", name.end()) + 1 >= LEAST_BODY_WORDS:
        head = text[: name.end()].rstrip()
        # "History The" but not "Research In ..." with a lost "the": the stop or colon decides.
        if head[-1] in ".:" or " " not in head or fold(head) in words("section_names"):
            return len(head)
    return 0


def find_headings(units: list[Unit], title: str) -> None:
    """Decides which undecided lines are headings, looking at their neighbours."""
    stuffed = _repeated(units, title)
    spoken = sum(bool(_SPEAKER.match(u.text)) for u in units) >= LEAST_SPEECHES
    could = [
        u.plain
        and fold(u.text) not in stuffed
        and looks_like_heading(u)
        and not (spoken and _SPEAKER.match(u.text))
        for u in units
    ]
    single_spaced = _single_spaced(units)
    i = 0
    while i < len(units):
        if not could[i]:
            i += 1
            continue
        j = i
        while j < len(units) and could[j]:
            j += 1
        first = max(i, j - LONGEST_CHAIN) if j - i <= LONGEST_CHAIN else j - 1
        # Behind "... any of these:" short lines are items that lost their bullets, rather.
        announced = i > 0 and _announces(units[i - 1])
        for k in range(first, j):
            if announced and not known_heading(units[k].text):
                continue
            if _stands_as_heading(units, k, j, single_spaced):
                units[k].kind = BlockKind.HEADING
        i = j


def _stands_as_heading(units: list[Unit], k: int, j: int, single_spaced: bool) -> bool:
    unit = units[k]
    if j >= len(units):  # heads nothing
        return False
    body = units[j]
    strong = known_heading(unit.text) or all_caps(unit.text) or title_case(unit.text)
    if body.kind is BlockKind.PARAGRAPH:
        if body.lower or (body.count < 5 and not body.terminal):
            return False
        parted = unit.blanks > 0 and body.blanks > 0 and body.terminal
        if body.count < 8 and not strong and not parted:
            return False
    before = units[k - 1] if k else None
    if before is not None and before.kind is BlockKind.PARAGRAPH and unit.blanks == 0:
        # Inside a block of lines: only behind a finished sentence.
        if not before.terminal or before.text[-1] in ":,":
            # The line above may be an item of a list that lost its markers.
            named = fold(unit.text) in words("section_names")
            return single_spaced and (named or (unit.text[-1] == "?" and unit.count >= 4))
        return strong or (single_spaced and unit.count <= 8 and body.count >= 12)
    # Behind items that lost their markers, one more capitalised line may be an item too.
    item_before = before is not None and before.kind is BlockKind.LIST_ITEM and not before.marked
    return strong or not (
        item_before
        and before is not None
        and unit.blanks == before.blanks
        and before.text[:1].isupper()
    )


def _announces(unit: Unit) -> bool:
    if unit.kind is not BlockKind.PARAGRAPH or unit.count < 4:
        return False
    if unit.terminal:
        return unit.text[-1] == ":"
    return fold(unit.text[-20:]).rsplit(" ", 1)[-1] in words("open_endings")


def _single_spaced(units: Sequence[Unit]) -> bool:
    """Whether paragraphs are parted by line ends alone."""
    parted = sum(u.blanks > 0 for u in units)
    return len(units) > 3 and parted < len(units) * 0.2


def _repeated(units: Sequence[Unit], title: str) -> frozenset[str]:
    """The title and other lines that come back: keyword stuffing, not headings."""
    seen: dict[str, int] = {}
    for unit in units:
        if unit.plain and unit.count <= MOST_WORDS:
            key = fold(unit.text)
            seen[key] = seen.get(key, 0) + 1
    often = {key for key, n in seen.items() if n > 2 and key not in words("section_names")}
    if title:
        often.add(fold(title))
    return frozenset(often)


def set_levels(units: list[Unit]) -> None:
    """Nests the headings: 2 below the title; deeper by number, by letter case, or directly
    below another heading."""
    found = [u for u in units if u.kind is BlockKind.HEADING and u.level != 1]
    capitals = [u for u in found if all_caps(u.text)]
    mixed = len(capitals) >= 2 and len(capitals) < len(found)
    before: Unit | None = None
    for unit in units:
        if unit.kind is not BlockKind.HEADING or unit.level == 1:
            before = unit
            continue
        if not unit.level:
            number = DEEP_NUMBER.match(unit.text)
            if number:
                unit.level = min(6, 2 + number.group(1).count("."))
            elif mixed and not all_caps(unit.text):
                unit.level = 3
            elif before is not None and before.kind is BlockKind.HEADING and 2 <= before.level < 4:
                unit.level = before.level + 1
            else:
                unit.level = 2
        before = unit
    last = 1
    for unit in units:  # a level that no heading above leads to is taken up
        if unit.kind is BlockKind.HEADING:
            unit.level = min(unit.level, last + 1)
            last = unit.level
