"""Answer the named queries at addresses of their own, with parameters that are terms."""

import json
from functools import cache
from typing import Any, Final

import pyoxigraph as ox
from flask import Blueprint, Response, request

from api import formats
from api.documents import SCHEMAS, sent
from api.parameters import FURTHEST, Parameters, paged
from kg import jsonld, queries, query_corpus, syntax
from kg.context import Context
from kg.entities import NOTE
from kg.errors import ParameterError, UnknownQueryError
from kg.queries import Query
from kg.rows import Page
from kg.store import Answer, GraphFormat, ResultFormat, Store

PAGE: Final = 1000  # rows unless asked otherwise
LONGEST: Final = 10_000
RESERVED: Final = frozenset({"format", "limit", "offset"})  # no query has parameters of these names
JSON_ROWS: Final = "application/json"
QUERY: Final = "application/sparql-query"
_JSON: Final = ResultFormat("application/sparql-results+json", ox.QueryResultsFormat.JSON)
# Plain rows, then what SPARQL itself writes; ?format= and suffixes name them.
TABLES: Final = {"json": JSON_ROWS} | {
    each.names[-1]: each.media_types[0] for each in formats.SOLUTIONS
}
_DOCUMENTS: Final = {each.names[0]: each.media_types[0] for each in formats.DOCUMENTS}
LISTS: Final = {"json": JSON_ROWS} | _DOCUMENTS
GRAPHS: Final = _DOCUMENTS | {"json": JSON_ROWS}  # which here is JSON-LD by its other name


class Queries:
    """Hold the named queries, read when they are first asked for."""

    def __init__(self, store: Store, context: Context) -> None:
        self.store = store
        self.context = context
        self.named = cache(queries.named)

    def find(self, name: str) -> Query:
        """Return the query called *name*; raises UnknownQueryError if there is none."""
        if name not in self.named():
            raise UnknownQueryError(name, list(self.named()))
        return self.named()[name]

    def answer(self, query: Query, given: dict[str, str], graph: GraphFormat | None) -> Answer:
        """Return the answer to *query*: solutions as SPARQL results in JSON, or a graph."""
        bound = queries.bindings(query, given)
        return self.store.query(query.text, solutions=_JSON, graph=graph, bindings=bound)

    def page(self, query: Query, given: dict[str, str], offset: int, limit: int) -> Page:
        """Return a page of the solutions of *query*."""
        content = b"".join(self.answer(query, given, None).chunks)
        return Page.of(content, offset, limit)

    def table(self, query: Query, page: Page, offset: int) -> dict[str, Any]:
        """Return *page* as plain rows, with what a reader should know of them."""
        return {
            "query": query.name,
            "title": query.title,
            "question": query.question,
            "note": NOTE,
            "version": self.store.manifest.version,
            "columns": page.columns,
            "total": page.total,
            "offset": offset,
            "rows": page.rows(self.context),
        }


def blueprint(known: Queries) -> Blueprint:
    """Serve the queries that are *known*."""
    routes = Blueprint("queries", __name__)

    @routes.get("/queries")
    def listed() -> Response:
        wanted = _wanted(LISTS)
        links = f'<{SCHEMAS}queries.json>; rel="describedby"'
        if wanted == JSON_ROWS:
            about = [_about(each) for each in known.named().values()]
            return sent(_dumped({"queries": about}), JSON_ROWS, links)
        triples = list(query_corpus.triples(known.named().values()))
        return sent(_written(known, triples, wanted), wanted, links)

    @routes.get("/queries/<name>.rq")
    def text(name: str) -> Response:
        return sent(known.find(name).text.encode(), QUERY)

    @routes.get("/queries/<name>")
    def answer(name: str) -> Response:
        query = known.find(name)
        if query_corpus.form(query) in query_corpus.GRAPHS:
            return _graph(known, query)
        wanted = _wanted(TABLES)
        parameters = Parameters()
        offset = parameters.integer("offset", 0, 0, FURTHEST)
        limit = parameters.integer("limit", PAGE, 1, LONGEST)
        given = _given(query, parameters)
        page = known.page(query, given, offset, limit)
        links = [f'</queries/{name}.rq>; rel="via"']
        if offset + limit < page.total:
            target, relation = paged("next", offset + limit)
            links.append(f'<{target}>; rel="{relation}"')
        if wanted == JSON_ROWS:
            links.append(f'<{SCHEMAS}rows.json>; rel="describedby"')
            content = _dumped(known.table(query, page, offset))
        else:
            content = page.written(
                next(each.syntax for each in formats.SOLUTIONS if wanted in each.media_types)
            )
        return sent(content, wanted, ", ".join(links))

    return routes


def _graph(known: Queries, query: Query) -> Response:
    wanted = _wanted(GRAPHS)
    given = _given(query, Parameters())
    asked = GraphFormat("application/n-triples", ox.RdfFormat.N_TRIPLES)
    content = b"".join(known.answer(query, given, asked).chunks)
    triples = [quad.triple for quad in ox.parse(content, format=ox.RdfFormat.N_TRIPLES)]
    return sent(_written(known, triples, wanted), wanted, f'</queries/{query.name}.rq>; rel="via"')


def _written(known: Queries, triples: list[ox.Triple], media_type: str) -> bytes:
    form = next(each.syntax for each in formats.GRAPHS if media_type in each.media_types)
    if form == ox.RdfFormat.JSON_LD:
        return jsonld.flat(known.context, triples)
    return syntax.written(triples, form)


def _given(query: Query, parameters: Parameters) -> dict[str, str]:
    """Return the values of the parameters of *query*; raises ParameterError with all faults."""
    given = {}
    for each in query.parameters:
        read = parameters.iri if each.type == "iri" else parameters.text
        text = read(each.name)
        if text is not None:
            given[each.name] = text
    faults: dict[str, ParameterError] = {}  # of each parameter the first
    for check in (parameters.check, lambda: queries.bindings(query, given)):
        try:
            check()
        except ParameterError as error:
            for name, reason in error.faults:
                faults.setdefault(name, ParameterError(name, reason))
    if faults:
        raise ParameterError.all_of(list(faults.values()))
    return given


def _wanted(offers: dict[str, str]) -> str:
    """Return the media type that ``?format=`` or ``Accept`` chooses among *offers*."""
    name = request.args.get("format")
    accept = request.accept_mimetypes
    media_types = list(dict.fromkeys(offers.values()))
    if name is not None:
        best = offers.get(name, name if name in media_types else None)
    else:
        best = accept.best_match(media_types) if accept else media_types[0]
    if best is None:
        raise formats.NotOfferedError(media_types, name or str(accept))
    return best


def _about(query: Query) -> dict[str, Any]:
    return {
        "name": query.name,
        "title": query.title,
        "description": query.description,
        "question": query.question,
        "form": query_corpus.form(query),
        "address": f"/queries/{query.name}",
        "text": f"/queries/{query.name}.rq",
        "parameters": [
            {
                "name": each.name,
                "type": each.type,
                "description": each.description,
                "required": each.default is None,
                "default": each.default,
                "enum": list(each.enum),
                "example": each.example,
            }
            for each in query.parameters
        ],
    }


def _dumped(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
