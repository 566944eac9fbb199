"""Shapes: what they find, where it stands, and that the swapped engine finds the same."""

from pathlib import Path

import pyshacl
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH

from kg.errors import ShapesError
from kg.turtle import Document, parse
from kg.validate import Report, validate

PREFIXES = """
@prefix d: <https://w3id.org/drugkg/vocab#> .
@prefix id: <https://w3id.org/drugkg/id/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
"""
SHAPES = """
d:ClaimShape a sh:NodeShape ; sh:targetClass d:Claim ;
    sh:property [ sh:path d:product ; sh:class d:Product ; sh:message "not about a product" ] ;
    sh:property [ sh:path d:evidence ; sh:minCount 1 ; sh:message "claim without evidence" ] ;
    sh:property [ sh:path d:note ; sh:maxCount 0 ; sh:severity sh:Warning ; sh:message "a note" ] ;
    sh:sparql [ sh:message "the lower bound {?low} is above the upper bound {?high}" ;
        sh:select '''PREFIX d: <https://w3id.org/drugkg/vocab#>
            SELECT $this ?low ?high WHERE {
                $this d:lowerBound ?low ; d:upperBound ?high . FILTER(?low > ?high) }''' ] ;
    sh:sparql [ sh:message "has no label, or shares it" ;
        sh:select '''PREFIX d: <https://w3id.org/drugkg/vocab#>
            PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
            SELECT $this ?value WHERE {
                { FILTER NOT EXISTS { $this rdfs:label ?any } }
                UNION { $this rdfs:label ?value . ?other rdfs:label ?value
                        FILTER(?other != $this) } }''' ] .
"""
FACTS = """
d:SideEffectClaim rdfs:subClassOf d:Claim .
id:kesimpta a d:Product .
id:good a d:Claim ;
    rdfs:label "good" ;
    d:product id:kesimpta ;
    d:evidence id:page ;
    d:lowerBound 0.10 ;
    d:upperBound 0.5 .
id:bad a d:SideEffectClaim ;
    rdfs:label "twice"@en ;
    d:product id:ofatumumab ;
    d:note "why" ;
    d:lowerBound 0.70 ;
    d:upperBound 0.5 .
id:worse a d:Claim ;
    rdfs:label "twice"@en ;
    d:evidence id:page .
id:worst a d:Claim .
"""


def read(tmp_path: Path, name: str, text: str) -> Document:
    path = tmp_path / f"{name}.ttl"
    path.write_text(PREFIXES + text, encoding="utf-8")
    return parse(path, f"http://{name}")


def report(tmp_path: Path, facts: str = FACTS, shapes: str = SHAPES) -> Report:
    return validate([read(tmp_path, "facts", facts)], read(tmp_path, "shapes", shapes))


def line(start: str) -> int:
    lines = (PREFIXES + FACTS).splitlines()
    (found,) = [number for number, text in enumerate(lines, 1) if text.strip().startswith(start)]
    return found


def test_each_violation_names_its_line_node_and_message(tmp_path: Path) -> None:
    found = {(v.line, v.node, v.message) for v in report(tmp_path).violations}
    shared = "has no label, or shares it"
    assert found == {
        (line("id:bad"), "id:bad", "claim without evidence (dkg:evidence)"),
        (
            line("d:product id:ofatumumab"),
            "id:bad",
            "not about a product (dkg:product id:ofatumumab)",
        ),
        (line("id:bad"), "id:bad", "the lower bound 0.7 is above the upper bound 0.5"),
        (line("id:bad"), "id:bad", f'{shared} ("twice")'),
        (line("id:worse"), "id:worse", f'{shared} ("twice")'),
        (line("id:worst"), "id:worst", "claim without evidence (dkg:evidence)"),
        (line("id:worst"), "id:worst", shared),
    }


def test_a_warning_is_not_a_violation(tmp_path: Path) -> None:
    (warning,) = report(tmp_path).warnings
    assert warning.file.endswith("facts.ttl")
    assert warning.line == line("d:note")
    assert warning.message == "a note (dkg:note)"


def test_pyshacl_with_its_own_engine_finds_the_same_nodes(tmp_path: Path) -> None:
    found = report(tmp_path)
    data = Graph().parse(tmp_path / "facts.ttl")
    _, results, _ = pyshacl.validate(data, shacl_graph=Graph().parse(tmp_path / "shapes.ttl"))
    assert isinstance(results, Graph)
    nodes = [
        results.value(r, SH.focusNode) for r in results.subjects(RDF.type, SH.ValidationResult)
    ]
    slugs = [node.rpartition("/")[2] for node in nodes if isinstance(node, URIRef)]
    ours = [v.node.removeprefix("id:") for v in (*found.violations, *found.warnings)]
    assert sorted(slugs) == sorted(ours)


@pytest.mark.parametrize(
    "shapes",
    [
        "d:S a sh:NodeShape ; sh:targetClass d:Claim ; sh:minCount 1 .",
        """d:S a sh:NodeShape ; sh:targetClass d:Claim ;
            sh:sparql [ sh:select "SELECT $this WHERE { $this" ] .""",
        """d:S a sh:NodeShape ; sh:targetClass d:Claim ;
            sh:sparql [ sh:select "SELECT $this WHERE { $this d:undeclared ?prefix }" ] .""",
    ],
)
def test_shapes_that_cannot_be_used_are_refused_by_name(tmp_path: Path, shapes: str) -> None:
    with pytest.raises(ShapesError, match=r"shapes\.ttl: "):
        report(tmp_path, shapes=shapes)
