"""Fork executors and know what each of them does."""

import contextlib
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kg.executors import process
from kg.executors.admission import Waiting

SPARE: Final = 3  # idle executors that wait for queries
NEXT: Final = 4  # niceness of a query that is not over at once
BEHIND: Final = 10  # niceness of one that was demoted


@dataclass(eq=False)
class Asker:
    """Hold a connection from which requests come, one at a time."""

    connection: socket.socket
    request: tuple[bytes, list[int]] | None = None

    def say(self, message: bytes) -> None:
        """Send *message*; a connection that takes none is closed."""
        try:
            self.connection.send(message, socket.MSG_DONTWAIT)
        except OSError:
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    def forget(self) -> None:
        """Close the files of the request."""
        for file in self.request[1] if self.request else ():
            os.close(file)
        self.request = None


@dataclass(eq=False)
class Worker:
    """Know one executor: its process, and the request that it has, if any."""

    pid: int
    control: socket.socket
    version: int
    waiting: Waiting[Asker] | None = None
    started: float = 0.0
    computed: float = 0.0  # seconds of processor time before the request
    niceness: int = 0
    demoted: bool = False
    writing: bool = False
    gone: bool = False  # who asked has left, or has been told why nothing comes

    def used(self) -> float:
        """Return the seconds of processor time that the request has taken."""
        return process.processor_time(self.pid) - self.computed

    def begin(self, waiting: Waiting[Asker], now: float) -> None:
        """Hand it the request of *waiting*."""
        assert waiting.asked.request is not None  # noqa: S101
        raw, files = waiting.asked.request
        self.waiting, self.started = waiting, now
        self.computed = process.processor_time(self.pid)
        socket.send_fds(self.control, [raw], [waiting.asked.connection.fileno(), *files])
        waiting.asked.forget()

    def yield_to_others(self, niceness: int) -> None:
        """Let it compute when those that are less nice leave time."""
        if self.niceness < niceness:
            self.niceness = niceness
            process.be_nice(self.pid, niceness)

    def refresh(self) -> bool:
        """Let it compute as at first, if that is allowed; return whether it may have a query."""
        if self.niceness and process.be_nice(self.pid, 0):
            self.niceness, self.demoted = 0, False
        return not self.demoted

    def demote(self) -> None:
        """Let it run on behind all others."""
        self.demoted = True
        self.yield_to_others(BEHIND)


class Pool:
    """Hold the executors; each is a copy of this process as it was when it was forked."""

    def __init__(self, run: Callable[[socket.socket], None]) -> None:
        """Let each executor do *run* with its control socket."""
        self._run = run
        self.workers: dict[int, Worker] = {}  # by process
        self.idle: list[Worker] = []
        self.version = 0
        self.forked = 0

    def fork(self, close: Callable[[], None]) -> Worker:
        """Return a new executor, which closes what is the parent's by *close*."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

        def run() -> None:
            ours.close()
            close()
            self._run(theirs)

        pid = process.forked(run)
        theirs.close()
        ours.settimeout(0)
        self.forked += 1
        worker = Worker(pid, ours, self.version)
        self.workers[pid] = worker
        return worker

    def running(self) -> list[Worker]:
        """Return those that have a request."""
        return [worker for worker in self.workers.values() if worker.waiting is not None]

    def demoted(self) -> int:
        """Return how many run behind the others."""
        return sum(worker.demoted for worker in self.workers.values())

    def fresh(self) -> int:
        """Return how many are idle or in the first moments of a query."""
        return sum(not (worker.demoted or worker.writing) for worker in self.workers.values())

    def end(self, worker: Worker) -> None:
        """Kill *worker*; its end is noticed later."""
        if worker in self.idle:
            self.idle.remove(worker)
        process.kill(worker.pid)

    def renew(self) -> None:
        """End every idle executor: what it knows is not the present state any more."""
        self.version += 1
        for worker in list(self.idle):
            self.end(worker)
