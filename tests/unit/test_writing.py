"""Is what a write changes worked out as the engine would, and is the union of graphs kept?"""

from collections.abc import Iterable

import pyoxigraph as ox
import pytest

from kg.errors import (
    ConflictError,
    KgError,
    MalformedDocumentError,
    MalformedQueryError,
    QueryTooDeepError,
    ServiceRefusedError,
    UsingConflictError,
    WriteRefusedError,
)
from kg.writing import commit, graph_change, removal, update_change

E = "http://e/"
PREFIX = f"PREFIX : <{E}> "
DATA = """
@prefix : <http://e/> .
:a :p 1 .
:g1 { :a :p 1, 2 . :b :q [ :r 0.50 ] }
:g2 { :a :p 2, 3 }
"""
UPDATES = [
    "INSERT DATA { :a :p 9 . GRAPH :g3 { :x :y _:b . _:b :z ( 1 2 ) } }",
    "DELETE DATA { GRAPH :g1 { :a :p 1 } }",
    "DELETE WHERE { GRAPH ?g { :a :p ?o } }",
    """DELETE { GRAPH :g1 { ?s ?p ?o } } INSERT { GRAPH :g2 { ?s ?p ?o . ?o :new _:n } }
       WHERE { GRAPH :g1 { ?s ?p ?o } }""",
    "WITH :g1 DELETE { ?s ?p ?o } INSERT { ?s :was ?o } WHERE { ?s ?p ?o FILTER(isNumeric(?o)) }",
    "INSERT { GRAPH :g4 { ?s ?p ?o } } USING :g1 WHERE { ?s ?p ?o }",
    "INSERT { GRAPH :g4 { ?s ?p ?g } } USING NAMED :g1 WHERE { GRAPH ?g { ?s ?p ?o } }",
    "INSERT { GRAPH :g4 { _:b :p ?o } } WHERE { GRAPH ?g { :a :p ?o } }",
    "INSERT { GRAPH :g4 { ?row :p ?row_ } } WHERE { GRAPH ?g { ?row :p ?row_ } }",
    "INSERT { ?s :p ?none . ?s ?p 'x' } WHERE { ?s ?p ?o . FILTER(?o<3&&?o>0) }",
    *("CLEAR ALL", "CLEAR DEFAULT", "CLEAR NAMED", "CLEAR GRAPH :g1", "DROP ALL", "DROP NAMED"),
    *("DROP GRAPH :g1", "DROP SILENT GRAPH :nope", "CREATE GRAPH :new", "CREATE SILENT GRAPH :g1"),
    *("COPY :g1 TO :g2", "COPY :g1 TO :g1", "COPY DEFAULT TO :g7", "COPY SILENT :nope TO :new"),
    *("MOVE GRAPH :g1 TO :g9", "MOVE DEFAULT TO :g1", "ADD :g1 TO DEFAULT", "LOAD SILENT <file:/>"),
    """INSERT DATA { GRAPH :n { :a :b :c } } ; DELETE WHERE { GRAPH :g1 { ?s ?p ?o } } ;
       INSERT { GRAPH :m { ?s ?p ?o } } WHERE { GRAPH :n { ?s ?p ?o } } ; DROP GRAPH :n""",
    "DROP GRAPH :g1 ; INSERT DATA { GRAPH :g1 { :a :p 1 } }",
    "DROP GRAPH :g1 ; CREATE GRAPH :g1 ; CLEAR GRAPH :g1",
    "INSERT DATA { GRAPH :g1 { :a :p 7 } } ; DELETE DATA { GRAPH :g1 { :a :p 7 } }",
    "insert data { graph :g1 { :a :p '''}''' , 'a;b' , <http://e/#x> } } # }",
]


def example(*, union: bool = False) -> ox.Store:
    engine = ox.Store()
    engine.load(DATA, ox.RdfFormat.TRIG)
    if union:
        engine.clear_graph(ox.DefaultGraph())
        engine.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")
    return engine


def content(engine: ox.Store) -> tuple[list[str], list[str]]:
    dataset = ox.Dataset(engine)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return sorted(map(str, dataset)), sorted(map(str, engine.named_graphs()))


def triples(quads: Iterable[ox.Quad]) -> set[str]:
    return {str(quad.triple) for quad in quads}


@pytest.mark.parametrize("text", UPDATES)
def test_change_is_what_the_engine_makes_of_the_text(text: str) -> None:
    expected, engine = example(), example()
    expected.update(PREFIX + text)
    before = content(engine)
    change = update_change(engine, PREFIX + text)
    assert content(engine) == before
    commit(engine, change)
    assert content(engine) == content(expected)


