"""Each kind of broken fact file is refused, and the message names the file and the fault."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from kg.build import build, check
from kg.errors import FactsError, Violation
from kg.paths import ONTOLOGY, Inputs

TERMS = """\
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix dkg: <https://w3id.org/drugkg/vocab#> .
@prefix efo: <http://www.ebi.ac.uk/efo/> .
@prefix id: <https://w3id.org/drugkg/id/> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix src: <https://w3id.org/drugkg/source/> .

id:testomab-pen
    a owl:NamedIndividual , dkg:MedicinalProduct ;
    rdfs:label "Testomab pen"@en .

id:testomab
    a owl:NamedIndividual , dkg:MonoclonalAntibody ;
    rdfs:label "testomab"@en .

id:cd20
    a owl:NamedIndividual , dkg:TargetProtein ;
    rdfs:label "CD20"@en .

id:curators
    a owl:NamedIndividual , dkg:Agent ;
    rdfs:label "the curators"@en .

id:page-scheme
    a owl:NamedIndividual , dkg:FrequencyScheme ;
    rdfs:label "frequency words of the page"@en .

dkg:PageCommon
    a owl:NamedIndividual , dkg:FrequencyCategory ;
    rdfs:label "common"@en ;
    skos:inScheme id:page-scheme ;
    dkg:lowerBound 0.01 ;
    dkg:lowerInclusive false ;
    dkg:upperBound 1.0 ;
    dkg:upperInclusive true .

obo:OAE_0000498
    a owl:Class , dkg:Effect ;
    rdfs:label "urinary tract infection AE"@en ;
    dkg:mappingGrade "A" ;
    dkg:verifiedIn "OAE" .

efo:EFO_0003885
    a owl:Class , dkg:Effect ;
    rdfs:label "obsolete multiple sclerosis"@en ;
    owl:deprecated true ;
    dcterms:isReplacedBy obo:OAE_0000498 .

obo:ECO_0006155
    a owl:Class ;
    rdfs:label "a type of evidence"@en ;
    dkg:mappingGrade "A" ;
    dkg:verifiedIn "ECO" .

src:page
    a owl:NamedIndividual , dkg:SourceDocument ;
    rdfs:label "a page"@en ;
    dcterms:title "Testomab"@en ;
    dcterms:publisher id:curators ;
    dcterms:rights "no licence stated in the document"@en ;
    dkg:reusePolicy dkg:FactsAndLocators ;
    dkg:registerPrefix "T" ;
    dkg:registerSize 2 .
"""

PAGE = """\
@prefix biolink: <https://w3id.org/biolink/vocab/> .
@prefix dkg: <https://w3id.org/drugkg/vocab#> .
@prefix efo: <http://www.ebi.ac.uk/efo/> .
@prefix id: <https://w3id.org/drugkg/id/> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix src: <https://w3id.org/drugkg/source/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

id:claim-infections
    a dkg:SideEffectClaim ;
    rdfs:label "Urinary tract infections are a side effect"@en ;
    dkg:aboutProduct id:testomab-pen ;
    dkg:effect obo:OAE_0000498 ;
    dkg:frequency [
        a dkg:FrequencyStatement ;
        dkg:asStated "more than 1 in 100"@en ;
        dkg:category dkg:PageCommon ;
        dkg:lowerBound 0.01 ;
        dkg:lowerInclusive false ;
        dkg:upperBound 1.0 ;
        dkg:upperInclusive true ;
        dkg:statedBy _:T1
    ] ;
    dkg:hasEvidenceLine _:T1 , _:T2 .

_:T1
    a dkg:EvidenceLine ;
    dkg:registerNumber "T001" ;
    prov:wasDerivedFrom src:page ;
    dkg:locator [
        dkg:sectionTitle "Common side effects"@en ;
        dkg:line 68
    ] ;
    biolink:has_evidence_of_type obo:ECO_0006155 ;
    biolink:knowledge_level "knowledge_assertion" ;
    biolink:agent_type "manual_agent" ;
    prov:wasAttributedTo id:curators ;
    dkg:direction dkg:Supports ;
    dkg:modality dkg:Is .

_:T2
    a dkg:EvidenceLine ;
    dkg:registerNumber "T002" ;
    prov:wasDerivedFrom src:page ;
    dkg:locator [
        dkg:sectionTitle "Summary"@en ;
        dkg:line 7
    ] ;
    biolink:has_evidence_of_type obo:ECO_0006155 ;
    biolink:knowledge_level "knowledge_assertion" ;
    biolink:agent_type "manual_agent" ;
    prov:wasAttributedTo id:curators ;
    dkg:direction dkg:Supports ;
    dkg:modality dkg:Is .
