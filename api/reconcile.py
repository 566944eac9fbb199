"""Speak the Reconciliation Service API 0.2, with which OpenRefine matches tables to entities."""

import json
from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from api.parameters import FURTHEST, NAME, Parameters
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
        return _json(_answer(reconciler, sent))

    @routes.get("/reconcile/suggest/<any(entity, property, type):kind>")
    def suggest(kind: str) -> Response:
        parameters = Parameters()
        cursor = parameters.integer("cursor", 0, 0, FURTHEST)
        prefix = _needed(parameters, "prefix", "the beginning of a name")
        if kind == "entity":
            return _json({"result": reconciler.suggestions(prefix, cursor)})
        named = reconciler.types() if kind == "type" else reconciler.properties()
        folded = fold(prefix)
        fitting = [
            {"id": name, "name": label}
            for name, label in named.items()
            if folded in fold(label) or folded in fold(name)
        ]
        return _json({"result": fitting[cursor : cursor + MOST]})

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
        curie = _needed(Parameters(), "id", "an entity such as id:kesimpta")
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


def _answer(reconciler: Reconciler, sent: Mapping[str, str]) -> dict[str, Any]:
    if "callback" in request.args:  # JSONP is optional (§3.3), and lets a service run code
        raise ParameterError("callback", "is not offered; any origin may read the plain answer")
    if "queries" in sent:
        batch = _parsed("queries", sent["queries"])
        if len(batch) > MOST:  # §3.1, batchSize
            raise RequestEntityTooLarge(f"a batch holds at most {MOST} queries")
        return reconciler.batch(batch)
    if "extend" in sent:
        return reconciler.extend(_parsed("extend", sent["extend"]))
    return _manifest(reconciler)


def _needed(parameters: Parameters, name: str, what: str) -> str:
    text = parameters.text(name) or ""
    if not 0 < len(text) <= LONGEST:
        parameters.refuse(name, f"is missing or too long: {what}")
    parameters.check()
    return text


def _manifest(reconciler: Reconciler) -> dict[str, Any]:
    """Return what there is; an absent key is how 0.2 says that something is not.

    There is no flyout (§5.5 proposes to drop it; previews and descriptions say as much), no
    feature_view (a score has one feature), no authentication, no property_settings and no JSONP.
    """
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
        "batchSize": MOST,
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
