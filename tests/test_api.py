from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import unspin
from tests.articles import article
from unspin.article import Article
from unspin.config import Config
from unspin.fixing import apply_edits, invert_edits
from unspin.pipeline import Cleaner
from unspin.reading import read_bytes

TEXT = (
    "Congestive heart disappointment means that the heart pumps less blood than the body needs. "
    "Smoking is one of the hazard factors for it, and many people do not know that it is."
)


def test_clean_text_gives_text_score_and_report() -> None:
    report = unspin.clean_text(TEXT, Config(grammar="off", model="off"))
    assert report.text.startswith("Congestive heart failure means")
    assert report.score is not None
    assert report.score < 100
    assert report.to_dict()["findings"]
    assert isinstance(report, unspin.Report)


def test_clean_text_of_nothing_is_an_error() -> None:
    from unspin.errors import InputError

    with pytest.raises(InputError):
        unspin.clean_text("  ")


def test_clean_file_reads_records(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"text": "{TEXT}"}}\n{{"text": "{TEXT}"}}\n', encoding="utf-8")
    reports = list(unspin.clean_file(path, Config(grammar="off", model="off")))
    assert [r.article.source.record for r in reports] == [1, 2]


def test_a_text_scores_the_same_in_every_format(tmp_path: Path) -> None:
    body = [TEXT, "Ask your doctor which medicines suit you, and take them as you were told."] * 2
    title = "Living with a weak heart"
    texts = {
        "txt": f"{title}\n\n" + "\n\n".join(body) + "\n",
        "md": f"# {title}\n\n" + "\n\n".join(body) + "\n",
        "html": f"<html><head><title>{title}</title></head><body><main><h1>{title}</h1>"
        + "".join(f"<p>{b}</p>" for b in body)
        + "</main></body></html>",
    }
    scores = []
    for kind, text in texts.items():
        path = tmp_path / f"page.{kind}"
        path.write_text(text, encoding="utf-8")
        scores += [r.score for r in unspin.clean_file(path, Config(grammar="off", model="off"))]
    assert all(s is not None for s in scores)
    assert max(s or 0 for s in scores) - min(s or 0 for s in scores) <= 1


@pytest.mark.shared
def test_seed_article_undoes_and_loses_every_insertion(seed: str) -> None:
    report = unspin.clean_text(seed, Config(grammar="off", model="off"))
    title = seed.splitlines()[0]
    assert seed.count(title) == 13
    assert report.text.count(title) == 1
    assert "see a physician or miss out on days" in report.text


@pytest.mark.parametrize(
    ("name", "text", "restored"),
    [
        (
            "txt",
            "Smoking and a heart assault are chance[4] variables.",
            "Smoking and a heart attack are risk factors.",
        ),
        (
            "html",
            "<p>A heart assault has <b>chance<sup>[4]</sup></b> variables.</p>",
            "<p>A heart attack has <b>risk</b> factors.</p>",
        ),
        (
            "md",
            "- chance[4] variables and diet\n- a heart assault",
            "- risk factors and diet\n- a heart attack",
        ),
    ],
)
def test_wording_that_debris_has_hidden_is_restored_in_the_same_run(
    name: str, text: str, restored: str
) -> None:
    lead = {"html": "<p>{}</p>\n"}.get(name, "{}\n\n").format(TEXT.split(". ")[1])
    cleaner = Cleaner(Config(grammar="off", model="off"))

    def once(source: str) -> unspin.Report:
        read = next(iter(read_bytes(source.encode(), f"case.{name}", cleaner.config)))
        assert isinstance(read, Article)
        return cleaner.clean(read)

    report = once(lead + text)
    assert report.text.endswith(restored)
    assert once(report.text).text == report.text
    assert apply_edits(report.text, invert_edits(report.edits)) == lead + text
    late = [f for f in report.findings if f.rule == "SP001" and f.source_span]
    assert [(f.applied, report.article.source.text[slice(*report.place(f))]) for f in late] == [
        (True, text[text.index("chance") : text.index("variables") + 9])
    ]


def test_nothing_leaves_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert unspin.clean_text(TEXT).score is not None


def test_listed_forms_whose_conditions_hold_are_evidence_for_the_model() -> None:
    """Of "reduced back pain" as a verb and its object nothing is said to the model."""
    from unspin.pipeline import Cleaner

    text = (
        "The aspect joints of the spine guide its movement. The exercises helped to reduce and "
        "sometimes reduced back pain in most of the people who kept on doing them for a year."
    )
    told: list[str] = []
    with Cleaner(Config(grammar="off")) as cleaner:
        model = cleaner.model
        assert model is not None
        judge = model.judge

        def listening(text: str, hits: Any = (), **more: Any) -> Any:
            told.extend(hit.form for hit in hits)
            return judge(text, hits, **more)

        model.judge = listening  # type: ignore[method-assign]
        cleaner.judge(article(text))
    assert "aspect joints" in told
    assert "reduced back pain" not in told
