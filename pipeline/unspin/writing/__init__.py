"""Writers: one module per format of the article, each with ``render(report) -> str``."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unspin.report import Report

_MODULES = {"md": "markdown", "html": "html", "json": "json", "txt": "text"}
FORMATS = tuple(_MODULES)


def render(report: Report, to: str) -> str:
    """The restored article in one of `FORMATS`."""
    module = importlib.import_module(f"unspin.writing.{_MODULES[to]}")
    text: str = module.render(report)
    return text
