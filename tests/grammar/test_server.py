from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from unspin.grammar.server import HOST, Server

pytestmark = [pytest.mark.languagetool, pytest.mark.timeout(300)]

_PROGRAM = """
import sys, time
from unspin.grammar.server import Server
server = Server()
print(server.url().rsplit(":", 1)[1], flush=True)
{then}
"""


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def is_gone(port: int, seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not listens(port):
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def program(repository: Path) -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def run(program: list[subprocess.Popen[str]], repository: Path, then: str) -> int:
    """Starts a program that starts a server and then does `then`; returns the server's port."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM.format(then=then)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(repository / "pipeline")},
    )
    program.append(process)
    assert process.stdout is not None
    return int(process.stdout.readline())


def test_server_starts_when_asked_for_its_address_only(languagetool: Path) -> None:
    with Server() as server:
        assert not server.running
        url = server.url()
        assert url.startswith(f"http://{HOST}:")
        assert server.running
        assert server.url() == url
    assert not server.running
    assert is_gone(int(url.rsplit(":", 1)[1]))


def test_server_listens_on_the_loopback_address_alone(server: Server) -> None:
    port = int(server.url().rsplit(":", 1)[1])
    own = [a[4][0] for a in socket.getaddrinfo(socket.gethostname(), port, socket.AF_INET)]
    for address in {str(a) for a in own} - {"127.0.0.1", "127.0.1.1"}:
        with socket.socket() as probe:
            probe.settimeout(1)
            assert probe.connect_ex((address, port)) != 0


@pytest.mark.parametrize(
    "then",
    ["pass", "raise RuntimeError('crash')", "import os; os._exit(3)"],
    ids=["end", "crash", "hard exit"],
)
def test_server_is_gone_when_the_program_ends(
    program: list[subprocess.Popen[str]], repository: Path, languagetool: Path, then: str
) -> None:
    port = run(program, repository, then)
    assert is_gone(port)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_server_is_gone_when_the_program_is_killed(
    program: list[subprocess.Popen[str]], repository: Path, languagetool: Path, number: int
) -> None:
    # programs started by a shell in the background ignore SIGINT, and so would this one's child
    listening = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    port = run(program, repository, f"{listening}; time.sleep(60)")
    assert listens(port)
    program[-1].send_signal(number)
    assert is_gone(port)


@pytest.mark.skipif(os.name == "nt", reason="forks")
def test_server_is_gone_when_a_forked_child_outlives_the_killed_program(
    program: list[subprocess.Popen[str]], repository: Path, languagetool: Path
) -> None:
    then = "import os; os.close(1) if os.fork() == 0 else None; time.sleep(30)"
    port = run(program, repository, then)
    program[-1].kill()
    assert is_gone(port)
