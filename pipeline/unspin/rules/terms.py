"""Shared helpers of the rules SP001, SP003, TN001 and TN002: where a term is nobody's fault."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from unspin import guard
from unspin.article import Article, Block, BlockKind, Span
from unspin.glossary.inflect import english
from unspin.places import Cover
from unspin.rules.debris import block_at
from unspin.rules.text import per_article, reference_blocks

if TYPE_CHECKING:
    from unspin.rules.base import Context

_WORD_BEFORE = re.compile(r"([^\W\d_][\w'’-]*)[ \u00a0\n]$")
_WORD_AFTER = re.compile(r"(?:['’]s)?[ \u00a0\n]([^\W\d_][\w'’-]*)")
_SENTENCE_END = re.compile(r"(?:^|[.!?:;…\n][\"”’')\]]*\s*)$")
#: "the Association on …", "the Panel of the …": small words inside a name.
_NAME_BEFORE = re.compile(r"([^\W\d_][\w'’-]*) (?:(?:of|on|for|in|against|and) )(?:the )?$")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
#: A work as journals cite it: "1985;29:1-9".
_CITED = re.compile(r"\b(?:19|20)\d\d(?: [A-Z][a-z]{2}\b[ \w-]{0,6})?; ?\d+ ?(?:\(\w+\))?:")
_LONGEST_CITATION = 600  # code points of a block
#: A classification of its time defines the term: it is spoken about.
_CLASSIFICATION = re.compile(r"\b(?:DSM|ICD)\b")
_SENTENCE_BREAK = re.compile(r"[.!?][\"”’')\]]*\s+(?=[\"“‘'(]?[A-Z0-9]|$)|\n\n")
#: "formerly called mental retardation", "also known as lumbago", "named it monkeypox": the term is
#: spoken about.
_MENTION = re.compile(
    r"(?:formerly|previously|once|originally|historically|sometimes|also|then|or|is|are|was|were|"
    r"be|been)\s+(?:(?:called|known|termed|named|labell?ed|referred\s+to)(?:\s+as)?)"
    r"(?:\s+(?:the|a|an))?\s*[\"“'‘]?$|"
    r"\b(?:(?:(?:nick)?nam|call)(?:e|es|s|ed|ing)?\s+(?:it|him|her|them|this)|"
    r"dub(?:s|bed|bing)?(?:\s+(?:it|him|her|them|this))?)\s*[\"“'‘]?$|"
    r"\b(?:the\s+terms?|the\s+words?|the\s+phrase|formerly|f\.k\.a\.|a\.k\.a\.|aka)\s*[\"“'‘]?$",
    re.IGNORECASE,
)
_FORMER = (
    r"(?:old|older|outdated|former|earlier|historical|obsolete|previous|dated|offensive)"
    r"[\w -]{0,20}\s(?:names?|terms?|words?|labels?)\b"
)
#: "Old names of it are dropsy and grippe"; "it used to be dropsy": a name of former times.
_MENTION_FAR = re.compile(
    rf"\b(?:{_FORMER}[^.!?;\n]*|used\s+to\s+be\s+(?:called\s+)?)$", re.IGNORECASE
)
#: "Wegener's granulomatosis, now GPA"; "lumbago is an old name": what follows says so.
_MENTION_AFTER = re.compile(
    r"[\"”’']?(?:(?:,|\s*[(–—-])\s*(?:which\s+)?(?:(?:is|are|was|were)\s+)?(?:now|nowadays|today)\b"
    r"|,?\s+(?:which\s+)?(?:is|are)\s+(?:now|nowadays|today)\s+(?:called|known|named|termed)\b"
    rf"|,?\s+(?:which\s+)?(?:is|are|was|were)\s+(?:an?\s+|the\s+)?{_FORMER}"
    r"|,?\s+(?:(?:is|are)\s+no\s+longer\s+(?:called|used|known)"
    r"|(?:was|were|has\s+been|have\s+been)\s+(?:later\s+)?(?:renamed|replaced|reclassified)))",
    re.IGNORECASE,
)
#: “Type II diabetes” is the old name.
_QUOTE_OPENS = re.compile(r"(?<!\w)[\"“‘'](?:\w[\w-]*[ \n]){0,2}$")
_QUOTE_CLOSES = re.compile(r"(?:[ \n]\w[\w-]*){0,2}[.,;:!?]?[\"”’'](?!\w)")
#: "The name monkeypox misleads", "doctors spoke of cervical incompetence".
_NAMED_BEFORE = re.compile(
    r"\b(?:(?:the|this|that|a|an|old|older|outdated|former)\s+(?:names?|terms?|words?|labels?|phrases?"
    r"|diagnos[ei]s|expressions?)|(?:speak|speaks|spoke|spoken|talk|talked)\s+of)\s*[\"“'‘]?$",
    re.IGNORECASE,
)
#: "... was the term of the law", "..., a word that hurts", "... is what she called it", a code.
_NAMED_AFTER = re.compile(
    r"[\"”’']?(?:,?\s+(?:is|are|was|were|remains?|remained|became)\s+"
    r"(?:(?:an?|the|then|still|once|[a-z]+)\s+){0,3}"
    r"(?:terms?|names?|words?|labels?|phrases?|expressions?|diagnosis|what|how)\b"
    r"|,\s+(?:an?|the)\s+(?:[a-z]+\s+)?(?:terms?|names?|words?|labels?|phrases?|expressions?)\b"
    r"|\s*\([A-TV-Z]\d\d(?:\.\d{1,2})?\))",
    re.IGNORECASE,
)
#: Words of a sentence that tells how a disease got its name, or lost it.
_NAMING = re.compile(
    r"\b(?:renam(?:ed|es|ing)|eponym\w*|misnomers?|etymology|hence\s+(?:its|the|their)\s+names?"
    r"|(?:got|gets|owes?|owed|lost|takes?|took|has|had|dropped)\s+its\s+name)\b",
    re.IGNORECASE,
)
#: A year or a decade before the names in use today.
_PAST = re.compile(r"\b1[0-8]\d\d(?:s\b|\b)|\b19[0-8]\d(?:s\b|\b)")
_ABBREVIATION = re.compile(r"\s*\(([A-Z][A-Za-z]{0,2}[A-Z][A-Za-z]*s?)\)")
#: Code points of context on each side that these patterns need.
_CONTEXT = 60


@per_article
def off_limits(article: Article) -> Cover:
    """Spans where no term is judged: code, raw HTML, embeds, addresses, works cited."""
    references = reference_blocks(article)
    spans = [b.span for i, b in enumerate(article.blocks) if i in references or _cites(article, b)]
    spans += [Span(*m.span()) for m in _ADDRESS.finditer(article.text)]
    return Cover((s.start, s.end) for s in (*article.protected, *spans))


def _cites(article: Article, block: Block) -> bool:
    """Whether a block is the entry of a cited work."""
    if block.end - block.start > _LONGEST_CITATION:
        return False
    return _CITED.search(article.block_text(block)) is not None


@per_article
def quotations(article: Article) -> Cover:
    """Spans of quoted speech and quote blocks."""
    spans = [b.span for b in article.blocks if b.kind is BlockKind.QUOTE]
    for block in article.blocks:
        text = article.block_text(block)
        if '"' in text or "“" in text:
            spans += [Span(block.start + a, block.start + b) for a, b in guard.quotations(text)]
    return Cover((s.start, s.end) for s in spans)


def is_unlikely(context: Context, start: int, end: int, least: float) -> bool:
    """Whether the model, where it ran, takes all words of a wording for the author's own.

    Args:
        context: Of the article.
        start: Of the wording.
        end: After it.
        least: P(spun) that one of its words must have.
    """
    return context.judgement is not None and context.judgement.highest(start, end) < least


def in_name(article: Article, start: int, end: int) -> bool:
    """Whether a term is part of a longer name: "the Heart Assault Foundation of Ohio".

    All its words begin with capitals, so does a word beside it ("the Association on …", too), and
    neither a sentence start nor a line written in capitals explains them.
    """
    text = article.text
    words = re.findall(r"[^\W\d_][\w'’-]*", text[start:end])
    if not words or not all(w[0].isupper() for w in words if len(w) > 3):
        return False
    if all(w.isupper() for w in words if len(w) > 1):
        return False
    block = _plain_block(article, start)
    if block is None:
        return False
    left = text[max(block.start, start - _CONTEXT) : start]
    before = _NAME_BEFORE.search(left) or _WORD_BEFORE.search(left)
    if before and before[1][0].isupper():
        at = max(block.start, start - _CONTEXT) + before.start(1)
        if not _SENTENCE_END.search(text[max(block.start, at - 4) : at]):
            return True
    after = _WORD_AFTER.match(text[end : min(block.end, end + _CONTEXT)])
    if len(words) == 1 and _SENTENCE_END.search(text[max(block.start, start - 4) : start]):
        return False
    return bool(after and after[1][0].isupper())


def _titled(line: str) -> bool:
    """Whether a line is no sentence and most of its longer words begin with capitals."""
    if line.rstrip().endswith((".", "!", ";", ",")):
        return False
    words = [w for w in re.findall(r"[^\W\d_]\w*", line) if len(w) > 3]
    return len(words) < 15 and sum(w[0].isupper() for w in words) * 2 > len(words)


def is_mentioned(article: Article, start: int, end: int) -> bool:
    """Whether a term is spoken about, or introduced beside another name, rather than used."""
    before = article.text[max(0, start - _CONTEXT) : start]
    after = article.text[end : end + _CONTEXT]
    if (before.endswith("(") and after[:1] in "),") or _MENTION.search(before):
        return True
    if in_quotes(article, start, end):
        return True
    if _MENTION_FAR.search(before) or _MENTION_AFTER.match(after):
        return True
    near = f"{_SENTENCE_BREAK.split(before)[-1]} {_SENTENCE_BREAK.split(after, maxsplit=1)[0]}"
    return _CLASSIFICATION.search(near) is not None


def is_spoken_about(article: Article, start: int, end: int) -> bool:
    """Whether a sentence is about the name of a disease: where it comes from, who says it."""
    before = article.text[max(0, start - _CONTEXT) : start]
    after = article.text[end : end + _CONTEXT]
    if _NAMED_BEFORE.search(before) or _NAMED_AFTER.match(after):
        return True
    return _NAMING.search(_sentence(article, start, end)) is not None


def is_history(article: Article, start: int, end: int) -> bool:
    """Whether the sentence tells of a year before 1990: a name of that time may be meant."""
    return _PAST.search(_sentence(article, start, end)) is not None


def _sentence(article: Article, start: int, end: int) -> str:
    """The sentence around a term, without the term."""
    found = _block(article, start)
    block = found.span if found else Span(start, end)
    before = _SENTENCE_BREAK.split(article.text[block.start : start])[-1]
    return f"{before} \n {_SENTENCE_BREAK.split(article.text[end : block.end], maxsplit=1)[0]}"


def _block(article: Article, start: int) -> Block | None:
    """The block that a term stands in."""
    block = block_at(article, start) if article.blocks else None
    return block if block and block.start <= start < block.end else None


def _plain_block(article: Article, start: int) -> Block | None:
    """The block that a term stands in; None where headings or titles explain its capitals."""
    block = _block(article, start)
    if block is None or block.kind is BlockKind.HEADING or block.span == article.title_span:
        return None
    return None if _titled(article.block_text(block)) else block


def may_be_title(article: Article, start: int, end: int) -> bool:
    """Whether the words have capitals in mid-sentence, as the title of a book or a song has."""
    words = re.findall(r"[^\W\d_]\w*", article.text[start:end])
    if len(words) < 2 or not all(w[0].isupper() and not w.isupper() for w in words):
        return False
    block = _plain_block(article, start)
    if block is None:
        return False
    return not _SENTENCE_END.search(article.text[max(block.start, start - 4) : start])


def in_quotes(article: Article, start: int, end: int) -> bool:
    """Whether a term stands in quotation marks, with up to two words before and behind it.

    Somebody speaks about the wording: “lactose bigotry” for *lactose intolerance*.
    """
    before = article.text[max(0, start - _CONTEXT) : start]
    after = article.text[end : end + _CONTEXT]
    return _QUOTE_OPENS.search(before) is not None and _QUOTE_CLOSES.match(after) is not None


def is_quoted(article: Article, start: int, end: int) -> bool:
    """Whether somebody says a wording, or speaks about it."""
    return quotations(article).meets(start, end) or in_quotes(article, start, end)


def stands_beside(article: Article, start: int, end: int, canonical: str) -> bool:
    """Whether the canonical term stands near by: "a stroke, or cerebrovascular accident".

    In another sentence it does not introduce the term.
    """
    before = _SENTENCE_BREAK.split(article.text[max(0, start - _CONTEXT) : start])[-1]
    after = _SENTENCE_BREAK.split(article.text[end : end + _CONTEXT], maxsplit=1)[0]
    return canonical.casefold() in f"{before} \n {after}".casefold()


def abbreviated(article: Article, end: int) -> bool:
    """Whether an abbreviation in parentheses follows: "myocardial infarction (MI)"."""
    return _ABBREVIATION.match(article.text[end : end + 12]) is not None


_SPACE = re.compile(r"(\s+)")


def trimmed(text: str, start: int, end: int, new: str) -> tuple[int, int, str]:
    """Leave out the phrases with which a wording and its replacement begin and end alike.

    Of "chance variables for stroke" only the first two words are a fault; "heart assault" is one
    term, though its first word is right. So the cut lies at a preposition or an article.

    Args:
        text: The prose.
        start: Start of the wording.
        end: End of the wording.
        new: Its replacement.

    Returns:
        Start, end and replacement of what is left.
    """
    before, after = _SPACE.split(text[start:end]), _SPACE.split(new)  # words at even places
    small = english()["small_words"]
    alike = _alike(before, after)
    left = max((i + 2 for i in range(0, alike, 2) if before[i].lower() in small), default=0)
    before, after = before[left:], after[left:]
    alike = _alike(before[::-1], after[::-1])
    ends = range(len(before) - alike + 1, len(before), 2)
    right = next((len(before) - i + 1 for i in ends if before[i].lower() in small), 0)
    last, kept = (words[: len(words) - right] for words in (before, after))
    start = end - len("".join(before))
    return start, start + len("".join(last)), "".join(kept)


def _alike(first: Sequence[str], second: Sequence[str]) -> int:
    """Count words, and the spaces after them, with which both begin; one word of each stays."""
    count = 0
    most = min(len(first), len(second)) - 2
    while count < most and first[count : count + 2] == second[count : count + 2]:
        count += 2
    return count
