"""Start what serves one release: the keeper, its executors and its servers."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from kg.executors import process
from kg.executors.client import ExecutorStore
from kg.executors.commits import Commits
from kg.executors.counters import Counters
from kg.executors.executor import Executor
from kg.executors.keeper import Keeper
from kg.executors.limits import Limits
from kg.executors.pool import Pool
from kg.release import Manifest, version
from kg.store import Mode, open_engine

# What a server gets: the slot of the counters, the store, and what to call when it, told to leave,
# accepts no more connections.
Serve: TypeAlias = Callable[[int, ExecutorStore, Callable[[], None]], None]

_log: Final = logging.getLogger(__name__)
_BACKLOG: Final = 256


def _nothing() -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Service:
    """Say what is served, and how; *serve* is what each of the *servers* does."""

    release: Path
    mode: Mode
    runtime: Path  # a directory of this service alone, for its sockets
    counters: Counters
    serve: Serve
    servers: int = 1
    limits: Limits = field(default_factory=Limits)
    union: bool = True
    empty: bool = False
    journal: Path | None = None  # None: nothing can be written
    writable_all: bool = False
    prepare: Callable[[], None] = _nothing  # while the release is loaded

    def slots(self) -> int:
        """Return how many processes of one release count."""
        return self.servers + 1

    def keep(self, generation: int, tell: Callable[[bytes], None]) -> None:
        """Be the keeper; *tell* b"L" when the release is loaded and b"R" when all is ready.

        Each server tells b"D" when it accepts no more connections, since another keeper's do.

        Raises:
            NoReleaseError: there is no release.
        """
        process.keep_freed_memory()
        preparing = threading.Thread(target=self.prepare)
        preparing.start()
        engine, manifest = self._opened()
        preparing.join()  # a process with one thread can be forked
        kept = () if self.writable_all else manifest.graphs
        commits = Commits(engine, self.journal, self.union, frozenset(kept))
        tell(b"L")
        commits.open()
        address = self.runtime / f"keeper-{generation}"
        address.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listening.bind(str(address))
        listening.listen(_BACKLOG)
        listening.settimeout(0)
        executor = Executor(engine, manifest, self.limits, commits.write)
        slot = generation % 2 * self.slots()

        def committed() -> int:
            return int(self.counters.at(slot, "commits"))

        def serve(number: int, keeper: Keeper) -> int:
            def run() -> None:
                keeper.close()
                store = ExecutorStore(
                    address, engine, manifest, committed, commits.journal, union=self.union
                )
                self.serve(slot + 1 + number, store, lambda: tell(b"D"))

            return process.forked(run)

        Keeper(
            limits=self.limits,
            listening=listening,
            pool=Pool(executor.run),
            counters=self.counters,
            commits=commits,
            servers=self.servers,
            serve=serve,
            log=_logged,
            ready=lambda: tell(b"R"),
            slot=slot,
        ).run()
        address.unlink(missing_ok=True)

    def _opened(self) -> tuple[ox.Store, Manifest]:
        if self.empty:
            return ox.Store(), Manifest(version(), 0, {}, {}, {"drugkg.nq": ""}, {})
        mode: Mode = "memory" if self.journal is not None else self.mode
        return open_engine(self.release, mode, union=self.union)


def _logged(row: dict[str, Any]) -> None:
    _log.warning("%s", row, extra={"row": row})


def runtime_directory() -> Path:
    """Return the directory where running services of this user are noted."""
    base = Path(os.environ.get("XDG_RUNTIME_DIR", "/tmp"))  # noqa: S108 (named by the user below)
    directory = base / f"drugkg-{os.getuid()}"
    directory.mkdir(mode=0o700, exist_ok=True)
    if directory.stat().st_uid != os.getuid():
        raise PermissionError(f"{directory} belongs to another user")
    return directory
