"""What is noted of every article, structured or flat: the findings of the ST rules."""

from __future__ import annotations

from unspin.article import BREAK, Article, Block, BlockKind, StructureNote
from unspin.structure.headings import run_in_heading
from unspin.structure.lists import MOST_RUN_IN_WORDS, item_end
from unspin.structure.words import fold, words

#: Fewer words than this are a snippet, from which no title is asked.
LEAST_ARTICLE_WORDS = 60


def add_notes(article: Article) -> Article:
    """Adds what is to be noted of any article; a structured one is not changed."""
    found = [*article.notes, *_title(article), *_sections(article)]
    if article.structured:
        found += _run_ins(article)
    found.sort(key=lambda n: (n.start, n.end, n.kind))
    return article.with_(notes=tuple(found))


def _title(article: Article) -> list[StructureNote]:
    if article.title.strip() or article.words < LEAST_ARTICLE_WORDS:
        return []
    return [StructureNote("missing-title", 0, 0, mended=False)]


def _sections(article: Article) -> list[StructureNote]:
    out: list[StructureNote] = []
    above: Block | None = None
    filled = True
    for block in article.blocks:
        if article.title_span is not None and block.span == article.title_span:
            continue
        if block.kind is not BlockKind.HEADING:
            filled = filled or block.value != BREAK
            continue
        if above is not None:
            if not filled and block.level <= above.level:
                out.append(StructureNote("empty-section", above.start, above.end, mended=False))
            if block.level > above.level + 1:
                detail = f"{above.level} to {block.level}"
                out.append(StructureNote("level-skipped", block.start, block.end, False, detail))
        above, filled = block, False
    if above is not None and not filled:
        out.append(StructureNote("empty-section", above.start, above.end, mended=False))
    return out


def _run_ins(article: Article) -> list[StructureNote]:
    out: list[StructureNote] = []
    title = fold(article.title)
    blocks = article.blocks
    for i, block in enumerate(blocks):
        if block.verbatim or block.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
            continue
        text = article.block_text(block)
        if block.kind is BlockKind.PARAGRAPH:
            at = run_in_heading(text)
            if at and fold(text[:at]) != title and article.text.count(text[:at]) <= 2:
                out.append(
                    StructureNote("heading-run-in", block.start, block.start + at, mended=False)
                )
                continue
        end = _run_in_item(article, blocks, i, text)
        if end:
            out.append(StructureNote("item-run-in", block.start, block.start + end, mended=False))
    return out


def _run_in_item(article: Article, blocks: tuple[Block, ...], i: int, text: str) -> int:
    """Where the item ends that this block holds besides a sentence, or 0."""
    block = blocks[i]
    if i < 2 or text[-1:] not in ".!?:":
        return 0
    before = [article.block_text(b) for b in blocks[i - 2 : i]]
    if any(b.kind is not BlockKind.LIST_ITEM for b in blocks[i - 2 : i]):
        return 0
    if any(t[-1:] in ".!?:" or t.count(" ") >= MOST_RUN_IN_WORDS for t in before):
        return 0
    if block.kind is BlockKind.PARAGRAPH and (
        not text[:1].islower()
        or not before[-1][:1].islower()
        or fold(text.split(None, 1)[0]) in words("continuations")
    ):
        return 0
    return item_end(text)
