"""HTML: nothing of the main text is lost, nothing deleted comes back, values keep their columns."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reading.test_formats import read
from tests.reading.test_offsets import check_map

from unspin.article import OBJECT, Article, BlockKind, MarkKind
from unspin.config import Config
from unspin.errors import InputError
from unspin.pipeline import Cleaner
from unspin.reading import read_bytes
from unspin.report import Report
from unspin.running.batch import edited_bytes
from unspin.writing import render

SENTENCES = (
    "Asthma is a common lung condition that makes it hard to breathe from time to time.",
    "It affects people of all ages and often starts in childhood, but adults may get it too.",
    "The main treatment is an inhaler, a small device that lets you breathe in a medicine.",
    "Most people can live a normal and active life when their treatment suits them well.",
    "Pollen, cold air, exercise and infections are things that often set off an attack.",
    "A nurse or a doctor will show you how to use the inhaler and when to take it.",
    "Your treatment should be looked at once a year, or more often when it does not help.",
    "Smoking makes every kind of asthma worse, and so does the smoke of other people.",
)
#: Long enough for trafilatura to find the main text.
LONG = "".join(f"<p>{one} {two}</p>" for one, two in zip(SENTENCES, SENTENCES[::-1], strict=True))


def page(body: str) -> str:
    return f"<!DOCTYPE html><html lang=en><head><title>T</title></head><body>{body}</body></html>"


def texts(body: str) -> list[str]:
    article = read(page(body), "a.html")
    check_map(article)
    assert article.source.offsets == "source"
    return [article.block_text(b) for b in article.blocks]


# --- markup with slips ---------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "prose"), [
    ('<p class="lead>Do not drink.</p><p id="b">Rest.</p>', ["Do not drink.", "Rest."]),
    ('<p class="lead>Say "no" twice.</p>', ['Say "no" twice.']),
    ("<p class='lead>It isn't all.</p><p>It's so.</p>", ["It isn't all.", "It's so."]),
    ('<p class="lead>A 5" nail in it.</p><p id="b">Rest.</p>', ['A 5" nail in it.', "Rest."]),
    ('<p>See <a href="/a>this</a> and <a href="/b">that</a>.</p>', ["See this and that."]),
    ('<p data-a="<p>x</p>" data-b="a>b" hidden-x>Rest.</p>', ["Rest."]),
    ("<p data-a='{\"b\": \"<i>\"}'>Rest.</p>", ["Rest."]),
    ("<p>Rest <![CDATA[if it is > 5 & not < 3]]>.</p>", ["Rest if it is > 5 & not < 3."]),
    ("<![CDATA[<p>Do not drink.</p><p>Rest.</p>]]>", ["Do not drink.", "Rest."]),
    ("<script>//<![CDATA[\na > b\n//]]></script><p>Rest.</p>", ["Rest."]),
])  # fmt: skip
def test_no_text_is_lost_to_a_lost_quote_or_to_cdata(source: str, prose: list[str]) -> None:
    found = texts(f"<article><h1>T</h1>{source}{LONG}</article>")
    assert found[1 : 1 + len(prose)] == prose
    assert found[1 + len(prose) :] == texts(f"<article>{LONG}</article>")
    assert texts(source) == prose


def test_a_link_whose_quote_is_lost_keeps_its_address() -> None:
    (link,) = read(page('<p>See <a href="/a>this</a>.</p>'), "a.html").marks
    assert (link.kind, link.value) == (MarkKind.LINK, "/a")


# --- Word and Google Docs ------------------------------------------------------------------------


def word_item(sign: str, text: str, level: int) -> str:
    return (
        f"<p class=MsoListParagraph style='mso-list:l0 level{level} lfo1'><![if !supportLists]>"
        f"<span><span style='mso-list:Ignore'>{sign}<span style='font:7.0pt \"Times\"'>&nbsp;"
        f"</span></span></span><![endif]>{text}<o:p></o:p></p>\n"
    )


def filtered_item(sign: str, text: str, level: int) -> str:
    blanks = "<span style='font:7.0pt \"Times\"'>&nbsp;&nbsp; </span>"
    sign = f"{sign}{blanks}" if level == 1 else f"<span>{sign}{blanks}</span>"
    margin = f"margin-left:{36 * level}.0pt"
    return f"<p class=MsoListParagraph style='{margin};text-indent:-18.0pt'>{sign}{text}</p>\n"


def google_item(sign: str, text: str, level: int) -> str:
    tag, start = ("ol", f" start={sign[0]}") if sign[0].isdigit() else ("ul", "")
    return f"<{tag} class='c1 lst-kix_a-{level - 1}'{start}><li><span>{text}</span></li></{tag}>"


@pytest.mark.parametrize("item", [word_item, filtered_item, google_item])
def test_lists_of_word_and_google_docs_are_lists(item: Callable[[str, str, int], str]) -> None:
    items = [("·", "Do not use ice.", 1), ("o", "It harms.", 2), ("·", "Rest.", 1)]
    steps = [("1.", "Cool it.", 1), ("a)", "Wait.", 2), ("2.", "Take 5 mg of it.", 1)]
    body = "".join(item(*i) for i in items) + "<p>Then:</p>" + "".join(item(*i) for i in steps)
    article = read(page(f"{LONG}{body}{LONG}"), "a.html")
    check_map(article)
    found = [(article.block_text(b), b.level) for b in article.blocks if b.group]
    assert found == [(text, level) for _, text, level in items + steps]
    numbered = [b.number for b in article.blocks if b.ordered and b.level == 1]
    assert numbered == [1, 2]


@pytest.mark.parametrize("sign", ["1.1", "Note", ""])
def test_signs_of_word_that_count_nothing_stay(sign: str) -> None:
    assert "".join(texts(word_item(sign, "Rest.", 1))).split() == [*sign.split(), "Rest."]


def test_title_links_and_remarks_of_google_docs() -> None:
    article = read(page(
        "<p class='c1 title' id='h.x'><span>Burns</span></p><p>See <a href='https://www.google.com/"
        "url?q=https://a.example/b?c%3D1&amp;sa=D'>this</a>.<sup><a href='#cmnt1' id='cmnt_ref1'>[a]"
        f"</a></sup></p>{LONG}<div><p><a href='#cmnt_ref1' id='cmnt1'>[a]</a><span>Sure?</span></p></div>"
    ), "a.html")  # fmt: skip
    assert article.title == "Burns"
    assert [m.value for m in article.marks] == ["https://a.example/b?c=1"]
    assert "[a]" not in article.text and "Sure?" not in article.text


# --- deleted and raised text ---------------------------------------------------------------------


@pytest.mark.parametrize(("source", "prose"), [
    ("no more than <del>8</del><ins>4</ins> tablets", "no more than 4 tablets"),
    ("take <s>4</s>2 tablets", "take 2 tablets"),
    ("take <STRIKE>4</STRIKE >2 tablets", "take 2 tablets"),
    ("take <span style='text-decoration: line-through'>4</span>2 tablets", "take 2 tablets"),
    ("take <b><s>4</s></b> 2 tablets", "take 2 tablets"),
    ("take <s>4 or 2 tablets", "take 4 or 2 tablets"),
])  # fmt: skip
def test_deleted_text_is_no_prose(source: str, prose: str) -> None:
    assert texts(f"<article><h1>T</h1><p>{source}</p>{LONG}</article>")[1] == prose
    assert texts(f"<p>{source}</p>") == [prose]


def test_deleted_blocks_are_no_prose() -> None:
    found = texts(
        f"<article>{LONG}<del><p>Take 8 tablets.</p></del><p>Take 4 tablets.</p></article>"
    )
    assert found[-1] == "Take 4 tablets." and not any("8 tablets" in t for t in found)


def test_deleted_text_in_an_object_is_not_written() -> None:
    article = read(
        page("<p>10<sup><del>3</del>9</sup> and <code><s>4</s>2 mg</code></p>"), "a.html"
    )
    values = [m.value for m in article.marks if m.kind is MarkKind.RAW]
    assert values == ["<sup>9</sup>", "<code>2 mg</code>"]


def test_editing_in_place_leaves_deleted_text_alone() -> None:
    config = Config(grammar="off", model="off")
    text = page(
        f"<p>{SENTENCES[0]} {SENTENCES[1]}</p>\n<p>Take <s>4</s>2 tablets. Congestive <del>old "
        "heart disappointment</del> heart disappointment is not the end of the heart.</p>"
    )
    report = Cleaner(config).clean(read(text, "a.html"))
    edited = edited_bytes(report).decode()
    assert edited != text
    assert "Take <s>4</s>2 tablets." in edited
    assert "<del>old heart disappointment</del> heart failure" in edited


@pytest.mark.parametrize(
    "raised", ["9", "-3", "&minus;3", "–3", "2+", " 6 ", "9 cells", "<b>9</b>"]
)
def test_raised_numbers_are_objects(raised: str) -> None:
    article = read(page(f"<p>{SENTENCES[0]} 10<sup>{raised}</sup>/L of them.</p>"), "a.html")
    assert f"10{OBJECT}/L" in article.text
    assert [m.value for m in article.marks] == [f"<sup>{raised}</sup>"]


def test_other_raised_and_lowered_text_is_prose() -> None:
    assert texts("<p>The 5<sup>th</sup> H<sub>2</sub>O, Na<sup>+</sup> and <sup>[1]</sup></p>") == [
        "The 5th H2O, Na+ and [1]"
    ]


# --- what is main text ---------------------------------------------------------------------------


@pytest.mark.parametrize("tag", ["article", "main"])
def test_an_aside_that_says_something_is_main_text(tag: str) -> None:
    warning = "Call 999 if your child cannot speak or the lips turn blue."
    found = texts(f"<{tag}><h1>Asthma</h1>{LONG}<aside><p>{warning}</p></aside>{LONG}</{tag}>")
    assert warning in found
    assert warning in texts(f"<{tag}>{LONG}<aside><p>{warning}</p></aside></{tag}>")


@pytest.mark.parametrize("aside", [
    "<aside class=related><p>Read this now. It helps.</p></aside>",
    "<aside><h2>More on this</h2><ul><li><a href=/a>What is asthma?</a></li></ul></aside>",
    "<aside><form><p>Sign up today.</p><input></form></aside>",
    "<aside><p>Share this page</p></aside>",
    "<aside><h3>Most popular</h3><ol><li>Flu in adults<li>Colds</ol></aside>",
    "<aside><h3>On this page</h3><ol><li>Signs of asthma<li>Help</ol></aside>",
    "<aside><ul><li>Facebook<li>Twitter<li>Share via email</ul></aside>",
    "<aside><p><a href=/a>What we know of asthma in adults</a></p></aside>",
    "<div class=sidebar><p>Come to our new shop. It is open.</p></div>",
    "<div class=cookie-banner><p>We use cookies on this page. Accept them.</p></div>",
    "<nav><p>You are in the part on lungs.</p></nav>",
])  # fmt: skip
def test_furniture_inside_an_article_is_none(aside: str) -> None:
    plain = texts(f"<main><h1>Asthma</h1>{LONG}</main>")
    assert texts(f"<main><h1>Asthma</h1>{LONG}{aside}</main>") == plain
    assert texts(f"<main><h1>Asthma</h1>{aside}{LONG}</main>") == plain


@pytest.mark.parametrize(("aside", "wanted"), [
    ("<h3>Urgent advice</h3><ul><li>call 999 for blue lips<li>do not wait</ul>",
     ["Urgent advice", "call 999 for blue lips", "do not wait"]),
    ("<dl><dt>Wheeze</dt><dd>a whistling sound</dd></dl>", ["Wheeze", "a whistling sound"]),
    ("<strong>1 in 11</strong> children", ["1 in 11 children"]),
])  # fmt: skip
def test_an_aside_needs_no_full_stop(aside: str, wanted: list[str]) -> None:
    assert texts(f"<main><h1>Asthma</h1>{LONG}<aside>{aside}</aside>{LONG}</main>")[9:-8] == wanted


def test_a_box_amid_the_text_is_text_whatever_its_name() -> None:
    box = "<div class=sidebar-box><h3>Emergency</h3><p>Call 999 if you cannot speak.</p></div>"
    found = texts(f"<main><h1>Asthma</h1>{LONG}{box}{LONG}</main>")
    assert found[9:11] == ["Emergency", "Call 999 if you cannot speak."]


@pytest.mark.parametrize("name", ["newsletter-box", "menu", "ad-hoc", "consent-form", "sidebar"])
def test_what_speaks_of_doses_is_text_whatever_its_name(name: str) -> None:
    dose = "Take 5 mg with food each day."
    box = f"<div class={name}><p>{dose}</p></div>"
    assert texts(f"<article><h1>Asthma</h1>{LONG}{box}</article>")[-1] == dose
    form = f"<div class={name}><form><p>{dose}</p><input></form></div>"
    if name not in ("ad-hoc", "consent-form"):  # names of no furniture
        assert dose not in texts(f"<article><h1>Asthma</h1>{LONG}{form}</article>")


@pytest.mark.parametrize("name", ["comments", "cookie-bar"])
def test_what_readers_say_is_none(name: str) -> None:
    box = f"<div class={name}><p>Buy 5 mg of our pills here. They help.</p></div>"
    assert texts(f"<article><h1>Asthma</h1>{LONG}{box}</article>")[1:] == texts(LONG)


def test_the_foot_of_an_article_is_text_where_it_says_something() -> None:
    foot = "<footer><p>Review: May 2027. Never use it twice.</p></footer>"
    found = texts(f"<article><h1>Asthma</h1>{LONG}{foot}</article>")
    assert found[-1] == "Review: May 2027. Never use it twice."
    foot = "<footer><p>Posted in <a href=/category/a>Lungs and more</a></p></footer>"
    assert len(texts(f"<article><h1>Asthma</h1>{LONG}{foot}</article>")) == 9
    assert len(texts(f"<main><article><h1>Asthma</h1>{LONG}</article></main><footer><p>Our office is open. Call.</p></footer>")) == 9  # fmt: skip


def test_slides_that_are_not_shown_yet_are_text() -> None:
    slides = (
        "<div class=carousel><div class=slide><p>Step 1. Wash.</p></div>"
        "<div class=slide aria-hidden=true><p>Step 2. Prick the finger.</p></div>"
        "<div class='slide cloned' aria-hidden=true><p>Step 1. Wash it now.</p></div></div>"
    )
    found = texts(f"<article><h1>Asthma</h1>{LONG}{slides}</article>")
    assert found[9:] == ["Step 1. Wash.", "Step 2. Prick the finger."]


@pytest.mark.parametrize(("line", "wanted"), [
    ("<li><span class=visually-hidden>Do not </span>take aspirin</li>", "Do not take aspirin"),
    ("<p><span class=sr-only>Warning: </span>It can burn.</p>", "Warning: It can burn."),
    ("<p>It can burn. <span class=sr-only>Opens in a new window</span></p>", "It can burn."),
    ("<p>It can burn <a href=/a>badly <span class=sr-only>Do not follow</span></a></p>",
     "It can burn badly"),
])  # fmt: skip
def test_a_warning_for_those_who_hear_a_page_is_text(line: str, wanted: str) -> None:
    assert texts(f"<article><h1>Asthma</h1>{LONG}{line}{LONG}</article>")[9] == wanted


@pytest.mark.parametrize(("cell", "wanted"), [
    ("<i class=tick></i><span class=sr-only>No</span>", "No"),
    ("<span aria-hidden=true>✗</span><span class=sr-only>Not safe</span>", "Not safe"),
    ("safe <span class=sr-only>(opens in a new window)</span>", "safe"),
    ("<svg role=img aria-label='Ask a nurse'></svg>", OBJECT),
    ("<svg><title>Ask a nurse</title></svg>", OBJECT),
    ("<i class=icon title='Ask a nurse'></i>", OBJECT),
    ("yes <i class=icon title='Ask a nurse'></i>", "yes"),
])  # fmt: skip
def test_a_sign_in_a_cell_says_what_it_is_called(cell: str, wanted: str) -> None:
    table = f"<table><tr><th>Drug<th>Safe?<tr><td>Aspirin<td>{cell}</table>"
    assert rows(table)[1] == ["Aspirin", wanted]


QUESTIONS = (
    "<form><fieldset><legend>Are you short of breath?</legend>"
    "<input type=radio id=a><label for=a>Not at all (0)</label>"
    "<label><input type=radio> Nearly every day (3)</label></fieldset></form>"
)


def test_answers_of_a_questionnaire_are_text() -> None:
    found = texts(f"<main><h1>Asthma</h1>{LONG}{QUESTIONS}</main>")
    assert found[9:] == ["Are you short of breath?", "Not at all (0)", "Nearly every day (3)"]
    news = QUESTIONS.replace("<fieldset", "<fieldset class=newsletter")
    assert "Not at all (0)" not in texts(f"<main><h1>Asthma</h1>{LONG}{news}</main>")
    table = "<table><tr><th>Item<th>Often<tr><td><label>Cough</label><td><label><input type=radio>3"
    assert rows(table + "</label></table>")[1] == ["Cough", "3"]


@pytest.mark.parametrize(("inner", "wanted"), [
    ("<mfrac><mrow><mn>140</mn><mo>−</mo><mi>age</mi></mrow><mn>72</mn></mfrac>", "(140 − age)/72"),
    ("<mi>w</mi><mo>/</mo><msup><mi>h</mi><mn>2</mn></msup>", "w/h²"),
    ("<msqrt><mi>a</mi><mo>&#x2062;</mo><mi>b</mi></msqrt><mo>&lt;</mo><mn>5</mn>", "√ab < 5"),
    ("<semantics><msubsup><mi>x</mi><mi>i</mi><mi>n</mi></msubsup><annotation>x</annotation>"
     "</semantics>", "xi^n"),
    ("<mfenced><mi>a</mi><mi>b</mi></mfenced><mtext>mg</mtext>", "(a, b) mg"),
])  # fmt: skip
def test_formulas_stand_on_the_line(inner: str, wanted: str) -> None:
    body = f"<article><h1>Asthma</h1>{LONG}<p>It is <math>{inner}</math>.</p></article>"
    article = read(page(body), "a.html")
    check_map(article)
    assert article.block_text(article.blocks[-1]) == f"It is {OBJECT}."
    report = Report(article, article, (), (), None, (), None, None, {}, {})
    assert f"It is {wanted}." in render(report, "txt")
    assert f"It is {escape(wanted)}." in render(report, "html")


def test_an_aside_outside_the_article_is_furniture() -> None:
    found = texts(f"<article>{LONG}</article><aside><p>We have a new office. Come in.</p></aside>")
    assert not any("office" in t for t in found)


def test_a_heading_of_links_goes_with_them() -> None:
    links = "<h2>Related articles</h2><ul><li><a href=/a>Hay fever</a></li></ul>"
    found = texts(f"<article><h1>Asthma</h1>{LONG}{links}</article>")
    assert "Related articles" not in found and "Hay fever" not in found and "Asthma" in found


def test_a_short_page_is_read_whole() -> None:
    assert texts(
        "<p>Take the tablets with water.</p><ol><li>Take 5 mg.</li><li>Take 10 mg.</li></ol>"
        '<p>Call <a href="tel:111">111</a> or write to <a href="mailto:a@b.org">us</a>.</p>'
    ) == ["Take the tablets with water.", "Take 5 mg.", "Take 10 mg.", "Call 111 or write to us."]


def test_the_container_of_one_found_paragraph_is_read_whole() -> None:
    body = f"<p>{' '.join(SENTENCES * 2)}</p><ol><li>Take 5 mg.</li></ol><p>Then rest.</p>"
    found = texts(f"<nav><a href=/>Home</a></nav><div>{body}</div><footer>Copyright</footer>")
    assert found[1:] == ["Take 5 mg.", "Then rest."]


def test_a_number_to_call_is_no_link_to_another_page() -> None:
    call = '<p><a href="tel:999">Call 999</a></p><p><a href="/er">Go to hospital when it is worse.</a></p>'
    found = texts(f"<article>{LONG}{call}{LONG}</article>")
    assert "Call 999" in found and "Go to hospital when it is worse." in found


@pytest.mark.parametrize("marks", ["<sup>1</sup>", "<sup><a href='#fn1'>1</a></sup>"])
@pytest.mark.parametrize("notes", [
    '<p id="fn1">1. <a href="https://doi.org/10.1">Richette P, Doherty M. Gout. 2016</a>.</p>',
    '<section><h2>References</h2><ol><li><a href="https://doi.org/10.1">Richette P, Doherty M. '
    "Gout. 2016</a></li></ol></section>",
])  # fmt: skip
def test_references_stay_with_their_marks(marks: str, notes: str) -> None:
    text = LONG.replace("</p>", marks + "</p>", 1)
    for body in (
        f"<article>{text}{notes}</article>",
        f"<div>{text}</div><div id=refs>{notes}</div>",
    ):
        assert "Richette P" in texts(body)[-1]


def test_a_cited_note_stays_even_in_a_footer() -> None:
    text = LONG.replace("</p>", "<a href='#n1'>[1]</a></p>", 1)
    note = (
        "<footer><ol><li id=n1><a href=https://doi.org/1>Richette P</a></ol><p>Copyright</footer>"
    )
    found = texts(f"<div>{text}</div>{note}")
    assert found[-1] == "Richette P"


def test_a_scripted_address_is_no_link() -> None:
    article = read(page("<p>Ask <a href='java&#10;script:x()'>us</a> now.</p>"), "a.html")
    assert not article.marks


# --- tables and lists ----------------------------------------------------------------------------


def rows(body: str) -> list[list[str]]:
    article = read(page(f"<article>{LONG}{body}{LONG}</article>"), "a.html")
    check_map(article)
    return cells(article)


def cells(article: Article) -> list[list[str]]:
    found = [b for b in article.blocks if b.kind is BlockKind.TABLE]
    return [[article.text[c.start : c.end] for c in b.cells] for b in found]


def test_the_caption_of_a_table_stands_before_it() -> None:
    table = "<table><caption>Maximum doses in 24 hours</caption><tr><th>Age<th>Dose<tr><td>1<td>2</table>"
    found = texts(f"<article>{LONG}{table}</article>")
    assert found[-3:] == ["Maximum doses in 24 hours", "Age | Dose", "1 | 2"]


def test_spanned_cells_keep_values_under_their_headings() -> None:
    assert rows(
        "<table><tr><th rowspan=2>Age<th colspan=2>Dose<tr><th>Day<th>Night"
        "<tr><td rowspan=2>Adults<td>1 mg<td>2 mg<tr><td>3 mg<td>4 mg<tr><td colspan=9>Note</table>"
    ) == [
        ["Age", "Dose", ""], ["", "Day", "Night"], ["Adults", "1 mg", "2 mg"], ["", "3 mg", "4 mg"],
        ["Note", "", ""],
    ]  # fmt: skip


def test_spans_that_make_no_sense_are_bounded() -> None:
    table = "<table><tr><td rowspan=0>a<td colspan=99999999>b<tr><td>c<td rowspan=-1>d</table>"
    found = rows(table)
    assert found[0][:2] == ["a", "b"] and found[1][0] == "" and found[1][-1] == "d"
    assert len(found[0]) == len(found[1]) <= 60


def test_cells_are_not_torn_by_line_breaks_or_merged_by_blocks() -> None:
    assert rows(
        "<table><tr><th>A<th>B<tr><td>1<br><br>mg<td><p>2 mg</p>daily<tr><td>–<td>3</table>"
    ) == [["A", "B"], ["1\nmg", "2 mg daily"], ["–", "3"]]


def test_items_keep_their_own_numbers() -> None:
    article = read(page("<ol start=2><li>a<li value=9>b<li>c<li value=x>d</ol>"), "a.html")
    assert [b.number for b in article.blocks] == [2, 9, 10, 11]


# --- offsets -------------------------------------------------------------------------------------

_PARTS = st.sampled_from(
    [
        "pain ", "10", " mg", "4", "2", "<del>", "</del>", "<s>", "</s>", "<sup>", "</sup>", "<p>",
        "</p>", "<br>", "<table>", "</table>", "<tr>", "<td>", "<th rowspan=2>", "<td colspan=3>",
        "<td rowspan=0>", "<caption>", "</caption>", "<aside>", "</aside>", "<article>", "<code>",
        "</code>", "<a href='#fn1'>", "</a>", "<li id=fn1 value=7>", "<ol>", "</ol>", "<div>", "</div>",
        "<h2>References</h2>", "<b>", "</b>", "&amp;", ". ", "<p hidden>", "<td hidden>",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(_PARTS, min_size=1, max_size=40).map("".join))
def test_offsets_lead_to_the_source(body: str) -> None:
    check_map(read(page("<p>one</p>" + body), "a.html"))


GENERATED = """---
title: "Knees that swell"
author: Ann Smith
date: 2024-05-01
---
<h2>What {{ site.name }} says</h2>
<p>Most knees get better after a few days of rest and a cold pack in the evening. {{ page.dose }} prevents a heart assault.</p>
{% include note.html %}
"""


def test_front_matter_and_shortcodes_of_a_page_are_no_prose() -> None:
    """A generator of sites puts such a page into its layout."""
    article = read(GENERATED, "a.html")
    check_map(article)
    known = article.metadata
    assert (known.title, known.author, known.date) == (
        "Knees that swell",
        "Ann Smith",
        "2024-05-01",
    )
    assert article.source.offsets == "source"
    assert "---" not in article.text
    assert "{" not in article.text
    raw = [m.value for m in article.marks if m.kind is MarkKind.RAW]
    assert raw == ["{{ site.name }}", "{{ page.dose }}", "{% include note.html %}"]
    with Cleaner(Config(grammar="off", model="off")) as cleaner:
        report = cleaner.clean(article)
    written = render(report, "md")
    assert written.startswith('---\ntitle: "Knees that swell"\nauthor: Ann Smith\n')
    assert "{{ page.dose }} prevents a heart attack." in written
    mended = GENERATED.replace("heart assault", "heart attack").encode()
    assert edited_bytes(report) == mended


@pytest.mark.parametrize("tag", [
    '{{- page.dose | default: "heart assault" -}}', "{{! heart assault }}", "{{!-- heart assault --}}",
    '{{> note title="heart assault"}}', "{{~#each wards~}}", "{{/if}}",
    "{{range .Wards}}", "{{'heart assault'|t}}", '{{when|default:"heart assault"}}', "{{$t('heart assault')}}",
])  # fmt: skip
def test_tags_of_templates_in_a_page_are_no_prose(tag: str) -> None:
    page = f"<!doctype html><body><main><p>Rest {tag} helps.</p></main></body>"
    article = read(page, "a.html")
    check_map(article)
    assert article.text == f"Rest {OBJECT} helps."
    assert [m.value for m in article.marks if m.kind is MarkKind.RAW] == [tag]


def test_broken_front_matter_of_a_page_is_told() -> None:
    (error,) = read_bytes(b"---\ntitle: [a\n---\n<p>Rest helps.</p>\n", "a.html", Config())
    assert isinstance(error, InputError)
    assert "line 2" in str(error) or "line 3" in str(error)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("<h3>Rest<h3><p>Well.</p>", [("heading", 3, "Rest"), ("paragraph", 0, "Well.")]),
        ("<h2>One<h3>Two</h3><p>Well.</p>",
         [("heading", 2, "One"), ("heading", 3, "Two"), ("paragraph", 0, "Well.")]),
        ("<h3>One</h2><p>Well.</p>", [("heading", 3, "One"), ("paragraph", 0, "Well.")]),
        ("<h2><h2>One</h2></h2><p>Well.</p>", [("heading", 2, "One"), ("paragraph", 0, "Well.")]),
        ("<h2>One <h2>Two</h2><p>Well.</p>",
         [("heading", 2, "One"), ("heading", 2, "Two"), ("paragraph", 0, "Well.")]),
        ("<fieldset><legend>One</legend>Two.</fieldset>",
         [("paragraph", 0, "One"), ("paragraph", 0, "Two.")]),
        ("<div><x-box>One.</x-box><x-box>Two.</x-box></div>", [("paragraph", 0, "One. Two.")]),
        ("<p>It <x-tip>rests</x-tip>, well.</p>", [("paragraph", 0, "It rests, well.")]),
        ("<p>See [[{\"type\": \"a <b>\"}]] it.</p>", [("paragraph", 0, "See @ it.")]),
    ],
)  # fmt: skip
def test_tags_that_do_not_match_keep_blocks_apart(
    source: str, wanted: list[tuple[str, int, str]]
) -> None:
    article = read(page(f"<article><h1>T</h1>{LONG}{source}{LONG}</article>"), "a.html")
    check_map(article)
    rest = article.blocks[1 + len(SENTENCES) : -len(SENTENCES)]
    found = [
        (b.kind.value, b.level, article.block_text(b).strip().replace(OBJECT, "@")) for b in rest
    ]
    assert found == wanted
