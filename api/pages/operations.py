"""Describe the routes of pages that have no data at the same address."""

from typing import Final

from api.operation import NAME, SPARQL, Operation, Parameter

OF_PAGES: Final = (
    Operation(
        "/static/<path:name>",
        "A style, script or picture of the pages",
        {"text/css": None, "text/javascript": None, "image/svg+xml": None},
        (),
        {
            "name": Parameter(
                "name",
                "The path of the file.",
                {"type": "string", "pattern": "^[a-z0-9./_-]{1,100}$"},
                "drugkg.css",
                required=True,
            )
        },
        (404,),
    ),
    Operation(
        "/query",
        "A page that asks SPARQL",
        {"text/html": None},
        (
            Parameter("query", "A SPARQL query.", SPARQL, "ASK { ?s ?p ?o }"),
            Parameter("example", "The name of a query to start from.", NAME, "mechanism"),
            Parameter("form", "Leave the answer in the plain form.", {"enum": ["plain"]}, "plain"),
        ),
        problems=(400, 403, 404, 413),
    ),
    Operation("/docs", "The documentation", {"text/html": None}),
    Operation(
        "/docs/<path:name>",
        "One page of the documentation, or its source by .md",
        {"text/html": None, "text/markdown": None, "image/png": None, "image/svg+xml": None},
        (),
        {
            "name": Parameter(
                "name",
                "The path of the document.",
                {"type": "string", "pattern": "^[A-Za-z0-9/._-]{1,100}$"},
                "json-ld-api",
                required=True,
            )
        },
        (404,),
    ),
    Operation("/licences", "Whose work the scripts of pages contain", {"text/html": None}),
)
