"""Fixing: the only stage that changes text.

Chooses non-overlapping fixes (longest and surest first), asks the guard, edits the prose, and keeps
a record that leads from the restored text back to the source and forth again.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from unspin import guard
from unspin.article import (
    OBJECT,
    Article,
    MarkKind,
    Piece,
    Repair,
    Source,
    Span,
    assemble,
    disassemble,
)
from unspin.findings import Applicability, Finding, Severity
from unspin.reading.markup import Wrap, WrapKind, html_wraps
from unspin.textmap import OffsetMap, Segment

#: Rules whose removals take what they cover with them, numbers and names included (SD: no doses).
REMOVING_FAMILIES = frozenset({"KS", "SD", "DU"})
#: Those of them that remove what the article says somewhere else as well.
REPEATING_FAMILIES = frozenset({"KS", "DU"})
_STATED = ("number:", "unit:", "negation", "drug:")


_WORD = re.compile(r"\S+")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


@dataclass(frozen=True, slots=True)
class Edit:
    """``text[start:end]`` (= `before`) becomes `after`; offsets in prose or in the source."""

    start: int
    end: int
    before: str
    after: str
    rule: str


@dataclass(frozen=True)
class Fixed:
    """What fixing made of an article.

    Args:
        article: The restored article; its map leads to the source.
        findings: All findings, with `applied` set and guarded ones demoted to `editor`.
        edits: Edits of the source, sorted and disjoint, repairs of the reader included.
        prose_edits: The same edits in offsets of the original prose, without the repairs.
    """

    article: Article
    findings: tuple[Finding, ...]
    edits: tuple[Edit, ...]
    prose_edits: tuple[Edit, ...]


def fix(article: Article, findings: Sequence[Finding], *, unsafe: bool = False) -> Fixed:
    """Applies what may be applied.

    Args:
        article: The article as read and structured.
        findings: What the rules found, in prose offsets.
        unsafe: Apply `suggested` fixes too (never `editor`).

    Returns:
        The restored article and the record of what was done.
    """
    last = _last_copies(article, findings)
    guarded = [x for i, f in enumerate(findings) for x in _guard(article, f, last.get(i))]
    chosen = _choose(article, guarded, unsafe)
    guarded, chosen = _sound(article, guarded, chosen)
    done = [replace(f, applied=True) if i in chosen else f for i, f in enumerate(guarded)]
    applied = sorted((f for f in done if f.applied and f.source_span is None), key=_place)
    prose_edits = _prose_edits(article, applied)
    return Fixed(
        article=_edited(article, prose_edits) if prose_edits else article,
        findings=tuple(sorted(done, key=_place)),
        edits=source_edits(article, prose_edits, _reported_repairs(article, done)),
        prose_edits=prose_edits,
    )


def _prose_edits(article: Article, findings: Sequence[Finding]) -> tuple[Edit, ...]:
    """The edits that put the first replacement of each finding in."""
    return tuple(
        Edit(f.start, f.end, article.text[f.start : f.end], f.replacements[0], f.rule)
        for f in findings
    )


def _reported_repairs(article: Article, findings: Sequence[Finding]) -> list[Repair]:
    """The reader's repairs that the run reports: none that is suppressed or not asked for."""
    spans = {f.source_span for f in findings if f.rule == "SD012"}
    return [r for r in article.repairs if (r.start, r.end) in spans]


def _place(finding: Finding) -> tuple[int, int, str]:
    return finding.start, finding.end, finding.rule


def _guard(article: Article, finding: Finding, lost: str | None = None) -> tuple[Finding, ...]:
    """The finding; or, where its fix would change what the text says, demoted and with MF001.

    Args:
        article: The article.
        finding: One finding.
        lost: What the article would lose with the last copy of a repetition.
    """
    if not finding.replacements or finding.applicability in (None, Applicability.EDITOR):
        return (finding,)
    if finding.source_span is not None:
        return (finding,)
    removes = finding.family in REMOVING_FAMILIES
    reason = lost or (_lost_amounts if removes else _objection)(article, finding)
    if reason is None:
        return (finding,)
    meaning = Finding(
        rule="MF001",
        start=finding.start,
        end=finding.end,
        message=f"The fix of {finding.rule} was not applied: {reason}.",
        severity=Severity.INFO,
        confidence=finding.confidence,
    )
    return replace(finding, applicability=Applicability.EDITOR), meaning


