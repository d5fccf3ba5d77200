from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from unspin.article import Article, BlockKind, MarkKind
from unspin.config import Config
from unspin.errors import InputError
from unspin.reading import collect, read_bytes

ENGLISH = (
    "Back pain is common in adults and most people get better in a few weeks with rest and "
    "with simple care at home, but you should see a doctor when it lasts."
)


def read(text: str | bytes, name: str = "a.txt", config: Config | None = None) -> Article:
    data = text if isinstance(text, bytes) else text.encode()
    (item,) = read_bytes(data, name, config or Config())
    assert isinstance(item, Article), item
    return item


def blocks(article: Article) -> list[tuple[str, str]]:
    return [(b.kind.value, article.block_text(b)) for b in article.blocks]


# --- plain text ----------------------------------------------------------------------------------


def test_txt_lines_carry_paragraph_and_blank_lines() -> None:
    article = read("Title\n\n\none\r\ntwo \r\r  • three")
    assert [(article.block_text(b), b.group, b.number) for b in article.blocks] == [
        ("Title", 1, 0), ("one", 2, 2), ("two", 2, 0), ("  • three", 3, 1),
    ]  # fmt: skip
    assert not article.structured


def test_txt_repairs_mojibake_and_entities_only() -> None:
    article = read("It’s “fine” ﬁne: donâ€™t, cafÃ©, &amp; R&D &nbsp;x &bogus; â€œyesâ€\ufffd")
    assert article.text == "It’s “fine” ﬁne: don’t, café, & R&D \u00a0x &bogus; “yes”"
    assert [(r.before, r.after, r.kind) for r in article.repairs] == [
        ("â€™", "’", "mojibake"), ("Ã©", "é", "mojibake"), ("&amp;", "&", "entity"),
        ("&nbsp;", "\u00a0", "entity"), ("â€œ", "“", "mojibake"), ("â€\ufffd", "”", "mojibake"),
    ]  # fmt: skip


def test_utf8_read_through_latin1_comes_back_as_repairs() -> None:
    data = "It’s a “good” day \x85 and ".encode() + b"\x9d \xff bad"
    article = read(data)
    assert article.source.encoding == "latin-1"
    assert article.source.text.encode("latin-1") == data
    assert article.text.startswith("It’s a “good” day")


@pytest.mark.parametrize(("text", "name", "kind"), [
    ("<!DOCTYPE html><html><body><p>x</p></body></html>", "a.txt", "html"),
    ("<html><body><p>x</p></body></html>", "a.md", "html"),
    ('{"title": "T", "text": "Some text."}', "a.txt", "jsonl"),
    ('{"text": "Some text."}\n{"text": "More."}', "-", "jsonl"),
    ("---\ntitle: T\n---\ntext", "a.txt", "md"), ("# One\n\ntext\n\n## Two\n\ntext", "-", "md"),
    ("no tags at all", "a.html", "txt"), ("p < 0.05 and <b>one</b> tag", "a.txt", "txt"),
    ("#1 choice of doctors", "a.txt", "txt"), ("{a|b} spintax", "a.txt", "txt"),
])  # fmt: skip
def test_content_decides_where_the_suffix_misleads(text: str, name: str, kind: str) -> None:
    assert read_first(text, name).source.format == kind


def read_first(text: str, name: str) -> Article:
    item = next(read_bytes(text.encode(), name, Config()))
    assert isinstance(item, Article)
    return item


@pytest.mark.parametrize(("text", "code"), [
    (ENGLISH, "en"), ("Too short to be judged.", "und"),
    ("Exercises for reduced back agony are the most ideal approach to dispose of it and to keep "
     "the lower spine in a decent condition when you are at work.", "en"),
    ("Der Schmerz im Rücken ist sehr häufig und wird bei den meisten Menschen in wenigen Wochen "
     "mit Ruhe und einer einfachen Behandlung zu Hause besser, aber nicht immer.", "de"),
    ("El dolor de espalda es muy común en los adultos y la mayoría de las personas mejora en pocas "
     "semanas con reposo y con una atención sencilla en la casa.", "es"),
    ("Боль в спине очень распространена среди взрослых, и большинство людей выздоравливает через "
     "несколько недель при отдыхе и простом уходе дома без врача и лекарств.", "ru"),
    ("背痛在成年人中很常见大多数人在几周内通过休息和简单的家庭护理就会好转但如果持续很久就应该去看医生检查一下身体", "zh"),
])  # fmt: skip
def test_language(text: str, code: str) -> None:
    assert read(text).language == code


