"""Word: struck out, deleted, raised and merged text, symbols, equations, notes and text boxes."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from tests.reading.test_formats import blocks, read
from tests.reading.test_offsets import check_map

from unspin.article import Article, BlockKind, MarkKind
from unspin.report import Report
from unspin.writing import render

docx = pytest.importorskip("docx", reason="needs the extra docx")


def made(fill: Callable[[Any], None]) -> Article:
    document = docx.Document()
    fill(document)
    out = io.BytesIO()
    document.save(out)
    article = read(out.getvalue(), "a.docx")
    check_map(article)
    assert article.text == article.source.text
    return article


def element(tag: str, *children: Any, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    out = OxmlElement(tag)
    for name, value in attributes.items():
        out.set(qn(f"w:{name}"), value)
    for child in children:
        out.append(child)
    return out


def run(text: str, tag: str = "w:t") -> Any:
    inner = element(tag)
    inner.text = text
    inner.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element("w:r", inner)


@pytest.mark.parametrize("name", ["strike", "double_strike", "hidden"])
def test_struck_out_and_hidden_runs_are_no_prose(name: str) -> None:
    def fill(document: Any) -> None:
        paragraph = document.add_paragraph("Adults take ")
        setattr(paragraph.add_run("4").font, name, True)
        kept = paragraph.add_run("2 tablets a day.")
        setattr(kept.font, name, False)

    assert made(fill).text == "Adults take 2 tablets a day."


def test_a_style_that_strikes_out_counts() -> None:
    def fill(document: Any) -> None:
        from docx.enum.style import WD_STYLE_TYPE

        base = document.styles.add_style("Gone", WD_STYLE_TYPE.CHARACTER)
        base.font.strike = True
        style = document.styles.add_style("Gone too", WD_STYLE_TYPE.CHARACTER)
        style.base_style = base
        paragraph = document.add_paragraph("take ")
        paragraph.add_run("4", style="Gone too")
        paragraph.add_run("2 tablets", style="Gone too").font.strike = False

    assert made(fill).text == "take 2 tablets"


def test_tracked_insertions_are_prose_and_deletions_are_not() -> None:
    def fill(document: Any) -> None:
        p = document.add_paragraph("no more than ")._p
        p.append(element("w:del", run("8", "w:delText"), id="1"))
        p.append(element("w:ins", run("4"), id="2"))
        p.append(element("w:moveFrom", run(" pills"), id="3"))
        p.append(run(" tablets"))
        p.append(element("w:sdt", element("w:sdtContent", run(" a day"))))

    assert made(fill).text == "no more than 4 tablets a day"


def test_a_deleted_item_takes_no_number() -> None:
    def fill(document: Any) -> None:
        document.add_paragraph("one", style="List Number")
        gone = document.add_paragraph(style="List Number")._p
        gone.append(element("w:del", run("two", "w:delText"), id="1"))
        gone.get_or_add_pPr().append(element("w:rPr", element("w:del", id="2")))
        document.add_paragraph("three", style="List Number")

    article = made(fill)
    assert [(article.block_text(b), b.number) for b in article.blocks] == [("one", 1), ("three", 2)]


def test_raised_numbers_stay_raised() -> None:
    def fill(document: Any) -> None:
        paragraph = document.add_paragraph("10")
        for text, raised in (("9", True), ("/L, 10", False), ("-", True), ("12", True), (", 5", False),
                             ("th, kg/m", True), ("2", True)):  # fmt: skip
            paragraph.add_run(text).font.superscript = raised
        paragraph.add_run(", H")
        paragraph.add_run("2").font.subscript = True
        paragraph.add_run("O")

    assert made(fill).text == "10⁹/L, 10⁻¹², 5th, kg/m², H2O"


def test_runs_of_one_mark_are_one_mark() -> None:
    def fill(document: Any) -> None:
        paragraph = document.add_paragraph("Do ")
        paragraph.add_run("n").bold = True
        paragraph.add_run("ot").bold = True
        paragraph.add_run(" stop.")

    article = made(fill)
    assert [(m.start, m.end, m.kind) for m in article.marks] == [(3, 6, MarkKind.STRONG)]


def table_of(article: Article) -> list[list[str]]:
    found = [b for b in article.blocks if b.kind is BlockKind.TABLE]
    return [[article.text[c.start : c.end] for c in b.cells] for b in found]


def test_merged_cells_are_written_once_and_keep_their_columns() -> None:
    def fill(document: Any) -> None:
        table = document.add_table(3, 3)
        table.cell(0, 1).merge(table.cell(0, 2)).text = "Dose"
        table.cell(1, 0).merge(table.cell(2, 0)).text = "Adults"
        for row, values in enumerate((("1 mg", "2 mg"), ("3 mg", "4 mg")), 1):
            for column, value in enumerate(values, 1):
                table.cell(row, column).text = value
        table.cell(0, 0).text = "Age"

    assert table_of(made(fill)) == [
        ["Age", "Dose", ""], ["Adults", "1 mg", "2 mg"], ["", "3 mg", "4 mg"],
    ]  # fmt: skip


def test_cells_hold_no_deleted_text_and_deleted_rows_are_none() -> None:
    def fill(document: Any) -> None:
        table = document.add_table(3, 2)
        for i, row in enumerate(table.rows):
            row.cells[0].text = f"age {i}"
            paragraph = row.cells[1].paragraphs[0]
            paragraph.add_run("8").font.strike = True
            paragraph.add_run("10")
            paragraph.add_run("9").font.superscript = True
        table.rows[1]._tr.get_or_add_trPr().append(element("w:del", id="1"))
        inner = table.rows[2].cells[1].add_table(1, 1)
        inner.cell(0, 0).text = "inner"

    assert table_of(made(fill)) == [["age 0", "10⁹"], ["age 2", "10⁹; inner"]]


def test_content_controls_are_read_and_tables_of_contents_are_not() -> None:
    def fill(document: Any) -> None:
        body = document.element.body
        control = element("w:sdt", element("w:sdtContent", element("w:p", run("Take 5 mg."))))
        contents = element(
            "w:sdt", element("w:sdtPr", element("w:docPartObj")),
            element("w:sdtContent", element("w:p", run("Contents"))),
        )  # fmt: skip
        for one in (contents, control):
            body.insert(len(body) - 1, one)
        document.add_paragraph("Then rest.")

    assert blocks(made(fill)) == [("paragraph", "Take 5 mg."), ("paragraph", "Then rest.")]


def test_links_keep_their_address() -> None:
    def fill(document: Any) -> None:
        paragraph = document.add_paragraph("See ")
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        rel = paragraph.part.relate_to("https://a.org", f"{kind}/hyperlink", is_external=True)
        link = element("w:hyperlink", run("the "), run("leaflet"))
        link.set(f"{{{kind}}}id", rel)
        paragraph._p.append(link)

    article = made(fill)
    assert article.text == "See the leaflet"
    assert [(m.start, m.end, m.value) for m in article.marks] == [(4, 15, "https://a.org")]


def test_signs_of_symbol_fonts_are_written_in_unicode() -> None:
    def fill(document: Any) -> None:
        p = document.add_paragraph("25 ")._p
        p.append(element("w:r", element("w:sym", font="Symbol", char="F06D")))
        p.append(run("g a day, "))
        p.append(element("w:r", element("w:sym", font="Symbol", char="00A3")))
        p.append(run("40 "))
        for font, code in (("Wingdings", "F0FE"), ("MS Gothic", "2610"), ("House", "F041")):
            p.append(element("w:r", element("w:sym", font=font, char=code)))
        old = run(" \uf062-blocker (\uf06d)")
        old.insert(0, element("w:rPr", element("w:rFonts", ascii="Symbol")))
        p.append(old)

    assert made(fill).text == "25 μg a day, ≤40 ☑☐\ufffd β-blocker (μ)"


def noted(document: Any, kind: str, *notes: tuple[str, str]) -> None:
    """Adds a part with footnotes or endnotes, by id."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from lxml import etree

    root = element(f"w:{kind}")
    for name, text in notes:
        root.append(element(f"w:{kind[:-1]}", element("w:p", run(text)), id=name))
    related = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    uri = PackURI(f"/word/{kind}.xml")
    media = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"
    part = Part(uri, media, etree.tostring(root), document.part.package)
    document.part.relate_to(part, f"{related}/{kind}")


