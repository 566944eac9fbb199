"""Serve what is known about an IRI under the path of that IRI."""

from functools import lru_cache

import pyoxigraph as ox
from flask import Blueprint, Response

from api.documents import document, requested
from kg import jsonld, syntax
from kg.context import Context
from kg.entities import describe, refuse_retired
from kg.errors import UnknownEntityError
from kg.store import BASE, Dataset, Store
from kg.terms import GRAPH

_EVERY_TRIPLE = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_KEPT = 1024  # documents, of some 10 kB each; a release does not change
_DATASETS = {ox.RdfFormat.N_QUADS, ox.RdfFormat.TRIG}  # these say which graph states what


class Descriptions:
    """Write the document of an IRI, once for each format."""

    def __init__(self, store: Store, context: Context) -> None:
        self._store = store
        self._context = context
        self.written = lru_cache(_KEPT)(self._written)

    def _written(self, iri: ox.NamedNode, form: ox.RdfFormat) -> bytes:
        refuse_retired(self._store, iri)
        description = describe(self._store, iri)
        if form == ox.RdfFormat.JSON_LD:
            return jsonld.tree(self._context, description)
        statements = description.quads if form in _DATASETS else description.triples()
        return syntax.written(statements, form)


def blueprint(store: Store, descriptions: Descriptions) -> Blueprint:
    """Serve what *store* knows about entities, sources and graphs."""
    routes = Blueprint("entities", __name__)

    @routes.get("/<any(id, source):kind>/<path:name>")
    def entity(kind: str, name: str) -> Response:
        slug, form = requested(name)
        content = descriptions.written(_iri(f"{kind}/{slug}"), form.syntax)
        return document(content, form, schema="entity", alternates=f"/{kind}/{slug}")

    @routes.get("/graph/<path:name>")
    def graph(name: str) -> Response:
        path, form = requested(name)
        if GRAPH + path not in store.manifest.graphs:
            raise UnknownEntityError(GRAPH + path)
        dataset = Dataset(default=(_iri(f"graph/{path}"),))
        answer = store.query(_EVERY_TRIPLE, dataset=dataset, graph=form)
        return document(b"".join(answer.chunks), form, alternates=f"/graph/{path}")

    return routes


def _iri(path: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(BASE + path)
    except ValueError as error:
        raise UnknownEntityError(BASE + path) from error