def _last_copies(article: Article, findings: Sequence[Finding]) -> dict[int, str]:
    """Removals of repetitions that would take the last copy of a fact, and what would be lost.

    Where every copy of a passage is to be removed, the first one is not: then the article still
    says it.
    """
    fixable = (Applicability.SAFE, Applicability.SUGGESTED)
    cuts = {
        i: (f.start, f.end)
        for i, f in enumerate(findings)
        if f.family in REMOVING_FAMILIES
        and f.applicability in fixable
        and f.source_span is None
        and f.replacements
        and len(f.replacements[0].strip()) < 2  # a comma may stay of a splice
    }
    out: dict[int, str] = {}
    for i in sorted(cuts, key=lambda i: cuts[i]):
        finding = findings[i]
        if finding.family not in REPEATING_FAMILIES:
            continue
        removed = article.text[finding.start : finding.end]
        # sides and directions in a keyword phrase ("lower back") say nothing
        kinds = _STATED if finding.family == "KS" else ("",)
        lost = {f for f in guard.facts(removed.lower()) if f.startswith(kinds)}
        words = [re.escape(w) for w in re.findall(r"\w+", removed)]
        if not lost or not words:
            continue
        copies = re.compile(r"(?<!\w)" + r"\W+".join(words) + r"(?!\w)", re.I)
        stays = any(
            not any(a < m.end() and m.start() < b for a, b in cuts.values())
            for m in copies.finditer(article.text)
        )
        if not stays:
            out[i] = f"no copy would stay, the text loses {', '.join(sorted(lost))}"
            del cuts[i]
    return out


def _lost_amounts(article: Article, finding: Finding) -> str | None:
    """Why debris may not be removed, or None: it states an amount, as no debris does.

    What repeats itself (KS, DU) may state one while a copy stays (`_last_copies`).
    """
    if finding.family != "SD":
        return None
    removed = article.text[finding.start : finding.end]
    lost = guard.amounts(removed) - guard.amounts(finding.replacements[0])
    return f"the text loses {', '.join(sorted(lost))}" if lost else None


def _objection(article: Article, finding: Finding) -> str | None:
    """Why the guard does not let a fix pass, or None."""
    start, block = _around(article.text, finding)
    spans = guard.quotations(block)
    if any(start + a < finding.end and finding.start < start + b for a, b in spans):
        return "it stands in a quotation"
    if finding.states_change:
        return None
    changed = guard.difference(article.text, finding.start, finding.end, finding.replacements[0])
    return f"the text {changed}" if changed else None


def _around(text: str, finding: Finding) -> tuple[int, str]:
    """Where the block of a finding begins, and the block."""
    left = text.rfind("\n\n", 0, finding.start) + 1
    right = text.find("\n\n", finding.end)
    return left, text[left : right if right >= 0 else len(text)]


def _choose(article: Article, findings: Sequence[Finding], unsafe: bool) -> set[int]:
    """Indices of the fixes to apply: longest first, then surest, then leftmost; disjoint."""
    allowed = {Applicability.SAFE, Applicability.SUGGESTED} if unsafe else {Applicability.SAFE}
    candidates = [
        i
        for i, f in enumerate(findings)
        if f.replacements
        and f.applicability in allowed
        and (f.source_span is not None or touchable(article, f))
    ]
    candidates.sort(
        key=lambda i: (-findings[i].length, -findings[i].confidence, _place(findings[i]))
    )
    taken: list[tuple[int, int]] = []  # sorted and disjoint: only neighbours can clash
    chosen: set[int] = set()
    for i in candidates:
        f = findings[i]
        if f.source_span is None:
            at = bisect_right(taken, (f.start, f.end))
            if any(_clash(f, a, b) for a, b in taken[max(0, at - 2) : at + 2]):
                continue
            taken.insert(at, (f.start, f.end))
        chosen.add(i)
    return chosen


def _clash(finding: Finding, start: int, end: int) -> bool:
    """Whether two edits overlap, or insert at one place."""
    if finding.start == finding.end or start == end:
        return start <= finding.start <= end or finding.start <= start <= finding.end
    return finding.start < end and start < finding.end


def touchable(article: Article, finding: Finding) -> bool:
    """Tell whether a fix may be made: inside one block, and outside everything protected.

    Args:
        article: The article.
        finding: A finding in its prose.
    """
    span = Span(finding.start, finding.end)
    if any(span.overlaps(p) for p in article.protected):
        return False
    return any(b.start <= span.start and span.end <= b.end for b in article.blocks)


def _edited(article: Article, edits: Sequence[Edit]) -> Article:
    """The article with prose edits applied; blocks that end up empty are dropped."""
    pieces: list[Piece] = []
    title: int | None = None
    moved: list[tuple[int, int, int]] = []  # old block start, old block end, index of its piece
    for block, piece in zip(article.blocks, disassemble(article), strict=True):
        inside = [
            replace(e, start=e.start - block.start, end=e.end - block.start)
            for e in edits
            if block.start <= e.start and e.end <= block.end
        ]
        new = _edited_piece(piece, inside) if inside else piece
        if inside and not new.text.strip() and not new.block.verbatim:
            continue
        if article.title_span is not None and block.span == article.title_span:
            title = len(pieces)
        moved.append((block.start, block.end, len(pieces)))
        pieces.append(new)
    return assemble(
        article.source,
        pieces,
        title=title,
        metadata=article.metadata,
        repairs=article.repairs,
        structured=article.structured,
        language=article.language,
    )


