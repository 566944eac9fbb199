"""Print how long queries take at most that are judged to be bounded, drawn by lot.

Usage: python -m benchmarks.lane [NUMBER OF TRIPLES] [NUMBER OF QUERIES] [SEED]

They are evaluated in memory by the engine alone. Each grows from one thing or from a list, by one
to four patterns, and may have filters and options, also inside each other. Most of what is drawn
is not judged to be bounded, and not evaluated.
"""

import random
import sys
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from benchmarks.datasets import dataset
from kg.bounded import is_bounded
from kg.judging import ENTITY, NONE, Spreads, published
from kg.store import EmbeddedStore, open_engine

_PLACE: Final = Path(__file__).parents[1] / ".bench" / "data"
_SEEN: Final = 3_000  # triples of a predicate, to name what stands at its ends
_DEEPEST: Final = 2
_LENGTHS: Final = (1, 2, 10, 25, 60)
_FILTERS: Final = (
    "{} != {}",
    "{} = {}",
    "BOUND({})",
    "!BOUND({})",
    "COALESCE({}, {}) != 1",
    "STRLEN(STR({})) > 3 || {} > 2",
)
Ends = dict[tuple[str, bool], list[str]]


class _Drawn:
    """Draw groups of patterns over *predicates*."""

    def __init__(self, predicates: list[str], lot: random.Random) -> None:
        self._predicates = predicates
        self._lot = lot

    def text(self, ends: Ends) -> str | None:
        """Return a query, or None if nothing that it could name is known."""
        lot = self._lot
        start, first, body = self._group(0, count(1), [])
        named = ends[first]
        if not named:
            return None
        if lot.random() < 1 / 3:
            return f"SELECT * {{ {body} }}".replace(f"{start} ", f"{lot.choice(named)} ")
        terms = " ".join(lot.choice(named) for _ in range(lot.choice(_LENGTHS)))
        return f"SELECT * {{ VALUES {start} {{ {terms} }} {body} }}"

    def _group(
        self, depth: int, fresh: Iterator[int], outside: list[str]
    ) -> tuple[str, tuple[str, bool], str]:
        """Return the variable it grows from, at which end of which predicate, and the group."""
        lot = self._lot
        start = lot.choice(outside) if outside else "?v0"
        variables, parts = [start], []
        first = ("", True)
        for _ in range(lot.randint(1, 2 if depth else 4)):
            predicate, forth = lot.choice(self._predicates), lot.random() < 0.6  # noqa: PLR2004
            known, new = lot.choice(variables), f"?v{next(fresh)}"
            variables.append(new)
            parts.append(" ".join((known, predicate, new) if forth else (new, predicate, known)))
            if known == start:
                first = (predicate, forth)
        lot.shuffle(parts)
        parts = [f"{part} ." for part in parts]
        if lot.random() < 0.3:  # noqa: PLR2004
            parts.append(self._filter(variables + outside))
        for _ in range(lot.choice((0, 0, 1, 2)) if depth < _DEEPEST else 0):
            parts.append(f"OPTIONAL {{ {self._group(depth + 1, fresh, variables)[2]} }}")
        return start, first, " ".join(parts)

    def _filter(self, variables: list[str]) -> str:
        about = self._lot.choice(_FILTERS)
        return f"FILTER({about.format(*(self._lot.choice(variables) for _ in range(2)))})"


def named(engine: ox.Store, predicates: list[str]) -> Ends:
    """Return what can be named at the ends of *predicates*."""
    found: Ends = {}
    for predicate in predicates:
        triples = engine.quads_for_pattern(None, ox.NamedNode(predicate[1:-1]), None)
        seen = list(islice(triples, _SEEN))
        found[predicate, True] = [
            str(t.subject) for t in seen if isinstance(t.subject, ox.NamedNode)
        ]
        found[predicate, False] = [
            str(t.object) for t in seen if isinstance(t.object, ox.NamedNode | ox.Literal)
        ]
    return found


def main() -> None:
    """Print the slowest, and how many were evaluated."""
    size, number, seed = (*sys.argv[1:], *("1000000", "4000", "1")[len(sys.argv) - 1 :])
    engine, manifest = open_engine(dataset(size, _PLACE).release, "memory")
    store = EmbeddedStore(engine, manifest)
    known = published(store)
    spreads: Spreads = lambda predicate, forth: known.get((predicate, forth), NONE)  # noqa: E731
    predicates = sorted({predicate for predicate, _ in known} - {ENTITY})
    ends = named(engine, predicates)
    drawn = _Drawn(predicates, random.Random(int(seed)))  # noqa: S311 (nothing is secret)
    taken: list[tuple[float, int, str]] = []
    for tried in count(1):  # noqa: B007 (it is told in the end)
        text = drawn.text(ends)
        if text is None or not is_bounded(text, spreads):
            continue
        begin = time.process_time()
        rows = len(list(engine.query(text)))  # type: ignore[arg-type] # a SELECT
        taken.append((time.process_time() - begin, rows, text))
        if len(taken) == int(number):
            break
    taken.sort(reverse=True)
    options = sum("OPTIONAL" in text for _, _, text in taken)
    print(f"{len(taken)} of {tried} queries were bounded, {options} of them with options")
    for seconds, rows, text in taken[:3]:
        print(f"{seconds * 1000:.1f} ms, {rows} rows: {text[:400]}")


if __name__ == "__main__":
    main()
