"""Lists what the glossary finds in clean text that may be looked at, most frequent first.

Usage: python bench/glossary_alarms.py [CORPUS]     (default: shared/corpus beside the checkout)

Documents of the kept tenth are left out: figures come from them. Every line is a form to make
stricter: its count, the form, the canonical term, the file, and two places.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "pipeline"))

from unspin.glossary import load_glossary  # noqa: E402
from unspin.glossary.concept import ADMITTED  # noqa: E402
from unspin.glossary.counts import documents  # noqa: E402
from unspin.glossary.restoring import standing  # noqa: E402

#: Code points of context shown on each side.
CONTEXT = 50


def main() -> None:
    """Finds and prints."""
    corpus = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "corpus"
    glossary = load_glossary()
    found: Counter[tuple[str, str, str, str]] = Counter()
    places: defaultdict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    words = 0
    for _, _, text in documents(corpus):
        words += len(text.split())
        for hit in standing(glossary, text):
            if hit.kind == ADMITTED:
                continue
            key = (hit.kind, hit.form, hit.concept, hit.provenance)
            found[key] += 1
            if len(places[key]) < 2:
                around = text[max(0, hit.start - CONTEXT) : hit.end + CONTEXT]
                places[key].append(" ".join(around.split()))
    for key, n in found.most_common():
        kind, form, concept, where = key
        print(f"{n}\t{kind}\t{form} -> {concept}\t{where}\t{' | '.join(places[key])}")
    print(f"{sum(found.values())} in {words:,} words", file=sys.stderr)


if __name__ == "__main__":
    main()
