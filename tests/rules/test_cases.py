"""Runs the YAML cases of every rule: people who write no Python can add one."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
import yaml

from unspin.article import Article, BlockKind, Span
from unspin.config import Config
from unspin.findings import Finding
from unspin.pipeline import Cleaner
from unspin.reading import read_bytes
from unspin.rules import all_rules

CASES = Path(__file__).parent / "cases"
PAGE = ("What it does:", "Why it matters:", "Example:", "Fix:", "Known limits:")
#: Rules whose findings come from a stage of their own; their behaviour is tested there.
BY_STAGE = {"GR001", "GR002", "MF001", "UN001", "UN002", "UN003"}


def load() -> list[Any]:
    out = []
    for path in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]:
            out.append(pytest.param(path.stem, case, id=f"{path.stem}-{case['name']}"))
    return out


@pytest.fixture(scope="module")
def cleaner() -> Cleaner:
    return Cleaner(Config(grammar="off", model="off"))


@pytest.fixture(scope="module")
def model_cleaner() -> Cleaner:
    return Cleaner(Config(grammar="off"))


def read(case: dict[str, Any], config: Config) -> Article:
    name = f"case.{case.get('format', 'txt')}"
    text = case["text"]
    if case.get("title"):
        heading = {"md": "# {}\n\n", "html": "<h1>{}</h1>"}.get(case.get("format", "txt"), "{}\n\n")
        text = heading.format(case["title"]) + text
    article = next(iter(read_bytes(text.encode("utf-8"), name, config)))
    assert isinstance(article, Article), article
    return article.with_(language="en")  # a case may be shorter than what is judged


def found(report_findings: tuple[Finding, ...], rule: str, article: Article) -> list[str]:
    out = []
    for f in report_findings:
        if f.rule == rule:
            own = f.source_span
            out.append(
                article.source.text[own[0] : own[1]] if own else article.text[f.start : f.end]
            )
    return out


@pytest.mark.parametrize(("rule", "case"), load())
def test_case(rule: str, case: dict[str, Any], cleaner: Cleaner, model_cleaner: Cleaner) -> None:
    chosen = model_cleaner if rule in {"SP002", "SP003"} else cleaner
    if case.get("config"):
        chosen = Cleaner(Config(grammar="off", model="off", **case["config"]))
    article = read(case, chosen.config)
    near = tuple((path, share) for path, share in case.get("neighbours", ()))
    report = chosen.clean(article, near)
    spans = found(report.findings, rule, report.article)
    if case.get("pass"):
        assert spans == []
    else:
        assert spans == case["fail"]
    if "applicability" in case:
        chosen_for = [f.applicability for f in report.findings if f.rule == rule]
        assert chosen_for == case["applicability"]
    if "fix" in case:
        only = Cleaner(Config(grammar="off", model="off", select=(rule,), **case.get("config", {})))
        fixed = only.clean(article).restored
        blocks = [fixed.block_text(b) for b in fixed.blocks if b.span != fixed.title_span]
        kinds_with_title = case.get("title") or not any(
            b.kind is BlockKind.HEADING for b in fixed.blocks[:1]
        )
        if not kinds_with_title and fixed.title_span == Span(
            fixed.blocks[0].start, fixed.blocks[0].end
        ):
            blocks.insert(0, fixed.block_text(fixed.blocks[0]))
        assert "\n\n".join(blocks) == case["fix"].strip("\n")


@pytest.mark.parametrize("rule", [r.id for r in all_rules()])
def test_every_rule_has_a_page_and_cases(rule: str) -> None:
    chosen = next(r for r in all_rules() if r.id == rule)
    page = inspect.getdoc(chosen) or ""
    assert [h for h in PAGE if f"\n{h}" not in page] == []
    if rule in BY_STAGE:
        return
    path = CASES / f"{rule}.yaml"
    assert path.is_file(), f"{path} is missing"
    cases = yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]
    assert any(c.get("pass") for c in cases)
    assert any(c.get("fail") for c in cases)


def test_rule_ids_are_unique_and_sorted() -> None:
    ids = [r.id for r in all_rules()]
    assert ids == sorted(set(ids))
