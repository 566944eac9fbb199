"""Does each named query answer at its own address, in each format, from page to page?"""

import json

import jsonschema
import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from pyld import jsonld

from api import named_queries
from api.named_queries import LISTS, RESERVED, TABLES
from kg import queries, query_corpus
from kg.queries import Query
from kg.terms import DCTERMS, RDF, SH
from tests.http.conftest import Check

QUERIES = queries.named()
GRAPHS = [query for query in QUERIES.values() if query_corpus.form(query) == "construct"]
ROWS = {name: query for name, query in QUERIES.items() if query not in GRAPHS}
EACH_TABLE = pytest.mark.parametrize("query", ROWS.values(), ids=list(ROWS))
EACH_GRAPH = pytest.mark.parametrize("query", GRAPHS, ids=[query.name for query in GRAPHS])
EACH = pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))


def example(query: Query) -> dict[str, str]:
    """Return the parameters that the header gives as examples."""
    return {each.name: each.example for each in query.parameters if each.example is not None}


@EACH_TABLE
def test_rows_are_what_the_engine_says(client: FlaskClient, query: Query) -> None:
    given = example(query)
    response = client.get(f"/queries/{query.name}", query_string=given)
    assert response.status_code == 200, response.text
    table = response.get_json()
    schema = client.get("/schemas/v1/rows.json").get_json()
    jsonschema.validate(table, schema)
    assert table["question"] == query.question
    assert table["total"] == len(table["rows"]) > 0
    results = client.get(f"/queries/{query.name}", query_string={**given, "format": "srj"})
    bindings = json.loads(results.data)["results"]["bindings"]
    assert len(bindings) == table["total"]
    for row, binding in zip(table["rows"], bindings, strict=True):
        assert {name for name in row if row[name] is not None} == set(binding)


@EACH
def test_no_parameter_has_a_name_that_is_taken(query: Query) -> None:
    assert RESERVED.isdisjoint(each.name for each in query.parameters)


@pytest.mark.parametrize("name", TABLES)
def test_answer_in_each_format(client: FlaskClient, name: str) -> None:
    address = "/queries/common-side-effects"
    by_name = client.get(address, query_string={"format": name})
    by_accept = client.get(address, headers={"Accept": TABLES[name]})
    assert by_name.mimetype == by_accept.mimetype == TABLES[name]
    assert by_name.data == by_accept.data
    tag = by_name.headers["ETag"]
    again = client.get(address, headers={"Accept": TABLES[name], "If-None-Match": tag})
    assert again.status_code == 304


@EACH_GRAPH
@pytest.mark.parametrize("name", named_queries.GRAPHS)
def test_graph_in_each_format(client: FlaskClient, query: Query, name: str) -> None:
    address = f"/queries/{query.name}"
    media_type = named_queries.GRAPHS[name]
    by_name = client.get(address, query_string={**example(query), "format": name})
    by_accept = client.get(address, headers={"Accept": media_type}, query_string=example(query))
    assert by_name.mimetype == by_accept.mimetype == media_type
    assert by_name.data == by_accept.data


@EACH_GRAPH
def test_graph_is_json_ld_that_says_the_same(client: FlaskClient, query: Query) -> None:
    response = client.get(f"/queries/{query.name}", query_string=example(query))
    assert response.mimetype == "application/ld+json"
    tree = response.get_json()
    assert tree["@context"] == "/context/v1.jsonld"
    context = client.get("/context/v1.jsonld").get_json()["@context"]
    n_quads = jsonld.to_rdf(tree | {"@context": context}, {"format": "application/n-quads"})
    said = set(ox.parse(n_quads, format=ox.RdfFormat.N_QUADS))
    plain = client.get(f"/queries/{query.name}", query_string={**example(query), "format": "nt"})
    assert said == set(ox.parse(plain.data, format=ox.RdfFormat.N_TRIPLES))
    assert said


