"""One LanguageTool server for a run: started when first needed, and stopped always."""

from __future__ import annotations

import atexit
import hashlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from unspin.grammar import install, watchdog
from unspin.grammar.errors import GrammarError
from unspin.grammar.java import find_java

HOST = "127.0.0.1"
MAIN_CLASS = "org.languagetool.server.HTTPServer"
#: What the server prints when it listens.
_READY = "Server started"
#: Seconds to wait for that; it takes 3 on an idle machine.
START_TIMEOUT = 120.0
#: Tries with another port where one was taken between finding and using it.
_PORT_TRIES = 4
#: Seconds to wait for the watchdog to end the server.
_STOP_TIMEOUT = 5.0
#: Lines of the server's output kept for an error message.
_LOG_LINES = 40
#: 760 MB are resident with all English rules loaded; the heap is about half of that.
_JVM = ("-Xms128m", "-Xmx1g", "-XX:+UseSerialGC", "-Djava.awt.headless=true")
#: Where LanguageTool looks for words of its user's own; the first on the class path wins.
_SPELLING = Path("org/languagetool/resource/en/hunspell/spelling_custom.txt")
#: Without a pipeline cache each request would build all rules anew.
PROPERTIES = """\
pipelineCaching=true
maxPipelinePoolSize=8
pipelineExpireTimeInSeconds=36000
maxCheckThreads={threads}
"""


class Server:
    """A LanguageTool server on a free loopback port.

    Nothing is started before `url` is asked for. A small process of our own (`watchdog`) stands
    between us and Java: it ends the server when we close its pipe or are gone, so that Ctrl-C, a
    crash, SIGTERM and ``kill -9`` all leave no Java process behind.

    Args:
        words: Words that are spelled right, besides those LanguageTool knows.
        threads: Texts checked at the same time; 0 for one per core.
        settings: Java properties of the server, with ``{threads}`` to be filled in.
    """

    def __init__(
        self, words: Iterable[str] = (), threads: int = 0, settings: str = PROPERTIES
    ) -> None:
        self._words = words
        self._settings = settings
        self.threads = threads or os.cpu_count() or 1
        self._process: subprocess.Popen[str] | None = None
        self._owner = os.getpid()
        self._port = 0
        self._lock = threading.RLock()
        self._ready = threading.Event()
        self._log: deque[str] = deque(maxlen=_LOG_LINES)

    @property
    def running(self) -> bool:
        """Whether the server has been started and lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Starts the server without waiting for it; does nothing where it runs.

        Raises:
            GrammarError: Something is missing that `install.available` names.
        """
        with self._lock:
            if self.running:
                return
            if problem := install.available():
                raise GrammarError(problem)
            self._launch()
            atexit.register(self.stop)

    def url(self, timeout: float = START_TIMEOUT) -> str:
        """Address of the server, which is started where it does not run, once it listens.

        Args:
            timeout: Seconds to wait for it.

        Raises:
            GrammarError: It cannot be started, or does not listen in time.
        """
        with self._lock:
            for _ in range(_PORT_TRIES):
                self.start()
                if self._wait(timeout):
                    return f"http://{HOST}:{self._port}"
                taken = "already" in "".join(self._log)
                ended = not self.running
                self.stop()
                if not (ended and taken):
                    break
            raise GrammarError(self._explain(timeout))

    def stop(self) -> None:
        """Stops the server; safe to call twice, and from a forked process (does nothing there)."""
        if os.getpid() != self._owner:
            return
        with self._lock:
            process, self._process = self._process, None
            atexit.unregister(self.stop)
            if process is None:
                return
            if process.stdin is not None:
                try:
                    process.stdin.write("stop\n")
                    process.stdin.close()
                except OSError:
                    pass  # it is gone already
            try:
                process.wait(_STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()  # on Linux the kernel then ends Java
                process.wait()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _launch(self) -> None:
        self._port = _free_port()
        self._ready.clear()
        self._log.clear()
        command = [
            *(sys.executable, "-I", "-S", str(watchdog.__file__), str(os.getpid())),
            *(str(find_java()), *_JVM, "-cp", self._classpath(), MAIN_CLASS),
            *("--port", str(self._port), "--config", str(self._properties())),
        ]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                # Ctrl-C in the terminal goes to us alone: we end the server in our own time.
                start_new_session=True,
            )
        except OSError as error:
            raise GrammarError(f"LanguageTool cannot be started: {error}") from error
        threading.Thread(target=self._drain, args=(self._process,), daemon=True).start()

    def _drain(self, process: subprocess.Popen[str]) -> None:
        """Reads all the server prints: a full pipe would stop it."""
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self._log.append(line)
                if _READY in line:
                    self._ready.set()

    def _wait(self, timeout: float) -> bool:
        deadline = time.monotonic() + timeout
        while self.running and time.monotonic() < deadline:
            if self._ready.wait(0.05):
                return True
        return False

    def _explain(self, timeout: float) -> str:
        log = "".join(self._log)
        if "OutOfMemory" in log or "insufficient memory" in log:
            return "LanguageTool has too little memory; free about 1 GB or use --grammar off"
        last = next((line.strip() for line in reversed(self._log) if line.strip()), "no output")
        return (
            f"LanguageTool did not start within {timeout:.0f} seconds (its last words: "
            f"{last[:200]}); try again, or use --grammar off"
        )

    def _classpath(self) -> str:
        own = _keep("words", "\n".join(sorted(set(self._words))) + "\n", _SPELLING)
        return os.pathsep.join(map(str, [own, *install.classpath()]))

    def _properties(self) -> Path:
        text = self._settings.format(threads=self.threads)
        return _keep("config", text, Path("server.properties")) / "server.properties"


def _keep(kind: str, text: str, name: Path) -> Path:
    """A folder of the cache that holds file `name` with this very text."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    folder = install.home() / f"{kind}-{digest}"
    path = folder / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    return folder


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
