from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import unspin
from tests.articles import article
from unspin.article import Article
from unspin.config import Config
from unspin.edits import apply_edits, invert_edits
from unspin.pipeline import Cleaner
from unspin.reading import read_bytes

TEXT = (
    "Congestive heart disappointment means that the heart pumps less blood than the body needs. "
    "Smoking is one of the danger factors for it, and many people do not know that it is."
)


def test_clean_text_gives_text_score_and_report() -> None:
    report = unspin.clean_text(TEXT, Config(grammar="off", model="off"))
    assert report.text.startswith("Congestive heart failure means")
    assert report.score is not None
    assert report.score < 100
    assert report.to_dict()["findings"]
    assert isinstance(report, unspin.Report)


def test_repairs_of_the_reader_do_not_lower_the_score_of_the_written_text() -> None:
    text = (
        "Babyâ€™s skin is thin, and itâ€™s often dry in winter. Use a cream "
        "twice a day, and ask a nurse which one suits your child best."
    )
    report = unspin.clean_text(text, Config(grammar="off", model="off"))
    assert "Baby’s skin" in report.text
    assert report.before is not None and report.after is not None
    assert report.before.score < report.after.score == 100


def test_clean_text_of_nothing_is_an_error() -> None:
    from unspin.errors import InputError

    with pytest.raises(InputError):
        unspin.clean_text("  ")


def test_clean_file_reads_records(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"text": "{TEXT}"}}\n{{"text": "{TEXT}"}}\n', encoding="utf-8")
    reports = list(unspin.clean_file(path, Config(grammar="off", model="off")))
    assert [r.article.source.record for r in reports] == [1, 2]


def test_a_text_scores_the_same_in_every_format(tmp_path: Path) -> None:
    body = [TEXT, "Ask your doctor which medicines suit you, and take them as you were told."] * 2
    title = "Living with a weak heart"
    texts = {
        "txt": f"{title}\n\n" + "\n\n".join(body) + "\n",
        "md": f"# {title}\n\n" + "\n\n".join(body) + "\n",
        "html": f"<html><head><title>{title}</title></head><body><main><h1>{title}</h1>"
        + "".join(f"<p>{b}</p>" for b in body)
        + "</main></body></html>",
    }
    scores = []
    for kind, text in texts.items():
        path = tmp_path / f"page.{kind}"
        path.write_text(text, encoding="utf-8")
        scores += [r.score for r in unspin.clean_file(path, Config(grammar="off", model="off"))]
    assert all(s is not None for s in scores)
    assert max(s or 0 for s in scores) - min(s or 0 for s in scores) <= 1


@pytest.mark.shared
def test_seed_article_undoes_and_loses_every_insertion(seed: str) -> None:
    report = unspin.clean_text(seed, Config(grammar="off", model="off"))
    title = seed.splitlines()[0]
    assert seed.count(title) == 13
    assert report.text.count(title) == 1
    assert "see a physician or miss out on days" in report.text


@pytest.mark.parametrize(
    ("name", "text", "restored"),
    [
        (
            "txt",
            "Smoking and a heart assault are chance[4] variables.",
            "Smoking and a heart attack are risk factors.",
        ),
        (
            "html",
            "<p>A heart assault has <b>chance<sup>[4]</sup></b> variables.</p>",
            "<p>A heart attack has <b>risk</b> factors.</p>",
        ),
        (
            "md",
            "- chance[4] variables and diet\n- a heart assault",
            "- risk factors and diet\n- a heart attack",
        ),
    ],
)
def test_wording_that_debris_has_hidden_is_restored_in_the_same_run(
    name: str, text: str, restored: str
) -> None:
    lead = {"html": "<p>{}</p>\n"}.get(name, "{}\n\n").format(TEXT.split(". ")[1])
    cleaner = Cleaner(Config(grammar="off", model="off"))

    def once(source: str) -> unspin.Report:
        read = next(iter(read_bytes(source.encode(), f"case.{name}", cleaner.config)))
        assert isinstance(read, Article)
        return cleaner.clean(read)

    report = once(lead + text)
    assert report.text.endswith(restored)
    assert once(report.text).text == report.text
    assert apply_edits(report.text, invert_edits(report.edits)) == lead + text
    late = [f for f in report.findings if f.rule == "SP001" and f.source_span]
    assert [(f.applied, report.article.source.text[slice(*report.place(f))]) for f in late] == [
        (True, text[text.index("chance") : text.index("variables") + 9])
    ]


