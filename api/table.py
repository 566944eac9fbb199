"""Draw solutions for a terminal: as a table if it fits, else one block for each."""

from collections.abc import Sequence

import pyoxigraph as ox

from kg.terms import curie

_NARROWEST = 16
_GAP = "  "
_CUT = "…"


def table(results: bytes, width: int) -> str:
    """Draw *results*, which are SPARQL results in JSON, for a terminal of *width* columns."""
    found = ox.parse_query_results(results, format=ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return "yes" if found else "no"
    names = [variable.value for variable in found.variables]
    rows = [[_shown(value) for value in solution] for solution in found]
    widths = _widths([names, *rows], width)
    count = f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}"
    if widths is None:
        return "\n".join([*_blocks(names, rows), f"({count})"])
    lines = [names, ["─" * columns for columns in widths], *rows]
    drawn = [_GAP.join(map(_cell, line, widths)).rstrip() for line in lines]
    cut = any(len(value) > limit for row in rows for value, limit in zip(row, widths, strict=True))
    hint = "; … marks what was cut, --format tsv gives all" if cut else ""
    return "\n".join([*drawn, f"({count}{hint})"])


def _shown(term: object) -> str:
    match term:
        case None:
            return ""
        case ox.NamedNode():
            return curie(term.value)
        case ox.Literal(language=str() as language) if language != "en":
            return f"{_line(term.value)}@{language}"
        case ox.Literal():
            return _line(term.value)
    return str(term)


def _line(text: str) -> str:
    """Return *text* on one line, without the characters that steer a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Return the width of each column, the widest giving way first; None if that is too narrow."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    while widths and sum(widths) + len(_GAP) * (len(widths) - 1) > width:
        widest = max(widths)
        if widest <= _NARROWEST:
            return None
        widths[widths.index(widest)] -= 1
    return widths


def _cell(value: str, columns: int) -> str:
    return value.ljust(columns) if len(value) <= columns else value[: columns - 1] + _CUT


def _blocks(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return each row under its number, one bound variable a line, nothing cut."""
    longest = max(map(len, names))
    lines = []
    for number, row in enumerate(rows, start=1):
        lines.append(f"─── {number} ───")
        bound = ((name, value) for name, value in zip(names, row, strict=True) if value)
        lines += [f"{name.ljust(longest)}{_GAP}{value}" for name, value in bound]
    return lines
