"""``unspin glossary``: a click group that the command line mounts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from unspin.glossary.commands import Shown

_PATH = click.Path(path_type=Path)
_HOUSE = click.option(
    "--glossary", "house", type=_PATH, multiple=True, help="House glossary on top: file or folder."
)


@click.group()
def glossary() -> None:
    """Check, show, extend and exchange the glossary."""


@glossary.command()
@click.argument("paths", nargs=-1, type=_PATH)
@click.option("--corpus", type=_PATH, help="Count in this folder of clean documents.")
@click.option("--no-counts", is_flag=True, help="Leave safety by counting out (quick).")
@click.option("--warnings/--no-warnings", default=True, help="Show warnings, too.")
def lint(paths: tuple[Path, ...], corpus: Path | None, no_counts: bool, warnings: bool) -> None:
    """Check glossary files (default: the shipped ones): entries, conflicts, examples, safety."""
    from unspin.errors import GlossaryError
    from unspin.glossary import commands
    from unspin.glossary.lint import ERROR

    try:
        problems = commands.lint(paths, corpus=corpus, count=not no_counts)
    except GlossaryError as error:
        raise _failure(error) from error
    errors = sum(p.severity == ERROR for p in problems)
    for problem in problems:
        if warnings or problem.severity == ERROR:
            click.echo(str(problem))
    click.echo(f"{errors} errors, {len(problems) - errors} warnings", err=True)
    if errors:
        sys.exit(1)


def _failure(error: Exception) -> click.ClickException:
    """An error of ours as click shows it; exit code 2 (DESIGN: the tool could not do its work)."""
    return _Failure(str(error))


class _Failure(click.ClickException):
    exit_code = 2


@glossary.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_HOUSE
def stats(as_json: bool, house: tuple[Path, ...]) -> None:
    """Print the numbers of concepts, forms and fields."""
    import json

    from unspin.errors import GlossaryError
    from unspin.glossary import commands

    try:
        numbers = commands.stats(house)
    except GlossaryError as error:
        raise _failure(error) from error
    if as_json:
        click.echo(json.dumps(numbers))
    else:
        click.echo("\n".join(f"{name:10}{number:>9,}" for name, number in numbers.items()))


@glossary.command()
@click.argument("term")
@_HOUSE
def show(term: str, house: tuple[Path, ...]) -> None:
    """Show the entries that know TERM, with counts in clean text."""
    from unspin.errors import GlossaryError
    from unspin.glossary import commands

    try:
        found = commands.show(term, house)
    except GlossaryError as error:
        raise _failure(error) from error
    if not found:
        click.echo(f"{term}: no entry has it; add one with: unspin glossary add", err=True)
        sys.exit(1)
    for entry in found:
        click.echo(_entry(entry))


def _entry(entry: Shown) -> str:
    concept = entry.concept
    lines = [f"{concept.canonical} ({concept.pos})  {entry.provenance}"]
    for form in entry.forms:
        count = "not counted" if form.count is None else f"{form.count:,}"
        rest = f", {form.applicability}" if form.applicability else ""
        rest += ", with a condition" if form.conditional else ""
        lines.append(f"  {form.form:40} {count:>11}  {form.kind}{rest}")
    if concept.source:
        lines.append(f"  source: {concept.source}")
    return "\n".join(lines)


if __name__ == "__main__":
    glossary(prog_name="unspin glossary")
