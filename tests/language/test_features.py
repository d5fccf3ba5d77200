from __future__ import annotations

import pytest

from unspin.language.features import (
    LOCAL_FEATURES,
    STRETCH_FEATURES,
    WORD_FEATURES,
    Evidence,
    local_features,
    stretch_features,
    word_features,
)
from unspin.language.model import SpinModel

TEXT = "The Rhodes index was HIGH. Patients with heart assault rested."


@pytest.fixture(scope="module")
def evidence(model: SpinModel) -> Evidence:
    return model.evidence(TEXT)


def test_every_feature_has_a_column(evidence: Evidence) -> None:
    count = len(evidence.places)
    assert local_features(evidence).shape == (count, len(LOCAL_FEATURES))
    assert word_features(evidence).shape == (count, len(WORD_FEATURES))
    assert stretch_features(evidence, 0, count).shape == (len(STRETCH_FEATURES),)


def test_names_are_told_from_beginnings_of_sentences(evidence: Evidence) -> None:
    capital = local_features(evidence)[:, LOCAL_FEATURES.index("capital")]
    assert capital.tolist() == [1, 2, 0, 0, 3, 1, 0, 0, 0, 0]


def test_windows_cover_the_places(evidence: Evidence) -> None:
    assert evidence.windows == [(0, len(evidence.places))]
