"""Speak the SPARQL 1.1 Protocol for updates."""

from http import HTTPStatus

from flask import Blueprint, Request, Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, Forbidden, UnsupportedMediaType

from api.authorization import Check
from api.bodies import text_of
from api.parameters import dataset
from kg.store import Dataset, Store, WritableStore

_HOW = (
    "send a form with update=… by POST, "
    "or the update itself as the body of a POST of type application/sparql-update"
)
_NAMES = ("using-graph-uri", "using-named-graph-uri")


def blueprint(store: Store, authorized: Check) -> Blueprint:
    """Let those who are *authorized* change *store*."""
    routes = Blueprint("update", __name__)

    @routes.post("/update")
    def update() -> Response:
        authorized()
        text, using = _asked(request)
        writable(store).update(text, using=using)
        return nothing()

    return routes


def nothing(status: HTTPStatus = HTTPStatus.NO_CONTENT) -> Response:
    """Return a response without content."""
    response = Response(status=status)
    del response.headers["Content-Type"]
    return response


def writable(store: Store) -> WritableStore:
    """Return *store* as one that can be written to.

    Raises:
        Forbidden: it cannot be.
    """
    if not isinstance(store, WritableStore):
        raise Forbidden("this server opened its graph for reading only")
    return store


def _asked(request: Request) -> tuple[str, Dataset]:
    """Read the two ways to send an update (SPARQL 1.1 Protocol §2.2)."""
    match request.mimetype:
        case "application/x-www-form-urlencoded":
            return _from_form(request.form)
        case "application/sparql-update":
            if "update" in request.args or "query" in request.args:
                raise BadRequest(f"the update is sent twice; {_HOW}")
            return text_of(request, "update"), dataset(request.args, *_NAMES)
        case other:
            raise UnsupportedMediaType(f"{other or 'a body without a type'} is not read; {_HOW}")


def _from_form(form: MultiDict[str, str]) -> tuple[str, Dataset]:
    texts = form.getlist("update")
    if "query" in form:
        raise BadRequest(f"this endpoint takes updates and no queries; {_HOW}")
    if len(texts) != 1:
        raise BadRequest(f"{len(texts) or 'no'} updates were sent; {_HOW}")
    return texts[0], dataset(form, *_NAMES)
