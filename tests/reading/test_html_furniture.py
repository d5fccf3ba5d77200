"""HTML: a line of the article is kept where signs of furniture do not agree; furniture goes."""

from __future__ import annotations

import sys

import pytest
from tests.reading.test_formats import read
from tests.reading.test_html_content import LONG, SENTENCES, page, rows, texts
from tests.reading.test_offsets import check_map

from unspin.article import Article, BlockKind, MarkKind
from unspin.config import Config
from unspin.pipeline import Cleaner
from unspin.running.batch import edited_bytes

SHORT = f"<p>{SENTENCES[0]}</p>"


def article(html: str) -> Article:
    made = read(html, "a.html")
    assert made is not None
    check_map(made)
    assert made.source.offsets == "source"
    return made


def inside(body: str, text: str = LONG) -> list[str]:
    """Blocks that a part of an article is read as."""
    plain = texts(f"<article><h1>Asthma</h1>{text}{text}</article>")
    found = texts(f"<article><h1>Asthma</h1>{text}{body}{text}</article>")
    half = (len(plain) + 1) // 2
    assert found[:half] == plain[:half] and found[len(found) - len(plain) + half :] == plain[half:]
    return found[half : len(found) - len(plain) + half]


def builder(*widgets: tuple[str, str]) -> str:
    """A page of Elementor."""
    return "<div class='elementor elementor-7'>" + "".join(
        f"<div class='elementor-element elementor-widget elementor-widget-{name}'>"
        f"<div class=elementor-widget-container>{html}</div></div>"
        for name, html in widgets
    )  # fmt: skip


# --- lists of links ------------------------------------------------------------------------------

SIGNS = "<ul><li><a href=/a>Blue lips</a></li><li><a href=/b>A silent chest</a></li></ul>"
SIGN_TEXTS = ["Blue lips", "A silent chest"]


@pytest.mark.parametrize("text", [SHORT, LONG])
@pytest.mark.parametrize("lead", [
    "<h2>When to call for help</h2>", "<h2>What it looks like</h2><p>You may see these:</p>",
    "<p><strong>Common triggers</strong></p>", "<p>Go to hospital at once for:</p>",
    "<h2>Related conditions</h2>", "<h3>Call 999 if:</h3>", "<h2>Useful contacts</h2>",
])  # fmt: skip
def test_a_list_of_links_is_text(text: str, lead: str) -> None:
    found = inside(lead + SIGNS, text)
    assert found[-2:] == SIGN_TEXTS and len(found) == 2 + lead.count("</")  - lead.count("</strong")  # fmt: skip
    at_end = texts(f"<div class=post>{text}{lead}{SIGNS}</div>")
    assert at_end[-2:] == SIGN_TEXTS


def test_a_list_of_links_in_boxes_of_a_page_builder_is_text() -> None:
    found = texts(
        builder(
            ("heading", "<h1>Asthma</h1>"), ("text-editor", LONG),
            ("heading", "<h2>Kinds of asthma</h2>"), ("icon-list", SIGNS),
            ("share-buttons", "<a href='https://www.facebook.com/sharer'>Facebook</a>"),
            ("nav-menu", "<ul><li><a href=/>Home page</a></li></ul>"),
        )
    )  # fmt: skip
    assert found[0] == "Asthma" and found[-3:] == ["Kinds of asthma", *SIGN_TEXTS]


def test_items_with_arrows_stay_under_an_urgent_heading() -> None:
    signs = SIGNS.replace("</a>", " →</a>")
    assert inside(f"<h2>Call 999 if:</h2>{signs}")[1:] == [f"{t} →" for t in SIGN_TEXTS]


def test_a_link_to_help_is_text() -> None:
    help_ = "<p class=button><a href=/find>Find your nearest emergency department</a></p>"
    assert texts(f"<main>{LONG}{help_}</main>")[-1] == "Find your nearest emergency department"


