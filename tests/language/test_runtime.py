from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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


def test_the_runtime_reports_nothing_and_leaves_no_device_id(tmp_path: Path) -> None:
    # a process of its own: the runtime asks once, when it is imported
    code = (
        "from unspin.language.model import SpinModel, default_model_dir\n"
        "SpinModel.load(default_model_dir()).judge('Smoking harms the heart and the lungs.')"
    )
    known = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    places = {k: str(tmp_path) for k in ("HOME", "XDG_CACHE_HOME", "UNSPIN_CACHE")}
    path = os.pathsep.join(p for p in sys.path if p)
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**known, **places, "PYTHONPATH": path}
    )
    assert list(tmp_path.rglob("*")) == []
