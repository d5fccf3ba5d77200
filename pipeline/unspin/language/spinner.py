"""Makes training noise: writes clean text as spinning programs would, and says where.

A *style* is drawn for each article: which dictionaries, how often, whether inflection is kept,
whether the same word is always replaced alike, which function words are inflated. The styles
follow families of spinners seen on real pages, and mix freely: a detector trained on one family
does not find another, so diversity is worth more here than faithfulness to any one program.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from random import Random

from unspin.resources import data_path

TOKEN = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?(?:-[A-Za-z]+)*|\d+|[^\w\s]|\s+|\w+")
MAX_PHRASE_WORDS = 4
MAX_REPLACEMENT_WORDS = 4  # longer thesaurus entries are definitions
PHRASE_TAGS = ("glue", "acronym", "expand", "fluent", "sense")
GLUE_TAGS = ("glue", "acronym", "expand")  # tables of function words
GLOSSARY = "glossary"  # of the word pairs read off the glossary's spun forms
HAND = "hand"  # name of the hand-written single-word pairs among the dictionaries
_POS = {"n": "NOUN", "v": "VERB", "a": "ADJ", "r": "ADV"}
_VOWELS = "aeiou"


@dataclass(frozen=True)
class Edit:
    """One replacement: offsets into the spun text, the spun and the clean wording."""

    start: int
    end: int
    spun: str
    clean: str

    def moved(self, by: int) -> Edit:
        """Give the same edit in a text that begins so many code points earlier."""
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True)
class SpunText:
    """A text after spinning, with its edits in order."""

    text: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Style:
    """How one article is spun. Probabilities per word where not said otherwise.

    Attributes:
        rate: Of replacing a content word.
        sources: Dictionaries in use with their weights.
        tags: Phrase tables in use.
        phrase_rate: Of replacing a wording of those tables where it occurs.
        keep_inflection: That a replacement takes the ending of the original.
        consistency: That a word is replaced as before in this article.
        twice: That a replacement is itself replaced.
        wrong_form: Of changing only the ending of a content word.
        doubled: Of writing a word twice.
        reorder: Of changing the order of two neighbours.
        paired: Of writing "x and y" for x.
        keyword: Per sentence end, of inserting the article's keyword.
        fix_article: That a/an is adapted to a replacement.
    """

    rate: float
    sources: tuple[tuple[str, float], ...] = ((HAND, 1.0),)
    tags: frozenset[str] = frozenset()
    phrase_rate: float = 0.0
    keep_inflection: float = 1.0
    consistency: float = 0.8
    twice: float = 0.0
    wrong_form: float = 0.0
    doubled: float = 0.0
    reorder: float = 0.0
    paired: float = 0.0
    keyword: float = 0.0
    fix_article: float = 0.5


@dataclass
class Dictionaries:
    """All tables the spinner draws from.

    Attributes:
        hand: Part of speech -> lemma -> replacements.
        phrases: Tag -> original wording -> replacements.
        others: Name -> word -> replacements; surface forms or lemmas.
        excluded: Pairs (original, replacement) that no table may hold.
    """

    hand: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    phrases: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    others: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    excluded: frozenset[tuple[str, str]] = frozenset()

    @property
    def sources(self) -> list[str]:
        """Names of all dictionaries, the hand-written pairs first."""
        return [HAND, *sorted(self.others)]


def read_pairs(path: Path) -> set[tuple[str, str]]:
    """Read a two-column dictionary (original, replacement), gzipped or not, lower-cased."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        rows = (line.rstrip("\n").split("\t") for line in lines)
        return {(row[0].lower(), row[1].lower()) for row in rows if len(row) > 1}


def load_hand_pairs(
    excluded: set[tuple[str, str]] | frozenset[tuple[str, str]] = frozenset(),
) -> Dictionaries:
    """Load the tables that travel with the package, without the excluded pairs."""
    made = Dictionaries()
    for name, table in (("words.tsv", made.hand), ("phrases.tsv", made.phrases)):
        text = data_path("spinner", name).read_text(encoding="utf-8")
        for line in text.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            kind, original, replacements = line.split("\t")
            good = [
                r
                for r in dict.fromkeys(replacements.split("|"))
                if r != original and (original.lower(), r.lower()) not in excluded
            ]
            if good:
                table.setdefault(kind, {}).setdefault(original, []).extend(good)
    return made


