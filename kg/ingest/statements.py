"""Make rows of the entries of indications and contraindications, or report them."""

from collections.abc import Iterator
from typing import Final, TypeAlias, TypedDict

from kg.ingest import conditions, rows

Read: TypeAlias = rows.Indication | rows.Contraindication | rows.Unread

_ROWS: Final[dict[conditions.Use, type[rows.Indication | rows.Contraindication]]] = {
    "indication": rows.Indication,
    "contraindication": rows.Contraindication,
}


class Statements:
    """Read the entries of one document, which count from 1."""

    def __init__(self, known: conditions.Known, language: str = "en") -> None:
        """Take what says whether some words are the name of a condition."""
        self._known, self._language = known, language
        self._entries = 0

    def entry(
        self, place: rows.Row, use: conditions.Use, *, is_prose: bool = False
    ) -> Iterator[Read]:
        """Yield a row for each condition that the words at *place* name, or report the words."""
        self._entries += 1
        found = conditions.named(place.raw, use, self._known, is_prose=is_prose)
        if found:
            yield from self._rows(place, use, found)
        else:
            reason = conditions.NOTHING_TOLD
            if conditions.is_none(place.raw):
                reason = conditions.NONE_STATED
            yield rows.Unread(what="text", reason=reason, **_fields(place))

    def title(self, place: rows.Row, use: conditions.Use) -> Iterator[Read]:
        """Yield a row if the title of a subsection names a condition."""
        self._entries += 1
        yield from self._rows(place, use, conditions.of_title(place.title, use, self._known))

    def _rows(
        self, place: rows.Row, use: conditions.Use, found: tuple[conditions.Named, ...]
    ) -> Iterator[Read]:
        for each in found:
            yield _ROWS[use](
                condition=each.name,
                words=each.words,
                population=each.population,
                number=self._entries,
                language=self._language,
                **_fields(place),
            )


class _Place(TypedDict):
    """Hold the fields of a row that say where it stands."""

    section: str
    title: str
    table: str
    row: int
    column: int
    line: int
    last_line: int
    raw: str


def _fields(place: rows.Row) -> _Place:
    return _Place(
        section=place.section,
        title=place.title,
        table=place.table,
        row=place.row,
        column=place.column,
        line=place.line,
        last_line=place.last_line,
        raw=place.raw,
    )
