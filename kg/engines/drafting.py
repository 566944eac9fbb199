"""Gather what a write changes in an engine elsewhere, before anything is changed there."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final, Protocol, cast

import pyoxigraph as ox

from kg.change import DEFAULT, Change
from kg.draft import Draft
from kg.errors import EngineCannotError, WriteRefusedError
from kg.evaluation import Graph, Term
from kg.store import EVERYTHING, Dataset

MOST: Final = 200_000  # quads that one write may change: they are held in memory here


class Far(Protocol):
    """Answer what a draft asks of an engine."""

    def graphs(self) -> Collection[str]:
        """Return the named graphs that there are."""

    def content(self, graph: ox.NamedNode | None) -> Iterator[ox.Quad]:
        """Yield the quads of *graph*; None is the default graph."""

    def found(self, text: str, dataset: Dataset) -> list[dict[str, Term]]:
        """Return what the SELECT *text* finds."""


class RemoteDraft(Draft):
    """Gather what operations change, without changing the engine.

    What is there is not asked for each quad: *removed* and *added* of the change may say what is
    so already. An operation that looks for what an earlier one changed is refused.
    """

    def __init__(self, far: Far) -> None:
        super().__init__(cast("ox.Store", _View(far, None)), union=True)
        self._far = far

    def view(self) -> ox.Store:
        """Return the graphs as they are after the operations so far."""
        return cast("ox.Store", _View(self._far, self.change))

    def solutions(
        self, text: str, default: list[ox.NamedNode] | None, named: list[ox.NamedNode] | None
    ) -> list[dict[str, Term]]:
        """Return what the SELECT *text* finds, if nothing has changed so far."""
        if self.change:
            raise EngineCannotError(
                "an operation with WHERE follows one that changes something, and the engine is "
                "changed only once all of them are read; send them as updates of their own"
            )
        if default is None and named is None:
            return self._far.found(text, EVERYTHING)
        if named is None:  # WITH: the other graphs stay
            named = [ox.NamedNode(each) for each in sorted(self._far.graphs())]
        return self._far.found(text, Dataset(tuple(default or ()), tuple(named)))

    def has_graph(self, graph: Graph) -> bool:
        """Return whether *graph* is there after the operations so far."""
        return isinstance(graph, ox.DefaultGraph) or graph in set(self.view().named_graphs())

    def apply(self, removed: Iterable[ox.Quad] = (), added: Iterable[ox.Quad] = ()) -> None:
        """Take away *removed*, then put *added* (SPARQL 1.1 Update §3.1.3)."""
        coming = set(added)
        going = {quad for quad in _few(removed) if quad not in coming}
        if any(quad.graph_name == DEFAULT for quad in going | coming):
            raise WriteRefusedError(
                "the default graph is the union of the named graphs here; name a graph to write to"
            )
        change = self.change
        change.removed = (change.removed | going) - coming
        change.added = (change.added - going) | coming
        list(_few([*change.removed, *change.added]))
        for graph in {quad.graph_name for quad in coming}:
            if isinstance(graph, ox.NamedNode):
                change.dropped.discard(graph)

    def create(self, graph: ox.NamedNode) -> None:
        """Make the empty *graph*."""
        self.change.dropped.discard(graph)
        self.change.created.add(graph)

    def drop(self, graphs: Iterable[Graph]) -> None:
        """Take away *graphs* with all that they hold."""
        for graph in graphs:
            self.apply(removed=self.view().quads_for_pattern(None, None, None, graph))
            if isinstance(graph, ox.NamedNode):
                self.change.created.discard(graph)
                self.change.dropped.add(graph)


class _View:
    """Read whole graphs as they are after *change*, in the words of an Oxigraph store."""

    def __init__(self, far: Far, change: Change | None) -> None:
        self._far = far
        self._change = change or Change()

    def named_graphs(self) -> Iterator[ox.NamedNode]:
        change = self._change
        held = {ox.NamedNode(each) for each in self._far.graphs()} - change.dropped
        new = {quad.graph_name for quad in change.added} | change.created
        yield from held | {each for each in new if isinstance(each, ox.NamedNode)}

    def contains_named_graph(self, graph: ox.NamedNode) -> bool:
        return graph in set(self.named_graphs())

    def quads_for_pattern(
        self, _s: None, _p: None, _o: None, graph: ox.NamedNode | ox.DefaultGraph
    ) -> Iterator[ox.Quad]:
        change = self._change
        if isinstance(graph, ox.DefaultGraph):
            if change:
                raise EngineCannotError(
                    "the default graph is read after an operation that changes something; send "
                    "them as updates of their own"
                )
            yield from self._far.content(None)
            return
        for quad in self._far.content(graph) if graph.value in self._far.graphs() else ():
            if quad not in change.removed and quad not in change.added:
                yield quad
        yield from [quad for quad in change.added if quad.graph_name == graph]


def _few(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    for number, quad in enumerate(quads):
        if number >= MOST:
            raise WriteRefusedError(
                f"one write changes at most {MOST:,} quads of an engine elsewhere; "
                "send it in parts, or change the release and push that"
            )
        yield quad
