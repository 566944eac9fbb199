"""The ontology keeps its own rules: one label, one definition, one order, one context."""

import json
import re
import tomllib
from typing import Final

import pyoxigraph as ox
import pytest

from kg.paths import ONTOLOGY, root
from kg.terms import DKG, OWL, RDF, RDFS

DEFINITION: Final = ox.NamedNode("http://www.w3.org/2004/02/skos/core#definition")
DEPRECATED: Final = ox.NamedNode(OWL + "deprecated")
LABEL: Final = ox.NamedNode(RDFS + "label")
TYPE: Final = ox.NamedNode(RDF + "type")
VOCABULARY: Final = ox.NamedNode(DKG.removesuffix("#"))
KINDS: Final = (
    "Class",
    "ObjectProperty",
    "DatatypeProperty",
    "AnnotationProperty",
    "NamedIndividual",
)
TEXT: Final = (ONTOLOGY / "drug.ttl").read_text(encoding="utf-8")
STORE: Final = ox.Store()
STORE.load(input=TEXT, format=ox.RdfFormat.TURTLE)


def objects(subject: ox.NamedNode, predicate: ox.NamedNode) -> list[str]:
    """Return the values of *predicate* of *subject* as text."""
    return [
        quad.object.value
        for quad in STORE.quads_for_pattern(subject, predicate, None)
        if isinstance(quad.object, ox.NamedNode | ox.Literal)
    ]


def kind(term: ox.NamedNode) -> int:
    """Return the position of the section of the file that *term* belongs in."""
    types = objects(term, TYPE)
    return next(i for i, name in enumerate(KINDS) if OWL + name in types)


TERMS: Final = sorted(
    {
        quad.subject
        for quad in STORE.quads_for_pattern(None, TYPE, None)
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(DKG)
    },
    key=str,
)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.value.removeprefix(DKG))
def test_each_term_has_one_label_and_one_definition(term: ox.NamedNode) -> None:
    assert len(objects(term, LABEL)) == 1
    definitions = objects(term, DEFINITION)
    assert len(definitions) == 1
    start = r"(a|an) |(gives|relates|states) "
    assert re.match(start, definitions[0]), definitions[0]
    assert not definitions[0].endswith(".")


def test_terms_stand_in_the_order_of_their_kind_and_name() -> None:
    written = [
        ox.NamedNode(DKG + name) for name in re.findall(r"^dkg:(\w+)$", TEXT, flags=re.MULTILINE)
    ]
    assert set(written) == set(TERMS)
    assert written == sorted(written, key=lambda term: (kind(term), term.value))


def test_the_context_names_each_term() -> None:
    context = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    for term in TERMS:
        name = term.value.removeprefix(DKG)
        assert context[name]["@id"] == f"dkg:{name}"
        functional = OWL + "FunctionalProperty" in objects(term, TYPE)
        if OWL + "ObjectProperty" in objects(term, TYPE):
            assert context[name]["@type"] == "@id"
            assert (context[name].get("@container") == "@set") is not functional


def test_the_context_names_nothing_that_is_gone() -> None:
    context = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    named = {
        definition["@id"].removeprefix("dkg:")
        for definition in context.values()
        if isinstance(definition, dict) and definition.get("@id", "").startswith("dkg:")
    }
    assert named == {term.value.removeprefix(DKG) for term in TERMS}


def test_the_version_iri_ends_in_the_version_of_the_project() -> None:
    pyproject = tomllib.loads((root() / "pyproject.toml").read_text(encoding="utf-8"))
    version = pyproject["project"]["version"]
    assert objects(VOCABULARY, ox.NamedNode(OWL + "versionIRI")) == [
        f"https://w3id.org/drugkg/vocab/{version}"
    ]
    assert objects(VOCABULARY, ox.NamedNode(OWL + "versionInfo")) == [version]


def test_released_terms_that_are_retired_name_their_successor() -> None:
    for quad in STORE.quads_for_pattern(None, DEPRECATED, None):
        assert isinstance(quad.subject, ox.NamedNode)
        successor = ox.NamedNode("http://purl.obolibrary.org/obo/IAO_0100001")
        assert len(objects(quad.subject, successor)) == 1
        assert objects(quad.subject, LABEL)[0].startswith("obsolete ")
