"""What of a page is main text: what trafilatura takes for it, and what stands with that."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from unspin.article import OBJECT, BlockKind, MarkKind, Piece
from unspin.edits import shared_start
from unspin.reading.htmlsigns import (
    ANOTHER_PAGE,
    ARROWS,
    CONTENTS,
    FILED,
    OTHER_PAGES,
    is_archive,
    is_share_bar,
    is_share_label,
    leads_away,
    may_share,
)
from unspin.reading.htmltree import visible_text
from unspin.reading.templates import is_marked_up_code

NOTE_HEADING = re.compile(
    r"(?:list of )?(?:references?|sources?|bibliography|footnotes?|endnotes?|notes|citations?|"
    r"literature|works)(?: cited)?(?: and notes)?",
    re.I,
)
_NOT_WORD = re.compile(r"[\W_]+")
#: Words from which a paragraph that ends in a full stop is a sentence.
_MIN_SENTENCE = 5
_SENTENCE_END = (".", "!", "?", ".”", '."', "?”", '?"')
#: Share of the text that trafilatura found that must be found again in the tree.
_MIN_ALIGNED = 0.7
#: Share of it that the tree must hold as text where it cannot be found again block by block.
_MIN_OWN = 0.5
#: Folded characters from which a block may match inside a longer one of trafilatura's.
_MIN_INSIDE = 20
#: Share of link text from which a block is a way to another page before it is text.
_MAX_LINKS = 0.5
#: Share of it above which a block is nothing but links.
_WHOLE = 0.99
#: Tags from which a page is read without trafilatura, whose time grows with their square (8,000
#: list items: 9 s); articles have a few thousand.
_MAX_TAGS = 10_000
#: Folded characters up to which a page is short: trafilatura takes its first paragraph for all of
#: it, or joins all that it finds into one.
_SHORT = 1000
#: Words that trafilatura must find, against all that may be prose, to be trusted: on short and
#: plain pages it finds little or nothing.
_MIN_FOUND = 0.25
#: Signs, besides its being links, that make a list of links furniture.
_MIN_SIGNS = 3
#: Share of the main text that its nearest container must hold.
_CORE = 0.8
#: Items of a share bar, at most.
_NEAR = 12
#: Elements that a page builder puts around each heading and each list.
_BOXES = 2
#: What leads up to links that no reader may miss, wherever they stand.
_URGENT = re.compile(
    r"emergenc|urgent|doctor|hospital|ambulance|\bcall\b|\b(?:999|911|112|111)\b|symptom|\bsigns?\b|"
    r"warning|\bA&E\b|side effect|\brisks?\b|seek|danger|poison|overdose|\bdo not\b|crisis|\bhelp",
    re.I,
)
#: Share of the entries of a table of contents that are headings of the page.
_MOSTLY = 0.8


@dataclass
class Candidate:
    """A block of the page that may be main text."""

    piece: Piece
    key: str
    furniture: bool
    links: float
    path: tuple[int, ...] = ()
    home: tuple[int, ...] = ()  # the path as far as elements that hold blocks
    note: bool = False  # an entry of a list of references, or a footnote
    ids: frozenset[str] = frozenset()  # of the elements around it and in it
    cites: frozenset[str] = frozenset()  # ids of the notes that it refers to
    ways: tuple[str, ...] = ()  # addresses of its links
    main: bool = False  # in an article or what says that it holds one
    contents: bool = False  # in what calls itself a table of contents
    site: bool = False  # a heading that is the name of the site
    kept: bool = False
    gone: bool = False  # surely no text: a table of contents, a share bar

    @property
    def text(self) -> str:
        """Its words."""
        return " ".join(self.piece.text.replace(OBJECT, " ").split())

    @property
    def heading(self) -> int:
        """Level of a heading, or 0."""
        block = self.piece.block
        return block.level if block.kind is BlockKind.HEADING else 0

    @property
    def item(self) -> bool:
        """Whether it is an item of a list."""
        return self.piece.block.kind is BlockKind.LIST_ITEM

    @property
    def sentence(self) -> bool:
        """Whether it is a paragraph that ends as sentences do."""
        words = self.text.split()
        ends = len(words) >= _MIN_SENTENCE and words[-1].endswith(_SENTENCE_END)
        return ends and self.piece.block.kind is BlockKind.PARAGRAPH

    @property
    def linked(self) -> bool:
        """Whether most of it is links to pages."""
        if self.links <= _MAX_LINKS or self.note:
            return False
        if self.links > _WHOLE and self.text.endswith("?"):
            return True  # the title of a page is a question, too
        return not self.sentence or bool(ANOTHER_PAGE.fullmatch(self.text))

    @property
    def inner_ways(self) -> bool:
        """Whether all its links lead into the page."""
        return bool(self.ways) and all(way.startswith("#") for way in self.ways)


def key_of(text: str) -> str:
    """Letters and digits of a text, for comparison."""
    return _NOT_WORD.sub("", text).casefold()


def visible(piece: Piece) -> str:
    """The piece's text with that of its objects (code, superscripts), as trafilatura gives it."""
    if OBJECT not in piece.text:
        return piece.text
    values = iter([m.value for m in piece.marks if m.kind is MarkKind.RAW])

    def shown(_: re.Match[str]) -> str:
        value = next(values, "")
        unseen = "<img" in value.lower() or is_marked_up_code(value)
        return "" if unseen else visible_text(value)

    return re.sub(OBJECT, shown, piece.text)


