"""The way of an article, in one direction: structure, rules, fixing, grammar, score, report."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unspin import __version__, evidence, gating
from unspin.article import Article
from unspin.config import Config
from unspin.consistency import restored_alike
from unspin.errors import UnspinError
from unspin.evidence import Window
from unspin.findings import Applicability, Finding
from unspin.fixing import Fixed, fix
from unspin.places import Cover, Places
from unspin.reading.languages import too_few_words
from unspin.report import Report
from unspin.reviewed import waits_for_person
from unspin.rules import Context, all_rules
from unspin.scoring import Score, score
from unspin.suppression import Suppressed, suppress, without_accepted
from unspin.titles import title_findings

if TYPE_CHECKING:
    from unspin.glossary.matcher import Glossary, Hit
    from unspin.grammar.checker import Checker
    from unspin.language.model import Judgement, SpinModel

#: Articles whose restored texts go to the grammar server together.
GRAMMAR_BATCH = 16

# Rules and language model remember the text that they are at, for the whole process: one article
# at a time. It costs what threads could gain while the model computes: four of them on two cores
# would do 1.6 times the work of one.
_one_at_a_time = threading.RLock()


def _after_fork() -> None:
    """A child has a lock of its own: the thread that held the parent's is not in it."""
    global _one_at_a_time
    _one_at_a_time = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@dataclass(frozen=True)
class Judged:
    """What the rules say of a text.

    Args:
        findings: What no suppression accepts.
        spun_probability: Of the article, 0..1.
        windows: P(spun) of stretches.
        suppressions: Entries of ``config.suppress``, by index, that accepted something.
        gated_probability: P(spun) that score and gates go by: accepted places are no evidence.
        gated_windows: The windows that gates go by.
        judgement: Of the language model, None where it did not run.
    """

    findings: tuple[Finding, ...]
    spun_probability: float
    windows: tuple[Window, ...]
    suppressions: tuple[int, ...]
    gated_probability: float
    gated_windows: tuple[Window, ...]
    judgement: Judgement | None = None


@dataclass(frozen=True)
class Draft:
    """An article after fixing, before grammar."""

    article: Article
    judged: Judged | None
    fixed: Fixed
    again: Judged | None


