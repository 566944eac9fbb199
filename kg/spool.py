"""Hold an answer until it is whole."""

import hashlib
import tempfile
from collections.abc import Iterator
from typing import Final

_CHUNK: Final = 64 * 1024
_FEW: Final = 8 * 1024 * 1024


class Spool:
    """Take bytes, in memory while they are few and then on disk, and give them back."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_FEW)  # noqa: SIM115 (closed by close)
        self._digest = hashlib.sha256()
        self.length = 0
        self.close = self._file.close

    def write(self, part: bytes) -> int:
        """Take *part*."""
        self._digest.update(part)
        self.length += len(part)
        return self._file.write(part)

    def flush(self) -> None:
        """Do nothing: what is written is read through the same file."""

    def sha256(self) -> str:
        """Return the digest of what was taken so far, in hexadecimal."""
        return self._digest.hexdigest()

    def chunks(self) -> Iterator[bytes]:
        """Return everything, in pieces if it waits on disk, and keep nothing."""
        self._file.seek(0)
        if self.length > _FEW:
            return self._from_disk()
        content = self._file.read()
        self.close()
        return iter((content,))

    def _from_disk(self) -> Iterator[bytes]:
        while chunk := self._file.read(_CHUNK):
            yield chunk
        self.close()
