"""Hold the ePI reader to a real table of section 4.8, audited by hand before it was read."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.ingest import epi
from kg.ingest.rows import Observation

Shared = Callable[[str], Path]
Cell = dict[str, str]

_CELLS = Path(__file__).with_name("epi_cells.tsv")


@pytest.fixture(scope="module")
def expected() -> list[Cell]:
    with _CELLS.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def read(shared: Shared) -> list[Cell]:
    """Return what is read of the tables of section 4.8, the professional information."""
    extracts = epi.extract(shared("fhir-epi/07436001.xml").read_bytes(), "07436001.xml")
    return [
        _as_expected(row)
        for extract in extracts
        for row in extract.observations()
        if row.title.startswith("4.8") and row.table.startswith("table")
    ]


def _as_expected(row: Observation) -> Cell:
    return {
        "document": "07436001.xml",
        "section": row.title.partition(".")[0] + "." + row.title.partition(".")[2][:1],
        "table": row.table,
        "row": str(row.row),
        "column": str(row.column),
        "effect": row.effect,
        "group": row.group,
        "cell": row.raw,
        "band": row.band,
    }


def test_each_audited_cell_is_read_as_printed(expected: list[Cell], read: list[Cell]) -> None:
    assert [cell for cell in expected if cell not in read] == []


def test_no_effect_is_read_that_the_table_does_not_state(
    expected: list[Cell], read: list[Cell]
) -> None:
    assert [cell for cell in read if cell not in expected] == []
    assert len(read) == len(expected)
