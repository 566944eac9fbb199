"""Serve the addresses that pages add: charts, comparison, conflicts and explanations."""

import json
from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, Response, request

from api import formats
from api.documents import sent
from api.pages import answer, compare, conflicts, explanation, marks, picture, scale, spec, words
from api.pages.negotiation import HTML, asks_for_page
from api.pages.public import ALL, Public
from api.parameters import Parameters
from kg.errors import ParameterError


def blueprint(public: Public, explanations: explanation.Explanations) -> Blueprint:
    """Serve what is made from *public* and is not a page beside a document."""
    routes = Blueprint("pages", __name__)

    @routes.get("/compare")
    def comparison() -> Response:
        return _page(lambda: compare.compare(public))

    @routes.get("/conflicts")
    def disagreements() -> Response:
        return _page(lambda: conflicts.conflicts(public))

    @routes.get("/explain")
    def explained() -> Response:
        if asks_for_page():
            return _page(explanations.page)
        _refuse_unless("application/json", HTML)
        found = explanations.asked()
        if found is None:
            raise ParameterError("subject", "is missing, and so are predicate and object")
        text = json.dumps(explanation.tree(found), ensure_ascii=False, indent=2) + "\n"
        return sent(text.encode(), "application/json")

    @routes.get("/drugs/<slug>/chart.<any(json, svg):form>")
    def chart(slug: str, form: str) -> Response:
        Parameters().check()
        document = public.drug(slug, replace(ALL, sections=("sideEffects",)))
        rows = marks.effects(public, document)
        chosen, name = scale.fitting(rows), words.label(document)
        version = public.store.manifest.version
        if form == "svg":
            return sent(picture.picture(name, rows, chosen, version).encode(), "image/svg+xml")
        found = spec.specification(name, rows, chosen, version)
        text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        return sent(text.encode(), "application/json")

    return routes


def _page(write: Callable[[], str]) -> Response:
    _refuse_unless(HTML)
    return answer.page(write())


def _refuse_unless(*offered: str) -> None:
    """Raise NotOfferedError unless the request takes one of *offered*."""
    asked = request.args.get("format")
    names = {"application/json": "json", HTML: "html"}
    if asked is not None:
        fits = asked in {*offered, *(names[each] for each in offered)}
    else:
        accept = request.accept_mimetypes
        fits = not accept or accept.best_match(offered) is not None
    if not fits:
        raise formats.NotOfferedError(offered, asked or str(request.accept_mimetypes))
