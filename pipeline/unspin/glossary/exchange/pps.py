"""The Problematic Paper Screener's list of tortured phrases, with its query syntax.

A row's fingerprint is a query: phrases in quotes, single words, ``word*``, ``"a b"~10`` (the words
within ten of each other), joined by AND, OR, NOT and parentheses; AND binds tighter than OR. The
first phrase of each alternative is the tortured one, the rest are conditions on the article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from unspin.errors import GlossaryError
from unspin.glossary.concept import Concept, Variant, When
from unspin.glossary.exchange import Explained, Imported, csv_rows, text_reason
from unspin.glossary.shadow import fold

#: Quotes that word processors make of straight ones.
_STRAIGHT = str.maketrans("\u201c\u201d\u201e", '"""')
_TOKEN = re.compile(r'"([^"]*)"(?:~(\d+))?|([()])|([^\s()"]+)')


class QueryError(ValueError):
    """A query cannot be parsed."""


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase, a word or a beginning of a word; `within` 0 is a phrase as it stands."""

    text: str
    within: int = 0

    @property
    def written(self) -> str:
        """As `When.article_has` writes it."""
        return f"{fold(self.text)}~{self.within}" if self.within else fold(self.text)


@dataclass(frozen=True, slots=True)
class Node:
    """An operator over terms and nodes: ``and``, ``or``, ``not``."""

    operator: str
    parts: tuple[Node | Term, ...]


def parse(query: str) -> Node | Term:
    """Parses a query.

    Raises:
        QueryError: It is no query; the message says why.
    """
    parser = _Parser(list(_tokens(query.translate(_STRAIGHT))))
    tree = parser.alternatives()
    if parser.tokens:
        raise QueryError(f"no AND, OR or NOT before {_named(parser.tokens[0])}")
    return tree


def _tokens(query: str) -> Iterator[str | Term]:
    at = 0
    for match in _TOKEN.finditer(query):
        if query[at : match.start()].strip():
            raise QueryError(f"unbalanced quotes near {query[at : match.start()].strip()!r}")
        at = match.end()
        if match[1] is not None:
            if not match[1].strip():
                raise QueryError("an empty phrase")
            yield Term(" ".join(match[1].split()), int(match[2] or 0))
        else:
            yield match[3] or match[4]
    if query[at:].strip():
        raise QueryError(f"unbalanced quotes near {query[at:].strip()!r}")


def _named(token: str | Term) -> str:
    return repr(token.text if isinstance(token, Term) else token)


@dataclass
class _Parser:
    tokens: list[str | Term] = field(default_factory=list)

    def next_is(self, *words: str) -> bool:
        return bool(self.tokens) and self.tokens[0] in words

    def alternatives(self) -> Node | Term:
        parts = [self.conjunction()]
        while self.next_is("OR"):
            self.tokens.pop(0)
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else Node("or", tuple(parts))

    def conjunction(self) -> Node | Term:
        parts = [self.factor()]
        while self.next_is("AND", "NOT"):
            if self.next_is("AND"):
                self.tokens.pop(0)
            parts.append(self.factor())
        return parts[0] if len(parts) == 1 else Node("and", tuple(parts))

    def factor(self) -> Node | Term:
        if not self.tokens:
            raise QueryError("the query ends after an operator")
        token = self.tokens.pop(0)
        if isinstance(token, Term):
            return token
        if token == "NOT":
            return Node("not", (self.factor(),))
        if token == "(":
            inner = self.alternatives()
            if not self.next_is(")"):
                raise QueryError("a parenthesis is not closed")
            self.tokens.pop(0)
            return inner
        if token in ("AND", "OR", ")"):
            raise QueryError(f"{token} where a phrase is expected")
        words = [token]
        while (
            self.tokens
            and isinstance(self.tokens[0], str)
            and not self.next_is("AND", "OR", "NOT", "(", ")")
        ):
            words.append(str(self.tokens.pop(0)))
        return Term(" ".join(words))


def terms(tree: Node | Term) -> Iterator[Term]:
    """All terms of a query."""
    if isinstance(tree, Term):
        yield tree
    else:
        for part in tree.parts:
            yield from terms(part)


def variants(tree: Node | Term) -> Iterator[Variant]:
    """The tortured phrases of a query with their conditions.

    Raises:
        QueryError: An alternative has no phrase that must be there.
    """
    if isinstance(tree, Node) and tree.operator == "or":
        for part in tree.parts:
            yield from variants(part)
        return
    if isinstance(tree, Term):
        yield _variant(tree, None)
        return
    parts = list(tree.parts) if tree.operator == "and" else [tree]
    first = next((p for p in parts if not (isinstance(p, Node) and p.operator == "not")), None)
    if first is None:
        raise QueryError("nothing but NOT: there is no phrase to find")
    has: list[tuple[str, ...]] = []
    lacks: list[str] = []
    for part in parts:
        if part is first:
            continue
        if isinstance(part, Node) and part.operator == "not":
            lacks += [t.written for t in _alternatives(part.parts[0])]
        else:
            has.append(tuple(t.written for t in _alternatives(part)))
    when = When(article_has=tuple(has), article_not=tuple(lacks))
    for term in _alternatives(first):
        yield _variant(term, when or None)


def _alternatives(part: Node | Term) -> list[Term]:
    """A term, or terms joined by OR.

    Raises:
        QueryError: It is more than that, which a condition cannot say.
    """
    if isinstance(part, Term):
        return [part]
    if part.operator != "or" or not all(isinstance(p, Term) for p in part.parts):
        raise QueryError("AND or NOT inside parentheses is not supported")
    return [p for p in part.parts if isinstance(p, Term)]


def _variant(term: Term, when: When | None) -> Variant:
    if re.search(r"[{}|*]", term.text):
        raise QueryError(f"{term.text!r} holds one of {{ }} | *, which a form cannot")
    # An empty condition says that the author of the list asks for none.
    # Words that stand apart cannot be replaced: what is between them would be lost.
    applicability = "editor" if term.within else ""
    return Variant(term.text, applicability, when or When(), term.within)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the list."""

    line: int
    query: str
    expected: str
    tree: Node | Term | None
    reason: str = ""

    @property
    def phrases(self) -> list[str]:
        """All phrases and words of the query."""
        return [t.text for t in terms(self.tree)] if self.tree is not None else []


