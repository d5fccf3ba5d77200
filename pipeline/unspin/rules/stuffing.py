"""What the rules KS001-KS003 share: finds insertions of a title or over-used phrase.

An occurrence of the phrase is judged by its place: a sentence of its own between two sentences
is an insertion; inside a sentence it is one only where the words around it say that the sentence
parses better without it. In 6,801 clean documents with titles of two words or more, the title
never stood as a sentence of its own inside a paragraph. Where a phrase tells its reader something
(``rules/telling.py``), an insertion is only shown to an editor.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from unspin.article import Article, Block, BlockKind
from unspin.findings import Applicability, Finding, Severity
from unspin.rules.telling import tells_something
from unspin.rules.text import ends_sentence, per_article, reference_blocks, word_lists

#: Longest phrase looked for, in words (the longest titles of search phrases have about a dozen).
MAX_WORDS = 16
#: Longest sentence taken as a candidate for an over-used phrase, in words.
MAX_FRAGMENT = 10
#: Longest sentence of a programme of exercises or meetings, in words.
MAX_STEP = 4
#: From this many words on, one sentence made of the title is proof; shorter titles need two.
PROVING_WORDS = 3
#: From this many words on, a search phrase in mid-sentence belongs to no sentence.
SHOWN_WORDS = 4

#: Superlatives that search phrases begin with, and what stands before one in a sentence. Of 11,598
#: clean documents 21 repeat four words that begin so without it, none of them those of its title.
_SUPERLATIVES = frozenset({"best", "top", "cheapest"})
_OWNERS = frozenset({"a", "the", "its", "their", "your", "our", "his", "her", "my", "whose"})
#: Confidence where a phrase tells its reader something: no better than a guess.
UNSURE = 0.5

_TOKEN = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")
_AFTER_STOP = re.compile(r"[.!?…]+[\"”’)\]]*")
_SITE_SUFFIX = re.compile(r"\s+[|»·]\s+|\s+[-–—]\s+|\s*::\s*")
_TITLE_RUN = re.compile(
    r"\b[A-Z][a-z'’]+(?: [A-Z][a-z'’]+)* (?:Of|And|For|In|To|The|With|From|On|At|By|Near|Your)"
    r"(?: [A-Z][a-z'’]+)+"
)
_CITED_AFTER = re.compile(
    r"\W*(?:(?:(?:[A-Z][\w&.]*|of|the|and)\s+){1,6}[.,;:]?\s*)?\(?(?:19|20)\d\d\s*[;:,)]"
)
_NOUN_ENDINGS = ("ment", "ogen", "men", "dren", "antibiotic", "plant", "fant", "swelling")
#: What stands between two copies of a phrase that are one insertion.
_BETWEEN = " .!?,–—-\u00a0"
#: White space and dashes between a full stop and the sentence after it.
_LEAD = " \t\u00a0–—-"
#: Signs that come in pairs around what is put into a sentence.
_PAIRED = (",", "–", "—")
#: Signs beside which a phrase is no part of a sentence that could be mended.
_SIGNS = frozenset("|/\\[]{}<>&+=~#@^_")
_BAD_SEAM = re.compile(
    r"[\s,:;(–—-]\|[.,:;!?)]|[.!?]\|[.,:;–—-]|[.!?]\|\s+[–—]|[,:;]\|\s*[–—]|[–—]\s*\|\s*[–—]"
    r"|\s\|\s|\w\|\w|^\|[\s.,:;!?)]"
)
_GLUED = re.compile(r"[,;]?[^\W\d_]")
_CITED_BEFORE = re.compile(r"(?:et al\.?|\b[A-Z][a-z]+,? [A-Z]{1,3}[.,]|\(?\d{4}\)?\.?)\s*$")


@dataclass(frozen=True, slots=True)
class Insertion:
    """One inserted phrase.

    Args:
        start: Prose offset of the phrase (or of the white space that goes with it).
        end: Offset after the phrase and what goes with it.
        replacement: What remains of the span.
        alone: Whether it stood as a sentence or line of its own.
        from_title: Whether the phrase is the title.
        phrase: The phrase as it stands there.
        sure: Whether the removal is safe: the phrase tells its reader nothing.
    """

    start: int
    end: int
    replacement: str
    alone: bool
    from_title: bool
    phrase: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class _Place:
    """An occurrence: block text `text`, offsets of the phrase in it, kinds of its two sides.

    Sides: ``B`` edge of the block or line, ``S`` edge of a sentence, ``,`` ``(`` ``"`` ``:``
    punctuation, ``C`` a capitalised word, ``w`` another word.
    """

    block: int
    text: str
    start: int
    end: int
    before: str
    after: str


def _words(name: str) -> frozenset[str]:
    found: frozenset[str] = word_lists("stuffing")[name]
    return found


class Phrase:
    """A title or over-used phrase and what its words say about it.

    Args:
        text: The phrase.
        from_title: Whether it is the title, or a part of it before a site name.
    """

    def __init__(self, text: str, *, from_title: bool) -> None:
        self.text = " ".join(text.split())
        self.from_title = from_title
        self.words = _TOKEN.findall(self.text)
        self.question = self.text.endswith("?")
        self.head = self.words[0].lower() if self.words else ""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the phrase in folded text, whatever stands between its words."""
        body = r"\W{1,3}".join(re.escape(w.lower()) for w in self.words)
        return re.compile(rf"(?<!\w){body}(?!\w)")

    @property
    def search_like(self) -> bool:
        """Whether the words are a search phrase rather than a term."""
        low = [w.lower() for w in self.words]
        inner = self.words[1:-1]
        capital_glue = any(w[0].isupper() and w.lower() in _words("function_words") for w in inner)
        edited = any(w in _words("function_words") for w in inner)
        odd_end = len(low) > 2 and (
            low[-1] in _words("prepositions")
            or (low[-1].endswith("ing") and len(low) > 3 and not edited)
        )
        return capital_glue or odd_end or self.searched

    @cached_property
    def searched(self) -> bool:
        """Whether its words, and not its capitals alone, say that it is a search phrase."""
        low = [w.lower() for w in self.words]
        joined = " ".join(low)
        starts = any(joined.startswith(s + " ") for s in _words("search_starts"))
        dated = any(re.fullmatch(r"20[12]\d", w) for w in low)
        return dated or starts or any(w in _words("search_words") for w in low)

    @cached_property
    def may_name(self) -> bool:
        """Whether it may name an exercise, a group or a product that the text speaks of."""
        return not (self.from_title or self.searched or self.text[:1].islower())

    @cached_property
    def tells(self) -> bool:
        """Whether the phrase may be meant: an instruction, a warning, an amount, a sentence."""
        return tells_something(self.text)

    def find(self, low: str) -> list[tuple[int, int]]:
        """Spans of the phrase in folded text; repeats that follow each other are one span."""
        spans: list[tuple[int, int]] = []
        if self.words and self.head in low:
            for match in self.pattern.finditer(low):
                start, end = match.span()
                if spans and not low[spans[-1][1] : start].strip(_BETWEEN):
                    spans[-1] = (spans[-1][0], end)
                else:
                    spans.append((start, end))
        return spans


def _fold(text: str) -> str:
    low = text.lower()
    # A few letters grow when lowered; then offsets would be wrong.
    return low if len(low) == len(text) else text


def _titles(article: Article) -> list[Phrase]:
    raw = [article.title, article.metadata.title]
    if not any(raw) and article.blocks:
        # A first line without a full stop is a title, whether or not the structurer took it.
        first = article.block_text(article.blocks[0])
        raw += [first] if len(first.split()) <= MAX_WORDS and first[-1:] not in ".:" else []
    parts = [t for title in raw for t in [title, *_SITE_SUFFIX.split(title)[:1]] if t.strip()]
    unique = dict.fromkeys(" ".join(p.split()).rstrip(".!") for p in parts)
    phrases = [Phrase(p, from_title=True) for p in unique]
    kept = [p for p in phrases if 1 <= len(p.words) <= MAX_WORDS and len(p.text) > 3]
    return sorted(kept, key=lambda p: -len(p.text))


def _fragments(article: Article) -> Iterator[str]:
    """Short sentences inside paragraphs and lines of their own."""
    for i, block in enumerate(article.blocks):
        if block.kind is BlockKind.TABLE or not block.is_prose or i in reference_blocks(article):
            continue
        for sentence in re.split(r"(?<=[.!?])\s+|\n", article.block_text(block)):
            if 8 < len(sentence) < 100 and 2 <= sentence.count(" ") < MAX_FRAGMENT:
                yield sentence


def _overused(article: Article, known: list[Phrase]) -> list[Phrase]:
    """Title-like phrases that stand alone again and again, or in scraper's capitals."""
    counts: Counter[str] = Counter(s.strip(' .!?-–•*"“”') for s in _fragments(article))
    chosen = [p for p, n in counts.items() if n >= 2 and _title_like(p)]
    # Sentences that begin with a small letter: three of one kind, or two search phrases, are no
    # accident.
    chosen += [
        p
        for p, n in counts.items()
        if n >= 2 and p[:1].islower() and not re.search(r"[^\w\s'’-]", p)
        if n >= 3 or Phrase(p, from_title=False).search_like
    ]
    runs: Counter[str] = Counter(_TITLE_RUN.findall(article.text))
    chosen += [p for p, n in runs.items() if n >= 3 and len(p.split()) >= 4]
    taken = {p.text.lower() for p in known}
    unique = dict.fromkeys(p for p in chosen if p.lower() not in taken)
    return [Phrase(p, from_title=False) for p in sorted(unique, key=len, reverse=True)]


def _title_like(text: str) -> bool:
    words = _TOKEN.findall(text)
    if len(words) < 3 or not text[0].isalnum() or ":" in text or text.endswith(" al"):
        return False
    strong = [w for w in words if len(w) > 3]
    capitals = sum(w[0].isupper() for w in strong)
    return len(strong) >= 2 and capitals == len(strong)


def _places(article: Article, phrase: Phrase, lows: list[str]) -> list[_Place]:
    out: list[_Place] = []
    title = article.title_span
    for i, block in enumerate(article.blocks):
        if block.kind is BlockKind.TABLE or not block.is_prose or block.verbatim:
            continue
        if i in reference_blocks(article):
            continue
        for a, z in phrase.find(lows[i]):
            if title is not None and title.start < block.start + z and block.start + a < title.end:
                continue
            text = article.block_text(block)
            if _cited(text, a, z) or _protected(article, block, a, z):
                continue
            out.append(_Place(i, text, a, z, _before(text[:a]), _after(text[z:])))
    return out


def _cited(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 40) : start]
    return bool(_CITED_BEFORE.search(before) or _CITED_AFTER.match(text[end : end + 80]))


