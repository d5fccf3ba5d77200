from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.glossary.helpers import HOUSE, glossary_of, house_file, spun
from unspin.errors import GlossaryError
from unspin.glossary import load_glossary
from unspin.glossary.commands import show
from unspin.glossary.concept import Concept, Variant, When


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("UNSPIN_CACHE", str(folder))
    return folder


def _restored(path: Path, text: str = "a bosom malady") -> str:
    return load_glossary([path], ours=False).find(text)[0].replacement


def test_compiled_glossary_is_kept_and_used_again(tmp_path: Path, cache: Path) -> None:
    path = house_file(tmp_path)
    assert _restored(path) == "heart disease"
    kept = list((cache / "glossary").glob("*.bin"))
    assert len(kept) == 1
    stamp = kept[0].stat().st_mtime_ns
    assert _restored(path) == "heart disease"
    assert kept[0].stat().st_mtime_ns == stamp


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 4000])
def test_damaged_cache_is_compiled_anew(tmp_path: Path, cache: Path, damage: bytes) -> None:
    path = house_file(tmp_path)
    _restored(path)
    kept = next((cache / "glossary").glob("*.bin"))
    content = kept.read_bytes()
    kept.write_bytes(damage)
    assert _restored(path) == "heart disease"
    assert kept.read_bytes() == content
    flipped = bytearray(content)
    flipped[len(flipped) // 2] ^= 0xFF
    kept.write_bytes(bytes(flipped))
    assert _restored(path) == "heart disease"


def test_cache_that_cannot_be_written_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("UNSPIN_CACHE", str(blocked / "cache"))
    assert _restored(house_file(tmp_path)) == "heart disease"


def test_a_user_without_a_home_needs_no_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pwd = pytest.importorskip("pwd")
    for name in ("HOME", "UNSPIN_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", lambda _: {}["no such user"])
    assert _restored(house_file(tmp_path)) == "heart disease"


def test_a_cache_named_from_the_home_folder_lies_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("UNSPIN_CACHE", "~/kept")
    _restored(house_file(tmp_path))
    assert list((tmp_path / "kept" / "glossary").glob("*.bin"))


def test_the_cache_does_not_grow_with_every_change(tmp_path: Path, cache: Path) -> None:
    for number in range(30):
        house_file(tmp_path, HOUSE.replace("canonical: heart disease", f"canonical: d{number}"))
        _restored(tmp_path / "house.yaml")
    kept = len(list((cache / "glossary").glob("*.bin")))
    assert 1 < kept < 20
    assert _restored(tmp_path / "house.yaml") == "d29"


def test_change_of_a_file_is_seen(tmp_path: Path, cache: Path) -> None:
    path = house_file(tmp_path)
    _restored(path)
    house_file(tmp_path, HOUSE.replace("canonical: heart disease", "canonical: cardiopathy"))
    assert _restored(path) == "cardiopathy"


def test_house_glossary_adds_overrides_extends_and_switches_off(
    tmp_path: Path, cache: Path
) -> None:
    base = house_file(tmp_path)
    over = house_file(
        tmp_path,
        """\
        field: over
        title: On top
        off: [obesity]
        concepts:
          - canonical: heart disease
            spun: [ticker trouble]
          - canonical: lower back pain
            extend: true
            number: invariant
            spun: [hind agony]
          - canonical: brand name
            spun: [marque name]
        """,
        "over.yaml",
    )
    glossary = load_glossary([base, over], ours=False)

    def concepts(text: str) -> list[tuple[str, str]]:
        return [(h.concept, h.provenance) for h in glossary.find(text)]

    assert concepts("ticker trouble") == [("heart disease", str(over))]
    assert concepts("bosom malady") == []  # overridden
    assert concepts("hind agony") == [("lower back pain", str(over))]
    assert concepts("decrease back ache") == [("lower back pain", str(base))]  # extended
    assert concepts("corpulence") == []  # switched off in the file
    assert concepts("marque name") == [("brand name", str(over))]
    off = load_glossary([base], ["Heart Disease"], ours=False)
    assert off.find("bosom malady") == ()


def test_house_glossary_error_names_its_line(tmp_path: Path, cache: Path) -> None:
    path = house_file(tmp_path, "field: house\ntitle: T\nconcepts:\n  - canonical:\n")
    with pytest.raises(GlossaryError, match=r"house\.yaml:4: canonical"):
        load_glossary([path])


def listing(folder: Path, forms: list[str]) -> Path:
    """A glossary of one entry with some lines of spun forms."""
    path = folder / "heart.yaml"
    path.write_text(
        "field: heart\ntitle: Heart\nconcepts:\n  - canonical: heart disease\n    spun:\n"
        + "\n".join(forms)
        + "\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("turned", [False, True])
def test_of_a_form_listed_twice_the_one_with_a_condition_counts(
    tmp_path: Path, cache: Path, turned: bool
) -> None:
    listed = [
        '      - "bosom {malady|ailment}"',
        '      - form: "bosom ailment"\n        when: {near: [pulse]}',
    ]
    path = listing(tmp_path, listed[::-1] if turned else listed)
    glossary = load_glossary([path], ours=False)
    assert [bool(h.when) for h in glossary.find("a bosom ailment")] == [True]
    assert [bool(h.when) for h in glossary.find("a bosom malady")] == [False]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("one", "other", "counts"),
    [
        ("likely", "suggested", "suggested"),
        ("likely", "editor", "editor"),
        ("safe", "likely", "likely"),
        ("safe, when: {near: [pulse]}", "suggested, when: {near: [pulse]}", "suggested"),
    ],
)
def test_of_a_form_listed_twice_the_one_that_may_do_less_counts(
    tmp_path: Path, cache: Path, one: str, other: str, counts: str, turned: bool
) -> None:
    listed = [f"      - {{form: bosom ailment, applicability: {a}}}" for a in (one, other)]
    path = listing(tmp_path, listed[::-1] if turned else listed)
    glossary = load_glossary([path], ours=False)
    assert [h.applicability for h in glossary.find("a bosom ailment")] == [counts]
    (entry,) = show("bosom ailment", [path])
    assert {f.applicability for f in entry.forms if f.kind == "spun"} == {counts}


@pytest.mark.parametrize("turned", [False, True])
def test_of_rivals_what_asks_nothing_comes_last_whatever_their_order(turned: bool) -> None:
    plain = spun("angina", "cardiac raid")
    asking = Concept("stroke", spun=(Variant("cardiac raid", when=When(before=("of",))),))
    glossary = glossary_of(*[plain, asking][:: -1 if turned else 1])
    assert [h.concept for h in glossary.find("signs of cardiac raid")] == ["stroke"]
    assert [h.concept for h in glossary.find("cardiac raid")] == ["angina"]


@pytest.mark.parametrize("turned", [False, True])
def test_of_rivals_that_ask_the_same_the_more_careful_counts(turned: bool) -> None:
    sure, careful = spun("angina", "cardiac raid"), spun("stroke", "cardiac raid")
    rivals = [sure, replace(careful, applicability="likely")]
    glossary = glossary_of(*rivals[:: -1 if turned else 1])
    assert [h.applicability for h in glossary.find("cardiac raid")] == ["likely"]
