"""Say which requests a kept answer may answer, and which answers may be kept."""

import io
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import parse_qs, unquote_plus

from api import codings, percent
from api.kept import Fields, Key
from kg.volatile import is_volatile

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

QUERIES: Final = "/sparql"
LONGEST: Final = 64 * 1024  # bytes of a POST that may be part of a key
OK: Final = "200 OK"
_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
# The fields an answer may depend on. What depends on another one by its Vary is not kept.
_FIELDS: Final = {
    "accept": "HTTP_ACCEPT",
    "accept-language": "HTTP_ACCEPT_LANGUAGE",
    "host": "HTTP_HOST",
    "x-forwarded-host": "HTTP_X_FORWARDED_HOST",
    "x-forwarded-prefix": "HTTP_X_FORWARDED_PREFIX",
    "x-forwarded-proto": "HTTP_X_FORWARDED_PROTO",
}
# What is asked for with one of these is answered anew; packed text is not searched for calls.
_ALONE: Final = ("HTTP_AUTHORIZATION", "HTTP_RANGE", "HTTP_CONTENT_ENCODING")
_VARIABLES: Final = tuple(_FIELDS.values())
_KNOWN: Final = frozenset(_FIELDS) | {"accept-encoding"}
_UNKEPT: Final = ("no-store", "no-cache", "private")


class Asked(NamedTuple):
    """Hold what a request asks for: everything its answer may depend on, in ``key``."""

    key: Key
    version: str
    parameters: str
    body: bytes
    coding: str
    tags: str  # If-None-Match
    is_head: bool


def asked(environ: "WSGIEnvironment", version: Callable[[], str | None]) -> Asked | None:
    """Return what is asked for, or None if the answer shall be made for this request alone."""
    get = environ.get
    if any(field in environ for field in _ALONE):
        return None
    if "HTTP_CACHE_CONTROL" in environ and "no-" in environ["HTTP_CACHE_CONTROL"].lower():
        return None  # no-cache, no-store
    method = environ["REQUEST_METHOD"]
    kind: str | None = None
    body: bytes | None = None
    if method == "POST":
        kind = get("CONTENT_TYPE", "")
        body = _query_body(environ, kind)
        if body is None:
            return None
    elif method not in ("GET", "HEAD"):
        return None
    now = version()
    if now is None:
        return None
    coding = codings.choose(get("HTTP_ACCEPT_ENCODING", ""))
    parameters = get("QUERY_STRING", "")
    address = (environ["wsgi.url_scheme"], get("PATH_INFO"), parameters)
    key = (now, *address, kind, body, coding, *map(get, _VARIABLES))
    tags = get("HTTP_IF_NONE_MATCH", "")
    return Asked(key, now, parameters, body or b"", coding, tags, method == "HEAD")


def _query_body(environ: "WSGIEnvironment", kind: str) -> bytes | None:
    """Return the body of a POST that can only be a query, and let it be read again."""
    media_type = kind.partition(";")[0].strip().lower()
    length = environ.get("CONTENT_LENGTH") or ""
    if environ.get("PATH_INFO") != QUERIES or media_type not in (_FORM, _QUERY):
        return None
    if not (length.isascii() and length.isdecimal() and int(length) <= LONGEST):
        return None
    body: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    if media_type == _FORM and "query" not in parse_qs(body.decode("latin-1")):
        return None
    return body


def is_function_of_data(asked: Asked) -> bool:
    """Return whether no text in the request, whatever it is, may be a query for something else."""
    parameters = percent.decoded(asked.parameters) or unquote_plus(asked.parameters)
    if not asked.body:
        return not is_volatile(parameters)
    body = asked.body.decode("latin-1")
    said = "\n".join((parameters, body, unquote_plus(body)))
    return "update" not in said and not is_volatile(said)


def may_be_kept(path: str, status: str, known: Fields, length: int | None) -> bool:
    """Return whether an answer of *length* bytes, if that is known, is one for every request.

    Views other than of queries say so with an entity tag. A view that cuts an answer, or makes
    it for one user, says ``no-store`` or ``private``.
    """
    tag = known.get("etag", "")
    control = known.get("cache-control", "").lower()
    return (
        status == OK
        and (tag.startswith('"') or (path == QUERIES and not tag))
        and _varied(known.get("vary", "")) <= _KNOWN
        and "set-cookie" not in known
        and not any(word in control for word in _UNKEPT)
        and (length is None or known.get("content-length", str(length)) == str(length))
    )


@lru_cache(1_000)
def _varied(vary: str) -> frozenset[str]:
    return frozenset(name.strip().lower() for name in vary.split(",") if name.strip())
