"""Answer language-model agents over the Model Context Protocol."""

import json
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Annotated, Any, Concatenate, Final, ParamSpec

import pyoxigraph as ox
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ToolError
from pydantic import Field

from api import problems
from kg import cited, entities, jsonld, queries
from kg import store as stores
from kg.context import Context
from kg.drug_document import Asked, DrugDocuments
from kg.drug_sections import SECTIONS
from kg.entities import NOTE
from kg.errors import KgError, ParameterError
from kg.release import version
from kg.rows import Page
from kg.search import Index
from kg.store import GraphFormat, ResultFormat, Store
from kg.terms import PREFIXES

P = ParamSpec("P")
Answer = dict[str, Any]

_JSON: Final = ResultFormat("application/sparql-results+json", ox.QueryResultsFormat.JSON)
_TURTLE: Final = GraphFormat("text/turtle", ox.RdfFormat.TURTLE)
_ROWS: Final = 100  # unless asked otherwise
_MOST: Final = 1000
_HELP: Final = f"""DrugKG holds what sources say of medicines, who says it and where. {NOTE}
Name the sources of every figure you repeat. Sources that disagree all stand: do not average them,
and do not choose one in silence. What no source states is unknown; it is not "no".
Use search to find IRIs, then run_named_query or describe; use sparql for what is left."""

Words = Annotated[str, Field(min_length=1, max_length=200)]
Rows = Annotated[int, Field(ge=1, le=_MOST)]
Offset = Annotated[int, Field(ge=0, le=1_000_000)]


