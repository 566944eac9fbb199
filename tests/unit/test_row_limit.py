import io
import itertools
import json

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import TooManyRowsError
from kg.executors.rows import Output, counting

QUERY = """SELECT ?x ?y { VALUES (?x ?y) {
    ("a\\"},{\\n<result>\\r\\n," UNDEF) (UNDEF UNDEF) (<urn:a> 3) ("\\\\" "{") ("}" "\\"")
} }"""


class Pieces:
    """Pass on what is written in pieces of a size."""

    def __init__(self, output: Output, size: int) -> None:
        self.output, self.size = output, size

    def write(self, part: bytes) -> int:
        for place in range(0, len(part), self.size):
            self.output.write(part[place : place + self.size])
        return len(part)

    def flush(self) -> None:
        pass


def written(syntax: ox.QueryResultsFormat) -> bytes:
    found = ox.Store().query(QUERY)
    assert isinstance(found, ox.QuerySolutions)
    return found.serialize(format=syntax) or b""


SYNTAXES = [
    ox.QueryResultsFormat.JSON,
    ox.QueryResultsFormat.XML,
    ox.QueryResultsFormat.CSV,
    ox.QueryResultsFormat.TSV,
]


@pytest.mark.parametrize(("syntax", "size"), list(itertools.product(SYNTAXES, (1, 2, 7, 10_000))))
def test_rows_are_counted_whatever_stands_in_them(syntax: ox.QueryResultsFormat, size: int) -> None:
    target = io.BytesIO()
    output, rows = counting(target, syntax, 100)
    assert rows is not None
    Pieces(output, size).write(written(syntax))
    assert rows() == 5
    assert target.getvalue() == written(syntax)


NAMES = ("x", "ö1", "type", "value")
Cell = ox.Literal | ox.NamedNode
VALUES = st.one_of(
    st.none(),
    st.text('{}[],:\\"\\ax\n', max_size=12).map(ox.Literal),
    st.just(ox.NamedNode("urn:%7B%7D,")),
)


@given(st.lists(st.lists(VALUES, min_size=4, max_size=4)), st.integers(1, 40))
def test_solutions_in_json_are_counted_as_a_parser_counts_them(
    table: list[list[Cell | None]], size: int
) -> None:
    names = " ".join(f"?{name}" for name in NAMES)
    rows = " ".join(f"({' '.join(map(_cell, row))})" for row in table)
    found = ox.Store().query(f"SELECT * {{ VALUES ({names}) {{ {rows} }} }}")
    assert isinstance(found, ox.QuerySolutions)
    text = found.serialize(format=ox.QueryResultsFormat.JSON) or b""
    output, count = counting(io.BytesIO(), ox.QueryResultsFormat.JSON, 100_000)
    assert count is not None
    Pieces(output, size).write(text)
    assert count() == len(json.loads(text)["results"]["bindings"]) == len(table)


def _cell(cell: Cell | None) -> str:
    return "UNDEF" if cell is None else str(cell)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_row_too_many_is_an_error(syntax: ox.QueryResultsFormat) -> None:
    output, _ = counting(io.BytesIO(), syntax, 4)
    with pytest.raises(TooManyRowsError, match="more than 4 rows"):
        output.write(written(syntax))
    output, _ = counting(io.BytesIO(), syntax, 5)
    output.write(written(syntax))
