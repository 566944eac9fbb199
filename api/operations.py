"""Describe each route once, for the OpenAPI document; a test fails until a new route has a row."""

from collections.abc import Mapping
from typing import Final

from api import drugs, formats, named_queries, search
from api.export_operations import EXPORTS
from api.graph_operations import GRAPH_STORE
from api.operation import JSON, NAME, SPARQL, TEXT, WORDS, Operation, Parameter, Schema, page
from api.pages.negotiation import HTML
from api.pages.operations import OF_PAGES
from api.reconcile_operations import RECONCILIATION
from kg.drug_sections import SECTIONS
from kg.terms import OBO

_DOCUMENTS: Final = {each.names[0]: each.media_types[0] for each in formats.DOCUMENTS}
_SUFFIXES: Final = [f".{name}" for name in (*_DOCUMENTS, "html")]
_ANSWERS: Final = {
    each.names[0]: each.media_types[0] for each in (*formats.SOLUTIONS, *formats.GRAPHS)
}


def _documents(schema: str | None, *, page: bool = True) -> dict[str, str | None]:
    trees = {"application/ld+json": schema, JSON: schema}
    found = trees | {kind: None for kind in _DOCUMENTS.values() if kind not in trees}
    return found | {HTML: None} if page else found


def _format(names: Mapping[str, str], *, page: bool = True) -> Parameter:
    about = "Format of the answer; beats Accept."
    enum = [*names, "html"] if page else list(names)
    return Parameter("format", about, {"enum": enum}, enum[0])


def _path(about: str, example: str, schema: Schema = NAME) -> Parameter:
    return Parameter("name", about, schema, example, required=True)


_LANG: Final = Parameter(
    "lang",
    "Language of names, beside English; the words of a source stay as they are.",
    {"type": "string", "pattern": "^[A-Za-z]{2,3}$"},
    "de",
)
_SECTIONS: Final = Parameter(
    "sections",
    "Sections that are wanted, with commas between them; all unless given.",
    {"type": "array", "items": {"enum": list(SECTIONS)}, "minItems": 1, "uniqueItems": True},
    ["sideEffects", "dosing"],
)
OPERATIONS: Final = (
    Operation(
        "/",
        "What is here",
        {JSON: "index", HTML: None},
        (_format({"json": JSON}),),
        problems=(406,),
    ),
    Operation("/health", "Version and size of what is served", {JSON: "health"}),
    Operation("/ready", "Whether queries are answered", {"text/plain": None}, problems=(503,)),
    Operation("/metrics", "Counts for Prometheus", {"text/plain": None}),
    Operation("/problem", "The kinds of failure", {JSON: None}),
    Operation(
        "/sparql",
        "Answer a SPARQL 1.1 query",
        dict.fromkeys(_ANSWERS.values()),
        (
            Parameter(
                "query",
                "A SPARQL query; without one, the service description.",
                SPARQL,
                "ASK { ?s ?p ?o }",
            ),
            _format(_ANSWERS, page=False),
        ),
        problems=(400, 403, 406),
    ),
    Operation(
        "/sparql",
        "Answer a SPARQL 1.1 query that is posted",
        dict.fromkeys(_ANSWERS.values()),
        problems=(400, 403, 406, 413, 415),
        body={"type": "object", "properties": {"query": SPARQL}, "required": ["query"]},
    ),
    *GRAPH_STORE,
    Operation(
        "/<any(id, source):kind>/<path:name>",
        "What is known of one IRI of ours",
        _documents("entity"),
        (_format(_DOCUMENTS),),
        {
            "kind": Parameter("kind", "What it names.", {"enum": ["id", "source"]}, "id"),
            "name": _path("The last part of the IRI.", "kesimpta"),
        },
        (404, 406, 410),
    ),
    Operation(
        "/graph/<path:name>",
        "What one file of facts says",
        _documents(None, page=False),
        (_format(_DOCUMENTS, page=False),),
        {"name": _path("The path of the file.", "ontology")},
        (404, 406),
    ),
    Operation(
        "/vocab", "The ontology", _documents("vocabulary"), (_format(_DOCUMENTS),), problems=(406,)
    ),
    Operation(
        "/vocab<suffix>",
        "The ontology in one format",
        _documents("vocabulary"),
        (),
        {"suffix": Parameter("suffix", "Of the format.", {"enum": _SUFFIXES}, ".ttl")},
        (404, 406),
    ),
    Operation("/context/v1.jsonld", "The JSON-LD context", {"application/ld+json": None}),
    Operation("/context.jsonld", "The JSON-LD context, newest", {"application/ld+json": None}),
    Operation(
        "/drugs",
        "The medicines",
        _documents("drugs"),
        (_LANG, *page(drugs.PAGE, drugs.LONGEST), _format(_DOCUMENTS)),
        problems=(400, 406),
    ),
    Operation(
        "/drugs/<path:name>",
        "All that sources say of a medicine, as one tree",
        _documents("drug"),
        (_SECTIONS, _LANG, *page(drugs.PAGE, drugs.LONGEST), _format(_DOCUMENTS)),
        {"name": _path("The last part of the IRI of the medicine.", "kesimpta")},
        (400, 404, 406, 410),
    ),
    Operation(
        "/resolve/<path:name>",
        "What is known of a CURIE",
        _documents("entity"),
        (_format(_DOCUMENTS),),
        {"name": _path("A CURIE, as documents have it in @id.", "obo:OAE_0001245")},
        (404, 406, 410),
    ),
    Operation(
        "/resolve",
        "What is known of an IRI",
        _documents("entity"),
        (
            Parameter("iri", "An IRI or a CURIE.", TEXT, f"{OBO}OAE_0001245", required=True),
            _format(_DOCUMENTS),
        ),
        problems=(400, 404, 406, 410),
    ),
    Operation(
        "/queries",
        "The named queries",
        {kind: "queries" if kind == JSON else None for kind in named_queries.LISTS.values()}
        | {HTML: None},
        (_format(named_queries.LISTS),),
        problems=(406,),
    ),
    Operation(
        "/queries/<name>.rq",
        "The text of a named query",
        {named_queries.QUERY: None},
        (),
        {"name": _path("The name of the query.", "mechanism")},
        (404,),
    ),
    Operation(
        "/search",
        "Find by name, synonym or code, also if misspelt",
        {JSON: "search", HTML: None},
        (
            Parameter("q", "Words or a code.", WORDS, "cold sore", required=True),
            Parameter("type", "Only of this class.", NAME, "Effect"),
            *page(search.PAGE, search.LONGEST),
            _format({"json": JSON}),
        ),
        problems=(400, 406),
    ),
    *RECONCILIATION,
    Operation("/schemas/v1/", "The JSON Schemas", {JSON: "schemas"}),
    Operation(
        "/schemas/v1/<name>.json",
        "One JSON Schema",
        {"application/schema+json": None},
        (),
        {"name": _path("The name of the schema.", "drug")},
        (404,),
    ),
    *EXPORTS,
    Operation("/openapi.json", "This description", {JSON: None}),
    Operation("/openapi.html", "This description as a page", {"text/html": None}),
    *OF_PAGES,
)  # fmt: skip
