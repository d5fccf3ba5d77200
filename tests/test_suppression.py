from __future__ import annotations

import pytest

from tests.articles import source
from unspin.article import Article, Block, BlockKind, Piece, assemble
from unspin.config import Config
from unspin.findings import Finding
from unspin.pipeline import Cleaner
from unspin.reading import read_bytes
from unspin.suppression import suppress
from unspin.textmap import Segment

BAD = "bosom disease"


def page(text: str) -> Article:
    """Lines of a Markdown source as blocks; comments are not prose."""
    pieces = []
    at = 0
    for line in text.splitlines(keepends=True):
        body = line.rstrip("\n")
        if body and not body.startswith("<!--"):
            cut = body.split("<!--")[0].rstrip()
            block = Block(BlockKind.PARAGRAPH, 0, len(cut))
            pieces.append(Piece(cut, (Segment(0, len(cut), at, len(cut)),), block))
        at += len(line)
    return assemble(source(text, "md"), pieces)


def found(article: Article, rule: str = "SP001") -> list[Finding]:
    out = []
    at = article.text.find(BAD)
    while at >= 0:
        out.append(Finding(rule, at, at + len(BAD), "A fault."))
        at = article.text.find(BAD, at + 1)
    return out


def rules_of(text: str, config: Config | None = None) -> list[str]:
    article = page(text)
    return [f.rule for f in suppress(article, found(article), config or Config()).kept]


@pytest.mark.parametrize(
    "text",
    [
        f"She has {BAD}. <!-- unspin ignore SP001: quoted from a patient -->\n",
        f"<!-- unspin ignore SP001: quoted from a patient -->\nShe has {BAD}.\n",
        f"<!-- unspin ignore-next-line SP: a brand -->\n\nShe has {BAD}.\n",
        f"<!-- unspin ignore-start SP001, KS: sample -->\nShe has {BAD}.\n\nAnd {BAD}.\n<!-- unspin ignore-end -->\n",
        f"She has {BAD}.\n\n<!-- unspin ignore-file sp001: a page about spinning -->\n",
    ],
)
def test_a_suppression_with_a_reason_accepts(text: str) -> None:
    assert rules_of(text) == []


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (f"<!-- unspin ignore SP001 -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin ignore SP001: -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin ignore: because -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin ignore KS001: brand -->\nShe has {BAD}.\n", ["SP001", "UN001"]),
        (f"<!-- unspin ignore SP001: x -->\nFine.\n\nShe has {BAD}.\n", ["SP001", "UN001"]),
        (f"<!-- unspin ignore-start SP: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"She has {BAD}.\n<!-- unspin ignore-end -->\n", ["SP001", "UN002"]),
        # What is misspelt must not pass for something else, nor go unseen.
        (f"<!-- unspin ignore Spun wording: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin ignore SP01X: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin ignore SP999: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin ignore-nextline SP: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (f"<!-- unspin ignored SP: x -->\nShe has {BAD}.\n", ["SP001", "UN002"]),
        (
            "<!-- unspin ignore-start KS: x -->\n<!-- unspin ignore-start SP: y -->\n"
            f"She has {BAD}.\n<!-- unspin ignore-end -->\n",
            ["UN002"],
        ),
    ],
)
def test_a_wrong_or_unused_suppression_is_a_finding(text: str, rules: list[str]) -> None:
    assert sorted(rules_of(text)) == sorted(rules)


def test_configuration_suppresses_by_path() -> None:
    text = f"She has {BAD}.\n"
    entry = {"rule": "SP001", "path": "*.md", "reason": "old leaflets"}
    assert rules_of(text, Config(suppress=(entry,))) == []
    assert rules_of(text, Config(suppress=({**entry, "path": "other/*"},))) == ["SP001"]


CODE = """# Rest and water

Most people feel better after a few days of rest and plenty of water. Ask a pharmacist which
medicines suit you before you take any of them. {prose}

Write `<!-- unspin ignore SP001: quoted -->` or

```markdown
<!-- unspin ignore SP001 -->
<!-- unspin ignore-file SP: x -->
```

- a list

  ```
  <!-- unspin ignore-start DU: y -->
  ```

Then:

    <!-- unspin ignore-file SP: z -->

That is all there is to it.
"""


def test_a_directive_in_code_is_only_shown() -> None:
    config = Config(grammar="off", model="off", ignore=("CQ",))
    with Cleaner(config) as cleaner:

        def found(text: str) -> list[str]:
            (made,) = read_bytes(text.encode(), "page.md", config)
            assert isinstance(made, Article)
            return [f.rule for f in cleaner.clean(made).findings]

        spun = "Smoking is one of the hazard factors."
        assert found(CODE.format(prose=spun)) == ["SP001"]
        real = CODE.replace("That is", "<!-- unspin ignore-file SP: a sample -->\n\nThat is")
        assert found(real.format(prose=spun)) == []
