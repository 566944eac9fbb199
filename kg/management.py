"""Do the graph management operations of SPARQL 1.1 Update (§3.2), and CLEAR."""

from collections.abc import Iterator

import pyoxigraph as ox

from kg.change import DEFAULT
from kg.draft import Draft, content
from kg.errors import ConflictError, WriteRefusedError
from kg.evaluation import Graph, resolve
from kg.operations import Operation


def manage(draft: Draft, operation: Operation) -> None:
    """Let *operation* change *draft*; what is SILENT never fails.

    Raises:
        ConflictError: a graph it needs is not there, or one it makes is.
        WriteRefusedError: it loads a document, or writes to a default graph that is a union.
    """
    if operation.verb == "LOAD":
        if not operation.silent:
            raise WriteRefusedError(
                "LOAD is switched off: this server reads no documents from elsewhere; "
                "send the document to /graphs"
            )
        return
    try:
        if operation.verb in {"ADD", "COPY", "MOVE"}:
            _transfer(draft, operation)
        elif operation.verb == "CREATE":
            _create(draft, operation)
        else:
            _empty(draft, operation)
    except ConflictError:
        if not operation.silent:
            raise


def _create(draft: Draft, operation: Operation) -> None:
    (graph,) = resolve(operation.prologue, operation.targets)
    if draft.has_graph(graph):
        raise ConflictError(f"the graph <{graph.value}> is there already")
    draft.create(graph)


def _empty(draft: Draft, operation: Operation) -> None:
    (target,) = operation.targets
    graphs = list(_graphs(draft, operation.prologue, target))
    if operation.verb == "DROP":
        draft.drop(graphs)
    else:
        draft.apply(removed=[quad for each in graphs for quad in content(draft.view(), each)])


def _graphs(draft: Draft, prologue: str, target: str) -> Iterator[Graph]:
    if target in {"NAMED", "ALL"}:
        yield from draft.view().named_graphs()
    if target == "DEFAULT" or (target == "ALL" and not draft.union):
        yield DEFAULT
    if target not in {"NAMED", "ALL", "DEFAULT"}:
        yield _existing(draft, prologue, target)


def _existing(draft: Draft, prologue: str, target: str) -> Graph:
    if target == "DEFAULT":
        return DEFAULT
    (graph,) = resolve(prologue, [target])
    if not draft.has_graph(graph):
        raise ConflictError(f"there is no graph <{graph.value}>")
    return graph


def _transfer(draft: Draft, operation: Operation) -> None:
    """Do ADD, COPY or MOVE."""
    source_name, target_name = operation.targets
    source = _existing(draft, operation.prologue, source_name)
    target: Graph = DEFAULT
    if target_name != "DEFAULT":
        (target,) = resolve(operation.prologue, [target_name])
    if source == target:
        return
    moved = [
        ox.Quad(quad.subject, quad.predicate, quad.object, target)
        for quad in content(draft.view(), source)
    ]
    cleared = [] if operation.verb == "ADD" else content(draft.view(), target)
    draft.apply(removed=cleared, added=moved)
    if isinstance(target, ox.NamedNode) and not draft.has_graph(target):
        draft.create(target)
    if operation.verb == "MOVE":
        draft.drop([source])
