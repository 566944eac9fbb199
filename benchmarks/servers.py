"""Start our server and its peers on the same data, each as its documentation says."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final
from urllib.parse import quote

from benchmarks import virtuoso
from benchmarks.datasets import Dataset
from kg.release import DATABASE

OURS: Final = "drugkg"
UNCACHED: Final = "drugkg, no cache"
FLOOR: Final = "granian, a constant"  # what a hit can cost at least
HOST: Final = "127.0.0.1"
JSON: Final = "application/sparql-results+json"
_STARTING: Final = 1800  # seconds: some load millions of triples from text
_ENDING: Final = 20
_JEMALLOC: Final = (
    "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2",
    "/usr/lib/aarch64-linux-gnu/libjemalloc.so.2",
)


@dataclass(frozen=True)
class Peers:
    """Say where the programs are; what is None is left out."""

    oxigraph: str | None
    jemalloc: str | None
    rdflib_endpoint: str | None
    virtuoso: str | None

    @classmethod
    def found(cls, tools: Path) -> "Peers":
        """Look in the environments below *tools* first, then on the path."""

        def where(program: str) -> str | None:
            inside = tools / program / "bin" / program
            return str(inside) if inside.exists() else shutil.which(program)

        jemalloc = next((path for path in _JEMALLOC if Path(path).exists()), None)
        return cls(
            where("oxigraph"), jemalloc, where("rdflib-endpoint"), shutil.which("virtuoso-t")
        )


@dataclass(frozen=True)
class Site:
    """Say what is served, where servers may write, and where the data is: memory or disk."""

    data: Dataset
    work: Path
    store: str


@dataclass
class Server:
    """Hold a server: what starts it, and where it answers once it runs."""

    name: str
    command: list[str]
    port: int
    path: str
    directory: Path
    environment: dict[str, str] = field(default_factory=dict)
    load: Callable[["Server"], None] | None = None
    started: float = 0.0  # seconds from the command to the first answer
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def pid(self) -> int:
        """Return the process that was started."""
        if self.process is None:
            raise RuntimeError(f"{self.name} does not run")
        return self.process.pid

    def target(self, text: str) -> str:
        """Return path and query of the request that asks *text*."""
        return f"{self.path}?query={quote(text, safe='')}"

    def answers(self) -> bool:
        """Return whether the server answers now."""
        if self.process is not None and self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended: see {self.directory / 'log'}")
        with suppress(OSError, HTTPException):
            connection = HTTPConnection(HOST, self.port, timeout=10)
            connection.request("GET", self.target("ASK {}"), headers={"Accept": JSON})
            return connection.getresponse().status == 200  # noqa: PLR2004 (as HTTP says)
        return False


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Start *server*, wait until it answers and has its data, and end it with the block."""
    server.directory.mkdir(parents=True, exist_ok=True)
    begin = time.perf_counter()
    with (server.directory / "log").open("wb") as log:
        server.process = subprocess.Popen(  # noqa: S603 (the commands are our own)
            server.command,
            stdout=log,
            stderr=log,
            cwd=server.directory,
            env={**os.environ, **server.environment},
            start_new_session=True,
        )
    try:
        while not server.answers():
            if time.perf_counter() - begin > _STARTING:
                raise TimeoutError(f"{server.name} does not answer")
            time.sleep(0.02)
        server.started = time.perf_counter() - begin
        if server.load is not None:
            server.load(server)
        yield server
    finally:
        server.process.terminate()
        try:
            server.process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            server.process.kill()
            server.process.wait()


def servers(site: Site, peers: Peers, port: int) -> list[Server]:
    """Return our server and the peers there are, on *port* and those after it."""
    ours = [str(Path(sys.executable).with_name("drugkg")), "serve", "--workers", "2"]
    ours += ["--release", str(site.data.release), "--store", site.store]
    found = [
        _ours(OURS, ours, port, site),
        _ours(UNCACHED, [*ours, "--cache-bytes", "0"], port + 1, site),
        _floor(port + 6, site),
    ]
    if peers.oxigraph:
        found.append(_oxigraph("oxigraph", peers.oxigraph, port + 2, site))
        if peers.jemalloc:
            preloaded = _oxigraph("oxigraph, jemalloc", peers.oxigraph, port + 3, site)
            preloaded.environment = {"LD_PRELOAD": peers.jemalloc}
            found.append(preloaded)
    if peers.rdflib_endpoint:
        command = [peers.rdflib_endpoint, "serve", "--host", HOST, "--port", str(port + 4)]
        command.append(str(site.data.triples))
        place = site.work / "rdflib-endpoint"
        found.append(Server("rdflib-endpoint", command, port + 4, "/", place))
    if peers.virtuoso:
        found.append(_virtuoso(peers.virtuoso, port + 5, site))
    return found


def _ours(name: str, command: list[str], port: int, site: Site) -> Server:
    place = site.work / name.replace(", ", "-")
    return Server(name, [*command, "--port", str(port)], port, "/sparql", place)


def _floor(port: int, site: Site) -> Server:
    command = [sys.executable, str(Path(__file__).with_name("floor.py")), str(port)]
    place = site.work / "floor"
    paths = {"PYTHONPATH": str(Path(__file__).parents[1])}
    return Server(FLOOR, command, port, "/sparql", place, environment=paths)


def _virtuoso(program: str, port: int, site: Site) -> Server:
    place, triples = site.work / "virtuoso", site.data.triples
    command = virtuoso.command(program, place, port, triples)

    def load(server: Server) -> None:
        virtuoso.load(server.directory, server.port, triples)

    return Server("virtuoso", command, port, "/sparql", place, load=load)


def _oxigraph(name: str, program: str, port: int, site: Site) -> Server:
    bind = ["--bind", f"{HOST}:{port}"]
    place = site.work / name.replace(", ", "-")
    if site.store == "disk":
        location = ["--location", str(site.data.release / DATABASE)]
        return Server(name, [program, "serve-read-only", *location, *bind], port, "/query", place)

    def load(server: Server) -> None:
        connection = HTTPConnection(HOST, server.port, timeout=_STARTING)
        loaded = site.data.loaded
        headers = {
            "Content-Type": "application/n-quads",
            "Content-Length": str(loaded.stat().st_size),
        }
        with loaded.open("rb") as content:
            connection.request("POST", "/store?no_transaction", body=content, headers=headers)
            response = connection.getresponse()
        if response.status >= 300:  # noqa: PLR2004 (as HTTP says)
            raise RuntimeError(f"{name} did not load the data: {response.read().decode()}")

    return Server(name, [program, "serve", *bind], port, "/query", place, load=load)
