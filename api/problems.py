"""Turn every failure into application/problem+json (RFC 9457)."""

import json
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from api import formats
from kg import errors

_log = logging.getLogger(__name__)
NAMESPACE: Final = "https://w3id.org/drugkg/problem#"


@dataclass(frozen=True)
class Problem:
    """Describe a kind of failure."""

    slug: str
    status: HTTPStatus
    title: str


_SERVER: Final = HTTPStatus.INTERNAL_SERVER_ERROR
PROBLEMS: Final[dict[type[errors.KgError], Problem]] = {
    errors.MalformedQueryError: Problem(
        "malformed-query", HTTPStatus.BAD_REQUEST, "Query does not parse"
    ),
    errors.QueryTooLongError: Problem(
        "query-too-long", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Query is too long"
    ),
    errors.QueryTooDeepError: Problem(
        "query-too-deep", HTTPStatus.BAD_REQUEST, "Query is nested too deep"
    ),
    errors.WriteRefusedError: Problem("write-refused", HTTPStatus.FORBIDDEN, "Not to be changed"),
    errors.ConflictError: Problem("conflict", HTTPStatus.CONFLICT, "Graph is not as it must be"),
    errors.UsingConflictError: Problem(
        "using-conflict", HTTPStatus.BAD_REQUEST, "Graphs are selected twice"
    ),
    errors.MalformedDocumentError: Problem(
        "malformed-document", HTTPStatus.BAD_REQUEST, "Document does not parse"
    ),
    errors.UnevaluableQueryError: Problem(
        "unevaluable-query", HTTPStatus.BAD_REQUEST, "Query has no answer"
    ),
    errors.ServiceRefusedError: Problem(
        "service-refused", HTTPStatus.FORBIDDEN, "Other endpoints are not asked"
    ),
    errors.WrongFormError: Problem(
        "wrong-form", HTTPStatus.NOT_ACCEPTABLE, "No wanted format holds this answer"
    ),
    errors.DeadlineError: Problem(
        "deadline", HTTPStatus.SERVICE_UNAVAILABLE, "Query took too long"
    ),
    errors.TooMuchMemoryError: Problem(
        "memory", HTTPStatus.SERVICE_UNAVAILABLE, "Query took too much memory"
    ),
    errors.TooManyBytesError: Problem(
        "too-many-bytes", HTTPStatus.SERVICE_UNAVAILABLE, "Answer is too long"
    ),
    errors.TooManyRowsError: Problem(
        "too-many-rows", HTTPStatus.SERVICE_UNAVAILABLE, "Answer has too many rows"
    ),
    errors.BusyError: Problem("busy", HTTPStatus.SERVICE_UNAVAILABLE, "Too many queries run"),
    errors.LostQueryError: Problem(
        "lost-query", HTTPStatus.SERVICE_UNAVAILABLE, "Query was interrupted"
    ),
    errors.CutAnswerError: Problem("cut-answer", _SERVER, "Answer is not complete"),
    errors.WritesOffError: Problem("writes-off", HTTPStatus.FORBIDDEN, "Writing is switched off"),
    errors.UnknownEntityError: Problem(
        "unknown-entity", HTTPStatus.NOT_FOUND, "Nothing known about it"
    ),
    errors.RetiredEntityError: Problem("retired-entity", HTTPStatus.GONE, "No longer in use"),
    errors.UnknownQueryError: Problem(
        "unknown-query", HTTPStatus.NOT_FOUND, "No query has this name"
    ),
    errors.ParameterError: Problem("bad-parameter", HTTPStatus.BAD_REQUEST, "Parameter is wrong"),
    errors.QueryHeaderError: Problem("query-header", _SERVER, "Query file is not fit for use"),
    errors.NoReleaseError: Problem("no-release", HTTPStatus.SERVICE_UNAVAILABLE, "No release"),
    errors.FactsError: Problem("facts", _SERVER, "Facts are not fit for a release"),
    errors.RuleError: Problem("rule", _SERVER, "Rule is not fit for use"),
    errors.ShapesError: Problem("shapes", _SERVER, "Shapes are not fit for use"),
    errors.ExportError: Problem("export", _SERVER, "Export cannot be written"),
    errors.UnknownExportError: Problem(
        "unknown-export", HTTPStatus.NOT_FOUND, "Nothing exported has this name"
    ),
    errors.MissingExtraError: Problem(
        "missing-extra", HTTPStatus.NOT_IMPLEMENTED, "A library is not installed"
    ),
    errors.QueryStoppedError: Problem(
        "query-stopped", HTTPStatus.SERVICE_UNAVAILABLE, "Query was stopped"
    ),
    errors.UnreadableSourceError: Problem(
        "unreadable-source", _SERVER, "Source document cannot be read"
    ),
    errors.NoReuseError: Problem("no-reuse", _SERVER, "A source may not be shared"),
    errors.LostRowsError: Problem("lost-rows", _SERVER, "Rows were lost"),
    errors.OccupiedError: Problem("occupied", _SERVER, "Directory is not a release"),
    errors.AddressError: Problem("address", _SERVER, "Not the address of an engine"),
    errors.EngineUnreachableError: Problem(
        "engine-unreachable", HTTPStatus.BAD_GATEWAY, "The engine does not answer"
    ),
    errors.EngineNotReadyError: Problem(
        "engine-not-ready", HTTPStatus.SERVICE_UNAVAILABLE, "The engine holds no whole release"
    ),
    errors.AnswerCutError: Problem(
        "answer-cut", HTTPStatus.BAD_GATEWAY, "The engine gave a part of the answer"
    ),
    errors.EngineTimeoutError: Problem(
        "engine-timeout", HTTPStatus.GATEWAY_TIMEOUT, "The engine took too long"
    ),
    errors.EngineCannotError: Problem(
        "engine-cannot", HTTPStatus.NOT_IMPLEMENTED, "The engine cannot promise this"
    ),
    errors.HalfWrittenError: Problem(
        "half-written", HTTPStatus.BAD_GATEWAY, "The write may have been made in part"
    ),
    errors.PushError: Problem("push", _SERVER, "The engine does not hold what was sent"),
}


