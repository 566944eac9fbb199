"""Write the quads that go and come as updates that an engine takes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby

import pyoxigraph as ox

from kg.change import DEFAULT
from kg.engines.fill import batched
from kg.engines.literals import kept
from kg.engines.literals import text as written
from kg.engines.profiles import Profile
from kg.engines.state import WRITTEN
from kg.errors import EngineCannotError


def at_once(
    removed: Collection[ox.Quad], added: Collection[ox.Quad], guard: ox.Quad, profile: Profile
) -> str:
    """Return one operation that does all if *guard* is there, and nothing if it is not."""
    gone, come = block(removed, profile), block(added, profile)
    return f"DELETE {{ {gone} }} INSERT {{ {come} }} WHERE {{ {block([guard], profile)} }}"


def one_by_one(
    removed: Iterable[ox.Quad], added: Iterable[ox.Quad], profile: Profile
) -> Iterator[str]:
    """Yield updates that do a part each, none of them with more quads than the engine takes."""
    for verb, quads in (("DELETE", removed), ("INSERT", added)):
        ordered = sorted(quads, key=_graph)
        for _, inside in groupby(ordered, key=_graph):  # Virtuoso loses quads beside another GRAPH
            for several in batched(inside, profile.chunk):
                yield f"{verb} DATA {{ {block(several, profile)} }}"


def _graph(quad: ox.Quad) -> str:
    return str(quad.graph_name)


def block(quads: Iterable[ox.Quad], profile: Profile) -> str:
    """Return *quads* as they stand between the braces of an update."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for quad in quads:
        graph = "" if quad.graph_name == DEFAULT else str(quad.graph_name)
        groups[graph].append(line(quad, profile))
    return "\n".join(
        f"GRAPH {graph} {{ {' '.join(lines)} }}" if graph else " ".join(lines)
        for graph, lines in groups.items()
    )


def line(quad: ox.Quad, profile: Profile) -> str:
    """Return the triple of *quad* as N-Triples in the forms that the engine keeps.

    Raises:
        EngineCannotError: a blank node or a triple is in it, which cannot be named over HTTP.
    """
    subject, value = quad.subject, quad.object
    if not isinstance(subject, ox.NamedNode) or not isinstance(value, ox.NamedNode | ox.Literal):
        raise EngineCannotError(
            f"{quad.triple} holds a blank node or a triple, and neither can be named when an "
            "engine elsewhere is changed; what is written through this server has none"
        )
    return f"{subject} {quad.predicate} {written(value, profile)} ."


def in_union(quads: Iterable[ox.Quad], profile: Profile) -> set[ox.Quad]:
    """Return *quads* as they stand in the graph that holds the union."""
    place = ox.NamedNode(profile.union) if profile.union else DEFAULT
    return {
        ox.Quad(quad.subject, quad.predicate, quad.object, place)
        for quad in quads
        if quad.graph_name != WRITTEN
    }


def key(triple: ox.Triple, profile: Profile) -> str:
    """Return *triple* so that two of them are equal if the engine holds one for both."""
    return f"{triple.subject} {triple.predicate} {kept(triple.object, profile)}"


def normal(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return *quads* with the values of literals as Oxigraph writes them: 1 for 001."""
    scratch = ox.Store()
    scratch.extend(quads)
    return list(scratch)


def graphs_of(quads: Iterable[ox.Quad]) -> set[ox.NamedNode]:
    """Return the named graphs in which *quads* stand."""
    names = {quad.graph_name for quad in quads}
    return {name for name in names if isinstance(name, ox.NamedNode)}
