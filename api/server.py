"""Run the processes that serve: a supervisor, a keeper with its executors, and HTTP workers."""

import logging
import shutil
import socket
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from api.config import Settings
from api.counts import REQUESTS
from api.log import JsonLines
from api.rate import Rates
from kg.engines import RemoteStore, is_address, open_engine, open_writable_engine
from kg.executors.client import ExecutorStore
from kg.executors.counters import Counters
from kg.executors.limits import Limits
from kg.executors.overseer import COUNTERS
from kg.executors.service import Service, runtime_directory
from kg.executors.supervisor import Supervisor

if TYPE_CHECKING:
    from api.edge import Edge
    from kg.store import Mode

_ELSEWHERE: Final = 32  # requests at once in one worker that asks an engine elsewhere
_BACKLOG: Final = 1024
_MB: Final = 1024 * 1024


def listening(host: str, port: int, number: int) -> list[socket.socket]:
    """Return *number* sockets for *port* of *host*, which no other server has; the first listens.

    The system shares connections out among those that listen (socket(7), SO_REUSEPORT). With one
    socket for all, the process that wakes first would accept every connection that waits.

    Raises:
        OSError: it cannot be had.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    found: list[socket.socket] = []
    try:
        for place in range(number):
            found.append(listener := socket.socket(family, kind, protocol))
            listener.settimeout(0)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections inherit it
            # The first is bound alone, so that another server on this port is noticed.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, place > 0)
            listener.bind(address)
            if not place:
                listener.listen(_BACKLOG)
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            address = listener.getsockname()
    except OSError:
        for each in found:
            each.close()
        raise
    return found


def note(settings: Settings) -> Path:
    """Return the file that says which process serves at the address of *settings*."""
    name = f"{settings.host}-{settings.port}".replace("/", "_")
    return runtime_directory() / f"{name}.json"


def limits(settings: Settings) -> Limits:
    """Return what one query may cost."""
    return Limits(
        deadline=settings.deadline,
        memory=settings.query_memory * _MB,
        max_bytes=settings.max_bytes,
        max_rows=settings.max_rows or None,
        executors=settings.executors,
        demoted=settings.demoted,
        per_client=settings.client_queries,
        queue=settings.queue,
        slow=settings.slow_query,
        grace=settings.grace,
        services=frozenset(settings.services.split()),
    )


def run(settings: Settings, listeners: Sequence[socket.socket]) -> int:
    """Answer requests on *listeners* until told to stop; return the status to exit with."""
    configure_logging()
    if is_address(settings.store):
        for each in listeners:
            each.close()
        return elsewhere(settings)
    slots = 2 * (settings.workers + 1)
    counters = Counters((*COUNTERS, *REQUESTS), slots)
    rates = Rates(settings.rate_limit)
    runtime = Path(tempfile.mkdtemp(prefix="drugkg-"))

    def serve(slot: int, store: ExecutorStore, deaf: Callable[[], None]) -> None:
        from api.worker import Worker  # noqa: PLC0415 (see _prepare)

        listener = listeners[(slot - 1) % len(listeners)]  # slot 0 is the keeper's
        Worker(settings, listener, counters, rates)(slot, store, deaf)

    service = Service(
        release=settings.release,
        mode=cast("Mode", settings.store),
        runtime=runtime,
        counters=counters,
        serve=serve,
        prepare=_prepare,
        servers=settings.workers,
        limits=limits(settings),
        union=settings.default_graph == "union",
        empty=settings.empty,
        journal=journal(settings),
        writable_all=settings.writable_all,
    )
    try:
        return Supervisor(service, note(settings)).run()
    finally:
        shutil.rmtree(runtime, ignore_errors=True)


def elsewhere(settings: Settings) -> int:
    """Answer requests from an engine elsewhere, which has executors and limits of its own."""
    from granian import Granian  # noqa: PLC0415 (see _prepare)
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    server = Granian(
        "api.server:of_engine",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=_ELSEWHERE,
        respawn_failed_workers=True,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=partial(of_engine, settings), wrap_loader=False)
    return 0


def of_engine(settings: Settings) -> "Edge":
    """Return the application of one worker that asks an engine elsewhere."""
    from api.access import AccessLog  # noqa: PLC0415 (see _prepare)
    from api.application import create_app  # noqa: PLC0415
    from api.edge import Edge  # noqa: PLC0415

    configure_logging()
    counters = Counters((*COUNTERS, *REQUESTS), 1)
    app = create_app(settings, _engine(settings), counters)
    return Edge(app, counters, 0, Rates(settings.rate_limit), AccessLog())


def _engine(settings: Settings) -> RemoteStore:
    if settings.update_token:
        return open_writable_engine(
            settings.store, limits(settings), writable_all=settings.writable_all
        )
    return open_engine(settings.store, limits(settings))


def journal(settings: Settings) -> Path | None:
    """Return the file that keeps what is written, if anything can be."""
    if not (settings.update_token or settings.empty):
        return None
    if settings.journal is not None:
        return settings.journal / "drugkg.journal"
    release = settings.release.absolute()
    return release.with_name(f"{release.name}.{'empty.' if settings.empty else ''}journal")


def _prepare() -> None:
    """Import what the workers need, while the keeper loads the release."""
    import api.worker  # noqa: F401, PLC0415


def configure_logging() -> None:
    """Write each line of the log as one JSON object."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
