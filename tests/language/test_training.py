from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

pytest.importorskip("lemminflect", reason="the extra train is not installed")

from unspin.language.batches import DELETED, NO_TARGET, Proposer, Window, WindowMaker
from unspin.language.cli import train
from unspin.language.model import default_model_dir
from unspin.language.ngrams import NgramTable
from unspin.language.noise import (
    Examples,
    compared,
    glossary_examples,
    roughen,
    spin_passage,
    trim,
)
from unspin.language.restoring import Variants
from unspin.language.spinner import Edit, Spinner, SpunText, load_hand_pairs
from unspin.language.tables import folded, write_variants
from unspin.language.training import CLEAN_KEPT, TrainingOptions, mean_weights, most_misleading
from unspin.language.training import train as train_encoder


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    tokenizers = pytest.importorskip("tokenizers")
    path = default_model_dir() / "tokenizer.json"
    made = tokenizers.Tokenizer.from_file(str(path))
    made.no_truncation()
    made.no_padding()
    return made


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        (
            Edit(0, 17, "high blood stress", "high blood pressure"),
            Edit(11, 17, "stress", "pressure"),
        ),
        (Edit(0, 20, "healthy and balanced", "healthy"), Edit(8, 20, "and balanced", "")),
        (Edit(5, 9, "ache", "pain"), Edit(5, 9, "ache", "pain")),
    ],
)
def test_trim_leaves_what_differs(edit: Edit, wanted: Edit) -> None:
    assert trim(edit) == wanted


@pytest.mark.parametrize(
    ("spun", "clean", "wanted"),
    [
        (
            "In bloodless weather, a scarf warms each breath.",
            "In cold weather, a scarf warms each breath.",
            [("bloodless", "cold")],
        ),
        (
            "Talk to the doctor of yours about again pain.",
            "Talk to your doctor about back pain.",
            [("the", "your"), ("of yours", ""), ("again", "back")],
        ),
        ("The system attacks cells.", "The immune system attacks cells.", []),
    ],
)
def test_examples_tell_which_words_were_replaced(
    spun: str, clean: str, wanted: list[tuple[str, str]]
) -> None:
    found = compared(spun, clean)
    assert [(e.spun, e.clean) for e in found.edits] == wanted
    assert all(found.text[e.start : e.end] == e.spun for e in found.edits)


def test_a_soup_of_examples_keeps_its_edits_in_place() -> None:
    examples = Examples(
        ("Rest is best.", "A scan may show the cause."),
        (compared("Again pain is common.", "Back pain is common."),),
    )
    soup = examples.soup(60, 0.5, Random(4))
    assert {soup.text[e.start : e.end] for e in soup.edits} == {"Again"}
    assert len(soup.edits) == soup.text.count("Again pain")
    assert soup.text.count("Rest is best.")
    assert not examples.soup(60, 0.0, Random(4)).edits


def test_examples_of_the_glossary_are_sentences_of_spun_terms() -> None:
    examples = glossary_examples()
    assert len(examples.right) > len(examples.spun) > 10_000
    assert not any(s.text in examples.right for s in examples.spun[::500])
    assert sum(not s.edits for s in examples.spun) < 20


def test_windows_label_replaced_words_and_their_originals(tokenizer: Any) -> None:
    text = "Doctors treat the ache of imaginative and prescient loss every day in this town."
    at, over = text.find("ache"), text.find("imaginative")
    edits = (
        Edit(at, at + 4, "ache", "pain"),
        Edit(over, over + 25, "imaginative and prescient", "vision"),
    )
    window = next(WindowMaker(tokenizer).windows(SpunText(text, edits), 16))
    pieces = [tokenizer.id_to_token(i) for i in window.ids]
    spun = [p for p, label in zip(pieces, window.labels, strict=True) if label == 1]
    assert spun[0] == "ache"
    assert window.targets[pieces.index("ache")] == tokenizer.token_to_id("pain")
    assert DELETED in window.targets
    assert window.labels[pieces.index("doctors")] == 0
    assert window.targets[pieces.index("doctors")] == NO_TARGET
    assert window.labels[0] == NO_TARGET


