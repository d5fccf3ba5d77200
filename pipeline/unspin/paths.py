"""Where files stand, seen from a folder."""

from __future__ import annotations

import os
from pathlib import Path


def seen_from(folder: Path, path: str | Path) -> str:
    """A path from a folder, with forward slashes.

    A workspace may be reached through a link: then what is named by that link is seen where it
    stands. Links below the folder keep their names, for settings speak of these.

    Args:
        folder: The folder.
        path: A file or folder, from the current folder.

    Returns:
        The path; it begins with ``..`` where it lies outside, and is `path` on another drive.
    """
    try:
        place = os.path.relpath(path, folder)
    except ValueError:  # another drive
        return Path(path).as_posix()
    if place.split(os.sep, 1)[0] == os.pardir:
        place = _through_links(folder, Path(os.path.normpath(Path.cwd() / path))) or place
    return Path(place).as_posix()


def is_outside(place: str) -> bool:
    """Whether a path that `seen_from` gives lies outside of the folder."""
    return Path(place).is_absolute() or Path(place).parts[:1] == (os.pardir,)


def _through_links(folder: Path, path: Path) -> str | None:
    for above in (path, *path.parents):
        try:
            if above.samefile(folder):
                return str(path.relative_to(above))
        except OSError:
            continue  # a glob, or gone
    return None
