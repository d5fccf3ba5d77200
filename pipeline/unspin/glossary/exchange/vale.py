"""Vale substitution styles: ``swap`` maps what is seen (a regular expression) to what to write."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from unspin.errors import GlossaryError
from unspin.glossary.compiling import forms_in_force
from unspin.glossary.concept import DEPRECATED, LIKELY, SAFE, SPUN, SUGGESTED, Concept, Variant
from unspin.glossary.exchange import (
    Explained,
    Imported,
    form_reason,
    no_place_for_off,
    text_reason,
)
from unspin.glossary.inflect import inflect

#: Files of the style that is written: name, kind, applicabilities, level of Vale, what they hold.
_FILES = (
    ("Spun.yml", SPUN, (SAFE,), "error", "Spun forms that clean text does not hold."),
    (
        "Likely.yml", SPUN, (LIKELY,), "warning",
        "Forms that are right in few texts: unspin itself changes them in texts that look spun.",
    ),
    (
        "Suspected.yml", SPUN, (SUGGESTED,), "suggestion",
        "Forms that may well be right: unspin only shows them.",
    ),
    ("Deprecated.yml", DEPRECATED, (SAFE,), "warning", "Outdated terms."),
)  # fmt: skip


def write_vale(path: Path, concepts: Sequence[Concept], off: Sequence[str] = ()) -> list[Explained]:
    """Writes a style: a folder with one file for each level.

    Forms with conditions stay out of it: Vale looks at the words alone.
    """
    from unspin.staging import write_atomic

    path.mkdir(parents=True, exist_ok=True)
    explained = no_place_for_off(path, off, "Vale")
    swaps: dict[str, dict[str, str]] = {name: {} for name, *_ in _FILES}
    for text, forms in forms_in_force(concepts).items():
        form = forms[0]
        if form.kind not in (SPUN, DEPRECATED):
            continue
        if form.when or form.within or form.applicability == "editor":
            what = "needs an editor" if form.applicability == "editor" else "has a condition"
            explained.append(
                Explained(form.concept.canonical, text, f"{what}, which Vale cannot say")
            )
            continue
        name = next(
            (n for n, kind, a, *_ in _FILES if kind == form.kind and form.applicability in a),
            "Deprecated.yml",
        )
        concept = form.concept
        swaps[name][text] = inflect(concept.canonical, concept.pos, concept.number, form.inflection)
    for name, _, _, level, what in _FILES:
        write_atomic(path / name, _style(swaps[name], level, what).encode("utf-8"))
    return explained


def _style(swap: dict[str, str], level: str, what: str) -> str:
    lines = [
        f"# {what}",
        "extends: substitution",
        "message: \"Use '%s' instead of '%s'.\"",
        f"level: {level}",
        "ignorecase: true",
        "swap:" if swap else "swap: {}",
    ]
    for seen in sorted(swap, key=lambda s: (-len(s), s)):
        pattern = re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", seen)
        lines.append(
            f"  {json.dumps(pattern, ensure_ascii=False)}: "
            f"{json.dumps(swap[seen], ensure_ascii=False)}"
        )
    return "\n".join(lines) + "\n"


def read_vale(path: Path) -> Imported:
    """Reads a substitution style, or all of a folder.

    Its forms are suggested, whatever the level: that says how loud Vale is, not that a form never
    stands in clean text. A file named ``Deprecated`` gives deprecated terms, others spun forms.

    Raises:
        GlossaryError: A file is no style.
    """
    import yaml

    files = sorted((*path.glob("*.yml"), *path.glob("*.yaml"))) if path.is_dir() else [path]
    if not files:
        raise GlossaryError(f"{path}:0: holds no style; name a folder with .yml files")
    found: dict[str, dict[str, Any]] = {}
    explained: list[Explained] = []
    rows = 0
    for file in files:
        try:
            loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
            data = yaml.load(file.read_text(encoding="utf-8-sig"), Loader=loader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            what = getattr(error, "problem", None) or str(error)
            line = mark.line + 1 if mark else 0
            raise GlossaryError(f"{file}:{line}: is not valid YAML: {what}; correct it") from error
        if not isinstance(data, dict) or data.get("extends") != "substitution":
            explained.append(Explained(str(file), file.name, "is no substitution style"))
            continue
        status = "deprecated" if "deprecat" in file.stem.lower() else "spun"
        for seen, wanted in _pairs(data.get("swap")):
            rows += 1
            reason = _take(found, seen, wanted, status)
            if reason:
                explained.append(Explained(str(file), seen, reason))
    concepts = (Concept(**{k: _frozen(v) for k, v in e.items()}) for e in found.values())
    return Imported(tuple(concepts), tuple(explained), rows)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _pairs(swap: Any) -> list[tuple[str, str]]:
    """The pairs of a swap, which is a mapping or a list of mappings."""
    parts = swap if isinstance(swap, list) else [swap]
    return [
        (str(k), "|".join(map(str, v)) if isinstance(v, list) else str(v))
        for p in parts
        if isinstance(p, dict)
        for k, v in p.items()
    ]


def _take(found: dict[str, dict[str, Any]], seen: str, wanted: str, status: str) -> str:
    """Adds one swap; the reason where it cannot be a form."""
    if reason := text_reason(seen + wanted):
        return reason
    template = template_of(seen)
    if template is None or form_reason(template):
        return "is a regular expression that no list of forms can say"
    names = [" ".join(n.split()) for n in wanted.split("|") if n.strip()]
    if not names:
        return "has nothing to write instead"
    entry = found.setdefault(
        names[0].casefold(),
        {"canonical": names[0], "pos": "phrase", "applicability": "suggested",
         "admitted": [], "deprecated": [], "spun": []},
    )  # fmt: skip
    entry["admitted"] += [n for n in names[1:] if n not in entry["admitted"]]
    own = "suggested" if status == "deprecated" else ""  # a spun form has that of its entry
    entry[status].append(Variant(template, own))
    return ""


#: A character that an expression holds as it is; those that mean something in a template do not.
_ESCAPED = re.compile(r"\\([.^$*+?()\[\]/,;:!\"'#%&=<>~`_ -])")
#: Where such characters are kept meanwhile, in the private area of Unicode.
_PRIVATE = 0xE000
_HELD = re.compile(f"[{chr(_PRIVATE)}-{chr(_PRIVATE + 0x7F)}]")


def template_of(pattern: str) -> str | None:
    """A regular expression as a template, where it is a list of words in disguise.

    ``(?:low|reduced) back`` becomes ``{low|reduced} back``, ``colou?r`` becomes ``colo{u|}r``.
    """
    # What is escaped stands for itself, and must not be read again as an expression.
    out = _ESCAPED.sub(lambda m: chr(_PRIVATE + ord(m[1])), pattern)
    out = re.sub(r"\\b|^\^|\$$", "", out)
    out = out.replace(r"\s+", " ").replace(r"\s", " ")
    out = re.sub(r"\((?:\?:|\?i:)?([\w' |-]*)\)\?", r"{\1|}", out)
    out = re.sub(r"\((?:\?:|\?i:)?([\w' |-]*)\)", r"{\1}", out)
    out = re.sub(r"([\w'-])\?", r"{\1|}", out)
    outside = re.sub(r"\{[^{}]*\}", "", out)
    if re.search(r"[\\*+?\[\]^$|{}]", outside) or "(?" in out:
        return None
    out = _HELD.sub(lambda m: chr(ord(m[0]) - _PRIVATE), out)
    return out if out.strip() else None
