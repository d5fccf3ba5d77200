"""spaCy component ``unspin_terms``: fills ``doc.spans["unspin"]`` with what the glossary finds.

nlp = spacy.blank("en")
nlp.add_pipe("unspin_terms")  # or with config={"glossaries": ["house.yaml"], "spun": True}
doc = nlp("A heart assault is an emergency.")
[(s.text, s.label_, s._.unspin_replacement) for s in doc.spans["unspin"]]

Findings are those of ``clean --model off`` and cover the same words, but that a text of fewer than
20 words is judged too, and that a span takes in all of a token. ``docs/library.md`` says more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacy.language import Language  # spaCy itself imports this module, through the entry point
from spacy.tokens import Span

from unspin.glossary.concept import LIKELY, SAFE

if TYPE_CHECKING:
    from unspin.article import Article
    from unspin.config import Config
    from unspin.glossary.compiling import Layer
    from unspin.glossary.matcher import Glossary, Hit

#: Usual key of ``doc.spans``.
SPANS_KEY = "unspin"
#: Label of a span by the kind of its hit: the rule that reports it.
LABELS = {"spun": "SP001", "deprecated": "TN001", "admitted": "TN002"}
#: Rules that are run; SP003 wins some places from SP001, but is no matter of the glossary.
_RULES = ("SP001", "SP003", "TN001")
#: From the surest to the least sure.
_SURENESS = ("", "safe", "suggested", "editor")
_EXTENSIONS = ("unspin_replacement", "unspin_concept", "unspin_applicability")
_STORED = "glossary.json"

# Here and not in the factory: a process that only reads stored documents makes no pipeline.
for _name in _EXTENSIONS:
    if not Span.has_extension(_name):
        Span.set_extension(_name, default=None)


@dataclass(frozen=True, slots=True)
class _Place:
    """A name found, in offsets of the document."""

    start: int
    end: int
    label: str
    replacement: str
    concept: str
    applicability: str


class UnspinTerms:
    """Finds spun and outdated names, and admitted ones on request.

    Args:
        glossary: The compiled glossary; None loads it of `house` and `off`. One that is given is
            not stored with the pipeline.
        admitted: Whether good synonyms are spans, too.
        spun: Whether documents are known to be spun; None judges by the other hits.
        spans_key: Key of ``doc.spans``; two components of one pipeline need two.
        house: House glossaries on top of the shipped one, as read.
        off: Canonical terms to switch off.
    """

    def __init__(
        self,
        glossary: Glossary | None = None,
        *,
        admitted: bool = False,
        spun: bool | None = None,
        spans_key: str = SPANS_KEY,
        house: Sequence[Layer] = (),
        off: Sequence[str] = (),
    ) -> None:
        self.admitted = admitted
        self.spun = spun
        self.spans_key = spans_key
        self._house = tuple(house)
        self._off = tuple(off)
        self._missing = ""
        self._glossary = glossary if glossary is not None else _compiled(self._house, self._off)

    @classmethod
    def lacking(cls, reason: str, **settings: Any) -> UnspinTerms:
        """A component without its house glossaries.

        A pipeline that was moved brings them along, but spaCy makes the component before it reads
        them.

        Args:
            reason: Why they could not be read: the error of the first document if nothing comes.
            **settings: As for the class.
        """
        made = cls(**settings)
        made._missing = reason
        return made

    @property
    def glossary(self) -> Glossary:
        """The compiled glossary.

        Raises:
            GlossaryError: A house glossary was not found, and the pipeline brought none.
        """
        self._refuse_missing()
        return self._glossary

    def _refuse_missing(self) -> None:
        if self._missing:
            from unspin.errors import GlossaryError

            raise GlossaryError(self._missing)

    def __call__(self, doc: Any) -> Any:
        """Adds the spans to a document and gives it back."""
        text = doc.text
        groups: list[tuple[Any, list[_Place]]] = []
        for place in self._places(text):
            span = doc.char_span(place.start, place.end, alignment_mode="expand")
            if span is None:
                continue
            if groups and span.start < groups[-1][0].end:  # glued together: they share a token
                last, places = groups.pop()
                groups.append((doc[last.start : max(last.end, span.end)], [*places, place]))
            else:
                groups.append((span, [place]))
        doc.spans[self.spans_key] = [_span(doc, text, span, places) for span, places in groups]
        return doc

    def _places(self, text: str) -> list[_Place]:
        """What is found in a text, in its order."""
        from unspin.errors import InputError
        from unspin.reading.languages import too_few_words
        from unspin.structure import structure
        from unspin.text import read_string

        try:
            article = read_string(text, _config())
            if article.source.offsets != "source":  # a page whose text has no way back
                article = read_string(text, _config(), "txt")
        except InputError:  # nothing to read
            return []
        if article.language == "und" and too_few_words(article.text):
            article = article.with_(language="en")  # the pipeline's language is known
        if not article.judged:
            return []
        article = structure(article)
        found = [*self._faults(article), *self._admitted(article)]
        return sorted(found, key=lambda p: (p.start, p.end))

    def _faults(self, article: Article) -> Iterator[_Place]:
        from unspin.fixing import fix
        from unspin.pipeline import Cleaner

        cleaner = Cleaner(_config())
        cleaner.glossary = glossary = self.glossary
        known = None if self.spun is None else float(self.spun)
        judged = cleaner.judge(article, spun_probability=known)
        hits = glossary.find(article.text)
        for finding in fix(article, judged.findings).findings:
            inside = (h for h in hits if h.start <= finding.start and finding.end <= h.end)
            hit = next(inside, None)
            if hit is None or finding.rule != LABELS[hit.kind] or not finding.replacements:
                continue
            if self.spun is False and not glossary.holds(hit, article.text, spun=False):
                continue  # rules go by the other hits as well
            applicability = str(finding.applicability or "")
            if self.spun is False and hit.applicability == LIKELY and applicability == SAFE:
                applicability = hit.fix(spun=False)
            start, end = article.map.span(finding.start, finding.end)
            yield _Place(
                start, end, finding.rule, finding.replacements[0], hit.concept, applicability
            )

    def _admitted(self, article: Article) -> Iterator[_Place]:
        hits: Sequence[Hit] = self.glossary.find(article.text) if self.admitted else ()
        for hit in hits:
            if hit.kind == "admitted":
                start, end = article.map.span(hit.start, hit.end)
                label = LABELS[hit.kind]
                yield _Place(start, end, label, hit.replacement, hit.concept, hit.applicability)

    # --- storing -----------------------------------------------------------------------------

    def to_bytes(self, **_: Any) -> bytes:
        """House glossaries and what is switched off; the shipped glossary is the package's."""
        self._refuse_missing()
        house = [[x.name, [[str(p), text] for p, text in x.files]] for x in self._house]
        return json.dumps({"house": house, "off": list(self._off)}).encode()

    def from_bytes(self, data: bytes, **_: Any) -> UnspinTerms:
        """Takes the glossaries that were stored, instead of those of the configuration.

        Raises:
            GlossaryError: A stored glossary does not go with the shipped one.
        """
        if not data:  # of a version that stored nothing
            return self
        from unspin.glossary.compiling import Layer

        stored = json.loads(data)
        house = tuple(
            Layer(name, tuple((Path(p), text) for p, text in files))
            for name, files in stored["house"]
        )
        off = tuple(stored["off"])
        if self._missing or (house, off) != (self._house, self._off):
            self._glossary = _compiled(house, off)
            self._house, self._off, self._missing = house, off, ""
        return self

    def to_disk(self, path: str | Path, **_: Any) -> None:
        """Writes what `to_bytes` gives into a folder."""
        data = self.to_bytes()
        Path(path).mkdir(parents=True, exist_ok=True)
        (Path(path) / _STORED).write_bytes(data)

    def from_disk(self, path: str | Path, **_: Any) -> UnspinTerms:
        """Reads what `to_disk` wrote."""
        file = Path(path) / _STORED
        return self.from_bytes(file.read_bytes()) if file.is_file() else self


