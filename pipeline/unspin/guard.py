"""The guard: an edit may not change what a medical text says.

It reads the *facts* of a passage — numbers by value, units, negations, directions, meaning-turning
prefixes, protected names — before and after an edit. A difference demotes the fix to `editor`.
The lists it uses are data: ``data/guard.yaml``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from unspin.resources import load_yaml

#: Words of context read on each side of an edit: enough for "five hundred mg" and "with no".
CONTEXT_WORDS = 5

_TOKEN = re.compile(
    r"https?://\S+|www\.\S+|\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’‑-][^\W\d_]+)*\d*|%|°[CF]?|µg|\S"
)
_ROMAN = re.compile(r"(?=[ivx])(x{0,3})(ix|iv|v?i{0,3})")
_SENTENCE_END = re.compile(r"[.!?:]\s+[\"“'‘(]?$|\n$|^$")
_GENE = re.compile(r"[A-Z][A-Z0-9]{2,}[a-z]?|[A-Z]{2,}\d+|[A-Z]+-\d+")


@dataclass(frozen=True)
class _Lists:
    equivalent: tuple[tuple[re.Pattern[str], str], ...]
    negation: frozenset[str]
    opposites: dict[str, str]
    prefixes: tuple[str, ...]
    numbers: dict[str, float]
    scales: dict[str, float]
    roman_after: frozenset[str]
    units: dict[str, str]
    taken: frozenset[str]
    drug_endings: tuple[str, ...]


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    data: dict[str, Any] = load_yaml("guard.yaml")
    opposites: dict[str, str] = {}
    for pair in data["opposites"]:
        a, b = pair["name"].split("/")
        opposites |= dict.fromkeys(pair["a"], f"{pair['name']}:{a}")
        opposites |= dict.fromkeys(pair["b"], f"{pair['name']}:{b}")
    equivalent = sorted(data["equivalent"].items(), key=lambda kv: -len(kv[0]))
    return _Lists(
        equivalent=tuple((re.compile(rf"\b{re.escape(k)}\b"), v) for k, v in equivalent),
        negation=frozenset(data["negation"]),
        opposites=opposites,
        prefixes=tuple(data["prefixes"]),
        numbers={k: float(v) for k, v in data["numbers"].items()},
        scales={k: float(v) for k, v in data["scales"].items()},
        roman_after=frozenset(data["roman_after"]),
        units={form: unit for unit, forms in data["units"].items() for form in forms},
        taken=frozenset(data["taken"]),
        drug_endings=tuple(data["drug_endings"]),
    )


def facts(text: str, *, names: bool = True) -> Counter[str]:
    """What a passage says that an edit must keep.

    Args:
        text: A passage.
        names: Whether to read protected names (capitalised words inside a sentence, genes, drugs).

    Returns:
        Counts of facts, such as ``number:5``, ``unit:mg``, ``negation``, ``left/right:left``,
        ``prefix:hyper``, ``name:Paget``.
    """
    lists = _lists()
    found: Counter[str] = Counter()
    if names:
        found.update(_names(text))
    folded = text.lower().replace("’", "'")
    found.update(re.findall(r"(?:https?://|www\.)\S+", folded))
    for pattern, replacement in lists.equivalent:
        folded = pattern.sub(replacement, folded)
    tokens = _TOKEN.findall(folded)
    found.update(_numbers(tokens))
    for token in tokens:
        if token in lists.negation or token.endswith("n't"):
            found["negation"] += 1
        side = lists.opposites.get(token)
        if side:
            found[side] += 1
        for prefix in lists.prefixes:
            if token.startswith(prefix) and len(token) > len(prefix) + 2:
                found[f"prefix:{prefix}"] += 1
    return found


def amounts(text: str) -> frozenset[str]:
    """Doses and the like that a passage states: numbers with a unit of what is taken or measured.

    Args:
        text: A passage.

    Returns:
        Such as ``"4 g"``; lengths, times and shares are none.
    """
    found = list(_numbers(_TOKEN.findall(text.lower())))
    pairs = pairwise(found)
    return frozenset(
        f"{number.removeprefix('number:')} {unit.removeprefix('unit:')}"
        for number, unit in pairs
        if number.startswith("number:") and unit.removeprefix("unit:") in _lists().taken
    )


def _numbers(tokens: list[str]) -> Iterator[str]:
    """Numbers by value and the units that follow them."""
    lists = _lists()
    i = 0
    while i < len(tokens):
        value, used = _value(tokens, i)
        if value is None:
            i += 1
            continue
        yield f"number:{value:g}"
        i += used
        for size in (2, 1):
            unit = lists.units.get(" ".join(tokens[i : i + size]))
            if unit:
                yield f"unit:{unit}"
                i += size
                break


def _value(tokens: list[str], i: int) -> tuple[float | None, int]:
    """Value of the number that starts at token `i`, and the tokens it takes."""
    lists = _lists()
    token = tokens[i]
    if token[0].isdecimal():  # a raised or circled digit is a digit, but no number
        digits = re.sub(r",(?=\d{3}(?:\D|$))", "", token).replace(",", ".")
        value = float(digits) if digits.count(".") < 2 else float(digits.replace(".", ""))
        used = 1
    elif token in lists.roman_after or token not in lists.numbers:
        roman = _roman(token) if i and tokens[i - 1] in lists.roman_after else None
        parts = token.split("-")
        if len(parts) == 2 and all(p in lists.numbers for p in parts):
            return sum(lists.numbers[p] for p in parts), 1
        return roman, 1
    else:
        value, used = lists.numbers[token], 1
        follows = lists.numbers.get(tokens[i + 1], 0) if i + 1 < len(tokens) else 0
        if value >= 20 and value % 10 == 0 and 0 < follows < 10 and follows % 1 == 0:
            value, used = value + follows, 2
    while i + used < len(tokens) and tokens[i + used] in lists.scales:
        value *= lists.scales[tokens[i + used]]
        used += 1
    return value, used


def _roman(token: str) -> float | None:
    match = _ROMAN.fullmatch(token)
    if not match or not token:
        return None
    units = {
        "": 0,
        "i": 1,
        "ii": 2,
        "iii": 3,
        "iv": 4,
        "v": 5,
        "vi": 6,
        "vii": 7,
        "viii": 8,
        "ix": 9,
    }
    return float(10 * len(match[1]) + units[match[2]])


def _names(text: str) -> Iterator[str]:
    """Protected names: genes, drugs, and capitalised words inside a sentence."""
    lists = _lists()
    words = list(re.finditer(r"[^\W\d_][\w'’-]*", text))
    capital = sum(w[0][0].isupper() for w in words if len(w[0]) > 3)
    titled = capital * 2 > sum(len(w[0]) > 3 for w in words) and len(words) > 2
    for word in words:
        token = word[0].removesuffix("'s").removesuffix("’s")
        if _GENE.fullmatch(token) and not text.isupper():
            yield f"name:{token}"
        elif len(token) > 6 and token.lower().endswith(lists.drug_endings):
            yield f"drug:{token.lower()}"
        elif token[0].isupper() and len(token) > 1 and not titled:
            before = text[max(0, word.start() - 4) : word.start()]
            if not _SENTENCE_END.search(before):
                yield f"name:{token.lower()}"


def context_of(text: str, start: int, end: int) -> tuple[int, int]:
    """Widens a span by `CONTEXT_WORDS` words on each side, inside its block."""
    left = text.rfind("\n\n", 0, start)
    left = left + 2 if left >= 0 else 0
    right = text.find("\n\n", end)
    right = len(text) if right < 0 else right
    before = list(re.finditer(r"\S+\s*", text[max(left, start - 120) : start]))[-CONTEXT_WORDS:]
    after = list(re.finditer(r"\s*\S+", text[end : min(right, end + 120)]))[:CONTEXT_WORDS]
    a = max(left, start - 120) + before[0].start() if before else start
    b = end + after[-1].end() if after else end
    return a, b


def difference(text: str, start: int, end: int, replacement: str) -> str | None:
    """What an edit of ``text[start:end]`` would change in meaning.

    Args:
        text: The prose.
        start: Start of the edit.
        end: End of the edit.
        replacement: New text of the span.

    Returns:
        A short description for the report, or None where the facts stay the same.
    """
    a, b = context_of(text, start, end)
    old = facts(text[a:b])
    new = facts(text[a:start] + replacement + text[end:b])
    if old == new:
        return None
    lost, gained = old - new, new - old
    parts = [f"loses {', '.join(sorted(lost))}"] if lost else []
    parts += [f"gains {', '.join(sorted(gained))}"] if gained else []
    return "; ".join(parts)


_QUOTE = re.compile(r"“[^“”\n]{12,}?”|(?<!\w)\"[^\"\n]{12,}?\"(?!\w)")


def quotations(text: str) -> list[tuple[int, int]]:
    """Spans of quoted speech: between double quotes, four words or more.

    Shorter quoted strings are terms under discussion, not somebody's words.
    """
    return [m.span() for m in _QUOTE.finditer(text) if len(m[0].split()) >= 4]