def test_nothing_leaves_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert unspin.clean_text(TEXT).score is not None


def test_listed_forms_whose_conditions_hold_are_evidence_for_the_model() -> None:
    """Of "reduced back pain" as a verb and its object nothing is said to the model."""
    from unspin.pipeline import Cleaner

    text = (
        "The aspect joints of the spine guide its movement. The exercises helped to reduce and "
        "sometimes reduced back pain in most of the people who kept on doing them for a year."
    )
    told: list[str] = []
    with Cleaner(Config(grammar="off")) as cleaner:
        model = cleaner.model
        assert model is not None
        judge = model.judge

        def listening(text: str, hits: Any = (), **more: Any) -> Any:
            told.extend(hit.form for hit in hits)
            return judge(text, hits, **more)

        model.judge = listening  # type: ignore[method-assign]
        cleaner.judge(article(text))
    assert "aspect joints" in told
    assert "reduced back pain" not in told


# --- strings --------------------------------------------------------------------------------------

FAST = Config(grammar="off", model="off")
PAGES = {
    "txt": TEXT,
    "md": f"---\ntitle: Heart\n---\n\n# A weak heart\n\n{TEXT}\n\n## More\n\n{TEXT}\n",
    "html": f"<html><body><main><h1>Heart</h1><p>{TEXT}</p><p>{TEXT}</p></main></body></html>",
}


@pytest.mark.parametrize(
    "text",
    [
        '{"text": "one"}\n{"text": "two"}\n',
        '{"text": "Header line of the crawl."}\n\n' + TEXT,
        '{"source": "crawl", "id": 7}\n' + TEXT,
        '[{"text": "one"}]',
        '{\n "text": "one"\n}',
    ],
)
def test_a_string_is_never_json_lines(text: str) -> None:
    report = unspin.clean_text(text, FAST)
    assert report.article.source.record is None
    assert report.article.source.text == text
    assert report.text == text.replace("heart disappointment", "heart failure").replace(
        "danger factors", "risk factors"
    )


def test_html_behind_a_line_of_json_is_read_as_html() -> None:
    report = unspin.clean_text('{"id": 7}\n' + "".join(f"<p>{TEXT}</p>\n" for _ in range(3)), FAST)
    assert report.article.source.format == "html"


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("mark", ["\ufeff", "\ufeff\ufeff", ""])
def test_offsets_count_the_code_points_of_the_string(kind: str, mark: str) -> None:
    from unspin.undo import source_of

    text = mark + PAGES[kind]
    report = unspin.clean_text(text, FAST)
    data = report.to_dict()
    assert report.article.source.format == kind
    assert "\ufeff" not in report.article.text
    assert report.article.title == unspin.clean_text(PAGES[kind], FAST).article.title
    found = [f for f in data["findings"] if f["rule"] == "SP001"]
    assert [text[f["start"] : f["end"]] for f in found] == [f["text"] for f in found] != []
    assert report.text.startswith(mark + PAGES[kind][:4])
    assert source_of(data, report.text.encode()) == text.encode()


def test_repairs_behind_a_byte_order_mark_keep_their_place() -> None:
    text = "\ufeffIn the caf\u00c3\u00a9 &amp; at home: " + TEXT
    report = unspin.clean_text(text, FAST)
    assert report.text.startswith("\ufeffIn the café & at home: Congestive heart failure")


