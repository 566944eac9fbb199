"""Parse XML safely, and read text and tables of label markup without their footnotes."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, NoReturn
from xml.etree import ElementTree as ET

from kg.errors import UnreadableSourceError
from kg.ingest.cells import clean

_SPACES = re.compile(r"\s+")
_NOTES: Final = frozenset({"footnote", "footnoteRef"})
_BREAKS: Final = frozenset({"br", "p", "paragraph", "item", "li", "td", "th", "div"})
_MARK = re.compile(r"[a-z0-9*†‡§¶#,\s]{1,5}", re.IGNORECASE)
_MAX_SPAN: Final = 100  # a wider cell is a mistake in the markup


class _Builder(ET.TreeBuilder):
    """Build a tree, and refuse a document type: it is where entities are declared."""

    def doctype(self, name: str, *_: str | None) -> NoReturn:
        """Refuse it."""
        raise ValueError(f"it declares the document type {name}, and none is allowed")


def parse(content: bytes, name: str) -> ET.Element:
    """Return the root of the XML *content*.

    Raises:
        UnreadableSourceError: it is not well-formed, or declares a document type.
    """
    try:
        return ET.fromstring(content, ET.XMLParser(target=_Builder()))  # noqa: S314 (as above)
    except (ET.ParseError, ValueError) as error:
        raise UnreadableSourceError(name, str(error)) from error


def local(element: ET.Element) -> str:
    """Return the name of *element* without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: ET.Element | None, name: str) -> list[ET.Element]:
    """Return the children of *element* called *name* in any namespace."""
    return [] if element is None else [child for child in element if local(child) == name]


def first(element: ET.Element | None, *path: str) -> ET.Element | None:
    """Return the first element at the end of *path*, in any namespace."""
    for name in path:
        found = children(element, name)
        if not found:
            return None
        element = found[0]
    return element


def text(element: ET.Element | None) -> str:
    """Return the text of *element* on one line, without footnotes and their marks."""
    return "" if element is None else _SPACES.sub(" ", "".join(_pieces(element))).strip()


def notes(element: ET.Element | None) -> tuple[str, ...]:
    """Return the texts of the footnotes in *element*."""
    if element is None:
        return ()
    found = (each for each in element.iter() if local(each) == "footnote")
    return tuple(_SPACES.sub(" ", "".join(note.itertext())).strip() for note in found)


def _pieces(element: ET.Element) -> Iterator[str]:
    before = element.text or ""
    yield before
    for child in element:
        name = local(child)
        inner = "".join(_pieces(child)) if name not in _NOTES else ""
        if name == "sup" and _MARK.fullmatch(inner):
            # A raised mark is a footnote; after a digit it may also be a power, so it stays apart.
            inner = f"^{inner.strip()}" if before[-1:].isdigit() else ""
        if name in _BREAKS:
            inner = f" {inner} "
        yield inner
        yield child.tail or ""
        before = (child.tail or "") or inner


class Cell(NamedTuple):
    """Hold a cell of a table, which may cover several places of the grid."""

    text: str
    notes: tuple[str, ...] = ()
    is_header: bool = False
    width: int = 1
    lines: tuple[str, ...] = ()  # its paragraphs, where it has several


EMPTY: Final = Cell("")


class Grid(NamedTuple):
    """Hold a table as a rectangle; a cell that spans places stands in each of them."""

    rows: list[list[Cell]]
    heads: int  # how many rows stand in its thead

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return len(self.rows[0]) if self.rows else 0


def grid(table: ET.Element) -> Grid:
    """Return *table* as a grid: thead first, tfoot last, wherever they stand in the markup."""
    parts: dict[str, list[ET.Element]] = {"thead": [], "tbody": [], "tfoot": []}
    for child in table:
        name = local(child)
        if name in parts:
            parts[name] += children(child, "tr")
        elif name == "tr":
            parts["tbody"].append(child)
    rows: list[list[Cell]] = []
    for part in parts.values():
        rows += _spread(part)
    width = max(map(len, rows), default=0)
    return Grid([row + [EMPTY] * (width - len(row)) for row in rows], len(parts["thead"]))


def _spread(rows: list[ET.Element]) -> list[list[Cell]]:
    spread: list[list[Cell]] = []
    hanging: dict[int, tuple[Cell, int]] = {}  # column → cell from above, rows it still covers
    for row in rows:
        line: list[Cell] = []
        for element in row:
            if local(element) not in {"td", "th"}:
                continue
            _hang(line, hanging)
            cell, across, down = _cell(element)
            for _ in range(across):
                if down > 1:
                    hanging[len(line)] = (cell, down - 1)
                line.append(cell)
        _hang(line, hanging)
        spread.append(line)
    return spread


def _hang(line: list[Cell], hanging: dict[int, tuple[Cell, int]]) -> None:
    """Fill the next places of *line* that a cell of an earlier row covers."""
    while len(line) in hanging:
        cell, left = hanging.pop(len(line))
        if left > 1:
            hanging[len(line)] = (cell, left - 1)
        line.append(cell)


def _cell(element: ET.Element) -> tuple[Cell, int, int]:
    across, down = (_span(element.get(name)) for name in ("colspan", "rowspan"))
    paragraphs = tuple(text(each) for each in element if local(each) in {"p", "paragraph"})
    cell = Cell(
        clean(text(element)),
        notes(element),
        local(element) == "th",
        across,
        tuple(filter(None, paragraphs)),
    )
    return cell, across, down


def _span(value: str | None) -> int:
    return min(int(value), _MAX_SPAN) if value and value.isdecimal() and int(value) else 1
