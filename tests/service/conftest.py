"""Start the service as a user does, and ask it over the wire."""

import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

SERVE = "from api import cli; cli._make_ready = lambda _: None; cli.main()"  # any release will do
EVALUATED = ("--no-near", "--no-rewrite", "--cache-bytes", "0")  # each query by an executor
PATIENCE = 30.0  # seconds that a machine with much else to do may take


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    def problem(self) -> str:
        return str(json.loads(self.body)["type"]).partition("#")[2]


def free_port() -> int:
    """Return a port below those that clients get, so that none can meet itself on it."""
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Served:
    """Hold a running service."""

    def __init__(self, release: Path, folder: Path, *flags: str) -> None:
        self.port = free_port()
        self.log = folder / "log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if "DRUGKG" not in name},
            "XDG_RUNTIME_DIR": str(folder),
            "TMPDIR": str(folder),
        }
        self._command = [sys.executable, "-c", SERVE, "serve", *EVALUATED]
        self._command += ["--release", str(release), "--port", str(self.port), *flags]
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, stderr=log, stdout=log, env=self.environment
            )
        try:
            self.until(lambda: self.process.poll() is not None or self.answers())
        except AssertionError:
            self.process.kill()
            self.process.wait()
            raise
        assert self.process.poll() is None, self.log.read_text()

    def answers(self) -> bool:
        try:
            return self.ask("ASK {}").status == 200
        except (OSError, http.client.HTTPException):  # of a port that met itself, too
            return False

    def until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.01)

    def get(self, path: str, source: str = "127.0.0.1", **headers: str) -> Reply:
        client = http.client.HTTPConnection("127.0.0.1", self.port, PATIENCE, (source, 0))
        try:
            client.request("GET", path, headers=headers)
            answer = client.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, found, answer.read())
        finally:
            client.close()

    def ask(self, query: str, form: str | None = None, source: str = "127.0.0.1") -> Reply:
        return self.get(asked(query, form), source)

    def counts(self) -> dict[str, float]:
        lines = self.get("/metrics").body.decode().splitlines()
        rows = [line.rsplit(" ", 1) for line in lines if not line.startswith("#")]
        return {name: float(value) for name, value in rows}

    def rows(self) -> list[dict[str, Any]]:
        text = self.log.read_text().splitlines()
        return [json.loads(line) for line in text if line.startswith("{")]

    def tree(self) -> dict[str, list[int]]:
        keepers = children(self.process.pid)
        below = [child for keeper in keepers for child in children(keeper)]
        servers = [each for each in below if len(list(Path(f"/proc/{each}/task").iterdir())) > 1]
        executors = [each for each in below if each not in servers]
        supervisors = [self.process.pid]
        return {
            "supervisor": supervisors,
            "keeper": keepers,
            "server": servers,
            "executor": executors,
        }

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


def children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return list(map(int, text.split()))


def reload(served: Served) -> "subprocess.CompletedProcess[str]":
    """Let it switch as a user does."""
    command = [sys.executable, "-m", "api.cli", "reload", "--port", str(served.port)]
    command[1:3] = ["-c", "from api.cli import main; main()"]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, env=served.environment
    )


def asked(query: str, form: str | None = None) -> str:
    given = {"query": query} | ({"format": form} if form else {})
    return "/sparql?" + urllib.parse.urlencode(given)


Serve = Callable[..., Served]


@pytest.fixture
def serve(small_release: Path, tmp_path: Path) -> Iterator[Serve]:
    """Return a function that starts a service of the small release with some flags."""
    running: list[Served] = []

    def start(*flags: str, release: Path = small_release) -> Served:
        running.append(Served(release, tmp_path, *flags))
        return running[-1]

    yield start
    for each in running:
        if each.process.poll() is None:
            each.stop()
