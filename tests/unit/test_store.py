"""Does the store answer from the graphs that were selected, whole, or not at all?"""

import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import paths
from kg.errors import (
    MalformedQueryError,
    NoReleaseError,
    QueryTooDeepError,
    QueryTooLongError,
    ServiceRefusedError,
    UnevaluableQueryError,
    WrongFormError,
)
from kg.release import DATABASE, QUADS
from kg.store import (
    EVERYTHING,
    Answer,
    Dataset,
    GraphFormat,
    ResultFormat,
    Store,
    add_union,
    open_store,
)
from kg.terms import XSD

JSON = ResultFormat("application/sparql-results+json", ox.QueryResultsFormat.JSON)
CSV = ResultFormat("text/csv", ox.QueryResultsFormat.CSV)
TURTLE = GraphFormat("text/turtle", ox.RdfFormat.TURTLE)
TRIPLES = GraphFormat("application/n-triples", ox.RdfFormat.N_TRIPLES)
COUNT = "SELECT (COUNT(*) AS ?n) {} WHERE {{ {} }}"
LONG = "x" * 1000
EVERY_TRIPLE = "?s ?p ?o"
EVERY_QUAD = "GRAPH ?g { ?s ?p ?o }"
PRODUCT = ox.NamedNode("https://w3id.org/drugkg/graph/testomab/product")
TERMS = ox.NamedNode("https://w3id.org/drugkg/graph/terms/effects")
ELSEWHERE = """
import sys
from pathlib import Path
from tests.unit.test_store import TURTLE, content, open_store
store = open_store(Path(sys.argv[1]), "memory")
sys.stdout.buffer.write(content(store.query("DESCRIBE <id/testomab>", graph=TURTLE)))
"""
TESTOMAB = ox.NamedNode("https://w3id.org/drugkg/id/testomab")


def content(answer: Answer) -> bytes:
    return b"".join(answer.chunks)


def count(store: Store, where: str, dataset: Dataset = EVERYTHING, clauses: str = "") -> int:
    answer = store.query(COUNT.format(clauses, where), dataset=dataset, solutions=CSV)
    return int(content(answer).split()[1])


def test_default_graph_is_the_union_and_holds_each_triple_once(small_store: Store) -> None:
    quads = list(small_store.quads())
    assert count(small_store, EVERY_QUAD) == len(quads) == small_store.manifest.quads
    assert (
        count(small_store, EVERY_TRIPLE) == len({quad.triple for quad in quads}) == len(quads) - 1
    )


def test_from_narrows_the_default_graph(small_store: Store) -> None:
    assert count(small_store, EVERY_TRIPLE, clauses=f"FROM {PRODUCT}") == 5
    assert count(small_store, EVERY_QUAD, clauses=f"FROM {PRODUCT}") == 0


def test_from_named_narrows_the_named_graphs(small_store: Store) -> None:
    assert count(small_store, EVERY_QUAD, clauses=f"FROM NAMED {PRODUCT}") == 5
    assert count(small_store, EVERY_TRIPLE, clauses=f"FROM NAMED {PRODUCT}") == 0


def test_protocol_dataset_overrides_from(small_store: Store) -> None:
    terms = Dataset(default=(TERMS,))
    assert count(small_store, EVERY_TRIPLE, terms, f"FROM {PRODUCT}") == 3
    assert count(small_store, EVERY_QUAD, terms) == 0
    assert count(small_store, EVERY_TRIPLE, Dataset(named=(TERMS,))) == 0
    assert count(small_store, EVERY_QUAD, Dataset(named=(TERMS,))) == 3


def test_relative_iris_are_ours(small_store: Store) -> None:
    assert count(small_store, "<id/testomab> a <vocab#MedicinalProduct>") == 1


def test_bound_values_are_not_query_text(small_store: Store) -> None:
    query = "SELECT ?iri ?label WHERE { ?iri <http://www.w3.org/2000/01/rdf-schema#label> ?label }"
    answer = small_store.query(query, solutions=CSV, bindings={"iri": TESTOMAB})
    assert content(answer) == f"iri,label\r\n{TESTOMAB.value},Testomab\r\n".encode()
    injected = ox.Literal('x" } SELECT * { ?s ?p ?o } #')
    assert b"Testomab" not in content(
        small_store.query(query, solutions=CSV, bindings={"label": injected})
    )


@pytest.mark.parametrize(
    ("query", "kind"),
    [("SELECT * WHERE { }", "solutions"), ("ASK { }", "boolean"), ("DESCRIBE <a>", "graph")],
)
def test_answer_knows_its_kind(small_store: Store, query: str, kind: str) -> None:
    answer = small_store.query(query, solutions=JSON, graph=TURTLE)
    expected = TURTLE if kind == "graph" else JSON
    assert (answer.kind, answer.media_type) == (kind, expected.media_type)
    answer.close()


