"""Closed word lists of the structurer (``data/structure/words.yaml``)."""

from __future__ import annotations

import re
from functools import lru_cache

from unspin.resources import data_path

_SPACES = re.compile(r"\s+")


@lru_cache(maxsize=1)
def _lists() -> dict[str, tuple[str, ...]]:
    import yaml

    text = data_path("structure", "words.yaml").read_text(encoding="utf-8")
    # The base loader takes every scalar as a string: "on" is a word here.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    data = yaml.load(text, Loader=loader)
    return {key: tuple(values) for key, values in data.items()}


@lru_cache(maxsize=16)
def words(name: str) -> frozenset[str]:
    """The list of that name."""
    return frozenset(_lists()[name])


@lru_cache(maxsize=4)
def alternatives(name: str) -> str:
    """The list as a regular expression's alternatives, longest first."""
    return "|".join(re.escape(w) for w in sorted(_lists()[name], key=lambda w: (-len(w), w)))


def fold(text: str) -> str:
    """Text for comparison: small letters, single spaces, no punctuation at its ends."""
    return _SPACES.sub(" ", text).strip(" .,:;!?#*_\"'“”‘’").casefold()
