"""spaCy component ``unspin_terms``: fills ``doc.spans["unspin"]`` with what the glossary finds.

nlp = spacy.blank("en")
nlp.add_pipe("unspin_terms")  # or with config={"glossaries": ["house.yaml"], "spun": True}
doc = nlp("A heart assault is an emergency.")
[(s.text, s.label_, s._.unspin_replacement) for s in doc.spans["unspin"]]
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacy.language import Language  # spaCy itself imports this module, through the entry point
from spacy.tokens import Span

if TYPE_CHECKING:
    from unspin.glossary.matcher import Glossary

#: Key of ``doc.spans``.
SPANS_KEY = "unspin"
#: Label of a span by the kind of its hit: the rule that reports it.
LABELS = {"spun": "SP001", "deprecated": "TN001", "admitted": "TN002"}


class UnspinTerms:
    """Finds spun and outdated names, and admitted ones on request.

    Args:
        glossary: The compiled glossary.
        admitted: Whether good synonyms are spans, too.
        spun: Whether documents are known to be spun; None judges by the other hits.
    """

    def __init__(
        self, glossary: Glossary, *, admitted: bool = False, spun: bool | None = None
    ) -> None:
        self.glossary = glossary
        self.admitted = admitted
        self.spun = spun

    def __call__(self, doc: Any) -> Any:
        """Adds the spans to a document and gives it back."""
        from unspin.glossary.restoring import standing

        text = doc.text
        hits = list(standing(self.glossary, text, spun=self.spun))
        if self.admitted:
            hits += [h for h in self.glossary.find(text) if h.kind == "admitted"]
        spans = []
        for hit in sorted(hits, key=lambda h: h.start):
            span = doc.char_span(hit.start, hit.end, LABELS[hit.kind], alignment_mode="expand")
            if span is not None:
                # "expand" may take in a bracket or hyphen that is glued on: keep it in place.
                before = text[span.start_char : hit.start]
                after = text[hit.end : span.end_char]
                span._.unspin_replacement = before + hit.replacement + after
                span._.unspin_concept = hit.concept
                span._.unspin_applicability = hit.applicability
                spans.append(span)
        doc.spans[SPANS_KEY] = spans
        return doc

    def to_bytes(self, **_: Any) -> bytes:
        """Nothing to store: the glossary travels with the package."""
        return b""

    def from_bytes(self, _data: bytes, **_: Any) -> UnspinTerms:
        """Nothing to restore."""
        return self

    def to_disk(self, _path: Path, **_: Any) -> None:
        """Nothing to store: the glossary travels with the package."""

    def from_disk(self, _path: Path, **_: Any) -> UnspinTerms:
        """Nothing to restore."""
        return self


@Language.factory(  # type: ignore[untyped-decorator]
    "unspin_terms",
    assigns=["doc.spans"],
    default_config={"glossaries": [], "off": [], "admitted": False, "spun": None},
)
def make_unspin_terms(
    nlp: Any,
    name: str,
    glossaries: list[str],
    off: list[str],
    admitted: bool,
    spun: bool | None,
) -> UnspinTerms:
    """Factory of ``unspin_terms``.

    Args:
        nlp: The pipeline.
        name: Name of the component in it.
        glossaries: House glossaries: files or folders.
        off: Canonical terms to switch off.
        admitted: Whether good synonyms are spans, too.
        spun: Whether documents are known to be spun; None judges by the other hits.

    Raises:
        GlossaryError: A glossary file is wrong.
    """
    from unspin.glossary import load_glossary

    for key in ("unspin_replacement", "unspin_concept", "unspin_applicability"):
        if not Span.has_extension(key):
            Span.set_extension(key, default=None)
    glossary = load_glossary([Path(g) for g in glossaries], off)
    return UnspinTerms(glossary, admitted=admitted, spun=spun)
