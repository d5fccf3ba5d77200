"""The written HTML in a real browser: nothing scripted runs, structure and metadata are there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from unspin.config import Config
from unspin.pipeline import Cleaner
from unspin.reading import read_bytes
from unspin.writing import render

pytestmark = pytest.mark.browser

PAGE = """# Tablets & <script>document.title = 'hacked'</script>

Take **two** tablets with [water](https://example.org/a?b=1&c=2) and read the *leaflet* that comes with
them. Do not take more than your doctor told you, even when the pain gets worse at night.

<img src=x onerror="document.title = 'hacked'">

[bad link](javascript:document.title='hacked')

## Doses

| Age | Tablets |
|---|---|
| adults | 2 |

1. first
2. second
   - nested
"""


@pytest.fixture(scope="module")
def dom(tmp_path_factory: pytest.TempPathFactory) -> str:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("chromium is not installed; on Debian: apt-get install chromium")
    config = Config(grammar="off", model="off")
    article = next(iter(read_bytes(PAGE.encode(), "page.md", config)))
    assert not isinstance(article, Exception)
    folder = tmp_path_factory.mktemp("browser")
    file = folder / "page.html"
    file.write_text(render(Cleaner(config).clean(article), "html"), encoding="utf-8")
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=2000", "--dump-dom",
        Path(file).as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def test_nothing_scripted_runs(dom: str) -> None:
    assert "hacked" not in re.findall(r"<title>(.*?)</title>", dom, re.DOTALL)[0].replace(
        "'hacked'", ""
    )
    assert "onerror" not in dom
    assert not re.search(r"(?:href|src)=.?javascript:", dom)
    assert len(re.findall(r"<script", dom)) == 1


def test_the_page_has_its_structure(dom: str) -> None:
    assert len(re.findall(r"<h1", dom)) == 1
    assert re.search(r"<section>\s*<h2>Doses</h2>", dom)
    assert "<strong>two</strong>" in dom
    assert 'href="https://example.org/a?b=1&amp;c=2"' in dom
    assert re.search(r"<tbody>\s*<tr>\s*<th scope=\"col\">Age</th>", dom)
    assert re.search(r"<ol>\s*<li>first\s*</li>\s*<li>second\s*<ul>\s*<li>nested", dom)


def test_linked_data_is_valid_json(dom: str) -> None:
    data = re.findall(r'<script type="application/ld\+json">(.*?)</script>', dom, re.DOTALL)[0]
    assert json.loads(data)["@type"] == "Article"
