"""What an earlier run said of an article that it wrote: whether a person must look at it."""

from __future__ import annotations

import re

from unspin.article import Article
from unspin.reading.htmlhead import OWN_META

REQUIRED = re.compile(r"^(?:unspin_)?review:[ \t]*[\"']?required[\"']?[ \t]*\r?$", re.M)
_COUNT = re.compile(
    r"^(?:unspin_)?(review_suggested|review_editor):[ \t]*(\d{1,9})[ \t]*\r?$", re.M
)


def said(article: Article) -> str:
    """The review state that an article of an earlier run bears, as lines of front matter."""
    extra = article.source.extra
    own = {k.removeprefix(OWN_META): v for k, v in extra.items() if k.startswith(OWN_META)}
    return article.metadata.front_matter + "".join(
        f"\n{key}: {value}" for key, value in own.items()
    )


def counts_in(lines: str) -> dict[str, int]:
    """How many places were left to a person, by their kind."""
    return {key: int(number) for key, number in _COUNT.findall(lines)}


def waits_for_person(article: Article) -> bool:
    """Whether an earlier run left places of an article to a person, who has not looked yet.

    They are told by the key ``review`` of front matter, of a page's head or of a record.
    """
    fields = article.source.extra
    record = any(
        fields.get(f"{prefix}review") == "required" and f"{prefix}review_editor" in fields
        for prefix in ("", "unspin_")
    )
    return record or REQUIRED.search(said(article)) is not None