class Cleaner:
    """Cleans articles with one configuration; glossary, model and grammar load on first use.

    Safe to use from several threads: they take turns at an article, and wait together for grammar.
    Pickled, it is its configuration, and loads again where it arrives.

    Args:
        config: Effective configuration.
        check: Whether the run only judges (``--check``): default gates apply.
        like: A cleaner whose shipped glossary and model are used where they are the same, so that
            a process holds them once.
    """

    def __init__(
        self, config: Config | None = None, *, check: bool = False, like: Cleaner | None = None
    ) -> None:
        if not isinstance(config, Config | None):
            what = type(config).__name__
            raise TypeError(f"a configuration is a Config, not {what}; make it with Config(...)")
        self.config = config or Config()
        self.check = check
        self._like = like
        self._model_reason = "off"
        self._grammar_reason = "off"

    def __getstate__(self) -> dict[str, Any]:
        """The settings: sessions, automata and servers belong to a process."""
        return {"config": self.config, "check": self.check}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    @cached_property
    def glossary(self) -> Glossary:
        """The compiled glossary, house glossaries on top."""
        from unspin.glossary import load_glossary

        # files of a house may have been edited since the other cleaner read them
        if self._like is not None and _plain_glossary(self.config, self._like.config):
            return self._like.glossary
        return load_glossary([Path(p) for p in self.config.glossaries], self.config.glossary_off)

    @cached_property
    def model(self) -> SpinModel | None:
        """The language model, or None with ``--model off`` or where none is installed."""
        if self.config.model == "off":
            return None
        if self._like is not None and self.config.model == self._like.config.model == "auto":
            found, self._model_reason = self._like.model, self._like._model_reason
            return found
        from unspin.language.model import SpinModel, default_model_dir

        named = self.config.model != "auto"
        folder = Path(self.config.model) if named else default_model_dir()
        try:
            return SpinModel.load(folder)
        except (UnspinError, OSError) as error:
            if named:
                raise
            self._model_reason = str(error)
            return None

    @cached_property
    def checker(self) -> Checker | None:
        """The grammar checker, or None where it is off or cannot run."""
        from unspin.grammar.stage import why_not

        reason = why_not(self.config.grammar)
        if reason is not None:
            self._grammar_reason = reason.removeprefix("not run: ")
            return None
        from unspin.grammar.checker import Checker

        return Checker(None if self.config.grammar == "auto" else self.config.grammar)

    def close(self) -> None:
        """Stops the grammar server, if one was started."""
        if "checker" in self.__dict__ and self.checker is not None:
            self.checker.close()

    def __enter__(self) -> Cleaner:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    # --- stages ------------------------------------------------------------------------------

    def judge(
        self,
        article: Article,
        *,
        spun_probability: float | None = None,
        neighbours: Sequence[tuple[str, float]] = (),
        before: Judged | None = None,
    ) -> Judged:
        """Runs the rules.

        Args:
            article: A structured article.
            spun_probability: P(spun) to judge with; None takes it from the article's evidence.
            neighbours: Near-duplicates in the batch.
            before: What was said of the article before fixing.
        """
        with _one_at_a_time:
            return self._judge(article, spun_probability, neighbours, before)

    def _judge(
        self,
        article: Article,
        spun_probability: float | None,
        neighbours: Sequence[tuple[str, float]],
        before: Judged | None,
    ) -> Judged:
        hits = self.glossary.find(article.text)
        judgement = None
        if self.model is not None:
            # replacements of a text judged again are never shown
            restore = spun_probability is None
            judgement = self.model.judge(
                article.text,
                [h for h in hits if self.glossary.holds(h, article.text, spun=True)],
                spun_probability=spun_probability,
                restore=restore,
                before=before.judgement if before else None,
            )
        if judgement is not None:
            found = judgement.spun_probability
            windows = tuple(Window(w.start, w.end, w.spun_probability) for w in judgement.windows)
        else:
            found = evidence.spun_probability(hits, article.words)
            windows = evidence.windows(article.text, hits)
        context = Context(
            config=self.config,
            glossary=self.glossary,
            hits=tuple(hits),
            spun_probability=found if spun_probability is None else spun_probability,
            judgement=judgement,
            neighbours=tuple(neighbours),
            left_to_person=waits_for_person(article),
        )
        findings = [
            finding
            for rule in all_rules()
            if self.config.runs(rule.id)
            for finding in rule.check(article, context)
        ]
        findings += title_findings(article, context)
        left = suppress(article, resolve_overlaps(findings), self.config)
        p = context.spun_probability
        gated = (p, windows)
        if left.quiet or any(f.family == "SP" for f in left.accepted):
            gated = _without_accepted(article, left, p, windows, None if judgement else hits)
        kept = tuple(restored_alike(article, left.kept, context))
        return Judged(kept, p, windows, left.used, *gated, judgement)

    def draft(self, article: Article, neighbours: Sequence[tuple[str, float]] = ()) -> Draft:
        """Structures, judges and fixes one article.

        Raises:
            TypeError: It is none.
        """
        if not isinstance(article, Article):
            what = type(article).__name__
            raise TypeError(f"an article is an Article, not {what}; use clean_text or clean_file")
        with _one_at_a_time:
            return self._draft(article, neighbours)

    def _draft(self, article: Article, neighbours: Sequence[tuple[str, float]]) -> Draft:
        from unspin.structure import structure

        if not article.judged:
            return Draft(article, None, Fixed(article, (), (), ()), None)
        article = structure(article)
        judged = self.judge(article, neighbours=neighbours)
        fixed = fix(article, judged.findings, unsafe=self.config.unsafe_fixes)
        again = judged
        if fixed.prose_edits:
            again = self._judge_fixed(fixed, judged)
            more = _uncovered(article, fixed, again.findings)
            if more is not None:
                fixed, again = more, self._judge_fixed(more, judged)
        lean = (replace(j, judgement=None) for j in (judged, again))  # a batch of drafts is held
        return Draft(article, next(lean), fixed, next(lean))

    def _judge_fixed(self, fixed: Fixed, judged: Judged) -> Judged:
        return self.judge(fixed.article, spun_probability=judged.spun_probability, before=judged)

    def report(self, draft: Draft, grammar: Sequence[Finding] | None) -> Report:
        """Scores a draft and makes its report.

        Args:
            draft: The article after fixing.
            grammar: Grammar findings in offsets of the restored prose; None where it did not run.
        """
        with _one_at_a_time:
            return self._report(draft, grammar)

    def _report(self, draft: Draft, grammar: Sequence[Finding] | None) -> Report:
        article, judged = draft.article, draft.judged
        before = after = None
        p = None
        findings = list(draft.fixed.findings)
        if judged is not None and draft.again is not None:
            p = judged.spun_probability
            mapped = without_accepted(
                article, [_to_source(draft.fixed.article, f) for f in grammar or ()], self.config
            )
            findings += mapped
            ran = grammar is not None
            shown = judged.gated_probability
            before = score(article.text, [*judged.findings, *mapped], shown, grammar_ran=ran)
            # What the reader repaired stands repaired in the written text.
            left = [f for f in draft.again.findings if not f.applied]
            after = score(draft.fixed.article.text, [*left, *mapped], shown, grammar_ran=ran)
            after = _not_below(after, before)
        gates = gating.effective(self.config.gates_for(article.source.path), check=self.check)
        report = Report(
            article=article,
            restored=draft.fixed.article,
            findings=tuple(findings),
            edits=draft.fixed.edits,
            spun_probability=p,
            windows=judged.windows if judged else (),
            before=before,
            after=after,
            stages=self._stages(article, grammar),
            tool=self.tool(),
            suppressions=judged.suppressions if judged else (),
            gated_windows=judged.gated_windows if judged else (),
        )
        held = gating.evaluate(
            gates,
            before,
            judged.gated_probability if judged else None,
            draft.fixed.findings,
            report.gated_windows,
            judged=article.judged,
            fail_unjudged=self.config.non_english == "fail",
            where=report.where,
            too_short=article.language == "und" and too_few_words(article.text),
        )
        return replace(report, gates=held)

    def _stages(self, article: Article, grammar: Sequence[Finding] | None) -> dict[str, str]:
        if not article.judged:
            why = f"language {article.language}"
            if article.language == "und":
                why = "too few words" if too_few_words(article.text) else "language not known"
            return {"grammar": f"not run: {why}", "model": f"not run: {why}"}
        model = "run" if self.model is not None else f"not run: {self._model_reason}"
        ran = "run" if grammar is not None else f"not run: {self._grammar_reason}"
        return {"grammar": ran, "model": model}

    def tool(self) -> dict[str, str | None]:
        """Name and version of the tool, its model and its glossary."""
        return {
            "name": "unspin",
            "version": __version__,
            "model": self.model.version if self.model is not None else None,
            "glossary": self.glossary.version,
        }

    def _grammar(self, drafts: Sequence[Draft]) -> list[list[Finding] | None]:
        """Grammar findings of restored texts; None each where it cannot run."""
        if self.check:
            self._grammar_reason = "gates do not depend on it"
        with _one_at_a_time:  # one server, whichever thread is first
            checker = None if self.check else self.checker
        if checker is None or all(d.judged is None for d in drafts):
            return [None] * len(drafts)
        from unspin.grammar.stage import grammar_findings, prefetch

        out: list[list[Finding] | None] = []
        try:
            # one round for the whole batch: requests fill, and the server's threads have work
            texts = [d.fixed.article for d in drafts if d.judged is not None]
            prefetch([(a.text, a.blocks) for a in texts], checker)
            for draft in drafts:
                if draft.judged is None:
                    out.append(None)
                    continue
                article = draft.fixed.article
                found = grammar_findings(
                    article.text,
                    article.blocks,
                    article.protected,
                    checker,
                    self.glossary.vocabulary,
                )
                out.append([f for f in found if self.config.runs(f.rule)])
        except UnspinError as error:
            self._grammar_reason = str(error)
            return [None] * len(drafts)
        return out

    # --- whole articles ----------------------------------------------------------------------

    def clean(self, article: Article, neighbours: Sequence[tuple[str, float]] = ()) -> Report:
        """Cleans one article."""
        draft = self.draft(article, neighbours)
        return self.report(draft, self._grammar([draft])[0])

    def finish(self, drafts: Iterable[Draft]) -> Iterator[Report]:
        """Grammar, score and report for a stream of drafts, in batches."""
        batch: list[Draft] = []
        for draft in drafts:
            batch.append(draft)
            if len(batch) == GRAMMAR_BATCH:
                yield from map(self.report, batch, self._grammar(batch))
                batch = []
        yield from map(self.report, batch, self._grammar(batch))


