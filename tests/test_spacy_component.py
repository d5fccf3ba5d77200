from __future__ import annotations

import multiprocessing
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import spacy

import unspin
from tests.glossary.helpers import house_file
from unspin import spacy_component  # noqa: F401  registers the factory, as the entry point does


def spans(text: str, **config: object) -> list[tuple[str, str, str]]:
    nlp = spacy.blank("en")
    nlp.add_pipe("unspin_terms", config=config)
    doc = nlp(text)
    return [(s.text, s.label_, s._.unspin_replacement) for s in doc.spans["unspin"]]


def test_component_fills_spans() -> None:
    assert spans("A heart assault is an emergency.") == [("heart assault", "SP001", "heart attack")]


def test_component_keeps_what_is_glued_to_a_term() -> None:
    assert spans("An emergency (heart assault)/call for help") == [
        ("heart assault)/call", "SP001", "heart attack)/call")
    ]


def test_likely_forms_are_only_shown_in_documents_that_are_known_to_be_clean(
    tmp_path: Path,
) -> None:
    text = """\
        field: house
        title: H
        concepts:
          - canonical: zorbic disease
            applicability: likely
            spun: [zorby malady]
            deprecated: [{form: zorby dropsy, applicability: likely}]
        """
    found = {}
    for spun in (True, False):
        nlp = spacy.blank("en")
        config = {"glossaries": [str(house_file(tmp_path, text))], "spun": spun}
        nlp.add_pipe("unspin_terms", config=config)
        doc = nlp(
            "A bosom malignancy, a heart assault and kidney disappointment are no zorby malady "
            "or zorby dropsy."
        )
        found[spun] = [s._.unspin_applicability for s in doc.spans["unspin"]]
    assert found == {True: ["safe"] * 5, False: [*["safe"] * 3, "suggested", "suggested"]}


def test_component_takes_house_glossaries_and_switches_off(tmp_path: Path) -> None:
    path = str(house_file(tmp_path))
    assert spans("a bosom malady", glossaries=[path]) == [
        ("bosom malady", "SP001", "heart disease")
    ]
    assert spans("a bosom malady", glossaries=[path], off=["heart disease"]) == []


def test_component_judges_documents_by_themselves_or_as_told() -> None:
    with_house = "The clinic treats corpulence with diet."
    assert all(label != "SP001" for _, label, _ in spans(with_house))


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_component_takes_empty_documents(text: str) -> None:
    assert spans(text) == []


