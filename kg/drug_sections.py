"""Sort what is claimed of a medicine into the sections of its document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from kg.store import Store
from kg.terms import DKG, PROV, RDF, RDFS

# One row for each class of claims; a claim of a class without a row stands in OTHER.
BY_CLASS: Final = {
    "IndicationClaim": "indications",
    "AvailabilityClaim": "availability",
    "CautionClaim": "cautions",
    "SideEffectClaim": "sideEffects",
    "ManifestationClaim": "symptoms",
    "SideEffectCourseClaim": "sideEffectCourse",
    "DosingClaim": "dosing",
    "MonitoringClaim": "monitoring",
    "TemporalAdviceClaim": "adviceInTime",
    "RoleAdviceClaim": "roles",
    "MechanismClaim": "mechanism",
    "OutcomeClaim": "outcomes",
    "TrialClaim": "trialClaims",
    "ProductClaim": "properties",
    "DefinitionClaim": "definitions",
    "DocumentClaim": "documents",
    "TestimonialClaim": "testimonials",
    "ClassLevelClaim": "classClaims",
}
PREGNANCY: Final = "pregnancyAdvice"  # claims of any class; they stand in their own section too
OTHER: Final = "otherClaims"
TRIALS: Final = "trials"
SOURCES: Final = "sources"
SECTIONS: Final = (*BY_CLASS.values(), PREGNANCY, OTHER, TRIALS, SOURCES)
# Advice on pregnancy is found by its words: curators write one label in English for each claim,
# and each population or stage of treatment that a claim is for has one too.
_PREGNANCY: Final = re.compile(
    "pregnan|unborn|newborn|breast-?(feed|milk)|birth control|contracepti|childbearing",
    re.IGNORECASE,
)

_PRODUCT: Final = ox.NamedNode(DKG + "MedicinalProduct")
_TYPE: Final = ox.NamedNode(RDF + "type")
_LABEL: Final = ox.NamedNode(RDFS + "label")
_ABOUT: Final = ox.NamedNode(DKG + "aboutProduct")
_ABOUT_CLASS: Final = ox.NamedNode(DKG + "aboutClass")
_CLASS: Final = ox.NamedNode(DKG + "hasTherapeuticClass")
_POPULATION: Final = ox.NamedNode(DKG + "population")
_STAGE: Final = ox.NamedNode(DKG + "treatmentStage")
_TRIAL: Final = ox.NamedNode(DKG + "aboutTrial")
_EVIDENCE: Final = ox.NamedNode(DKG + "hasEvidenceLine")
_FROM: Final = ox.NamedNode(PROV + "wasDerivedFrom")


@dataclass(frozen=True)
class Sections:
    """Hold the nodes of each section in the order of their labels."""

    nodes: dict[str, tuple[ox.NamedNode, ...]]

    def unknown(self, names: tuple[str, ...]) -> list[str]:
        """Return those of *names* on which no source that was read says anything."""
        return [name for name in names if name != OTHER and not self.nodes[name]]


def products(store: Store) -> list[ox.NamedNode]:
    """Return every medicine, in the order of labels."""
    found = {quad.subject for quad in store.quads(None, _TYPE, _PRODUCT)}
    return _ordered(store, {each for each in found if isinstance(each, ox.NamedNode)})


def is_product(store: Store, iri: ox.NamedNode) -> bool:
    """Return whether *iri* is a medicine."""
    return any(True for _ in store.quads(iri, _TYPE, _PRODUCT))


def sections(store: Store, product: ox.NamedNode) -> Sections:
    """Return what stands in each section of the document of *product*."""
    found: dict[str, set[ox.NamedNode]] = {name: set() for name in SECTIONS}
    claims = set(_subjects(store, _ABOUT, product))
    for kind in _objects(store, product, _CLASS):
        claims.update(_subjects(store, _ABOUT_CLASS, kind))
    for claim in claims:
        kinds = {kind.value.removeprefix(DKG) for kind in _objects(store, claim, _TYPE)}
        for name in {BY_CLASS[kind] for kind in kinds & BY_CLASS.keys()} or {OTHER}:
            found[name].add(claim)
        scopes = (*_objects(store, claim, _POPULATION), *_objects(store, claim, _STAGE))
        if any(_PREGNANCY.search(_label(store, each)) for each in (claim, *scopes)):
            found[PREGNANCY].add(claim)
        found[TRIALS].update(_objects(store, claim, _TRIAL))
        for line in _objects(store, claim, _EVIDENCE):
            found[SOURCES].update(_objects(store, line, _FROM))
    return Sections({name: tuple(_ordered(store, nodes)) for name, nodes in found.items()})


def _ordered(store: Store, nodes: set[ox.NamedNode]) -> list[ox.NamedNode]:
    return sorted(nodes, key=lambda node: (_label(store, node).casefold(), node.value))


def _label(store: Store, node: ox.NamedNode) -> str:
    found = (quad.object for quad in store.quads(node, _LABEL))
    return min((each.value for each in found if isinstance(each, ox.Literal)), default="")


def _subjects(store: Store, predicate: ox.NamedNode, value: ox.NamedNode) -> Iterator[ox.NamedNode]:
    for quad in store.quads(None, predicate, value):
        if isinstance(quad.subject, ox.NamedNode):
            yield quad.subject


def _objects(
    store: Store, subject: ox.NamedNode, predicate: ox.NamedNode
) -> Iterator[ox.NamedNode]:
    for quad in store.quads(subject, predicate):
        if isinstance(quad.object, ox.NamedNode):
            yield quad.object
