"""Time the documents of medicines in process, beside Flask's jsonify of the same bytes.

Usage: python benchmarks/documents.py [RELEASE]
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, jsonify
from flask.testing import FlaskClient

from api import create_app
from api.config import Settings
from api.warm import warm
from kg.store import open_store

ROUNDS = 100
ADDRESSES = (
    "/drugs/kesimpta",
    "/drugs/kesimpta?sections=sideEffects",
    "/drugs/kesimpta?limit=20",
    "/drugs",
    "/id/kesimpta",
)


def median(action: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median time of *action* in milliseconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def plain(content: bytes) -> FlaskClient:
    """Return a client of the least Flask application that answers with the same document."""
    app = Flask("plain")
    value = json.loads(content)

    @app.get("/")
    def document() -> Response:
        return jsonify(value)

    return app.test_client()


def main(release: Path) -> None:
    """Print one line for each address, and what the first document after a start takes."""
    store = open_store(release)
    client = create_app(Settings(cache_bytes=0), store).test_client()
    cached = create_app(Settings(), store).test_client()
    print(
        f"{'address':40} {'kB':>6} {'made ms':>8} {'kept ms':>8} {'jsonify ms':>10} {'304 ms':>7}"
    )
    for address in ADDRESSES:
        response = client.get(address)
        size = len(response.data) / 1000
        tag = {"If-None-Match": response.headers["ETag"]}
        ours = median(lambda: client.get(address))  # noqa: B023 (called at once)
        kept = median(lambda: cached.get(address))  # noqa: B023 (called at once)
        known = median(lambda: cached.get(address, headers=tag))  # noqa: B023 (called at once)
        beside = plain(response.data)
        theirs = median(lambda: beside.get("/"))  # noqa: B023 (called at once)
        print(f"{address:40} {size:6.0f} {ours:8.2f} {kept:8.2f} {theirs:10.2f} {known:7.2f}")
    start = time.perf_counter()
    app = create_app(Settings(cache_bytes=0), store)
    app.test_client().get("/drugs/kesimpta")
    print(f"first after a start: {(time.perf_counter() - start) * 1000:.0f} ms")
    app = create_app(Settings(cache_bytes=0), store)
    warm(app)
    start = time.perf_counter()
    app.test_client().get("/drugs/kesimpta")
    print(f"first after warming up: {(time.perf_counter() - start) * 1000:.1f} ms")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "release"))
