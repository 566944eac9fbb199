"""Write all quads as N-Quads 1.2, with the claims as reifiers of the direct edges they state.

Source: RDF 1.2 Concepts §1.5 (triple terms and reification), N-Quads 1.2. A triple term is not
asserted: the edge of a claim that denies it, or that only forbids less, is named and not stated.
"""

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from kg.exports.claims import Claim, Release
from kg.exports.report import Carried, Written, carried
from kg.terms import DKG, GRAPH, RDF

QUADS: Final = "drugkg-rdf12.nq"
REIFIES: Final = ox.NamedNode(RDF + "reifies")
REIFIED_GRAPH: Final = ox.NamedNode(GRAPH + "reified")
EDGES: Final = {  # class of claims: property of the claim, property of the edge
    "SideEffectClaim": ("dkg:effect", ox.NamedNode(DKG + "hasSideEffect")),
    "IndicationClaim": ("dkg:condition", ox.NamedNode(DKG + "treats")),
    "CautionClaim": ("dkg:condition", ox.NamedNode(DKG + "contraindicatedFor")),
}
CARRIES: Final = carried(Carried("field", "as in the graph; the reifier of an edge is its claim"))


def write(release: Release) -> Written:
    """Return the dump; every claim is in it, with or without an edge."""
    added = [quad for claim in release.claims for quad in _reified(release, claim)]
    lines = sorted(f"{quad} .\n" for quad in (*release.graph.quads, *added))
    return Written({QUADS: "".join(lines).encode()}, {})


def _reified(release: Release, claim: Claim) -> Iterator[ox.Quad]:
    if claim.kind not in EDGES or not _is_of_edge(release, claim):
        return
    source, edge = EDGES[claim.kind]
    for product in claim.products:
        for value in release.graph.iris(claim.iri, source):
            term = ox.Triple(ox.NamedNode(product), edge, ox.NamedNode(value))
            yield ox.Quad(ox.NamedNode(claim.iri), REIFIES, term, REIFIED_GRAPH)


def _is_of_edge(release: Release, claim: Claim) -> bool:
    """Return whether *claim* states or denies the edge; a weaker caution does neither."""
    strength = release.graph.iri(claim.iri, "dkg:strength")
    return claim.kind != "CautionClaim" or strength == DKG + "Absolute"
