"""Kill processes of a server that is asked and written to, and see that nothing is lost.

Usage: python benchmarks/kills.py [--kills 200] RELEASE

It does what a service manager does with Restart=always. Two clients write, each write to two
graphs at once; four ask point queries. At random moments one process of the tree, chosen at
random, gets SIGKILL. It prints how long it took until a query and an update were answered again,
by kind of process, and exits with 1 if an acknowledged update is lost, or one stands in one of its
two graphs only, or an answer was wrong, or the service came back later than --within seconds.
"""

import argparse
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final

TOKEN: Final = "for-this-test-only"  # noqa: S105 (of a server that this script starts)
POINT: Final = (
    "SELECT ?p ?o WHERE { GRAPH ?g { <https://w3id.org/drugkg/id/kesimpta> ?p ?o } } ORDER BY ?p ?o"
)
_OK: Final = 200
_SUCCESSFUL: Final = 300


def _threads(pid: int) -> int:
    """Return how many threads *pid* has; none if it has just ended."""
    try:
        return len(list(Path(f"/proc/{pid}/task").iterdir()))
    except FileNotFoundError:
        return 0


class Server:
    """Start a server, and start it again whenever it ends."""

    def __init__(self, release: Path, port: int, journal: Path, further: list[str]) -> None:
        self.port = port
        command = [str(Path(sys.executable).with_name("drugkg")), "serve"]
        command += ["--release", str(release), "--port", str(port), "--journal", str(journal)]
        self._command = [*command, *further]
        self._over = False
        self.starts = 0
        self._start()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _start(self) -> None:
        self.starts += 1
        environment = {**os.environ, "DRUGKG_UPDATE_TOKEN": TOKEN}
        self.process = subprocess.Popen(  # noqa: S603 (our own command)
            self._command, stderr=subprocess.DEVNULL, env=environment
        )

    def _watch(self) -> None:
        while not self._over:
            self.process.wait()
            if not self._over:
                self._start()

    def tree(self) -> dict[str, list[int]]:
        """Return the processes by their part."""
        supervisor = self.process.pid
        keepers = _children(supervisor)
        below = [child for keeper in keepers for child in _children(keeper)]
        servers = [child for child in below if _threads(child) > 1]
        executors = [child for child in below if child not in servers]
        found = {"supervisor": [supervisor], "keeper": keepers}
        return found | {"HTTP worker": servers, "executor": executors}

    def ask(self, query: str, seconds: float = 5) -> bytes | None:
        """Return the answer to *query*, or None."""
        path = "/sparql?" + urllib.parse.urlencode({"query": query, "format": "csv"})
        return self._request("GET", path, None, {}, seconds)

    def write(self, update: str, seconds: float = 5) -> bool:
        """Return whether *update* was acknowledged."""
        headers = {
            "Content-Type": "application/sparql-update",
            "Authorization": f"Bearer {TOKEN}",
        }
        return self._request("POST", "/update", update.encode(), headers, seconds) is not None

    def _request(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], seconds: float
    ) -> bytes | None:
        client = http.client.HTTPConnection("127.0.0.1", self.port, seconds)
        try:
            client.request(method, path, body, headers)
            answer = client.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            client.close()
        return content if _OK <= answer.status < _SUCCESSFUL else None

    def stop(self) -> None:
        """End it in peace."""
        self._over = True
        self.process.send_signal(signal.SIGTERM)
        self._thread.join()


def _children(pid: int) -> list[int]:
    try:
        return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    except OSError:
        return []


