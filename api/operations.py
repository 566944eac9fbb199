"""Describe each route once, for the OpenAPI document; a test fails until a new route has a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from api import drugs, formats, named_queries, search
from api.parameters import NAME
from kg.drug_sections import SECTIONS
from kg.reconciliation import MOST
from kg.terms import OBO

Schema: TypeAlias = dict[str, Any]

JSON: Final = "application/json"
_TEXT: Final[Schema] = {"type": "string"}
_NAME: Final[Schema] = {"type": "string", "pattern": NAME}
_WORDS: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 200}
_SUGGESTED: Final[Schema] = {"enum": ["entity", "property", "type"]}
_DOCUMENTS: Final = {each.names[0]: each.media_types[0] for each in formats.DOCUMENTS}
_SUFFIXES: Final = [f".{name}" for name in _DOCUMENTS]
_ANSWERS: Final = {
    each.names[0]: each.media_types[0] for each in (*formats.SOLUTIONS, *formats.GRAPHS)
}


@dataclass(frozen=True)
class Parameter:
    """Describe a parameter of an address, or of the query after it."""

    name: str
    description: str
    schema: Schema
    example: object = None
    required: bool = False
    json: bool = False  # its text is JSON that fits the schema


@dataclass(frozen=True)
class Operation:
    """Describe what one route does: its parameters, and media types with their schemas."""

    route: str  # as Flask writes it
    summary: str
    answers: Mapping[str, str | None]
    parameters: tuple[Parameter, ...] = ()
    names: Mapping[str, Parameter] | None = None  # those that are a part of the path
    problems: tuple[int, ...] = ()
    body: Schema | None = None  # of a form that is posted

    @property
    def method(self) -> str:
        """Return the method, in small letters as OpenAPI writes it."""
        return "get" if self.body is None else "post"


def _documents(schema: str | None) -> dict[str, str | None]:
    trees = {"application/ld+json": schema, JSON: schema}
    return trees | {kind: None for kind in _DOCUMENTS.values() if kind not in trees}


def _format(names: Mapping[str, str]) -> Parameter:
    about = "Format of the answer; beats Accept."
    return Parameter("format", about, {"enum": list(names)}, next(iter(names)))


def page(least: int, most: int) -> tuple[Parameter, ...]:
    """Return the parameters of a list that comes in pages of *least* entries, or at most *most*."""
    limit = {"type": "integer", "minimum": 1, "maximum": most, "default": least}
    offset = {"type": "integer", "minimum": 0, "maximum": 10_000, "default": 0}
    return (
        Parameter("limit", "Entries of a list on one page.", limit, 10),
        Parameter("offset", "Entries before the page.", offset, 0),
    )


def _path(about: str, example: str, schema: Schema = _NAME) -> Parameter:
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
_CONDITION: Final[Schema] = {
    "type": "object",
    "properties": {"pid": _TEXT, "v": _TEXT},
    "required": ["pid", "v"],
    "additionalProperties": False,
}
_QUERY: Final[Schema] = {
    "type": "object",
    "properties": {
        "query": _TEXT,
        "type": {"type": "array", "items": _NAME},
        "limit": {"type": "integer", "minimum": 1},
        "properties": {"type": "array", "items": _CONDITION},
        "type_strict": {"enum": ["any", "should", "all"]},
    },
    "required": ["query"],
    "additionalProperties": False,
}
_BATCH: Final[Schema] = {
    "type": "object",
    "additionalProperties": _QUERY,
    "maxProperties": MOST,
}
_EXAMPLE: Final = {"q0": {"query": "kesimta", "type": ["MedicinalProduct"]}}

OPERATIONS: Final = (
    Operation("/", "What is here", {JSON: "index"}),
    Operation("/health", "Version and size of what is served", {JSON: "health"}),
    Operation(
        "/sparql",
        "Answer a SPARQL 1.1 query",
        dict.fromkeys(_ANSWERS.values()),
        (
            Parameter("query", "A SPARQL query.", _TEXT, "ASK { ?s ?p ?o }", required=True),
            _format(_ANSWERS),
        ),
        problems=(400, 403, 406),
    ),
    Operation(
        "/sparql",
        "Answer a SPARQL 1.1 query that is posted",
        dict.fromkeys(_ANSWERS.values()),
        problems=(400, 403, 406, 413, 415),
        body={"type": "object", "properties": {"query": _TEXT}, "required": ["query"]},
    ),
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
        _documents(None),
        (_format(_DOCUMENTS),),
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
            Parameter("iri", "An IRI.", _TEXT, f"{OBO}OAE_0001245", required=True),
            _format(_DOCUMENTS),
        ),
        problems=(400, 404, 406, 410),
    ),
    Operation(
        "/queries",
        "The named queries",
        {kind: "queries" if kind == JSON else None for kind in named_queries.LISTS.values()},
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
        {JSON: "search"},
        (
            Parameter("q", "Words or a code.", _WORDS, "cold sore", required=True),
            Parameter("type", "Only of this class.", _NAME, "Effect"),
            *page(search.PAGE, search.LONGEST),
        ),
        problems=(400,),
    ),
    Operation(
        "/reconcile",
        "Reconciliation API 0.2: the manifest, or candidates for queries",
        {JSON: None},
        (Parameter("queries", "A batch of queries.", _BATCH, _EXAMPLE, json=True),),
        problems=(400,),
    ),
    Operation(
        "/reconcile",
        "Reconciliation API 0.2: candidates for queries, or values to extend a table",
        {JSON: None},
        problems=(400, 413),
        body={"type": "object", "properties": {"queries": _TEXT, "extend": _TEXT}},
    ),
    Operation(
        "/reconcile/suggest/<any(entity, property, type):kind>",
        "Reconciliation API 0.2: suggestions while a person types",
        {JSON: None},
        (Parameter("prefix", "The beginning of a name.", _WORDS, "kes", required=True),),
        {"kind": Parameter("kind", "What is suggested.", _SUGGESTED, "entity")},
        (400, 404),
    ),
    Operation(
        "/reconcile/properties",
        "Reconciliation API 0.2: properties of a class",
        {JSON: None},
        (
            Parameter("type", "A class.", _NAME, "MedicinalProduct"),
            Parameter("limit", "How many.", {"type": "integer", "minimum": 1, "maximum": 1000}, 10),
        ),
        problems=(400,),
    ),
    Operation(
        "/reconcile/preview",
        "Reconciliation API 0.2: a small page on an entity",
        {"text/html": None},
        (Parameter("id", "A CURIE.", _NAME, "id:kesimpta", required=True),),
        problems=(400, 404),
    ),
    Operation("/schemas/v1/", "The JSON Schemas", {JSON: "schemas"}),
    Operation(
        "/schemas/v1/<name>.json",
        "One JSON Schema",
        {"application/schema+json": None},
        (),
        {"name": _path("The name of the schema.", "drug")},
        (404,),
    ),
    Operation("/openapi.json", "This description", {JSON: None}),
    Operation("/openapi.html", "This description as a page", {"text/html": None}),
)  # fmt: skip
