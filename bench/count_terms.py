"""Makes pipeline/unspin/data/glossary-counts.tsv.gz: how often forms stand in clean English.

Usage: python bench/count_terms.py [CORPUS]     (default: shared/corpus beside the checkout)

Documents of the kept tenth are not counted. Run it whenever the glossary has changed.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "pipeline"))

from unspin.glossary.commands import concepts_in_force  # noqa: E402
from unspin.glossary.counts import TABLE, count_concepts  # noqa: E402


def main() -> None:
    """Counts and writes."""
    corpus = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "corpus"
    counts = count_concepts((c for _, c in concepts_in_force()), corpus)
    path = ROOT / "pipeline" / "unspin" / "data" / TABLE
    counts.save(path)
    print(
        f"{path.relative_to(ROOT)}: {len(counts.table):,} forms of {len(counts.checksums):,} "
        f"concepts in {counts.words:,} words, {path.stat().st_size:,} bytes"
    )


if __name__ == "__main__":
    main()