def test_footnotes_and_endnotes_stand_at_the_end() -> None:
    def fill(document: Any) -> None:
        p = document.add_paragraph("Drink little.")._p
        p.append(element("w:r", element("w:footnoteReference", id="3")))
        p.append(run(" Rest."))
        p.append(element("w:r", element("w:endnoteReference", id="2")))
        p.append(element("w:r", element("w:footnoteReference", id="4", customMarkFollows="1")))
        p.append(run("*"))
        document.add_paragraph("Then walk.")
        noted(
            document, "footnotes", ("2", "cut"), ("3", " No more than 200 ml."), ("4", "* Adults.")
        )
        noted(document, "endnotes", ("2", "BNF 2023."))

    assert [text for _, text in blocks(made(fill))] == [
        "Drink little.¹ Rest.²*", "Then walk.", "¹ No more than 200 ml.", "² BNF 2023.", "* Adults.",
    ]  # fmt: skip


def test_text_boxes_are_read_once() -> None:
    def fill(document: Any) -> None:
        from docx.oxml import parse_xml

        ns = (
            'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
            'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        )
        box = (
            "<w:txbxContent><w:p><w:r><w:t>Call 999 if you bleed.</w:t></w:r></w:p></w:txbxContent>"
        )
        both = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        drawn = f"<w:r {ns}><mc:AlternateContent>{both}</mc:AlternateContent></w:r>"
        document.add_paragraph("Take 5 mg.")._p.append(parse_xml(drawn))
        document.add_paragraph("Then rest.")
        cell = document.add_table(1, 1).cell(0, 0)
        cell.text = "Dose"
        cell.paragraphs[0]._p.append(parse_xml(f"<w:r {ns}><w:pict>{box}</w:pict></w:r>"))

    assert [text for _, text in blocks(made(fill))] == [
        "Take 5 mg.", "Call 999 if you bleed.", "Then rest.", "Dose; Call 999 if you bleed.",
    ]  # fmt: skip


def test_equations_are_written_on_the_line() -> None:
    def fill(document: Any) -> None:
        from docx.oxml import parse_xml

        ns = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'

        def t(text: str) -> str:
            return f"<m:r><m:t>{text}</m:t></m:r>"

        power = f"<m:sSup><m:e>{t('height')}</m:e><m:sup>{t('2')}</m:sup></m:sSup>"
        share = f"<m:f><m:num>{t('a+b')}</m:num><m:den>{power}</m:den></m:f>"
        root = f"<m:rad><m:deg/><m:e>{t('x y')}</m:e></m:rad>"
        total = f"<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:e><m:d><m:e>{t('n')}</m:e></m:d></m:e></m:nary>"
        p = document.add_paragraph("BMI = ")._p
        p.append(parse_xml(f"<m:oMath {ns}>{share}{t('·')}{root}{t('+')}{total}</m:oMath>"))
        p.append(run("."))

    assert made(fill).text == "BMI = (a+b)/height²·√(x y)+∑(n)."


def test_a_line_that_the_author_ended_ends_in_the_written_article() -> None:
    article = made(lambda document: document.add_paragraph("1 High Street\nLeeds"))
    report = Report(article, article, (), (), None, (), None, None, {}, {})
    assert "1 High Street  \nLeeds" in render(report, "md")
    assert "1 High Street<br>" in render(report, "html")


def test_text_over_text_and_text_that_old_programs_show() -> None:
    def fill(document: Any) -> None:
        from docx.oxml import parse_xml

        ns = (
            'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
            'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        )
        ruby = "<w:ruby><w:rt><w:r><w:t>xīn</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>心</w:t></w:r></w:rubyBase></w:ruby>"
        sign = "<mc:AlternateContent><mc:Choice/><mc:Fallback><w:t>☺</w:t></mc:Fallback></mc:AlternateContent>"
        runs = "<mc:Choice><w:r><w:t> new</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t> old</w:t></w:r></mc:Fallback>"
        p = document.add_paragraph("Heart: ")._p
        p.append(parse_xml(f"<w:r {ns}>{ruby}</w:r>"))
        p.append(parse_xml(f"<w:r {ns}>{sign}</w:r>"))
        p.append(parse_xml(f"<mc:AlternateContent {ns}>{runs}</mc:AlternateContent>"))

    assert made(fill).text == "Heart: 心(xīn)☺ new"


def numbered(article: Article) -> list[tuple[str, int, int, str]]:
    items = [b for b in article.blocks if b.kind is BlockKind.LIST_ITEM]
    return [(article.block_text(b), b.level, b.number, b.value) for b in items]


def test_a_list_counts_on_behind_a_paragraph_and_restarts_below_each_item() -> None:
    def fill(document: Any) -> None:
        for text, style in (("cap", ""), ("hold", ""), ("Do not press.", None), ("push", ""),
                            ("hard", " 2"), ("fast", " 2"), ("wait", "")):  # fmt: skip
            document.add_paragraph(text, style=None if style is None else f"List Number{style}")

    assert numbered(made(fill)) == [
        ("cap", 1, 1, ""), ("hold", 1, 2, ""), ("push", 1, 3, ""), ("hard", 2, 1, ""),
        ("fast", 2, 2, ""), ("wait", 1, 4, ""),
    ]  # fmt: skip


def listed(document: Any, name: str, counting: str, start: str = "1") -> None:
    """Defines a list with two levels, and a second one of its own that starts at five."""
    numbering = document.part.numbering_part.element
    levels = [
        element("w:lvl", element("w:start", val=start), element("w:numFmt", val=counting), ilvl="0"),
        element("w:lvl", element("w:start", val="1"), element("w:numFmt", val="lowerRoman"), ilvl="1"),
    ]  # fmt: skip
    numbering.insert(0, element("w:abstractNum", *levels, abstractNumId=name))
    numbering.append(element("w:num", element("w:abstractNumId", val=name), numId=name))
    own = element("w:lvlOverride", element("w:startOverride", val="5"), ilvl="0")
    numbering.append(element("w:num", element("w:abstractNumId", val=name), own, numId=f"{name}0"))


def test_lists_count_as_they_are_defined() -> None:
    def fill(document: Any) -> None:
        listed(document, "77", "lowerLetter")
        for text, name, level in (("one", "77", "0"), ("two", "77", "0"), ("deep", "77", "1"),
                                  ("deeper", "77", "1"), ("three", "77", "0"), ("five", "770", "0"),
                                  ("six", "770", "0"), ("deep again", "77", "1"), ("none", "0", "0")):  # fmt: skip
            p = document.add_paragraph(text, style="List Number")._p
            p.get_or_add_pPr().append(
                element("w:numPr", element("w:ilvl", val=level), element("w:numId", val=name))
            )

    article = made(fill)
    assert numbered(article) == [
        ("one", 1, 1, "a."), ("two", 1, 2, "b."), ("deep", 2, 1, "i."), ("deeper", 2, 2, "ii."),
        ("three", 1, 3, "c."), ("five", 1, 5, "e."), ("six", 1, 6, "f."), ("deep again", 2, 1, "i."),
    ]  # fmt: skip
    assert blocks(article)[-1] == ("paragraph", "none")


def test_bullets_and_lists_that_nothing_defines() -> None:
    def fill(document: Any) -> None:
        listed(document, "78", "bullet")
        for text, name in (("point", "78"), ("lost", "999")):
            p = document.add_paragraph(text)._p
            p.get_or_add_pPr().append(element("w:numPr", element("w:numId", val=name)))
        document.add_paragraph("step", style="List Number")

    assert numbered(made(fill)) == [("point", 1, 0, ""), ("lost", 1, 0, ""), ("step", 1, 1, "")]
