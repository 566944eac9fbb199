"""Judge queries by their shape and by how the data fan out, once for each state of the data."""

import math
import threading
from collections.abc import Callable
from typing import Final, Generic, NamedTuple, TypeAlias, TypeVar

import pyoxigraph as ox

from kg.errors import KgError
from kg.fans import BACK, ENTITIES, FORTH
from kg.shapes import Shape
from kg.store import ResultFormat, Store

Judgement = TypeVar("Judgement")

_REMEMBERED: Final = 10_000  # shapes of queries
ENTITY: Final = ""  # in place of a predicate: any entity of ours, whatever is said of it
_SPREAD: Final = """SELECT (COALESCE(MAX(?n), 0) AS ?most) (COUNT(*) AS ?nodes)
    (COALESCE(SUM(?n), 0) AS ?all) {{ SELECT (COUNT(*) AS ?n) {{ {triples} }} GROUP BY ?node }}"""
_LISTED: Final = """SELECT (COALESCE(MAX(?n), 0) AS ?most) {{
    SELECT (COUNT(*) AS ?n) {{ {{ SELECT DISTINCT ?node {{ {triples} }} }} {role} }} GROUP BY ?node
}}"""
_TSV: Final = ResultFormat("text/tab-separated-values", ox.QueryResultsFormat.TSV)


class Spread(NamedTuple):
    """Say how many triples of a predicate a node at one end of it has, and how many there are.

    The last two say how many triples of any predicate one of these nodes is at most subject of,
    and object of.
    """

    most: float
    mean: float
    all: float
    as_subject: float = math.inf
    as_object: float = math.inf


NONE: Final = Spread(0, 0, 0, 0, 0)
_FEW: Final = Spread(1, 1, 1, 1, 1)
_ENDLESS: Final = Spread(math.inf, math.inf, math.inf)

Spreads: TypeAlias = Callable[[str, bool], Spread]  # a predicate; whether from its subjects on
_End: TypeAlias = tuple[str, bool]


class Judge(Generic[Judgement]):
    """Remember what *judge* says of queries of *store*, and say *otherwise* of what is not known.

    How the data fan out is said by the release. After a change it is counted by *store* when it
    is wanted, and until then nothing is known.
    """

    def __init__(
        self,
        store: Store,
        judge: Callable[[str, Spreads], Judgement],
        otherwise: Judgement,
    ) -> None:
        self._store = store
        self._judge = judge
        self._otherwise = otherwise
        self._state = self._version()
        self._known: _Known[Judgement] = _Known(published(store))

    def __call__(self, shape: Shape, text: str) -> Judgement:
        """Return what is to be said of *text*, which has *shape*."""
        state = self._version()
        if state != self._state:
            self._state, self._known = state, _Known({})
        known = self._known
        try:
            return known.found[shape.key]
        except KeyError:
            return self._judged(shape.key, text, known)

    def _judged(self, key: str, text: str, known: "_Known[Judgement]") -> Judgement:
        """Judge *text* and remember that, or have counted what must be known first."""
        missing: list[_End] = []

        def spread(predicate: str, from_subject: bool) -> Spread:  # noqa: FBT001 (as in Spreads)
            found = known.spreads.get((predicate, from_subject))
            if found is None and known.is_complete:
                return NONE
            if found is None:
                missing.append((predicate, from_subject))
                return _FEW
            return found

        found = self._judge(text, spread)
        if not missing:
            if len(known.found) < _REMEMBERED:
                known.found[key] = found
            return found
        if found != self._otherwise and known.counting.acquire(blocking=False):
            threading.Thread(target=self._count, args=(known, missing), daemon=True).start()
        return self._otherwise

    def _count(self, known: "_Known[Judgement]", missing: list[_End]) -> None:
        """Count how far predicates fan out; what cannot be counted is without bound."""
        try:
            for end in missing:
                try:
                    known.spreads[end] = self._counted(*end)
                except (KgError, ValueError):
                    known.spreads[end] = _ENDLESS
        finally:
            known.counting.release()

    def _counted(self, predicate: str, from_subject: bool) -> Spread:  # noqa: FBT001 (as in Spreads)
        if predicate == ENTITY:
            lists = [self._numbers(ENTITIES % role)[0] for role in (FORTH, BACK)]
            return Spread(math.inf, math.inf, math.inf, *lists)
        triples = (FORTH if from_subject else BACK).replace("?predicate", predicate)
        most, nodes, every = self._numbers(_SPREAD.format(triples=triples))
        lists = [
            self._numbers(_LISTED.format(triples=triples, role=role))[0] for role in (FORTH, BACK)
        ]
        return Spread(most, every / max(nodes, 1), every, *lists)

    def _numbers(self, text: str) -> list[float]:
        """Return the one row of numbers that *text* selects."""
        answer = self._store.query(text, solutions=_TSV)
        return [float(number) for number in b"".join(answer.chunks).split(b"\n")[1].split()]

    def _version(self) -> object:
        return getattr(self._store, "version", "")


class _Known(Generic[Judgement]):
    """Hold what is known of one state of the data."""

    def __init__(self, spreads: dict[_End, Spread]) -> None:
        self.spreads = spreads
        self.is_complete = bool(spreads)  # what is not among them is not in the data
        self.found: dict[str, Judgement] = {}
        self.counting = threading.Lock()


def published(store: Store) -> dict[_End, Spread]:
    """Return what the release says of its predicates, if *store* holds just what it did."""
    found: dict[_End, Spread] = {}
    manifest = store.manifest
    if getattr(store, "is_as_released", False) and manifest.entities:
        for name, numbers in manifest.predicates.items():
            triples, subjects, objects, most_of_subject, most_of_object, *lists = numbers
            forth = Spread(most_of_subject, triples / subjects, triples, *lists[:2])
            back = Spread(most_of_object, triples / objects, triples, *lists[2:])
            found |= {(f"<{name}>", True): forth, (f"<{name}>", False): back}
        found[ENTITY, True] = Spread(math.inf, math.inf, math.inf, *manifest.entities)
    return found
