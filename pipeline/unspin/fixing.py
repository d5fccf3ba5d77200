"""Fixing: the only stage that changes text.

Chooses non-overlapping fixes (longest and surest first), asks the guard, edits the prose, and keeps
a record that leads from the restored text back to the source and forth again.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from unspin import guard
from unspin.article import (
    OBJECT,
    Article,
    MarkKind,
    Piece,
    Repair,
    Span,
    disassemble,
    reassemble,
)
from unspin.edits import Edit, apply_edits
from unspin.findings import Applicability, Finding, Severity
from unspin.glossary.replacing import mended_articles
from unspin.places import Cover, Places
from unspin.source_edits import source_edits
from unspin.textmap import OffsetMap, Segment

#: Rules whose removals take what they cover with them, numbers and names included (SD: no doses).
REMOVING_FAMILIES = frozenset({"KS", "SD", "DU"})
#: Those of them that remove what the article says somewhere else as well.
REPEATING_FAMILIES = frozenset({"KS", "DU"})
_STATED = ("number:", "unit:", "negation", "drug:")
_WORD = re.compile(r"\w+")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]+")


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
    quoted = Cover(guard.quotations(article.text))
    guarded = [x for i, f in enumerate(findings) for x in _guard(article, f, quoted, last.get(i))]
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
    """The edits that put the first replacement of each finding in.

    Of spun wording with the a or an before it where the new word asks for the other.
    """
    edits: list[Edit] = []
    for finding in findings:
        start, end, new = finding.start, finding.end, finding.replacements[0]
        if finding.family == "SP":
            mended = mended_articles(article.text, start, end, new, new)
            free = not edits or edits[-1].end <= mended[0]
            if free and not article.is_protected(mended[0], end):
                start, end, new = mended
        edits.append(Edit(start, end, article.text[start:end], new, finding.rule))
    return tuple(edits)


def _reported_repairs(article: Article, findings: Sequence[Finding]) -> list[Repair]:
    """The reader's repairs that the run reports: none that is suppressed or not asked for."""
    spans = {f.source_span for f in findings if f.rule == "SD012"}
    return [r for r in article.repairs if (r.start, r.end) in spans]


def _place(finding: Finding) -> tuple[int, int, str]:
    return finding.start, finding.end, finding.rule


def _guard(
    article: Article, finding: Finding, quoted: Cover, lost: str | None = None
) -> tuple[Finding, ...]:
    """The finding; or, where its fix would change what the text says, demoted and with MF001.

    Args:
        article: The article.
        finding: One finding.
        quoted: Quotations of the article.
        lost: What the article would lose with the last copy of a repetition.
    """
    if not finding.replacements or finding.applicability in (None, Applicability.EDITOR):
        return (finding,)
    if finding.source_span is not None:
        return (finding,)
    removes = finding.family in REMOVING_FAMILIES
    reason = lost
    if reason is None:
        reason = (
            _lost_amounts(article, finding) if removes else _objection(article, finding, quoted)
        )
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
    cuts = [i for i, f in enumerate(findings) if _cuts(f)]
    if not any(findings[i].family in REPEATING_FAMILIES for i in cuts):
        return {}
    covers = array("L", bytes(array("L").itemsize * len(article.text)))  # cuts of each code point
    for i in cuts:
        _count(covers, findings[i], 1)
    passages = _Passages(article.text)
    out: dict[int, str] = {}
    safe: set[tuple[str, ...]] = set()  # of which a copy stays, as it does when fewer are cut
    for i in sorted(cuts, key=lambda i: (findings[i].start, findings[i].end)):
        finding = findings[i]
        words = tuple(w.lower() for w in _WORD.findall(_covered(article, finding)))
        if finding.family not in REPEATING_FAMILIES or not words or words in safe:
            continue
        lost = _facts(article, finding)
        if not lost:
            continue
        if any(not any(covers[start:end]) for start, end in passages.copies(words)):
            safe.add(words)
        else:
            out[i] = f"no copy would stay, the text loses {', '.join(sorted(lost))}"
            _count(covers, finding, -1)
    return out


