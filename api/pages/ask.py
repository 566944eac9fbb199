"""Ask SPARQL from a page: a plain form that needs no scripts, and an editor where they run."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Blueprint, Response, render_template

from api import formats
from api.pages import answer
from api.pages.built import bundle
from api.pages.example import as_text
from api.pages.public import Public
from api.pages.words import href, language
from api.parameters import Parameters
from api.problems import PROBLEMS
from kg.errors import KgError, MalformedQueryError
from kg.store import GraphFormat, ResultFormat

MOST: Final = 1000  # rows of a table that are shown; the downloads have all
_LONGEST: Final = 200_000  # characters of a graph that are shown
_JSON: Final = ResultFormat("application/sparql-results+json", ox.QueryResultsFormat.JSON)
_TURTLE: Final = GraphFormat("text/turtle", ox.RdfFormat.TURTLE)
_START: Final = "side-effect-frequencies"
# The one style that the editor writes itself: handles between columns (column-resizer 1.4, by its
# hash). A test in a browser fails when a new version writes another.
_POLICY: Final = answer.POLICY.replace(
    "style-src 'self'", "style-src 'self' 'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='"
)
# What a person may do about a failure, by the kind of problem.
HELP: Final[Mapping[str, str]] = {
    "deadline": "Nothing is wrong with the server. Name a product or an effect in the query, "
    "take out parts that are joined with nothing, or ask for fewer rows with LIMIT.",
    "memory": "The query held too much at once. Name a product or an effect in it, "
    "or take out parts that are joined with nothing.",
    "too-many-rows": "Add LIMIT and OFFSET to get the answer in parts.",
    "too-many-bytes": "Add LIMIT and OFFSET to get the answer in parts.",
    "busy": "Others are asking too. Wait a moment and run the query again.",
    "lost-query": "Run the query again; it is as you left it.",
    "service-refused": "Leave SERVICE out, or send the query to an endpoint of your own.",
    "unevaluable-query": "The query can be read, but a function or a value in it is not known.",
    "malformed-query": "The caret marks the place from which the text could not be read. "
    "Often something is missing just before: a full stop, a bracket, or a PREFIX line.",
}


@dataclass(frozen=True)
class Shown:
    """Hold an answer in the form in which the page shows it, or why there is none."""

    kind: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[dict[str, str], ...], ...] = ()
    total: int = 0
    text: str = ""
    is_cut: bool = False
    problem: Mapping[str, Any] = field(default_factory=dict)


def blueprint(public: Public) -> Blueprint:
    """Serve the page that asks *public* graphs."""
    routes = Blueprint("ask", __name__)

    @routes.get("/query")
    def query() -> Response:
        parameters = Parameters()
        text, name = parameters.text("query"), parameters.text("example")
        is_plain = parameters.choices("form", ("plain",)) if parameters.text("form") else ()
        parameters.check()
        queries = public.queries
        chosen = queries.find(name if name is not None else _START)
        shown = answered(public, text) if text is not None and text.strip() else None
        page = render_template(
            "ask.html",
            canonical="/query",
            text=text if text is not None else as_text(chosen),
            title=chosen.title if text is None and name is not None else "",
            examples=list(queries.named().values()),
            example=name,
            shown=shown,
            is_plain=bool(is_plain),
            is_given=text is not None or name is not None,
            downloads=_downloads(text or "", shown),
            help=dict(HELP),
            editor=bundle("query"),
        )
        status = shown.problem["status"] if shown is not None and shown.problem else 200
        return answer.page(page, status, _POLICY)

    return routes


def answered(public: Public, text: str) -> Shown:
    """Return the answer of ``/sparql`` to *text* as it is shown, or the problem in its place."""
    try:
        found = public.store.query(text, solutions=_JSON, graph=_TURTLE)
        content = b"".join(found.chunks)
    except KgError as error:
        problem = PROBLEMS[type(error)]
        about = {"slug": problem.slug, "status": problem.status.value, "title": problem.title}
        return Shown("problem", problem=about | _place(error, text) | {"detail": str(error)})
    if found.kind == "graph":
        turtle = content.decode()
        whole = len(turtle) <= _LONGEST
        shown = turtle if whole else turtle[: turtle.rindex("\n", 0, _LONGEST)]
        return Shown("graph", text=shown, is_cut=not whole)
    results = json.loads(content)
    if found.kind == "boolean":
        return Shown("boolean", text="Yes" if results["boolean"] else "No")
    columns = tuple(results["head"]["vars"])
    bindings = results["results"]["bindings"]
    rows = tuple(tuple(_cell(public, row.get(name)) for name in columns) for row in bindings[:MOST])
    return Shown("solutions", columns, rows, len(bindings), is_cut=len(bindings) > MOST)


def _cell(public: Public, term: Mapping[str, str] | None) -> dict[str, str]:
    """Return the text of *term*, which is of SPARQL results in JSON, and where it leads."""
    if term is None:
        return {"text": ""}
    if term["type"] != "uri":
        tag = language({"@language": term.get("xml:lang", "en")})
        return {"text": term["value"], "language": tag}
    short = public.context.curie(term["value"])
    return {"text": short, "address": href(short)}


def _place(error: KgError, text: str) -> dict[str, Any]:
    """Return the line at which the query stops making sense, and a line with a caret below it."""
    if not isinstance(error, MalformedQueryError) or error.line is None:
        return {}
    column = min(error.column or 1, len(error.excerpt) + 1)
    line = "".join("\t" if each == "\t" else " " for each in error.excerpt[: column - 1])
    before = text.splitlines()[max(0, error.line - 2) : error.line - 1]
    return {
        "line": error.line,
        "column": error.column,
        "before": before[0] if before else "",
        "excerpt": error.excerpt,
        "caret": f"{line}^",
    }


def _downloads(text: str, shown: Shown | None) -> list[tuple[str, str]]:
    """Return the name of each format that holds the answer, and where it is."""
    if shown is None or shown.problem:
        return []
    tables = formats.SOLUTIONS[:2] if shown.kind == "boolean" else formats.SOLUTIONS
    offers = formats.GRAPHS if shown.kind == "graph" else tables  # CSV and TSV hold no yes or no
    names = [offer.names[0] for offer in offers]
    return [(each, f"/sparql?{urlencode({'query': text, 'format': each})}") for each in names]
