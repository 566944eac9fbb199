"""Give every blank node an IRI that depends on nothing but what is written about it.

Source: RDF 1.1 Concepts §3.5 (replacing blank nodes with IRIs); the form of the IRI is our own.
"""

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final, NamedTuple

import pyoxigraph as ox

from kg.errors import Violation
from kg.terms import DKG, GENID, ID, PROV, RDF, SRC, curie
from kg.turtle import Document, Node, Statement

_TYPE: Final = ox.NamedNode(RDF + "type")
_EVIDENCE_LINE: Final = ox.NamedNode(DKG + "EvidenceLine")
_LOCATOR: Final = ox.NamedNode(DKG + "locator")
_DERIVED_FROM: Final = ox.NamedNode(PROV + "wasDerivedFrom")
_STATED_BY: Final = ox.NamedNode(DKG + "statedBy")  # points across the tree, never down it

_ANONYMOUS = re.compile("[0-9a-f]{32}")  # the label that pyoxigraph gives to a bracket


class _UnownedError(Exception):
    """Report that a blank node has no place in the tree of its file."""

    def __init__(self, node: ox.BlankNode, message: str) -> None:
        super().__init__(message)
        self.node = node


class _Tree:
    """Hold which node of one document stands below which."""

    def __init__(self, document: Document) -> None:
        self.below: dict[ox.BlankNode, list[Statement]] = {}
        self.above: dict[ox.BlankNode, set[tuple[Node, ox.NamedNode]]] = {}
        self.lines: dict[ox.BlankNode, int] = {}
        for statement in document.statements:
            if isinstance(statement.subject, ox.BlankNode):
                self.below.setdefault(statement.subject, []).append(statement)
                self.lines.setdefault(statement.subject, statement.line)
        for subject, predicate, value, line in document.statements:
            if isinstance(value, ox.BlankNode):
                self.lines.setdefault(value, line)
                if predicate != _STATED_BY:
                    self.above.setdefault(value, set()).add((subject, predicate))

    def owner(self, node: ox.BlankNode) -> tuple[Node, ox.NamedNode]:
        """Return the one node that refers to *node*, and by which predicate."""
        owners = self.above.get(node, set())
        if len(owners) == 1:
            return next(iter(owners))
        edges = sorted(f"{_shown(above)} by {curie(edge.value)}" for above, edge in owners)
        raise _UnownedError(
            node,
            f"a blank node belongs to one other, but {' and '.join(edges)} refer to this"
            if edges
            else "nothing refers to this blank node; nest it in what it belongs to",
        )

    def digest(self, node: ox.BlankNode, path: tuple[ox.BlankNode, ...] = ()) -> str:
        """Return the SHA-256 of what identifies *node*, in hexadecimal."""
        if node in path:
            raise _UnownedError(node, "this blank node stands below itself")
        triples = [(predicate, value) for _, predicate, value, _ in self.below.get(node, [])]
        if (_TYPE, _EVIDENCE_LINE) in triples:
            triples = [pair for pair in triples if pair[0] in {_DERIVED_FROM, _LOCATOR}]
        below = (*path, node)
        lines = [
            f"{predicate} {self.digest(value, below) if isinstance(value, ox.BlankNode) else value}"
            for predicate, value in triples
        ]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _shown(node: Node) -> str:
    if isinstance(node, ox.NamedNode):
        return curie(node.value)
    return "[]" if _ANONYMOUS.fullmatch(node.value) else str(node)


def _slug(owner: ox.NamedNode) -> str:
    for namespace in (ID, SRC):
        if owner.value.startswith(namespace):
            return owner.value.removeprefix(namespace)
    return re.split(r"[/#]", owner.value)[-1]


def _role(predicate: ox.NamedNode) -> str:
    local = re.sub(r"^has(?=[A-Z])", "", re.split(r"[/#]", predicate.value)[-1])
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", local).replace("_", "-").lower()


def _iri(tree: _Tree, node: ox.BlankNode, functional: Collection[str]) -> ox.NamedNode:
    owner, predicate = tree.owner(node)
    digest = tree.digest(node)
    above = _iri(tree, owner, functional) if isinstance(owner, ox.BlankNode) else owner
    end = "" if predicate.value in functional else f"-{digest[:8]}"
    return ox.NamedNode(f"{ID}{_slug(above)}-{_role(predicate)}{end}")


class Named(NamedTuple):
    """Hold documents without blank nodes, the IRIs made for these, and those that got none."""

    documents: tuple[Document, ...]
    minted: frozenset[str]
    violations: tuple[Violation, ...]


def skolemise(documents: Iterable[Document], functional: Collection[str]) -> Named:
    """Replace each blank node by ``id:<owner>-<role>[-<hash>]``; *functional* roles need no hash.

    A node that cannot be named, or would share its IRI with another, stays blank and is reported.
    """
    documents = tuple(documents)
    taken = {
        statement.subject.value: document.file
        for document in documents
        for statement in document.statements
        if isinstance(statement.subject, ox.NamedNode)
    }
    named: list[Document] = []
    minted: set[str] = set()
    violations: list[Violation] = []
    for document in documents:
        tree = _Tree(document)
        iris: dict[ox.BlankNode, ox.NamedNode] = {}
        doubles: dict[ox.BlankNode, Violation] = {}
        for node, line in tree.lines.items():
            try:
                iri = _iri(tree, node, functional)
            except _UnownedError as error:
                if error.node == node:  # else it is said of the node above
                    violations.append(Violation(document.file, line, _shown(node), str(error)))
                continue
            if iri.value in taken:
                message = (
                    f"another node, in {taken[iri.value]}, has the same name; "
                    "make the two differ (evidence lines: by their locators) or say it once"
                )
                doubles[node] = Violation(document.file, line, curie(iri.value), message)
                continue
            taken[iri.value] = f"{document.file}:{line}"
            iris[node] = iri
        violations += (doubles[node] for node in doubles if tree.owner(node)[0] not in doubles)
        minted.update(iri.value for iri in iris.values())
        named.append(_renamed(document, iris))
    return Named(tuple(named), frozenset(minted), tuple(violations))


def skolemise_ontology(ontology: Document) -> Document:
    """Replace the blank nodes of axioms by well-known genid IRIs, which carry no meaning."""
    tree = _Tree(ontology)
    iris = {}
    for node in tree.lines:
        above = sorted(
            f"{tree.digest(owner) if isinstance(owner, ox.BlankNode) else owner} {predicate}"
            for owner, predicate in tree.above.get(node, ())
        )
        key = "\n".join((*above, tree.digest(node)))
        iris[node] = ox.NamedNode(GENID + hashlib.sha256(key.encode()).hexdigest()[:16])
    return _renamed(ontology, iris)


def _renamed(document: Document, iris: dict[ox.BlankNode, ox.NamedNode]) -> Document:
    def named(node: Node) -> Node:
        return iris.get(node, node) if isinstance(node, ox.BlankNode) else node

    def renamed(statement: Statement) -> Statement:
        subject, predicate, value, line = statement
        value = value if isinstance(value, ox.Literal) else named(value)
        return Statement(named(subject), predicate, value, line)

    return replace(document, statements=tuple(map(renamed, document.statements)))
