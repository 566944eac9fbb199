"""Print how much processor time each step of an answer takes, in one process without HTTP.

Usage: python -m benchmarks.steps [NUMBER OF TRIPLES]

Each line holds all those above it. It is the least of some runs, in microseconds; every run asks
texts that were not asked before, but for the hits.
"""

import io
import os
import sys
import time
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pyoxigraph as ox

from api import create_app
from api.access import AccessLog
from api.config import Settings
from api.counts import REQUESTS
from api.edge import Edge
from api.layers import nearest
from api.packing import PACKED_LATER
from api.quick import Quick
from api.rate import Rates
from benchmarks import mixes
from benchmarks.datasets import Dataset, dataset
from kg.executors.counters import Counters
from kg.stack import deepen
from kg.store import EmbeddedStore, NearStore, ResultFormat, Store, open_engine

_PLACE: Final = Path(__file__).parents[1] / ".bench" / "data"
_RUNS: Final = 5
_JSON: Final = ResultFormat("application/sparql-results+json", ox.QueryResultsFormat.JSON)
Environ = dict[str, Any]


class FarStore(EmbeddedStore):
    """Be a store that has another one near by, as that of a service has."""

    @property
    def near(self) -> Store:
        """Return the store of what is bounded."""
        return NearStore(self._engine, self.manifest)


def environ(text: str, further: str = "") -> Environ:
    """Return a request for *text* as a server hands it over, with *further* parameters."""
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/sparql",
        "QUERY_STRING": f"query={quote(text, safe='')}{further}",
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_ACCEPT": _JSON.media_type,
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }


def asked(application: Callable[..., Iterable[bytes]], request: Environ) -> None:
    """Answer *request* to the end."""
    body = application(request, lambda *_: None)
    b"".join(body)
    if close := getattr(body, "close", None):
        close()


def written(engine: ox.Store, text: str) -> bytes | None:
    """Return the solutions of *text* as the engine alone finds and writes them."""
    found = engine.query(text)
    assert isinstance(found, ox.QuerySolutions)  # noqa: S101 (each is a SELECT)
    return found.serialize(format=_JSON.syntax)


def least(step: Callable[[int], object], times: int, numbers: Iterable[int]) -> float:
    """Return the least microseconds that *step* takes, each time with the next of *numbers*."""
    following = iter(numbers)
    best = float("inf")
    for _ in range(_RUNS):
        begin = time.process_time()
        for _ in range(times):
            step(next(following))
        best = min(best, (time.process_time() - begin) / times)
    return best * 1e6


def steps(mix: mixes.Mix, data: Dataset, times: int) -> list[tuple[str, float]]:
    """Return the steps of an answer to *mix*, each with its microseconds."""
    engine, manifest = open_engine(data.release, "memory")
    store = FarStore(engine, manifest)
    settings = Settings(release=data.release, store="memory")
    app = create_app(settings, store)
    plain = create_app(Settings(release=data.release, cache_bytes=0, near=False), store)
    counters = Counters(REQUESTS, 1)
    with Path(os.devnull).open("w") as nowhere:
        log = AccessLog(nowhere)
        edge = Edge(app, counters, 0, Rates(0), log)
        near, asking = store.near, nearest(settings, store)
        quick = Quick(app, app.wsgi_app, asking)
        texts = [mix.fresh(data, number) for number in range(times * _RUNS)]
        again = environ(mix.fresh(data, 0))
        asked(edge, dict(again))
        found: list[tuple[str, Callable[[int], object]]] = [
            ("the engine", lambda n: written(engine, texts[n])),
            ("… and what guards it", lambda n: near.query(texts[n], solutions=_JSON)),
            ("… and the choice where to ask", lambda n: asking.query(texts[n], solutions=_JSON)),
            (
                "… and the short path",
                lambda n: asked(quick, {**environ(texts[n]), PACKED_LATER: True}),
            ),
            ("… and the cache, which keeps it", lambda n: asked(app, environ(texts[n]))),
            ("… and counters and log", lambda n: asked(edge, environ(texts[n] + " "))),
            ("the same by Flask alone", lambda n: asked(plain, environ(texts[n], "&format=json"))),
            ("a hit of the cache", lambda _: asked(app, dict(again))),
            ("… and counters and log", lambda _: asked(edge, dict(again))),
        ]
        done = [(name, least(step, times, count())) for name, step in found]
        log.flush()
        return done


def main() -> None:
    """Print a table."""
    deepen()
    data = dataset(sys.argv[1] if sys.argv[1:] else "200000", _PLACE)
    columns = [steps(mix, data, times) for mix, times in ((mixes.LOOKUP, 400), (mixes.EFFECTS, 60))]
    print("| µs | lookup | effects with evidence |\n| --- | --- | --- |")
    for (name, first), (_, second) in zip(*columns, strict=True):
        print(f"| {name} | {first:.0f} | {second:.0f} |")


if __name__ == "__main__":
    main()