def test_answer_without_a_fitting_format_is_refused(small_store: Store) -> None:
    for padding in ("", f" # {LONG}"):  # what is long is evaluated in a thread of its own
        with pytest.raises(WrongFormError, match="graph"):
            small_store.query(f"DESCRIBE <id/testomab>{padding}", solutions=JSON)
    with pytest.raises(WrongFormError, match="boolean"):
        small_store.query("ASK {}", graph=TURTLE)


def test_long_answer_is_the_same_in_chunks(small_store: Store) -> None:
    query = (
        "SELECT ?a ?b ?c WHERE { ?a ?p ?x . ?b ?q ?y . ?c ?r ?z }"  # more than is kept in memory
    )
    answer = small_store.query(query, solutions=CSV)
    size = small_store.manifest.quads - 1
    chunks = list(answer.chunks)
    assert len(chunks) > 1
    assert sum(map(len, chunks)) == answer.length
    assert b"".join(chunks).count(b"\r\n") == size**3 + 1


def test_turtle_is_the_same_in_every_process(small_release: Path, small_store: Store) -> None:
    text = content(small_store.query("DESCRIBE <id/testomab>", graph=TURTLE))
    command = [sys.executable, "-c", ELSEWHERE, str(small_release)]
    elsewhere = subprocess.run(command, cwd=paths.root(), capture_output=True, check=True)
    assert elsewhere.stdout == text
    header = [line for line in text.splitlines() if line.startswith(b"@prefix")]
    assert header == sorted(header)
    assert b"id:testomab " in text
    assert b"a dkg:MedicinalProduct" in text
    plain = content(small_store.query("DESCRIBE <id/testomab>", graph=TRIPLES))
    turtle = {quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)}
    assert turtle == {quad.triple for quad in ox.parse(plain, format=ox.RdfFormat.N_TRIPLES)}


def test_empty_graph_is_an_empty_document(small_store: Store) -> None:
    assert content(small_store.query("DESCRIBE <id/nothing>", graph=TURTLE)) == b""


@pytest.mark.parametrize(
    ("query", "line", "column", "excerpt", "reason"),
    [
        ("SELECT *\nWHERE { ?s foo:bar ?o }", 2, 12, "WHERE { ?s foo:bar ?o }", "foo:bar"),
        ("SELEC * { }", 1, 1, "SELEC * { }", "parse"),
        ("SELECT * {\n  ?s ?p ?o\n  ?a ?b ?c\n}", 3, 3, "  ?a ?b ?c", "parse"),
        ("SELECT ?x WHERE { } GROUP BY ?y", 1, 32, "SELECT ?x WHERE { } GROUP BY ?y", "unbound"),
        ("SELECT * { ?s ?p", 1, 17, "SELECT * { ?s ?p", "missing"),
        ("", 1, 1, "", "missing"),
        ("INSERT DATA { <a> <b> <c> }", 1, 1, "INSERT DATA { <a> <b> <c> }", "parse"),
        ("LOAD <http://127.0.0.1/>", 1, 1, "LOAD <http://127.0.0.1/>", "parse"),
    ],
)
def test_malformed_query_is_pointed_at(  # noqa: PLR0913, PLR0917 (a row of a table)
    small_store: Store, query: str, line: int, column: int, excerpt: str, reason: str
) -> None:
    with pytest.raises(MalformedQueryError, match=reason) as caught:
        small_store.query(query, solutions=JSON, graph=TURTLE)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.excerpt == excerpt


def test_text_that_is_not_unicode_is_malformed(small_store: Store) -> None:
    with pytest.raises(MalformedQueryError, match="characters"):
        small_store.query("SELECT * { ?s ?p '\ud800' }", solutions=JSON)


def test_cast_of_two_values_has_no_answer(small_store: Store) -> None:
    with pytest.raises(UnevaluableQueryError, match="arguments"):
        small_store.query(f"SELECT (<{XSD}integer>(1, 2) AS ?x) {{}}", solutions=JSON)


@pytest.mark.parametrize(
    ("start", "again", "middle", "end", "stop"),
    [
        ("ASK { BIND(", "!", "true", "", " AS ?x) }"),
        ("ASK { ", "OPTIONAL { } ", "", "", "}"),
    ],
)
def test_deep_query_does_not_end_the_process(  # noqa: PLR0913, PLR0917 (a row of a table)
    small_store: Store, start: str, again: str, middle: str, end: str, stop: str
) -> None:
    query = start + again * 10_000 + middle + end * 10_000 + stop
    assert small_store.query(query, solutions=JSON).kind == "boolean"


