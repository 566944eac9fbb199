"""Send what a write changes to an engine elsewhere: whole or not at all, or in parts."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from kg.change import Change
from kg.engines import state, statements
from kg.engines.endpoint import Endpoint, insert_union
from kg.engines.fill import batched
from kg.engines.lookups import parted
from kg.engines.statements import graphs_of, key, normal
from kg.errors import (
    AnswerCutError,
    EngineTimeoutError,
    EngineUnreachableError,
    HalfWrittenError,
    UnevaluableQueryError,
)
from kg.store import Dataset

_AHEAD: Final = 200  # subjects in one question


def at_once(
    endpoint: Endpoint,
    removed: set[ox.Quad],
    added: set[ox.Quad],
    old: state.State,
    new: state.State,
) -> bool:
    """Let *removed* go and *added* come in one request, if the engine is in the state *old*.

    Return whether it is now in the state *new*; if it is not, nothing was changed.

    Raises:
        AnswerCutError, EngineTimeoutError, EngineUnreachableError: it is not known which.
        UnevaluableQueryError: the engine refuses it.
    """
    if not old.name:  # there is nothing yet that the operation could be bound to
        first = f"GRAPH {state.WRITTEN} {{ {state.WRITTEN} ?p ?o }}"
        start = state.named("0")
        endpoint.update(
            f"INSERT {{ GRAPH {state.WRITTEN} {{ {start.triple} }} }} "
            f"WHERE {{ FILTER NOT EXISTS {{ {first} }} }}"
        )
        return False
    text = statements.at_once(removed, added, state.named(old.name), endpoint.profile)
    try:
        endpoint.update(text)
        return state.read(endpoint).name == new.name
    except (AnswerCutError, EngineTimeoutError, EngineUnreachableError) as error:
        raise type(error)(
            f"{error}; the write was made whole or not at all, and which is not known: "
            "look before it is sent again"
        ) from error


def in_parts(  # noqa: PLR0913 (what is written, and where)
    endpoint: Endpoint,
    change: Change,
    *,
    removed: set[ox.Quad],
    added: set[ox.Quad],
    old: state.State,
    graphs: Collection[str],
) -> None:
    """Let *removed* go and *added* come, in as many requests as it takes, and look at the result.

    *graphs* are those that there are afterwards.

    Raises:
        HalfWrittenError: a part may have been made; the state says so too.
    """
    before = old.unfinished()
    was = {state.named(each) for each in old.name.split("+") if each}
    final = {quad for quad in added if quad.graph_name == state.WRITTEN}
    mended = () if old.is_whole else insert_union(graphs, endpoint.profile.union)
    steps = (
        *statements.one_by_one(was, {state.named(before.name)}, endpoint.profile),
        *statements.one_by_one(removed - was, added - final, endpoint.profile),
        *mended,
        *statements.one_by_one({state.named(before.name)}, final, endpoint.profile),
    )
    try:
        for step in steps[:-2]:
            endpoint.update(step)
        _prove(endpoint, change)
        for step in steps[-2:]:
            endpoint.update(step)
    except (
        AnswerCutError,
        EngineTimeoutError,
        EngineUnreachableError,
        UnevaluableQueryError,
    ) as error:
        raise HalfWrittenError(
            f"{error}; a part of the write may have been made: send it again"
        ) from error


def _prove(endpoint: Endpoint, change: Change) -> None:
    """Raise HalfWrittenError unless the engine holds what was written."""
    for graph in graphs_of(change.removed | change.added):
        here = [quad for quad in change.removed | change.added if quad.graph_name == graph]
        held = {
            key(quad.triple, endpoint.profile)
            for quad in normal(_about(endpoint, {quad.subject for quad in here}, graph))
        }

        def keys(quads: Iterable[ox.Quad], graph: ox.NamedNode = graph) -> set[str]:
            here = [quad for quad in quads if quad.graph_name == graph]
            return {key(quad.triple, endpoint.profile) for quad in normal(here)}

        coming = keys(change.added)
        if coming - held or (keys(change.removed) - coming) & held:
            raise HalfWrittenError(
                f"the engine does not hold in <{graph.value}> what was written to it; "
                "it may keep a literal in another form"
            )


def _about(
    endpoint: Endpoint, subjects: Iterable[object], graph: ox.NamedNode
) -> Iterator[ox.Quad]:
    for several in batched(subjects, _AHEAD):
        data = " ".join(map(str, several))
        pattern = f"VALUES ?s {{ {data} }} GRAPH {graph} {{ ?s ?p ?o }}"
        selected = Dataset(named=(graph,))
        for s, p, o in parted(endpoint, pattern, selected, split="?o"):
            yield ox.Quad(s, p, o, graph)
