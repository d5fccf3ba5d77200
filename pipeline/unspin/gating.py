"""Gates: limits that make a run fail with exit code 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from unspin.config import Gates
from unspin.evidence import Window
from unspin.findings import Finding, Severity
from unspin.report import Gate
from unspin.scoring import Score

#: Limits of ``clean --check`` where nothing else is asked for, set with ``bench/gate.py --tune``:
#: most spun pages found with half a percent of clean ones, with the model as without it, then the
#: fewest clean ones, then what does so without the model. Of 428 clean pages none reaches .05 by
#: the article and 2 reach .9 by a window; of 50 spun ones and 60 long pages with a single spun
#: paragraph the two find 96. The whole article counts here, so less is asked for than of the
#: verdict that opens the rules' eyes (.5). Without the model .15 finds 11 spun ones instead of 1.
CHECK_DEFAULTS = Gates(min_score=60, max_spun_probability=0.15, max_window_probability=0.9)

#: Name of the gate that an article fails which is not judged, where such articles shall fail.
LANGUAGE = "language"

_RANK = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


def effective(gates: Gates, *, check: bool) -> Gates:
    """The gates of a run: with ``--check`` defaults stand in for limits that are not set.

    A limit that shall not gate is set to where nothing fails: score 0, probability 1.
    """
    if not check:
        return gates
    return replace(
        gates,
        **{
            name: getattr(CHECK_DEFAULTS, name)
            for name in ("min_score", "max_spun_probability", "max_window_probability")
            if getattr(gates, name) is None
        },
    )


def evaluate(
    gates: Gates,
    score: Score | None,
    spun_probability: float | None,
    findings: Sequence[Finding],
    windows: Sequence[Window] = (),
    *,
    judged: bool,
    fail_unjudged: bool,
    where: Callable[[Sequence[Window]], str] | None = None,
    too_short: bool = False,
) -> tuple[Gate, ...]:
    """Holds an article against its gates.

    Args:
        gates: Limits.
        score: Score of the source; None where it is not judged.
        spun_probability: P(spun), 0..1; None where it is not judged.
        findings: What was found in the source.
        windows: P(spun) of stretches of the article.
        judged: Whether the article is English and long enough.
        fail_unjudged: Whether an article that is not judged fails (``--non-english fail``).
        where: Says where windows stand, for those that do not hold (``Report.where``).
        too_short: Whether an article that is not judged has too few words to tell its language:
            then it is no text in another language, and passes.

    Returns:
        One entry per gate that was asked for.
    """
    if not judged:
        if fail_unjudged and not too_short:
            return (Gate(LANGUAGE, "not judged", "en", False),)
        return ()
    out: list[Gate] = []
    if gates.min_score is not None and score is not None:
        # Compared as the report shows it, so that the verdict can be checked by eye.
        value = round(score.score, 3)
        out.append(Gate("score", value, gates.min_score, value >= gates.min_score))
    for part, limit in gates.min_parts.items():
        got = score.parts.get(part) if score else None
        got = None if got is None else round(got, 3)
        held = got is None or got >= limit
        out.append(Gate(f"parts.{part}", got, limit, held))
    if gates.max_spun_probability is not None and spun_probability is not None:
        p = round(spun_probability, 3)
        out.append(_below("spun_probability", p, gates.max_spun_probability))
    if gates.max_window_probability is not None and windows:
        limit = gates.max_window_probability
        worst = round(max(w.spun_probability for w in windows), 3)
        gate = _below("window spun_probability", worst, limit)
        over = [w for w in windows if round(w.spun_probability, 3) >= limit]
        if where and not gate.passed and len(over) < len(windows):
            gate = replace(gate, where=where(over))
        out.append(gate)
    if gates.fail_on is not None:
        least = _RANK[Severity(gates.fail_on)]
        count = sum(_RANK[f.severity] >= least for f in findings)
        out.append(Gate(f"findings.{gates.fail_on}", float(count), 0.0, count == 0))
    return tuple(out)


def _below(name: str, value: float, limit: float) -> Gate:
    """A probability holds below its limit; a limit of 1 holds always."""
    return Gate(name, value, limit, value < limit or limit >= 1)
