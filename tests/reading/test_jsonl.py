"""JSON Lines: odd records harm no other, and keep what they say themselves."""

from __future__ import annotations

import json

import pytest

from unspin.article import Article
from unspin.config import Config
from unspin.errors import InputError
from unspin.reading import read_bytes
from unspin.reading.detect import record_text_format
from unspin.reading.jsonl import holds_article, with_text

BIG = 12345678901234567890123


def read(*lines: str, name: str = "a.jsonl") -> list[Article | InputError]:
    return list(read_bytes("\n".join(lines).encode(), name, Config()))


def test_lone_surrogates_are_replaced_in_every_field() -> None:
    line = r'{"title":"Cut \ud83d","a\udc00":["x\ud800",{"y":"\udfff"}],"text":"One \ud83d two."}'
    (article,) = read(line)
    assert isinstance(article, Article)
    assert article.title == "Cut \ufffd"
    assert article.source.extra == {"title": "Cut \ufffd", "a\ufffd": ["x\ufffd", {"y": "\ufffd"}]}
    assert article.text == "One \ufffd two."
    json.dumps(dict(article.source.extra), ensure_ascii=False).encode()


@pytest.mark.parametrize("number", [BIG, -BIG, 2**64 - 1, 2**64, 2**63])
def test_integers_of_any_size_are_carried_through(number: int) -> None:
    for text in (f'{{"id": {number}, "text": "One."}}', f'[{{"id": {number}, "text": "One."}}]'):
        (article,) = read(text)
        assert isinstance(article, Article)
        assert article.source.extra == {"id": number}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
@pytest.mark.parametrize("lines", [True, False])
def test_what_is_no_json_number_is_an_error_of_its_record(number: str, lines: bool) -> None:
    records = ['{"text": "One."}', f'{{"a": [{{"b": {number}}}], "text": "x"}}', '{"text": "Two."}']
    items = read(*records) if lines else read(f"[{','.join(records)}]")
    assert [i.text for i in items if isinstance(i, Article)] == ["One.", "Two."]
    (wrong,) = (i for i in items if isinstance(i, InputError))
    assert wrong.reason.startswith("line 2: holds ")
    assert "no JSON number; " in wrong.reason


def test_deep_nesting_is_an_error_of_its_record() -> None:
    deep = '{"a": ' + "[" * 900 + "]" * 900 + ', "text": "x"}'
    items = read('{"text": "One."}', deep, '{"text": "Two."}')
    assert [i.text for i in items if isinstance(i, Article)][0::2] in (["One."], ["One.", "Two."])
    assert isinstance(items[0], Article)
    assert isinstance(items[2], Article)


def test_a_record_wins_over_front_matter_in_its_text() -> None:
    text = "---\nid: 9\ntitle: Of the text\nmood: calm\n---\n\n# Rest\n\nRest helps.\n"
    (article,) = read(json.dumps({"id": 7, "title": "Of the record", "text": text}))
    assert isinstance(article, Article)
    assert article.source.extra == {"id": 7, "title": "Of the record", "mood": "calm"}
    assert article.metadata.title == "Of the record"


# --- fields of content systems ------------------------------------------------------------------

ONE = "Hay fever is an allergy to pollen."
LINKED = 'Keep the windows closed. See <a href="/x">this page</a>.'


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"<p>{ONE}</p>\n<p>{LINKED}</p>", "html"),
        (f"<p>{ONE}", "html"),
        (f"<h2>Eyes</h2>{ONE}", "html"),
        (f'\n<div class="x">{ONE}</div>', "html"),
        (f"<!-- wp:paragraph -->\n{ONE}\n<!-- /wp:paragraph -->", "html"),
        (f"<!-- a note -->\n<p>{ONE}</p>", "html"),
        (LINKED, "html"),
        (f"{ONE}<br>{ONE}", "html"),
        (f'{ONE} <img src="a.png" alt="">', "html"),
        (f"{ONE}\n\n{LINKED}", "html"),
        (f"{ONE}\n<ul>\n<li>Itching</li>\n</ul>", "html"),
        (f"# Hay fever\n\n{LINKED}", "md"),
        ('<div align="center"></div>\n\n# Hay fever\n\nSee [a](https://b.org).', "md"),
        (f"{ONE}\n{LINKED}\n{ONE}", "txt"),  # lines that HTML would join
        ("Take a < b tablets, and c > d.", "txt"),
        ("Write <p> to begin a paragraph.", "txt"),
        ("See <https://example.org> or <a.b@example.org>.", "txt"),
        (f"<!-- unspin ignore SP001: quoted -->\n{ONE}", "txt"),
        ("Rates fell <strong>steadily.", "txt"),
        ("<b>" * 7000, "txt"),
    ],
)
def test_tags_of_a_field_are_markup(text: str, kind: str) -> None:
    assert record_text_format(text) == kind


