"""Hold the SPL reader to real labels: cells that were audited by hand, and their traps."""

import csv
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from kg.ingest import spl
from kg.ingest.rows import Extract, Observation

_CELLS = Path(__file__).with_name("spl_cells.tsv")
# Observations in each label, counted by hand as rows of a table times its arms.
_SIZES = {
    "Bonine-otc.xml": 0,
    "METHOXSALEN.xml": 0,
    "Remdesivir-2020-10.xml": 62,
    "a4e3211d-f25b-4e3e-b39d-028de892f165.xml": 0,
    "cough.xml": 0,
    "humira.xml": 34,
    "lipitor-orig.xml": 72,
    "lipitor-repack.xml": 72,
    "no-title.xml": 0,
}

# Every table in a section of adverse reactions, with its arms, their sizes and its observations.
_TABLES = {
    ("Remdesivir-2020-10.xml", "Table 5"): ({"VEKLURY": 532, "Placebo": 516}, 6),
    ("Remdesivir-2020-10.xml", "Table 6"): ({"VEKLURY 5 Days": 200, "VEKLURY 10 Days": 197}, 6),
    ("Remdesivir-2020-10.xml", "Table 7"): ({"VEKLURY 5 Days": 191, "VEKLURY 10 Days": 193}, 6),
    ("Remdesivir-2020-10.xml", "Table 8"): ({"VEKLURY 10 Days": 532, "Placebo": 516}, 20),
    ("Remdesivir-2020-10.xml", "Table 9"): ({"VEKLURY 5 Days": 200, "VEKLURY 10 Days": 197}, 12),
    ("Remdesivir-2020-10.xml", "Table 10"): (
        {"VEKLURY 5 Days": 191, "VEKLURY 10 Days": 193, "SOC": 200},
        12,
    ),
    ("humira.xml", "Table 1"): (
        {"HUMIRA 40 mg subcutaneous Every Other Week": 705, "Placebo": 690},
        34,
    ),
} | {
    (name, "Table 2"): (
        {
            "Any dose": 8755,
            "10 mg": 3908,
            "20 mg": 188,
            "40 mg": 604,
            "80 mg": 4055,
            "Placebo": 7311,
        },
        72,
    )
    for name in ("lipitor-orig.xml", "lipitor-repack.xml")
}
_HL7 = "{urn:hl7-org:v3}"
_ADVERSE = {"34084-4", "90374-0", "90375-7"}  # LOINC: adverse reactions, trials, afterwards

Shared = Callable[[str], Path]


def _read(shared: Shared, name: str) -> Extract:
    return spl.extract(shared(f"spl/{name}").read_bytes(), name)


def _expected() -> list[dict[str, str]]:
    with _CELLS.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _as_expected(name: str, row: Observation) -> dict[str, str]:
    return {
        "document": name,
        "section": row.section,
        "table": row.table,
        "row": str(row.row),
        "column": str(row.column),
        "effect": row.effect,
        "group": row.group,
        "arm": row.arm,
        "denominator": str(row.denominator),
        "cell": row.raw,
        "count": "" if row.count is None else str(row.count),
        "percent": str(row.percent),
        "below": "yes" if row.bound == "<" else "",
    }


@pytest.mark.parametrize("name", sorted({row["document"] for row in _expected()}))
def test_each_audited_cell_is_read_as_printed(shared: Shared, name: str) -> None:
    read = {
        (row.table, row.row, row.column): _as_expected(name, row)
        for row in _read(shared, name).observations()
    }
    for cell in _expected():
        if cell["document"] == name:
            assert read[cell["table"], int(cell["row"]), int(cell["column"])] == cell


@pytest.mark.parametrize("name", _SIZES)
def test_each_cell_is_read_once_and_none_is_invented(shared: Shared, name: str) -> None:
    assert len(_read(shared, name).observations()) == _SIZES[name]


@pytest.mark.parametrize("name", _SIZES)
def test_every_table_is_read_or_listed(shared: Shared, name: str) -> None:
    content = shared(f"spl/{name}").read_bytes()
    extract = spl.extract(content, name)
    read = {(row.section, row.title, row.table) for row in extract.observations()}
    listed = [row for row in extract.unread() if row.what == "table"]
    assert len(read) + len(listed) == content.count(b"<table")


@pytest.mark.parametrize("name", _SIZES)
def test_each_table_below_a_section_of_adverse_reactions_is_read_with_arms_and_sizes(
    shared: Shared, name: str
) -> None:
    root = ET.fromstring(shared(f"spl/{name}").read_bytes())  # noqa: S314 (a file that we chose)
    found = [
        " ".join("".join(caption.itertext()).split()) if caption is not None else "(none)"
        for caption in {
            table: table.find(f"{_HL7}caption")
            for section in root.iter(f"{_HL7}section")
            if any(code.get("code") in _ADVERSE for code in section.findall(f"{_HL7}code"))
            for table in section.iter(f"{_HL7}table")
        }.values()
    ]
    tables = {" ".join(caption.split()[:2]).rstrip(".") for caption in found}
    assert len(tables) == len(found)
    assert {(name, table) for table in tables} == {key for key in _TABLES if key[0] == name}
    read: dict[str, list[Observation]] = {}
    for row in _read(shared, name).observations():
        read.setdefault(row.table, []).append(row)
    assert set(read) == tables
    for table, rows in read.items():
        arms, count = _TABLES[name, table]
        assert {row.arm: row.denominator for row in rows} == arms
        assert len(rows) == count


def test_the_audit_is_large_enough() -> None:
    assert len(_expected()) >= 120
