"""Be a store that answers what is bounded near by, and all else where it can be killed."""

import math
import threading
from collections.abc import Mapping
from typing import Final, TypeAlias

import pyoxigraph as ox

from kg.bounded import is_bounded, shape
from kg.errors import KgError
from kg.passing import Passing
from kg.store import EVERYTHING, Answer, Dataset, GraphFormat, ResultFormat, Store, Term

_REMEMBERED: Final = 10_000  # shapes of queries
_GREATEST: Final = """SELECT (MAX(?n) AS ?greatest) {{
    SELECT (COUNT(*) AS ?n) {{ ?subject {predicate} ?object }} GROUP BY {end}
}}"""
_Fan: TypeAlias = tuple[str, bool]  # a predicate, and whether from its subjects on
_TSV: Final = ResultFormat("text/tab-separated-values", ox.QueryResultsFormat.TSV)


class LaneStore(Passing):
    """Answer from *near*, in this process, what is bounded, and by *far* what is not.

    Both hold the same data, which *far* can change; *far* does all else that it can. How far the
    data fan out is said by the release. After a change it is counted by *far* when it is wanted,
    and until then nothing is bounded.
    """

    def __init__(self, far: Store, near: Store) -> None:
        super().__init__(far)
        self._near = near
        self._state = self._version()
        self._known = _Known(_published(far))

    def query(  # noqa: D102 (the protocol says it)
        self,
        text: str,
        *,
        dataset: Dataset = EVERYTHING,
        solutions: ResultFormat | None = None,
        graph: GraphFormat | None = None,
        bindings: Mapping[str, Term] | None = None,
    ) -> Answer:
        is_near = dataset == EVERYTHING and not bindings and self._is_bounded(text)
        store = self._near if is_near else self._store
        return store.query(
            text, dataset=dataset, solutions=solutions, graph=graph, bindings=bindings
        )

    def _is_bounded(self, text: str) -> bool:
        key = shape(text)
        if key is None:
            return False
        state = self._version()
        if state != self._state:
            self._state, self._known = state, _Known({})
        known = self._known
        found = known.shapes.get(key)
        return self._judged(key, text, known) if found is None else found

    def _judged(self, key: str, text: str, known: "_Known") -> bool:
        """Return whether queries of a shape are bounded, and have counted what must be known."""
        missing: list[_Fan] = []

        def fan(predicate: str, from_subject: bool) -> float:  # noqa: FBT001 (as in Fan)
            each = predicate, from_subject
            if each not in known.fans:
                missing.append(each)
            return known.fans.get(each, 1)

        is_near = is_bounded(text, fan)
        if not missing:
            if len(known.shapes) < _REMEMBERED:
                known.shapes[key] = is_near
            return is_near
        if is_near and known.counting.acquire(blocking=False):
            threading.Thread(target=self._count, args=(known, missing), daemon=True).start()
        return False

    def _count(self, known: "_Known", missing: "list[_Fan]") -> None:
        """Count how far predicates fan out; what cannot be counted is without bound."""
        try:
            for predicate, from_subject in missing:
                end = "?subject" if from_subject else "?object"
                text = _GREATEST.format(predicate=predicate, end=end)
                try:
                    answer = self._store.query(text, solutions=_TSV)
                    lines = b"".join(answer.chunks).split()
                    known.fans[predicate, from_subject] = float(lines[1]) if lines[1:] else 0
                except KgError:
                    known.fans[predicate, from_subject] = math.inf
        finally:
            known.counting.release()

    def _version(self) -> object:
        return getattr(self._store, "version", "")


def _published(store: Store) -> dict[_Fan, float]:
    """Return how far the predicates of a release fan out, if *store* holds just what it did."""
    if not getattr(store, "is_as_released", False):
        return {}
    found: dict[_Fan, float] = {}
    for name, counts in store.manifest.predicates.items():
        found |= {(f"<{name}>", True): counts[3], (f"<{name}>", False): counts[4]}
    return found


class _Known:
    """Hold what is known of one state of the data."""

    def __init__(self, fans: "dict[_Fan, float]") -> None:
        self.shapes: dict[str, bool] = {}
        self.fans = fans
        self.counting = threading.Lock()