@pytest.mark.parametrize("links", [
    f"<h2>You may also like</h2>{SIGNS}", f"<h3>Recent posts</h3>{SIGNS}",
    f"<h2>People also ask</h2>{SIGNS}", f"<h2>Related searches</h2>{SIGNS}",
    f"<p><b>Read next</b></p>{SIGNS}", f"<h2>Related health topics</h2>{SIGNS}",
    "<p><a href=/x>Read more about hay fever</a></p>",
    "<h2>Related posts</h2><p><a href=/a>Is it asthma?</a></p><p><a href=/b>Can I run a race with it?</a></p>",
    "<p>Share this article:</p><ul><li><a href='#'>Facebook</a><li><a href='#'>Twitter</a>"
    "<li><a href='mailto:?'>Email</a></ul>",
    "<div><a href='https://twitter.com/intent/tweet'>Post it</a></div>",
    "<p>Tags: <a href=/tag/lungs>lungs</a>, <a href=/tag/air>air</a></p>",
    "<p>Facebook | Twitter | Pinterest</p>", "<p><a href=/1>« Older posts</a></p>",
])  # fmt: skip
def test_links_that_lead_away_are_furniture(links: str) -> None:
    assert inside(links) == []


def test_links_away_from_the_text_are_furniture() -> None:
    site = "<div><a href=/>Start</a> <a href=/b>Our team</a></div>"
    plain = texts(f"<div>{LONG}</div>")
    assert texts(f"{site}<div>{LONG}</div><div>{SIGNS}</div>") == plain


def test_a_heading_stays_where_what_stood_below_was_dropped_by_a_guess() -> None:
    town = "<div><div><div><p><a href=/1>London</a></p></div></div></div>"
    found = texts(f"<article>{LONG}<div><div><div><h2>Air</h2></div></div></div>{town}</article>")
    assert found[-1] == "Air"


def test_linked_headings_are_text_where_text_follows() -> None:
    found = inside("<h2><a href=/t>Treatment</a></h2><p>Use the inhaler.</p>"
                   "<h2><a href='#x'>Outlook</a></h2><p>It is good.</p>")  # fmt: skip
    assert found == ["Treatment", "Use the inhaler.", "Outlook", "It is good."]


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [
    "<ul id=related-conditions><li>Hay fever</li></ul>", "<div id=social-care>Ask for help.</div>",
    "<section id=sharing-inhalers><p>Never share one.</p></section>",
    "<div id=comments-on-dose><ul><li>5 mg</li></ul></div>",
    "<div class=card-footer>Not for babies.</div>", "<div class='informed-consent'>You agree.</div>",
    "<div class='so-panel widget widget_sow-editor'><h3>Warning</h3></div>",
    "<div class='et_pb_module et_pb_promo'><p>Call 999 now.</p></div>",
    "<div class='ui-widget ui-accordion'><div class=ui-widget-content>Rest.</div></div>",
    "<div class='post-7 category-social tag-newsletter'>Rest well.</div>",
    "<div class='content-sidebar-wrap'>Rest well.</div>",
])  # fmt: skip
def test_a_word_of_a_name_is_no_proof(body: str) -> None:
    assert len(inside(body)) == 1


@pytest.mark.parametrize("body", [
    "<div class=share-buttons><span>Send it on</span></div>", "<div id=comments><p>I had it.</p></div>",
    "<div class='widget widget_recent_entries'><ul><li>Sleep</ul></div>",
    "<div class=social-links><span>Find us</span></div>", "<ul class=breadcrumbs><li>Lungs</ul>",
    "<div class='elementor-widget-social-icons elementor-social-icons-wrapper'>Find us</div>",
    "<div class=newsletter-signup><p>Get our tips. They are free.</p></div>",
    "<div class='et_pb_widget_area'><h4>Archive</h4></div>", "<div class=site-footer>Our site.</div>",
    "<div class=related><h3>Related posts</h3><p>How to sleep well at night.</p></div>",
])  # fmt: skip
def test_a_name_that_says_nothing_else_is_furniture(body: str) -> None:
    assert inside(body) == []


def test_what_holds_the_article_is_no_furniture() -> None:
    assert len(texts(f"<div class='page sidebar-page'><h1>Asthma</h1>{LONG}</div>")) == 9


@pytest.mark.parametrize("holder", ["div class=entry-content", "div class=post-body", "div"])
def test_an_aside_amid_text_is_text(holder: str) -> None:
    aside = "<aside class=callout><p>Call 999 if the lips turn blue.</p></aside>"
    found = texts(f"<{holder}>{LONG}{aside}{LONG}</div>")
    assert found[8] == "Call 999 if the lips turn blue."


# --- buttons, tabs and accordions ----------------------------------------------------------------

