"""Gather what the operations of one write change, before anything is changed."""

from collections.abc import Iterable

import pyoxigraph as ox

from kg.change import DEFAULT, Change, commit
from kg.errors import WriteRefusedError
from kg.evaluation import Graph, Term, evaluate


class Draft:
    """Gather what operations change one after the other, without changing the store."""

    def __init__(self, engine: ox.Store, *, union: bool) -> None:
        self._engine = engine
        self.union = union
        self._copy: ox.Store | None = None
        self._pending = Change()  # not yet in the copy
        self.change = Change()

    def view(self) -> ox.Store:
        """Return a store as it is after the operations so far, to be read only.

        It is the store itself before the first change, and a copy in memory after it.
        """
        if not self._pending:
            return self._copy or self._engine
        if self._copy is None:
            self._copy = ox.Store()
            self._copy.bulk_extend(self._engine)
            for graph in self._engine.named_graphs():
                self._copy.add_graph(graph)
        commit(self._copy, self._pending, union=self.union)
        self._pending = Change()
        return self._copy

    def solutions(
        self, text: str, default: list[ox.NamedNode] | None, named: list[ox.NamedNode] | None
    ) -> list[dict[str, Term]]:
        """Return what the SELECT *text* finds after the operations so far."""
        found = evaluate(self.view(), text, default=default, named=named)
        assert isinstance(found, ox.QuerySolutions)  # noqa: S101 (a SELECT of ours)
        return rows(found)

    def has(self, quad: ox.Quad) -> bool:
        """Return whether *quad* is there after the operations so far."""
        if quad in self.change.added:
            return True
        return quad not in self.change.removed and quad in self._engine

    def has_graph(self, graph: Graph) -> bool:
        """Return whether *graph* is there after the operations so far."""
        if isinstance(graph, ox.DefaultGraph) or graph in self.change.created:
            return True
        if graph in self.change.dropped:
            return False
        return self._engine.contains_named_graph(graph) or any(
            quad.graph_name == graph for quad in self.change.added
        )

    def apply(self, removed: Iterable[ox.Quad] = (), added: Iterable[ox.Quad] = ()) -> None:
        """Take away *removed*, then put *added* (SPARQL 1.1 Update §3.1.3)."""
        new = set(added)
        going = {quad for quad in removed if quad not in new and self.has(quad)}
        coming = {quad for quad in new if not self.has(quad)}
        if self.union and any(quad.graph_name == DEFAULT for quad in going | coming):
            raise WriteRefusedError(
                "the default graph is the union of the named graphs here; name a graph to write to"
            )
        for change in (self.change, self._pending):
            change.removed |= going - change.added
            change.added -= going
            change.added |= coming - change.removed
            change.removed -= coming
        for graph in {quad.graph_name for quad in coming}:
            if isinstance(graph, ox.NamedNode) and graph in self.change.dropped:
                self.create(graph)

    def create(self, graph: ox.NamedNode) -> None:
        """Make the empty *graph*."""
        for change in (self.change, self._pending):
            change.dropped.discard(graph)
            change.created.add(graph)

    def drop(self, graphs: Iterable[Graph]) -> None:
        """Take away *graphs* with all that they hold."""
        for graph in graphs:
            self.apply(removed=content(self.view(), graph))
            if isinstance(graph, ox.NamedNode):
                for change in (self.change, self._pending):
                    change.created.discard(graph)
                    change.dropped.add(graph)


def rows(found: ox.QuerySolutions) -> list[dict[str, Term]]:
    """Return the solutions *found* by name, without the variables that have no value."""
    names = [variable.value for variable in found.variables]
    return [
        {name: term for name, term in zip(names, solution, strict=True) if term is not None}
        for solution in found
    ]


def content(engine: ox.Store, graph: Graph) -> list[ox.Quad]:
    """Return the quads of *graph*."""
    return list(engine.quads_for_pattern(None, None, None, graph))