def test_a_short_html_field_has_no_tags_in_its_prose() -> None:
    (article,) = read(json.dumps({"content": f"<p>{ONE}</p>\n<p>{LINKED}</p>"}))
    assert isinstance(article, Article)
    assert article.text == f"{ONE}\n\nKeep the windows closed. See this page."
    assert article.source.text[slice(*article.map.span(0, len(ONE)))] == ONE


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Hay fever &#8211; what helps", "Hay fever – what helps"),
        ("Colds &amp; flu&nbsp;", "Colds & flu"),
        ("Don&#x2019;t panic", "Don’t panic"),
        ("<em>E. coli</em> infections", "E. coli infections"),
        ("AT&T; R&D &copy 2", "AT&T; R&D &copy 2"),
        ("BMI <25 or >30", "BMI <25 or >30"),
        ("Use of &lt;em&gt;", "Use of <em>"),
        ("Two\n lines", "Two lines"),
        ("Bell &#7; &#0;", "Bell"),
    ],
)
@pytest.mark.parametrize("wordpress", [True, False])
def test_titles_are_read_as_a_reader_sees_them(said: str, shown: str, wordpress: bool) -> None:
    record = {"title": {"rendered": said} if wordpress else said, "text": ONE}
    (article,) = read(json.dumps(record))
    assert isinstance(article, Article)
    assert article.title.rstrip(" \ufffd") == shown
    assert article.source.extra == {"title": record["title"]}


POST = {
    "id": 5,
    "title": {"rendered": "Hay fever"},
    "content": {"rendered": f"<p>{ONE}</p>", "protected": False},
    "link": "https://example.org/hay",
}


@pytest.mark.parametrize("field", ["", "content.rendered"])
@pytest.mark.parametrize("form", ["line", "list", "object"])
def test_posts_as_wordpress_serves_them(field: str, form: str) -> None:
    text = {
        "line": json.dumps(POST), "list": json.dumps([POST], indent=1),
        "object": json.dumps(POST, indent=1),
    }[form]  # fmt: skip
    assert holds_article(text.encode(), field)
    (article,) = read_bytes(text.encode(), "posts.json", Config(text_field=field))
    assert isinstance(article, Article)
    assert (article.source.field, article.text) == ("content.rendered", ONE)
    assert (article.title, article.metadata.url) == ("Hay fever", "https://example.org/hay")
    written = with_text(article.source.extra, article.source.field, "New.")
    assert list(written) == list(POST)
    assert written["content"] == {"rendered": "New.", "protected": False}
    assert article.source.extra == POST


def test_dots_lead_into_objects_as_deep_as_they_are() -> None:
    record = {"a": {"b.c": {"d": ONE}}, "t": {"u": {"v": "Title"}}, "a.b": "not this"}
    config = Config(text_field="a.b.c.d", title_field="t.u.v")
    (article,) = read_bytes(json.dumps(record).encode(), "a.jsonl", config)
    assert isinstance(article, Article)
    assert (article.text, article.title) == (ONE, "Title")
    assert with_text(article.source.extra, "a.b.c.d", "x")["a"] == {"b.c": {"d": "x"}}


def test_a_key_may_hold_a_dot() -> None:
    config = Config(text_field="content.rendered")
    (article,) = read_bytes(json.dumps({"content.rendered": ONE}).encode(), "a.jsonl", config)
    assert isinstance(article, Article)
    assert article.source.extra == {}
    assert with_text({"id": 1}, "content.rendered", "x") == {"id": 1, "content.rendered": "x"}


@pytest.mark.parametrize("content", [{"raw": ONE}, {"rendered": 3}, {"rendered": None}, [ONE], 7])
def test_an_object_without_the_text_is_an_error(content: object) -> None:
    (found,) = read(json.dumps({"content": content}))
    assert isinstance(found, InputError)
    assert "has no text field that holds text; set text-field" in found.reason


def test_a_file_of_posts_that_was_cut_is_no_data_of_another_program() -> None:
    data = json.dumps([POST]).encode()[:-30]
    assert holds_article(data, "content.rendered")
    assert holds_article(data)
