"""Measure pages of a large graph, served over HTTP: first byte, whole page, processor, memory.

    python -m benchmarks.scale_pages 1000000 release work/scale

The arguments are those of ``benchmarks.scale``, which must have made the database. Each page is
asked for once to start with, then twenty times with addresses that differ, one after the other,
with nothing kept in front (``Cache-Control: no-cache``).
"""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final, TypeAlias

import pyoxigraph as ox

from benchmarks import claims
from benchmarks.processes import cpu_seconds, resident_bytes
from kg import names
from kg.paths import Inputs
from kg.release import DATABASE, MANIFEST, QUADS, Manifest, digests
from kg.store import EmbeddedStore

_PORT: Final = 21470
_REQUESTS: Final = 20
_STEP: Final = 37  # so that the medicines lie far from each other
_PATIENCE: Final = 600  # seconds
_IDLE: Final = 0.1  # seconds of a processor in two
_ID: Final = "id:product-"

Path_of: TypeAlias = Callable[[int], str]


def main(number: int, release: Path, out: Path) -> None:
    """Print one JSON object for each kind of page."""
    served = _release(number, release, out)
    last = claims.products(number) - 1
    pages: dict[str, Path_of] = {
        "a medicine": lambda each: f"/drugs/product-{each}?format=html",
        "a medicine as JSON-LD": lambda each: f"/drugs/product-{each}.jsonld",
        "comparison": lambda each: f"/compare?product={_ID}{each}&comparator={_ID}{each - 1}",
        "comparison with Kesimpta": lambda each: (
            f"/compare?product=id:kesimpta&comparator={_ID}{each}"
        ),
        "effects side by side": lambda each: (
            f"/queries/side-effects-side-by-side?product={_ID}{each}&comparator={_ID}{each - 1}"
        ),
        "conflicts": lambda _: "/conflicts?format=html",
        "medicines": lambda each: f"/drugs?format=html&limit=100&offset={each}",
        "first page": lambda _: "/?format=html",
        "claim": lambda each: f"/id/claim-{each}-1?format=html",
        "search": lambda each: f"/search?format=html&q=product+{each}",
    }
    with _serving(served) as server:
        for name, path_of in pages.items():
            given = [last - _STEP * each % last for each in range(_REQUESTS + 1)]
            _say(name, server, [path_of(max(each, 1)) for each in given])


def _release(number: int, release: Path, out: Path) -> Path:
    """Return a directory that is served as a release: the database, and an index of its names."""
    served = out / f"{number}.release"
    manifest = Manifest.read(release)
    manifest = replace(  # it is up to date, so that it is not built anew to be served
        manifest,
        inputs=digests(Inputs().files()),
        quads=sum(manifest.graphs.values()) + number,
        outputs={**manifest.outputs, QUADS.removesuffix(".gz"): f"{number:064}"},
    )
    if served.exists():
        (served / MANIFEST).write_text(json.dumps(asdict(manifest)))
        return served
    database = out / f"{number}.db"
    fresh = served.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(release, fresh, ignore=shutil.ignore_patterns(DATABASE, names.FILE))
    (fresh / MANIFEST).write_text(json.dumps(asdict(manifest)))
    (fresh / DATABASE).symlink_to(database.absolute())
    names.write(EmbeddedStore(ox.Store.read_only(str(database)), manifest), fresh)
    fresh.rename(served)
    return served


@contextmanager
def _serving(release: Path) -> Iterator[int]:
    started = time.perf_counter()
    command = (Path(sys.executable).with_name("drugkg"), "serve", "--release", release)
    with subprocess.Popen([*command, "--port", str(_PORT)]) as server:  # noqa: S603 (our own)
        try:
            while not _answers():
                time.sleep(0.1)
            while _works(server.pid):  # it makes the first documents ready
                pass
            seconds = round(time.perf_counter() - started, 1)
            print(json.dumps({"started": seconds, "mb": _memory(server.pid)}), flush=True)
            yield server.pid
        finally:
            server.send_signal(signal.SIGTERM)


def _works(server: int) -> bool:
    before = cpu_seconds(server)
    time.sleep(2)
    return cpu_seconds(server) - before > _IDLE


def _answers() -> bool:
    try:
        return _get("/health")[0] == http.HTTPStatus.OK
    except OSError:
        return False


def _get(path: str) -> tuple[int, float, float, int]:
    """Return the status, the seconds to the first byte and to the last, and the bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", _PORT, timeout=_PATIENCE)
    started = time.perf_counter()
    connection.request("GET", path, headers={"Cache-Control": "no-cache"})
    answer = connection.getresponse()
    first = answer.read(1)
    came = time.perf_counter() - started
    content = first + answer.read()
    whole = time.perf_counter() - started
    connection.close()
    return answer.status, came, whole, len(content)


def _say(name: str, server: int, paths: list[str]) -> None:
    status, _, cold, _ = _get(paths[0])
    before = cpu_seconds(server)
    found = [_get(path) for path in paths[1:]]
    processor = (cpu_seconds(server) - before) / len(found)
    figures = {
        "page": name,
        "status": sorted({each[0] for each in found} | {status}),
        "cold": round(cold, 3),
        "first p50": _at([each[1] for each in found], 0.5),
        "first p99": _at([each[1] for each in found], 0.99),
        "whole p50": _at([each[2] for each in found], 0.5),
        "whole p99": _at([each[2] for each in found], 0.99),
        "processor": round(processor, 3),
        "bytes": sum(each[3] for each in found) // len(found),
        "mb": _memory(server),
    }
    print(json.dumps(figures), flush=True)


def _at(seconds: list[float], share: float) -> float:
    """Return the smallest of *seconds* that so large a *share* of them does not exceed."""
    ordered = sorted(seconds)
    return round(ordered[min(int(share * len(ordered)), len(ordered) - 1)], 3)


def _memory(server: int) -> int:
    return resident_bytes(server) // 1024**2


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
    os._exit(0)
