"""Serve what clients are made from: the JSON Schemas."""

import json
from functools import cache

from flask import Blueprint, Response, request

from api.documents import SCHEMAS, sent
from api.plain_schemas import plain
from api.schemas import DIALECT, Schemas
from kg import paths
from kg.context import Context
from kg.errors import UnknownEntityError

SCHEMA_TYPE = "application/schema+json"


def blueprint(context: Context) -> Blueprint:
    """Serve the schemas of documents that use *context*."""
    routes = Blueprint("contract", __name__)

    @cache
    def schemas() -> dict[str, bytes]:
        named = Schemas(context, paths.ONTOLOGY).named() | plain()
        return {
            name: _dumped({"$schema": DIALECT, "$id": f"{SCHEMAS}{name}.json"} | schema)
            for name, schema in named.items()
        }

    @routes.get(f"{SCHEMAS}<name>.json")
    def schema(name: str) -> Response:
        if name not in schemas():
            raise UnknownEntityError(request.path)
        return sent(schemas()[name], SCHEMA_TYPE)

    @routes.get(SCHEMAS)
    def listed() -> Response:
        names = [f"{SCHEMAS}{name}.json" for name in sorted(schemas())]
        return sent(_dumped({"schemas": names}), "application/json")

    return routes


def _dumped(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
