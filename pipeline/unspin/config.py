"""Effective configuration: defaults, then ``unspin.toml`` or ``[tool.unspin]``, then options."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from unspin.errors import ConfigError
from unspin.paths import is_outside, seen_from

_RULE = re.compile(r"[A-Za-z]{2}\d{0,3}")
#: Default limit for one source file, in bytes.
MAX_BYTES = 20_000_000


@dataclass(frozen=True)
class Gates:
    """Limits that make a run fail with exit code 1; None is no gate.

    Args:
        min_score: Least overall score, 0..100.
        min_parts: Least score of single parts, such as ``{"wording": 80}``.
        max_spun_probability: P(spun) of the article that fails it, 0..1.
        max_window_probability: P(spun) of a window of about 200 words that fails the article,
            0..1: one spun paragraph in a long clean page.
        fail_on: Least severity of a finding that fails an article: ``error``, ``warning``,
            ``info``, or None.
        max_new_findings: Greatest number of findings that no baseline lists.

    Raises:
        ConfigError: A limit is no number in its range, or names no part or severity.
    """

    min_score: float | None = None
    min_parts: Mapping[str, float] = field(default_factory=dict)
    max_spun_probability: float | None = None
    max_window_probability: float | None = None
    fail_on: str | None = None
    max_new_findings: int | None = None

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if value is not item.default and value != {}:
                _limit(item.name, value, f"Gates: {item.name}")

    def __hash__(self) -> int:
        return hash((self.min_score, self.max_spun_probability, self.max_window_probability,
                     self.fail_on, self.max_new_findings))  # fmt: skip


@dataclass(frozen=True)
class Config:
    """All that a run can be told.

    Args:
        to: Format of written articles: ``md``, ``html``, ``json`` or ``txt``.
        select: Rule ids or id prefixes to run; empty for all.
        ignore: Rule ids or id prefixes not to run.
        exclude: Globs of sources that are passed over.
        unsafe_fixes: Apply `suggested` fixes too.
        normalise: Unify admitted synonyms (TN002).
        glossaries: House glossaries on top of the shipped one: files or folders.
        glossary_off: Canonical terms of the shipped glossary to switch off.
        grammar: ``auto``, ``off`` or the address of a LanguageTool server.
        model: ``auto``, ``off`` or a folder that holds a trained model.
        non_english: ``skip`` or ``fail``.
        max_bytes: Largest source file read, in bytes; of JSON Lines the largest record.
        text_field: JSON Lines field that holds the text; empty to detect it.
        title_field: JSON Lines field that holds the title; empty to detect it.
        originals: Keep the source bytes beside the reports.
        jobs: Local worker processes; 0 for one per core.
        gates: Limits that make a run fail.
        folders: Gates for folders: glob of paths to gate settings, last match wins.
        suppress: Findings accepted by configuration: ``{"rule", "path", "reason"}`` each.
        origins: Where each value came from (``unspin config`` prints it).

    Lists may be given for tuples, and paths for the names of files and folders.

    Raises:
        ConfigError: A value is not one that its field takes; the message names all three.
    """

    to: str = "md"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    unsafe_fixes: bool = False
    normalise: bool = False
    glossaries: tuple[str, ...] = ()
    glossary_off: tuple[str, ...] = ()
    grammar: str = "auto"
    model: str = "auto"
    non_english: str = "skip"
    max_bytes: int = MAX_BYTES
    text_field: str = ""
    title_field: str = ""
    originals: bool = True
    jobs: int = 1
    gates: Gates = Gates()
    folders: Mapping[str, Gates] = field(default_factory=dict)
    suppress: tuple[Mapping[str, str], ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if value is not item.default:
                checked = _checked(item.name, value, f"Config: {item.name}")
                if checked is not value:
                    object.__setattr__(self, item.name, checked)

    def __hash__(self) -> int:
        # the other fields are mappings, which have no hash
        return hash((self.to, self.select, self.ignore, self.glossaries, self.grammar, self.model))

    def runs(self, rule: str) -> bool:
        """Whether a rule is selected and not ignored (ids and prefixes; ignoring wins)."""
        chosen = not self.select or any(rule.startswith(s.upper()) for s in self.select)
        return chosen and not any(rule.startswith(s.upper()) for s in self.ignore)

    def excludes(self, path: str | Path) -> bool:
        """Whether a source, or a folder with all that it holds, is passed over.

        Args:
            path: As the user named it, from the current folder.
        """
        return any(self.matches(str(path), pattern, "exclude") for pattern in self.exclude)

    def also_excluding(self, patterns: Sequence[str]) -> Config:
        """A copy that passes over what more patterns match, which count from the current folder."""
        origin = self.origins.get("exclude")
        base = Path(origin).parent if origin else Path.cwd()
        known = (os.path.relpath(base / pattern) for pattern in self.exclude)
        return self.override("command line", exclude=(*known, *patterns))

    def gates_for(self, path: str) -> Gates:
        """The gates for one source path: what folders that match set wins over the general.

        A folder changes the limits it sets and no others, of parts too; of several that match the
        last wins.
        """
        found = self.gates
        for pattern, gates in self.folders.items():
            if self.matches(path, pattern, "folders"):
                given = {f.name: getattr(gates, f.name) for f in fields(gates)}
                given["min_parts"] = {**found.min_parts, **gates.min_parts}
                found = replace(found, **{k: v for k, v in given.items() if v is not None})
        return found

    def matches(self, path: str, pattern: str, key: str) -> bool:
        """Whether a source path matches a pattern of the configuration.

        Args:
            path: As the user named it, from the current folder.
            pattern: Glob from the folder of the configuration file, or an absolute one; a folder
                means what is in it, and ``.`` the folder of that file.
            key: Setting that holds the pattern, to find the file it came from.
        """
        import posixpath
        from fnmatch import fnmatchcase

        origin = self.origins.get(key)
        base = Path(origin).parent if origin else Path.cwd()
        name = seen_from(base, path)
        if Path(pattern).is_absolute():
            pattern = seen_from(base, pattern)
        # normpath makes "." of nothing, and an empty pattern must not mean everything
        wanted = posixpath.normpath(pattern) if pattern else pattern
        if wanted == ".":
            return not is_outside(name)
        return fnmatchcase(name, wanted) or fnmatchcase(name, f"{wanted}/*")

    def override(self, origin: str = "option", **values: Any) -> Config:
        """A copy with the given values, recorded as coming from `origin`; None changes nothing.

        Raises:
            ConfigError: A value is not one that its field takes.
        """
        given = {k: _checked(k, v, f"{origin}: {k}") for k, v in values.items() if v is not None}
        return replace(self, **given, origins={**self.origins, **dict.fromkeys(given, origin)})


def described(config: Config) -> Iterator[tuple[str, Any, str]]:
    """Every value in force, with its name and where it comes from.

    Yields:
        Name as in ``unspin.toml`` (``gates.min-score``), value, origin. Limits that are not set
        show what stands in for them under ``--check``.
    """
    from unspin.gating import CHECK_DEFAULTS

    for item in fields(config):
        name, value = item.name.replace("_", "-"), getattr(config, item.name)
        origin = config.origins.get(item.name, "default")
        if item.name == "gates":
            for limit, found, here in _limits(value):
                default = getattr(CHECK_DEFAULTS, limit.replace("-", "_"))
                stands_in = found is None and default not in (None, {})
                other = "default under --check" if stands_in else "default"
                shown = default if stands_in else found
                yield f"{name}.{limit}", shown, origin if here else other
        elif item.name == "folders":
            for pattern, gates in value.items():
                for limit, found, here in _limits(gates):
                    if here:
                        yield f'{name}."{pattern}".{limit}', found, origin
        elif item.name != "origins":
            yield name, list(value) if isinstance(value, tuple) else value, origin


def _limits(gates: Gates) -> Iterator[tuple[str, Any, bool]]:
    """Name and value of each limit, and whether it was set."""
    for item in fields(gates):
        value = getattr(gates, item.name)
        value = None if value == {} else value
        yield item.name.replace("_", "-"), value, value is not None


_RULE_KEYS = ("select", "ignore")
#: Fields that name files or folders.
_PATH_KEYS = ("glossaries", "model")
_TYPES = {bool: "true or false", int: "a whole number", str: "a string"}
#: Least value of whole numbers.
_LEAST = {"max_bytes": 1, "jobs": 0}
_CHOICES = {"to": ("md", "html", "json", "txt"), "non_english": ("skip", "fail")}
#: Parts of a score that a gate can name (the keys of scoring.FAMILIES; scoring imports much more).
PARTS = (
    "wording", "terminology", "stuffing", "debris", "structure", "duplication", "meaning",
    "grammar",
)  # fmt: skip
_SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True)
class _Range:
    """Which numbers a limit takes, and how an error says so."""

    most: float
    what: str
    kind: tuple[type, ...] = (int, float)

    def check(self, value: Any, where: str) -> None:
        """Refuses what is no such number; nan is within no range."""
        _expect(value, self.kind, self.what, where)
        if not 0 <= value <= self.most:
            raise ConfigError(f"{where}: must be {self.what}, not {value!r}")


_POINTS = _Range(100, "a number from 0 to 100")
_PROBABILITY = _Range(1, "a number from 0 to 1")
#: Numbers that the limits of gates take.
_RANGES = {
    "min_score": _POINTS,
    "max_spun_probability": _PROBABILITY,
    "max_window_probability": _PROBABILITY,
    "max_new_findings": _Range(float("inf"), "a whole number, 0 or more", (int,)),
}


def _checked(key: str, value: Any, where: str) -> Any:
    """A value that a field of `Config` takes, as the field holds it.

    Args:
        key: Name of the field.
        value: Given in Python; files are read by `_build`, with places in the file.
        where: How an error names the place.

    Raises:
        ConfigError: The field takes no such value.
    """
    if key == "gates":
        _expect(value, Gates, "a Gates object", where)
    elif key in ("folders", "origins"):
        kind, what = (Gates, "a Gates object") if key == "folders" else (str, "a string")
        _expect(value, Mapping, f"a mapping of strings, each to {what}", where)
        for name, item in value.items():
            _expect(name, str, f"a mapping of strings, each to {what}", where)
            _expect(item, kind, what, f"{where}[{name!r}]")
    elif key == "suppress":
        return _suppress(value, where)
    else:
        return _plain(key, _python(key, value), where)
    return value


def _python(key: str, value: Any) -> Any:
    """A value of Python as a file would give it: lists for tuples, strings for paths."""
    if isinstance(value, tuple):
        value = list(value)
    if key in _PATH_KEYS:
        if isinstance(value, list):
            return [_path(item) for item in value]
        return _path(value)
    return value


def _path(value: Any) -> Any:
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def load_config(path: Path | str | None = None, start: Path | str | None = None) -> Config:
    """Reads the configuration.

    Args:
        path: A named file; None looks for ``unspin.toml``, then for ``pyproject.toml`` with
            ``[tool.unspin]``, in `start` and its parents.
        start: Folder to look from; None is the current one.

    Raises:
        ConfigError: The file is missing, is no TOML, or holds an unknown key or a wrong value.
            So it is for a ``pyproject.toml`` that is no TOML and speaks of ``tool.unspin``.
    """
    found = Path(path) if path is not None else find_config(Path(start or Path.cwd()))
    if found is None:
        return Config()
    try:
        data = _toml(found, found.read_bytes())
    except OSError as error:
        raise ConfigError(f"{found}: cannot be read ({error.strerror}); check --config") from error
    if found.name == "pyproject.toml":
        tools = data.get("tool", {})
        data = tools.get("unspin", {}) if isinstance(tools, dict) else {}
        _expect(data, dict, "a table", f"{found}: tool.unspin")
    return _build(data, str(found), found.parent)


def find_config(start: Path) -> Path | None:
    """The configuration file of a folder: the nearest one in it or above it, or None.

    Raises:
        ConfigError: As for `load_config`.
    """
    for folder in (start, *start.parents):
        own = folder / "unspin.toml"
        if own.is_file():
            return own
        project = folder / "pyproject.toml"
        if project.is_file():
            try:
                raw = project.read_bytes()
            except OSError:
                continue
            if _speaks_of_unspin(project, raw):
                return project
    return None


def _speaks_of_unspin(project: Path, raw: bytes) -> bool:
    """Whether a project file configures unspin.

    Raises:
        ConfigError: It is no TOML but names the table: limits must not be off unseen.
    """
    try:
        tools = _toml(project, raw).get("tool", {})
    except ConfigError:
        if b"tool.unspin" in raw:
            raise
        return False
    return isinstance(tools, dict) and "unspin" in tools


def _toml(path: Path, raw: bytes) -> dict[str, Any]:
    try:
        # utf-8-sig: editors on Windows write a byte order mark, which TOML does not know
        return tomllib.loads(raw.decode("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}; mend that line") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        why = f"is not valid UTF-8 (at line {line}); save it as UTF-8"
        raise ConfigError(f"{path}: {why}") from error


def _build(data: Mapping[str, Any], where: str, base: Path) -> Config:
    known = {f.name for f in fields(Config)} - {"origins"}
    values: dict[str, Any] = {}
    for raw, key, value in _keys(data, known, where):
        if key == "gates":
            values[key] = _gates(value, f"{where}: [gates]")
        elif key == "folders":
            _expect(value, dict, "a table", f"{where}: folders")
            values[key] = {p: _gates(g, f'{where}: [folders."{p}"]') for p, g in value.items()}
        elif key == "suppress":
            values[key] = _suppress(value, f"{where}: suppress")
        elif key == "glossaries":
            values[key] = tuple(str(base / v) for v in _strings(value, f"{where}: {raw}"))
        elif key == "model":
            name = _plain(key, value, f"{where}: {raw}")
            values[key] = name if name in ("auto", "off") else str(base / name)
        else:
            values[key] = _plain(key, value, f"{where}: {raw}")
    return Config(**values, origins=dict.fromkeys(values, where))


def _keys(table: Mapping[str, Any], known: set[str], where: str) -> Iterator[tuple[str, str, Any]]:
    """Each key as it is written, its name in the program, and its value."""
    seen: dict[str, str] = {}
    for raw, value in table.items():
        key = raw.replace("-", "_")
        _known(key, known, raw, where)
        if key in seen:
            same = f"{seen[key]!r} and {raw!r} are the same key"
            raise ConfigError(f"{where}: {same}; keep one of them")
        seen[key] = raw
        yield raw, key, value


def _known(key: str, known: set[str], raw: str, where: str) -> None:
    if key in known:
        return
    near = get_close_matches(key, known, n=1)
    if "gates" in known and key in {item.name for item in fields(Gates)}:
        hint = "; it is a key of the table [gates]"
    elif near:
        hint = f"; did you mean {near[0].replace('_', '-')!r}?"
    else:
        hint = f"; known are {', '.join(sorted(k.replace('_', '-') for k in known))}"
    raise ConfigError(f"{where}: unknown key {raw!r}{hint}")


def _expect(value: Any, kind: Any, what: str, where: str) -> None:
    wanted = kind if isinstance(kind, tuple) else (kind,)
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        raise ConfigError(f"{where}: must be {what}, not {value!r}")


def _strings(value: Any, where: str) -> tuple[str, ...]:
    _expect(value, list, "a list of strings", where)
    for item in value:
        _expect(item, str, "a list of strings", where)
    return tuple(value)


def _rules(names: Sequence[str], where: str) -> None:
    """Refuses a name that no rule has: a misspelt one would switch the gate off unseen."""
    if not names:
        return
    from unspin.rules import names_rules

    for name in names:
        if not names_rules(name):
            raise ConfigError(f"{where}: no rule is named {name!r}; `unspin rules` lists them")


def _grammar(value: str, where: str) -> None:
    """Refuses what is no way to check grammar: a misspelt one would look for a server."""
    from urllib.parse import urlsplit

    try:
        address = urlsplit(value)
        named = address.scheme in ("http", "https") and address.hostname and address.port != 0
    except ValueError:  # a bracket or a port that no address has
        named = False
    if value not in ("auto", "off") and not named:
        what = "auto, off or the http(s) address of a LanguageTool server"
        raise ConfigError(f"{where}: must be {what}, not {value!r}")


def _plain(key: str, value: Any, where: str) -> Any:
    default = getattr(Config, key)
    if isinstance(default, tuple):
        found = _strings(value, where)
        if key in _RULE_KEYS:
            _rules(found, where)
        return found
    if key not in _CHOICES:  # theirs says more
        _expect(value, type(default), _TYPES[type(default)], where)
    if key in _LEAST and value < _LEAST[key]:
        raise ConfigError(f"{where}: must be {_LEAST[key]} or more, not {value!r}")
    choices = _CHOICES.get(key)
    if choices and value not in choices:
        raise ConfigError(f"{where}: must be one of {', '.join(choices)}, not {value!r}")
    if key == "grammar":
        _grammar(value, where)
    return value


def _gates(value: Any, where: str) -> Gates:
    _expect(value, dict, "a table", where)
    known = {f.name for f in fields(Gates)}
    out: dict[str, Any] = {}
    for raw, key, item in _keys(value, known, where):
        at = f"{where} {raw}"
        _limit(key, item, at)
        out[key] = item
    return Gates(**out)


def _limit(key: str, value: Any, where: str) -> None:
    """Refuses a limit that a field of `Gates` does not take."""
    if key == "min_parts":
        _expect(value, Mapping, "a table of numbers", where)
        for part, limit in value.items():
            _expect(part, str, f"a table of numbers for {', '.join(PARTS)}", where)
            _known(part, set(PARTS), part, where)
            _POINTS.check(limit, f"{where}.{part}")
    elif key == "fail_on":
        if value not in _SEVERITIES:
            raise ConfigError(f"{where}: must be error, warning or info, not {value!r}")
    else:
        _RANGES[key].check(value, where)


def _suppress(value: Any, where: str) -> tuple[Mapping[str, str], ...]:
    _expect(value, (list, tuple), "a list of tables", where)
    for i, item in enumerate(value, 1):
        at = f"{where}[{i}]"
        _expect(item, Mapping, "a table with rule, path and reason", at)
        if set(item) - {"rule", "path", "reason"} or "rule" not in item:
            raise ConfigError(f"{at}: takes rule, path and reason, and rule is required")
        for name, text in item.items():
            _expect(text, str, "a string", f"{at} {name}")
        if not item.get("reason", "").strip():
            raise ConfigError(f"{at}: a reason is required")
        if not _RULE.fullmatch(item["rule"]):
            raise ConfigError(f"{at} rule: must be a rule or a family, such as SP001 or SP")
        _rules((item["rule"],), f"{at} rule")
    return tuple(value)
