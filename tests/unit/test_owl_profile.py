"""Is ontology/drug.ttl OWL 2 DL, by a judgement other than our own?"""

import pyoxigraph as ox
import pytest

from kg import paths
from tests.owl_profile import Report, judge

pytestmark = pytest.mark.java

OWL = "http://www.w3.org/2002/07/owl#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
DECLARED_AS = {
    f"{OWL}AnnotationProperty",
    f"{OWL}Class",
    f"{OWL}DatatypeProperty",
    f"{OWL}NamedIndividual",
    f"{OWL}ObjectProperty",
}
# Each such triple with an IRI as subject is one axiom: OWL 2 Mapping to RDF Graphs, table 1.
AXIOM_PREDICATES = {
    f"{RDFS}subClassOf",
    f"{RDFS}subPropertyOf",
    f"{RDFS}domain",
    f"{RDFS}range",
    f"{OWL}disjointWith",
    f"{OWL}equivalentClass",
    f"{OWL}inverseOf",
    f"{OWL}propertyChainAxiom",
    f"{OWL}propertyDisjointWith",
}
# Not in the datatype map (OWL 2 Structural Specification, section 4); this OWL API lets some of
# them pass.
XSD = "http://www.w3.org/2001/XMLSchema#"
NOT_IN_OWL_2 = {
    f"{XSD}date",
    f"{XSD}dayTimeDuration",
    f"{XSD}duration",
    f"{XSD}gDay",
    f"{XSD}gMonth",
    f"{XSD}gMonthDay",
    f"{XSD}gYear",
    f"{XSD}gYearMonth",
    f"{XSD}time",
    f"{XSD}yearMonthDuration",
}

PREAMBLE = f"""
    @prefix : <https://example.org/#> .
    @prefix owl: <{OWL}> .
    @prefix rdfs: <{RDFS}> .
    <https://example.org/> a owl:Ontology .
"""
FAULTS = {  # what must be found, and the words by which the OWL API names it
    ":a a owl:Class ; :note 'x' .": "Use of undeclared annotation property",
    ":c a owl:Class ; rdfs:subClassOf :undeclared .": "Use of undeclared class",
    ":p a owl:ObjectProperty , owl:DatatypeProperty .": "Cannot pun between properties",
    ":p a owl:ObjectProperty , owl:TransitiveProperty , owl:FunctionalProperty .": "non-simple",
}

Triple = tuple[str, str, str]


@pytest.fixture(scope="module")
def turtle() -> str:
    return (paths.ONTOLOGY / "drug.ttl").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def triples(turtle: str) -> list[Triple]:
    return [
        (quad.subject.value, quad.predicate.value, str(quad.object).strip("<>"))
        for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)
        if isinstance(quad.subject, ox.NamedNode)
    ]


@pytest.fixture(scope="module")
def reports(turtle: str) -> list[Report]:
    return judge([turtle, *(PREAMBLE + fault for fault in FAULTS)])


@pytest.fixture(scope="module")
def report(reports: list[Report]) -> Report:
    return reports[0]


def test_the_ontology_is_owl_2_dl(report: Report) -> None:
    assert report.violations == []


def test_every_declaration_is_judged(report: Report, triples: list[Triple]) -> None:
    declared = {s for s, p, o in triples if p == RDF_TYPE and o in DECLARED_AS}
    assert len(declared) > 200
    assert set(report.declared) == declared


def test_every_axiom_is_judged(report: Report, triples: list[Triple]) -> None:
    not_axioms = DECLARED_AS | {f"{OWL}Ontology"}
    typed = [o for _, p, o in triples if p == RDF_TYPE and o not in not_axioms]
    stated = [p for _, p, _ in triples if p in AXIOM_PREDICATES]
    assert sum(report.axioms.values()) == len(typed) + len(stated)


def test_every_datatype_is_one_of_owl_2(turtle: str) -> None:
    objects = [quad.object for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)]
    used = {o.value for o in objects if isinstance(o, ox.NamedNode)}
    used |= {o.datatype.value for o in objects if isinstance(o, ox.Literal)}
    assert f"{XSD}decimal" in used
    assert not used & NOT_IN_OWL_2


def test_what_is_not_owl_2_dl_is_found(reports: list[Report]) -> None:
    for (fault, complaint), report in zip(FAULTS.items(), reports[1:], strict=True):
        assert any(complaint in violation for violation in report.violations), fault
