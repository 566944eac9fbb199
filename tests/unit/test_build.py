"""The order of the steps, and when a release is out of date."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from kg.build import build, check, is_stale
from kg.errors import FactsError
from kg.paths import Inputs
from kg.release import MANIFEST, QUADS, Manifest
from kg.terms import DERIVED_GRAPH, INFERRED_GRAPH, ONTOLOGY_GRAPH, graph_iri

PREFIXES = """
@prefix dkg: <https://w3id.org/drugkg/vocab#> .
@prefix id: <https://w3id.org/drugkg/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
"""
FILES = {
    "ontology/drug.ttl": """
        dkg:Product a owl:Class .
        dkg:Pack a owl:Class .
        dkg:hasPack a owl:ObjectProperty .
        dkg:packOf a owl:ObjectProperty .
        dkg:size a owl:DatatypeProperty , owl:FunctionalProperty .""",
    "ontology/shapes.ttl": """
        dkg:PackShape a sh:NodeShape ; sh:targetClass dkg:Pack ;
            sh:property [ sh:path dkg:size ; sh:minCount 1 ; sh:message "a pack has a size" ] ;
            sh:property [ sh:path dkg:size ; sh:maxInclusive 9 ; sh:severity sh:Warning ;
                sh:message "a large pack" ] .""",
    "facts/pen/page.ttl": "id:pen a dkg:Product ; dkg:hasPack [ a dkg:Pack ; dkg:size 1 ] .",
}
RULE = """PREFIX dkg: <https://w3id.org/drugkg/vocab#>
    CONSTRUCT { ?pack dkg:packOf ?product } WHERE { ?product dkg:hasPack ?pack }"""


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(PREFIXES + text, encoding="utf-8")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "pack-of.rq").write_text(RULE, encoding="utf-8")
    return Inputs(tmp_path / "facts", tmp_path / "ontology", tmp_path / "rules")


def page(inputs: Inputs) -> Path:
    return inputs.facts / "pen" / "page.ttl"


def edit(inputs: Inputs, old: str, new: str) -> None:
    text = page(inputs).read_text(encoding="utf-8")
    assert old in text
    page(inputs).write_text(text.replace(old, new), encoding="utf-8")


def messages(inputs: Inputs) -> Iterator[str]:
    return (violation.message for violation in check(lambda _: None, inputs))


def test_each_file_is_a_graph_beside_ontology_and_derived(tmp_path: Path, inputs: Inputs) -> None:
    manifest = build(tmp_path / "out", lambda _: None, inputs)
    assert manifest.graphs == {
        DERIVED_GRAPH: 2,  # with what it says of itself, as the next
        INFERRED_GRAPH: 1,
        ONTOLOGY_GRAPH: 6,
        graph_iri("pen/page"): 4,
    }
    text = gzip.decompress((tmp_path / "out" / QUADS).read_bytes()).decode()
    assert "_:" not in text  # no blank nodes in a release
    assert "PackShape" not in text
    assert {name for name in manifest.inputs if not name.endswith(".py")} == {
        "kg/facts/pen/page.ttl",
        "kg/rules/pack-of.rq",
        "ontology/drug.ttl",
        "ontology/shapes.ttl",
    }
    assert "kg/compare.py" in manifest.inputs  # what makes figures of its own


def test_every_step_says_what_it_did(tmp_path: Path, inputs: Inputs) -> None:
    edit(inputs, "size 1", "size 10")
    said: list[str] = []
    build(tmp_path / "out", said.append, inputs)
    assert said[0] == "read 4 triples from 1 fact files"
    assert any(line.startswith("warning: ") and "a large pack" in line for line in said)
    assert "derived 1 triples" in said
    assert said[-1].startswith("wrote 13 quads in 4 graphs")


def test_a_later_step_waits_until_an_earlier_one_finds_nothing(inputs: Inputs) -> None:
    edit(inputs, "dkg:size 1", "dkg:sise 1 ; dkg:hasPack id:other")
    assert list(messages(inputs)) == [
        "dkg:sise is not a property that ontology/drug.ttl declares; did you mean dkg:size?",
        "id:other is described nowhere",
    ]
    edit(inputs, "dkg:sise 1 ; dkg:hasPack id:other", "")
    assert list(messages(inputs)) == ["a pack has a size (dkg:size)"]
    edit(inputs, "id:pen a", "id:pen b")
    (message,) = messages(inputs)
    assert message.startswith("syntax error")


def test_what_check_finds_stops_the_build(tmp_path: Path, inputs: Inputs) -> None:
    edit(inputs, "dkg:size 1", "")
    with pytest.raises(FactsError) as refused:
        build(tmp_path / "out", lambda _: None, inputs)
    assert refused.value.violations == check(lambda _: None, inputs)
    assert not (tmp_path / "out").exists()


def test_a_release_is_stale_when_there_is_none_or_an_input_changed(
    tmp_path: Path, inputs: Inputs
) -> None:
    out = tmp_path / "out"
    assert is_stale(out, inputs)
    build(out, lambda _: None, inputs)
    assert not is_stale(out, inputs)
    edit(inputs, "size 1", "size 2")
    assert is_stale(out, inputs)
    edit(inputs, "size 2", "size 1")
    assert not is_stale(out, inputs)
    page(inputs).with_name("leaflet.ttl").touch()
    assert is_stale(out, inputs)


def test_a_release_that_was_not_made_from_facts_is_left_as_it_is(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    other = Manifest("0", 1, {"urn:x:graph": 1}, {}, {}, {})  # as a benchmark writes it
    (out / MANIFEST).write_text(json.dumps(asdict(other)), encoding="utf-8")
    assert not is_stale(out)


def test_a_release_is_stale_when_another_program_or_tool_made_it(
    tmp_path: Path, inputs: Inputs
) -> None:
    out = tmp_path / "out"
    build(out, lambda _: None, inputs)
    manifest = out / MANIFEST
    text = manifest.read_text(encoding="utf-8")
    for name in ("kg/compare.py", "pyoxigraph"):
        changed = re.sub(f'("{name}": ")[^"]+', r"\g<1>0", text)
        assert changed != text
        manifest.write_text(changed, encoding="utf-8")
        assert is_stale(out, inputs)
