"""Serve what is known about an IRI under the path of that IRI."""

from functools import lru_cache

import pyoxigraph as ox
from flask import Blueprint, Response

from api.documents import document, requested
from kg import syntax
from kg.entities import describe
from kg.errors import UnknownEntityError
from kg.jsonld import JsonLd
from kg.store import BASE, Dataset, Store
from kg.terms import GRAPH

_EVERY_TRIPLE = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_KEPT = 1024  # documents, of some 10 kB each; a release does not change
_DATASETS = {ox.RdfFormat.N_QUADS, ox.RdfFormat.TRIG}  # these say which graph states what


def blueprint(store: Store, json_ld: JsonLd) -> Blueprint:
    """Serve what *store* knows about entities, sources and graphs."""
    routes = Blueprint("entities", __name__)

    @lru_cache(_KEPT)
    def described(iri: ox.NamedNode, form: ox.RdfFormat) -> bytes:
        description = describe(store, iri)
        if form == ox.RdfFormat.JSON_LD:
            return json_ld.tree(description)
        statements = description.quads if form in _DATASETS else description.triples()
        return syntax.written(statements, form)

    @routes.get("/<any(id, source):kind>/<path:name>")
    def entity(kind: str, name: str) -> Response:
        slug, form = requested(name)
        return document(described(_iri(f"{kind}/{slug}"), form.syntax), form)

    @routes.get("/graph/<path:name>")
    def graph(name: str) -> Response:
        path, form = requested(name)
        if GRAPH + path not in store.manifest.graphs:
            raise UnknownEntityError(GRAPH + path)
        dataset = Dataset(default=(_iri(f"graph/{path}"),))
        answer = store.query(_EVERY_TRIPLE, dataset=dataset, graph=form)
        return document(b"".join(answer.chunks), form)

    return routes


def _iri(path: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(BASE + path)
    except ValueError as error:
        raise UnknownEntityError(BASE + path) from error
