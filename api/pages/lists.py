"""Write the pages that list: the medicines, the named queries, and what a search finds."""

from typing import Final
from urllib.parse import urlencode

from flask import render_template

from api.drugs import LONGEST
from api.named_queries import LONGEST as MOST
from api.pages import words
from api.pages.links import Links
from api.pages.public import Node, Public
from api.parameters import FURTHEST, NAME, Parameters
from api.resolve import path_of
from kg import query_corpus
from kg.drug_document import Asked
from kg.queries import Query
from kg.search import Hit

_PAGE: Final = 20
_ROWS: Final = 500  # of an answer on one page
_WORDS: Final = 200  # characters, as of /search


def drugs(public: Public) -> str:
    """Return the page at ``/drugs``."""
    asked = listed()
    return render_template(
        "drugs.html",
        canonical="/drugs",
        drugs=public.drugs(asked),
        alternates=(
            ("as JSON-LD", "/drugs?format=jsonld", "application/ld+json"),
            ("as Turtle", "/drugs?format=ttl", "text/turtle"),
        ),
    )


def listed() -> Asked:
    """Return which part of a list of medicines the request asks for; a page shows all at once."""
    parameters = Parameters()
    asked = Asked(
        lang=parameters.language("lang"),
        offset=parameters.integer("offset", 0, 0, FURTHEST),
        limit=parameters.integer("limit", LONGEST, 1, LONGEST),
    )
    parameters.check()
    return asked


def search(public: Public) -> str:
    """Return the page at ``/search``: the form alone if nothing is searched for."""
    parameters = Parameters()
    text = parameters.text("q") or ""
    if len(text) > _WORDS:
        parameters.refuse("q", f"needs 1 to {_WORDS} characters, such as cold sore or L04AG12")
    kind = parameters.fitting("type", NAME)
    offset = parameters.integer("offset", 0, 0, FURTHEST)
    limit = parameters.integer("limit", _PAGE, 1, 100)
    parameters.check()
    hits = public.find(text, kind) if text else []
    return render_template(
        "search.html",
        canonical="/search",
        text=text,
        kind=kind or "",
        hits=[_shown(public, hit) for hit in hits[offset : offset + limit]],
        total=len(hits),
        offset=offset,
        limit=limit,
        alternates=(("as JSON", _data(text, kind), "application/json"),) if text else (),
    )


def queries(public: Public) -> str:
    """Return the page at ``/queries``."""
    return render_template(
        "queries.html",
        canonical="/queries",
        queries=list(public.queries.named().values()),
        alternates=(
            ("as JSON", "/queries?format=json", "application/json"),
            ("as Turtle", "/queries?format=ttl", "text/turtle"),
        ),
    )


def query(public: Public, name: str) -> str:
    """Return the page at ``/queries/<name>``: the question, its form, and the answer."""
    asked = public.queries.find(name)
    parameters = Parameters()
    given = {each.name: parameters.text(each.name) or "" for each in asked.parameters}
    offset = parameters.integer("offset", 0, 0, FURTHEST)
    limit = parameters.integer("limit", _ROWS, 1, MOST)
    parameters.check()
    sent = {key: value for key, value in given.items() if value}
    ready = all(each.default is not None or sent.get(each.name) for each in asked.parameters)
    is_graph = query_corpus.form(asked) in query_corpus.GRAPHS
    table = public.table(name, sent, offset, limit) if ready and not is_graph else None
    return render_template(
        "query.html",
        canonical=f"/queries/{name}",
        query=asked,
        given={each.name: given[each.name] or each.default or "" for each in asked.parameters},
        types={"date": "date", "integer": "number"},
        next=None
        if table is None or table["total"] <= offset + limit
        else f"/queries/{name}?{urlencode(_further(sent, offset, limit))}",
        table=table,
        graph=public.graph(name, sent) if ready and is_graph else None,
        columns=_columns(table) if table else [],
        alternates=_answers(asked, sent, ready=ready),
    )


def _further(sent: dict[str, str], offset: int, limit: int) -> dict[str, str]:
    return sent | {"format": "html", "limit": str(limit), "offset": str(offset + limit)}


def _columns(table: Node) -> list[tuple[str, str]]:
    """Return the columns that hold something, each with the column that names what is in it."""
    held = [
        name for name in table["columns"] if any(row[name] is not None for row in table["rows"])
    ]
    names = {f"{name}Name" for name in held}
    return [
        (name, f"{name}Name" if f"{name}Name" in held else "") for name in held if name not in names
    ]


def _answers(asked: Query, sent: dict[str, str], *, ready: bool) -> Links:
    path = f"/queries/{asked.name}"
    text = ("the SPARQL query", f"{path}.rq", "application/sparql-query")
    if not ready:
        return (text,)
    if query_corpus.form(asked) in query_corpus.GRAPHS:
        tree = f"{path}?{urlencode({'format': 'jsonld'} | sent)}"
        turtle = f"{path}?{urlencode({'format': 'ttl'} | sent)}"
        return (
            ("as JSON-LD", tree, "application/ld+json"),
            ("as Turtle", turtle, "text/turtle"),
            text,
        )
    return (
        ("as JSON", f"{path}?{urlencode({'format': 'json'} | sent)}", "application/json"),
        ("as CSV", f"{path}?{urlencode({'format': 'csv'} | sent)}", "text/csv"),
        text,
    )


def _shown(public: Public, hit: Hit) -> dict[str, object]:
    kinds = [public.context.name(each) for each in hit.entity.kinds]
    return {
        "address": path_of(hit.entity.iri),
        "label": words.capital(hit.entity.label),
        "name": hit.name if hit.name.casefold() != hit.entity.label.casefold() else "",
        "kinds": [each for each in kinds if ":" not in each] or kinds,
    }


def _data(text: str, kind: str | None) -> str:
    return f"/search?{urlencode({'q': text, 'format': 'json'} | ({'type': kind} if kind else {}))}"
