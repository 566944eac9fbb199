"""Change what an engine elsewhere holds, with the guards of our own store.

No text of a client is run as an update on the engine. What it would change is worked out first
(`RemoteDraft`); then it is refused or sent as plain data, with the union that questions are asked
of (ADR 0073).
"""

import uuid
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Final

import pyoxigraph as ox

from kg.change import Change, refuse_protected
from kg.draft import rows
from kg.engines import record, state
from kg.engines.drafting import RemoteDraft
from kg.engines.endpoint import Endpoint
from kg.engines.lexer import unescaped
from kg.engines.lookups import parted
from kg.engines.question import Question, refuse_schemes
from kg.engines.remote import NO_LIMITS, RemoteStore
from kg.engines.sending import at_once, in_parts
from kg.engines.statements import graphs_of, in_union, key, normal
from kg.errors import (
    BusyError,
    EngineCannotError,
    QueryTooLongError,
    UnevaluableQueryError,
    WriteRefusedError,
)
from kg.evaluation import Term
from kg.executors.limits import Limits
from kg.sparql import refuse_service
from kg.stack import with_stack_for
from kg.store import BASE, EVERYTHING, LONGEST, Dataset, engine_errors
from kg.terms import GENID
from kg.writing import drafted, parsed

_TRIES: Final = 3  # while other servers write to the same engine
_WHY: Final = {
    "whole": "a write is one request, made whole or not at all, if nobody else wrote meanwhile",
    "parts": "a write is several requests: what is told as half-written may be there in part",
    "none": "writing is off: this engine does not promise to make a write whole or not at all; "
    "writes=parts in the address accepts that, writes=whole says that it does promise",
}


