from __future__ import annotations

from pathlib import Path

from unspin.grammar.cache import ResultCache
from unspin.grammar.match import Match
from unspin.grammar.ruleset import RuleSet

MATCH = Match(3, 5, "RULE", "GRAMMAR", "Say it “otherwise”.", ("is", "was"))


def test_cache_gives_back_what_it_was_given(tmp_path: Path) -> None:
    key, other = ResultCache.key("rules", "text"), ResultCache.key("rules", "other")
    first = ResultCache(tmp_path / "c.sqlite")
    first.put({key: [MATCH], other: []})
    first.close()
    second = ResultCache(tmp_path / "c.sqlite")
    assert second.get([key, other, ResultCache.key("rules", "new")]) == {key: [MATCH], other: []}


def test_cache_key_depends_on_text_and_rules() -> None:
    keys = {
        ResultCache.key(RuleSet(disabled=frozenset(off)).hash, text)
        for off in ((), ("A",), ("B",))
        for text in ("one", "two")
    }
    assert len(keys) == 6


def test_cache_forgets_what_is_too_old(tmp_path: Path) -> None:
    key = ResultCache.key("rules", "text")
    cache = ResultCache(tmp_path / "c.sqlite", ttl=-1.0)
    cache.put({key: [MATCH]})
    assert cache.get([key]) == {}


def test_cache_that_cannot_be_used_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "c.sqlite").write_bytes(b"this is no database, and never was one" * 100)
    for path in (tmp_path / "c.sqlite", tmp_path / "no" / "such" / "folder" / "c.sqlite"):
        cache = ResultCache(path)
        key = ResultCache.key("rules", "text")
        cache.put({key: [MATCH]})
        assert cache.get([key]) == {}
        cache.close()


def test_cache_takes_more_keys_than_one_statement_can(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path / "c.sqlite")
    keys = [ResultCache.key("rules", str(i)) for i in range(2_500)]
    cache.put({key: [MATCH] for key in keys})
    assert len(cache.get(keys)) == 2_500
