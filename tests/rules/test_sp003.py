"""SP003: a signature that may be right needs the model's word where there is enough to judge."""

from __future__ import annotations

import pytest

from unspin.article import Article
from unspin.config import Config
from unspin.pipeline import Cleaner
from unspin.reading import read_bytes

PAGE = (
    "Asthma is a long-term condition that affects the airways in the lungs. During an attack the "
    "lining of the airways swells and the muscles around them tighten, so that less air gets in and "
    "out. Common symptoms are coughing, wheezing, chest tightness and shortness of breath. Most "
    "people can control their asthma with medicines and by staying away from the things that set it "
    "off. {} Ask your doctor for a written plan that says what to do when symptoms get worse."
)


@pytest.fixture(scope="module")
def cleaner() -> Cleaner:
    return Cleaner(Config(grammar="off"))


def spun(cleaner: Cleaner, text: str) -> list[str]:
    """What the rules on spun wording report."""
    article = next(a for a in read_bytes(text.encode(), "-", cleaner.config)
                   if isinstance(a, Article))  # fmt: skip
    found = cleaner.clean(article).findings
    return [article.text[f.start : f.end] for f in found if f.family == "SP"]


def test_an_agency_may_be_one(cleaner: Cleaner) -> None:
    assert not spun(cleaner, PAGE.format("Each UN agency shares its data on asthma."))


def test_a_word_read_as_an_acronym_stands_out(cleaner: Cleaner) -> None:
    text = PAGE.format("People UN agency have asthma should keep an inhaler with them.")
    assert any("UN agency" in wording for wording in spun(cleaner, text))


def test_of_a_sentence_alone_the_model_has_no_say(cleaner: Cleaner) -> None:
    text = "Hypertension, alluded to as high blood pressure, rarely causes symptoms in the first years."
    assert spun(cleaner, f"{text} A cuff on the arm shows it within a minute.") == ["alluded to as"]