def _plain_glossary(config: Config, other: Config) -> bool:
    """Whether two configurations have the same glossary, and nothing of it is a house's."""
    return (
        not config.glossaries
        and not other.glossaries
        and (config.glossary_off == other.glossary_off)
    )


def _without_accepted(
    article: Article,
    left: Suppressed,
    p: float,
    windows: Sequence[Window],
    hits: Sequence[Hit] | None,
) -> tuple[float, tuple[Window, ...]]:
    """P(spun) of the article and of its windows where accepted places are no evidence.

    Args:
        article: The article that was judged.
        left: What suppressions accepted.
        p: P(spun) with everything.
        windows: Windows with everything.
        hits: The evidence where no model ran; a model's verdict on the rest of the article is not
            asked again, so only ``ignore-file SP`` changes it.
    """
    if any(a <= 0 and b >= len(article.source.text) for a, b in left.quiet):
        return 0.0, ()
    if hits is not None:
        spans = [(f.start, f.end) for f in left.accepted if f.family == "SP"]
        rest = [h for h in hits if not any(a < h.end and h.start < b for a, b in spans)]
        found = evidence.spun_probability(rest, article.words)
        return min(p, found), evidence.windows(article.text, rest)
    kept = []
    for window in windows:
        start, end = article.map.span(window.start, window.end)
        covered = sum(max(0, min(b, end) - max(a, start)) for a, b in left.quiet)
        if 2 * covered < end - start:
            kept.append(window)
    return p, tuple(kept)


