"""Know on which line of which file a triple of the store is stated."""

from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from kg.turtle import Document

_ANYTHING: Final = ox.NamedNode("urn:x")


class Places:
    """Hold the place of every statement of some documents."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._of: dict[ox.Triple, list[str]] = {}
        stated = [(document.file, *s) for document in documents for s in document.statements]
        kept = _as_stored({value for *_, value, _ in stated if isinstance(value, ox.Literal)})
        for file, subject, predicate, value, line in stated:
            term = kept[value] if isinstance(value, ox.Literal) else value
            place = f"{file}:{line}"
            self._of.setdefault(ox.Triple(subject, predicate, term), []).append(place)

    def of(self, triple: ox.Triple) -> tuple[str, ...]:
        """Return each ``file:line`` at which *triple* stands, none if it was computed."""
        return tuple(self._of.get(triple, ()))


def _as_stored(literals: Iterable[ox.Literal]) -> dict[ox.Literal, ox.Literal]:
    """Return each of *literals* as a store gives it back, which writes 0.10 as 0.1."""
    store = ox.Store()
    numbered = {ox.NamedNode(f"urn:{n}"): literal for n, literal in enumerate(literals)}
    store.extend(ox.Quad(node, _ANYTHING, literal) for node, literal in numbered.items())
    return {
        numbered[quad.subject]: quad.object
        for quad in store
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal)
    }
