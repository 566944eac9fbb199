"""Is the document of a medicine a tree that a person can read and a program can page through?"""

import json
import re
from typing import Any

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from api import create_app
from api.config import Settings
from api.formats import DOCUMENTS, Offer
from kg import paths
from kg.drug_sections import BY_CLASS, SECTIONS
from kg.terms import DKG, PREFIXES
from tests.http.conftest import Check


def kesimpta(client: FlaskClient, **query: object) -> dict[str, Any]:
    response = client.get("/drugs/kesimpta", query_string=query)
    assert response.status_code == 200, response.text
    document = json.loads(response.data)
    assert isinstance(document, dict)
    return document


def ontology(query: str) -> set[str]:
    engine = ox.Store()
    engine.load(path=paths.ONTOLOGY / "drug.ttl", format=ox.RdfFormat.TURTLE)
    rows = engine.query(query, prefixes=PREFIXES)
    assert isinstance(rows, ox.QuerySolutions)
    return {row[0].value for row in rows}


def test_every_class_of_claims_has_a_section() -> None:
    classes = ontology("SELECT ?c { ?c rdfs:subClassOf dkg:Claim }")
    assert classes == {DKG + name for name in BY_CLASS}


def test_pregnancy_advice_is_found_whatever_the_claim_is_about(client: FlaskClient) -> None:
    found = {claim["label"]: claim["@type"] for claim in kesimpta(client)["pregnancyAdvice"]}
    assert found["Pregnancy is not recommended during treatment with Kesimpta"] == ["CautionClaim"]
    assert found["Effective contraception for 6 months after stopping"] == ["TemporalAdviceClaim"]
    assert found["Reduction of B cells in the unborn baby"] == ["MechanismClaim"]
    assert found["Contact with neurologist or MS nurse when pregnant on treatment"] == [
        "RoleAdviceClaim"
    ]


def test_side_effect_carries_frequencies_with_source_section_line_and_arm(
    client: FlaskClient,
) -> None:
    (claim,) = [
        each
        for each in kesimpta(client, sections="sideEffects")["sideEffects"]
        if each["@id"] == "id:claim-kesimpta-side-effect-injection-site-reactions"
    ]
    assert claim["effect"] == [{"@id": "obo:OAE_0000366", "label": "injection-site adverse event"}]
    found = {
        frequency["statedBy"]["wasDerivedFrom"][0]["@id"]: frequency
        for frequency in claim["frequency"]
    }
    leaflet = found["src:leaflet-eu-2022"]
    assert leaflet["lowerBound"] == "0.1"
    place = leaflet["statedBy"]["locator"]
    assert place["line"][0] == 267
    assert place["sectionTitle"] == [{"@value": "4. Possible side effects", "@language": "en"}]
    label = found["src:uspi-undated"]
    assert (label["proportion"], label["denominator"]) == ("0.11", 946)
    assert label["arm"][0]["label"]
    (conflict,) = [each for each in claim["conflicts"] if each.get("registerNumber") == ["X02"]]
    assert conflict["firstSide"][0]["label"].startswith("Most people")


def test_document_has_every_section_as_an_array(client: FlaskClient) -> None:
    document = kesimpta(client)
    assert all(isinstance(document[name], list) for name in SECTIONS)
    assert document["isDefinedBy"]["description"] == "Information on medicines, not medical advice."
    assert document["isDefinedBy"]["versionInfo"]
    assert "L04AG12" in {code for each in document["mappings"] for code in each["notation"]}
    (substance,) = document["hasActiveSubstance"]
    assert substance["hasMolecularTarget"][0]["label"] == "CD20"
    jurisdictions = {each["jurisdiction"][0]["@id"] for each in document["indications"]}
    assert len(jurisdictions) > 2
    assert all(each["strength"] and each["jurisdiction"] for each in document["cautions"])


def test_unknown_is_not_none(small: FlaskClient) -> None:
    document = json.loads(small.get("/drugs/testomab").data)
    assert document["indications"] == []
    assert "indications" in document["unknown"]
    assert "sideEffects" not in document["unknown"]


def test_no_is_said_and_is_not_silence(client: FlaskClient) -> None:
    claims = [claim for name in BY_CLASS.values() for claim in kesimpta(client)[name]]
    assert any(claim.get("negated") is True for claim in claims)


def test_only_the_sections_that_are_asked_for(client: FlaskClient) -> None:
    document = kesimpta(client, sections="dosing,monitoring")
    assert [name for name in SECTIONS if name in document] == ["dosing", "monitoring"]