@pytest.mark.parametrize("text", UPDATES)
def test_default_graph_stays_the_union(text: str) -> None:
    engine = example(union=True)
    before = content(engine)
    try:
        commit(engine, update_change(engine, PREFIX + text, union=True), union=True)
    except WriteRefusedError as error:
        assert "union" in str(error)  # noqa: PT017 (some of them write to the default graph)
        assert content(engine) == before
    default = list(engine.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    named = (quad for quad in engine if quad.graph_name != ox.DefaultGraph())
    assert triples(default) == triples(named)
    assert len(default) == len(triples(default))


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("INSERT DATA { :a :b", MalformedQueryError, "line 1"),
        ("SELECT * {}", MalformedQueryError, "line 1"),
        ("INSERT DATA {} ; ; CLEAR ALL", MalformedQueryError, "no operation"),
        ("INSERT DATA { _:a :b 1 }; INSERT DATA { _:a :b 1 }", MalformedQueryError, "_:a"),
        ("DELETE { _:a :b 1 } WHERE {}", MalformedQueryError, "line 1"),
        ("DELETE DATA { ?a :b 1 }", MalformedQueryError, "line 1"),
        ("INSERT DATA { :a :b 'x }", MalformedQueryError, "string"),
        ("LOAD <http://127.0.0.1/>", WriteRefusedError, "/graphs"),
        ("INSERT {} WHERE { SERVICE <http://127.0.0.1/> {} }", ServiceRefusedError, "SERVICE"),
        ("DROP GRAPH :nope", ConflictError, "nope"),
        ("COPY :nope TO :g1", ConflictError, "nope"),
        ("CREATE GRAPH :g1", ConflictError, "g1"),
        ("CLEAR ALL ; CREATE GRAPH :g1", ConflictError, "g1"),
        ("INSERT DATA { :a :b " + "(" * 65 + ")" * 65 + " }", QueryTooDeepError, "64"),
    ],
)
def test_update_that_cannot_be_made_says_why(text: str, error: type[KgError], says: str) -> None:
    with pytest.raises(error, match=says):
        update_change(example(), PREFIX + text)


def test_fault_is_placed_where_it_stands_in_the_whole() -> None:
    text = "PREFIX : <http://e/>\nINSERT DATA { :a :b 1 } ;\nINSERT DATA { :a x:b 1 }"
    with pytest.raises(MalformedQueryError) as raised:
        update_change(example(), text)
    assert (raised.value.line, raised.value.column) == (3, 18)
    assert raised.value.excerpt == "INSERT DATA { :a x:b 1 }"


def test_prologue_may_stand_before_every_operation() -> None:
    text = "PREFIX a: <http://a/> INSERT DATA { a:s a:p 1 } ; PREFIX a: <http://b/> "
    change = update_change(ox.Store(), text + "BASE <http://c/> INSERT DATA { a:s <p> 2 } ;")
    assert {(str(quad.subject), str(quad.predicate)) for quad in change.added} == {
        ("<http://a/s>", "<http://a/p>"),
        ("<http://b/s>", "<http://c/p>"),
    }


def test_graphs_of_the_protocol_are_what_where_reads() -> None:
    graph = ox.NamedNode(E + "g1")
    text = PREFIX + "INSERT { GRAPH :n { ?s ?p ?o } } WHERE { ?s ?p ?o }"
    assert len(update_change(example(), text, default=[graph]).added) == 4
    text = PREFIX + "INSERT { GRAPH :n { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert len(update_change(example(), text, named=[graph]).added) == 4
    for clause in ("WITH :g1", "INSERT {} USING :g1", "INSERT {} USING NAMED :g1"):
        verb = "INSERT {}" if clause.startswith("WITH") else ""
        with pytest.raises(UsingConflictError):
            update_change(example(), f"{PREFIX} {clause} {verb} WHERE {{}}", default=[graph])


def test_unknown_function_is_an_error_of_one_expression() -> None:
    text = PREFIX + "INSERT { GRAPH :n { ?s :v ?v } } WHERE { ?s :p ?o BIND(:f(?o) AS ?v) }"
    assert not update_change(example(), text)
    text = (
        PREFIX
        + "INSERT { GRAPH :n { ?s :v ?v } } WHERE { ?s :p ?o BIND(COALESCE(:f(?o), 1) AS ?v)}"
    )
    assert len(update_change(example(), text).added) == 1


def test_document_replaces_a_graph_or_joins_it() -> None:
    graph = ox.NamedNode(E + "g1")
    document = b"<#x> <p> 1 . <http://e/a> <http://e/p> 2 ."
    put = graph_change(example(), graph, document, ox.RdfFormat.TURTLE, merge=False)
    assert triples(put.added) == {
        '<http://e/g1#x> <http://e/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer>'
    }
    assert len(put.removed) == 3
    post = graph_change(example(), graph, document, ox.RdfFormat.TURTLE, merge=True)
    assert (post.added, post.removed) == (put.added, set())
    new = graph_change(example(), ox.NamedNode(E + "new"), b"", ox.RdfFormat.TURTLE, merge=False)
    assert new.created == {ox.NamedNode(E + "new")}


@pytest.mark.parametrize(
    ("document", "syntax"),
    [
        (b"<a> <b>", ox.RdfFormat.TURTLE),
        (b"\xff\xfe", ox.RdfFormat.N_TRIPLES),
        (b"<http://e/g> { <a> <b> 1 }", ox.RdfFormat.TRIG),
        (b'{"@context": "http://127.0.0.1/", "@id": "http://e/a", "p": 1}', ox.RdfFormat.JSON_LD),
    ],
)
def test_document_that_is_no_graph_is_refused(document: bytes, syntax: ox.RdfFormat) -> None:
    with pytest.raises(MalformedDocumentError):
        graph_change(example(), None, document, syntax, merge=True)


def test_graph_that_is_deleted_is_gone() -> None:
    engine = example(union=True)
    graph = ox.NamedNode(E + "g1")
    commit(engine, removal(engine, graph, union=True), union=True)
    assert not engine.contains_named_graph(graph)
    assert len(list(engine.quads_for_pattern(None, None, None, ox.DefaultGraph()))) == 2
