"""Answer for any IRI or CURIE, ours or not, with the document of what it names."""

from typing import Final

import pyoxigraph as ox
from flask import Blueprint, Response

from api.documents import document, requested
from api.entities import Descriptions
from api.parameters import Parameters
from kg.errors import UnknownEntityError
from kg.store import BASE, GraphFormat, Store
from kg.terms import PREFIXES, split

_OBJECT: Final = ox.NamedNode("https://w3id.org/sssom/object_id")
_SUBJECT: Final = ox.NamedNode("https://w3id.org/sssom/subject_id")
_REGISTRY: Final = "https://bioregistry.io/"  # resolves the CURIEs of other systems


def blueprint(store: Store, descriptions: Descriptions) -> Blueprint:
    """Resolve names to the documents of *descriptions*."""
    routes = Blueprint("resolve", __name__)

    @routes.get("/resolve/<path:name>")
    def curie(name: str) -> Response:
        text, form = requested(name)
        return answer(_expanded(text), form)

    @routes.get("/resolve")
    def iri() -> Response:
        parameters = Parameters()
        text = parameters.text("iri")
        if text is None:
            parameters.refuse("iri", "is missing: name an IRI, or a CURIE as /resolve/id:kesimpta")
        parameters.check()
        _, form = requested("")
        return answer(_expanded(text or ""), form)

    def answer(text: str, form: GraphFormat) -> Response:
        found = described(store, text)
        content = descriptions.written(found, form.syntax)
        path = path_of(found.value)
        response = document(content, form, schema="entity", links=[(path, "canonical")])
        response.headers["Content-Location"] = path
        return response

    return routes


def _expanded(text: str) -> str:
    """Return the IRI that *text* is, with or without ``<…>``, or that it stands for as a CURIE."""
    if text.startswith("<") and text.endswith(">"):
        return text[1:-1]
    prefix, _, local = text.partition(":")
    if local.startswith("//") or not local:
        return text
    return PREFIXES.get(prefix, f"{_REGISTRY}{prefix}:") + local


def path_of(iri: str) -> str:
    """Return the path at which this server describes *iri*."""
    local = iri.removeprefix(BASE)
    if local != iri and local.startswith(("id/", "source/")):
        return f"/{local}"
    prefix, local = split(iri, PREFIXES)
    return f"/resolve/{prefix}:{local}" if prefix else f"/resolve?iri={iri}"


def described(store: Store, text: str) -> ox.NamedNode:
    """Return *text* as an IRI, or what a mapping says that this IRI of another system names."""
    try:
        iri = ox.NamedNode(text)
    except ValueError as error:
        raise UnknownEntityError(text) from error
    if any(True for _ in store.quads(iri)):
        return iri
    mappings = [quad.subject for quad in store.quads(None, _OBJECT, iri)]
    named = {
        quad.object
        for mapping in mappings
        if isinstance(mapping, ox.NamedNode)
        for quad in store.quads(mapping, _SUBJECT)
        if isinstance(quad.object, ox.NamedNode)
    }
    if not named:
        raise UnknownEntityError(text)
    return min(named, key=lambda each: each.value)