def _edited_piece(piece: Piece, edits: Sequence[Edit]) -> Piece:
    """One block with edits (offsets in the block) applied to text, map, cells and marks."""
    offsets = OffsetMap(piece.segments)
    texts: list[str] = []
    segments: list[Segment] = []
    at = out = 0
    steps: list[tuple[int, int, int, int]] = []
    for edit in edits:
        segments += offsets.slice(at, edit.start, out)
        texts += [piece.text[at : edit.start], edit.after]
        out += edit.start - at
        if edit.after:
            a, b = offsets.span(edit.start, edit.end)
            segments.append(_atom(out, len(edit.after), a, b))
        steps.append((edit.start, edit.end, out, out + len(edit.after)))
        out += len(edit.after)
        at = edit.end
    segments += offsets.slice(at, len(piece.text), out)
    texts.append(piece.text[at:])
    move = _mover(steps)
    cells = tuple(Span(move(c.start, False), move(c.end, True)) for c in piece.block.cells)
    marks = [replace(m, start=move(m.start, False), end=move(m.end, True)) for m in piece.marks]
    return Piece(
        text="".join(texts),
        segments=tuple(segments),
        block=replace(piece.block, cells=cells),
        marks=tuple(m for m in marks if m.start < m.end or m.kind is MarkKind.RAW),
    )


def _atom(start: int, length: int, source_start: int, source_end: int) -> Segment:
    """A segment for replaced text. Equal lengths are fine: it maps to the span it replaced."""
    return Segment(start, length, source_start, source_end - source_start)


def _mover(steps: Sequence[tuple[int, int, int, int]]) -> Callable[[int, bool], int]:
    """Moves an offset of the old text to the new one; inside an edit it goes to its edge."""
    starts = [s[0] for s in steps]

    def move(offset: int, is_end: bool) -> int:
        i = bisect_right(starts, offset - 1 if is_end else offset) - 1
        if i < 0:
            return offset
        old_start, old_end, new_start, new_end = steps[i]
        if offset >= old_end:
            return offset + new_end - old_end
        if offset == old_start:
            return new_start
        return new_end if is_end else new_start

    return move


# --- edits of the source ---------------------------------------------------------------------


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
    wraps = _wraps(article) if prose_edits else ()
    out: list[Edit] = []
    for edit in _parted(article, prose_edits):
        out += _to_source(article, edit, wraps)
    out = [e for e in out if e.before != e.after]
    if wraps:
        out.sort(key=lambda e: (e.start, e.end))
        out = _Overlay(article.source, out, wraps).edits()
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


def _to_source(article: Article, edit: Edit, wraps: Sequence[Wrap]) -> list[Edit]:
    source = article.source.text
    if edit.start == edit.end:
        at, _ = article.map.span(edit.start, edit.end)
        return [Edit(at, at, "", _escaped(article, edit.after), edit.rule)]
    pieces = _pieces(article, edit)
    if len(pieces) > 1 or _tags(article, pieces):
        edit = _trimmed(article.text, edit)
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


def _trimmed(text: str, edit: Edit) -> Edit:
    """Cuts the words that both sides share at either end, so that fewer markup borders are met."""
    before, after = edit.before, edit.after
    start = 0
    while start < min(len(before), len(after)) and _same(before[start], after[start]):
        start += 1
    while start and (_inside_word(before, start) or _inside_word(after, start)):
        start -= 1
    end = 0
    while end < min(len(before), len(after)) - start and _same(before[-1 - end], after[-1 - end]):
        end += 1
    while end and (
        _inside_word(before, len(before) - end) or _inside_word(after, len(after) - end)
    ):
        end -= 1
    return _narrowed(edit, start, end)


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
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]+")


def _wraps(article: Article) -> Sequence[Wrap]:
    """The markup of a source whose spans lead into it, inner marks first."""
    source = article.source
    return _markup(source.format, source.text) if source.offsets == "source" else ()


@lru_cache(maxsize=1)  # formats ask for the edits of each finding of an article
def _markup(format: str, text: str) -> tuple[Wrap, ...]:
    if format == "html":
        return tuple(html_wraps(text))
    if format == "md":
        from unspin.reading.md import md_wraps

        return tuple(md_wraps(text))
    return ()


