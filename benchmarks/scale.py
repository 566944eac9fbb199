"""Measure a graph of many millions of quads: loading, disk, memory, named queries, search.

    python -m benchmarks.scale 1000000 release work/scale

The first is a number of triples to make in the shape of our claims (``benchmarks.claims``), beside
the real release; the second is that release; the third is where the database is put.
"""

import gzip
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from benchmarks import claims
from kg import queries
from kg.release import QUADS, Manifest
from kg.search import Index
from kg.store import EmbeddedStore, GraphFormat, ResultFormat, Store

_GRAPH: Final = GraphFormat("application/n-triples", ox.RdfFormat.N_TRIPLES)
_JSON: Final = ResultFormat("application/sparql-results+json", ox.QueryResultsFormat.JSON)
_LONGEST: Final = 600  # seconds
_MADE: Final = {  # what stands for a parameter among the claims that were made
    "product": claims.product(1),
    "comparator": claims.product(2),
    "effect": claims.effect(0),  # most products have it
    "source": claims.source(1),  # it makes one claim in twelve
}
_SEARCHES: Final = ("kesmpta", "cold sore", "Product 1234", "product", "effect 77", "efect 77")


def main(number: int, release: Path, out: Path) -> None:
    """Print one JSON object for each thing that was measured."""
    database = out / f"{number}.db"
    if not database.exists():
        _load(number, release, database)
    store = EmbeddedStore(ox.Store.read_only(str(database)), Manifest.read(release))
    for name, query in queries.named().items():
        given = dict(query.answers[0].given) if query.answers else {}
        _in_child("query", partial(_ask, store, query, given), name=name, given=given)
        made = {each.name: _MADE[each.name] for each in query.parameters if each.name in _MADE}
        if made:
            given |= made
            _in_child("query", partial(_ask, store, query, given), name=name, given=given)
    _in_child("search", partial(_search, store))


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


def _ask(store: Store, query: queries.Query, given: dict[str, str]) -> dict[str, object]:
    bound = queries.bindings(query, given)
    ask = partial(store.query, query.text, solutions=_JSON, graph=_GRAPH, bindings=bound)
    ask().close()  # what is on disk is read
    wall, processor = time.perf_counter(), time.process_time()
    answer = ask()
    answer.close()
    return {
        "processor": round(time.process_time() - processor, 3),
        "wall": round(time.perf_counter() - wall, 3),
        "length": answer.length,
    }


def _search(store: Store) -> dict[str, object]:
    index = Index(store)
    processor = time.process_time()
    index.find("kesimpta")
    figures: dict[str, object] = {"index": round(time.process_time() - processor, 1)}
    for text in _SEARCHES:
        processor = time.process_time()
        index.find(text)
        figures[text] = round(time.process_time() - processor, 4)
    return {**figures, "rss": _rss()}


def _in_child(what: str, measure: Callable[[], dict[str, object]], **about: object) -> None:
    """Measure in a process of its own, which ends after ten minutes: a query has no end else."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        signal.alarm(_LONGEST)
        _say(what, **about, **measure())
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        _say(what, **about, failed=status)


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 1)


def _rss() -> int:
    """Return the most memory that this process had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _say(what: str, **figures: object) -> None:
    print(json.dumps({"what": what, **figures}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
