"""The report: what was found, what was changed and why, and what a person must still look at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from unspin.article import Article, BlockKind
from unspin.edits import Edit, apply_edits
from unspin.evidence import LOOKS_SPUN, Window
from unspin.findings import Applicability, Finding, fingerprint
from unspin.scoring import FAMILIES, Score

SCHEMA_VERSION = 1
#: Digits of floats in a report.
DIGITS = 3
FIRST_WORDS = 6  # of a stretch of text that has no lines to name


@dataclass(frozen=True, slots=True)
class Gate:
    """One limit and whether it held.

    Args:
        name: What is limited.
        value: What it is.
        limit: The limit.
        passed: Whether it held.
        where: Which part of a long article does not hold it; empty where it is all of it.
    """

    name: str
    value: float | str | None
    limit: float | str
    passed: bool
    where: str = ""

    def __str__(self) -> str:
        where = f" ({self.where})" if self.where else ""
        value, limit = (f"{v:g}" if isinstance(v, float) else v for v in (self.value, self.limit))
        return f"{self.name} is {value}, limit {limit}{where}"


@dataclass(frozen=True)
class Report:
    """All that is known of one article after a run.

    Args:
        article: The article as read and structured.
        restored: The article after fixing.
        findings: In prose offsets of `article`; those with `source_span` in source offsets.
        edits: Edits of the source, sorted and disjoint.
        spun_probability: Of the article, 0..1; None where it is not judged.
        windows: P(spun) of stretches of the prose.
        before: Score of the source; None where it is not judged.
        after: Score of the restored text; None where it is not judged.
        stages: What each optional stage did: ``"run"`` or ``"not run: <why>"``.
        tool: Name, version, model and glossary.
        gates: Limits and whether they held.
        suppressions: Entries of ``config.suppress``, by index, that accepted a finding.
        gated_windows: The windows that gates go by: accepted places are no evidence.
    """

    article: Article
    restored: Article
    findings: tuple[Finding, ...]
    edits: tuple[Edit, ...]
    spun_probability: float | None
    windows: tuple[Window, ...]
    before: Score | None
    after: Score | None
    stages: Mapping[str, str]
    tool: Mapping[str, str | None]
    gates: tuple[Gate, ...] = ()
    suppressions: tuple[int, ...] = ()
    gated_windows: tuple[Window, ...] = ()

    def __hash__(self) -> int:
        # scores, stages and tools are mappings, which have no hash; equal reports have equal edits
        return hash((self.article, self.edits, self.spun_probability))

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled or copied: the fields, without the bytes of the file.

        Each record of a JSON Lines file would carry the whole file with it.
        """
        state = {f.name: getattr(self, f.name) for f in fields(self)}
        bare = replace(self.article.source, raw=b"")
        for name in ("article", "restored"):
            article: Article = state[name]
            same = article.source == bare
            source = bare if same else replace(article.source, raw=b"")
            state[name] = article.with_(source=source)
        return state

    @property
    def passed(self) -> bool:
        """Whether every gate held."""
        return all(gate.passed for gate in self.gates)

    @property
    def score(self) -> float | None:
        """Overall score of the source, 0..100."""
        return self.before.score if self.before else None

    @property
    def text(self) -> str:
        """The source text with all edits applied."""
        return apply_edits(self.article.source.text, self.edits)

    @property
    def open_places(self) -> tuple[Finding, ...]:
        """Places a person must decide: `suggested` and `editor` fixes that were not applied."""
        wanted = (Applicability.SUGGESTED, Applicability.EDITOR)
        return tuple(
            f
            for f in self.findings
            if not f.applied and f.applicability in wanted and f.family != "GR"
        )

    @property
    def review_required(self) -> bool:
        """Whether the written article needs a person: open places, or it still looks spun."""
        return bool(self.open_places) or round(self.spun_probability or 0.0, DIGITS) >= LOOKS_SPUN

    @cached_property
    def _line_starts(self) -> list[int]:
        return line_starts(self.article.source.text)

    def place(self, finding: Finding) -> tuple[int, int]:
        """Source span of a finding, in code points."""
        if finding.source_span is not None:
            return finding.source_span
        return self.article.map.span(finding.start, finding.end)

    @cached_property
    def in_order(self) -> tuple[Finding, ...]:
        """The findings by their place in the source, then by rule: as reports list them."""
        return tuple(sorted(self.findings, key=lambda f: (*self.place(f), f.rule)))

    def position(self, offset: int) -> tuple[int | None, int | None]:
        """1-based line and column of a source offset; None where offsets are not the source's."""
        if self.article.source.offsets != "source":
            return None, None
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def where(self, windows: Sequence[Window]) -> str:
        """Say where windows stand: their lines in the source, or what they begin with."""
        return ", ".join(self._place(window) for window in windows)

    def _place(self, window: Window) -> str:
        start, end = self.article.map.span(window.start, window.end)
        first, last = self.position(start)[0], self.position(max(start, end - 1))[0]
        if first is None:
            words = self.article.text[window.start : window.end].split()[:FIRST_WORDS]
            return f"“{' '.join(words)} …”"
        return f"line {first}" if first == last else f"lines {first} to {last}"

    def finding_dict(self, finding: Finding) -> dict[str, Any]:
        """One finding as the report shows it."""
        start, end = self.place(finding)
        line, column = self.position(start)
        message = f"{finding.message} [{finding.origin}]" if finding.origin else finding.message
        source = self.article.source.text
        own = finding.source_span is not None
        text = source if own else self.article.text
        a, b = (start, end) if own else (finding.start, finding.end)
        words = source[start:end]
        if finding.quote is not None:
            text, a, b = finding.quote
            if not own:
                words = text[a:b]
                line = column = None
        return {
            "rule": finding.rule,
            "start": start,
            "end": end,
            "line": line,
            "column": column,
            "text": words,
            "message": message,
            "severity": str(finding.severity),
            "confidence": round(finding.confidence, DIGITS),
            "replacements": list(finding.replacements),
            "applicability": str(finding.applicability) if finding.applicability else None,
            "applied": finding.applied,
            "fingerprint": fingerprint(finding.rule, text, a, b),
        }

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON data, version 1."""
        source = self.article.source
        where: dict[str, Any] = {
            "path": source.path,
            "format": source.format,
            "encoding": source.encoding,
            "sha256": source.sha256,
            "words": self.article.words,
            "offsets": source.offsets,
        }
        if source.record is not None:
            where["record"] = source.record
        if source.field is not None:
            where["field"] = source.field
        p = self.spun_probability
        return {
            "schema_version": SCHEMA_VERSION,
            "tool": dict(self.tool),
            "source": where,
            "article": {
                "title": self.restored.title,
                "language": self.article.language,
                "sections": sum(b.kind is BlockKind.HEADING for b in self.restored.blocks),
                "words": self.restored.words,
            },
            "spun_probability": None if p is None else round(p, DIGITS),
            "windows": [self._window(w) for w in self.windows],
            "score": None if self.before is None else round(self.before.score, DIGITS),
            "parts": _parts(self.before),
            "after": {
                "score": None if self.after is None else round(self.after.score, DIGITS),
                "parts": _parts(self.after),
            },
            "passed": self.passed,
            "gates": [gate_dict(g) for g in self.gates],
            "stages": dict(self.stages),
            "findings": [self.finding_dict(f) for f in self.in_order],
            "edits": [
                {
                    "start": e.start,
                    "end": e.end,
                    "before": e.before,
                    "after": e.after,
                    "rule": e.rule,
                }
                for e in self.edits
            ],
        }

    def _window(self, window: Window) -> dict[str, Any]:
        start, end = self.article.map.span(window.start, window.end)
        return {
            "start": start,
            "end": end,
            "spun_probability": round(window.spun_probability, DIGITS),
        }


def line_starts(text: str) -> list[int]:
    r"""Offsets where lines begin; lines end at \n, \r\n or \r only."""
    starts = [0]
    at = 0
    for line in text.split("\n"):
        end = at + len(line)
        cut = text.find("\r", at, end)
        while cut >= 0:
            if cut + 1 < len(text) and text[cut + 1] != "\n":
                starts.append(cut + 1)
            cut = text.find("\r", cut + 1, end)
        at = end + 1
        if at <= len(text):
            starts.append(at)
    return starts


def _parts(score: Score | None) -> dict[str, float | None] | None:
    if score is None:
        return None
    out: dict[str, float | None] = {}
    for part in FAMILIES:
        value = score.parts.get(part)
        out[part] = None if value is None else round(value, DIGITS)
    return out


def gate_dict(gate: Gate) -> dict[str, Any]:
    """One gate as the report shows it; ``where`` only where there is something to say."""
    value = round(gate.value, DIGITS) if isinstance(gate.value, float) else gate.value
    data = {"name": gate.name, "value": value, "limit": gate.limit, "passed": gate.passed}
    return {**data, "where": gate.where} if gate.where else data


def dump(data: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """JSON bytes, indented, with a final newline."""
    import orjson

    return orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
