"""Read electronic product information, FHIR R5 bundles, in English and Spanish into rows."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

from kg.errors import UnreadableSourceError
from kg.ingest import bands, rows
from kg.ingest.blocks import of_xml
from kg.ingest.frequencies import Known, Reader
from kg.ingest.markup import Cell, Grid, children, first, grid, local, parse, text
from kg.ingest.names import names_in_cell
from kg.ingest.statements import Statements

# The numbers of sections in the QRD templates of the European Medicines Agency.
_INDICATIONS: Final = re.compile(r"4\.1\b")
_CONTRAINDICATIONS: Final = re.compile(r"4\.3\b")
_PROFESSIONAL: Final = re.compile(r"4\.8\.?\s")
_LEAFLET: Final = re.compile(r"4\.\s+(possible side|posibles efectos)", re.IGNORECASE)
_DO_NOT: Final = re.compile(r"(do not (take|use)|no (tome|use|utilice))\b", re.IGNORECASE)


class _Reading(NamedTuple):
    language: str
    known: Known
    statements: Statements


def extract(
    content: bytes,
    name: str,
    known: Known = lambda _: False,
    is_condition: Known = lambda _: False,
) -> tuple[rows.Extract, ...]:
    """Return what each composition in the bundle *content* says.

    *known* says whether some words are the name of an effect, *is_condition* whether they are
    that of a condition.

    Raises:
        UnreadableSourceError: *content* holds no composition.
    """
    root = parse(content, name)
    found = [each for each in root.iter() if local(each) == "Composition"]
    if not found:
        raise UnreadableSourceError(name, "it holds no composition")
    identifier = _value(first(root, "identifier", "value")) or name
    return tuple(
        _extract(composition, f"{identifier}/{number}", content, known, is_condition)
        for number, composition in enumerate(found, start=1)
    )


def _value(element: ET.Element | None) -> str:
    return "" if element is None else element.get("value", "")


def _extract(
    composition: ET.Element, document: str, content: bytes, known: Known, is_condition: Known
) -> rows.Extract:
    language = _value(first(composition, "language"))
    title, date = (_value(first(composition, part)) for part in ("title", "date"))
    source = rows.Source(
        document=document,
        version=date,
        kind="epi",
        title=title,
        date=date[:10],
        language=language,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    found: list[rows.Any] = [rows.Product(name=_product(composition) or title, raw=title)]
    if language not in bands.LANGUAGES:
        found.append(
            rows.Unread(what="document", reason=f"a composition in {language or '?'}", raw=title)
        )
    else:
        reading = _Reading(language, known, Statements(is_condition, language))
        for section in children(composition, "section"):
            found += _section(section, reading, 0)
    return rows.Extract(source, tuple(found))


def _product(composition: ET.Element) -> str:
    """Return the name in section 1 of the professional information or in the leaflet's titles."""
    for section in composition.iter():
        if local(section) != "section":
            continue
        title = _value(first(section, "title"))
        if re.match(r"1\.\s+(nombre|name)", title, re.IGNORECASE):
            return (
                text(first(section, "text", "div")).split(",")[0].split(" comprimidos")[0].strip()
            )
        if match := re.match(
            r"1\.\s+(?:what|qu[eé] es)\s+(.+?)\s+(?:is|y)\s", title, re.IGNORECASE
        ):
            return match[1]
    return ""


def _section(section: ET.Element, reading: _Reading, depth: int) -> Iterator[rows.Any]:
    title = _value(first(section, "title")).strip()
    code = _value(first(section, "code", "coding", "code"))
    place = rows.Row(section=code or title.split(" ")[0], title=title)
    yield rows.Section(section=place.section, title=title, depth=depth, raw=title)
    body = first(section, "text", "div")
    if body is not None:
        yield from _body(body, place, reading)
    for inner in children(section, "section"):
        yield from _section(inner, reading, depth + 1)


