"""Choose the format of a document by the end of its address or by ``Accept``, and send it."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from flask import Response, request

from api import formats
from kg.entities import LICENSE
from kg.errors import ParameterError
from kg.store import GraphFormat

CACHED: Final = "public, max-age=300"  # seconds; after that an ETag tells what has not changed
SCHEMAS: Final = "/schemas/v1/"
_COMPACTED: Final = "http://www.w3.org/ns/json-ld#compacted"
_SUFFIXES: Final = frozenset(offer.names[0] for offer in formats.DOCUMENTS)


def requested(name: str) -> tuple[str, GraphFormat]:
    """Return *name* without its suffix, and the format that suffix, query or ``Accept`` asks for.

    Raises:
        NotOfferedError: no document has that format.
        ParameterError: the suffix and the query ask for different ones.
    """
    stem, _, suffix = name.rpartition(".")
    asked = request.args.get("format")
    chosen = formats.choose(formats.DOCUMENTS, request.accept_mimetypes, asked)
    if stem and suffix in _SUFFIXES:
        ending = formats.choose(formats.DOCUMENTS, request.accept_mimetypes, suffix)
        if asked is not None and (chosen is None or ending is None or chosen[1] != ending[1]):
            raise ParameterError("format", f"{asked!r} is not what .{suffix} at the end asks for")
        name, chosen = stem, ending
    if chosen is None:
        wanted = asked or str(request.accept_mimetypes)
        raise formats.NotOfferedError(formats.media_types(*formats.DOCUMENTS), wanted)
    return name, GraphFormat(*chosen)


def document(
    content: bytes,
    form: GraphFormat,
    *,
    schema: str | None = None,
    alternates: str | None = None,
    links: Iterable[tuple[str, str]] = (),
) -> Response:
    """Return *content* as an answer that caches may keep and ask about.

    *schema* names the JSON Schema that the document satisfies, *alternates* the path to which
    the suffixes of other formats are added, *links* further targets and their relations.
    """
    targets = [f'<{LICENSE}>; rel="license"']
    if schema is not None:
        targets.append(f'<{SCHEMAS}{schema}.json>; rel="describedby"')
        targets.append(f'<{_COMPACTED}>; rel="profile"')
    if alternates is not None:
        targets += [
            f'<{quote(alternates)}.{offer.names[0]}>; rel="alternate"; type="{media_type}"'
            for offer in formats.DOCUMENTS
            if (media_type := offer.media_types[0]) != form.media_type
        ]
        targets.append(f'<{quote(alternates)}.html>; rel="alternate"; type="text/html"')
    targets += [f'<{target}>; rel="{relation}"' for target, relation in links]
    return sent(content, form.media_type, ", ".join(targets))


def sent(content: bytes, media_type: str, links: str = "") -> Response:
    """Return *content* with its type and what lets caches keep it and ask about it."""
    response = Response(content, content_type=formats.content_type(media_type))
    if links:
        response.headers["Link"] = links
    response.headers["Cache-Control"] = CACHED
    response.vary.add("Accept")
    response.add_etag()
    response.make_conditional(request)
    return response
