"""Choose the format of a document by the end of its address or by ``Accept``, and send it."""

from typing import Final

from flask import Response, request

from api import formats
from kg.entities import LICENSE
from kg.store import GraphFormat

_SUFFIXES: Final = frozenset(offer.names[0] for offer in formats.DOCUMENTS)


def requested(name: str) -> tuple[str, GraphFormat]:
    """Return *name* without its suffix, and the format that suffix, query or ``Accept`` asks for.

    Raises:
        NotOfferedError: no document has that format.
    """
    stem, _, suffix = name.rpartition(".")
    asked = request.args.get("format")
    if stem and suffix in _SUFFIXES:
        name, asked = stem, suffix
    chosen = formats.choose(formats.DOCUMENTS, request.accept_mimetypes, asked)
    if chosen is None:
        wanted = asked or str(request.accept_mimetypes)
        raise formats.NotOfferedError(formats.media_types(*formats.DOCUMENTS), wanted)
    return name, GraphFormat(*chosen)


def document(content: bytes, form: GraphFormat) -> Response:
    """Return *content* as an answer that caches may keep and ask about."""
    response = Response(content, content_type=formats.content_type(form.media_type))
    response.headers["Link"] = f'<{LICENSE}>; rel="license"'
    response.vary.add("Accept")
    response.add_etag()
    response.make_conditional(request)
    return response