def register(app: Flask) -> None:
    """Let *app* answer every failure with a problem document, and list their types."""
    app.add_url_rule("/problem", view_func=_listed)
    app.register_error_handler(errors.KgError, _ours)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _unforeseen)


def _listed() -> Response:
    kinds = [
        {"type": NAMESPACE + problem.slug, "status": problem.status, "title": problem.title}
        for problem in PROBLEMS.values()
    ]
    return Response(json.dumps(kinds, indent=2) + "\n", content_type="application/json")


def document(status: int, title: str, detail: str, kind: str, **members: object) -> Response:
    """Return a problem document of type *kind* with further *members* (RFC 9457 §3)."""
    body = {
        "type": kind,
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.path,
        **members,
    }
    text = json.dumps(body, ensure_ascii=False, indent=2) + "\n"
    return Response(text.encode(), status, content_type="application/problem+json")


def _ours(error: errors.KgError) -> Response:
    problem = PROBLEMS[type(error)]
    if problem.status >= _SERVER:
        _log.error("%s", error)
    response = document(
        problem.status, problem.title, str(error), NAMESPACE + problem.slug, **_members(error)
    )
    if isinstance(error, errors.BusyError):  # RFC 9110 §10.2.3
        response.headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, errors.LostQueryError):
        response.headers["Retry-After"] = "1"
    if isinstance(error, errors.RetiredEntityError):  # RFC 5829 §3.3
        links = (f'<{each}>; rel="successor-version"' for each in error.successors)
        response.headers["Link"] = ", ".join(links)
    return response


def _members(error: errors.KgError) -> dict[str, Any]:
    match error:
        case errors.MalformedQueryError(line=int(), column=column, excerpt=excerpt):
            return {"line": error.line, "column": column, "excerpt": excerpt}
        case errors.WrongFormError(kind="graph"):
            return {"offered": formats.media_types(*formats.GRAPHS)}
        case errors.WrongFormError():
            return {"offered": formats.media_types(*formats.SOLUTIONS)}
        case errors.ParameterError(name=name, faults=faults):
            pointers = [{"parameter": each, "detail": reason} for each, reason in faults]
            return {"parameter": name, "errors": pointers}
        case errors.RetiredEntityError(successors=successors):
            return {"successors": list(successors)}
    return {}


def _of_http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error  # a redirect
    status = HTTPStatus(error.code)
    members = {"offered": error.offered} if isinstance(error, formats.NotOfferedError) else {}
    response = document(status, status.phrase, error.description or "", "about:blank", **members)
    for name, value in error.get_headers():
        if name != "Content-Type":
            response.headers[name] = value
    return response


def _unforeseen(error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.path, exc_info=error)
    detail = "This is a fault of the server; it is in its log."
    return document(_SERVER, _SERVER.phrase, detail, "about:blank")