@pytest.mark.parametrize("lone", ["\ud83d", "\udc00", "\udcff\ud800"])
def test_a_lone_surrogate_is_a_replacement_character(lone: str) -> None:
    report = unspin.clean_text(f"{TEXT} {lone} The end.", FAST)
    assert " " + "\ufffd" * len(lone) + " The end." in report.text
    report.text.encode()
    for finding in report.to_dict()["findings"]:
        assert 0 <= finding["start"] <= finding["end"] <= len(TEXT) + len(lone) + 10


@pytest.mark.parametrize("text", ["", "\ufeff", "\ufeff \n", "\0\0"])
def test_a_string_without_text_is_an_error(text: str) -> None:
    with pytest.raises(unspin.InputError, match="is empty"):
        unspin.clean_text(text, FAST)


def test_a_string_may_be_too_large() -> None:
    with pytest.raises(unspin.InputError, match="too large"):
        unspin.clean_text(TEXT, Config(grammar="off", model="off", max_bytes=10))


@pytest.mark.parametrize("wrong", [TEXT.encode(), None, Path("a.txt")])
def test_what_is_no_string_is_said_to_be_none(wrong: Any) -> None:
    with pytest.raises(TypeError, match="an article is a str"):
        unspin.clean_text(wrong, FAST)


def test_undo_of_a_marked_file_in_a_wide_encoding(tmp_path: Path) -> None:
    from unspin.undo import source_of

    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        path = tmp_path / "a.txt"
        path.write_text(TEXT, encoding=encoding)
        (report,) = unspin.clean_file(path, FAST)
        edited = report.text.encode(encoding)
        assert source_of(report.to_dict(), edited) == path.read_bytes(), encoding


# --- processes and threads ------------------------------------------------------------------------


def test_glossary_and_model_are_loaded_once_for_all_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from unspin.glossary import matcher
    from unspin.language.model import SpinModel

    loaded: list[str] = []
    tables, model = matcher.load_tables, SpinModel.load

    def load_tables(*args: Any, **options: Any) -> Any:
        loaded.append("glossary")
        return tables(*args, **options)

    def load_model(*args: Any, **options: Any) -> Any:
        loaded.append("model")
        return model(*args, **options)

    monkeypatch.setattr(unspin, "_kept", [])
    monkeypatch.setattr(matcher, "load_tables", load_tables)
    monkeypatch.setattr(SpinModel, "load", load_model)
    texts = [f"{TEXT} {'It is so. ' * i}" for i in range(12)]
    with ThreadPoolExecutor(4) as pool:
        at_once = list(pool.map(unspin.clean_text, texts))
    assert sorted(loaded) == ["glossary", "model"]
    assert [r.to_dict() for r in at_once] == [unspin.clean_text(t).to_dict() for t in texts]
    unspin.clean_text(TEXT, FAST)  # another configuration has the same glossary
    unspin.clean_text(TEXT, Config(grammar="off", select=("SP",)))
    assert sorted(loaded) == ["glossary", "model"]


def test_a_configuration_with_a_glossary_of_its_own_loads_it_each_time(tmp_path: Path) -> None:
    house = tmp_path / "house.yaml"
    entry = "field: house\ntitle: House\nconcepts:\n  - canonical: {}\n    spun: [zorgle blip]\n"
    text = TEXT + " A zorgle blip is nothing to worry about."
    config = Config(grammar="off", model="off", glossaries=(str(house),))
    for term in ("common cold", "sore throat"):  # an editor changes the file between two calls
        house.write_text(entry.format(term), encoding="utf-8")
        assert f"A {term} is nothing" in unspin.clean_text(text, config).text


def test_a_configuration_that_switches_a_term_off_does_not_share() -> None:
    off = Config(grammar="off", model="off", glossary_off=("risk factor",))
    assert "danger factors" not in unspin.clean_text(TEXT, FAST).text
    assert "danger factors" in unspin.clean_text(TEXT, off).text