QUESTION, ANSWER = "Can children use it?", "Only above 4 years of age."


@pytest.mark.parametrize("text", [SHORT, LONG])
@pytest.mark.parametrize("body", [
    "<h3><button type=button>{q}</button></h3><div><p>{a}</p></div>",
    "<h3><button>{q}<span aria-hidden=true>+</span></button></h3><div hidden role=region>"
    "<p>{a}</p></div>",
    "<h2 class=accordion-header><button class='accordion-button collapsed' data-bs-toggle=collapse "
    "data-bs-target='#c'>{q}</button></h2><div id=c class='accordion-collapse collapse'>{a}</div>",
    "<button class=accordion>{q}</button><div class=panel style='display:none'><p>{a}</p></div>",
    "<dl><dt><button aria-expanded=false aria-controls=d>{q}</button></dt><dd id=d hidden>{a}</dl>",
    "<input type=checkbox id=q1><label for=q1>{q}</label><div class=content><p>{a}</p></div>",
    "<h4 class=panel-title><a data-toggle=collapse href='#e'>{q}</a></h4>"
    "<div id=e style='display: none'>{a}</div>",
    "<div class=elementor-tab-title role=button><a class=elementor-accordion-title href>{q}</a></div>"
    "<div class='elementor-tab-content' style='display: none;'>{a}</div>",
    "<div class=et_pb_toggle><h5>{q}</h5><div class=et_pb_toggle_content style='display:none'>"
    "<p>{a}</p></div></div>",
    "<h2><button aria-expanded=false><span>{q}</span><span> <span>Show</span></span></button></h2>"
    "<div hidden=until-found><p>{a}</p></div>",
    "<h3>{q}</h3><div style='display:none'><p>{a}</p></div>",
    "<div class=faq><p>{q}</p><div aria-hidden=true class=faq-answer>{a}</div></div>",
    "<h2 id=h>{q}</h2><div class=hidden aria-labelledby=h><p>{a}</p></div>",
])  # fmt: skip
def test_questions_and_hidden_answers_are_text(text: str, body: str) -> None:
    assert inside(body.format(q=QUESTION, a=ANSWER), text) == [QUESTION, ANSWER]


def test_hidden_tabs_are_text() -> None:
    assert inside(
        "<div role=tablist><button role=tab aria-controls=t1>Adults</button>"
        "<button role=tab aria-controls=t2>Children</button></div>"
        "<div role=tabpanel id=t1><p>Two puffs.</p></div>"
        "<div role=tabpanel id=t2 hidden><p>One puff.</p></div>"
    ) == ["Adults", "Children", "Two puffs.", "One puff."]
    assert inside(
        "<ul class='nav nav-tabs'><li><a data-toggle=tab href='#a'>Adults</a></ul>"
        "<div class=tab-content><div id=a class=tab-pane style='display:none'>Two puffs.</div></div>"
    ) == ["Adults", "Two puffs."]


def test_hidden_rows_of_a_dose_table_are_text() -> None:
    table = ("<table><tr><th>Age<th>Dose<tr><td>1<td>2<tr class=more style='display:none'>"
             "<td>over ten years<td>4</table>")  # fmt: skip
    assert rows(table)[-1] == ["over ten years", "4"]


@pytest.mark.parametrize("body", [
    "<button>Print</button>", "<button class=btn>Show more</button>", "<button>Sign up now</button>",
    "<form><label for=m>Your address for our letter</label><input id=m></form>",
    "<a class='sr-only' href='#main'>Skip to content</a>", "<template><p>Some text here.</p></template>",
    "<p style='display:none'>Cheap pills here. Buy them now.</p>",
    "<div style='position:absolute; left:-9999px'>Cheap pills here. <b>Buy them now.</b></div>",
    "<p style='text-indent:-5000px'>Cheap pills here.</p>", "<p style='font-size: 0'>Cheap pills here.</p>",
    "<span style='color:#FFF; background: #fff'>Cheap pills here.</span>",
    "<div class='modal' style='display:none'><p>Join us now. It is free.</p></div>",
    "<div id=cookie-law hidden><p>We use cookies here. Accept them.</p></div>",
    "<div class=tooltip-panel hidden><p>A word that helps you.</p></div>",
    "<i class='accordion-icon' aria-hidden=true>expand_more</i>",
    "<h3>Help</h3><div hidden><form><p>Tell us. We read it.</p><input></form></div>",
    "<button data-toggle=modal data-target='#m'>Open the form</button>",
])  # fmt: skip
def test_what_machines_hide_is_no_text(body: str) -> None:
    assert inside(body) == (["Help"] if "Help" in body else [])


