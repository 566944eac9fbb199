"""What follows from the curated medicines, what does not, and what cannot be."""

import gzip
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build import check
from kg.entail import entail
from kg.errors import FactsError
from kg.paths import FACTS, ONTOLOGY, RULES, Inputs
from kg.reason import ContradictionError, infer
from kg.release import QUADS
from kg.skolem import skolemise, skolemise_ontology
from kg.terms import DERIVED_GRAPH, INFERRED_GRAPH, PREFIXES, curie
from kg.theory import MOST_INDIVIDUALS, Theory
from kg.turtle import Document, load_facts, load_ontology, parse
from kg.vocabulary import Vocabulary, functional

HEAD = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
EXAMPLE = "@prefix : <https://example.org/> .\n"
DIMETHYL_ETHER = """
    obo:CHEBI_28887 a owl:Class ;
        rdfs:label "dimethyl ether" ;
        rdfs:subClassOf dkg:SmallMolecule .
"""


def theory(turtle: str) -> Theory:
    store = ox.Store()
    graph = ox.NamedNode("https://example.org/graph")
    store.extend(
        ox.Quad(named(quad.subject), quad.predicate, named(quad.object), graph)
        for quad in ox.parse(HEAD + EXAMPLE + turtle, format=ox.RdfFormat.TURTLE)
    )
    return Theory.of(store)


def named(term: object) -> ox.NamedNode:
    assert isinstance(term, ox.NamedNode | ox.BlankNode)
    return ox.NamedNode(f"urn:{term.value}") if isinstance(term, ox.BlankNode) else term


def shown(triples: Iterable[ox.Triple]) -> set[str]:
    return {
        " ".join(curie(term.value) for term in triple if isinstance(term, ox.NamedNode))
        for triple in triples
    }


@pytest.fixture(scope="module")
def quads(release: Path) -> ox.Store:
    found = ox.Store()
    text = gzip.decompress((release / QUADS).read_bytes())
    found.bulk_load(text, format=ox.RdfFormat.N_QUADS)
    return found


@pytest.fixture(scope="module")
def inferred(quads: ox.Store) -> set[str]:
    graph = ox.NamedNode(INFERRED_GRAPH)
    return shown(quad.triple for quad in quads.quads_for_pattern(None, None, None, graph))


@pytest.fixture(scope="module")
def documents() -> tuple[Document, ...]:
    ontology = load_ontology(ONTOLOGY)
    named_facts = skolemise(load_facts(FACTS), functional(ontology))
    return skolemise_ontology(ontology), *named_facts.documents


@pytest.mark.parametrize(
    "triple",
    [
        "id:ofatumumab rdf:type dkg:AntiCD20Antibody",
        "id:ofatumumab rdf:type dkg:Substance",
        "id:kesimpta rdf:type dkg:AntiCD20Product",
        "id:bonspri rdf:type dkg:AntiCD20Product",
        "id:kesimpta rdf:type dkg:BCellDepletingTherapy",
        "id:ofatumumab dkg:actsOnCellType obo:CL_0000236",  # B cell
        "id:ofatumumab dkg:actsOnCellType obo:CL_0000787",  # memory B cell
        "id:ofatumumab dkg:sparesCellType obo:CL_0000786",  # plasma cell
        "id:active-rrms rdfs:subClassOf obo:MONDO_0005314",
        "id:active-rrms rdfs:subClassOf id:active-relapsing-ms",
        "id:chronic-active-hepatitis-b rdfs:subClassOf id:active-hepatitis-b",
        "id:active-breast-cancer rdfs:subClassOf id:active-malignancy",
        "dkg:AntiCD20Product rdfs:subClassOf dkg:MedicinalProduct",
    ],
)
def test_what_follows_is_inferred(inferred: set[str], triple: str) -> None:
    assert triple in inferred


