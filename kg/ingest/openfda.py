"""Read label records of openFDA, whose tables are fields of markup, into rows.

Source: open.fda.gov, drug label endpoint; the fields are named in its reference.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kg.errors import UnreadableSourceError
from kg.ingest import rows, tables
from kg.ingest.conditions import Known
from kg.ingest.markup import first, grid, local, parse, text
from kg.ingest.statements import Statements

_ADVERSE: Final = "adverse_reactions_table"
_CODES: Final = {  # the LOINC code of the section that a field is made from
    "adverse_reactions": "34084-4",
    "contraindications": "34070-3",
    "indications_and_usage": "34067-9",
}


def extract(
    content: bytes, name: str = "the record", known: Known = lambda _: False
) -> tuple[rows.Extract, ...]:
    """Return what each label in *content* says, an answer of openFDA or one record of it.

    *known* says whether some words are the name of a condition.

    Raises:
        UnreadableSourceError: *content* is not JSON with labels that have a set id.
    """
    try:
        answer = json.loads(content)
        records = answer.get("results", [answer])
        return tuple(_label(record, content, known) for record in records)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableSourceError(name, "it is no answer of openFDA with labels") from error


def _label(record: Mapping[str, Any], content: bytes, known: Known) -> rows.Extract:
    when = str(record.get("effective_time", ""))
    source = rows.Source(
        document=str(record["set_id"]).lower(),
        version=str(record["version"]),
        kind="openfda",
        date=f"{when[:4]}-{when[4:6]}-{when[6:8]}" if len(when) == len("20260101") else "",
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return rows.Extract(source, (*_products(record), *_statements(record, known), *_tables(record)))


def _products(record: Mapping[str, Any]) -> Iterator[rows.Product]:
    """Yield one row for each substance: the fields of openFDA do not pair codes with packages."""
    facts = record.get("openfda", {})
    name = str((facts.get("brand_name") or facts.get("generic_name") or [record["set_id"]])[0])
    codes, names = facts.get("unii", []), facts.get("substance_name", [])
    pairs = list(zip(codes, names, strict=True)) if len(codes) == len(names) == 1 else [("", "")]
    for ndc in facts.get("product_ndc") or [""]:
        for unii, substance in pairs:
            yield rows.Product(
                name=name, ndc=str(ndc), unii=str(unii), substance=str(substance), raw=name
            )


def _statements(record: Mapping[str, Any], known: Known) -> Iterator[rows.Any]:
    statements = Statements(known)
    for field, code in _CODES.items():
        for words in record.get(field, ()):
            yield rows.Section(section=code, title=field, depth=0, raw=field)
            here = rows.Row(section=code, title=field, raw=words)
            match field:
                case "indications_and_usage":
                    yield from statements.entry(here, "indication")
                case "contraindications":
                    yield from statements.entry(here, "contraindication")
                case _:
                    yield rows.Unread(
                        section=code,
                        title=field,
                        raw=words,
                        what="text",
                        reason="running text is not read for effects",
                    )


def _tables(record: Mapping[str, Any]) -> Iterator[rows.Any]:
    for field in sorted(field for field in record if field.endswith("_table")):
        section = field.removesuffix("_table")
        for number, markup in enumerate(record[field], start=1):
            name = f"{field} {number}"
            place = rows.Row(section=_CODES.get(section, section), title=section, table=name)
            if field != _ADVERSE:
                yield _unread(place, "not in a section of adverse reactions")
                continue
            try:
                root = parse(f"<text>{markup}</text>".encode(), name)
            except UnreadableSourceError as error:
                yield _unread(place, str(error))
                continue
            for table in (each for each in root.iter() if local(each) == "table"):
                caption = text(first(table, "caption"))
                yield from tables.read(tables.Table(grid(table), caption, place))


def _unread(place: rows.Row, reason: str) -> rows.Unread:
    return rows.Unread(
        what="table",
        reason=reason,
        section=place.section,
        title=place.title,
        table=place.table,
    )