def test_component_survives_saving(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("unspin_terms")
    nlp.to_disk(tmp_path / "pipe")
    doc = spacy.load(tmp_path / "pipe")("A heart assault.")
    assert [s.label_ for s in doc.spans["unspin"]] == ["SP001"]


# --- the same findings as the command ---------------------------------------------------------------

SMOKING = (
    "Smoking is one of the chance variables for stroke. Being overweight raises the danger too. "
    "People who smoke should quit now and see a doctor."
)
TEXTS = {
    "a condition's words are left out": SMOKING,
    "a quotation": 'She said "I had a heart assault" to the doctor, and she was in the hospital.'
    " They have seen that many people come to them with it every single week.",
    "a name": "The Heart Assault Foundation of Ohio is the oldest of its kind and it helps people"
    " who have had such an illness with what they need in their homes.",
    "references": "A heart assault is an emergency for all of those who are near when it happens."
    "\n\nReferences\n\nSmith J. Heart assault in adults. Lancet. 1985;29:1-9.\n",
    "lines and a mark": "\ufeffHeart care\n\nCall for help at once and do not leave the person alone, for a heart\nassault"
    " is an emergency for all of those who are near when it happens to them.\n",
    "entities": "Rest &amp; care: a heart assault is an emergency for all of those who are near"
    " when it happens, and so is a stroke, which is not seen by everyone.",
    "code": "# Heart\n\nA heart assault is an emergency for all who are near when it happens to"
    " them.\n\n```\nheart assault\n```\n\n## More\n\nSee [the page](https://a.example/b) for it.\n",
    "a comment": "# Heart\n\n<!-- unspin ignore-next-line SP001: quoted -->\nA heart assault is an"
    " emergency for all who are near when it happens.\n\n## More\n\nA heart assault is bad.\n",
    "outdated": "Type II diabetes often runs in families. It was formerly called juvenile diabetes,"
    " and people who have it are told to see their doctor twice a year.",
    "another language": "Der Hund ist nicht mit dem Mann und die Frau ist auch nicht da, aber das"
    " Kind hat einen heart assault gehabt und es war nicht gut für sie.",
    "a page": "<html><body><main><h1>Heart</h1><p>A heart assault is an emergency for all of those"
    " who are near when it happens.</p><p>Congestive heart disappointment is what it may lead to,"
    " and it is not rare.</p></main></body></html>",
}
SILENT = [TEXTS[name] for name in ("a quotation", "a name", "another language")]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_component_finds_what_the_command_finds_without_the_model(text: str) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("unspin_terms")
    doc = nlp(text)
    report = unspin.clean_text(text, unspin.Config(grammar="off", model="off"))
    wanted = [
        (f["start"], f["end"], f["rule"], f["applicability"], f["replacements"][0])
        for f in report.to_dict()["findings"]
        if f["rule"] in ("SP001", "TN001")
    ]
    assert bool(wanted) != (text in SILENT)
    found = [
        (s.start_char, s.end_char, s.label_, s._.unspin_applicability, s._.unspin_replacement)
        for s in doc.spans["unspin"]
    ]
    assert found == wanted


def test_samples_of_the_repository_are_found_alike(repository: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("unspin_terms")
    seen = 0
    for path in sorted((repository / "input").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        doc = nlp(text)
        report = unspin.clean_text(text, unspin.Config(grammar="off", model="off"))
        wanted = [report.place(f) for f in report.in_order if f.rule in ("SP001", "TN001")]
        spans = doc.spans["unspin"]
        for start, end in wanted:
            assert any(s.start_char <= start and end <= s.end_char for s in spans), text[start:end]
        assert len(spans) <= len(wanted)
        seen += len(wanted)
    assert seen > 10


def test_component_judges_short_texts_which_the_command_does_not() -> None:
    text = "Smoking is one of the chance variables for stroke."
    assert spans(text) == [("chance variables", "SP001", "risk factors")]
    assert unspin.clean_text(text).score is None


def test_component_goes_by_what_it_is_told_of_the_document() -> None:
    condition = "The clinic treats corpulence with diet."
    more = " A heart assault, a bosom malignancy and chance variables are named."
    assert all(text != "corpulence" for text, *_ in spans(condition))
    told = [text for text, *_ in spans(condition, spun=True)]
    judged = [text for text, *_ in spans(condition + more)]
    never = [text for text, *_ in spans(condition + more, spun=False)]
    assert ("corpulence" in judged) == ("corpulence" in told)
    assert "corpulence" not in never
    assert "heart assault" in never


def test_admitted_names_are_spans_on_request() -> None:
    text = "Lumbago often passes, but a heart assault does not."
    assert [label for _, label, _ in spans(text)] == ["SP001"]
    assert [label for _, label, _ in spans(text, admitted=True)] == ["TN002", "SP001"]


# --- tokens -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "span", "replacement"),
    [
        ("She had a heart assault.heart assault is bad.", "heart assault.heart assault",
         "heart attack.heart attack"),
        ("A heart assault/heart assault is bad.", "heart assault/heart assault",
         "heart attack/heart attack"),
        ("A (heart assault)(heart assault)(heart assault) is bad.",
         "heart assault)(heart assault)(heart assault",
         "heart attack)(heart attack)(heart attack"),
    ],
)  # fmt: skip
def test_names_that_share_a_token_are_one_span(text: str, span: str, replacement: str) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("unspin_terms")
    doc = nlp(text)
    found = list(doc.spans["unspin"])
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))
    whole = text
    for s in reversed(found):
        whole = whole[: s.start_char] + s._.unspin_replacement + whole[s.end_char :]
    assert whole == text.replace(span, replacement)
    assert {s.label_ for s in found} == {"SP001"}


def test_names_of_two_rules_in_one_token_keep_the_less_sure() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("unspin_terms", config={"admitted": True})
    doc = nlp("He had a heart assault.lumbago came later.")
    (span,) = doc.spans["unspin"]
    assert span.label_ == "SP001"
    assert span._.unspin_concept.count(";") == 1
    assert span._.unspin_replacement.startswith("heart attack.")


# --- pipelines --------------------------------------------------------------------------------------


