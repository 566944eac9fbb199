"""Select what the reasoner is told: the axioms of the ontology and the curated medicines.

Claims, evidence, figures and dates stay out: they need no OWL, HermiT knows no ``xsd:date`` or
``xsd:duration``, and its time grows steeply with the number of individuals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.errors import FactsError, Violation
from kg.terms import DKG, INFERRED_GRAPH, OWL, RDF, RDFS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_INDIVIDUALS: Final = 300  # 2 to 3 s; 1,000 individuals took 7 s, and 67 s with figures

_KINDS: Final = ("CellType", "Condition", "MedicinalProduct", "Substance", "TargetProtein")
_NOT_LOGIC: Final = frozenset(
    {RDFS + name for name in ("comment", "isDefinedBy", "label", "seeAlso")}
    | {OWL + name for name in ("deprecated", "versionIRI", "versionInfo")}
)
_NOT_TOLD: Final = frozenset(
    OWL + name for name in ("AnnotationProperty", "DatatypeProperty", "NamedIndividual", "Ontology")
)
_LANGUAGE: Final = (RDF, RDFS, OWL)

TYPE: Final = ox.NamedNode(RDF + "type")
FIRST: Final = ox.NamedNode(RDF + "first")
REST: Final = ox.NamedNode(RDF + "rest")
SUB_CLASS: Final = ox.NamedNode(RDFS + "subClassOf")
SUB_PROPERTY: Final = ox.NamedNode(RDFS + "subPropertyOf")
DOMAIN: Final = ox.NamedNode(RDFS + "domain")
RANGE: Final = ox.NamedNode(RDFS + "range")
EQUIVALENT: Final = ox.NamedNode(OWL + "equivalentClass")
DISJOINT: Final = ox.NamedNode(OWL + "disjointWith")
DISJOINT_PROPERTY: Final = ox.NamedNode(OWL + "propertyDisjointWith")
INTERSECTION: Final = ox.NamedNode(OWL + "intersectionOf")
UNION: Final = ox.NamedNode(OWL + "unionOf")
ON_PROPERTY: Final = ox.NamedNode(OWL + "onProperty")
HAS_VALUE: Final = ox.NamedNode(OWL + "hasValue")
SOME: Final = ox.NamedNode(OWL + "someValuesFrom")
CHAIN: Final = ox.NamedNode(OWL + "propertyChainAxiom")
INVERSE: Final = ox.NamedNode(OWL + "inverseOf")
OBJECT_PROPERTY: Final = ox.NamedNode(OWL + "ObjectProperty")
SYMMETRIC: Final = ox.NamedNode(OWL + "SymmetricProperty")
NOTHING: Final = ox.NamedNode(OWL + "Nothing")

# A node that has one of these is part of an axiom, whatever name the build has given it.
PARTS: Final = frozenset({FIRST, INTERSECTION, ON_PROPERTY, UNION}) | {
    ox.NamedNode(OWL + name) for name in ("complementOf", "members", "oneOf")
}


class Theory:
    """Hold triples for the reasoner, and find their way through the nodes of class expressions.

    A *head* is a triple whose subject is no such node: one axiom, or one fact on an individual.
    """

    def __init__(self, triples: Iterable[ox.Triple], individuals: Iterable[ox.NamedNode]) -> None:
        self.triples = frozenset(triples)
        self.individuals = frozenset(individuals)
        self._from: dict[ox.NamedNode, list[ox.Triple]] = {}
        self._to: dict[tuple[ox.NamedNode, ox.NamedNode], list[ox.NamedNode]] = {}
        for triple in sorted(self.triples, key=str):
            self._from.setdefault(iri(triple.subject), []).append(triple)
            self._to.setdefault((triple.predicate, iri(triple.object)), []).append(
                iri(triple.subject)
            )
        self.parts = frozenset(
            subject
            for subject, triples in self._from.items()
            if any(triple.predicate in PARTS for triple in triples)
        )

    @classmethod
    def of(cls, store: ox.Store) -> Theory:
        """Select from the named graphs of *store*, all but the inferred.

        Raises:
            FactsError: there are more individuals than the reasoner can bear.
        """
        left_out = {ox.NamedNode(INFERRED_GRAPH), ox.DefaultGraph()}  # a served one is the union
        triples = {
            quad.triple
            for quad in store
            if quad.graph_name not in left_out
            and isinstance(quad.subject, ox.NamedNode)
            and isinstance(quad.object, ox.NamedNode)
        }
        axioms = set(_axioms(triples))
        kinds = _below(axioms, {ox.NamedNode(DKG + kind) for kind in _KINDS})
        individuals = {iri(t.subject) for t in triples if t.predicate == TYPE and t.object in kinds}
        if len(individuals) > MOST_INDIVIDUALS:
            message = (
                f"{len(individuals)} products, substances, proteins, cells and conditions are more "
                f"than the {MOST_INDIVIDUALS} that the reasoner is given; classify them by rules"
            )
            raise FactsError([Violation("kg/facts", None, "", message)])
        properties = {t.subject for t in axioms if t.object == OBJECT_PROPERTY}
        facts = {
            triple
            for triple in triples
            if triple.subject in individuals
            and (
                (triple.predicate in properties and triple.object in individuals)
                or (triple.predicate == TYPE and not iri(triple.object).value.startswith(OWL))
            )
        }
        return cls(axioms | facts, individuals)

    def heads(self) -> Iterator[ox.Triple]:
        """Yield the axioms and the statements on individuals, one triple for each, in order."""
        for subject, triples in self._from.items():
            if subject not in self.parts:
                yield from triples

    def objects(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> list[ox.NamedNode]:
        """Return what *predicate* relates *subject* to."""
        return [iri(t.object) for t in self._from.get(subject, ()) if t.predicate == predicate]

    def subjects(self, predicate: ox.NamedNode, value: ox.NamedNode) -> list[ox.NamedNode]:
        """Return what *predicate* relates to *value*."""
        return self._to.get((predicate, value), [])

    def using(self, predicate: ox.NamedNode) -> list[ox.Triple]:
        """Return the triples of *predicate*."""
        return [triple for triple in self.triples if triple.predicate == predicate]

    def members(self, node: ox.NamedNode) -> list[ox.NamedNode]:
        """Return the members of the list that starts at *node*."""
        found = self.objects(node, FIRST)
        for rest in self.objects(node, REST):
            found += self.members(rest)
        return found

    def whole(self, head: ox.Triple) -> list[ox.Triple]:
        """Return *head* with the triples of the expressions that it refers to."""
        found = [head]
        for triple in found:
            if triple.object in self.parts:
                found += self._from[iri(triple.object)]
        return found


def _axioms(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """Yield what OWL says of classes and object properties, with the nodes of expressions."""
    types: dict[ox.NamedNode, set[str]] = {}
    for triple in triples:
        if triple.predicate == TYPE:
            types.setdefault(iri(triple.subject), set()).add(iri(triple.object).value)
    told = {
        node
        for node, kinds in types.items()
        if any(kind.startswith(OWL) and kind not in _NOT_TOLD for kind in kinds)
        and not kinds & {OWL + "AnnotationProperty", OWL + "DatatypeProperty"}
    }
    for triple in triples:
        predicate, value = triple.predicate.value, iri(triple.object).value
        logical = predicate.startswith(_LANGUAGE) and predicate not in _NOT_LOGIC
        if not logical or not (triple.subject in told or triple.predicate in {FIRST, REST}):
            continue
        if triple.predicate != TYPE or (value.startswith(OWL) and value not in _NOT_TOLD):
            yield triple


def _below(axioms: Iterable[ox.Triple], classes: set[ox.NamedNode]) -> set[ox.NamedNode]:
    """Return *classes* and every class that is asserted to be below one, or defined by one."""
    below: dict[ox.NamedNode, set[ox.NamedNode]] = {}
    for triple in axioms:
        if triple.predicate in {SUB_CLASS, EQUIVALENT, INTERSECTION, FIRST, REST}:
            below.setdefault(iri(triple.object), set()).add(iri(triple.subject))
    found = set(classes)
    due = list(classes)
    while due:
        new = below.get(due.pop(), set()) - found
        found |= new
        due += new
    return found


def iri(term: object) -> ox.NamedNode:
    """Return *term* of a theory, which holds nothing but IRIs."""
    assert isinstance(term, ox.NamedNode)  # noqa: S101 (narrows the type)
    return term
