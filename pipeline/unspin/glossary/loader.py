"""Reads glossary files; what is wrong is said with file and line.

The checks here are those of ``data/glossary.schema.json`` (which is for editors' programs), written
by hand because the schema library takes seconds for thousands of entries and knows no lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from unspin.errors import GlossaryError
from unspin.glossary.concept import (
    APPLICABILITIES,
    NUMBERS,
    POS,
    Concept,
    Example,
    GlossaryFile,
    Variant,
    When,
)
from unspin.glossary.expand import TemplateError, options
from unspin.glossary.shadow import fold

#: No text holds these, and XML cannot.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
#: Suffixes of the formats that are imported.
_EXCHANGED = (".csv", ".tsv", ".tbx", ".xml")
_FILE_KEYS = ("field", "title", "words", "off", "concepts")
_CONCEPT_KEYS = (
    "canonical", "pos", "number", "admitted", "deprecated", "spun", "applicability", "when",
    "examples", "fine", "source", "families", "extend", "note",
)  # fmt: skip
_VARIANT_KEYS = ("form", "applicability", "when", "within", "source")
_WHEN_LISTS = ("before", "not_before", "after", "not_after", "near", "not_near", "article_not")
_WHEN_KEYS = (*_WHEN_LISTS, "not_verb", "spun_article", "article_has")


class _Node(dict[str, Any]):
    """A mapping that knows the line of itself and of its keys."""

    line: int = 0
    lines: Mapping[str, int]


class _List(list[Any]):
    """A sequence that knows the lines of its items."""

    lines: list[int]


def glossary_files(path: Path) -> list[Path]:
    """The glossary files of a file or folder, sorted by name.

    Raises:
        GlossaryError: There is no such file or folder, it holds no glossary file, or is of a format
            that is imported.
    """
    if path.is_dir():
        found = sorted(p for p in path.iterdir() if p.suffix in (".yaml", ".yml"))
        if not found:
            raise GlossaryError(f"{path}:0: holds no .yaml file; name a folder of glossary files")
        return found
    if not path.is_file():
        raise GlossaryError(f"{path}:0: there is no such file; check the path of the glossary")
    if path.suffix.lower() in _EXCHANGED:
        raise GlossaryError(
            f"{path}:0: is no glossary file; make one of it: "
            f"unspin glossary import {path} {path.with_suffix('.yaml')}"
        )
    return [path]


def read_file(
    path: Path, text: str | None = None, problems: list[str] | None = None
) -> GlossaryFile:
    """Reads one glossary file.

    Args:
        path: The file.
        text: Its content, where the caller has read it already.
        problems: Where given, entries that are wrong are left out and what is wrong with them is
            added here, instead of raising at the first.

    Raises:
        GlossaryError: Something is wrong; the message starts with ``file:line:``.
    """
    name = str(path)
    if text is None:
        text = read_text(path)
    return _Reader(name, problems).file(_parse(text, name), path.stem)


def read_text(path: Path) -> str:
    """The content of a glossary file.

    Raises:
        GlossaryError: It cannot be read or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise GlossaryError(f"{path}:0: cannot be read ({error.strerror}); check it") from error
    except UnicodeDecodeError as error:
        raise GlossaryError(f"{path}:0: is not UTF-8; save the file as UTF-8") from error


def _parse(text: str, name: str) -> Any:
    """YAML to plain values that know their lines.

    Scalars stay strings ("no", "on" and "1" are words here), ``true`` and ``false`` excepted.
    """
    import yaml

    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise GlossaryError(
            f"{name}:{line}: is not valid YAML: {error.problem}; "
            "quote strings that hold any of : # { } | @ and indent by two spaces"
        ) from error
    except yaml.YAMLError as error:
        raise GlossaryError(f"{name}:0: is not valid YAML: {error}; correct it") from error
    try:
        return _value(root, name)
    except RecursionError as error:
        raise GlossaryError(f"{name}:1: is nested in itself; remove anchors (&, *)") from error


def _value(node: Any, name: str) -> Any:
    if node is None:
        return None
    if node.id == "scalar":
        if node.tag.endswith(":null"):
            return None
        if node.tag.endswith(":bool") and node.value.lower() in ("true", "false"):
            return node.value.lower() == "true"
        return node.value
    if node.id == "sequence":
        items = _List(_value(n, name) for n in node.value)
        items.lines = [n.start_mark.line + 1 for n in node.value]
        return items
    out = _Node()
    lines: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.id != "scalar":
            raise GlossaryError(f"{name}:{line}: a key must be a word; quote what holds {{ or [")
        if key.value in lines:
            raise GlossaryError(f"{name}:{line}: {key.value!r} stands twice; remove one of them")
        lines[key.value] = line
        out[key.value] = _value(value, name)
    out.line = node.start_mark.line + 1
    out.lines = lines
    return out


