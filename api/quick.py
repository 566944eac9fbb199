"""Answer plain requests for queries without the dispatch of the application.

Finding the route, making objects of request and response and calling what stands around a view
costs Flask more than the engine takes for a short query. What is answered here is answered as the
view does, which a test compares; all other requests, and all failures, are left to the application.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from flask import Flask
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from api import formats, origins, percent
from api.sparql import REWRITTEN
from kg.errors import KgError
from kg.store import Answer, GraphFormat, ResultFormat, Store

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_ADDRESS: Final = "/sparql"
_QUERY: Final = "query="
_HEADERS: Final = [*origins.HEADERS.items(), ("Vary", "Accept")]


class _Formats(NamedTuple):
    solutions: ResultFormat | None
    graph: GraphFormat | None


@lru_cache(1_000)
def _formats(accept: str) -> _Formats:
    wanted = parse_accept_header(accept, MIMEAccept)
    return _Formats(formats.solutions(wanted, None), formats.graph(wanted, None))


class Quick:
    """Answer queries from *store*, and leave to *application*, that of *app*, what is not plain."""

    def __init__(self, app: Flask, application: "WSGIApplication", store: Store) -> None:
        self._app = app
        self._application = application
        self._store = store

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        text = _text(environ)
        wanted = _formats(environ.get("HTTP_ACCEPT", ""))
        if text is None or wanted == (None, None):
            return self._application(environ, start_response)
        try:
            answer = self._store.query(text, solutions=wanted.solutions, graph=wanted.graph)
        except KgError as error:
            return self._failed(error, environ, start_response)
        headers = [("Content-Type", formats.content_type(answer.media_type)), *_HEADERS]
        if answer.rewritten:
            headers.append((REWRITTEN, ", ".join(answer.rewritten)))
        if answer.sha256 is not None:
            headers.append(("ETag", f'"{answer.sha256}"'))
        if answer.length is not None:
            headers.append(("Content-Length", str(answer.length)))
        start_response("200 OK", headers)
        return _Body(answer)

    def _failed(
        self, error: KgError, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer as the application does when a view fails, and do not evaluate again."""
        with self._app.request_context(environ):
            early = self._app.preprocess_request()
            said = self._app.handle_user_exception(error) if early is None else early
            return self._app.finalize_request(said)(environ, start_response)


class _Body(Iterable[bytes]):
    """Pass on an answer, and let it be closed in every case (PEP 3333)."""

    def __init__(self, answer: Answer) -> None:
        self._chunks = answer.chunks
        self.close = answer.close

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks


def _text(environ: "WSGIEnvironment") -> str | None:
    """Return the query if it is all that the request holds."""
    parameters: str = environ.get("QUERY_STRING", "")
    if (
        environ.get("PATH_INFO") != _ADDRESS
        or environ["REQUEST_METHOD"] != "GET"
        or not parameters.startswith(_QUERY)
        or "&" in parameters
        or "HTTP_IF_NONE_MATCH" in environ
    ):
        return None
    return percent.decoded(parameters[len(_QUERY) :])
