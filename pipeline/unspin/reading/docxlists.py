"""Numbered lists of Word files: which list a paragraph is in, and the number that Word shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from unspin.reading.builder import item_label

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: How Word's ways of counting are called in HTML.
_COUNTING = {"lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}
#: Formats that count nothing.
_UNCOUNTED = frozenset({"bullet", "none"})


@dataclass(frozen=True)
class _Level:
    """How one level of a list counts."""

    start: int = 1
    counting: str = "decimal"


@dataclass
class _List:
    """A definition of a list; all lists made from it count on, unless they say where they start."""

    levels: dict[int, _Level] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The numbers of a document's lists, given out in the order of its paragraphs.

    Args:
        part: The element that holds the definitions, or None.
    """

    def __init__(self, part: Any) -> None:
        lists = {
            _value(abstract, "abstractNumId", own=True): _read(abstract)
            for abstract in _children(part, "abstractNum")
        }
        self._lists: dict[str, _List] = {}
        self._starts: dict[str, dict[int, int]] = {}
        for num in _children(part, "num"):
            name = _value(num, "numId", own=True)
            found = lists.get(_value(num, "abstractNumId"))
            if found is not None:
                self._lists[name] = found
                self._starts[name] = _overridden(num)

    def counts(self, name: str, level: int) -> bool | None:
        """Whether a level of a list counts; None where the document does not define it.

        Args:
            name: Id of the list.
            level: From 0 on.
        """
        found = self._lists.get(name)
        if found is None or level not in found.levels:
            return None
        return found.levels[level].counting not in _UNCOUNTED

    def next(self, name: str, level: int) -> tuple[int, str]:
        """The number of the next item of a list, and its label where that is no plain number.

        Args:
            name: Id of a list that the document defines.
            level: From 0 on.
        """
        found = self._lists[name]
        # A list that says where it starts does so once.
        for at, start in self._starts.pop(name, {}).items():
            found.counts[at] = start - 1
        own = found.levels[level]
        number = found.counts.get(level, own.start - 1) + 1
        found.counts = {at: n for at, n in found.counts.items() if at < level} | {level: number}
        return number, item_label(_COUNTING.get(own.counting, ""), number)


def _children(element: Any, name: str) -> list[Any]:
    return [] if element is None else list(element.iterchildren(_W + name))


def _value(element: Any, name: str, *, own: bool = False) -> str:
    """A value of an element, or of its child of a name."""
    if own:
        return str(element.get(_W + name, ""))
    child = element.find(_W + name)
    return str(child.get(_W + "val", "")) if child is not None else ""


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else otherwise


def _read(abstract: Any) -> _List:
    levels = {
        _number(_value(level, "ilvl", own=True), 0): _Level(
            _number(_value(level, "start"), 1), _value(level, "numFmt") or "decimal"
        )
        for level in _children(abstract, "lvl")
    }
    return _List(levels)


def _overridden(num: Any) -> dict[int, int]:
    """Where the levels of a list start that count for themselves."""
    return {
        _number(_value(one, "ilvl", own=True), 0): _number(_value(one, "startOverride"), 1)
        for one in _children(num, "lvlOverride")
        if one.find(_W + "startOverride") is not None
    }