def test_one_cleaner_serves_several_threads() -> None:
    from concurrent.futures import ThreadPoolExecutor

    texts = [f"{TEXT} {'It is so. ' * i}" for i in range(20)]
    with unspin.Cleaner(FAST) as cleaner, ThreadPoolExecutor(8) as pool:
        from unspin.text import read_string

        read = [read_string(t, FAST) for t in texts]
        together = list(pool.map(cleaner.clean, read))
        assert together == [cleaner.clean(a) for a in read]


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="no fork there")
def test_a_child_of_a_busy_process_is_not_locked_out() -> None:
    import os
    import threading

    from unspin import pipeline

    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with pipeline._one_at_a_time:
            held.set()
            done.wait(60)

    busy = threading.Thread(target=hold)
    busy.start()
    held.wait()
    child = os.fork()
    if child == 0:
        free = pipeline._one_at_a_time.acquire(timeout=5)
        os._exit(0 if free else 1)
    _, status = os.waitpid(child, 0)
    done.set()
    busy.join()
    assert os.waitstatus_to_exitcode(status) == 0


def test_a_cleaner_and_a_glossary_can_be_pickled(tmp_path: Path) -> None:
    import pickle

    with unspin.Cleaner(FAST, check=True) as cleaner:
        wanted = cleaner.glossary.find(TEXT)
        again = pickle.loads(pickle.dumps(cleaner))
        assert (again.config, again.check) == (cleaner.config, True)
        glossary = pickle.loads(pickle.dumps(cleaner.glossary))
    assert glossary.find(TEXT) == wanted
    assert len(pickle.dumps(again)) < 5_000  # loads where it arrives


def test_reports_compare_hash_and_pickle_without_the_file(tmp_path: Path) -> None:
    import copy
    import pickle

    path = tmp_path / "a.json"
    row = f'{{"text": "{TEXT}", "tags": ["a", {{"b": 1}}]}},\n'
    path.write_text(f'[{row * 2}{{"text": "{"Other. " * 200_000}"}}]\n', encoding="utf-8")
    reports = list(unspin.clean_file(path, FAST))
    first = reports[0]
    data = pickle.dumps(first)
    assert len(data) < 50_000 < path.stat().st_size
    again = pickle.loads(data)
    assert again == first == copy.deepcopy(first)
    assert hash(again) == hash(first)
    assert again.to_dict() == first.to_dict()
    assert again.text == first.text
    assert again.article.source is again.restored.source
    assert len({*reports, again}) == len(reports)
    assert first.article.source.raw == path.read_bytes()
    assert repr(first).count("Other.") == 0


