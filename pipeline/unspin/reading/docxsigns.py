"""Signs and formulas of Word files that are no plain text: symbol fonts and equations."""

from __future__ import annotations

import re
from typing import Any

from unspin.reading.builder import raised

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Namespace of equations.
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
#: What stands for a sign that no table here knows: a reader sees that something is missing.
UNKNOWN = "\ufffd"
#: Where Word keeps the signs of such fonts: the code of the font plus this.
_PRIVATE = 0xF000

#: Adobe's encoding of the font Symbol, where it is not as ASCII.
_SYMBOL = dict(zip(range(0x41, 0x5B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True))
_SYMBOL.update(zip(range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True))
_SYMBOL.update(
    {0x22: "∀", 0x24: "∃", 0x27: "∋", 0x2A: "∗", 0x2D: "−", 0x40: "≅", 0x5C: "∴", 0x5E: "⊥",
     0xA0: "€", 0xA1: "ϒ", 0xA2: "′", 0xA3: "≤", 0xA4: "⁄", 0xA5: "∞", 0xA6: "ƒ", 0xA7: "♣",
     0xA8: "♦", 0xA9: "♥", 0xAA: "♠", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓",
     0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB5: "∝", 0xB6: "∂", 0xB7: "•",
     0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…", 0xBF: "↵", 0xC5: "⊕", 0xC6: "∅",
     0xD0: "∠", 0xD2: "®", 0xD3: "©", 0xD4: "™", 0xD5: "∏", 0xD6: "√", 0xD7: "⋅", 0xD8: "¬",
     0xE2: "®", 0xE3: "©", 0xE4: "™", 0xE5: "∑", 0xF2: "∫"}
)  # fmt: skip
#: Signs of Wingdings that authors put into forms, lists and steps.
_WINGDINGS = {
    0x28: "☎", 0x29: "✆", 0x2A: "✉", 0x4A: "☺", 0x4B: "😐", 0x4C: "☹", 0x6C: "●", 0x6E: "■",
    0x6F: "□", 0x71: "❑", 0x72: "❒", 0x75: "◆", 0x76: "❖", 0x9F: "•", 0xA1: "○", 0xA7: "▪",
    0xA8: "◻", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xF0: "⇨",
    0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_WINGDINGS_2 = {0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0xA3: "□"}
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2}
_SIMPLE = re.compile(r"[^\W_]*[\w.,%°√′]*")


def symbol(font: str, code: int) -> str:
    """Write a sign of a symbol font in Unicode.

    Args:
        font: Name of the font, in any case.
        code: Its code there, with or without the offset that Word adds.

    Returns:
        The sign; U+FFFD where the font or the sign is not known.
    """
    inner = code - _PRIVATE if _PRIVATE <= code <= _PRIVATE + 0xFF else code
    table = _FONTS.get(font.strip().lower())
    if table is None:
        # A sign that any font has, such as a checkbox of MS Gothic.
        return chr(code) if inner == code and code >= 0x20 else UNKNOWN
    if inner in table:
        return table[inner]
    plain = table is _SYMBOL and 0x20 <= inner < 0x7F and not chr(inner).isalpha()
    return chr(inner) if plain else UNKNOWN


def formula(element: Any) -> str:
    """Write an equation on one line: fractions with a stroke, powers raised.

    Args:
        element: The equation, or a part of it.
    """
    name = str(element.tag).removeprefix(M)
    if name == "t":
        return element.text or ""
    parts = {str(child.tag).removeprefix(M): child for child in element}
    if name == "f":
        return f"{_grouped(parts['num'])}/{_grouped(parts['den'])}"
    if name in ("sSup", "sSub", "sSubSup"):
        low = formula(parts["sub"]) if "sub" in parts else ""
        high = formula(parts["sup"]) if "sup" in parts else ""
        return _grouped(parts["e"]) + low + _power(high)
    if name == "rad":
        return f"{_power(formula(parts['deg'])) if 'deg' in parts else ''}√{_grouped(parts['e'])}"
    if name == "d":
        opening, closing = _brackets(parts.get("dPr"))
        inner = [formula(child) for child in element if child.tag == f"{M}e"]
        return opening + ", ".join(inner) + closing
    if name == "nary":
        bounds = [formula(parts[b]) for b in ("sub", "sup") if b in parts]
        limits = "–".join(b for b in bounds if b)
        sign = _sign(parts.get("naryPr"), "chr", "∫")
        return f"{sign}({limits}) {formula(parts['e'])}" if limits else sign + formula(parts["e"])
    return "".join(formula(child) for child in element if not str(child.tag).startswith(_W))


def _grouped(element: Any) -> str:
    """A part of a formula, in brackets where it is more than one number or name."""
    text = formula(element).strip()
    whole = text[:1] == "(" and text[-1:] == ")" and text.find(")") == len(text) - 1
    return text if whole or _SIMPLE.fullmatch(text) else f"({text})"


def _power(text: str) -> str:
    shown = raised(text)
    return shown if shown != text or not text else f"^{text}"


def _brackets(properties: Any) -> tuple[str, str]:
    return _sign(properties, "begChr", "("), _sign(properties, "endChr", ")")


def _sign(properties: Any, name: str, usual: str) -> str:
    found = properties.find(f"{M}{name}") if properties is not None else None
    return str(found.get(f"{M}val", "")) if found is not None else usual


__all__ = ["UNKNOWN", "M", "formula", "symbol"]
