"""Flat text becomes title, headings, lists, tables, quotes and embeds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from unspin.article import Article, BlockKind
from unspin.config import Config
from unspin.reading import read_bytes
from unspin.structure import structure

BODY = (
    "The joint swells after a long walk, and it takes a night of rest before it bears weight "
    "again without pain."
)


def read(text: str, name: str = "case.txt") -> Article:
    article = next(iter(read_bytes(text.encode(), name, Config())))
    assert isinstance(article, Article)
    return structure(article)


def of_kind(article: Article, kind: BlockKind) -> list[str]:
    return [
        article.block_text(b)
        for b in article.blocks
        if b.kind is kind and b.span != article.title_span
    ]


def headings(text: str) -> list[str]:
    return of_kind(read(text), BlockKind.HEADING)


def items(text: str) -> list[str]:
    return of_kind(read(text), BlockKind.LIST_ITEM)


def test_flat_first_line_is_the_title() -> None:
    article = read(f"Knees that swell\n\n{BODY}\n")
    assert article.title == "Knees that swell"
    assert article.blocks[0].level == 1


def test_flat_first_paragraph_is_no_title() -> None:
    assert read(f"{BODY}\n\n{BODY}\n").title_span is None


@pytest.mark.parametrize(
    "line",
    [
        "What makes a knee swell?",
        "Causes of Knee Swelling",
        "Looking after your knees",
        "SWELLING AT NIGHT",
        "Symptoms",
        "2.1 Causes in young people",
    ],
)
def test_flat_heading_on_a_line_of_its_own(line: str) -> None:
    assert headings(f"Knees that swell\n\n{BODY}\n\n{line}\n\n{BODY}\n") == [line]
    assert headings(f"Knees that swell\n\n{BODY}\n\n{line}\n{BODY}\n") == [line]


@pytest.mark.parametrize(
    "line",
    [
        "It swells at night.",
        "The knee may also be hurt by",
        "Posted on March 3, 2015",
        "By Maria Lindt",
        "Call 555-123-4567",
        "Less than 180 mg/dL",
        "Read more",
        "swelling of the knee",
        "Measles - an illness with a rash",
    ],
)
def test_flat_line_that_is_no_heading(line: str) -> None:
    assert headings(f"Knees that swell\n\n{BODY}\n\n{line}\n\n{BODY}\n") == []


def test_flat_title_repeated_on_a_line_is_no_heading() -> None:
    assert headings(f"Best Knee Brace\n\n{BODY}\n\nBest Knee Brace\n\n{BODY}\n") == []


def test_flat_underlined_headings_nest() -> None:
    article = read(f"Knees\n=====\n\n{BODY}\n\nCauses\n======\n{BODY}\n\nFalls\n-----\n{BODY}\n")
    assert of_kind(article, BlockKind.HEADING) == ["Causes", "Falls"]
    assert "===" not in article.text


def test_flat_numbered_headings_are_not_a_list() -> None:
    text = f"Knees that swell\n\n1. Causes\n\n{BODY}\n\n2. Treatment\n\n{BODY}\n"
    assert headings(text) == ["1. Causes", "2. Treatment"]
    assert items(text) == []


def test_flat_hard_wrapped_lines_are_joined() -> None:
    text = (
        "Knees that swell\n\n"
        "The joint swells after a long walk, and it takes a night of rest\n"
        "before it bears weight again without pain. Most people find that a\n"
        "cold pack helps, but some do not.\n\n"
        "- keep the leg up in the evening, with a pillow under the heel and\n"
        "  another one under the calf\n"
        "- wear flat shoes\n"
    )
    article = read(text)
    assert [b.kind for b in article.blocks] == [
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
        BlockKind.LIST_ITEM,
        BlockKind.LIST_ITEM,
    ]
    assert "night of rest before it bears" in article.text
    assert "heel and another one" in article.text
    at = article.text.index("before it")
    source = article.map.start_of(at)
    assert text[source : source + 9] == "before it"


@pytest.mark.parametrize(
    "marker",
    ["• ", "- ", "* ", "– ", "·\t", "o ", "o  ", "o   ", "(a) ", "a) ", "1. ", "1) "],
)
def test_flat_marked_items(marker: str) -> None:
    names = ["rest", "ice", "a firm bandage"]
    lines = []
    for n, name in enumerate(names):
        own = marker.replace("1", str(n + 1)).replace("a)", f"{'abc'[n]})")
        lines.append(f"  {own}{name}")
    text = "Knees that swell\n\nThese may help:\n\n" + "\n".join(lines) + f"\n\n{BODY}\n"
    assert items(text) == names


def test_flat_nested_items() -> None:
    article = read("Knees that swell\n\nTry:\n\n- rest\n  - at night\n  - at noon\n- ice\n")
    levels = [b.level for b in article.blocks if b.kind is BlockKind.LIST_ITEM]
    assert levels == [1, 2, 2, 1]


def test_flat_number_at_a_line_start_is_no_item() -> None:
    assert items(f"Knees that swell\n\n{BODY}\n\n12. was the number of the ward.\n\n{BODY}\n") == []


def test_flat_inline_bullets_become_items() -> None:
    text = f"Knees that swell\n\nWatch for: • redness • heat • fever\n\n{BODY}\n"
    assert items(text) == ["redness", "heat", "fever"]


def test_flat_lines_without_markers_behind_a_colon() -> None:
    text = f"Knees that swell\n\nWatch for:\n\nredness\nheat of the skin\nfever\n\n{BODY}\n"
    assert items(text) == ["redness", "heat of the skin", "fever"]
    assert [n.kind for n in read(text).notes] == ["lost-bullet"]


def test_flat_short_sentences_on_lines_of_their_own() -> None:
    names = ["Keep the leg up.", "Cool it with ice in a towel.", "Wear flat shoes for a week."]
    text = f"Knees that swell\n\n{BODY}\n\nCare\n\n" + "\n".join(names) + f"\n\n{BODY}\n"
    assert items(text) == names


def test_flat_lead_in_without_colon() -> None:
    text = f"Knees that swell\n\nThe signs may include\n\nredness\n\nheat\n\nfever\n\nTreatment\n\n{BODY}\n"
    assert items(text) == ["redness", "heat", "fever"]
    assert headings(text) == ["Treatment"]


def test_flat_item_run_into_its_paragraph() -> None:
    text = (
        "Knees that swell\n\nIt hurts in:\n\n• tendons\n• nerves\n\n"
        "the small sacs below the knee, called bursae It can also come from the hip.\n"
    )
    article = read(text)
    assert (
        of_kind(article, BlockKind.LIST_ITEM)[-1] == "the small sacs below the knee, called bursae"
    )
    assert article.block_text(article.blocks[-1]) == "It can also come from the hip."
    assert len({b.group for b in article.blocks if b.kind is BlockKind.LIST_ITEM}) == 1


def test_flat_numbered_headings_with_the_word_table() -> None:
    names = ["1. Pendulum", "2. Table slide", "3. Wall walk"]
    text = "Shoulders that stick\n\n" + "\n\n".join(f"{name}\n{BODY}" for name in names)
    assert headings(text + "\n") == names


def test_flat_heading_run_into_its_paragraph() -> None:
    article = read(f"Knees that swell\n\n{BODY}\n\nTorn and Worn Cartilage. {BODY}\n")
    assert of_kind(article, BlockKind.HEADING) == ["Torn and Worn Cartilage."]


@pytest.mark.parametrize(("line", "heads"), [
    ("TORN AND WORN DISCS.", True), ("What Is COPD.", True), ("Ring the GP or the ED.", False),
])  # fmt: skip
def test_flat_a_sentence_with_abbreviations_is_no_heading(line: str, heads: bool) -> None:
    assert headings(f"Knees that swell\n\n{BODY}\n\n{line} {BODY}\n") == [line] * heads


def test_flat_a_line_that_ends_early_stays_in_its_paragraph() -> None:
    lines = [
        "You will be able to get up on the day. The nurse will help you",
        "to stand, and then to walk a few steps with a frame. Most people",
        "go home after 1 to 3 days, and some stay a little longer.",
    ]
    signs = ["pain that comes at night and when you lie on it", "heat of the skin"]
    article = read("Hips\n\n" + "\n".join(lines) + "\n\nWatch for:\n\n" + "\n".join(signs) + "\n")
    assert of_kind(article, BlockKind.PARAGRAPH)[0] == " ".join(lines)
    assert of_kind(article, BlockKind.LIST_ITEM) == signs


def test_flat_what_is_asked_in_a_talk_is_no_heading() -> None:
    talk = f"I: How do you sit?\n\nN: {BODY}\n\nI: And how do you sleep?\n\nN: {BODY}\n"
    assert headings(f"Knees that swell\n\n{BODY}\n\n{talk}") == []
    faq = f"Q: How do I sit?\n\nA: {BODY}\n\nQ: How do I sleep?\n\nA: {BODY}\n"
    assert len(headings(f"Knees that swell\n\n{BODY}\n\n{faq}")) == 2


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/watch?v=abc123",
        "https://youtu.be/abc123",
        "https://vimeo.com/12345",
        "//player.vimeo.com/video/12345",
    ],
)
def test_flat_bare_video_url_is_an_embed(url: str) -> None:
    article = read(f"Knees that swell\n\n{BODY}\n\n{url}\n\n{BODY}\n")
    assert [b.value for b in article.blocks if b.kind is BlockKind.EMBED] == [url]


def test_flat_other_url_is_no_embed() -> None:
    assert of_kind(read(f"Knees\n\n{BODY}\n\nhttps://example.org/a\n"), BlockKind.EMBED) == []


@pytest.mark.parametrize("sign", ["\t", " | "])
def test_flat_tables(sign: str) -> None:
    rows = [["Drug", "Dose"], ["Ibuprofen", "400"], ["Naproxen", "250"]]
    lines = [sign.join(row) for row in rows]
    article = read("Knees that swell\n\n" + "\n".join(lines) + f"\n\n{BODY}\n")
    found = [b for b in article.blocks if b.kind is BlockKind.TABLE]
    assert [[article.text[c.start : c.end] for c in b.cells] for b in found] == rows
    assert [b.header for b in found] == [True, False, False]


@pytest.mark.parametrize("sign", ["\t", " | "])
def test_flat_a_table_behind_one_with_a_rule_keeps_its_heading(sign: str) -> None:
    table = f"Age{sign}Weight\n---\nChild{sign}20 kg\nAdult{sign}70 kg"
    article = read(f"Knees that swell\n\n{BODY}\n\n{table}\n\n{table}\n\n{BODY}\n")
    found = [(b.kind, b.header) for b in article.blocks[2:-1]]
    assert found == [(BlockKind.TABLE, header) for header in (True, False, False)] * 2


@pytest.mark.parametrize("rule", ["|---|---|", "--- | ---"])
def test_flat_rules_without_rows_are_no_table(rule: str) -> None:
    text = f"Knees that swell\n\n{BODY}\n\n{rule}\n{rule}\n\n{BODY}\n"
    assert of_kind(read(text), BlockKind.TABLE) == []


def test_flat_quotes() -> None:
    said = "“I could not climb the stairs for weeks after that.”"
    article = read(f"Knees that swell\n\n{BODY}\n\n{said}\n\n> Rest is best.\n\n{BODY}\n")
    assert of_kind(article, BlockKind.QUOTE) == [said, "Rest is best."]


def test_flat_levels_never_skip() -> None:
    text = f"Knees\n\n1. Causes\n\n{BODY}\n\n1.1.1 Falls\n\n{BODY}\n\n2. Care\n\n{BODY}\n"
    levels = [b.level for b in read(text).blocks if b.kind is BlockKind.HEADING]
    assert all(b <= a + 1 for a, b in zip(levels, levels[1:], strict=False))


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "",
                "Symptoms",
                "- rest",
                "  • ice packs",
                "1. one",
                "2. two",
                "=====",
                "It may help to:",
                "a | b",
                "c | d",
                "> quoted words",
                "Torn and Worn Discs. The spine has many discs that dry out with age.",
                "a small thing It can also come from the hip and the thigh.",
                BODY,
                "https://youtu.be/abc",
            ]
        ),
        st.text(alphabet="abc DEf.:-•\t|?", max_size=40),
    ),
    max_size=14,
)


@given(LINES)
@example(["--|", "--"])  # a table of nothing but its frame
@settings(max_examples=150, deadline=None)
def test_flat_loses_no_letter_and_maps_back(lines: list[str]) -> None:
    text = "\n".join(lines)
    article = next(iter(read_bytes(text.encode(), "case.txt", Config())), None)
    if not isinstance(article, Article):
        return
    made = structure(article)
    markers = {"o", "a", "b", "c"}  # "o " and "a) " are list markers
    want = [c for c in text if c.isalnum() and c not in markers and not c.isdigit()]
    got = [c for c in made.text if c.isalnum() and c not in markers and not c.isdigit()]
    assert got == want
    for segment in made.map.segments:
        if segment.linear and segment.length > 1:
            own = made.text[segment.start : segment.end]
            assert text[segment.source_start : segment.source_end] == own


@pytest.mark.shared
def test_flat_seed_article(shared: Path) -> None:
    data = (shared / "seed" / "article.txt").read_bytes()
    article = next(iter(read_bytes(data, "article.txt", Config())))
    assert isinstance(article, Article)
    made = structure(article)
    assert len(of_kind(made, BlockKind.HEADING)) == 11
    assert len(of_kind(made, BlockKind.LIST_ITEM)) == 7
    assert len(of_kind(made, BlockKind.EMBED)) == 1
    lists = [b.group for b in made.blocks if b.kind is BlockKind.LIST_ITEM]
    assert [lists.count(g) for g in dict.fromkeys(lists)] == [4, 3]


# --- tables that spaces line up, labels, lists of advice -------------------------------------------


def between(body: str) -> list[tuple[BlockKind, str]]:
    article = read(f"Knees that swell\n\n{BODY}\n\n{body}\n\n{BODY}\n")
    return [(b.kind, article.block_text(b)) for b in article.blocks[2:-1]]


@pytest.mark.parametrize(
    "table",
    [
        "Drug         Dose (mg)   Times/day\n------------\nibuprofen    200         3\naspirin      500         4",
        "Drug         Dose (mg)\nibuprofen    200\naspirin      500",
        "Drug         Dose\n----         ----\nibuprofen    200\naspirin      500",
        "Name        Dose\nshort          5\na long one   500",
        "Drug       Dose\n=====      =====\nibuprofen  with food\n           and water\naspirin    none",
        "ibuprofen    a pain killer\naspirin      thins the blood",
        "Name    Dose  Unit\nA       1       mg\nLongish   20    mg",
        "+------+-----+\n| Drug | mg  |\n+------+-----+\n| ibu  | 200 |\n+------+-----+",
        "1   Rest    daily\n2   Ice     hourly",
    ],
)
def test_flat_aligned_columns_stay_as_they_stand(table: str) -> None:
    assert between(table) == [(BlockKind.CODE, table)]
    indented = "\n".join(f"  {line}" for line in table.split("\n"))
    assert between(indented) == [(BlockKind.CODE, table)]
    article = read(f"Knees that swell\r\n\r\n{BODY}\r\n\r\n{table}\r\n".replace("\n", "\r\n"))
    assert article.blocks[-1].kind is BlockKind.CODE


def test_flat_lines_around_a_table_are_no_rows() -> None:
    table = "Drug         Dose\nibuprofen    200\naspirin      500"
    found = between(f"Table 1. Doses\n{table}\nSource: the book.")
    assert (BlockKind.CODE, table) in found
    assert [text for _, text in found] == ["Table 1. Doses", table, "Source: the book."]


@pytest.mark.parametrize(
    "text",
    [
        "1.  Rest\n2.  Ice\n3.  A firm bandage",
        "It hurts.  Rest helps.\nIce too.  It cools.",
        "-   rest\n-   ice",
    ],
)
def test_flat_wide_spaces_alone_are_no_table(text: str) -> None:
    assert BlockKind.CODE not in [kind for kind, _ in between(text)]


def test_flat_a_rule_below_the_heading_of_a_tabbed_table_heads_no_section() -> None:
    found = between("Drug\tDose\n------------\nibu\t200\nasp\t500")
    assert [kind for kind, _ in found] == [BlockKind.TABLE] * 3


@pytest.mark.parametrize(
    "labels", [("a)", "b)"), ("(a)", "(b)"), ("i.", "ii."), ("A.", "B."), ("(i)", "(ii)")]
)
def test_flat_labels_stay_with_their_items(labels: tuple[str, str]) -> None:
    article = read(f"Knees that swell\n\n{BODY}\n\n{labels[0]} water\n{labels[1]} tea\n\n{BODY}\n")
    found = [b.value for b in article.blocks if b.kind is BlockKind.LIST_ITEM]
    assert found == list(labels)


@pytest.mark.parametrize("name", ["Do", "Dos", "Do's", "DO", "Don't", "Don’t", "Don'ts", "Never"])
@pytest.mark.parametrize("colon", ["", ":"])
@pytest.mark.parametrize(
    "body", ["\nRest it\nUse ice", "\n- Rest it\n- Use ice", "\n\nRest it\nUse ice"]
)
def test_flat_lists_of_advice_keep_name_and_first_item(name: str, colon: str, body: str) -> None:
    kind = BlockKind.PARAGRAPH if colon else BlockKind.HEADING
    assert between(f"{name}{colon}{body}") == [
        (kind, name + colon),
        (BlockKind.LIST_ITEM, "Rest it"),
        (BlockKind.LIST_ITEM, "Use ice"),
    ]


@pytest.mark.parametrize(
    "text",
    ["Do:\nrest it\n- use ice\n- wait", "Do: rest it\n- use ice\n- wait", "Do: - rest it\n- use ice\n- wait"],
)  # fmt: skip
def test_flat_a_first_item_without_a_bullet_is_an_item(text: str) -> None:
    assert between(text) == [
        (BlockKind.PARAGRAPH, "Do:"),
        (BlockKind.LIST_ITEM, "rest it"),
        (BlockKind.LIST_ITEM, "use ice"),
        (BlockKind.LIST_ITEM, "wait"),
    ]


def test_flat_a_line_of_advice_above_items_heads_no_section() -> None:
    assert between("Do not run on it\n- jump\n- kneel")[0] == (
        BlockKind.PARAGRAPH, "Do not run on it",
    )  # fmt: skip


BROKEN = """Asthma affects the airways in the
lungs. Signs of it are tightness in the
chest and coughing. It has no symp-
toms at all in between. Wait 30-
60 seconds, and then give one more puff. Use short-
and long-acting inhalers.
"""


def test_flat_lines_with_broken_words_are_one_paragraph() -> None:
    article = read(f"Attacks of asthma\n\n{BROKEN}\n{BODY}\n")
    assert of_kind(article, BlockKind.LIST_ITEM) == []
    assert article.block_text(article.blocks[1]) == (
        "Asthma affects the airways in the lungs. Signs of it are tightness in the chest and "
        "coughing. It has no symp-toms at all in between. Wait 30-60 seconds, and then give one "
        "more puff. Use short- and long-acting inhalers."
    )


def test_flat_lines_out_of_the_middle_of_a_paragraph_are_no_items() -> None:
    lines = "lungs. Signs of it are tightness\nchest and coughs. It has no signs\nat other times. It helps"
    assert (
        items(f"Attacks of asthma\n\nAsthma affects the airways in the\n{lines}\n\n{BODY}\n") == []
    )


def test_flat_verses_are_no_items() -> None:
    verse = "I lie awake at night,\nthe drip goes on and on,\nthe nurse walks by,\nand no one lets me sleep."
    assert items(f"Poems of the ward\n\n{verse}\n\n{BODY}\n") == []
    ended = "First the words go.\nThen the hammer falls.\nShe lay with cloths and would not cry."
    assert items(f"Poems of the ward\n\n{verse}\n\n{ended}\n\n{BODY}\n") == []


def test_flat_a_question_that_a_speaker_asks_is_no_heading() -> None:
    talk = (
        "PRIYA: I sneeze all day.\n\nDR OKE: When do you start the spray?\n\nPRIYA: When I sneeze."
    )
    assert "DR OKE: When do you start the spray?" not in headings(f"{talk}\n\n{BODY}\n")


def test_flat_a_star_that_a_word_bears_begins_a_footnote() -> None:
    assert items(f"Sleep\n\nShift work harms sleep.* {BODY}\n\n* Data of 2019.\n") == []
    assert items(f"Sleep\n\nShift work *harms* sleep. {BODY}\n\n* Rest.\n") == ["Rest."]
    assert items(f"Sleep\n\nShift work harms.* {BODY}\n\n* Rest.\n* Ice.\n") == ["Rest.", "Ice."]


def test_flat_bullets_of_symbol_fonts() -> None:
    text = f"Sleep\n\n{BODY}\n\n\uf0b7 your tablets\n\uf0b7\tyour glasses\n\uf0fc no food\n"
    assert items(text) == ["your tablets", "your glasses", "no food"]


def test_flat_the_title_stands_below_what_heads_the_page() -> None:
    above = "Home > Feet > Heel pain\n\nWe use cookies on this site. Accept all cookies\n\n"
    article = read(f"{above}Heel pain\n\n{BODY}\n")
    assert article.title == "Heel pain"
    assert article.blocks[2].level == 1


@pytest.mark.parametrize(
    "line", ["1.5 mg a day", "2.5–5 ml twice", "1-2 tablets", "½ tablet at night", "10 drops"]
)
def test_flat_amounts_are_no_headings(line: str) -> None:
    assert headings(f"Knees that swell\n\n{BODY}\n\n{line}\n\n{BODY}\n") == []


@pytest.mark.parametrize("line", ["2.1 Minutes of rest", "5 Ways to rest", "10 things to know"])
def test_flat_numbers_that_count_no_amount_may_head(line: str) -> None:
    assert headings(f"Knees that swell\n\n{BODY}\n\n{line}\n\n{BODY}\n") == [line]


def test_flat_names_of_sections_glued_between_sentences_are_headings() -> None:
    text = (
        "Knees that swell\n\nA band of tissue runs across the bottom of each foot.SymptomsPlantar "
        "fasciitis causes a stabbing pain near the heel.Risk factorsMost people who get it are "
        "between forty and sixty, and run a lot.Print this page. It is on ResearchGate. The team "
        "of TreatmentPlus reads it.\n"
    )
    article = read(text)
    assert of_kind(article, BlockKind.HEADING) == ["Symptoms", "Risk factors"]
    assert of_kind(article, BlockKind.PARAGRAPH)[0].endswith("bottom of each foot.")
    assert of_kind(article, BlockKind.PARAGRAPH)[1].startswith("Plantar fasciitis causes")
    at = article.text.index("Most people")
    assert text[article.map.start_of(at) :].startswith("Most people")


def test_flat_buttons_above_the_title_are_no_title_and_announce_no_list() -> None:
    text = (
        "Accept All Reject Manage preferences\nSkip to main content\nLog in\n"
        f"Home » Feet » Knees that swell\n\nKnees that swell\n\n{BODY}\n"
    )
    assert read(text).title == "Knees that swell"
    text = f"Knees that swell\n\n{BODY}\n\nLog in\n\nSearch\n\nWritten by A. Moor\n\n{BODY}\n"
    assert items(text) == []
