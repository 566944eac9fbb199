"""Read labels in Structured Product Labeling, the XML of DailyMed and openFDA, into rows.

Source: HL7 SPL release 5 as used by the FDA; section codes are LOINC.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

from kg.errors import UnreadableSourceError
from kg.ingest import rows, tables
from kg.ingest.conditions import Known, Use
from kg.ingest.markup import children, first, grid, local, parse, text
from kg.ingest.statements import Statements

INDICATIONS: Final = "34067-9"
CONTRAINDICATIONS: Final = "34070-3"
ADVERSE_REACTIONS: Final = frozenset({"34084-4", "90374-0", "90375-7"})
_ADVERSE_TITLE = re.compile(r"[\d.\s]*adverse (reactions|events)\s*", re.IGNORECASE)
_TABLE_NUMBER = re.compile(r"table\s+\d+\w?", re.IGNORECASE)
_ELSEWHERE: Final = (
    "not in a section of adverse reactions",
    "highlights repeat what the sections say",
)
_USES: Final[dict[str, Use]] = {
    "indications": "indication",
    "contraindications": "contraindication",
}
_NDC: Final = "2.16.840.1.113883.6.69"
_UNII: Final = "2.16.840.1.113883.4.9"
_ACTIVE: Final = frozenset({"ACTIB", "ACTIM", "ACTIR"})


class _Around(NamedTuple):
    """Say what the sections around a section make of it."""

    parent: str = ""
    depth: int = 0
    reads: str = ""  # the kind of section that it is part of


def extract(
    content: bytes, name: str = "the label", known: Known = lambda _: False
) -> rows.Extract:
    """Return what the SPL document *content* says.

    *known* says whether some words are the name of a condition.

    Raises:
        UnreadableSourceError: it is not well-formed XML, or not an SPL document.
    """
    root = parse(content, name)
    if local(root) != "document" or first(root, "setId") is None:
        raise UnreadableSourceError(name, "it is not an SPL document with a set id")
    found = [*_products(root), *_Reader(known).document(root)]
    return rows.Extract(_source(root, content), tuple(found))


def _source(root: ET.Element, content: bytes) -> rows.Source:
    when = _attribute(first(root, "effectiveTime"), "value")[:8]
    name = first(root, "author", "assignedEntity", "representedOrganization", "name")
    return rows.Source(
        document=_attribute(first(root, "setId"), "root").lower(),
        version=_attribute(first(root, "versionNumber"), "value"),
        kind="spl",
        title=text(first(root, "title")),
        date=f"{when[:4]}-{when[4:6]}-{when[6:]}" if re.fullmatch(r"\d{8}", when) else "",
        publisher=text(name),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _attribute(element: ET.Element | None, name: str) -> str:
    return "" if element is None else element.get(name, "")


def _products(root: ET.Element) -> Iterator[rows.Product]:
    """Yield each product once for each active ingredient, or once if it names none."""
    seen: set[rows.Product] = set()
    for product in root.iter():
        if local(product) not in {"manufacturedProduct", "manufacturedMedicine"}:
            continue
        name, code = first(product, "name"), first(product, "code")
        if name is None:
            continue
        is_ndc = _attribute(code, "codeSystem") == _NDC
        generic = text(first(product, "asEntityWithGeneric", "genericMedicine", "name"))
        for unii, substance in list(_ingredients(product)) or [("", "")]:
            row = rows.Product(
                name=text(name),
                ndc=_attribute(code, "code") if is_ndc else "",
                unii=unii,
                substance=substance,
                generic=generic,
                raw=text(name),
            )
            if row not in seen:
                seen.add(row)
                yield row


def _ingredients(product: ET.Element) -> Iterator[tuple[str, str]]:
    for element in product:
        if local(element) == "ingredient" and element.get("classCode") not in _ACTIVE:
            continue
        kind = {
            "ingredient": "ingredientSubstance",
            "activeIngredient": "activeIngredientSubstance",
        }
        substance = first(element, kind.get(local(element), ""))
        code = first(substance, "code")
        if substance is not None:
            unii = _attribute(code, "code") if _attribute(code, "codeSystem") == _UNII else ""
            yield unii, text(first(substance, "name"))


class _Reader:
    """Walk through the sections of one document, each once."""

    def __init__(self, known: Known) -> None:
        self._tables = 0
        self._statements = Statements(known)

    def document(self, root: ET.Element) -> Iterator[rows.Any]:
        body = first(root, "component", "structuredBody")
        for component in children(body, "component"):
            for section in children(component, "section"):
                yield from self._section(section, _Around())

    def _section(self, section: ET.Element, around: _Around) -> Iterator[rows.Any]:
        code = _attribute(first(section, "code"), "code")
        title = text(first(section, "title"))
        reads = _kind(code, title) or around.reads
        yield rows.Section(
            section=code, title=title, depth=around.depth, parent=around.parent, raw=title
        )
        body = first(section, "text")
        if body is not None:
            yield from self._tables_of(body, rows.Row(section=code, title=title), reads)
        yield from self._stated(body, rows.Row(section=code, title=title, raw=title), reads)
        for excerpt in children(section, "excerpt"):
            yield from self._tables_of(excerpt, rows.Row(section=code, title=title), "highlights")
        for component in children(section, "component"):
            for inner in children(component, "section"):
                yield from self._section(inner, _Around(code, around.depth + 1, reads))

    def _stated(self, body: ET.Element | None, place: rows.Row, reads: str) -> Iterator[rows.Any]:
        """Yield the statements of a section; a condition may be named by the title of a part."""
        use = _USES.get(reads)
        if use and not _kind(place.section, place.title):
            yield from self._statements.title(place, use)
        found = [] if body is None else [words for each in _blocks(body) if (words := text(each))]
        for words in found:
            here = replace(place, raw=words)
            if use:
                yield from self._statements.entry(here, use)
            elif reads == "adverse":
                yield rows.Unread(
                    section=here.section,
                    title=here.title,
                    raw=words,
                    what="text",
                    reason="running text is not read for effects",
                )

    def _tables_of(self, body: ET.Element, place: rows.Row, reads: str) -> Iterator[rows.Any]:
        for table in body.iter():
            if local(table) != "table":
                continue
            self._tables += 1
            caption = text(first(table, "caption"))
            numbered = _TABLE_NUMBER.match(caption)
            name = numbered[0] if numbered else f"table {self._tables} of the document"
            here = rows.Row(section=place.section, title=place.title, table=name, raw=caption)
            if reads == "adverse":
                yield from tables.read(tables.Table(grid(table), caption, here))
            else:
                yield rows.Unread(
                    section=place.section,
                    title=place.title,
                    table=name,
                    raw=caption,
                    what="table",
                    reason=_ELSEWHERE[reads == "highlights"],
                )


def _kind(code: str, title: str) -> str:
    if code in ADVERSE_REACTIONS or _ADVERSE_TITLE.fullmatch(title):
        return "adverse"
    return {INDICATIONS: "indications", CONTRAINDICATIONS: "contraindications"}.get(code, "")


def _blocks(element: ET.Element) -> Iterator[ET.Element]:
    """Yield the paragraphs and list entries below *element*, none inside another or a table."""
    for child in element:
        match local(child):
            case "paragraph" | "item":
                yield child
            case "table":
                pass
            case _:
                yield from _blocks(child)
