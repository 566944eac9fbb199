"""Work out what a write would change in an Oxigraph store, without changing it.

A write is first turned into a `Change`: the very quads that go and come. So it can be refused,
kept in a journal or sent on, and it never half happens: no text of a client is ever run as an
update on the store (ADR 0030). `commit` then makes the change.
"""

from collections.abc import Collection

import pyoxigraph as ox

from kg.change import DEFAULT, Change, commit, refuse_protected
from kg.draft import Draft, content
from kg.errors import MalformedDocumentError, UsingConflictError
from kg.evaluation import BASE, Graph, resolve
from kg.management import manage
from kg.operations import Operation, read
from kg.sparql import refuse_service
from kg.templates import instances
from kg.tokens import refuse_depth

__all__ = [
    "Change",
    "commit",
    "drafted",
    "graph_change",
    "parsed",
    "refuse_protected",
    "removal",
    "update_change",
]


def update_change(
    engine: ox.Store,
    text: str,
    *,
    default: Collection[ox.NamedNode] = (),
    named: Collection[ox.NamedNode] = (),
    union: bool = False,
) -> Change:
    """Return what the update *text* would change in *engine*.

    *default* and *named* are the graphs of the protocol that its ``WHERE`` reads; *union* says
    that the default graph of *engine* holds the union of its named graphs and is not for writing.

    Raises:
        ConflictError: a graph it needs is not there, or one it makes is.
        MalformedQueryError: *text* is no update.
        QueryTooDeepError: it nests too deep.
        ServiceRefusedError: it asks another endpoint.
        UnevaluableQueryError: a part of it has no answer.
        UsingConflictError: it selects graphs, and so does the protocol.
        WriteRefusedError: it loads a document, or writes to a default graph that is a union.
    """
    return drafted(Draft(engine, union=union), text, default=default, named=named)


def drafted(
    draft: Draft,
    text: str,
    *,
    default: Collection[ox.NamedNode] = (),
    named: Collection[ox.NamedNode] = (),
) -> Change:
    """Return what *draft* holds after the update *text*; errors as for ``update_change``."""
    refuse_depth(text)
    refuse_service(text)
    operations = read(text)
    selected = bool(default or named)
    if selected and any(each.scope or each.default or each.named for each in operations):
        raise UsingConflictError
    for operation in operations:
        if operation.verb.endswith("DATA"):
            _data(draft, operation)
        elif operation.verb == "MODIFY":
            _modify(draft, operation, (list(default), list(named)) if selected else None)
        else:
            manage(draft, operation)
    return draft.change


def graph_change(  # noqa: PLR0913 (what put_graph of a store is given, and the store)
    engine: ox.Store,
    graph: ox.NamedNode | None,
    document: bytes,
    syntax: ox.RdfFormat,
    *,
    merge: bool,
    union: bool = False,
) -> Change:
    """Return what it changes to put the document *document* in *graph*, or to *merge* it there.

    None is the default graph.

    Raises:
        MalformedDocumentError: *document* is no graph in *syntax*.
        WriteRefusedError: the default graph is a union.
    """
    draft = Draft(engine, union=union)
    place = graph or DEFAULT
    if not merge:
        draft.apply(removed=content(engine, place))
    draft.apply(added=parsed(document, syntax, place))
    if graph is not None and not engine.contains_named_graph(graph):
        draft.change.created.add(graph)
    return draft.change


def removal(engine: ox.Store, graph: ox.NamedNode | None, *, union: bool = False) -> Change:
    """Return what it changes to delete *graph*; None is the default graph, which is emptied."""
    draft = Draft(engine, union=union)
    draft.drop([graph or DEFAULT])
    return draft.change


def parsed(document: bytes, syntax: ox.RdfFormat, graph: Graph) -> list[ox.Quad]:
    """Return the triples of the document *document* as quads of *graph*.

    Raises:
        MalformedDocumentError: *document* does not parse.
    """
    base = graph.value if isinstance(graph, ox.NamedNode) else BASE
    try:
        quads = list(
            ox.parse(
                document,
                syntax,
                base_iri=base,
                without_named_graphs=True,
                rename_blank_nodes=True,
            )
        )
    except (SyntaxError, ValueError) as error:
        raise MalformedDocumentError(str(error)) from error
    return [ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads]


def _data(draft: Draft, operation: Operation) -> None:
    quads = instances(operation.prologue, operation.insert or "{}", [{}])
    if operation.verb == "DELETE DATA":
        draft.apply(removed=quads)
    else:
        draft.apply(added=quads)


def _modify(
    draft: Draft,
    operation: Operation,
    selected: tuple[list[ox.NamedNode], list[ox.NamedNode]] | None,
) -> None:
    scope = resolve(operation.prologue, [operation.scope] if operation.scope else [])
    text = f"{operation.prologue}\nSELECT * WHERE {operation.where}"
    if operation.default or operation.named:
        default = resolve(operation.prologue, operation.default)
        named = resolve(operation.prologue, operation.named)
        solutions = draft.solutions(text, default, named)
    elif selected:
        solutions = draft.solutions(text, *selected)
    else:
        solutions = draft.solutions(text, scope or None, None)
    place = scope[0] if scope else DEFAULT

    def filled(template: str | None) -> list[ox.Quad]:
        if template is None:
            return []
        return [
            ox.Quad(quad.subject, quad.predicate, quad.object, place)
            if quad.graph_name == DEFAULT
            else quad
            for quad in instances(operation.prologue, template, solutions)
        ]

    draft.apply(filled(operation.delete), filled(operation.insert))
