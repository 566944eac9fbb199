"""Let many clients ask at once, by wrk, and count what they got and what it cost the server."""

import json
import os
import subprocess
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from benchmarks.datasets import Dataset
from benchmarks.mixes import Mix
from benchmarks.processes import cpu_seconds
from benchmarks.servers import HOST, JSON, Server

_SCRIPT: Final = Path(__file__).with_name("drive.lua")
_LIMIT: Final = "1000000"  # of queries that are repeated
_APART: Final = 10_000_000  # more than one run can use up
_numbers: Final = count(1)


@dataclass(frozen=True)
class Load:
    """Say which queries are asked over how many connections, each once only if *fresh*."""

    mix: Mix
    fresh: bool
    connections: int
    seconds: int


@dataclass(frozen=True)
class Driven:
    """Hold what one run reached."""

    rate: float  # answers a second
    p50: float  # milliseconds
    p99: float
    cpu: float  # milliseconds of processor time in the server for each answer


def drive(server: Server, data: Dataset, load: Load) -> Driven:
    """Put *load* on *server*.

    Raises:
        RuntimeError: an answer was not one, or did not come.
    """
    targets = server.directory / "targets"
    targets.write_text("".join(server.target(text) + "\n" for text in load.mix.texts(data)))
    settings = {"TARGETS": str(targets), "LIMIT": _LIMIT}
    if load.fresh:
        settings = {"TARGETS": str(targets), "FRESH": str(_APART * next(_numbers))}
    command = ["wrk", "-t1", f"-c{load.connections}", f"-d{load.seconds}s", "--timeout", "60s"]
    command += ["--latency", "-s", str(_SCRIPT), "-H", f"Accept: {JSON}"]
    before = cpu_seconds(server.pid)
    done = subprocess.run(  # noqa: S603 (the command is our own)
        [*command, f"http://{HOST}:{server.port}"],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    used = cpu_seconds(server.pid) - before
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    said = json.loads(line.removeprefix("RESULT "))
    if said["failed"] or said["lost"]:
        raise RuntimeError(f"{server.name}, {load.mix.name}: {said}")
    asked = max(said["requests"], 1)
    return Driven(
        rate=said["requests"] / (said["microseconds"] / 1e6),
        p50=said["p50"] / 1000,
        p99=said["p99"] / 1000,
        cpu=used * 1000 / asked,
    )
