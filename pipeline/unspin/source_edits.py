"""Edits of the prose, led back to the source: what must change in the file, markup kept."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from unspin.article import Article, Repair, Source
from unspin.edits import Edit, narrowed, shared_end, shared_start, shortest
from unspin.reading.markup import Wrap, WrapKind, html_wraps

_WORD = re.compile(r"\S+")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def source_edits(
    article: Article, prose_edits: Sequence[Edit], repairs: Sequence[Repair]
) -> tuple[Edit, ...]:
    """Leads prose edits, and the reader's repairs, back to the source.

    Markup that stands inside an edited span survives: the replacement goes to one piece of text,
    other pieces are cut. Markup that would stand around nothing is cut, too.

    Args:
        article: The article.
        prose_edits: Sorted and disjoint.
        repairs: What the reader repaired and the source shall have repaired, too.

    Returns:
        Edits in source offsets, sorted and disjoint.
    """
    wraps = _wraps(article) if prose_edits else _Wraps()
    out: list[Edit] = []
    for edit in _parted(article, prose_edits):
        out += _to_source(article, edit, wraps)
    out = [e for e in out if e.before != e.after]
    if out and (around := wraps.near(min(e.start for e in out), max(e.end for e in out))):
        out.sort(key=lambda e: (e.start, e.end))
        out = _Overlay(article.source, out, around).edits()
    for repair in repairs:
        if not any(e.start < repair.end and repair.start < e.end for e in out):
            out.append(Edit(repair.start, repair.end, repair.before, repair.after, "SD012"))
    return tuple(sorted(out, key=lambda e: (e.start, e.end)))


def _parted(article: Article, edits: Sequence[Edit]) -> list[Edit]:
    """Joins edits that lead to one place of the source (a repaired run can only change whole)."""
    out: list[Edit] = []
    for edit in edits:
        if out and _share_source(article, out[-1], edit):
            last = out.pop()
            after = last.after + article.text[last.end : edit.start] + edit.after
            before = article.text[last.start : edit.end]
            edit = Edit(last.start, edit.end, before, after, last.rule)
        out.append(edit)
    return out


def _share_source(article: Article, one: Edit, other: Edit) -> bool:
    a, b = (article.map.span(e.start, e.end) for e in (one, other))
    return a[0] < b[1] and b[0] < a[1]


def _to_source(article: Article, edit: Edit, wraps: _Wraps) -> list[Edit]:
    source = article.source.text
    if edit.start == edit.end:
        at, _ = article.map.span(edit.start, edit.end)
        return [Edit(at, at, "", _escaped(article, edit.after), edit.rule)]
    pieces = _pieces(article, edit)
    if len(pieces) > 1 or _tags(article, pieces):
        edit = _trimmed(edit)
        pieces = _pieces(article, edit)
        if not pieces:
            return _to_source(article, edit, wraps) if edit.after else []
        words = _by_word(edit)
        if len(words) > 1 and (len(pieces) > 1 or _tags(article, pieces)):
            return [e for word in words for e in _to_source(article, word, wraps)]
    out = []
    bearer = _bearer(pieces, wraps) if edit.after else 0
    for n, (a, b, source_a, source_b) in enumerate(pieces):
        kept_left = article.text[a : max(a, min(edit.start, b))] if a < edit.start else ""
        kept_right = article.text[min(b, max(edit.end, a)) : b] if b > edit.end else ""
        new = _escaped(article, kept_left + (edit.after if n == bearer else "") + kept_right)
        new += _tags(article, [(a, b, source_a, source_b)])
        out.append(Edit(source_a, source_b, source[source_a:source_b], new, edit.rule))
    return out


def _pieces(article: Article, edit: Edit) -> list[tuple[int, int, int, int]]:
    """Pieces of an edited span; those that only the indentation of a line parts are one."""
    out: list[tuple[int, int, int, int]] = []
    for piece in article.map.pieces(edit.start, edit.end):
        gap = article.source.text[out[-1][3] : piece[2]] if out else ""
        if gap.isspace() and article.source.format != "html":
            out[-1] = (out[-1][0], piece[1], out[-1][2], piece[3])
        else:
            out.append(piece)
    return out


def _tags(article: Article, pieces: Sequence[tuple[int, int, int, int]]) -> str:
    """Tags that stand for text inside pieces (a line break): they are no part of the wording."""
    if article.source.format not in ("html", "md"):  # Markdown may hold blocks of HTML
        return ""
    return "".join(tag for *_, a, b in pieces for tag in _TAG.findall(article.source.text[a:b]))


def _trimmed(edit: Edit) -> Edit:
    """Cuts the words that both sides share at either end, so that fewer markup borders are met."""
    before, after = edit.before, edit.after
    start = shared_start(before, after, _same)
    while start and (_inside_word(before, start) or _inside_word(after, start)):
        start -= 1
    end = shared_end(before, after, start, _same)
    while end and (
        _inside_word(before, len(before) - end) or _inside_word(after, len(after) - end)
    ):
        end -= 1
    return narrowed(edit, start, end)


def _inside_word(text: str, at: int) -> bool:
    """Whether a place parts a word, or a hyphen from the word behind it."""
    if not 0 < at < len(text):
        return False
    return (text[at - 1].isalnum() or text[at - 1] == "-") and (
        text[at].isalnum() or text[at] == "-"
    )


def _same(one: str, other: str) -> bool:
    return one == other or (one.isspace() and other.isspace())


def _by_word(edit: Edit) -> list[Edit]:
    """One edit for each word where both sides have as many, so that markup keeps its place."""
    old, new = list(_WORD.finditer(edit.before)), edit.after.split()
    if len(old) != len(new) or edit.after != edit.after.strip():
        return []
    return [
        Edit(edit.start + m.start(), edit.start + m.end(), m[0], word, edit.rule)
        for m, word in zip(old, new, strict=True)
    ]


def _escaped(article: Article, text: str) -> str:
    """Replacement text as the source's format writes it."""
    if article.source.format == "html" and article.source.offsets == "source":
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


