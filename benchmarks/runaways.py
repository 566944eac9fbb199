"""Flood a server with queries that never end, and count what good queries beside them get.

Usage: python -m benchmarks.runaways [--seconds 60] [--clients 64] [--peer PROGRAM] RELEASE

It starts a server of RELEASE on a free port, nothing cached and every query in an executor, and
lets wrk send it runaways, no two with the same text, while one client at another address asks a
point query again and again. Then it measures how late after the deadline a runaway is refused.
With --peer the same is asked of that `oxigraph`, which gets the same deadline.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks import fairness
from kg.release import DATABASE

_SCRIPT: Final = Path(__file__).with_name("drive.lua")
_GOOD: Final = "127.0.0.2"  # wrk asks from 127.0.0.1
_DEADLINE: Final = 2  # seconds
_REFUSALS: Final = 20


@contextmanager
def served(command: list[str], port: int, settings: dict[str, str]) -> Iterator[int]:
    """Run a server that logs nothing; yield its process."""
    with Path(os.devnull).open("w") as nowhere:
        server = subprocess.Popen(  # noqa: S603 (our own)
            command, stdout=nowhere, stderr=nowhere, env=os.environ | settings
        )
        try:
            wait_for(port)
            yield server.pid
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


def wait_for(port: int) -> None:
    """Return when the server at *port* takes connections."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            client = fairness.connection(port, _GOOD)
            client.connect()
        except OSError:
            time.sleep(0.05)
        else:
            client.close()
            return
    raise TimeoutError(f"nothing listens on {port}")


def flooded(port: int, path: str, given: argparse.Namespace) -> str:
    """Let wrk send runaways and measure the good queries meanwhile; return what wrk got."""
    with TemporaryDirectory() as place:
        targets = Path(place) / "targets"
        texts = (f"{text} #" for text in fairness.RUNAWAYS.values())
        lines = (f"{path}?query={urllib.parse.quote(text, safe='')}\n" for text in texts)
        targets.write_text("".join(lines))
        command = ["wrk", "-t1", f"-c{given.clients}", f"-d{given.seconds}s", "--timeout", "60s"]
        flood = subprocess.Popen(  # noqa: S603
            [*command, "-s", str(_SCRIPT), f"http://127.0.0.1:{port}"],
            env=os.environ | {"TARGETS": str(targets), "FRESH": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        time.sleep(1)
        fairness.shown("flooded", fairness.measure(port, _GOOD, given.seconds - 2))
        said, _ = flood.communicate()
    return next((line for line in said.splitlines() if line.startswith("RESULT ")), "wrk: nothing")


def lateness(port: int) -> list[float]:
    """Return how many ms after its deadline each of some runaways was refused."""
    late = []
    for number in range(_REFUSALS):
        client = fairness.connection(port, f"127.0.0.{number + 3}")
        begin = time.perf_counter()
        client.request("GET", fairness.target(f"{fairness.RUNAWAYS['cross product']} #{number}"))
        answer = client.getresponse()
        answer.read()
        if answer.status == 200:  # noqa: PLR2004 (as HTTP says)
            raise RuntimeError("a runaway was answered")
        late.append((time.perf_counter() - begin - _DEADLINE) * 1000)
    return sorted(late)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.runaways")
    parser.add_argument("release", type=Path)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--peer", help="a program `oxigraph`")
    given = parser.parse_args()
    port, path = fairness.free_port(), "/sparql"
    ours = [str(Path(sys.executable).with_name("drugkg")), "serve", "--port", str(port)]
    ours += ["--release", str(given.release), "--deadline", str(_DEADLINE)]
    settings = {"DRUGKG_CACHE_BYTES": "0", "DRUGKG_NEAR": "0"}
    if given.peer:
        path = "/query"
        fairness.target = lambda query: f"{path}?{urllib.parse.urlencode({'query': query})}"
        ours = [given.peer, "serve-read-only", "--location", str(given.release / DATABASE)]
        ours += ["--bind", f"127.0.0.1:{port}", "--timeout-s", str(_DEADLINE)]
    with served(ours, port, settings) as server:
        fairness.measure(port, _GOOD, 2)
        fairness.shown("quiet", fairness.measure(port, _GOOD, 5))
        print(flooded(port, path, given))
        print(f"{fairness.memory(server) >> 20} MB after the flood")
        fairness.shown("quiet again", fairness.measure(port, _GOOD, 5))
        late = lateness(port)
        print(f"refused {median(late):.0f} ms after the deadline, {late[-1]:.0f} ms at most")


if __name__ == "__main__":
    main()
