"""Is everything found by name, synonym, code and CURIE, and by OpenRefine?"""

import json
from typing import Any

import pytest
from curies import Converter
from flask.testing import FlaskClient

from kg.terms import PREFIXES
from tests.http.conftest import Check


def found(client: FlaskClient, **query: object) -> list[dict[str, Any]]:
    response = client.get("/search", query_string=query)
    assert response.status_code == 200, response.text
    results = response.get_json()["results"]
    assert isinstance(results, list)
    return results


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("cold sore", "obo:OAE_0001245"),
        ("Cold-Sores", "obo:OAE_0001245"),
        ("oral herpies", "obo:OAE_0001245"),
        ("kesmpta", "id:kesimpta"),
        ("ofatu", "id:ofatumumab"),
        ("hepatits b", "obo:MONDO_0005344"),
        ("MONDO:0005314", "obo:MONDO_0005314"),
    ],
)
def test_first_is_what_was_meant(client: FlaskClient, text: str, iri: str) -> None:
    assert found(client, q=text)[0]["@id"] == iri


@pytest.mark.parametrize("code", ["L04AG12", "l04ag12", "M95KG522R0"])
def test_code_of_the_substance_finds_the_drug(client: FlaskClient, code: str) -> None:
    products = found(client, q=code, type="MedicinalProduct")
    assert "id:kesimpta" in {each["@id"] for each in products if each["score"] == 100}


def test_type_holds_for_the_classes_below_it(client: FlaskClient) -> None:
    (only,) = found(client, q="ofatumumab", type="Substance")
    assert "MonoclonalAntibody" in only["@type"]


def test_pages_of_results_do_not_overlap(client: FlaskClient) -> None:
    first = found(client, q="relapsing", limit=5)
    second = found(client, q="relapsing", limit=5, offset=5)
    assert not {each["@id"] for each in first} & {each["@id"] for each in second}


def test_each_result_leads_to_its_document(client: FlaskClient) -> None:
    for each in found(client, q="kesimpta", limit=100):
        assert json.loads(client.get(each["document"]).data)["@id"] == each["@id"]


def test_nothing_is_like_nonsense(client: FlaskClient) -> None:
    assert found(client, q="xqzzyv") == []
    assert found(client, q="☃") == []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("", "q"),
        ("q=", "q"),
        ("q=a&limit=0", "limit"),
        ("q=a&type=%20", "type"),
        ("q=" + "a" * 201, "q"),
        ("q=a&t=b", "t"),
    ],
)
def test_wrong_search_is_a_problem(
    small: FlaskClient, problem: Check, query: str, wrong: str
) -> None:
    members = problem(small.get(f"/search?{query}"), 400, "bad-parameter")
    assert members["errors"][0]["parameter"] == wrong


@pytest.mark.parametrize(
    ("curie", "path"),
    [
        ("id:kesimpta", "/id/kesimpta"),
        ("src:leaflet-eu-2022", "/source/leaflet-eu-2022"),
        ("obo:OAE_0001245", "/resolve/obo:OAE_0001245"),
        ("dkg:Absolute", "/resolve/dkg:Absolute"),
        ("atc:L04AG12", "/id/ofatumumab"),
    ],
)
def test_curie_resolves_to_the_document_of_what_it_names(
    client: FlaskClient, curie: str, path: str
) -> None:
    response = client.get(f"/resolve/{curie}")
    assert response.status_code == 200
    assert response.headers["Content-Location"] == path
    assert response.data == client.get(path).data
    assert client.get(f"/resolve/{curie}.ttl").mimetype == "text/turtle"


def test_iri_resolves_too(client: FlaskClient) -> None:
    iri = "http://purl.obolibrary.org/obo/OAE_0001245"
    response = client.get("/resolve", query_string={"iri": iri})
    assert response.data == client.get("/resolve/obo:OAE_0001245").data


def test_curies_are_those_of_the_registry_of_prefixes(client: FlaskClient) -> None:
    converter = Converter.from_prefix_map(PREFIXES)
    for each in found(client, q="kesimpta", limit=100):
        iri = converter.expand(each["@id"], strict=True)
        assert client.get("/resolve", query_string={"iri": iri}).status_code == 200


def test_unknown_curie_is_not_found(client: FlaskClient, problem: Check) -> None:
    problem(client.get("/resolve/id:nothing"), 404, "unknown-entity")
    problem(client.get("/resolve/a b"), 404, "unknown-entity")
    problem(client.get("/resolve"), 400, "bad-parameter")


def test_retired_term_of_others_names_its_successor(client: FlaskClient, problem: Check) -> None:
    members = problem(client.get("/resolve/efo:EFO_0003885"), 410, "retired-entity")
    assert members["successors"] == ["http://purl.obolibrary.org/obo/MONDO_0005301"]


@pytest.mark.parametrize(
    "address",
    [
        "/resolve/id:kesimpta",
        "/resolve?iri=id:kesimpta",
        "/resolve?iri=https://w3id.org/drugkg/id/kesimpta",
        "/resolve?iri=%3Chttps://w3id.org/drugkg/id/kesimpta%3E",
    ],
)
def test_iri_resolves_in_each_of_its_forms(client: FlaskClient, address: str) -> None:
    assert client.get(address).headers["Content-Location"] == "/id/kesimpta"
