"""Speak the Reconciliation Service API 0.2, with which OpenRefine matches tables to entities."""

import json
from typing import Any, Final

from flask import Blueprint, Response, render_template, request

from api.parameters import NAME, Parameters
from api.resolve import path_of
from kg.errors import ParameterError, UnknownEntityError
from kg.reconciliation import MOST, Reconciler
from kg.search import fold
from kg.store import BASE
from kg.terms import DKG

_DEFAULT_TYPES: Final = ("MedicinalProduct", "Substance", "Condition", "Effect")
LONGEST: Final = 200  # characters of a name
_WIDTH, _HEIGHT = 430, 200


def blueprint(reconciler: Reconciler) -> Blueprint:
    """Serve what *reconciler* answers."""
    routes = Blueprint("reconcile", __name__)

    @routes.route("/reconcile", methods=["GET", "POST"])
    def reconcile() -> Response:
        sent = request.form if request.method == "POST" else request.args
        if "queries" in sent:
            batch = _parsed("queries", sent["queries"])
            if len(batch) > MOST:
                raise ParameterError("queries", f"holds more than {MOST} queries")
            return _json(reconciler.batch(batch))
        if "extend" in sent:
            return _json(reconciler.extend(_parsed("extend", sent["extend"])))
        return _json(_manifest(reconciler))

    @routes.get("/reconcile/suggest/<any(entity, property, type):kind>")
    def suggest(kind: str) -> Response:
        prefix = _needed("prefix", "the beginning of a name")
        if kind == "entity":
            return _json({"result": reconciler.suggestions(prefix)})
        named = reconciler.types() if kind == "type" else reconciler.properties()
        folded = fold(prefix)
        fitting = [
            {"id": name, "name": label}
            for name, label in named.items()
            if folded in fold(label) or folded in fold(name)
        ]
        return _json({"result": fitting[:MOST]})

    @routes.get("/reconcile/properties")
    def properties() -> Response:
        parameters = Parameters()
        kind = parameters.fitting("type", NAME)
        limit = parameters.integer("limit", MOST, 1, 1000)
        parameters.check()
        named = list(reconciler.properties(kind).items())[:limit]
        listed = [{"id": name, "name": label} for name, label in named]
        about = {"type": kind} if kind is not None else {}
        return _json({**about, "limit": limit, "properties": listed})

    @routes.get("/reconcile/preview")
    def preview() -> Response:
        curie = _needed("id", "an entity such as id:kesimpta")
        entity = reconciler.entity(curie)
        if entity is None:
            raise UnknownEntityError(curie)
        page = render_template(
            "preview.html",
            name=entity.label,
            curie=curie,
            description=reconciler.description(entity),
            document=path_of(entity.iri),
        )
        return Response(page, content_type="text/html; charset=utf-8")

    return routes


def _needed(name: str, what: str) -> str:
    parameters = Parameters()
    text = parameters.text(name) or ""
    if not 0 < len(text) <= LONGEST:
        parameters.refuse(name, f"is missing or too long: {what}")
    parameters.check()
    return text


def _manifest(reconciler: Reconciler) -> dict[str, Any]:
    here = request.url_root.rstrip("/")
    known = reconciler.types()
    service = f"{here}/reconcile/suggest"
    return {
        "versions": ["0.2"],
        "name": "DrugKG",
        "identifierSpace": BASE,
        "schemaSpace": DKG,
        "documentation": f"{here}/openapi.html",
        "serviceVersion": reconciler.store.manifest.version,
        "defaultTypes": [{"id": t, "name": known[t]} for t in _DEFAULT_TYPES if t in known],
        "view": {"url": f"{here}/resolve/{{{{id}}}}"},
        "preview": {
            "url": f"{here}/reconcile/preview?id={{{{id}}}}",
            "width": _WIDTH,
            "height": _HEIGHT,
        },
        "suggest": {
            kind: {"service_url": service, "service_path": f"/{kind}"}
            for kind in ("entity", "property", "type")
        },
        "extend": {
            "propose_properties": {
                "service_url": f"{here}/reconcile",
                "service_path": "/properties",
            },
            "property_settings": [],
        },
    }


def _parsed(name: str, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParameterError(name, f"is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise ParameterError(name, "is not a JSON object")
    return found


def _json(value: dict[str, Any]) -> Response:
    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    return Response(text, content_type="application/json")
