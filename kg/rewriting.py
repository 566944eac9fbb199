"""Be a store that asks another one, in a better way where there is one."""

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import Final

import pyoxigraph as ox

from kg.errors import MalformedQueryError, QueryTooLongError
from kg.passing import Passing
from kg.rewrite import Rewritten, read, rewrite
from kg.store import EVERYTHING, Answer, Dataset, GraphFormat, ResultFormat, Store, Term

_NAMED: Final = re.compile(r'<[^<>\s]*+>|"[^"\\\n]*+"|[0-9]++')
_REMEMBERED: Final = 10_000  # shapes of queries


class RewritingStore(Passing):
    """Answer as *store* does, which also does all else that it can.

    Queries of a shape that was seen to have no better form are not read again.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._hopeless: set[str] = set()

    def query(  # noqa: D102 (the protocol says it)
        self,
        text: str,
        *,
        dataset: Dataset = EVERYTHING,
        solutions: ResultFormat | None = None,
        graph: GraphFormat | None = None,
        bindings: Mapping[str, Term] | None = None,
    ) -> Answer:
        if dataset == EVERYTHING and not bindings:
            better = self._better(text)
            if better is not None:
                try:
                    answer = self._store.query(better.text, solutions=solutions, graph=graph)
                    return replace(answer, rewritten=better.ways)
                except (MalformedQueryError, QueryTooLongError):
                    pass  # what is wrong is said of the text that was sent
        return self._store.query(
            text, dataset=dataset, solutions=solutions, graph=graph, bindings=bindings
        )

    def _better(self, text: str) -> Rewritten | None:
        shape = _NAMED.sub("<>", text)
        if shape in self._hopeless:
            return None
        found = read(text)
        if found is not None:
            return rewrite(text, found, self._looked_up)
        if len(self._hopeless) >= _REMEMBERED:
            self._hopeless.clear()
        self._hopeless.add(shape)
        return None

    def _looked_up(
        self, subject: Term | None, predicate: Term | None, value: Term | None, most: int
    ) -> list[ox.Quad]:
        if isinstance(subject, ox.Literal) or isinstance(predicate, ox.Literal):
            return []
        return list(islice(self._store.quads(subject, predicate, value), most))
