"""Ask point queries while eight others send queries that never end; compare with a quiet server.

Usage: python benchmarks/fairness.py [--seconds 20] [--same-address] [--workers 1] RELEASE

It starts a server of RELEASE on a free port, and prints the latencies of the ninth client quiet,
loaded, and quiet again; how many of its queries were lost or answered wrong; what the eight got;
and the memory of all processes (PSS, so that shared pages count once).
"""

import argparse
import http.client
import itertools
import multiprocessing
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import Counter
from pathlib import Path
from typing import Any, Final

POINT: Final = "SELECT ?p ?o WHERE { <https://w3id.org/drugkg/id/kesimpta> ?p ?o } ORDER BY ?p ?o"
CONCATENATED: Final = "".join(
    f" BIND(CONCAT({','.join([f'?x{n}'] * 10)}) AS ?x{n + 1})" for n in range(9)
)
RUNAWAYS: Final = {
    "cross product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "paths": "SELECT (COUNT(*) AS ?n) { ?a (<urn:x>|!<urn:y>)* ?b . ?b (!<urn:x>)* ?c }",
    "sort": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c",
    "string bomb": f'SELECT (STRLEN(?x9) AS ?n) {{ BIND("aaaaaaaaaa" AS ?x0){CONCATENATED} }}',
    "gigabyte": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 4000000",
    "distinct": "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "groups": "SELECT ?a ?d (SAMPLE(?f) AS ?s) { ?a ?b ?c . ?d ?e ?f } GROUP BY ?a ?d",
    "regex": 'SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), "z.*z.*z$")) }',
}


def connection(port: int, source: str) -> http.client.HTTPConnection:
    """Return a connection from the address *source*."""
    return http.client.HTTPConnection("127.0.0.1", port, 90, (source, 0))


def target(query: str) -> str:
    """Return what to get for *query*."""
    return "/sparql?" + urllib.parse.urlencode({"query": query, "format": "csv"})


def misbehave(port: int, number: int, source: str, vary: bool, results: Any) -> None:  # noqa: ANN401, FBT001
    """Send runaway queries until killed."""
    seen: Counter[str] = Counter()
    order = list(RUNAWAYS.items())
    for turn in itertools.count(number):
        name, query = order[turn % len(order)]
        if vary:
            query += f" #{random.random()}"  # noqa: S311 (not for secrets)
        client = connection(port, source)
        try:
            client.request("GET", target(query))
            answer = client.getresponse()
            size = 0
            while part := answer.read(1 << 20):
                size += len(part)
            outcome = str(answer.status) if answer.status != 200 else f"200, {size >> 20} MB"  # noqa: PLR2004
        except (OSError, http.client.HTTPException) as error:
            outcome = type(error).__name__
        finally:
            client.close()
        seen[f"{name}: {outcome}"] += 1
        results[number] = dict(seen)


def measure(port: int, source: str, seconds: float) -> tuple[list[float], int, int]:
    """Return the latencies in ms of point queries, and how many were lost or wrong."""
    latencies, lost, wrong = [], 0, 0
    client = connection(port, source)
    expected: bytes | None = None
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.perf_counter()
        try:
            client.request("GET", target(POINT))
            answer = client.getresponse()
            content = answer.read()
            if answer.status != 200:  # noqa: PLR2004
                lost += 1
            elif expected is None:
                expected = content
            elif content != expected:
                wrong += 1
        except (OSError, http.client.HTTPException):
            lost += 1
            client.close()
        latencies.append((time.perf_counter() - start) * 1000)
        time.sleep(0.002)
    return sorted(latencies), lost, wrong


def tree(pid: int) -> list[int]:
    """Return *pid* and all below it."""
    found = [pid]
    for one in found:
        path = Path(f"/proc/{one}/task/{one}/children")
        if path.exists():
            found += map(int, path.read_text().split())
    return found


def memory(pid: int) -> int:
    """Return the bytes of memory of *pid* and all below it; shared pages once."""
    total = 0
    for one in tree(pid):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def shown(name: str, found: tuple[list[float], int, int]) -> float:
    """Print one measurement and return its p99 in ms."""
    latencies, lost, wrong = found
    at = [latencies[min(len(latencies) - 1, int(len(latencies) * p))] for p in (0.5, 0.9, 0.99)]
    print(
        f"{name}: {len(latencies)} queries, p50 {at[0]:.2f} ms, p90 {at[1]:.2f} ms, "
        f"p99 {at[2]:.2f} ms, max {latencies[-1]:.1f} ms, {lost} lost, {wrong} wrong",
        flush=True,
    )
    return at[2]


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("release", type=Path)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--same-address", action="store_true")
    parser.add_argument("--vary", action="store_true", help="no two queries have the same text")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--clients", type=int, default=8)
    given, further = parser.parse_known_args()
    port = given.port or free_port()
    command = [Path(sys.executable).with_name("drugkg"), "serve", "--release", given.release]
    command += ["--port", str(port), *further]
    with Path(os.devnull).open("w") as nowhere:
        server = subprocess.Popen(list(map(str, command)), stderr=nowhere)  # noqa: S603
        try:
            compare(server.pid, port, given)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def compare(pid: int, port: int, given: argparse.Namespace) -> None:
    """Measure the ninth client quiet, loaded and quiet again."""
    ninth = "127.0.0.1"
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    measure(port, ninth, 2)
    quiet = shown("quiet", measure(port, ninth, given.seconds))
    before = memory(pid)
    peak = [before]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            peak[0] = max(peak[0], memory(pid))

    results = multiprocessing.Manager().dict()
    others = [
        multiprocessing.Process(
            target=misbehave,
            args=(
                port,
                number,
                ninth if given.same_address else f"127.0.0.{number + 2}",
                given.vary,
                results,
            ),
            daemon=True,
        )
        for number in range(given.clients)
    ]
    watcher = threading.Thread(target=watch)
    watcher.start()
    for each in others:
        each.start()
    time.sleep(2)
    loaded = shown("loaded", measure(port, ninth, given.seconds))
    for each in others:
        each.kill()
        each.join()
    over.set()
    watcher.join()
    after = shown("quiet again", measure(port, ninth, min(5, given.seconds)))
    print(f"p99 loaded / quiet: {loaded / quiet:.1f}  (quiet again: {after:.2f} ms)")
    print(f"memory: {before >> 20} MB quiet, {peak[0] >> 20} MB at most")
    total: Counter[str] = Counter()
    for seen in results.values():
        total.update(seen)
    for outcome, count in sorted(total.items()):
        print(f"  {outcome}: {count}")


if __name__ == "__main__":
    main()
