from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from unspin.language.cli import evaluate as evaluate_command
from unspin.language.corpus import Document
from unspin.language.evaluation import (
    EvaluationOptions,
    Fault,
    Figure,
    Flag,
    Verdict,
    auc,
    check_floors,
    data_sha256,
    edit_right,
    evaluate,
    is_hit,
    joined,
    measure_clean,
    measure_parallel,
    measure_short,
    restored_right,
    short_articles,
)
from unspin.language.model import default_model_dir

ROWS = [
    {
        "spun": "squeezed nerve",
        "canonical": "pinched nerve",
        "family": "1",
        "carrier": f"A squeezed nerve hurts {i}.",
        "restored": f"A pinched nerve hurts {i}.",
        "alternatives": ["trapped nerve"],
        "legit": None,
    }
    for i in range(7)
]


def knows(text: str) -> Verdict:
    """A system that finds every "squeezed" and is right."""
    flags, at = [], text.find("squeezed")
    while at >= 0:
        flags.append(Flag(at, at + 8, "pinched", applied=True))
        at = text.find("squeezed", at + 1)
    return Verdict(0.9 if flags else 0.1, tuple(flags))


def silent(text: str) -> Verdict:
    return Verdict(0.0, ())


def test_a_perfect_system_gets_full_marks() -> None:
    figures = measure_short(knows, short_articles(ROWS, seed=1))
    assert figures["recall"].value == 1
    assert figures["flagged words inside faults"].value == 1
    assert figures["top-1 right, of all phrases"].value == 1
    assert figures["restored in the written text"].value == 1
    assert figures["applied edits right"].value == 1
    assert figures["false alarms per 1000 twin words"].value == 0
    assert figures["article AUC"].value == 1


def test_a_silent_system_finds_nothing() -> None:
    figures = measure_short(silent, short_articles(ROWS, seed=1))
    assert figures["recall"].value == 0
    assert figures["article AUC"].value == 0.5


def test_a_long_finding_is_no_hit() -> None:
    text = "one two three four five six seven eight nine"
    fault = Fault(0, 3, (0, len(text)), ("",), "1")
    assert is_hit(text, Flag(0, 23), fault)
    assert not is_hit(text, Flag(0, 27), fault)
    assert not is_hit(text, Flag(4, 7), fault)


@pytest.mark.parametrize(
    ("span", "replacement", "right"),
    [
        ((6, 11), "breast", True),  # a part of the fault, rightly mended
        ((6, 28), "breast cancer", True),
        ((12, 28), "illness", False),
        ((0, 5), "Ladies", False),  # outside the fault
        ((6, 11), "bosom", False),  # no change
    ],
)
def test_an_edit_is_right_on_the_way_to_an_accepted_wording(
    span: tuple[int, int], replacement: str, right: bool
) -> None:
    text = "Women bosom malignant growth affects."
    fault = Fault(6, 28, (0, len(text)), ("Women breast cancer affects.",), "3")
    assert edit_right(text, Flag(*span, replacement, applied=True), [fault]) is right


def test_alternatives_count_as_restored() -> None:
    text = "A squeezed nerve hurts."
    fault = Fault(2, 16, (0, len(text)), ("A pinched nerve hurts.", "A trapped nerve hurts."), "1")
    assert restored_right(text, fault, [Flag(2, 10, "trapped")])
    assert not restored_right(text, fault, [Flag(2, 10, "wrung")])
    assert not restored_right(text, fault, [Flag(2, 10)])


def test_short_articles_keep_to_one_family_and_offsets() -> None:
    for pair in short_articles(ROWS, seed=2):
        assert {f.family for f in pair.faults} == {"1"}
        assert all(pair.text[f.start : f.end] == "squeezed nerve" for f in pair.faults)
        assert "squeezed" not in pair.twin


def test_parallel_counts_words_and_edits() -> None:
    spun = "A squeezed nerve hurts. " + "Rest is good for it. " * 70
    rows = [{"spun": spun, "edits": [{"start": 2, "end": 10, "clean": "pinched"}]}]
    figures = measure_parallel(knows, rows)
    assert figures["word F1"].value == 1
    assert figures["edits exactly undone, top-1"].value == 1


def test_clean_documents_count_alarms() -> None:
    text = "He squeezed the ball. " + "Fine words here. " * 200
    figures = measure_clean(knows, [Document("a", "s", text)])
    assert 1 < figures["findings per 1000 words"].value < 2
    assert figures["documents over the verdict"].value == 1