def add_thesaurus(
    made: Dictionaries,
    name: str,
    pairs: Iterable[tuple[str, str]],
    excluded: set[tuple[str, str]] | frozenset[tuple[str, str]] = frozenset(),
) -> None:
    """Add a thesaurus under a name, without excluded pairs, definitions and odd entries."""
    table = made.others.setdefault(name, {})
    for original, replacement in sorted(pairs):
        if (original, replacement) in excluded or original == replacement:
            continue
        if replacement.count(" ") >= MAX_REPLACEMENT_WORDS or len(original) < 3:
            continue
        if re.fullmatch(r"[a-z' -]+", original) and re.fullmatch(r"[a-z0-9' -]+", replacement):
            table.setdefault(original, []).append(replacement)


def add_glossary(
    made: Dictionaries,
    forms: Iterable[tuple[str, str]],
    excluded: set[tuple[str, str]] | frozenset[tuple[str, str]] = frozenset(),
) -> None:
    """Add a glossary's spun forms as phrases, and the word pairs that can be read off them.

    Args:
        made: Dictionaries to add to: the forms to the phrases, the pairs as :data:`GLOSSARY`.
        forms: Spun form and what it stands for, lower case.
        excluded: Pairs to leave out.
    """
    phrases = made.phrases.setdefault("sense", {})
    pairs: dict[str, set[str]] = {}
    for form, original in sorted(forms):
        if form == original or (original, form) in excluded:
            continue
        before, after = original.split(" "), form.split(" ")
        if len(before) <= MAX_PHRASE_WORDS:
            phrases.setdefault(original, []).append(form)
        if len(before) == len(after):
            for old, new in zip(before, after, strict=True):
                if old != new and len(old) > 2 and (old, new) not in excluded:
                    pairs.setdefault(old, set()).add(new)
    made.others[GLOSSARY] = {old: sorted(new) for old, new in sorted(pairs.items())}


# --- inflection ---------------------------------------------------------------------------


@lru_cache(maxsize=200_000)
def readings(word: str) -> tuple[tuple[str, str, str], ...]:
    """Give the (lemma, part of speech, Penn tag) readings of a lower-case word."""
    import lemminflect

    found = []
    for pos, lemmas in lemminflect.getAllLemmas(word).items():
        if pos not in _POS.values():
            continue
        for lemma in lemmas:
            for tag, forms in lemminflect.getAllInflections(lemma, upos=pos).items():
                if word in forms:
                    found.append((lemma, pos, tag))
                    break
    return tuple(found)


@lru_cache(maxsize=200_000)
def inflect(phrase: str, tag: str) -> str:
    """Give a lemma or phrase the ending of a Penn tag, on its head word."""
    if tag in ("NN", "VB", "VBP", "JJ", "RB"):
        return phrase
    import lemminflect

    words = phrase.split(" ")
    head = 0 if tag.startswith("V") else len(words) - 1
    if tag.startswith("N") and "of" in words[1:]:
        head = words.index("of", 1) - 1
    forms = lemminflect.getInflection(words[head], tag=tag)
    if forms:
        words[head] = forms[0]
    return " ".join(words)


@lru_cache(maxsize=100_000)
def _other_forms(word: str) -> tuple[str, ...]:
    """Other inflected forms of the lemmas of a word."""
    import lemminflect

    forms: set[str] = set()
    for lemma, pos, _ in readings(word):
        for found in lemminflect.getAllInflections(lemma, upos=pos).values():
            forms.update(found)
    return tuple(sorted(forms - {word}))


def match_case(like: str, text: str) -> str:
    """Write a text with the capitals of another."""
    if len(like) > 1 and like.isupper():
        return text.upper()
    if like[:1].isupper():
        return text[:1].upper() + text[1:]
    return text


# --- the spinner --------------------------------------------------------------------------


