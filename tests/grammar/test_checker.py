from __future__ import annotations

from pathlib import Path

import pytest

from unspin.errors import UnspinError
from unspin.grammar.cache import ResultCache
from unspin.grammar.checker import BATCH_CHARS, Checker
from unspin.grammar.server import Server

pytestmark = [pytest.mark.languagetool, pytest.mark.timeout(300)]


def covered(checker: Checker, text: str) -> list[str]:
    (matches,) = checker.check([text])
    return [text[m.start : m.end] for m in matches]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("The nurse gave her a injection in the arm.", "a"),
        ("The pain in the the lower back may last for weeks.", "the the"),
        ("It are a common cause of pain in the knee.", "are"),
        ("Rest can helps most people within a few days.", "helps"),
    ],
)
def test_checker_finds_seeded_errors(checker: Checker, text: str, place: str) -> None:
    assert any(place in found or found in place for found in covered(checker, text))


def test_checker_lets_clean_medical_text_pass(checker: Checker) -> None:
    text = (
        "Sciatica is pain along the sciatic nerve. Sclerotherapy, gastroparesis and "
        "spondylolisthesis are words that a speller may not know. Haemorrhage and hemorrhage "
        "are both right."
    )
    assert covered(checker, text) == []


def test_checker_offsets_are_code_points(checker: Checker) -> None:
    text = "😀 Eat 𝛼-linolenic acid 🍎🍎. The nurse gave her a injection 😀, and it are sore."
    (matches,) = checker.check([text])
    assert [text[m.start : m.end] for m in matches] == ["a", "are"]


def test_checker_keeps_texts_of_a_batch_apart(checker: Checker) -> None:
    clean = "The knee is a hinge joint."
    faulty = "The nurse gave her a injection."
    results = checker.check([clean, "", faulty, clean, "   ", faulty])
    assert [len(matches) for matches in results] == [0, 0, 1, 0, 0, 1]
    assert all(faulty[m.start : m.end] == "a" for m in results[2] + results[5])


def test_checker_finds_the_same_alone_and_in_a_batch(checker: Checker, tmp_path: Path) -> None:
    texts = [
        "It are a sprain. Rest for an week.",
        "The doctors has seen it (twice. They was sure",
        "the the back pain and to to rest",
        "x" * 30 + " He go home.",
    ]
    alone = []
    for i, text in enumerate(texts):
        cache = ResultCache(tmp_path / f"{i}.sqlite")
        alone += Checker(server=checker.server, cache=cache).check([text])
    assert checker.check(texts) == alone


def test_checker_splits_nothing_when_texts_are_long(checker: Checker) -> None:
    filler = "The knee is a hinge joint that bends and straightens. " * 200
    text = filler + "The nurse gave her a injection."
    assert len(text) > BATCH_CHARS
    assert covered(checker, text) == ["a"]


def test_checker_answers_from_the_cache_without_a_server(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    text = "The nurse gave her a injection."
    first = Checker(server=server, cache=ResultCache(path)).check([text])
    with Checker(cache=ResultCache(path)) as second:
        assert second.check([text]) == first
        assert second.server is not None
        assert not second.server.running


def test_checker_uses_a_server_that_the_user_runs(server: Server) -> None:
    with Checker(server.url(), cache=None) as checker:
        assert covered(checker, "The nurse gave her a injection.") == ["a"]


def test_checker_says_when_the_users_server_is_not_there() -> None:
    with (
        Checker("http://127.0.0.1:9", cache=None) as checker,
        pytest.raises(UnspinError, match=r"127\.0\.0\.1:9 .*--grammar"),
    ):
        checker.check(["The nurse gave her a injection."])
