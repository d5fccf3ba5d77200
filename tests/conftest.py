from __future__ import annotations

import importlib.util
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings

from unspin.language.model import default_model_dir

# Machines are shared and noisy: no test may depend on absolute time.
settings.register_profile("unspin", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unspin")

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def load_bench(repository: Path) -> Callable[[str], ModuleType]:
    """Loads a script of ``bench/`` by its name, as a module."""

    def load(name: str) -> ModuleType:
        path = repository / "bench" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(f"bench_{name}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture(scope="session")
def model_with(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Makes a folder of the model that ships with other settings: ``model_with(safe=.5)``."""

    def made(**settings: float) -> Path:
        folder = tmp_path_factory.mktemp("model")
        for file in default_model_dir().iterdir():
            if file.name != "model.json":
                (folder / file.name).symlink_to(file)
        ours = json.loads((default_model_dir() / "model.json").read_text(encoding="utf-8"))
        (folder / "model.json").write_text(json.dumps({**ours, **settings}), encoding="utf-8")
        return folder

    return made


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the development data (../shared) is not on this machine")
    return SHARED


@pytest.fixture(scope="session")
def seed(shared: Path) -> str:
    return (shared / "seed" / "article.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def compiled_glossary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that holds the compiled glossary and nothing else."""
    from unspin.glossary.compiling import load_tables

    folder = tmp_path_factory.mktemp("compiled")
    with mock.patch.dict(os.environ, {"UNSPIN_CACHE": str(folder)}):
        load_tables()
    return folder


@pytest.fixture
def fresh_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compiled_glossary: Path) -> Path:
    """A cache of the test's own; compiling the glossary anew for each test takes seconds."""
    folder = tmp_path / "cache"
    shutil.copytree(compiled_glossary, folder)
    monkeypatch.setenv("UNSPIN_CACHE", str(folder))
    return folder
