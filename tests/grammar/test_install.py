from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from unspin.grammar import install as installing
from unspin.grammar.errors import GrammarError
from unspin.grammar.install import Jar, available, install, is_installed, locked_jars

pytest.importorskip("jgo")
pytest.importorskip("language_tool_python")

CONTENT = b"a jar" * 50_000
JAR = Jar("org.example", "a", "1", "", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder and the loopback address that serves it."""
    folder = tmp_path / "registry"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("UNSPIN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def tally() -> installing._Tally:
    return installing._Tally(None, 0)


def test_lock_names_the_server_and_the_spanish_that_its_detector_asks_for() -> None:
    jars = locked_jars()
    names = {jar.artifact for jar in jars}
    assert {"languagetool-server", "language-en", "language-es"} <= names
    assert all(len(jar.sha256) == 64 and jar.size > 0 for jar in jars)
    assert len({jar.path for jar in jars}) == len(jars)


def test_available_says_what_to_do_where_nothing_is_installed(empty_cache: Path) -> None:
    assert not is_installed()
    assert "unspin grammar install" in (available() or "")


def test_download_keeps_what_is_whole(registry: tuple[Path, str], tmp_path: Path) -> None:
    folder, url = registry
    (folder / "a.jar").write_bytes(CONTENT)
    seen: list[int] = []
    counting = installing._Tally(lambda done, total, name: seen.append(done), len(CONTENT))
    target = tmp_path / "there" / "a.jar"
    installing._download([f"{url}/a.jar"], target, JAR, counting)
    assert target.read_bytes() == CONTENT
    assert seen == sorted(seen)
    assert seen[-1] == len(CONTENT)
    assert list(target.parent.iterdir()) == [target]


def test_download_tries_the_next_address(registry: tuple[Path, str], tmp_path: Path) -> None:
    folder, url = registry
    (folder / "a.jar").write_bytes(CONTENT)
    installing._download([f"{url}/missing.jar", f"{url}/a.jar"], tmp_path / "a.jar", JAR, tally())
    assert (tmp_path / "a.jar").read_bytes() == CONTENT


@pytest.mark.parametrize("served", [CONTENT[:-1], b"x" * len(CONTENT)], ids=["short", "other"])
def test_download_never_keeps_what_differs_from_the_lock(
    registry: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, served: bytes
) -> None:
    monkeypatch.setattr(installing, "_PAUSE", 0.0)
    folder, url = registry
    (folder / "a.jar").write_bytes(served)
    target = tmp_path / "there" / "a.jar"
    with pytest.raises(GrammarError, match="unspin grammar install"):
        installing._download([f"{url}/a.jar"], target, JAR, tally())
    assert list(target.parent.iterdir()) == []


def test_install_without_network_names_the_remedy(
    empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installing, "_PAUSE", 0.0)
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with pytest.raises(GrammarError, match="check the network connection"):
        install()
    assert not is_installed()


def test_install_reports_a_cache_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "languagetool").write_text("a file where a folder should be")
    monkeypatch.setenv("UNSPIN_CACHE", str(tmp_path / "cache"))
    with pytest.raises(GrammarError, match="UNSPIN_CACHE"):
        install()
    monkeypatch.setenv("UNSPIN_CACHE", str(tmp_path / "cache" / "languagetool"))
    with pytest.raises(GrammarError, match=r"languagetool: .*UNSPIN_CACHE"):
        install()


def test_exclusive_makes_a_second_process_wait(tmp_path: Path, repository: Path) -> None:
    log, lock = tmp_path / "log", tmp_path / "lock"
    program = (
        "import sys, time\n"
        f"sys.path.insert(0, {str(repository / 'pipeline')!r})\n"
        "from pathlib import Path\n"
        "from unspin.grammar.locking import exclusive\n"
        f"with exclusive(Path({str(lock)!r})):\n"
        f"    log = open({str(log)!r}, 'a'); log.write('in '); log.flush()\n"
        "    time.sleep(0.3); log.write('out '); log.flush()\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(2)]
    assert [process.wait(30) for process in both] == [0, 0]
    assert log.read_text() == "in out in out "


@pytest.mark.languagetool
@pytest.mark.timeout(600)
def test_install_again_fetches_nothing(languagetool: Path) -> None:
    calls: list[str] = []
    assert install(lambda done, total, name: calls.append(name)) == languagetool
    assert calls == []
    assert available() is None
    assert all(path.exists() for path in installing.classpath())
