"""SD010: boilerplate of the page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise, takewhile
from typing import ClassVar

from unspin.article import Article, Block, BlockKind
from unspin.findings import Applicability, Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import (
    advises,
    block_at,
    cut,
    fault,
    folded,
    hinted,
    in_quotation,
    sentence_around,
    settled,
)
from unspin.rules.text import ends_sentence, reference_blocks, word_lists

#: Longest boilerplate sentence, in characters.
_LONGEST = 260
#: Lines of one or two words can be headings: they are only suggested.
_SHORT = 3
#: A path to the page is one of the first lines; notices may stand above it.
_TOP = 6
#: Longest label that a page is filed under, in words, and what parts two of them.
_LONGEST_TAG = 4
_TAG_SIGNS = re.compile(r"[,;|·•/]|\btagged(?: with| as| in)?:?|\bposted in:|\bfiled under:?", re.I)
_ENDED = re.compile(r"[.!?:](?:\s|$)")
#: Titles leave words of fewer letters small ("of", "and", "for").
_SMALL_WORD = 4
#: Signs around the words of a link.
_ARROWS, _ENDS = "«‹←< ", ".!?…»>→› "
#: Names in a notice of copyright: "St. Mary's Hospital" advises nothing.
_NAME = re.compile(r"\b[A-Z]\S*")
#: The head or foot of a printed page, and how many of them show that it is one.
_PAGE_LINE = re.compile(
    r"(?P<head>.{0,80}?)[\s|·•–—-]*\bPage (?P<number>\d{1,3})(?P<of> (?:of|/) \d{1,3})?"
    r"(?P<tail>[\s|·•–—-].{1,60})?",
    re.I,
)
_LEAST_PAGES = 2
#: What a search engine writes over questions that it answers elsewhere.
_ASKED = re.compile(r"people (?:also|often) ask(?:ed)?(?: about .{1,40})?:?")
_LEAST_QUESTIONS = 2
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


class Boilerplate:
    """Boilerplate of the page.

    What it does:
        Finds sentences and lines that belong to a web page and not to an article: "click
        here", "read more", cookie notices, newsletters, comments, copyright, a path to
        the page, what it is filed under, heads of printed pages, questions under "People also
        ask" that nothing answers.

    Why it matters:
        Readers of the clean article can click on nothing.

    Example:
        "Ice helps. Click here to read more. Rest, too." becomes "Ice helps. Rest, too."

    Fix:
        Safe where the whole line or sentence is boilerplate; short lines that could be
        headings are suggested. An editor decides where it holds a medicine, an amount or
        advice. What follows "See also:" goes only where it is the title of a page.

    Known limits:
        Only fixed wordings are found (data/rules/debris.yaml). Bylines and dates stay: CQ001
        and CQ002 ask for them.
    """

    id: ClassVar[str] = "SD010"
    slug: ClassVar[str] = "boilerplate"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what `find` sees and no other debris rule claims."""
        yield from settled(article, self.id)

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields boilerplate."""
        text = article.text
        heads = [*_running_heads(article), *_asked(article)]
        taken = {s.block for s in heads}
        lines = [s for s in _sentences(article) if s.block not in taken]
        found = sorted(heads + _with_buttons(article, lines), key=lambda s: s.start)
        whole = _covered(text, found)
        done = 0
        for start, end, level in _joined(
            text, [(s, _level(text, s, s.block.start in whole)) for s in found]
        ):
            if level is Applicability.EDITOR:
                a, z = start, end
            else:
                a, z = cut(text, start, end)
            a, done = max(a, done), z  # the space between two findings goes with the first
            sure = level is Applicability.SAFE
            yield replace(
                fault(
                    self.id,
                    a,
                    z,
                    "Boilerplate of a web page.",
                    "",
                    confidence=0.95 if sure else 0.6,
                ),
                applicability=level,
            )


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of boilerplate; `firm` where no heading or sentence of an article reads so."""

    start: int
    end: int
    block: Block
    firm: bool
    path: bool = False  # a path to the page, which may name a medicine
    sure: bool = False  # the head of a printed page, which may name one, too
    told: bool = False  # it belongs to one that names a medicine


