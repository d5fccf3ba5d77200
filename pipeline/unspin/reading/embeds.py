"""Addresses of players: a line with one alone is an embed that lost its markup."""

from __future__ import annotations

import re

_VIDEO = re.compile(
    r"<?(?P<url>(?:https?:)?//(?:[\w-]+\.)*(?:youtube(?:-nocookie)?\.com|youtu\.be|vimeo\.com|"
    r"dailymotion\.com|dai\.ly|ted\.com/talks|wistia\.(?:com|net)|brightcove\.net|rumble\.com|"
    r"tiktok\.com|soundcloud\.com|facebook\.com/[\w.]+/videos|twitch\.tv|loom\.com|"
    r"streamable\.com)[/\w]\S*?)>?",
    re.I,
)


def video_address(text: str) -> str:
    """The address of a player that a text consists of, or an empty text."""
    found = _VIDEO.fullmatch(text) if text[:1] in tuple("<hH/") else None
    return found["url"] if found else ""
