"""Answer a query at the terminal: find it, choose a format, draw a table."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from api import formats
from api.table import table
from kg import queries
from kg.queries import Query
from kg.store import Answer, GraphFormat, ResultFormat, Store, Term

TABLE: Final = "table"
NAMES: Final = tuple(
    dict.fromkeys(offer.names[0] for offer in (*formats.SOLUTIONS, *formats.GRAPHS))
)


def find(query: str, stdin: str | None = None) -> Query:
    """Return the query in the file *query*, in *stdin*, or of that name.

    Raises:
        FileNotFoundError: *query* looks like the path of a file, and there is none.
        UnknownQueryError: no file and no query of ours has that name.
        QueryHeaderError: its header breaks the rules.
    """
    if stdin is not None:
        return queries.parse("-", stdin, "standard input")
    path = Path(query)
    if path.is_file():
        return queries.read(path)
    if path.suffix == ".rq" or os.sep in query:
        raise FileNotFoundError(query)
    return queries.find(query)


def answer(
    store: Store, query: Query, bindings: Mapping[str, Term], form: str | None, width: int | None
) -> Iterator[bytes]:
    """Yield the answer to *query* in the format *form*.

    Without *form* a terminal, which has a *width*, gets a table or Turtle; a pipe gets
    tab-separated values, as from ``sqlite3``, or Turtle.

    Raises:
        WrongFormError: *form* does not hold this kind of answer.
    """
    form = form or (TABLE if width is not None else None)
    solutions = _solutions({TABLE: "json", None: "tsv"}.get(form, form))
    graph = _graph({TABLE: "ttl", None: "ttl"}.get(form, form))
    found = store.query(query.text, solutions=solutions, graph=graph, bindings=bindings)
    if form == TABLE and found.kind != "graph":
        yield f"{table(b''.join(found.chunks), width or 2**31)}\n".encode()
    else:
        yield from _ended(found)


def _ended(found: Answer) -> Iterator[bytes]:
    """Yield the answer and a line end if it has none, as JSON and XML have none."""
    last = b"\n"
    for chunk in found.chunks:
        yield chunk
        last = chunk
    if not last.endswith(b"\n"):
        yield b"\n"


def _solutions(name: str | None) -> ResultFormat | None:
    named = (each for each in formats.SOLUTIONS if name in each.names)
    return next((ResultFormat(each.media_types[0], each.syntax) for each in named), None)


def _graph(name: str | None) -> GraphFormat | None:
    named = (each for each in formats.GRAPHS if name in each.names)
    return next((GraphFormat(each.media_types[0], each.syntax) for each in named), None)
