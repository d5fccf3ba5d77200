"""What the pages name is there: other pages and their headings, scripts, options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from unspin.cli import main

PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "glossary/README.md",
    "docs/*.md",
    "docs/rules/*.md",
]
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
_OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")


@pytest.fixture(params=PAGES)
def pages(request: pytest.FixtureRequest, repository: Path) -> list[Path]:
    found = sorted(repository.glob(request.param))
    assert found
    return found


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_links_lead_to_pages_and_headings(pages: list[Path]) -> None:
    for page in pages:
        for name, anchor in _LINK.findall(page.read_text("utf-8")):
            target = page.parent / name if name else page
            assert target.exists(), f"{page}: {name}"
            assert not anchor or anchor in anchors(target), f"{page}: {name}#{anchor}"


def options(group: click.Group) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from options(command)
        yield from (o for p in command.params for o in (*p.opts, *p.secondary_opts))


def test_scripts_and_options_are_there(pages: list[Path], repository: Path) -> None:
    known = {*options(main), "--help", "--version"}
    for script in repository.glob("bench/*.py"):
        known |= set(re.findall(r'"(--[a-z][\w-]*)"', script.read_text("utf-8")))
    for page in pages:
        text = page.read_text("utf-8")
        assert set(_OPTION.findall(text)) <= known, page
        for script_name in re.findall(r"bench/\w+\.py", text):
            assert (repository / script_name).is_file(), f"{page}: {script_name}"
