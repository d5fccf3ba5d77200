"""unspin: finds and restores spun wording, keyword stuffing and scrape debris in health articles.

The public API is small::

    import unspin

    report = unspin.clean_text("Doctors call it bosom disease ...")
    print(report.text, report.score, report.to_dict()["findings"])
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from unspin.article import Article
    from unspin.config import Config
    from unspin.glossary import load_glossary
    from unspin.pipeline import Cleaner
    from unspin.report import Report

__version__ = "0.1.0"
__all__ = ["Article", "Report", "__version__", "clean_file", "clean_text", "load_glossary"]


def clean_text(text: str, config: Config | None = None) -> Report:
    """Cleans a string.

    Args:
        text: An article: plain text, Markdown or HTML (told apart by content).
        config: Configuration; None takes the defaults without grammar (no server is started).
            What they load (glossary, model) is kept for the next call; another configuration loads
            its own each time, so for many texts make one :class:`unspin.pipeline.Cleaner` of it.

    Returns:
        The report; `Report.text` is the text with all safe fixes applied.

    Raises:
        InputError: The text is empty or holds no article.
    """
    from unspin.errors import InputError
    from unspin.pipeline import Cleaner
    from unspin.reading import read_bytes

    cleaner = Cleaner(config) if config else _default_cleaner()
    try:
        for article in read_bytes(text.encode("utf-8"), "-", cleaner.config):
            if isinstance(article, InputError):
                raise article
            return cleaner.clean(article)
    finally:
        if config:
            cleaner.close()
    raise InputError("-", "holds no article")


_kept = threading.local()  # a cleaner remembers the text that it is at: each thread has its own


def _default_cleaner() -> Cleaner:
    from unspin.config import Config as _Config
    from unspin.pipeline import Cleaner as _Cleaner

    if not hasattr(_kept, "cleaner"):
        _kept.cleaner = _Cleaner(_Config(grammar="off"))
    cleaner: Cleaner = _kept.cleaner
    return cleaner


def clean_file(path: str | Path, config: Config | None = None) -> Iterator[Report]:
    """Cleans a file; a JSON Lines file gives one report per record.

    Args:
        path: Any format that unspin reads.
        config: Configuration; None takes the defaults.

    Yields:
        Reports in the order of the file.

    Raises:
        InputError: The file, or a record of it, cannot be read.
    """
    from unspin.config import Config as _Config
    from unspin.errors import InputError
    from unspin.pipeline import Cleaner
    from unspin.reading import read_path

    chosen = config or _Config()
    with Cleaner(chosen) as cleaner:
        for article in read_path(path, chosen):
            if isinstance(article, InputError):
                raise article
            yield cleaner.clean(article)


def __getattr__(name: str) -> Any:
    """Loads the rest of the API on first use: importing unspin imports nothing heavy."""
    import importlib

    homes = {"Article": "article", "Report": "report", "load_glossary": "glossary"}
    if name in homes:
        return getattr(importlib.import_module(f"unspin.{homes[name]}"), name)
    raise AttributeError(f"module 'unspin' has no attribute {name!r}")
