"""Serve the documents of medicines."""

from dataclasses import replace
from typing import Final

import pyoxigraph as ox
from flask import Blueprint, Response

from api.documents import document, requested
from api.parameters import FURTHEST, Parameters, paged
from kg import syntax
from kg.drug_document import Asked, DrugDocuments
from kg.drug_sections import SECTIONS

PAGE: Final = 100  # entries of each list unless asked otherwise
LONGEST: Final = 1000


def blueprint(documents: DrugDocuments) -> Blueprint:
    """Serve the list of medicines and the document of each."""
    routes = Blueprint("drugs", __name__)

    @routes.get("/drugs")
    def drugs() -> Response:
        asked = _asked(listed=True)
        _, form = requested("drugs")
        content, quads, total = documents.list_of_drugs(asked)
        links = []
        if asked.has_more(total):
            links.append(paged("next", asked.offset + (asked.limit or 0)))
        if form.syntax != ox.RdfFormat.JSON_LD:
            content = _rdf(quads, form.syntax)
        return document(content, form, schema="drugs", links=links)

    @routes.get("/drugs/<path:name>")
    def drug(name: str) -> Response:
        slug, form = requested(name)
        product = documents.product(slug)
        asked = _asked()
        links = [(f"/id/{slug}", "about")]
        if documents.more(product, asked):
            links.append(paged("next", asked.offset + (asked.limit or 0)))
        if form.syntax == ox.RdfFormat.JSON_LD:
            content = documents.json_ld(product, asked)
        else:
            content = _rdf(documents.quads(product, asked), form.syntax)
        return document(content, form, schema="drug", alternates=f"/drugs/{slug}", links=links)

    return routes


def _asked(*, listed: bool = False) -> Asked:
    parameters = Parameters()
    asked = Asked(
        lang=parameters.language("lang"),
        offset=parameters.integer("offset", 0, 0, FURTHEST),
        limit=parameters.integer("limit", PAGE, 1, LONGEST),
    )
    if not listed:
        asked = replace(asked, sections=parameters.choices("sections", SECTIONS))
    parameters.check()
    return asked


def _rdf(quads: list[ox.Quad], form: ox.RdfFormat) -> bytes:
    datasets = {ox.RdfFormat.N_QUADS, ox.RdfFormat.TRIG}  # these say which graph states what
    if form in datasets:
        return syntax.written(quads, form)
    return syntax.written(dict.fromkeys(quad.triple for quad in quads), form)
