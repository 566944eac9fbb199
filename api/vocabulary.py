"""Serve the words: the ontology and the JSON-LD context."""

from functools import cache

import pyoxigraph as ox
from flask import Blueprint, Response

from api.documents import document, requested
from kg import jsonld, paths, syntax
from kg.context import CONTEXT_PATH, Context
from kg.errors import UnknownEntityError
from kg.store import BASE, GraphFormat

_JSON_LD = ox.RdfFormat.JSON_LD


def blueprint(words: Context) -> Blueprint:
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
        return jsonld.flat(words, triples) if form == _JSON_LD else syntax.written(triples, form)

    @routes.get("/vocab", defaults={"suffix": ""})
    @routes.get("/vocab<suffix>")
    def vocabulary(suffix: str) -> Response:
        name, form = requested(f"vocab{suffix}")
        if name != "vocab":
            raise UnknownEntityError(BASE + name)
        content = ontology(form.syntax)
        return document(content, form, schema="vocabulary", alternates="/vocab")

    @routes.get(CONTEXT_PATH)
    @routes.get("/context.jsonld")
    def context() -> Response:
        return document(words.content, GraphFormat("application/ld+json", _JSON_LD))

    return routes
