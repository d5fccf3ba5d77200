"""What LanguageTool said about a text, kept on disk."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from unspin.grammar.match import Match
from unspin.resources import cache_dir

#: Texts kept; at a few hundred bytes each the file stays under 100 MB.
MAX_ROWS = 200_000
#: Seconds that answers of a server that we do not know by version count (one day).
REMOTE_TTL = 86_400.0
#: Seconds to wait for another process that writes.
_BUSY = 10.0
#: Variables in one SQL statement; 999 is the least limit of SQLite builds still in use.
_VARIABLES = 900
_SCHEMA = "CREATE TABLE IF NOT EXISTS results (key BLOB PRIMARY KEY, made REAL, matches TEXT)"


class ResultCache:
    """Matches by key; a cache that cannot be read or written is no cache, and never an error.

    Args:
        path: SQLite file; None is ``grammar.sqlite`` in the cache folder.
        ttl: Seconds after which a result no longer counts; None for never.
    """

    def __init__(self, path: Path | None = None, ttl: float | None = None) -> None:
        self._ttl = ttl
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        with contextlib.suppress(sqlite3.Error, OSError):
            target = path if path is not None else cache_dir() / "grammar.sqlite"
            connection = sqlite3.connect(target, timeout=_BUSY, check_same_thread=False)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(_SCHEMA)
            connection.commit()
            self._connection = connection

    @staticmethod
    def key(rules: str, text: str) -> bytes:
        """Key of a text under a rule set (its hash, or hash and address)."""
        return hashlib.sha256(f"{rules}\0{text}".encode("utf-8", "surrogatepass")).digest()

    def get(self, keys: Sequence[bytes]) -> dict[bytes, list[Match]]:
        """The results that are known."""
        out: dict[bytes, list[Match]] = {}
        if self._connection is None:
            return out
        oldest = 0.0 if self._ttl is None else time.time() - self._ttl
        with contextlib.suppress(sqlite3.Error, ValueError, TypeError), self._lock:
            for at in range(0, len(keys), _VARIABLES):
                part = list(keys[at : at + _VARIABLES])
                marks = ",".join("?" * len(part))
                query = f"SELECT key, matches FROM results WHERE made >= ? AND key IN ({marks})"
                for key, text in self._connection.execute(query, [oldest, *part]):
                    out[key] = [Match.from_json(item) for item in json.loads(text)]
        return out

    def put(self, results: Mapping[bytes, Sequence[Match]]) -> None:
        """Keeps results."""
        if self._connection is None:
            return
        now = time.time()
        rows = [
            (key, now, json.dumps([m.to_json() for m in matches]))
            for key, matches in results.items()
        ]
        with contextlib.suppress(sqlite3.Error), self._lock, self._connection as connection:
            connection.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?)", rows)
            (count,) = connection.execute("SELECT count(*) FROM results").fetchone()
            if count > MAX_ROWS:
                connection.execute(
                    "DELETE FROM results WHERE key IN "
                    "(SELECT key FROM results ORDER BY made LIMIT ?)",
                    (count - MAX_ROWS // 2,),
                )

    def close(self) -> None:
        """Closes the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
