"""Describe the routes of the query page and of the documentation."""

from typing import Final

from api.operation import NAME, SPARQL, Operation, Parameter
from api.pages.negotiation import HTML

OF_TOOLS: Final = (
    Operation(
        "/query",
        "A page that asks SPARQL",
        {HTML: None},
        (
            Parameter("query", "A SPARQL query.", SPARQL, "ASK { ?s ?p ?o }"),
            Parameter("example", "The name of a query to start from.", NAME, "mechanism"),
            Parameter("form", "Leave the answer in the plain form.", {"enum": ["plain"]}, "plain"),
        ),
        problems=(400, 403, 404, 413),
    ),
    Operation("/docs", "The documentation", {HTML: None}),
    Operation(
        "/docs/<path:name>",
        "One page of the documentation, or its source by .md",
        {HTML: None, "text/markdown": None}
        | dict.fromkeys(("image/png", "image/svg+xml", "image/webp")),
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
    Operation("/licences", "Whose work the scripts of pages contain", {HTML: None}),
)