def _sentences(article: Article) -> Iterator[_Sentence]:
    """Sentences and lines that are boilerplate, in order."""
    text, low = article.text, folded(article)
    places = hinted("boilerplate_hints", low)
    skip = {article.blocks[i].start for i in reference_blocks(article)}
    done = 0
    for at in places:
        block = block_at(article, at)
        if at < done or block.start in skip or not _plain(block):
            continue
        a, z = sentence_around(low, block, at)
        feed = _feed().fullmatch(text, a, block.end)
        notice = feed or _notice(low, a, block.end) or _crumbs(article, block, a)
        if notice:
            z = notice.end()
        done = z
        if z - a > _LONGEST or in_quotation(text, block, a):
            continue
        if a > block.start and not ends_sentence(low[block.start : a]):
            continue
        if z < block.end and not notice and low[z - 1] == "." and not ends_sentence(text[a:z]):
            continue  # "Related posts: Smith J. ..." ends elsewhere
        if notice:
            yield _Sentence(a, z, block, True, path=notice.re is _path())
            continue
        begin = a + len(low[a:z]) - len(low[a:z].lstrip(_ARROWS))
        line = low[begin:z].rstrip(_ENDS)
        if _whole().fullmatch(line):
            yield _Sentence(a, z, block, _firm().search(low[begin:z]) is not None)
        elif _leads_on(text[begin : begin + len(line)], line):
            yield _Sentence(a, z, block, False)


def _running_heads(article: Article) -> Iterator[_Sentence]:
    """Heads and feet of printed pages: one text with the number of each page.

    What the first of them says besides its number stays where nothing else says it.
    """
    if "page 1" not in folded(article) and "page 2" not in folded(article):
        return
    lines: dict[tuple[str, str], list[tuple[int, Block, re.Match[str]]]] = defaultdict(list)
    for block in article.blocks:
        if _plain(block) and (line := _PAGE_LINE.fullmatch(article.block_text(block))):
            key = " ".join(line["head"].lower().split()), (line["tail"] or "").lower().strip()
            lines[key].append((int(line["number"]), block, line))
    said = {" ".join(article.block_text(b).lower().split()) for b in article.blocks}
    for (head, _), found in lines.items():
        numbers = [n for n, _, _ in found]
        rising = all(a < b for a, b in pairwise(numbers))
        if len(found) < (_LEAST_PAGES if found[0][2]["of"] else _LEAST_PAGES + 1) or not rising:
            continue
        for i, (_, block, line) in enumerate(found):
            keep = i == 0 and head and head not in said
            start = block.start + (line.end("head") if keep else 0)
            yield _Sentence(start, block.end, block, True, sure=True)


def _asked(article: Article) -> Iterator[_Sentence]:
    """Questions of a search engine and what stands over them, where the text answers none."""
    low = folded(article)
    if " also ask" not in low and " often ask" not in low:
        return
    blocks = article.blocks
    for i, label in enumerate(blocks):
        if not _plain(label) or not _ASKED.fullmatch(low, label.start, label.end):
            continue
        said = (article.block_text(b) if _plain(b) else "" for b in blocks[i + 1 :])
        end = i + 1 + sum(1 for _ in takewhile(lambda text: text.rstrip().endswith("?"), said))
        answered = end < len(blocks) and blocks[end].kind is not BlockKind.HEADING
        again = any(low.count(low[b.start : b.end]) > 1 for b in blocks[i + 1 : end])
        if end - i > _LEAST_QUESTIONS and not answered and not again:
            told = any(advises(article.block_text(block)) for block in blocks[i:end])
            for block in blocks[i:end]:
                yield _Sentence(block.start, block.end, block, True, sure=not told, told=told)


