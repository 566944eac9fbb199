"""Look at the sockets that this process has."""

import contextlib
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path


def connections() -> Iterator[tuple[socket.socket, str]]:
    """Yield a copy of each TCP connection, to be closed, and the address at its other end."""
    for number in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
        each = _copy(number)
        if each is None:
            continue
        peer = _peer(each)
        if peer is None:
            each.close()
        else:
            yield each, peer


def _copy(number: int) -> socket.socket | None:
    with contextlib.suppress(OSError):  # it may be closed meanwhile
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            return socket.socket(fileno=os.dup(number))
    return None


def _peer(each: socket.socket) -> str | None:
    if each.family not in {socket.AF_INET, socket.AF_INET6} or each.type != socket.SOCK_STREAM:
        return None
    try:
        return str(each.getpeername()[0])
    except OSError:
        return None
