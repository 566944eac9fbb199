"""Read what an application answers: to its end if that is near, else while it is sent."""

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Final

from api.codings import Packer
from api.kept import Fields, Headers

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

_HELD: Final = 256 * 1024  # bytes that wait for the end of an answer before its first is sent
_READY: Final = 8 * 1024 * 1024  # likewise, if the length is known and so the answer is made
_PATIENCE: Final = 0.05  # seconds that they wait


class Collected:
    """Hold the beginning of the answer of *app* to *environ*, and its end if ``is_whole``."""

    def __init__(self, app: "WSGIApplication", environ: "WSGIEnvironment") -> None:
        self.status = ""
        self.headers: Headers = []
        self.fields: Fields = {}
        self.is_whole = False
        chunks = app(environ, self._start)
        self._close: Callable[[], None] = getattr(chunks, "close", _nothing)
        self._rest = iter(chunks)
        self._held: list[bytes] = []
        try:
            self._held.extend(self._beginning())
        except Exception as error:  # noqa: BLE001 (raised again where it is met without a cache)
            self._rest = _failing(error)
        if self.is_whole:
            self._close()

    def _start(self, status: str, headers: Headers, _: object = None, /) -> Callable[[bytes], None]:
        """Take what is said before the first byte; it can be taken back until it is sent."""
        self.status, self.headers = status, list(headers)
        self.fields = {name.lower(): value for name, value in headers}
        return self._write

    def _write(self, _: bytes) -> None:
        raise NotImplementedError("the application shall return what it sends")

    @property
    def length(self) -> int | None:
        """Return how many bytes the answer has, if it ``is_whole``."""
        return sum(map(len, self._held)) if self.is_whole else None

    def _beginning(self) -> Iterator[bytes]:
        announced = self.fields.get("content-length", "")
        is_ready = announced.isdecimal() and int(announced) <= _READY
        size, end = 0, time.monotonic() + _PATIENCE
        for chunk in self._rest:
            yield chunk
            size += len(chunk)
            if not is_ready and (size > _HELD or time.monotonic() > end):
                return
        self.is_whole = True

    def body(self) -> bytes:
        """Return the answer, which ``is_whole``."""
        return b"".join(self._held)

    def stream(
        self, largest: int, keep: Callable[[bytes], None], packer: Packer | None = None
    ) -> "Stream":
        """Return the answer as it comes, packed by *packer*.

        *keep* gets it as it was made when it ends within *largest* bytes.
        """
        chunks = Stream(chain(self._held, self._rest), largest, keep, self._close)
        return chunks if packer is None else chunks.packed(packer)

    def drop(self) -> None:
        """Read no more of an answer that is not whole."""
        if not self.is_whole:
            self._close()


class Stream(Iterable[bytes]):
    """Pass *chunks* on, and hand them to *keep* if all came and fit in *largest* bytes."""

    def __init__(
        self,
        chunks: Iterator[bytes],
        largest: int,
        keep: Callable[[bytes], None],
        close: Callable[[], None],
    ) -> None:
        self._chunks = chunks
        self._largest = largest
        self._keep = keep
        self.close = close  # called by the server in every case (PEP 3333)
        self._packer: Packer | None = None

    def packed(self, packer: Packer) -> "Stream":
        """Return this with each chunk packed."""
        self._packer = packer
        return self

    def __iter__(self) -> Iterator[bytes]:
        parts: list[bytes] | None = []
        size = 0
        for chunk in self._chunks:
            size += len(chunk)
            if size > self._largest:
                parts = None
            if parts is not None:
                parts.append(chunk)
            if self._packer is None:
                yield chunk
            elif some := self._packer.compress(chunk):
                yield some
        if self._packer is not None:
            yield self._packer.flush()
        if parts is not None:  # not reached when the application fails or the client leaves
            self._keep(b"".join(parts))


def _failing(error: Exception) -> Iterator[bytes]:
    def fail(_: None) -> bytes:
        raise error

    return map(fail, (None,))


def _nothing() -> None:
    """Do what an iterable without ``close`` needs."""
