"""Small glossaries for tests."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from unspin.glossary.compiling import compile_tables
from unspin.glossary.concept import Concept, Variant
from unspin.glossary.loader import read_file
from unspin.glossary.matcher import Glossary, Hit

HOUSE = """\
    field: house
    title: House terms
    words:
      disease: [ailment, malady]
    concepts:
      - canonical: heart disease
        admitted: [cardiac disease]
        spun:
          - "{heart|bosom} {@disease}"
          - "heart disorder of the bosom"
        examples:
          - bad: "Smoking is a cause of bosom ailment in the young."
            good: "Smoking is a cause of heart disease in the young."
      - canonical: lower back pain
        number: invariant
        admitted: [lumbago]
        spun:
          - form: reduced back pain
            when: {before: [of, from, for], not_verb: true}
          - decrease back ache
        examples:
          - bad: "A firm mattress is no cure for decrease back ache."
            good: "A firm mattress is no cure for lower back pain."
        fine:
          - "Exercise reduced back pain in two trials."
      - canonical: type 2 diabetes
        number: invariant
        deprecated: ["Type II diabetes"]
        source: "https://example.org/names"
        examples:
          - bad: "Type II diabetes runs in families and is common in adults."
            good: "Type 2 diabetes runs in families and is common in adults."
      - canonical: relieve pain
        pos: verb
        spun: [soothe torment, undergo torment relief]
        examples:
          - bad: "Cold packs soothed torment within the hour."
            good: "Cold packs relieved pain within the hour."
      - canonical: obesity
        number: invariant
        spun: [corpulence]
        applicability: suggested
        examples:
          - bad: "The clinic treats corpulence with diet and exercise."
            good: "The clinic treats obesity with diet and exercise."
      - canonical: an
        pos: function
        spun: [associate degree]
        examples:
          - bad: "Look for associate degree enlarged spleen during the visit."
            good: "Look for an enlarged spleen during the visit."
      - canonical: tumor
        spun: [unusual lump of cells]
        examples:
          - bad: "The scan showed an unusual lump of cells behind the eye."
            good: "The scan showed a tumor behind the eye."
      - canonical: ulcer
        spun: [canker wound]
        examples:
          - bad: "He was treated for a canker wound of the stomach."
            good: "He was treated for an ulcer of the stomach."
"""


def house_file(folder: Path, text: str = HOUSE, name: str = "house.yaml") -> Path:
    path = folder / name
    path.write_text(dedent(text), encoding="utf-8")
    return path


def house(text: str = HOUSE) -> Glossary:
    file = read_file(Path("house.yaml"), dedent(text))
    return Glossary(compile_tables([("house.yaml", c) for c in file.concepts], "test"))


def glossary_of(*concepts: Concept) -> Glossary:
    return Glossary(compile_tables([("test", c) for c in concepts], "test"))


def spun(canonical: str, *forms: str, **fields: object) -> Concept:
    return Concept(canonical, spun=tuple(Variant(f) for f in forms), **fields)  # type: ignore[arg-type]


def texts(text: str, hits: tuple[Hit, ...]) -> list[tuple[str, str]]:
    return [(text[h.start : h.end], h.replacement) for h in hits]
