"""Hold the SPL reader to real labels: cells that were audited by hand, and their traps."""

import csv
from collections.abc import Callable
from pathlib import Path

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


def test_the_audit_is_large_enough() -> None:
    assert len(_expected()) >= 120