def _with_buttons(article: Article, found: list[_Sentence]) -> list[_Sentence]:
    """Adds the words of a button at the end of a block behind a sentence of furniture.

    Such a sentence that follows a sure one is as sure: "Enter your email address. Sign up".
    """
    text, low = article.text, folded(article)
    out: list[_Sentence] = []
    for s in found:
        last = out[-1] if out else None
        if last is not None and last.block == s.block and not text[last.end : s.start].strip():
            s = replace(s, firm=s.firm or last.firm)
        if s.firm and _button().fullmatch(low, s.end, s.block.end):
            s = replace(s, end=s.block.end)
        out.append(s)
    return out


def _crumbs(article: Article, block: Block, start: int) -> re.Match[str] | None:
    """A path to the page that is one of the first lines: "Home > Feet > Heel pain"."""
    if start != block.start or block.kind is BlockKind.HEADING:
        return None
    if block not in article.blocks[:_TOP]:
        return None
    return _path().fullmatch(folded(article), block.start, block.end)


def _covered(text: str, found: list[_Sentence]) -> set[int]:
    """Starts of blocks that hold nothing but boilerplate."""
    out: set[int] = set()
    for block in {s.block for s in found}:
        at = block.start
        for s in (s for s in found if s.block == block):
            if not text[at : s.start].strip():
                at = s.end
        if not text[at : block.end].strip():
            out.add(block.start)
    return out


def _level(text: str, found: _Sentence, whole: bool) -> Applicability | None:
    """What may be done about a sentence; None where it may be a heading."""
    said = text[found.start : found.end]
    if found.sure:
        return Applicability.SAFE
    if found.path and len(said.split()) >= _SHORT:
        last = re.split("[>»›→]", said)[-1].strip().casefold()
        if last in (line.strip().casefold() for line in text[found.end :].split("\n\n", 2)[:2]):
            return Applicability.SAFE
    if found.told or advises(
        _NAME.sub(" ", said) if _copyright().fullmatch(said.lower()) else said
    ):
        return Applicability.EDITOR
    title = _tail(said.lower())
    if title and whole and _is_filed(said):
        return Applicability.SAFE
    if title and not _is_title(said[title:].rstrip(_ENDS)):
        return Applicability.SUGGESTED
    long = len(said.split()) >= _SHORT
    sure = (long and (whole or found.firm)) or (found.firm and not whole)
    if found.block.kind is BlockKind.HEADING and not sure:
        return None
    return Applicability.SAFE if sure else Applicability.SUGGESTED


def _joined(
    text: str, found: list[tuple[_Sentence, Applicability | None]]
) -> list[tuple[int, int, Applicability]]:
    """Sentences in a row with one level are one, so that the space around them goes once."""
    out: list[tuple[int, int, Applicability]] = []
    for s, level in found:
        if level is None:
            continue
        if out and out[-1][2] is level and not text[out[-1][1] : s.start].strip(" "):
            out[-1] = (out[-1][0], s.end, level)
        else:
            out.append((s.start, s.end, level))
    return out


def _leads_on(line: str, low: str) -> bool:
    """Whether a line is a label and the page that it leads to."""
    label = _links().match(low)
    if label:
        return not (_YEAR.search(low) or " by " in low)
    label = _references().match(low)
    if label is None:
        return False
    title = line[label.end() :]
    return len(title.split()) >= _SHORT and _is_title(title)


def _tail(low: str) -> int:
    """Where the title after a label begins, or 0."""
    begin = len(low) - len(low.lstrip(_ARROWS))
    label = _links().match(low, begin) or _references().match(low, begin)
    return label.end() if label else 0


def _is_title(text: str) -> bool:
    """Whether a text is written like a title, not like a sentence or a list."""
    if not text[:1].isupper() and not text[:1].isdecimal():
        return False
    return not any(c in text for c in ",;") and all(
        w[0].isupper() or not w[0].isalpha() or len(w) < _SMALL_WORD for w in text.split()
    )


