"""MF002: a definition that contradicts what the term means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from unspin.article import Article
from unspin.findings import Applicability, Finding, Severity
from unspin.resources import load_yaml
from unspin.rules.base import Context

#: Words that may stand between the subject and the link ("a sprain usually is").
GAP = 2

#: Code points before the subject in which a word may deny what the sentence says.
DENIED_REACH = 80


@dataclass(frozen=True)
class _Definition:
    pattern: re.Pattern[str]
    stop: re.Pattern[str]
    excepted: re.Pattern[str] | None
    says: str


class ContradictedDefinition:
    """A definition says something else than the term means.

    What it does:
        Reads sentences that define a term ("a sprain refers to …", "ligaments (tissue that
        connects …") and compares them with a table of definitions that spun text turns round:
        sprain and strain, ligament and tendon, artery and vein, hyper- and hypo- conditions,
        benign and malignant, inflammations and their organs.

    Why it matters:
        Spinning swaps words that are near in a thesaurus and far apart in medicine. The sentence
        stays fluent and becomes false; no spelling or grammar check can see it.

    Example:
        ``A sprain refers to tearing of a tendon.`` (a sprain injures ligaments)

    Fix:
        None: the message says what the term means, and a medical editor decides.

    Known limits:
        Only terms of the table (``data/rules/definitions.yaml``), only in sentences of a defining
        form, only within nine words of the link.
    """

    id: ClassVar[str] = "MF002"
    slug: ClassVar[str] = "contradicted-definition"
    severity: ClassVar[Severity] = Severity.ERROR

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields one finding for each definition that contradicts the table."""
        for sentence in _subjects().finditer(article.text):
            for definition in _definitions_of(_key(sentence[0])):
                match = definition.pattern.match(article.text, sentence.start())
                if match is None or definition.stop.search(match["between"]):
                    continue
                before = article.text[max(0, match.start() - DENIED_REACH) : match.start()]
                if definition.excepted is not None and definition.excepted.search(before[-20:]):
                    continue
                if _denied().search(before):
                    continue
                yield Finding(
                    rule=self.id,
                    start=match.start(),
                    end=match.end(),
                    message=f"The definition contradicts the term: {definition.says}.",
                    severity=self.severity,
                    confidence=0.9,
                    applicability=Applicability.EDITOR,
                )
                break


def _key(subject: str) -> str:
    return " ".join(subject.lower().split())


def _any(words: Sequence[str]) -> str:
    ordered = sorted(words, key=len, reverse=True)
    parts = [re.escape(w).replace(r"\ ", r"\s+") for w in ordered]
    return (
        "(?:"
        + "|".join(p if w[0].isalpha() else f"(?:{p})" for p, w in zip(parts, ordered, strict=True))
        + ")"
    )


@lru_cache(maxsize=1)
def _entries() -> tuple[Mapping[str, list[dict[str, Any]]], Mapping[str, Any]]:
    """Entries of the table by subject, and all of the table."""
    data: dict[str, Any] = load_yaml("rules", "definitions.yaml")
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in [*data["definitions"], *_inflammations(data)]:
        for subject in entry["subject"]:
            found.setdefault(subject.lower(), []).append(entry)
    return found, data


@lru_cache(maxsize=1)
def _subjects() -> re.Pattern[str]:
    return re.compile(rf"\b{_any(list(_entries()[0]))}\b", re.IGNORECASE)


@lru_cache(maxsize=1)
def _denied() -> re.Pattern[str]:
    """A denial in the same sentence, up to its end."""
    return re.compile(rf"\b{_any(_entries()[1]['denied'])}\b[^.!?\n]*\Z", re.IGNORECASE)


@lru_cache(maxsize=1000)
def _definitions_of(subject: str) -> tuple[_Definition, ...]:
    """Definitions of a subject; compiled when a text names it, as all take most of a second."""
    entries, data = _entries()
    return tuple(_compile(subject, entry, data) for entry in entries.get(subject, ()))


def _inflammations(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, parts in data["inflammation"].items():
        own = {w for p in parts for w in p.split()}
        organs = [p for p in data["parts"] if p not in own]
        yield {
            "subject": [name],
            "right": parts,
            "wrong": [
                f"{w} of {d}{p}"
                for p in organs
                for w in ("inflammation", "swelling")
                for d in ("the ", "")
            ],
            "says": f"{name} is an inflammation of the {parts[0]}",
        }


def _compile(subject: str, entry: Mapping[str, Any], data: Mapping[str, Any]) -> _Definition:
    joins = entry.get("joins")
    links = _any(data["joins"] if joins is True else joins or data["links"])
    # A joining verb may stand further off: "a ligament (a fibrous tissue that connects …"
    gap = 6 if joins is True else GAP
    head = re.escape(subject).replace(r"\ ", r"\s+")
    space = r"(?:\s+|(?<=[(–—])\s*)"  # a bracket or a dash that is the link needs none after it
    pattern = (
        rf"\b{head}\b(?P<between>(?:\s*[(–—,]?\s*[\w'’-]+){{0,{gap}}}?\s*{links}"
        rf"(?:(?<=[(–—])|(?!\w))(?:{space}[(\"“]?[\w'’-]+){{0,{data['reach']}}}?){space}[\"“]?{_any(entry['wrong'])}\b"
    )
    return _Definition(
        pattern=re.compile(pattern, re.IGNORECASE),
        stop=re.compile(rf"\b{_any([*entry['right'], *data['stop']])}\b", re.IGNORECASE),
        excepted=re.compile(rf"\b{_any(entry['except'])}\b", re.IGNORECASE)
        if entry.get("except")
        else None,
        says=entry["says"],
    )