"""


def inputs(tmp_path: Path, page: str, terms: str = TERMS) -> Inputs:
    facts = tmp_path / "facts"
    (facts / "testomab").mkdir(parents=True, exist_ok=True)
    (facts / "terms.ttl").write_text(terms, encoding="utf-8")
    (facts / "testomab" / "page.ttl").write_text(page, encoding="utf-8")
    return Inputs(facts=facts, ontology=ONTOLOGY)


def found(tmp_path: Path, page: str) -> tuple[Violation, ...]:
    return check(lambda _: None, inputs(tmp_path, page))


def test_the_unbroken_file_is_accepted(tmp_path: Path) -> None:
    assert found(tmp_path, PAGE) == ()


class Fault(NamedTuple):
    """One edit that breaks the page, and what the message about it says."""

    old: str
    new: str
    at: str  # the text, after the edit, on the line that the message names
    says: str


FAULTS = {
    "syntax error": Fault("_:T1 , _:T2 .", "_:T1 , _:T2", at="\n_:T1", says="A dot is expected"),
    "unknown prefix": Fault(
        "dkg:effect obo:", "dkg:effect oae:", at="oae:", says="prefix oae: has not been declared"
    ),
    "misspelt property": Fault(
        "dkg:aboutProduct",
        "dkg:abuotProduct",
        at="dkg:abuotProduct",
        says="dkg:abuotProduct is not a property that ontology/drug.ttl declares; "
        "did you mean dkg:aboutProduct?",
    ),
    "misspelt class": Fault(
        "a dkg:SideEffectClaim",
        "a dkg:SideEfectClaim",
        at="a dkg:SideEfectClaim",
        says="dkg:SideEfectClaim is not a declared class; did you mean dkg:SideEffectClaim?",
    ),
    "misspelt individual": Fault(
        "dkg:category dkg:PageCommon",
        "dkg:category dkg:PageComon",
        at="dkg:PageComon",
        says="dkg:PageComon is described nowhere; did you mean dkg:PageCommon?",
    ),
    "thing that nobody describes": Fault(
        "dkg:aboutProduct id:testomab-pen",
        "dkg:aboutProduct id:testomab-syringe",
        at="id:testomab-syringe",
        says="id:testomab-syringe is described nowhere",
    ),
    "term without a label": Fault(
        "dkg:effect obo:OAE_0000498",
        "dkg:effect obo:OAE_0000499",
        at="obo:OAE_0000499",
        says="obo:OAE_0000499 has no rdfs:label in kg/facts",
    ),
    "deprecated code": Fault(
        "dkg:effect obo:OAE_0000498",
        "dkg:effect efo:EFO_0003885",
        at="efo:EFO_0003885",
        says="efo:EFO_0003885 is deprecated; use obo:OAE_0000498",
    ),
    "value outside its datatype": Fault(
        "dkg:line 68",
        'dkg:line "sixty-eight"^^xsd:positiveInteger',
        at="sixty-eight",
        says='"sixty-eight"^^xsd:positiveInteger is not a value of its datatype',
    ),
    "blank node that belongs to nothing": Fault(
        "_:T1 , _:T2 .",
        "_:T1 .",
        at='a dkg:EvidenceLine ;\n    dkg:registerNumber "T002"',
        says="_:T2: nothing refers to this blank node",
    ),
    "two evidence lines for one place": Fault(
        '"Summary"@en ;\n        dkg:line 7',
        '"Common side effects"@en ;\n        dkg:line 68',
        at='a dkg:EvidenceLine ;\n    dkg:registerNumber "T002"',
        says="make the two differ (evidence lines: by their locators)",
    ),
    "claim without evidence": Fault(
        "dkg:hasEvidenceLine _:T1 , _:T2 .",
        "dkg:because id:claim-other .\nid:claim-other a dkg:SideEffectClaim ;\n"
        "    dkg:hasEvidenceLine _:T1 , _:T2 .",
        at="a dkg:SideEffectClaim",
        says="dkg:hasEvidenceLine",
    ),
    "claim on a substance": Fault(
        "dkg:aboutProduct id:testomab-pen",
        "dkg:aboutProduct id:testomab",
        at="dkg:aboutProduct id:testomab",
        says="dkg:aboutProduct id:testomab)",
    ),
    "evidence line without section": Fault(
        'dkg:sectionTitle "Common side effects"@en ;',
        "",
        at="dkg:line 68",
        says="dkg:sectionTitle",
    ),
    "evidence line without source": Fault(
        '"T001" ;\n    prov:wasDerivedFrom src:page ;',
        '"T001" ;',
        at="a dkg:EvidenceLine",
        says="prov:wasDerivedFrom",
    ),
    "lower bound above upper bound": Fault(
        "dkg:lowerBound 0.01",
        "dkg:lowerBound 1.01",
        at="dkg:lowerBound 1.01",
        says="dkg:upperBound",
    ),
    "wrong type of evidence": Fault(
        "has_evidence_of_type obo:ECO_0006155 ;\n    biolink:knowledge_level",
        "has_evidence_of_type obo:OAE_0000498 ;\n    biolink:knowledge_level",
        at="has_evidence_of_type obo:OAE_0000498",
        says="obo:OAE_0000498",
    ),
    "unknown knowledge level": Fault(
        '"knowledge_assertion"', '"hearsay"', at='"hearsay"', says='"hearsay"'
    ),
    "register number used twice": Fault(
        '"T002"', '"T001"', at="a dkg:EvidenceLine", says="same dkg:registerNumber"
    ),
}


def broken(fault: Fault) -> tuple[str, int]:
    """Return the page with *fault*, and the line on which it should be reported."""
    assert fault.old in PAGE
    page = PAGE.replace(fault.old, fault.new, 1)
    before = page.index(fault.at) + fault.at.startswith("\n")
    return page, page[:before].count("\n") + 1


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_broken_file_is_refused_with_file_line_and_fault(tmp_path: Path, fault: Fault) -> None:
    page, line = broken(fault)
    said = [
        violation
        for violation in found(tmp_path, page)
        if (violation.file, violation.line)
        == (str(tmp_path / "facts" / "testomab" / "page.ttl"), line)
    ]
    assert [v.message for v in said if fault.says in str(v)]


def test_a_broken_file_stops_the_build_and_leaves_the_release(tmp_path: Path) -> None:
    out = tmp_path / "release"
    before = build(out, lambda _: None, inputs(tmp_path, PAGE))
    page, _ = broken(FAULTS["misspelt property"])
    with pytest.raises(FactsError, match=r"page\.ttl:14: id:claim-infections: dkg:abuotProduct"):
        build(out, lambda _: None, inputs(tmp_path, page))
    assert (out / "manifest.json").is_file()
    shutil.rmtree(tmp_path / "facts")
    assert build(tmp_path / "again", lambda _: None, inputs(tmp_path, PAGE)) == before
