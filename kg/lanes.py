"""Be a store that answers what is bounded near by, and all else where it can be killed."""

import math
from collections.abc import Mapping
from functools import partial

from kg.bounded import is_bounded
from kg.judging import Judge
from kg.passing import Passing
from kg.shapes import shape
from kg.store import EVERYTHING, Answer, Dataset, GraphFormat, ResultFormat, Store, Term


class LaneStore(Passing):
    """Answer from *near*, in this process, what is bounded, and by *far* what is not.

    Both hold the same data, which *far* can change; *far* does all else that it can. What may have
    more than *rows* solutions is left to it, since it refuses those.
    """

    def __init__(self, far: Store, near: Store, rows: float = math.inf) -> None:
        super().__init__(far)
        self._near = near
        self._is_bounded = Judge(far, partial(is_bounded, rows=rows), otherwise=False)

    def query(  # noqa: D102 (the protocol says it)
        self,
        text: str,
        *,
        dataset: Dataset = EVERYTHING,
        solutions: ResultFormat | None = None,
        graph: GraphFormat | None = None,
        bindings: Mapping[str, Term] | None = None,
    ) -> Answer:
        found = shape(text) if dataset == EVERYTHING and not bindings else None
        is_near = found is not None and self._is_bounded(found, text)
        store = self._near if is_near else self._store
        return store.query(
            text, dataset=dataset, solutions=solutions, graph=graph, bindings=bindings
        )
