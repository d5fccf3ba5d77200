"""The only way to data files: in the wheel ``unspin/data``, in a checkout the top-level folders."""

from __future__ import annotations

import os
from errno import ENOENT
from functools import lru_cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent


def data_path(*parts: str) -> Path:
    """Path of a data file or folder of the product.

    Args:
        *parts: Such as ``("glossary",)`` or ``("model", "encoder.onnx")``.

    Returns:
        The path inside the installed package where it exists there, else inside the checkout.
        It may not exist: callers say what is missing.
    """
    packaged = _PACKAGE.joinpath("data", *parts)
    if packaged.exists():
        return packaged
    return _CHECKOUT.joinpath(*parts) if (_CHECKOUT / "pyproject.toml").exists() else packaged


def load_yaml(*parts: str) -> Any:
    """Contents of a YAML data file of the product.

    Args:
        *parts: As `data_path` takes them.
    """
    import yaml

    return yaml.load(data_path(*parts).read_text(encoding="utf-8"), Loader=_loader())


@lru_cache(maxsize=1)
def _loader() -> type[Any]:
    """A loader to which "no", "on" and the like are words, as in YAML 1.2.

    The lists of the product are of English words, and "no" is one of the most important of them.
    """
    import yaml

    # the C loader is some ten times as fast, where PyYAML was built with it
    base: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    resolvers = {
        first: [(tag, pattern) for tag, pattern in known if first in "tTfF" or "bool" not in tag]
        for first, known in base.yaml_implicit_resolvers.items()
    }
    return type("Loader", (base,), {"yaml_implicit_resolvers": resolvers})


def cache_dir() -> Path:
    """Folder of caches (LanguageTool, compiled glossary, results); made on first use.

    ``UNSPIN_CACHE`` names another place; else ``XDG_CACHE_HOME/unspin`` or ``~/.cache/unspin``.

    Raises:
        OSError: It cannot be made; callers do without it.
    """
    named = os.environ.get("UNSPIN_CACHE")
    folder = Path(named or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "unspin")
    try:
        folder = folder.expanduser()  # no shell has done it for what stands in a workflow's file
    except RuntimeError as error:  # a container whose user has neither a name nor HOME
        what = "there is no home folder; name a cache folder with UNSPIN_CACHE"
        raise FileNotFoundError(ENOENT, what, str(folder)) from error
    folder.mkdir(parents=True, exist_ok=True)
    return folder
