from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from unspin.article import Article
from unspin.config import Config
from unspin.errors import InputError
from unspin.reading import read_bytes, read_path
from unspin.reading.detect import record_text_format, refuse_xml


def error(data: bytes, name: str = "a.txt", config: Config | None = None) -> str:
    (item,) = read_bytes(data, name, config or Config())
    assert isinstance(item, InputError)
    assert str(item).startswith(f"{name}: ")
    return item.reason


def zipped(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(("data", "says"), [
    (b"", "empty"), (b" \r\n\t", "empty"), (b"\xef\xbb\xbf \n", "empty"),
    (b"\x89PNG\r\n\x1a\n" + b"x" * 99, "PNG"), (b"%PDF-1.7 x", "PDF"), (b"\x1f\x8b\x08", "gzip"),
    (bytes(range(256)) * 20, "binary"), (b"\0" * 500, "binary"), (zipped(a="x"), "archive"),
    (b"PK\x03\x04 cut short", "damaged archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "old Office"),
])  # fmt: skip
def test_what_is_no_text_is_refused(data: bytes, says: str) -> None:
    assert says in error(data)
    assert says in error(data, "a.docx")


def test_a_word_file_without_content_is_refused() -> None:
    assert "damaged Word" in error(zipped(**{"word/document.xml": "<x>"}), "a.docx")


def test_too_large_files_are_refused(tmp_path: Path) -> None:
    config = Config(max_bytes=10)
    assert "limit 10" in error(b"x" * 11, config=config)
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 11)
    (item,) = read_path(path, config)
    assert isinstance(item, InputError) and "limit 10" in item.reason


def test_missing_files_and_folders_are_errors_with_a_remedy(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        (item,) = read_path(path, Config())
        assert isinstance(item, InputError) and ";" in item.reason


def test_bad_records_do_not_lose_the_others() -> None:
    lines = ['{"text": "One."}', "{bad", "", "[1]", '{"a": 1}', '{"text": " "}', '{"text": "Two."}']
    items = list(read_bytes("\n".join(lines).encode(), "a.jsonl", Config()))
    assert [i.text for i in items if isinstance(i, Article)] == ["One.", "Two."]
    assert [i.source.record for i in items if isinstance(i, Article)] == [1, 7]
    wrong = [str(i).split(":")[1].strip() for i in items if isinstance(i, InputError)]
    assert wrong == ["line 2", "line 4", "line 5", "line 6"]


def test_a_single_nul_does_not_make_text_binary() -> None:
    (item,) = read_bytes(b"Back pain \0 is common. " * 1 + b"x" * 200, "a.txt", Config())
    assert isinstance(item, Article)


WXR = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<!-- a WordPress eXtended RSS file -->\n'
    '<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/">\n<channel><item>'
    "<content:encoded><![CDATA[<p>One.</p><p>Two.</p>]]></content:encoded></item></channel></rss>\n"
)


@pytest.mark.parametrize("name", ["export.xml", "a.html", "a.txt", "a.md", "-", "a.json"])
@pytest.mark.parametrize(
    ("text", "says"),
    [
        (WXR, "is a WordPress export (WXR), which holds many posts; save the site's wp-json/"),
        (WXR[:200], "is a WordPress export (WXR)"),
        ("\n<rss version='2.0'><channel><title>News</title></channel></rss>", "is a feed"),
        ('<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom"></feed>', "is a feed"),
        ("<?xml version='1.0'?><urlset><url><loc>x</loc></url></urlset>", "a site map"),
        (
            "<?xml version='1.0'?>\n<!DOCTYPE article SYSTEM 'x'>\n<front><p>A</p></front>",
            "(front)",
        ),
        ("<?xml version='1.0'?><w:wordDocument><w:p>A</w:p></w:wordDocument>", "(w:wordDocument)"),
    ],
)
def test_feeds_and_other_xml_are_refused(name: str, text: str, says: str) -> None:
    for data in (text.encode(), text.encode("utf-8-sig"), text.encode("utf-16")):
        said = error(data, name)
        assert says in said
        assert "; " in said


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?>\n<!DOCTYPE html>\n<html><body><p>Rest helps.</p></body></html>',
        '<?xml version="1.0"?><div><p>Rest helps.</p></div>',
        "<?xml version='1.0'?><svg><path/></svg>\n\n# Rest\n\nRest helps.",
        "<rsst>Rest helps.</rsst>",
        "Rest helps. <rss>x</rss>",
        "<article><p>Rest helps.</p></article>",
    ],
)
def test_web_pages_are_no_feeds(text: str) -> None:
    for name in ("a.html", "a.md", "a.txt"):
        (article,) = read_bytes(text.encode(), name, Config())
        assert not isinstance(article, InputError)
        assert "Rest helps." in article.text


@pytest.mark.parametrize(
    "text",
    [
        "<!-- a -->" * 2000, "<?a?>" * 4000, "<!doctype a>" * 1500, "<!--" * 5000, "<?xml" * 4000,
        "<!doctype " * 2000, "<" * 20_000, "<!---->" * 2800 + "<x", "<a:" * 6000, " " * 20_000,
    ],
)  # fmt: skip
@pytest.mark.timeout(20)
def test_what_begins_like_xml_is_told_at_once(text: str) -> None:
    refuse_xml(text, "a.txt")
    assert record_text_format(text) in ("txt", "html", "md")
