"""Read a long answer while it is made."""

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from kg.errors import CutAnswerError, KgError
from kg.executors import wire

_CHUNK: Final = 256 * 1024


def next_message(connection: socket.socket, number: int) -> wire.Message:
    """Return the next message by *connection* that answers the request *number*.

    When an executor is killed just after its answer, the keeper says so: that is for nobody.

    Raises:
        ConnectionResetError: none will come.
    """
    while True:
        raw, files = wire.received(connection)
        if not raw:
            raise ConnectionResetError
        message = wire.unpacked(raw, files)
        if message.header["number"] == number:
            return message
        for file in files:
            os.close(file)


class Parts:
    """Yield the parts of an answer: *first*, what comes in messages, and what a file holds then.

    At the very end *keep* gets the connection, for another query, and what is said of the answer.
    """

    def __init__(
        self,
        connection: socket.socket,
        first: wire.Message,
        keep: Callable[[socket.socket, Mapping[str, object]], None],
    ) -> None:
        self._connection: socket.socket | None = connection
        self._first = first.body
        self._number: int = first.header["number"]
        self._keep = keep
        self._file: int | None = None
        self._place = 0

    def __iter__(self) -> Iterator[bytes]:
        """Yield each part as it comes.

        Raises:
            CutAnswerError: there will be no end.
        """
        connection = self._connection
        if connection is None:
            return
        try:
            yield self._first
            while True:
                message = next_message(connection, self._number)
                if message.kind == wire.DATA:
                    yield message.body
                    continue
                yield from self._grown(message)
                if message.kind == wire.END:
                    self._connection = None
                    self._keep(connection, message.header)
                    return
        except KgError as error:
            raise CutAnswerError(str(error)) from error
        except OSError as error:
            raise CutAnswerError("the process of this query ended") from error
        finally:
            self.close()

    def close(self) -> None:
        """Read no more. A connection whose answer came to its end is left to who keeps it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _grown(self, message: wire.Message) -> Iterator[bytes]:
        """Yield what the file holds beyond what was read."""
        match message.kind:
            case wire.FILE:
                self._file = message.files[0]
            case wire.FAULT:
                wire.raise_fault(message.header)
        if self._file is None:
            return
        size = message.header.get("size") if message.kind == wire.GROWN else None
        if size is None:
            size = os.fstat(self._file).st_size
        while self._place < size:
            part = os.pread(self._file, min(_CHUNK, size - self._place), self._place)
            self._place += len(part)
            yield part
