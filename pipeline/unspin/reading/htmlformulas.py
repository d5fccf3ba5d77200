"""Formulas of a page (MathML) on one line: fractions with a stroke, powers raised."""

from __future__ import annotations

import re

from unspin.reading.builder import raised
from unspin.reading.htmltree import Element, Text, visible_text

_SIMPLE = re.compile(r"[^\W_]*[\w.,%°√′]*")
#: Elements that another form of the same formula stands in.
_OTHER_FORMS = frozenset({"annotation", "annotation-xml", "mphantom", "none", "mprescripts"})
#: Signs with a space on each side.
_RELATIONS = re.compile(r"\s*([=<>≤≥≈≠×÷·∙+−±→])\s*")


def formula(element: Element, source: str) -> str:
    """Write a formula on one line; empty where it says nothing.

    Args:
        element: The element "math".
        source: The page.
    """
    text = " ".join(_said(element, source).split()) or element.attrs.get("alttext", "").strip()
    return _RELATIONS.sub(r" \1 ", text).strip()


def _said(element: Element, source: str) -> str:
    tag = element.tag.removeprefix("m:")
    parts = [e for e in element.elements if e.tag not in _OTHER_FORMS]
    if tag == "mfrac" and len(parts) == 2:
        return "/".join(_grouped(part, source) for part in parts)
    if tag in ("msup", "msub", "msubsup", "mover", "munder", "munderover") and len(parts) > 1:
        return _with_scripts(tag, [_grouped(parts[0], source)], parts, source)
    if tag == "msqrt":
        return "√" + _bracketed("".join(_said(part, source) for part in parts))
    if tag == "mroot" and len(parts) == 2:
        return _power(_said(parts[1], source)) + "√" + _grouped(parts[0], source)
    if tag == "mfenced":
        inner = ", ".join(_said(part, source) for part in parts)
        return element.attrs.get("open", "(") + inner + element.attrs.get("close", ")")
    if tag == "mtext":
        return f" {_leaf(element, source)} "
    if tag in ("mtable", "mtr", "mlabeledtr"):
        return ("; " if tag == "mtable" else " ").join(_said(part, source) for part in parts)
    if not parts:
        return _leaf(element, source)
    return "".join(_said(part, source) for part in parts)


def _with_scripts(tag: str, said: list[str], parts: list[Element], source: str) -> str:
    """A base with what stands below and above it."""
    scripts = [_said(part, source).strip() for part in parts[1:]]
    low = scripts[0] if tag in ("msub", "msubsup", "munder", "munderover") else ""
    high = scripts[-1] if tag not in ("msub", "munder") else ""
    return "".join([*said, low, _power(high) if tag.startswith("ms") else high])


def _leaf(element: Element, source: str) -> str:
    texts = (c for c in element.children if isinstance(c, Text))
    said = "".join(visible_text(source[c.start : c.end]) for c in texts)
    # signs that nobody sees: "function of", "times", "separator", "plus"
    return re.sub("[\u2061-\u2064]", "", said).strip()


def _grouped(element: Element, source: str) -> str:
    return _bracketed(_said(element, source).strip())


def _bracketed(text: str) -> str:
    """A part of a formula, in brackets where it is more than one number or name."""
    whole = text[:1] == "(" and text[-1:] == ")" and text.find(")") == len(text) - 1
    return text if whole or _SIMPLE.fullmatch(text) else f"({text})"


def _power(text: str) -> str:
    shown = raised(text)
    return shown if shown != text or not text else f"^{_bracketed(text)}"


__all__ = ["formula"]
