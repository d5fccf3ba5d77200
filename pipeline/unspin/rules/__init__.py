"""The rules: one file each, named ``<id>_<slug>.py``, found by their file names."""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import lru_cache

from unspin.rules.base import Context, Rule

__all__ = ["Context", "Rule", "all_rules", "names_rules", "rule_by_id", "rule_ids"]

_MODULE = re.compile(r"[a-z]{2}\d{3}_\w+")


@lru_cache(maxsize=1)
def rule_ids() -> tuple[str, ...]:
    """Ids of all rules, sorted, without importing one."""
    names = (info.name for info in pkgutil.iter_modules(__path__))
    return tuple(sorted(n.split("_")[0].upper() for n in names if _MODULE.fullmatch(n)))


def names_rules(name: str) -> bool:
    """Whether a rule id or the beginning of one, such as a family, names any rule."""
    return bool(name) and any(rule.startswith(name.upper()) for rule in rule_ids())


@lru_cache(maxsize=1)
def all_rules() -> tuple[Rule, ...]:
    """Every rule, sorted by id."""
    found: list[Rule] = []
    for info in pkgutil.iter_modules(__path__):
        if _MODULE.fullmatch(info.name):
            module = importlib.import_module(f"{__name__}.{info.name}")
            found += [
                obj()
                for obj in vars(module).values()
                if isinstance(obj, type)
                and obj.__module__ == module.__name__
                and hasattr(obj, "slug")
            ]
    return tuple(sorted(found, key=lambda r: r.id))


def rule_by_id(name: str) -> Rule | None:
    """The rule with this id or slug, in any case, or None."""
    wanted = name.casefold()
    return next((r for r in all_rules() if wanted in (r.id.casefold(), r.slug.casefold())), None)
