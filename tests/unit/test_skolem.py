"""Names for blank nodes: stable, telling, and never shared."""

import random
import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.skolem import Named, skolemise, skolemise_ontology
from kg.terms import DKG, GENID, ID, curie
from kg.turtle import Document, parse

PREFIXES = """
@prefix dkg: <https://w3id.org/drugkg/vocab#> .
@prefix id: <https://w3id.org/drugkg/id/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix src: <https://w3id.org/drugkg/source/> .
"""
FUNCTIONAL = {DKG + "locator"}
EVIDENCE = """
_:F1 a dkg:EvidenceLine ; prov:wasDerivedFrom src:page ; dkg:locator [ dkg:line 3 ] .
_:F2 a dkg:EvidenceLine ; prov:wasDerivedFrom src:page ; dkg:locator [ dkg:line 4 ] .
"""


def read(tmp_path: Path, text: str, name: str = "some.ttl") -> Document:
    path = tmp_path / name
    path.write_text(PREFIXES + text, encoding="utf-8")
    return parse(path, "http://g")


def named(tmp_path: Path, text: str) -> Named:
    return skolemise([read(tmp_path, text)], FUNCTIONAL)


def nodes(found: Named) -> set[str]:
    assert found.violations == ()
    return {curie(iri) for iri in found.minted}


def only_message(found: Named) -> str:
    (violation,) = found.violations
    return str(violation)


def test_a_node_is_named_after_its_owner_and_its_role(tmp_path: Path) -> None:
    (name,) = nodes(named(tmp_path, "id:kesimpta dkg:hasPresentation [ dkg:note 'pen' ] ."))
    assert re.fullmatch(r"id:kesimpta-presentation-[0-9a-f]{8}", name)


def test_a_functional_role_needs_no_hash_and_names_nest(tmp_path: Path) -> None:
    found = named(tmp_path, "id:c dkg:hasEvidenceLine [ dkg:locator [ dkg:line 3 ] ] .")
    outer, inner = sorted(nodes(found), key=len)
    assert re.fullmatch(r"id:c-evidence-line-[0-9a-f]{8}", outer)
    assert inner == f"{outer}-locator"


def test_no_blank_node_is_left(tmp_path: Path) -> None:
    found = named(tmp_path, EVIDENCE + "id:c dkg:hasEvidenceLine _:F1 , _:F2 ; dkg:list ( 1 2 ) .")
    assert found.violations == ()
    terms = [term for s in found.documents[0].statements for term in (s.subject, s.object)]
    assert not any(isinstance(term, ox.BlankNode) for term in terms)


def test_names_do_not_depend_on_order_or_labels(tmp_path: Path) -> None:
    claim = "id:c dkg:hasEvidenceLine _:F1 , _:F2 ; dkg:frequency [ dkg:note 'a' ; dkg:count 2 ] ."
    lines = [*EVIDENCE.strip().splitlines(), claim]
    expected = nodes(named(tmp_path, "\n".join(lines)))
    for seed in range(5):
        random.Random(seed).shuffle(lines)  # noqa: S311 (an order, not a secret)
        text = "\n".join(lines).replace("_:F1", f"_:other{seed}")
        assert nodes(named(tmp_path, text)) == expected


def test_an_evidence_line_is_known_by_its_source_and_locator_alone(tmp_path: Path) -> None:
    plain = nodes(named(tmp_path, EVIDENCE + "id:c dkg:hasEvidenceLine _:F1 , _:F2 ."))
    remarked = EVIDENCE + "_:F1 dkg:note 'reworded' . id:c dkg:hasEvidenceLine _:F1 , _:F2 ."
    assert nodes(named(tmp_path, remarked)) == plain


def test_the_evidence_of_a_frequency_does_not_own_it(tmp_path: Path) -> None:
    text = "id:c dkg:hasEvidenceLine _:F1 ; dkg:frequency [ dkg:statedBy _:F1 ] ."
    found = named(tmp_path, EVIDENCE.splitlines()[1] + text)
    assert len(nodes(found)) == 3


def test_the_same_words_in_two_places_are_two_frequencies(tmp_path: Path) -> None:
    text = """id:c dkg:hasEvidenceLine _:F1 , _:F2 ;
        dkg:frequency [ dkg:note "1 in 100" ; dkg:statedBy _:F1 ] ,
            [ dkg:note "1 in 100" ; dkg:statedBy _:F2 ] ."""
    found = named(tmp_path, EVIDENCE + text)
    assert len([name for name in nodes(found) if "frequency" in name]) == 2


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("_:n dkg:note 'alone' .", "nothing refers to this blank node"),
        ("id:a dkg:x _:n . id:b dkg:y _:n .", "id:a by dkg:x and id:b by dkg:y refer to this"),
        ("id:a dkg:x [ dkg:n 1 ] , [ dkg:n 1 ] .", "has the same name"),
        ("id:a dkg:locator [ dkg:n 1 ] . id:a-locator dkg:n 2 .", "has the same name"),
    ],
)
def test_a_node_without_a_name_of_its_own_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    message = only_message(named(tmp_path, text))
    assert re.search(r"some\.ttl:6: ", message)
    assert fault in message


def test_two_evidence_lines_for_the_same_place_are_refused(tmp_path: Path) -> None:
    text = EVIDENCE.replace("line 4", "line 3") + "id:c dkg:hasEvidenceLine _:F1 , _:F2 ."
    violations = named(tmp_path, text).violations
    assert violations
    assert "by their locators" in violations[0].message


def test_nodes_that_own_each_other_are_refused(tmp_path: Path) -> None:
    found = named(tmp_path, "_:a dkg:x _:b . _:b dkg:x _:a .")
    assert {violation.message for violation in found.violations} == {
        "this blank node stands below itself"
    }


def test_the_same_name_in_two_files_is_refused(tmp_path: Path) -> None:
    documents = [
        read(tmp_path, "id:a dkg:locator [ dkg:n 1 ] .", "one.ttl"),
        read(tmp_path, "id:a dkg:locator [ dkg:n 2 ] .", "two.ttl"),
    ]
    message = only_message(skolemise(documents, FUNCTIONAL))
    assert "two.ttl:6: id:a-locator: another node, in " in message
    assert "one.ttl:6" in message


def test_axioms_get_well_known_names(tmp_path: Path) -> None:
    text = "dkg:A dkg:x [ dkg:y dkg:B ; dkg:z ( dkg:C ) ] . dkg:D dkg:x [ dkg:y dkg:B ] ."
    ontology = skolemise_ontology(read(tmp_path, text))
    made = {s.subject.value for s in ontology.statements if not s.subject.value.startswith(DKG)}
    assert len(made) == 3
    assert all(re.fullmatch(re.escape(GENID) + r"[0-9a-f]{16}", iri) for iri in made)
    assert not any(isinstance(s.object, ox.BlankNode) for s in ontology.statements)
    assert not any(ID in iri for iri in made)
