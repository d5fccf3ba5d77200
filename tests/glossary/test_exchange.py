from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from tests.glossary.helpers import HOUSE, glossary_of
from unspin.errors import GlossaryError
from unspin.glossary import commands, exchange
from unspin.glossary.commands import export_file, import_file
from unspin.glossary.compiling import concept_forms, forms_in_force
from unspin.glossary.concept import Concept, Variant, When
from unspin.glossary.exchange import pps, vale
from unspin.glossary.expand import options
from unspin.glossary.loader import read_file
from unspin.glossary.restoring import standing


def concepts() -> list[Concept]:
    return list(read_file(Path("house.yaml"), dedent(HOUSE)).concepts)


def plain(concept: Concept) -> Concept:
    """An entry without what only its file knows."""
    variants = {
        key: tuple(
            replace(v, template=t, line=0)
            for v in getattr(concept, key)
            for t in options(v.template, dict(concept.words))
        )
        for key in ("spun", "deprecated")
    }
    return replace(
        concept,
        **variants,
        examples=tuple(replace(e, line=0) for e in concept.examples),
        fine=tuple((s, 0) for s, _ in concept.fine),
        words=(),
        file="",
        line=0,
    )


def test_csv_there_and_back_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    assert exchange.write(path, concepts()) == []
    back = exchange.read(path)
    assert back.explained == ()
    assert [plain(c) for c in back.concepts] == [plain(c) for c in concepts()]