def read_rows(path: Path) -> list[Row]:
    """The rows of a list, parsed.

    Raises:
        GlossaryError: The file is no such list.
    """
    rows: list[Row] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv_rows(path, file)
        at, header = next(lines, (1, []))
        if len(header) < 2 or "Fingerprint" not in header[0]:
            raise GlossaryError(
                f"{path}:{at}: is no list of tortured phrases; its first column must be Fingerprint"
            )
        for line, cells in lines:
            query = cells[0].strip()
            expected = cells[1].strip() if len(cells) > 1 else ""
            try:
                rows.append(Row(line, query, expected, parse(query)))
            except QueryError as error:
                rows.append(Row(line, query, expected, None, str(error)))
    return rows


def read_pps(path: Path) -> Imported:
    """Reads the list as concepts; rows that cannot be are explained."""
    explained: list[Explained] = []
    found: dict[tuple[str, bool], list[Variant]] = {}
    names: dict[tuple[str, bool], str] = {}
    rows = read_rows(path)
    for row in rows:
        place = f"{path}:{row.line}"
        canonical, sure = expected_term(row.expected)
        try:
            if reason := row.reason or text_reason(row.query + row.expected):
                raise QueryError(reason)
            if row.tree is None or not canonical:
                raise QueryError("no expected text")
            new = list(variants(row.tree))
        except QueryError as error:
            explained.append(Explained(place, row.query, str(error)))
            continue
        key = canonical.casefold(), sure
        names.setdefault(key, canonical)
        found.setdefault(key, []).extend(new)
    merged: dict[str, Concept] = {}
    for (folded, sure), forms in found.items():
        applicability = "suggested" if sure else "editor"
        earlier = merged.get(folded)
        if earlier is not None:
            forms = [
                *earlier.spun,
                *(replace(v, applicability=v.applicability or applicability) for v in forms),
            ]
            applicability = earlier.applicability
        merged[folded] = Concept(
            canonical=earlier.canonical if earlier else names[folded, sure],
            pos="phrase",
            spun=tuple(dict.fromkeys(forms)),
            applicability=applicability,
            source="Problematic Paper Screener, tortured phrases (CC BY 4.0)",
            field="imported",
        )
    return Imported(tuple(merged.values()), tuple(explained), len(rows))


def expected_term(expected: str) -> tuple[str, bool]:
    """The term of an "Expected Text", and whether the list is sure of it.

    Remarks in parentheses and brackets, and what follows "see", go; a question mark, alternatives
    or a whole sentence mean that the list itself is not sure.
    """
    term = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|,?\s*\bsee\b.*$", " ", expected)
    term = " ".join(term.replace("?", " ").split()).strip(" ,;.")
    sure = "?" not in expected and not re.search(r"[/‘’]|\bAND\b|\bor\b|\.\.\.|…", term)
    return term or expected.strip(" ?"), sure and len(term.split()) <= 6
