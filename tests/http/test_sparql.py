"""Is the SPARQL 1.1 Protocol kept for queries?"""

import csv
import io
import re
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from api.formats import GRAPHS, SOLUTIONS, Offer
from tests.http.conftest import Check

PREFIXES = """\
PREFIX dkg: <https://w3id.org/drugkg/vocab#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
LABELS = PREFIXES + "SELECT ?s ?label WHERE { ?s rdfs:label ?label } ORDER BY ?label"
PRODUCT = "https://w3id.org/drugkg/graph/testomab/product"
SPARQL_JSON = "application/sparql-results+json"
EACH_SOLUTIONS = pytest.mark.parametrize("offer", SOLUTIONS, ids=lambda offer: offer.names[0])
EACH_GRAPH = pytest.mark.parametrize("offer", GRAPHS, ids=lambda offer: offer.names[0])


def count(client: FlaskClient, query: str, **parameters: str) -> int:
    response = client.get("/sparql", query_string={"query": query, **parameters})
    assert response.status_code == 200, response.text
    return int(response.get_json()["results"]["bindings"][0]["n"]["value"])


def test_three_ways_to_ask_get_one_answer(small: FlaskClient) -> None:
    answers = [
        small.get("/sparql", query_string={"query": LABELS}),
        small.post("/sparql", data={"query": LABELS}),
        small.post("/sparql", data=LABELS, content_type="application/sparql-query"),
        small.post("/sparql", data=LABELS, content_type="application/sparql-query; charset=utf-8"),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert answers[0].content_type == SPARQL_JSON
    assert answers[0].get_json()["head"]["vars"] == ["s", "label"]


@EACH_SOLUTIONS
def test_solutions_come_in_each_format(
    small: FlaskClient, offer: Offer[ox.QueryResultsFormat]
) -> None:
    by_accept = small.get(
        "/sparql", query_string={"query": LABELS}, headers={"Accept": offer.media_types[0]}
    )
    by_name = small.get("/sparql", query_string={"query": LABELS, "format": offer.names[0]})
    assert by_accept.data == by_name.data
    assert by_accept.mimetype == offer.media_types[0]
    if offer.syntax != ox.QueryResultsFormat.CSV:  # which the engine does not read
        found = ox.parse_query_results(by_accept.data, format=offer.syntax)
        assert isinstance(found, ox.QuerySolutions)
        assert len(list(found)) == 7


@EACH_GRAPH
def test_graphs_come_in_each_format(small: FlaskClient, offer: Offer[ox.RdfFormat]) -> None:
    query = "CONSTRUCT WHERE { ?s ?p ?o }"
    response = small.get(
        "/sparql", query_string={"query": query}, headers={"Accept": offer.media_types[0]}
    )
    assert response.mimetype == offer.media_types[0]
    triples = {quad.triple for quad in ox.parse(response.data, format=offer.syntax)}
    counted = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    assert len(triples) == count(small, counted)


def test_yes_or_no_in_json_and_xml(small: FlaskClient) -> None:
    query = PREFIXES + "ASK { ?s a dkg:Conflict }"
    answer = small.get("/sparql", query_string={"query": query})
    assert answer.get_json() == {"head": {}, "boolean": True}
    answer = small.get("/sparql", query_string={"query": query, "format": "xml"})
    namespace = "{http://www.w3.org/2005/sparql-results#}"
    assert ET.fromstring(answer.data).findtext(f"{namespace}boolean") == "true"  # noqa: S314 (ours)


def test_csv_has_the_line_ends_of_rfc_4180(small: FlaskClient) -> None:
    values = 'SELECT ?a ?b WHERE { VALUES (?a ?b) { ("x,\\"y\\nz" 1) (UNDEF <http://e/>) } }'
    response = small.get("/sparql", query_string={"query": values, "format": "csv"})
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.data == b'a,b\r\n"x,""y\nz",1\r\n,http://e/\r\n'
    rows = list(csv.reader(io.StringIO(response.text, newline="")))
    assert rows == [["a", "b"], ['x,"y\nz', "1"], ["", "http://e/"]]


def test_csv_with_header_may_be_asked_for(small: FlaskClient) -> None:
    response = small.get(
        "/sparql", query_string={"query": LABELS}, headers={"Accept": "text/csv;header=present"}
    )
    assert response.content_type == "text/csv; charset=utf-8; header=present"


def test_turtle_is_short_and_named(small: FlaskClient) -> None:
    response = small.get("/sparql", query_string={"query": "DESCRIBE <id/testomab>"})
    assert response.content_type == "text/turtle; charset=utf-8"
    assert re.search(r"\nid:testomab [^.]*\ba dkg:MedicinalProduct\b", response.text)


def test_default_graph_is_the_union_unless_selected(small: FlaskClient) -> None:
    triples = "SELECT (COUNT(*) AS ?n) {} WHERE {{ ?s ?p ?o }}"
    quads = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
    whole = count(small, quads)
    assert count(small, triples.format("")) == whole - 1  # one triple stands in two graphs
    assert count(small, triples.format(f"FROM <{PRODUCT}>")) == 5
    assert count(small, triples.format(""), **{"default-graph-uri": PRODUCT}) == 5
    assert count(small, triples.format(""), **{"named-graph-uri": PRODUCT}) == 0
    assert count(small, quads, **{"named-graph-uri": PRODUCT}) == 5


def test_dataset_may_stand_in_the_form_or_beside_a_direct_query(small: FlaskClient) -> None:
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    form = small.post("/sparql", data={"query": query, "default-graph-uri": PRODUCT})
    direct = small.post(
        "/sparql?" + urlencode({"default-graph-uri": PRODUCT}),
        data=query,
        content_type="application/sparql-query",
    )
    assert form.data == direct.data
    assert form.get_json()["results"]["bindings"][0]["n"]["value"] == "5"


def test_graph_that_is_no_iri_is_refused(small: FlaskClient, problem: Check) -> None:
    response = small.get("/sparql", query_string={"query": LABELS, "named-graph-uri": "a b"})
    assert problem(response, 400, "bad-parameter")["parameter"] == "named-graph-uri"


def test_malformed_query_is_answered_with_its_place(small: FlaskClient, problem: Check) -> None:
    response = small.get("/sparql", query_string={"query": "SELECT *\nWHERE { ?s foo:bar ?o }"})
    members = problem(response, 400, "malformed-query")
    assert (members["line"], members["column"]) == (2, 12)
    assert members["excerpt"] == "WHERE { ?s foo:bar ?o }"
    assert "foo:bar" in members["detail"]


@pytest.mark.parametrize(
    "query", ["", "query=ASK{}&query=ASK{}", "update=CLEAR+ALL", "format=json"]
)
def test_exactly_one_query_is_asked(small: FlaskClient, problem: Check, query: str) -> None:
    responses = [
        small.post("/sparql", data=query, content_type="application/x-www-form-urlencoded")
    ]
    if query not in {"", "format=json"}:  # which ask by GET for the service description
        responses.append(small.get(f"/sparql?{query}"))
    for response in responses:
        assert "application/sparql-query" in problem(response, 400)["detail"]


@pytest.mark.parametrize(
    "text", ["INSERT DATA { <a> <b> <c> }", "LOAD <http://127.0.0.1/>", "DROP ALL"]
)
def test_update_is_no_query(small: FlaskClient, problem: Check, text: str) -> None:
    problem(small.post("/sparql", data={"query": text}), 400, "malformed-query")


def test_body_of_another_type_is_not_read(small: FlaskClient, problem: Check) -> None:
    for kind in ("text/plain", "application/sparql-update", ""):
        response = small.post("/sparql", data="ASK {}", content_type=kind)
        assert "application/sparql-query" in problem(response, 415)["detail"]


def test_body_that_is_not_utf_8_is_refused(small: FlaskClient, problem: Check) -> None:
    response = small.post("/sparql", data=b"ASK { \xff }", content_type="application/sparql-query")
    assert "UTF-8" in problem(response, 400)["detail"]


def test_unacceptable_answer_is_refused_with_what_is_offered(
    small: FlaskClient, problem: Check
) -> None:
    ask = {"query": "ASK {}"}
    response = small.get("/sparql", query_string=ask, headers={"Accept": "image/png"})
    offered = problem(response, 406)["offered"]
    assert offered == [offer.media_types[0] for offer in (*SOLUTIONS, *GRAPHS)]
    assert "accept" in response.vary.as_set()

    response = small.get("/sparql", query_string=ask, headers={"Accept": "text/turtle"})
    offered = problem(response, 406, "wrong-form")["offered"]
    assert offered == [offer.media_types[0] for offer in SOLUTIONS]

    response = small.get("/sparql", query_string={"query": "DESCRIBE <a>", "format": "csv"})
    offered = problem(response, 406, "wrong-form")["offered"]
    assert offered == [offer.media_types[0] for offer in GRAPHS]

    response = small.get("/sparql", query_string={**ask, "format": "pdf"})
    assert "pdf" in problem(response, 406)["detail"]


def test_answer_may_be_kept_and_asked_about(small: FlaskClient) -> None:
    first = small.get("/sparql", query_string={"query": LABELS})
    assert first.vary.as_set() == {"accept", "accept-encoding"}
    again = small.get(
        "/sparql", query_string={"query": LABELS}, headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
    other = small.get("/sparql", query_string={"query": LABELS, "format": "csv"})
    assert other.headers["ETag"] != first.headers["ETag"]


def test_head_has_the_length_and_no_body(small: FlaskClient) -> None:
    whole = small.get("/sparql", query_string={"query": LABELS})
    head = small.head("/sparql", query_string={"query": LABELS})
    assert (head.status_code, head.data) == (200, b"")
    assert head.content_length == whole.content_length == len(whole.data)
    assert head.content_type == SPARQL_JSON


def test_pages_of_other_origins_may_ask(small: FlaskClient) -> None:
    preflight = small.options("/sparql", headers={"Origin": "https://example.org"})
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    allowed = preflight.headers["Access-Control-Allow-Methods"].replace(" ", "").split(",")
    assert {"GET", "POST"} <= set(allowed)


def test_other_methods_are_refused(small: FlaskClient, problem: Check) -> None:
    response = small.put("/sparql")
    problem(response, 405)
    assert "POST" in response.headers["Allow"]


def test_unknown_function_has_no_value(small: FlaskClient) -> None:
    query = "SELECT ?x (<http://x/f>(?x) AS ?y) WHERE { VALUES ?x { 1 2 } }"
    bindings = small.get("/sparql", query_string={"query": query}).get_json()["results"]["bindings"]
    assert [set(row) for row in bindings] == [{"x"}, {"x"}]


def test_query_that_nests_too_deep_is_refused(small: FlaskClient, problem: Check) -> None:
    query = "ASK { ?s ?p " + "(" * 512 + ")" * 512 + " }"
    problem(small.get("/sparql", query_string={"query": query}), 400, "query-too-deep")


def test_every_claim_leads_to_source_section_and_line_in_one_query(client: FlaskClient) -> None:
    query = (
        PREFIXES
        + """
        PREFIX prov: <http://www.w3.org/ns/prov#>
        SELECT (COUNT(DISTINCT ?claim) AS ?n) WHERE {
            ?claim dkg:hasEvidenceLine ?line .
            ?line prov:wasDerivedFrom ?source ; dkg:locator ?locator .
            ?locator dkg:sectionTitle ?section .
        }"""
    )
    claims = (
        PREFIXES
        + """
        SELECT (COUNT(DISTINCT ?claim) AS ?n) WHERE {
            ?claim a/rdfs:subClassOf* dkg:Claim
        }"""
    )
    assert count(client, query) == count(client, claims) > 0
