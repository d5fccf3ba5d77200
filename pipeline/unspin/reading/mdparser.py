"""The parser of Markdown: CommonMark with tables; shortcodes, formulas and footnotes are whole."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

from unspin.reading import mdx

#: White space of a construct that only looks like several blocks, or like none: the parser is
#: shown code points that no text may hold (Unicode's noncharacters) in its place.
_MASKS = {ord(c): chr(0xFDD0 + n) for n, c in enumerate(" \t\n\r\f\v")}
UNMASKS = {ord(mask): chr(char) for char, mask in _MASKS.items()}
_SPACE = r"[\s\ufdd0-\ufdd5]"
#: What stands in a template's code; braces in it hold a mapping.
_INNER = r"(?:[^{}]|\{[^{}]{0,500}\}){0,1000}?"
#: Shortcodes whose content is no Markdown.
_CODE_NAMES = (
    "highlight|raw|rawhtml|html|mermaid|math|katex|latex|chart|code|plantuml|comment|verbatim|"
    "schema|javascript|stylesheet"
)
#: Hugo, Jekyll, Jinja, Handlebars and ERB, tokens of Drupal, and snippets that MkDocs includes;
#: ``{a|b}`` is spintax and stays prose.
SHORTCODE = re.compile(
    rf"\{{\{{[<%]-?{_SPACE}*(?P<hugo>{_CODE_NAMES})\b(?:(?!\{{\{{).){{0,9000}}?"
    rf"\{{\{{[<%]{_SPACE}*/{_SPACE}*(?P=hugo){_SPACE}*[>%]\}}\}}"
    rf"|\{{%-?{_SPACE}*(?P<liquid>{_CODE_NAMES})\b.{{0,9000}}?"
    rf"\{{%-?{_SPACE}*end(?P=liquid){_SPACE}*-?%\}}"
    r"|\{\{[<%](?:[^{}]|\{(?!\{)|\}(?!\})){0,1000}?[>%]\}\}"
    rf"|\{{%{_INNER}%\}}|\{{#[^{{}}]{{0,1000}}#\}}|<%(?:[=#@!-]|{_SPACE}).{{0,1000}}?%>"
    r"|\{\{-?(?:if|else|range|with|block|define|template|each|unless|include|partial)\b[^{}]{0,1000}\}\}"
    r"|\{\{(?:[\"'$@&]|[\w.]{1,100}(?:\|[\w.]{1,50}){0,5}[:(])[^{}]{0,1000}\}\}"
    r"|\[\[\{.{0,2000}?\}\]\]"
    r"|\{::(?P<kramdown>comment)\}.{0,9000}?\{:/(?:comment)?\}"
    r"|\{\{~?!--.{0,9000}?--~?\}\}|\{\{~?[!#/>^][^{}]{0,1000}\}\}"
    r"|-{1,9}8<-{1,9}[ \t]+(?:\"[^\"\n]{1,1000}\"|'[^'\n]{1,1000}')"
    rf"|\{{{mdx.FILL}+|\{{{{3}}[^{{}}]{{0,1000}}\}}{{3}}"
    rf"|\{{\{{-?{_SPACE}{_INNER}{_SPACE}-?\}}\}}|\{{\{{{_SPACE}*[\w.]{{1,100}}{_SPACE}*\}}\}}",
    re.S,
)
#: Formulas: TeX between dollars, or between the brackets that MathJax and KaTeX know.
_MATH = re.compile(
    r"\$\$(?:[^$\\]|\\.){1,2000}?\$\$"
    r"|\$(?![\s$])(?:[^$\\]|\\.){1,300}?(?<![\s\\])\$(?![\d$])"
    r"|\\\((?:[^\\]|\\(?![()])){1,500}?\\\)|\\\[(?:[^\\]|\\(?![\[\]])){1,2000}?\\\]"
    r"|\\begin\{(?P<name>\w+\*?)\}.{1,2000}?\\end\{(?P=name)\}",
    re.S,
)
#: What a formula has and a sum of money, or a bracket that is escaped, has not.
_FORMULA = re.compile(
    r"\\[A-Za-z]|[\^_={}<>≤≥≈±×÷]|\A\s*[A-Za-z]{1,2}\d?\s*\Z"
    r"|\A\s*[A-Za-z0-9]{1,3}(?:\s*[-+*/]\s*[A-Za-z0-9]{1,3})+\s*\Z"
)
_TEX_TEXT = re.compile(r"\\(?:text|mathrm|mbox|operatorname)\w*\{[^}]*\}")
_WORD = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{3,}")
#: Words from which what stands between two dollars is a sentence.
_MIN_WORDS = 3
#: What a shortcode or formula inside it is none: fenced code, code in a line, comments.
_CODE = (
    r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<fence>`{3,}|~{3,})[^\n]*\n"
    r"(?:.*?^[ \t>]*(?P=fence)|.*)|<!--(?:.*?-->|.*)"
    r"|(?<![`\\])(?P<tick>`+)(?!`)[^\n]{1,1000}?(?<!`)(?P=tick)(?!`)"
)
_WHOLE = re.compile(
    rf"(?P<code>{_CODE})|(?P<shortcode>{SHORTCODE.pattern})"
    r"|^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<math>\$\$(?:(?!\n[ \t>]*\n)[^$]){1,2000}?\$\$"
    r"|\\\[[ \t]*\n(?:(?!\n[ \t>]*\n).){1,2000}?\\\]"
    r"|\\begin\{(?P<block>\w+\*?)\}(?:(?!\n[ \t>]*\n).){1,2000}?\\end\{(?P=block)\})(?=[ \t]*$)",
    re.S | re.M,
)
#: Where the address of a link may go on.
_IN_ADDRESS = re.compile(r"(?:\]\(<?|^ {0,3}\[[^\]\n]{1,100}\]:[ \t]*)[^\s()<>]{0,200}\Z", re.M)
#: The address of a link that is none to CommonMark, for it holds spaces.
_ADDRESS = re.compile(
    r"\]\((?=[^()\n]*[ ])(?:[a-z]+:|[./#])?[^()\n\"]{1,300}?(?:/|\.[A-Za-z]\w{1,4}(?:#[\w-]*)?)"
    r"(?:[ ]+\"[^\"\n]*\")?\)"
)
#: Links of a wiki: of one with words of its own, what stands before them.
_WIKI = re.compile(
    r"!?\[\[(?=[^\]|\n]*[A-Za-z])[^\[\]|\n]{1,200}(?:\]\](?![(\[:])|\|(?=[^\[\]|\n]+\]\]))"
)
#: Attributes of what stands before them in a line, as Pandoc, kramdown and others write them.
_INLINE_ATTRIBUTES = re.compile(
    r"\{:?[ \t]*(?=[.#\w])(?:(?:[.#][\w:.-]+|[\w:-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s{}\"'|]+))"
    r"(?:[ \t]+|(?=[ \t]*\})))+[ \t]*\}"
)
#: Attributes of a block as kramdown writes them under it: ``{: .note #id title="x"}``, ``{:toc}``;
#: and the name of the next block in MyST: ``(name)=``.
_ATTRIBUTES = re.compile(
    r"\{:[^{}\n]{1,500}\}[ \t]*|\{[.#][\w-][^{}|\n]{0,500}\}[ \t]*|\([\w:./-]{1,200}\)=[ \t]*"
)
#: What MyST shows no reader: comments, on one line or several, and breaks between its blocks.
_COMMENT = re.compile(r"%(?!\d).*")
#: A comment of Obsidian in a line.
_INLINE_COMMENT = re.compile(r"%%[^%]{1,1000}%%")
_BLOCK_BREAK = re.compile(r"\+{3,}[ \t]*(?:\{.*\}[ \t]*)?")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]:?")
#: What an abbreviation stands for, as Markdown Extra writes it: ``*[GP]: General practitioner``.
_ABBREVIATION = re.compile(r"\*\[[^\]\n]{1,100}\]:(?=[ \t])(?=[^*\n]*(?:\n|\Z))")

#: First lines of admonitions and tabs of MkDocs, whose content is indented under them.
_INDENTED = re.compile(
    r"(?:!!!|\?{3}\+?)[ \t]*[\w-]+(?:[ \t]+[\w-]+)*(?:[ \t]*\"(?P<label>.*)\")?"
    r"|={3}[!+]*[ \t]+\"(?P<tab>.*)\""
)
#: Directives of MyST whose content is prose, and those of them whose argument is prose, too.
_TITLED = (
    "note|warning|tip|important|attention|caution|danger|error|hint|seealso|admonition|dropdown|"
    "topic|sidebar|tab-item|card|grid-item-card"
)
_CONTENT = f"{_TITLED}|figure|tab-set|grid|grid-item|margin|aside|epigraph|pull-quote|div"
#: First and last lines of containers: directives of Docusaurus and MyST, divisions of Pandoc, and
#: blocks of PyMdown.
_FENCED = re.compile(
    rf":{{3,}}[ \t]*\{{(?:{_TITLED})\}}[ \t]*(?P<title>[^\n]*)"
    r"|:{3,}[ \t]*\{[^{}\n]*\}[^\n]*"
    r"|:{3,}[ \t]*[\w-]+\[(?P<label>[^\n]*)\](?:\{[^{}\n]*\})?"
    r"|:{3,}[ \t]*[\w-]+[ \t]*\{[^{}\n]*\}(?:[ \t]*:*)"
    r"|:{3,}(?:[ \t]*[\w-]+(?:[ \t]+(?P<rest>[^\n:][^\n]*)|[ \t]*:*))?"
    r"|/{3,}(?:[ \t]*[\w-]+(?:[ \t]*\|[ \t]*(?P<block>[^\n]*))?)?"
)
_UNSEEN = re.compile(
    rf"{_COMMENT.pattern}|{_BLOCK_BREAK.pattern}|{_ATTRIBUTES.pattern}"
    r"|[:/]{3,}[ \t]*(?:\{[.#][^{}\"']*\})?"
)
#: A line of nothing but code of MDX.
_ELEMENTS = re.compile(rf"(?:\{{{mdx.FILL}+[ \t]*)+")
#: Lines of tables that are drawn: a border, and what stands under the heads of columns.
_GRID = re.compile(r"\+(?:[-=:]{3,}\+)+[ \t]*")
_COLUMNS = re.compile(r"-{2,}(?:[ \t]+-{2,})+[ \t]*")
_GAP = re.compile(r"\S(?:[ \t]{2,}|\t)\S")
#: Information of a fence that holds prose.
_PROSE_FENCE = re.compile(rf"\{{(?:(?:{_TITLED})\}}[ \t]*(?P<title>.*)|(?:{_CONTENT})\}}.*)")
#: A line that sets an option of a directive of MyST.
OPTION = re.compile(r":[\w-]+:(?:[ \t].*)?")


def _placed(rule: Any, delimiters: bool) -> Any:
    """A rule of markdown-it that notes where its tokens stand, as ``meta["at"]`` (start, end).

    Literal text stays without a note: it begins where the token before it ends.
    """

    def placed(state: StateInline, silent: bool) -> bool:
        before, count = state.pos, len(state.tokens)
        # Delimiters come after the literal text that waited; other rules make no text.
        waiting = delimiters and not silent and bool(state.pending)
        if not rule(state, silent):
            return False
        if silent:
            return True
        at = before
        for token in state.tokens[count + waiting :]:
            if token.type == "text":
                if delimiters:
                    token.meta["at"] = (at, at + len(token.content))
                    at += len(token.content)
            elif "at" not in token.meta:
                label = token.type == "link_open" and token.markup != "autolink"
                token.meta["at"] = (before, before + 1 if label else state.pos)
        return True

    return placed


def _shortcode(state: StateInline, silent: bool) -> bool:
    match = SHORTCODE.match(state.src, state.pos) if state.src[state.pos] in "{-<[" else None
    return _raw(state, silent, match)


def _matched(pattern: re.Pattern[str], signs: str) -> Any:
    """A rule that takes what a pattern matches for an object."""

    def rule(state: StateInline, silent: bool) -> bool:
        found = state.src[state.pos] in signs
        return _raw(state, silent, pattern.match(state.src, state.pos) if found else None)

    return rule


def _math(state: StateInline, silent: bool) -> bool:
    match = _MATH.match(state.src, state.pos) if state.src[state.pos] in "$\\" else None
    return _raw(state, silent, match if match and is_math(match[0]) else None)


def is_math(source: str) -> bool:
    """Whether what may be a formula is one, and no sum of money and no escaped bracket."""
    if not _MATH.fullmatch(source):
        return False
    inner = source.strip("$") if source[0] == "$" else source[2:-2]
    if source.startswith("\\begin"):
        return True
    words = _WORD.findall(_TEX_TEXT.sub("", inner))
    return len(words) < _MIN_WORDS and bool(_FORMULA.search(inner))


def holds_shortcode(address: str) -> bool:
    """Whether an address is made, or is made in part, by a shortcode."""
    return bool(SHORTCODE.search(address))


def masked(text: str, begin: int, *, jsx: bool = False) -> str:
    """The text with the white space of what the parser would break in pieces masked.

    Shortcodes and formulas over several lines look like quotes, headings, code and lists; a
    shortcode with spaces ends the address of a link. All that is code in MDX is masked.

    Args:
        text: Decoded source.
        begin: Where the text after the front matter begins.
        jsx: Whether it is MDX.
    """
    # A line ends in many ways; each becomes one that is as long.
    lines = text.replace("\r\n", " \n").replace("\r", "\n")
    if jsx:
        found = list(mdx.spans(lines, begin))
        text, lines = mdx.filled(text, found), mdx.filled(lines, found)
    out: list[str] = []
    at = 0
    for match in _WHOLE.finditer(lines, begin):
        name = "math" if match["math"] else "shortcode"
        start, end = match.span(name)
        if match["code"] or (match["math"] and not is_math(match["math"])):
            continue
        if "\n" in match[name] or _IN_ADDRESS.search(lines, max(0, start - 200), start):
            out += [text[at:start], text[start:end].translate(_MASKS)]
            at = end
    return "".join([*out, text[at:]])


def _attributes(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """A line of attributes ends what stands before it, and is no text of it."""
    start, stop = state.bMarks[line] + state.tShift[line], state.eMarks[line]
    if state.is_code_block(line) or not _ATTRIBUTES.fullmatch(state.src, start, stop):
        return False
    if not silent:
        token = state.push("attributes", "", 0)
        token.content, token.map = state.src[start:stop].rstrip(), [line, line + 1]
        state.line = line + 1
    return True


def _unseen(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """Comments of MyST and Obsidian, and the breaks between blocks of MyST.

    The first line of all may be a title as Pandoc writes it, and one amid a sentence its unit.
    """
    if state.is_code_block(line) or line == 0:
        return False
    above = _line(state, line - 1).rstrip()
    stop = line + (not above and _BLOCK_BREAK.fullmatch(_line(state, line)) is not None)
    if not silent or above.endswith((".", "!", "?", ":", "|")):
        stop = max(stop, _closed(state, line, end))
        while stop < end and _COMMENT.fullmatch(_line(state, stop)):
            stop += 1
    if stop == line:
        return False
    if not silent:
        token = state.push("unseen", "", 0)
        token.content, token.map = state.getLines(line, stop, state.blkIndent, False), [line, stop]
        state.line = stop
    return True


def _closed(state: StateBlock, line: int, end: int) -> int:
    """The line behind a comment of Obsidian that goes over several lines, else 0."""
    if _line(state, line).count("%%") != 1 or not _line(state, line).startswith("%%"):
        return 0
    ends = (n for n in range(line + 1, end) if "%%" in _line(state, n))
    last = next(ends, 0)
    return last + 1 if last and _line(state, last).rstrip().endswith("%%") else 0


def is_unseen(source: str) -> bool:
    """Whether Markdown that is no prose shows a reader nothing.

    Comments, breaks of MyST, attributes and names of blocks, first and last lines of containers
    that are called nothing.
    """
    if source.startswith("%%") and source.rstrip().endswith("%%"):
        return True
    return all(_UNSEEN.fullmatch(line) for line in source.strip().splitlines())


def _directive(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """The first or last line of a container, with the options of MyST behind it."""
    source = _line(state, line).rstrip()
    if state.is_code_block(line) or source[:1] not in ("!", "?", "=", ":", "/", "{"):
        return False
    kind = "indented" if _INDENTED.fullmatch(source) and _is_above(state, line, end) else ""
    if not kind and not _FENCED.fullmatch(source) and not _ELEMENTS.fullmatch(source):
        return False
    if not silent:
        token = state.push("directive", "", 0)
        stop = line + 1
        while source[:1] == ":" and stop < end and OPTION.fullmatch(_line(state, stop)):
            stop += 1
        token.content = "\n".join([source, *(_line(state, n) for n in range(line + 1, stop))])
        token.map, token.info = [line, stop], kind
        state.line = stop
    return True


def _drawn(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """A table of Pandoc whose columns stand by their places, which another word would move."""
    if state.is_code_block(line) or line + 1 >= end:
        return False
    grid = _GRID.fullmatch(_line(state, line))
    if not grid:
        rule = line if _COLUMNS.fullmatch(_line(state, line)) else line + 1
        header = rule == line or _GAP.search(_line(state, line))
        drawn = header and _COLUMNS.fullmatch(_line(state, rule))
        if not drawn or rule + 1 >= end or state.isEmpty(rule + 1):
            return False
    stop = line + 1
    while stop < end and (
        _line(state, stop)[:1] in ("+", "|") if grid else not state.isEmpty(stop)
    ):
        stop += 1
    if not silent:
        token = state.push("drawn", "", 0)
        token.map = [line, stop]
        token.content = state.getLines(line, stop, state.blkIndent, False)
        state.line = stop
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _is_above(state: StateBlock, line: int, end: int) -> bool:
    """Whether the next line that is not blank is indented under a line."""
    below = next((n for n in range(line + 1, end) if not state.isEmpty(n)), None)
    return below is not None and state.sCount[below] >= state.sCount[line] + 4


def label_of(line: str) -> tuple[int, int] | None:
    """Where the prose stands in the first line of a container.

    Args:
        line: The line; for a fence of MyST, what follows its backticks.

    Returns:
        Start and end in the line; None where it holds none.
    """
    for pattern in (_INDENTED, _FENCED, _PROSE_FENCE):
        match = pattern.fullmatch(line)
        if match is not None:
            found = next((n for n, text in match.groupdict().items() if (text or "").strip()), None)
            return match.span(found) if found else None
    return None


def holds_prose(info: str) -> bool:
    """Whether a fence with this information holds prose and no code."""
    return _PROSE_FENCE.fullmatch(info.strip()) is not None


def _footnote(state: StateInline, silent: bool) -> bool:
    match = _FOOTNOTE.match(state.src, state.pos) if state.src[state.pos] == "[" else None
    return _raw(state, silent, match)


def _abbreviation(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("*[", state.pos):
        return False
    first = state.src[: state.pos].rstrip(" \t")[-1:] in ("", "\n")
    return _raw(state, silent, _ABBREVIATION.match(state.src, state.pos) if first else None)


def _raw(state: StateInline, silent: bool, match: re.Match[str] | None) -> bool:
    if match is None:
        return False
    if not silent:
        state.push("raw", "", 0)
    state.pos = match.end()
    return True


@lru_cache(maxsize=2)
def parser(*, jsx: bool = False) -> MarkdownIt:
    """The parser, made once; its inline tokens know their places (``meta["at"]``).

    Args:
        jsx: Whether it is for MDX, where indented lines are no code and tags no HTML.
    """
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark", {"maxNesting": 50}).enable(["table", "strikethrough"])
    made.disable(["fragments_join", "text_join"], ignoreInvalid=True)
    if jsx:
        made.disable(["code", "html_block", "html_inline"])
    made.normalizeLink = _as_written  # type: ignore[method-assign]
    ends = ["paragraph", "reference", "blockquote", "list", "table"]
    made.block.ruler.before("paragraph", "attributes", _attributes, {"alt": ends})
    made.block.ruler.before("paragraph", "directive", _directive, {"alt": ends})
    made.block.ruler.before("paragraph", "unseen", _unseen, {"alt": ends})
    made.block.ruler.before("hr", "drawn", _drawn)
    inline = made.inline.ruler
    inline.before("escape", "shortcode", _shortcode)
    inline.before("escape", "math", _math)
    inline.before("link", "footnote", _footnote)
    inline.before("link", "wiki", _matched(_WIKI, "!["))
    inline.after("image", "address", _matched(_ADDRESS, "]"))
    inline.after("image", "attributes", _matched(_INLINE_ATTRIBUTES, "{"))
    inline.before("escape", "comment", _matched(_INLINE_COMMENT, "%"))
    inline.before("emphasis", "abbreviation", _abbreviation)
    for rule in inline.__rules__:
        rule.fn = _placed(rule.fn, rule.name in ("emphasis", "strikethrough"))
    inline.__cache__ = None
    for block_rule in made.block.ruler.__rules__:
        if block_rule.name == "reference":
            block_rule.fn = _no_footnotes(block_rule.fn)
    made.block.ruler.__cache__ = None
    return made


def _as_written(url: str) -> str:
    return url


def _no_footnotes(rule: Any) -> Any:
    """The rule for definitions of links without footnotes: one that is an address looks alike."""

    def checked(state: Any, start: int, end: int, silent: bool) -> bool:
        at = state.bMarks[start] + state.tShift[start]
        return not state.src.startswith("[^", at) and bool(rule(state, start, end, silent))

    return checked
