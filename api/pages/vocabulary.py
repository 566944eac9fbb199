"""Write the reference of the vocabulary from the ontology itself."""

import re
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

import pyoxigraph as ox
from flask import render_template

from api.pages import words as plain
from api.pages.diagram import Diagram, wide
from api.pages.links import alternates
from api.pages.public import Node, Public
from kg import paths
from kg.skolem import skolemise_ontology
from kg.terms import DKG, OWL, RDF, RDFS, curie
from kg.theory import CHAIN, DISJOINT, DOMAIN, EQUIVALENT, RANGE, SUB_CLASS, SUB_PROPERTY, TYPE
from kg.turtle import load_ontology
from kg.words import Words

_SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
_KINDS: Final = {
    OWL + "Class": "class",
    OWL + "ObjectProperty": "property that leads to a thing",
    OWL + "DatatypeProperty": "property that leads to a value",
    OWL + "AnnotationProperty": "annotation",
}
_FEATURES: Final = {
    OWL + "FunctionalProperty": "at most one value",
    OWL + "SymmetricProperty": "holds both ways",
    OWL + "TransitiveProperty": "passes on",
}
_MAPPINGS: Final = {
    _SKOS + "exactMatch": "the same as",
    _SKOS + "closeMatch": "close to",
    _SKOS + "broadMatch": "narrower than",
    _SKOS + "narrowMatch": "wider than",
    _SKOS + "relatedMatch": "related to",
    OWL + "equivalentClass": "the same as",
    OWL + "equivalentProperty": "the same as",
}
_INVERSE: Final = ox.NamedNode(OWL + "inverseOf")
_CORE: Final = ("firstSide", "aboutProduct", "frequency", "hasEvidenceLine")
_AXIOMS: Final = (EQUIVALENT, DISJOINT, CHAIN)


@dataclass
class Term:
    """Describe one term of the vocabulary."""

    iri: str
    label: str = ""
    kind: str = "value"
    definition: str = ""
    above: list[Node] = field(default_factory=list)
    below: list["Term"] = field(default_factory=list)
    domain: list[Node] = field(default_factory=list)
    range: list[Node] = field(default_factory=list)
    inverse: list[Node] = field(default_factory=list)
    types: list[Node] = field(default_factory=list)
    features: list[str] = field(default_factory=list)
    axioms: list[str] = field(default_factory=list)
    mappings: list[tuple[str, Node]] = field(default_factory=list)
    retired: bool = False

    @property
    def name(self) -> str:
        """Return the last part of the IRI, which is the anchor on the page."""
        return self.iri.removeprefix(DKG)


def vocabulary(public: Public) -> str:
    """Return the page at ``/vocab``."""
    terms = _terms(public)
    classes = {term.iri: term for term in terms if term.kind == "class"}
    for term in classes.values():
        for above in term.above:
            parent = classes.get(public.expand(above))
            if parent is not None:
                parent.below.append(term)
    roots = [
        term
        for term in classes.values()
        if not any(public.expand(e) in classes for e in term.above)
    ]
    used: dict[str, list[Term]] = {}
    for term in terms:
        for each in term.domain:
            used.setdefault(public.expand(each), []).append(term)
    return render_template(
        "vocabulary.html",
        canonical="/vocab",
        shape=_shape(terms),
        roots=roots,
        classes=list(classes.values()),
        properties=[term for term in terms if term.kind not in {"class", "value"}],
        values=[term for term in terms if term.kind == "value"],
        used=used,
        alternates=alternates("/vocab"),
    )


def _shape(terms: list[Term]) -> Diagram:
    """Return the core of the ontology: a claim, what it is about, and who says it where."""
    named = {term.name: term for term in terms}

    def step(*properties: str) -> list[tuple[str, Node]]:
        leads = [(named[each].label, named[each].range[0]) for each in properties if each in named]
        return [(how, to) for how, to in leads if to]

    first = [("", each) for each in named["firstSide"].domain]
    rest = step(*_CORE[1:])
    found = wide([first, step("firstSide"), rest])
    links = [(named[each].domain, named[each].label, named[each].range) for each in _CORE]
    said = "; ".join(
        f"{one[0]['label']}: “{how}” leads to {other[0]['label']}"
        for one, how, other in links
        if one and other
    )
    return replace(found, sentence=f"{plain.capital(said)}.")


@cache
def _ontology() -> tuple[ox.Quad, ...]:
    document = skolemise_ontology(load_ontology(paths.ONTOLOGY))
    return tuple(ox.Quad(each.subject, each.predicate, each.object) for each in document.statements)


def _elsewhere(public: Public) -> list[ox.Quad]:
    """Return what the facts say of terms of ours that the ontology leaves to them."""
    known = {quad.subject for quad in _ontology()}
    named = {quad.subject for quad in public.store.quads(None, TYPE)} - known
    ours = (each for each in named if isinstance(each, ox.NamedNode))
    return [
        quad
        for each in sorted(ours, key=str)
        if each.value.startswith(DKG)
        for quad in public.store.quads(each)
    ]


def _terms(public: Public) -> list[Term]:
    """Return the terms of ours that the ontology describes, in the order of their names."""
    engine = ox.Store()
    engine.extend(public.store.quads(None, ox.NamedNode(RDFS + "label")))
    engine.extend(_ontology())
    words = Words(engine)

    def node(value: object) -> Node:
        assert isinstance(value, ox.NamedNode)  # noqa: S101 (the graph has no blank nodes)
        return public.node(value.value, words.name(value))

    terms: dict[str, Term] = {}
    for quad in (*_ontology(), *_elsewhere(public)):
        subject, predicate, value = quad.subject, quad.predicate, quad.object
        if not isinstance(subject, ox.NamedNode) or not subject.value.startswith(DKG):
            continue
        term = terms.setdefault(subject.value, Term(subject.value))
        if isinstance(value, ox.Literal):
            _add_literal(term, predicate.value, value)
        elif predicate == TYPE:
            _add_type(term, value, node)
        elif predicate in _AXIOMS and not _is_outside(value):
            term.axioms.append(words.sentence(quad.triple))
        elif isinstance(value, ox.NamedNode):
            into = {
                SUB_CLASS: term.above,
                SUB_PROPERTY: term.above,
                DOMAIN: term.domain,
                RANGE: term.range,
                _INVERSE: term.inverse,
            }.get(predicate)
            if into is not None:
                into.append(node(value) | {"words": words.sentence(quad.triple)})
            elif predicate.value in _MAPPINGS:
                shown = {"@id": value.value, "label": curie(value.value)}
                term.mappings.append((_MAPPINGS[predicate.value], shown))
    return sorted(terms.values(), key=lambda term: term.name.casefold())


def _is_outside(value: object) -> bool:
    """Return whether *value* is a term of another vocabulary, so that the axiom maps to it."""
    plain = isinstance(value, ox.NamedNode) and not value.value.startswith(DKG)
    return plain and not re.search("/drugkg/", str(value))


def _add_literal(term: Term, predicate: str, value: ox.Literal) -> None:
    if predicate == RDFS + "label" and value.language in ("en", None):
        term.label = value.value
    elif predicate == _SKOS + "definition":
        term.definition = value.value
    elif predicate == OWL + "deprecated":
        term.retired = value.value == "true"


def _add_type(term: Term, value: object, node: object) -> None:
    iri = value.value if isinstance(value, ox.NamedNode) else ""
    if iri in _KINDS:
        term.kind = _KINDS[iri]
    elif iri in _FEATURES:
        term.features.append(_FEATURES[iri])
    elif not iri.startswith((OWL, RDF, RDFS)) and callable(node):
        term.types.append(node(value))
