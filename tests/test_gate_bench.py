"""The figures of the gate that hold on every machine, by the bench itself."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.shared
def test_clean_pages_pass_and_the_second_run_comes_from_the_cache(
    repository: Path, shared: Path
) -> None:
    """500 pages of the kept tenth, without the model: its detection is measured by the bench."""
    done = subprocess.run(
        [sys.executable, "bench/gate.py", "--model", "off", "--no-sarif"],
        cwd=repository, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    failed = re.search(r"^clean +(\d+) of (\d+) fail", done.stdout, re.MULTILINE)
    assert failed, done.stdout
    assert int(failed[1]) <= 0.01 * int(failed[2]), done.stdout
    times = re.search(r"first run [\d.]+ s, second [\d.]+ s: ([\d.]+) x", done.stdout)
    assert times, done.stdout
    assert float(times[1]) >= 10, done.stdout