class WritableRemoteStore(RemoteStore):
    """Answer questions about what an engine elsewhere holds, and change it.

    The graphs of the release are not changed unless *writable_all* says so; graphs that the engine
    has from others never are.
    """

    def __init__(
        self, endpoint: Endpoint, limits: Limits = NO_LIMITS, *, writable_all: bool = False
    ) -> None:
        super().__init__(endpoint, limits)
        self._writable_all = writable_all
        self._writing = Lock()

    @property
    def about(self) -> dict[str, object]:
        """Say what answers, what it cannot do, and how it is written to."""
        return {
            **super().about,
            "writes": _WHY[self.endpoint.address.writes],
            "lastWriteIsWhole": self.state.is_whole,
        }

    def update(self, text: str, *, using: Dataset = EVERYTHING) -> None:  # noqa: D102 (the protocol says it)
        if len(text) > LONGEST:
            raise QueryTooLongError(len(text), LONGEST)
        refuse_service(unescaped(text))
        refuse_schemes(text, self.profile)

        def drawn_up() -> Change:
            draft = RemoteDraft(self)

            def fill() -> Change:
                return drafted(draft, text, default=using.default, named=using.named)

            with engine_errors(text):
                return with_stack_for(text, fill)

        self._write(drawn_up)

    def put_graph(  # noqa: D102 (the protocol says it)
        self, graph: ox.NamedNode | None, content: bytes, syntax: ox.RdfFormat, *, merge: bool
    ) -> bool:
        if graph is None:
            raise WriteRefusedError(
                "the default graph is the union of the named graphs here; name a graph to write to"
            )
        quads = parsed(content, syntax, graph)

        def drawn_up() -> Change:
            draft = RemoteDraft(self)
            old = () if merge else draft.view().quads_for_pattern(None, None, None, graph)
            draft.apply(old, quads)
            if graph.value not in self.graphs():
                draft.create(graph)
            return draft.change

        return graph in self._write(drawn_up).created

    def delete_graph(self, graph: ox.NamedNode | None) -> bool:  # noqa: D102 (the protocol says it)
        def drawn_up() -> Change:
            draft = RemoteDraft(self)
            if graph is None:
                draft.apply(removed=self.content(None))
            elif graph.value in self.graphs():
                draft.drop([graph])
            return draft.change

        return bool(self._write(drawn_up)) or graph is None

    def has_graph(self, graph: ox.NamedNode | None) -> bool:
        """Return whether there is *graph*, of the release or written by way of this program."""
        return graph is None or graph.value in self.graphs()

    def content(self, graph: ox.NamedNode | None) -> Iterator[ox.Quad]:
        """Yield the quads of *graph*; None is the default graph."""
        union = self.profile.union
        place = graph or (ox.NamedNode(union) if union else None)
        where = f"GRAPH {place} {{ ?s ?p ?o }}" if place else "?s ?p ?o"
        selected = Dataset(named=(place,)) if place else None
        for s, p, o in parted(self.endpoint, where, selected):
            yield ox.Quad(s, p, o, graph) if graph else ox.Quad(s, p, o)

    def found(self, text: str, dataset: Dataset) -> list[dict[str, Term]]:
        """Return what the SELECT *text* finds."""
        question = Question.read(f"BASE <{BASE}>\n{text}")
        if question.opening is None or question.closing is None:
            raise UnevaluableQueryError("the pattern of this update cannot be found")
        inside = question.text[question.opening.end : question.closing.start]
        if not inside.strip():
            return [{}]
        with self.solutions(question, dataset) as answer:
            return rows(answer) if isinstance(answer, ox.QuerySolutions) else []

    def _write(self, drawn_up: Callable[[], Change]) -> Change:
        """Make what *drawn_up* says, once nobody else writes; return what was made."""
        how = self.endpoint.address.writes
        if how == "none":
            raise EngineCannotError(f"{self.profile.name}: {_WHY[how]}")
        with self._writing:
            for _ in range(_TRIES):
                self.refresh()
                change = drawn_up()
                self._refuse_change(change)
                if not change:
                    return change
                _name_blanks(change)
                if self._is_made(change):
                    return change
        raise BusyError("other servers write to this engine at the same time")

    def _is_made(self, change: Change) -> bool:
        """Make *change*; return False if the engine holds something else than it was made for."""
        old = self.state
        gone, come = self._in_union(change)
        new = old.after(
            {each.value for each in (*change.created, *graphs_of(change.added))},
            {each.value for each in change.dropped},
            set(self.manifest.graphs),
        )
        removed = change.removed | gone | (old.quads() - new.quads())
        added = change.added | come | (new.quads() - old.quads())
        try:
            if self.endpoint.address.writes == "whole":
                return at_once(self.endpoint, removed, added, old, new)
            in_parts(
                self.endpoint,
                change,
                removed=removed,
                added=added,
                old=old,
                graphs=self._after(change),
            )
        finally:
            self.refresh()
        return True

    def _after(self, change: Change) -> set[str]:
        new = {each.value for each in graphs_of(change.added)}
        return (set(self.graphs()) | new) - {each.value for each in change.dropped}

    def _in_union(self, change: Change) -> tuple[set[ox.Quad], set[ox.Quad]]:
        """Return what leaves the union and what enters it when *change* is made."""
        removed = normal(change.removed)
        taken = {(quad.graph_name, key(quad.triple, self.profile)) for quad in removed}
        coming = {key(quad.triple, self.profile) for quad in normal(change.added)}
        subjects = {quad.subject for quad in removed}
        held: set[str] = set()
        named = [each for each in subjects if isinstance(each, ox.NamedNode)]
        for quad in normal(self._lookups.about(named)):
            name = key(quad.triple, self.profile)
            if (quad.graph_name, name) not in taken:
                held.add(name)
        gone = {quad for quad in removed if key(quad.triple, self.profile) not in held | coming}
        return in_union(gone, self.profile), in_union(change.added, self.profile)

    def _refuse_change(self, change: Change) -> None:
        """Raise WriteRefusedError if *change* touches what is not for clients."""
        if not self._writable_all:
            refuse_protected(change, self.manifest.graphs)
        ours = {state.WRITTEN.value, record.RECORD.value, self.profile.union}
        for graph in change.graphs():
            if isinstance(graph, ox.NamedNode) and graph.value in ours:
                raise WriteRefusedError(
                    f"<{graph.value}> belongs to this program; write to a graph of your own"
                )
        for graph in (*change.created, *graphs_of(change.added)):
            if graph.value not in self.graphs() and self._is_foreign(graph):
                raise WriteRefusedError(
                    f"the engine has a graph <{graph.value}> that was not made here; "
                    "write to a graph of your own"
                )

    def _is_foreign(self, graph: ox.NamedNode) -> bool:
        question = Question.read(f"SELECT ?s WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }} LIMIT 1")
        if self.profile.dataset == "text":
            question = question.selecting(Dataset(named=(graph,)))
        with self.endpoint.solutions(question) as answer:
            return isinstance(answer, ox.QuerySolutions) and any(True for _ in answer)


def _name_blanks(change: Change) -> None:
    """Put an IRI in the place of each blank node that is added (RDF 1.1 Concepts §3.5)."""
    names: dict[ox.BlankNode, ox.NamedNode] = {}

    def named(term: Term) -> Term:
        if not isinstance(term, ox.BlankNode):
            return term
        return names.setdefault(term, ox.NamedNode(GENID + uuid.uuid4().hex))

    change.added = {
        ox.Quad(named(quad.subject), quad.predicate, named(quad.object), quad.graph_name)  # type: ignore[arg-type] # a literal stays an object
        for quad in change.added
    }
