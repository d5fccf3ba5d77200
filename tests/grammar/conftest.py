from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from unspin.grammar.cache import ResultCache
from unspin.grammar.checker import Checker
from unspin.grammar.install import install
from unspin.grammar.ruleset import RuleSet
from unspin.grammar.server import Server


@pytest.fixture(scope="session")
def languagetool() -> Path:
    """The real LanguageTool in the user's cache, fetched once for all tests."""
    if importlib.util.find_spec("language_tool_python") is None:
        pytest.skip("the extra `grammar` is not installed")
    return install()


@pytest.fixture(scope="session")
def server(languagetool: Path) -> Iterator[Server]:
    """One server for all tests."""
    from unspin.grammar.ruleset import default_rules

    with Server(default_rules().words) as running:
        yield running


@pytest.fixture
def checker(server: Server, tmp_path: Path) -> Iterator[Checker]:
    """Checks with the rules that ship, without results of before."""
    own = Checker(server=server, cache=ResultCache(tmp_path / "results.sqlite"))
    yield own
    own.close()


@pytest.fixture
def rules() -> RuleSet:
    return RuleSet(disabled=frozenset({"SOME_RULE"}), words=frozenset({"meniscus"}))
