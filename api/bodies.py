"""Read what a client sends: bounded, unpacked, and as what it says it is."""

import io
import zlib
from typing import Final

from flask import Flask, Request, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.wsgi import get_input_stream

_GZIP: Final = 31  # the window of zlib that means gzip with its header
_NAMES: Final = {"gzip", "x-gzip"}


def unpack(app: Flask, most: int) -> None:
    """Let *app* read bodies that are packed with gzip, if they unpack to *most* bytes or fewer."""

    @app.before_request
    def unpacked() -> None:
        coding = request.headers.get("Content-Encoding", "identity").strip().lower()
        if coding in {"", "identity"}:
            return
        if coding not in _NAMES:
            error = UnsupportedMediaType(f"a body packed with {coding} is not read; gzip is")
            error.response = None
            raise error
        packed = get_input_stream(request.environ, max_content_length=most).read()
        content = _gunzip(packed, most)
        request.environ["wsgi.input"] = io.BytesIO(content)
        request.environ["CONTENT_LENGTH"] = str(len(content))
        request.environ.pop("wsgi.input_terminated", None)


def _gunzip(packed: bytes, most: int) -> bytes:
    parts = []
    left = most
    try:
        while packed:
            inflate = zlib.decompressobj(_GZIP)
            parts.append(inflate.decompress(packed, left + 1))
            left -= len(parts[-1])
            if left < 0:
                raise RequestEntityTooLarge(f"the body unpacks to more than {most:,} bytes")
            if not inflate.eof:
                raise BadRequest("the body ends before its gzip stream does")
            packed = inflate.unused_data
    except zlib.error as error:
        raise BadRequest(f"the body is not gzip: {error}") from error
    return b"".join(parts)


def text_of(request: Request, what: str) -> str:
    """Return the body of *request*, which is a *what*.

    Raises:
        BadRequest: it is not UTF-8.
        UnsupportedMediaType: it says that it is written in another encoding.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMediaType(f"the {what} is in {charset}; only UTF-8 is read")
    try:
        return request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"the {what} is not UTF-8: {error}") from error