def test_csv_rows_that_are_wrong_are_explained(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(
        "concept,text,status\nheart attack,heart assault,\n,x,spun\nstroke,y,odd\n", "utf-8"
    )
    read = exchange.read(path)
    assert [c.spun[0].template for c in read.concepts] == ["heart assault"]
    assert [e.place.rsplit(":", 1)[1] for e in read.explained] == ["3", "4"]
    path.write_text("a,b\n", "utf-8")
    with pytest.raises(GlossaryError, match="needs the columns"):
        exchange.read(path)


def test_tbx_there_and_back_keeps_names_statuses_and_conditions(tmp_path: Path) -> None:
    path = tmp_path / "out.tbx"
    exchange.write(path, concepts())
    back = exchange.read(path)
    for old, new in zip(concepts(), back.concepts, strict=True):
        old, new = plain(old), plain(new)
        assert (new.canonical, new.pos, new.number) == (old.canonical, old.pos, old.number)
        assert (new.admitted, new.deprecated) == (old.admitted, old.deprecated)
        assert [v.template for v in new.spun] == [v.template for v in old.spun]
        for a, b in zip(old.spun, new.spun, strict=True):
            assert (a.when or old.when) == b.when
            assert (a.applicability or old.applicability) == b.applicability
        assert new.source == old.source


def test_tbx_of_other_tools_is_read(tmp_path: Path) -> None:
    path = tmp_path / "other.tbx"
    path.write_text(
        dedent(
            """\
            <?xml version="1.0"?>
            <martif type="TBX" xml:lang="en"><text><body>
            <termEntry id="1">
              <langSet xml:lang="en-GB">
                <tig><term>heart attack</term>
                  <termNote type="administrativeStatus">preferredTerm-admn-sts</termNote></tig>
                <ntig><termGrp><term>coronary</term>
                  <termNote type="administrativeStatus">supersededTerm-admn-sts</termNote>
                </termGrp></ntig>
                <tig><term>myocardial infarction</term></tig>
              </langSet>
              <langSet xml:lang="de"><tig><term>Herzinfarkt</term></tig></langSet>
            </termEntry>
            <termEntry id="2"><langSet xml:lang="de"><tig><term>Bein</term></tig></langSet></termEntry>
            </body></text></martif>
            """
        ),
        "utf-8",
    )
    read = exchange.read(path)
    (concept,) = read.concepts
    assert concept.canonical == "heart attack"
    assert concept.admitted == ("myocardial infarction",)
    assert [v.template for v in concept.deprecated] == ["coronary"]
    assert [e.reason for e in read.explained] == ["no English term"]


def test_tbx_in_the_style_dct_is_read(tmp_path: Path) -> None:
    path = tmp_path / "dct.tbx"
    path.write_text(
        dedent(
            """\
            <?xml version="1.0"?>
            <tbx style="dct" type="TBX-Min" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2"
              xmlns:min="http://www.tbxinfo.net/ns/min"><text><body>
            <conceptEntry id="1"><min:subjectField>brain</min:subjectField>
              <langSec xml:lang="en">
                <termSec><term>apoplexy</term>
                  <min:administrativeStatus>deprecatedTerm-admn-sts</min:administrativeStatus>
                </termSec>
                <termSec><term>stroke <!-- checked --></term>
                  <min:administrativeStatus>preferredTerm-admn-sts</min:administrativeStatus>
                  <min:partOfSpeech>noun</min:partOfSpeech></termSec>
                <termSec><term>brain <hi>attack</hi></term>
                  <min:administrativeStatus>AdmittedTerm-admn-sts</min:administrativeStatus>
                </termSec>
                <termSec><term>brain hit</term>
                  <min:administrativeStatus>notRecommended</min:administrativeStatus></termSec>
              </langSec>
            </conceptEntry></body></text></tbx>
            """
        ),
        "utf-8",
    )
    read = exchange.read(path)
    (concept,) = read.concepts
    assert (concept.canonical, concept.admitted) == ("stroke", ("brain attack",))
    assert [v.template for v in concept.deprecated] == ["apoplexy"]
    assert concept.field == "brain"
    assert [(e.text, "'notRecommended'" in e.reason) for e in read.explained] == [
        ("brain hit", True)
    ]


def test_tbx_status_in_a_field_of_a_tool_is_heeded(tmp_path: Path) -> None:
    def group(term: str, kind: str, value: str) -> str:
        return f'<tig><term>{term}</term><termNote type="{kind}">{value}</termNote></tig>'

    terms = (
        group("heart attack", "Status", "Approved"),
        group("cardiac assault", "Usage Status", "Forbidden"),
        group("heart blow", "forbidden", "true"),
        group("coronary", "forbidden", "false"),
        group("infarct", "Status", "In review"),
        group("heart incident", "processStatus", "unprocessed"),
    )
    path = tmp_path / "terms.tbx"
    path.write_text(
        '<martif type="TBX"><text><body><termEntry><langSet xml:lang="en-GB">'
        f"{''.join(terms)}</langSet></termEntry></body></text></martif>",
        "utf-8",
    )
    read = exchange.read(path)
    (concept,) = read.concepts
    assert [v.template for v in concept.deprecated] == ["cardiac assault", "heart blow"]
    assert (concept.canonical, concept.admitted) == ("heart attack", ("coronary", "heart incident"))
    assert [(e.text, "'In review'" in e.reason) for e in read.explained] == [("infarct", True)]


def test_tbx_that_is_none_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.tbx"
    path.write_text("<a><b></a>", "utf-8")
    with pytest.raises(GlossaryError, match=r"x\.tbx:1: is not valid XML"):
        exchange.read(path)
    path.write_text("<a/>", "utf-8")
    with pytest.raises(GlossaryError, match="is no TBX"):
        exchange.read(path)


def test_vale_style_there_and_back_keeps_every_unconditional_form(tmp_path: Path) -> None:
    left_out = exchange.write(tmp_path / "style", concepts(), "vale")
    assert {e.text for e in left_out} == {"reduced back pain", "corpulence"}
    back = exchange.read(tmp_path / "style")
    found = {v.template: c.canonical for c in back.concepts for v in (*c.spun, *c.deprecated)}
    assert found["bosom malady"] == "heart disease"
    assert found["bosom maladies"] == "heart diseases"
    assert found["soothed torment"] == "relieved pain"
    assert found["type ii diabetes"] == "type 2 diabetes"


def test_vale_style_keeps_what_is_likely_apart(tmp_path: Path) -> None:
    likely = Variant("goat illness", "likely")
    shown = Variant("toe fury", "suggested", When())
    exchange.write(tmp_path / "style", [Concept("gout", spun=(likely, shown))], "vale")
    for name, form, level in (
        ("Likely.yml", "goat illness", "warning"),
        ("Suspected.yml", "toe fury", "suggestion"),
    ):
        text = (tmp_path / "style" / name).read_text("utf-8")
        assert text.startswith("# ") and f"level: {level}\n" in text
        assert [c for c in ("goat illness", "toe fury") if c in text] == [form]


@pytest.mark.parametrize(
    ("pattern", "template"),
    [
        ("heart assault", "heart assault"),
        ("(?:low|reduced) back", "{low|reduced} back"),
        ("colou?r", "colo{u|}r"),
        (r"\bbosom\b", "bosom"),
        (r"non(?:-| )steroidal", "non{-| }steroidal"),
        (r"a\.m\.", "a.m."),
        (r"\w+ing pain", None),
        ("[Hh]eart", None),
        ("a.*b", None),
    ],
)
def test_vale_patterns_become_templates_where_they_can(pattern: str, template: str | None) -> None:
    assert vale.template_of(pattern) == template


def test_vale_styles_of_others_are_read_with_reasons(tmp_path: Path) -> None:
    (tmp_path / "Terms.yml").write_text(
        "extends: substitution\nlevel: suggestion\nswap:\n  utilize: use|employ\n  '[Aa]+': a\n",
        "utf-8",
    )
    (tmp_path / "Other.yml").write_text("extends: existence\ntokens: [x]\n", "utf-8")
    read = exchange.read(tmp_path)
    assert [(c.canonical, c.admitted) for c in read.concepts] == [("use", ("employ",))]
    assert read.concepts[0].applicability == "suggested"
    assert len(read.explained) == 2


# --- tortured phrases ------------------------------------------------------------------------


def _listed(path: Path, *rows: tuple[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Fingerprint - Tortured Phrase", "Expected Text", "Nb"])
        writer.writerows([*row, "1"] for row in rows)
    return path


def found(path: Path, text: str) -> list[str]:
    glossary = glossary_of(*pps.read_pps(path).concepts)
    return [h.form for h in standing(glossary, text)]


def test_pps_and_not_and_distance_are_honoured(tmp_path: Path) -> None:
    path = _listed(
        tmp_path / "t.csv",
        ('"yield layer" AND neural', "output layer"),
        ('"surface highlights" NOT specular', "surface features"),
        ('"bunching clustering"~3', "clustering"),
        ('"corridor impact" AND ("magnetic" OR "voltage")', "Hall effect"),
        ('"calculation" AND optimiz*', "algorithm"),
    )
    assert found(path, "The yield layer of a neural network") == ["yield layer"]
    assert found(path, "The yield layer of a cake") == []
    assert found(path, "Surface highlights of the skin") == ["surface highlights"]
    assert found(path, "Surface highlights, specular ones") == []
    assert found(path, "clustering, that is bunching") == ["clustering, that is bunching"]
    assert found(path, "bunching a b c d e f clustering") == []
    assert found(path, "a corridor impact at some voltage") == ["corridor impact"]
    assert found(path, "a corridor impact") == []
    assert found(path, "a calculation that optimizes") == ["calculation"]


def test_pps_rows_that_cannot_be_are_explained(tmp_path: Path) -> None:
    path = _listed(
        tmp_path / "t.csv",
        ('"a b" ADN "c"', "x"),
        ('"a b', "x"),
        ('("a b" OR "c d"', "x"),
        ("NOT a", "x"),
        ('"e f"', ""),
        ('"g h"', "x"),
    )
    read = pps.read_pps(path)
    assert read.rows == 6
    assert [e.place.rsplit(":", 1)[1] for e in read.explained] == ["2", "3", "4", "5", "6"]
    assert [v.template for c in read.concepts for v in c.spun] == ["g h"]


def test_pps_terms_the_list_is_not_sure_of_need_an_editor(tmp_path: Path) -> None:
    path = _listed(
        tmp_path / "t.csv",
        ('"cadence design"', "rythm pattern (?)"),
        ('"feedback processing"', "back propagation (BP)"),
    )
    got = {c.canonical: c.applicability for c in pps.read_pps(path).concepts}
    assert got == {"rythm pattern": "editor", "back propagation": "suggested"}


@pytest.mark.shared
def test_pps_list_parses_whole_and_can_be_matched(shared: Path, tmp_path: Path) -> None:
    target = tmp_path / "tortured.yaml"
    read = import_file(shared / "pps" / "tortured.csv", target)
    assert read.rows == 7299
    reasons = {e.reason for e in read.explained}
    assert reasons == {"no expected text", "no AND, OR or NOT before 'ADN'"}
    glossary = glossary_of(*read_file(target).concepts)
    assert [h.replacement for h in glossary.find("deep neural organization")] == ["neural network"]


def test_written_yaml_reads_back_the_same(tmp_path: Path) -> None:
    when = When(before=("yes",), article_has=(("a",), ("b: c", "d")), not_verb=True)
    odd = Concept(
        "no",
        pos="phrase",
        admitted=("yes, sir", "a: b", "# c", "1"),
        spun=(Variant("{a|b} “c”", "editor", when, 3), Variant("on", "", When())),
        note='said "so"',
        field="imported",
    )
    source = tmp_path / "in.csv"
    exchange.write(source, [odd])
    target = tmp_path / "imported.yaml"
    import_file(source, target)
    assert plain(read_file(target).concepts[0]) == plain(odd)
    with pytest.raises(GlossaryError, match="exists already"):
        import_file(source, target)


def test_pps_queries_that_conditions_cannot_say_are_explained(tmp_path: Path) -> None:
    path = _listed(
        tmp_path / "t.csv",
        ('"a b" AND ("c" OR ("d" AND "e"))', "ab"),
        ('"q r" NOT ("c" AND "d")', "qr"),
        ('("a b" AND "c d") AND "e"', "ab"),
        ('"x y" NOT ("c" OR "d")', "xy"),
    )
    read = pps.read_pps(path)
    assert [c.canonical for c in read.concepts] == ["xy"]
    assert read.concepts[0].spun[0].when == When(article_not=("c", "d"))
    assert len(read.explained) == 3


def test_scattered_forms_are_for_editors_and_stay_within_a_paragraph(tmp_path: Path) -> None:
    path = _listed(tmp_path / "t.csv", ('"clamor signal"~5', "signal-to-noise ratio"))
    glossary = glossary_of(*pps.read_pps(path).concepts)
    (hit,) = glossary.find("The clamor was below the signal.")
    assert hit.applicability == "editor"  # a fix would swallow "was below the"
    assert glossary.find("The clamor was\n\nbelow the signal.") == ()


def test_csv_of_an_extension_goes_by_the_applicability_of_each_form(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    first = Concept("heart attack", spun=(Variant("heart assault"),))
    shown = Variant("heart raid", "suggested")
    more = Concept("heart attack", extend=True, spun=(shown,))
    likely = Variant("heart foray", "likely")
    other = Concept("heart attack", extend=True, applicability="suggested", spun=(likely,))
    exchange.write(path, [first, more, other])
    (back,) = exchange.read(path).concepts
    whens = {f.text: f.when for f in concept_forms(back) if f.kind == "spun"}
    assert whens["heart raid"] == When(spun_article=True)
    assert whens["heart foray"] is None
    assert [v.applicability for v in back.spun] == ["", "suggested", "likely"]


def test_csv_of_an_entry_and_its_extension_keeps_what_each_form_inherits(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    exchange.write(
        path,
        [
            Concept("gout", spun=(Variant("goat illness"),), applicability="suggested"),
            Concept("gout", spun=(Variant("toe fury"),), extend=True, source="house"),
        ],
    )
    (concept,) = exchange.read(path).concepts
    assert concept.applicability == "suggested"
    assert [(v.applicability, v.when) for v in concept.spun] == [("", None), ("safe", When())]


@pytest.mark.parametrize("name", ["out.csv", "out.tbx"])
def test_extension_gives_its_names_source_and_note_to_the_entry(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    first = Concept("gout", spun=(Variant("goat illness"),), source="NIH", families=("1",))
    more = Concept(
        "gout", spun=(Variant("{@toe} fury"),), extend=True, source="House style", note="Ask Ann",
        admitted=("podagra",), families=("1", "2"), words=(("toe", ("toe", "foot")),),
    )  # fmt: skip
    exchange.write(path, [first, more])
    (back,) = exchange.read(path).concepts
    assert (back.source, back.note, back.extend) == ("NIH; House style", "Ask Ann", False)
    assert back.admitted == ("podagra",)
    assert {f.text for f in concept_forms(back)} >= {"goat illness", "toe fury", "foot fury"}
    if path.suffix == ".csv":
        assert back.families == ("1", "2")


@pytest.mark.parametrize("name", ["out.csv", "out.tbx"])
def test_exchange_says_that_an_entry_extends_another(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    given = [Concept("gout", extend=True, spun=(Variant("toe fury"),)), Concept("flu")]
    exchange.write(path, given)
    assert [c.extend for c in exchange.read(path).concepts] == [True, False]


def test_what_is_switched_off_stays_off_or_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "concepts_in_force", lambda *_: [("x", c) for c in concepts()])
    house = tmp_path / "house.yaml"
    house.write_text("field: house\ntitle: Ours\noff: [obesity, common cold]\n", "utf-8")
    gone = ["obesity", "common cold", "stroke"]
    assert export_file(tmp_path / "house.csv", [house], ["stroke"])[1] == []
    import_file(tmp_path / "house.csv", tmp_path / "back.yaml")
    assert list(read_file(tmp_path / "back.yaml").off) == gone
    for target in ("house.tbx", "style"):
        _, left_out = export_file(tmp_path / target, [house], ["stroke"])
        assert [e.text for e in left_out][:3] == gone


def test_csv_that_only_switches_off_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("concept,text,status\nobesity,obesity,off\nflu,cold,off\n", "utf-8")
    (wrong,) = import_file(path, tmp_path / "house.yaml").explained
    assert wrong.place.endswith(":3") and "write 'flu'" in wrong.reason
    assert read_file(tmp_path / "house.yaml").off == ("obesity",)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("gout,spun,{a|b,,", "braces do not match"),
        ("gout,example,He has goat illness.,,", "good is empty"),
        ("gout,canonical,podagra,,", "a canonical row names its concept"),
        ("gout,spun,x,,{before: [of]}", 'it must be JSON such as {"before": ["of"]}'),
        ('gout,spun,x,,"""abc"""', "must be a mapping"),
        ("gout,spun,x,,[]", "must be a mapping"),
        ('gout,spun,x,,"{""before"": ""of""}"', "before must be a list"),
        ('gout,spun,x,,"{""beside"": [""of""]}"', "no condition 'beside'"),
        ('gout,spun,x,,"{""not_verb"": 1}"', "not_verb must be true or false"),
    ],
)
def test_csv_row_that_would_spoil_the_file_is_explained(
    tmp_path: Path, row: str, reason: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"concept,status,text,good,when\n{row}\ngout,spun,goat illness,,\n", "utf-8")
    target = tmp_path / "back.yaml"
    (explained,) = import_file(path, target).explained
    assert reason in explained.reason
    assert [v.template for c in read_file(target).concepts for v in c.spun] == ["goat illness"]


def test_files_that_are_no_csv_or_yaml_name_the_line(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("concept,text\nx," + "a" * 200_000 + "\n", "utf-8")
    with pytest.raises(GlossaryError, match=r"in\.csv:2: is not valid CSV"):
        exchange.read(path)
    path.write_text("Fingerprint,Expected\n" + "a" * 200_000 + ",b\n", "utf-8")
    with pytest.raises(GlossaryError, match=r"in\.csv:\d: is not valid CSV"):
        exchange.read(path)
    style = tmp_path / "style.yml"
    style.write_text("extends: substitution\nswap:\n  - a: [b\n", "utf-8")
    with pytest.raises(GlossaryError, match=r"style\.yml:4: is not valid YAML"):
        exchange.read(style)


def test_import_that_yields_nothing_writes_nothing(tmp_path: Path) -> None:
    source = tmp_path / "house.yaml"
    source.write_text("field: house\ntitle: T\nconcepts: []\n", "utf-8")
    with pytest.raises(GlossaryError, match="is no substitution style"):
        import_file(source, tmp_path / "back.yaml")
    assert not (tmp_path / "back.yaml").exists()


def test_tbx_keeps_to_the_values_of_tbx_basic_and_reads_them_back(tmp_path: Path) -> None:
    path = tmp_path / "out.tbx"
    given = [
        Concept("an", pos="function", admitted=("a",), note="see there", source="Style guide"),
        Concept("Ohio Heart Fund", pos="name", admitted=("OHF",), source="https://example.org"),
    ]
    exchange.write(path, given)
    text = path.read_text("utf-8")
    assert ">other<" in text
    assert ">properNoun<" in text
    assert 'target="https://example.org"' in text
    back = exchange.read(path).concepts
    assert [(c.pos, c.note, c.source) for c in back] == [(c.pos, c.note, c.source) for c in given]


@pytest.mark.parametrize("said", ["{broken", ""])
def test_tbx_notes_that_cannot_be_read_leave_the_form_to_an_editor(
    tmp_path: Path, said: str
) -> None:
    path = tmp_path / "in.tbx"
    exchange.write(path, [Concept("gout", spun=(Variant("goat illness"), Variant("{a|b} foot")))])
    text = path.read_text("utf-8").replace('{"applicability": "safe"}', said, 1)
    path.write_text(text.replace(">a foot<", ">a {foot<"), "utf-8")
    read = exchange.read(path)
    assert [(v.template, v.applicability) for v in read.concepts[0].spun] == [
        ("goat illness", "editor"),
        ("b foot", "safe"),
    ]
    assert [e.text for e in read.explained] == ["a {foot"]


def test_export_of_a_field_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GlossaryError, match="no field 'hert'"):
        export_file(tmp_path / "out.csv", fields=["hert"])
    assert not (tmp_path / "out.csv").exists()


def test_vale_swap_with_a_list_of_words(tmp_path: Path) -> None:
    style = tmp_path / "style.yml"
    style.write_text("extends: substitution\nswap:\n  utilize: [use, employ]\n", "utf-8")
    assert [(c.canonical, c.admitted) for c in exchange.read(style).concepts] == [
        ("use", ("employ",))
    ]


# --- what spreadsheets make of CSV -----------------------------------------------------------


@pytest.mark.parametrize("head", ["concept;text\r\n", "Fingerprint;Expected Text\r\n"])
@pytest.mark.parametrize("mark", ["", "sep=;\r\n", '"sep=;"\r\n'])
def test_list_that_a_spreadsheet_saved_is_read(tmp_path: Path, head: str, mark: str) -> None:
    row = "gout;podagra\r\n;;\r\n" if "concept" in head else '"""podagra""";gout\r\n;\r\n'
    read = _csv(tmp_path, f"\ufeff{mark}{head}{row}odd;\r\n")
    assert [(c.canonical, [v.template for v in c.spun]) for c in read.concepts] == [
        ("gout", ["podagra"])
    ]
    assert list(_reasons(read)) == [4 + bool(mark)]
    assert read.rows == 2


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("concept,text,stauts", "no column 'stauts'; did you mean 'status'"),
        ("concept,text,text", "the column text stands twice"),
    ],
)
def test_column_that_is_mistyped_or_twice_is_an_error(tmp_path: Path, head: str, said: str) -> None:
    with pytest.raises(GlossaryError, match=rf"in\.csv:1: .*{said}"):
        _csv(tmp_path, f"{head}\ngout,podagra,deprecated\n")


def test_pps_query_with_typographic_quotes_is_one(tmp_path: Path) -> None:
    path = _listed(tmp_path / "t.csv", ("\u201cbosom malignancy\u201d", "breast cancer"))
    (concept,) = exchange.read(path).concepts
    assert [v.template for v in concept.spun] == ["bosom malignancy"]


def _csv(folder: Path, text: str) -> exchange.Imported:
    path = folder / "in.csv"
    path.write_text(text, "utf-8", newline="")
    return exchange.read(path)


def _reasons(read: exchange.Imported) -> dict[int, str]:
    return {int(e.place.rpartition(":")[2]): e.reason for e in read.explained}


@pytest.mark.parametrize("rest", ["stroke,brain smack\n", 'stroke,"brain smack"\n'])
@pytest.mark.parametrize("head", ["concept,text", "Fingerprint,Expected Text"])
def test_quote_that_is_not_closed_names_the_row_in_which_it_opens(
    tmp_path: Path, head: str, rest: str
) -> None:
    text = f'{head}\ngout,toe fury\nheart attack,"heart assault\nkidney failure,kidney flop\n{rest}'
    with pytest.raises(GlossaryError, match=r"in\.csv:3: is not valid CSV.*quote"):
        _csv(tmp_path, text)


def test_form_with_a_line_break_is_not_imported(tmp_path: Path) -> None:
    read = _csv(
        tmp_path,
        'concept,text\nheart attack,"heart assault\nkidney failure,kidney flop\n"\ngout,toe fury\n',
    )
    assert [c.canonical for c in read.concepts] == ["gout"]
    assert "line break" in _reasons(read)[2]
    assert "\n" not in str(read.explained[0])


def test_lines_of_explained_rows_are_right_after_rows_of_several_lines(tmp_path: Path) -> None:
    read = _csv(tmp_path, 'concept,text,status\ngout,"He has\n\ntoe fury.",fine\n\ngout,x,odd\n')
    assert list(_reasons(read)) == [6]
    assert read.concepts[0].fine == (("He has\n\ntoe fury.", 0),)


def test_row_without_part_of_speech_belongs_to_the_concept_of_its_name(tmp_path: Path) -> None:
    read = _csv(
        tmp_path,
        "concept,pos,status,text\n"
        "relieve pain,,spun,soothe torment\n"
        "relieve pain,verb,canonical,relieve pain\n"
        "relieve pain,,spun,alleviate agony\n",
    )
    (concept,) = read.concepts
    assert concept.pos == "verb"
    assert [v.template for v in concept.spun] == ["soothe torment", "alleviate agony"]


def test_row_without_part_of_speech_is_not_imported_where_there_are_several(tmp_path: Path) -> None:
    read = _csv(
        tmp_path,
        "concept,pos,text\nbruise,noun,contused spot\nBruise,verb,contuse\nbruise,,blue spot\n",
    )
    assert [(c.pos, len(c.spun)) for c in read.concepts] == [("noun", 1), ("verb", 1)]
    assert "noun, verb" in _reasons(read)[4]


def test_what_rows_of_names_say_of_their_concept_is_taken_or_reported(tmp_path: Path) -> None:
    read = _csv(
        tmp_path,
        "concept,text,status,source,note\n"
        "edema,dropsy,deprecated,https://a.org,\n"
        "edema,water swelling,spun,https://a.org,seen in May\n"
        "edema,oedematous state,admitted,https://b.org,\n",
    )
    (concept,) = read.concepts
    assert (concept.source, concept.note) == ("https://a.org", "seen in May")
    assert concept.admitted == ("oedematous state",)
    assert list(_reasons(read)) == [4]
    assert "source is 'https://b.org'" in _reasons(read)[4]


def test_concepts_that_differ_in_capitals_are_one(tmp_path: Path) -> None:
    read = _csv(
        tmp_path,
        "concept,text\nheart failure,cardiac let-down\nHeart Failure,heart flop\n"
        "HEART FAILURE,heart flop\n",
    )
    (concept,) = read.concepts
    assert concept.canonical == "heart failure"
    assert [v.template for v in concept.spun] == ["cardiac let-down", "heart flop"]


def test_canonical_rows_that_contradict_each_other_are_reported(tmp_path: Path) -> None:
    read = _csv(
        tmp_path,
        "concept,status,text,applicability,source\n"
        "gout,canonical,gout,safe,\ngout,spun,toe fury,,\n"
        "gout,canonical,gout,safe,https://example.org\ngout,canonical,gout,editor,\n",
    )
    (concept,) = read.concepts
    assert (concept.applicability, concept.source) == ("safe", "https://example.org")
    assert _reasons(read) == {
        5: "applicability is 'editor', but line 2 says otherwise; keep one of them"
    }


@pytest.mark.parametrize("character", ["\x07", "\x00", "\x92", "\x7f"])
def test_control_character_spoils_its_row_alone(tmp_path: Path, character: str) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.yaml"
    source.write_text(f"concept,text\ngout,toe{character}fury\nstroke,brain smack\n", "utf-8")
    read = import_file(source, target)
    assert "control character" in _reasons(read)[2]
    assert [c.canonical for c in read_file(target).concepts] == ["stroke"]


def test_control_character_spoils_its_swap_or_phrase_alone(tmp_path: Path) -> None:
    style = tmp_path / "style.yml"
    style.write_text('extends: substitution\nswap:\n  "a\\x07 b": ab\n  c d: cd\n', "utf-8")
    read = exchange.read(style)
    assert [c.canonical for c in read.concepts] == ["cd"]
    assert "control character" in read.explained[0].reason
    phrases = pps.read_pps(_listed(tmp_path / "t.csv", ('"a\x07 b"', "ab"), ('"c d"', "cd")))
    assert [c.canonical for c in phrases.concepts] == ["cd"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_as_spreadsheets_save_it_is_read(tmp_path: Path, separator: str) -> None:
    rows = ["Concept|POS|Status|Text", "gout|Noun|Spun|toe fury", "gout||CANONICAL|gout"]
    read = _csv(tmp_path, "\ufeff" + "\r\n".join(rows).replace("|", separator) + "\r\n")
    assert read.explained == ()
    assert [v.template for v in read.concepts[0].spun] == ["toe fury"]


def test_separators_in_the_cells_do_not_mislead(tmp_path: Path) -> None:
    read = _csv(tmp_path, "concept,text\ngout,toe; fury; of; kings\ngout,toe, fury\n")
    assert [v.template for v in read.concepts[0].spun] == ["toe; fury; of; kings"]
    assert "more cells than columns" in _reasons(read)[3]


def test_imported_forms_are_suggested_unless_the_row_says_otherwise(tmp_path: Path) -> None:
    read = _csv(
        tmp_path,
        "concept,status,text,applicability\n"
        "gout,spun,toe fury,\ngout,spun,toe rage,Safe\ngout,deprecated,podagra,\n"
        "stroke,canonical,stroke,safe\nstroke,spun,brain smack,\n",
    )
    gout, stroke = read.concepts
    assert gout.applicability == "suggested"
    assert [v.applicability for v in gout.spun] == ["", "safe"]
    assert gout.deprecated[0].applicability == "suggested"
    assert (stroke.applicability, stroke.spun[0].applicability) == ("safe", "")


def test_vale_styles_say_nothing_of_safety(tmp_path: Path) -> None:
    for name in ("Terms", "Deprecated"):
        (tmp_path / f"{name}.yml").write_text(
            f"extends: substitution\nlevel: error\nswap:\n  {name} attack: heart  attack\n"
            "  heart raid: Heart attack\n",
            "utf-8",
        )
    (concept,) = exchange.read(tmp_path).concepts
    assert (concept.canonical, concept.applicability) == ("heart attack", "suggested")
    assert {v.applicability for v in concept.deprecated} == {"suggested"}
    assert {v.applicability for v in concept.spun} == {""}


def test_export_does_not_write_over_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "concepts_in_force", lambda *_: [("x", c) for c in concepts()])
    target = tmp_path / "notes.csv"
    target.write_text("mine", "utf-8")
    with pytest.raises(GlossaryError, match=r"notes\.csv:0: exists already.*--force"):
        export_file(target)
    assert target.read_text("utf-8") == "mine"
    assert export_file(target, force=True)[0] == len(concepts())
    with pytest.raises(GlossaryError, match="exists already"):
        export_file(tmp_path, format="vale")
    (tmp_path / "empty").mkdir()
    export_file(tmp_path / "empty", format="vale")


@pytest.mark.parametrize(
    ("pattern", "template"),
    [
        (r"kind \[2\] thing", "kind [2] thing"),
        (r"is it so\?", "is it so?"),
        (r"c\+\+ (?:a|b)", "c++ {a|b}"),
        (r"a \(b\) c", "a (b) c"),
        (r"dose\$", "dose$"),
        (r"back\-pain", "back-pain"),
        (r"a\|b", None),  # no template can say it
        (r"a\{2\}", None),
        (r"\d+ mg", None),
        (r"[ab]\.", None),
    ],
)
def test_what_is_escaped_in_a_style_stands_for_itself(pattern: str, template: str | None) -> None:
    assert vale.template_of(pattern) == template


def test_our_own_style_comes_back_with_its_punctuation(tmp_path: Path) -> None:
    source = tmp_path / "own.csv"
    source.write_text(
        "concept,text,applicability\nvitamin zork,nutrient [zork]?,safe\n", encoding="utf-8"
    )
    import_file(source, tmp_path / "own.yaml")
    export_file(tmp_path / "style", [tmp_path / "own.yaml"], format="vale", fields=["own"])
    back = import_file(tmp_path / "style", tmp_path / "back.yaml")
    assert not back.explained
    assert "nutrient [zork]?" in {form.template for c in back.concepts for form in c.spun}


@pytest.mark.parametrize("name", ["out.csv", "out.tbx"])
def test_export_leaves_out_forms_on_which_a_house_glossary_has_the_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    template, own = Variant("{bosom|heart} raid"), Variant("heart raid", "editor")
    ours = Concept("heart attack", spun=(template,))
    house = Concept("heart attack", extend=True, spun=(own,), layer=1)
    in_force = [("glossary/heart.yaml", ours), ("house.yaml", house)]
    monkeypatch.setattr(commands, "concepts_in_force", lambda *_: in_force)
    export_file(tmp_path / name)
    read = forms_in_force(exchange.read(tmp_path / name).concepts)
    found = {text: [f.applicability for f in read[text]] for text in ("bosom raid", "heart raid")}
    assert found == {"bosom raid": ["safe"], "heart raid": ["editor"]}
