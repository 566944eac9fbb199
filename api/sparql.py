"""Speak the SPARQL 1.1 Protocol for queries."""

from http import HTTPStatus
from typing import Final, NamedTuple

import pyoxigraph as ox
from flask import Blueprint, Request, Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from api import formats
from kg.errors import ParameterError
from kg.store import Answer, Dataset, Store

_HOW = (
    "ask with ?query=… by GET, with a form by POST, "
    "or with the query itself as the body of a POST of type application/sparql-query"
)


REWRITTEN: Final = "DrugKG-Rewritten"  # header: by which ways, see kg/rewrite.py


class _Asked(NamedTuple):
    text: str
    dataset: Dataset
    format: str | None


def blueprint(store: Store) -> Blueprint:
    """Answer queries from *store*."""
    routes = Blueprint("sparql", __name__)

    @routes.route("/sparql", methods=["GET", "POST"])
    def sparql() -> Response:
        asked = _asked(request)
        accept = request.accept_mimetypes
        solutions = formats.solutions(accept, asked.format)
        graph = formats.graph(accept, asked.format)
        if solutions is None and graph is None:
            wanted = asked.format or str(accept)
            offered = formats.media_types(*formats.SOLUTIONS, *formats.GRAPHS)
            raise formats.NotOfferedError(offered, wanted)
        answer = store.query(asked.text, dataset=asked.dataset, solutions=solutions, graph=graph)
        return _sent(answer)

    @routes.after_request
    def vary(response: Response) -> Response:
        response.vary.add("Accept")
        return response

    return routes


def _asked(request: Request) -> _Asked:
    """Read the three ways to ask (SPARQL 1.1 Protocol §2.1)."""
    if request.method != "POST":
        return _from_parameters(request.args)
    match request.mimetype:
        case "application/x-www-form-urlencoded":
            return _from_parameters(request.form)
        case "application/sparql-query":
            try:
                text = request.get_data().decode("utf-8")
            except UnicodeDecodeError as error:
                raise BadRequest(f"the query is not UTF-8: {error}") from error
            return _Asked(text, _dataset(request.args), request.args.get("format"))
        case other:
            raise UnsupportedMediaType(f"{other or 'a body without a type'} is not read; {_HOW}")


def _from_parameters(parameters: MultiDict[str, str]) -> _Asked:
    texts = parameters.getlist("query")
    if "update" in parameters:
        raise BadRequest(f"this endpoint takes queries and no updates; {_HOW}")
    if len(texts) != 1:
        raise BadRequest(f"{len(texts) or 'no'} queries were sent; {_HOW}")
    return _Asked(texts[0], _dataset(parameters), parameters.get("format"))


def _dataset(parameters: MultiDict[str, str]) -> Dataset:
    def graphs(name: str) -> tuple[ox.NamedNode, ...]:
        try:
            return tuple(ox.NamedNode(iri) for iri in parameters.getlist(name))
        except ValueError as error:
            raise ParameterError(name, str(error)) from error

    return Dataset(graphs("default-graph-uri"), graphs("named-graph-uri"))


def _sent(answer: Answer) -> Response:
    response = Response(answer.chunks, content_type=formats.content_type(answer.media_type))
    response.content_length = answer.length
    if answer.rewritten:
        response.headers[REWRITTEN] = ", ".join(answer.rewritten)
    response.call_on_close(answer.close)
    response.set_etag(answer.sha256)
    response.make_conditional(request)
    if request.method == "HEAD" or response.status_code == HTTPStatus.NOT_MODIFIED:
        answer.close()
    return response
