"""Hold an answer until it is whole."""

import hashlib
import tempfile
from collections.abc import Iterator
from typing import IO, Final

_CHUNK: Final = 64 * 1024
_FEW: Final = 8 * 1024 * 1024


class Spool:
    """Take bytes, in memory while they are few and then on disk, and give them back."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._file: IO[bytes] | None = None
        self._digest = hashlib.sha256()
        self.length = 0

    def write(self, part: bytes) -> int:
        """Take *part*."""
        self.length += len(part)
        self._held += part
        if len(self._held) > _FEW:
            self._put_down()
        return len(part)

    def flush(self) -> None:
        """Do nothing: what is written is read through the same file."""

    def close(self) -> None:
        """Keep nothing."""
        self._held = bytearray()
        if self._file is not None:
            self._file.close()

    def sha256(self) -> str:
        """Return the digest of what was taken, in hexadecimal."""
        digest = self._digest.copy()
        digest.update(self._held)
        return digest.hexdigest()

    def chunks(self) -> Iterator[bytes]:
        """Return everything, in pieces if it waits on disk, and keep nothing."""
        if self._file is None:
            return iter((bytes(self._held),))
        self._put_down()
        return self._from_disk(self._file)

    def _put_down(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by close)
        self._digest.update(self._held)
        self._file.write(self._held)
        self._held = bytearray()

    def _from_disk(self, file: IO[bytes]) -> Iterator[bytes]:
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk
        self.close()
