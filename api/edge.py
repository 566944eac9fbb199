"""Stand around the application: bound the rate, count, log, and break off what cannot be ended."""

import json
import logging
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from api.abort import breaking
from api.access import AccessLog, Line
from api.counts import BUCKETS
from api.kept import Headers
from api.problems import NAMESPACE
from api.rate import Rates
from kg.executors.client import ASKING, Asking
from kg.executors.counters import Counters

Environ: TypeAlias = dict[str, Any]
Start: TypeAlias = Callable[..., Any]
Application: TypeAlias = Callable[[Environ, Start], Iterable[bytes]]

_KINDS: Final = {n: f"requests {min(max(n, 2), 5)}xx" for n in range(10)}
MOST_OF_ONE: Final = 64  # requests of one client at once, half of what one process answers
_log: Final = logging.getLogger("drugkg.access")


class Edge:
    """Wrap *application*; count in *slot* of *counters*, and bound each client by *rates*."""

    def __init__(
        self,
        application: Application,
        counters: Counters,
        slot: int,
        rates: Rates,
        log: AccessLog,
    ) -> None:
        self._application = application
        self._numbers = counters.slot(slot)
        self._places = counters.places
        self._buckets = [counters.places[f"seconds {each}"] for each in BUCKETS]
        self._rates = rates
        self._log = log
        self._lock = threading.Lock()  # two threads may not add to one number at once
        self._under_way: dict[str, int] = {}  # by client
        counters.set(slot, "open", 0)

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer the request *environ* (PEP 3333)."""
        row = _Row(environ)
        client = row.asking.client
        ASKING.set(row.asking)
        with self._lock:
            self._numbers[self._places["open"]] += 1
            ahead = self._under_way.get(client, 0)
            self._under_way[client] = ahead + 1

        def started(status: str, headers: Headers, *rest: object) -> object:
            row.status, row.headers = int(status[:3]), headers
            return start(status, headers, *rest)

        wait = self._rates.seconds_to_wait(client, time.time())
        if wait or ahead >= MOST_OF_ONE:
            with self._lock:
                self._numbers[self._places["limited"]] += 1
            refused = _limited(environ, started, wait) if wait else _crowded(environ, started)
            return _Sent(refused, row, self)
        try:
            body = self._application(environ, started)
        except Exception:  # the server says 500; the client is not taken to wait any more
            self.ended(row)
            raise
        if not isinstance(body, list):
            return _Sent(body, row, self)
        row.bytes = sum(map(len, body))
        self.ended(row)
        return body

    def ended(self, row: "_Row") -> None:
        """Count and log a request whose answer was sent, or was not wanted any more."""
        seconds = time.perf_counter() - row.begun
        numbers, places = self._numbers, self._places
        bucket = bisect_left(BUCKETS, seconds)
        client = row.asking.client
        with self._lock:
            numbers[places[_KINDS[row.status // 100]]] += 1
            numbers[places["seconds"]] += seconds
            numbers[places["bytes"]] += row.bytes
            numbers[places["open"]] -= 1
            left = self._under_way[client] - 1
            if left:
                self._under_way[client] = left
            else:
                del self._under_way[client]
            if row.cut:
                numbers[places["cut"]] += 1
            if bucket < len(BUCKETS):
                numbers[self._buckets[bucket]] += 1
        self._log.add(row.line(seconds))


class _Row:
    """Hold what one line of the log says of a request."""

    __slots__ = ("asking", "begun", "bytes", "cut", "environ", "headers", "status")

    def __init__(self, environ: Environ) -> None:
        self.begun = time.perf_counter()
        self.asking = Asking(environ.get("REMOTE_ADDR", ""))
        self.environ = environ
        self.status = 500
        self.headers: Headers = []
        self.bytes = 0
        self.cut = False

    def has_length(self) -> bool:
        """Return whether the length of the answer was said before it was sent."""
        return any(name.lower() == "content-length" for name, _ in self.headers)

    def line(self, seconds: float) -> Line:
        """Return what the log says of it."""
        environ, asking = self.environ, self.asking
        return Line(
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"],
            self.status,
            seconds,
            self.bytes,
            asking.client,
            {**asking.notes, "cut": True} if self.cut else asking.notes,
        )


class _Sent:
    """Pass on the parts of an answer; break the connection if they cannot be had to the end."""

    def __init__(self, body: Iterable[bytes], row: _Row, edge: Edge) -> None:
        self._body = body
        self._row = row
        self._edge = edge
        self._parts = iter(self._passed())
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    def _passed(self) -> Iterator[bytes]:
        try:
            for part in self._body:
                self._row.bytes += len(part)
                yield part
        except Exception as error:  # noqa: BLE001 (whatever it is, the answer is not whole)
            self._row.cut = True
            _log.error("an answer broke off: %s", error)
            if not self._row.has_length():
                yield from breaking(self._row.asking.client, str(error))
            # With a Content-Length the server closes the connection on its own.

    def close(self) -> None:
        """Release what the answer holds (PEP 3333)."""
        if self._closed:
            return
        self._closed = True
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._edge.ended(self._row)


def _limited(environ: Environ, start: Start, wait: int) -> Iterable[bytes]:
    problem: dict[str, Any] = {
        "type": f"{NAMESPACE}rate-limit",
        "title": "Too many requests",
        "status": HTTPStatus.TOO_MANY_REQUESTS,
        "detail": f"this client asks more often than the server allows; ask again in {wait} s",
    }
    return _refused(environ, start, problem, wait)


def _crowded(environ: Environ, start: Start) -> Iterable[bytes]:
    problem: dict[str, Any] = {
        "type": f"{NAMESPACE}busy",
        "title": "Too many queries run",
        "status": HTTPStatus.SERVICE_UNAVAILABLE,
        "detail": f"{MOST_OF_ONE} requests of this client are under way; ask again a little later",
    }
    return _refused(environ, start, problem, 1)


def _refused(environ: Environ, start: Start, problem: dict[str, Any], wait: int) -> Iterable[bytes]:
    said = {**problem, "instance": environ["PATH_INFO"]}
    body = (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode()
    headers = [
        ("Content-Type", "application/problem+json"),
        ("Content-Length", str(len(body))),
        ("Retry-After", str(wait)),
        ("Access-Control-Allow-Origin", "*"),
    ]
    status = HTTPStatus(problem["status"])
    start(f"{status.value} {status.phrase}", headers)
    return [body]
