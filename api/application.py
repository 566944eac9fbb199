"""Serve a release over HTTP."""

from flask import Flask, Response, request

from api import (
    bodies,
    contract,
    drugs,
    dumps,
    entities,
    exports,
    freshness,
    graphs,
    health,
    metrics,
    named_queries,
    origins,
    pages,
    problems,
    reconcile,
    resolve,
    search,
    service,
    sparql,
    update,
    vocabulary,
)
from api.authorization import bearer
from api.config import Settings
from api.layers import nearest, put_around
from api.pages.public import Public
from api.strict import refuse_nonsense
from kg import paths
from kg.context import Context
from kg.drug_document import DrugDocuments
from kg.executors.counters import Counters
from kg.reconciliation import Reconciler
from kg.search import Index
from kg.store import Store


def create_app(settings: Settings, store: Store, counters: Counters | None = None) -> Flask:
    """Return the WSGI application that answers from *store*, and tells of *counters*."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_request_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.max_request_bytes
    refuse_nonsense(app)
    app.register_blueprint(health.blueprint(store))
    app.register_blueprint(metrics.blueprint(store, counters))
    about = service.Descriptions(
        store,
        settings.release,
        writable=bool(settings.update_token),
        union=settings.default_graph == "union",
    )
    authorized = bearer(settings.update_token)
    asked = nearest(settings, store)
    app.register_blueprint(sparql.blueprint(asked, about))
    app.register_blueprint(update.blueprint(store, authorized))
    app.register_blueprint(graphs.blueprint(store, authorized))
    app.register_blueprint(service.blueprint(about))
    context = Context(paths.ONTOLOGY / "context.jsonld")
    descriptions = entities.Descriptions(store, context)
    app.register_blueprint(entities.blueprint(store, descriptions))
    app.register_blueprint(resolve.blueprint(store, descriptions))
    app.register_blueprint(vocabulary.blueprint(context))
    documents = DrugDocuments(store, context)
    app.register_blueprint(drugs.blueprint(documents))
    queries = named_queries.Queries(store, context)
    app.register_blueprint(named_queries.blueprint(queries))
    index = Index(store, settings.release)
    app.register_blueprint(search.blueprint(index, context))
    app.register_blueprint(reconcile.blueprint(Reconciler(store, index, context)))
    app.register_blueprint(contract.blueprint(context, queries))
    exported = exports.Exports(store)
    app.register_blueprint(exports.blueprint(exported))
    app.register_blueprint(dumps.blueprint(store, settings.release))
    problems.register(app)
    freshness.watch(
        app,
        store,
        about.forget,
        exported.forget,
        documents.forget,
        index.forget,
        descriptions.written.cache_clear,
    )
    bodies.unpack(app, settings.max_request_bytes)
    app.after_request(_allow_any_origin)
    public = Public(store, context, documents, descriptions, queries, index)
    shown = pages.Pages(public, settings.release)
    freshness.watch(app, store, shown.forget)
    shown.register(app)
    put_around(app, asked, settings)
    return app


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
