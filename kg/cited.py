"""Say which source versions stand behind the things that an answer names."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import pyoxigraph as ox

from kg.entities import DATASET, LICENSE, NOTE
from kg.store import Store
from kg.terms import DCTERMS, DERIVED_GRAPH, DKG, GRAPH, PROV, RDF, RDFS

_FROM: Final = ox.NamedNode(PROV + "wasDerivedFrom")
_TYPE: Final = ox.NamedNode(RDF + "type")
_DOCUMENT: Final = ox.NamedNode(DKG + "SourceDocument")
_ADDRESS: Final = ox.NamedNode("http://schema.org/url")
_LABEL: Final = ox.NamedNode(RDFS + "label")
_ISSUED: Final = ox.NamedNode(DCTERMS + "issued")
_TERMS: Final = "a file of terms; what is said of them is in claims, which name their documents"
_NONE: Final = "the answer names no claim or document; ask for ?claim or ?source to see who says it"
_COMPUTED: Final = frozenset({DERIVED_GRAPH, GRAPH + "inferred"})
_TOWARDS: Final = tuple(  # from a conflict or a frequency to claims or evidence lines, and on
    ox.NamedNode(DKG + name) for name in ("hasEvidenceLine", "statedBy", "firstSide", "secondSide")
)


def sources(store: Store, iris: Iterable[str]) -> list[dict[str, Any]]:
    """Return the source versions behind *iris*: documents, claims, evidence lines, conflicts.

    What leads to no document is a term of ours; then the named graphs that define it are given,
    and the dataset if there is none.
    """
    asked = list(dict.fromkeys(iris))
    found = {each for iri in asked for each in _behind(store, iri)}
    if found:
        return [_described(store, each) for each in sorted(found, key=str)]
    graphs = sorted({graph for iri in asked for graph in _graphs(store, iri)})
    terms = [{"iri": each, "label": each.removeprefix(GRAPH), "note": _TERMS} for each in graphs]
    return terms or [{"iri": DATASET.value, "label": "DrugKG", "note": _NONE}]


def _graphs(store: Store, iri: str) -> Iterator[str]:
    try:
        node = ox.NamedNode(iri)
    except ValueError:
        return
    for quad in store.quads(node):
        graph = quad.graph_name
        if isinstance(graph, ox.NamedNode) and graph.value not in _COMPUTED:
            yield graph.value


def framed(store: Store, iris: Iterable[str], **content: object) -> dict[str, Any]:
    """Return *content* with what every answer to an agent carries: sources, and what it is not."""
    return {
        "note": NOTE,
        "version": store.manifest.version,
        "license": LICENSE,
        **content,
        "sources": sources(store, iris),
    }


def _behind(store: Store, iri: str) -> Iterator[ox.NamedNode]:
    try:
        waiting = [ox.NamedNode(iri)]
    except ValueError:
        return
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        if any(True for _ in store.quads(node, _TYPE, _DOCUMENT)):
            yield node
            continue
        steps = [
            quad.object
            for predicate in (_FROM, *_TOWARDS)
            for quad in store.quads(node, predicate)
            if isinstance(quad.object, ox.NamedNode) and quad.object not in seen
        ]
        seen.update(steps)
        waiting += steps


def _described(store: Store, node: ox.NamedNode) -> dict[str, Any]:
    def texts(predicate: ox.NamedNode) -> list[str]:
        found = {quad.object for quad in store.quads(node, predicate)}
        return sorted(each.value for each in found if isinstance(each, ox.NamedNode | ox.Literal))

    about = {
        "iri": node.value,
        "label": "; ".join(texts(_LABEL)),
        "issued": "; ".join(texts(_ISSUED)),
        "addresses": texts(_ADDRESS),
    }
    return {key: value for key, value in about.items() if value}
