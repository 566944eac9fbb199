"""Each shape catches what it is for, and nothing else: one shape, one counter-example at least."""

import re
from functools import cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pyshacl
import pytest
from pyshacl.entrypoints import meta_validate
from rdflib import OWL, RDF, RDFS, SH, BNode, Graph, URIRef
from rdflib.namespace import DCTERMS, SKOS, Namespace
from rdflib.term import Node

from kg.paths import ONTOLOGY
from kg.terms import DKG

OA: Final = Namespace("http://www.w3.org/ns/oa#")
HERE: Final = Path(__file__).parent
VALID: Final = sorted((HERE / "valid").glob("*.ttl"))
INVALID: Final = sorted((HERE / "invalid").glob("*.ttl"))
MAPPINGS: Final = (
    SKOS.broadMatch,
    SKOS.closeMatch,
    SKOS.exactMatch,
    SKOS.narrowMatch,
    SKOS.relatedMatch,
)
DOWNWARD: Final = {  # lead to a part of a claim, which is never a term
    URIRef(DKG + "frequency"),
    URIRef(DKG + "hasEvidenceLine"),
    URIRef(DKG + "locator"),
    URIRef(DKG + "statedBy"),
    OA.hasSelector,
}


@cache
def read(path: Path) -> Graph:
    """Return the graph at *path* with its literals as written: rdflib turns P4W into P28D."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rdflib.NORMALIZE_LITERALS", False)
        return Graph().parse(path)


SHAPES: Final = read(ONTOLOGY / "shapes.ttl")
VOCABULARY: Final = read(ONTOLOGY / "drug.ttl")


def what_shapes_need(vocabulary: Graph) -> Graph:
    """Return which class is below which, of which class a term is, which property is functional."""
    needed = Graph()
    for triple in vocabulary.triples((None, RDFS.subClassOf, None)):
        needed.add(triple)
    for term, kind in vocabulary.subject_objects(RDF.type):
        if kind == OWL.FunctionalProperty or str(kind).startswith(DKG):
            needed.add((term, RDF.type, kind))
    return needed


NEEDED: Final = what_shapes_need(VOCABULARY)  # the whole would be checked with every example


def kebab(shape: Node) -> str:
    """Return the name that examples of *shape* begin with."""
    name = str(shape).removeprefix(DKG).removesuffix("Shape")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


NAMES: Final = {
    kebab(shape): shape
    for kind in (SH.NodeShape, SH.PropertyShape)
    for shape in sorted(SHAPES.subjects(RDF.type, kind), key=str)
}
TARGETS: Final = [
    (shape, kind, target)
    for kind in (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
    for shape, target in SHAPES.subject_objects(kind)
]
LONG_LISTS: Final = {NAMES["external-term"], NAMES["restricted-code"]}
QUERIES: Final = {
    shape: str(SHAPES.value(constraint, SH.select))
    for shape, constraint in SHAPES.subject_objects(SH.sparql)
}


def shape_of(example: Path) -> Node:
    """Return the shape that *example* is named for."""
    fitting = [name for name in NAMES if f"{example.stem}-".startswith(f"{name}-")]
    return NAMES[max(fitting, key=len)]


def reached(kind: Node, target: Node, data: Graph) -> set[Node]:
    """Return the nodes of *data* that a target declaration names (SHACL §2.1.3)."""
    if kind == SH.targetSubjectsOf:
        return set(data.subjects(target))
    if kind == SH.targetObjectsOf:
        return set(data.objects(None, target))
    below = NEEDED.transitive_subjects(RDFS.subClassOf, target)
    return {node for each in below for node in data.subjects(RDF.type, each)}


def targets(shape: Node, data: Graph) -> set[Node]:
    """Return the focus nodes of *shape* in *data*."""
    return {
        node
        for declared, kind, target in TARGETS
        if declared == shape
        for node in reached(kind, target, data)
    }


def violations(data: Graph) -> set[tuple[Node | None, Node | None]]:
    """Return shape and focus node of each violation in *data*."""
    _, results, text = pyshacl.validate(data, shacl_graph=SHAPES, inplace=True)
    assert isinstance(results, Graph), text
    return {
        (results.value(result, SH.sourceShape), results.value(result, SH.focusNode))
        for result in results.objects(None, SH.result)
    }


@cache
def violations_of(example: Path) -> frozenset[tuple[Node | None, Node | None]]:
    """Return shape and focus node of each violation in the graph at *example*."""
    return frozenset(violations(read(example) + NEEDED))


def name(path_or_shape: Path | Node) -> str:
    return path_or_shape.stem if isinstance(path_or_shape, Path) else kebab(path_or_shape)


@pytest.mark.parametrize("example", VALID, ids=name)
def test_a_valid_example_conforms(example: Path) -> None:
    assert targets(shape_of(example), read(example))
    assert not violations_of(example)


@pytest.mark.parametrize("example", INVALID, ids=name)
def test_an_invalid_example_violates_the_shape_it_is_named_for(example: Path) -> None:
    assert {shape for shape, _ in violations_of(example)} == {shape_of(example)}


@pytest.mark.parametrize("shape", NAMES.values(), ids=name)
def test_a_shape_has_a_valid_and_an_invalid_example(shape: Node) -> None:
    assert shape in {shape_of(example) for example in VALID}
    assert shape in {shape_of(example) for example in INVALID}


def test_each_target_of_a_shape_is_tried() -> None:
    untried = {(shape, target) for shape, _, target in TARGETS if shape not in LONG_LISTS}
    for example in INVALID:
        shape, data = shape_of(example), read(example)
        caught = {node for _, node in violations_of(example)}
        for declared, kind, target in TARGETS:
            if declared == shape and reached(kind, target, data) & caught:
                untried.discard((shape, target))
    assert not untried


@pytest.mark.parametrize("shape", NAMES.values(), ids=name)
def test_a_shape_says_what_it_asks_and_what_to_do(shape: Node) -> None:
    assert isinstance(shape, URIRef)
    for predicate in (RDFS.label, DCTERMS.description, SH.message):
        assert len(set(SHAPES.objects(shape, predicate))) == 1, predicate


@pytest.mark.parametrize(
    "example", [path for path in INVALID if shape_of(path) in QUERIES], ids=name
)
def test_a_query_finds_its_violations_without_a_given_focus_node(example: Path) -> None:
    """Other engines than pyshacl may run the queries once, over everything."""
    store = ox.Store()
    for path in (example, ONTOLOGY / "drug.ttl"):
        store.load(path=path, format=ox.RdfFormat.TURTLE)
    rows = store.query(QUERIES[shape_of(example)])
    assert isinstance(rows, ox.QuerySolutions)
    found = [row["this"] for row in rows]
    expected = {focus for _, focus in violations_of(example)}
    names = {focus for focus in expected if not isinstance(focus, BNode)}
    assert {node.value for node in found if isinstance(node, ox.NamedNode)} == set(map(str, names))
    blank = {node for node in found if isinstance(node, ox.BlankNode)}
    assert len(blank) == len(expected) - len(names)


def test_the_shapes_are_well_formed() -> None:
    """Source: the shapes of shapes, SHACL appendix C."""
    conforms, _, text = meta_validate(SHAPES, inference="none", max_validation_depth=100)
    assert conforms, text


def test_the_ontology_conforms_itself() -> None:
    assert violations(read(ONTOLOGY / "drug.ttl")) == set()


def test_the_shapes_stand_in_order_of_name() -> None:
    text = (ONTOLOGY / "shapes.ttl").read_text(encoding="utf-8")
    written = re.findall(r"^dkg:(\w+)$", text, flags=re.MULTILINE)
    assert written == sorted(written)
    assert {DKG + shape for shape in written} == set(map(str, NAMES.values()))


def test_every_property_that_links_things_is_watched_for_restricted_codes() -> None:
    links = {*VOCABULARY.subjects(RDF.type, OWL.ObjectProperty), *MAPPINGS} - DOWNWARD
    assert links <= set(SHAPES.objects(NAMES["restricted-code"], SH.targetObjectsOf))
