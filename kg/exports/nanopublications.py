"""Write each claim as a nanopublication: assertion, provenance and publication info (TriG).

Source: Nanopublication Guidelines (nanopub.net). They are not signed, since no key of ours is
published; whoever publishes them signs them, and gets a trusty IRI in doing so.
"""

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from kg import syntax
from kg.entities import DATASET, LICENSE
from kg.exports.claims import Claim, Release
from kg.exports.graph import expanded
from kg.exports.report import Carried, Written, carried
from kg.terms import DCTERMS, OWL, PROV, RDF, RDFS

NAME: Final = "nanopublications.trig"
NP: Final = "http://www.nanopub.org/nschema#"
BASE: Final = "https://w3id.org/drugkg/np/"
CARRIES: Final = carried(
    Carried("field", "the assertion graph, in our vocabulary"),
    evidence=Carried("field", "the provenance graph"),
    place_in_the_source=Carried("field", "the provenance graph"),
    machine_reading=Carried("field", "the provenance graph: whom the assertion is attributed to"),
    modality=Carried("field", "the provenance graph, on the evidence line"),
    conflict=Carried("field", "the publication info, by `rdfs:seeAlso`, with both sides"),
)
_LINE: Final = expanded("dkg:hasEvidenceLine")
_ATTRIBUTED: Final = PROV + "wasAttributedTo"
_PROVENANCE: Final = frozenset({_LINE})
_PARTS: Final = tuple(map(expanded, ("dkg:frequency", "dkg:schedule", "dkg:phase")))
_TYPE: Final = ox.NamedNode(RDF + "type")


def write(release: Release) -> Written:
    """Return every claim, each as four graphs."""
    blocks = [_published(release, claim) for claim in release.claims]
    quads = [quad for block in blocks for quad in block]
    return Written({NAME: syntax.written(quads, ox.RdfFormat.TRIG)}, {})


def _published(release: Release, claim: Claim) -> Iterator[ox.Quad]:
    base = BASE + claim.name
    this = ox.NamedNode(base)
    head, assertion, provenance, about = (
        ox.NamedNode(f"{base}#{part}") for part in ("Head", "assertion", "provenance", "pubinfo")
    )
    yield ox.Quad(this, _TYPE, ox.NamedNode(NP + "Nanopublication"), head)
    yield ox.Quad(this, ox.NamedNode(NP + "hasAssertion"), assertion, head)
    yield ox.Quad(this, ox.NamedNode(NP + "hasProvenance"), provenance, head)
    yield ox.Quad(this, ox.NamedNode(NP + "hasPublicationInfo"), about, head)
    for triple in _assertion(release, claim):
        yield ox.Quad(triple.subject, triple.predicate, triple.object, assertion)
    for triple in _provenance(release, claim, assertion):
        yield ox.Quad(triple.subject, triple.predicate, triple.object, provenance)
    yield from _about(release, claim, this, about)


def _assertion(release: Release, claim: Claim) -> Iterator[ox.Triple]:
    """Yield what the claim says, with its parts, and the names of what it speaks of."""
    waiting, seen, named = [claim.iri], {claim.iri}, set[str]()
    while waiting:
        subject = waiting.pop()
        for predicate, value in release.graph.facts(subject):
            if predicate in _PROVENANCE:
                continue
            yield ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value)
            if isinstance(value, ox.NamedNode):
                if predicate in _PARTS and value.value not in seen:
                    seen.add(value.value)
                    waiting.append(value.value)
                elif predicate != RDF + "type":
                    named.add(value.value)
    yield from _labels(release, named - seen)


def _labels(release: Release, iris: set[str]) -> Iterator[ox.Triple]:
    for iri in sorted(iris):
        if label := release.graph.label(iri):
            literal = ox.Literal(label, language="en")
            yield ox.Triple(ox.NamedNode(iri), ox.NamedNode(RDFS + "label"), literal)


def _provenance(release: Release, claim: Claim, assertion: ox.NamedNode) -> Iterator[ox.Triple]:
    """Yield the evidence lines with their places, and the documents they are from."""
    graph = release.graph
    named = set[str]()
    for line in claim.evidence:
        derived = ox.NamedNode(PROV + "wasDerivedFrom")
        yield ox.Triple(assertion, derived, ox.NamedNode(line.source or line.iri))
        yield ox.Triple(ox.NamedNode(claim.iri), ox.NamedNode(_LINE), ox.NamedNode(line.iri))
        for agent in line.agents:
            yield ox.Triple(assertion, ox.NamedNode(_ATTRIBUTED), ox.NamedNode(agent))
        places = graph.iris(line.iri, "dkg:locator")
        selectors = [each for place in places for each in graph.iris(place, "oa:hasSelector")]
        for part in (line.iri, *places, *selectors):
            for predicate, value in graph.facts(part):
                yield ox.Triple(ox.NamedNode(part), ox.NamedNode(predicate), value)
        named |= {line.source, line.modality, *line.types, *line.relies_on, *line.agents} - {""}
    yield from _labels(release, named)


def _about(
    release: Release, claim: Claim, this: ox.NamedNode, graph: ox.NamedNode
) -> Iterator[ox.Quad]:
    facts: list[tuple[str, ox.NamedNode | ox.Literal]] = [
        (DCTERMS + "license", ox.NamedNode(LICENSE)),
        (DCTERMS + "creator", DATASET),
        (DCTERMS + "subject", ox.NamedNode(claim.iri)),
        (RDFS + "label", ox.Literal(claim.label, language="en")),
        (OWL + "versionInfo", ox.Literal(release.version)),
        *((expanded("rdfs:seeAlso"), ox.NamedNode(each)) for each in claim.conflicts),
    ]
    for predicate, value in facts:
        yield ox.Quad(this, ox.NamedNode(predicate), value, graph)
    for conflict in claim.conflicts:
        for triple in release.graph.facts(conflict):
            yield ox.Quad(ox.NamedNode(conflict), ox.NamedNode(triple[0]), triple[1], graph)