def test_of_clean_windows_those_that_mislead_most_are_trained_on() -> None:
    windows = [Window([n], [0], [NO_TARGET]) for n in range(10)]
    losses = [0.1, 0.9, 0.2, 0.8, 0.0, 0.7, 0.3, 0.6, 0.05, 0.01]
    chosen = [w.ids[0] for w in most_misleading(windows, losses)]
    assert chosen == [1, 3, 5]
    assert len(chosen) == round(CLEAN_KEPT * len(windows))
    assert most_misleading([], []) == []


def test_guesses_of_the_head_become_faults_and_originals_do_not(tokenizer: Any) -> None:
    ache, pain, hurt, doctor = (
        tokenizer.token_to_id(w) for w in ("ache", "pain", "hurt", "doctor")
    )
    wrong = right = 0
    for seed in range(40):
        proposer = Proposer(tokenizer, Random(seed))
        window = Window([doctor, ache, doctor], [0, 1, 0], [NO_TARGET, pain, NO_TARGET])
        made = proposer.window(window, {1: hurt})
        assert made.ids[0] == made.ids[2] == doctor
        assert made.labels[0] == made.labels[2] == 0
        if made.ids[1] == hurt:
            wrong += 1
            assert (made.labels[1], made.targets[1]) == (1, pain)
        if made.ids[1] == pain:
            right += 1
            assert (made.labels[1], made.targets[1]) == (0, NO_TARGET)
    assert wrong > right > 0


def test_guesses_leave_words_of_several_pieces_and_deletions_alone(tokenizer: Any) -> None:
    spondylitis = tokenizer.encode("spondylitis", add_special_tokens=False).ids
    assert len(spondylitis) > 1
    pain = tokenizer.token_to_id("pain")
    ids = [*spondylitis, pain]
    labels = [1, *[NO_TARGET] * (len(spondylitis) - 1), 1]
    targets = [pain, *[NO_TARGET] * (len(spondylitis) - 1), DELETED]
    for seed in range(40):
        made = Proposer(tokenizer, Random(seed)).window(
            Window([*ids, pain], [*labels, 0], [*targets, NO_TARGET]),
            {0: pain, len(spondylitis): DELETED},
        )
        assert made.ids == [*ids, pain]


def test_some_passages_stay_clean() -> None:
    spinner = Spinner(load_hand_pairs())
    text = "Patients with severe pain need a doctor and a lot of rest at home. " * 12
    spun = [spin_passage(spinner, text, Random(s), ["hand"], ()) for s in range(60)]
    clean = sum(not s.edits for s in spun)
    assert 15 <= clean <= 45
    for passage in spun:
        assert all(passage.text[e.start : e.end] == e.spun for e in passage.edits)


def test_roughening_keeps_the_words() -> None:
    text = "One ends. Two ends.\nThree"
    for seed in range(20):
        rough = roughen(text, Random(seed)).replace("•", " ").replace(".", " ").lower()
        assert rough.split() == ["one", "ends", "two", "ends", "three"]


def test_variants_hold_inflected_forms(tmp_path: Path) -> None:
    path = tmp_path / "v.tsv.gz"
    write_variants(load_hand_pairs(), path)
    lines = gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()
    rows = dict(line.split("\t") for line in lines)
    assert "diseases" in rows["ailments"].split("|")
    assert "vision" in rows["imaginative and prescient"].split("|")
    assert folded("Well-Being") == "well being"


def test_variants_leave_out_forms_that_clean_text_hardly_has(tmp_path: Path) -> None:
    path = tmp_path / "v.tsv.gz"
    write_variants(load_hand_pairs(), path, NgramTable.load(default_model_dir() / "ngrams.npz"))
    originals = Variants.load(path).originals
    assert ("factors",) in originals(["aspect"])
    assert ("factoring",) not in originals(["aspect"])
    assert ("back", "pain") in originals(["pain", "in", "the", "back"])
    assert ("back", "pains") not in originals(["pain", "in", "the", "back"])


