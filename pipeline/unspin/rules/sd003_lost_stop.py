"""SD003: lost full stop or space."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import block_at, every, fault, in_running_text, settled, words
from unspin.rules.text import word_lists

_GLUED = re.compile(
    r"(?<![\w@/.\\&=-])(?P<left>[A-Za-z][a-z]+|[A-Z]{2,5})"
    r"(?:(?P<comma>,)(?=[A-Za-z][a-z]+(?![\w@/(=])|and/or\b)"
    r"|(?P<semi>;)(?=[a-z]{4}|[A-Z][a-z]+ [a-z])"
    r"|(?P<stop>[.?!])(?=(?P<next>[A-Z][a-z]*)(?:,? [a-z]| [A-Z]{2})))"
)
# These begin with plain signs: what stands before is looked at in code, which is faster.
_CAPITAL = re.compile(r"[ \n]([A-Z][a-z]+)[ \n](?=(?P<latin>[a-z]+))")
_JOINT = re.compile(r"[,;.?!](?=[A-Za-z])")
_LEFT = re.compile(r"[A-Za-z]+$")
_CLOSED = re.compile(r"(?<= )\((?P<inner>[^()\n]{4,})\)(?=(?P<small>[a-z]+)(?![\w-]))")
_LABEL = re.compile(r" A (?=(?P<after>[a-z]{3,}))")
_BEFORE = re.compile(r"([A-Za-z'’/-]+)\)?$")
#: Small words that words end in, too.
_ENDINGS = ("in", "on", "at", "as")
#: Longest word before a joint, in characters.
_LONGEST = 40
#: Amino acids and bases are written without spaces ("Cys,Met").
_SYMBOL = 3
#: Most words of a label or heading that ran into a sentence (as for headings in flat text).
_LABEL_WORDS = 6
_DOMAINS = frozenset(("Com", "Org", "Net", "Gov", "Edu", "Js", "Io", "Co"))


class LostStop:
    """Lost full stop or space.

    What it does:
        Finds sentences that run together without a full stop ("swell It"), and words glued
        together at a comma, full stop, semicolon or closing bracket ("swelling,pain").

    Why it matters:
        Text cut out of a page loses what stood at the edges of its elements; readers and
        machines then see one sentence where there were two.

    Example:
        "The joints swell It can last for days." becomes "The joints swell. It can last for
        days."

    Fix:
        Safe: the full stop or the space is put in.

    Known limits:
        Only words that hardly ever stand in capitals inside a sentence are taken as the
        beginning of a new one; the letter A is so taken only where the text has the same
        words with a small letter elsewhere. Behind a bracket only small words are found
        ("(ice)and"): in "(pre)diabetes" nothing is lost, nor is it at an opening bracket.
    """

    id: ClassVar[str] = "SD003"
    slug: ClassVar[str] = "lost-stop"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what `find` sees and no other debris rule claims."""
        yield from settled(article, self.id)

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields places where a full stop or a space is lost."""
        text = article.text
        starters = words("sentence_starters")
        for match in _CAPITAL.finditer(text):
            word = match.group(1)
            if word not in starters and not _everyday(word, match.group("latin")):
                continue
            if match.group("latin") in words("latin_after"):
                continue
            firm = word in words("firm_starters")
            if not _ended_before(text, match.start(), after_name=firm):
                continue
            if _is_label(article, match.start()) or _hard_break(article, match.start()):
                continue
            if in_running_text(article, *match.span()):
                yield _stop(self.id, text, match.start(), word)
        for match in _LABEL.finditer(text):
            if _article_a(text, match) and in_running_text(article, *match.span()):
                yield _stop(self.id, text, match.start(), "A")
        lost = [m for m in _glued(text) if _truly_glued(text, m)]
        lost += [m for m in _CLOSED.finditer(text) if _ends_aside(m)]
        for match in lost:
            if in_running_text(article, *match.span()):
                end = match.end()
                message = f"A space is lost after “{match.group()}”."
                yield fault(self.id, end - 1, end, message, f"{text[end - 1]} ")


def _everyday(word: str, following: str) -> bool:
    """Whether a capital is on an everyday word that a verb follows: the subject of a sentence."""
    return following in words("finite") and word.lower() in word_lists("stuffing")["common_words"]


def _glued(text: str) -> Iterator[re.Match[str]]:
    for joint in _JOINT.finditer(text):
        left = _LEFT.search(text, max(0, joint.start() - _LONGEST), joint.start())
        match = _GLUED.match(text, left.start()) if left else None
        if match:
            yield match


def _stop(rule: str, text: str, at: int, word: str) -> Finding:
    message = f"A full stop is lost before “{word}”."
    return fault(rule, at, at + 1, message, f".{text[at]}", confidence=0.95)


def _ends_aside(match: re.Match[str]) -> bool:
    """Whether a bracket ends an aside and the sentence goes on behind it.

    In "(with)in" and "(inter)for" the bracket parts one word.
    """
    if match.group("small") not in words("after_aside"):
        return False
    inner = match.group("inner")
    if match.group("small") in _ENDINGS and " " not in inner:
        return False
    return not inner.endswith(("-", " ")) and inner.lower() not in words("word_parts")


def _hard_break(article: Article, at: int) -> bool:
    """Whether a place is a line break that the page wants, not one between words of its source."""
    if article.text[at] != "\n" or article.source.format not in ("html", "md"):
        return False
    start, end = article.map.span(at, at + 1)
    source = article.source.text
    return "<" in source[start:end] or source[max(0, start - 2) : start].endswith(("  ", "\\"))


def _ended_before(text: str, at: int, *, after_name: bool = False) -> bool:
    """Whether the word before a place can end a sentence."""
    before = _BEFORE.search(text, max(0, at - 40), at)
    if before is None:
        return False
    word = before.group(1)
    if text[at - 1] == ")":
        # "(a) The" is a mark of a list; ".) The" has its full stop.
        opened = text.rfind("(", max(0, at - 200), at)
        return (
            len(word) > 2
            and opened > 0
            and text[opened - 1] == " "
            and text[opened - 2] not in ".:;,"
        )
    if word[0].isupper() and not after_name:
        return False
    return len(word) > 1 and word[-1].islower() and word.lower() not in words("no_sentence_before")


def _is_label(article: Article, at: int) -> bool:
    """Whether what stands before a place is a label or a heading run in, not a sentence.

    "Encyclopedia: Gout These resources" lost a line break: a full stop would be wrong there. Where
    a line of the source ends says nothing: it is gone once the article is written.
    """
    text = article.text
    block = block_at(article, at)
    begin = max(text.rfind(sign, block.start, at) for sign in ".!?:;")
    lines = (m for m in every(text[: at + 1], "\n", max(begin, block.start)))
    begin = max([begin, *(n for n in lines if n < at and _hard_break(article, n))])
    opened = begin < 0 or text[begin] == "\n"
    segment = text[max(begin + 1, block.start) : at].split()
    if len(segment) > _LABEL_WORDS or any(w.lower() in words("finite") for w in segment):
        return False
    if not opened:
        return text[begin] == ":"
    return bool(segment) and segment[0] not in words("sentence_starters")


def _article_a(text: str, match: re.Match[str]) -> bool:
    """Whether "A" is the article that begins a sentence, not a letter ("vitamin A")."""
    at = match.start()
    before = _BEFORE.search(text, max(0, at - 40), at)
    if before is None or not _ended_before(text, at):
        return False
    word, after = before.group(1), match.group("after")
    if word in words("label_before") or after in word_lists("stuffing")["continuations"]:
        return False
    return text.count(f"{word} A ") == 1 and (
        f" a {after} " in text and f"A {after}" not in text[: at + 1]
    )


def _truly_glued(text: str, match: re.Match[str]) -> bool:
    left = match.group("left")
    if match.group("stop"):
        return match.group("next") not in _DOMAINS and len(left) > 1 and left[1:].islower()
    right = text[match.end() : match.end() + _SYMBOL + 1]
    if len(left) < _SYMBOL and not right[len(left) : len(left) + 1].isalpha():
        return False  # "Cu(Ga,In)"
    symbols = len(left) == _SYMBOL and left[0].isupper() and right[:1].isupper()
    return not (symbols and not right[_SYMBOL:].isalpha())
