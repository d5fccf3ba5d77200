from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.work import steps
from unspin import pipeline
from unspin.findings import Applicability, Finding
from unspin.pipeline import resolve_overlaps
from unspin.places import Cover, Places

SPANS = st.tuples(st.integers(0, 30), st.integers(0, 6)).map(lambda x: (x[0], x[0] + x[1]))


def overlap(a: tuple[int, int], b: tuple[int, int]) -> bool:
    if a[0] == a[1] or b[0] == b[1]:
        return a[0] <= b[1] and b[0] <= a[1]
    return a[0] < b[1] and b[0] < a[1]


@given(st.lists(SPANS, max_size=25))
def test_a_place_is_free_where_no_taken_one_overlaps_it(spans: list[tuple[int, int]]) -> None:
    places, taken = Places(), []
    for span in spans:
        free = not any(overlap(span, other) for other in taken)
        assert places.take(*span) == free
        if free:
            taken.append(span)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    rule = draw(st.sampled_from(["SP001", "SP002", "SP003", "SD003", "SD004", "KS001"]))
    start, end = draw(SPANS)
    return Finding(
        rule,
        start,
        max(end, start + 1) if rule.startswith("SP") else end,  # these are never empty in a text
        "x",
        confidence=draw(st.sampled_from([0.5, 0.9])),
        applicability=draw(st.sampled_from([Applicability.SAFE, Applicability.SUGGESTED])),
    )


@given(st.lists(SPANS, max_size=15), SPANS)
def test_a_cover_meets_what_one_of_its_spans_overlaps(
    spans: list[tuple[int, int]], place: tuple[int, int]
) -> None:
    start, end = place
    assert Cover(spans).meets(start, end) == any(a < end and start < z for a, z in spans)


def one_by_one(found: list[Finding]) -> list[Finding]:
    """Every finding held against every other."""
    kept: list[Finding] = []
    order = sorted(found, key=lambda f: (pipeline._rank(f), -f.length, -f.confidence, f.start))
    for finding in order:
        others = [f for f in kept if f.family == finding.family]
        if finding.length == 0 or not any(finding.overlaps(o) for o in others):
            kept.append(finding)
    return sorted(kept, key=lambda f: (f.start, f.end, f.rule))


@given(st.lists(findings(), max_size=20))
def test_overlaps_are_settled_as_if_each_finding_were_held_against_each(
    found: list[Finding],
) -> None:
    assert resolve_overlaps(found) == one_by_one(found)


def side_by_side(count: int) -> list[Finding]:
    return [Finding("SD003", 9 * i, 9 * i + 5, "x") for i in range(count)]


def test_ten_times_the_findings_take_ten_times_the_work() -> None:
    few, many = side_by_side(100), side_by_side(1000)
    assert steps(lambda: resolve_overlaps(many)) <= 12 * steps(lambda: resolve_overlaps(few))
