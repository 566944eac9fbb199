"""Look quads up by pattern in an engine elsewhere, many at a time."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from typing import Final, TypeVar

import pyoxigraph as ox

from kg.engines.endpoint import Endpoint
from kg.engines.fill import batched
from kg.engines.literals import text as written
from kg.engines.question import Question
from kg.errors import AnswerCutError
from kg.store import BASE, Dataset, Term

Folded = TypeVar("Folded")
_AHEAD: Final = 200  # subjects in one question
_KEPT: Final = 20_000  # subjects that are remembered
_WAITING: Final = 2_000
_DIGITS: Final = "0123456789abcdef"
_DEEPEST: Final = 4  # digits of a hash: 65,536 parts


class Lookups:
    """Return quads by pattern.

    Who asks for one node soon asks for those that it names. So a question for one subject also
    asks for others of ours that earlier answers named: a document of 4,000 nodes takes some 20
    questions instead of 4,000.
    """

    def __init__(self, endpoint: Endpoint, everything: Callable[[], Dataset]) -> None:
        self._endpoint = endpoint
        self._everything = everything
        self._lock = Lock()
        self._known: OrderedDict[str, tuple[ox.Quad, ...]] = OrderedDict()
        self._waiting: OrderedDict[str, None] = OrderedDict()

    def forget(self) -> None:
        """Drop what was read; the engine holds something else."""
        with self._lock:
            self._known.clear()
            self._waiting.clear()

    def quads(
        self,
        subject: ox.NamedNode | None,
        predicate: ox.NamedNode | None,
        value: Term | None,
    ) -> Iterator[ox.Quad]:
        """Yield the quads of our graphs that fit the pattern.

        Raises:
            AnswerCutError, EngineTimeoutError, EngineUnreachableError: as the endpoint does.
        """
        if subject is not None:
            for quad in self._about(subject.value):
                if predicate in {None, quad.predicate} and value in {None, quad.object}:
                    yield quad
            return
        profile = self._endpoint.profile
        pattern = (
            "?s",
            predicate and written(predicate, profile),
            value and written(value, profile),
        )
        s, p, o = (part or name for part, name in zip(pattern, ("?s", "?p", "?o"), strict=True))
        for s_term, p_term, o_term, g_term in self._rows(f"GRAPH ?g {{ {s} {p} {o} }}", "?s"):
            yield ox.Quad(
                s_term,
                p_term if predicate is None else predicate,
                o_term if value is None else value,
                g_term,
            )

    def about(self, subjects: Iterable[ox.NamedNode]) -> Iterator[ox.Quad]:
        """Yield the quads of our graphs about each of *subjects*."""
        for several in batched(subjects, _AHEAD):
            with self._lock:
                for each in several:
                    self._expect(each)
            for each in several:
                yield from self._about(each.value)

    def _about(self, iri: str) -> tuple[ox.Quad, ...]:
        with self._lock:
            if iri in self._known:
                self._known.move_to_end(iri)
                return self._known[iri]
            self._waiting.pop(iri, None)
            wanted = [iri]
            while self._waiting and len(wanted) < _AHEAD:
                wanted.append(self._waiting.popitem(last=False)[0])
        found: dict[str, list[ox.Quad]] = {each: [] for each in wanted}
        data = " ".join(f"<{each}>" for each in wanted)
        pattern = f"VALUES ?s {{ {data} }} GRAPH ?g {{ ?s ?p ?o }}"
        for s, p, o, g in self._rows(pattern, "?o"):
            found[s.value].append(ox.Quad(s, p, o, g))
        with self._lock:
            for each, quads in found.items():
                self._known[each] = tuple(quads)
                self._waiting.pop(each, None)
            for quads in found.values():
                for quad in quads:
                    self._expect(quad.object)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return tuple(found[iri])

    def _expect(self, term: object) -> None:
        """Remember that *term* may be asked for soon."""
        if isinstance(term, ox.NamedNode) and term.value not in self._known:
            self._waiting[term.value] = None
            self._waiting.move_to_end(term.value)
            if len(self._waiting) > _WAITING:
                self._waiting.popitem(last=False)

    def _rows(self, pattern: str, split: str) -> Iterator[tuple[ox.NamedNode, ...]]:
        ours = self._everything()
        graphs = frozenset(ours.named)
        for row in parted(self._endpoint, pattern, ours, names="spog", split=split):
            if row[3] in graphs:
                yield row


def parted(
    endpoint: Endpoint,
    pattern: str,
    selected: Dataset | None,
    *,
    names: str = "spo",
    split: str = "?s",
) -> Iterator[tuple[ox.NamedNode, ...]]:
    """Yield the terms *names* of each solution of *pattern*; each part is in memory at a time.

    Raises:
        AnswerCutError: as for ``folded``.
    """
    for part in folded(endpoint, pattern, selected, list, names=names, split=split):
        yield from part


def folded(  # noqa: PLR0913
    endpoint: Endpoint,
    pattern: str,
    selected: Dataset | None,
    fold: Callable[[Iterator[tuple[ox.NamedNode, ...]]], Folded],
    *,
    names: str = "spo",
    split: str = "?s",
    digits: str = "",
) -> Iterator[Folded]:
    """Yield what *fold* makes of the terms *names* of each solution of *pattern*.

    If the engine cuts the whole it is asked in parts, by the first digits of a hash of the variable
    *split*, and what was made of the cut one is forgotten.

    Raises:
        AnswerCutError: the engine cuts also what is left after four digits.
    """
    part = f' FILTER(STRSTARTS(MD5(STR({split})), "{digits}"))' if digits else ""
    columns = " ".join(f"?{name}" for name in names)
    question = Question.read(f"BASE <{BASE}> SELECT {columns} WHERE {{ {pattern}{part} }}")
    if endpoint.profile.dataset == "text" and selected is not None:
        question = question.selecting(selected)
    try:
        with endpoint.solutions(question) as rows:
            found = rows if isinstance(rows, ox.QuerySolutions) else ()
            made = fold(tuple(row[name] for name in names) for row in found)
    except AnswerCutError:
        if len(digits) == _DEEPEST:
            raise
        for digit in _DIGITS:
            yield from folded(
                endpoint,
                pattern,
                selected,
                fold,
                names=names,
                split=split,
                digits=digits + digit,
            )
        return
    yield made
