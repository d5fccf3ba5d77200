"""Findings accepted in the text or in the configuration, each with a reason.

In Markdown and HTML::

    <!-- unspin ignore SP001: quoted from a patient -->            this line
    <!-- unspin ignore-next-line SP001, KS: a product name -->     the next line
    <!-- unspin ignore-start SD: sample of debris --> … <!-- unspin ignore-end -->
    <!-- unspin ignore-file DU: page is generated -->

Rules are ids or prefixes. An `ignore` alone on its lines speaks of the line after them, other
directives passed over. An `ignore-end` ends the block that was opened last; where it names rules,
the last one of these. What touches a line counts as a finding on it. A suppression without a
reason does not count (UN002); a rule of which it suppresses nothing is reported (UN001). What is no
comment to a reader of the format (code, an attribute's value, front matter, an escaped comment) is
none here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from unspin.article import Article, MarkKind, Source
from unspin.config import Config
from unspin.findings import Finding, Severity
from unspin.report import line_starts
from unspin.rules import all_rules, names_rules

_DIRECTIVE = re.compile(
    r"(?:<!--|\{/\*)\s*(?P<mark>unspin\s+|(?i:unspin)[\s:-]+)(?P<verb>[A-Za-z][\w-]*)(?P<rules>[^:]*?)(?::(?P<reason>.*?))?\s*(?:-->|\*/\})",
    re.DOTALL,
)
_MARK = re.compile(r"unspin\s+")
#: Comments of HTML, and what may hold the text of one without being one: elements whose content is
#: text, and tags.
_HTML = re.compile(
    r"(?P<comment><!--.*?(?:-->|\Z))"
    r"|<(?P<raw>script|style|textarea|title|xmp|noembed|noframes|iframe)(?=[\s/>])[^>]*>"
    r".*?(?:</(?P=raw)\s*>|\Z)"
    r"|</?[a-z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>"
    r"|<[!?][^>]*>",
    re.DOTALL | re.IGNORECASE,
)
#: What may stand before a comment on a Markdown line: marks of quotes and of list items.
_CONTAINERS = re.compile(r"\A(?:\s|>|[-*+](?=\s)|\d{1,9}[.)](?=\s))*")
#: Sources whose comments are remembered: each article is judged several times.
_REMEMBERED = 8
_VERBS = frozenset({"ignore", "ignore-next-line", "ignore-start", "ignore-end", "ignore-file"})
_RULE = re.compile(r"[A-Za-z]{2}\d{0,3}")
_NAMED = re.compile(r"\b[A-Z]{2}\d{3}\b")
#: Formats whose sources have comments.
_FORMATS = frozenset({"md", "html"})


@dataclass(frozen=True)
class Suppression:
    """One directive.

    Args:
        rules: Ids or prefixes.
        start: Start of the source span that it speaks of.
        end: End of that span.
        place: Source span of the directive itself.
        reason: Why the findings are accepted.
        line: Whether it speaks of a line: a finding that is wrapped over two lines is on both.
    """

    rules: tuple[str, ...]
    start: int
    end: int
    place: tuple[int, int]
    reason: str
    line: bool = False

    def covers(self, rule: str, start: int, end: int) -> bool:
        """Whether it accepts a finding of `rule` on a source span."""
        if not any(rule.startswith(prefix) for prefix in self.rules):
            return False
        if self.line:
            return start < self.end and self.start < max(end, start + 1)
        return self.start <= start and end <= self.end


@dataclass(frozen=True)
class Suppressed:
    """Findings that remain (UN findings included) and those that were accepted.

    Args:
        kept: What remains, with UN findings about the suppressions themselves.
        accepted: What was accepted.
        used: Entries of ``config.suppress``, by index, that accepted something.
        quiet: Source spans in which all spun wording (the family SP) is accepted.
    """

    kept: tuple[Finding, ...]
    accepted: tuple[Finding, ...]
    used: tuple[int, ...] = ()
    quiet: tuple[tuple[int, int], ...] = ()


def suppress(article: Article, findings: Sequence[Finding], config: Config) -> Suppressed:
    """Takes accepted findings out.

    Args:
        article: The article that was judged; its map leads to the source.
        findings: What the rules found.
        config: For suppressions by configuration.
    """
    given, wrong = read(article)
    by_config = _configured(article, config)
    if not given and not wrong and not by_config:
        return Suppressed(tuple(findings), ())
    used: dict[int, set[str]] = {}
    kept: list[Finding] = []
    accepted: list[Finding] = []
    everything = [*given, *by_config.values()]
    for finding in findings:
        start, end = finding.source_span or article.map.span(finding.start, finding.end)
        hits = [i for i, s in enumerate(everything) if s.covers(finding.rule, start, end)]
        for i in hits:
            named = {r for r in everything[i].rules if finding.rule.startswith(r)}
            used.setdefault(i, set()).update(named)
        (accepted if hits else kept).append(finding)
    own = list(wrong)
    for i, s in enumerate(given):
        idle = [r for r in s.rules if r not in used.get(i, ()) and _runs((r,), config)]
        own += [_unused(s, idle)] if idle else []
    kept += [f for f in own if config.runs(f.rule)]
    entries = [n for i, n in enumerate(by_config, len(given)) if i in used]
    quiet = tuple((s.start, s.end) for s in everything if "SP" in s.rules)
    return Suppressed(tuple(kept), tuple(accepted), tuple(entries), quiet)


def without_accepted(
    article: Article, findings: Sequence[Finding], config: Config
) -> tuple[Finding, ...]:
    """Findings of a later stage (grammar) that no suppression accepts; nothing is reported."""
    return tuple(f for f in suppress(article, findings, config).kept if f.family != "UN")


def unused_entries(config: Config, judged: Sequence[str], used: set[int]) -> list[int]:
    """Entries of ``config.suppress`` that accepted nothing, though they speak of judged articles.

    Args:
        config: Effective configuration.
        judged: Paths of the judged articles.
        used: Entries that accepted something.
    """
    return [
        n
        for n, entry in enumerate(config.suppress)
        if n not in used
        and _runs((entry["rule"].upper(),), config)
        and any(config.matches(p, entry.get("path", "*"), "suppress") for p in judged)
    ]


def _runs(prefixes: Sequence[str], config: Config) -> bool:
    # Whether grammar runs depends on the machine, and no verdict may.
    ids = [r.id for r in all_rules() if not r.id.startswith("GR") and config.runs(r.id)]
    return any(rule.startswith(prefix) for rule in ids for prefix in prefixes)


def read(article: Article) -> tuple[list[Suppression], list[Finding]]:
    """Directives of an article, and findings about those that are wrong."""
    source = article.source
    if source.format not in _FORMATS or source.offsets != "source":
        return [], []
    text = source.text
    lines = [*line_starts(text), len(text) + 1]
    good: list[Suppression] = []
    wrong: list[Finding] = []
    opened: list[tuple[re.Match[str], tuple[str, ...]]] = []
    found = list(_directives(text, source.format, source.path))
    bare = _without(text, found)
    for match in found:
        verb = match["verb"]
        known = verb in _VERBS
        if not known and not _is_meant(verb, match["rules"]):
            continue
        if not _MARK.fullmatch(match["mark"]):
            wrong.append(_wrong(match.span(), "it must begin with 'unspin', then a space"))
            continue
        if not known:
            wrong.append(_wrong(match.span(), f"unspin knows no {verb!r}"))
            continue
        rules = tuple(r.upper() for r in re.split(r"[\s,]+", match["rules"]) if r)
        if verb == "ignore-end":
            named = {*rules} if all(map(names_rules, rules)) else set()
            ended = [n for n, (_, own) in enumerate(opened) if named.issubset(own)]
            if ended:
                start, own = opened.pop(ended[-1])
                good.append(_suppression(start, own, start.end(), match.start()))
            else:
                of = f" for {', '.join(rules)}" if named else ""
                wrong.append(_wrong(match.span(), f"nothing was opened by ignore-start{of}"))
            continue
        objection = _objection(rules, match["reason"])
        if objection:
            wrong.append(_wrong(match.span(), objection))
        elif verb == "ignore-start":
            opened.append((match, rules))
        else:
            whole = verb == "ignore-file"
            reach = (0, len(text)) if whole else _reach(bare, lines, match, source.format)
            good.append(_suppression(match, rules, *reach, line=not whole))
    wrong += [_wrong(start.span(), "ignore-end is missing") for start, _ in opened]
    return good, wrong


def _is_meant(verb: str, rules: str) -> bool:
    """Whether a comment with an unknown verb is a directive, and no remark about unspin."""
    near = get_close_matches(verb.lower(), _VERBS, n=1, cutoff=0.75)
    return bool(near) or verb.startswith("ignore") or _NAMED.search(rules) is not None


def _objection(rules: Sequence[str], reason: str | None) -> str | None:
    """Why a directive does not count, or None."""
    if not rules:
        return "it names no rule"
    unknown = [r for r in rules if not _RULE.fullmatch(r) or not names_rules(r)]
    if reason is None or not reason.strip():
        return "a reason is required, after a colon"
    return f"no rule is named {unknown[0]}" if unknown else None


def _directives(text: str, kind: str, path: str) -> Iterator[re.Match[str]]:
    """Directives that are comments of a source, in order."""
    if not _DIRECTIVE.search(text):
        return
    for start, end in _comments(text, kind, path):
        match = _DIRECTIVE.fullmatch(text, start, end)
        if match:
            yield match


@lru_cache(maxsize=_REMEMBERED)
def _comments(text: str, kind: str, path: str) -> tuple[tuple[int, int], ...]:
    """Source spans of the comments of a page, in order."""
    if kind == "html":
        return tuple(_html_comments(text, 0, len(text)))
    from unspin.reading.md import md_comments, read_md

    article = read_md(Source(path=path, format="md", encoding="", sha256="", text=text))
    inline = [
        article.map.span(m.start, m.end)
        for m in article.marks
        if m.kind is MarkKind.RAW and m.value.startswith("<!--")
    ]
    blocks = [c for a, b in md_comments(text, path) for c in _block_comments(text, a, b)]
    return tuple(sorted({*inline, *blocks}))


def _block_comments(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of the comments in a block of HTML; a comment of MDX is one itself."""
    if text.startswith("{/*", start):
        yield start, end
    else:
        yield from _html_comments(text, start, end)


