"""Leave the listening socket to the processes of the next release, and lose no request by it.

A server that is told to stop closes every connection on which it has read nothing yet, also those
that it accepted a moment ago and whose request is on its way (granian 2.8, measured). To such a
client, and to one whose connection was kept for its next request, the service would be broken:
RFC 9112 section 9.3.1 lets a client repeat a request by itself only if it is idempotent, and
section 9.6 asks the server to say when an answer is the last. So the process first stops to
accept, then says ``Connection: close`` with each answer, and stops when no connection is left.
"""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, TypeAlias

from api.sockets import connections

Start: TypeAlias = Callable[..., Any]
Application: TypeAlias = Callable[[dict[str, Any], Start], Iterable[bytes]]

_LOOK: Final = 0.05  # seconds between two looks at the connections


class Leaving:
    """Wrap *application*, and end this process in good order when told to.

    Connections on which nothing is asked are closed after *patience* seconds. *deaf* is called
    when no further connection will be accepted from *listener*, which other processes have too.
    """

    def __init__(
        self,
        application: Application,
        listener: socket.socket,
        patience: float,
        deaf: Callable[[], None],
    ) -> None:
        self._application = application
        self._listener = listener
        self._patience = patience
        self._deaf = deaf
        self._begun = False

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer the request *environ* (PEP 3333)."""
        return self._application(environ, _last(start) if self._begun else start)

    def begin(self, *_: object) -> None:
        """Accept no more, and stop the server when nobody waits; a handler of a signal."""
        if self._begun:
            return
        self._begun = True
        with _nobody() as silent:
            for number in _same(self._listener):
                os.dup2(silent.fileno(), number, inheritable=False)
        self._deaf()
        threading.Thread(target=self._stop, daemon=True).start()

    def _stop(self) -> None:
        end = time.monotonic() + self._patience
        time.sleep(_LOOK)  # for a connection that is accepted just now
        while _connections() and time.monotonic() < end:
            time.sleep(_LOOK)
        os.kill(os.getpid(), signal.SIGTERM)


def _last(start: Start) -> Start:
    def started(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
        return start(status, [*headers, ("Connection", "close")], *rest)

    return started


def _nobody() -> socket.socket:
    """Return a listening socket that nobody knows, and that never has a connection."""
    silent = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    silent.bind("")  # unix(7): the system finds a name that no other has
    silent.listen()
    silent.settimeout(0)
    return silent


def _same(listener: socket.socket) -> list[int]:
    """Return the numbers that *listener* has in this process."""
    wanted = os.fstat(listener.fileno()).st_ino
    return [number for number in _files() if _inode(number) == wanted]


def _connections() -> int:
    """Return how many TCP connections this process has."""
    found = 0
    for each, _ in connections():
        each.close()
        found += 1
    return found


def _files() -> list[int]:
    return [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]


def _inode(number: int) -> int | None:
    try:
        return os.fstat(number).st_ino
    except OSError:  # of the file that listed the others
        return None
