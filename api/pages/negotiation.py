"""Know whether a request asks for a page: by the suffix ``.html``, ``?format=`` or ``Accept``."""

from typing import Final

from flask import request

from api import formats, named_queries

HTML: Final = "text/html"
SUFFIX: Final = ".html"
# A suffix says what is wanted, whatever a browser accepts.
_DATA: Final = frozenset(
    {offer.names[0] for offer in formats.DOCUMENTS} | {"css", "js", "json", "rq", "svg"}
)
# Whatever an address offers stands before HTML, so that */* and curl go on getting data.
_OFFERED: Final = (
    *formats.media_types(*formats.DOCUMENTS),
    *named_queries.TABLES.values(),
    "application/problem+json",
    HTML,
)


def asks_for_page() -> bool:
    """Return whether the answer to the request is a page for people."""
    asked = request.args.get("format")
    if asked is not None:
        return asked in {"html", HTML}
    if request.path.endswith(SUFFIX):
        return True
    if request.path.rpartition(".")[2] in _DATA:
        return False
    accept = request.accept_mimetypes
    return bool(accept) and accept.best_match(_OFFERED) == HTML
