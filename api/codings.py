"""Compress answers in the content coding that a client prefers."""

import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

import brotli
import zstandard
from werkzeug.http import parse_accept_header

IDENTITY: Final = "identity"
WORTH_IT: Final = 1_000  # bytes; shorter answers fit one packet as they are
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


@lru_cache(1_000)
def choose(accept_encoding: str) -> str:
    """Return the coding that the header prefers, ours first among equals (RFC 9110 §12.5.3)."""
    accepted = parse_accept_header(accept_encoding)
    best = max(CODINGS, key=accepted.quality)
    wanted = accepted.quality(best)
    return best if wanted and wanted >= accepted.quality(IDENTITY) else IDENTITY


def is_compressible(content_type: str) -> bool:
    """Return whether content of this type is text, whatever the type is called."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind.startswith(("text/", "application/")) and not kind.endswith(("zip", "octet-stream"))
