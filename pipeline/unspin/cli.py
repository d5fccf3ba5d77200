"""Click commands. Everything heavier than click is imported inside the commands."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from unspin import __version__
from unspin.errors import counted, one_line
from unspin.running.streams import ending, standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from unspin.baseline import Compared
    from unspin.config import Config
    from unspin.pipeline import Cleaner
    from unspin.report import Report
    from unspin.running.batch import Result
    from unspin.writing.formats.base import Run

EXIT_OK = 0
EXIT_GATE = 1
EXIT_ERROR = 2
#: 128 and the number of SIGINT, as shells have it.
EXIT_INTERRUPTED = 130

_PATH = click.Path(path_type=Path)
#: A file that cannot be read is an error of that file, and none of the command line.
_SOURCE = click.Path(path_type=Path, readable=False)


class _Command(click.Command):
    """A command that never takes a crash for a failed gate: Python itself would exit with 1."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Runs the command."""
        if not extra.get("standalone_mode", True):
            return super().main(*args, **extra)
        with standing() as out:
            try:
                super().main(*args, **extra)
                code: Any = EXIT_OK
            except SystemExit as end:
                code = end.code
            except Exception:
                import traceback

                traceback.print_exc()
                _fail("this is a fault of unspin; please report it with the lines above")
                code = EXIT_ERROR
            with contextlib.suppress(OSError):
                sys.stdout.flush()
            if out is not None and out.told is not None:
                why = out.told.strerror or out.told
                _fail(f"standard output: cannot be written ({why}); check where it goes")
                code = EXIT_ERROR
        sys.exit(code)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command's body; click itself would exit with 1 where it is interrupted."""
        try:
            with ending():
                return super().invoke(ctx)
        except KeyboardInterrupt as error:
            click.echo(f"interrupted; {str(error) or 'nothing more is written'}", err=True)
            sys.exit(128 + getattr(error, "number", EXIT_INTERRUPTED - 128))
        except EOFError as error:
            # click takes it for a user who ends a prompt; it is a file that was cut.
            raise RuntimeError(f"a file ends too early: {error}") from error