@pytest.mark.parametrize(
    ("start", "again", "middle", "end", "stop"),
    [
        ("ASK { BIND(", "ABS(", "1", ")", " AS ?x) }"),
        ("ASK { BIND(", "NOT EXISTS { BIND(", "true", " AS ?x) }", " AS ?x) }"),
        ("ASK { ", "{ SELECT * { ", "", "} }", "}"),
        ("ASK { ?s ?p ", "(", "1", ")", "}"),
        ("ASK { ?s ?p ", "[ ?p ", "1", "]", "}"),
        ("ASK { ", "<<", "?s ?p ?o", ">> ?p ?o", "}"),
        ("ASK { ?s ?p ?o ", "{| ?p ?o ", "", "|}", "}"),
    ],
)
def test_query_that_nests_too_deep_is_refused(  # noqa: PLR0913, PLR0917 (a row of a table)
    small_store: Store, start: str, again: str, middle: str, end: str, stop: str
) -> None:
    for often in (66, 10_000):
        with pytest.raises(QueryTooDeepError, match="64"):
            small_store.query(start + again * often + middle + end * often + stop, solutions=JSON)
    nest = again * 15 + middle + end * 15
    assert small_store.query(start + nest + stop, solutions=JSON).kind == "boolean"


def test_many_deep_nests_are_refused(small_store: Store) -> None:
    nest = "?s ?p " + "(" * 40 + "1" + ")" * 40 + " . "
    with pytest.raises(QueryTooDeepError):
        small_store.query(f"ASK {{ {nest * 10} }}", solutions=JSON)


def test_brackets_in_strings_comments_and_iris_are_not_counted(small_store: Store) -> None:
    query = "ASK { ?s ?p '" + "(" * 99 + '\', """["[' + "[" * 99 + '""" } #' + "{" * 99
    assert small_store.query(query, solutions=JSON).kind == "boolean"


def test_query_without_end_is_refused(small_store: Store) -> None:
    with pytest.raises(QueryTooLongError, match="1,000,001"):
        small_store.query("#" * 1_000_001, solutions=JSON)


def test_errors_are_the_same_for_long_queries(small_store: Store) -> None:
    with pytest.raises(MalformedQueryError, match="foo:bar"):
        small_store.query("SELECT * { ?s foo:bar ?o }" + " " * 1000, solutions=JSON)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * { SERVICESILENT<http://127.0.0.1/>{ ?s ?p ?o } }",
        "PREFIX e: <http://127.0.0.1/> SELECT * { SERVICEe:x{ ?s ?p ?o } }",
        "SELECT * { ?s ?p 1SERVICE<http://127.0.0.1/>{ ?s ?p ?o } }",
        "SELECT * { ?s ?p ?x . SERVICE ?x { ?a ?b ?c } }",
        "SELECT * { SERVICE #} \n SILENT # {\r <http://127.0.0.1/#> # '\n { ?s ?p ?o } }",
        'SELECT * { FILTER(?a<#> """\n ?b) SERVICE <http://127.0.0.1/> {} } #"""',
    ],
)
def test_service_is_refused_however_it_is_written(small_store: Store, query: str) -> None:
    with pytest.raises(ServiceRefusedError):
        small_store.query(query, solutions=JSON)


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX service: <http://e/> SELECT ?service { ?service service:of <http://e/service> }",
        "SELECT * WHERE { ?s ?p 'at your service' } # service { }",
        "PREFIX sd: <http://e/> SELECT * WHERE { ?s a sd:Service . { ?s ?p ?o } }",
    ],
)
def test_the_word_service_is_no_call(small_store: Store, query: str) -> None:
    assert content(small_store.query(query, solutions=CSV)).count(b"\r\n") == 1


def test_service_search_is_linear(small_store: Store) -> None:
    text = "SELECT * {" + " service ?x" * 90_000
    with pytest.raises(MalformedQueryError):
        small_store.query(text, solutions=JSON)


def test_missing_release_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoReleaseError, match=tmp_path.name):
        open_store(tmp_path)


def test_damaged_release_is_no_release(small_release: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "release"
    shutil.copytree(small_release, damaged)
    packed = (damaged / QUADS).read_bytes()
    (damaged / QUADS).write_bytes(packed[: len(packed) // 2])
    with pytest.raises(NoReleaseError):
        open_store(damaged, "memory")


def test_disk_and_memory_answer_alike(small_release: Path, tmp_path: Path) -> None:
    copy = tmp_path / "release"
    shutil.copytree(small_release, copy)
    add_union(ox.Store(str(copy / DATABASE)))
    disk, memory = open_store(copy, "disk"), open_store(copy, "memory")
    assert count(disk, EVERY_TRIPLE) == count(memory, EVERY_TRIPLE)
    assert set(disk.quads()) == set(memory.quads())
