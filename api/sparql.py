"""Speak the SPARQL 1.1 Protocol for queries."""

from http import HTTPStatus
from typing import Final, NamedTuple

from flask import Blueprint, Request, Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from api import formats
from api.bodies import text_of
from api.parameters import dataset
from api.service import Descriptions
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


_NAMES = ("default-graph-uri", "named-graph-uri")


def blueprint(store: Store, descriptions: Descriptions) -> Blueprint:
    """Answer queries from *store*, and say what is asked where there is no query."""
    routes = Blueprint("sparql", __name__)

    @routes.route("/sparql", methods=["GET", "POST"])
    def sparql() -> Response:
        if request.method != "POST" and not set(request.args) - {"format"}:
            return descriptions.service()  # SPARQL 1.1 Service Description §2
        asked = _asked(request)
        accept = request.accept_mimetypes
        solutions = formats.solutions(accept, asked.format)
        graph = formats.graph(accept, asked.format)
        if solutions is None and graph is None:
            wanted = asked.format or str(accept)
            offered = formats.media_types(*formats.SOLUTIONS, *formats.GRAPHS)
            raise formats.NotOfferedError(offered, wanted)
        answer = store.query(asked.text, dataset=asked.dataset, solutions=solutions, graph=graph)
        return sent(answer, "answer")

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
            if "query" in request.args or "update" in request.args:
                raise BadRequest(f"the query is sent twice; {_HOW}")
            text = text_of(request, "query")
            return _Asked(text, dataset(request.args, *_NAMES), request.args.get("format"))
        case other:
            raise UnsupportedMediaType(f"{other or 'a body without a type'} is not read; {_HOW}")


def _from_parameters(parameters: MultiDict[str, str]) -> _Asked:
    texts = parameters.getlist("query")
    if "update" in parameters:
        raise BadRequest(f"this endpoint takes queries and no updates; {_HOW}")
    if len(texts) != 1:
        raise BadRequest(f"{len(texts) or 'no'} queries were sent; {_HOW}")
    return _Asked(texts[0], dataset(parameters, *_NAMES), parameters.get("format"))


def sent(answer: Answer, name: str) -> Response:
    """Return *answer* as a response, which has *name* if it is kept as a file."""
    response = Response(answer.chunks, content_type=formats.content_type(answer.media_type))
    if answer.length is not None:
        response.content_length = answer.length
    if answer.rewritten:
        response.headers[REWRITTEN] = ", ".join(answer.rewritten)
    response.call_on_close(answer.close)
    if "download" in request.args or "format" in request.args:
        kind = "attachment" if "download" in request.args else "inline"
        response.headers["Content-Disposition"] = (
            f'{kind}; filename="{name}.{formats.extension(answer.media_type)}"'
        )
    if answer.sha256 is not None:
        response.set_etag(answer.sha256)
        response.make_conditional(request)
    if request.method == "HEAD" or response.status_code == HTTPStatus.NOT_MODIFIED:
        answer.close()
    return response
