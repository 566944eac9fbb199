"""Keep a graph in this process that may be written to; what is written ends with the process."""

import threading
from collections.abc import Collection
from functools import partial
from pathlib import Path

import pyoxigraph as ox

from kg.change import Change, commit, refuse_protected
from kg.errors import QueryTooLongError
from kg.release import Manifest, version
from kg.stack import with_stack_for
from kg.store import EVERYTHING, LONGEST, Dataset, EmbeddedStore, engine_errors, open_engine
from kg.writing import graph_change, removal, update_change


class WritableEmbeddedStore(EmbeddedStore):
    """Answer from an Oxigraph database in this process, and change it.

    With *union* its default graph holds the union of its named graphs, and only that (ADR 0007).
    The graphs *protected* are not changed.
    """

    is_as_released = False

    def __init__(
        self,
        engine: ox.Store,
        manifest: Manifest,
        *,
        union: bool = True,
        protected: Collection[str] = (),
    ) -> None:
        super().__init__(engine, manifest)
        self._union = union
        self._protected = frozenset(protected)
        self._lock = threading.Lock()
        self._writes = 0

    @property
    def version(self) -> str:
        """Return the number of writes so far."""
        return str(self._writes)

    def update(self, text: str, *, using: Dataset = EVERYTHING) -> None:  # noqa: D102 (the protocol says it)
        if len(text) > LONGEST:
            raise QueryTooLongError(len(text), LONGEST)
        with self._lock, engine_errors(text):
            change = with_stack_for(
                text,
                partial(
                    update_change,
                    self._engine,
                    text,
                    default=using.default,
                    named=using.named,
                    union=self._union,
                ),
            )
            self._make(change)

    def put_graph(  # noqa: D102 (the protocol says it)
        self, graph: ox.NamedNode | None, content: bytes, syntax: ox.RdfFormat, *, merge: bool
    ) -> bool:
        with self._lock:
            created = not self.has_graph(graph)
            self._make(
                graph_change(self._engine, graph, content, syntax, merge=merge, union=self._union)
            )
        return created

    def delete_graph(self, graph: ox.NamedNode | None) -> bool:  # noqa: D102 (the protocol says it)
        with self._lock:
            if not self.has_graph(graph):
                return False
            self._make(removal(self._engine, graph, union=self._union))
        return True

    def has_graph(self, graph: ox.NamedNode | None) -> bool:  # noqa: D102 (the protocol says it)
        return graph is None or self._engine.contains_named_graph(graph)

    def _make(self, change: Change) -> None:
        refuse_protected(change, self._protected)
        if change:
            commit(self._engine, change, union=self._union)
            self._writes += 1


def open_writable(
    directory: Path | None, *, union: bool = True, writable_all: bool = False
) -> WritableEmbeddedStore:
    """Open the release in *directory* in memory to be written to; None starts with nothing.

    With *union* the default graph holds the union of the named graphs. The graphs of the release
    are not changed unless *writable_all* says so.

    Raises:
        NoReleaseError: *directory* holds no release.
    """
    if directory is None:
        nothing = Manifest(version(), 0, {}, {}, {}, {})
        return WritableEmbeddedStore(ox.Store(), nothing, union=union)
    engine, manifest = open_engine(directory, "memory", union=union)
    protected = () if writable_all else manifest.graphs
    return WritableEmbeddedStore(engine, manifest, union=union, protected=protected)