class _Passages:
    """The words of a text by place: of thousands of repetitions each is found at once."""

    def __init__(self, text: str) -> None:
        found = list(_WORD.finditer(text))
        self._spans = [m.span() for m in found]
        self._words = tuple(m[0].lower() for m in found)
        self._places: dict[str, list[int]] = {}
        for n, word in enumerate(self._words):
            self._places.setdefault(word, []).append(n)

    def copies(self, words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
        """Spans of a passage, whatever its letter case and what stands between its words."""
        rare = min(range(len(words)), key=lambda k: len(self._places.get(words[k], ())))
        for place in self._places.get(words[rare], ()):
            first, end = place - rare, place - rare + len(words)
            if first >= 0 and self._words[first:end] == words:
                yield self._spans[first][0], self._spans[end - 1][1]


def _cuts(finding: Finding) -> bool:
    """Whether the fix of a finding removes what it covers; a comma may stay of a splice."""
    return (
        finding.family in REMOVING_FAMILIES
        and finding.applicability in (Applicability.SAFE, Applicability.SUGGESTED)
        and finding.source_span is None
        and bool(finding.replacements)
        and len(finding.replacements[0].strip()) < 2
    )


def _count(covers: array[int], finding: Finding, by: int) -> None:
    for at in range(finding.start, finding.end):
        covers[at] += by


def _covered(article: Article, finding: Finding) -> str:
    return article.text[finding.start : finding.end]


def _facts(article: Article, finding: Finding) -> set[str]:
    """What a repetition states that must stay somewhere."""
    # sides and directions in a keyword phrase ("lower back") say nothing
    kinds = _STATED if finding.family == "KS" else ("",)
    facts = guard.facts(_covered(article, finding).lower())
    return {fact for fact in facts if fact.startswith(kinds)}


def _lost_amounts(article: Article, finding: Finding) -> str | None:
    """Why debris may not be removed, or None: it states an amount, as no debris does.

    What repeats itself (KS, DU) may state one while a copy stays (`_last_copies`).
    """
    if finding.family != "SD":
        return None
    lost = guard.amounts(_covered(article, finding)) - guard.amounts(finding.replacements[0])
    return f"the text loses {', '.join(sorted(lost))}" if lost else None


def _objection(article: Article, finding: Finding, quoted: Cover) -> str | None:
    """Why the guard does not let a fix pass, or None."""
    if quoted.meets(finding.start, finding.end):
        return "it stands in a quotation"
    if finding.states_change:
        return None
    changed = guard.difference(article.text, finding.start, finding.end, finding.replacements[0])
    return f"the text {changed}" if changed else None


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
    taken = Places()
    return {
        i
        for i in candidates
        if findings[i].source_span is not None or taken.take(findings[i].start, findings[i].end)
    }


def touchable(article: Article, finding: Finding) -> bool:
    """Tell whether a fix may be made: inside one block, and outside everything protected.

    Args:
        article: The article.
        finding: A finding in its prose.
    """
    if article.is_protected(finding.start, finding.end):
        return False
    at = bisect_right(article.blocks, finding.start, key=attrgetter("start"))
    return at > 0 and finding.end <= article.blocks[at - 1].end


def _edited(article: Article, edits: Sequence[Edit]) -> Article:
    """The article with prose edits applied; blocks that end up empty are dropped."""
    pieces: list[Piece] = []
    title: int | None = None
    starts = [e.start for e in edits]
    for block, piece in zip(article.blocks, disassemble(article), strict=True):
        inside = [
            replace(e, start=e.start - block.start, end=e.end - block.start)
            for e in edits[bisect_left(starts, block.start) : bisect_right(starts, block.end)]
            if e.end <= block.end
        ]
        new = _edited_piece(piece, inside) if inside else piece
        if inside and not new.text.strip() and not new.block.verbatim:
            continue
        if article.title_span is not None and block.span == article.title_span:
            title = len(pieces)
        pieces.append(new)
    return reassemble(article, pieces, title=title)


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
    return _said(read_blocks(text, article.source.path)) == _said(meant)


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
