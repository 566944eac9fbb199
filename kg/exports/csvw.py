"""Write the side effects as CSV with metadata by the CSV on the Web standard (CSVW)."""

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

from kg.entities import LICENSE, NOTE
from kg.exports import side_effects
from kg.exports.claims import Release
from kg.exports.report import Written, dumped
from kg.exports.side_effects import CONFLICTS, MANY, SIDE_EFFECTS, Column, Row

METADATA: Final = "side-effects.csv-metadata.json"
TABLE: Final = "side-effects.csv"
CONFLICT_TABLE: Final = "conflicts.csv"
DICTIONARY: Final = "dictionary.csv"
CARRIES: Final = side_effects.CARRIES
_DICTIONARY: Final = ("table", "column", "datatype", "several_values", "required", "about", "iri")


def write(release: Release) -> Written:
    """Return the tables, their metadata and the data dictionary."""
    tables = {
        TABLE: (SIDE_EFFECTS, side_effects.rows(release)),
        CONFLICT_TABLE: (CONFLICTS, side_effects.conflict_rows(release)),
    }
    files = {name: table(columns, rows) for name, (columns, rows) in tables.items()}
    files[DICTIONARY] = dictionary()
    files[METADATA] = dumped(_metadata(release.version))
    return Written(files, side_effects.left(release))


def table(columns: Sequence[Column], rows: Sequence[Row]) -> bytes:
    """Return *rows* as CSV by RFC 4180: UTF-8, a header, lines that end with CR LF."""
    return _csv([column.name for column in columns], rows)


def dictionary() -> bytes:
    """Return what each column means, as a table of its own."""
    rows = [
        {
            "table": name.removesuffix(".csv"),
            "column": column.name,
            "datatype": column.kind,
            "several_values": str(column.many).lower(),
            "required": str(column.required).lower(),
            "about": column.about,
            "iri": column.iri,
        }
        for name, columns in ((TABLE, SIDE_EFFECTS), (CONFLICT_TABLE, CONFLICTS))
        for column in columns
    ]
    return _csv(_DICTIONARY, rows)


def _csv(names: Sequence[str], rows: Sequence[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _metadata(version: str) -> dict[str, Any]:
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": "Side effects of medicines, with who says so and where",
        "dc:description": NOTE,
        "dc:license": {"@id": LICENSE},
        "schema:version": version,
        "dialect": {"header": True, "encoding": "utf-8"},
        "tables": [
            _table(TABLE, "One row for each figure that a source states.", SIDE_EFFECTS),
            _table(CONFLICT_TABLE, "One row for each side of each conflict.", CONFLICTS),
        ],
    }


def _table(url: str, about: str, columns: Sequence[Column]) -> dict[str, Any]:
    return {
        "url": url,
        "dc:description": about,
        "tableSchema": {"columns": [_column(each) for each in columns], "primaryKey": "row"},
    }


def _column(column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": column.name,
        "titles": column.name,
        "dc:description": column.about,
        "datatype": column.kind,
        "propertyUrl": column.iri,
        "required": column.required,
    }
    return described | ({"separator": MANY} if column.many else {})