@pytest.mark.parametrize(
    "effect",
    [
        "obo:OAE_0000366",
        "http://purl.obolibrary.org/obo/OAE_0000366",
        "<http://purl.obolibrary.org/obo/OAE_0000366>",
    ],
)
def test_iri_is_read_in_each_of_its_forms(client: FlaskClient, effect: str) -> None:
    address = "/queries/frequencies-of-one-effect"
    table = client.get(address, query_string={"effect": effect}).get_json()
    assert table == client.get(f"{address}?effect=obo:OAE_0000366").get_json()
    assert table["total"]


@pytest.mark.parametrize("iri", ["kesimpta", "ids:kesimpta", "<kesimpta>", "id:", "<id:kesimpta"])
def test_what_is_no_iri_is_told_the_forms_there_are(
    client: FlaskClient, problem: Check, iri: str
) -> None:
    response = client.get("/queries/mechanism", query_string={"product": iri})
    (fault,) = problem(response, 400, "bad-parameter")["errors"]
    assert "id:kesimpta" in fault["detail"]
    assert "<https://w3id.org/drugkg/id/kesimpta>" in fault["detail"]


def test_pages_hold_every_row_once_and_in_order(client: FlaskClient) -> None:
    address = "/queries/side-effect-frequencies"
    whole = client.get(address).get_json()["rows"]
    rows, offset = [], 0
    while True:
        response = client.get(address, query_string={"limit": 7, "offset": offset})
        rows += response.get_json()["rows"]
        if 'rel="next"' not in response.headers["Link"]:
            break
        offset += 7
    assert rows == whole
    csv = client.get(address, query_string={"limit": 7, "format": "csv"}).text
    assert len(csv.splitlines()) >= 8


def test_each_wrong_parameter_is_named(client: FlaskClient, problem: Check) -> None:
    response = client.get("/queries/dose-dates?start=x&limit=0&none=1")
    members = problem(response, 400, "bad-parameter")
    assert {each["parameter"] for each in members["errors"]} == {"start", "limit", "none"}
    response = client.get("/queries/dose-dates")
    assert problem(response, 400, "bad-parameter")["errors"][0]["parameter"] == "start"


def test_text_of_a_parameter_is_never_query_text(client: FlaskClient) -> None:
    given = {"product": "id:kesimpta> } UNION { ?s ?p ?o } #"}
    assert client.get("/queries/mechanism", query_string=given).status_code == 400


def test_unknown_query_and_format(client: FlaskClient, problem: Check) -> None:
    problem(client.get("/queries/none"), 404, "unknown-query")
    problem(client.get("/queries/none.rq"), 404, "unknown-query")
    offered = problem(client.get("/queries/mechanism?format=pdf"), 406)["offered"]
    assert offered == list(dict.fromkeys(TABLES.values()))


def test_text_of_each_query_is_the_file(client: FlaskClient) -> None:
    for query in QUERIES.values():
        response = client.get(f"/queries/{query.name}.rq")
        assert response.mimetype == "application/sparql-query"
        assert response.text == query.text


@pytest.mark.parametrize("name", LISTS)
def test_corpus_in_each_format(client: FlaskClient, name: str) -> None:
    response = client.get("/queries", query_string={"format": name})
    assert response.mimetype == LISTS[name]
    if name == "json":
        assert [each["name"] for each in response.get_json()["queries"]] == list(QUERIES)


def test_other_tools_find_the_corpus(client: FlaskClient) -> None:
    store = ox.Store()
    store.load(client.get("/queries?format=nt").data, format=ox.RdfFormat.N_TRIPLES)
    graphs = ox.NamedNode(SH + "SPARQLConstructExecutable")
    assert len(list(store.quads_for_pattern(None, None, graphs))) == len(GRAPHS) > 0
    kind = ox.NamedNode(SH + "SPARQLSelectExecutable")
    for quad in store.quads_for_pattern(None, ox.NamedNode(RDF + "type"), kind):
        (text,) = store.quads_for_pattern(quad.subject, ox.NamedNode(SH + "select"), None)
        assert isinstance(text.object, ox.Literal)
        assert isinstance(ox.Store().query(text.object.value), ox.QuerySolutions)
        assert list(store.quads_for_pattern(quad.subject, ox.NamedNode(DCTERMS + "title"), None))
    assert len(list(store.quads_for_pattern(None, None, kind))) == len(ROWS)