def test_a_finished_run_gives_its_weights_again(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="torch is for training only")
    safetensors = pytest.importorskip("safetensors.torch")
    from unspin.language.encoder import SpinEncoder

    base, out, corpus = (tmp_path / name for name in ("base", "out", "corpus"))
    for folder in (base, out, corpus):
        folder.mkdir()
    (corpus / "stub.txt").write_text("Rest helps.", encoding="utf-8")
    shutil.copyfile(default_model_dir() / "tokenizer.json", base / "tokenizer.json")
    safetensors.save_file(_bert(SpinEncoder().state_dict()), base / "model.safetensors")
    options = TrainingOptions(corpus, out, base, minutes=0.0, held_out=())
    with pytest.raises(ValueError, match="give more documents"):
        train_encoder(options, lambda line: None)
    for n in range(20):  # some are kept
        (corpus / f"{n}.txt").write_text("Rest helps a sore back. " * 400, encoding="utf-8")
    weights = train_encoder(options, lambda line: None)
    weights.write_bytes(b"finished")
    assert train_encoder(options, lambda line: None).read_bytes() == b"finished"
    weights.unlink()  # the run was cut off between its last checkpoint and the weights
    assert torch.load(train_encoder(options, lambda line: None)).keys()


def test_mean_weights_lie_between(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="torch is for training only")
    for name, value in (("a", 1.0), ("b", 4.0)):
        torch.save({"layer": torch.full((2, 2), value)}, tmp_path / f"{name}.pt")
    shares = {tmp_path / "a.pt": 0.25, tmp_path / "b.pt": 0.75}
    path = mean_weights(shares, tmp_path / "mean.pt", tmp_path)
    assert torch.equal(torch.load(path)["layer"], torch.full((2, 2), 3.25))


def test_new_layers_change_next_to_nothing() -> None:
    torch = pytest.importorskip("torch", reason="torch is for training only")
    from unspin.language.encoder import SpinEncoder, count_layers, encoder_with, grown

    torch.manual_seed(3)
    state = SpinEncoder(layers=2).state_dict()
    more = grown(state, 4)
    assert count_layers(more) == 4
    pieces = torch.randint(30000, (2, 40))
    with torch.no_grad():
        before, after = (encoder_with(s).hidden(pieces) for s in (state, more))
    assert torch.allclose(before, after, atol=0.05)
    assert not torch.allclose(before, encoder_with(state).words(pieces), atol=0.5)
    with pytest.raises(ValueError, match="4 layers, more than the 2"):
        grown(more, 2)


def test_a_model_folder_gives_back_the_weights_it_was_made_of(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="torch is for training only")
    safetensors = pytest.importorskip("safetensors.torch")
    from unspin.language.encoder import SpinEncoder
    from unspin.language.export import export, read_weights

    torch.manual_seed(3)
    trained = SpinEncoder().state_dict()
    torch.save(trained, tmp_path / "encoder.pt")
    export(tmp_path / "encoder.pt", tmp_path / "model")
    base = _bert(SpinEncoder().state_dict())
    safetensors.save_file(base, tmp_path / "model.safetensors")
    found = read_weights(tmp_path / "model", tmp_path)
    assert found.keys() == trained.keys()
    for name, values in found.items():
        if name == "words.weight":  # not trained, so not in the folder's graph: the base's
            assert torch.equal(values, base["embeddings.word_embeddings.weight"])
        elif name == "types.weight":
            assert torch.equal(values[0], trained[name][0])
        else:  # to half a step of 7 bits
            step = trained[name].abs().max() / 63
            assert torch.allclose(values, trained[name], atol=float(step) / 2), name


def _bert(state: dict[str, Any]) -> dict[str, Any]:
    """Give our weights the names of a BERT checkpoint."""
    names = {
        "words": "embeddings.word_embeddings",
        "positions": "embeddings.position_embeddings",
        "types": "embeddings.token_type_embeddings",
        "norm": "embeddings.LayerNorm",
        "out": "attention.output.dense",
        "norm1": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "norm2": "output.LayerNorm",
    }
    made = {}
    for name, values in state.items():
        *parts, kind = name.split(".")
        if parts and parts[0] == "layers":
            place = f"encoder.layer.{parts[1]}."
            if parts[2] == "qkv":
                for part, own in zip(("query", "key", "value"), values.chunk(3), strict=True):
                    made[f"{place}attention.self.{part}.{kind}"] = own.clone()
            else:
                made[f"{place}{names[parts[2]]}.{kind}"] = values
        elif parts and parts[0] in names:
            made[f"{names[parts[0]]}.{kind}"] = values
    return made


def test_a_mean_needs_weights_to_start_from(tmp_path: Path) -> None:
    folders = ["--corpus", str(tmp_path), "--base", str(tmp_path)]
    done = CliRunner().invoke(train, [*folders, "--average", "0.5"])
    assert done.exit_code == 2
    assert "--start" in done.output
