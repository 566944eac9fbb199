"""Write the JSON Schemas of answers that are plain JSON and not made from the graph's nodes."""

from typing import Any, Final, TypeAlias

Schema: TypeAlias = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}


def plain() -> dict[str, Schema]:
    """Return every schema by its name."""
    parameter = _object(
        name=_TEXT,
        type={"enum": ["iri", "string", "integer", "decimal", "date"]},
        description=_TEXT,
        required={"type": "boolean"},
        default={"type": ["string", "null"]},
        enum=_array(_TEXT),
        example={"type": ["string", "null"]},
    )
    query = _object(
        name=_TEXT,
        title=_TEXT,
        description=_TEXT,
        question=_TEXT,
        address=_TEXT,
        text=_TEXT,
        parameters=_array(parameter),
    )
    hit = _object(
        **{"@id": _TEXT, "@type": _array(_TEXT)},
        label=_TEXT,
        matched=_TEXT,
        score={"type": "number", "minimum": 0, "maximum": 100},
        document=_TEXT,
    )
    row = {
        "type": "object",
        "additionalProperties": {"type": ["string", "integer", "boolean", "null"]},
    }
    file = _object(name=_TEXT, address=_TEXT, mediaType=_TEXT, bytes=_COUNT, sha256=_TEXT)
    export = _object(format=_TEXT, title=_TEXT, standard=_TEXT, files=_array(file))
    export["properties"] |= {"address": _TEXT, "mediaType": _TEXT, "missing": _TEXT}
    dump = _object(
        name=_TEXT, title=_TEXT, address=_TEXT, mediaType=_TEXT, bytes=_COUNT, sha256=_TEXT
    )
    return {
        "dumps": _object(note=_TEXT, license=_TEXT, dumps=_array(dump)),
        "exports": _object(version=_TEXT, note=_TEXT, license=_TEXT, exports=_array(export)),
        "health": _object(status={"const": "ok"}, version=_TEXT, release=_TEXT, quads=_COUNT),
        "index": _object(
            title=_TEXT,
            note=_TEXT,
            version=_TEXT,
            links={"type": "object", "additionalProperties": _TEXT},
            graphs=_array(_TEXT),
        ),
        "problem": _problem(),
        "queries": _object(queries=_array(query)),
        "rows": _object(
            query=_TEXT,
            title=_TEXT,
            question=_TEXT,
            note=_TEXT,
            version=_TEXT,
            columns=_array(_TEXT),
            total=_COUNT,
            offset=_COUNT,
            rows=_array(row),
        ),
        "schemas": _object(schemas=_array(_TEXT)),
        "search": _object(query=_TEXT, total=_COUNT, offset=_COUNT, results=_array(hit)),
    }


def _problem() -> Schema:
    """Return the schema of a problem document (RFC 9457 §3)."""
    schema = _object(
        type=_TEXT,
        title=_TEXT,
        status={"type": "integer", "minimum": 400, "maximum": 599},
        detail=_TEXT,
        instance=_TEXT,
    )
    schema["properties"] |= {
        "parameter": _TEXT,
        "errors": _array(_object(parameter=_TEXT, detail=_TEXT)),
        "offered": _array(_TEXT),
        "successors": _array(_TEXT),
        "line": {"type": "integer"},
        "column": {"type": ["integer", "null"]},
        "excerpt": _TEXT,
    }
    return schema


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}
