"""Read tables that stand in running text, their cells parted by two spaces or more."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from kg.ingest import rows, tables
from kg.ingest.cells import clean, is_figure
from kg.ingest.markup import EMPTY, Cell, Grid

_CAPTION = re.compile(r"\s*(table\s+\d+\w?)\b[\s:.]", re.IGNORECASE)
_PARTS = re.compile(r"\s{2,}")
_LONGEST: Final = 200  # characters; a cell is shorter than a paragraph
_FEWEST: Final = 2  # rows with figures that make a table


def read(text: str, section: str) -> Iterator[tables.Read]:
    """Yield what the tables in *text* state; the columns have numbers, for lack of a grid."""
    lines = text.splitlines()
    starts = [index for index, line in enumerate(lines) if _CAPTION.match(line)]
    for start, end in pairwise([*starts, len(lines)]):
        body = list(_body(lines[start + 1 : end]))
        caption = lines[start].strip()
        name = _CAPTION.match(lines[start])
        place = rows.Row(
            section=section, table=name[1] if name else "", line=start + 1, raw=caption
        )
        found = _grid(body)
        if found is None:
            if body:
                yield rows.Unread(
                    what="table",
                    reason="its rows cannot be told apart",
                    section=section,
                    table=place.table,
                    line=place.line,
                    raw=caption,
                )
            continue
        yield from tables.read(tables.Table(found, caption, place))


def _body(lines: list[str]) -> Iterator[list[str]]:
    """Yield the cells of each line, to the end of the table: a paragraph, or two empty lines."""
    empty = 0
    for line in lines:
        if not line.strip():
            empty += 1
            if empty > 1:
                return
            continue
        empty = 0
        cells = [clean(cell) for cell in _PARTS.split(line.strip())]
        if max(map(len, cells)) > _LONGEST:
            return
        yield cells


def _grid(body: list[list[str]]) -> Grid | None:
    figures = [sum(map(is_figure, cells)) for cells in body]
    first = next((index for index, count in enumerate(figures) if count), None)
    if first is None or sum(map(bool, figures)) < _FEWEST:
        return None
    width = Counter(count for count in figures if count).most_common(1)[0][0]
    above = " ".join(cell for cells in body[:first] for cell in cells)
    grid = [[Cell(above), *(Cell(f"column {number + 1}") for number in range(width))]]
    grid += [_row(cells, width) for cells in body[first:]]
    return Grid(grid, 1)


def _row(cells: list[str], width: int) -> list[Cell]:
    """Return the effect and its *width* figures; a line of another form stays as it is."""
    if len(cells) > width and all(map(is_figure, cells[-width:])):
        return [Cell(cells[-width - 1]), *map(Cell, cells[-width:])]
    if len(cells) == 1:
        return [Cell(cells[0]), *[EMPTY] * width]
    return [Cell(cells[0]), *[Cell(" ".join(cells[1:]))] * width]
