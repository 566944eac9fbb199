"""Frame the messages between the processes: a kind, a header and a body, with files if need be.

The sockets keep the bounds of messages, so a process that is killed never leaves half a message.
"""

import json
import os
import socket
import struct
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from kg import errors

MOST: Final = 64 * 1024  # bytes of a body that travel in a message; more travel in a file
_LONGEST: Final = MOST + 32 * 1024
_PREFIX: Final = struct.Struct("<cI")

QUERY: Final = b"Q"
WHOLE: Final = b"W"  # a whole answer
START: Final = b"S"  # the first part of a long answer
DATA: Final = b"D"  # a further part
FILE: Final = b"F"  # the rest is in this file, which grows
GROWN: Final = b"N"  # to this size
END: Final = b"E"  # nothing is missing
RESULT: Final = b"R"  # what is not an answer to a query
FAULT: Final = b"X"  # nothing more will come, and why
DONE: Final = b"."  # an executor is idle again


class Message(NamedTuple):
    """Hold one message as it was read."""

    kind: bytes
    header: dict[str, Any]
    body: bytes
    files: list[int]


def packed(kind: bytes, header: Mapping[str, object], body: bytes = b"") -> bytes:
    """Return a message as bytes."""
    head = json.dumps(header, separators=(",", ":")).encode()
    return _PREFIX.pack(kind, len(head)) + head + body


def unpacked(raw: bytes, files: list[int]) -> Message:
    """Read a message from bytes; the body of a long one from the first of *files*."""
    kind, length = _PREFIX.unpack_from(raw)
    start = _PREFIX.size + length
    return Message(kind, json.loads(raw[_PREFIX.size : start]), raw[start:], files)


def received(connection: socket.socket) -> tuple[bytes, list[int]]:
    """Return the next message as bytes and its files; no bytes at the end of the connection."""
    return _received(connection, socket.MSG_CMSG_CLOEXEC)


def received_now(connection: socket.socket) -> tuple[bytes, list[int]]:
    """Return the next message if one is there.

    Whether a socket blocks would be the same for the process that it was passed to.

    Raises:
        BlockingIOError: none is there.
    """
    return _received(connection, socket.MSG_CMSG_CLOEXEC | socket.MSG_DONTWAIT)


def _received(connection: socket.socket, flags: int) -> tuple[bytes, list[int]]:
    raw, files, _, _ = socket.recv_fds(connection, _LONGEST, 3, flags)
    return raw, files


def send_request(connection: socket.socket, header: Mapping[str, object], body: bytes) -> None:
    """Send a request; a long *body* goes by a file in memory."""
    if len(body) <= MOST:
        connection.send(packed(QUERY, header, body))
        return
    file = os.memfd_create("request")
    try:
        with os.fdopen(os.dup(file), "wb") as output:
            output.write(body)
        socket.send_fds(connection, [packed(QUERY, {**header, "long": len(body)})], [file])
    finally:
        os.close(file)


def body_of(message: Message) -> bytes:
    """Return the body of a request, from its file if it has one."""
    if "long" not in message.header:
        return message.body
    return os.pread(message.files[-1], message.header["long"], 0)


def fault(error: errors.KgError, number: int) -> bytes:
    """Return *error* as a message in answer to the request *number*."""
    members = {name: value for name, value in vars(error).items() if _plain(value)}
    return packed(
        FAULT,
        {
            "type": type(error).__name__,
            "text": str(error),
            "members": members,
            "number": number,
        },
    )


def raise_fault(header: Mapping[str, Any]) -> None:
    """Raise the error that the *header* of a fault describes."""
    kind = getattr(errors, header["type"], errors.UnevaluableQueryError)
    error = kind.__new__(kind)
    Exception.__init__(error, header["text"])
    vars(error).update(header["members"])
    raise error


def _plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)
