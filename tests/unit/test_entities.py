"""Does a description hold what is stated of an IRI, and does its JSON-LD say the same?"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox
import pytest
from pyld import jsonld

from kg import jsonld as written
from kg import paths, syntax
from kg.context import Context
from kg.entities import Description, describe
from kg.errors import UnknownEntityError
from kg.store import Store
from kg.terms import DCTERMS, DKG, ID, RDFS

CONTEXT = Context(paths.ONTOLOGY / "context.jsonld")
CLAIM = ox.NamedNode(ID + "claim-headache")
NOTE = "Information on medicines, not medical advice."


def only_our_context(url: str, _options: Mapping[str, Any]) -> dict[str, Any]:
    assert url == "https://example.org/context/v1.jsonld"
    context = json.loads((paths.ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))
    return {"contentType": None, "contextUrl": None, "documentUrl": url, "document": context}


def triples(document: bytes) -> set[ox.Triple]:
    """Read JSON-LD as a client of example.org would."""
    options = {
        "documentLoader": only_our_context,
        "base": "https://example.org/id/x",
        "format": "application/n-quads",
    }
    quads = jsonld.to_rdf(json.loads(document), options)
    return {quad.triple for quad in ox.parse(quads, format=ox.RdfFormat.N_QUADS)}


def tree(description: Description) -> dict[str, Any]:
    document = json.loads(written.tree(CONTEXT, description))
    assert isinstance(document, dict)
    return document


def subjects(store: Store) -> Iterator[ox.NamedNode]:
    for quad in {str(quad.subject): quad for quad in store.quads()}.values():
        if isinstance(quad.subject, ox.NamedNode):
            yield quad.subject


def test_claim_carries_its_evidence_with_sections_and_lines(small_store: Store) -> None:
    evidence = tree(describe(small_store, CLAIM))["hasEvidenceLine"]
    places = {
        line["registerNumber"][0]: (
            line["locator"]["sectionTitle"][0]["@value"],
            line["locator"]["line"],
        )
        for line in evidence
    }
    assert places == {"F001": ("Effects", [7, 8]), "F002": ("How often", [68])}
    quote = evidence[1]["locator"]["hasSelector"][0]["exact"]
    assert quote == {"@value": "headaches, “rarely” — naïve", "@language": "en"}
    assert evidence[0]["wasDerivedFrom"] == [{"@id": "src:page", "label": "the page"}]


def test_numbers_with_meaning_keep_their_datatype_as_text(small_store: Store) -> None:
    (frequency,) = tree(describe(small_store, CLAIM))["frequency"]
    assert frequency["lowerBound"] == "0.01"
    assert frequency["lowerInclusive"] is False
    assert frequency["statedBy"]["@id"] == "id:claim-headache-evidence-line-2"
    assert frequency["statedBy"]["locator"]["line"] == [68]


def test_claim_carries_the_conflicts_that_name_it(small_store: Store) -> None:
    (conflict,) = tree(describe(small_store, CLAIM))["conflicts"]
    assert conflict["registerNumber"] == ["X01"]
    assert conflict["secondSide"] == [
        {"@id": "id:claim-no-headache", "label": "Headaches are no side effect of Testomab"}
    ]


def test_product_names_the_claims_about_it(small_store: Store) -> None:
    document = tree(describe(small_store, ox.NamedNode(ID + "testomab")))
    assert [claim["@id"] for claim in document["mentionedBy"]] == [
        "id:claim-headache",
        "id:claim-no-headache",
    ]
    assert document["hasActiveSubstance"] == [{"@id": "id:testomabum", "label": "testomabum"}]


def test_part_names_what_it_is_part_of(small_store: Store) -> None:
    document = tree(describe(small_store, ox.NamedNode(CLAIM.value + "-evidence-line-1")))
    (whole,) = document["mentionedBy"]
    assert whole["@id"] == "id:claim-headache"
    assert whole["hasEvidenceLine"] == [{"@id": "id:claim-headache-evidence-line-1"}]


def test_every_description_says_its_release_and_what_it_is_not(small_store: Store) -> None:
    for iri in subjects(small_store):
        quads = describe(small_store, iri).quads
        found = {quad.predicate.value: quad.object for quad in quads}
        assert found[DCTERMS + "description"] == ox.Literal(NOTE, language="en")
        version = found["http://www.w3.org/2002/07/owl#versionInfo"]
        assert version == ox.Literal(small_store.manifest.version)


def test_quads_say_which_graph_states_what(small_store: Store) -> None:
    graphs = {
        quad.graph_name
        for quad in describe(small_store, ox.NamedNode(ID + "testomab")).quads
        if str(quad.triple).startswith(f"<{ID}testomab> <{RDFS}label>")
    }
    assert len(graphs) == 2


def test_nothing_is_known_of_an_unknown_iri(small_store: Store) -> None:
    with pytest.raises(UnknownEntityError, match="id/nothing"):
        describe(small_store, ox.NamedNode(ID + "nothing"))


def test_json_ld_of_each_shape_of_entity_is_its_description(store: Store) -> None:
    shapes = {
        frozenset(quad.predicate.value for quad in store.quads(iri)): iri for iri in subjects(store)
    }
    for iri in shapes.values():
        description = describe(store, iri)
        assert triples(written.tree(CONTEXT, description)) == set(description.triples()), iri


@pytest.mark.parametrize(
    "form", [ox.RdfFormat.TURTLE, ox.RdfFormat.RDF_XML, ox.RdfFormat.N_TRIPLES], ids=str
)
def test_other_syntaxes_say_the_same(small_store: Store, form: ox.RdfFormat) -> None:
    description = describe(small_store, CLAIM)
    text = syntax.written(description.triples(), form)
    assert {quad.triple for quad in ox.parse(text, format=form)} == set(description.triples())


def test_prefixes_are_those_that_are_used() -> None:
    node = ox.NamedNode(ID + "x")
    text = syntax.written([ox.Triple(node, ox.NamedNode(DKG + "note"), node)], ox.RdfFormat.TURTLE)
    assert text.decode().splitlines() == [
        f"@prefix dkg: <{DKG}> .",
        f"@prefix id: <{ID}> .",
        "id:x dkg:note id:x .",
    ]
