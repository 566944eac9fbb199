"""Write the OpenAPI 3.1 document from the table of operations, the schemas and the queries."""

import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from api import named_queries
from api.named_queries import JSON_ROWS, Queries
from api.operation import Operation, Parameter, page
from api.operations import OPERATIONS
from api.pages.negotiation import HTML
from api.parameters import IRI
from api.problems import PROBLEMS
from kg import query_corpus
from kg.entities import LICENSE, NOTE
from kg.errors import KgError
from kg.queries import Parameter as Variable

Json: TypeAlias = dict[str, Any]

PROBLEM: Final = "application/problem+json"
_CONVERTER: Final = re.compile(r"<(?:[a-z]+(?:\([^)]*\))?:)?([a-z]+)>")
_TYPES: Final[dict[str, Json]] = {
    "iri": {"type": "string", "description": "An IRI or a CURIE.", "pattern": IRI},
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "decimal": {"type": "string", "pattern": r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$"},
    "date": {"type": "string", "format": "date"},
}


def openapi(known: Queries, schemas: Mapping[str, Json]) -> Json:
    """Return the description of every route."""
    paths: Json = {}
    for operation in (*OPERATIONS, *_of_queries(known)):
        path = paths.setdefault(_template(operation.route), {})
        path[operation.method] = _operation(operation, known)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "DrugKG",
            "version": known.store.manifest.version,
            "description": f"What is known of medicines, who says so, and where. {NOTE}",
            "license": {"name": "CC BY 4.0", "url": LICENSE},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": dict(_components(schemas)),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {str(status): _problem(status) for status in _statuses()},
        },
    }


def _operation(operation: Operation, known: Queries) -> Json:
    name = re.sub(r"[^a-z0-9]+", "-", f"{operation.method}{operation.route.lower()}").strip("-")
    about: Json = {
        "operationId": name,
        "summary": operation.summary,
        "parameters": [_in_path(each) for each in (operation.names or {}).values()],
        "responses": {
            str(status): {
                "description": operation.summary,
                "content": {kind: _media(schema) for kind, schema in operation.answers.items()},
            }
            for status in operation.statuses
        },
    }
    about["parameters"] += [_in_query(each) for each in operation.parameters]
    for status in operation.problems:
        about["responses"][str(status)] = {"$ref": f"#/components/responses/{status}"}
    about["responses"]["default"] = {"$ref": "#/components/responses/500"}
    bodies: Json = {kind: {"schema": {"type": "string"}} for kind in operation.documents}
    if operation.body is not None:
        bodies["application/x-www-form-urlencoded"] = {"schema": operation.body}
    if bodies:
        about["requestBody"] = {"required": True, "content": bodies}
    if operation.writes:
        about["security"] = [{"token": []}]
    if operation.answers.get(JSON_ROWS) == "rows":
        _add_example(about, known, operation.route.rpartition("/")[2])
    return about


def _add_example(about: Json, known: Queries, name: str) -> None:
    """Show what the query answers to the example in its header."""
    query = known.find(name)
    about["description"] = f"{query.description} {query.question}"
    given = {each.name: each.example for each in query.parameters if each.example}
    try:
        table = known.table(query, known.page(query, given, 0, 2), 0)
    except KgError:  # a parameter without an example: there is nothing real to show
        return
    about["responses"]["200"]["content"][JSON_ROWS]["example"] = table


def _of_queries(known: Queries) -> Iterator[Operation]:
    for query in known.named().values():
        if query_corpus.form(query) in query_corpus.GRAPHS:
            yield Operation(
                f"/queries/{query.name}",
                query.title,
                dict.fromkeys([*named_queries.GRAPHS.values(), HTML]),
                (*map(_of_query, query.parameters), _format(named_queries.GRAPHS)),
                problems=(400, 404, 406),
            )
            continue
        yield Operation(
            f"/queries/{query.name}",
            query.title,
            {kind: "rows" if kind == JSON_ROWS else None for kind in named_queries.TABLES.values()}
            | {HTML: None},
            (
                *map(_of_query, query.parameters),
                *page(named_queries.PAGE, named_queries.LONGEST),
                _format(named_queries.TABLES),
            ),
            problems=(400, 404, 406),
        )


def _format(names: Iterable[str]) -> Parameter:
    return Parameter("format", "Format of the answer.", {"enum": [*names, "html"]})


def _of_query(parameter: Variable) -> Parameter:
    schema = dict(_TYPES[parameter.type])
    if parameter.enum:
        schema["enum"] = list(parameter.enum)
    if parameter.default is not None:
        schema["default"] = parameter.default
    return Parameter(
        parameter.name,
        parameter.description,
        schema,
        parameter.example,
        required=parameter.default is None,
    )


def _template(route: str) -> str:
    return _CONVERTER.sub(r"{\1}", route)


def _in_path(parameter: Parameter) -> Json:
    return _in_query(parameter) | {"in": "path", "required": True}


def _in_query(parameter: Parameter) -> Json:
    about: Json = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description,
        "required": parameter.required,
    }
    if parameter.json:
        about["content"] = {"application/json": {"schema": parameter.schema}}
        return about
    about["schema"] = parameter.schema
    if parameter.schema.get("type") == "array":
        about |= {"style": "form", "explode": False}
    if parameter.example is not None:
        about["example"] = parameter.example
    return about


def _media(schema: str | None) -> Json:
    return {"schema": {"$ref": f"#/components/schemas/{schema}"}} if schema else {}


def _statuses() -> set[int]:
    used = {status for operation in OPERATIONS for status in operation.problems}
    return used | {problem.status.value for problem in PROBLEMS.values()} | {500}


def _problem(status: int) -> Json:
    titles = sorted(each.title for each in PROBLEMS.values() if each.status == status)
    phrase = HTTPStatus(status).phrase
    about = {"schema": {"$ref": "#/components/schemas/problem"}}
    return {
        "description": f"{phrase}: {'; '.join(titles)}" if titles else phrase,
        "content": {PROBLEM: about, HTML: {"schema": {"type": "string"}}},
    }


def _components(schemas: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """Yield *schemas* and what they define as components that point at each other."""
    for name, schema in schemas.items():
        inside = schema.get("$defs", {})
        yield name, _moved({key: value for key, value in schema.items() if key != "$defs"})
        for each, definition in inside.items():
            yield each, _moved(definition)


def _moved(schema: Any) -> Any:  # noqa: ANN401 (any JSON)
    match schema:
        case {"$ref": str() as target}:
            return {"$ref": target.replace("#/$defs/", "#/components/schemas/")}
        case dict():
            return {key: _moved(value) for key, value in schema.items() if key[:1] != "$"}
        case list():
            return [_moved(each) for each in schema]
    return schema
