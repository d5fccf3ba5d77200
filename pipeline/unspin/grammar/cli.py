"""`unspin grammar`: fetch LanguageTool, and say whether the grammar stage can run."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.group("grammar")
def grammar() -> None:
    """Fetch and inspect LanguageTool, which checks grammar and spelling."""


@grammar.command()
@click.option("--quiet", "-q", is_flag=True, help="Show no progress.")
def install(quiet: bool) -> None:
    """Fetch LanguageTool (260 MB) into the cache folder.

    Goes on where an interrupted installation stopped, and does nothing where it is complete.
    """
    from unspin.errors import UnspinError
    from unspin.grammar import install as installing

    try:
        silent = quiet or installing.is_installed()
        folder = installing.install() if silent else _with_bar()
    except UnspinError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    if not quiet:
        click.echo(f"LanguageTool {installing.VERSION} is in {folder}")
    if problem := installing.available():
        click.echo(f"error: {problem}", err=True)
        sys.exit(2)


@grammar.command()
def status() -> None:
    """Say whether the grammar stage can run, and what it would use. Exit code 1 if it cannot."""
    from unspin.grammar import install as installing
    from unspin.grammar.java import find_java
    from unspin.grammar.ruleset import default_rules

    rules = default_rules()
    rows = [
        ("LanguageTool", installing.VERSION),
        ("installed", str(installing.home()) if installing.is_installed() else "no"),
        ("Java", str(find_java() or "none")),
        ("rules off", f"{len(rules.disabled)}, and {len(rules.disabled_categories)} categories"),
        ("medical words", f"{len(rules.words):,}"),
    ]
    for name, value in rows:
        click.echo(f"{name + ':':<15} {value}")
    problem = installing.available()
    click.echo(f"{'grammar:':<15} {'ready' if problem is None else f'not ready: {problem}'}")
    sys.exit(0 if problem is None else 1)


def _with_bar() -> Path:
    # On standard error, and silent where that is no terminal: logs do not want a moving bar.
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    from unspin.grammar.install import install as fetch

    columns = (TextColumn("LanguageTool"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    if not console.is_terminal:
        click.echo("fetching LanguageTool (260 MB) ...", err=True)
        return fetch()
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("fetch", total=None)
        return fetch(lambda done, total, name: bar.update(task, completed=done, total=total))