# --- what trafilatura finds ----------------------------------------------------------------------


def extract(text: str) -> Any:
    """What trafilatura makes of a page; None where it cannot, is not there, or would take long."""
    if text.count("<") > _MAX_TAGS:
        return None
    # It logs what it discards as warnings; what matters is in the result.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        import trafilatura

        return trafilatura.bare_extraction(
            text.replace("\0", "").replace("<![CDATA[", "").replace("]]>", ""),
            include_tables=True,
            include_comments=False,
            favor_recall=True,
            with_metadata=True,
            # Only dates that the page declares: a copyright year is no date of the article.
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except Exception:  # any page that it cannot handle is read without it, and so is one without it
        return None


def found_blocks(document: Any) -> list[str]:
    """Texts of the blocks that trafilatura takes for main text."""
    body = getattr(document, "body", None)
    if body is None:
        return []
    out = []
    for line in body.iter("lb"):
        line.tail = "\n" + (line.tail or "")
    for element in body.iter("p", "head", "item", "cell", "quote", "code", "ab"):
        text = "".join(element.itertext()).strip()
        if text and not any(True for _ in element.iterchildren("p", "item", "cell", "list")):
            out.append(text)
    return out


def align(candidates: list[Candidate], found: list[str]) -> bool:
    """Marks the candidates that trafilatura found.

    Returns:
        Whether the candidates are enough to read the page by: its text is found again in them, or
        they hold text of their own that trafilatura joined, cut or passed over.
    """
    keys = {k for k in map(key_of, found) if k}
    whole = "\n".join(key_of(f) for f in found)
    ours = "".join(c.key for c in candidates)
    for c in candidates:
        c.kept = bool(c.key) and (c.key in keys or (len(c.key) >= _MIN_INSIDE and c.key in whole))
    total = sum(map(len, keys))
    again = sum(len(k) for k in keys if k in ours)
    if again >= _MIN_ALIGNED * total:
        return True
    own = sum(len(c.key) for c in candidates if not c.furniture and not c.linked)
    return own >= _MIN_OWN * total


# --- what stands with it -------------------------------------------------------------------------


def choose(candidates: list[Candidate], mains: set[int], built: set[int]) -> None:
    """Adds what stands in the same container as main text: headings, items, rows, short blocks."""
    sure = [c for c in candidates if not c.furniture]
    prose = sum(len(c.key) for c in sure)
    kept = [c for c in candidates if c.kept]
    if prose < _SHORT or sum(len(c.key) for c in kept) < _MIN_FOUND * prose or not kept:
        inside = sure
        core: tuple[int, ...] = ()
    else:
        _headings_before(candidates, candidates.index(kept[0]))
        common = _container(kept, mains, built)
        inside = [c for c in sure if c.path[: len(common)] == common]
        core = _core(kept)
    found = {id(c) for c in candidates if c.kept}
    for c in inside:
        c.kept = c.kept or not c.linked
    _drop_contents(candidates)
    _drop_share_bars(candidates)
    _keep_links(inside, found, core)
    for c in candidates:
        c.kept = c.kept and not c.site and not c.gone


def _headings_before(candidates: list[Candidate], first: int) -> None:
    """Adds headings right before the first block, wherever they are."""
    for c in reversed(candidates[:first]):
        if c.furniture or not c.heading:
            return
        c.kept = True


def _container(kept: list[Candidate], mains: set[int], built: set[int]) -> tuple[int, ...]:
    """Path of the container of the main text: an article, or the nearest one around all of it."""
    common = _common([c.home for c in kept])
    for n in range(len(common), 0, -1):
        if common[n - 1] in mains:
            return common[:n]
    for n in range(1, len(common) + 1):
        if common[n - 1] in built:
            return common[:n]
    return common


def _core(kept: list[Candidate]) -> tuple[int, ...]:
    """Path of the nearest element that holds nearly all of the main text."""
    total = sum(len(c.key) for c in kept)
    held: dict[tuple[int, ...], int] = {}
    for c in kept:
        for n in range(1, len(c.home) + 1):
            held[c.home[:n]] = held.get(c.home[:n], 0) + len(c.key)
    heads: dict[tuple[int, ...], int] = {}  # a page builder has a box for each heading
    count = 0
    for c in kept:
        if c.heading and not c.linked:
            count += 1
            for n in range(1, len(c.home) + 1):
                heads[c.home[:n]] = heads.get(c.home[:n], 0) + 1
    near = [
        path
        for path, n in held.items()
        if n >= _CORE * total and heads.get(path, 0) >= _CORE * count
    ]
    return max(near, key=len, default=())


def _common(paths: list[tuple[int, ...]]) -> tuple[int, ...]:
    """Path of the nearest common container."""
    low, high = min(paths), max(paths)
    return low[: shared_start(low, high)]


# --- lists of links ------------------------------------------------------------------------------


def _keep_links(inside: list[Candidate], found: set[int], core: tuple[int, ...]) -> None:
    """Keeps links that are text: a list of signs, of causes, of answers may be all links.

    What leads away goes where its words, addresses or the label over it say so; else where it
    stands on its own, away from the text. A heading goes only with links that surely lead away.
    """
    within = [c.main or c.path[: len(core)] == core for c in inside]
    prose = [
        i for i, c in enumerate(inside) if c.kept and not c.linked and c.sentence and within[i]
    ]
    labelled = _section_labels(inside)
    for first, last in _runs(inside):
        run = inside[first:last]
        label = inside[first - 1] if first else None
        if labelled[first] or _leads_away(run, label):
            for c in run:
                c.kept = False
            continue
        keep = not _stands_apart(inside, first, last, prose, within=within[first])
        for c in run:
            c.kept = keep or id(c) in found
    for i, c in reversed(list(enumerate(inside))):
        if _label(c, OTHER_PAGES):
            c.kept = c.kept and not _labels_links(inside, i)
        elif c.heading and c.linked:
            surely = labelled[i] or ANOTHER_PAGE.fullmatch(c.text)
            near = id(c) in found or (within[i] and (c.main or not core or _has_text(inside, i)))
            c.kept = not surely and (c.inner_ways or (near and _has_text(inside, i)))


def _has_text(inside: list[Candidate], at: int) -> bool:
    """Whether something is kept below a heading."""
    for c in inside[at + 1 :]:
        if c.heading and c.heading <= inside[at].heading:
            return False
        if c.kept:
            return True
    return False


def _labels_links(inside: list[Candidate], at: int) -> bool:
    """Whether nothing but dropped links stands below a label."""
    below = inside[at + 1 : at + 2]
    if not below or not below[0].linked or below[0].kept:
        return False
    label = inside[at]
    for c in inside[at + 1 :]:
        if c.heading and (not label.heading or c.heading <= label.heading):
            return True
        if c.kept:
            # What stands in boxes of its own are the first lines of those pages.
            return c.home == label.home or c.home[: len(label.home)] != label.home
    return True


def _runs(inside: list[Candidate]) -> Iterator[tuple[int, int]]:
    """Spans of neighbouring blocks that are links; headings among them are judged later."""
    first = 0
    while first < len(inside):
        last = first
        while last < len(inside) and inside[last].linked and not inside[last].heading:
            if last > first and not _together(inside[last - 1], inside[last]):
                break
            last += 1
        if last > first:
            yield first, last
        first = max(last, first + 1)


def _together(one: Candidate, other: Candidate) -> bool:
    return one.home == other.home and one.item == other.item


def _label(c: Candidate | None, formula: re.Pattern[str]) -> bool:
    """Whether a short block or a heading says what a formula says."""
    return c is not None and bool(formula.fullmatch(c.text.strip(" :.…»>")))


def _section_labels(inside: list[Candidate]) -> list[bool]:
    """Whether each block stands under a label of links to other pages, with links alone between."""
    out: list[bool] = []
    label: Candidate | None = None
    pure = True
    for c in inside:
        out.append(label is not None and (bool(label.heading) or pure))
        if _label(c, OTHER_PAGES):
            label, pure = c, True
        elif c.heading and not c.linked:
            label = None
        else:
            pure = pure and c.linked
    return out


def _leads_away(run: list[Candidate], label: Candidate | None) -> bool:
    """Whether what links say or where they lead makes them furniture."""
    ways = [way for c in run for way in c.ways]
    if sum(map(leads_away, ways)) > _MAX_LINKS * len(ways):
        return True
    if label is not None and label.text.endswith(":") and _URGENT.search(label.text):
        return False
    told = [c for c in run if _told(c)]
    if len(told) > _MAX_LINKS * len(run):
        return True
    archives = sum(map(is_archive, ways)) > _MAX_LINKS * len(ways)
    return archives and not (label is not None and (label.heading > 1 or label.text.endswith(":")))


def _told(c: Candidate) -> bool:
    """Whether the words of a link say that it leads away."""
    if ANOTHER_PAGE.fullmatch(c.text) or is_share_bar(c.text, linked=True):
        return True
    return not c.item and bool(ARROWS.fullmatch(c.text))


def _stands_apart(
    inside: list[Candidate], first: int, last: int, prose: list[int], *, within: bool
) -> bool:
    """Whether links stand away from the text, and nothing leads up to them."""
    c, before = inside[first], inside[first - 1] if first else None
    if not prose:
        return False
    own_box = not any(inside[i].path[: len(c.home)] == c.home for i in prose)
    after, ahead = first > prose[-1], last <= prose[0]
    led = before is not None and _leads_up(before, c)
    if before is not None and led and (before.text.endswith(":") or _URGENT.search(before.text)):
        return False
    if within and any(_URGENT.search(link.text) for link in inside[first:last]):
        return False
    if not within:
        return own_box and (after or ahead)
    if led and (c.item or not ahead):
        return False
    signs = own_box + (after or ahead) + (not led) + (not c.main) + (not c.item)
    return signs >= _MIN_SIGNS


def _leads_up(before: Candidate, c: Candidate) -> bool:
    """Whether a heading or a sentence right before links belongs to them."""
    near = min(len(before.home), len(c.home))
    near -= _BOXES if before.heading else 0
    if before.home[:near] != c.home[:near]:
        return False
    return bool(before.heading) or not before.linked


def _drop_share_bars(candidates: list[Candidate]) -> None:
    """Drops what shares or files the page, and the words before it."""
    for i, c in enumerate(candidates):
        if c.ways and FILED.match(c.text) and all(map(is_archive, c.ways)):
            c.gone = True
        if c.item and may_share(c.text) and _shares(candidates, i):
            c.gone = True
            continue
        if c.heading or not is_share_bar(c.text, c.links > _MAX_LINKS):
            continue
        c.gone = True
    for c, after in pairwise(candidates):
        c.gone = c.gone or (after.gone and not after.contents and is_share_label(c.text))


def _shares(candidates: list[Candidate], at: int) -> bool:
    """Whether two items beside one name ways to share the page."""
    near = candidates[max(0, at - _NEAR) : at + _NEAR + 1]
    group = candidates[at].piece.block.group
    items = [c for c in near if c.item and c.piece.block.group == group]
    return sum(is_share_bar(c.text, linked=c.links > _MAX_LINKS) for c in items) > 1


def _drop_contents(candidates: list[Candidate]) -> None:
    """Drops lists of the page's own sections, whose links a scrape may have taken away."""
    headings = {c.key for c in candidates if c.heading and c.key}
    ids = {name for c in candidates for name in c.ids}
    i = 0
    while i < len(candidates):
        last = i
        while last < len(candidates) and candidates[last].item:
            last += 1
        if last == i:
            i += 1
            continue
        label = next(
            (c for c in reversed(candidates[max(0, i - 2) : i]) if _label(c, CONTENTS)), None
        )
        if _is_contents(candidates[i:last], candidates[i - 1] if i else None, label, headings, ids):
            for c in candidates[i:last]:
                c.gone = True
            if label is not None:
                label.gone = True
        i = last
    for c, after in pairwise(candidates):
        # The list itself was furniture, or lost.
        bare = c.text.strip(" :").casefold() in ("contents", "table of contents")
        if bare and (after.furniture or (after.heading and after.heading <= (c.heading or 6))):
            c.gone = True


def _is_contents(
    run: list[Candidate],
    before: Candidate | None,
    label: Candidate | None,
    headings: set[str],
    ids: set[str],
) -> bool:
    """Whether a list is a table of contents: two signs must agree."""
    ways = [way for c in run for way in c.ways]
    inner = len(run) > 1 and all(c.inner_ways and c.links > _MAX_LINKS for c in run)
    repeated = len(run) > 1 and sum(_names(c, headings) for c in run) >= _MOSTLY * len(run)
    called = label is not None or run[0].contents
    if called:
        return inner or repeated
    if before is not None and before.text.endswith(":"):
        return False
    if before is not None and before.heading > 1 and before.key not in ("", *headings):
        return False
    led = before is not None and (before.heading > 1 or before.sentence)
    alive = all(way[1:] in ids for way in ways)
    return inner and repeated and (alive or not led) and not (led and before and before.heading > 1)


def _names(c: Candidate, headings: set[str]) -> bool:
    """Whether an entry is a heading, with or without a number before it."""
    return c.key in headings or re.sub(r"\A\d+", "", c.key) in headings


# --- references ----------------------------------------------------------------------------------


def mark_notes(candidates: list[Candidate]) -> None:
    """Marks as notes what stands under a heading such as "References", and what a mark leads to."""
    cited = {name for c in candidates if not c.furniture for name in c.cites}
    heading: Candidate | None = None
    for c in candidates:
        if c.heading:
            if NOTE_HEADING.fullmatch(c.piece.text.strip(" :.")):
                heading = c
            elif heading is not None and c.heading <= heading.heading:
                heading = None
        elif heading is not None and c.home[: len(heading.home)] == heading.home:
            c.note = True
        c.note = c.note or not cited.isdisjoint(c.ids)


def keep_notes(candidates: list[Candidate]) -> None:
    """Keeps notes that stand outside the container of the main text: its marks lead there."""
    kept = [c for c in candidates if c.kept]
    if not kept:
        return
    cited = {name for c in kept for name in c.cites}
    first = candidates.index(kept[0])
    for i, c in enumerate(candidates[first:], first):
        if c.kept or not c.note or (c.furniture and cited.isdisjoint(c.ids)):
            continue
        c.kept = True
        before = candidates[i - 1]
        if NOTE_HEADING.fullmatch(before.piece.text.strip(" :.")):
            before.kept = True


# --- the title -----------------------------------------------------------------------------------


def title_heading(
    candidates: list[Candidate], agrees: list[bool], titled: list[bool]
) -> int | None:
    """The heading that is the title, which is kept wherever its element is.

    Args:
        candidates: All blocks.
        agrees: Of each, whether it says what the page declares as its title.
        titled: Of each, whether its classes call it the title.

    Returns:
        Its place, or None.
    """
    order: list[int] = [i for i, c in enumerate(candidates) if c.kept]
    if not order:
        return None
    tops = [i for i, c in enumerate(candidates) if c.heading == 1 and not c.site]
    said = [i for i in order if candidates[i].sentence and not candidates[i].linked]
    first, begun = order[0], said[0] if said else order[-1] + 1
    ahead = [i for i in tops if i < begun and (candidates[i].kept or i < first)]
    agreed = [i for i, c in enumerate(candidates) if c.heading and agrees[i] and not c.site]
    agreed = [i for i in agreed if i < begun or candidates[i].heading == 1]
    choices: list[int] = [
        *[i for i in agreed if candidates[i].heading == 1],
        *[i for i in agreed if candidates[i].kept or i < first],
        *[i for i in ahead if candidates[i].kept],
        *(ahead if len(tops) == 1 else ()),
        *[i for i in order if i < begun and 2 <= candidates[i].heading <= 4 and titled[i]],
    ]
    if not choices:
        return None
    candidates[choices[0]].kept = True
    return choices[0]
