"""MDX: what is code in it. Markdown with elements of JSX, expressions and modules of JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

#: Stands for each code point of what is code, behind a brace: no text may hold it (a noncharacter
#: of Unicode), and the parser of Markdown takes it for letters.
FILL = "\ufdd6"
#: Code points after which a bracket that does not close is none.
_LONGEST = 4_000
_LONGEST_MODULE = 50_000
_FENCE = re.compile(
    r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<fence>`{3,}|~{3,})[^\n]*"
    r"(?:\n(?:.*?^[ \t>]*(?P=fence)[`~]*[ \t]*$|.*)|\Z)",
    re.S | re.M,
)
#: Lines whose braces hold attributes that others than MDX read.
_KEPT = re.compile(r"[ \t>]*:{3,}[^\n]*|(?:#{1,6}[ \t][^\n]*?)(?=\{#[\w.-]+\}[ \t]*$)", re.M)
_ATTRIBUTES = re.compile(r"\{#[\w.-]+\}[ \t]*$", re.M)
_MODULE = re.compile(r"(?:import|export)(?=[ \t{*'\"])")
#: A module that others are taken from: no sentence reads so.
_IMPORT = re.compile(
    r"\s*(?:(?:<!--.*?-->|\{/\*.*?\*/\})\s*)*+"
    r"import[ \t]+(?:[\w$*{][^\n;'\"]{0,500}?\sfrom[ \t]+)?"
    r"(?:'[^'\n]+'|\"[^\"\n]+\")[ \t]*;?[ \t]*$",
    re.S | re.M,
)
_STOP = re.compile(r"\\.|(?P<tick>`+)|(?P<comment><!--.*?(?:-->|\Z))|[{<]|\n", re.S)
_CODE = (
    r"\\.|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|/\*.*?\*/"
    r"|(?<![:\w/])//[^\n]*"
)
_BRACKET = re.compile(rf"{_CODE}|(?P<open>[{{(\[])|(?P<close>[}})\]])", re.S)
_LINE = re.compile(
    rf"{_CODE}|(?P<open>[{{(\[])|(?P<close>[}})\]])|(?P<end>\n(?=[ \t]*(?:\n|\Z)))", re.S
)
_TAG = re.compile(r"</?(?:(?P<name>[A-Za-z_$][\w$.-]*(?::[A-Za-z_][\w-]*)?)(?=[\s/>]))?")
_IN_TAG = re.compile(
    r"\s+|/(?=\s*>)|[A-Za-z_$][\w$:.-]*|=|\"[^\"]*\"|'[^']*'|(?P<brace>\{)|(?P<end>>)"
)
#: Elements whose content is no prose.
_RAW = frozenset({"code", "pre", "script", "style", "kbd", "samp"})
#: Where the address of a link may go on.
_IN_LINK = re.compile(r"\]\([^()\n]{0,500}\Z|^[ \t]*\[[^\]\n]+\]:[^\n]{0,500}\Z", re.M)


def is_mdx(path: str, text: str, begin: int = 0) -> bool:
    """Whether a text is MDX: by its suffix, or for it begins with an import.

    Args:
        path: The source as the user named it.
        text: Decoded source.
        begin: Where the text after the front matter begins.
    """
    if path.lower().endswith(".mdx"):
        return True
    return bool(
        _IMPORT.match(text[begin : begin + _LONGEST].replace("\r\n", "\n").replace("\r", "\n"))
    )


def is_component(source: str) -> bool:
    """Whether something of MDX shows a reader nothing as it stands: all but elements of HTML."""
    return re.match(r"(?:import|export)\b|\{|</?(?:[A-Z>]|[\w.-]+[^<>]*\{)", source) is not None


def filled(text: str, found: Iterable[tuple[int, int]]) -> str:
    """A text with some spans filled up, as long as it was.

    Args:
        text: A text.
        found: What `spans` gives for it.
    """
    out: list[str] = []
    at = 0
    for start, end in found:
        out += [text[at:start], "{", FILL * (end - start - 1)]
        at = end
    return "".join([*out, text[at:]])


def spans(text: str, begin: int) -> Iterator[tuple[int, int]]:
    """Source spans of what is code: modules, tags, expressions, comments.

    Args:
        text: The text, each line of which ends in one line feed.
        begin: Where the text after the front matter begins.
    """
    at = begin
    blank = True  # whether a blank line stands before this one
    while at < len(text):
        fence = _FENCE.match(text, at)
        module = blank and _MODULE.match(text, at)
        if fence:
            at = fence.end()
        elif module:
            end = _module_end(text, at)
            yield at, end
            at = end
        line = text.find("\n", at)
        line = len(text) if line < 0 else line
        end = at
        if not module and not fence:
            kept = _KEPT.match(text, at)
            for start, end in _in_line(text, kept.end() if kept else at, line):
                yield start, end
            line = text.find("\n", max(end, line))
            line = len(text) if line < 0 else line
        blank = not text[at:line].strip()
        at = line + 1


def _module_end(text: str, at: int) -> int:
    """Where an import or export ends: at a blank line outside of brackets."""
    depth = 0
    for match in _LINE.finditer(text, at, at + _LONGEST_MODULE):
        depth += bool(match["open"]) - bool(match["close"])
        if match["end"] and depth <= 0:
            return match.start()
    end = text.find("\n\n", at)
    return len(text.rstrip()) if end < 0 else end


def _in_line(text: str, at: int, line: int) -> Iterator[tuple[int, int]]:
    """Spans of code that begin in a line."""
    while at < line:
        match = _STOP.search(text, at)
        if match is None or match.start() >= line:
            return
        start, at = match.span()
        end = 0
        if match["comment"]:
            end = at
        elif match["tick"]:
            closing = re.compile(rf"(?<!`){match[0]}(?!`)").search(text, at)
            blank = text.find("\n\n", at)
            if closing and (blank < 0 or closing.start() < blank):
                at = closing.end()
        elif match[0] == "{":
            whole = _ATTRIBUTES.match(text, start) or _IN_LINK.search(
                text, max(0, start - 500), start
            )
            end = 0 if whole else _brace_end(text, start)
        elif match[0] == "<":
            end = _tag_end(text, start)
        if end:
            yield start, end
            at = end
        line = max(line, text.find("\n", at)) if at > line else line


def _brace_end(text: str, at: int) -> int:
    """Where an expression ends; 0 where its brace is none."""
    depth = 0
    for match in _BRACKET.finditer(text, at, at + _LONGEST):
        depth += bool(match["open"]) - bool(match["close"])
        if depth == 0 and match["close"]:
            return match.end()
    return 0


def _tag_end(text: str, at: int) -> int:
    """Where a tag ends, or an element whose content is no prose; 0 where it is no tag."""
    tag = _TAG.match(text, at)
    if tag is None:
        return 0
    place = tag.end()
    while (match := _IN_TAG.match(text, place)) is not None:
        place = _brace_end(text, match.start()) if match["brace"] else match.end()
        if not place:
            return 0
        if match["end"]:
            break
    else:
        return 0
    if tag["name"] in _RAW and not tag[0].startswith("</") and text[place - 2] != "/":
        closing = re.compile(rf"</{tag['name']}\s*>").search(text, place)
        return closing.end() if closing else place
    return place
