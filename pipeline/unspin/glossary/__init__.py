"""The glossary: concepts with their spun, outdated and admitted names, found and replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unspin.glossary.concept import Concept, When
    from unspin.glossary.matcher import Glossary, Hit, load_glossary
    from unspin.glossary.shadow import Shadow

__all__ = ["Concept", "Glossary", "Hit", "Shadow", "When", "load_glossary"]

_HOMES = {
    "Concept": "concept",
    "Glossary": "matcher",
    "Hit": "matcher",
    "Shadow": "shadow",
    "When": "concept",
    "load_glossary": "matcher",
}


def __getattr__(name: str) -> Any:
    """Loads a public name on first use: importing the package costs nothing."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(name)