@pytest.mark.parametrize("body", [
    "<div style='font-size:0'><p style='font-size:16px'>Use two puffs.</p></div>",
    "<p style='text-indent:-20px; padding-left:20px'>Use two puffs.</p>",
    "<p style='position:absolute; left:-12px'>Use two puffs.</p>",
    "<p style='color:#fff; background:#007'>Use two puffs.</p>",
    "<p style='color:#fff'>Use two puffs.</p>", "<p style='font-size:10px'>Use two puffs.</p>",
    "<p style='opacity:0'>Use two puffs.</p>",
])  # fmt: skip
def test_what_a_style_only_moves_or_colours_is_text(body: str) -> None:
    assert inside(body) == ["Use two puffs."]


def test_a_button_beside_the_words_of_a_heading_is_no_text() -> None:
    assert inside("<h2>Signs <button>Copy link to section</button></h2><p>Cough.</p>")[0] == "Signs"


def test_a_short_page_with_buttons_keeps_its_blocks_and_can_be_edited() -> None:
    spun = "Congestive heart disappointment is not the end of the heart."
    text = page(
        f"<article><h1>Heart</h1><p>{SENTENCES[0]} {SENTENCES[1]} {SENTENCES[2]}</p>"
        f"<h3><button type=button>{QUESTION}</button></h3><div><p>{spun}</p></div><ul><li>Rest</ul>"
        "</article>"
    )
    made = article(text)
    kinds = [b.kind for b in made.blocks]
    assert kinds == [BlockKind.HEADING, BlockKind.PARAGRAPH] * 2 + [BlockKind.LIST_ITEM]
    edited = edited_bytes(Cleaner(Config(grammar="off", model="off")).clean(made)).decode()
    assert "Congestive heart failure" in edited and f"<button type=button>{QUESTION}" in edited


# --- tables of contents --------------------------------------------------------------------------

BODY = f"{LONG}<h2>Causes</h2><p>Pollen.</p><h2>Treatment</h2><p>An inhaler.</p>"
ENTRIES = "<ul><li><a href='#c'>Causes</a><li><a href='#t'>Treatment</a></ul>"


@pytest.mark.parametrize("contents", [
    f"<h2>Contents</h2>{ENTRIES}", f"<p>On this page:</p>{ENTRIES}",
    f"<div class=toc>{ENTRIES}</div>", "<p>Contents</p><ul><li>Causes<li>2. Treatment</ul>",
    f"<p>Table of Contents</p><nav>{ENTRIES}</nav>",
    f"<div id=ez-toc-container><p>Contents</p><nav class=ez-toc-list>{ENTRIES}</nav></div>",
])  # fmt: skip
def test_a_table_of_contents_is_furniture(contents: str) -> None:
    plain = texts(f"<article><h1>Asthma</h1>{BODY}</article>")
    assert texts(f"<article><h1>Asthma</h1>{contents}{BODY}</article>") == plain


@pytest.mark.parametrize("lead", ["<p>Ask for help with:</p>", "<h2>Danger signs</h2>"])
def test_links_into_the_page_are_text_under_words_of_their_own(lead: str) -> None:
    found = texts(f"<article><h1>Asthma</h1>{SHORT}{lead}{ENTRIES}{BODY}</article>")
    assert found[3:5] == ["Causes", "Treatment"]


def test_contents_of_a_pack_are_text() -> None:
    found = inside("<h2>Contents</h2><p>Each pack holds 20 tablets.</p>")
    assert found == ["Contents", "Each pack holds 20 tablets."]


# --- cells, items, quotations, bare paragraphs ---------------------------------------------------


def test_a_list_in_a_cell_leaves_the_table_whole() -> None:
    assert rows(
        "<table><tr><th>Age<th>Dose<th>Most<tr><td>4 to 6 years<td>240 mg<td>"
        "<ul><li>4 doses</li><li>4 hours apart</li></ul><tr><td><p>Adults:</p><ul><li>one<li>two</ul>"
        "Ask us.<td><p>1 g</p><p>at night</p><td><h4>Note</h4></table>"
    ) == [
        ["Age", "Dose", "Most"], ["4 to 6 years", "240 mg", "4 doses; 4 hours apart"],
        ["Adults: one; two; Ask us.", "1 g; at night", "Note"],
    ]  # fmt: skip


