"""The shadow of a text: what is matched instead of the text, and the way back.

A shadow is the text in lower case, every run of white space as one space, curly quotes straight,
hyphens of every kind as ``-``, invisible characters left out. A blank line becomes ``"\\n"``, which
no pattern holds, so nothing matches across blocks; nor does anything match across `OBJECT`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

#: Characters that stand for another one, one for one.
_STRAIGHT = {
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u02bc": "'", "\u2032": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"',
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\ufe63": "-", "\uff0d": "-", "\u2212": "-",
}  # fmt: skip
_ODD = re.compile("[" + "".join(_STRAIGHT) + "]")
#: White space that is more than one space, and characters that are not seen.
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
#: Written as a list because a class that excludes the space takes twice as long.
_SPACE = "\\t-\\r\x1c-\x1f\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_RUN = re.compile(rf"[{_SPACE}{_INVISIBLE}][\s{_INVISIBLE}]*| [\s{_INVISIBLE}]+")


def fold(text: str) -> str:
    """Lower case with straight quotes and plain hyphens; as long as `text`."""
    low = text.lower()
    if len(low) != len(text):  # U+0130 is the one character whose lower case is two
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    if not low.isascii():
        low = _ODD.sub(lambda m: _STRAIGHT[m[0]], low)
    return low


@dataclass(frozen=True)
class Shadow:
    """A folded text with its way back.

    Args:
        text: The shadow.
        source: The text it was made from.
    """

    text: str
    source: str
    _at: tuple[int, ...] = ()
    _moved: tuple[int, ...] = ()

    @classmethod
    def of(cls, source: str) -> Shadow:
        """The shadow of `source`."""
        folded = fold(source)
        parts: list[str] = []
        at: list[int] = []
        moved: list[int] = []
        last = lost = 0
        for match in _RUN.finditer(folded):
            run = match[0]
            blank = run.count("\n") > 1 or run.count("\r") > 1
            new = "\n" if blank else " " if any(c.isspace() for c in run) else ""
            parts += (folded[last : match.start()], new)
            last = match.end()
            if len(run) != len(new):
                lost += len(run) - len(new)
                at.append(last - lost)
                moved.append(lost)
        if not parts:
            return cls(folded, source)
        return cls("".join((*parts, folded[last:])), source, tuple(at), tuple(moved))

    def offset(self, at: int) -> int:
        """Offset in the source of the code point at `at` of the shadow."""
        if not self._at:
            return at
        i = bisect_right(self._at, at)
        return at + (self._moved[i - 1] if i else 0)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Span in the source of a span of the shadow that neither starts nor ends with a space."""
        if start == end:
            return self.offset(start), self.offset(start)
        return self.offset(start), self.offset(end - 1) + 1
