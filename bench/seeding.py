"""Clean sentences of the corpus, and grammar errors put into them, the same ones every time.

The errors are of the kinds that spinning programs and hasty edits leave behind: the wrong one of
*a* and *an*, an article written twice, a verb that disagrees with its subject, and a wrong verb
form after a modal or after *to*. Nothing here looks at what LanguageTool can find.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

#: Shares of the kinds, of one hundred.
SHARES = {"a-an": 20, "doubled-article": 15, "agreement": 30, "modal": 20, "infinitive": 15}
SENTENCE_END = re.compile(r"(?<=[a-z)][.!?])\s+(?=[A-Z])")
#: Words of a sentence that takes an error: shorter ones are headings, longer ones lists.
_WORDS = (8, 35)
#: A short line that ends in none of these is a heading.
_LINE_ENDS = frozenset('.!?:;,)"”')
_HEADING_WORDS = 12
#: Verbs common in health texts whose forms follow from their spelling.
_VERBS = frozenset([
    "absorb", "accept", "achieve", "act", "add", "affect", "allow", "appear", "apply", "ask",
    "assess", "assist", "attack", "avoid", "believe", "block", "boost", "breathe", "burn", "call",
    "carry", "cause", "change", "check", "clean", "collect", "combine", "compare", "complete",
    "confirm", "connect", "consider", "consult", "contact", "contain", "continue", "contribute",
    "cover", "create", "damage", "decrease", "deliver", "depend", "describe", "destroy", "detect",
    "determine", "develop", "diagnose", "discuss", "dissolve", "ease", "eat", "encourage", "end",
    "enter", "enhance", "evaluate", "examine", "exercise", "exist", "expand", "explain",
    "explore", "express", "extend", "fail", "fight", "focus", "follow", "form", "gain", "give",
    "guide", "happen", "heal", "help", "identify", "improve", "include", "increase", "indicate",
    "inflame", "influence", "inform", "inhibit", "interact", "interfere", "involve", "join",
    "kill", "last", "lead", "learn", "live", "look", "lower", "maintain", "manage", "measure",
    "move", "need", "obtain", "occur", "offer", "open", "perform", "play", "prepare", "prescribe",
    "present", "prevent", "proceed", "produce", "progress", "promote", "protect", "prove",
    "provide", "raise", "reach", "receive", "recognize", "recommend", "recover", "reduce",
    "release", "relieve", "remain", "remove", "repair", "replace", "report", "require", "resolve",
    "respond", "restore", "result", "return", "reveal", "screen", "seek", "select", "show",
    "slow", "solve", "start", "stay", "stimulate", "strengthen", "stretch", "suffer", "suggest",
    "support", "surround", "survive", "take", "talk", "test", "touch", "train", "transfer",
    "treat", "trigger", "turn", "use", "vary", "view", "visit", "wait", "walk", "want", "wash",
    "work", "worsen",
])  # fmt: skip
#: Past forms of those that are not regular; None for those left out.
_IRREGULAR = {
    "eat": ("ate", "eating"), "fight": ("fought", "fighting"), "give": ("gave", "giving"),
    "lead": ("led", "leading"), "seek": ("sought", "seeking"), "show": ("showed", "showing"),
    "take": ("took", "taking"), "occur": ("occurred", "occurring"),
    "transfer": ("transferred", "transferring"),
}  # fmt: skip
_MODALS = "can|could|may|might|must|should|will|would|cannot"
_AGREEMENT = {
    "is": "are", "are": "is", "was": "were", "were": "was", "has": "have", "have": "has",
    "does": "do", "do": "does",
}  # fmt: skip
#: Subjects whose number is sure from their form; *was/were* after *I* or *if* is left alone.
_SINGULAR = r"(?:[Ii]t|[Hh]e|[Ss]he|[Tt]his|(?:[Tt]he|[Tt]his|[Aa]n?) [a-z]+[^s\W\d])"
_PLURAL = r"(?:[Tt]hey|[Ww]e|[Tt]hese|[Tt]hose|(?:[Tt]hese|[Mm]any|[Ss]ome|[Tt]he) [a-z]+[^s'\W]s)"
_AGREEMENT_PLACE = re.compile(
    rf"(?:^|(?<=[,;] ))(?:{_SINGULAR} (is|was|has|does)|{_PLURAL} (are|were|have|do))\b"
)


@dataclass(frozen=True)
class Seeded:
    """An error put into a sentence.

    Args:
        kind: Key of `SHARES`.
        original: The sentence as it was.
        text: The sentence with the error.
        start: Offset of the changed words in `text`.
        end: Offset after them.
    """

    kind: str
    original: str
    text: str
    start: int
    end: int


def in_kept_tenth(identifier: str) -> bool:
    """Whether a corpus document belongs to the tenth that nothing is tuned on."""
    return sha256(identifier.encode()).digest()[0] % 10 == 0


def documents(folder: Path, *, kept: bool, words: int) -> Iterator[tuple[str, list[str]]]:
    """Documents of every source in a fixed shuffled order, as lists of their lines.

    Args:
        folder: The corpus.
        kept: Whether to take the kept tenth, or all but it.
        words: Words to take of each source at most (the last document is taken whole).

    Yields:
        Name of the source, and the document's lines that are not blank.
    """
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [row for row in map(json.loads, lines) if in_kept_tenth(row["id"]) == kept]
        rows.sort(key=lambda row: sha256(row["id"].encode()).hexdigest()[::-1])
        left = words
        for row in rows:
            if left <= 0:
                break
            left -= len(row["text"].split())
            yield (
                path.name.removesuffix(".jsonl.gz"),
                [line.strip() for line in row["text"].splitlines() if line.strip()],
            )


def blocks_of(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Kind (``heading``, ``list_item`` or ``paragraph``) and text of each line."""
    for line in lines:
        if line.startswith("- "):
            yield "list_item", line[2:].strip()
        elif line[-1] not in _LINE_ENDS and len(line.split()) <= _HEADING_WORDS:
            yield "heading", line
        else:
            yield "paragraph", line


