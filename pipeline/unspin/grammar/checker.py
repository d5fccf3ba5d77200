"""Asking a LanguageTool server about texts: in batches, from several threads, through a cache.

The only module that imports language_tool_python, which is GPL-3.0-only and an extra.
"""

from __future__ import annotations

import importlib.util
import re
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from unspin.errors import MissingExtraError
from unspin.grammar.cache import REMOTE_TTL, ResultCache
from unspin.grammar.errors import GrammarError
from unspin.grammar.install import VERSION
from unspin.grammar.match import MAX_REPLACEMENTS, Match
from unspin.grammar.ruleset import RuleSet, default_rules
from unspin.grammar.server import HOST, Server

LANGUAGE = "en-US"
#: Code points of one request: longer ones are no faster (measured with 8,000 and 20,000), and an
#: article of common length still keeps two cores busy.
BATCH_CHARS = 4_000
#: Stands between two texts of a request; LanguageTool ends a sentence and a paragraph there.
_SEPARATOR = "\n\n"
#: Stands for a code point that UTF-16 writes as two units, so that LanguageTool's offsets, which
#: count those, are offsets of code points.
_ASTRAL = "\u25a1"
#: Astral code points; lone surrogates too, which no request can carry.
_NOT_ONE_UNIT = re.compile("[\ud800-\udfff\U00010000-\U0010ffff]")
#: Tries for one request to a server that we started; it is started again in between.
_TRIES = 2


class Checker:
    """Finds what LanguageTool objects to. Safe to use from several threads.

    Args:
        url: A server that the user runs; None for one of our own.
        server: A server of our own to use; None makes one, which `close` stops.
        rules: Which rules count; None for those that ship.
        cache: Results of before; the default is the one in the cache folder, None is none.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        server: Server | None = None,
        rules: RuleSet | None = None,
        cache: ResultCache | str | None = "default",
    ) -> None:
        self.rules = rules if rules is not None else default_rules()
        self._remote = url
        self._owned = server is None and url is None
        self.server = Server(self.rules.words) if self._owned else server
        if isinstance(cache, str):
            cache = ResultCache(ttl=REMOTE_TTL if url else None)
        self._cache = cache
        self._local = threading.local()
        self._keyspace = f"{VERSION if url is None else url}\0{self.rules.hash}"

    def check(self, texts: Sequence[str]) -> list[list[Match]]:
        """What LanguageTool objects to in each text.

        Args:
            texts: Blocks or whole articles. A text is checked as one paragraph or more; nothing
                is matched across two texts.

        Returns:
            For each text its matches, sorted by start, in code points of that text.

        Raises:
            GrammarError: There is no server, or it does not answer.
            MissingExtraError: The extra `grammar` is not installed.
        """
        keys = [ResultCache.key(self._keyspace, text) for text in texts]
        known = self._cache.get(keys) if self._cache is not None else {}
        todo = {k: t for k, t in zip(keys, texts, strict=True) if k not in known and t.strip()}
        if todo:
            fresh = self._check_all(todo)
            if self._cache is not None:
                self._cache.put(fresh)
            known.update(fresh)
        return [known.get(key, []) for key in keys]

    def close(self) -> None:
        """Stops the server where it is our own, and closes the cache."""
        if self._owned and self.server is not None:
            self.server.stop()
        if self._cache is not None:
            self._cache.close()

    def __enter__(self) -> Checker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_all(self, todo: dict[bytes, str]) -> dict[bytes, list[Match]]:
        if importlib.util.find_spec("language_tool_python") is None:
            raise MissingExtraError("the grammar stage", "grammar")
        batches = _batches(todo)
        workers = min(len(batches), self.server.threads if self.server else 2)
        if workers == 1:
            answers = [self._request(batch) for batch in batches]
        else:
            with ThreadPoolExecutor(workers) as pool:
                answers = list(pool.map(self._request, batches))
        return {key: matches for answer in answers for key, matches in answer.items()}

    def _request(self, batch: list[tuple[bytes, str]]) -> dict[bytes, list[Match]]:
        body = _SEPARATOR.join(_plain(text) for _, text in batch)
        raw = self._ask(body)
        out: dict[bytes, list[Match]] = {}
        at = 0
        for key, text in batch:
            end = at + len(text)
            out[key] = [
                _shift(m, -at) for m in raw if at <= m.start and m.end <= end and m.start < m.end
            ]
            at = end + len(_SEPARATOR)
        return out

    def _ask(self, body: str) -> list[Match]:
        import requests
        from language_tool_python.exceptions import LanguageToolError

        problem: Exception | None = None
        for _ in range(_TRIES):
            try:
                found = self._client().check(body)
            except (LanguageToolError, requests.RequestException, ValueError, KeyError) as error:
                problem = error
                self._local.client = None
            else:
                matches = [_match(m, body) for m in found]
                return sorted(matches, key=lambda m: (m.start, m.end))
        where = self._remote or "LanguageTool"
        reason = str(problem).splitlines()[0][:200] if str(problem) else type(problem).__name__
        remedy = "check the address given to --grammar" if self._remote else "run again"
        raise GrammarError(f"{where} gives no answer ({reason}); {remedy}, or use --grammar off")

    def _client(self) -> Any:
        """The client of this thread: the library keeps state that threads must not share."""
        if getattr(self._local, "client", None) is None:
            self._local.client = self._connect()
        return self._local.client

    def _connect(self) -> Any:
        import language_tool_python

        if self._remote is not None:
            client = language_tool_python.LanguageTool(LANGUAGE, remote_server=self._remote)
        else:
            assert self.server is not None
            # A proxy of the environment must not be asked for our own loopback server.
            client = language_tool_python.LanguageTool(
                LANGUAGE, remote_server=self.server.url(), proxies={"no_proxy": HOST}
            )
        client.disabled_rules = set(self.rules.disabled)
        client.disabled_categories = set(self.rules.disabled_categories)
        if self.rules.enabled:
            client.enabled_rules = set(self.rules.enabled)
            client.enabled_rules_only = True
        return client


def _batches(todo: dict[bytes, str]) -> list[list[tuple[bytes, str]]]:
    out: list[list[tuple[bytes, str]]] = []
    size = BATCH_CHARS
    for item in todo.items():
        if size + len(item[1]) > BATCH_CHARS:
            out.append([])
            size = 0
        out[-1].append(item)
        size += len(item[1])
    return out


def _plain(text: str) -> str:
    """`text` with as many code points, each of them one UTF-16 unit."""
    return text if text.isascii() else _NOT_ONE_UNIT.sub(_ASTRAL, text)


def _match(found: Any, body: str) -> Match:
    start, end = found.offset, found.offset + found.error_length
    covered = body[start:end]
    # A replacement would write the placeholder instead of what stands there.
    replacements = () if _ASTRAL in covered else tuple(found.replacements[:MAX_REPLACEMENTS])
    return Match(start, end, found.rule_id, found.category, found.message, replacements)


def _shift(match: Match, by: int) -> Match:
    return Match(
        match.start + by,
        match.end + by,
        match.rule,
        match.category,
        match.message,
        match.replacements,
    )