@lru_cache(maxsize=1)
def _config() -> Config:
    from unspin.config import Config

    return Config(select=_RULES, grammar="off", model="off")


@lru_cache(maxsize=1)
def _shipped() -> Glossary:
    """The shipped glossary, once for all components of a process."""
    from unspin.glossary import load_glossary

    return load_glossary()


def _compiled(house: Sequence[Layer], off: Sequence[str]) -> Glossary:
    if not house and not off:
        return _shipped()
    from unspin.glossary.compiling import read_layers, tables_of
    from unspin.glossary.matcher import Glossary

    return Glossary(tables_of([*read_layers(()), *house], off))


def _span(doc: Any, text: str, span: Any, places: Sequence[_Place]) -> Any:
    """A span with what is to be written for it: what is glued to a name keeps its place."""
    made = Span(doc, span.start, span.end, label=min(p.label for p in places))
    out: list[str] = []
    at = span.start_char
    for place in places:
        out += (text[at : place.start], place.replacement)
        at = place.end
    made._.unspin_replacement = "".join((*out, text[at : span.end_char]))
    made._.unspin_concept = "; ".join(dict.fromkeys(p.concept for p in places))
    made._.unspin_applicability = max((p.applicability for p in places), key=_SURENESS.index)
    return made


@Language.factory(  # type: ignore[untyped-decorator]
    "unspin_terms",
    assigns=["doc.spans"],
    default_config={
        "glossaries": [],
        "off": [],
        "admitted": False,
        "spun": None,
        "spans_key": SPANS_KEY,
    },
)
def make_unspin_terms(
    nlp: Any,
    name: str,
    glossaries: list[str],
    off: list[str],
    admitted: bool,
    spun: bool | None,
    spans_key: str,
) -> UnspinTerms:
    """Factory of ``unspin_terms``.

    Args:
        nlp: The pipeline.
        name: Name of the component in it.
        glossaries: House glossaries: files or folders. One that is not there may come with the
            stored pipeline; if none comes, the first document raises the error.
        off: Canonical terms to switch off.
        admitted: Whether good synonyms are spans, too.
        spun: Whether documents are known to be spun; None judges by the other hits.
        spans_key: Key of ``doc.spans``.

    Raises:
        GlossaryError: A glossary file is wrong.
        ConfigError: Another component of the pipeline fills the same key.
    """
    from unspin.errors import ConfigError, GlossaryError
    from unspin.glossary.compiling import read_layers

    for other in nlp.component_names:
        pipe = nlp.get_pipe(other)
        if isinstance(pipe, UnspinTerms) and pipe.spans_key == spans_key:
            # the later one would take away what the earlier one found
            why = f"{other!r} fills doc.spans[{spans_key!r}], too; give one another spans_key"
            raise ConfigError(f"{name}: {why}")
    settings: dict[str, Any] = {"admitted": admitted, "spun": spun, "spans_key": spans_key}
    paths = [Path(g) for g in glossaries]
    try:
        house = read_layers(paths, ours=False)
    except GlossaryError as error:
        if all(path.exists() for path in paths):
            raise
        return UnspinTerms.lacking(str(error), **settings)
    return UnspinTerms(house=house, off=off, **settings)
