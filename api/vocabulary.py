"""Serve the words: the ontology and the JSON-LD context."""

from functools import cache

import pyoxigraph as ox
from flask import Blueprint, Response

from api.documents import document, requested
from kg import paths, syntax
from kg.errors import UnknownEntityError
from kg.jsonld import CONTEXT_PATH, JsonLd
from kg.store import BASE, GraphFormat

_JSON_LD = ox.RdfFormat.JSON_LD


def blueprint(json_ld: JsonLd) -> Blueprint:
    """Serve the ontology as it was written, with its blank nodes, and the context."""
    routes = Blueprint("vocabulary", __name__)

    @cache
    def ontology(form: ox.RdfFormat) -> bytes:
        file = paths.ONTOLOGY / "drug.ttl"
        if form == ox.RdfFormat.TURTLE:
            return file.read_bytes()
        dataset = ox.Dataset(ox.parse(path=file, format=ox.RdfFormat.TURTLE))
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        triples = [quad.triple for quad in sorted(dataset, key=str)]
        return json_ld.flat(triples) if form == _JSON_LD else syntax.written(triples, form)

    @routes.get("/vocab", defaults={"suffix": ""})
    @routes.get("/vocab<suffix>")
    def vocabulary(suffix: str) -> Response:
        name, form = requested(f"vocab{suffix}")
        if name != "vocab":
            raise UnknownEntityError(BASE + name)
        return document(ontology(form.syntax), form)

    @routes.get(CONTEXT_PATH)
    def context() -> Response:
        content = (paths.ONTOLOGY / "context.jsonld").read_bytes()
        return document(content, GraphFormat("application/ld+json", _JSON_LD))

    return routes
