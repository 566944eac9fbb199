"""Read tables of adverse reactions: arms and their sizes, headings, and rows that stay whole."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias

from kg.ingest.arms import Arm, arms_of, head_of, labels_of
from kg.ingest.cells import Figure, agree, figure
from kg.ingest.markup import Cell, Grid
from kg.ingest.rows import Observation, Row, Unread

Read: TypeAlias = Observation | Unread

_SUBJECT = re.compile(
    r"advers|reaction|side effect|\bevents?\b|toxicit|abnormal|symptom|preferred term"
    r"|body system|organ (class|system)|experience|\bAEs?\b|\bADRs?\b",
    re.IGNORECASE,
)
_FOOT = re.compile(
    r"[*†‡§¶#]|\^?[a-z0-9][).:]?\s|[A-Z]\w*\s?=|note\b|abbreviat|source:", re.IGNORECASE
)
_LONGEST: Final = 120  # characters; a heading is shorter than a remark
_WORD = re.compile(r"[^\W\d_]{3}")
_SIZES = re.compile(r"\(?\s*n\s*\)?|number of (patients|subjects)( treated)?", re.IGNORECASE)


class Table(NamedTuple):
    """Hold a table with what stands around it."""

    grid: Grid
    caption: str
    place: Row  # section, title and table of every row that is read from it


def read(table: Table) -> tuple[Read, ...]:
    """Return the observations in *table*, and what in it was not understood.

    A row is kept whole or reported whole: if the cell of one arm is not clear, no arm is read.
    """
    grid = table.grid
    head = head_of(grid)
    labels = labels_of(grid, head)
    if labels is None:
        return (_unread(table, "table", "no column holds figures"),)
    spoken = " ".join([table.caption, *(row[0].text for row in grid.rows[: head.rows])])
    if not _SUBJECT.search(spoken):
        return (_unread(table, "table", "neither caption nor header speaks of adverse reactions"),)
    arms, others = arms_of(grid, head, labels, table.caption)
    found: list[Read] = [
        _unread(table, "column", f"not an arm: {name or 'no header'}", column=index + 1)
        for index, name in others
    ]
    if not arms:
        return (*found, _unread(table, "table", "no column is an arm"))
    found += _Body(table, arms, labels, head.rows).read()
    return tuple(found)


def _unread(table: Table, what: str, reason: str, **where: object) -> Unread:
    place = {
        name: getattr(table.place, name) for name in ("section", "title", "table", "line", "raw")
    }
    return Unread(what=what, reason=reason, **(place | where))  # type: ignore[arg-type]


class _Body:
    """Walk down the rows below the header."""

    def __init__(self, table: Table, arms: Sequence[Arm], labels: int, skipped: int) -> None:
        self._table, self._arms, self._labels = table, arms, labels
        self._rows = list(enumerate(table.grid.rows))[skipped:]
        self._group = ""
        self._pending: tuple[int, Cell] | None = None  # a heading below which nothing came yet

    def read(self) -> Iterator[Read]:
        for index, row in self._rows:
            yield from self._row(index, row)
        yield from self._forget()

    def _row(self, index: int, row: list[Cell]) -> Iterator[Read]:
        name, rest = row[self._labels - 1], row[self._labels :]
        texts = [cell.text for cell in rest]
        if not any(cell.text for cell in row):
            return
        if row[0].width == len(row) or not any(texts):
            yield from self._heading(index, row)
        elif self._are_sizes(name.text, texts):
            self._resize(row)
        else:
            yield from self._figures(index, row)

    def _heading(self, index: int, row: list[Cell]) -> Iterator[Read]:
        text = next(cell.text for cell in row if cell.text)
        if len(text) > _LONGEST or (row[0].width == len(row) and _FOOT.match(text)):
            yield from self._forget()  # a remark below the rows, not a heading
            return
        yield from self._forget()
        cell = next(cell for cell in row if cell.text)
        self._pending, self._group = (index, cell), text

    def _forget(self) -> Iterator[Read]:
        """Report a heading without rows: it may be an effect without figures."""
        if self._pending:
            index, cell = self._pending
            self._pending = None
            if self._group and not _SUBJECT.fullmatch(cell.text):
                yield _unread(
                    self._table,
                    "row",
                    "no figures, and no rows below it",
                    row=index + 1,
                    column=1,
                    raw=cell.text,
                )

    def _are_sizes(self, name: str, texts: list[str]) -> bool:
        return bool(_SIZES.fullmatch(name)) and all(
            text.replace(",", "").isdecimal() for text in texts
        )

    def _resize(self, row: list[Cell]) -> None:
        self._arms = [
            replace(arm, size=int(row[arm.columns[0]].text.replace(",", ""))) for arm in self._arms
        ]

    def _figures(self, index: int, row: list[Cell]) -> Iterator[Read]:
        name = row[self._labels - 1].text
        group = row[0].text if self._labels > 1 and row[0].text != name else self._group
        raw = " | ".join(cell.text for cell in row)
        self._pending = None
        if not _WORD.search(name):  # such as the mark of a footnote
            yield self._whole(index, raw, "figures without a name")
            return
        read: list[Observation] = []
        for arm in self._arms:
            cells = [row[column].text for column in arm.columns]
            stated = _stated(cells, arm)
            if stated is None:
                shown = " | ".join(cells) or "nothing"
                yield self._whole(index, raw, f"{arm.name}: {shown!r} is not a clear figure")
                return
            size = stated.denominator or arm.size
            if size is None and stated.percent is None:
                yield self._whole(index, raw, f"{arm.name}: a count, but not of how many")
                return
            if not agree(stated, size):
                yield self._whole(index, raw, f"{arm.name}: {cells[0]!r} does not fit {size}")
                return
            read.append(self._observation(index, name, group, arm, cells, stated))
        yield from read

    def _whole(self, index: int, raw: str, reason: str) -> Unread:
        return _unread(self._table, "row", reason, row=index + 1, column=1, raw=raw)

    def _observation(  # noqa: PLR0913, PLR0917 (each is one part of the cell that is read)
        self, index: int, name: str, group: str, arm: Arm, cells: list[str], stated: Figure
    ) -> Observation:
        place = self._table.place
        return Observation(
            section=place.section,
            title=place.title,
            table=place.table,
            row=index + 1,
            column=arm.columns[0] + 1,
            line=place.line,
            raw=" ".join(cells),
            effect=name,
            group=group,
            arm=arm.name,
            severity=arm.severity,
            denominator=stated.denominator or arm.size,
            count=stated.count,
            percent=stated.percent,
            bound=stated.bound,
        )


def _stated(cells: list[str], arm: Arm) -> Figure | None:
    """Return what the cells of one arm state: one cell, or a count beside its percentage."""
    figures = [figure(cell, unit) for cell, unit in zip(cells, arm.units, strict=True)]
    known = [each for each in figures if each is not None]
    if len(known) < len(cells) or not known:
        return None
    merged = known[0]
    for other in known[1:]:
        merged = Figure(
            merged.count if merged.count is not None else other.count,
            merged.percent if merged.percent is not None else other.percent,
            merged.bound or other.bound,
            merged.denominator or other.denominator,
        )
    return merged