def _html_comments(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    return (m.span() for m in _HTML.finditer(text, start, end) if m["comment"])


def _without(text: str, directives: Sequence[re.Match[str]]) -> str:
    """A source with blanks for its directives, which no other directive speaks of."""
    pieces, at = [], 0
    for match in directives:
        pieces += [text[at : match.start()], re.sub(r"[^\r\n]", " ", match[0])]
        at = match.end()
    return "".join([*pieces, text[at:]])


def _reach(text: str, lines: Sequence[int], match: re.Match[str], kind: str) -> tuple[int, int]:
    """Span, in a source without directives, of the lines that one of them speaks of."""
    first = bisect_right(lines, match.start()) - 1
    last = bisect_right(lines, match.end() - 1) - 1
    before, after = text[lines[first] : match.start()], text[match.end() : lines[last + 1] - 1]
    alone = _bare(before, kind) and not after.strip()
    if match["verb"] != "ignore-next-line" and not alone:
        return lines[first], lines[last + 1]
    following = last + 1
    while following + 2 < len(lines) and _bare(text[lines[following] : lines[following + 1]], kind):
        following += 1  # a blank line parts a comment from its paragraph in Markdown
    if following + 1 >= len(lines):
        return len(text), len(text)
    return lines[following], lines[following + 1]


def _bare(line: str, kind: str) -> bool:
    """Whether a line holds nothing but the marks of what it stands in."""
    return not (_CONTAINERS.sub("", line) if kind == "md" else line).strip()


def _suppression(
    match: re.Match[str], rules: tuple[str, ...], start: int, end: int, *, line: bool = False
) -> Suppression:
    return Suppression(rules, start, end, match.span(), (match["reason"] or "").strip(), line)


def suppressing(path: str, config: Config) -> tuple[int, ...]:
    """Entries of ``config.suppress``, by index, that speak of a source path."""
    return tuple(
        n
        for n, entry in enumerate(config.suppress)
        if config.matches(path, entry.get("path", "*"), "suppress")
    )


def _configured(article: Article, config: Config) -> dict[int, Suppression]:
    """Entries of the configuration that speak of an article, by index."""
    whole = (0, len(article.source.text))
    found = ((n, config.suppress[n]) for n in suppressing(article.source.path, config))
    return {n: Suppression((e["rule"].upper(),), *whole, whole, e["reason"]) for n, e in found}


def _unused(suppression: Suppression, idle: Sequence[str]) -> Finding:
    rules = ", ".join(idle)
    what = "it" if set(idle) == set(suppression.rules) else f"{rules} from it"
    return Finding(
        rule="UN001",
        start=0,
        end=0,
        message=f"This suppression of {rules} suppresses nothing; remove {what}.",
        severity=Severity.WARNING,
        source_span=suppression.place,
    )


def _wrong(place: tuple[int, int], why: str) -> Finding:
    return Finding(
        rule="UN002",
        start=0,
        end=0,
        message=f"This suppression does not count: {why}.",
        severity=Severity.WARNING,
        source_span=place,
    )
