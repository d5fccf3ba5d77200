"""SP001 where the language model doubts what the glossary found."""

from __future__ import annotations

import numpy as np
import pytest

from unspin.article import Article
from unspin.config import Config
from unspin.glossary.matcher import load_glossary
from unspin.language.model import Judgement
from unspin.reading import read_bytes
from unspin.rules.base import Context
from unspin.rules.sp001_spun_term import SpunTerm

# in an article that looks spun the one is safe, the other only suggested
SAFE, SUGGESTED = "upper pain in the back", "affected person"
TEXT = f"Many an {SUGGESTED} has {SAFE} after a long drive, and rest does little for it."


@pytest.mark.parametrize(
    ("probability", "found"),
    [(0.9, [SAFE]), (0.1, [])],
)
def test_a_doubted_form_is_found_where_it_is_safe_in_a_spun_article(
    probability: float, found: list[str]
) -> None:
    config, glossary = Config(), load_glossary()
    (article,) = read_bytes(TEXT.encode(), "-", config)
    assert isinstance(article, Article)
    words = np.array([[0, len(TEXT)]])
    calm = Judgement(probability, (), (), 1.01, 0.8, words, np.array([0.01]))
    sure = Judgement(probability, (), (), 1.01, 0.8, words, np.array([0.9]))
    hits = glossary.find(article.text)
    assert {SAFE, SUGGESTED} <= {h.form for h in hits}
    findings = SpunTerm().check(article, Context(config, glossary, hits, probability, calm))
    covered = [" ".join(article.text[f.start : f.end].split()) for f in findings]
    assert [c in SAFE for c in covered] == [True] * len(found)
    everything = SpunTerm().check(article, Context(config, glossary, hits, 0.9, sure))
    assert len(list(everything)) == 2