def _is_filed(line: str) -> bool:
    """Whether a line only names what a page is filed under: "Tags: sleep | Posted in: Home"."""
    label = _tags().match(line.lower())
    if label is None:
        return False
    tags = _TAG_SIGNS.split(line[label.end() :])
    return all(len(t.split()) <= _LONGEST_TAG and not _ENDED.search(t) for t in tags)


def _plain(block: Block) -> bool:
    return block.is_prose and not block.verbatim and block.kind is not BlockKind.TABLE


def _any_of(name: str) -> re.Pattern[str]:
    lists = word_lists("debris")
    pattern = "|".join(f"(?:{p})" for p in sorted(lists[name]))
    return re.compile(pattern.replace("{page_link}", "|".join(sorted(lists["page_links"]))))


@lru_cache(maxsize=1)
def _whole() -> re.Pattern[str]:
    return _any_of("boilerplate")


@lru_cache(maxsize=1)
def _links() -> re.Pattern[str]:
    return _any_of("boilerplate_links")


@lru_cache(maxsize=1)
def _tags() -> re.Pattern[str]:
    return re.compile(word_lists("debris")["tag_labels"])


@lru_cache(maxsize=1)
def _references() -> re.Pattern[str]:
    return _any_of("boilerplate_references")


def _notice(low: str, start: int, end: int) -> re.Match[str] | None:
    """What has more than one sentence: a notice of copyright, a question with its buttons."""
    notice = _copyright().match(low, start, end)
    if notice and not low[notice.end() : notice.end() + 1].isalnum():
        return notice
    question = _question().match(low, start, end)
    rest = low[question.end() : end].lstrip(" ") if question else ""
    # "Was this page helpful? No idea" goes on.
    return question if not rest or rest[0] == "\n" else None


@lru_cache(maxsize=1)
def _copyright() -> re.Pattern[str]:
    lists = word_lists("debris")
    links = "|".join(sorted(lists["page_links"]))
    return re.compile(lists["copyright_notice"].replace("{page_link}", links))


@lru_cache(maxsize=1)
def _question() -> re.Pattern[str]:
    return re.compile(word_lists("debris")["page_question"])


@lru_cache(maxsize=1)
def _feed() -> re.Pattern[str]:
    return re.compile(word_lists("debris")["feed_notice"])


@lru_cache(maxsize=1)
def _path() -> re.Pattern[str]:
    return re.compile(word_lists("debris")["breadcrumb"])


@lru_cache(maxsize=1)
def _button() -> re.Pattern[str]:
    said = "|".join(sorted(word_lists("debris")["button_words"], key=len, reverse=True))
    return re.compile(rf"\s*(?:{said})[.!]?\s*")


@lru_cache(maxsize=1)
def _firm() -> re.Pattern[str]:
    return re.compile(
        r"^(?:read|learn|see|show|view) more\b.{0,12}$|(?:continue|keep) reading|subscribe"
        r"|click here|"
        r"newsletter|mailing list|cookies|all rights reserved|javascript|affiliate"
        r"|will not be published|required fields|unsubscribe|receiving this"
        r"|cancel reply|^if you continue\b|^(?:accept|reject|decline|refuse|allow|manage)\b"
        r"|disclosure policy|^already a (?:subscriber|member)|^thank.{1,9}for s|app store"
        r"|google play"
        r"|^listen to this|^swipe |jump to|^rate this recipe|this recipe$|^tag @|\d from \d|/ ?5\b"
        r"|price (?:on|at) |next(?: page)?$|^(?:page|slide|photo) \d|akismet|^notify me"
        r"|comment data|^sent from my|^users browsing|phpbb|proudly |\breport\b.*\breply|"
        r"\breply\b.*\breport|citations|s cache of|^it is a snapshot|^the current page"
        r"|terms (?:are|were) highlighted|this page was last"
        r"|browser$|[|·•]|^(?:log ?in|sign in) to (?:comment|reply)"
        r"|^(?:copyright|©).{0,6}(?:19|20)\d\d"
    )
