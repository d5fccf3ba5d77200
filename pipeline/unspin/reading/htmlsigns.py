"""Signs of page furniture, and of text that only waits for a click.

A word of a class or an id seldom says enough: "related", "share", "menu" or "widget" name parts of
articles and of page builders too, and an id is often the heading below it. What is lost is worse
than what is left, so such words count only together with others.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate

from unspin import guard
from unspin.reading.htmltree import Element, Text, visible_text

#: Page furniture by element and by role: never main text.
FURNITURE = frozenset({"nav", "footer", "aside"})
ROLES = frozenset(
    ["navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog"]
)
#: Elements that hold the main text of a page and little else.
MAIN = frozenset({"article", "main"})
#: Holders that a class word may make furniture.
_NAMED = frozenset(
    ["div", "section", "ul", "ol", "dl", "aside", "header", "footer", "nav", "form", "table", "td",
     "p", "fieldset", "menu", "center", "details", "figure"]
)  # fmt: skip

# --- names of furniture --------------------------------------------------------------------------

_SPLIT = re.compile(r"[-_:]+|(?<=[a-z])(?=[A-Z])")
#: Words that name furniture wherever they stand in a class.
_SURE_WORDS = frozenset(
    ["navbar", "sidebar", "breadcrumb", "breadcrumbs", "adsbygoogle", "advert", "adverts",
     "advertisement", "advertisements", "pagination", "sharedaddy", "addthis", "addtoany",
     "sharethis", "newsletter", "topbar"]
)  # fmt: skip
#: Words that name furniture where they are all of a class.
_SURE_ALONE = _SURE_WORDS | {
    "nav", "navigation", "menu", "submenu", "comments", "cookie", "cookies", "promo", "promos",
    "ad", "ads", "sponsored", "subscribe", "popup", "modal", "pager", "toolbar", "sharing",
    "respond", "footer",
}  # fmt: skip
#: Words that name other things too: furniture where what they stand on says nothing.
_DOUBTFUL = frozenset(
    ["share", "social", "socials", "related", "comment", "consent", "widget", "skip"]
)
_WEAK = (_SURE_ALONE | _DOUBTFUL) - _SURE_WORDS
#: Words that say, beside one of those, that furniture is meant.
_COMPANIONS = frozenset(
    ["bar", "button", "buttons", "btn", "btns", "icon", "icons", "link", "links", "nav", "menu",
     "post", "posts", "article", "articles", "stories", "story", "pages", "topics", "reading",
     "banner", "notice", "list", "form", "area", "widgets", "media", "follow", "tools", "sharing",
     "share", "social", "related", "cookie", "popup", "overlay", "respond", "signup", "box",
     "block", "section", "container", "wrapper", "wrap", "site", "page", "main", "primary",
     "secondary", "top", "bottom", "left", "right", "mobile", "desktop", "global", "header",
     "footer", "entry", "single", "content", "items", "item", "inner", "outer", "group", "row",
     "col", "column", "recent", "categories", "tags", "archive", "archives", "search", "text", "to",
     "unit", "slot", "reply", "title", "entries", "meta", "author", "body", "modal", "dialog",
     "dropdown", "sub", "consent", "widget", "module", "flyout", "pane", "count", "counts", "email",
     "visitor", "visitors", "user", "users", "reader", "readers", "facebook", "disqus", "wallpaper"]
)  # fmt: skip
#: Page builders put their own words before that of a part; what is left names it.
_BUILDER = re.compile(
    r"(?:elementor-(?:widget-|element-|location-)?|et_pb_|wp-block-|wp-|vc_|wpb_|fl-|fusion-|brxe-|"
    r"ui-|ast-|kt-|kb-|uk-|oxy-|ct-|sqs-|wix-)"
)
#: Whole names of builders' and plug-ins' furniture.
_SURE_NAMES = frozenset(
    ["elementor-location-footer", "elementor-location-popup", "et-l--footer", "site-info",
     "jp-relatedposts", "wp-block-comments", "wp-block-post-comments",
     "wp-block-navigation", "et_pb_widget", "et_pb_widget_area",
     "crayon-toolbar", "author-box-socials", "sfsi_widget", "heateor_sss_sharing_container"]
)  # fmt: skip
#: Names that say what an article or a page is about or how it is laid out.
_NO_NAME = re.compile(
    r"(?:category|tag|post-type|status|type|format|has|no|with|without|is|page-id|term|topic|layout)"
    r"[-_]|post-\d"
    r"|.*(?:content|layout|main)[-_]+(?:with[-_]+)?sidebar|.*sidebar[-_]+(?:content|wrap|layout|main)"
    r"|content[-_]*sidebar[-_]*wrap|comments?-(?:open|closed)|informed-consent"
    r"|(?:patient|treatment)[-_]consent|consent[-_]forms?|ad[-_]hoc",
    re.I,
)
#: Lists of tabs: their names lead to parts of the text.
_TABS = re.compile(r"(?:^|[\s_-])(?:nav-(?:tabs|pills)|tabs?|tab-?list|pills)(?:$|[\s_-])", re.I)
#: Words of what is sold, or said by readers: doses stand there, too.
_NEVER_TEXT = re.compile(
    r"(?:^|[\s_-])(?:ads?|adverts?|advertisements?|adsbygoogle|sponsored|promos?|comments?|disqus|respond"
    r"|cookies?|popup|modal)(?:$|[\s_-])",
    re.I,
)
_COMMENTS = re.compile(r"(?:^|[\s_-])(?:comments?|disqus|respond)", re.I)
#: Share of the unlinked text of a page from which what holds it is no furniture by its name.
_MOST = 0.5
#: Characters of it from which a share says something.
_ENOUGH = 500


def furniture_name(element: Element) -> str:
    """What class and id say of an element: "sure" or "doubtful" furniture, or nothing."""
    if element.tag not in _NAMED:
        return ""
    found = ""
    for word in element.attrs.get("class", "").split():
        sign = _sign(word)
        if sign == "sure":
            return sign
        found = found or sign
    name = element.attrs.get("id", "").strip()
    if not name or " " in name:
        return found
    sign = _sign(name)
    if sign == "sure" and name.lower() in (
        _SURE_WORDS | {"comments", "respond", "nav", "menu", "footer"}
    ):
        return sign
    # An id is often made of a heading: "social-media", "comments-on-dose".
    return found or ("doubtful" if sign else "")


def _sign(word: str) -> str:
    if word.lower() in _SURE_NAMES:
        return "sure"
    if _NO_NAME.match(word):
        return ""
    named = _BUILDER.sub("", word, count=1) if _BUILDER.match(word) else word
    parts = [p.lower() for p in _SPLIT.split(named) if p and not p.isdigit()]
    if any(p in _SURE_WORDS for p in parts):
        return "sure"
    # A builder's widget is any part at all.
    weak = [p for p in parts if p in _WEAK and not (p == "widget" and named != word)]
    if not weak:
        return ""
    if len(parts) == 1:
        return "sure" if parts[0] in _SURE_ALONE and named == word else "doubtful"
    others = [p for p in parts if p not in _WEAK]
    if len(weak) > 1 or all(p in _COMPANIONS or len(p) <= 3 for p in others):
        return "sure"
    # The first word may be the name of a theme.
    return "doubtful" if others == parts[:1] or set(others) & _COMPANIONS else ""


def is_tabs(element: Element) -> bool:
    """Whether an element lists the names of tabs."""
    if element.attrs.get("role") == "tablist":
        return True
    if not _TABS.search(element.attrs.get("class", "")):
        return False
    return any(is_toggle(e) or e.attrs.get("role") == "tab" for e in element.descendants)


# --- formulas ------------------------------------------------------------------------------------

_THINGS = (
    r"(?:articles?|posts?|stories|story|content|pages|topics|reading|links|news|videos|reads|"
    r"coverage|blogs?|guides|items|headlines)"
)
#: What stands over links to other pages.
OTHER_PAGES = re.compile(
    rf"(?:related|recommended|popular|similar|latest|recent|trending|featured|top|more|other|"
    rf"newest|must)(?: \w+){{0,3}} {_THINGS}(?: \w+){{0,3}}"
    r"|related|read (?:more|next|also|this next)|(?:see|read) also|also read|up next|next up"
    r"|more on this|more (?:from|in|like this|to explore|to read|stories)(?: .{1,40})?"
    r"|you (?:may|might) (?:also )?(?:like|be interested in|enjoy|want to read)(?: .{1,20})?"
    r"|recommended(?: for you| reading| from .{1,30})?|don[’']t miss|trending(?: now)?"
    r"|most (?:read|popular|viewed|shared|recent|commented)(?: .{1,20})?|popular(?: now)?|latest"
    r"|people (?:also|often) (?:ask(?:ed)?|search(?:ed)? for)(?: .{1,40})?"
    r"|related (?:questions|searches)|searches related to .{1,80}"
    r"|in other news|from (?:the|our|around the) (?:web|blog|network)|what to read next"
    r"|keep reading|explore more|tags|categories|filed under|archives?|blogroll"
    r"|(?:recent |latest |\d+ )?comments?(?: \(\d+\))?|follow us(?: on)?|connect with us"
    r"|(?:site|main) (?:menu|navigation|map)",
    re.I,
)
#: What stands over a list of the sections of a page.
CONTENTS = re.compile(
    r"(?:table of |page |article )?contents|contents of this (?:page|article)|overview of this page"
    r"|(?:on|in) this (?:page|article|guide|post|section|story)|jump to(?: section)?|sections"
    r"|what[’']s (?:on this page|in this article)|quick (?:links|navigation)",
    re.I,
)
CONTENTS_NAMES = re.compile(
    r"(?:^|[\s_-])(?:toc|(?:ez|lw|rank|kb)[-_]?(?:math[-_])?p?toc|tocs?|table[-_]?of[-_]?contents|"
    r"page[-_]contents|contents[-_]list|jump[-_]?(?:links|to|menu)|on[-_]this[-_]page|"
    r"in[-_]page[-_]nav(?:igation)?)(?:$|[\s_-])",
    re.I,
)
_NETWORKS = frozenset(
    ["facebook", "twitter", "tweet", "pinterest", "linkedin", "whatsapp", "reddit", "telegram",
     "tumblr", "digg", "mixx", "delicious", "del.icio.us", "stumbleupon", "myspace", "google+",
     "instagram", "youtube", "flipboard", "messenger", "viber", "xing", "mastodon", "bluesky",
     "threads", "newsvine", "buzz"]
)  # fmt: skip
_SHARE_WORDS = _NETWORKS | {
    "share", "on", "this", "email", "e-mail", "mail", "print", "pin", "it", "copy", "link", "save",
    "page", "article", "via", "x", "with", "to", "post", "rss", "more", "follow", "us", "like",
    "by", "subscribe", "google", "plus", "pocket", "sms", "skype", "and", "or", "a", "friend",
    "comment",
}  # fmt: skip
_SHARE_LABEL = re.compile(
    r"(?:share|tweet|e-?mail|print|save|like|comment)(?: (?:this|it|on|via|with|the|page|article|"
    r"post|story|link|friends|a friend|your friends|facebook|twitter|now))*",
    re.I,
)
#: Links whose words promise another page, and say nothing else.
ANOTHER_PAGE = re.compile(
    r"(?:read|see|view|show|load|find out|learn) (?:more|also|all|next)\b.{0,80}"
    r"|continue reading\b.*|more (?:on|about|from|in|stories|articles|info)\b.{0,60}"
    r"|(?:also|related)(?: read| articles?)?:.*"
    r"|back to (?:top|home|the top|all|search|index|previous)\b.*"
    r"|(?:next|previous|prev|older|newer)(?: (?:page|post|article|story|entries|posts))?"
    r"(?: ?[:»«→←].*)?|click here.*|home|[\W\d]+|(?:log|sign) ?(?:in|up|out)"
    r"|subscribe\b.*"
    r"|(?:leave|post|add) a (?:comment|reply)|\d+ comments?|reply|edit(?: this page)?|permalink|top"
    r"|skip to .{1,30}|advertisement|rss|site ?map",
    re.I,
)
#: The page before, the page after.
ARROWS = re.compile(r"[«←].{0,80}|.{0,60}[»→]")
#: A line of the archives that hold a page.
FILED = re.compile(r"(?:tags?|tagged|categor(?:y|ies)|filed (?:under|in)|posted in)\b", re.I)
#: Addresses of share buttons, archives and accounts.
_AWAY = re.compile(
    r"//(?:www\.|m\.)?(?:facebook\.com/(?:share|dialog)|(?:twitter|x)\.com/(?:share|intent|home\?)"
    r"|linkedin\.com/share|pinterest\.[a-z.]+/pin/create|reddit\.com/submit|wa\.me/|t\.me/share|"
    r"api\.whatsapp)|/(?:login|log-in|signin|sign-in|signup|sign-up|register|subscribe|feed|rss)\b"
    r"|[?&](?:replytocom|share|print)=|#(?:comments?|respond|disqus_thread|top)\Z",
    re.I,
)
_ARCHIVE = re.compile(
    r"/(?:tags?|category|categories|authors?|archives?)/|[?&](?:tag|cat|author)=", re.I
)


def is_share_bar(text: str, linked: bool) -> bool:
    """Whether a block only names ways to share a page; one that is no link must name two."""
    words = [w for w in re.split(r"[\s|,·•/]+", text.casefold().strip(" :.")) if w]
    named = sum(w in _NETWORKS for w in words)
    if not words or len(words) > 30 or not all(w in _SHARE_WORDS or w.isdigit() for w in words):
        return False
    return named >= (1 if linked else 2) or (
        linked and bool(_SHARE_LABEL.fullmatch(" ".join(words)))
    )


def may_share(text: str) -> bool:
    """Whether an entry of a list of ways to share may be one more of them."""
    words = text.casefold().strip(" :.").split()
    return bool(words) and all(w in _SHARE_WORDS for w in words)


def is_share_label(text: str) -> bool:
    """Whether a block is what stands before the buttons of a share bar."""
    return bool(_SHARE_LABEL.fullmatch(text.strip(" :.")))


def leads_away(address: str) -> bool:
    """Whether an address shares a page, or is one of accounts and comments."""
    return bool(_AWAY.search(address))


def is_archive(address: str) -> bool:
    """Whether an address lists the pages of a tag, a category or an author."""
    return bool(_ARCHIVE.search(address))


# --- what opens on a click -----------------------------------------------------------------------

_HIDDEN_NAMES = re.compile(r"(?:^|\s)(?:sr-only|visually-hidden|screen-reader-text)(?:$|\s)")
#: What is said to those who hear a page alone, and to all others by a sign or a colour.
_WARNS = re.compile(
    r"(?:do not|don[’']t|never|avoid|not|no|must not|should not|stop|warning|caution|danger|"
    r"important|urgent(?: advice)?|immediate action required|note|non-urgent advice)"
    r"(?: \w+)?\s*[:!–—-]?",
    re.I,
)
#: Holders of a line: what is said in one beside other words belongs to these.
_LINE_HOLDERS = frozenset(
    ["p", "li", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "div", "section", "blockquote",
     "figcaption", "caption", "summary", "article", "main", "body"]
)  # fmt: skip
_PRESSED = frozenset({"a", "button", "nav", "form", "select", "label"})
_HIDDEN_CLASS = re.compile(r"(?:^|\s)hidden(?:$|\s)")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
#: Text that a style pushes off the page, shrinks to nothing or gives the colour behind it.
_OUTDENTED = re.compile(r"(?:^|[;\s])text-indent\s*:\s*-\d{3,}(?:\.\d+)?(?:px|em|rem|pt|%)", re.I)
_FLOATING = re.compile(r"position\s*:\s*(?:absolute|fixed)", re.I)
_OFF_PAGE = re.compile(r"(?:^|[;\s])(?:left|top|right)\s*:\s*-\d{4,}px", re.I)
_NO_SIZE = re.compile(r"(?:^|[;\s])font-size\s*:\s*[01](?:\.0+)?(?:px|pt)?\s*(?:;|!|$)", re.I)
_COLOUR = re.compile(r"(?:^|[;\s])color\s*:\s*([^;!]+)", re.I)
_BACKGROUND = re.compile(r"(?:^|[;\s])background(?:-color)?\s*:\s*([^;!]+)", re.I)
_PANEL_NAMES = re.compile(
    r"(?:^|[\s_-])(?:tabs?|tabbed|tab-?(?:pane|panel|content|body|item)s?|accordions?|collaps\w*|"
    r"toggles?|togglable|faqs?|answers?|questions?|expand\w*|panels?|spoilers?|read-?more|more|"
    r"more-?(?:text|content)|reveal|details|disclosure|show-?(?:more|hide)|slides?|slick-slide|"
    r"swiper-slide|carousel-item)(?:$|[\s_-])",
    re.I,
)
_NO_PANEL = re.compile(
    r"(?:^|[\s_-])(?:modal|dialog|popup|pop-up|lightbox|cookies?|gdpr|consent|tooltip|dropdown|menu|"
    r"nav\w*|search|login|signin|share|sharing|overlay|newsletter|subscribe|template|tmpl|print|"
    r"banner|toast|alert-dismissible|lang\w*|cart|honeypot|cloned)(?:$|[\s_-])",
    re.I,
)
_PANEL_TAGS = frozenset(
    ["div", "section", "dd", "p", "ul", "ol", "li", "article", "table", "tbody", "tr", "dl",
     "blockquote", "details", "figure"]
)  # fmt: skip
_ICONS = frozenset({"span", "i", "em", "b", "small", "strong", "font"})
_FIELDS = frozenset({"form", "input", "select", "textarea", "dialog", "nav"})
_TOGGLE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:accordion|collaps\w*|toggles?|faqs?|questions?|expand\w*|tabs?|disclosure)"
    r"(?:$|[\s_-])",
    re.I,
)
_TOGGLES = frozenset({"collapse", "tab", "pill", "toggle", "accordion"})
#: What a button says that does something to the page.
_ACTION = re.compile(
    r"(?:show|view|see|read|load|hide)(?: (?:more|less|all|answers?|details|full .{1,20}|sections?|"
    r"this section))?|more|less|(?:expand|collapse)(?: (?:all|sections?))?|open(?: all)?"
    r"|close(?: .{1,20})?|(?:main )?menu|toggle\b.*|(?:search|share|print|save|copy|e-?mail|listen|"
    r"play|follow|comment|download|order|buy|add to|join|donate)(?:[ :].{1,24})?|pause|submit|send"
    r"|sign (?:up|in|out)\b.*|log ?(?:in|out)|subscribe\b.*|next|previous|prev|back(?: to top)?|top"
    r"|(?:accept|decline|reject)(?: .{1,24})?|ok|got it|reply|edit|cancel|like|navigation|settings"
    r"|language|get started|learn more|find out more|[\W\d]*",
    re.I,
)
_ASKS = re.compile(
    r"(?:sign|subscribe|submit|join|buy|shop|order|send|search|download|get|log ?in|register|"
    r"donate)\b",
    re.I,
)
_SENTENCE = re.compile(r"[.!?](?:[\s\"'”’)]|\Z)")
_HEADING = re.compile(r"h[1-6]")
#: Words from which hidden text may be more than a sign or the name of an icon.
_MIN_WORDS = 3


def _is_unseen(element: Element) -> bool:
    """Whether a style puts the text of an element where no reader sees it.

    A heading pushed off the page is shown as a picture; a holder without size gives its parts
    sizes of their own.
    """
    style = element.attrs.get("style", "")
    if not style or _HEADING.fullmatch(element.tag):
        return False
    if _OUTDENTED.search(style) or (_FLOATING.search(style) and _OFF_PAGE.search(style)):
        return True
    if _NO_SIZE.search(style):
        return not any(e.tag != "br" for e in element.descendants)
    colour, ground = _COLOUR.search(style), _BACKGROUND.search(style)
    return bool(colour and ground and _folded(colour[1]) == _folded(ground[1]))


def _folded(colour: str) -> str:
    return colour.strip().lower().replace(" ", "")


def is_toggle(element: Element) -> bool:
    """Whether a click on an element opens a part of the page."""
    attrs = element.attrs
    if "aria-haspopup" in attrs:
        return False
    kind = attrs.get("data-bs-toggle") or attrs.get("data-toggle")
    if kind:
        return kind in _TOGGLES
    if attrs.get("role") == "tab" or "aria-expanded" in attrs or "aria-controls" in attrs:
        return True
    return bool(_TOGGLE_NAMES.search(attrs.get("class", "")))


def _is_box(element: Element) -> bool:
    """Whether an element is a box to tick."""
    kind = element.attrs.get("type", "").lower()
    return element.tag == "input" and kind in ("checkbox", "radio")


@dataclass
class Page:
    """A page, with what is asked of its elements more than once."""

    source: str
    root: Element
    controlled: set[str] = field(default_factory=set)  # ids of what toggles open
    boxes: set[str] = field(default_factory=set)  # ids of boxes to tick
    fragment: bool = True  # whether it is a part of a page, without the tags of a whole one
    _starts: list[int] = field(default_factory=list)
    _sums: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        lengths: list[int] = []
        self._measure(self.root, lengths)
        self._sums = [0, *accumulate(lengths)]
        for element in self.root.descendants:
            attrs = element.attrs
            if element.tag in ("html", "body"):
                self.fragment = False
            if _is_box(element):
                self.boxes.add(attrs.get("id", ""))
            if element.tag in ("a", "button", "div", "span", "h2", "h3", "h4", "dt", "p", "li"):
                self._control(element)

    def _control(self, element: Element) -> None:
        attrs = element.attrs
        in_heading = element.parent is not None and bool(_HEADING.fullmatch(element.parent.tag))
        if not is_toggle(element) and not (element.tag == "a" and in_heading):
            return
        for name in ("aria-controls", "data-target", "data-bs-target", "href"):
            value = attrs.get(name, "")
            if value.startswith("#") or (value and name == "aria-controls"):
                self.controlled.update(v.lstrip("#") for v in value.split())

    def _measure(self, element: Element, lengths: list[int]) -> None:
        for child in element.children:
            if isinstance(child, Text):
                text = self.source[child.start : child.end]
                self._starts.append(child.start)
                lengths.append(len(text) - text.count(" ") - text.count("\n"))
            elif child.tag not in ("script", "style", "template", "head", "a", "noscript", "svg"):
                self._measure(child, lengths)

    def text(self, element: Element) -> str:
        """What a reader sees of an element, on one line."""
        return " ".join(visible_text(self.source[element.inner_start : element.inner_end]).split())

    def holds_most(self, element: Element) -> bool:
        """Whether more than half of the unlinked text of the page stands in an element."""
        total = self._sums[-1]
        first, last = (bisect_left(self._starts, at) for at in (element.start, element.end))
        return total >= _ENOUGH and self._sums[last] - self._sums[first] > _MOST * total

    def named_furniture(self, element: Element) -> str:
        """What class and id say of an element, unless it holds the article."""
        sign = furniture_name(element)
        if not sign or is_tabs(element):
            return ""
        if self.holds_most(element) and not _COMMENTS.search(element.names):
            return ""
        return sign

    def advises(self, element: Element) -> bool:
        """Whether a part of an article speaks of doses or medicines, whatever its name."""
        if _NEVER_TEXT.search(element.names):
            return False
        return any(f.startswith(("unit:", "drug:")) for f in guard.facts(self.text(element)))

    # --- hidden

    def hidden(self, element: Element) -> bool:
        """Whether no reader sees an element: one that a click opens is seen."""
        if _HIDDEN_NAMES.search(element.attrs.get("class", "")) or _is_unseen(element):
            return not self._told_by_sign(element)
        return self._veiled(element) and not self._opens(element)

    def _told_by_sign(self, element: Element) -> bool:
        """Whether hidden words say what others see as a sign: "Do not", or all that a cell says."""
        text = self.text(element)
        if not any(map(str.isalpha, text)):
            return False
        for above in element.ancestors:
            if above.tag in _PRESSED:
                return False
            if above.tag in ("td", "th"):
                only = [c for c in self.text(above) if c.isalnum()]
                return only == [c for c in text if c.isalnum()] or bool(_WARNS.fullmatch(text))
            if above.tag in _LINE_HOLDERS:
                return bool(_WARNS.fullmatch(text))
        return False

    def sign(self, element: Element) -> str:
        """What a sign without words is called, where it is all that a cell shows; else nothing."""
        title = next((e for e in element.descendants if e.tag == "title"), None)
        shown = self.text(title) if title is not None else ""
        if title is None and any(map(str.isalnum, self.text(element))):
            return ""
        name = element.attrs.get("aria-label") or shown or element.attrs.get("title", "")
        cell = next((e for e in element.ancestors if e.tag in ("td", "th")), None)
        if not any(map(str.isalpha, name)) or cell is None:
            return ""
        said = self.text(cell)
        others = said.replace(self.text(title), "") if title is not None else said
        if any(map(str.isalnum, others)) or any(e.tag == "img" for e in cell.descendants):
            return ""
        return " ".join(name.split())

    def opens(self, element: Element) -> bool:
        """Whether an element is hidden until a click opens it."""
        return self._veiled(element) and not self.hidden(element)

    def _veiled(self, element: Element) -> bool:
        attrs = element.attrs
        return element.tag not in ("html", "body", "main") and (
            "hidden" in attrs
            or attrs.get("aria-hidden") == "true"
            or bool(_HIDDEN_STYLE.search(attrs.get("style", "")))
            or bool(_HIDDEN_CLASS.search(attrs.get("class", "")))
        )

    def _opens(self, element: Element) -> bool:
        """Whether hidden text is that of a tab or an accordion."""
        attrs = element.attrs
        role = attrs.get("role", "")
        if role in ROLES or role in ("menu", "tooltip", "alert", "presentation"):
            return False
        if element.tag not in _PANEL_TAGS and element.tag not in _ICONS:
            return False
        near = [element, *element.ancestors][:3]
        if any(_NO_PANEL.search(e.names) for e in near) or furniture_name(element) == "sure":
            return False
        if any(e.tag in _FIELDS for e in element.descendants):
            return False
        words = len(self.text(element).split())
        controlled = attrs.get("id", "") in self.controlled - {""}
        if element.tag in _ICONS:
            more = re.search(r"more|answer|expand", element.names, re.I)
            return words >= _MIN_WORDS and bool(controlled or more)
        if role == "tabpanel" or controlled or attrs.get("hidden") == "until-found":
            return True
        if words < _MIN_WORDS:
            return False
        if "aria-labelledby" in attrs or any(_PANEL_NAMES.search(e.names) for e in near):
            return True
        return self._answers(element)

    def _answers(self, element: Element) -> bool:
        """Whether an element stands right after a question or a heading, and holds sentences."""
        if element.tag not in ("div", "dd", "section", "p", "ul", "ol") or element.parent is None:
            return False
        before: Element | None = None
        for sibling in element.parent.elements:
            if sibling is element:
                break
            before = sibling if sibling.tag not in ("script", "style", "br") else before
        if before is None:
            return False
        asks = _HEADING.fullmatch(before.tag) or before.tag in ("dt", "summary", "button")
        if not asks and before.attrs.get("role") not in ("button", "tab") and not is_toggle(before):
            return False
        return bool(_SENTENCE.search(self.text(element))) and not self.mostly_links(element)

    # --- buttons

    def answers(self, label: Element) -> bool:
        """Whether a label is an answer of a questionnaire, beside its box to tick."""
        named = label.attrs.get("for", "") in self.boxes - {""}
        if not named and not any(e.tag == "input" and _is_box(e) for e in label.descendants):
            return False
        for above in label.ancestors:
            if above.tag in ("nav", "dialog", "select") or _NO_PANEL.search(above.names):
                return False
            if above.tag in ("td", "th"):
                return True
            if above.tag == "fieldset":
                return any(e.tag == "legend" and self.text(e) for e in above.elements)
        return False

    def asks(self, element: Element) -> bool:
        """Whether a button or label is a heading or a question of the text."""
        text = self.text(element)
        if not any(map(str.isalpha, text)):
            return False
        if _ACTION.fullmatch(text) and not text.endswith("?"):
            return False
        for above in element.ancestors:
            if _HEADING.fullmatch(above.tag) or above.tag in ("dt", "summary", "legend"):
                return self.text(above) == text
            if above.tag in ("nav", "form", "dialog", "select") or _NO_PANEL.search(above.names):
                return False
        if _NO_PANEL.search(element.names):
            return False
        if element.tag == "label":
            named = element.attrs.get("for", "") in self.boxes - {""}
            return named and (text.endswith("?") or len(text.split()) >= _MIN_WORDS)
        return is_toggle(element) or text.endswith("?")

    def is_action(self, element: Element) -> bool:
        """Whether a part of a button only says that it opens something."""
        return bool(_ACTION.fullmatch(self.text(element)))

    def mostly_links(self, element: Element) -> bool:
        """Whether more than half of the text of an element is links."""
        linked = sum(len(self.text(e)) for e in element.descendants if e.tag == "a")
        return linked > _MOST * len(self.text(element))

    def wants_input(self, element: Element) -> bool:
        """Whether an element asks its reader to fill in something, or to press a button for it."""
        for e in element.descendants:
            if e.tag in ("form", "input", "select", "textarea"):
                return True
            if e.tag == "button" and _ASKS.match(self.text(e)):
                return True
        return False
