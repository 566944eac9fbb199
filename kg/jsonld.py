"""Turn descriptions into JSON-LD documents with our context, and fetch no other."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any, Final, NoReturn, TypeAlias

import pyoxigraph as ox
from pyld import jsonld

from kg.entities import Description
from kg.terms import DKG, RDF, RDFS

_Node: TypeAlias = dict[str, Any]
_Nodes: TypeAlias = Mapping[str, _Node]

CONTEXT_PATH: Final = "/context.jsonld"  # documents name their context by this path on their server
_LANG_STRING: Final = RDF + "langString"
_LABEL: Final = RDFS + "label"
_STATED_BY: Final = DKG + "statedBy"  # names an evidence line that the claim itself holds


def _refuse(url: str, _options: object = None) -> NoReturn:
    raise jsonld.JsonLdError(f"{url} is not fetched", "jsonld.LoadDocumentError")


_OPTIONS: Final = {"documentLoader": _refuse, "useNativeTypes": True}


class JsonLd:
    """Write JSON-LD that is compacted with one context."""

    def __init__(self, context: Path) -> None:
        """Read the context from a file."""
        self._context = json.loads(context.read_text(encoding="utf-8"))["@context"]
        self._lock = Lock()  # PyLD shares one cache between threads and does not guard it

    def tree(self, description: Description) -> bytes:
        """Return *description* as a tree that begins at the IRI it describes.

        A node stands inside each node that points at it; what points at the IRI itself stands
        under ``@reverse``. JSON-LD framing is not used: it drops nodes that a frame does not fit.
        """
        root = description.iri.value
        with self._lock:
            expanded = jsonld.from_rdf(_dataset(description.triples()), _OPTIONS)
            nodes = {node["@id"]: node for node in expanded}
            tree = _embedded(nodes, nodes[root], frozenset({root}))
            for predicate in description.incoming:
                tree.setdefault("@reverse", {})[predicate.value] = [
                    _embedded(nodes, _without(node, predicate.value, root), frozenset({root}))
                    for node in expanded
                    if {"@id": root} in node.get(predicate.value, ())
                ]
            return _document(jsonld.compact(tree, {"@context": self._context}, _OPTIONS))

    def flat(self, triples: Iterable[ox.Triple]) -> bytes:
        """Return *triples* as a list of nodes that refer to each other."""
        with self._lock:
            expanded = jsonld.from_rdf(_dataset(triples), _OPTIONS)
            options = _OPTIONS | {"graph": True}
            return _document(jsonld.compact(expanded, {"@context": self._context}, options))


def _without(node: _Node, predicate: str, root: str) -> _Node:
    """Return *node* without *predicate* if *root* is all that it leads to."""
    only = node[predicate] == [{"@id": root}]
    return {key: values for key, values in node.items() if not (only and key == predicate)}


def _embedded(nodes: _Nodes, node: _Node, above: frozenset[str]) -> _Node:
    """Return *node* with the nodes it points at inside it, unless they are *above* it."""

    def value(predicate: str, each: _Node) -> _Node:
        target = nodes.get(each.get("@id", ""))
        if target is None:
            return each
        if target["@id"] in above or predicate == _STATED_BY:
            return {key: target[key] for key in ("@id", _LABEL) if key in target}
        return _embedded(nodes, target, above | {target["@id"]})

    return {
        key: values if key.startswith("@") else [value(key, each) for each in values]
        for key, values in node.items()
    }


def _document(compacted: dict[str, Any]) -> bytes:
    document = {"@context": CONTEXT_PATH} | {
        key: value for key, value in compacted.items() if key != "@context"
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _dataset(triples: Iterable[ox.Triple]) -> dict[str, Any]:
    """Return *triples* in the form in which PyLD takes RDF; its N-Quads reader is quadratic."""
    return {
        "@default": [
            {
                "subject": _term(triple.subject),
                "predicate": _term(triple.predicate),
                "object": _term(triple.object),
            }
            for triple in triples
        ]
    }


def _term(term: object) -> Mapping[str, str]:
    match term:
        case ox.NamedNode():
            return {"type": "IRI", "value": term.value}
        case ox.BlankNode():
            return {"type": "blank node", "value": f"_:{term.value}"}
        case ox.Literal(language=str() as language):
            return {
                "type": "literal",
                "value": term.value,
                "datatype": _LANG_STRING,
                "language": language,
            }
        case ox.Literal():
            return {"type": "literal", "value": term.value, "datatype": term.datatype.value}
    raise TypeError(f"JSON-LD 1.1 has no place for {term}")
