from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from unspin.findings import Finding, Severity
from unspin.scoring import FAMILIES, score

RULES = ["SP001", "SP002", "TN001", "KS001", "SD003", "ST002", "DU001", "MF002"]


@st.composite
def findings(draw: st.DrawFn) -> list[Finding]:
    out = []
    for _ in range(draw(st.integers(0, 12))):
        start = draw(st.integers(0, 600))
        out.append(
            Finding(
                rule=draw(st.sampled_from(RULES)),
                start=start,
                end=start + draw(st.integers(0, 40)),
                message="A fault.",
                severity=draw(st.sampled_from(list(Severity))),
                confidence=draw(st.floats(0, 1)),
            )
        )
    return out


@given(findings(), findings(), st.floats(0, 1), st.floats(0, 1))
def test_an_added_fault_never_raises_the_score(
    some: list[Finding], more: list[Finding], p: float, q: float
) -> None:
    text = "word " * 160
    low, high = sorted((p, q))
    one = score(text, some, low, grammar_ran=False)
    two = score(text, some + more, high, grammar_ran=False)
    assert two.score <= one.score + 1e-9
    for part in FAMILIES:
        before, after = one.parts[part], two.parts[part]
        assert before is None or (after is not None and after <= before + 1e-9)


@given(findings())
def test_a_fault_written_into_the_text_never_raises_the_score(some: list[Finding]) -> None:
    text = "word " * 160
    longer = text + "bosom disease "
    fault = Finding("SP001", len(text), len(text) + 13, "A fault.", Severity.ERROR)
    one = score(text, some, 0.1, grammar_ran=False)
    two = score(longer, [*some, fault], 0.1, grammar_ran=False)
    assert two.score <= one.score + 1e-9


def test_grammar_never_enters_the_score() -> None:
    text = "word " * 100
    remark = Finding("GR001", 0, 4, "A remark.", Severity.WARNING)
    with_it = score(text, [remark], 0.0, grammar_ran=True)
    without = score(text, [], 0.0, grammar_ran=False)
    assert with_it.score == without.score == 100
    assert with_it.parts["grammar"] is not None
    assert without.parts["grammar"] is None


def test_near_duplicates_never_enter_the_score() -> None:
    near = Finding("DU003", 0, 4, "Like another file.", Severity.WARNING)
    assert score("word " * 100, [near], 0.0, grammar_ran=False).score == 100
