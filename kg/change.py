"""Say what a write takes from a store and puts into it, and do that in one transaction."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from kg.errors import WriteRefusedError
from kg.evaluation import Graph, Term

DEFAULT: Final = ox.DefaultGraph()


@dataclass
class Change:
    """Say what a write takes from a store and puts into it; nothing stands on two sides."""

    removed: set[ox.Quad] = field(default_factory=set)
    added: set[ox.Quad] = field(default_factory=set)
    dropped: set[ox.NamedNode] = field(default_factory=set)  # graphs that are no more
    created: set[ox.NamedNode] = field(default_factory=set)  # graphs that are new, if only empty

    def __bool__(self) -> bool:
        return bool(self.removed or self.added or self.dropped or self.created)

    def graphs(self) -> set[Graph]:
        """Return every graph that it touches."""
        quads = self.removed | self.added
        return {*self.dropped, *self.created, *(quad.graph_name for quad in quads)}


def refuse_protected(change: Change, protected: Collection[str]) -> None:
    """Raise WriteRefusedError if *change* touches one of the graphs *protected*."""
    for graph in change.graphs():
        if not isinstance(graph, ox.DefaultGraph) and graph.value in protected:
            raise WriteRefusedError(
                f"<{graph.value}> is a curated graph of this release and is not changed here; "
                "write to a graph of your own"
            )


def commit(engine: ox.Store, change: Change, *, union: bool = False) -> None:
    """Make *change* in *engine* as one transaction; a *union* stays the union of the graphs."""
    removed, added = list(change.removed), list(change.added)
    if union:
        gone, come = _in_union(engine, change)
        removed += gone
        added += come
    steps = [
        *(f"DROP SILENT GRAPH <{graph.value}>" for graph in change.dropped),
        *(f"CREATE SILENT GRAPH <{graph.value}>" for graph in change.created),
    ]
    if not removed and not steps:
        engine.extend(added)
        return
    rows = removed + added
    plain = [number for number, quad in enumerate(rows) if quad.graph_name == DEFAULT]
    other = [number for number, quad in enumerate(rows) if quad.graph_name != DEFAULT]
    text = " ;\n".join(
        [
            _step("DELETE", "?s ?p ?o", [n for n in plain if n < len(removed)]),
            _step("DELETE", "GRAPH ?g { ?s ?p ?o }", [n for n in other if n < len(removed)]),
            *steps,
            _step("INSERT", "?s ?p ?o", [n for n in plain if n >= len(removed)]),
            _step("INSERT", "GRAPH ?g { ?s ?p ?o }", [n for n in other if n >= len(removed)]),
        ]
    )
    engine.update(text, custom_functions=_parts_of(rows))


def _step(verb: str, template: str, rows: list[int]) -> str:
    bound = " ".join(f"BIND(<urn:x-drugkg:{part}>(?row) AS ?{part})" for part in "spog")
    numbers = " ".join(map(str, rows))
    return f"{verb} {{ {template} }} WHERE {{ VALUES ?row {{ {numbers} }} {bound} }}"


def _parts_of(rows: list[ox.Quad]) -> dict[ox.NamedNode, Callable[..., Term | None]]:
    """Return the functions that give the engine the parts of row *n*, blank nodes as they are."""

    def graph(quad: ox.Quad) -> Term | None:
        return None if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name

    parts: dict[str, Callable[[ox.Quad], Term | None]] = {
        "s": lambda quad: quad.subject,
        "p": lambda quad: quad.predicate,
        "o": lambda quad: quad.object,
        "g": graph,
    }

    def part(of: Callable[[ox.Quad], Term | None]) -> Callable[..., Term | None]:
        return lambda row: of(rows[int(row.value)])

    return {ox.NamedNode(f"urn:x-drugkg:{name}"): part(of) for name, of in parts.items()}


def _in_union(engine: ox.Store, change: Change) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """Return what leaves the union and what enters it when *change* is made."""
    added = {quad.triple for quad in change.added}
    gone = []
    for triple in {quad.triple for quad in change.removed} - added:
        holders = engine.quads_for_pattern(triple.subject, triple.predicate, triple.object)
        if all(quad.graph_name == DEFAULT or quad in change.removed for quad in holders):
            gone.append(_plain(triple))
    come = [quad for triple in added if (quad := _plain(triple)) not in engine]
    return gone, come


def _plain(triple: ox.Triple) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object)
