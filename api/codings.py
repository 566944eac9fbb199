"""Compress answers in the content coding that a client prefers."""

import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, Protocol

import brotli
import zstandard
from werkzeug.http import parse_accept_header

IDENTITY: Final = "identity"
WORTH_IT: Final = 1_000  # bytes; shorter answers fit one packet as they are
_OF_BYTES: Final = {"content-length", "etag", "vary"}
_GZIP: Final = 31  # the window bits that make zlib write the gzip format


def _gzip(content: bytes) -> bytes:
    return zlib.compress(content, 1, _GZIP)


def _zstd(content: bytes) -> bytes:
    # A context is not safe to share between threads, and costs little beside the work.
    return zstandard.ZstdCompressor(level=1).compress(content)


def _br(content: bytes) -> bytes:
    return bytes(brotli.compress(content, quality=1))


# In our order of preference, at the fastest level of each: an answer is waited for.
CODINGS: Final[Mapping[str, Callable[[bytes], bytes]]] = {"br": _br, "zstd": _zstd, "gzip": _gzip}


class Packer(Protocol):
    """Pack an answer piece by piece."""

    def compress(self, data: bytes, /) -> bytes:
        """Return what can be sent after *data*."""

    def flush(self) -> bytes:
        """Return the rest."""


class _Brotli:
    def __init__(self) -> None:
        packer = brotli.Compressor(quality=1)
        self.compress: Callable[[bytes], bytes] = packer.process
        self.flush: Callable[[], bytes] = packer.finish


PACKERS: Final[Mapping[str, Callable[[], Packer]]] = {
    "br": _Brotli,
    "zstd": lambda: zstandard.ZstdCompressor(level=1).compressobj(),
    "gzip": lambda: zlib.compressobj(1, wbits=_GZIP),
}


@lru_cache(1_000)
def choose(accept_encoding: str) -> str:
    """Return the coding that the header prefers, ours first among equals (RFC 9110 §12.5.3)."""
    accepted = parse_accept_header(accept_encoding)
    best = max(CODINGS, key=accepted.quality)
    wanted = accepted.quality(best)
    return best if wanted and wanted >= accepted.quality(IDENTITY) else IDENTITY


def is_text(fields: Mapping[str, str]) -> bool:
    """Return whether an answer with these header *fields* gains by packing and is not packed."""
    kind = fields.get("content-type", "").partition(";")[0].strip().lower()
    is_packed = "content-encoding" in fields or kind.endswith(("zip", "octet-stream"))
    return kind.startswith(("text/", "application/")) and not is_packed


def packed(headers: list[tuple[str, str]], coding: str) -> list[tuple[str, str]]:
    """Return *headers* for an answer that is sent in *coding*, its bytes yet unknown."""
    vary = ", ".join(value for name, value in headers if name.lower() == "vary")
    changed = _OF_BYTES if coding in PACKERS else {"vary"}
    rest = [each for each in headers if each[0].lower() not in changed]
    said = [("Content-Encoding", coding)] if coding in PACKERS else []
    return [*rest, ("Vary", varying(vary)), *said]


def varying(vary: str) -> str:
    """Return the value of a Vary with Accept-Encoding."""
    if "accept-encoding" in vary.lower():
        return vary
    return f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"
