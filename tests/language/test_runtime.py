from __future__ import annotations

import pytest

from unspin.language.model import default_model_dir
from unspin.language.ngrams import NgramTable
from unspin.language.runtime import Encoder


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    folder = default_model_dir()
    return Encoder(folder, NgramTable.load(folder / "ngrams.npz"))


def test_only_words_of_clean_text_are_proposed(encoder: Encoder) -> None:
    reading = encoder.read("High blood stress harms the coronary heart.")
    made = encoder.proposals(reading.vectors, 20)
    words = {encoder.piece(int(i)) for i in made.ids.ravel()}
    assert "pressure" in words
    assert not words & {"ahmedabad", "lacrosse", "campground"}
    assert encoder.piece_id("lacrosse") >= 0