def test_two_components_keep_their_spans_apart(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("unspin_terms")
    nlp.add_pipe(
        "unspin_terms", name="house",
        config={"glossaries": [str(house_file(tmp_path))], "spans_key": "house"},
    )  # fmt: skip
    doc = nlp("A bosom malady is no heart assault.")
    assert [s.text for s in doc.spans["unspin"]] == ["heart assault"]
    assert [s.text for s in doc.spans["house"]] == ["bosom malady", "heart assault"]


HOUSE_TEXT = "A bosom malady is no risk."


def house_pipeline(folder: Path, **config: object) -> spacy.language.Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("unspin_terms", config={"glossaries": [str(house_file(folder))], **config})
    return nlp


def found(nlp: spacy.language.Language, text: str = HOUSE_TEXT) -> list[str]:
    doc = nlp(text)
    return [s.text for s in doc.spans["unspin"]]


def test_a_stored_pipeline_brings_its_house_glossary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hg").mkdir()
    (tmp_path / "elsewhere").mkdir()
    house_file(tmp_path / "hg")
    monkeypatch.chdir(tmp_path)
    name = next((tmp_path / "hg").iterdir()).relative_to(tmp_path)
    nlp = spacy.blank("en")
    nlp.add_pipe("unspin_terms", config={"glossaries": [str(name)]})
    assert found(nlp) == ["bosom malady"]
    nlp.to_disk(tmp_path / "pipe")
    (tmp_path / name).unlink()
    monkeypatch.chdir(tmp_path / "elsewhere")
    moved = spacy.load(tmp_path / "pipe")
    assert found(moved) == ["bosom malady"]
    moved.to_disk(tmp_path / "again")  # and can be stored from there
    assert found(spacy.load(tmp_path / "again")) == ["bosom malady"]


def test_bytes_bring_the_house_glossary_into_a_plain_pipe(tmp_path: Path) -> None:
    data = house_pipeline(tmp_path).to_bytes()
    plain = spacy.blank("en")
    plain.add_pipe("unspin_terms")
    assert found(plain) == []
    assert found(plain.from_bytes(data)) == ["bosom malady"]


def test_bytes_bring_what_is_switched_off(tmp_path: Path) -> None:
    data = house_pipeline(tmp_path, off=["heart disease"]).to_bytes()
    assert found(house_pipeline(tmp_path).from_bytes(data)) == []


def test_a_pipeline_stored_before_there_was_anything_to_store_is_read(tmp_path: Path) -> None:
    nlp = house_pipeline(tmp_path)
    nlp.to_disk(tmp_path / "pipe")
    for file in (tmp_path / "pipe" / "unspin_terms").iterdir():
        file.unlink()
    assert found(spacy.load(tmp_path / "pipe")) == ["bosom malady"]
    assert found(nlp) == found(nlp.from_bytes(nlp.to_bytes(exclude=["unspin_terms"])))
    nlp.get_pipe("unspin_terms").from_bytes(b"")
    assert found(nlp) == ["bosom malady"]


def test_a_house_glossary_that_is_missing_is_an_error_and_never_left_out(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("unspin_terms", config={"glossaries": [str(tmp_path / "none.yaml")]})
    with pytest.raises(unspin.GlossaryError, match=r"none\.yaml"):
        nlp("A heart assault.")
    with pytest.raises(unspin.GlossaryError, match=r"none\.yaml"):
        nlp.to_bytes()


def test_a_house_glossary_that_is_wrong_is_an_error_at_once(tmp_path: Path) -> None:
    (tmp_path / "house.yaml").write_text("field: [", encoding="utf-8")
    nlp = spacy.blank("en")
    with pytest.raises(unspin.GlossaryError, match=r"house.yaml"):
        nlp.add_pipe("unspin_terms", config={"glossaries": [str(tmp_path / "house.yaml")]})


def test_a_pipeline_can_be_pickled(tmp_path: Path) -> None:
    nlp = pickle.loads(pickle.dumps(house_pipeline(tmp_path)))
    assert found(nlp) == ["bosom malady"]


def script(folder: Path, code: str) -> str:
    file = folder / "job.py"
    file.write_text(code, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(Path(unspin.__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, str(file)], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_pipe_works_with_processes(tmp_path: Path, method: str) -> None:
    out = script(
        tmp_path,
        "import multiprocessing, spacy\n"
        "from unspin import spacy_component\n"
        "if __name__ == '__main__':\n"
        f"    multiprocessing.set_start_method({method!r})\n"
        "    nlp = spacy.blank('en')\n"
        "    nlp.add_pipe('unspin_terms')\n"
        "    texts = [f'A heart assault, number {i}.' for i in range(6)]\n"
        "    for doc in nlp.pipe(texts, n_process=2, batch_size=2):\n"
        "        print([(s.text, s._.unspin_replacement) for s in doc.spans['unspin']])\n",
    )
    assert out.splitlines() == ["[('heart assault', 'heart attack')]"] * 6


def test_stored_documents_are_read_without_a_pipeline(tmp_path: Path) -> None:
    from spacy.tokens import DocBin

    nlp = spacy.blank("en")
    nlp.add_pipe("unspin_terms")
    DocBin(docs=[nlp("A heart assault.")], store_user_data=True).to_disk(tmp_path / "a.spacy")
    out = script(
        tmp_path,
        "import spacy\n"
        "from spacy.tokens import DocBin\n"
        "from unspin import spacy_component\n"
        f"docs = DocBin().from_disk({str(tmp_path / 'a.spacy')!r})\n"
        "(doc,) = docs.get_docs(spacy.blank('en').vocab)\n"
        "print([(s.text, s._.unspin_replacement) for s in doc.spans['unspin']])\n",
    )
    assert out.strip() == "[('heart assault', 'heart attack')]"


def test_two_components_do_not_fill_one_key() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("unspin_terms")
    with pytest.raises(unspin.ConfigError) as error:
        nlp.add_pipe("unspin_terms", name="house")
    assert str(error.value) == (
        "house: 'unspin_terms' fills doc.spans['unspin'], too; give one another spans_key"
    )
    nlp.disable_pipe("unspin_terms")  # it may be switched on again
    with pytest.raises(unspin.ConfigError):
        nlp.add_pipe("unspin_terms", name="house")
    nlp.enable_pipe("unspin_terms")
    nlp.add_pipe("unspin_terms", name="house", config={"spans_key": "house"})
    nlp.replace_pipe("house", "unspin_terms", config={"spans_key": "house", "admitted": True})
    doc = nlp("A heart assault is an emergency.")
    assert len(doc.spans["unspin"]) == len(doc.spans["house"]) == 1
    again = spacy.blank("en").from_config(nlp.config)
    assert again.pipe_names == nlp.pipe_names
