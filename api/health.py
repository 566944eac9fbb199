"""Say what is here and that it answers."""

import json

from flask import Blueprint, Response

from kg.context import CONTEXT_PATH
from kg.entities import NOTE
from kg.release import QUADS
from kg.store import Store
from kg.terms import GRAPH


def blueprint(store: Store) -> Blueprint:
    """Speak for *store*."""
    routes = Blueprint("health", __name__)

    @routes.get("/health")
    def health() -> Response:
        manifest = store.manifest
        engine = getattr(store, "about", None)  # of an engine elsewhere
        response = _json(
            status="ok",
            version=manifest.version,
            release=manifest.outputs.get(QUADS.removesuffix(".gz"), ""),  # SHA-256 of the dataset
            quads=manifest.quads,
            **({"engine": engine} if engine else {}),
        )
        response.headers["Cache-Control"] = "no-store"
        return response

    @routes.get("/")
    def index() -> Response:
        manifest = store.manifest
        return _json(
            title="DrugKG",
            note=NOTE,
            version=manifest.version,
            links={
                "SPARQL endpoint": "/sparql",
                "graph store": "/graphs?default",
                "description of the data": "/.well-known/void",
                "a medicine": "/id/kesimpta",
                "vocabulary": "/vocab",
                "JSON-LD context": CONTEXT_PATH,
                "medicines": "/drugs",
                "named queries": "/queries",
                "exports": "/exports",
                "dumps": "/dumps/",
                "search": "/search?q=cold+sore",
                "reconciliation": "/reconcile",
                "JSON Schemas": "/schemas/v1/",
                "API description": "/openapi.json",
                "API description as a page": "/openapi.html",
                "health": "/health",
            },
            graphs=[f"/graph/{iri.removeprefix(GRAPH)}" for iri in sorted(manifest.graphs)],
        )

    return routes


def _json(**members: object) -> Response:
    text = json.dumps(members, ensure_ascii=False, indent=2) + "\n"
    return Response(text, content_type="application/json")