def test_a_page_laid_out_with_a_table_is_no_data() -> None:
    found = texts(f"<table><tr><td><a href=/>Home</a><td>x<tr><td>{SIGNS}<td>{LONG}</table>")
    assert len(found) >= 8
    made = article(page(f"<table><tr><td>a<td>b<tr><td>{SIGNS}<td>{LONG}</table>"))
    assert not any(b.kind is BlockKind.TABLE for b in made.blocks)


def test_a_second_paragraph_stays_in_its_step() -> None:
    made = article(
        page("<ol><li><p>Sit up.</p><p>Do not lie down.</p></li><li><p>Use the inhaler.</p></ol>")
    )
    assert [(made.block_text(b), b.kind, b.number) for b in made.blocks] == [
        ("Sit up.\nDo not lie down.", BlockKind.LIST_ITEM, 1),
        ("Use the inhaler.", BlockKind.LIST_ITEM, 2),
    ]


def test_text_after_what_parts_an_item_is_no_item() -> None:
    made = article(page("<ol><li><p>A</p><ul><li>b</ul><p>C</p></li><li><h4>D</h4><p>E</p></ol>"))
    assert [(made.block_text(b), b.kind, b.number) for b in made.blocks] == [
        ("A", BlockKind.LIST_ITEM, 1), ("b", BlockKind.LIST_ITEM, 0), ("C", BlockKind.PARAGRAPH, 0),
        ("D", BlockKind.HEADING, 0), ("E", BlockKind.LIST_ITEM, 2),
    ]  # fmt: skip


def test_q_is_a_quotation() -> None:
    found = texts("<p>She said: <q>My lungs <q>whistle</q></q>. “<q>Yes</q>”, <q></q>he said.</p>")
    assert found == ["She said: “My lungs ‘whistle’”. “Yes”, he said."]


def test_blank_lines_part_bare_paragraphs_of_a_post() -> None:
    made = article(
        "Asthma makes it hard to breathe.\n\nKeep the windows closed.\r\n\r\n<ul>\n<li>Tablets</li>\n"
        "</ul>\n\nTake 5 mg a day.\n\n<em>Never</em> more.\n<b>And</b> rest.\n \n<h3>Children</h3>\n"
        "Half of it.\n\n[caption]<img src=a.jpg> An inhaler[/caption]\n\nAsk a doctor."
    )
    assert [" ".join(made.block_text(b).split()) for b in made.blocks] == [
        "Asthma makes it hard to breathe.", "Keep the windows closed.", "Tablets",
        "Take 5 mg a day.", "Never more. And rest.", "Children", "Half of it.",
        "[caption]\ufffc An inhaler[/caption]", "Ask a doctor.",
    ]  # fmt: skip


def test_blank_lines_of_a_template_part_no_sentence() -> None:
    assert texts("<div>\n\n By\n\n <a href=/j>Jo Lee</a>\n\n for all.\n\n Second.</div>") == [
        "By Jo Lee for all.", "Second."
    ]  # fmt: skip


# --- images --------------------------------------------------------------------------------------


def images(body: str) -> list[str]:
    made = article(page(f"<article>{SHORT}{body}</article>"))
    return [m.value for m in made.marks if m.kind is MarkKind.RAW]


@pytest.mark.parametrize(("body", "written"), [
    ("<img src='data:image/gif;base64,R0' data-src='https://e.example/1.jpg' alt='An &quot;a&quot;'>"
     "<noscript><img src='https://e.example/1.jpg'></noscript>",
     ['<img src="https://e.example/1.jpg" alt="An &quot;a&quot;">']),
    ("<img src=/placeholder.png data-src=2.jpg>", ['<img src="2.jpg">']),
    ("<img src=/blank.gif data-srcset='s.jpg 300w, l.jpg 900w'>", ['<img src="l.jpg">']),
    ("<img src='data:x'><noscript><img src=3.jpg></noscript>", ['<img src="3.jpg">']),
    ("<noscript><img src=4.jpg></noscript>", ["<img src=4.jpg>"]),
    ("<p><a href=big.jpg><img src=5.jpg></a></p>", ['<a href="big.jpg"><img src=5.jpg></a>']),
    ("<p><a href='javascript:x()'><img src=6.jpg></a></p>", ["<img src=6.jpg>"]),
    ("<img src=7.jpg onerror='x()'>", ['<img src="7.jpg">']),
    ("<img src=8.jpg alt=a>", ["<img src=8.jpg alt=a>"]),
    ("<noscript><img src=t.gif width=1 height=1></noscript><img src=p.gif width=1>", []),
])  # fmt: skip
def test_images_are_written_with_their_address(body: str, written: list[str]) -> None:
    assert images(body) == written