class Spinner:
    """Spins text by a style; the same seed gives the same text.

    Args:
        dictionaries: Tables to draw from.
    """

    def __init__(self, dictionaries: Dictionaries) -> None:
        self._tables = dictionaries
        self._phrases: dict[str, list[tuple[tuple[str, ...], str, list[str]]]] = {}
        for tag, table in dictionaries.phrases.items():
            for original, replacements in table.items():
                words = tuple(original.lower().split(" "))
                self._phrases.setdefault(words[0], []).append((words, tag, replacements))
        for multi in dictionaries.hand.get("n", {}), dictionaries.hand.get("v", {}):
            for original, replacements in multi.items():
                words = tuple(original.split(" "))
                if len(words) > 1:
                    self._phrases.setdefault(words[0], []).append((words, "sense", replacements))
        for entries in self._phrases.values():
            entries.sort(key=lambda entry: (-len(entry[0]), entry[0], entry[1]))
        content = {word for kind in "nva" for word in dictionaries.hand.get(kind, ())}
        tables = [dictionaries.phrases.get(tag, {}) for tag in GLUE_TAGS]
        self._glue = {o for table in tables for o in table if " " not in o} - content

    def spin(self, text: str, style: Style, rng: Random) -> SpunText:
        """Spin a text."""
        run = _Run(self, style, rng)
        return run.spin(text)

    def candidates(self, source: str, word: str) -> list[tuple[str, str]]:
        """Give (replacement, tag of the original) of one dictionary for a lower-case word."""
        found: list[tuple[str, str]] = []
        if source == HAND:
            for lemma, upos, tag in readings(word):
                kind = next(k for k, v in _POS.items() if v == upos)
                table = self._tables.hand.get(kind, {})
                found += [(r, tag) for r in table.get(lemma, ())]
            return found
        table = self._tables.others.get(source, {})
        if word in table:
            return [(r, "NN") for r in table[word]]
        for lemma, _, tag in readings(word):
            found += [(r, tag) for r in table.get(lemma, ())]
        return found

    def phrase_at(self, words: Sequence[str], tags: frozenset[str]) -> tuple[int, list[str]] | None:
        """Give length and replacements of the longest listed wording that starts ``words``."""
        best: tuple[int, list[str]] | None = None
        for phrase, tag, replacements in self._phrases.get(words[0], ()):
            if best is not None and len(phrase) < best[0]:
                break
            if tag in tags and tuple(words[: len(phrase)]) == phrase:
                best = (len(phrase), (best[1] if best else []) + replacements)
        return best

    def is_glue(self, word: str) -> bool:
        """Tell whether a word stands in the tables of function words."""
        return word in self._glue