def _refusing(
    function: Callable[Concatenate[Any, P], Answer],
) -> Callable[Concatenate[Any, P], Answer]:
    """Let *function* answer a failure of ours with the problem document that HTTP has."""

    @wraps(function)
    def refusing(
        self: Any,  # noqa: ANN401 (each tool is a method of Tools)
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Answer:
        try:
            return function(self, *args, **kwargs)
        except KgError as error:
            raise ToolError(_problem(error)) from error

    return refusing


class Tools:
    """Hold the tools; each returns what it found with the sources of it."""

    def __init__(self, store: Store, context: Context) -> None:
        self._store = store
        self._context = context
        self._index = Index(store)

    @_refusing
    def search(self, query: Words, type: str = "", limit: Rows = 10) -> Answer:  # noqa: A002 (as over HTTP)
        """Find medicines, effects, conditions, claims and documents by name, synonym or code.

        The type narrows the search to a class such as Effect, MedicinalProduct or Condition.
        """
        hits = self._index.find(query, [_iri(type, "dkg").value] if type else [])
        found = [
            {
                "iri": self._context.curie(hit.entity.iri),
                "label": hit.entity.label,
                "types": [self._context.curie(each) for each in hit.entity.kinds],
                "matched": hit.name,
                "score": hit.score,
            }
            for hit in hits[:limit]
        ]
        iris = [hit.entity.iri for hit in hits[:limit]]
        return cited.framed(self._store, iris, query=query, total=len(hits), results=found)

    @_refusing
    def describe(self, iri: Words) -> Answer:
        """Describe one thing by its IRI or CURIE, such as id:kesimpta or obo:OAE_0000366."""
        found = entities.describe(self._store, _iri(iri))
        document = json.loads(jsonld.tree(self._context, found))
        return cited.framed(self._store, _named(found.quads), description=document)

    @_refusing
    def run_named_query(
        self,
        name: Words,
        parameters: dict[str, str] | None = None,
        limit: Rows = _ROWS,
        offset: Offset = 0,
    ) -> Answer:
        """Answer a named query with its parameters, given as text."""
        query = queries.find(name)
        bound = queries.bindings(query, parameters or {})
        answer = self._store.query(query.text, solutions=_JSON, graph=_TURTLE, bindings=bound)
        about = {"query": query.name, "question": query.question}
        return about | self._answered(answer, limit, offset)

    @_refusing
    def sparql(self, query: str, limit: Rows = _ROWS, offset: Offset = 0) -> Answer:
        """Answer a SPARQL 1.1 query; it is refused if it takes too long or too much memory.

        Select ?claim or ?source to see who says what. Relative IRIs such as <id/kesimpta> are
        those of this graph. Updates and SERVICE are refused.
        """
        answer = self._store.query(query, solutions=_JSON, graph=_TURTLE)
        return self._answered(answer, limit, offset)

    def _answered(self, answer: stores.Answer, limit: int, offset: int) -> Answer:
        content = b"".join(answer.chunks)
        if answer.kind == "graph":
            quads = ox.parse(content, ox.RdfFormat.TURTLE)
            return cited.framed(self._store, _named(quads), turtle=content.decode())
        page = Page.of(content, offset, limit)
        bindings = page.results["results"]["bindings"]
        iris = [cell["value"] for row in bindings for cell in row.values() if cell["type"] == "uri"]
        return cited.framed(
            self._store,
            iris,
            columns=page.columns,
            total=page.total,
            offset=offset,
            complete=offset == 0 and page.total <= limit,
            rows=page.rows(self._context),
        )


def server(store: Store, context: Context) -> MCPServer[Any]:
    """Return a server that answers from *store*; the limits of queries are those of the store."""
    serving: MCPServer[Any] = MCPServer(
        "drugkg",
        title="DrugKG",
        instructions=_HELP,
        version=version(),
        log_level="ERROR",  # a refusal is an answer; standard error is for faults
    )
    tools = Tools(store, context)
    serving.add_tool(tools.search)
    serving.add_tool(tools.describe)
    serving.add_tool(tools.run_named_query, description=_about(queries.named()))
    serving.add_tool(tools.sparql)
    _add_resources(serving, store, context)
    return serving


def _add_resources(serving: MCPServer[Any], store: Store, context: Context) -> None:
    """Let *serving* hand out the documents of medicines, of entities and of sources."""
    documents = DrugDocuments(store, context)

    @serving.resource("drugkg://drugs", mime_type="application/ld+json")
    def drugs() -> str:
        """List the medicines."""
        return documents.list_of_drugs(Asked())[0].decode()

    @serving.resource("drugkg://drugs/{slug}", mime_type="application/ld+json")
    def drug(slug: str) -> str:
        """Return all that sources say of a medicine, as one tree with its evidence."""
        return _read(lambda: documents.json_ld(documents.product(slug), Asked(SECTIONS)))

    @serving.resource("drugkg://id/{slug}", mime_type="application/ld+json")
    def entity(slug: str) -> str:
        """Return the document of a claim, product or term."""
        return _read(lambda: jsonld.tree(context, entities.describe(store, _iri(f"id:{slug}"))))

    @serving.resource("drugkg://source/{slug}", mime_type="application/ld+json")
    def source(slug: str) -> str:
        """Return the document of a source version."""
        return _read(lambda: jsonld.tree(context, entities.describe(store, _iri(f"src:{slug}"))))


def _read(document: Callable[[], bytes]) -> str:
    try:
        return document().decode()
    except KgError as error:
        raise ResourceError(_problem(error)) from error


def _about(named: dict[str, queries.Query]) -> str:
    lines = [
        "Answer a named query; its answers have been checked against the sources.",
        "Parameters are text: CURIEs such as id:kesimpta for IRIs. One with … must be given.",
        "",
    ]
    for each in named.values():
        given = (
            f"{parameter.name}={parameter.default or '…'}: {parameter.type}"
            for parameter in each.parameters
        )
        lines.append(f"{each.name}({', '.join(given)}): {each.title}")
    return "\n".join(lines)


def _problem(error: KgError) -> str:
    problem = problems.PROBLEMS[type(error)]
    return json.dumps(
        {
            "type": problems.NAMESPACE + problem.slug,
            "title": problem.title,
            "status": int(problem.status),
            "detail": str(error),
            "note": NOTE,
        },
        ensure_ascii=False,
    )


def _iri(text: str, prefix: str = "") -> ox.NamedNode:
    """Return the IRI that *text* is or abbreviates.

    Raises:
        ParameterError: it is neither an IRI nor a CURIE with a prefix of ours.
    """
    before, colon, local = text.partition(":")
    if not colon and prefix:
        before, local = prefix, text
    try:
        return ox.NamedNode(PREFIXES[before] + local if before in PREFIXES else text)
    except ValueError as error:
        raise ParameterError("iri", f"{text!r} is no IRI and no CURIE") from error


def _named(quads: Any) -> Iterator[str]:  # noqa: ANN401 (triples or quads)
    for quad in quads:
        for term in (quad.subject, quad.object):
            if isinstance(term, ox.NamedNode):
                yield term.value