class _Lazy(_Command, click.Group):
    """A group whose subcommands are imported when they are used.

    Args:
        homes: Command name to ``(module, attribute, one-line help)``.
    """

    def __init__(self, *args: Any, homes: dict[str, tuple[str, str, str]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.homes = homes

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, sorted."""
        return sorted({*super().list_commands(ctx), *self.homes})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in self.homes:
            return super().get_command(ctx, cmd_name)
        import importlib

        module, attribute, _ = self.homes[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the commands without importing them."""
        rows = []
        for name in self.list_commands(ctx):
            if name in self.homes:
                rows.append((name, self.homes[name][2]))
            else:
                command = super().get_command(ctx, name)
                rows.append((name, command.get_short_help_str() if command else ""))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _fail(message: str) -> None:
    # A message of a parser may have several lines.
    click.echo("\n".join(map(one_line, f"error: {message}".split("\n"))), err=True)


def _note(message: str) -> None:
    click.echo(one_line(f"note: {message}"), err=True)


def _number(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
    """Refuses nan, which click takes to be in every range."""
    if value is not None and value != value:
        raise click.BadParameter("nan is no number; give one from 0 to 100.")
    return value


@click.command(cls=_Command, short_help="Clean or judge articles.")
@click.argument("paths", nargs=-1, type=_SOURCE)
@click.option(
    "-o", "--out", type=_PATH, default=Path("output"), show_default=True, help="Output folder."
)
@click.option(
    "--to",
    type=click.Choice(["md", "html", "json", "txt"]),
    help="Format of written articles.  [default: md]",
)
@click.option(
    "--check", is_flag=True, help="Write nothing; judge the sources; exit 1 when a gate fails."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "sarif", "junit", "github", "gitlab", "rdjson", "markdown"]),
    default="text",
    show_default=True,
    help="Format of findings, to standard output under --check, else to --report.",
)
@click.option("--report", type=_PATH, metavar="FILE", help="File for the findings.")
@click.option("--baseline", type=_PATH, metavar="FILE", help="Known findings; only new ones fail.")
@click.option(
    "--changed-since", metavar="REV", help="Only findings on lines changed since REV fail."
)
@click.option(
    "--in-place", is_flag=True, help="Write safe fixes into the sources, byte for byte elsewhere."
)
@click.option(
    "--diff",
    is_flag=True,
    help="Show what changes in the text of each source; write only with -o or --in-place.",
)
@click.option(
    "--min-score",
    type=click.FloatRange(0, 100),
    callback=_number,
    help="Fail (exit 1) below this score.",
)
@click.option(
    "--select", multiple=True, metavar="RULE", help="Run only these rules (ids or prefixes)."
)
@click.option("--ignore", multiple=True, metavar="RULE", help="Do not run these rules.")
@click.option(
    "--exclude",
    multiple=True,
    metavar="GLOB",
    help="Pass over sources that match, or lie in a folder that does; adds to the configuration.",
)
@click.option("--unsafe-fixes", is_flag=True, default=None, help="Apply suggested fixes too.")
@click.option("--normalise", is_flag=True, default=None, help="Unify admitted synonyms.")
@click.option(
    "--glossary",
    multiple=True,
    type=_PATH,
    metavar="PATH",
    help="House glossary on top of the shipped one.",
)
@click.option("--grammar", metavar="auto|off|URL", help="LanguageTool: own server, none, or yours.")
@click.option("--model", metavar="auto|off|DIR", help="Language model: shipped, none, or yours.")
@click.option("--jobs", type=click.IntRange(0), help="Worker processes; 0 for one per core.")
@click.option("--text-field", help="JSON Lines field that holds the text.")
@click.option("--title-field", help="JSON Lines field that holds the title.")
@click.option(
    "--non-english", type=click.Choice(["skip", "fail"]), help="What text that is not English does."
)
@click.option("--max-bytes", type=click.IntRange(1), help="Largest source file read.")
@click.option(
    "--no-originals", is_flag=True, help="Do not keep the source bytes beside the reports."
)
@click.option(
    "--force", is_flag=True, help="Write over articles that were changed since unspin wrote them."
)
@click.option("--stdin-filename", metavar="NAME", help="Name (and format) of standard input.")
@click.option("--config", "config_path", type=_PATH, help="Configuration file.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.version_option(__version__, prog_name="unspin")
def clean(paths: tuple[Path, ...], **options: Any) -> None:
    """Clean scraped health articles: read PATHS (default: input/), write to the output folder.

    "-" reads standard input and writes the cleaned article to standard output.
    """
    from unspin.errors import UnspinError

    source = click.get_current_context().get_parameter_source("out")
    folder_named = source is not click.core.ParameterSource.DEFAULT
    options["write"] = not options["diff"] or options["in_place"] or folder_named
    try:
        code = _clean(paths, options)
    except UnspinError as error:
        _fail(str(error))
        code = EXIT_ERROR
    sys.exit(code)


def _config(options: dict[str, Any]) -> Config:
    from unspin.config import load_config

    same = (
        "to", "select", "ignore", "unsafe_fixes", "normalise", "grammar", "model", "jobs",
        "text_field", "title_field", "non_english", "max_bytes",
    )  # fmt: skip
    given = {name: options.get(name) for name in same}
    # an option that may be given several times, or is a flag, is empty where it was not given
    given = {k: None if v == () or v is False else v for k, v in given.items()}
    config = load_config(options["config_path"]).override(
        "command line",
        **given,
        glossaries=tuple(str(p) for p in options["glossary"]) or None,
        originals=False if options.get("no_originals") else None,
    )
    if options["exclude"]:
        config = config.also_excluding(options["exclude"])
    if options.get("min_score") is not None:
        from dataclasses import replace

        # Said for this run: it wins over what folders ask for.
        gates = replace(config.gates, min_score=options["min_score"])
        folders = {p: replace(g, min_score=None) for p, g in config.folders.items()}
        origin = config.origins.get("folders")
        config = config.override("command line", gates=gates)
        if origin:
            config = config.override(origin, folders=folders)
    return config


def _clean(paths: tuple[Path, ...], options: dict[str, Any]) -> int:
    from unspin.errors import InputError
    from unspin.pipeline import Cleaner

    config = _config(options)
    _refuse(options)
    named = list(paths) or [Path("input")]
    if not paths and not named[0].exists():
        raise InputError("input", "no such folder; name the files to clean, or make it")
    if options["report"]:
        _refuse_report(named, config, options)
    if (config.exclude or config.folders or config.suppress) and not options["quiet"]:
        _tell_idle(named, config, options)
    with Cleaner(config, check=options["check"]) as cleaner:
        if Path("-") in named:
            if len(named) > 1:
                raise InputError("-", "standard input cannot be mixed with files; name one of them")
            for option in ("baseline", "changed_since", "in_place"):
                if options[option]:
                    why = f"--{option.replace('_', '-')} is for files, not for standard input"
                    raise InputError("-", f"{why}; name the files")
            return _stdin(cleaner, options)
        if options["check"]:
            return _check(named, cleaner, options)
        return _batch(named, cleaner, options)


def _tell_idle(named: list[Path], config: Config, options: dict[str, Any]) -> None:
    """Tells of patterns of the configuration that match nothing: what they say is not in force."""
    from unspin.config import load_config
    from unspin.errors import InputError
    from unspin.reading import collect

    left: list[Path] = []

    def excluded(path: Path) -> bool:
        if not config.excludes(path):
            return False
        left.append(path)
        return True

    met: list[Path] = []
    with contextlib.suppress(InputError):  # the run itself says what is wrong with its paths
        met = collect(named, text_field=config.text_field, excluded=excluded)
    suppressing = [entry["path"] for entry in config.suppress if entry.get("path")]
    origins = load_config(options["config_path"]).origins  # of what the command line says nothing
    for key, patterns, paths, given in (
        ("exclude", config.exclude, left, len(options["exclude"])),
        ("folders", tuple(config.folders), [*met, *left], 0),
        ("suppress", tuple(suppressing), [*met, *left], 0),
    ):
        for pattern in _idle(config, key, patterns, paths, named, origins.get(key), given):
            _note(f"{key} {pattern!r}: matches nothing; correct it, or remove it")


def _idle(
    config: Config,
    key: str,
    patterns: Sequence[str],
    met: Sequence[Path],
    named: Sequence[Path],
    origin: str | None,
    given: int,
) -> Iterator[str]:
    """Patterns of a setting that match none of some paths, nor anything that is there.

    Args:
        config: The configuration.
        key: Name of the setting.
        patterns: Its patterns.
        met: Paths that they may match.
        named: What the command was given.
        origin: File that sets them, if one does.
        given: How many, the last ones, are of the command line.
    """
    from itertools import takewhile

    base = Path(origin).parent if origin and not given else Path.cwd()
    home = Path(origin).parent.resolve() if origin else base
    everything = any(home.is_relative_to(path.resolve()) for path in named)
    for n, pattern in enumerate(patterns):
        if any(config.matches(str(path), pattern, key) for path in met):
            continue
        parts = Path(pattern).parts
        plain = list(takewhile(lambda part: not any(c in part for c in "*?["), parts))
        # what a configuration speaks of may lie elsewhere, or is passed over in any case
        wild = len(plain) < len(parts) and (everything or n >= len(patterns) - given)
        if wild or not base.joinpath(*plain).exists():
            yield pattern


def _refuse(options: dict[str, Any]) -> None:
    """Refuses options that cannot go together."""
    from unspin.errors import ConfigError

    if options["report"] == Path("-"):
        raise ConfigError("--report -: name a file; without --report --check prints the findings")
    if options["changed_since"] is not None and not options["changed_since"].strip():
        raise ConfigError("--changed-since: names no revision; give a commit, branch or tag")
    if not options["check"]:
        for name in ("baseline", "changed_since"):
            if options[name]:
                option = name.replace("_", "-")
                raise ConfigError(f"--{option} judges sources; use it with --check")
        if options["format_"] != "text" and not options["report"]:
            raise ConfigError("--format needs --check, or --report FILE to write to")
        return
    for name in ("in_place", "diff"):
        if options[name]:
            option = name.replace("_", "-")
            raise ConfigError(f"--check judges the sources, --{option} changes; use one of them")


def _refuse_report(named: list[Path], config: Config, options: dict[str, Any]) -> None:
    """Refuses to write findings over an article that is judged, or what the tool is told by."""
    from unspin.config import find_config
    from unspin.errors import InputError
    from unspin.reading import collect, is_folder
    from unspin.running.files import refuse_report

    if not options["report"].is_file():
        return  # nothing to lose
    sources: list[Path] = []
    if Path("-") not in named:
        with contextlib.suppress(InputError):  # the run itself says what is wrong with its paths
            sources = collect(named, text_field=config.text_field, excluded=config.excludes)
    own = [options["baseline"], options["config_path"] or find_config(Path.cwd())]
    for glossary in map(Path, config.glossaries):
        own += [glossary, *(glossary.rglob("*") if is_folder(glossary) else ())]
    refuse_report(options["report"], [*sources, *filter(None, own)])


def _stdin(cleaner: Cleaner, options: dict[str, Any]) -> int:
    from unspin.errors import InputError
    from unspin.reading import read_bytes
    from unspin.running.batch import guarded, record_line
    from unspin.running.check import limited
    from unspin.writing import render
    from unspin.writing.formats.base import Run, article_result

    config = cleaner.config
    code = EXIT_OK
    results = []
    errors = []
    name = options["stdin_filename"] or "-"
    if sys.__stdout__ is None and not options["check"] and not options["diff"]:
        raise InputError("-", "standard output is closed; open it for the cleaned article")
    for article in read_bytes(_standard_input(), name, config):
        report = guarded(article, cleaner.clean)
        if isinstance(report, InputError):
            _fail(str(report))
            errors.append((report.path, report.reason))
            code = EXIT_ERROR
            continue
        passed = report.passed
        if options["report"] and not options["check"]:
            results.append(article_result(report))
        if options["check"]:
            results.append(limited(article_result(report), config))
            passed = results[-1].passed
        elif options["diff"]:
            _print_diff(report)
        elif report.article.source.record is not None:
            sys.stdout.buffer.write(record_line(report, config.to))
        else:
            sys.stdout.buffer.write(render(report, config.to).encode("utf-8"))
        if not passed and code == EXIT_OK:
            code = EXIT_GATE
    if options["check"] or options["report"]:
        _emit(Run(results, errors, cleaner.tool()), options)
    return code


def _standard_input() -> bytes:
    from unspin.errors import InputError

    if sys.stdin is None:
        raise InputError("-", "standard input is closed; pipe an article into it")
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        why = f"standard input cannot be read ({error.strerror}); pipe an article into it"
        raise InputError("-", why) from error


def _check(named: list[Path], cleaner: Cleaner, options: dict[str, Any]) -> int:
    from unspin.reading import is_folder
    from unspin.running.check import check

    note = None if options["quiet"] else _note
    listed = changes = None
    if options["baseline"]:
        from unspin.baseline import load

        listed = load(options["baseline"])
    if options["changed_since"]:
        from unspin.changes import changed_since

        above = [p if is_folder(p) else p.parent for p in named]
        folders = [p for p in above if is_folder(p)]
        changes = changed_since(options["changed_since"], *(folders or [Path.cwd()]))
    path = options["baseline"]
    run = check(named, cleaner, listed=listed, baseline_path=path, changes=changes, note=note)
    for path, reason in run.errors:
        _fail(f"{one_line(path)}: {reason}")
    _emit(run, options)
    if run.errors:
        return EXIT_ERROR
    return EXIT_OK if run.passed else EXIT_GATE


def _emit(run: Run, options: dict[str, Any]) -> None:
    """Writes the findings of a run where they were asked for."""
    from unspin.staging import write_atomic
    from unspin.writing.formats import render

    text = render(run, options["format_"])
    if options["report"]:
        from unspin.errors import InputError

        try:
            write_atomic(options["report"], text.encode("utf-8"))
        except OSError as error:
            why = f"cannot be written ({error.strerror}); check --report"
            raise InputError(str(options["report"]), why) from error
    elif not options["quiet"]:
        # JSON and XML are UTF-8 whatever the terminal's character set is.
        plain = options["format_"] == "text" and sys.stdout.isatty()
        click.echo(text if plain else text.encode("utf-8"), nl=False)


def _batch(named: list[Path], cleaner: Cleaner, options: dict[str, Any]) -> int:
    from unspin.running.batch import clean_batch
    from unspin.writing.formats.base import Run, article_result
    from unspin.writing.terminal import table

    quiet = options["quiet"]
    results = []
    done = 0

    def stored(articles: int) -> None:
        nonlocal done
        done = articles

    def each(report: Report) -> None:
        if options["diff"]:
            _print_diff(report)
        if options["report"]:
            results.append(article_result(report))

    try:
        with _progress(quiet or options["diff"]) as seen:
            result = clean_batch(
                named,
                options["out"],
                cleaner.config,
                cleaner,
                seen=seen,
                each=each,
                note=None if quiet else _note,
                in_place=options["in_place"],
                write=options["write"],
                force=options["force"],
                stored=stored,
            )
    except KeyboardInterrupt as error:
        error.args = (_so_far(done, options),)
        raise
    for path, why in result.errors:
        _fail(f"{one_line(path)}: {why}")
    for note in result.notes:
        _note(note)
    if options["report"]:
        _emit(Run(results, result.errors, cleaner.tool()), options)
    if not quiet:
        if not options["diff"]:
            table(result.rows)
        _print_sum(result, options)
    if result.errors:
        return EXIT_ERROR
    return EXIT_OK if result.passed else EXIT_GATE


class _progress:  # noqa: N801 - reads as a function at its place of use
    """A progress bar in a terminal, nothing elsewhere."""

    def __init__(self, quiet: bool) -> None:
        self.bar: Any = None
        self.task: Any = None
        self.show = not quiet and sys.stderr.isatty()

    def __enter__(self) -> Any:
        if not self.show:
            return None
        from rich.console import Console
        from rich.progress import Progress

        self.bar = Progress(console=Console(stderr=True), transient=True)
        self.bar.start()
        self.task = self.bar.add_task("cleaning", total=None)
        return lambda done, total: self.bar.update(self.task, completed=done, total=total)

    def __exit__(self, *exc: object) -> None:
        if self.bar is not None:
            self.bar.stop()


def _print_diff(report: Report) -> None:
    from unspin.writing.terminal import diff

    diff(report.article.source.path, report.article.source.text, report.text)


def _print_sum(result: Result, options: dict[str, Any]) -> None:
    summary = result.summary
    review = summary["review_required"]
    click.echo(
        f"{counted(summary['articles'], 'article')}, {counted(summary['edits'], 'edit')}, "
        f"{review} {'needs' if review == 1 else 'need'} review; {_written(result, options)}"
    )


def _written(result: Result, options: dict[str, Any]) -> str:
    """Says where the articles are, or that there are none."""
    if not options["write"]:
        return "no article is written without -o or --in-place"
    if result.rows:
        return f"{'in place, reports in' if options['in_place'] else 'written to'} {options['out']}"
    if result.stored:
        return f"no article is written, the summary is in {options['out']}"
    return "nothing is written"


def _so_far(done: int, options: dict[str, Any]) -> str:
    """Says what an interrupted batch has written."""
    if not done or not options["write"]:
        return "nothing is written"
    where = "edited in place, with reports in" if options["in_place"] else "written to"
    return f"{done} articles are {where} {options['out']}, without report.json and worklist.csv"


@click.group(
    cls=_Lazy,
    homes={
        "glossary": (
            "unspin.glossary.cli",
            "glossary",
            "Lint, search, extend and exchange the glossary.",
        ),
        "grammar": (
            "unspin.grammar.cli",
            "grammar",
            "Install LanguageTool, or say where it stands.",
        ),
        "train": ("unspin.language.cli", "train", "Train the language model from clean text."),
        "evaluate": (
            "unspin.language.cli",
            "evaluate",
            "Measure detection and restoring beside the baselines.",
        ),
    },
)
@click.version_option(__version__, prog_name="unspin")
def main() -> None:
    """Find and restore spun wording, keyword stuffing and scrape debris in health articles."""


main.add_command(clean)


@main.command(short_help="Write the source of a report, byte for byte.")
@click.argument("report", type=_PATH)
@click.option("-o", "--out", type=_PATH, help="File to write; standard output otherwise.")
def undo(report: Path, out: Path | None) -> None:
    """Write the source that REPORT describes, byte for byte."""
    from unspin.errors import UnspinError
    from unspin.staging import write_atomic
    from unspin.undo import undo as body

    try:
        data = body(report)
        if out is None:
            sys.stdout.buffer.write(data)
        else:
            write_atomic(out, data)
    except UnspinError as error:
        _fail(str(error))
        sys.exit(EXIT_ERROR)
    except OSError as error:
        where = out or "standard output"
        _fail(f"{where}: cannot be written ({error.strerror}); check where it goes")
        sys.exit(EXIT_ERROR)


@main.group(short_help="List what is there, so that only new findings fail.")
def baseline() -> None:
    """Switch the gate on for old articles: list what is there, fail only on what is new."""


def _baseline_options(command: Any) -> Any:
    """Options that both baseline commands take; they must be those of the gate."""
    for option in (
        click.option("--jobs", type=click.IntRange(0), help="Worker processes; 0 for one a core."),
        click.option("--non-english", type=click.Choice(["skip", "fail"]), help="As for the gate."),
        click.option("--max-bytes", type=click.IntRange(1), help="Largest source file read."),
        click.option("--title-field", help="JSON Lines field that holds the title."),
        click.option("--text-field", help="JSON Lines field that holds the text."),
        click.option("--model", metavar="auto|off|DIR", help="Language model, as for the gate."),
        click.option(
            "--glossary", multiple=True, type=_PATH, metavar="PATH", help="House glossary."
        ),
        click.option(
            "--exclude", multiple=True, metavar="GLOB", help="Pass over sources that match."
        ),
        click.option("--ignore", multiple=True, metavar="RULE", help="Do not run these rules."),
        click.option("--select", multiple=True, metavar="RULE", help="Run only these rules."),
        click.option("--config", "config_path", type=_PATH, help="Configuration file."),
        click.option(
            "-o", "--out", type=_PATH, default=Path("unspin-baseline.json"), show_default=True
        ),
        click.argument("paths", nargs=-1, type=_SOURCE, required=True),
    ):
        command = option(command)
    return command


@baseline.command("write", short_help="List every finding and score in a baseline file.")
@_baseline_options
def baseline_write(**options: Any) -> None:
    """List every finding and score of PATHS in a baseline file, and say what is accepted.

    What the file listed elsewhere is dropped, and named: give all folders in one call.
    """
    sys.exit(_baseline(options, prune=False))


@baseline.command("prune", short_help="Remove from a baseline file what is gone.")
@_baseline_options
def baseline_prune(**options: Any) -> None:
    """Remove what PATHS no longer hold from a baseline file; accept nothing new."""
    sys.exit(_baseline(options, prune=True))


def _baseline(options: dict[str, Any], *, prune: bool) -> int:
    """Writes or prunes a baseline, unless something could not be read: then it stays as it is."""
    from unspin import baseline as lists
    from unspin.errors import UnspinError
    from unspin.pipeline import Cleaner
    from unspin.running.check import check, compare, of_running_rules

    paths, out = options["paths"], options["out"]
    try:
        old = lists.load(out) if prune or out.exists() else []
        config = _config(options)
        with Cleaner(config, check=True) as cleaner:
            run = check(list(paths), cleaner, note=_note)
        for path, reason in run.errors:
            _fail(f"{one_line(path)}: {reason}")
        if run.errors:
            _fail(f"{out}: is not written; mend or leave out what could not be read")
            return EXIT_ERROR
        base = out.parent
        compared = compare(run.articles, old, paths, config, base)
        if prune:
            compared = of_running_rules(compared, config)
        new = lists.prune(old, compared) if prune else lists.entries(run.articles, base)
        lists.save(out, new)
    except UnspinError as error:
        _fail(str(error))
        return EXIT_ERROR
    except OSError as error:
        _fail(f"{error.filename}: cannot be written ({error.strerror}); check -o")
        return EXIT_ERROR
    items = [i for a in compared.articles for i in a.items]
    added = 0 if prune else sum(i.counts and lists.counted(i) for i in items)
    total = sum(f["count"] for e in new for f in e.findings.values())
    less = sum(count for _, _, count in compared.stale)
    dropped = [] if prune else _dropped(compared)
    counts = [f"{added} more than before", f"{less} gone"]
    if dropped:
        counts.append(f"{len(dropped)} articles dropped")
    click.echo(f"{out}: {total} findings in {len(new)} articles are accepted ({', '.join(counts)})")
    for line in dropped:
        click.echo(line)
    return EXIT_OK


def _dropped(compared: Compared) -> list[str]:
    """A line for each article that a baseline listed and, written anew, lists no more."""
    away = {id(entry) for entry in compared.gone}
    lines = []
    for entry, count in compared.unmet:
        why = "it is gone"
        if id(entry) not in away:
            why = "it was not judged; to keep it, name everything in one call"
        lines.append(f"{entry.path}: dropped with its score and {count} findings, for {why}")
    return lines


@main.command(short_help="Show the settings in force, and where each comes from.")
@click.option("--config", "config_path", type=_PATH, help="Configuration file.")
def config(config_path: Path | None) -> None:
    """Show the effective configuration, and where each value comes from."""
    from unspin.config import described, load_config
    from unspin.errors import UnspinError

    try:
        found = load_config(config_path)
    except UnspinError as error:
        _fail(str(error))
        sys.exit(EXIT_ERROR)
    for name, value, origin in described(found):
        click.echo(f"{name:<28} {_as_toml(value):<24} {origin}")


def _as_toml(value: Any) -> str:
    """A value as a file would hold it; what is not set cannot stand in one."""
    import json

    if value is None:
        return "not set"
    if isinstance(value, dict):
        inside = ", ".join(f"{key} = {_as_toml(item)}" for key, item in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_as_toml, value))}]"
    return json.dumps(value, ensure_ascii=False, default=str)


@main.command()
def rules() -> None:
    """List the rules."""
    from unspin.rules import all_rules

    for rule in all_rules():
        head = (rule.__doc__ or "").strip().splitlines()[0]
        click.echo(f"{rule.id}  {rule.slug:<24} {rule.severity:<8} {head}")


@main.command()
@click.argument("rule")
def explain(rule: str) -> None:
    """Show the page of RULE (an id or a slug)."""
    import inspect

    from unspin.rules import rule_by_id

    found = rule_by_id(rule)
    if found is None:
        _fail(f"no rule {rule!r}; `unspin rules` lists them")
        sys.exit(EXIT_ERROR)
    click.echo(f"{found.id} {found.slug} ({found.severity})\n")
    click.echo(inspect.getdoc(found))