def resolve_overlaps(findings: Iterable[Finding]) -> list[Finding]:
    """Makes findings of one rule family disjoint: of those that overlap the longest, then surest.

    In the family SP something else comes first. SP001 names the concept, SP002 only suspects: the
    explanation wins over the suspicion, but what is certain enough to be applied wins over a
    suggestion.

    Args:
        findings: In any order; those with an empty span overlap nothing and all stay.

    Returns:
        The findings that stay, by place and rule.
    """
    taken: defaultdict[str, Places] = defaultdict(Places)
    order = sorted(findings, key=lambda f: (_rank(f), -f.length, -f.confidence, f.start))
    kept = [f for f in order if f.length == 0 or taken[f.family].take(f.start, f.end)]
    return sorted(kept, key=lambda f: (f.start, f.end, f.rule))


def _rank(finding: Finding) -> int:
    if finding.family != "SP":
        return 0
    listed = finding.rule == "SP001"
    return (0 if listed else 1) if finding.applicability is Applicability.SAFE else 3 - listed


def _uncovered(article: Article, fixed: Fixed, found: Sequence[Finding]) -> Fixed | None:
    """What fixing made, with the spun terms restored that showed only then.

    "{chance|hazard} variables" holds no spun term before a choice is made, "dead pores and skin
    phones" only "skin phones" once it is the skin. Only places that were changed are looked at: all
    else was judged before.

    Args:
        article: The article.
        fixed: What fixing made of it.
        found: What the rules say of the restored text.
    """
    late = [
        (f, *fixed.article.map.span(f.start, f.end))
        for f in found
        if f.rule == "SP001" and f.applicability is Applicability.SAFE
    ]
    changed = Cover((e.start, e.end) for e in fixed.edits)
    late = [(f, a, b) for f, a, b in late if changed.meets(a, b)]
    if not late:
        return None
    more = fix(fixed.article, [f for f, _, _ in late])
    if not more.prose_edits:
        return None
    edits = list(more.edits)
    for edit in fixed.edits:
        over = [e for e in more.edits if e.start < edit.end and edit.start < e.end]
        if any(edit.start < e.start or e.end < edit.end for e in over):
            return None  # it would undo a part of the first edit
        if not over:
            edits.append(edit)
    done = [
        replace(f, source_span=fixed.article.map.span(f.start, f.end))
        for f in more.findings
        if f.applied
    ]
    restored = Cover(f.source_span for f in done if f.source_span is not None)
    stay = [
        f
        for f in fixed.findings
        if f.family != "SP"
        or not restored.meets(*(f.source_span or article.map.span(f.start, f.end)))
    ]
    return Fixed(
        article=more.article,
        findings=(*stay, *done),
        edits=tuple(sorted(edits, key=lambda e: (e.start, e.end))),
        prose_edits=fixed.prose_edits,
    )


def _to_source(restored: Article, finding: Finding) -> Finding:
    """A finding on restored prose, led back to the source; its fix is only shown."""
    return replace(
        finding,
        source_span=restored.map.span(finding.start, finding.end),
        applicability=Applicability.SUGGESTED if finding.replacements else None,
    )


def _not_below(after: Score, before: Score) -> Score:
    """The score after fixing; fewer words outside findings must not make a fix look like a loss."""
    parts = {
        name: value if value is None else max(value, before.parts.get(name) or 0.0)
        for name, value in after.parts.items()
    }
    return Score(max(after.score, before.score), parts)
