"""Pack what is sent for clients that read it (RFC 9110 §12.5.3), unless it is packed already."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from api import codings
from api.kept import Fields, Headers

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PACKED_LATER: Final = "drugkg.packed_later"  # in the environment of a request
_CHANGED: Final = frozenset({"content-length", "etag", "vary"})


class Packing:
    """Pack the answers of *application*, each part as it comes."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer one request; the application says its headers before it returns.

        What stands around it may say that it packs answers itself, and says what they vary by.
        """
        if environ.get(PACKED_LATER):
            return self._application(environ, start)
        coding = ""

        def begin(status: str, headers: Headers, *error: Any) -> Callable[[bytes], object]:  # noqa: ANN401
            nonlocal coding
            fields = {name.lower(): value for name, value in headers}
            if codings.is_text(fields):
                chosen = codings.choose(environ.get("HTTP_ACCEPT_ENCODING", ""))
                if chosen in codings.PACKERS and _is_worth_it(fields.get("content-length")):
                    coding = chosen
                headers = _packed(headers, fields, coding)
            return start(status, headers, *error)

        body = self._application(environ, begin)
        if not coding or environ["REQUEST_METHOD"] == "HEAD":
            return body
        return _Packed(body, codings.PACKERS[coding]())


class _Packed(Iterable[bytes]):
    def __init__(self, body: Iterable[bytes], packer: codings.Packer) -> None:
        self._body = body
        self._packer = packer
        self.close: Callable[[], None] = getattr(body, "close", _nothing)

    def __iter__(self) -> Iterator[bytes]:
        for part in self._body:
            if packed := self._packer.compress(part):
                yield packed
        yield self._packer.flush()


def _packed(headers: Headers, fields: Fields, coding: str) -> Headers:
    """Say that an answer varies, and how it is packed if it is in a *coding*."""
    vary = [("Vary", codings.varying(fields.get("vary", "")))]
    if not coding:
        return [*(each for each in headers if each[0].lower() != "vary"), *vary]
    tag = fields.get("etag", "")
    if tag.startswith('"'):  # the bytes differ by coding and by the version of its library
        vary.append(("ETag", f"W/{tag}"))
    rest = [each for each in headers if each[0].lower() not in _CHANGED]
    return [*rest, *vary, ("Content-Encoding", coding)]


def _is_worth_it(length: str | None) -> bool:
    return length is None or not length.isdecimal() or int(length) >= codings.WORTH_IT


def _nothing() -> None:
    """Do what an iterable without ``close`` needs."""