class Load:
    """Ask and write until told to stop, and remember what was acknowledged."""

    def __init__(self, server: Server, expected: bytes) -> None:
        self._server = server
        self._expected = expected
        self.over = threading.Event()
        self.acknowledged: list[set[int]] = [set(), set()]
        self.counts: Counter[str] = Counter()
        self._threads = [threading.Thread(target=self._write, args=(n,)) for n in range(2)]
        self._threads += [threading.Thread(target=self._ask) for _ in range(4)]
        for each in self._threads:
            each.start()

    def _write(self, number: int) -> None:
        turn = 0
        while not self.over.is_set():
            turn += 1
            node = f"<urn:x:{number}:{turn}>"
            text = (
                f"INSERT {{ GRAPH <urn:a> {{ {node} <urn:n> {turn} ; <urn:t> ?t }} "
                f"GRAPH <urn:b> {{ {node} <urn:n> {turn} ; <urn:t> ?t }} }} "
                "WHERE { BIND(STRUUID() AS ?t) }"
            )
            if self._server.write(text):
                self.acknowledged[number].add(turn)
            else:
                self.counts["updates not acknowledged"] += 1
            time.sleep(0.02)

    def _ask(self) -> None:
        while not self.over.is_set():
            answer = self._server.ask(POINT)
            if answer is None:
                self.counts["queries without an answer"] += 1
                time.sleep(0.02)
            else:
                self.counts["queries answered"] += 1
                self.counts["answers wrong"] += answer != self._expected
            time.sleep(0.005)

    def stop(self) -> None:
        """Stop."""
        self.over.set()
        for each in self._threads:
            each.join()


def faults(server: Server, load: Load) -> list[str]:
    """Return what is lost or half done."""
    found = []
    one, other = (
        set(
            (
                server.ask(
                    f"SELECT ?s ?n ?t {{ GRAPH <urn:{graph}> {{ ?s <urn:n> ?n ; <urn:t> ?t }} }}",
                    30,
                )
                or b""
            ).splitlines()[1:]
        )
        for graph in "ab"
    )
    if one != other:
        found.append(f"{len(one ^ other)} updates are half applied")
    there = {line.split(b",")[0].decode() for line in one}
    for number, turns in enumerate(load.acknowledged):
        lost = [turn for turn in turns if f"urn:x:{number}:{turn}" not in there]
        if lost:
            found.append(f"{len(lost)} acknowledged updates are lost, such as {lost[:5]}")
    if len(one) != len(there):
        found.append(f"{len(one) - len(there)} updates were made twice")
    if load.counts["answers wrong"]:
        found.append(f"{load.counts['answers wrong']} answers were wrong")
    return found


def back(server: Server, number: int) -> float:
    """Return the seconds until a query and an update are answered."""
    start = time.monotonic()
    while server.ask(POINT, 2) is None:
        time.sleep(0.01)
    while not server.write(f"INSERT DATA {{ GRAPH <urn:k> {{ <urn:k> <urn:n> {number} }} }}", 2):
        time.sleep(0.01)
    return time.monotonic() - start


def main() -> int:
    """Kill, and return 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("release", type=Path)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--within", type=float, default=2.0, help="seconds")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--journal", type=Path, required=True)
    given, further = parser.parse_known_args()
    chance = random.Random(given.seed)  # noqa: S311 (not for secrets)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = Server(given.release, port, given.journal, further)
    back(server, -1)
    load = Load(server, server.ask(POINT) or b"")
    times: dict[str, list[float]] = defaultdict(list)
    try:
        for number in range(given.kills):
            time.sleep(chance.uniform(0.02, 0.5))
            tree = {part: pids for part, pids in server.tree().items() if pids}
            part = chance.choice(list(tree))
            try:
                os.kill(chance.choice(tree[part]), signal.SIGKILL)
            except ProcessLookupError:
                continue
            times[part].append(back(server, number))
        time.sleep(0.5)
    except KeyboardInterrupt:
        print("stopped; what follows is of the kills so far")
    finally:
        load.stop()
    found = faults(server, load)
    server.stop()
    for part, seconds in sorted(times.items()):
        late = sum(each > given.within for each in seconds)
        print(
            f"{part}: {len(seconds)} kills, back after {sorted(seconds)[len(seconds) // 2]:.2f} s "
            f"(median), {max(seconds):.2f} s at most, {late} later than {given.within:g} s"
        )
        if late:
            found.append(f"{late} times the service came back too late")
    print(f"{sum(map(len, load.acknowledged))} updates acknowledged, {server.starts} starts")
    print(", ".join(f"{count} {name}" for name, count in sorted(load.counts.items())))
    print("\n".join(found) or "nothing lost, nothing half applied, nothing wrong")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
