"""Describe the endpoint (SPARQL 1.1 Service Description) and what it holds (VoID)."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from flask import Blueprint, Response, request

from api import formats
from api.documents import sent
from kg import syntax
from kg.release import QUADS
from kg.store import Store
from kg.terms import RDF
from kg.void import SD, VOID, by_graph, description, integer

_KEPT: Final = 8  # addresses of this server, such as those of proxies


class Descriptions:
    """Write the descriptions of *store*, once for each address at which it is asked."""

    def __init__(self, store: Store, release: Path, *, writable: bool, union: bool) -> None:
        self._store = store
        self._release = release
        self._writable = writable
        self._union = union
        self._kept: dict[tuple[str, str], list[ox.Triple]] = {}
        self.forget = self._kept.clear

    def service(self) -> Response:
        """Answer with the description of the endpoint."""
        return _answer(self._once("service", self._service))

    def dataset(self) -> Response:
        """Answer with the description of the data."""
        return _answer(self._once("void", self._dataset_and_dump))

    def _dataset_and_dump(self, here: str) -> Iterator[ox.Triple]:
        is_release = self._store.manifest.outputs.get(QUADS.removesuffix(".gz"))
        dump = QUADS if is_release and (self._release / QUADS).is_file() else None
        return description(self._store, here, dump)

    def _once(self, name: str, write: Callable[[str], Iterable[ox.Triple]]) -> list[ox.Triple]:
        here = request.host_url.rstrip("/")
        if (name, here) not in self._kept:
            if len(self._kept) >= _KEPT:  # whoever invents host names does not fill the memory
                self._kept.clear()
            self._kept[name, here] = list(write(here))
        return self._kept[name, here]

    def _service(self, here: str) -> Iterator[ox.Triple]:
        query = ox.NamedNode(f"{here}/sparql#service")
        yield from self._endpoint(query, f"{here}/sparql", "SPARQL11Query", here)
        for offer in (*formats.SOLUTIONS, *formats.GRAPHS):
            yield _triple(query, "resultFormat", ox.NamedNode(offer.syntax.iri))
        if self._writable:
            update = ox.NamedNode(f"{here}/update#service")
            yield from self._endpoint(update, f"{here}/update", "SPARQL11Update", here)
        yield from self._dataset(here)

    def _endpoint(
        self, service: ox.NamedNode, address: str, language: str, here: str
    ) -> Iterator[ox.Triple]:
        yield ox.Triple(service, ox.NamedNode(RDF + "type"), _sd("Service"))
        yield _triple(service, "endpoint", ox.NamedNode(address))
        yield _triple(service, "supportedLanguage", _sd(language))
        if self._union:
            yield _triple(service, "feature", _sd("UnionDefaultGraph"))
        elif self._writable:
            yield _triple(service, "feature", _sd("EmptyGraphs"))
        if self._union and self._writable:
            yield _triple(service, "feature", _sd("EmptyGraphs"))
        yield _triple(service, "defaultDataset", ox.NamedNode(f"{here}/sparql#dataset"))

    def _dataset(self, here: str) -> Iterator[ox.Triple]:
        dataset = ox.NamedNode(f"{here}/sparql#dataset")
        default = ox.NamedNode(f"{here}/sparql#default-graph")
        yield ox.Triple(dataset, ox.NamedNode(RDF + "type"), _sd("Dataset"))
        yield _triple(dataset, "defaultGraph", default)
        yield ox.Triple(default, ox.NamedNode(RDF + "type"), _sd("Graph"))
        graphs = by_graph(self._store)
        if self._union:
            yield _counted(default, len(set().union(*graphs.values())))
        for graph, triples in sorted(graphs.items(), key=lambda item: item[0].value):
            named, content = ox.BlankNode(), ox.BlankNode()
            yield _triple(dataset, "namedGraph", named)
            yield ox.Triple(named, ox.NamedNode(RDF + "type"), _sd("NamedGraph"))
            yield _triple(named, "name", graph)
            yield _triple(named, "graph", content)
            yield ox.Triple(content, ox.NamedNode(RDF + "type"), _sd("Graph"))
            yield _counted(content, len(triples))


def blueprint(descriptions: Descriptions) -> Blueprint:
    """Serve the description of the data where clients look for it (VoID §7.2)."""
    routes = Blueprint("void", __name__)
    routes.add_url_rule("/.well-known/void", "void", descriptions.dataset)
    return routes


def _answer(triples: Iterable[ox.Triple]) -> Response:
    form = formats.graph(request.accept_mimetypes, request.args.get("format"))
    if form is None:
        wanted = request.args.get("format") or str(request.accept_mimetypes)
        raise formats.NotOfferedError(formats.media_types(*formats.GRAPHS), wanted)
    return sent(syntax.written(triples, form.syntax), form.media_type)


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(SD + name)


def _triple(
    subject: ox.NamedNode | ox.BlankNode, name: str, value: ox.NamedNode | ox.BlankNode
) -> ox.Triple:
    return ox.Triple(subject, _sd(name), value)


def _counted(graph: ox.NamedNode | ox.BlankNode, number: int) -> ox.Triple:
    return ox.Triple(graph, ox.NamedNode(VOID + "triples"), integer(number))
