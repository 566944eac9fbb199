"""Be one of the processes that take requests: an application in the server that runs it."""

import gc
import os
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.log import LogLevels
from granian.net import SocketHolder  # type: ignore[attr-defined] # it is public there
from granian.server.mp import MPServer

from api.access import AccessLog
from api.application import create_app
from api.config import Settings
from api.edge import Edge
from api.leaving import Leaving
from api.rate import Rates
from api.warm import warm_meanwhile
from kg.executors import process
from kg.executors.client import ExecutorStore
from kg.executors.counters import Counters
from kg.stack import every_thread_has

_THREADS: Final = 128  # requests at once; most of them wait for an executor
_BACKLOG: Final = 1024
_COLLECTING: Final = (20_000, 50, 100)  # kept answers would be looked through again and again
_STACK: Final = 16 * 1024 * 1024  # bytes of each thread, for queries that are answered in it


@dataclass(frozen=True)
class Worker:
    """Be one HTTP worker on *listener*, which the one that takes its place will have too."""

    settings: Settings
    listener: socket.socket
    counters: Counters
    rates: Rates

    def __call__(self, slot: int, store: ExecutorStore, deaf: Callable[[], None]) -> None:
        """Count in *slot*, answer from *store*, and call *deaf* when no more will be accepted."""
        os.environ["RUST_MIN_STACK"] = str(_STACK)  # the server's threads are Rust's
        threading.stack_size(_STACK)
        every_thread_has(_STACK)
        app = create_app(self.settings, store, self.counters)
        warm_meanwhile(app)
        gc.freeze()
        gc.set_threshold(*_COLLECTING)
        log = AccessLog()
        edge = Edge(app, self.counters, slot, self.rates, log)
        leaving = Leaving(edge, self.listener, self.settings.grace / 2, deaf)
        signal.signal(process.LEAVE, leaving.begin)
        server = MPServer(
            "api",
            interface=Interfaces.WSGI,
            blocking_threads=_THREADS,
            runtime_mode=RuntimeModes.mt,
            http=HTTPModes.http1,
            websockets=False,
            log_level=LogLevels.error,
        )
        # Granian's master would add a process that can die, listen anew, and wait before it starts
        # a worker again; the keeper does that better. So its worker runs in this process.
        server._ssp, server._sso = None, None  # noqa: SLF001
        server._shd = SocketHolder(self.listener.fileno(), False, _BACKLOG)  # type: ignore[call-arg, assignment] # noqa: FBT003, SLF001
        self.listener.listen(_BACKLOG)
        worker = server._spawn_worker(0, server._spawn_wsgi_worker, lambda: leaving)  # noqa: SLF001
        try:
            worker.inner.run()
        finally:
            log.flush()
