"""Keep whole answers in front of the application, and send them again without asking it.

An answer is kept for one version of the data and for everything in a request that it may depend
on, if it is whole, of status 200 and a function of the data. ADR 40 says why.
"""

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from api import codings
from api.cacheable import OK, Asked, asked, is_function_of_data, may_be_kept
from api.collected import Collected
from api.kept import Headers, Kept, Key, Shelf, made
from api.packing import PACKED_LATER

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

NAME: Final = "DrugKG"  # of this cache, in Cache-Status (RFC 9211 §2)
_FOLLOWING: Final = 60.0  # seconds to wait for an answer that is being made for another request
_SHARE: Final = 8  # an answer takes no more of the room than one part of so many
_NOT_MODIFIED: Final = "304 Not Modified"


class _Flight:
    """Let requests wait for the answer that is being made for another one."""

    def __init__(self) -> None:
        self._flying = threading.Lock()
        self._flying.acquire()
        self.land = self._flying.release
        self.answer: Kept | None = None

    def wait(self) -> Kept | None:
        """Return the answer when it is there, or None if there is none for others, or too late."""
        if self._flying.acquire(timeout=_FOLLOWING):
            self._flying.release()
        return self.answer


class Cache:
    """Answer from what is kept, or else from *app*, with *room* bytes to keep answers in.

    *version* names the state of the data, or is None while nothing may be kept.
    """

    def __init__(
        self, app: "WSGIApplication", version: Callable[[], str | None], room: int
    ) -> None:
        self.shelf = Shelf(room)
        self._app = app
        self._version = version
        self._seen = version()
        self._largest = room // _SHARE
        self._lock = threading.Lock()
        self._flights: dict[Key, _Flight] = {}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        wanted = asked(environ, self._version)
        if wanted is None:
            return self._passed("bypass", environ, start_response)
        if wanted.version != self._seen:
            self._seen = wanted.version
            self.shelf.clear()
        found = self.shelf.get(wanted.key)
        if found is not None:
            return _sent(found, wanted, start_response, "hit")
        if not is_function_of_data(wanted):
            return self._passed("bypass", environ, start_response)
        return self._missed(wanted, environ, start_response)

    def _passed(
        self, reason: str, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Let the application answer, and keep nothing."""

        def start(status: str, headers: Headers, *error: object) -> Callable[[bytes], object]:
            said = [*headers, _status(f"fwd={reason}")]
            return start_response(status, said, *error)  # type: ignore[arg-type] # as it came

        return self._app(environ, start)

    def _missed(
        self, wanted: Asked, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Let the application answer, unless it is doing so for the same request already."""
        with self._lock:
            flight = self._flights.get(wanted.key)
            leads = flight is None
            if flight is None:
                flight = self._flights[wanted.key] = _Flight()
                flight.answer = self.shelf.get(wanted.key)  # it may have landed just now
        if leads:
            try:
                if flight.answer is None:
                    return self._made(wanted, environ, start_response, flight)
            finally:
                with self._lock:
                    del self._flights[wanted.key]
                flight.land()
        found = flight.wait()
        if found is not None:
            return _sent(found, wanted, start_response, "hit")
        return self._passed("miss", environ, start_response)

    def _made(
        self,
        wanted: Asked,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        flight: _Flight,
    ) -> Iterable[bytes]:
        """Let the application answer in full, and keep the answer if it may be kept."""
        full = {**environ, "HTTP_ACCEPT_ENCODING": codings.IDENTITY, PACKED_LATER: True}
        full.pop("HTTP_IF_NONE_MATCH", None)
        if wanted.is_head:
            full["REQUEST_METHOD"] = "GET"
        answer = Collected(self._app, full)
        path, length = environ.get("PATH_INFO", ""), answer.length
        lasts = may_be_kept(path, answer.status, answer.fields, length)
        if answer.is_whole and lasts:
            flight.answer = made(answer.headers, answer.fields, answer.body(), wanted.coding)
            stored = "; stored" if self._keep(wanted, flight.answer) else ""
            return _sent(flight.answer, wanted, start_response, f"fwd=miss{stored}")
        tag = answer.fields.get("etag", "")
        if answer.status == OK and tag and tag in wanted.tags:
            answer.drop()
            return _sent(
                made(answer.headers, answer.fields, b"", ""), wanted, start_response, "fwd=miss"
            )
        is_text = codings.is_text(answer.fields)
        is_packed = wanted.coding in codings.PACKERS and is_text
        headers = codings.packed(answer.headers, wanted.coding) if is_text else answer.headers
        start_response(answer.status, [*headers, _status("fwd=miss")])
        if wanted.is_head:
            answer.drop()
            return []

        def keep(body: bytes) -> None:
            if may_be_kept(path, answer.status, answer.fields, len(body)):
                self._keep(wanted, made(answer.headers, answer.fields, body, wanted.coding))

        pack = codings.PACKERS[wanted.coding]() if is_packed else None
        return answer.stream(self._largest if lasts else 0, keep, pack)

    def _keep(self, wanted: Asked, answer: Kept) -> bool:
        """Keep *answer* unless it is too long, or the data changed while it was made."""
        if len(answer.body) > self._largest or self._version() != wanted.version:
            return False
        return self.shelf.put(wanted.key, answer)


def _sent(
    answer: Kept, wanted: Asked, start_response: "StartResponse", said: str
) -> Iterable[bytes]:
    """Send *answer*, or that it has not changed (RFC 9110 §13.1.2)."""
    if wanted.tags and (answer.etag in wanted.tags or wanted.tags.strip() == "*"):
        start_response(_NOT_MODIFIED, [*answer.unchanged, _status(said)])
        return []
    start_response(OK, [*answer.headers, _status(said)])
    return [] if wanted.is_head else [answer.body]


def _status(said: str) -> tuple[str, str]:
    return "Cache-Status", f"{NAME}; {said}"