@pytest.mark.parametrize(
    "pattern",
    [
        r"id:(aubagio|teriflunomide) rdf:type dkg:AntiCD20.*",
        r"id:aubagio rdf:type dkg:BCellDepletingTherapy",
        r".* dkg:sparesCellType obo:CL_0000236",
        r".* dkg:actsOnCellType obo:CL_0000786",
        r"id:clinically-isolated-syndrome rdfs:subClassOf .*",  # no source but the US says so
        r"id:active-spms rdfs:subClassOf id:(active-)?relapsing-ms",  # nor this
        r"obo:MONDO_0007254 rdfs:subClassOf id:active-malignancy",  # it may be in remission
        r"obo:MONDO_0005366 rdfs:subClassOf id:active-hepatitis-b",  # it may be inactive
        r".* owl:.*",
        r"id:claim-.*",
    ],
)
def test_what_does_not_follow_is_not_inferred(inferred: set[str], pattern: str) -> None:
    assert not [triple for triple in inferred if re.fullmatch(pattern, triple)]


def test_only_what_is_new_is_inferred(quads: ox.Store) -> None:
    graph = ox.NamedNode(INFERRED_GRAPH)
    for quad in quads.quads_for_pattern(None, None, None, graph):
        assert len(list(quads.quads_for_pattern(quad.subject, quad.predicate, quad.object))) == 1


@pytest.mark.parametrize("graph", [DERIVED_GRAPH, INFERRED_GRAPH])
def test_what_was_computed_says_so_of_its_graph(quads: ox.Store, graph: str) -> None:
    level = ox.NamedNode(PREFIXES["biolink"] + "knowledge_level")
    node = ox.NamedNode(graph)
    values = [quad.object for quad in quads.quads_for_pattern(node, level, None, node)]
    assert values == [ox.Literal("logical_entailment")]


@pytest.mark.parametrize(
    ("condition", "where"),
    [
        ("id:clinically-isolated-syndrome", {"us"}),
        ("id:active-spms", {"us"}),
        ("obo:MONDO_0005314", {"eu", "kw", "uk", "us"}),  # in the EU the leaflet, in the UK a page
        ("id:active-rrms", {"england", "eu", "kw", "scotland", "uk", "us"}),
        ("obo:MONDO_0000451", set()),  # primary progressive
    ],
)
def test_an_indication_covers_what_falls_under_its_own_words(
    quads: ox.Store, condition: str, where: set[str]
) -> None:
    text = f"""{HEAD.replace("@prefix", "PREFIX").replace(" .", "")}
        SELECT DISTINCT ?jurisdiction WHERE {{
            ?claim a dkg:IndicationClaim ; dkg:aboutProduct id:kesimpta ;
                dkg:coversCondition {condition} ; dkg:jurisdiction ?jurisdiction
        }}"""
    rows = quads.query(text, use_default_graph_as_union=True)
    assert isinstance(rows, ox.QuerySolutions)
    found = {row["jurisdiction"].value.removeprefix(PREFIXES["id"]) for row in rows}
    assert found >= where
    assert where or not found
    if condition in {"id:clinically-isolated-syndrome", "id:active-spms"}:
        assert found == where


def test_the_reasoner_is_told_no_claims_and_few_individuals(quads: ox.Store) -> None:
    told = Theory.of(quads)
    assert not [triple for triple in shown(told.triples) if triple.startswith("id:claim-")]
    assert 50 < len(told.individuals) < MOST_INDIVIDUALS / 2


def test_too_many_individuals_are_refused() -> None:
    many = "".join(f":s{n} a dkg:Substance . " for n in range(MOST_INDIVIDUALS + 1))
    with pytest.raises(FactsError, match=r"301 products.*more than the 300"):
        theory(many)


def test_a_pun_is_a_class_and_a_thing_apart() -> None:
    found = infer(
        theory("""
            dkg:CellType a owl:Class . :Odd a owl:Class ; rdfs:subClassOf dkg:CellType .
            :wide a owl:Class , :Odd . :narrow a owl:Class ; owl:equivalentClass
                [ a owl:Class ; owl:intersectionOf ( :wide :active ) ] . :active a owl:Class .
        """)
    )
    assert shown(found) == {
        f"<https://example.org/{one}> {relation} {other}"
        for one, relation, other in (
            ("wide", "rdf:type", "dkg:CellType"),
            ("narrow", "rdfs:subClassOf", "<https://example.org/wide>"),
            ("narrow", "rdfs:subClassOf", "<https://example.org/active>"),
        )
    }


