"""Load a release into an engine elsewhere, and prove that it holds what was sent."""

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.engines import record, state
from kg.engines.endpoint import Endpoint, insert_union
from kg.engines.literals import kept, sent
from kg.engines.literals import text as written
from kg.engines.lookups import folded, parted
from kg.engines.parting import Parts, each_once, parted_by_graph
from kg.engines.question import Question
from kg.engines.statements import one_by_one
from kg.errors import PushError
from kg.release import Manifest
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

    def __add__(self, other: "Content") -> "Content":
        """Return the content of both, if they have no triple in common."""
        return Content(self.count + other.count, (self.digest + other.digest) % _MODULUS)


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

    What it holds already is not sent again, so an interrupted push goes on where it was. Graphs
    that clients wrote by way of this program stay. A few thousand triples are in memory at a time.

    Raises:
        NoReleaseError: there is no release in *release*.
        PushError: the engine holds a graph of another content than was sent, its default graph
            holds what is not ours, or clients wrote to a graph that is now one of the release.
        AnswerCutError, EngineTimeoutError, EngineUnreachableError, UnevaluableQueryError: as
            ``Endpoint.solutions``.
    """
    manifest = Manifest.read(release)
    before = record.read(endpoint)
    written_to = state.read(endpoint)
    if taken := written_to.made & manifest.graphs.keys():
        raise PushError(f"clients wrote to {min(taken)}, which is now a graph of the release")
    ours = _ours(endpoint)
    _refuse_foreign(endpoint, known=before is not None or bool(ours))
    if before is not None:
        record.erase(endpoint)
    done = there = rewritten = 0
    with parted_by_graph(release) as parts:
        for graph in sorted(parts.files):
            sent_here, changed = _load(endpoint, parts, graph, say, known=graph in ours)
            done, there = done + sent_here, there + (not sent_here)
            rewritten += changed
    kept_graphs = {*manifest.graphs, *written_to.made}
    own = {endpoint.profile.union, record.RECORD.value, state.WRITTEN.value}
    stale = sorted(ours - kept_graphs - own)
    for iri in stale:
        endpoint.update(f"DROP SILENT GRAPH <{iri}>")
    say("making the union of the graphs")
    for update in insert_union(sorted(kept_graphs), endpoint.profile.union):
        endpoint.update(update)
    say("comparing the union")
    _check_union(endpoint, release, written_to)
    if written_to.gone or not written_to.is_whole:
        for update in one_by_one(
            written_to.quads(),
            replace(written_to, name="0", gone=frozenset()).quads(),
            endpoint.profile,
        ):
            endpoint.update(update)
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

    def content(rows: Iterator[tuple[ox.NamedNode, ...]]) -> Content:
        return Content.of(_kept(ox.Triple(s, p, o), endpoint) for s, p, o in rows)

    return sum(folded(endpoint, where, selected, content), Content(0, 0))


def _load(
    endpoint: Endpoint, parts: Parts, graph: str, say: Callable[[str], None], *, known: bool
) -> tuple[bool, int]:
    """Make the engine hold *graph*; return whether it was sent, and how many literals differ."""
    profile, rewritten = endpoint.profile, 0
    with tempfile.TemporaryFile(dir=parts.directory) as lines:
        ends: list[int] = [0]

        def each() -> Iterator[str]:
            nonlocal rewritten
            for number, triple in enumerate(parts.triples(graph), 1):
                lines.write(f"{_line(triple, endpoint)}\n".encode())
                rewritten += _is_rewritten(triple, endpoint)
                if number % profile.load == 0:
                    ends.append(lines.tell())
                yield _kept(triple, endpoint)

        expected = Content.of(each())
        if lines.tell() > ends[-1]:
            ends.append(lines.tell())
        place = ox.NamedNode(graph)
        if known and held(endpoint, place) == expected:
            return False, rewritten
        say(f"loading {graph} ({expected.count:,} triples)")
        for start, end in pairwise(ends):
            lines.seek(start)
            endpoint.load(place, lines.read(end - start), merge=start > 0)
    found = held(endpoint, place)
    if found != expected:
        raise PushError(_difference(place, expected, found))
    return True, rewritten


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


def _check_union(endpoint: Endpoint, release: Path, written_to: state.State) -> None:
    theirs = {
        _kept(ox.Triple(s, p, o), endpoint)
        for graph in written_to.made
        for s, p, o in parted(
            endpoint,
            f"GRAPH <{graph}> {{ ?s ?p ?o }}",
            Dataset(named=(ox.NamedNode(graph),)),
        )
    }
    rounded: set[str] = set()  # in the engine two of them may be one

    def lines() -> Iterator[str]:
        for triple in each_once(release):
            line = _kept(triple, endpoint)
            if line in theirs:
                continue
            if (
                endpoint.profile.digits
                and line != f"{triple.subject} {triple.predicate} {triple.object} ."
            ):
                rounded.add(line)
                continue
            yield line

    expected = Content.of(lines()) + Content.of(theirs | rounded)
    found = held(endpoint, None)
    if found != expected:
        raise PushError(_difference(None, expected, found))


def _line(triple: ox.Triple, endpoint: Endpoint) -> str:
    subject, value = triple.subject, triple.object
    if not isinstance(subject, ox.NamedNode) or not isinstance(value, ox.NamedNode | ox.Literal):
        raise PushError(f"{triple} has a blank node, and a release has none (ADR 4)")
    return f"{subject} {triple.predicate} {written(value, endpoint.profile)} ."


def _kept(triple: ox.Triple, endpoint: Endpoint) -> str:
    return f"{triple.subject} {triple.predicate} {kept(triple.object, endpoint.profile)} ."


def _is_rewritten(triple: ox.Triple, endpoint: Endpoint) -> bool:
    term, profile = triple.object, endpoint.profile
    if not isinstance(term, ox.Literal):
        return False
    return sent(term, profile) != term.value or kept(term, profile) != str(term)


def _difference(graph: ox.NamedNode | None, expected: Content, found: Content) -> str:
    name = graph.value if graph else "the union of all graphs"
    if expected.count != found.count:
        return f"{name}: {expected.count:,} triples were sent, and the engine holds {found.count:,}"
    return f"{name}: the engine holds {found.count:,} triples, but not those that were sent"
