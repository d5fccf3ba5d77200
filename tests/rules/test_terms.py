from __future__ import annotations

import pytest

from unspin.rules.terms import trimmed


@pytest.mark.parametrize(
    ("text", "wording", "new", "left", "right"),
    [
        ("A cause of it.", "cause", "reason", "cause", "reason"),
        ("The heart assault came.", "heart assault", "heart attack", "heart assault",
         "heart attack"),
        ("chance variables for  stroke", "chance variables for  stroke", "risk factors for  stroke",
         "chance variables", "risk factors"),
        ("pain in the reduced back", "pain in the reduced back", "pain in the lower back",
         "reduced back", "lower back"),
        ("the signs of bosom growth in men", "signs of bosom growth in men",
         "signs of breast cancer in men", "bosom growth", "breast cancer"),
        ("people with with pain", "people with with pain", "people with pain", "with pain", "pain"),
        ("Pain in bones", "Pain in bones", "pain in bones", "Pain", "pain"),
    ],
)  # fmt: skip
def test_phrases_alike_at_both_ends_are_left_out(
    text: str, wording: str, new: str, left: str, right: str
) -> None:
    start = text.find(wording)
    a, b, kept = trimmed(text, start, start + len(wording), new)
    assert (text[a:b], kept) == (left, right)
    whole = text[:start] + new + text[start + len(wording) :]
    assert text[:a] + kept + text[b:] == whole
