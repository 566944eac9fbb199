"""Describe the routes of the Reconciliation Service API."""

from typing import Final

from api.operation import JSON, NAME, TEXT, WORDS, Operation, Parameter, Schema
from api.parameters import FURTHEST
from kg.reconciliation import MOST

_SUGGESTED: Final[Schema] = {"enum": ["entity", "property", "type"]}
_VALUE: Final[Schema] = {
    "anyOf": [
        {"type": ["string", "number", "boolean"]},
        {"type": "object", "properties": {"id": TEXT, "name": TEXT}, "required": ["id"]},
    ]
}
_CONDITION: Final[Schema] = {
    "type": "object",
    "properties": {"pid": TEXT, "v": {"anyOf": [_VALUE, {"type": "array", "items": _VALUE}]}},
    "required": ["pid", "v"],
}
_CONDITIONS: Final[Schema] = {"type": "array", "items": _CONDITION}
_QUERY: Final[Schema] = {
    "type": "object",
    "properties": {
        "query": TEXT,
        "type": {"anyOf": [TEXT, {"type": "array", "items": TEXT}]},
        "limit": {"type": "integer", "minimum": 1},
        "properties": _CONDITIONS,
        "type_strict": {"enum": ["any", "should", "all"]},
    },
    "anyOf": [
        {"required": ["query"]},
        {"required": ["properties"], "properties": {"properties": {"minItems": 1}}},
    ],
    "additionalProperties": False,
}
_BATCH: Final[Schema] = {
    "type": "object",
    "additionalProperties": _QUERY,
    "maxProperties": MOST,
}
_EXTEND: Final[Schema] = {
    "type": "object",
    "properties": {
        "ids": {"type": "array", "items": TEXT, "maxItems": MOST},
        "properties": {
            "type": "array",
            "items": {"type": "object", "properties": {"id": TEXT}, "required": ["id"]},
        },
    },
    "required": ["ids", "properties"],
}
_CURSOR: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": FURTHEST, "default": 0}
_EXAMPLE: Final = {"q0": {"query": "kesimta", "type": ["MedicinalProduct"]}}


def _json(form: str, schema: Schema) -> Schema:
    """Describe a text that is JSON; *form* names it for a tool that makes up examples."""
    about = {"contentMediaType": "application/json", "contentSchema": schema}
    return TEXT | {"format": form} | about


RECONCILIATION: Final = (
    Operation(
        "/reconcile",
        "Reconciliation API 0.2: the manifest, or candidates for queries",
        {JSON: None},
        (Parameter("queries", "A batch of queries.", _BATCH, _EXAMPLE, json=True),),
        problems=(400, 413),
    ),
    Operation(
        "/reconcile",
        "Reconciliation API 0.2: candidates for queries, or values to extend a table",
        {JSON: None},
        problems=(400, 413),
        body={
            "type": "object",
            "properties": {
                "queries": _json("reconciliation-queries", _BATCH),
                "extend": _json("reconciliation-extend", _EXTEND),
            },
        },
    ),
    Operation(
        "/reconcile/suggest/<any(entity, property, type):kind>",
        "Reconciliation API 0.2: suggestions while a person types",
        {JSON: None},
        (
            Parameter("prefix", "The beginning of a name.", WORDS, "kes", required=True),
            Parameter("cursor", "How many suggestions to leave out.", _CURSOR, 0),
        ),
        {"kind": Parameter("kind", "What is suggested.", _SUGGESTED, "entity")},
        (400, 404),
    ),
    Operation(
        "/reconcile/properties",
        "Reconciliation API 0.2: properties of a class",
        {JSON: None},
        (
            Parameter("type", "A class.", NAME, "MedicinalProduct"),
            Parameter("limit", "How many.", {"type": "integer", "minimum": 1, "maximum": 1000}, 10),
        ),
        problems=(400,),
    ),
    Operation(
        "/reconcile/preview",
        "Reconciliation API 0.2: a small page on an entity",
        {"text/html": None},
        (Parameter("id", "A CURIE.", NAME, "id:kesimpta", required=True),),
        problems=(400, 404),
    ),
)
