"""Draw solutions as a table that fits a terminal."""

from collections.abc import Sequence

import pyoxigraph as ox

from kg.terms import XSD, curie

_NARROWEST = 8
_GAP = "  "
_CUT = "…"


def table(results: bytes, width: int) -> str:
    """Draw *results*, which are SPARQL results in JSON, no wider than *width* where that can be."""
    found = ox.parse_query_results(results, format=ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return "yes" if found else "no"
    names = [variable.value for variable in found.variables]
    rows = [[_shown(value) for value in solution] for solution in found]
    widths = _widths([names, *rows], width)
    lines = [names, ["─" * columns for columns in widths], *rows]
    drawn = [_GAP.join(map(_cell, line, widths)).rstrip() for line in lines]
    cut = any(
        len(value) > columns for row in rows for value, columns in zip(row, widths, strict=True)
    )
    hint = "; … marks what was cut, --format tsv gives all" if cut else ""
    return "\n".join([*drawn, f"({len(rows)} {'row' if len(rows) == 1 else 'rows'}{hint})"])


def _shown(term: object) -> str:
    match term:
        case None:
            return ""
        case ox.NamedNode():
            return curie(term.value)
        case ox.Literal(language=None) if term.datatype.value == XSD + "string":
            return _line(term.value)
        case ox.Literal(language=str() as language):
            return _line(term.value) + (f"@{language}" if language != "en" else "")
        case ox.Literal():
            return _line(term.value)
    return str(term)


def _line(text: str) -> str:
    """Return *text* on one line, without the characters that steer a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return the width of each column; the widest give way first."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    while widths and sum(widths) + len(_GAP) * (len(widths) - 1) > width:
        widest = max(widths)
        if widest <= _NARROWEST:
            break
        widths[widths.index(widest)] -= 1
    return widths


def _cell(value: str, columns: int) -> str:
    return value.ljust(columns) if len(value) <= columns else value[: columns - 1] + _CUT
