"""Keep in an engine what was written there after the release: which graphs, and a name for it."""

import uuid
from dataclasses import dataclass, replace
from typing import Final

import pyoxigraph as ox

from kg.engines.endpoint import Endpoint
from kg.engines.lookups import parted
from kg.store import Dataset
from kg.terms import GRAPH

WRITTEN: Final = ox.NamedNode(GRAPH + "written")
_NAME: Final = ox.NamedNode(WRITTEN.value + "#state")
_MADE: Final = ox.NamedNode(WRITTEN.value + "#made")
_GONE: Final = ox.NamedNode(WRITTEN.value + "#gone")
_UNFINISHED: Final = "unfinished-"


@dataclass(frozen=True)
class State:
    """Say which graphs were made and which of the release are gone; *name* is new for each write.

    It is empty before the first.
    """

    name: str = ""
    made: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Return whether the last write came to its end."""
        return not self.name.startswith(_UNFINISHED)

    def unfinished(self) -> "State":
        """Return this as it is while a write is made in parts."""
        return replace(self, name=_UNFINISHED + uuid.uuid4().hex[:12])

    def after(self, made: set[str], gone: set[str], release: set[str]) -> "State":
        """Return what this is after graphs were *made* and others are *gone*."""
        return State(
            uuid.uuid4().hex[:12],
            (self.made - gone) | (made - release),
            (self.gone - made) | (gone & release),
        )

    def quads(self) -> set[ox.Quad]:
        """Return this as it is kept."""
        return {
            *(named(each) for each in self.name.split("+") if each),
            *(ox.Quad(WRITTEN, _MADE, ox.NamedNode(each), WRITTEN) for each in self.made),
            *(ox.Quad(WRITTEN, _GONE, ox.NamedNode(each), WRITTEN) for each in self.gone),
        }


def named(name: str) -> ox.Quad:
    """Return the quad that says that the state is *name*."""
    return ox.Quad(WRITTEN, _NAME, ox.Literal(name), WRITTEN)


def read(endpoint: Endpoint) -> State:
    """Return the state of the engine."""
    pattern, selected = f"GRAPH {WRITTEN} {{ ?s ?p ?o }}", Dataset(named=(WRITTEN,))
    found: dict[ox.NamedNode, set[str]] = {_NAME: set(), _MADE: set(), _GONE: set()}
    for _, predicate, value in parted(endpoint, pattern, selected, split="?o"):
        found.setdefault(predicate, set()).add(value.value)
    # Two names are left by two servers that wrote in parts at once.
    name = "+".join(sorted(found[_NAME]))
    return State(name, frozenset(found[_MADE]), frozenset(found[_GONE]))
