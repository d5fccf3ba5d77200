"""Lists: with markers, without markers, and items that run into the paragraph behind them."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache

from unspin.article import BlockKind
from unspin.structure.headings import (
    DEEP_NUMBER,
    known_heading,
    looks_like_heading,
)
from unspin.structure.units import MARKER, Unit
from unspin.structure.words import alternatives, fold, words

#: Longest item of a list that has lost its markers, in words; longer lines are paragraphs.
MOST_ITEM_WORDS = 25
#: Longest item without a marker where nothing announces the list, in words.
MOST_BARE_ITEM_WORDS = 10
#: Longest item that may run into a paragraph, in words.
MOST_RUN_IN_WORDS = 25
#: Least number of words of the paragraph behind a run-in item.
LEAST_BODY_WORDS = 5

_SAFE_BULLETS = "•·▪◦●○■□‣∙⁃►➢➤✓✔❖\uf076\uf0a7\uf0b7\uf0d8\uf0fc"
#: The mark of a footnote behind a word, and emphasis, which has such a sign at both ends.
_NOTE_MARK = re.compile(r"[^\s*]\*(?![\w*])")
_EMPHASIS = re.compile(r"(?<![\w*])\*[^\s*](?:[^*]*[^\s*])?\*(?!\*)")
_INLINE_BULLET = re.compile(r"\s+[•●▪◦‣]\s+")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
_LABEL = re.compile(r"([A-Z][^.:;?!]{1,48}):\s+\S")
_INNER_STOP = re.compile(r"[.!?]\s")
_LAST_WORD = re.compile(r"\S+$")
_LEAD_COLON = re.compile(r":\.?$")
#: Names of the two lists of advice; one word is enough to announce them.
_DOS_NAME = r"(?:the\s)?(?:do(?:[’']?s)?|don[’']?t[’']?s?|do nots?|never|always)"
_DOS = re.compile(rf"{_DOS_NAME}\s*:?", re.I)
_DOS_INLINE = re.compile(rf"(?P<lead>{_DOS_NAME}\s*:)\s+(?=\S)", re.I)
#: A line of advice itself, and no heading, right above marked items.
_ADVICE = re.compile(r"(?:do(?: not)?|don[’']?t|never|always|avoid|try(?: not)? to)\s+[a-z]", re.I)


def find_marked(units: list[Unit]) -> None:
    """Makes items of the lines that begin with a bullet or a number of a sequence."""
    found = [MARKER.match(u.text) if u.plain and not u.sure else None for u in units]
    ordered = _sequences(units, found)
    noted = any(_NOTE_MARK.search(_EMPHASIS.sub("", u.text)) for u in units if "*" in u.text)
    next_list = 1 + max((u.list_id for u in units), default=0)
    stack: list[int] = []
    for i, unit in enumerate(units):
        match = found[i]
        if match is None or (match["ordered"] and i not in ordered):
            continue
        if match["bullet"] and not _true_bullet(units, found, i):
            continue
        if noted and _is_note(found, i):
            continue
        before = units[i - 1] if i else None
        if before is None or not (before.kind is BlockKind.LIST_ITEM and before.marked):
            next_list += 1
            stack = []
        while stack and unit.indent < stack[-1]:
            stack.pop()
        if not stack or unit.indent > stack[-1] + 1:
            stack.append(unit.indent)
        unit.kind, unit.marked, unit.list_id = BlockKind.LIST_ITEM, True, next_list
        unit.level = len(stack)
        if match["ordered"]:
            unit.ordered, unit.number = True, ordered[i]
            # The text may speak of "b)": what a number cannot say stays with the item.
            unit.value = "" if match["value"].isdigit() else match["ordered"]
        if match.end() < len(unit.text):
            unit.shorten(match.end(), len(unit.text))


def _true_bullet(units: list[Unit], found: list[re.Match[str] | None], i: int) -> bool:
    """Whether a dash, star or "o" is a marker and not a word or a pause in a sentence."""
    match = found[i]
    assert match is not None
    sign = match["bullet"][0]
    if sign in _SAFE_BULLETS:
        return True
    if match.end() >= len(units[i].text):
        return False
    if sign in "-*+" and (units[i].blanks or i == 0 or units[i - 1].terminal):
        return True
    for k in (i - 1, i + 1):
        other = found[k] if 0 <= k < len(units) else None
        if other is not None and (other["bullet"] or "")[:1] == sign:
            return True
        if k < i and units[k].text[-1:] == ":" and sign != "o":
            return True
    return sign in "-*+" and i > 0 and not units[i - 1].wrapped


def _is_note(found: list[re.Match[str] | None], i: int) -> bool:
    """Whether a star begins a footnote: no other item stands beside it."""

    def starred(k: int) -> bool:
        match = found[k] if 0 <= k < len(found) else None
        return match is not None and (match["bullet"] or "")[:1] == "*"

    return starred(i) and not starred(i - 1) and not starred(i + 1)


def _value(raw: str) -> list[tuple[str, int]]:
    if raw.isdigit():
        return [("1", int(raw))]
    out = [("i", _ROMAN[raw])] if raw in _ROMAN else []
    if len(raw) == 1:
        out.append(("a" if raw.islower() else "A", ord(raw.lower()) - 96))
    return out


def _sequences(units: list[Unit], found: list[re.Match[str] | None]) -> dict[int, int]:
    """Indices of numbered lines that belong to a sequence 1, 2, ..., with their numbers."""
    out: dict[int, int] = {}
    running: dict[str, list[tuple[int, int]]] = {}

    def close(kind: str) -> None:
        chain = running.pop(kind, [])
        if len(chain) >= 2:
            _settle(units, chain, out)

    for i, match in enumerate(found):
        if match is None or not match["ordered"]:
            continue
        for kind, value in _value(match["value"]):
            chain = running.get(kind)
            if chain and chain[-1][1] + 1 == value:
                chain.append((i, value))
            elif value == 1:
                close(kind)
                running[kind] = [(i, 1)]
    for kind in list(running):
        close(kind)
    return out


def _settle(units: list[Unit], chain: list[tuple[int, int]], out: dict[int, int]) -> None:
    """Numbered lines on end are items; short ones with text between them are headings."""
    parted = sum(b[0] - a[0] > 1 for a, b in itertools.pairwise(chain))
    # The text of the last line counts too: "1. Causes / text / 2. Treatment / text".
    headlike = all(looks_like_heading(units[i]) for i, _ in chain)
    if parted == len(chain) - 1 and headlike:
        for i, _ in chain:
            units[i].sure = True
            units[i].kind = BlockKind.HEADING
    else:
        out.update({i: n for i, n in chain if i not in out})


def find_numbered_headings(units: list[Unit]) -> None:
    """Makes headings of "2.1 Causes" and the like."""
    for i, unit in enumerate(units[:-1]):
        if unit.plain and DEEP_NUMBER.match(unit.text) and looks_like_heading(unit):
            following = units[i + 1]
            if following.count > unit.count or DEEP_NUMBER.match(following.text):
                unit.kind, unit.sure = BlockKind.HEADING, True


def split_inline(units: list[Unit]) -> list[Unit]:
    """Parts "Such as: • one • two • three" into its lead-in and its items."""
    out: list[Unit] = []
    i = 0
    for unit in units:
        i += 1
        lead = _DOS_INLINE.match(unit.text) if unit.plain and not unit.sure else None
        if lead and i < len(units) and not units[i].blanks and _bullet(units[i]):
            part = unit.cut(lead.end(), len(unit.text))
            part.blanks = 0
            out += [unit.cut(0, lead.end("lead")), part]
            continue
        cuts = list(_INLINE_BULLET.finditer(unit.text)) if unit.plain and unit.count > 3 else []
        starts = bool(cuts) and unit.text[0] in _SAFE_BULLETS
        announced = len(cuts) > 1 and unit.text[: cuts[0].start()].endswith(":")
        if not starts and not announced:
            out.append(unit)
            continue
        at = 0
        for cut in [*cuts, None]:
            end = cut.start() if cut else len(unit.text)
            part = unit.cut(at, end)
            if out and at:
                part.blanks = 0
            out.append(part)
            # The bullet stays at the head of the next part, to be seen as a marker.
            at = cut.start() if cut else end
    return out


def _bullet(unit: Unit) -> bool:
    match = MARKER.match(unit.text) if unit.plain else None
    return bool(match and match["bullet"])


def find_first_items(units: list[Unit]) -> None:
    """Makes an item of a line that has lost its bullet between a lead-in and the other items."""
    for lead, unit, following in zip(units, units[1:], units[2:], strict=False):
        marked = following.kind is BlockKind.LIST_ITEM and following.marked and not following.blanks
        if not (marked and unit.plain and not unit.sure and announces(lead) and not lead.marked):
            continue
        if unit.count > MOST_ITEM_WORDS or unit.text[-1] == ":" or following.ordered:
            continue
        if unit.wrapped and unit.count > MOST_ITEM_WORDS // 2:
            continue
        unit.kind, unit.level, unit.list_id = BlockKind.LIST_ITEM, 1, following.list_id
        unit.marked = True
        unit.notes.append(("lost-bullet", True, "1", 0, len(unit.text)))


def name_lists(units: list[Unit]) -> None:
    """Heads lists with "Do" and "Don't"; keeps a line of advice above its items as a line."""
    for unit, following in itertools.pairwise(units):
        if following.kind is not BlockKind.LIST_ITEM:
            continue
        if unit.plain and _DOS.fullmatch(unit.text) and unit.text[-1] != ":":
            unit.kind = BlockKind.HEADING
        elif (
            unit.kind is BlockKind.HEADING
            and not unit.sure
            and unit.level != 1
            and not following.blanks
            and _ADVICE.match(unit.text)
            and unit.text[-1] != "?"
        ):
            unit.kind = BlockKind.PARAGRAPH


def announces(unit: Unit) -> bool:
    """Whether a line leads up to a list: it ends with a colon or in mid-sentence."""
    if unit.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
        return False
    if _DOS.fullmatch(unit.text):
        return True
    if unit.count < 2 or fold(unit.text) in words("furniture"):  # "Log in"
        return False
    if _LEAD_COLON.search(unit.text):
        return True
    # "the drip goes on and on," is a verse, or goes on.
    goes_on = unit.terminal or unit.text[-1] in ",;"
    return not goes_on and fold(unit.text).rsplit(" ", 1)[-1] in words("open_endings")


def find_unmarked(units: list[Unit]) -> None:
    """Makes items of runs of short parallel lines that have no marker."""
    next_list = 1 + max((u.list_id for u in units), default=0)
    i = 0
    while i < len(units) - 1:
        lead = units[i]
        run: list[Unit] = []
        if lead.kind is not BlockKind.EMBED:
            if announces(lead) and not lead.marked:
                run = _announced_run(units, i + 1)
            if not run and lead.plain:
                # A line that ends in a comma goes on: so do verses.
                bare = [] if lead.text[-1] in ",;" else _bare_run(units, i + 1)
                run = bare or _sentence_run(units, i + 1)
        if run:
            next_list += 1
            run[0].notes.append(("lost-bullet", True, f"{len(run)}", 0, len(run[0].text)))
            for unit in run:
                unit.kind, unit.level, unit.list_id = BlockKind.LIST_ITEM, 1, next_list
            i += len(run)
        i += 1


def _announced_run(units: list[Unit], start: int) -> list[Unit]:
    first = units[start]
    if not first.plain or first.text[-1] == ":":
        return []
    spacing = units[start + 1].blanks if start + 1 < len(units) else 0
    run: list[Unit] = []
    for unit in units[start:]:
        if run and unit.blanks != spacing:
            break
        if first.terminal and unit.text[-1] in ",;":
            return []  # a sentence over several lines: verse
        if not _may_be_item(unit, first):
            break
        run.append(unit)
        if unit.terminal and unit.text[-1] == "." and not first.terminal:
            break  # "... and chest pain." closes the list
    if run and not first.lower:
        run = _trim_capitalised(units, start, run, spacing)
    least = 2 if first.lower or spacing == 0 else 3
    return run if len(run) >= least else []


def _may_be_item(unit: Unit, first: Unit) -> bool:
    if not unit.plain or unit.sure or unit.count > MOST_ITEM_WORDS or unit.text[-1] in ":?":
        return False
    if unit.wrapped and unit.count > MOST_ITEM_WORDS // 2:
        return False
    if _INNER_STOP.search(unit.text) and not unit.terminal:
        return False  # a line out of the middle of a paragraph
    if unit.lower != first.lower and not (unit.text[0].isdigit() or first.text[0].isdigit()):
        return False
    if unit.text[-1] in ".!" and not first.terminal:
        # The last item may bear the full stop of the whole sentence.
        return first.lower and unit.count <= MOST_ITEM_WORDS // 2
    # Sentences as items count only where they are short.
    return not first.terminal or unit.count <= MOST_ITEM_WORDS // 2


def _trim_capitalised(units: list[Unit], start: int, run: list[Unit], spacing: int) -> list[Unit]:
    """Takes headings off the end of a run of capitalised items."""
    if run[0].terminal:
        # Capitalised sentences are paragraphs unless they stand on lines without blank lines
        # between them, apart from what follows.
        end = start + len(run)
        apart = spacing == 0 and (end == len(units) or units[end].blanks > 0)
        return run if apart and len(run) >= 2 else []
    for k, unit in enumerate(run):
        end = start + k + 1
        body = end < len(units) and units[end].plain and units[end].count > MOST_ITEM_WORDS
        if k and known_heading(unit.text) and (body or k == len(run) - 1):
            return run[:k]
    end = start + len(run)
    if spacing and end < len(units) and units[end].blanks == spacing and units[end].plain:
        # With even spacing the last short line may head the paragraph behind it.
        return run[:-1]
    return run


def _bare_run(units: list[Unit], start: int) -> list[Unit]:
    """Three or more short lines on end that begin small, with no full stop."""
    run: list[Unit] = []
    for unit in units[start:]:
        if not unit.plain or not unit.lower or unit.count > MOST_BARE_ITEM_WORDS:
            break
        if _INNER_STOP.search(unit.text) and not unit.terminal:
            return []  # lines of a paragraph
        if run and unit.blanks != (run[1].blanks if len(run) > 1 else unit.blanks):
            break
        if unit.terminal and not (len(run) >= 2 and unit.text[-1] == "."):
            break
        run.append(unit)
        if unit.terminal:
            break
    return run if len(run) >= 3 else []


def _sentence_run(units: list[Unit], start: int) -> list[Unit]:
    """Three or more short sentences on lines of their own, apart from what is around them."""
    if not units[start].blanks or not units[start].group or _verses(units, start):
        return []
    run: list[Unit] = []
    for unit in units[start:]:
        if unit.group != units[start].group:
            break
        alone = unit.plain and not unit.wrapped and not unit.sure and not unit.lower
        if not alone or unit.count > MOST_ITEM_WORDS or unit.text[-1] not in ".!":
            return []
        if _INNER_STOP.search(unit.text):
            return []
        run.append(unit)
    return run if len(run) >= 3 else []


def _verses(units: list[Unit], start: int) -> bool:
    """Whether the lines right above are verses: some on end, of which one goes on in the next."""
    above = list(
        itertools.takewhile(lambda u: u.group == units[start - 1].group, reversed(units[:start]))
    )
    return len(above) > 2 and any(u.plain and u.text[-1] in ",;" for u in above)


def find_definitions(units: list[Unit]) -> None:
    """Makes items of three or more lines on end of the form "Term: what it means"."""
    next_list = 1 + max((u.list_id for u in units), default=0)
    i = 0
    while i < len(units):
        j = i
        while j < len(units) and _is_definition(units[j]) and (j == i or not units[j].blanks):
            j += 1
        if j - i >= 3 and (i == 0 or units[i].blanks or announces(units[i - 1])):
            next_list += 1
            for unit in units[i:j]:
                unit.kind, unit.level, unit.list_id = BlockKind.LIST_ITEM, 1, next_list
        i = max(j, i + 1)


def _is_definition(unit: Unit) -> bool:
    if not unit.plain or ":" not in unit.text[:52]:
        return False
    label = _LABEL.match(unit.text)
    if not label or label.group(1).count(" ") > 5:
        return False
    return label.group(1).lower() not in words("data_labels")


@lru_cache(maxsize=1)
def _junction() -> re.Pattern[str]:
    starters = alternatives("sentence_starters")
    return re.compile(
        rf"(?<=[a-z)”’])(?<!\bvitamin)(?<!\bhepatitis)(?<!\btype)\s+(?=(?:{starters})\s+[a-z])"
    )


def split_run_in(units: list[Unit]) -> list[Unit]:
    """Parts items from the paragraph that they run into, where that is sure."""
    out: list[Unit] = []
    for unit in units:
        before = out[-1] if out else None
        if unit.kind is BlockKind.LIST_ITEM and unit.count > LEAST_BODY_WORDS:
            at = _item_end(unit) if _bare_items(out, unit.list_id) >= 2 else 0
            if at:
                out += _parted(unit, at, unit)
                continue
        elif unit.plain and unit.lower and before is not None and unit.count > LEAST_BODY_WORDS:
            at = _continued_item(out, unit)
            if at:
                out += _parted(unit, at, before)
                continue
        out.append(unit)
    return out


def _bare_items(out: list[Unit], list_id: int) -> int:
    """Number of short items without a full stop at the end of `out`; -1 if one is otherwise."""
    n = 0
    for unit in reversed(out):
        if unit.kind is not BlockKind.LIST_ITEM or unit.list_id != list_id:
            break
        if unit.terminal or unit.count > MOST_RUN_IN_WORDS:
            return -1
        n += 1
    return n


def item_end(text: str) -> int:
    """Where an item ends that runs into a sentence whose full stop was lost, or 0."""
    found = _junction().search(text)
    if not found:
        return 0
    item, rest = text[: found.start()], text[found.end() :]
    if item.count(" ") >= MOST_RUN_IN_WORDS or rest.count(" ") + 1 < LEAST_BODY_WORDS:
        return 0
    if any(stop in item for stop in (". ", "? ", "! ")) or item.count("(") != item.count(")"):
        return 0
    return found.start()


def _item_end(unit: Unit) -> int:
    return item_end(unit.text) if unit.text[-1] in ".!?:" else 0


def _continued_item(out: list[Unit], unit: Unit) -> int:
    """Where the item ends that a paragraph behind a list begins with, or 0."""
    last = out[-1]
    if last.kind is not BlockKind.LIST_ITEM or not last.lower:
        return 0
    if fold(unit.text.split(None, 1)[0]) in words("continuations"):
        return 0
    return item_end(unit.text) if _bare_items(out, last.list_id) >= 2 else 0


def _parted(unit: Unit, at: int, like: Unit) -> list[Unit]:
    item = unit.cut(0, at)
    rest = unit.cut(at, len(unit.text))
    item.kind, item.list_id, item.level = BlockKind.LIST_ITEM, like.list_id, like.level
    item.ordered, item.marked, item.notes = like.ordered, unit.marked, list(unit.notes)
    item.value = unit.value
    item.number = unit.number or (like.number + 1 if like.ordered else 0)
    item.notes.append(("item-run-in", True, "", 0, len(item.text)))
    rest.blanks = 1
    return [item, rest]


def note_lost_lists(units: list[Unit]) -> None:
    """Notes a paragraph that announces a list with a colon where only a sentence follows."""
    for unit, following in itertools.pairwise(units):
        if (
            unit.plain
            and unit.text[-1] == ":"
            and unit.count >= MOST_BARE_ITEM_WORDS
            and lost_list(unit.text, following)
        ):
            word = _LAST_WORD.search(unit.text)
            start = word.start() if word else 0
            unit.notes.append(("lost-bullet", False, "announced", start, len(unit.text)))


_ANNOUNCED = re.compile(
    r"\b(?:following|adhering|categories|types|kinds|groups|ways|steps|symptoms|signs|causes|"
    r"reasons|factors|forms|stages)\b[^.!?]{0,60}:$"
)
_ANAPHORA = re.compile(r"(?:These|This|Those|They|It|Such)\s")


def lost_list(text: str, following: Unit) -> bool:
    """Whether what follows a colon refers back to something that is not there."""
    return bool(_ANNOUNCED.search(text) and following.plain and _ANAPHORA.match(following.text))
