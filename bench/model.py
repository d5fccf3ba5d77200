"""Measures what the language model costs: words per second, time and memory for one article.

Usage: python bench/model.py [--words N] [--runs N]

Reads the development data beside the checkout. Everything runs on one core (the second of the
machine, where there is one). Peers in the same run: ``spacy.blank("en")`` tokenising the same
text, and ``import spacy`` in a fresh interpreter. Machines are shared: the least of several
runs says most of the program, the median of the machine.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence

from data import SHARED, documents

EXCERPT_WORDS = 1000
KIB_PER_MIB = 1024  # ru_maxrss of Linux is in KiB


def one_core() -> None:
    """Keep this process and its children on one core, where the system can.

    To be called before numpy is imported: its threads would share the core.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def excerpts(words: int) -> list[str]:
    """Give the beginnings of clean documents of all sources, so many words in all."""
    long = [text for d in documents() if len((text := d["text"]).split(" ")) >= EXCERPT_WORDS]
    step = max(1, len(long) * EXCERPT_WORDS // words)  # sources lie one after the other
    return [" ".join(text.split(" ")[:EXCERPT_WORDS]) for text in long[::step]]


def per_second(work: Callable[[str], object], texts: Sequence[str], runs: int) -> list[float]:
    """Give words per second of processor time, a number per run."""
    words = sum(len(text.split()) for text in texts)
    found = []
    for _ in range(runs):
        began = time.process_time()
        for text in texts:
            work(text)
        found.append(words / (time.process_time() - began))
    return found


def speed(words: int, runs: int) -> None:
    import spacy

    from unspin.language.model import SpinModel, default_model_dir

    model = SpinModel.load(default_model_dir())
    texts = excerpts(words)
    model.judge(texts[0])
    peer = spacy.blank("en")
    ours, tokens = (per_second(work, texts, runs) for work in (model.judge, peer))
    print(
        f"speed: {len(texts)} clean excerpts of {EXCERPT_WORDS} words, model with all that weighs "
        f"its evidence: best {max(ours):,.0f} words/s, median {statistics.median(ours):,.0f}; "
        f"spacy.blank tokenising {max(tokens):,.0f}; ratio {max(ours) / max(tokens):.3f}"
    )


def timed(command: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Run a program; give its wall time in seconds and its peak memory in MiB."""
    began = time.perf_counter()
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)}: exit {child.returncode}")
    return time.perf_counter() - began, usage.ru_maxrss / KIB_PER_MIB


def article(runs: int) -> None:
    """Clean the seed article from a fresh interpreter, in turn with the peer."""
    seed = SHARED / "seed" / "article.txt"
    python = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"UNSPIN_CACHE": f"{folder}/cache"}
        command = "from unspin.cli import clean; clean()"
        ours = [python, "-c", command, str(seed), "--grammar", "off", "--quiet", "-o"]
        timed([*ours, f"{folder}/first"], environment)  # compiles the glossary into the cache
        times, peers, memory = [], [], []
        for run in range(runs):
            took, most = timed([*ours, f"{folder}/{run}"], environment)
            times.append(took)
            memory.append(most)
            peers.append(timed([python, "-c", "import spacy"], environment)[0])
    words = len(seed.read_text(encoding="utf-8").split())
    print(
        f"seed article: {words} words end to end: best {min(times):.2f} s, median "
        f"{statistics.median(times):.2f} s; import spacy {min(peers):.2f} s, "
        f"{statistics.median(peers):.2f} s; ratio {min(times) / min(peers):.2f}; "
        f"{max(memory):.0f} MiB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=40_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    one_core()
    article(options.runs)
    speed(options.words, options.runs)


if __name__ == "__main__":
    main()
