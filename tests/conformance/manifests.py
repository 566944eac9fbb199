"""Read the manifests of the W3C test suites as cases."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox

MF: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"

Node = ox.NamedNode | ox.BlankNode
Value = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class Manifest:
    """Hold the triples of one manifest file."""

    def __init__(self, path: Path) -> None:
        self.iri = path.resolve().as_uri()
        self._store = ox.Store()
        self._store.load(path=path, format=ox.RdfFormat.TURTLE, base_iri=self.iri)

    def values(self, subject: Node, predicate: str) -> list[Value]:
        """Return the values of a property whose IRI ends with *predicate*."""
        return [
            quad.object
            for quad in self._store.quads_for_pattern(subject, None, None)
            if quad.predicate.value.rpartition("#")[2] == predicate
        ]

    def value(self, subject: Node, predicate: str) -> Value | None:
        """Return one value of a property, or None."""
        return next(iter(self.values(subject, predicate)), None)

    def node(self, subject: Node, predicate: str) -> Node | None:
        """Return one value of a property that is a node, or None."""
        value = self.value(subject, predicate)
        return value if isinstance(value, (ox.NamedNode, ox.BlankNode)) else None

    def text(self, subject: Node, predicate: str) -> str | None:
        """Return one value of a property as text, or None."""
        value = self.value(subject, predicate)
        return value.value if isinstance(value, (ox.NamedNode, ox.Literal)) else None

    def forgotten(self) -> list[Node]:
        """Return the cases on graph stores; one of them stands in no list of entries."""
        kind = ox.NamedNode(MF + "GraphStoreProtocolTest")
        found = self._store.quads_for_pattern(None, ox.NamedNode(RDF + "type"), kind)
        return sorted(
            (quad.subject for quad in found if isinstance(quad.subject, ox.NamedNode)), key=str
        )

    def members(self, head: Value | None) -> Iterator[Node]:
        """Yield the nodes in the list that starts at *head*."""
        while isinstance(head, ox.BlankNode):
            first = self.node(head, "first")
            if first is not None:
                yield first
            head = self.value(head, "rest")


@dataclass(frozen=True)
class Case:
    """Hold one test of a suite."""

    manifest: Manifest
    node: Node
    iri: str
    kind: str
    name: str

    @property
    def action(self) -> Node:
        """Return what is done."""
        return self.manifest.node(self.node, "action") or self.node

    @property
    def result(self) -> Node | None:
        """Return what comes of it."""
        return self.manifest.node(self.node, "result")


def file_of(node: Value) -> Path:
    """Return the file that an IRI of a manifest names."""
    assert isinstance(node, ox.NamedNode)
    return Path(unquote(urlsplit(node.value).path))


def cases(path: Path) -> Iterator[Case]:
    """Yield the cases of the manifest at *path* and of those that it includes."""
    manifest = Manifest(path)
    kind = ox.NamedNode(RDF + "type")
    for quad in manifest._store.quads_for_pattern(None, kind, ox.NamedNode(MF + "Manifest")):  # noqa: SLF001
        assert isinstance(quad.subject, (ox.NamedNode, ox.BlankNode))
        for head in manifest.values(quad.subject, "include"):
            for each in manifest.members(head):
                yield from cases(file_of(each))
        entries = [
            each
            for head in manifest.values(quad.subject, "entries")
            for each in manifest.members(head)
        ]
        for each in dict.fromkeys([*entries, *manifest.forgotten()]):
            assert isinstance(each, ox.NamedNode)
            types = manifest.text(each, "type") or ""
            name = manifest.text(each, "name") or each.value
            yield Case(manifest, each, each.value, types.rpartition("#")[2], name)


def short(iri: str) -> str:
    """Return the last parts of the IRI of a case, which name its folder and itself."""
    folder, _, name = iri.rpartition("#")
    return f"{folder.split('/')[-2]}/{name}" if name else "/".join(iri.split("/")[-2:])
