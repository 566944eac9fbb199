"""Terms that nobody declared, described or still stands by."""

from pathlib import Path

import pytest

from kg.terms import DKG
from kg.turtle import parse
from kg.vocabulary import Vocabulary, check_vocabulary, functional

PREFIXES = """
@prefix dkg: <https://w3id.org/drugkg/vocab#> .
@prefix id: <https://w3id.org/drugkg/id/> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix src: <https://w3id.org/drugkg/source/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
ONTOLOGY = """
dkg:Claim a owl:Class .
dkg:Effect a owl:Class .
dkg:Modality a owl:Class .
dkg:May a owl:NamedIndividual , dkg:Modality .
dkg:effect a owl:ObjectProperty .
dkg:modality a owl:ObjectProperty , owl:FunctionalProperty .
dkg:every a owl:DatatypeProperty .
dcterms:isReplacedBy a owl:AnnotationProperty .
obo:IAO_0100001 a owl:AnnotationProperty .
"""
FACTS = """
id:headache a dkg:Effect .
obo:OAE_1 a dkg:Effect ; rdfs:label "cold" .
obo:OAE_2 a owl:Class ; rdfs:label "obsolete cold" ; owl:deprecated true ;
    dcterms:isReplacedBy obo:OAE_1 .
obo:OAE_3 a owl:Class ; rdfs:label "obsolete chill" ; owl:deprecated true .
"""
NOT_DECLARED = "is not a property that ontology/drug.ttl declares"
FIRST_LINE = (PREFIXES + FACTS).count("\n") + 1


def messages(tmp_path: Path, text: str, ontology: str = ONTOLOGY) -> list[str]:
    (tmp_path / "drug.ttl").write_text(PREFIXES + ontology, encoding="utf-8")
    (tmp_path / "some.ttl").write_text(PREFIXES + FACTS + text, encoding="utf-8")
    declared = parse(tmp_path / "drug.ttl", "http://o")
    facts = parse(tmp_path / "some.ttl", "http://g")
    found = check_vocabulary(Vocabulary.of(declared, [facts]), declared, [facts])
    prefix = f"{tmp_path}/"
    return [str(violation).removeprefix(prefix) for violation in found]


def test_what_is_declared_and_described_passes(tmp_path: Path) -> None:
    text = """id:c a dkg:Claim ; rdfs:label "c" ; dkg:effect id:headache , obo:OAE_1 ;
        dkg:modality dkg:May ; dkg:every "P1M"^^xsd:duration ; dkg:effect <http://other/x> ."""
    assert messages(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "id:c a dkg:Claim ; dkg:efect id:headache .",
            f"id:c: dkg:efect {NOT_DECLARED}; did you mean dkg:effect?",
        ),
        (
            "id:c a dkg:Clain .",
            "id:c: dkg:Clain is not a declared class; did you mean dkg:Claim?",
        ),
        (
            "id:c a dkg:Claim ; dkg:modality dkg:Maay .",
            "id:c: dkg:Maay is described nowhere; did you mean dkg:May?",
        ),
        (
            "id:c a dkg:Claim ; dkg:effect id:headake .",
            "id:c: id:headake is described nowhere; did you mean id:headache?",
        ),
        (
            "id:c a dkg:Claim ; dkg:effect src:elsewhere .",
            "id:c: src:elsewhere is described nowhere",
        ),
        (
            "id:c a dkg:Claim ; dkg:effect obo:OAE_9 .",
            "id:c: obo:OAE_9 has no rdfs:label in kg/facts",
        ),
        (
            "id:c a dkg:Claim ; dkg:effect obo:OAE_2 .",
            "id:c: obo:OAE_2 is deprecated; use obo:OAE_1",
        ),
        ("id:c a dkg:Claim ; dkg:effect obo:OAE_3 .", "id:c: obo:OAE_3 is deprecated"),
        (
            "id:c rdfs:label 'c' ; rdfs:label 'see' .",
            "id:c: id:c has no rdf:type anywhere",
        ),
        (
            "id:c a dkg:Claim ; rdfs:lable 'c' .",
            f"id:c: rdfs:lable {NOT_DECLARED}; did you mean rdfs:label?",
        ),
        (
            "id:c a dkg:Claim ; dkg:every 'P1M'^^xsd:durtion .",
            "id:c: xsd:durtion is not a datatype; did you mean xsd:duration?",
        ),
        (
            "id:c a dkg:Claim ; dkg:every 'P1W'^^xsd:duration .",
            'id:c: "P1W"^^xsd:duration is not a value of its datatype',
        ),
    ],
)
def test_each_fault_is_named_once_with_its_place(tmp_path: Path, text: str, fault: str) -> None:
    found = messages(tmp_path, text)
    assert [message for message in found if "some.ttl" in message] == [
        f"some.ttl:{FIRST_LINE}: {fault}"
    ]


@pytest.mark.parametrize("predicate", ["dcterms:isReplacedBy", "obo:IAO_0100001"])
def test_supersession_may_speak_of_deprecated_terms(tmp_path: Path, predicate: str) -> None:
    assert messages(tmp_path, f"obo:OAE_3 {predicate} obo:OAE_2 .") == []


def test_a_mapping_may_name_a_term_that_only_others_describe(tmp_path: Path) -> None:
    text = "id:m a dkg:Claim ; <https://w3id.org/sssom/object_id> obo:NCIT_1 ."
    declared = "<https://w3id.org/sssom/object_id> a owl:AnnotationProperty ."
    assert messages(tmp_path, text, ONTOLOGY + declared) == []


def test_a_property_is_declared_by_the_ontology_and_not_by_facts(tmp_path: Path) -> None:
    text = "dkg:mine a owl:ObjectProperty . id:c a dkg:Claim ; dkg:mine id:headache ."
    (message,) = messages(tmp_path, text)
    assert "dkg:mine is not a property" in message


def test_the_ontology_is_held_to_its_own_words(tmp_path: Path) -> None:
    (message,) = messages(tmp_path, "", ONTOLOGY + "dkg:Cold a owl:Class ; dkg:is dkg:Claim .")
    assert message.startswith("drug.ttl:")
    assert "dkg:is is not a property" in message


def test_functional_properties_are_those_declared_so(tmp_path: Path) -> None:
    (tmp_path / "drug.ttl").write_text(PREFIXES + ONTOLOGY, encoding="utf-8")
    assert functional(parse(tmp_path / "drug.ttl", "http://o")) == {DKG + "modality"}