# --- markup around what is edited ------------------------------------------------------------

#: What may stand on a line of Markdown whose text is gone.
_LEFT_ON_LINE = re.compile(
    r"(?:\s|>|[-*+](?=\s|\Z)|\d{1,9}[.)](?=\s|\Z)|#{1,6}(?=\s|\Z))*(?:={1,}|-{1,})?\s*\Z"
)
_PREFIX = re.compile(r"[>\s]*")
_LINE_END = re.compile(r"\r\n|\r|\n|\Z")
_BREAK = re.compile(r"<br\b[^>]*>", re.I)
#: Before these no space is missing.
_CLOSING = ".,;:!?)]"


class _Wraps:
    """Markup by place: formats ask what stands around each finding of an article.

    Args:
        wraps: Inner marks first.
    """

    #: Code points whose markup is listed together.
    _STRETCH = 1000

    def __init__(self, wraps: Iterable[Wrap] = ()) -> None:
        self._all = tuple(wraps)
        self._by_stretch: defaultdict[int, list[int]] = defaultdict(list)
        for n, wrap in enumerate(self._all):
            for stretch in self._stretches(wrap.start, wrap.end):
                self._by_stretch[stretch].append(n)

    def near(self, start: int, end: int) -> list[Wrap]:
        """What meets a source span, inner marks first, with some that stand beside it."""
        found = {n for k in self._stretches(start, end) for n in self._by_stretch.get(k, ())}
        return [self._all[n] for n in sorted(found)]

    def _stretches(self, start: int, end: int) -> range:
        return range(start // self._STRETCH, end // self._STRETCH + 1)


def _wraps(article: Article) -> _Wraps:
    """The markup of a source whose spans lead into it."""
    source = article.source
    if source.offsets != "source":
        return _Wraps()
    return _markup(source.format, source.text, source.path)


@lru_cache(maxsize=1)
def _markup(format: str, text: str, path: str) -> _Wraps:
    if format == "html":
        return _Wraps(html_wraps(text))
    if format == "md":
        from unspin.reading.md import md_wraps

        return _Wraps(md_wraps(text, path))
    return _Wraps()


def _bearer(pieces: Sequence[tuple[int, int, int, int]], wraps: _Wraps) -> int:
    """Which piece the replacement goes to: the first, or one in markup that it would empty."""
    if len(pieces) < 2:
        return 0
    first, last = pieces[0][2], pieces[-1][3]
    around = wraps.near(first, last)
    inside = [w for w in around if first <= w.start and w.end <= last + (w.end - w.inner_end)]
    for n, (*_, start, end) in enumerate(pieces):
        if any(w.inner_start <= start and end <= w.inner_end <= last for w in inside):
            return n
    return 0


class _Overlay:
    """A source with edits, in which markup around nothing is cut as well.

    Args:
        source: The source.
        edits: Sorted and disjoint.
        wraps: Its markup, inner marks first.
    """

    def __init__(self, source: Source, edits: Sequence[Edit], wraps: Sequence[Wrap]) -> None:
        self.source = source.text
        self.given = list(edits)
        self.new: dict[int, str] = {}
        self.inserts: dict[int, str] = {}
        self.rules: dict[int, str] = {}
        self.changed = False
        for edit in edits:
            if edit.start == edit.end:
                self.inserts[edit.start] = edit.after
                self.rules.setdefault(edit.start, edit.rule)
            for at in range(edit.start, edit.end):
                self.new[at], self.rules[at] = "", edit.rule
            if edit.start < edit.end:
                self.new[edit.start] = edit.after
        self._settle(wraps)

    def edits(self) -> list[Edit]:
        """The edits: those given where no markup was cut."""
        return self._collected() if self.changed else self.given

    def _settle(self, wraps: Sequence[Wrap]) -> None:
        touched = sorted(self.rules)
        for wrap in wraps:
            i = bisect_right(touched, wrap.start - 1)
            if i == len(touched) or touched[i] > wrap.end:
                continue
            rule = self.rules[touched[i]]
            if wrap.kind in (WrapKind.ITEM, WrapKind.HEADING, WrapKind.QUOTE):
                self._settle_lines(wrap, rule)
            elif not self._meets(touched, wrap):
                continue
            elif self._is_blank(self._text(wrap.inner_start, wrap.inner_end)):
                if self.source[wrap.inner_start : wrap.inner_end].strip():
                    self._cut(wrap.start, wrap.end, rule)
            elif wrap.kind is WrapKind.EMPHASIS:
                self._trim(wrap, rule)

    @staticmethod
    def _meets(touched: Sequence[int], wrap: Wrap) -> bool:
        first = bisect_left(touched, wrap.inner_start)
        return first < len(touched) and touched[first] <= wrap.inner_end

    @staticmethod
    def _is_blank(text: str) -> bool:
        from html import unescape

        return not unescape(_BREAK.sub("", text)).strip()

    def _text(self, start: int, end: int) -> str:
        return "".join(
            self.inserts.get(at, "") + self.new.get(at, self.source[at]) for at in range(start, end)
        )

    def _cut(self, start: int, end: int, rule: str) -> None:
        for at in range(start, end):
            self.new[at] = ""
            self.inserts.pop(at, None)
            self.rules.setdefault(at, rule)
        self.changed = True

    def _trim(self, wrap: Wrap, rule: str) -> None:
        """Moves white space out of marks of emphasis: it would make plain asterisks of them."""
        inner = range(wrap.inner_start, wrap.inner_end)
        for order, outer in ((inner, wrap.start), (reversed(inner), wrap.end)):
            moved = False
            for at in order:
                text = self.inserts.get(at, "") + self.new.get(at, self.source[at])
                kept = text.lstrip() if outer == wrap.start else text.rstrip()
                if kept != text:
                    self.inserts.pop(at, None)
                    self.new[at], moved = kept, True
                    self.rules.setdefault(at, rule)
                if kept:
                    break
            if not moved:
                continue
            self.changed = True
            if not self._has_space(outer, before=outer == wrap.start):
                self.inserts[outer] = " " + self.inserts.get(outer, "")
                self.rules.setdefault(outer, rule)

    def _has_space(self, at: int, *, before: bool) -> bool:
        """Whether no space is wanted at a place: there is one, or a stop."""
        places = range(at - 1, -1, -1) if before else range(at, len(self.source))
        for n in places:
            text = self.new.get(n, self.source[n]) + ""
            text = self.inserts.get(n, "") + text
            if text:
                return text[-1].isspace() if before else text[0].isspace() or text[0] in _CLOSING
        return True

    def _settle_lines(self, wrap: Wrap, rule: str) -> None:
        """Cuts an item, heading or quote of Markdown of which nothing but its mark is left."""
        lines = list(self._lines(wrap.start, wrap.end))
        if not all(_LEFT_ON_LINE.match(self._text(a, z)) for a, z in lines):
            return
        if all(_LEFT_ON_LINE.match(self.source[a:z]) for a, z in lines):
            return  # it was empty before
        if wrap.kind is WrapKind.ITEM:
            end = _LINE_END.search(self.source, wrap.end)
            self._cut(wrap.start, end.end() if end else wrap.end, rule)
            return
        for start, stop in lines:
            # a heading may stand in a quote or an item, which goes on
            prefix = _PREFIX.match(self.source, start, stop)
            keeps = wrap.kind is WrapKind.HEADING and prefix
            self._cut(prefix.end() if keeps and prefix else start, stop, rule)

    def _lines(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        while True:
            found = _LINE_END.search(self.source, start, end)
            stop = found.start() if found else end
            yield start, stop
            if found is None or found.end() >= end:
                return
            start = found.end()

    def _collected(self) -> list[Edit]:
        out: list[Edit] = []
        for at in sorted({*self.new, *self.inserts}):
            after = self.inserts.get(at, "") + self.new.get(at, "")
            end = at + (at in self.new)
            rule = self.rules[at]
            if out and out[-1].end == at and out[-1].rule == rule:
                last = out.pop()
                at, after = last.start, last.after + after
            out.append(Edit(at, end, self.source[at:end], after, rule))
        return [e for e in map(shortest, out) if e.before != e.after]