class _Reader:
    """Turns parsed values into concepts and says what is wrong with them."""

    def __init__(self, name: str, problems: list[str] | None = None) -> None:
        self.name = name
        self.problems = problems
        self.words: dict[str, tuple[str, ...]] = {}

    def fail(self, line: int, what: str, remedy: str) -> NoReturn:
        raise GlossaryError(f"{self.name}:{line}: {what}; {remedy}")

    def keys(self, node: _Node, known: Sequence[str], what: str) -> None:
        for key, line in node.lines.items():
            if key not in known:
                self.fail(line, f"{what} has no key {key!r}", f"use one of {', '.join(known)}")

    def strings(self, value: Any, line: int, what: str) -> tuple[str, ...]:
        if value is None:
            return ()
        if not isinstance(value, _List):
            self.fail(line, f"{what} must be a list", "write [one, two] or lines that begin with -")
        for item, at in zip(value, value.lines, strict=True):
            self.string(item, at, f"an item of {what}")
        return tuple(value)

    def string(self, value: Any, line: int, what: str) -> str:
        if not isinstance(value, str) or not value.strip():
            self.fail(line, f"{what} must be a piece of text, not {value!r}", "quote it")
        if _CONTROL.search(value):
            self.fail(line, f"{what} holds a control character: {value!r}", "remove it")
        return value

    def choice(self, node: _Node, key: str, allowed: Sequence[str], default: str) -> str:
        value = node.get(key, default)
        if value not in allowed:
            self.fail(
                node.lines[key], f"{key} is {value!r}", f"it must be one of {', '.join(allowed)}"
            )
        return str(value)

    def flag(self, node: _Node, key: str) -> bool:
        value = node.get(key, False)
        if not isinstance(value, bool):
            self.fail(node.lines[key], f"{key} is {value!r}", "it must be true or false")
        return value

    def file(self, data: Any, stem: str) -> GlossaryFile:
        if not isinstance(data, _Node):
            self.fail(1, "is no glossary file", "begin it with field:, title: and concepts:")
        self.keys(data, _FILE_KEYS, "a glossary file")
        for key in ("field", "title"):
            self.string(data.get(key), data.lines.get(key, 1), key)
        if data["field"] != stem:
            self.fail(
                data.lines["field"], f"field is {data['field']!r}", f"write {stem!r}, as the file"
            )
        words = data.get("words")
        if words is None:
            words = _Node()
        if not isinstance(words, _Node):
            self.fail(data.lines["words"], "words must map names to lists", "write name: [a, b]")
        for key in words:
            self.words[key] = self.strings(words[key], words.lines[key], f"words.{key}")
        off = self.strings(data.get("off"), data.lines.get("off", 1), "off")
        entries = data.get("concepts")
        if entries is None:
            entries = _List()
            entries.lines = []
        if not isinstance(entries, _List):
            self.fail(data.lines["concepts"], "concepts must be a list", "begin entries with -")
        shared = tuple(self.words.items())
        concepts = tuple(self.concepts(entries, data["field"], shared))
        return GlossaryFile(self.name, data["field"], data["title"], concepts, off, shared)

    def concepts(
        self, entries: _List, field: str, words: tuple[tuple[str, tuple[str, ...]], ...]
    ) -> Iterator[Concept]:
        for entry, line in zip(entries, entries.lines, strict=True):
            try:
                yield self.concept(entry, line, field, words)
            except GlossaryError as error:
                if self.problems is None:
                    raise
                self.problems.append(str(error))

    def concept(
        self, node: Any, line: int, field: str, words: tuple[tuple[str, tuple[str, ...]], ...]
    ) -> Concept:
        if not isinstance(node, _Node):
            self.fail(line, f"{node!r} is no entry", "begin it with - canonical:")
        self.keys(node, _CONCEPT_KEYS, "an entry")
        at = node.lines.get
        canonical = self.string(node.get("canonical"), at("canonical", line), "canonical")
        if canonical != " ".join(canonical.split()):
            self.fail(at("canonical", line), "canonical has odd spaces", "use single spaces")
        families = self.strings(node.get("families"), at("families", line), "families")
        return Concept(
            canonical=canonical,
            pos=self.choice(node, "pos", POS, "noun"),
            number=self.choice(node, "number", NUMBERS, "both"),
            admitted=self.strings(node.get("admitted"), at("admitted", line), "admitted"),
            deprecated=tuple(self.variants(node, "deprecated", line)),
            spun=tuple(self.variants(node, "spun", line)),
            applicability=self.choice(node, "applicability", APPLICABILITIES, "safe"),
            when=self.when(node, line),
            examples=tuple(self.examples(node)),
            fine=self.fine(node, line),
            source=self.optional(node, "source", line),
            families=families,
            extend=self.flag(node, "extend"),
            note=self.optional(node, "note", line),
            field=field,
            file=self.name,
            line=line,
            words=words,
        )

    def optional(self, node: _Node, key: str, line: int) -> str:
        value = node.get(key)
        return "" if value is None else self.string(value, node.lines.get(key, line), key)

    def fine(self, node: _Node, line: int) -> tuple[tuple[str, int], ...]:
        value = node.get("fine")
        sentences = self.strings(value, node.lines.get("fine", line), "fine")
        return tuple(zip(sentences, value.lines, strict=True)) if isinstance(value, _List) else ()

    def examples(self, node: _Node) -> Iterator[Example]:
        value = node.get("examples")
        if value is None:
            return
        if not isinstance(value, _List):
            self.fail(node.lines["examples"], "examples must be a list", "begin them with - bad:")
        for item, at in zip(value, value.lines, strict=True):
            if not isinstance(item, _Node):
                self.fail(at, f"{item!r} is no example", "write bad: and good: below each other")
            self.keys(item, ("bad", "good"), "an example")
            bad = self.string(item.get("bad"), item.lines.get("bad", at), "bad")
            good = self.string(item.get("good"), item.lines.get("good", at), "good")
            yield Example(bad, good, at)

    def variants(self, node: _Node, key: str, line: int) -> Iterator[Variant]:
        value = node.get(key)
        if value is None:
            return
        if not isinstance(value, _List):
            self.fail(node.lines.get(key, line), f"{key} must be a list", "begin forms with -")
        for item, at in zip(value, value.lines, strict=True):
            variant = self.variant(item, at, key)
            try:
                for option in options(variant.template, self.words):
                    if not option:
                        self.fail(at, "a choice of this form is empty", "keep at least one word")
            except TemplateError as error:
                self.fail(at, str(error), "write {a|b} or {@list}")
            yield variant

    def variant(self, item: Any, line: int, key: str) -> Variant:
        if isinstance(item, _Node):
            self.keys(item, _VARIANT_KEYS, f"a form of {key}")
            template = self.string(item.get("form"), item.lines.get("form", line), "form")
            within = item.get("within", "0")
            if not str(within).isdecimal():
                self.fail(item.lines["within"], f"within is {within!r}", "give a number of words")
            own = item.get("applicability")
            self.optional(item, "source", line)  # for editors: the entry's is the one that counts
            return Variant(
                template=template,
                applicability=self.choice(item, "applicability", APPLICABILITIES, "")
                if own is not None
                else "",
                when=self.when(item, line),
                within=int(within),
                line=line,
            )
        return Variant(self.string(item, line, f"a form of {key}"), line=line)

    def when(self, node: _Node, line: int) -> When | None:
        value = node.get("when")
        if value is None:
            return None
        if not isinstance(value, _Node):
            self.fail(node.lines["when"], "when must be a mapping", "write when: {before: [of]}")
        self.keys(value, _WHEN_KEYS, "when")
        lists = {
            key: tuple(fold(w) for w in self.strings(value[key], value.lines[key], f"when.{key}"))
            for key in _WHEN_LISTS
            if key in value
        }
        return When(
            **lists,
            not_verb=self.flag(value, "not_verb"),
            spun_article=self.flag(value, "spun_article"),
            article_has=tuple(self.groups(value, line)),
        )

    def groups(self, node: _Node, line: int) -> Iterator[tuple[str, ...]]:
        value = node.get("article_has")
        if value is None:
            return
        at = node.lines.get("article_has", line)
        if not isinstance(value, list):
            self.fail(at, "when.article_has must be a list", "write [a, [b, c]]: a, and b or c")
        for item in value:
            if isinstance(item, list):
                yield tuple(fold(w) for w in self.strings(item, at, "when.article_has"))
            else:
                yield (fold(self.string(item, at, "an item of when.article_has")),)
