"""Describe the routes of pages that have no data at the same address."""

from typing import Final

from api.operation import JSON, NAME, Operation, Parameter
from api.pages.negotiation import HTML
from api.pages.tool_operations import OF_TOOLS

_FORMAT: Final = Parameter("format", "Format of the answer.", {"enum": ["html"]}, "html")
_TERM: Final = {"type": "string", "minLength": 1, "maxLength": 2000, "format": "rdf-term"}
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
        "/compare",
        "Two medicines side by side, as a page",
        {HTML: None},
        (
            Parameter("product", "One medicine.", NAME, "id:kesimpta"),
            Parameter("comparator", "The other one.", NAME, "id:aubagio"),
            _FORMAT,
        ),
        problems=(400, 404, 406),
    ),
    Operation("/conflicts", "Disagreements, as a page", {HTML: None}, (_FORMAT,), problems=(406,)),
    Operation(
        "/explain",
        "Why the graph says a triple: where it is stated, or what it follows from",
        {JSON: None, HTML: None},
        (
            Parameter("subject", "A CURIE or an IRI.", _TERM, "id:kesimpta", required=True),
            Parameter("predicate", "A CURIE or an IRI.", _TERM, "rdf:type", required=True),
            Parameter(
                "object",
                "A CURIE, an IRI, or a literal as in Turtle.",
                _TERM,
                "dkg:AntiCD20Product",
                required=True,
            ),
            Parameter("format", "Format of the answer.", {"enum": ["json", "html"]}, "json"),
        ),
        problems=(400, 406, 503),
    ),
    Operation(
        "/drugs/<slug>/chart.<any(json, svg):form>",
        "How often side effects occur: a Vega-Lite specification with its data, or a picture",
        {JSON: None, "image/svg+xml": None},
        (),
        {
            "slug": Parameter("slug", "Of the medicine.", NAME, "kesimpta", required=True),
            "form": Parameter("form", "Format.", {"enum": ["json", "svg"]}, "json", required=True),
        },
        (404, 410),
    ),
    *OF_TOOLS,
)
