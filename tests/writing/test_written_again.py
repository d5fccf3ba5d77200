"""What was written once is written again as it was."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from unspin.article import Article, Block, BlockKind, Mark, MarkKind, Piece, Source, assemble
from unspin.config import Config
from unspin.pipeline import Cleaner
from unspin.reading import read_bytes, read_path
from unspin.report import Report
from unspin.textmap import Segment
from unspin.writing import markdown, render

FAST = Config(grammar="off", model="off")
TEXT = (
    "Most knees get better after a few days of rest and a cold pack in the evening. "
    "Ask a pharmacist which medicines suit you before you take any of them."
)
ADDRESS = "https://www.youtube.com/watch?v=Zx81_Q0*a"
TABLE = "Drug         Dose (mg)\n------------\nibuprofen    200\naspirin      500"


@cache
def cleaner() -> Cleaner:
    return Cleaner(FAST)


def cleaned(text: str, name: str) -> Report:
    article = next(iter(read_bytes(text.encode(), name, FAST)))
    assert isinstance(article, Article), article
    return cleaner().clean(article)


def without_counts(page: str) -> str:
    """A page without the number of its open places, which a new run counts."""
    return re.sub(r"(?m)^.*\bwordCount.*$|^.*review_(?:suggested|editor).*$", "", page)


@pytest.mark.parametrize("kind", ["md", "html", "txt"])
@pytest.mark.parametrize(
    "part",
    [
        ADDRESS,
        TABLE,
        "a) water\nb) tea\nc) See b) for drinks.",
        "(a) water\n(b) tea",
        "i. water\nii. tea\niii. milk\niv. juice",
        "A. water\nB. tea",
        "Signature of the nurse: ________\n\nDate ___",
        "Do\n\nRest it\nUse ice\n\nDon't\n\nRun on it\nKneel",
    ],
)
def test_what_a_flat_text_holds_is_written_and_read_again(part: str, kind: str) -> None:
    first = render(
        cleaned(f"Knees that swell\n\n{TEXT}\n\n{part}\n\n{TEXT[::-1]}\n", "a.txt"), kind
    )
    if part == ADDRESS:
        assert ADDRESS in first
    if part == TABLE:
        assert part in first
    for label in re.findall(r"(?m)^\(?\w+\)", part):
        assert label in first
    second = render(cleaned(first, f"a.{kind}"), kind)
    assert without_counts(second) == without_counts(first)


@pytest.mark.parametrize(
    ("html", "labels"),
    [
        ('<ol type="a"><li>water</li><li>tea</li></ol>', ["a.", "b."]),
        ('<ol type="I" start="3"><li>water</li><li>tea</li></ol>', ["III.", "IV."]),
        ('<ol style="list-style-type: lower-roman"><li>water</li><li>tea</li></ol>', ["i.", "ii."]),
        ('<ol type="1"><li>water</li><li>tea</li></ol>', ["1.", "2."]),
    ],
)
def test_labels_of_a_page_stay(html: str, labels: list[str]) -> None:
    page = f"<html><body><article><h1>Knees</h1><p>{TEXT}</p>{html}</article></body></html>"
    report = cleaned(page, "a.html")
    assert f"{labels[0]} water\n{labels[1]} tea" in render(report, "txt")
    assert f"{labels[0]} water" in render(report, "md")
    written = render(report, "html")
    assert render(cleaned(written, "b.html"), "html") == written


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{ADDRESS}</p>",
        f'<p><a href="{ADDRESS}">{ADDRESS}</a></p>',
        f'<figure class="embed"><a href="{ADDRESS}">{ADDRESS}</a></figure>',
    ],
)
def test_an_address_of_a_player_in_a_page_stays(html: str) -> None:
    page = f"<html><body><article><h1>Knees</h1><p>{TEXT}</p>{html}<p>{TEXT}</p></article></body></html>"
    for kind in ("md", "html", "txt"):
        assert ADDRESS in render(cleaned(page, "a.html"), kind)


PAGE = """<!DOCTYPE html><html lang="en"><head><title>Knees</title>
<meta name="author" content="{author}">
<meta name="unspin:review" content="required">
<meta name="unspin:review_suggested" content="2">
<meta name="unspin:review_editor" content="1">
<script type="application/ld+json">{{"@type": "Article", "headline": "Knees",
"author": {{"@type": "Person", "name": "{author}"}}, "datePublished": "3 March 2021"}}</script>
</head><body><article><header><h1>Knees</h1></header><p>{text}</p></article></body></html>"""


@pytest.mark.parametrize("author", ["R. Okafor", "Dr. M. O'Neil, MD", "A. Moor, B. Lee"])
def test_a_page_keeps_its_author_date_and_state(author: str) -> None:
    report = cleaned(PAGE.format(author=author, text=TEXT), "a.html")
    assert report.article.metadata.author == author
    assert report.article.metadata.date == "3 March 2021"
    for kind in ("html", "md"):
        written = render(report, kind)
        assert "required" in written
        assert re.search(r"review_suggested\W+(?:content=\")?2", written)
        again = render(cleaned(written, f"b.{kind}"), kind)
        assert again == written


def test_a_page_of_others_keeps_the_writing_of_its_author() -> None:
    page = re.sub(r"<meta name=\"unspin.*", "", PAGE.format(author="R. Okafor", text=TEXT))
    report = cleaned(page, "a.html")
    assert report.article.metadata.author == "R. Okafor"
    assert 'unspin:review" content="none"' in render(report, "html")


@pytest.mark.parametrize("kind", ["md", "html", "txt"])
def test_samples_are_written_again_as_they_were(repository: Path, kind: str) -> None:
    for path in sorted((repository / "input").iterdir()):
        if path.suffix == ".jsonl":
            continue
        article = next(iter(read_path(path, FAST)))
        assert isinstance(article, Article)
        report = cleaner().clean(article)
        if kind == "txt" and "`" in report.text:
            continue  # plain text has no sign for code
        first = render(report, kind)
        second = cleaned(first, f"a.{kind}")
        if not second.edits:
            assert without_counts(render(second, kind)) == without_counts(first), path.name
        assert "required" not in first or "required" in render(second, kind)


def test_struck_text_is_written_where_a_format_can_strike() -> None:
    report = cleaned(
        f"# Knees\n\n{TEXT}\n\nTake ~~two~~ three. Take <del>four</del> five.\n", "a.md"
    )
    assert "Take ~~two~~ three. Take <del>four</del> five." in render(report, "md")
    for kind in ("txt", "html"):
        assert "Take three. Take five." in render(report, kind)


def test_a_comment_of_an_item_does_not_make_html_of_its_text() -> None:
    report = cleaned(f"# Knees\n\n{TEXT}\n\n- <!-- note -->\n  Rest *it*.\n- Ice\n", "a.md")
    first = render(report, "md")
    assert "- Rest *it*. <!-- note -->\n- Ice" in first
    assert render(cleaned(first, "a.md"), "md") == first


@given(
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=30),
    st.sampled_from(["", "https://a.org/x", "a b", "x\\", "a(b"]),
)
@example("ends in \\", "x\\")
@example('Ask "Dr" &amp; co \\" ', "")
def test_a_link_keeps_address_and_title_through_markdown(title: str, address: str) -> None:
    mark = Mark(4, 8, MarkKind.LINK, address, title)
    piece = Piece("See rest.", (Segment(0, 9, 0, 9),), Block(BlockKind.PARAGRAPH, 0, 9), (mark,))
    source = Source("a.md", "md", "utf-8", "", "See rest.")
    page = markdown._inline(assemble(source, [piece]), 0, 9)
    (again,) = read_bytes(page.encode(), "a.md", FAST)
    assert isinstance(again, Article)
    (link,) = again.marks
    assert (link.value, link.title) == (address, " ".join(title.split()))
