"""Answer from an engine elsewhere, with the guards and in the formats of our own store."""

import sys
import time
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache, partial
from threading import Lock
from typing import Final

import pyoxigraph as ox

from kg import syntax
from kg.engines import fill, record
from kg.engines.bounds import at_most, bounded
from kg.engines.endpoint import Endpoint
from kg.engines.lexer import unescaped
from kg.engines.lookups import Lookups
from kg.engines.question import Question, parse, refuse_schemes
from kg.engines.state import State
from kg.engines.state import read as read_state
from kg.errors import (
    EngineNotReadyError,
    KgError,
    QueryTooLongError,
    UnevaluableQueryError,
    WrongFormError,
)
from kg.executors.limits import Limits
from kg.paths import QUERIES
from kg.release import Manifest
from kg.sparql import refuse_service
from kg.store import (
    BASE,
    EVERYTHING,
    LONGEST,
    Answer,
    Dataset,
    GraphFormat,
    Kind,
    ResultFormat,
    Term,
    engine_errors,
)

NO_LIMITS: Final = Limits(deadline=float("inf"), max_bytes=sys.maxsize)
_FRESH: Final = 5.0  # seconds for which what the engine holds is taken as known


class RemoteStore:
    """Answer questions about the release that an engine elsewhere holds."""

    def __init__(self, endpoint: Endpoint, limits: Limits = NO_LIMITS) -> None:
        self.endpoint = endpoint
        self.limits = limits
        self.profile = endpoint.profile
        self._lock = Lock()
        self._manifest: Manifest | None = None
        self._state = State()
        self._read_at = float("-inf")
        self._lookups = Lookups(endpoint, self._everything)

    @property
    def manifest(self) -> Manifest:
        """Return what the engine holds, as it was at most five seconds ago.

        Raises:
            EngineNotReadyError: it holds no whole release, or is being loaded.
        """
        return self._held()[0]

    @property
    def state(self) -> State:
        """Return what was written after the release, as it was at most five seconds ago."""
        return self._held()[1]

    def graphs(self) -> AbstractSet[str]:
        """Return the named graphs that there are: of the release, and those that were written."""
        manifest, state = self._held()
        return (manifest.graphs.keys() - state.gone) | state.made

    def refresh(self) -> None:
        """Ask the engine anew what it holds when that is needed next."""
        with self._lock:
            self._read_at = float("-inf")
            self._lookups.forget()

    def _held(self) -> tuple[Manifest, State]:
        with self._lock:
            if time.monotonic() - self._read_at > _FRESH:
                found, state = record.read(self.endpoint), read_state(self.endpoint)
                if (found, state) != (self._manifest, self._state):
                    self._lookups.forget()
                self._manifest, self._state = found, state
                self._read_at = time.monotonic()
            if self._manifest is None:
                raise EngineNotReadyError(
                    "the engine holds no whole release; load one with: drugkg push"
                )
            return self._manifest, self._state

    @property
    def version(self) -> str:
        """Return a name for what the engine holds; it changes with every push and write.

        It is empty while the engine does not answer or holds no whole release.
        """
        try:
            manifest, state = self._held()
        except KgError:
            return ""
        return f"{manifest.outputs.get('drugkg.nq', '')[:16]}-{state.name}"

    @property
    def about(self) -> dict[str, object]:
        """Say what answers, and what it cannot do that the store of this program can."""
        return {
            "profile": self.profile.name,
            "deadlineSeconds": self.endpoint.address.seconds,
            "cannot": list(self.profile.cannot),
            "refusedQueries": sorted(self.profile.unsound),
        }

    def query(  # noqa: D102 (the protocol says it)
        self,
        text: str,
        *,
        dataset: Dataset = EVERYTHING,
        solutions: ResultFormat | None = None,
        graph: GraphFormat | None = None,
        bindings: Mapping[str, Term] | None = None,
    ) -> Answer:
        self._refuse(text)
        self._refuse_unsound(text)
        self.manifest  # noqa: B018 (raises while the engine holds no whole release)
        with engine_errors(text):
            question = Question.read(self._restated(text)).bound(bindings or {}, self.profile)
            if bindings:
                parse(question.text)
        return self._answer(question, dataset, solutions, graph)

    def _answer(
        self,
        question: Question,
        dataset: Dataset,
        solutions: ResultFormat | None,
        graph: GraphFormat | None,
    ) -> Answer:
        based = Question.read(f"BASE <{BASE}>\n{question.text}")
        if question.form in {"CONSTRUCT", "DESCRIBE"}:
            if graph is None:
                raise WrongFormError("graph")
            with self._triples(based, dataset) as triples:
                few = at_most(triples, self.limits)
                return bounded("graph", graph, partial(syntax.write, few), self.limits)
        kind: Kind = "boolean" if question.form == "ASK" else "solutions"
        if solutions is None:
            raise WrongFormError(kind)
        with self.solutions(based, dataset) as answer:
            found = _truth(answer) if kind == "boolean" else answer
            return bounded(kind, solutions, found.serialize, self.limits)

    def quads(  # noqa: D102 (the protocol says it)
        self,
        subject: ox.NamedNode | None = None,
        predicate: ox.NamedNode | None = None,
        value: Term | None = None,
    ) -> Iterator[ox.Quad]:
        self._held()  # what was looked up before it changed is forgotten
        return self._lookups.quads(subject, predicate, value)

    def solutions(
        self, question: Question, dataset: Dataset = EVERYTHING
    ) -> AbstractContextManager[ox.QuerySolutions | ox.QueryBoolean]:
        """Return what ``Endpoint.solutions`` does, asked of *dataset*."""
        if self.profile.dataset == "protocol":
            selected = None if dataset == EVERYTHING else dataset
            return self.endpoint.solutions(question, selected)
        return self.endpoint.solutions(question.selecting(self._selected(question, dataset)))

    @contextmanager
    def _triples(self, question: Question, dataset: Dataset) -> Iterator[Iterator[ox.Triple]]:
        if self.profile.fills_templates:
            selected = None if dataset == EVERYTHING else dataset
            with self.endpoint.triples(question, selected) as triples:
                yield triples
            return
        make = fill.construct if question.form == "CONSTRUCT" else fill.describe
        yield make(question, lambda part: self.solutions(part, dataset))

    def _selected(self, question: Question, dataset: Dataset) -> Dataset:
        """Return the graphs that stand in the text: what is selected, or everything of ours."""
        chosen = question.own_dataset() if dataset == EVERYTHING else dataset
        if chosen is None:
            chosen = self._everything()
        if len(chosen.default) > 1 and not self.profile.merges:
            raise UnevaluableQueryError(
                "this engine counts a triple that stands in two graphs twice: ask one default "
                "graph, or all by naming none"
            )
        most = self.profile.most_graphs
        if most is not None and question.names_graphs and len(chosen.named) > most:
            raise UnevaluableQueryError(
                f"this engine takes at most {most:,} graphs in a question that uses GRAPH, and "
                f"there are {len(chosen.named):,}: select some by named-graph-uri"
            )
        return chosen

    def _everything(self) -> Dataset:
        union = self.profile.union
        return Dataset(
            (ox.NamedNode(union),) if union else (),
            tuple(ox.NamedNode(iri) for iri in sorted(self.graphs())),
        )

    def _refuse_unsound(self, text: str) -> None:
        """Raise UnevaluableQueryError if the engine is known to answer this named query wrongly."""
        for name, reason in self.profile.unsound.items():
            if text == _text_of(name):
                raise UnevaluableQueryError(
                    f"{self.profile.name} does not answer {name} soundly: {reason}"
                )

    def _restated(self, text: str) -> str:
        """Return *text*, if it is a named query, in words that the engine can compile."""
        for name, (words, others) in self.profile.restated.items():
            if text == _text_of(name):
                return text.replace(words, others)
        return text

    def _refuse(self, text: str) -> None:
        if len(text) > LONGEST:
            raise QueryTooLongError(len(text), LONGEST)
        refuse_service(text)
        refuse_service(unescaped(text))
        with engine_errors(text):
            parse(text)
            refuse_schemes(text, self.profile)


def _truth(answer: ox.QuerySolutions | ox.QueryBoolean) -> ox.QueryBoolean:
    """Return *answer* to an ASK, for which Virtuoso may give one row or none."""
    if isinstance(answer, ox.QueryBoolean):
        return answer
    text = '{"head": {}, "boolean": %s}' % ("true" if any(True for _ in answer) else "false")
    found = ox.parse_query_results(text, ox.QueryResultsFormat.JSON)
    if not isinstance(found, ox.QueryBoolean):
        raise TypeError(found)
    return found


@lru_cache
def _text_of(name: str) -> str:
    return (QUERIES / f"{name}.rq").read_text(encoding="utf-8")
