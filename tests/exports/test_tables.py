"""CSVW, Parquet and Croissant: read by tools that are not ours, and nothing lost."""

import csv
import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import duckdb
import pyoxigraph as ox
import pytest

from kg.errors import ExportError
from kg.exports import csvw, side_effects
from kg.exports.claims import Release
from kg.exports.graph import expanded
from kg.exports.side_effects import CONFLICTS, SIDE_EFFECTS

DOCS: Final = Path(__file__).parents[2] / "docs" / "exports.md"
FIGURE: Final = (
    *("frequency", "as_stated", "proportion", "lower_bound", "lower_inclusive"),
    *("upper_bound", "upper_inclusive", "numerator", "denominator"),
    *("arm", "comparator_arm", "evidence_line"),
)
Files = Callable[[str], Path]
pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that read the files


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_tables_are_valid_by_their_metadata(written: Files) -> None:
    import csvw as library  # noqa: PLC0415

    read = library.CSVW(str(written("csvw") / csvw.METADATA), validate=True)
    assert read.is_valid, read.warnings
    table, conflicts = read.tables
    first = next(row for row in table if row["as_stated"] == "11%")
    assert (first["proportion"], first["denominator"]) == (Decimal("0.11"), 946)
    assert first["conflict"] == [] or all(each.scheme for each in first["conflict"])
    assert len(list(conflicts)) > 0


def test_a_wrong_cell_is_found_by_the_metadata(written: Files, tmp_path: Path) -> None:
    import csvw as library  # noqa: PLC0415

    copy = tmp_path / "copy"
    shutil.copytree(written("csvw"), copy)
    table = copy / csvw.TABLE
    content = table.read_text(encoding="utf-8")
    assert ",0.11," in content
    table.write_text(content.replace(",0.11,", ",eleven percent,"), encoding="utf-8", newline="")
    read = library.CSVW(str(copy / csvw.METADATA), validate=True)
    with pytest.raises(ValueError, match="Invalid value for decimal"):
        list(read.tables[0])


def test_every_figure_of_a_side_effect_is_a_row_and_comes_back(
    whole: Release, written: Files
) -> None:
    table = rows(written("csvw") / csvw.TABLE)
    found = {tuple(row[column] for column in FIGURE) for row in table if row["frequency"]}
    stated = {
        (
            *(each.iri, each.words, each.proportion, each.lower, each.lower_inclusive),
            *(each.upper, each.upper_inclusive, each.numerator, each.denominator),
            *(each.arm, each.comparator_arm, each.stated_by[0]),
        )
        for claim in whole.claims
        if claim.kind == "SideEffectClaim"
        for each in claim.frequencies
    }
    assert found == stated
    lines = {line.iri for c in whole.claims if c.kind == "SideEffectClaim" for line in c.evidence}
    assert {row["evidence_line"] for row in table} == lines


def test_both_sides_of_a_conflict_are_in_the_table_of_conflicts(written: Files) -> None:
    sides: dict[str, set[str]] = {}
    for row in rows(written("csvw") / csvw.CONFLICT_TABLE):
        sides.setdefault(row["conflict"], set()).add(row["side"])
    named = {
        each
        for row in rows(written("csvw") / csvw.TABLE)
        for each in row["conflict"].split("|")
        if each
    }
    assert named <= sides.keys()
    assert any(found == {"first", "second"} for found in sides.values())


def test_an_open_bound_and_an_unknown_value_are_empty_and_never_no(written: Files) -> None:
    table = rows(written("csvw") / csvw.TABLE)
    (page,) = (
        row
        for row in table
        if row["as_stated"] == "affecting more than 1 person in 100"
        and row["effect"].endswith("OAE_0000366")
    )
    assert (page["lower_bound"], page["lower_inclusive"]) == ("0.01", "false")
    assert (page["proportion"], page["denominator"], page["arm"]) == ("", "", "")
    assert {row["numerator_is_derived"] for row in table} <= {"", "true", "false"}
    assert {row["negated"] for row in table} == {"true", "false"}


