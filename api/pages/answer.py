"""Send pages and their assets with what caches need and what a browser may do."""

import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from flask import Response, redirect, request

from api.documents import CACHED
from api.pages.negotiation import HTML

# Source: Content Security Policy Level 3. Nothing inline, nothing evaluated, no other host.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_FOREVER: Final = "public, max-age=31536000, immutable"  # the address changes with the content


@dataclass(frozen=True)
class Elsewhere:
    """Send whoever asks for a thing to the page about it (RFC 9110 §15.4.4)."""

    address: str


def answered(found: str | Elsewhere) -> Response:
    """Return what a view gave as an answer."""
    if isinstance(found, str):
        return page(found)
    response = redirect(found.address, HTTPStatus.SEE_OTHER, Response)
    assert isinstance(response, Response)  # noqa: S101 (the class that was asked for)
    response.vary.add("Accept")
    return response


def page(text: str, status: int = HTTPStatus.OK, policy: str = POLICY) -> Response:
    """Return *text* as a page; *policy* says what its scripts and styles may do."""
    response = _tagged(text.encode(), f"{HTML}; charset=utf-8", status)
    response.headers["Cache-Control"] = CACHED if status == HTTPStatus.OK else "no-store"
    response.headers["Content-Security-Policy"] = policy
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.vary.add("Accept")
    if status == HTTPStatus.OK:
        response.make_conditional(request)
    return response


def asset(content: bytes, content_type: str, *, forever: bool) -> Response:
    """Return a file that pages use; *forever* if its address names this very content."""
    response = _tagged(content, content_type, HTTPStatus.OK)
    response.headers["Cache-Control"] = _FOREVER if forever else CACHED
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.make_conditional(request)
    return response


def _tagged(content: bytes, content_type: str, status: int) -> Response:
    """Return *content* with an entity tag; ``api.cache`` and ``api.packing`` pack it."""
    response = Response(content, status, content_type=content_type)
    response.set_etag(hashlib.sha256(content).hexdigest()[:32])
    return response
