"""Does each IRI of ours answer at its path, in each format, with what is known of it?"""

import json

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from api.formats import DOCUMENTS, Offer
from kg import paths
from tests.http.conftest import Check

PATHS = (
    "/id/testomab",
    "/id/claim-headache",
    "/id/conflict-X01",
    "/source/page",
    "/vocab",
    "/graph/testomab/page",
)
EACH_PATH = pytest.mark.parametrize("path", PATHS)
EACH_FORMAT = pytest.mark.parametrize("offer", DOCUMENTS, ids=lambda offer: offer.names[0])


@EACH_PATH
@EACH_FORMAT
def test_document_by_accept_by_suffix_and_by_name(
    small: FlaskClient, path: str, offer: Offer[ox.RdfFormat]
) -> None:
    by_accept = small.get(path, headers={"Accept": offer.media_types[0]})
    assert by_accept.status_code == 200, by_accept.text
    assert by_accept.mimetype == offer.media_types[0]
    assert by_accept.vary.as_set() == {"accept", "accept-encoding"}
    assert 'rel="license"' in by_accept.headers["Link"]
    if offer.syntax != ox.RdfFormat.JSON_LD:  # with a context that the engine does not fetch
        assert list(ox.parse(by_accept.data, format=offer.syntax))
    suffixed = small.get(f"{path}.{offer.names[0]}", headers={"Accept": "image/png"})
    named = small.get(path, query_string={"format": offer.names[0]})
    assert by_accept.data == suffixed.data == named.data


@EACH_PATH
def test_document_is_json_ld_unless_asked_otherwise(small: FlaskClient, path: str) -> None:
    response = small.get(path)
    assert response.content_type == "application/ld+json"
    assert small.get(path, headers={"Accept": "*/*"}).data == response.data
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert small.get(path, headers={"Accept": browser}).mimetype in {
        "application/ld+json",
        "text/html",
    }


@EACH_PATH
def test_document_may_be_kept_and_asked_about(small: FlaskClient, path: str) -> None:
    tag = small.get(path).headers["ETag"]
    again = small.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_claim_carries_evidence_frequencies_and_conflicts(small: FlaskClient) -> None:
    claim = small.get("/id/claim-headache").get_json(force=True)
    assert claim["@id"] == "id:claim-headache"
    assert len(claim["hasEvidenceLine"]) == 2
    assert claim["frequency"][0]["lowerBound"] == "0.01"
    assert claim["conflicts"][0]["@id"] == "id:conflict-X01"


def test_document_names_a_context_of_this_server(small: FlaskClient) -> None:
    named = small.get("/id/testomab").get_json(force=True)["@context"]
    context = small.get(named)
    assert context.content_type == "application/ld+json"
    assert context.headers["Access-Control-Allow-Origin"] == "*"
    assert context.data == (paths.ONTOLOGY / "context.jsonld").read_bytes()


def test_document_says_what_it_is_not(small: FlaskClient) -> None:
    for suffix in ("jsonld", "ttl", "rdf"):
        assert "not medical advice" in small.get(f"/id/testomab.{suffix}").text


def test_quads_keep_the_graphs_and_triples_do_not(small: FlaskClient) -> None:
    graph = "https://w3id.org/drugkg/graph/testomab/page"
    assert graph in small.get("/id/claim-headache.nq").text
    assert graph not in small.get("/id/claim-headache.nt").text


def test_vocabulary_is_the_file_that_people_wrote(small: FlaskClient) -> None:
    text = (paths.ONTOLOGY / "drug.ttl").read_bytes()
    assert small.get("/vocab.ttl").data == text
    triples = {quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)}
    again = ox.parse(small.get("/vocab.nt").data, format=ox.RdfFormat.N_TRIPLES)
    assert len({quad.triple for quad in again}) == len(triples)
    terms = {node["@id"] for node in json.loads(small.get("/vocab").data)["@graph"]}
    assert "dkg:Claim" in terms


def test_graph_is_what_one_file_says(small: FlaskClient) -> None:
    text = small.get("/graph/testomab/product.nt").text
    assert len(text.splitlines()) == 5


@pytest.mark.parametrize(
    "path",
    [
        "/id/nothing",
        "/id/nothing.ttl",
        "/id/testomab.pdf",
        "/id/a b",
        "/id/%00",
        "/id/%FF",
        "/source/testomab",
        "/vocabulary",
        "/graph/nothing",
        "/graph/https://w3id.org/drugkg/graph/testomab/page",
    ],
)
def test_unknown_is_not_found(small: FlaskClient, problem: Check, path: str) -> None:
    problem(small.get(path), 404, "unknown-entity")


@EACH_PATH
def test_unacceptable_document_is_refused(small: FlaskClient, problem: Check, path: str) -> None:
    response = small.get(path, headers={"Accept": "image/png"})
    assert problem(response, 406)["offered"] == [offer.media_types[0] for offer in DOCUMENTS]


@EACH_PATH
def test_documents_are_read_only(small: FlaskClient, problem: Check, path: str) -> None:
    problem(small.post(path), 405)


def test_kesimpta_leads_to_its_claims(client: FlaskClient) -> None:
    document = client.get("/id/kesimpta").get_json(force=True)
    assert document["label"] == "Kesimpta"
    claims = document["mentionedBy"]
    assert len(claims) > 50
    claim = client.get(claims[0]["@id"].replace("id:", "/id/"))
    assert claim.get_json(force=True)["hasEvidenceLine"]
