"""ST004: a list that lost its bullets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context


class LostBullet:
    """A list whose items stand without markers, or of which only the announcement is left.

    What it does:
        Finds runs of short parallel lines without markers behind a line that announces them,
        and lines that end in a colon ("... falls into the following categories:") where a
        sentence follows that refers back to a list that is not there.

    Why it matters:
        Without markers the items read as broken sentences. A list that was lost leaves a
        promise that the text does not keep.

    Example:
        "Exercise can:" followed by the lines "lift your mood", "ease stiffness", "help you
        sleep" becomes a list.

    Fix:
        In plain text the structurer makes a list of such lines (the report says "mended"); the
        finding stands on the first item. A lost list cannot be mended.

    Known limits:
        Items that are whole sentences or stand far apart are taken for paragraphs.
    """

    id: ClassVar[str] = "ST004"
    slug: ClassVar[str] = "lost-bullet"
    severity: ClassVar[Severity] = Severity.INFO

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields a finding for each note of the structurer."""
        for note in article.notes:
            if note.kind == "lost-bullet":
                if note.detail == "announced":
                    message = "The text announces a list here, but none follows."
                else:
                    message = f"A list of {note.detail} items has lost its bullets; mended."
                severity = self.severity if note.mended else Severity.WARNING
                yield Finding(self.id, note.start, note.end, message, severity)
