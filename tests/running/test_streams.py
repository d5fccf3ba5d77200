"""Signals, closed pipes and full disks: real processes, as a shell starts them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from unspin.running.streams import ending, held_back

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and shells differ on Windows")

TEXT = (
    "Congestive heart disappointment does not mean that the heart has stopped. It means that the "
    "heart muscle pumps less blood than the body needs. Smoking is one of the danger factors.\n"
)
UNSPIN = [sys.executable, "-m", "unspin"]
CLEAN = [*UNSPIN, "clean", "--grammar", "off", "--model", "off"]
FILES = 120
Done = subprocess.CompletedProcess[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_cache: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def shell(line: str, command: Sequence[str]) -> Done:
    """Runs a command where a line of sh says ``"$@"``."""
    return subprocess.run(
        ["sh", "-c", line, "sh", *command], capture_output=True, text=True, timeout=300, check=False
    )


# --- standard streams -----------------------------------------------------------------------------


@pytest.mark.parametrize(("command", "code"), [
    ([*CLEAN, "a.txt"], 0), ([*CLEAN, "--diff", "-o", "output", "a.txt"], 0),
    ([*CLEAN, "-"], 0), ([*CLEAN, "-", "--min-score", "60"], 1), ([*CLEAN, "--check", "a.txt"], 1),
    ([*CLEAN, "a.txt", "none.txt"], 2), ([*CLEAN, "--help"], 0), ([*UNSPIN, "rules"], 0),
])  # fmt: skip
def test_a_closed_pipe_changes_no_exit_code(folder: Path, command: list[str], code: int) -> None:
    read, write = os.pipe()
    os.close(read)
    with Path("a.txt").open("rb") as source:
        done = subprocess.run(
            command, stdin=source, stdout=write, stderr=subprocess.PIPE, text=True, check=False
        )
    os.close(write)
    assert done.returncode == code, done.stderr
    assert done.stderr == "" or code == 2
    assert "Traceback" not in done.stderr
    if "output" in command:
        assert Path("output/report.json").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("rest", [["-"], ["a.txt"], ["--check", "a.txt"], ["--help"]])
def test_a_full_standard_output_is_an_error(folder: Path, rest: list[str]) -> None:
    done = shell('"$@" < a.txt > /dev/full', [*CLEAN, *rest])
    assert done.returncode == 2
    assert done.stderr == (
        "error: standard output: cannot be written (No space left on device); check where it goes\n"
    )


@pytest.mark.parametrize(("line", "rest", "code", "says"), [
    ('"$@" >&-', ["a.txt"], 0, ""), ('"$@" >&-', ["--check", "a.txt"], 1, ""),
    ('"$@" < a.txt >&-', ["-"], 2, "standard output is closed; "),
    ('"$@" <&-', ["-"], 2, "standard input is closed; "),
    ('"$@" 2>&-', ["a.txt", "none.txt"], 2, ""), ('"$@" <&- >&- 2>&-', ["a.txt"], 0, ""),
])  # fmt: skip
def test_closed_standard_streams(
    folder: Path, line: str, rest: list[str], code: int, says: str
) -> None:
    done = shell(line, [*CLEAN, *rest])
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert Path("output/a.md").is_file() == (rest[0] == "a.txt")


# --- signals --------------------------------------------------------------------------------------


def started(*rest: str, ready: Callable[[], object]) -> subprocess.Popen[str]:
    """A run over many files that has begun to do what is waited for."""
    many = Path("in")
    many.mkdir()
    for n in range(FILES):
        (many / f"{n}.txt").write_text(f"{TEXT}\nThis is copy number {n} of it.\n", "utf-8")
    process = subprocess.Popen(
        [*CLEAN, "in", *rest], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while not ready():
        assert process.poll() is None
        time.sleep(0.02)
    return process


def written() -> list[Path]:
    return list(Path().glob("output/*.md"))


@pytest.mark.parametrize(("name", "jobs"), [("SIGTERM", 1), ("SIGTERM", 2), ("SIGHUP", 2)])
def test_a_signal_ends_the_run_and_its_workers(folder: Path, name: str, jobs: int) -> None:
    number = signal.Signals[name]
    before = signal.signal(number, signal.SIG_DFL)  # the tests may run under nohup, say
    try:
        process = started("--jobs", str(jobs), ready=written)
    finally:
        signal.signal(number, before)
    process.send_signal(number)
    # Workers hold these pipes, too: they are at their end when every process is.
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 128 + number
    assert errors == (
        f"interrupted; {len(written())} articles are written to output, without report.json and "
        "worklist.csv\n"
    )
    assert not list(Path("output").rglob("*.part"))


@pytest.mark.parametrize("rest", [[], ["--check"]])
def test_workers_end_when_their_parent_was_killed(folder: Path, rest: list[str]) -> None:
    begun = written if not rest else lambda: list(Path("cache/results").rglob("*.json"))
    process = started("--jobs", "2", *rest, ready=begun)
    process.kill()
    process.communicate(timeout=60)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="no /proc here")
@pytest.mark.parametrize("rest", [[], ["--check"]])
def test_a_killed_worker_costs_no_article(folder: Path, rest: list[str]) -> None:
    begun = written if not rest else lambda: list(Path("cache/results").rglob("*.json"))
    process = started("--jobs", "2", *rest, ready=begun)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(children[-1]), signal.SIGKILL)
    out, errors = process.communicate(timeout=300)
    assert errors == ""
    assert process.returncode == (1 if rest else 0)
    assert (f"of {FILES} articles\n" if rest else f"{FILES} articles, ") in out


# --- files that cannot be read or written ---------------------------------------------------------


def unprivileged() -> str:
    """What a command starts with for file permissions to hold, as they do not for root."""
    if os.geteuid() != 0:
        return '"$@"'
    line = 'setpriv --bounding-set=-all --inh-caps=-all "$@"'
    if shell(line, ["true"]).returncode != 0:
        pytest.skip("root reads everything, and there is no setpriv")
    return line


@pytest.mark.parametrize("mode", [0o000, 0o644])
@pytest.mark.parametrize("rest", [[], ["--check"], ["--jobs", "2"]])
def test_an_unreadable_folder_is_an_error_of_its_own(
    folder: Path, mode: int, rest: list[str]
) -> None:
    line = unprivileged()
    for name in ("in/a.txt", "in/sub/b.txt", "in/sub/deep/c.txt", "in/sub.txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(TEXT, encoding="utf-8")
    Path("in/sub").chmod(mode)
    try:
        done = shell(line, [*CLEAN, *rest, "in", "in/sub/b.txt"])
    finally:
        Path("in/sub").chmod(0o755)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    errors = done.stderr.splitlines()
    assert errors[0].startswith("error: in/sub") and "cannot be read (Permission" in errors[0]
    assert all("; check the path and its permissions" in e for e in errors)
    if "--check" in rest:
        assert "failed: 2 of 2 articles, " in done.stdout
    else:
        assert {p.name for p in written()} == {"a.md", "sub.md"}


def test_an_unreadable_file_is_an_error_of_its_own(folder: Path) -> None:
    Path("b.txt").write_text(TEXT, encoding="utf-8")
    Path("b.txt").chmod(0)
    done = shell(unprivileged(), [*CLEAN, "b.txt", "a.txt"])
    assert done.returncode == 2
    assert done.stderr.startswith("error: b.txt: cannot be read (Permission denied); check the ")
    assert Path("output/a.md").is_file()


def test_a_failed_write_names_its_source_and_leaves_nothing_half_done(folder: Path) -> None:
    Path("b.txt").write_text(TEXT * 9, encoding="utf-8")
    Path("output").mkdir()
    done = shell('ulimit -f 4; "$@"', [*CLEAN, "b.txt", "a.txt"])  # blocks of 512 bytes
    assert done.returncode == 2
    for name in ("a", "b"):
        made = {p.suffix for p in Path("output").glob(f"{name}.*")}
        assert made in (set(), {".md", ".json"})
        wrong = f"error: {name}.txt: output/{name}.report.json cannot be written (File too large); "
        assert (wrong in done.stderr) == (not made)
    assert "error: b.txt: " in done.stderr
    assert not list(Path("output").rglob("*.part"))


@pytest.mark.parametrize(("length", "made"), [(243, 2), (244, 0)])
def test_a_name_is_long_enough_for_both_files_or_none(folder: Path, length: int, made: int) -> None:
    stem = "x" * length  # with ".report.json" 255 or 256 bytes; ".md" is within the limit
    Path(f"{stem}.txt").write_text(TEXT, encoding="utf-8")
    done = shell('"$@"', [*CLEAN, f"{stem}.txt"])
    assert len(list(Path("output").glob("xx*"))) == made
    assert done.returncode == (0 if made else 2)
    if not made:
        assert f"error: {stem}.txt: output/{stem}.report.json cannot be written" in done.stderr
        assert "; shorten the name of the source" in done.stderr


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_is_answered_after_an_article_is_counted(name: str) -> None:
    number = signal.Signals[name]
    before = signal.getsignal(number)
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt), ending():
        with held_back():
            os.kill(os.getpid(), number)
            time.sleep(0.01)
            done.append("put in place and counted")
        done.append("the next one")
    assert done == ["put in place and counted"]
    assert signal.getsignal(number) is before
