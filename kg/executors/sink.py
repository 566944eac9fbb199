"""Send an answer while it is made, and never wait long for whoever reads it."""

import hashlib
import os
import select
import socket
import tempfile
from functools import partial
from typing import Final

from kg.errors import TooManyBytesError
from kg.executors import process, wire

_PATIENCE_MS: Final = 50  # for a reader, before the rest goes to a file


class Sink:
    """Take the bytes of one answer and send them in messages, the first when it is worth one.

    A reader that is slower than the engine gets the rest by way of a file, so that it keeps no
    executor from other work. One that does not even read where that file is is told by a child,
    which does nothing but wait.
    """

    def __init__(self, connection: socket.socket, most: int, number: int) -> None:
        self._answer: dict[str, object] = {"number": number}
        self._connection = connection
        self._most = most
        self._held = bytearray()
        self._started = False
        self._file: int | None = None
        self._told = False  # who reads, of the file
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
        if self._wait(_PATIENCE_MS):
            self._finish(facts)
            return
        keep = [self._connection.fileno(), *([] if self._file is None else [self._file])]
        process.left_behind(partial(self._finish, facts), keep)

    def _finish(self, facts: dict[str, object]) -> None:
        """Say where the rest is, and that it is the end, as soon as the reader takes it."""
        if self._file is not None and not self._told:
            self._wait(None)
            self._tell(0)
        self._wait(None)
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
        size = self._append(part)
        if self._wait(0):
            self._tell(size)

    def _tell(self, size: int) -> None:
        assert self._file is not None  # noqa: S101
        if self._told:
            self._connection.send(wire.packed(wire.GROWN, {"size": size} | self._answer))
        else:
            socket.send_fds(self._connection, [wire.packed(wire.FILE, self._answer)], [self._file])
            self._told = True

    def _append(self, part: bytes) -> int:
        assert self._file is not None  # noqa: S101
        os.write(self._file, part)
        return os.lseek(self._file, 0, os.SEEK_CUR)

    def _wait(self, milliseconds: int | None) -> bool:
        poll = select.poll()
        poll.register(self._connection, select.POLLOUT)
        return bool(poll.poll(milliseconds))
