"""SD012: encoding repaired."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article, Repair
from unspin.findings import Applicability, Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import settled


class EncodingRepair:
    """Encoding repaired.

    What it does:
        Reports each place where the reader repaired a broken encoding or an entity, or dropped
        a control character or an invisible one (zero width space, byte order mark).

    Why it matters:
        Nothing is changed silently: an editor can see what stood in the file.

    Example:
        "â€™" became "’".

    Fix:
        Applied while reading.

    Known limits:
        Reports what was repaired, not what could not be.
    """

    id: ClassVar[str] = "SD012"
    slug: ClassVar[str] = "encoding-repair"
    severity: ClassVar[Severity] = Severity.INFO

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what `find` sees and no other debris rule claims."""
        yield from settled(article, self.id)

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields repairs made while reading."""
        for repair in article.repairs:
            yield Finding(
                self.id,
                0,
                0,
                _message(repair),
                self.severity,
                replacements=(repair.after,),
                applicability=Applicability.SAFE,
                source_span=(repair.start, repair.end),
                applied=True,
            )


def _message(repair: Repair) -> str:
    if repair.kind == "invisible":
        codes = " ".join(f"U+{ord(c):04X}" for c in repair.before)
        # In HTML the sign may be written as an entity.
        said = f" ({codes})" if not repair.before.isascii() else f" (“{repair.before}”)"
        return f"An invisible character was dropped{said}."
    what = "An entity" if repair.kind == "entity" else "A broken encoding"
    return f"{what} was repaired: “{repair.before}” became “{repair.after}”."
