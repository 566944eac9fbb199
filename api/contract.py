"""Serve what clients are made from: the JSON Schemas, and OpenAPI for programs and people."""

import json
from functools import cache
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from api.documents import SCHEMAS, sent
from api.named_queries import Queries
from api.openapi import openapi
from api.pages import answer
from api.plain_schemas import plain
from api.schemas import DIALECT, Schemas
from kg import paths
from kg.context import Context
from kg.errors import UnknownEntityError

SCHEMA_TYPE = "application/schema+json"


def blueprint(context: Context, queries: Queries) -> Blueprint:
    """Describe documents that use *context*, and routes with those of *queries*."""
    routes = Blueprint("contract", __name__)

    @cache
    def schemas() -> dict[str, dict[str, Any]]:
        named = Schemas(context, paths.ONTOLOGY).named() | plain()
        return {
            name: {"$schema": DIALECT, "$id": f"{SCHEMAS}{name}.json"} | schema
            for name, schema in named.items()
        }

    @cache
    def described() -> dict[str, Any]:
        return openapi(queries, schemas())

    @routes.get(f"{SCHEMAS}<name>.json")
    def schema(name: str) -> Response:
        if name not in schemas():
            raise UnknownEntityError(request.path)
        return sent(_dumped(schemas()[name]), SCHEMA_TYPE)

    @routes.get(SCHEMAS)
    def listed() -> Response:
        names = [f"{SCHEMAS}{name}.json" for name in sorted(schemas())]
        return sent(_dumped({"schemas": names}), "application/json")

    @routes.get("/openapi.json")
    def for_programs() -> Response:
        return sent(_dumped(described()), "application/json")

    @routes.get("/openapi.html")
    def for_people() -> Response:
        text = render_template(
            "openapi.html",
            canonical="/openapi.html",
            api=described(),
            tries=dict(_tries(described())),
        )
        return answer.page(text)

    return routes


def _tries(api: dict[str, Any]) -> list[tuple[str, str]]:
    """Return for each operation an address with the examples of what it needs."""
    found = []
    for path, methods in api["paths"].items():
        about = methods.get("get")
        if about is None:
            continue
        address, needed = path, {}
        for each in about["parameters"]:
            if each["in"] == "path":
                address = address.replace(f"{{{each['name']}}}", each["example"])
            elif each["required"]:
                needed[each["name"]] = each.get("example", "")
        found.append((about["operationId"], f"{address}?{urlencode(needed)}".rstrip("?")))
    return found


def _dumped(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