class _Run:
    """One article on its way through the spinner."""

    def __init__(self, spinner: Spinner, style: Style, rng: Random) -> None:
        self.spinner = spinner
        self.style = style
        self.rng = rng
        self.memory: dict[str, str] = {}
        self.parts: list[str] = []
        self.length = 0
        self.edits: list[Edit] = []
        self.keyword = ""

    def spin(self, text: str) -> SpunText:
        tokens = TOKEN.findall(text)
        self._choose_keyword(tokens)
        index = 0
        while index < len(tokens):
            index += self._step(tokens, index)
        return SpunText("".join(self.parts), tuple(self.edits))

    def _step(self, tokens: list[str], index: int) -> int:
        """Write the token at an index, spun or not; give how many tokens were used."""
        token = tokens[index]
        if not token[0].isalpha():
            self._put(token)
            if token in ".!?" and self.keyword and self.rng.random() < self.style.keyword:
                self._edit("", " " + self.keyword + ".")
            return 1
        used = self._phrase(tokens, index)
        if used:
            return used
        return self._word(tokens, index)

    def _phrase(self, tokens: list[str], index: int) -> int:
        if not self.style.tags or self.rng.random() >= self.style.phrase_rate:
            return 0
        words, ends = _words_from(tokens, index)
        found = self.spinner.phrase_at(words, self.style.tags)
        if found is None:
            return 0
        count, replacements = found
        original = "".join(tokens[index : ends[count - 1]])
        chosen = self._recall(original.lower(), replacements)
        self._edit(original, match_case(tokens[index], chosen))
        return ends[count - 1] - index

    def _word(self, tokens: list[str], index: int) -> int:
        token, style, rng = tokens[index], self.style, self.rng
        lower = token.lower()
        content = len(lower) > 2 and not self.spinner.is_glue(lower)
        if rng.random() < style.doubled:
            self._put(token)
            self._edit("", " " + token)
            return 1
        if rng.random() < style.reorder:
            used = self._reorder(tokens, index)
            if used:
                return used
        if content and token[0].islower() and rng.random() < style.wrong_form:
            forms = _other_forms(lower)
            if forms:
                self._edit(token, rng.choice(forms))
                return 1
        if rng.random() < (style.rate if content else style.rate * 0.15):
            replacement = self._replacement(lower)
            if replacement and replacement != lower:
                if content and rng.random() < style.paired:
                    joiner = rng.choice((" and ", " and also ", " as well as ", " or "))
                    replacement = lower + joiner + replacement
                self._adapt_article(replacement)
                self._edit(token, match_case(token, replacement))
                return 1
        self._put(token)
        return 1

    def _replacement(self, lower: str) -> str:
        remembered = self.memory.get(lower)
        if remembered and self.rng.random() < self.style.consistency:
            return remembered
        names = [name for name, _ in self.style.sources]
        weights = [weight for _, weight in self.style.sources]
        for _ in range(2):
            source = self.rng.choices(names, weights=weights)[0]
            found = self.spinner.candidates(source, lower)
            if not found:
                continue
            replacement, tag = self.rng.choice(found)
            if self.rng.random() < self.style.twice and " " not in replacement:
                again = self.spinner.candidates(source, replacement)
                replacement = self.rng.choice(again)[0] if again else replacement
            if self.rng.random() < self.style.keep_inflection:
                replacement = inflect(replacement, tag)
            self.memory[lower] = replacement
            return replacement
        return ""

    def _recall(self, key: str, replacements: list[str]) -> str:
        if key not in self.memory or self.rng.random() >= self.style.consistency:
            self.memory[key] = self.rng.choice(replacements)
        return self.memory[key]

    def _reorder(self, tokens: list[str], index: int) -> int:
        """Swap two neighbouring content words, or move the second behind 'in the' or 'of'."""
        if index + 2 >= len(tokens) or tokens[index + 1] != " ":
            return 0
        first, second = tokens[index], tokens[index + 2]
        plain = len(first) > 3 and len(second) > 3 and second.isalpha() and second.islower()
        if not plain or self.spinner.is_glue(first.lower()) or self.spinner.is_glue(second):
            return 0
        joiner = self.rng.choice((" ", " of ", " in the ", " of the "))
        self._edit(f"{first} {second}", match_case(first, second + joiner + first.lower()))
        return 3

    def _adapt_article(self, replacement: str) -> None:
        """Correct a/an before a replacement; a right article is no edit."""
        if len(self.parts) < 2 or self.rng.random() >= self.style.fix_article:
            return
        before = self.parts[-2]
        if self.parts[-1] == " " and before.lower() in ("a", "an"):
            right = "an" if replacement[0] in _VOWELS else "a"
            self.parts[-2] = match_case(before, right) if before[0].isupper() else right
            self.length += len(self.parts[-2]) - len(before)

    def _choose_keyword(self, tokens: list[str]) -> None:
        words = [t for t in tokens if t.isalpha() and len(t) > 3]
        if words and self.style.keyword:
            start = self.rng.randrange(len(words))
            chosen = words[start : start + self.rng.randrange(2, 6)]
            self.keyword = " ".join(w.capitalize() for w in chosen)

    def _put(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def _edit(self, clean: str, spun: str) -> None:
        if clean == spun:
            self._put(clean)
            return
        gap = len(spun) - len(spun.lstrip(" "))
        start = self.length + gap
        self._put(spun)
        self.edits.append(Edit(start, self.length, spun[gap:], clean))


def _words_from(tokens: list[str], index: int) -> tuple[list[str], list[int]]:
    """Lower-case words from an index on, single spaces between, with the index after each."""
    words: list[str] = []
    ends: list[int] = []
    while index < len(tokens) and len(words) < MAX_PHRASE_WORDS and tokens[index][0].isalnum():
        words.append(tokens[index].lower())
        ends.append(index + 1)
        if index + 1 >= len(tokens) or not tokens[index + 1].isspace():
            break
        index += 2
    return words, ends


# --- styles -------------------------------------------------------------------------------


def draw_style(rng: Random, sources: Sequence[str], families: Sequence[str] = ()) -> Style:
    """Draw a style: a family by design, with its settings shaken.

    Args:
        rng: Source of chance.
        sources: Names of the dictionaries there are, the hand-written pairs among them.
        families: Families to draw from; all when empty.
    """
    makers = {
        "sense": _sense_style,
        "thesaurus": _thesaurus_style,
        "glue": _glue_style,
        "acronym": _acronym_style,
        "fluent": _fluent_style,
        "garbled": _garbled_style,
        "mixed": _mixed_style,
    }
    chosen = families or ("sense", "sense", "thesaurus", "thesaurus", "glue", "acronym", "fluent",
                          "fluent", "fluent", "garbled", "mixed", "mixed")  # fmt: skip
    return makers[rng.choice(chosen)](rng, [s for s in sources if s != HAND])


def _rate(rng: Random) -> float:
    """Share of content words replaced: light and heavy spinning alike."""
    return rng.choice((0.05, 0.1, 0.15, 0.25, 0.4, 0.6)) * rng.uniform(0.7, 1.3)


def _some(rng: Random, others: Sequence[str], hand: float) -> tuple[tuple[str, float], ...]:
    chosen = rng.sample(list(others), k=min(len(others), rng.choice((1, 1, 2, 3))))
    weights = {name: rng.random() for name in sorted(chosen)}
    if GLOSSARY in others:
        weights[GLOSSARY] = max(hand / 2, rng.random())
    return ((HAND, hand if weights else 1.0), *weights.items())


def _sense_style(rng: Random, others: Sequence[str]) -> Style:
    """Wrong senses of hand-written pairs, phrases too (families 2, 3, 6, 10)."""
    return Style(
        _rate(rng),
        _some(rng, others, 6.0),
        frozenset({"sense"} | ({"expand"} if rng.random() < 0.5 else set())),
        phrase_rate=rng.uniform(0.1, 0.8),
        keep_inflection=rng.choice((1.0, 1.0, 0.9, 0.6)),
        consistency=rng.choice((0.2, 0.8, 0.95)),
        twice=rng.choice((0.0, 0.05, 0.15)),
        wrong_form=rng.choice((0.0, 0.01)),
    )


def _thesaurus_style(rng: Random, others: Sequence[str]) -> Style:
    """A register-blind thesaurus (families 4, 8, 10, 12)."""
    return Style(
        _rate(rng),
        _some(rng, others, rng.choice((0.0, 0.5))),
        frozenset({"sense"}) if rng.random() < 0.3 else frozenset(),
        phrase_rate=rng.uniform(0.0, 0.4),
        keep_inflection=rng.choice((1.0, 0.9, 0.5, 0.0)),
        consistency=rng.choice((0.3, 0.9)),
        twice=rng.choice((0.0, 0.1)),
        wrong_form=rng.choice((0.0, 0.0, 0.02)),
    )


def _glue_style(rng: Random, others: Sequence[str]) -> Style:
    """Inflated function words, content mostly kept (families 7, 11)."""
    return Style(
        _rate(rng) * rng.choice((0.1, 0.5)),
        _some(rng, others, 3.0),
        frozenset({"glue"} | ({"expand"} if rng.random() < 0.6 else set())),
        phrase_rate=rng.choice((0.05, 0.15, 0.3, 0.5)),
        consistency=rng.choice((0.2, 0.6)),
        doubled=rng.choice((0.0, 0.005)),
    )


def _acronym_style(rng: Random, others: Sequence[str]) -> Style:
    """Function words read as acronyms, hypernyms for nouns (families 5, 12)."""
    return Style(
        _rate(rng),
        _some(rng, others, 2.0),
        frozenset({"acronym"} | ({"sense"} if rng.random() < 0.4 else set())),
        phrase_rate=rng.choice((0.05, 0.15, 0.4, 0.7)),
        keep_inflection=rng.choice((1.0, 0.8)),
        consistency=0.95,
    )


def _fluent_style(rng: Random, others: Sequence[str]) -> Style:
    """Near-synonyms with inflection kept, pairs, fillers (family 1)."""
    return Style(
        _rate(rng),
        ((HAND, 4.0), *((s, 0.3) for s in others if s in (GLOSSARY, "consensus", "neighbours"))),
        frozenset({"fluent"} | ({"sense", "expand"} if rng.random() < 0.4 else set())),
        phrase_rate=rng.choice((0.05, 0.15, 0.3)),
        keep_inflection=1.0,
        consistency=rng.choice((0.5, 0.8)),
        paired=rng.choice((0.0, 0.05, 0.15)),
        keyword=rng.choice((0.0, 0.0, 0.05)),
    )


def _garbled_style(rng: Random, others: Sequence[str]) -> Style:
    """Lost endings, swaps, repeats, insertions (families 2, 6, 13)."""
    return Style(
        _rate(rng) * 0.5,
        _some(rng, others, 2.0),
        frozenset({"sense", "expand"}),
        phrase_rate=rng.uniform(0.0, 0.3),
        keep_inflection=rng.choice((0.0, 0.3, 0.7)),
        wrong_form=rng.choice((0.02, 0.06)),
        doubled=rng.choice((0.0, 0.01, 0.02)),
        reorder=rng.choice((0.0, 0.02, 0.05)),
        keyword=rng.choice((0.0, 0.08)),
    )


def _mixed_style(rng: Random, others: Sequence[str]) -> Style:
    """Anything of everything: programs that nobody has listed."""
    tags = frozenset(t for t in PHRASE_TAGS if rng.random() < 0.5)
    return Style(
        _rate(rng),
        _some(rng, others, rng.choice((0.3, 1.0, 4.0))),
        tags,
        phrase_rate=rng.choice((0.02, 0.1, 0.3)),
        keep_inflection=rng.random(),
        consistency=rng.random(),
        twice=rng.choice((0.0, 0.05)),
        wrong_form=rng.choice((0.0, 0.01, 0.03)),
        doubled=rng.choice((0.0, 0.005)),
        reorder=rng.choice((0.0, 0.01)),
        paired=rng.choice((0.0, 0.05)),
    )
