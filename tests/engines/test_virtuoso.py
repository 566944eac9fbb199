"""Is each known hazard of Virtuoso met, so that no client ever sees it?

python -m pytest -m engines tests/engines
"""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import requests
from requests.auth import HTTPBasicAuth

from kg import engines
from kg.engines import RemoteStore
from kg.engines.endpoint import Endpoint
from kg.engines.lookups import parted
from kg.engines.push import Content, held, push
from kg.errors import (
    AnswerCutError,
    EngineNotReadyError,
    EngineTimeoutError,
    EngineUnreachableError,
    UnevaluableQueryError,
)
from kg.store import EVERYTHING, Dataset, GraphFormat, ResultFormat
from tests.engines import servers

pytestmark = pytest.mark.engines
CSV = ResultFormat("text/csv", ox.QueryResultsFormat.CSV)
TRIPLES = GraphFormat("application/n-triples", ox.RdfFormat.N_TRIPLES)
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def few(small_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteStore]:
    """Serve the small release from a Virtuoso that gives 20 rows at most."""
    with servers.virtuoso(tmp_path_factory.mktemp("few"), rows=20) as address:
        store = engines.open_engine(address)
        push(store.endpoint, small_release, lambda _: None)
        yield store


def rows(store: RemoteStore, text: str, dataset: Dataset = EVERYTHING) -> list[bytes]:
    return b"".join(store.query(text, dataset=dataset, solutions=CSV).chunks).splitlines()[1:]


def test_query_goes_in_a_form_since_a_direct_post_hangs(few: RemoteStore) -> None:
    place = few.endpoint.address.queries
    direct = {"Content-Type": "application/sparql-query"}
    with pytest.raises(requests.ReadTimeout):
        requests.post(place, data=b"ASK { }", headers=direct, timeout=2)
    assert rows(few, "SELECT (1 AS ?one) { }") == [b"1"]


def test_cut_answer_with_status_200_is_an_error(few: RemoteStore) -> None:
    with pytest.raises(AnswerCutError, match="20"):
        few.query("SELECT * { ?s ?p ?o }", solutions=CSV)
    assert len(rows(few, "SELECT * { ?s ?p ?o } LIMIT 19")) == 19


def test_cut_graph_is_an_error_though_the_engine_does_not_say_so(few: RemoteStore) -> None:
    with pytest.raises(AnswerCutError):
        few.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", graph=TRIPLES)
    few.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 19", graph=TRIPLES).close()


def test_what_is_cut_is_read_in_parts(few: RemoteStore) -> None:
    assert len(list(few.quads())) == few.manifest.quads > 20
    every = list(parted(few.endpoint, "GRAPH ?g { ?s ?p ?o }", few._everything()))  # noqa: SLF001
    assert len(every) == few.manifest.quads


def test_partial_answer_at_the_deadline_is_an_error(few: RemoteStore) -> None:
    text = "SELECT (COUNT(*) AS ?n) FROM <http://www.openlinksw.com/schemas/virtrdf#> { "
    text += "?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?g) }"
    address = few.endpoint.address
    hasty = RemoteStore(Endpoint(engines.Address(**{**vars(address), "seconds": 1.0})))
    with pytest.raises((AnswerCutError, EngineTimeoutError)):
        hasty.query(text, solutions=CSV)


def test_updates_are_signed_by_digest(few: RemoteStore) -> None:
    address = few.endpoint.address
    update = {"query": "DROP SILENT GRAPH <http://e/none>"}
    basic = HTTPBasicAuth("dba", servers.PASSWORD)
    assert requests.post(address.updates, data=update, auth=basic, timeout=10).status_code == 401
    few.endpoint.update(update["query"])
    wrong = Endpoint(engines.Address(**{**vars(address), "password": "wrong"}))
    with pytest.raises(EngineUnreachableError) as caught:
        wrong.update(update["query"])
    assert "wrong" not in str(caught.value)


def test_long_data_is_sent_in_chunks(few: RemoteStore) -> None:
    graph = ox.NamedNode("http://e/long")
    lines = [f"<http://e/{i}> <http://e/p> {i} ." for i in range(3000)]
    with pytest.raises(UnevaluableQueryError):
        few.endpoint.update(f"INSERT DATA {{ GRAPH {graph} {{ {' '.join(lines * 2)} }} }}")
    plain = Endpoint(engines.Address(**{**vars(few.endpoint.address), "graphs": None}))
    plain.put(graph, lines)
    assert held(plain, graph).count == 3000
    few.endpoint.put(graph, lines)
    assert held(few.endpoint, graph).count == 3000
    few.endpoint.update(f"DROP SILENT GRAPH {graph}")


