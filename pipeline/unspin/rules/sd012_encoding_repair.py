"""SD012: encoding repaired."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Applicability, Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import settled


class EncodingRepair:
    """Encoding repaired.

    What it does:
        Reports each place where the reader repaired a broken encoding or an entity.

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
            what = "An entity" if repair.kind == "entity" else "A broken encoding"
            yield Finding(
                self.id,
                0,
                0,
                f"{what} was repaired: “{repair.before}” became “{repair.after}”.",
                self.severity,
                replacements=(repair.after,),
                applicability=Applicability.SAFE,
                source_span=(repair.start, repair.end),
                applied=True,
            )
