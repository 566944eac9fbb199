"""Measure a graph of many millions of quads: loading, disk, memory, named queries, search.

    python -m benchmarks.scale 1000000 release work/scale

The first is a number of triples to make in the shape of our claims (``benchmarks.claims``), beside
the real release; the second is that release; the third is where the database is put.
"""

import gzip
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from benchmarks import claims
from kg import queries
from kg.release import QUADS, Manifest
from kg.store import EmbeddedStore, ResultFormat, Store

_JSON: Final = ResultFormat("application/sparql-results+json", ox.QueryResultsFormat.JSON)
_TIMES: Final = 3


def main(number: int, release: Path, out: Path) -> None:
    """Print one JSON object for each thing that was measured."""
    database = out / f"{number}.db"
    if not database.exists():
        _load(number, release, database)
    engine = ox.Store.read_only(str(database))
    store = EmbeddedStore(engine, Manifest.read(release))
    _say("open", rss=_rss())
    for name, query in queries.named().items():
        for given in [each.given for each in query.answers] or [{}]:
            _ask(store, name, query, {**given})
        ours = [each for each in query.parameters if each.name == "product"]
        if ours:
            _ask(store, name, query, {"product": claims.product(1)})
    _say("after queries", rss=_rss())


def _load(number: int, release: Path, database: Path) -> None:
    database.parent.mkdir(parents=True, exist_ok=True)
    quads = database.with_suffix(".nq")
    started = time.perf_counter()
    with quads.open("w") as out, gzip.open(release / QUADS, "rt") as real:
        for line in real:
            out.write(line)
            out.write(line[: line.rindex(" <")] + " .\n")
        for triple, graph in claims.lines(number):
            out.write(f"{triple} <{graph}> .\n{triple} .\n")
    _say("text", seconds=_since(started), bytes=quads.stat().st_size)
    started = time.perf_counter()
    store = ox.Store(str(database))
    store.bulk_load(path=str(quads), format=ox.RdfFormat.N_QUADS)
    _say("load", seconds=_since(started), quads=len(store), rss=_rss())
    started = time.perf_counter()
    store.optimize()
    store.flush()
    size = sum(file.stat().st_size for file in database.iterdir())
    _say("optimize", seconds=_since(started), bytes=size, rss=_rss())
    quads.unlink()


def _ask(store: Store, name: str, query: queries.Query, given: dict[str, str]) -> None:
    bound = queries.bindings(query, given)

    def once() -> int | None:
        answer = store.query(query.text, solutions=_JSON, bindings=bound)
        answer.close()
        return answer.length

    times, length = _timed(once)
    _say("query", name=name, given=given, seconds=times, length=length)


def _timed(call: Callable[[], int]) -> tuple[float, int]:
    times, found = [], 0
    for _ in range(_TIMES):
        started = time.perf_counter()
        found = call()
        times.append(time.perf_counter() - started)
        if times[0] > 30:  # noqa: PLR2004 (seconds; once is enough to know)
            break
    return round(statistics.median(times), 4), found


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 1)


def _rss() -> int:
    """Return the most memory that this process had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _say(what: str, **figures: object) -> None:
    print(json.dumps({"what": what, **figures}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
