"""Find literals whose text is not in the lexical space of their datatype."""

from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from kg.terms import XSD

_CAST_BY: Final = {  # datatype → the constructor function that reads it, SPARQL 1.1 §17.5
    **{
        name: name
        for name in (
            "boolean", "date", "dateTime", "dayTimeDuration", "decimal", "double", "duration",
            "float", "gDay", "gMonth", "gMonthDay", "gYear", "gYearMonth", "integer", "time",
            "yearMonthDuration",
        )
    },
    "nonNegativeInteger": "integer",
    "positiveInteger": "integer",
}  # fmt: skip

_QUERY: Final = """
SELECT ?value WHERE {{
    ?s ?p ?value FILTER(DATATYPE(?value) = <{xsd}{name}>)
    BIND(<{xsd}{cast}>(STR(?value)) AS ?read) FILTER(!BOUND(?read))
}}"""


def malformed(literals: Iterable[ox.Literal]) -> frozenset[ox.Literal]:
    """Return those of *literals* that have no value, such as ``"P1W"^^xsd:duration``.

    Source: XML Schema 1.1 part 2, as far as SPARQL 1.1 §17.5 and the engine have constructors.
    """
    anything = ox.NamedNode(XSD + "anyType")
    store = ox.Store()
    store.extend(ox.Quad(anything, anything, literal) for literal in set(literals))
    found: set[ox.Literal] = set()
    for name, cast in _CAST_BY.items():
        rows = store.query(_QUERY.format(xsd=XSD, name=name, cast=cast))
        assert isinstance(rows, ox.QuerySolutions)  # noqa: S101 (a SELECT)
        found.update(row["value"] for row in rows)
    return frozenset(found)