def test_pages_follow_each_other_and_hold_everything_once(client: FlaskClient) -> None:
    whole = [each["@id"] for each in kesimpta(client, sections="roles", limit=1000)["roles"]]
    address = "/drugs/kesimpta?sections=roles&limit=10"
    found: list[str] = []
    while address:
        response = client.get(address)
        document = json.loads(response.data)
        found += [each["@id"] for each in document["roles"]]
        following = re.search(r'<([^>]+)>; rel="next"', response.headers["Link"])
        assert document["more"] == (["roles"] if following else [])
        address = following[1] if following else ""
    assert found == whole
    assert len(set(found)) == len(found) > 10


def test_list_of_drugs_leads_to_each(client: FlaskClient) -> None:
    listed = json.loads(client.get("/drugs").data)
    assert listed["total"] == len(listed["drugs"])
    assert "Kesimpta" in {each["label"] for each in listed["drugs"]}
    for each in listed["drugs"]:
        assert json.loads(client.get(each["document"]).data)["@id"] == each["@id"]


def test_names_come_in_the_language_that_is_asked_for() -> None:
    text = """
        PREFIX dkg: <https://w3id.org/drugkg/vocab#> PREFIX id: <https://w3id.org/drugkg/id/>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        GRAPH <https://w3id.org/drugkg/graph/x> { id:x a dkg:MedicinalProduct ;
            rdfs:label "cold"@en , "Erkältung"@de . }"""
    with_labels = small_server(text)
    assert "Erkältung" not in with_labels.get("/drugs/x").text
    german = json.loads(with_labels.get("/drugs/x?lang=de").data)
    assert german["label"] == "cold"
    assert german["rdfs:label"] == [{"@value": "Erkältung", "@language": "de"}]


def test_retired_iri_is_gone_and_names_its_successor(problem: Check) -> None:
    text = """
        PREFIX dkg: <https://w3id.org/drugkg/vocab#> PREFIX id: <https://w3id.org/drugkg/id/>
        PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX dcterms: <http://purl.org/dc/terms/>
        GRAPH <https://w3id.org/drugkg/graph/x> { id:old a dkg:MedicinalProduct ;
            owl:deprecated true ; dcterms:isReplacedBy id:new . }"""
    client = small_server(text)
    for path in ("/id/old", "/drugs/old", "/resolve/id:old", "/id/old.ttl"):
        response = client.get(path)
        members = problem(response, 410, "retired-entity")
        assert members["successors"] == ["https://w3id.org/drugkg/id/new"]
        assert 'rel="successor-version"' in response.headers["Link"]


def small_server(trig: str) -> FlaskClient:
    import tempfile  # noqa: PLC0415 (two tests)
    from pathlib import Path  # noqa: PLC0415

    from kg import release as releases  # noqa: PLC0415
    from kg.store import open_store  # noqa: PLC0415

    engine = ox.Store()
    engine.load(trig, format=ox.RdfFormat.TRIG)
    with tempfile.TemporaryDirectory() as directory:
        out = Path(directory) / "release"
        releases.write(out, engine, {})
        return create_app(Settings(release=out), open_store(out, "memory")).test_client()


@pytest.mark.parametrize("offer", DOCUMENTS, ids=lambda offer: offer.names[0])
def test_drug_in_every_format(small: FlaskClient, offer: Offer[ox.RdfFormat]) -> None:
    response = small.get(f"/drugs/testomab.{offer.names[0]}")
    assert response.mimetype == offer.media_types[0]
    links = response.headers["Link"]
    assert links.count('rel="alternate"') == len(DOCUMENTS)  # the other formats, and the page
    assert 'rel="license"' in links
    assert 'rel="profile"' in links
    assert response.headers["Cache-Control"] == "public, max-age=300"
    again = small.get(
        f"/drugs/testomab.{offer.names[0]}", headers={"If-None-Match": response.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("limit=0", ["limit"]),
        ("limit=x&offset=-1", ["offset", "limit"]),
        ("sections=none,dosing", ["sections"]),
        ("lang=<>", ["lang"]),
        ("section=dosing", ["section"]),
        ("limit=1&limit=2", ["limit"]),
    ],
)
def test_each_wrong_parameter_is_named(
    small: FlaskClient, problem: Check, query: str, wrong: list[str]
) -> None:
    members = problem(small.get(f"/drugs/testomab?{query}"), 400, "bad-parameter")
    assert [each["parameter"] for each in members["errors"]] == wrong


@pytest.mark.parametrize("slug", ["nothing", "headache", "a b", "%00"])
def test_no_such_drug(small: FlaskClient, problem: Check, slug: str) -> None:
    problem(small.get(f"/drugs/{slug}"), 404, "unknown-entity")


def test_the_same_bytes_whenever_it_is_made(client: FlaskClient, release: object) -> None:
    from kg.store import open_store  # noqa: PLC0415

    fresh = create_app(Settings(), open_store(release)).test_client()  # type: ignore[arg-type]
    for path in ("/drugs/kesimpta", "/id/kesimpta", "/drugs/kesimpta.ttl"):
        assert fresh.get(path).data == client.get(path).data
