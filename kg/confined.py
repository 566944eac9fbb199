"""Answer queries in processes that can be stopped, for whoever has no executors of their own.

The engine cannot be interrupted, so each query runs in a child that is killed at its deadline and
that may take no more than some memory. A process that was forked before there were any threads
forks the children; one query runs at a time. Needs a POSIX system.
"""

import faulthandler
import os
import resource
import select
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any, Final, NoReturn

import pyoxigraph as ox

from kg import errors
from kg.errors import KgError, QueryStoppedError
from kg.passing import Passing
from kg.store import EVERYTHING, Answer, Dataset, GraphFormat, ResultFormat, Store, Term

_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Say how much one query may take."""

    seconds: float = 10
    memory: int = 1_000  # megabytes beside those that the graph needs
    answer: int = 20  # megabytes


class ConfinedStore(Passing):
    """Answer as *store* does, but refuse a query that goes beyond its *limits*.

    Looking up quads takes no limits.
    """

    def __init__(self, store: Store, limits: Limits | None = None) -> None:
        super().__init__(store)
        self._limits = limits or Limits()
        self._lock = Lock()
        self._pipe, theirs = Pipe()
        if os.fork() == 0:
            self._pipe.close()
            _serve(store, self._limits, theirs)
        theirs.close()

    def close(self) -> None:
        """End the process that forks."""
        self._pipe.close()

    def query(
        self,
        text: str,
        *,
        dataset: Dataset = EVERYTHING,
        solutions: ResultFormat | None = None,
        graph: GraphFormat | None = None,
        bindings: Mapping[str, Term] | None = None,
    ) -> Answer:
        """Answer as ``Store.query`` does.

        Raises:
            QueryStoppedError: the query takes too long, or needs too much memory.
        """
        asked = {
            "text": text,
            "dataset": dataset,
            "solutions": solutions and solutions.media_type,
            "graph": graph and graph.media_type,
            "bindings": dict(bindings or {}),
        }
        with self._lock:
            self._pipe.send(asked)
            found = self._pipe.recv()
        match found:
            case (kind, media_type, sha256, content):
                return Answer(kind, media_type, iter([content]), len(content), sha256)
            case (name, message, members):
                raise _raised(name, message, members)
        raise QueryStoppedError(str(found))


def _raised(name: str, message: str, members: dict[str, Any]) -> KgError:
    """Return an error as it was before it crossed to this process."""
    kind = getattr(errors, name)
    assert issubclass(kind, KgError)  # noqa: S101 (narrows the type)
    error: KgError = kind.__new__(kind, message)
    error.args = (message,)
    error.__dict__.update(members)
    return error


def _serve(store: Store, limits: Limits, pipe: Connection) -> NoReturn:
    """Fork a child for each query that comes through *pipe*, until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to end
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)  # what the parent reads and writes is not ours to hold open
    os.dup2(nowhere, 1)
    try:
        while True:
            pipe.send(_answer(store, limits, pipe.recv()))
    except (EOFError, OSError):
        os._exit(0)


def _answer(store: Store, limits: Limits, asked: dict[str, Any]) -> object:
    """Return what a child says of the query, or why it was stopped."""
    ours, theirs = Pipe(duplex=False)
    child = os.fork()
    if child == 0:
        ours.close()
        _evaluate(store, limits, asked, theirs)
    theirs.close()
    end = time.monotonic() + limits.seconds
    try:
        if not select.select([ours], [], [], max(0.0, end - time.monotonic()))[0]:
            return f"the query was stopped after {limits.seconds:g} seconds"
        found: object = ours.recv()
    except (EOFError, OSError):
        return f"the query was stopped: it needs more than {limits.memory:,} MB of memory"
    else:
        return found
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        ours.close()


def _evaluate(store: Store, limits: Limits, asked: dict[str, Any], pipe: Connection) -> NoReturn:
    """Answer one query in this process and end it."""
    faulthandler.disable()  # an allocation that fails ends the process, and the parent says why
    os.dup2(1, 2)
    found: object
    try:
        most = _address_space() + limits.memory * _MEGABYTE
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        answer = _asked(store, **asked)
        if answer.length is None or answer.length > limits.answer * _MEGABYTE:
            found = f"the answer has more than {limits.answer:,} MB; ask for less of it with LIMIT"
        else:
            content = b"".join(answer.chunks)
            found = (answer.kind, answer.media_type, answer.sha256, content)
    except KgError as error:
        found = (type(error).__name__, str(error), error.__dict__)
    except MemoryError:
        os._exit(1)
    try:
        pipe.send(found)
    finally:
        os._exit(0)


def _asked(  # noqa: PLR0913 (as Store.query)
    store: Store,
    *,
    text: str,
    dataset: Dataset,
    solutions: str | None,
    graph: str | None,
    bindings: Mapping[str, Term],
) -> Answer:
    """Ask *store*; formats cross between processes by their media types."""
    syntax = ox.QueryResultsFormat.from_media_type(solutions) if solutions else None
    form = ox.RdfFormat.from_media_type(graph) if graph else None
    return store.query(
        text,
        dataset=dataset,
        solutions=ResultFormat(solutions, syntax) if solutions and syntax else None,
        graph=GraphFormat(graph, form) if graph and form else None,
        bindings=bindings,
    )


def _address_space() -> int:
    """Return the size of the address space of this process in bytes, where the system says it."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 (not a file)
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0
