"""What can go wrong with the grammar stage."""

from __future__ import annotations

from unspin.errors import UnspinError

#: What a user types to fetch LanguageTool.
INSTALL_COMMAND = "unspin grammar install"


class GrammarError(UnspinError):
    """The grammar stage cannot run; the message says why and what to do."""
