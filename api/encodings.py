"""Pack answers with zstd, Brotli or gzip for clients that read them (RFC 9110 §12.5.3)."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Final, Protocol

import brotli
import zstandard
from flask import Flask, Response, request

_FEWEST: Final = 1000  # bytes below which packing costs more than it saves
_TEXT: Final = frozenset(
    {"application/json", "application/n-triples", "application/n-quads", "application/trig"}
)


class _Packer(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


class _Brotli:
    def __init__(self) -> None:
        packer = brotli.Compressor(quality=5)
        self.compress: Callable[[bytes], bytes] = packer.process
        self.flush: Callable[[], bytes] = packer.finish


# In the order of our preference, among those that a client likes equally well.
PACKERS: Final[Mapping[str, Callable[[], _Packer]]] = {
    "zstd": lambda: zstandard.ZstdCompressor(level=3).compressobj(),
    "br": _Brotli,
    "gzip": lambda: zlib.compressobj(level=6, wbits=31),
}


def pack(app: Flask) -> None:
    """Let *app* pack what it answers as the client likes best."""
    app.after_request(_packed)


def _packed(response: Response) -> Response:
    if not _worth_it(response):
        return response
    response.vary.add("Accept-Encoding")
    coding = _preferred()
    if coding is None or response.status_code == HTTPStatus.NOT_MODIFIED:
        return response
    response.headers["Content-Encoding"] = coding
    etag, _ = response.get_etag()
    if etag is not None:  # the bytes differ by coding and version of its library: RFC 9110 §8.8.1
        response.set_etag(etag, weak=True)
    del response.headers["Content-Length"]
    if request.method != "HEAD":
        response.response = _stream(PACKERS[coding](), response.response)
    return response


def _worth_it(response: Response) -> bool:
    kind = response.mimetype or ""
    readable = kind.startswith("text/") or kind.endswith(("+json", "+xml")) or kind in _TEXT
    if response.status_code == HTTPStatus.NO_CONTENT or "Content-Encoding" in response.headers:
        return False
    return readable and (response.content_length or _FEWEST) >= _FEWEST


def _preferred() -> str | None:
    accepted = request.accept_encodings
    best = max(PACKERS, key=lambda name: accepted[name])  # the first of those that are equal
    plain = next((quality for name, quality in accepted if name == "identity"), 0)
    return best if accepted[best] > 0 and accepted[best] >= plain else None


def _stream(packer: _Packer, parts: Iterable[bytes | str]) -> Iterator[bytes]:
    for part in parts:
        if packed := packer.compress(part.encode() if isinstance(part, str) else part):
            yield packed
    yield packer.flush()
