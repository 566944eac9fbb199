"""Write descriptions as JSON-LD trees with our context.

The trees are written here and not by a JSON-LD processor: that takes seconds for what a drug's
document holds. The tests read every document with two processors and compare the triples.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from kg.context import CONTEXT_PATH, Context, Kind, Term
from kg.entities import EMBEDDED, SIDES, SUBJECT, Description
from kg.terms import RDF, RDFS, XSD

Object: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal
Subject: TypeAlias = ox.NamedNode | ox.BlankNode
Node: TypeAlias = dict[str, Any]
_Facts: TypeAlias = dict[str, list[Object]]

_LABEL: Final = RDFS + "label"
_TYPE: Final = RDF + "type"
_STRING: Final = XSD + "string"
_INTEGER: Final = XSD + "integer"
_BOOLEAN: Final = XSD + "boolean"


class Tree:
    """Write the nodes that some triples describe, each inside the nodes that it is a part of."""

    def __init__(
        self,
        context: Context,
        triples: Iterable[ox.Triple],
        embedded: frozenset[str] = EMBEDDED,
    ) -> None:
        self._context = context
        self._embedded = embedded
        self._nodes: dict[Subject, _Facts] = defaultdict(lambda: defaultdict(list))
        for triple in triples:
            subject, value = triple.subject, triple.object
            assert not isinstance(subject, ox.Triple)  # noqa: S101 (RDF 1.1)
            assert not isinstance(value, ox.Triple)  # noqa: S101 (RDF 1.1)
            self._nodes[subject][triple.predicate.value].append(value)

    def subjects(self) -> list[Subject]:
        """Return what is described."""
        return list(self._nodes)

    def node(self, subject: Subject, above: frozenset[Subject] = frozenset()) -> Node:
        """Return all that is said of *subject*, with its parts unless they are *above* it."""
        facts = self._nodes.get(subject, {})
        node = self._head(subject, facts)
        inside = above | {subject}
        for predicate in sorted(facts.keys() - {_TYPE, _LABEL}, key=self._context.name):
            embedded = predicate in self._embedded
            for value in facts[predicate]:
                if isinstance(value, ox.Literal):
                    self._add_literal(node, predicate, value)
                else:
                    whole = embedded and value in self._nodes and value not in inside
                    target = self.node(value, inside) if whole else self.reference(value)
                    self._add_node(node, predicate, target)
            term = self._context.terms.get(predicate)
            if term and term.many and term.kind is Kind.NATIVE and term.name in node:
                node[term.name].sort()  # 7 before 53
        return node

    def reference(self, subject: Subject) -> Node:
        """Return *subject* with no more than its label."""
        facts = self._nodes.get(subject, {})
        return self._head(subject, {_LABEL: facts[_LABEL]} if _LABEL in facts else {})

    def _head(self, subject: Subject, facts: Mapping[str, Sequence[Object]]) -> Node:
        named = isinstance(subject, ox.NamedNode)
        node: Node = {"@id": self._context.curie(subject.value) if named else str(subject)}
        if types := facts.get(_TYPE):
            names = [self._context.name(each.value) for each in types]
            node["@type"] = sorted(names, key=lambda name: (":" in name, name))  # ours first
        for value in facts.get(_LABEL, ()):
            assert isinstance(value, ox.Literal)  # noqa: S101 (range of rdfs:label)
            self._add_literal(node, _LABEL, value)
        return node

    def _add_node(self, node: Node, predicate: str, target: Node) -> None:
        term = self._context.terms.get(predicate)
        _add(node, term if term and term.kind is Kind.NODE else None, predicate, target, self)

    def _add_literal(self, node: Node, predicate: str, value: ox.Literal) -> None:
        term = self._context.terms.get(predicate)
        written = _fitting(value, term) if term else None
        if written is None:
            term, written = None, self._value(value)
        elif term and term.kind is Kind.VALUE:
            written = self._value(value)
        _add(node, term, predicate, written, self)

    def _value(self, value: ox.Literal) -> Node:
        if value.language:
            return {"@value": value.value, "@language": value.language}
        if value.datatype.value == _STRING:
            return {"@value": value.value}
        return {"@value": value.value, "@type": self._context.name(value.datatype.value)}

    def plain(self, iri: str) -> str:
        """Return the name of a property for values that do not fit its term."""
        return self._context.curie(iri)


def _add(node: Node, term: Term | None, predicate: str, written: object, tree: Tree) -> None:
    if term and not term.many and term.name not in node:
        node[term.name] = written
    else:
        name = term.name if term and term.many else tree.plain(predicate)
        if term and not term.many and not isinstance(written, dict):
            written = _spelt_out(written, term)
        node.setdefault(name, []).append(written)


def _spelt_out(written: object, term: Term) -> Node:
    """Return a second value of a term that has one value, such as a second English label."""
    match term.kind:
        case Kind.ENGLISH:
            return {"@value": written, "@language": "en"}
        case Kind.TYPED:
            return {"@value": written, "@type": term.datatype}
    return {"@value": written}


def _fitting(value: ox.Literal, term: Term) -> object:
    """Return *value* in the form of *term*, or None if it has another language or datatype."""
    datatype = value.datatype.value
    match term.kind:
        case Kind.NATIVE if datatype == _INTEGER:
            return int(value.value)
        case Kind.NATIVE if datatype == _BOOLEAN:
            return value.value == "true"
        case Kind.ENGLISH:
            fits = value.language == "en"
        case Kind.STRING | Kind.TYPED:
            fits = datatype == term.datatype
        case other:
            fits = other is Kind.VALUE
    return value.value if fits else None


def tree(context: Context, description: Description) -> bytes:
    """Return *description* as a tree that begins at the IRI it describes."""
    triples = description.triples()
    written = Tree(context, triples)
    document: Node = {"@context": CONTEXT_PATH} | written.node(description.iri)
    lists: dict[str, dict[ox.NamedNode, None]] = {}
    for triple in triples:
        if triple.object == description.iri and triple.predicate in description.incoming:
            name = list_of(triple.predicate)
            subject = triple.subject
            assert isinstance(subject, ox.NamedNode)  # noqa: S101 (a build names every node)
            lists.setdefault(name, {})[subject] = None
    above = frozenset({description.iri})
    for name, subjects in sorted(lists.items()):
        document[name] = [written.node(subject, above) for subject in subjects]
    return dumped(document)


def list_of(predicate: ox.NamedNode) -> str:
    """Return the name of the list in which stands what points at something by *predicate*."""
    if predicate in SIDES:
        return "conflicts"
    return "mappings" if predicate == SUBJECT else "mentionedBy"


def flat(context: Context, triples: Iterable[ox.Triple]) -> bytes:
    """Return *triples* as a list of nodes that refer to each other."""
    written = Tree(context, triples)
    nodes = [written.node(subject) for subject in written.subjects()]
    return dumped({"@context": CONTEXT_PATH, "@graph": nodes})


def dumped(document: Node) -> bytes:
    """Return *document* as bytes, for people to read too."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
