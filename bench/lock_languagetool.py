"""Writes the lock of the LanguageTool server: every jar with its size and SHA-256.

`unspin grammar install` fetches exactly these files. Run this only to move to another version:

    python bench/lock_languagetool.py 6.8
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import jgo

from unspin.grammar.install import LOCK, Jar

#: `language-all` too: the server's language detector asks for Spanish when it starts.
PARTS = ("languagetool-server", "language-all")


def main(version: str) -> None:
    """Resolves the server with jgo and writes the lock file."""
    artifacts = jgo.resolve("+".join(f"org.languagetool:{part}:{version}" for part in PARTS))
    jars = set()
    for artifact in artifacts:
        data = artifact.resolve().read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        jars.add(
            Jar(
                artifact.groupId,
                artifact.artifactId,
                artifact.version,
                artifact.classifier,
                len(data),
                digest,
            )
        )
    lines = ["\t".join(map(str, jar)) for jar in sorted(jars)]
    header = f"# LanguageTool {version}: group, artifact, version, classifier, bytes, sha256"
    Path(LOCK).write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    print(f"{len(lines)} jars, {sum(jar.size for jar in jars) / 1e6:.0f} MB -> {LOCK}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "6.8")