# --- configuration --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"select": ("XX999",)}, "select: no rule is named 'XX999'; `unspin rules` lists them"),
        ({"ignore": ("SP001", "S1")}, "ignore: no rule is named 'S1'"),
        ({"select": "SP001"}, "select: must be a list of strings, not 'SP001'"),
        ({"select": None}, "select: must be a list of strings, not None"),
        ({"ignore": [3]}, "ignore: must be a list of strings, not 3"),
        ({"grammar": "no"}, "grammar: must be auto, off or the http(s) address .*, not 'no'"),
        ({"grammar": None}, "grammar: must be a string, not None"),
        ({"non_english": "fial"}, "non_english: must be one of skip, fail, not 'fial'"),
        ({"to": "pdf"}, "to: must be one of md, html, json, txt, not 'pdf'"),
        ({"jobs": -1}, "jobs: must be 0 or more, not -1"),
        ({"jobs": True}, "jobs: must be a whole number, not True"),
        ({"max_bytes": "3"}, "max_bytes: must be a whole number, not '3'"),
        ({"unsafe_fixes": "yes"}, "unsafe_fixes: must be true or false, not 'yes'"),
        ({"glossaries": "a.yaml"}, "glossaries: must be a list of strings, not 'a.yaml'"),
        ({"model": 3}, "model: must be a string, not 3"),
        ({"gates": {"min_score": 3}}, "gates: must be a Gates object, not {'min_score': 3}"),
        ({"folders": {"old": {}}}, "folders['old']: must be a Gates object, not {}"),
        ({"suppress": {"rule": "SP"}}, "suppress: must be a list of tables"),
        ({"suppress": [{"rule": "SP"}]}, "suppress[1]: a reason is required"),
        ({"suppress": [{"rule": "ZZ", "reason": "x"}]}, "suppress[1] rule: no rule is named 'ZZ'"),
    ],
)
def test_a_configuration_refuses_what_a_file_may_not_say(values: Any, says: str) -> None:
    import re

    pattern = re.escape(f"Config: {says}").replace(r"\.\*", ".*")
    with pytest.raises(unspin.ConfigError, match=pattern):
        Config(**values)
    if None not in values.values():  # in an override None changes nothing
        with pytest.raises(unspin.ConfigError, match=pattern.replace("Config", "here", 1)):
            Config().override("here", **values)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"min_score": 200}, "min_score: must be a number from 0 to 100, not 200"),
        ({"min_score": True}, "min_score: must be a number from 0 to 100, not True"),
        ({"max_spun_probability": float("nan")}, "max_spun_probability: .* from 0 to 1, not nan"),
        ({"max_new_findings": 1.5}, "max_new_findings: must be a whole number, 0 or more, not 1.5"),
        ({"min_parts": None}, "min_parts: must be a table of numbers, not None"),
        ({"min_parts": {"wordin": 1}}, "min_parts: unknown key 'wordin'; did you mean 'wording'"),
        ({"min_parts": {"foo": 1}}, "min_parts: unknown key 'foo'; known are debris, .*wording"),
        ({"min_parts": {3: 1}}, "min_parts: must be a table of numbers for wording, .*, not 3"),
        ({"min_parts": {"wording": -1}}, "min_parts.wording: must be a number from 0 to 100"),
        ({"fail_on": "warn"}, "fail_on: must be error, warning or info, not 'warn'"),
    ],
)
def test_gates_refuse_what_a_file_may_not_say(values: Any, says: str) -> None:
    with pytest.raises(unspin.ConfigError, match=f"Gates: {says}"):
        unspin.Gates(**values)


def test_a_configuration_takes_lists_and_paths_and_has_a_hash() -> None:
    import pickle

    made = Config(select=["sp001"], glossaries=[Path("a.yaml")], model=Path("m"))  # type: ignore[arg-type]
    same = Config(select=("sp001",), glossaries=("a.yaml",), model="m")
    assert made == same == pickle.loads(pickle.dumps(made))
    assert len({made, same, Config()}) == 2
    assert len({unspin.Gates(min_score=3), unspin.Gates(min_score=3.0)}) == 1


# --- names ----------------------------------------------------------------------------------------


def test_every_public_name_is_there() -> None:
    import types

    for name in unspin.__all__:
        assert getattr(unspin, name) is not None
        assert name in dir(unspin)
    assert isinstance(unspin.undo, types.ModuleType)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = unspin.nothing  # type: ignore[attr-defined]