# --- titles, authors -----------------------------------------------------------------------------


def titled(head: str, body: str) -> tuple[str, list[str]]:
    made = article(f"<html><head>{head}</head><body>{body}</body></html>")
    return made.title, [made.block_text(b) for b in made.blocks if b.kind is BlockKind.HEADING]


def test_the_first_section_is_no_title() -> None:
    made = article(f"{SHORT}<h2>Treatment</h2><p>Inhalers help most people.</p><p>Ask us.</p>")
    assert made.title == "" and made.title_span is None


@pytest.mark.parametrize("text", [SHORT, LONG])
def test_a_heading_amid_the_text_is_no_title(text: str) -> None:
    title, headings = titled("<title>Asthma care</title>", f"{text}<h1>After it</h1><p>Rest.</p>")
    assert title == "Asthma care" and headings == ["After it"]


@pytest.mark.parametrize("site", [
    "<header><h1 class=site-title><a href=/>Lee Blog</a></h1></header>",
    "<div><h1><a href='https://lee.example/'>Lee Blog</a></h1></div>", "<h1 id=logo>Lee Blog</h1>",
])  # fmt: skip
@pytest.mark.parametrize("tag", ["h2", "h3"])
@pytest.mark.parametrize("head", [
    "<title>Asthma in spring | Lee Blog</title>", "<title>Lee Blog: Asthma in spring</title>",
    "<title>Lee</title><meta property='og:title' content='Asthma in spring'>",
])  # fmt: skip
def test_the_name_of_a_site_is_no_title(head: str, site: str, tag: str) -> None:
    title = f"<{tag} class=entry-title>Asthma in spring</{tag}>"
    body = f"{site}<article>{title}{LONG}<h3>Air</h3><p>Air.</p>"
    assert titled(head, body) == ("Asthma in spring", ["Asthma in spring", "Air"])


def test_a_linked_title_stays_one() -> None:
    body = f"<article><h1><a href=/asthma>Asthma</a></h1>{LONG}</article>"
    assert titled("<title>Asthma - Site</title>", body) == ("Asthma", ["Asthma"])


@pytest.mark.parametrize("filler", [LONG, LONG * 700])
@pytest.mark.parametrize("author", ["Mary O'Neil, MD, PhD", "Dr. Jane Roe"])
def test_authors_are_named_as_the_page_names_them(author: str, filler: str) -> None:
    made = article(
        f'<html><head><title>A</title><meta name=author content="{author}"><meta name="date" '
        f'content="2020-01-02T07:00:00Z"></head><body><article>{filler}</article></body></html>'
    )
    assert (made.metadata.author, made.metadata.date) == (author, "2020-01-02")


def test_authors_of_linked_data() -> None:
    data = '{"@graph":[{"@type":"Article","author":[{"name":"Jo Lee, MD"},{"name":"Ann Roe"}]}]}'
    made = article(
        f'<html><head><script type="application/ld+json">{data}</script></head><body>'
        f"<article>{LONG}</article></body></html>"
    )
    assert made.metadata.author == "Jo Lee, MD; Ann Roe"


def test_pages_are_read_without_trafilatura(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    found = texts(f"<nav><a href=/>Home</a></nav><article><h1>Asthma</h1>{LONG}</article>")
    assert found[0] == "Asthma" and len(found) == 9


def test_a_date_beside_the_author_is_no_author() -> None:
    line = "<p class=byline>By <a href=/author/jane>Jane Roe</a> | May 3, 2021</p>"
    made = article(page(f"<article><h1>Asthma</h1>{line}{LONG}</article>"))
    assert made.metadata.author == "Jane Roe"
