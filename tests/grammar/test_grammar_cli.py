from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from unspin.grammar.cli import grammar


def test_status_says_what_is_missing_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNSPIN_CACHE", str(tmp_path))
    result = CliRunner().invoke(grammar, ["status"])
    assert result.exit_code == 1
    assert "installed:      no" in result.output
    assert "install" in result.output.splitlines()[-1]


@pytest.mark.languagetool
@pytest.mark.timeout(600)
def test_install_and_status_agree(languagetool: Path) -> None:
    installed = CliRunner().invoke(grammar, ["install"])
    assert (installed.exit_code, installed.output.count(str(languagetool))) == (0, 1)
    assert CliRunner().invoke(grammar, ["status"]).exit_code == 0