def test_importing_the_package_and_its_light_names_imports_nothing_heavy() -> None:
    import subprocess
    import sys

    code = (
        "import sys, unspin; unspin.Config(grammar='off'); unspin.InputError; unspin.Gates\n"
        "heavy = {'numpy', 'onnxruntime', 'spacy', 'yaml', 'lxml', 'click', 'ahocorasick_rs'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(Path(unspin.__file__).parent.parent)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_page_of_the_library_names_what_is_exported(repository: Path) -> None:
    page = (repository / "docs" / "library.md").read_text(encoding="utf-8")
    assert [n for n in unspin.__all__ if f"`{n}" not in page] == []
    assert "docs/library.md" in (repository / "README.md").read_text(encoding="utf-8")


def test_the_schema_of_reports_is_where_the_page_says(repository: Path) -> None:
    import json
    from importlib.resources import files

    import jsonschema

    page = (repository / "docs" / "library.md").read_text(encoding="utf-8")
    assert 'files("unspin") / "data/report.schema.json"' in page
    schema = json.loads((files("unspin") / "data/report.schema.json").read_text("utf-8"))
    jsonschema.validate(unspin.clean_text(TEXT, FAST).to_dict(), schema)


def test_paths_may_be_strings(tmp_path: Path) -> None:
    from unspin.running.batch import clean_batch

    page = tmp_path / "a.txt"
    page.write_text(TEXT, encoding="utf-8")
    clean_batch([page], tmp_path / "out", FAST, unspin.Cleaner(FAST))
    assert unspin.undo.undo(str(tmp_path / "out/a.report.json")) == page.read_bytes()
    settings = tmp_path / "unspin.toml"
    settings.write_text('to = "html"\n', encoding="utf-8")
    assert unspin.load_config(str(settings)).to == "html"
    assert unspin.load_config(start=str(tmp_path)).to == "html"


def test_one_house_glossary_may_stand_alone(tmp_path: Path) -> None:
    house = tmp_path / "house.yaml"
    house.write_text(
        "field: house\ntitle: House\nconcepts:\n"
        "  - canonical: zorb disease\n    spun: [zorb sickness]\n",
        encoding="utf-8",
    )
    for named in (house, str(house), [str(house)]):
        found = unspin.load_glossary(named, ours=False).find("He has zorb sickness.")
        assert [hit.concept for hit in found] == ["zorb disease"]
    assert not unspin.load_glossary(house, "zorb disease", ours=False).find("zorb sickness")


@pytest.mark.parametrize("config", [{"grammar": "off"}, "off", Path("unspin.toml"), False])
def test_what_is_no_configuration_is_named(config: Any) -> None:
    with pytest.raises(TypeError, match="a configuration is a Config, not"):
        unspin.clean_text(TEXT, config)
    with pytest.raises(TypeError, match="a configuration is a Config, not"):
        unspin.Cleaner(config)


def test_a_cleaner_takes_articles_alone() -> None:
    with unspin.Cleaner(FAST) as cleaner, pytest.raises(TypeError, match="not str; use clean_text"):
        cleaner.clean(TEXT)  # type: ignore[arg-type]


def test_every_error_comes_back_from_a_worker_process() -> None:
    import pickle

    for error in (
        unspin.InputError("a.txt", "is empty; fill it"),
        unspin.MissingExtraError("reading Word files", "docx"),
        unspin.ConfigError("wrong"),
        unspin.GlossaryError("a.yaml:1: wrong"),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_the_first_sample_of_the_documentation_finds_something(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (repository / "docs/library.md").read_text(encoding="utf-8")
    sample = page.partition("```python\n")[2].partition("```")[0]
    exec(sample, {})
    assert "chance variables ['risk factors']" in capsys.readouterr().out


@pytest.mark.slow
def test_the_example_of_many_processes_runs_as_it_stands(tmp_path: Path, repository: Path) -> None:
    import json
    import os
    import re
    import subprocess
    import sys

    page = (repository / "docs" / "library.md").read_text(encoding="utf-8")
    (code,) = (c for c in re.findall(r"```python\n(.*?)```", page, re.S) if '"spawn"' in c)
    (tmp_path / "keep.py").write_text(code.replace("Pool(4)", "Pool(1)"), encoding="utf-8")
    good = (
        "Your doctor will ask about your symptoms and examine you, and may send you for a blood "
        "test or a scan before you both decide on treatment."
    )
    bad = "Smoking is one of the chance variables for heart assault and for coronary sickness. "
    rows = [json.dumps({"text": text}) + "\n" for text in (good, bad * 2, "", good)]
    (tmp_path / "corpus.jsonl").write_text("".join(rows), encoding="utf-8")
    path = str(Path(unspin.__file__).parent.parent)
    subprocess.run(
        [sys.executable, "keep.py"], cwd=tmp_path, check=True, timeout=240,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    kept = (tmp_path / "clean.jsonl").read_text(encoding="utf-8")
    assert kept == rows[0] + rows[3]
