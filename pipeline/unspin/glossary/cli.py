"""``unspin glossary``: a click group that the command line mounts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from unspin.errors import counted

if TYPE_CHECKING:
    from unspin.glossary.commands import Shown
    from unspin.glossary.concept import Concept

#: Forms left out of an export, and entries that replace ours, that are named one by one.
_SHOWN = 20

_POS = click.Choice(["noun", "verb", "adjective", "adverb", "function", "name", "phrase"])
_APPLICABILITIES = ("safe", "likely", "suggested", "editor")
_PATH = click.Path(path_type=Path)
_HOUSE = click.option(
    "--glossary", "house", type=_PATH, multiple=True, help="House glossary on top: file or folder."
)


@click.group()
def glossary() -> None:
    """Check, show, extend and exchange the glossary."""


@glossary.command(short_help="Check glossary files: entries, conflicts, examples.")
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
    others = len(problems) - errors
    click.echo(f"{counted(errors, 'error', ',')}, {counted(others, 'warning', ',')}", err=True)
    if errors:
        sys.exit(1)


def _house(paths: tuple[Path, ...]) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """House glossaries and terms switched off: as given, else as the configuration says."""
    from unspin.config import load_config

    config = load_config()
    return paths or tuple(Path(p) for p in config.glossaries), config.glossary_off


def _failure(error: Exception) -> click.ClickException:
    """An error of ours as click shows it; exit code 2 (the tool could not do its work)."""
    return _Failure(str(error))


class _Failure(click.ClickException):
    exit_code = 2


@glossary.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_HOUSE
def stats(as_json: bool, house: tuple[Path, ...]) -> None:
    """Print the numbers of concepts, forms and fields."""
    import json

    from unspin.errors import UnspinError
    from unspin.glossary import commands

    try:
        numbers = commands.stats(*_house(house))
    except UnspinError as error:
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
    from unspin.errors import UnspinError
    from unspin.glossary import commands

    try:
        found = commands.show(term, *_house(house))
    except UnspinError as error:
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
        rest += f", when {form.condition}" if form.condition else ""
        rest += f"; {form.yields_to} has the say" if form.yields_to else ""
        lines.append(f"  {form.form:40} {count:>11}  {form.kind}{rest}")
    if concept.source:
        lines.append(f"  source: {concept.source}")
    return "\n".join(lines)


@glossary.command()
@click.argument("canonical", required=False)
@click.option("--field", help="Field of medicine: the name of the file without .yaml.")
@click.option("--file", "path", type=_PATH, help="File of a house glossary to write to.")
@click.option("--title", default="", help="Title of the field, for a new file.")
@click.option("--pos", type=_POS, help="Part of speech; noun if not given.")
@click.option("--admitted", multiple=True, help="Good synonym (repeatable).")
@click.option("--deprecated", multiple=True, help="Outdated term (repeatable); needs --source.")
@click.option("--spun", multiple=True, help="Spun form or template (repeatable).")
@click.option(
    "--applicability",
    type=click.Choice(_APPLICABILITIES),
    help="Of the spun forms and outdated terms given.",
)
@click.option("--extend", is_flag=True, help="In a house glossary: add to our entry, keep ours.")
@click.option("--bad", multiple=True, help="Sentence that holds a spun form (repeatable).")
@click.option("--good", multiple=True, help="The same sentence restored, one for each --bad.")
@click.option("--fine", multiple=True, help="Sentence in which the words are right (repeatable).")
@click.option("--source", default="", help="Page that bears the entry out.")
def add(canonical: str | None, **given: Any) -> None:
    """Add an entry, or forms to an entry; asks for what is not given."""
    from dataclasses import replace

    from unspin.errors import GlossaryError
    from unspin.glossary import commands
    from unspin.glossary.lint import replacing

    try:
        # a term alone is no entry
        asks = canonical is None or not any(given[k] for k in _PARTS)
        canonical = str(canonical or click.prompt("Canonical term (singular or base form)"))
        if asks:
            given = _asked(given)
        if not given["field"] and not given["path"]:
            given["field"] = click.prompt("Field of medicine (file name without .yaml)")
        concept = _concept(canonical, given)
        lost = _lost(concept, given["path"])
        if lost and asks and click.confirm(_extend_question(canonical, lost), default=True):
            concept, lost = replace(concept, extend=True), 0
        path = commands.add(concept, path=given["path"], title=given["title"])
    except GlossaryError as error:
        raise _failure(error) from error
    click.echo(f"{path}: {canonical} added")
    if lost:
        click.echo(f"warning: {replacing(concept, lost)}", err=True)


#: What makes an entry of a term.
_PARTS = ("admitted", "deprecated", "spun", "bad", "fine")


def _lost(concept: Concept, path: Path | None) -> int:
    """How many forms of ours an entry would switch off; none where it is written to our files."""
    from unspin.glossary import commands

    return commands.forms_replaced(concept, path) if path is not None else 0


def _extend_question(canonical: str, lost: int) -> str:
    return (
        f"Our glossary has {canonical!r}, and {lost:,} of its forms would no longer count. "
        "Extend our entry instead of replacing it"
    )


def _asked(given: dict[str, Any]) -> dict[str, Any]:
    """Asks for the fields that are not given as options."""

    def several(name: str, question: str) -> tuple[str, ...]:
        if given[name]:
            return tuple(given[name])
        out = []
        while answer := click.prompt(question, default="", show_default=False):
            out.append(answer)
        return tuple(out)

    asked = dict(given)
    if not asked["field"] and not asked["path"]:
        asked["field"] = click.prompt("Field of medicine (file name without .yaml)")
    asked["pos"] = asked["pos"] or click.prompt("Part of speech", default="noun", type=_POS)
    asked["admitted"] = several("admitted", "Good synonym (empty to go on)")
    asked["deprecated"] = several("deprecated", "Outdated term (empty to go on)")
    asked["spun"] = several("spun", "Spun form, {a|b} for a choice (empty to go on)")
    asked["bad"] = several("bad", "Sentence with a spun form (empty to go on)")
    asked["good"] = given["good"] or tuple(
        click.prompt(f"Restored: {bad}\n ", value_proc=_other_than(bad)) for bad in asked["bad"]
    )
    asked["fine"] = several("fine", "Sentence in which the words are right (empty to go on)")
    asked["applicability"] = asked["applicability"] or click.prompt(
        f"Applicability: {', '.join(_APPLICABILITIES)} (empty: safe, or what the entry has)",
        default="", show_default=False, type=click.Choice(["", *_APPLICABILITIES]),
        show_choices=False,
    )  # fmt: skip
    asked["source"] = asked["source"] or click.prompt("Source", default="", show_default=False)
    return asked


def _other_than(bad: str) -> Callable[[str], str]:
    """What click asks of a restored sentence: that something is restored in it."""

    def check(good: str) -> str:
        if good.strip() in ("", bad.strip()):
            raise click.BadParameter("nothing is restored in it; write the right words")
        return good.strip()

    return check


def _concept(canonical: str, given: dict[str, Any]) -> Concept:
    """An entry from what was given."""
    from unspin.glossary.concept import Concept, Example, Variant

    if len(given["bad"]) != len(given["good"]):
        raise click.UsageError("give one --good for each --bad")
    field = given["field"] or (given["path"].stem if given["path"] else "")
    return Concept(
        canonical=canonical,
        pos=given["pos"] or "noun",
        admitted=tuple(given["admitted"]),
        deprecated=tuple(Variant(v, given["applicability"] or "") for v in given["deprecated"]),
        spun=tuple(Variant(v, given["applicability"] or "") for v in given["spun"]),
        # that of an entry is of spun forms alone
        applicability=(given["spun"] and given["applicability"]) or "safe",
        examples=tuple(Example(b, g) for b, g in zip(given["bad"], given["good"], strict=True)),
        fine=tuple((s, 0) for s in given["fine"]),
        source=given["source"],
        extend=given["extend"],
        field=field,
    )


@glossary.command("import", short_help="Turn a list of terms into a glossary file.")
@click.argument("source", type=_PATH)
@click.argument("target", type=_PATH)
@click.option("--format", type=click.Choice(["csv", "tbx", "vale", "pps"]), help="Format of it.")
@click.option("--title", default="", help="Title of the glossary file.")
@click.option("--extend", is_flag=True, help="Add to our entries of the same term, keep ours.")
def import_(source: Path, target: Path, format: str | None, title: str, extend: bool) -> None:
    """Turn SOURCE (CSV, TBX, Vale style, tortured phrases) into the glossary file TARGET."""
    from unspin.errors import GlossaryError
    from unspin.glossary import commands

    try:
        imported = commands.import_file(
            source, target, format=format or "", title=title, extend=extend
        )
        lost = commands.replaced(imported.concepts)
    except GlossaryError as error:
        raise _failure(error) from error
    for item in imported.ignored:
        click.echo(f"passed over: {item}", err=True)
    for item in imported.explained:
        click.echo(f"not imported: {item}", err=True)
    for line in lost[:_SHOWN]:
        click.echo(f"warning: {line}", err=True)
    if len(lost) > _SHOWN:
        click.echo(f"warning: {len(lost) - _SHOWN:,} more entries replace ours", err=True)
    click.echo(
        f"{target}: {counted(len(imported.concepts), 'concept', ',')} from "
        f"{counted(imported.rows, 'row', ',')}, "
        f"{counted(len(imported.explained), 'row', ',')} not imported"
    )


@glossary.command("export", short_help="Write the glossary as CSV, TBX or a Vale style.")
@click.argument("target", type=_PATH)
@click.option("--format", type=click.Choice(["csv", "tbx", "vale"]), help="Format of it.")
@click.option("--field", "fields", multiple=True, help="Only this field (repeatable).")
@click.option("--force", is_flag=True, help="Write over TARGET where it is there already.")
@_HOUSE
def export(
    target: Path,
    format: str | None,
    fields: tuple[str, ...],
    force: bool,
    house: tuple[Path, ...],
) -> None:
    """Write the glossary to TARGET as CSV, TBX or a Vale style (a folder)."""
    from unspin.errors import UnspinError
    from unspin.glossary import commands

    try:
        number, left_out = commands.export_file(
            target, *_house(house), format=format or "", fields=fields, force=force
        )
    except UnspinError as error:
        raise _failure(error) from error
    rest = counted(len(left_out), "thing", ",")
    click.echo(f"{target}: {counted(number, 'concept', ',')}, {rest} left out")
    for item in left_out[:_SHOWN]:
        click.echo(f"left out: {item}", err=True)
    if len(left_out) > _SHOWN:
        click.echo(f"left out: {len(left_out) - _SHOWN:,} more", err=True)


if __name__ == "__main__":
    glossary(prog_name="unspin glossary")