def _body(body: ET.Element, place: rows.Row, reading: _Reading) -> Iterator[rows.Any]:
    title = place.title
    if _PROFESSIONAL.match(title) or _LEAFLET.match(title):
        tables = [each for each in body.iter() if local(each) == "table"]
        for number, table in enumerate(tables, start=1):
            yield from _Table(
                grid(table), place, f"table {number} of the section", reading.language
            ).read()
        yield from Reader(place, reading.language, reading.known).read(of_xml(body))
    elif _INDICATIONS.match(title) or _CONTRAINDICATIONS.match(title) or _DO_NOT.match(title):
        is_use = _INDICATIONS.match(title)
        for block in of_xml(body):
            if block.text:
                here = replace(place, row=block.number, raw=block.text)
                yield from reading.statements.entry(
                    here, "indication" if is_use else "contraindication"
                )
    else:
        for number, _ in enumerate((e for e in body.iter() if local(e) == "table"), start=1):
            yield rows.Unread(
                what="table",
                reason="not in a section of adverse reactions",
                section=place.section,
                title=title,
                table=f"table {number} of the section",
            )


class _Table:
    """Read a table of section 4.8: organ classes, frequencies and effects in any of its forms.

    A cell may name its frequency ("Common: headache"), or a column of frequencies may stand
    beside one of effects, where the paragraphs of both cells belong together in order.
    """

    def __init__(self, table: Grid, place: rows.Row, name: str, language: str) -> None:
        self._table, self._place, self._name, self._language = table, place, name, language

    def read(self) -> Iterator[rows.Observation | rows.Unread]:
        """Yield what each row states, or that it is not clear."""
        heads = max(self._table.heads, 1)
        titles = [cell.text for cell in self._table.rows[0]] if self._table.rows else []
        for index, row in enumerate(self._table.rows[heads:], start=heads):
            for column, cell in enumerate(row[1:], start=1):
                if not cell.text or self._is_band(cell):
                    continue
                beside = row[column - 1]
                group = row[0].text
                if column > 1 and self._is_band(beside):
                    yield from self._paired(index, column, group, beside, cell)
                else:
                    yield from self._inline(index, column, group, titles[column], cell)

    def _is_band(self, cell: Cell) -> bool:
        lines = cell.lines or (cell.text,)
        return all(
            (word := bands.named(line, self._language)) is not None
            and not line[: word.start].strip()
            and not line[word.end :].strip(" :.")
            for line in lines
        )

    def _paired(
        self, index: int, column: int, group: str, names: Cell, cell: Cell
    ) -> Iterator[rows.Observation | rows.Unread]:
        words, effects = (each.lines or (each.text,) for each in (names, cell))
        if len(words) != len(effects):
            yield self._unread(index, column, cell.text, "frequencies and effects do not pair off")
            return
        for number, (word, effect) in enumerate(zip(words, effects, strict=True)):
            yield from self._observations(index, column, number, group, word, effect)

    def _inline(
        self, index: int, column: int, group: str, title: str, cell: Cell
    ) -> Iterator[rows.Observation | rows.Unread]:
        for number, line in enumerate(cell.lines or (cell.text,)):
            word, colon, effects = line.partition(":")
            if not colon or not bands.named(word, self._language):
                yield self._unread(index, column, line, "a cell without a frequency")
                continue
            yield from self._observations(index, column, number, group, word, effects, title)

    def _observations(  # noqa: PLR0913, PLR0917 (each is one part of the cell that is read)
        self,
        index: int,
        column: int,
        number: int,
        group: str,
        word: str,
        effects: str,
        people: str = "",
    ) -> Iterator[rows.Observation | rows.Unread]:
        found = bands.named(word, self._language)
        names = names_in_cell(effects)
        if found is None or not names:
            yield self._unread(index, column, effects, "too long for names of effects")
            return
        for place, name in enumerate(names):
            yield rows.Observation(
                section=self._place.section,
                title=self._place.title,
                table=self._name,
                row=index + 1,
                column=column + 1,
                raw=word.strip(),
                effect=name,
                group=group,
                population=people,
                number=100 * number + place,
                band=found.name,
                category=found.band.category,
                lower=found.band.lower,
                lower_inclusive=None if found.band.lower is None else found.band.lower_inclusive,
                upper=found.band.upper,
                upper_inclusive=None if found.band.upper is None else found.band.upper_inclusive,
                language=self._language,
            )

    def _unread(self, index: int, column: int, raw: str, reason: str) -> rows.Unread:
        return rows.Unread(
            what="row",
            reason=reason,
            section=self._place.section,
            title=self._place.title,
            table=self._name,
            row=index + 1,
            column=column + 1,
            raw=raw,
        )