def _protected(article: Article, block: Block, start: int, end: int) -> bool:
    return article.is_protected(block.start + start, block.start + end)


def _before(left: str) -> str:
    body = left.rstrip(' \t\u00a0*•-–—"“')
    if not body or body[-1] == "\n":
        return "B"
    if left[-1] in "\"“‘'«":
        return '"'
    if ends_sentence(left) or ends_sentence(left.rstrip(_LEAD)):
        return "S"
    last = left.rstrip()[-1]
    if last == "-" and left.rstrip()[-2:-1] in (" ", "-"):
        return "–"
    return last if last in ",(:;–—" or last in _SIGNS else "w"


def _after(right: str) -> str:
    body = right.lstrip(" \t\u00a0")
    if not body or body[0] == "\n":
        return "B"
    stop = _AFTER_STOP.match(body)
    if stop:
        rest = body[stop.end() :]
        following = rest.lstrip()
        if rest and (following[:1].islower() or not (rest[0].isspace() or rest[0].isupper())):
            return "w"
        return "S"
    if body[0] in "\"”’'»":
        return '"'
    if body[0] == "-" and body[1:2] in (" ", "-"):
        return "–"
    if body[0] in ",():;–—" or body[0] in _SIGNS:
        return body[0]
    return "C" if body[0].isupper() else "w"


