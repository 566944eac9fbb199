"""Speak the SPARQL 1.1 Graph Store HTTP Protocol."""

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, NamedTuple
from urllib.parse import quote

import pyoxigraph as ox
from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, Conflict, NotFound, UnsupportedMediaType

from api import formats
from api.authorization import Check
from api.bodies import text_of
from api.sparql import sent
from api.update import nothing, writable
from kg.errors import ParameterError
from kg.operations import scoped
from kg.store import EVERYTHING, Dataset, Store
from kg.terms import GRAPH
from kg.writing import parsed

_HOW: Final = "name a graph by ?graph=…, by ?default, or by its path below /graphs/"
_EVERY_TRIPLE: Final = "CONSTRUCT WHERE { ?s ?p ?o }"
_TRIPLES: Final = ("ttl", "nt", "rdf", "jsonld")
SYNTAXES: Final = {
    media_type: offer.syntax
    for offer in formats.GRAPHS
    if offer.names[0] in _TRIPLES
    for media_type in offer.media_types
    if ";" not in media_type
}
PATHS: Final = ("/graphs", "/graphs/<path:name>")


class _Place(NamedTuple):
    graph: ox.NamedNode | None  # None is the default graph

    def __str__(self) -> str:
        return f"the graph <{self.graph.value}>" if self.graph else "the default graph"


def blueprint(store: Store, authorized: Check) -> Blueprint:  # noqa: C901 (one function a method)
    """Serve each graph of *store*, and let those who are *authorized* change it."""
    routes = Blueprint("graphs", __name__)

    def route(method: str) -> Callable[[Callable[[str | None], Response]], None]:
        def register(view: Callable[[str | None], Response]) -> None:
            for path in PATHS:
                defaults = {} if "<" in path else {"name": None}
                name = f"{view.__name__}_{len(path)}"
                routes.add_url_rule(path, name, view, methods=[method], defaults=defaults)

        return register

    @route("GET")
    def read(name: str | None) -> Response:
        place = _place(store, name)
        form = formats.graph(request.accept_mimetypes, request.args.get("format"))
        if form is None:
            wanted = request.args.get("format") or str(request.accept_mimetypes)
            raise formats.NotOfferedError(formats.media_types(*formats.GRAPHS), wanted)
        _known(store, place)
        dataset = Dataset(default=(place.graph,)) if place.graph else EVERYTHING
        return sent(store.query(_EVERY_TRIPLE, dataset=dataset, graph=form), "graph")

    @route("PUT")
    def put(name: str | None) -> Response:
        authorized()
        place = _place(store, name)
        created = writable(store).put_graph(place.graph, *_document(), merge=False)
        return _written(place, created=created)

    @route("POST")
    def post(name: str | None) -> Response:
        authorized()
        if name is None and not request.args:
            new = _Place(ox.NamedNode(f"{_here()}/graphs/{uuid.uuid4()}"))
            writable(store).put_graph(new.graph, *_document(), merge=True)
            return _written(new, created=True)
        place = _place(store, name)
        created = writable(store).put_graph(place.graph, *_document(), merge=True)
        return _written(place, created=created)

    @route("DELETE")
    def delete(name: str | None) -> Response:
        authorized()
        place = _place(store, name)
        if not writable(store).delete_graph(place.graph):
            raise NotFound(f"there is no such graph: {place}")
        return nothing()

    @route("PATCH")
    def patch(name: str | None) -> Response:
        authorized()
        place = _place(store, name)
        if request.mimetype != "application/sparql-update":
            raise UnsupportedMediaType("a graph is patched by application/sparql-update only")
        text = text_of(request, "update")
        _known(store, place)
        if place.graph is not None:
            try:
                text = scoped(text, place.graph)
            except ValueError as error:
                raise Conflict(str(error)) from error
        writable(store).update(text)
        return nothing()

    @routes.after_request
    def vary(response: Response) -> Response:
        if request.method in {"GET", "HEAD"}:
            response.vary.add("Accept")
        return response

    return routes


def _here() -> str:
    return request.host_url.rstrip("/")


def _place(store: Store, name: str | None) -> _Place:
    """Return the graph that the request names (Graph Store Protocol §4.1, §4.2).

    A path that a graph of the release has is that graph; every other one is the IRI it is.
    """
    named = request.args.getlist("graph")
    default = request.args.getlist("default")
    if name is not None:
        if named or default:
            raise BadRequest(f"a graph is named twice; {_HOW}")
        if GRAPH + name in store.manifest.graphs:
            return _Place(ox.NamedNode(GRAPH + name))
        path = quote(request.path, safe="/:@!$&'()*+,;=~")
        return _Place(ox.NamedNode(_here() + path))
    if len(named) + len(default) != 1 or any(default):
        raise BadRequest(f"exactly one graph is asked for; {_HOW}")
    if default:
        return _Place(None)
    try:
        return _Place(ox.NamedNode(named[0]))
    except ValueError as error:
        raise ParameterError("graph", str(error)) from error


def _known(store: Store, place: _Place) -> None:
    has = getattr(store, "has_graph", None)  # one that is only read from may not have it
    known = (
        has(place.graph)
        if has is not None
        else place.graph is None or place.graph.value in store.manifest.graphs
    )
    if not known:
        raise NotFound(f"there is no such graph: {place}")


def _document() -> tuple[bytes, ox.RdfFormat]:
    """Return the document that is sent; the parts of a form are joined into one."""
    if request.mimetype != "multipart/form-data":
        return request.get_data(), _syntax(request.mimetype, request.mimetype_params)
    quads: list[ox.Quad] = []
    for part in request.files.values():
        syntax = _syntax(part.mimetype, part.mimetype_params)
        quads += parsed(part.read(), syntax, ox.DefaultGraph())
    if not quads and not request.files:
        raise BadRequest("the form holds no file")
    triples = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES)
    return triples or b"", ox.RdfFormat.N_TRIPLES


def _syntax(media_type: str, parameters: dict[str, str]) -> ox.RdfFormat:
    if parameters.get("charset", "utf-8").lower() not in {"utf-8", "us-ascii"}:
        raise UnsupportedMediaType("only UTF-8 is read")
    if media_type not in SYNTAXES:
        raise UnsupportedMediaType(
            f"{media_type or 'no type'} is not read; these are: {', '.join(SYNTAXES)}"
        )
    return SYNTAXES[media_type]


def _written(place: _Place, *, created: bool) -> Response:
    response = nothing(HTTPStatus.CREATED if created else HTTPStatus.NO_CONTENT)
    if created and place.graph is not None:
        iri = place.graph.value
        direct = iri.startswith(f"{_here()}/graphs/")
        response.headers["Location"] = iri if direct else f"/graphs?graph={quote(iri, safe='')}"
    return response