def test_a_cell_that_cannot_be_split_again_is_refused() -> None:
    quad = ox.Quad
    iri = ox.NamedNode
    line, place, quote, claim = (iri(f"https://w3id.org/drugkg/id/{n}") for n in "abcd")
    facts: list[tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]] = [
        (claim, "rdf:type", iri(expanded("dkg:SideEffectClaim"))),
        (claim, "dkg:aboutProduct", iri("https://w3id.org/drugkg/id/p")),
        (claim, "dkg:effect", iri("https://w3id.org/drugkg/id/e")),
        (claim, "dkg:hasEvidenceLine", line),
        (line, "dkg:locator", place),
        (place, "oa:hasSelector", quote),
        (quote, "oa:exact", ox.Literal("one | two")),
    ]
    graph = iri("https://w3id.org/drugkg/graph/g")
    quads = [quad(subject, iri(expanded(name)), value, graph) for subject, name, value in facts]
    with pytest.raises(ExportError, match=r"one \| two"):
        side_effects.rows(Release(quads, "1"))


def test_the_dictionary_explains_every_column(written: Files) -> None:
    explained = [(row["table"], row["column"]) for row in rows(written("csvw") / csvw.DICTIONARY)]
    assert explained == [
        *(("side-effects", column.name) for column in SIDE_EFFECTS),
        *(("conflicts", column.name) for column in CONFLICTS),
    ]
    assert (written("parquet") / csvw.DICTIONARY).read_bytes() == csvw.dictionary()


def test_parquet_holds_what_the_csv_holds(written: Files) -> None:
    table = duckdb.read_parquet(str(written("parquet") / "side-effects.parquet"))
    names = table.columns
    assert names == [column.name for column in SIDE_EFFECTS]
    kept = [dict(zip(names, row, strict=True)) for row in table.fetchall()]
    texts = [{name: text(value) for name, value in row.items()} for row in kept]
    assert texts == [
        {name: decimal(value) for name, value in row.items()}
        for row in rows(written("csvw") / csvw.TABLE)
    ]


def text(value: Any) -> str:  # noqa: ANN401 (a cell)
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list():
            return "|".join(map(text, value))
        case Decimal():
            return f"{value.normalize():f}"
    return str(value)


def decimal(value: str) -> str:
    return f"{Decimal(value).normalize():f}" if re.fullmatch(r"[01]\.\d+", value) else value


def test_the_lines_of_the_documentation_run_in_duckdb(
    written: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("parquet", "csvw"):
        shutil.copytree(written(name), tmp_path / "exports" / name)
    monkeypatch.chdir(tmp_path)
    lines = re.findall(r"```sql\n(.*?)\n```", DOCS.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len(lines) == 2
    for line in lines:
        assert "\n" not in line
        answer = duckdb.sql(line)
        assert answer
        found = answer.fetchall()
        assert any(row[1] == "11%" for row in found), found
        assert len(found) > 3


def test_croissant_is_valid_and_its_records_can_be_read(written: Files) -> None:
    import mlcroissant  # noqa: PLC0415

    dataset = mlcroissant.Dataset(str(written("croissant") / "croissant.json"))
    assert not dataset.metadata.issues.errors
    records = list(dataset.records("side-effects"))
    assert len(records) == len(rows(written("csvw") / csvw.TABLE))
    words = [record["side-effects/as_stated"] for record in records]
    assert b"11%" in words
    (first,) = (r for r in records if r["side-effects/as_stated"] == b"11%")
    assert first["side-effects/denominator"] == 946


def test_croissant_points_at_the_dump_with_its_checksum(whole: Release, written: Files) -> None:
    text = (written("croissant") / "croissant.json").read_text(encoding="utf-8")
    assert '"contentUrl": "https://w3id.org/drugkg/dumps/drugkg.nq.gz"' in text
    assert whole.outputs["drugkg.nq.gz"] in text