def title_cased(phrase: str) -> bool:
    """Whether the words that matter begin with capitals (at least two of them)."""
    glue = _words("function_words")
    strong = [w for w in _TOKEN.findall(phrase) if w[0].isupper() or w not in glue]
    return len(strong) >= 2 and all(w[0].isupper() or w[0].isdigit() for w in strong)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the whole article says about one phrase."""

    phrase: Phrase
    alone: int  # sentences made of the phrase inside paragraphs
    lines: int  # lines made of the phrase
    common: bool  # its words are no names: they occur without capitals as well
    low_words: frozenset[str]
    odd: int  # title-cased occurrences in a list, or glued to the next word
    inside: int  # title-cased occurrences between other words of a sentence
    surfaces: frozenset[str]  # how the title and its lone sentences are written
    bare: int  # occurrences in small letters where no sentence of an article has such words


def _evidence(phrase: Phrase, places: list[_Place], low_words: frozenset[str]) -> _Evidence:
    alone = [p for p in places if _alone(p, phrase)]
    # The title again as the first heading is no evidence.
    lines = sum(p.block > 1 and p.before == "B" and p.after in "BS" and _whole(p) for p in places)
    strong = [w.lower() for w in phrase.words if w.lower() not in _words("function_words")]
    known = low_words | _words("common_words") | _words("search_words")
    common = bool(strong) and 2 * sum(w in known for w in strong) >= len(strong)
    surfaces = {p.text[p.start : p.end] for p in alone} | {phrase.text.rstrip("?")}
    odd = sum(title_cased(p.text[p.start : p.end]) and _oddly_placed(p) for p in places)
    inside = sum(title_cased(p.text[p.start : p.end]) and p.before in "w," for p in places)
    bare = sum(_is_bare(p, phrase) for p in places)
    return _Evidence(
        phrase, len(alone), lines, common, low_words, odd, inside, frozenset(surfaces), bare
    )


def _is_bare(place: _Place, phrase: Phrase) -> bool:
    """Whether a title stands in a sentence as somebody types it into a search engine.

    "a mattress that best mattress for back pain is": a superlative without "the", or "near me".
    """
    if not (phrase.from_title and phrase.searched and len(phrase.words) >= SHOWN_WORDS):
        return False
    if not place.text[place.start].islower() or place.before not in "w,":
        return False
    if [w.lower() for w in phrase.words[-2:]] == ["near", "me"]:
        return True
    left = _TOKEN.findall(place.text[max(0, place.start - 60) : place.start])
    last = left[-1].lower().replace("’", "'") if left else ""
    searched = phrase.head in _SUPERLATIVES and not phrase.words[1].lower().startswith("practice")
    return searched and last not in _OWNERS and not last.endswith("'s")


def _glued(place: _Place) -> bool:
    """Whether the next word is glued to the phrase, with or without a comma."""
    return bool(_GLUED.match(place.text, place.end))


def _oddly_placed(place: _Place) -> bool:
    return _glued(place) or (place.before == "," and place.after == ",")


def _whole(place: _Place) -> bool:
    return not place.text[place.end :].strip(' .!?…*_"”')


def _alone(place: _Place, phrase: Phrase) -> bool:
    return place.before == "S" and (place.after in "SB" or (phrase.question and place.after == "C"))


def _judge(article: Article, ev: _Evidence, place: _Place, count: int) -> Insertion | None:
    """Judges one occurrence: an insertion with its cut, or None."""
    proof = ev.alone + ev.lines
    cased = title_cased(place.text[place.start : place.end])
    words = len(ev.phrase.words)
    # What a sentence says may be said twice: only capitals inside a paragraph make it odd.
    if ev.phrase.tells and not _said_too_often(ev, cased):
        return None
    if _alone(place, ev.phrase):
        # Once, written like any sentence, a term can be an answer ("Carpal tunnel syndrome.").
        small = place.text[place.start].islower()
        answers = place.text[: place.start].rstrip(_LEAD).endswith("?")
        odd = ev.phrase.search_like or small or (cased and not answers)
        proven = words >= PROVING_WORDS and odd
        proven = proven or proof >= 2
        if ev.phrase.question:
            # A question in a text may be a real one; in a title's capitals, or twice, it is not.
            proven = cased or ev.alone >= 2 or place.text[place.start].islower()
        elif words == 1:
            proven = proof >= 3
        return _cut_alone(article, ev, place) if proven else None
    if place.before == "B" and place.after in "BS":
        return _judge_line(article, ev, place, count, cased)
    if place.before in "BS" and place.after in "Cw":
        return _judge_open(article, ev, place, cased)
    # "Low Back Pain (LBP)" defines a term, quotation marks cite a title.
    if article.blocks[place.block].kind is BlockKind.HEADING:
        return None
    # A phrase that begins its sentence is its subject, and has its capital from there.
    if words < 2 or place.before in 'BS"' or place.after in ('"', "("):
        return None
    if place.before in _SIGNS or place.after in _SIGNS:
        return None
    return _judge_splice(article, ev, place, cased)


def _said_too_often(ev: _Evidence, cased: bool) -> bool:
    """Whether a phrase that may be meant stands too often, and oddly, to be passed over."""
    if ev.phrase.from_title and not cased:
        return False
    searched = ev.phrase.searched and len(ev.phrase.words) >= SHOWN_WORDS
    return ev.alone >= 2 or (searched and ev.alone + ev.inside >= 2)


def _judge_line(
    article: Article, ev: _Evidence, place: _Place, count: int, cased: bool
) -> Insertion | None:
    """A phrase at the beginning of a block: the whole line, or its first sentence."""
    if _whole(place):
        stray = _stray_line(article, ev, place, cased)
        return _cut_alone(article, ev, place) if stray else None
    # A run-in heading ("Low back pain. Most people ...") stands once; an insertion again and again.
    proven = ev.alone >= 1 and (ev.alone + count >= 2)
    odd = ev.phrase.search_like and len(ev.phrase.words) >= 4
    return _cut_alone(article, ev, place) if proven or odd else None


def _stray_line(article: Article, ev: _Evidence, place: _Place, cased: bool) -> bool:
    """Whether a line made of the phrase heads nothing."""
    block = article.blocks[place.block]
    if place.block <= 1:  # the title again as the first heading
        return False
    if ev.phrase.question:
        return ev.alone >= 2
    if article.structured and block.kind is BlockKind.HEADING and not ev.phrase.search_like:
        return False
    if ev.alone >= 1:
        return ev.alone + ev.lines >= 2 and len(ev.phrase.words) > 1
    last = place.block == len(article.blocks) - 1
    ending = last and len(ev.phrase.words) >= PROVING_WORDS and len(article.blocks) > 3
    ending = ending and (ev.phrase.search_like or cased or place.text[place.start].islower())
    repeated = ev.lines >= 3 or (ev.lines >= 2 and ev.phrase.search_like)
    return ev.phrase.from_title and (ending or repeated)


def _judge_open(article: Article, ev: _Evidence, place: _Place, cased: bool) -> Insertion | None:
    """A phrase that begins a sentence and runs into the next one without a full stop."""
    if len(ev.phrase.words) < 2 or place.after != "C":
        return None
    rest = place.text[place.end :].split(None, 2)
    if (
        len(rest) < 2
        or rest[1][:1].isupper()
        or article.blocks[place.block].kind is (BlockKind.HEADING)
    ):
        return None
    nxt = rest[0].lower().strip(",;:'’")
    starter = nxt in _words("starters") or nxt in ev.low_words
    proof = ev.alone + ev.lines
    # No sentence begins with a small letter, so such a phrase belongs to none.
    small = place.text[place.start].islower() and len(ev.phrase.words) >= PROVING_WORDS
    backed = proof >= 1 or (ev.phrase.search_like and cased and starter) or small
    if not backed or not (starter or small or (cased and ev.alone) or ev.alone >= 2):
        return None
    return _make(article, ev, place, place.start, _skip_space(place.text, place.end), "", True)


def _cut_alone(article: Article, ev: _Evidence, place: _Place) -> Insertion:
    """Cuts the phrase, its full stop, and the white space on one side."""
    text = place.text
    start, end = place.start, place.end
    stop = _AFTER_STOP.match(text, _skip_blank(text, end))
    end = stop.end() if stop else end
    while start and text[start - 1] in '"“*•–—-' and place.before == "B":
        start -= 1
    bare = len(text[:start].rstrip(_LEAD))
    if place.before == "S" and text[bare:start].strip():  # "Rest it. – The Title. Ice it."
        start = bare + (text[bare].isspace() and 1)
    after = _skip_space(text, end)
    if place.before == "B" or (start and text[start - 1].isspace() and after < len(text)):
        joint = start == 0 or text[start - 1].isspace() or after == len(text)
        return _make(article, ev, place, start, after, "" if joint else " ", True)
    if after == len(text):
        start = len(text[:start].rstrip())
        return _make(article, ev, place, start, after, "", True)
    return _make(article, ev, place, start, after, " ", True)


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _skip_blank(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \u00a0":
        at += 1
    return at


def _make(
    article: Article,
    ev: _Evidence,
    place: _Place,
    start: int,
    end: int,
    replacement: str,
    alone: bool,
) -> Insertion:
    base = article.blocks[place.block].start
    return Insertion(
        base + start,
        base + end,
        replacement,
        alone,
        ev.phrase.from_title,
        " ".join(place.text[place.start : place.end].split()),
        sure=not (ev.phrase.tells or _may_be_meant(ev.phrase, place, alone=alone)),
    )


def _may_be_meant(phrase: Phrase, place: _Place, *, alone: bool) -> bool:
    """Whether what stands around a phrase needs it, though its own words tell nothing.

    It answers a question, asks one of a list of questions, names a step of a programme or the
    field of a form, or is what "she", "it" and "take" of the next sentence speak of. What is a
    search phrase by its words is none of these, but for a question.
    """
    text = place.text
    if alone and text[place.end : place.end + 1] == "?":
        # A title in a question's place is written like a title.
        return not title_cased(text[place.start : place.end]) and text[place.start].isupper()
    if phrase.searched:
        return False
    if not alone:
        # "and after Total Hip Replacement a nurse comes": the preposition needs it.
        left = _TOKEN.findall(text[: place.start])
        last = left[-1].lower() if left and place.before == "w" else ""
        return last in _words("prepositions") and place.after == "w"
    if text[: place.start].rstrip(_LEAD).endswith("?"):
        return True
    sentences = re.split(r"(?<=[.!?])\s+|\n", text)
    name = _fold(phrase.text)
    others = [s for s in sentences if name not in _fold(s)]
    if others and all(len(_TOKEN.findall(s)) <= MAX_STEP for s in others):
        return True
    return phrase.may_name and _names_a_step(phrase, place)


def _names_a_step(phrase: Phrase, place: _Place) -> bool:
    """Whether a phrase names what comes next.

    "Knee To Chest Stretch. Lie on your back."
    """
    if phrase.words[-1].lower() in _words("exercise_nouns"):
        return True
    following = _TOKEN.search(place.text, place.end)
    return following is not None and following[0].lower() in _words("step_starts")


def _judge_splice(article: Article, ev: _Evidence, place: _Place, cased: bool) -> Insertion | None:
    """Judges a phrase inside a sentence, and says what remains without it."""
    left = _TOKEN.findall(place.text[max(0, place.start - 60) : place.start])
    right = _TOKEN.findall(place.text[place.end : place.end + 60])
    before = left[-1].lower() if left and place.before == "w" else place.before
    after = right[0].lower() if right and place.after in "wC" else place.after
    glued = _glued(place)
    name = place.after == "C" or (left and before != place.before and left[-1][0].isupper())
    # two copies in a row are one place
    same = place.text[place.start : place.end].startswith(tuple(ev.surfaces))
    # A capital beside it: part of a longer name ("the Knee Pain Society"); or the name of a work.
    named = cased and before in _words("works")
    if name or named or not same or not _backed(ev, place, cased, glued, before, after):
        return _shown(article, ev, place) if ev.bare > 1 and _is_bare(place, ev.phrase) else None
    made = _cut_splice(article, ev, place, before, after)
    if made is not None or not ev.phrase.from_title:
        return made
    if not ev.phrase.searched or len(ev.phrase.words) < SHOWN_WORDS or place.before != "w":
        return None
    return _shown(article, ev, place)


def _shown(article: Article, ev: _Evidence, place: _Place) -> Insertion:
    """An insertion that an editor must look at."""
    # What the sentence was without it does not show, but that it is none with it.
    start, end = place.start, _skip_blank(place.text, place.end)
    if place.after not in "wC":  # the space before it goes instead
        start, end = len(place.text[:start].rstrip()), place.end
    return replace(_make(article, ev, place, start, end, "", False), sure=False)


def _backed(
    ev: _Evidence, place: _Place, cased: bool, glued: bool, before: str, after: str
) -> bool:
    """Whether there is enough evidence that this occurrence was inserted."""
    # One line can be a heading.
    proof = ev.alone + (ev.lines if ev.lines >= 2 else 0)
    if len(ev.phrase.words) < PROVING_WORDS and not proof:
        return False
    cased = cased and ev.common
    listed = place.before == "," and place.after == ","
    if _impossible(place, before, after):
        return proof >= 1 or (cased and ev.phrase.search_like)
    if cased:
        # Clean text lists diseases in capitals, too: one such place is not enough.
        return proof >= 1 or ev.phrase.search_like or (ev.odd >= 2 and (glued or listed))
    # Without capitals the place itself must be odd: after a noun, in a list, or glued.
    odd = listed or glued or (_content(before) and after not in _words("continuations"))
    if not odd:
        return False
    if _raised(ev, place) and (proof >= 1 or ev.phrase.search_like):
        return True
    return ev.phrase.search_like and (proof >= 2 or (proof >= 1 and glued))


def _raised(ev: _Evidence, place: _Place) -> bool:
    """Whether a word that is no name has a capital in mid-sentence."""
    known = ev.low_words | _words("common_words") | _words("search_words")
    plain = ev.phrase.head in known | _words("function_words")
    return place.text[place.start].isupper() and ev.common and plain


def _impossible(place: _Place, before: str, after: str) -> bool:
    """Whether no noun phrase can stand there."""
    sentence_end = place.text.find(".", place.end)
    question = "?" in place.text[place.end : sentence_end if sentence_end > 0 else None]
    if before in _words("subject_pronouns") or (before in _words("modals") and not question):
        return True
    return before in _words("determiners") | _words("prepositions") and after in (
        "the",
        "a",
        "an",
        "their",
        "its",
        "your",
    )


def _cut_splice(
    article: Article, ev: _Evidence, place: _Place, before: str, after: str
) -> Insertion | None:
    """The cut that leaves the words around the phrase a sentence; None where none is sure."""
    text, end = place.text, place.end
    if ev.phrase.question and text[end : end + 1] == "?":
        end += 1
        place = replace(place, end=end, after=_after(text[end:]))
        word_after = _TOKEN.search(text, end)
        after = word_after.group().lower() if word_after and place.after in "wC" else place.after
    made = _cut_between(article, ev, place, before, after)
    if made is None:
        return None
    base = article.blocks[place.block].start
    left, right = text[: made.start - base] + made.replacement, text[made.end - base :]
    # What is left must be a sentence's punctuation; where it is not, nothing is cut.
    return None if _BAD_SEAM.search(f"{left[-3:]}|{right[:3]}") else made


def _cut_between(
    article: Article, ev: _Evidence, place: _Place, before: str, after: str
) -> Insertion | None:
    """The phrase and the punctuation that came with it, by what stands on its two sides."""
    text, start, end = place.text, place.start, place.end
    nxt = _skip_blank(text, end)
    bare = len(text[:start].rstrip())
    if place.before == "(" and place.after == ")":
        return _make(article, ev, place, len(text[: start - 1].rstrip()), nxt + 1, "", False)
    if place.before in _PAIRED and place.after in _PAIRED:
        return _cut_paired(article, ev, place)
    if place.after == ",":
        word = _skip_space(text, nxt + 1)
        if place.before in ":;" or before in _words("conjunctions"):
            return _make(article, ev, place, start, word, "", False)
        if not _content(before):
            return None
        return _make(article, ev, place, bare, word, ", ", False)
    if place.after in "SB;:)–—":
        # a dash keeps the space before it
        tail = end if place.after in "–—" else nxt
        if place.before in _PAIRED:
            return _make(article, ev, place, _before_mark(text, start), tail, "", False)
        return _make(article, ev, place, bare, tail, "", False) if _content(before) else None
    if place.before in "–—" and after in _words("conjunctions"):
        return _make(article, ev, place, _before_mark(text, start), nxt, " ", False)
    if not _fits(before, after, place):
        return None
    named = ev.phrase.search_like or title_cased(text[start:end])
    if after in _words("continuations") and not named and _content(before):
        return None
    space = start and text[start - 1].isspace()
    return _make(article, ev, place, start, nxt, "" if space else " ", False)


def _before_mark(text: str, start: int) -> int:
    """Where the text before a comma or dash ends."""
    return len(text[:start].rstrip().rstrip(",–—-").rstrip())


def _cut_paired(article: Article, ev: _Evidence, place: _Place) -> Insertion | None:
    """A phrase between two commas or dashes: both go, one stays, or it is not sure which."""
    text = place.text
    left = _before_mark(text, place.start)
    right = _skip_space(text, place.end)
    while right < len(text) and text[right] in ",–—- ":
        right += 1
    marks = _marks(text, left, place)
    if marks is None:
        return None
    if not marks:
        return _make(article, ev, place, left, right, " ", False)
    if place.before == ",":  # the comma before it stays, with its space
        return _make(article, ev, place, place.start, right, "", False)
    return _make(article, ev, place, left, right, text[left : place.start], False)


def _marks(text: str, left: int, place: _Place) -> bool | None:
    """Whether a comma or dash belongs where a phrase between two of them stood.

    Returns:
        None where the words beside it do not say.
    """
    stop = max(text.rfind(c, 0, left) for c in ".!?\n")
    said = text[stop + 1 : left]
    dash = place.before in "–—"
    earlier = [m.start() for m in re.finditer(r"[–—]|(?<=\s)-(?=\s)" if dash else ",", said)]
    mixed = dash != (place.after in "–—")
    following = _TOKEN.search(text, place.end)
    if following is None:
        return None
    word = following[0].lower()
    opens = _TOKEN.findall(said)
    first = opens[0].lower() if opens else ""
    intro = first in _words("subordinators") | _words("prepositions") | _words("openers")
    if word in _words("conjunctions"):
        return None if mixed else not dash
    if not earlier and intro:
        return None if mixed else True
    if _finite(word):
        if len(earlier) - bool(intro and not dash) <= 0:
            return False
        # "The discs, which are soft, The Title, can tear": the comma closes what they hold
        aside = _TOKEN.search(said, earlier[-1])
        closing = aside is not None and (dash or aside[0].lower() in _words("asides"))
        return True if closing and not mixed else None
    if mixed:
        return None
    if _glue(word) or word in _words("starters"):
        return True
    sentence = re.split(r"[.!?\n]", text[following.end() :], maxsplit=1)[0]
    listed = bool(earlier) or "," in sentence or re.search(r"\b(?:and|or)\b", sentence)
    return True if listed and not dash else None


def _finite(word: str) -> bool:
    """Whether a clause goes on with the word after its subject: a verb or an adverb before one."""
    if word in _words("modals") | _words("be_and_have"):
        return True
    return word in _words("continuations") | _words("verbs") and not (
        word in _words("not_finite") or _glue(word) or word.endswith("ing")
    )


def _content(word: str) -> bool:
    """Whether a clause can end with the word: a noun, by its looks."""
    if not word or not word[0].isalpha():
        return False
    return not (_glue(word) or word in _words("verbs") or _adjectival(word))


def _glue(word: str) -> bool:
    return any(
        word in _words(name)
        for name in (
            "function_words",
            "determiners",
            "prepositions",
            "conjunctions",
            "subordinators",
            "subject_pronouns",
            "modals",
        )
    )


def _adjectival(word: str) -> bool:
    if word in _words("nouns") or word.endswith(_NOUN_ENDINGS):
        return False
    return word in _words("adjectives") or word.endswith(_adjective_endings())


@lru_cache(maxsize=1)
def _adjective_endings() -> tuple[str, ...]:
    return tuple(sorted(_words("adjective_endings")))


def _fits(before: str, after: str, place: _Place) -> bool:
    """Whether the words on both sides go on without the phrase."""
    if place.after == "C" and place.before != "w":
        return False
    follows = after in _words("continuations")
    if before in _words("subject_pronouns") or before in _words("modals"):
        return True
    if before in (",", ":", ";", "(", "–", "—"):
        return not follows or after in _words("conjunctions")
    if _glue(before) or before in _words("verbs") or _adjectival(before):
        return not follows and after not in _words("conjunctions")
    return True


@per_article
def insertions(article: Article) -> tuple[Insertion, ...]:
    """Inserted phrases of an article, sorted and disjoint.

    Args:
        article: The article; its title is taken from the text or the metadata.
    """
    lows = [_fold(article.block_text(b)) for b in article.blocks]
    titles = _titles(article)
    phrases = titles + _overused(article, titles)
    found: list[Insertion] = []
    low_words: frozenset[str] | None = None
    whole = _fold(article.text)
    for phrase in phrases:
        if not all(w.lower() in whole for w in phrase.words):
            continue
        places = _places(article, phrase, lows)
        if not places:
            continue
        if low_words is None:
            low_words = frozenset(article.text.split())
        ev = _evidence(phrase, places, low_words)
        if not phrase.from_title and ev.alone < 2 and not phrase.search_like:
            continue
        starts = sum(p.before == "B" and p.after == "S" for p in places)
        judged = [i for place in places if (i := _judge(article, ev, place, starts)) is not None]
        _add(found, _all_but_one(article, phrase, lows, judged))
    return tuple(sorted(found, key=lambda i: i.start))


def _all_but_one(
    article: Article, phrase: Phrase, lows: list[str], new: list[Insertion]
) -> list[Insertion]:
    """Insertions without the first one, where no copy of the phrase would stay.

    A search phrase says nothing, so all of its copies may go; what may name something stays once.
    """
    if phrase.search_like and not phrase.tells and not phrase.may_name:
        return new
    spans = [
        (block.start + a, block.start + z)
        for block, low in zip(article.blocks, lows, strict=True)
        for a, z in phrase.find(low)
    ]
    covered = all(any(i.start <= a and z <= i.end for i in new) for a, z in spans)
    first = min((i for i in new if i.alone), key=lambda i: i.start, default=None)
    if not covered or first is None:
        return new
    return [i for i in new if i is not first]


def _add(found: list[Insertion], new: Iterable[Insertion]) -> None:
    for item in sorted(new, key=lambda i: i.start):
        if all(item.end <= f.start or f.end <= item.start for f in found):
            found.append(item)


def finding_of(item: Insertion, rule: str, message: str, confidence: float = 1.0) -> Finding:
    """The finding of an insertion: removed where it is sure, else only shown.

    Args:
        item: The insertion.
        rule: Id of the rule that reports it.
        message: One sentence for an editor.
        confidence: Probability that a sure insertion is a fault.
    """
    if item.sure:
        severity, applicability = Severity.ERROR, Applicability.SAFE
    else:
        severity, applicability, confidence = Severity.WARNING, Applicability.EDITOR, UNSURE
        message += " It may be meant, so it is for an editor to say."
    return Finding(
        rule,
        item.start,
        item.end,
        message,
        severity,
        confidence=confidence,
        replacements=(item.replacement,),
        applicability=applicability,
    )


def without_insertions(article: Article) -> str:
    """The prose without the inserted phrases that are sure."""
    text = article.text
    for item in reversed([i for i in insertions(article) if i.sure]):
        text = text[: item.start] + item.replacement + text[item.end :]
    return text


__all__ = ["Insertion", "finding_of", "insertions", "without_insertions"]
