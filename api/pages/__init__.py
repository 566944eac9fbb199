"""Show people what the API answers to programs: HTML, whole without scripts.

A page is one more format of an address. It is written from the public documents in
``api.pages.public`` and has no other way to the facts.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeAlias

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from api.pages import (
    answer,
    ask,
    assets,
    built,
    documentation,
    drug,
    entity,
    failure,
    home,
    lists,
    routes,
    source,
    vocabulary,
)
from api.pages.explanation import Explanations
from api.pages.negotiation import SUFFIX, asks_for_page
from api.pages.public import Public
from api.pages.words import FILTERS
from kg.entities import NOTE
from kg.release import QUADS

Found: TypeAlias = str | answer.Elsewhere
View: TypeAlias = Callable[..., Found]
_KEPT: Final = 64  # pages, of up to 1 MB each
NAVIGATION: Final = (
    ("/drugs", "Medicines"),
    ("/queries", "Questions"),
    ("/conflicts", "Disagreements"),
    ("/compare", "Compare"),
    ("/vocab", "Vocabulary"),
    ("/query", "Query"),
    ("/openapi.html", "API"),
)
FOOTER: Final = (
    ("/docs", "Documentation"),
    ("/explain", "Why does the graph say so?"),
    ("/openapi.json", "OpenAPI"),
    ("/health", "Health"),
    ("/licences", "Licences of the scripts"),
)
# Each address that has a page beside its data, and the view that writes it. Addresses without
# data of their own are routes of their modules.
PAGES: Final[Mapping[str, View]] = {
    "/": home.home,
    "/index": home.home,
    "/drugs": lists.drugs,
    "/drugs/<slug>": drug.drug,
    "/id/<path:slug>": entity.entity,
    "/source/<path:slug>": source.source,
    "/resolve/<path:name>": entity.resolved,
    "/resolve": entity.asked,
    "/vocab": vocabulary.vocabulary,
    "/search": lists.search,
    "/queries": lists.queries,
    "/queries/<name>": lists.query,
}


class Pages:
    """Write the pages of an application, and keep what was written while the store is the same."""

    def __init__(self, public: Public, release: Path) -> None:
        self._public = public
        self._explanations = Explanations(public, release)
        self._adapter = Map([Rule(rule, endpoint=rule) for rule in PAGES]).bind("localhost")
        self._written = lru_cache(_KEPT)(self._write)

    def register(self, app: Flask) -> None:
        """Let *app* answer with a page where one is asked for, also about a failure."""
        app.register_blueprint(assets.blueprint())
        app.register_blueprint(ask.blueprint(self._public))
        app.register_blueprint(documentation.blueprint())
        app.register_blueprint(routes.blueprint(self._public, self._explanations))
        _equip(app, self._public)
        app.before_request(self._page)
        app.after_request(failure.readable)
        app.after_request(self._varies)

    def forget(self) -> None:
        """Drop what was written; the store has changed."""
        self._public.forget()
        self._written.cache_clear()

    def _page(self) -> Response | None:
        if request.method not in {"GET", "HEAD"} or not asks_for_page():
            return None
        match = self._match()
        if match is None:
            return None
        rule, arguments = match
        found = self._written(rule, tuple(arguments.items()), request.query_string)
        return answer.answered(found)

    def _match(self) -> tuple[str, Mapping[str, Any]] | None:
        """Return the row of the table for the address of the request, if there is one."""
        try:
            return self._adapter.match(request.path.removesuffix(SUFFIX) or "/", "GET")
        except HTTPException:
            return None

    def _varies(self, response: Response) -> Response:
        """Say of data too that another ``Accept`` gets another answer (RFC 9110 §12.5.5)."""
        if self._match() is not None:
            response.vary.add("Accept")
        return response

    def _write(
        self, rule: str, arguments: tuple[tuple[str, str], ...], _query: bytes
    ) -> str | answer.Elsewhere:
        return PAGES[rule](self._public, **dict(arguments))


def _equip(app: Flask, public: Public) -> None:
    """Give the templates of *app* what they all use."""
    app.jinja_env.filters |= FILTERS
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def shared() -> dict[str, Any]:
        manifest = public.store.manifest
        return {
            "asset": assets.address,
            "bundle": built.bundle,
            "navigation": NAVIGATION,
            "footer": FOOTER,
            "here": request.path.removesuffix(SUFFIX),
            "manifest": manifest,
            "release_hash": manifest.outputs.get(QUADS.removesuffix(".gz"), ""),
            "note": NOTE,
        }
