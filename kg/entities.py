"""Describe one IRI: what is stated of it, the parts it has, and what mentions it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from kg.errors import RetiredEntityError, UnknownEntityError
from kg.store import Store
from kg.terms import DCTERMS, DKG, OBO, OWL, RDF, RDFS, XSD

# A part has no name of its own and is shown inside what it is a part of.
PARTS: Final = tuple(
    ox.NamedNode(iri)
    for iri in (
        DKG + "frequency",
        DKG + "hasEvidenceLine",
        DKG + "hasPresentation",
        DKG + "locator",
        DKG + "phase",
        DKG + "schedule",
        "http://www.w3.org/ns/oa#hasSelector",
    )
)
SIDES: Final = (ox.NamedNode(DKG + "firstSide"), ox.NamedNode(DKG + "secondSide"))
SUBJECT: Final = ox.NamedNode("https://w3id.org/sssom/subject_id")
EMBEDDED: Final = frozenset(  # what these lead to is shown in place
    {*(part.value for part in PARTS), DKG + "statedBy", RDFS + "isDefinedBy"}
)
DATASET: Final = ox.NamedNode("https://w3id.org/drugkg/")
NOTE: Final = "Information on medicines, not medical advice."
LICENSE: Final = "https://creativecommons.org/licenses/by/4.0/"

_STATED_BY: Final = ox.NamedNode(DKG + "statedBy")
_EVIDENCE: Final = ox.NamedNode(DKG + "hasEvidenceLine")
_LABEL: Final = ox.NamedNode(RDFS + "label")
_TYPE: Final = ox.NamedNode(RDF + "type")
_DEPRECATED: Final = ox.NamedNode(OWL + "deprecated")
_TRUE: Final = ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean"))
_REPLACED: Final = (ox.NamedNode(DCTERMS + "isReplacedBy"), ox.NamedNode(OBO + "IAO_0100001"))
_DEFINED_BY: Final = ox.NamedNode(RDFS + "isDefinedBy")


@dataclass(frozen=True)
class Description:
    """Hold the quads that describe *iri*, sorted, and how other nodes point at it."""

    iri: ox.NamedNode
    quads: tuple[ox.Quad, ...]
    incoming: tuple[ox.NamedNode, ...]  # predicates of quads whose object is iri

    def triples(self) -> tuple[ox.Triple, ...]:
        """Return the description without saying which graph states what."""
        return tuple(dict.fromkeys(quad.triple for quad in self.quads))


def describe(store: Store, iri: ox.NamedNode) -> Description:
    """Return what *store* says of *iri*, its parts, the conflicts it is a side of, and labels.

    Claims that mention *iri* are named with type and label only; each has its own description.

    Raises:
        UnknownEntityError: nothing is stated of *iri*.
    """
    own = set(nested(store, iri))
    if not own:
        raise UnknownEntityError(iri.value)
    mentions = tuple(_mentions(store, iri))
    found = own | set(mentions)
    for quad in mentions:
        node = quad.subject
        if isinstance(node, ox.NamedNode):
            whole = quad.predicate in (*SIDES, SUBJECT)
            found |= set(store.quads(node, None if whole else _TYPE))
    found |= labels(store, found)
    found |= set(provenance(store, iri))
    return Description(
        iri,
        tuple(sorted(found, key=str)),
        tuple(sorted({quad.predicate for quad in mentions}, key=str)),
    )


def refuse_retired(store: Store, iri: ox.NamedNode) -> None:
    """Raise RetiredEntityError, with what replaces *iri*, if *iri* is retired."""
    if any(True for _ in store.quads(iri, _DEPRECATED, _TRUE)):
        successors = {quad.object for by in _REPLACED for quad in store.quads(iri, by)}
        named = (each.value for each in successors if isinstance(each, ox.NamedNode))
        raise RetiredEntityError(iri.value, sorted(named))


def labels(store: Store, quads: Collection[ox.Quad]) -> set[ox.Quad]:
    """Return the labels of all that *quads* name, other than classes."""
    named: set[object] = {quad.object for quad in quads if quad.predicate != _TYPE}
    named |= {quad.subject for quad in quads}
    return {
        label
        for term in named
        if isinstance(term, ox.NamedNode)
        for label in store.quads(term, _LABEL)
    }


def nested(
    store: Store, node: ox.NamedNode, seen: set[ox.NamedNode] | None = None
) -> Iterator[ox.Quad]:
    """Yield the quads about *node* and about its parts at every depth."""
    seen = set() if seen is None else seen
    seen.add(node)
    for quad in store.quads(node):
        yield quad
        part = quad.object
        inside = quad.predicate in PARTS or quad.predicate == _STATED_BY
        if inside and isinstance(part, ox.NamedNode) and part not in seen:
            yield from nested(store, part, seen)


def _mentions(store: Store, iri: ox.NamedNode) -> Iterator[ox.Quad]:
    """Yield the quads by which conflicts, claims and wholes point at *iri*."""
    for quad in store.quads(value=iri):
        pointing = quad.predicate in (*SIDES, *PARTS, SUBJECT)
        if pointing or (quad.predicate != _TYPE and _is_claim(store, quad)):
            yield quad


def _is_claim(store: Store, quad: ox.Quad) -> bool:
    node = quad.subject
    return isinstance(node, ox.NamedNode) and any(True for _ in store.quads(node, _EVIDENCE))


def provenance(store: Store, iri: ox.NamedNode) -> Iterable[ox.Quad]:
    """Say in the description itself which release it is from and what it is not."""
    facts = (
        (DCTERMS + "title", ox.Literal("DrugKG", language="en")),
        (DCTERMS + "description", ox.Literal(NOTE, language="en")),
        (DCTERMS + "license", ox.NamedNode(LICENSE)),
        (OWL + "versionInfo", ox.Literal(store.manifest.version)),
    )
    yield ox.Quad(iri, _DEFINED_BY, DATASET)
    for predicate, value in facts:
        yield ox.Quad(DATASET, ox.NamedNode(predicate), value)
