"""Write medicines and their substances as FHIR R5 resources."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias

from kg.exports.claims import Release
from kg.terms import DKG, ID

Node: TypeAlias = dict[str, Any]

URI: Final = "urn:ietf:rfc:3986"
# Source: ValueSet/medicinal-product-classification of FHIR R5, which names the system of ATC.
_SYSTEMS: Final = {"https://bioregistry.io/atc": "http://www.whocc.no/atc"}


def resources(release: Release) -> Iterator[Node]:
    """Yield medicines, substances, and which medicine has which substance."""
    graph = release.graph
    products = sorted(graph.subjects("rdf:type", DKG + "MedicinalProduct"))
    pairs = [(each, s) for each in products for s in graph.iris(each, "dkg:hasActiveSubstance")]
    yield from (_product(release, each) for each in products)
    yield from (_substance(release, each) for each in sorted({each for _, each in pairs}))
    yield from (_ingredient(release, *pair) for pair in pairs)


def _product(release: Release, iri: str) -> Node:
    graph = release.graph
    routes = [concept(release, each) for each in graph.iris(iri, "dkg:hasRoute")]
    node: Node = {
        "resourceType": "MedicinalProductDefinition",
        "id": iri.removeprefix(ID),
        "identifier": _identifiers(release, iri),
        "name": [{"productName": release.label(iri)}],
    }
    forms = [release.label(each) for each in graph.iris(iri, "dkg:hasPresentation")]
    if forms:
        node["combinedPharmaceuticalDoseForm"] = {"text": "; ".join(forms)}
    return node | ({"route": routes} if routes else {})


def _substance(release: Release, iri: str) -> Node:
    return {
        "resourceType": "SubstanceDefinition",
        "id": iri.removeprefix(ID),
        "identifier": _identifiers(release, iri),
        "classification": [
            {"text": release.label(each)}
            for each in release.graph.iris(iri, "rdf:type")
            if each.startswith(DKG)
        ],
        "code": [{"code": {"coding": [coding]}} for coding in _codes(release, iri)],
        "name": [{"name": release.label(iri), "preferred": True}],
    }


def _ingredient(release: Release, product: str, substance: str) -> Node:
    slug = substance.removeprefix(ID)
    return {
        "resourceType": "Ingredient",
        "id": f"{product.removeprefix(ID)}-{slug}",
        "status": "active",
        "for": [{"reference": f"MedicinalProductDefinition/{product.removeprefix(ID)}"}],
        "role": {"text": release.label(DKG + "ActiveSubstance")},
        "substance": {"code": {"reference": {"reference": f"SubstanceDefinition/{slug}"}}},
    }


def _identifiers(release: Release, iri: str) -> list[Node]:
    texts = release.graph.texts(iri, "dcterms:identifier")
    return [{"system": URI, "value": iri}, *({"value": each} for each in texts)]


def _codes(release: Release, iri: str) -> Iterator[Node]:
    """Yield the identifiers that are exactly those of *iri* and not superseded."""
    graph = release.graph
    for mapping in graph.subjects("sssom:subject_id", iri):
        exact = graph.iri(mapping, "sssom:predicate_id").endswith("exactMatch")
        if exact and not graph.text(mapping, "dkg:validUntil"):
            system, colon, code = graph.iri(mapping, "sssom:object_id").rpartition(":")
            if colon and "bioregistry.io/" in system:
                yield {"system": _SYSTEMS.get(system, system), "code": code}


def concept(release: Release, iri: str) -> Node:
    """Return *iri* as a concept: the IRI is the code, in the system of IRIs."""
    return {"coding": [{"system": URI, "code": iri}], "text": release.label(iri)}


def concepts(release: Release, iris: Iterable[str]) -> list[Node]:
    """Return each of *iris* as a concept."""
    return [concept(release, each) for each in iris]