def test_a_class_that_can_have_no_member_is_named() -> None:
    with pytest.raises(ContradictionError) as raised:
        infer(
            theory("""
                :A a owl:Class ; owl:disjointWith :B . :B a owl:Class .
                :C a owl:Class ; rdfs:subClassOf :A , :B .
            """)
        )
    assert raised.value.impossible == ox.NamedNode("https://example.org/C")
    assert shown(raised.value.heads) == {
        "<https://example.org/A> owl:disjointWith <https://example.org/B>",
        "<https://example.org/C> rdfs:subClassOf <https://example.org/A>",
        "<https://example.org/C> rdfs:subClassOf <https://example.org/B>",
    }


def test_axioms_that_are_not_owl_dl_are_refused_in_words() -> None:
    with pytest.raises(FactsError, match=r"cannot use the axioms: .*https://example\.org/p"):
        infer(
            theory("""
                :p a owl:ObjectProperty , owl:FunctionalProperty ;
                    owl:propertyChainAxiom ( :q :p ) . :q a owl:ObjectProperty .
            """)
        )


def test_no_java_is_needed_on_the_path(tmp_path: Path) -> None:
    program = (
        "from kg.reason import infer; from kg.theory import Theory; import pyoxigraph as ox;"
        "print(infer(Theory.of(ox.Store())))"
    )
    environment = os.environ | {"PATH": str(tmp_path)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "frozenset()\n", done.stderr


@pytest.mark.parametrize(
    ("edit", "reasons"),
    [
        (
            "id:ofatumumab a dkg:SmallMolecule .",
            [r"ofatumumab is a small molecule \(\S*edit\.ttl:\d+\)"],
        ),
        (
            DIMETHYL_ETHER + "id:ofatumumab skos:exactMatch obo:CHEBI_28887 .",
            [
                r"ofatumumab has exact match dimethyl ether \(\S*edit\.ttl:\d+\)",
                r"every dimethyl ether is a small molecule \(\S*edit\.ttl:\d+\)",
                r"derived: kg/rules/kinds-of-matches\.rq",
            ],
        ),
        (
            DIMETHYL_ETHER
            + """id:wrong a sssom:Mapping ; sssom:subject_id id:ofatumumab ;
                sssom:predicate_id skos:exactMatch ; sssom:object_id obo:CHEBI_28887 .""",
            [
                r"id:wrong subject identifier ofatumumab \(\S*edit\.ttl:\d+\)",
                r"id:wrong object identifier dimethyl ether \(\S*edit\.ttl:\d+\)",
            ],
        ),
    ],
    ids=["typed", "matched", "mapped"],
)
def test_an_antibody_is_no_small_molecule(
    tmp_path: Path, documents: tuple[Document, ...], edit: str, reasons: list[str]
) -> None:
    path = tmp_path / "edit.ttl"
    path.write_text(HEAD + edit, encoding="utf-8")
    edited = (*documents, parse(path, "https://example.org/edit"))
    store = ox.Store()
    for document in edited:
        store.extend(ox.Quad(s, p, o, document.graph) for s, p, o, _ in document.statements)
    properties = Vocabulary.of(edited[0], edited[1:]).properties
    with pytest.raises(FactsError) as refused:
        entail(store, edited, RULES, properties)
    (violation,) = refused.value.violations
    assert violation.message.startswith("these cannot all hold:\n")
    assert re.search(
        r"ofatumumab is a monoclonal antibody \(kg/facts/kesimpta/product\.ttl:\d+\)",
        violation.message,
    )
    assert re.search(
        r"nothing is both a monoclonal antibody and a small molecule \(ontology/drug\.ttl:\d+\)",
        violation.message,
    )
    for reason in reasons:
        assert re.search(reason, violation.message), violation.message


def test_check_reports_facts_that_contradict_the_ontology(tmp_path: Path) -> None:
    facts = tmp_path / "facts"
    shutil.copytree(FACTS, facts)
    with (facts / "kesimpta" / "product.ttl").open("a", encoding="utf-8") as product:
        product.write("\nid:ofatumumab a dkg:SmallMolecule .\n")
    (violation,) = check(lambda _: None, Inputs(facts=facts))
    assert violation.file.endswith("product.ttl")
    assert violation.node == "id:ofatumumab"
    assert "nothing is both a monoclonal antibody and a small molecule" in violation.message
