"""Images of a page: where the picture of a tag is, and how it is written."""

from __future__ import annotations

import re
from html import escape

from unspin.reading.htmltree import Element, Text

#: Attributes in which scripts that load images late keep the address, the surest first.
_LAZY = (
    "data-src", "data-lazy-src", "data-original", "data-lazy", "data-orig-file", "data-full-src",
    "data-hi-res-src", "data-image-src", "data-srcset", "data-lazy-srcset", "srcset",
)  # fmt: skip
_PLACEHOLDER = re.compile(
    r"(?:place-?holder|blank|spacer|lazy-?load|loading|transparent|pixel|1x1|grey|empty)[\w-]*"
    r"\.(?:gif|png|svg|jpe?g|webp)",
    re.I,
)
_KEPT = ("alt", "title", "width", "height")
_SCRIPTED = re.compile(r"(?:javascript|vbscript):", re.I)


def image(element: Element, source: str) -> str:
    """The tag to write for an image; empty for one that shows nothing, or only counts readers."""
    attrs = element.attrs
    if "1" in (attrs.get("width"), attrs.get("height")):
        return ""
    own = attrs.get("src", "").strip()
    address = _address(element)
    if not address:
        return ""
    if address == own and not any(name.startswith("on") for name in attrs):
        return source[element.start : element.end]
    kept = "".join(f' {name}="{escape(attrs[name])}"' for name in _KEPT if attrs.get(name))
    return f'<img src="{escape(address)}"{kept}>'


def _address(element: Element) -> str:
    attrs = element.attrs
    own = attrs.get("src", "").strip()
    shown = own if _is_picture(own) and not _PLACEHOLDER.search(own) else ""
    for name in _LAZY:
        if name == "srcset" and shown:
            break
        value = attrs.get(name, "").strip()
        value = _widest(value) if name.endswith("srcset") else value
        if _is_picture(value):
            return value
    if shown:
        return shown
    other = _without_script(element)
    return other or (own if _is_picture(own) else "")


def _is_picture(address: str) -> bool:
    plain = bool(address) and not re.search(r"[\s{}<>\"]", address)
    return plain and not address.startswith("data:") and not _SCRIPTED.match(address)


def _widest(srcset: str) -> str:
    parts = [part.split() for part in re.split(r",\s+", srcset) if part.strip()]
    sized = [(_size(part[1:]), part[0]) for part in parts]
    return max(sized, key=lambda s: s[0], default=(0.0, ""))[1].rstrip(",")


def _size(words: list[str]) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)[wx],?", words[0]) if words else None
    return float(match[1]) if match else 1.0


def _without_script(element: Element) -> str:
    """Address of the image that stands beside for readers without scripts."""
    if element.parent is None:
        return ""
    siblings = list(element.parent.elements)
    at = next(i for i, sibling in enumerate(siblings) if sibling is element)
    for sibling in siblings[at + 1 : at + 2]:
        if sibling.tag == "noscript":
            for inner in sibling.descendants:
                if inner.tag == "img" and _is_picture(inner.attrs.get("src", "")):
                    return inner.attrs["src"]
    return ""


def only_images(element: Element, source: str) -> list[Element]:
    """The images of an element that holds nothing else."""
    if any(
        isinstance(child, Text) and source[child.start : child.end].strip()
        for e in (element, *element.descendants)
        for child in e.children
        if e.tag not in ("script", "style", "noscript", "svg")
    ):
        return []
    return [e for e in element.descendants if e.tag == "img" and not _in_noscript(e, element)]


def unscripted(element: Element) -> list[Element]:
    """Images for readers without scripts that no image beside them shows already."""
    images = [e for e in element.descendants if e.tag == "img"]
    if not images or element.parent is None:
        return []
    siblings = list(element.parent.elements)
    at = next(i for i, sibling in enumerate(siblings) if sibling is element)
    for sibling in (*siblings[max(0, at - 1) : at], *siblings[at + 1 : at + 2]):
        if any(e.tag in ("img", "picture") for e in (sibling, *sibling.descendants)):
            return []
    return images


def _in_noscript(element: Element, until: Element) -> bool:
    for above in element.ancestors:
        if above is until:
            return False
        if above.tag == "noscript":
            return True
    return False
