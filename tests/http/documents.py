"""Name every document that a server has; nothing is counted by hand."""

from collections.abc import Iterator

import pyoxigraph as ox

from api.resolve import path_of
from kg.drug_sections import SECTIONS
from kg.store import Store
from kg.terms import DKG, GENID, ID, OWL, RDF

_TYPE = ox.NamedNode(RDF + "type")


def drugs(store: Store) -> Iterator[str]:
    """Yield the slug of each medicine."""
    for quad in store.quads(None, _TYPE, ox.NamedNode(DKG + "MedicinalProduct")):
        assert isinstance(quad.subject, ox.NamedNode)
        yield quad.subject.value.removeprefix(ID)


def entities(store: Store) -> list[str]:
    """Return the path of each IRI that is described and in use."""
    retired = {quad.subject for quad in store.quads(None, ox.NamedNode(OWL + "deprecated"))}
    found = {quad.subject for quad in store.quads()} - retired
    return sorted(
        path_of(iri.value)
        for iri in found
        if isinstance(iri, ox.NamedNode) and not iri.value.startswith(GENID)
    )


def paths(store: Store) -> dict[str, str]:
    """Return the path of each document and the name of the schema that it satisfies."""
    found = dict.fromkeys(entities(store), "entity")
    found |= {f"/drugs/{slug}": "drug" for slug in drugs(store)}
    found |= {f"/drugs/kesimpta?sections={name}&limit=2": "drug" for name in SECTIONS}
    return found | {"/drugs": "drugs", "/drugs?limit=1&offset=1": "drugs", "/vocab": "vocabulary"}