def test_joined_articles_are_long_enough() -> None:
    rows = [{"spun": "word " * 120}] * 7
    assert [len(t.split()) for t in joined(rows, "spun")] == [360, 360]


def test_auc_counts_ties_half() -> None:
    assert auc([1, 2], [1, 0]).value == pytest.approx(0.875)


def test_floors_hold_or_say_what_fell(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    floors = {"tool: x": {"recall": {"least": 0.5}, "alarms": {"most": 1.0}}}
    path.write_text(json.dumps({"data_sha256": "1", "floors": floors}), encoding="utf-8")
    good = {"tool: x": {"recall": Figure(0.6, 0, 1, 9), "alarms": Figure(0.5, 0, 1, 9)}}
    bad = {"tool: x": {"recall": Figure(0.4, 0, 1, 9), "alarms": Figure(2.0, 0, 1, 9)}}
    assert check_floors(good, path, "1") == []
    assert len(check_floors(bad, path, "1")) == 2
    with pytest.raises(ValueError, match="other data"):
        check_floors(good, path, "2")


@pytest.mark.shared
@pytest.mark.slow
def test_model_holds_its_floors_on_kept_phrases(shared: Path) -> None:
    folder = default_model_dir()
    options = EvaluationOptions(shared, folder, systems=("model",), parts=("short", "seed"))
    results = evaluate(options, lambda line: None)
    floors = Path(__file__).parent / "floors.json"
    assert check_floors(results, floors, data_sha256(shared)) == []


PHRASE = {**ROWS[0], "kept": True}


def data(folder: Path, *rows: object) -> Path:
    (folder / "spun").mkdir(parents=True)
    lines = "\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows)
    (folder / "spun/phrases.jsonl").write_text(lines + "\n", encoding="utf-8")
    return folder


def command(*options: object) -> Result:
    return CliRunner().invoke(evaluate_command, [str(o) for o in options])


def test_a_part_needs_no_data_but_its_own(tmp_path: Path) -> None:
    folder = data(tmp_path / "data", PHRASE, PHRASE)
    out = tmp_path / "figures.json"
    options = ("--part", "short", "--system", "glossary", "--json", out)
    done = command("--data", folder, *options)
    assert done.exit_code == 0, done.output
    assert json.loads(out.read_bytes())["glossary: short articles"]["recall"]["cases"] == 6


def test_floors_need_all_of_the_data_before_anything_is_measured(tmp_path: Path) -> None:
    folder = data(tmp_path / "data", PHRASE)
    done = command("--data", folder, "--part", "short", "--system", "glossary",
                   "--pin", tmp_path / "floors.json")  # fmt: skip
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr == (
        f"error: {folder}/seed/gold.jsonl: cannot be read or written (No such file or directory)\n"
    )


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("broken", ":2: is not valid JSON ("),
        ("[1]", ":2: is no JSON object; give one a line"),
        ({"spun": "x"}, ":2: needs 'canonical' (text)"),
        ({**PHRASE, "carrier": None}, ":2: needs 'carrier' (text)"),
        ({k: v for k, v in PHRASE.items() if k != "family"}, ":2: needs 'family' (of any kind)"),
    ],
)
def test_a_row_that_is_wrong_is_named(tmp_path: Path, row: object, why: str) -> None:
    folder = data(tmp_path / "data", PHRASE, row)
    done = command("--data", folder, "--part", "short", "--system", "glossary")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: {folder}/spun/phrases.jsonl{why}")


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.jsonl", b'{"id": "a"}\n', ":1: needs 'text' (text)"),
        ("a.jsonl.gz", b"hello", ": is damaged and cannot be unpacked ("),
        ("a.jsonl", b'{"text": "\xff"}\n', ": is not UTF-8; save it as UTF-8"),
        ("a.txt", b"\xff", ": is not UTF-8; save it as UTF-8"),
    ],
)
def test_a_clean_document_that_is_wrong_is_named(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    path = tmp_path / "corpus" / name
    path.parent.mkdir()
    path.write_bytes(content)
    done = command("--data", tmp_path, "--part", "clean", "--system", "glossary")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: {path}{why}")


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    folder = data(tmp_path / "data", PHRASE)
    options = ("--part", "short", "--system", "model", "--model", tmp_path)
    done = command("--data", folder, *options)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: language model: {tmp_path} lacks encoder.onnx")
