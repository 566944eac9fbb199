"""Load a release into an engine elsewhere, and prove that it holds what was sent."""

import gzip
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.engines import record
from kg.engines.endpoint import Endpoint, insert_union
from kg.engines.literals import kept, sent
from kg.engines.literals import text as written
from kg.engines.lookups import parted
from kg.engines.question import Question
from kg.errors import NoReleaseError, PushError
from kg.release import QUADS, Manifest
from kg.store import Dataset
from kg.terms import GRAPH

_MODULUS: Final = 1 << 256


@dataclass(frozen=True)
class Content:
    """Say how many triples there are and which, whatever their order.

    The digest is the sum of the SHA-256 of each triple as N-Triples, modulo 2²⁵⁶.
    """

    count: int
    digest: int

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Content":
        """Return the content of *lines*, each a triple and none twice."""
        count = digest = 0
        for count, line in enumerate(lines, 1):  # noqa: B007 (counts)
            digest += int.from_bytes(hashlib.sha256(line.encode()).digest(), "big")
        return cls(count, digest % _MODULUS)


@dataclass(frozen=True)
class Pushed:
    """Say what was done: how many graphs were sent, and how many were there already."""

    sent: int
    kept: int
    dropped: int
    quads: int
    rewritten: int  # literals that the engine holds in another form or rounded


def push(endpoint: Endpoint, release: Path, say: Callable[[str], None]) -> Pushed:
    """Make the engine hold the release in *release* and nothing of an older one.

    What it holds already is not sent again, so an interrupted push goes on where it was.

    Raises:
        NoReleaseError: there is no release in *release*.
        PushError: the engine holds a graph of another content than was sent, or its default
            graph holds what is not ours.
        AnswerCutError, EngineTimeoutError, EngineUnreachableError, UnevaluableQueryError: as
            ``Endpoint.solutions``.
    """
    manifest = Manifest.read(release)
    before = record.read(endpoint)
    ours = _ours(endpoint)
    _refuse_foreign(endpoint, known=before is not None or bool(ours))
    if before is not None:
        record.erase(endpoint)
    done = there = rewritten = 0
    for graph, quads in _graphs(release):
        lines = [_line(quad, endpoint) for quad in quads]
        rewritten += sum(_is_rewritten(quad, endpoint) for quad in quads)
        expected = Content.of(_kept(quad.triple, endpoint) for quad in quads)
        if graph.value in ours and held(endpoint, graph) == expected:
            there += 1
            continue
        say(f"loading {graph.value} ({len(quads):,} triples)")
        endpoint.put(graph, lines)
        found = held(endpoint, graph)
        if found != expected:
            raise PushError(_difference(graph, expected, found))
        done += 1
    stale = sorted(ours - set(manifest.graphs) - {endpoint.profile.union, record.RECORD.value})
    for iri in stale:
        endpoint.update(f"DROP SILENT GRAPH <{iri}>")
    say("making the union of the graphs")
    for update in insert_union(manifest.graphs, endpoint.profile.union):
        endpoint.update(update)
    _check_union(endpoint, release)
    record.write(endpoint, manifest)
    if record.read(endpoint) != manifest:
        raise PushError("the engine does not give back the manifest that was sent")
    return Pushed(done, there, len(stale), manifest.quads, rewritten)


def held(endpoint: Endpoint, graph: ox.NamedNode | None) -> Content:
    """Return what *graph* of the engine holds; None is the union that questions are asked of."""
    union = endpoint.profile.union
    if graph is None and union:
        graph = ox.NamedNode(union)
    where = f"GRAPH {graph} {{ ?s ?p ?o }}" if graph else "?s ?p ?o"
    selected = Dataset(named=(graph,)) if graph else None
    rows = parted(endpoint, where, selected)
    return Content.of(_kept(ox.Triple(s, p, o), endpoint) for s, p, o in rows)


def _graphs(release: Path) -> Iterator[tuple[ox.NamedNode, list[ox.Quad]]]:
    """Yield each graph with its quads; only one of them is in memory at a time."""
    try:
        with gzip.open(release / QUADS) as packed:
            text = packed.read()
    except (OSError, EOFError) as error:
        raise NoReleaseError(release) from error
    quads = sorted(
        ox.parse(text, format=ox.RdfFormat.N_QUADS), key=lambda quad: quad.graph_name.value
    )
    for graph, several in groupby(quads, key=lambda quad: quad.graph_name):
        yield graph, list(several)


def _ours(endpoint: Endpoint) -> set[str]:
    """Return the graphs of the engine whose IRIs are ours."""
    question = Question.read(
        "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } "
        f'FILTER(STRSTARTS(STR(?g), "{GRAPH}")) }}'
    )
    with endpoint.solutions(question) as rows:
        return {row["g"].value for row in rows} if isinstance(rows, ox.QuerySolutions) else set()


def _refuse_foreign(endpoint: Endpoint, *, known: bool) -> None:
    if known or endpoint.profile.union:
        return
    with endpoint.solutions(Question.read("SELECT ?s { ?s ?p ?o } LIMIT 1")) as found:
        if isinstance(found, ox.QuerySolutions) and any(True for _ in found):
            raise PushError(
                "the default graph of the engine holds what is not ours, and would be replaced; "
                "use an engine or a dataset of its own"
            )


def _check_union(endpoint: Endpoint, release: Path) -> None:
    lines = {_kept(quad.triple, endpoint) for _, quads in _graphs(release) for quad in quads}
    expected, found = Content.of(lines), held(endpoint, None)
    if found != expected:
        raise PushError(_difference(None, expected, found))


def _line(quad: ox.Quad, endpoint: Endpoint) -> str:
    subject, value = quad.subject, quad.object
    if not isinstance(subject, ox.NamedNode) or not isinstance(value, ox.NamedNode | ox.Literal):
        raise PushError(f"{quad} has a blank node, and a release has none (ADR 4)")
    return f"{subject} {quad.predicate} {written(value, endpoint.profile)} ."


def _kept(triple: ox.Triple, endpoint: Endpoint) -> str:
    return f"{triple.subject} {triple.predicate} {kept(triple.object, endpoint.profile)} ."


def _is_rewritten(quad: ox.Quad, endpoint: Endpoint) -> bool:
    term, profile = quad.object, endpoint.profile
    if not isinstance(term, ox.Literal):
        return False
    return sent(term, profile) != term.value or kept(term, profile) != str(term)


def _difference(graph: ox.NamedNode | None, expected: Content, found: Content) -> str:
    name = graph.value if graph else "the union of all graphs"
    if expected.count != found.count:
        return f"{name}: {expected.count:,} triples were sent, and the engine holds {found.count:,}"
    return f"{name}: the engine holds {found.count:,} triples, but not those that were sent"