def test_blank_nodes_cannot_be_inserted(few: RemoteStore) -> None:
    with pytest.raises(UnevaluableQueryError, match=r"[Bb]lank"):
        few.endpoint.update("INSERT DATA { GRAPH <http://e/b> { _:a <http://e/p> 1 } }")


def test_graphs_of_the_engine_are_not_seen(few: RemoteStore) -> None:
    system = "http://www.openlinksw.com/schemas/virtrdf#"
    with few.endpoint.solutions(
        engines.question.Question.read(f"SELECT ?s FROM <{system}> {{ ?s ?p ?o }} LIMIT 1")
    ) as found:
        assert isinstance(found, ox.QuerySolutions)
        assert any(True for _ in found)
    graphs = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    assert {iri.decode() for iri in rows(few, graphs)} == set(few.manifest.graphs)
    assert rows(few, f"SELECT ?s {{ GRAPH <{system}> {{ ?s ?p ?o }} }}") == []
    assert rows(few, "SELECT ?s { ?s a <http://www.openlinksw.com/schemas/virtrdf#QuadMap> }") == []


@pytest.mark.parametrize(
    ("literal", "rewritten"),
    [
        (f'"true"^^<{XSD}boolean>', f'"true"^^<{XSD}boolean>'),
        (f'"P14D"^^<{XSD}duration>', f'"P14D"^^<{XSD}duration>'),
        (f'"PT0S"^^<{XSD}duration>', f'"PT0S"^^<{XSD}duration>'),
        (f'"P1Y6M"^^<{XSD}duration>', f'"P1Y6M"^^<{XSD}duration>'),
        (f'"100"^^<{XSD}decimal>', f'"100"^^<{XSD}decimal>'),
        (f'"2022"^^<{XSD}gYear>', f'"2022"^^<{XSD}gYear>'),
        ('" two spaces  "', '" two spaces  "'),
        (r'"\\u0041 \"q\" \n 😀"', r'"\\u0041 \"q\" \n 😀"'),
        ('"datatype\\": \\"x"@en', '"datatype\\": \\"x"@en'),
        # what is lost, and that push says so
        (f'"0.3333333333333333"^^<{XSD}decimal>', f'"0.333333333333333"^^<{XSD}decimal>'),
    ],
)
def test_literals_come_back(few: RemoteStore, literal: str, rewritten: str) -> None:
    graph = ox.NamedNode("http://e/literal")
    line = f"<http://e/s> <http://e/p> {literal} ."
    (quad,) = ox.parse(line, ox.RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, ox.Literal)
    sent = engines.literals.text(quad.object, few.profile)
    few.endpoint.put(graph, [f"<http://e/s> <http://e/p> {sent} ."])
    ((_, _, found),) = parted(
        few.endpoint, f"GRAPH {graph} {{ ?s ?p ?o }}", Dataset(named=(graph,))
    )
    assert str(found) == rewritten
    kept = Content.of([engines.literals.kept(quad.object, few.profile)])
    assert kept == Content.of([engines.literals.kept(found, few.profile)])
    few.endpoint.update(f"DROP SILENT GRAPH {graph}")


def test_functions_of_the_engine_are_refused(few: RemoteStore) -> None:
    for text in (
        "SELECT (<bif:concat>('a', 'b') AS ?x) { }",
        "PREFIX b: <bif:> SELECT (b:concat('a', 'b') AS ?x) { }",
        "PREFIX b: <bi> SELECT (b:f:concat('a', 'b') AS ?x) { }",
        r"SELECT (<\u0062if:concat>('a', 'b') AS ?x) { }",
        "SELECT (<sql:version>() AS ?x) { }",
    ):
        with pytest.raises(UnevaluableQueryError, match="not SPARQL"):
            few.query(text, solutions=CSV)


def test_empty_engine_is_not_ready(tmp_path: Path) -> None:
    with (
        servers.virtuoso(tmp_path) as address,
        pytest.raises(EngineNotReadyError, match="drugkg push"),
    ):
        engines.open_engine(address).query("ASK { }", solutions=CSV)
