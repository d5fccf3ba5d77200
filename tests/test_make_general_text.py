"""bench/make_general_text.py: other programs' packages become clean text of many kinds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

PROSE = "It was the best of ways to spend a day in the hills, and all of us said that it was so. "


@pytest.fixture(scope="module")
def maker(load_bench: Callable[[str], ModuleType]) -> ModuleType:
    return load_bench("make_general_text")


def test_a_message_loses_what_others_wrote(maker: ModuleType) -> None:
    message = (
        "Jo wrote:\n> My disk is full, and I do not know why.\n\nYou can look at what is large\n"
        "with the command that we all know.\n\nfor (i = 0; i < n; i++) { x[i] = y[i] / z[i]; }\n"
        "-- \nSam, who keeps the list alive"
    )
    assert maker.own_words(message) == [
        "You can look at what is large with the command that we all know."
    ]


def test_an_article_loses_its_markup(maker: ModuleType) -> None:
    sentence = PROSE.strip().replace("hills", "[[Hill|hills]]") + "<ref>Jo 1999</ref>"
    source = f"{{{{Infobox|a={{{{b}}}}}}}}\n== Life ==\n'''{sentence * 2}'''\n* [[List]] of hills\n"
    assert maker.running_text(source) == [PROSE.strip() * 2]


def test_talk_is_joined_to_paragraphs(maker: ModuleType) -> None:
    *full, rest = maker.in_paragraphs(["one two three four five"] * 31)
    assert [len(p.split()) for p in full] == [75, 75]
    assert len(rest.split()) == 5


def test_kept_is_english_of_some_length_once(maker: ModuleType) -> None:
    documents = [
        ("a", PROSE * 6),
        ("b", PROSE * 6),  # the same again
        ("c", "Das war der beste Weg, einen Tag in den Bergen zu verbringen. " * 20),
        ("d", PROSE),  # too short
        ("a", "In the end " + PROSE * 6),  # another text of a name that was there
    ]
    rows = list(maker.kept("tales", documents))
    assert [row["id"] for row in rows] == ["general-tales/a", "general-tales/a-4"]
    assert {row["source"] for row in rows} == {"general-tales"}


def test_missing_packages_are_named(
    maker: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["x", str(tmp_path / "out"), "--packages", str(tmp_path)])
    with pytest.raises(SystemExit, match="nothing for encyclopedia"):
        maker.main()
