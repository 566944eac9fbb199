"""Serve a release over HTTP."""

import logging
import time

from flask import Flask, Response, g, request

from api import (
    contract,
    drugs,
    entities,
    freshness,
    health,
    named_queries,
    origins,
    problems,
    reconcile,
    resolve,
    search,
    sparql,
    vocabulary,
)
from api.cache import Cache
from api.config import Settings
from api.quick import Quick
from kg import paths
from kg.context import Context
from kg.drug_document import DrugDocuments
from kg.reconciliation import Reconciler
from kg.rewriting import RewritingStore
from kg.search import Index
from kg.store import Store

_log = logging.getLogger(__name__)


def create_app(settings: Settings, store: Store) -> Flask:
    """Return the WSGI application that answers from *store*."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_request_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.max_request_bytes
    app.register_blueprint(health.blueprint(store))
    asked = RewritingStore(store) if settings.rewrite else store
    app.register_blueprint(sparql.blueprint(asked))
    context = Context(paths.ONTOLOGY / "context.jsonld")
    descriptions = entities.Descriptions(store, context)
    app.register_blueprint(entities.blueprint(store, descriptions))
    app.register_blueprint(resolve.blueprint(store, descriptions))
    app.register_blueprint(vocabulary.blueprint(context))
    documents = DrugDocuments(store, context)
    app.register_blueprint(drugs.blueprint(documents))
    queries = named_queries.Queries(store, context)
    app.register_blueprint(named_queries.blueprint(queries))
    index = Index(store)
    app.register_blueprint(search.blueprint(index, context))
    app.register_blueprint(reconcile.blueprint(Reconciler(store, index, context)))
    app.register_blueprint(contract.blueprint(context, queries))
    problems.register(app)
    freshness.watch(app, store, documents.forget, index.forget, descriptions.written.cache_clear)
    app.before_request(_start)
    app.after_request(_allow_any_origin)
    app.after_request(_log_request)
    if settings.cache_bytes:
        quick = Quick(app, app.wsgi_app, asked)
        cache = Cache(quick, freshness.version(store), settings.cache_bytes)
        app.wsgi_app = cache  # type: ignore[method-assign] # as Flask's documentation does
    return app


def _start() -> None:
    g.start = time.perf_counter()


def _allow_any_origin(response: Response) -> Response:
    """Let a page of any origin read; there is nothing to write and no one to be signed in.

    Source: Fetch Standard §3.2, HTTP-CORS protocol.
    """
    response.headers.update(origins.HEADERS)
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
        response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _log_request(response: Response) -> Response:
    milliseconds = (time.perf_counter() - g.start) * 1000
    _log.info("%s %s %d %.1f ms", request.method, request.path, response.status_code, milliseconds)
    return response
