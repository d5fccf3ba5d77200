"""What a page declares about itself, and which of its headings is the title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from unspin.article import Metadata
from unspin.reading.htmltree import Element, visible_text

#: What names of "meta" elements begin with that this program writes.
OWN_META = "unspin:"
_TITLE_NAMES = ("og:title", "twitter:title", "dc.title", "dcterms.title", "title")
_AUTHOR_NAMES = frozenset(
    ["author", "article:author", "dc.creator", "dcterms.creator", "citation_author", "byl",
     "sailthru.author"]
)  # fmt: skip
_DATE_NAMES = (
    "article:published_time", "datepublished", "citation_publication_date", "dc.date.issued",
    "dcterms.issued", "dc.date", "date", "pubdate", "publish-date", "og:article:published_time",
)  # fmt: skip
#: Values of "author" that name no person: addresses, accounts, software.
_NO_AUTHOR = re.compile(r"https?:|www\.|@|\A(?:admin|administrator|editor|root|wordpress)\Z", re.I)
_NO_NAME = re.compile(r"\d|\b(?:updated|reviewed|published|min(?:ute)?s? read)\b", re.I)
_ISO_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ].*)?\Z")
_JSON_ARTICLE = re.compile(r"(?:Article|Posting|WebPage|Report)\Z")
_NOT_WORD = re.compile(r"[\W_]+")
#: What parts the name of a page from that of its site.
_PARTED = re.compile(r"\s+[-–—|·•:»«/]+\s+|\s*[|»«]\s*|:\s+")
#: Class and id words of the place where a site prints its own name.
_SITE_NAMES = re.compile(
    r"(?:^|\s)(?:(?:site|blog)[_-]?(?:title|name|brand(?:ing)?|logo)|logo|branding|navbar-brand)"
    r"(?:$|\s)",
    re.I,
)
_TITLE_CLASSES = re.compile(
    r"(?:^|[\s_-])(?:entry|post|article|page|story|content|node)[_-]{1,2}(?:title|headline|heading)"
    r"(?:$|\s)|(?:^|\s)headline(?:$|\s)",
    re.I,
)
_HOME = re.compile(r"(?:https?:)?(?://[^/?#]+)?/?(?:index\.\w+|home/?|[a-z]{2}/?)?\Z", re.I)


@dataclass
class Head:
    """What the head of a page says."""

    titles: list[str] = field(default_factory=list)  # the most sure one first
    authors: list[str] = field(default_factory=list)
    date: str = ""
    site: str = ""
    canonical: str = ""
    language: str = ""
    own: dict[str, str] = field(default_factory=dict)  # what this program wrote there
    said: dict[str, str] = field(default_factory=dict)  # and in its JSON-LD

    @property
    def title(self) -> str:
        """The first declared title."""
        return self.titles[0] if self.titles else ""

    def agrees(self, text: str) -> bool:
        """Whether a heading says what a declared title says, the name of the site aside."""
        key = _key(text)
        if not key or key == _key(self.site):
            return False
        return any(key in _title_keys(title) for title in self.titles)


def _key(text: str) -> str:
    return _NOT_WORD.sub("", text).casefold()


def _title_keys(title: str) -> Iterator[str]:
    yield _key(title)
    parts = _PARTED.split(title)
    if len(parts) > 1:
        yield from (_key(part) for part in (parts[0], " ".join(parts[:-1])))
        if len(parts[-1]) > len(parts[0]):  # the name of the site stands first
            yield _key(parts[-1])


def read_head(root: Element, source: str) -> Head:
    """Reads titles, authors, date and addresses that a page declares.

    Args:
        root: The page.
        source: Its source.
    """
    named: dict[str, list[str]] = {}
    head = Head()
    page_title = ""
    linked: list[dict[str, Any]] = []
    for element in root.descendants:
        attrs = element.attrs
        if element.tag == "meta":
            name = (
                attrs.get("name") or attrs.get("property") or attrs.get("itemprop") or ""
            ).lower()
            value = " ".join(attrs.get("content", "").split())
            if name and value:
                named.setdefault(name, []).append(value)
        elif element.tag == "html":
            head.language = head.language or attrs.get("lang", "")[:2].lower()
        elif element.tag == "title" and not page_title and not _in_picture(element):
            page_title = _plain(source[element.inner_start : element.inner_end])
        elif element.tag == "link" and attrs.get("rel") == "canonical":
            head.canonical = head.canonical or attrs.get("href", "")
        elif element.tag == "script" and attrs.get("type", "").lower() == "application/ld+json":
            linked += _linked_data(source[element.inner_start : element.inner_end])
    declared = [value for name in _TITLE_NAMES for value in named.get(name, ())]
    declared += [_plain(str(d["headline"])) for d in linked if d.get("headline")]
    head.own = {n: values[0] for n, values in named.items() if n.startswith(OWN_META)}
    if head.own and linked:
        head.said = {k: v for k, v in linked[0].items() if isinstance(v, str)}
    head.titles = [t for t in dict.fromkeys([*declared[:1], page_title, *declared[1:]]) if t]
    head.authors = _authors(named, linked)
    head.date = _date(named, linked)
    head.site = next(iter(named.get("og:site_name", ())), "")
    return head


def _plain(text: str) -> str:
    from html import unescape

    return " ".join(unescape(text).split())


def _in_picture(element: Element) -> bool:
    return any(above.tag == "svg" for above in element.ancestors)


def _linked_data(text: str) -> list[dict[str, Any]]:
    """The articles that JSON-LD describes; what cannot be read says nothing."""
    import json

    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return []
    items = data if isinstance(data, list) else [data]
    items += [x for d in items if isinstance(d, dict) for x in _listed(d.get("@graph"))]
    return [
        d
        for d in items
        if isinstance(d, dict)
        and any(_JSON_ARTICLE.search(str(kind)) for kind in _listed(d.get("@type")))
    ]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _authors(named: dict[str, list[str]], linked: list[dict[str, Any]]) -> list[str]:
    found = [value for name in _AUTHOR_NAMES for value in named.get(name, ())]
    if not any(map(_is_author, found)):
        found = []
        for data in linked:
            for author in _listed(data.get("author")):
                name = author.get("name", "") if isinstance(author, dict) else author
                found += [_plain(str(n)) for n in _listed(name)]
    return [name for name in dict.fromkeys(found) if _is_author(name)]


def _is_author(name: str) -> bool:
    return bool(name) and not _NO_AUTHOR.search(name)


def _date(named: dict[str, list[str]], linked: list[dict[str, Any]]) -> str:
    found = [value for name in _DATE_NAMES for value in named.get(name, ())]
    found += [str(d["datePublished"]) for d in linked if d.get("datePublished")]
    dates = [match[1] for match in map(_ISO_DATE.match, found) if match]
    return dates[0] if dates else ""


def metadata(document: Any, head: Head, heading: str) -> Metadata:
    """What is known about a page.

    Args:
        document: What trafilatura found, or None.
        head: What the page declares.
        heading: The heading that is its title, if one is. A title that the page neither declares
            nor prints over its text is a guess of trafilatura's: the heading of the first section.
    """

    def text(name: str) -> str:
        return str(getattr(document, name, None) or "")

    title = text("title")
    key = _key(title)
    known = [_key(t) for t in (*head.titles, heading)]
    if not any(key and key in k for k in known):
        title = head.title
    # A page that this program wrote says what it was told: nothing is to be guessed.
    said = head.said
    return Metadata(
        title=said.get("headline") or title,
        author=_author(text("author"), head),
        date=said.get("datePublished") or text("date") or head.date,
        url=said.get("url") or text("url") or head.canonical,
        language=head.language or text("language"),
    )


def _author(found: str, head: Head) -> str:
    """Authors as the page writes them: trafilatura takes the letters after a name for a name."""
    declared = "; ".join(head.authors)
    # It takes what stands behind a bar in the same line for another name, too: "May 3".
    found = "; ".join(p for p in map(str.strip, found.split(";")) if p and not _NO_NAME.search(p))
    parts = [_key(part) for part in found.split(";")]
    own = _key(declared)
    return declared if declared and all(part in own for part in parts) else found


def is_site_name(element: Element, source: str, head: Head) -> bool:
    """Whether a heading is the name of the site: a link home, or in the place of a logo."""
    key = _key(visible_text(source[element.start : element.end]))
    if not key or key in map(_key, head.titles):
        return False
    if key == _key(head.site):
        return True
    around = [element, *element.ancestors]
    if any(_SITE_NAMES.search(e.names) for e in around[:4] if e.tag not in ("body", "html")):
        return True
    links = [e for e in (*element.descendants, *around) if e.tag == "a"]
    linked = "".join(visible_text(source[e.start : e.end]) for e in links)
    home = bool(links) and all(_HOME.match(e.attrs.get("href", "-").strip()) for e in links)
    return home and key == _key(linked)


def is_title_class(element: Element) -> bool:
    """Whether the classes of a heading say that it is the title of an article."""
    return bool(_TITLE_CLASSES.search(element.attrs.get("class", "")))
