"""Hold the updates that each engine is asked to make: of SPARQL 1.1 Update, one form at a time."""

import pyoxigraph as ox

from kg.store import EVERYTHING, Dataset

_A, _B, _C = "<http://e/a>", "<http://e/b>", "<http://e/c>"
_XSD = "http://www.w3.org/2001/XMLSchema#"


def _made(text: str, using: Dataset = EVERYTHING) -> tuple[str, Dataset]:
    return f"PREFIX : <http://e/> {text}", using


# The two graphs hold: a { :s :p 1, 2, "drei"@de ; :q :t . :t :p 2 }  b { :s :p 2, 4 }
UPDATES = {
    "insert-data": _made(f"INSERT DATA {{ GRAPH {_A} {{ :x :p 'a', 'b'@en, 1.5, true }} }}"),
    "insert-what-is-there": _made(f"INSERT DATA {{ GRAPH {_A} {{ :s :p 1 }} }}"),
    "insert-into-new": _made(f"INSERT DATA {{ GRAPH {_C} {{ :x :p :y }} }}"),
    "insert-nothing": _made("INSERT DATA { }"),
    "insert-blank": _made(f"INSERT DATA {{ GRAPH {_C} {{ _:x :p [ :q 1 ] }} }}"),
    "insert-in-default": _made("INSERT DATA { :x :p 1 }"),
    "delete-data": _made(f"DELETE DATA {{ GRAPH {_A} {{ :s :p 1 }} }}"),
    "delete-what-another-holds": _made(f"DELETE DATA {{ GRAPH {_A} {{ :s :p 2 }} }}"),
    "delete-what-is-not-there": _made(f"DELETE DATA {{ GRAPH {_A} {{ :s :p 99 }} }}"),
    "delete-value-otherwise-written": _made(
        f'DELETE DATA {{ GRAPH {_A} {{ :s :p "01"^^<{_XSD}integer> }} }}'
    ),
    "delete-where": _made(f"DELETE WHERE {{ GRAPH {_A} {{ :s ?p ?o }} }}"),
    "delete-where-in-all": _made("DELETE WHERE { GRAPH ?g { :s :p ?o } }"),
    "delete-insert": _made(
        f"DELETE {{ GRAPH {_A} {{ ?s :p ?o }} }} INSERT {{ GRAPH {_A} {{ ?s :r ?o }} }} "
        f"WHERE {{ GRAPH {_A} {{ ?s :p ?o }} }}"
    ),
    "delete-insert-same": _made(
        f"DELETE {{ GRAPH {_A} {{ ?s :p ?o }} }} INSERT {{ GRAPH {_A} {{ ?s :p ?o }} }} "
        f"WHERE {{ GRAPH {_A} {{ ?s :p ?o }} }}"
    ),
    "insert-computed": _made(
        f"INSERT {{ GRAPH {_A} {{ ?s :next ?n }} }} WHERE {{ GRAPH {_B} {{ ?s :p ?o }} "
        "BIND(?o + 1 AS ?n) }"
    ),
    "insert-where-nothing": _made(f"INSERT {{ GRAPH {_C} {{ :x :p 1 }} }} WHERE {{ }}"),
    "insert-unbound": _made(
        f"INSERT {{ GRAPH {_C} {{ ?s :p ?none }} }} WHERE {{ GRAPH {_A} {{ ?s :q ?o }} }}"
    ),
    "insert-blank-for-each": _made(
        f"INSERT {{ GRAPH {_C} {{ ?s :has [ :value ?o ] }} }} WHERE {{ GRAPH {_A} {{ ?s :p ?o }} }}"
    ),
    "insert-by-union": _made(f"INSERT {{ GRAPH {_C} {{ ?s :seen ?o }} }} WHERE {{ ?s :p ?o }}"),
    "graph-variable": _made("INSERT { GRAPH ?g { ?s :marked 1 } } WHERE { GRAPH ?g { ?s :q ?o } }"),
    "with": _made(f"WITH {_A} DELETE {{ ?s :p ?o }} WHERE {{ ?s :p ?o }}"),
    "with-and-other": _made(
        f"WITH {_A} INSERT {{ ?s :both ?o }} WHERE {{ ?s :q ?t GRAPH {_B} {{ ?s :p ?o }} }}"
    ),
    "using": _made(f"INSERT {{ GRAPH {_C} {{ ?s ?p ?o }} }} USING {_B} WHERE {{ ?s ?p ?o }}"),
    "using-named": _made(
        f"INSERT {{ GRAPH {_C} {{ ?s ?p ?g }} }} USING NAMED {_B} "
        "WHERE { GRAPH ?g { ?s ?p ?o } }"
    ),
    "using-by-protocol": _made(
        f"INSERT {{ GRAPH {_C} {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}",
        Dataset((ox.NamedNode("http://e/b"),)),
    ),
    "using-twice": _made(
        f"INSERT {{ GRAPH {_C} {{ ?s ?p ?o }} }} USING {_A} WHERE {{ ?s ?p ?o }}",
        Dataset((ox.NamedNode("http://e/b"),)),
    ),
    "clear": _made(f"CLEAR GRAPH {_A}"),
    "clear-absent": _made(f"CLEAR GRAPH {_C}"),
    "clear-silent": _made(f"CLEAR SILENT GRAPH {_C}"),
    "drop": _made(f"DROP GRAPH {_A}"),
    "drop-absent": _made(f"DROP GRAPH {_C}"),
    "drop-all": _made("DROP ALL"),
    "create": _made(f"CREATE GRAPH {_C}"),
    "create-there": _made(f"CREATE GRAPH {_A}"),
    "add": _made(f"ADD {_A} TO {_B}"),
    "copy": _made(f"COPY {_A} TO {_B}"),
    "copy-to-new": _made(f"COPY {_A} TO {_C}"),
    "move": _made(f"MOVE {_A} TO {_B}"),
    "copy-to-default": _made(f"COPY {_A} TO DEFAULT"),
    "several": _made(
        f"DROP GRAPH {_A} ; INSERT DATA {{ GRAPH {_A} {{ :s :p 7 }} }} ; COPY {_A} TO {_C}"
    ),
    "there-and-back": _made(
        f"INSERT DATA {{ GRAPH {_A} {{ :s :p 1 }} }} ; DELETE DATA {{ GRAPH {_A} {{ :s :p 1 }} }}"
    ),
    "where-after-change": _made(
        f"INSERT DATA {{ GRAPH {_A} {{ :z :p 1 }} }} ; DELETE WHERE {{ GRAPH {_A} {{ :z ?p ?o }} }}"
    ),
    "to-the-release": _made("INSERT { GRAPH ?g { ?s :marked 1 } } WHERE { GRAPH ?g { ?s a ?o } }"),
    "escapes": _made(
        f"INSERT DATA {{ GRAPH {_A} {{ :s :p '\\\\u0041 \\\"q\\\" \\n }} }} ; DROP ALL #' }} }}"
    ),
    "load": _made(f"LOAD <http://e/x> INTO GRAPH {_A}"),
    "no-update": _made("INSERT { } WHERE"),
}
LITERALS = (
    "true",
    "1",
    "1.50",
    "1e3",
    '"2024-02-29"^^<http://www.w3.org/2001/XMLSchema#date>',
    '"2024-02-29T10:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>',
    '"2022"^^<http://www.w3.org/2001/XMLSchema#gYear>',
    '"P14D"^^<http://www.w3.org/2001/XMLSchema#duration>',
    '"PT0S"^^<http://www.w3.org/2001/XMLSchema#duration>',
    '"x"^^<http://e/type>',
    "'é 😀'@fr",
    r"'\\u0041 \"q\" \n\t'",
    "''",
    "<http://e/o?q=%C3%A9&r=1>",
)
