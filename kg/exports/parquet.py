"""Write the side effects as Parquet, with a data dictionary."""

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from kg.entities import LICENSE, NOTE
from kg.errors import MissingExtraError
from kg.exports import csvw, side_effects
from kg.exports.claims import Release
from kg.exports.report import Written
from kg.exports.side_effects import CONFLICTS, MANY, SIDE_EFFECTS, Column, Row

TABLE: Final = "side-effects.parquet"
CARRIES: Final = side_effects.CARRIES
_DIGITS, _PLACES = 12, 9  # of a proportion; one that does not fit is an error, never rounded


def write(release: Release) -> Written:
    """Return the tables and the data dictionary.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """
    files = {
        TABLE: _parquet(SIDE_EFFECTS, side_effects.rows(release), release.version),
        "conflicts.parquet": _parquet(
            CONFLICTS, side_effects.conflict_rows(release), release.version
        ),
        csvw.DICTIONARY: csvw.dictionary(),
    }
    return Written(files, side_effects.left(release))


def _parquet(columns: Sequence[Column], rows: Sequence[Row], version: str) -> bytes:
    try:
        import pyarrow as pa  # noqa: PLC0415 (an extra)
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("export", "pyarrow") from error
    kinds = {
        "string": pa.string(),
        "anyURI": pa.string(),
        "boolean": pa.bool_(),
        "integer": pa.int64(),
        "decimal": pa.decimal128(_DIGITS, _PLACES),
    }
    schema = pa.schema(
        [
            pa.field(
                column.name,
                pa.list_(kinds[column.kind]) if column.many else kinds[column.kind],
                nullable=not column.required,
                metadata={"about": column.about, "iri": column.iri},
            )
            for column in columns
        ],
        metadata={"version": version, "license": LICENSE, "note": NOTE},
    )
    arrays = {column.name: [_cell(column, row) for row in rows] for column in columns}
    target = io.BytesIO()
    parquet.write_table(pa.table(arrays, schema=schema), target, compression="zstd")
    return target.getvalue()


def _cell(column: Column, row: Row) -> Any:  # noqa: ANN401 (as many types as columns have)
    text = row.get(column.name, "")
    if column.many:
        return [_value(column, each) for each in text.split(MANY) if each]
    return _value(column, text) if text else None


def _value(column: Column, text: str) -> str | bool | int | Decimal:
    match column.kind:
        case "boolean":
            return text == "true"
        case "integer":
            return int(text)
        case "decimal":
            return Decimal(text)
    return text