def sentences(lines: list[str]) -> Iterator[str]:
    """Whole sentences of running text."""
    for line in lines:
        if not line.endswith((".", "!", "?")) or line.startswith("- "):
            continue
        for sentence in SENTENCE_END.split(line):
            if _WORDS[0] <= len(sentence.split()) <= _WORDS[1] and sentence[0].isupper():
                yield sentence


def seed_errors(clean: list[str], count: int, seed: int = 0) -> list[Seeded]:
    """Puts one error each into `count` sentences, in the shares of `SHARES`."""
    rng = random.Random(seed)
    pool = sorted(set(clean))
    rng.shuffle(pool)
    quota = {kind: round(count * share / 100) for kind, share in SHARES.items()}
    out = []
    for sentence in pool:
        # The kind that lacks most comes first, so that rare kinds find their sentences.
        for kind in sorted(quota, key=lambda k: -quota[k]):
            if quota[kind] and (made := _MAKERS[kind](sentence, rng)):
                start, end, new = made
                text = sentence[:start] + new + sentence[end:]
                out.append(Seeded(kind, sentence, text, start, start + len(new)))
                quota[kind] -= 1
                break
        if not any(quota.values()):
            break
    return out


Change = tuple[int, int, str]


def _pick(rng: random.Random, pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = list(pattern.finditer(text))
    return rng.choice(found) if found else None


_ARTICLE = re.compile(r"\b(a|an)(?= [a-z]{3,})")
_ANY_ARTICLE = re.compile(r"\b(the|a|an)(?= [a-z])")
_AFTER_MODAL = re.compile(rf"\b(?:{_MODALS}) ([a-z]+)\b")
_AFTER_TO = re.compile(r"\bto ([a-z]+) (?=the |a |an |your |their |this |with |from |in )")


def _a_an(text: str, rng: random.Random) -> Change | None:
    found = _pick(rng, _ARTICLE, text)
    return (*found.span(), "an" if found[0] == "a" else "a") if found else None


def _doubled(text: str, rng: random.Random) -> Change | None:
    found = _pick(rng, _ANY_ARTICLE, text)
    return (*found.span(), f"{found[0]} {found[0]}") if found else None


def _agreement(text: str, rng: random.Random) -> Change | None:
    found = _pick(rng, _AGREEMENT_PLACE, text)
    if not found:
        return None
    group = 1 if found[1] else 2
    return (*found.span(group), _AGREEMENT[found[group]])


def _verb_after(pattern: re.Pattern[str]) -> Callable[[str, random.Random], Change | None]:
    def make(text: str, rng: random.Random) -> Change | None:
        places = [m for m in pattern.finditer(text) if m[1] in _VERBS]
        if not places:
            return None
        found = rng.choice(places)
        return (*found.span(1), rng.choice(_wrong_forms(found[1])))

    return make


def _wrong_forms(verb: str) -> list[str]:
    consonant_y = verb.endswith("y") and verb[-2] not in "aeiou"
    stem = verb[:-1] if verb.endswith("e") else verb
    if consonant_y:
        third = verb[:-1] + "ies"
    else:
        third = verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s")
    past = verb[:-1] + "ied" if consonant_y else stem + "ed"
    past, gerund = _IRREGULAR.get(verb, (past, stem + "ing"))
    return [third, past, gerund]


_MAKERS: dict[str, Callable[[str, random.Random], Change | None]] = {
    "a-an": _a_an,
    "doubled-article": _doubled,
    "agreement": _agreement,
    "modal": _verb_after(_AFTER_MODAL),
    "infinitive": _verb_after(_AFTER_TO),
}
