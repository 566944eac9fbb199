"""Say where an engine answers otherwise than the embedded store: engine, question → reason.

The suite fails when one of them is no longer so.
"""

from kg.engines.profiles import VIRTUOSO

_RECORD = "graph/record, which says what was loaded, is one graph more"
_BOOLEAN = "the value of an expression is 1 or 0 as xsd:integer, never an xsd:boolean"
_MERGE = "refused, since a triple of two graphs would count twice"

DEVIATIONS: dict[tuple[str, str], str] = {
    ("oxigraph", "every-quad"): _RECORD,
    ("oxigraph", "graphs"): _RECORD,
    ("virtuoso", "two-default-graphs"): _MERGE,
    ("virtuoso", "dates"): "a gYear is compared with a date, where SPARQL 1.1 §17.3 has an error",
    ("virtuoso", "computed-boolean"): _BOOLEAN,
    **{("virtuoso", name): reason for name, reason in VIRTUOSO.unsound.items()},
}

UPDATES: dict[tuple[str, str], str] = {
    ("any", "where-after-change"): "refused, since the engine is changed only at the end",
}
