"""Is the engine mended where it departs from the standard?"""

import pyoxigraph as ox
import pytest

from kg.evaluation import evaluate

DATA = """
@prefix : <http://e/> .
:both :p 1 .
:g1 { :a :p 1 . :shared :p 1, 2 . :b :q [ :r 1 ] }
:g2 { :a :p 2 . :shared :p 2, 3 }
:g3 { :c :p 3 }
"""


@pytest.fixture(scope="module")
def engine() -> ox.Store:
    engine = ox.Store()
    engine.load(DATA, ox.RdfFormat.TRIG)
    return engine


def rows(engine: ox.Store, text: str) -> list[tuple[str, ...]]:
    found = evaluate(engine, f"PREFIX : <http://e/> BASE <http://e/> {text}")
    assert isinstance(found, ox.QuerySolutions)
    return sorted(tuple("" if term is None else str(term) for term in row) for row in found)


def count(engine: ox.Store, clauses: str, where: str = "{ ?s ?p ?o }") -> int:
    ((number,),) = rows(engine, f"SELECT (COUNT(*) AS ?n) {clauses} WHERE {where}")
    return int(number.split('"')[1])


@pytest.mark.parametrize(
    ("clauses", "where", "expected"),
    [
        ("FROM :g1", "{ ?s ?p ?o }", 5),
        ("FROM :g1 FROM :g1", "{ ?s ?p ?o }", 5),
        ("FROM :g1 FROM :g2", "{ ?s ?p ?o }", 7),
        ("FROM <g1>FROM<g2>", "{ ?s ?p ?o }", 7),
        ("from :g1 # FROM :g3\n from :g2", "{ ?s ?p ?o }", 7),
        ("FROM :g1 FROM :g2 FROM :none", "{ ?s ?p ?o }", 7),
        ("FROM :g1 FROM :g3", "{ ?s ?p ?o }", 6),
        ("FROM :g1 FROM :g2", "{ GRAPH ?g { ?s ?p ?o } }", 0),
        ("FROM :g1 FROM :g2 FROM NAMED :g3", "{ GRAPH ?g { ?s ?p ?o } }", 1),
        ("FROM NAMED :g1 FROM NAMED :g2", "{ GRAPH ?g { ?s ?p ?o } }", 8),
        ("FROM NAMED :g1 FROM NAMED :g2", "{ ?s ?p ?o }", 0),
        ("FROM :g1 FROM :g2", "{ ?s :q ?o . ?o ?p ?x }", 1),
        ("", "{ ?s ?p ?o . BIND('FROM :g1 FROM :g2' AS ?x) }", 1),
        ("", "{ ?s ?p ?o }", 1),
    ],
)
def test_default_graph_is_a_merge(
    engine: ox.Store, clauses: str, where: str, expected: int
) -> None:
    assert count(engine, clauses, where) == expected


def test_graphs_that_are_given_beat_from(engine: ox.Store) -> None:
    graphs = [ox.NamedNode("http://e/g1"), ox.NamedNode("http://e/g2")]
    text = "SELECT * FROM <http://e/g3> FROM <http://e/g1> WHERE { ?s <http://e/p> 2 }"
    found = evaluate(engine, text, default=graphs, named=())
    assert isinstance(found, ox.QuerySolutions)
    assert len(list(found)) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT ?x (:f(?x) AS ?y) { VALUES ?x { 1 2 } }", [("1", ""), ("2", "")]),
        ("SELECT ?x { VALUES ?x { 1 2 } FILTER(:f(?x)) }", []),
        ("SELECT ?x { VALUES ?x { 1 2 } FILTER(!:f(?x)) }", []),
        ("SELECT ?x { VALUES ?x { 1 2 } FILTER(?x = 1 || :f(:g(?x))) }", [("1",)]),
        ("SELECT (COALESCE(:f(), 7) AS ?n) {}", [("7",)]),
        ("SELECT ?x { VALUES ?x { 1 2 } } ORDER BY :f(?x)", [("1",), ("2",)]),
    ],
)
def test_unknown_function_has_an_error_for_a_value(
    engine: ox.Store, text: str, expected: list[tuple[str, ...]]
) -> None:
    plain = [
        tuple(each.split('"')[1] if each else "" for each in row) for row in rows(engine, text)
    ]
    assert plain == expected


def test_unknown_functions_are_not_looked_for_without_end(engine: ox.Store) -> None:
    calls = " || ".join(f":f{number}()" for number in range(51))
    with pytest.raises(RuntimeError, match="not supported"):
        evaluate(engine, f"PREFIX : <http://e/> ASK {{ FILTER({calls}) }}")
