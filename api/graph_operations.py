"""Describe the routes of updates, graphs and the description of the data, for OpenAPI."""

from typing import Final

from api import formats
from api.graphs import SYNTAXES
from api.operation import TEXT, Operation, Parameter
from kg.terms import ONTOLOGY_GRAPH

_GRAPHS: Final = {each.names[0]: each.media_types[0] for each in formats.GRAPHS}
_ANSWERS: Final[dict[str, str | None]] = dict.fromkeys(_GRAPHS.values())
_UPDATE: Final = "application/sparql-update"
_DOCUMENTS: Final = tuple(
    each.media_types[0] for each in formats.GRAPHS if each.media_types[0] in SYNTAXES
)
_FORMAT: Final = Parameter(
    "format", "Format of the answer; beats Accept.", {"enum": list(_GRAPHS)}, "ttl"
)
_GRAPH: Final = Parameter(
    "graph",
    "IRI of the graph; ?default in its place is the default graph.",
    {"type": "string", "pattern": "^https?://[A-Za-z0-9.-]+/[A-Za-z0-9./-]*$"},
    ONTOLOGY_GRAPH,
    required=True,
)
_NAME: Final = {
    "name": Parameter(
        "name",
        "The path of a graph of the release; else the address is the IRI.",
        {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,60}$"},
        "ontology",
        required=True,
    )
}
_REFUSED: Final = (400, 401, 403)
_BY_GRAPH: Final = "/graphs"
_BY_PATH: Final = "/graphs/<path:name>"


def _store(route: str) -> tuple[Operation, ...]:
    """Return the methods of the Graph Store HTTP Protocol at *route*."""
    given = (_GRAPH,) if route == _BY_GRAPH else ()
    names = None if route == _BY_GRAPH else _NAME
    none: dict[str, str | None] = {}
    return (
        Operation(
            route, "The triples of a graph", _ANSWERS, (*given, _FORMAT), names, (400, 404, 406)
        ),
        Operation(
            route,
            "Put a document in the place of what a graph holds",
            none,
            given,
            names,
            (*_REFUSED, 413, 415),
            verb="put",
            documents=_DOCUMENTS,
            statuses=(201, 204),
            writes=True,
        ),
        Operation(
            route,
            "Add a document to a graph, or to a new one if none is named",
            none,
            given,
            names,
            (*_REFUSED, 413, 415),
            verb="post",
            documents=(*_DOCUMENTS, "multipart/form-data"),
            statuses=(201, 204),
            writes=True,
        ),
        Operation(
            route,
            "Delete a graph",
            none,
            given,
            names,
            (*_REFUSED, 404),
            verb="delete",
            statuses=(204,),
            writes=True,
        ),
        Operation(
            route,
            "Change a graph by a SPARQL update",
            none,
            given,
            names,
            (*_REFUSED, 404, 409, 413, 415),
            verb="patch",
            documents=(_UPDATE,),
            statuses=(204,),
            writes=True,
        ),
    )


GRAPH_STORE: Final = (
    Operation(
        "/update",
        "Make a SPARQL 1.1 update",
        {},
        problems=(*_REFUSED, 409, 413, 415),
        body={"type": "object", "properties": {"update": TEXT}, "required": ["update"]},
        documents=(_UPDATE,),
        statuses=(204,),
        writes=True,
    ),
    *_store(_BY_GRAPH),
    *_store(_BY_PATH),
    Operation(
        "/.well-known/void",
        "What the data are, in VoID and DCAT",
        _ANSWERS,
        (_FORMAT,),
        problems=(406,),
    ),
)
