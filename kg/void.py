"""Describe a store in the words of VoID and DCAT: how much it holds, graph by graph."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import pyoxigraph as ox

from kg.entities import LICENSE, NOTE
from kg.store import Store
from kg.terms import DCTERMS, RDF, XSD

VOID: Final = "http://rdfs.org/ns/void#"
DCAT: Final = "http://www.w3.org/ns/dcat#"
SD: Final = "http://www.w3.org/ns/sparql-service-description#"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
OWL_VERSION: Final = "http://www.w3.org/2002/07/owl#versionInfo"
Node = ox.NamedNode | ox.BlankNode
_TYPE: Final = ox.NamedNode(RDF + "type")


@dataclass(frozen=True)
class Counts:
    """Count the triples of one graph, or of all, each once."""

    triples: int
    subjects: int
    objects: int
    properties: Counter[ox.NamedNode]
    classes: Counter[ox.NamedNode]


def counted(triples: set[ox.Triple]) -> Counts:
    """Return the counts of *triples*."""
    return Counts(
        len(triples),
        len({triple.subject for triple in triples}),
        len({triple.object for triple in triples}),
        Counter(triple.predicate for triple in triples),
        Counter(
            triple.object
            for triple in triples
            if triple.predicate == _TYPE and isinstance(triple.object, ox.NamedNode)
        ),
    )


def by_graph(store: Store) -> dict[ox.NamedNode, set[ox.Triple]]:
    """Return the triples of each named graph of *store*."""
    found: dict[ox.NamedNode, set[ox.Triple]] = {}
    for quad in store.quads():
        if isinstance(quad.graph_name, ox.NamedNode):
            found.setdefault(quad.graph_name, set()).add(quad.triple)
    return found


def description(store: Store, here: str, dump: str | None = None) -> Iterator[ox.Triple]:
    """Yield what *store*, served at *here*, is and holds, and that *dump* is the file with all.

    Sources: Describing Linked Datasets with the VoID Vocabulary (W3C, 2011) §2 to §4; DCAT 3 §6.
    """
    graphs = by_graph(store)
    root = ox.NamedNode(f"{here}/.well-known/void#dataset")
    service = ox.NamedNode(f"{here}/.well-known/void#service")
    endpoint = ox.NamedNode(f"{here}/sparql")
    for kind in (VOID + "Dataset", DCAT + "Dataset"):
        yield _triple(root, RDF + "type", ox.NamedNode(kind))
    yield _triple(root, DCTERMS + "title", ox.Literal("DrugKG", language="en"))
    yield _triple(root, DCTERMS + "description", ox.Literal(NOTE, language="en"))
    yield _triple(root, DCTERMS + "license", ox.NamedNode(LICENSE))
    yield _triple(root, OWL_VERSION, ox.Literal(store.manifest.version))
    yield _triple(root, FOAF + "homepage", ox.NamedNode(f"{here}/"))
    yield _triple(root, VOID + "sparqlEndpoint", endpoint)
    if dump is not None:
        yield _triple(root, VOID + "dataDump", ox.NamedNode(f"{here}/dumps/{dump}"))  # VoID §3.3
    yield _triple(root, VOID + "uriSpace", ox.Literal("https://w3id.org/drugkg/"))
    yield _triple(
        root, VOID + "exampleResource", ox.NamedNode("https://w3id.org/drugkg/id/kesimpta")
    )
    yield _triple(service, RDF + "type", ox.NamedNode(DCAT + "DataService"))
    yield _triple(service, DCTERMS + "title", ox.Literal("SPARQL endpoint", language="en"))
    yield _triple(service, DCAT + "endpointURL", endpoint)
    yield _triple(service, DCAT + "endpointDescription", ox.NamedNode(f"{here}/openapi.json"))
    yield _triple(service, DCAT + "servesDataset", root)
    yield from _counts(root, counted(set().union(*graphs.values())))
    for graph, triples in sorted(graphs.items(), key=lambda item: item[0].value):
        part = ox.NamedNode(f"{here}/graphs?graph={quote(graph.value, safe='')}")
        yield _triple(root, VOID + "subset", part)
        yield _triple(part, RDF + "type", ox.NamedNode(VOID + "Dataset"))
        yield _triple(part, RDF + "type", ox.NamedNode(SD + "NamedGraph"))
        yield _triple(part, SD + "name", graph)
        yield _triple(part, DCTERMS + "license", ox.NamedNode(LICENSE))
        yield from _counts(part, counted(triples))


def _counts(place: Node, counts: Counts) -> Iterator[ox.Triple]:
    yield _triple(place, VOID + "triples", integer(counts.triples))
    yield _triple(place, VOID + "distinctSubjects", integer(counts.subjects))
    yield _triple(place, VOID + "distinctObjects", integer(counts.objects))
    yield _triple(place, VOID + "properties", integer(len(counts.properties)))
    yield _triple(place, VOID + "classes", integer(len(counts.classes)))
    for kind, number in counts.classes.items():
        part = ox.BlankNode()
        yield _triple(place, VOID + "classPartition", part)
        yield _triple(part, VOID + "class", kind)
        yield _triple(part, VOID + "entities", integer(number))
    for name, number in counts.properties.items():
        part = ox.BlankNode()
        yield _triple(place, VOID + "propertyPartition", part)
        yield _triple(part, VOID + "property", name)
        yield _triple(part, VOID + "triples", integer(number))


def integer(number: int) -> ox.Literal:
    """Return *number* as an xsd:integer."""
    return ox.Literal(str(number), datatype=ox.NamedNode(XSD + "integer"))


def _triple(subject: Node, predicate: str, value: Node | ox.Literal) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(predicate), value)
