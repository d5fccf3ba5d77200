"""Errors that a user can meet. Each message names the file or option, the place, and the remedy."""

from __future__ import annotations

import re

#: What breaks a line, moves the cursor of a terminal, or shows a name in another order.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def readable(path: object) -> str:
    """A path that every report can hold: bytes of a name that are no UTF-8 are shown as U+FFFD."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def one_line(text: str) -> str:
    """A line of a log: controls of names and texts as escapes, and no command to a CI service.

    GitHub's runner takes a line that begins with ``::``, or holds ``##[`` anywhere, for a command
    of the workflow, and whoever opens a pull request names the files in it. ``./`` names the same
    file.
    """
    shown = _CONTROLS.sub(lambda m: m[0].encode("unicode_escape").decode("ascii"), text)
    shown = shown.replace("##[", "##\\x5b")
    return f"./{shown}" if shown.lstrip().startswith("::") else shown


def counted(number: int, noun: str, separator: str = "") -> str:
    """A number with what it counts: "1 edit", "2 edits".

    Args:
        number: How many.
        noun: One of them.
        separator: Between thousands.
    """
    return f"{number:{separator}} {noun}{'' if number == 1 else 's'}"


class UnspinError(Exception):
    """Base of every error that unspin raises on purpose."""


class InputError(UnspinError):
    """A source cannot be read: empty, binary, protected, too large, malformed.

    Args:
        path: The file as the user named it, or ``"-"`` for standard input.
        reason: What is wrong and, after a semicolon, what to do.
    """

    def __init__(self, path: str, reason: str) -> None:
        self.path = readable(path)
        super().__init__(f"{self.path}: {reason}")
        self.reason = reason

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str]]:
        """Come back whole from a worker process: exceptions keep but their message there."""
        return type(self), (self.path, self.reason)


class ConfigError(UnspinError):
    """A configuration file or option is wrong."""


class GlossaryError(UnspinError):
    """A glossary file is wrong; the message starts with ``file:line:``."""


class MissingExtraError(UnspinError):
    """A feature needs an optional extra that is not installed.

    Args:
        feature: What the user wanted to do.
        extra: Name of the extra in ``pyproject.toml``.
    """

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs an extra; install it with: pip install 'unspin[{extra}]'"
        )
        self.feature = feature
        self.extra = extra

    def __reduce__(self) -> tuple[type[MissingExtraError], tuple[str, str]]:
        """Come back whole from a worker process, as `InputError` does."""
        return type(self), (self.feature, self.extra)
