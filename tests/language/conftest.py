from __future__ import annotations

import pytest

from unspin.language.model import SpinModel, default_model_dir


@pytest.fixture(scope="session")
def model() -> SpinModel:
    """The shipped model, loaded once."""
    return SpinModel.load(default_model_dir())
