"""Measure Virtuoso with a graph of many triples: loading, disk, memory, named queries.

    python -m benchmarks.scale_virtuoso 1000000 release work/virtuoso

The first is a number of triples to make in the shape of our claims, beside the release, which is
the second; Virtuoso puts what it keeps into the third. It is asked the way ``drugkg serve --store``
asks it. Processor time is that of Virtuoso.
"""

import gzip
import json
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from benchmarks import claims, virtuoso
from benchmarks.processes import cpu_seconds, resident_bytes
from kg import engines, queries
from kg.engines import record
from kg.engines.profiles import PROFILES
from kg.errors import KgError
from kg.release import QUADS, Manifest
from kg.store import GraphFormat, ResultFormat, Store

_PORT: Final = 21455
_SECONDS: Final = 120  # of patience with one query
_GRAPH: Final = GraphFormat("application/n-triples", ox.RdfFormat.N_TRIPLES)
_JSON: Final = ResultFormat("application/sparql-results+json", ox.QueryResultsFormat.JSON)
_MADE: Final = {"product": claims.product(1), "comparator": claims.product(2)}


def main(number: int, release: Path, out: Path) -> None:
    """Print one JSON object for each thing that was measured."""
    out.mkdir(parents=True, exist_ok=True)
    quads = out / "data" / "all.nq"
    manifest = _text(number, release, quads)
    with _serving(out.absolute() / "database", quads.absolute()) as (place, server):
        started = time.perf_counter()
        virtuoso.load(place, _PORT, quads.absolute())
        _say(
            "load",
            wall=round(time.perf_counter() - started, 1),
            processor=round(cpu_seconds(server), 1),
            bytes=sum(file.stat().st_size for file in place.iterdir()),
            mb=resident_bytes(server) // 1024**2,
        )
        options = f"engine=virtuoso&seconds={_SECONDS}"
        store = engines.open_engine(f"sparql+http://dba:dba@127.0.0.1:{_PORT}/#{options}")
        record.write(store.endpoint, manifest)
        for name, query in queries.named().items():
            given = dict(query.answers[0].given) if query.answers else {}
            _ask(store, server, name, query, given)
            made = {each.name: _MADE[each.name] for each in query.parameters if each.name in _MADE}
            if made:
                _ask(store, server, name, query, given | made)
        _say("end", mb=resident_bytes(server) // 1024**2)


def _text(number: int, release: Path, file: Path) -> Manifest:
    """Write each quad, and each triple again in the union, to *file*; return what that holds."""
    file.parent.mkdir(exist_ok=True)
    union = PROFILES["virtuoso"].union
    graphs: Counter[str] = Counter()
    with file.open("w") as out, gzip.open(release / QUADS, "rt") as real:
        for line in real:
            out.write(f"{line}{line[: line.rindex(' <')]} <{union}> .\n")
        for triple, graph in claims.lines(number):
            out.write(f"{triple} <{graph}> .\n{triple} <{union}> .\n")
            graphs[graph] += 1
    manifest = Manifest.read(release)
    graphs.update(manifest.graphs)
    return replace(manifest, graphs=dict(graphs), quads=graphs.total())


@contextmanager
def _serving(place: Path, quads: Path) -> Iterator[tuple[Path, int]]:
    program = shutil.which("virtuoso-t")
    if program is None:
        raise SystemExit("no virtuoso-t: apt-get install virtuoso-opensource-7-bin")
    command = virtuoso.command(program, place, _PORT, quads)
    with subprocess.Popen(command, cwd=place, stderr=subprocess.DEVNULL) as server:  # noqa: S603 (our own)
        try:
            while not _listens():
                time.sleep(0.2)
            yield place, server.pid
        finally:
            server.terminate()


def _listens() -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", _PORT)) == 0


def _ask(store: Store, server: int, name: str, query: queries.Query, given: dict[str, str]) -> None:
    bound = queries.bindings(query, given)
    ask = partial(store.query, query.text, solutions=_JSON, graph=_GRAPH, bindings=bound)
    try:
        _length(ask().chunks)
        wall, processor = time.perf_counter(), cpu_seconds(server)
        length = _length(ask().chunks)
    except KgError as error:
        _say("query", name=name, given=given, refused=f"{type(error).__name__}: {error}"[:200])
        return
    _say(
        "query",
        name=name,
        given=given,
        wall=round(time.perf_counter() - wall, 3),
        processor=round(cpu_seconds(server) - processor, 2),
        length=length,
    )


def _length(chunks: Iterator[bytes]) -> int:
    return sum(map(len, chunks))


def _say(what: str, **figures: object) -> None:
    print(json.dumps({"what": what, **figures}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