def _bearer(pieces: Sequence[tuple[int, int, int, int]], wraps: Sequence[Wrap]) -> int:
    """Which piece the replacement goes to: the first, or one in markup that it would empty."""
    if len(pieces) < 2:
        return 0
    first, last = pieces[0][2], pieces[-1][3]
    inside = [w for w in wraps if first <= w.start and w.end <= last + (w.end - w.inner_end)]
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
            elif not any(wrap.inner_start <= at <= wrap.inner_end for at in touched[i:]):
                continue
            elif self._is_blank(self._text(wrap.inner_start, wrap.inner_end)):
                if self.source[wrap.inner_start : wrap.inner_end].strip():
                    self._cut(wrap.start, wrap.end, rule)
            elif wrap.kind is WrapKind.EMPHASIS:
                self._trim(wrap, rule)

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
        return [e for e in map(_shortest, out) if e.before != e.after]


def _narrowed(edit: Edit, start: int, end: int) -> Edit:
    """An edit without the first `start` and the last `end` signs of both of its sides."""
    return Edit(
        edit.start + start,
        edit.end - end,
        edit.before[start : len(edit.before) - end],
        edit.after[start : len(edit.after) - end],
        edit.rule,
    )


def _shortest(edit: Edit) -> Edit:
    """An edit without what both sides share at its ends."""
    before, after = edit.before, edit.after
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return _narrowed(edit, start, end)


def _sound(
    article: Article, findings: list[Finding], chosen: set[int]
) -> tuple[list[Finding], set[int]]:
    """Refuses fixes after which Markdown would read otherwise than meant.

    What is left of a line may look like a mark ("1. ", "# "), and marks that lose a neighbour may
    become plain signs: the edited source is read again, and must say what the restored text says.
    """
    if article.source.format != "md" or article.source.offsets != "source":
        return findings, chosen
    places = sorted(
        (i for i in chosen if findings[i].source_span is None), key=lambda i: _place(findings[i])
    )
    if not places or _reads_as_meant(article, findings, places):
        return findings, chosen
    if not _reads_as_meant(article, findings, []):
        return findings, chosen  # nothing can be told by reading it again
    refused = set(places) - set(_sound_part(article, findings, [], places))
    out: list[Finding] = []
    kept: set[int] = set()
    for i, finding in enumerate(findings):
        if i not in refused:
            if i in chosen:
                kept.add(len(out))
            out.append(finding)
            continue
        out.append(replace(finding, applicability=Applicability.EDITOR))
        out.append(
            Finding(
                rule="MF001",
                start=finding.start,
                end=finding.end,
                message=f"The fix of {finding.rule} was not applied: the Markdown around it "
                "would read otherwise.",
                severity=Severity.INFO,
                confidence=finding.confidence,
            )
        )
    return out, kept


def _sound_part(
    article: Article, findings: Sequence[Finding], held: list[int], more: list[int]
) -> list[int]:
    """`held` with those of `more` that leave the source sound."""
    if not more or _reads_as_meant(article, findings, [*held, *more]):
        return [*held, *more]
    if len(more) == 1:
        return held
    half = len(more) // 2
    held = _sound_part(article, findings, held, more[:half])
    return _sound_part(article, findings, held, more[half:])


def _reads_as_meant(article: Article, findings: Sequence[Finding], places: Sequence[int]) -> bool:
    from unspin.reading.md import read_blocks

    edits = _prose_edits(article, [findings[i] for i in places])
    meant = disassemble(_edited(article, edits) if edits else article)
    text = apply_edits(article.source.text, source_edits(article, edits, ()))
    return _said(read_blocks(text)) == _said(meant)


def _said(pieces: Sequence[Piece]) -> list[tuple[str, int, str]]:
    """What blocks say, for comparison: their kinds, levels and words."""
    out = []
    for piece in pieces:
        block = piece.block
        parts = [piece.text[c.start : c.end] for c in block.cells] or [piece.text]
        text = _CONTROLS.sub("", " | ".join(parts).replace(OBJECT, " ")) or block.verbatim
        words = " ".join(text.split())
        if words:
            out.append((str(block.kind), block.level, words))
    return out


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """The source text with `edits` (sorted, disjoint) applied.

    Raises:
        ValueError: An edit's `before` does not stand at its place.
    """
    out: list[str] = []
    at = 0
    for edit in edits:
        if text[edit.start : edit.end] != edit.before or edit.start < at:
            raise ValueError(f"edit at {edit.start} does not fit: {edit.before!r} expected")
        out += [text[at : edit.start], edit.after]
        at = edit.end
    return "".join([*out, text[at:]])


def invert_edits(edits: Sequence[Edit]) -> list[Edit]:
    """Edits that lead from the restored text back to the source."""
    out: list[Edit] = []
    shift = 0
    for edit in edits:
        start = edit.start + shift
        out.append(Edit(start, start + len(edit.after), edit.after, edit.before, edit.rule))
        shift += len(edit.after) - len(edit.before)
    return out
