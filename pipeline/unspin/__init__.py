"""unspin: finds and restores spun wording, keyword stuffing and scrape debris in health articles.

The public API is small, and ``docs/library.md`` describes it::

    import unspin

    text = "Smoking is one of the chance variables for ..."  # 20 words at least are judged
    report = unspin.clean_text(text)
    print(report.text, report.score, report.to_dict()["findings"])
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from unspin import undo
    from unspin.article import Article
    from unspin.config import Config, Gates, load_config
    from unspin.edits import Edit
    from unspin.errors import (
        ConfigError,
        GlossaryError,
        InputError,
        MissingExtraError,
        UnspinError,
    )
    from unspin.findings import Applicability, Finding, Severity
    from unspin.glossary import load_glossary
    from unspin.pipeline import Cleaner
    from unspin.report import Report

__version__ = "0.1.0"
__all__ = [
    "Applicability",
    "Article",
    "Cleaner",
    "Config",
    "ConfigError",
    "Edit",
    "Finding",
    "Gates",
    "GlossaryError",
    "InputError",
    "MissingExtraError",
    "Report",
    "Severity",
    "UnspinError",
    "__version__",
    "clean_file",
    "clean_text",
    "load_config",
    "load_glossary",
    "undo",
]

#: Where each name that is loaded on first use lives; a module stands for itself.
_HOMES = {
    "Applicability": "findings",
    "Article": "article",
    "Cleaner": "pipeline",
    "Config": "config",
    "ConfigError": "errors",
    "Edit": "edits",
    "Finding": "findings",
    "Gates": "config",
    "GlossaryError": "errors",
    "InputError": "errors",
    "MissingExtraError": "errors",
    "Report": "report",
    "Severity": "findings",
    "UnspinError": "errors",
    "load_config": "config",
    "load_glossary": "glossary",
    "undo": "",
}


def clean_text(text: str, config: Config | None = None) -> Report:
    """Cleans a string. Safe to call from several threads, which take turns.

    Glossary and model are loaded once for the process, by the first call (about a second), and
    shared by all threads and all configurations that name no glossary, no model folder and no
    ``glossary_off`` of their own. A call for a paragraph then takes some 10 ms, or 150 where much
    of it is spun. Four threads are as fast as one (139 and 141 ms a call, 287 and 282 MB, measured
    on two cores); for speed use processes.

    Args:
        text: An article: plain text, Markdown or HTML (told apart by content, never JSON Lines).
            Offsets in the report count code points of this string, a byte order mark included. A
            lone surrogate, which no file can hold, is read as U+FFFD.
        config: Configuration; None takes the defaults without grammar (no server is started).
            House glossaries, another model and a grammar server are loaded for each call, so for
            many texts make one :class:`unspin.Cleaner` of it.

    Returns:
        The report; `Report.text` is the text with all safe fixes applied.

    Raises:
        InputError: The text is empty, holds no article, or is no text.
        TypeError: It is no string.
    """
    from unspin.text import read_string

    cleaner = _cleaner(config)
    try:
        return cleaner.clean(read_string(text, cleaner.config))
    finally:
        if config is not None:
            cleaner.close()


_kept: list[Cleaner] = []
_keeping = threading.Lock()


def _cleaner(config: Config | None) -> Cleaner:
    """A cleaner for one call: the one of the process, or one that shares what that has loaded."""
    from unspin.config import Config as _Config
    from unspin.pipeline import Cleaner as _Cleaner

    with _keeping:
        if not _kept:
            _kept.append(_Cleaner(_Config(grammar="off")))
    return _kept[0] if config is None else _Cleaner(config, like=_kept[0])


def clean_file(path: str | Path, config: Config | None = None) -> Iterator[Report]:
    """Cleans a file; a JSON Lines file gives one report per record, read when it is asked for.

    Args:
        path: Any format that unspin reads.
        config: Configuration; None takes the defaults, with grammar where that is installed.

    Yields:
        Reports in the order of the file.

    Raises:
        InputError: The file, or a record of it, cannot be read. Nothing follows a record that is
            wrong; to go on after it, read the articles as ``docs/library.md`` shows.
    """
    from unspin.config import Config as _Config
    from unspin.errors import InputError
    from unspin.reading import read_path

    chosen = config if config is not None else _Config()
    with _cleaner(chosen) as cleaner:
        for article in read_path(path, chosen):
            if isinstance(article, InputError):
                raise article
            yield cleaner.clean(article)


def __getattr__(name: str) -> Any:
    """Loads the rest of the API on first use: importing unspin imports nothing heavy."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'unspin' has no attribute {name!r}")
    if not _HOMES[name]:
        return import_module(f"unspin.{name}")
    return getattr(import_module(f"unspin.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """The public names, those not yet loaded included."""
    return sorted({*globals(), *__all__})
