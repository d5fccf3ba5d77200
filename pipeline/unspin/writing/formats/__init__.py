"""Formats of findings, one function each in its own module."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unspin.writing.formats.base import Run

FORMATS = ("text", "json", "sarif", "junit", "github", "gitlab", "rdjson", "markdown")


def render(run: Run, name: str) -> str:
    """A run's findings in one of `FORMATS`."""
    module = importlib.import_module(f"unspin.writing.formats.{name}")
    text: str = module.render(run)
    return text