# --- Markdown ------------------------------------------------------------------------------------


def test_md_prose_holds_no_markup() -> None:
    article = read(
        "---\ntitle: T\nauthor: J\n---\n# Lower *back* pain\n\nA [link *x* y](http://a.org) and "
        "`code` \\* &amp; ![i](j.png) <http://u.org> {{< s >}}.\n\n> said\n> so\n\n```\nx\n```\n",
        "a.md",
    )
    assert blocks(article) == [
        ("heading", "Lower back pain"),
        ("paragraph", "A link x y and \ufffc * & \ufffc \ufffc \ufffc."),
        ("quote", "said\nso"),
        ("code", ""),
    ]
    assert article.title == "Lower back pain"
    assert article.metadata.title == "T" and article.metadata.author == "J"
    assert article.metadata.front_matter == "title: T\nauthor: J\n"
    assert [m.value for m in article.marks if m.kind is MarkKind.RAW] == [
        "`code`", "![i](j.png)", "<http://u.org>", "{{< s >}}",
    ]  # fmt: skip
    assert article.blocks[-1].verbatim == "```\nx\n```"


def test_md_lists_and_tables() -> None:
    article = read("3. one\n   - in\n4. two\n\n| A | B \\| C |\n|---|---|\n| 1 | *2* |\n", "a.md")
    assert [(b.kind, b.level, b.ordered, b.number) for b in article.blocks[:3]] == [
        (BlockKind.LIST_ITEM, 1, True, 3), (BlockKind.LIST_ITEM, 2, False, 0),
        (BlockKind.LIST_ITEM, 1, True, 4),
    ]  # fmt: skip
    rows = article.blocks[3:]
    cells = [[article.text[c.start : c.end] for c in r.cells] for r in rows]
    assert cells == [["A", "B | C"], ["1", "2"]]
    assert [r.header for r in rows] == [True, False]


# --- HTML ----------------------------------------------------------------------------------------

PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>Knee pain - Site</title>
<meta name="author" content="Jane Roe"><link rel="canonical" href="https://a.org/knee"></head>
<body><nav><a href="/">Home</a></nav><div class="post"><h1>Knee  pain</h1>
<p>{ENGLISH}<p>Unclosed &amp; <b>messy</b> <a href="/x">link</a>, H<sub>2</sub>O, 10<sup>9</sup>.
{ENGLISH}<h2>Causes</h2><ul><li>A sprain<li>Gout</ul>
<p style="display:none">hidden words</p><script>var x = "<p>no</p>";</script>
<div class="share-buttons"><a href="#">Tweet</a></div>
<iframe src="https://video.example/1"></iframe><blockquote>{ENGLISH}</blockquote>
<table><tr><th>Drug<th>Dose<tr><td>Ibuprofen<td>200 mg</table><p>{ENGLISH}</p></div>
<footer>Copyright 2020</footer></body></html>"""


def test_html_main_text_with_its_structure() -> None:
    article = read(PAGE, "a.html")
    assert article.source.offsets == "source"
    assert blocks(article) == [
        ("heading", "Knee pain"),
        ("paragraph", ENGLISH),
        ("paragraph", f"Unclosed & messy link, H2O, 10\ufffc.\n{ENGLISH}"),
        ("heading", "Causes"),
        ("list_item", "A sprain"),
        ("list_item", "Gout"),
        ("embed", ""),
        ("quote", ENGLISH),
        ("table", "Drug | Dose"),
        ("table", "Ibuprofen | 200 mg"),
        ("paragraph", ENGLISH),
    ]
    meta = article.metadata
    assert (meta.author, meta.url, meta.language) == ("Jane Roe", "https://a.org/knee", "en")
    assert meta.date == ""


def test_html_spans_lead_into_the_page() -> None:
    article = read(PAGE, "a.html")
    start = article.text.index("Gout")
    a, b = article.map.span(start, start + 4)
    assert PAGE[a:b] == "Gout"
    start = article.text.index("& messy")
    assert PAGE[slice(*article.map.span(start, start + 7))] == "&amp; <b>messy"


def test_html_short_plain_page_is_read_whole() -> None:
    article = read("<html><body><h1>T</h1><p>One.</p><p>Two.</p></body></html>", "a.html")
    assert [t for _, t in blocks(article)] == ["T", "One.", "Two."]


def test_html_declared_encoding_is_used() -> None:
    page = "<html><head><meta charset='iso-8859-2'></head><body><p>Łódź \xd7</p></body></html>"
    article = read(page.encode("iso-8859-2"), "a.html")
    assert article.text == "Łódź ×"


# --- JSON Lines, Word, folders -------------------------------------------------------------------


def test_jsonl_fields() -> None:
    record = '{"id": 7, "headline": "H", "body": "Some text &amp; more", "author": ["A", "B"]}'
    article = read(record, "a.jsonl")
    source = article.source
    assert (source.record, source.field, source.text) == (1, "body", "Some text &amp; more")
    assert article.metadata.title == "H" and article.metadata.author == "A, B"
    assert source.extra == {"id": 7, "headline": "H", "author": ["A", "B"]}
    own = read('{"t": "Text.", "text": "no"}', "a.jsonl", Config(text_field="t"))
    assert own.text == "Text."


def test_json_with_one_object_or_a_list() -> None:
    assert read('{\n "title": "T",\n "text": "One."\n}', "a.json").text == "One."
    items = list(read_bytes(b'[{"text": "One."},\n {"text": "Two."}]', "a.json", Config()))
    assert [i.text for i in items if isinstance(i, Article)] == ["One.", "Two."]


def test_jsonl_text_that_is_html_is_read_as_html() -> None:
    article = read('{"text": "<p>One.</p><p>Two &amp; three.</p><p>Four.</p>"}', "a.jsonl")
    assert article.structured and [t for _, t in blocks(article)] == [
        "One.",
        "Two & three.",
        "Four.",
    ]


def test_docx_structure(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx", reason="needs the extra docx")
    document = docx.Document()
    document.add_heading("Back pain", 1)
    paragraph = document.add_paragraph("Plain and ")
    paragraph.add_run("bold").bold = True
    document.add_paragraph("one", style="List Bullet")
    document.add_paragraph("first", style="List Number")
    table = document.add_table(1, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "a", "b"
    out = io.BytesIO()
    document.save(out)
    article = read(out.getvalue(), "a.txt")
    assert article.source.format == "docx" and article.source.offsets == "extracted"
    assert article.text == article.source.text
    assert blocks(article) == [
        ("heading", "Back pain"), ("paragraph", "Plain and bold"), ("list_item", "one"),
        ("list_item", "first"), ("table", "a | b"),
    ]  # fmt: skip
    assert zipfile.is_zipfile(io.BytesIO(article.source.raw))


def test_collect_takes_sources_and_no_outputs(tmp_path: Path) -> None:
    for name in ("b.txt", "a/c.md", "a/x.log", ".hidden.txt", ".git/d.txt", "b.report.json",
                 "report.json", "worklist.csv", "out/b.md", "old/e.md", "old/.originals/f.txt",
                 "z.report.jsonl"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    found = collect([str(tmp_path)], tmp_path / "out")
    assert [str(p.relative_to(tmp_path)) for p in found] == ["b.txt", "a/c.md"]
    assert collect([tmp_path / "a" / "x.log", tmp_path / "a"]) == [
        tmp_path / "a" / "x.log", tmp_path / "a" / "c.md",
    ]  # fmt: skip
    assert collect([tmp_path / "out"], tmp_path / "out") == [tmp_path / "out" / "b.md"]
    assert collect(["missing.txt"]) == [Path("missing.txt")]


def test_collect_of_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing to read"):
        collect([tmp_path])
