"""Send an answer while it is made, and never wait long for whoever reads it."""

import hashlib
import os
import select
import socket
import tempfile
from typing import Final

from kg.errors import TooManyBytesError
from kg.executors import wire

_PATIENCE_MS: Final = 50  # for a reader, before the rest goes to a file
_STALLED_MS: Final = 60_000  # for a reader that does not even read how long the file is


class Sink:
    """Take the bytes of one answer and send them in messages, the first when it is worth one.

    A reader that is slower than the engine gets the rest by way of a file, so that it keeps no
    executor from other work.
    """

    def __init__(self, connection: socket.socket, most: int, number: int) -> None:
        self._answer: dict[str, object] = {"number": number}
        self._connection = connection
        self._most = most
        self._held = bytearray()
        self._started = False
        self._file: int | None = None
        self._head: dict[str, object] = {}
        self.length = 0

    def describe(self, kind: str, media_type: str) -> None:
        """Say what the answer is before it is written."""
        self._head = {**self._answer, "kind": kind, "media_type": media_type}

    def write(self, part: bytes) -> int:
        """Take *part*."""
        self.length += len(part)
        if self.length > self._most:
            raise TooManyBytesError(self._most)
        self._held += part
        while len(self._held) >= wire.MOST:
            self._send(bytes(self._held[: wire.MOST]))
            del self._held[: wire.MOST]
        return len(part)

    def flush(self) -> None:
        """Do nothing: messages go when they are full."""

    def end(self, **facts: object) -> None:
        """Send what is left, and that it is the end."""
        rest = bytes(self._held)
        if not self._started:
            digest = hashlib.sha256(rest).hexdigest()
            head = self._head | facts | {"sha256": digest}
            self._connection.send(wire.packed(wire.WHOLE, head, rest))
            return
        if rest:
            self._send(rest)
        self._wait(_STALLED_MS)
        self._connection.send(wire.packed(wire.END, facts | {"size": self.length} | self._answer))

    def _send(self, part: bytes) -> None:
        if self._file is None:
            if self._wait(_PATIENCE_MS):
                kind = wire.DATA if self._started else wire.START
                self._connection.send(
                    wire.packed(kind, self._answer if self._started else self._head, part)
                )
                self._started = True
                return
            with tempfile.TemporaryFile() as file:
                self._file = os.dup(file.fileno())
            self._append(part)
            self._wait(_STALLED_MS)
            socket.send_fds(self._connection, [wire.packed(wire.FILE, self._answer)], [self._file])
            return
        size = self._append(part)
        if self._wait(0):
            self._connection.send(wire.packed(wire.GROWN, {"size": size} | self._answer))

    def _append(self, part: bytes) -> int:
        assert self._file is not None  # noqa: S101
        os.write(self._file, part)
        return os.lseek(self._file, 0, os.SEEK_CUR)

    def _wait(self, milliseconds: int) -> bool:
        poll = select.poll()
        poll.register(self._connection, select.POLLOUT)
        return bool(poll.poll(milliseconds))
