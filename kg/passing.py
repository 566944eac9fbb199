"""Be a store that does what another one does, for stores that do one thing in another way."""

from collections.abc import Iterator

import pyoxigraph as ox

from kg.release import Manifest
from kg.store import Store, Term


class Passing:
    """Leave to *store* all but queries."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    @property
    def manifest(self) -> Manifest:
        """Return what the release holds and was made from."""
        return self._store.manifest

    def quads(
        self,
        subject: ox.NamedNode | None = None,
        predicate: ox.NamedNode | None = None,
        value: Term | None = None,
    ) -> Iterator[ox.Quad]:
        """Return the quads of the named graphs that fit the pattern."""
        return self._store.quads(subject, predicate, value)
