"""Keep what was written: one file of changes, each whole or not there.

A record is its length, its SHA-256 and its content: a header in JSON with the graphs that come and
go, then the quads that go and those that come as N-Quads. What was computed is kept, not the text
that was asked, so that UUID() or NOW() give the same on every reading.
"""

import fcntl
import hashlib
import json
import logging
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.change import Change

_log: Final = logging.getLogger(__name__)
_MAGIC: Final = b"DrugKG journal 1\n"
_HEAD: Final = struct.Struct("<QI32s")  # number, length, digest
_LARGE: Final = 16 * 1024 * 1024


class Journal:
    """Hold the file at *path* open; only one process tree at a time can."""

    def __init__(self, path: Path) -> None:
        """Wait until no other service has the file, and cut off what was not written whole."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        while True:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            _lock(self._file, path)
            if _same(path, self._file):
                break
            os.close(self._file)  # it was replaced by a compact one meanwhile
        self.number = 0
        self.size = 0
        if os.fstat(self._file).st_size < len(_MAGIC):
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, _MAGIC, 0)
            self._to_disk(self.path.parent)
        self.size = len(_MAGIC)

    def changes(self) -> Iterator[Change]:
        """Yield the changes after those that were read or written before."""
        while found := self._record(self.size):
            self.number, content = found
            self.size += _HEAD.size + len(content)
            yield _change(content)

    def cut(self) -> None:
        """Remove what stands after the last whole record."""
        if os.fstat(self._file).st_size > self.size:
            os.ftruncate(self._file, self.size)
            os.fsync(self._file)

    def append(self, change: Change) -> None:
        """Write *change* so that it is there after any crash; it is not yet counted as read."""
        content = _content(change)
        number = self.number + 1
        head = _HEAD.pack(number, len(content), _digest(number, content))
        _write(self._file, head + content, self.size)
        os.fsync(self._file)

    def compact(self) -> None:
        """Write one change in the place of all that were read, if they are many bytes."""
        if os.fstat(self._file).st_size < _LARGE:
            return
        whole = Change()
        self.size = len(_MAGIC)
        for change in self.changes():
            _fold(whole, change)
        number = self.number
        content = _content(whole)
        fresh = self.path.with_name(f".{self.path.name}.new")
        file = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        head = _HEAD.pack(number, len(content), _digest(number, content))
        _write(file, _MAGIC + head + content, 0)
        os.fsync(file)
        fresh.rename(self.path)
        os.close(self._file)
        self._file = file
        self._to_disk(self.path.parent)
        self.size = len(_MAGIC) + _HEAD.size + len(content)

    def close(self) -> None:
        """Let another service have the file."""
        os.close(self._file)

    def _record(self, place: int) -> tuple[int, bytes] | None:
        head = os.pread(self._file, _HEAD.size, place)
        if len(head) < _HEAD.size:
            return None
        number, length, digest = _HEAD.unpack(head)
        if place + _HEAD.size + length > os.fstat(self._file).st_size:
            return None
        content = _read(self._file, length, place + _HEAD.size)
        return (number, content) if _digest(number, content) == digest else None

    def _to_disk(self, directory: Path) -> None:
        os.fsync(self._file)
        folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(folder)
        os.close(folder)


def _lock(file: int, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _log.warning("another service writes to %s; this one waits until that has ended", path)
        fcntl.flock(file, fcntl.LOCK_EX)


def _fold(whole: Change, change: Change) -> None:
    whole.added -= change.removed
    whole.removed |= change.removed
    whole.removed -= change.added
    whole.added |= change.added
    whole.created -= change.dropped
    whole.dropped |= change.dropped
    whole.dropped -= change.created
    whole.created |= change.created


def _content(change: Change) -> bytes:
    removed = ox.serialize(change.removed, format=ox.RdfFormat.N_QUADS) or b""
    added = ox.serialize(change.added, format=ox.RdfFormat.N_QUADS) or b""
    head = {
        "dropped": sorted(graph.value for graph in change.dropped),
        "created": sorted(graph.value for graph in change.created),
        "removed": len(removed),
    }
    return json.dumps(head).encode() + b"\n" + removed + added


def _change(content: bytes) -> Change:
    line, rest = content.split(b"\n", 1)
    head = json.loads(line)
    return Change(
        removed=_quads(rest[: head["removed"]]),
        added=_quads(rest[head["removed"] :]),
        dropped=set(map(ox.NamedNode, head["dropped"])),
        created=set(map(ox.NamedNode, head["created"])),
    )


def _quads(text: bytes) -> set[ox.Quad]:
    return set(ox.parse(text, ox.RdfFormat.N_QUADS))


def _digest(number: int, content: bytes) -> bytes:
    return hashlib.sha256(number.to_bytes(8, "little") + content).digest()


def _write(file: int, content: bytes, place: int) -> None:
    while content:
        done = os.pwrite(file, content, place)
        place, content = place + done, content[done:]


def _read(file: int, length: int, place: int) -> bytes:
    parts = []
    while length and (part := os.pread(file, length, place)):
        parts.append(part)
        place, length = place + len(part), length - len(part)
    return b"".join(parts)


def _same(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False
