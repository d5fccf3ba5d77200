"""Structure: from the lines of a flat text to title, headings, lists, paragraphs and embeds."""

from __future__ import annotations

from unspin.article import Article

__all__ = ["structure"]


def structure(article: Article) -> Article:
    """Gives an article its structure, and notes what is wrong with it.

    Args:
        article: As read. Where ``article.structured`` is false, each block is one source line:
            wrapped lines are joined; title, headings, lists, tables, quotes and embeds are found;
            headings and list items that run into a paragraph are parted from it where that is
            sure. A structured article keeps its blocks.

    Returns:
        The article with `Article.notes`. Nothing of the text is lost or changed but layout: list
        markers, underlines and line breaks.
    """
    from unspin.structure.flat import structure_flat
    from unspin.structure.notes import add_notes

    return add_notes(article if article.structured else structure_flat(article))
