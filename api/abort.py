"""Break a connection in the middle of an answer, so that no client takes it for a whole one.

The server ends an answer cleanly whatever its iterator raises (granian 2.8, measured), and does
not say which socket a request came by. So the socket is found by what is written to it: of all
sockets of that client the one whose sent bytes grow by just as much as was handed over, twice.
"""

import contextlib
import fcntl
import secrets
import socket
import struct
import termios
import time
from collections.abc import Iterator
from typing import Final

from api.sockets import connections

_ACKED: Final = 120  # place of tcpi_bytes_acked in struct tcp_info (linux/tcp.h)
_PATIENCE: Final = 30.0  # seconds for a client that does not read
_LEAST, _MOST = 2_000, 40_000


def breaking(client: str, reason: str) -> Iterator[bytes]:
    """Yield bytes that are no part of any answer, and shut the connection to *client* by them."""
    sockets = _sockets(client)
    deadline = time.monotonic() + _PATIENCE
    try:
        for _ in range(2):
            time.sleep(0.01)  # the server has written what came before
            before = [_sent(each) for each in sockets]
            length = _LEAST + secrets.randbelow(_MOST - _LEAST)
            text = f"\n\n!!! This answer is not complete: {reason} !!!\n".encode()[:length]
            yield text + b" " * (length - len(text))
            framed = length + len(f"{length:x}\r\n\r\n")
            found: list[socket.socket] = []
            while not found and time.monotonic() < deadline:
                time.sleep(0.002)
                found = [
                    each
                    for each, first in zip(sockets, before, strict=True)
                    if _sent(each) - first == framed
                ]
            for each in set(sockets) - set(found):
                if found:
                    each.close()
            if not found:
                break
            sockets = found
        for each in filter(_is_full, sockets) if not found else sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
    finally:
        for each in sockets:
            each.close()


def _is_full(connection: socket.socket) -> bool:
    """Return whether the client does not read, so that it cannot be told by what it is sent."""
    return bool(struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))[0])


def _sockets(client: str) -> list[socket.socket]:
    """Return our ends of all connections to *client*."""
    found = []
    for each, peer in connections():
        if peer == client:
            found.append(each)
        else:
            each.close()
    return found


def _sent(connection: socket.socket) -> int:
    """Return how many bytes were ever written to *connection*."""
    while True:
        before = _acked(connection)
        waiting = struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))[0]
        if _acked(connection) == before:
            return before + int(waiting)


def _acked(connection: socket.socket) -> int:
    information = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
    return int(struct.unpack_from("=Q", information, _ACKED)[0])
