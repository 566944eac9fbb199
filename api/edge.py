"""Stand around the application: bound the rate, count, log, and break off what cannot be ended."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from api.abort import breaking
from api.metrics import BUCKETS
from api.problems import NAMESPACE
from api.rate import Rates
from kg.executors.client import ASKING, Asking
from kg.executors.counters import Counters

Environ: TypeAlias = dict[str, Any]
Start: TypeAlias = Callable[..., Any]
Application: TypeAlias = Callable[[Environ, Start], Iterable[bytes]]

_log: Final = logging.getLogger("drugkg.access")


class Edge:
    """Wrap *application*; count in *slot* of *counters*, and bound each client by *rates*."""

    def __init__(
        self, application: Application, counters: Counters, slot: int, rates: Rates
    ) -> None:
        self._application = application
        self._counters = counters
        self._slot = slot
        self._rates = rates
        self._lock = threading.Lock()  # two threads may not add to one number at once
        counters.set(slot, "open", 0)

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer the request *environ* (PEP 3333)."""
        begun = time.perf_counter()
        client = environ.get("REMOTE_ADDR", "")
        asking = Asking(client)
        ASKING.set(asking)
        row = _Row(environ, asking, begun)
        self._add(open=1)

        def started(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
            row.status = int(status.split(" ", 1)[0])
            row.whole = any(name.lower() == "content-length" for name, _ in headers)
            return start(status, headers, *rest)

        wait = self._rates.seconds_to_wait(client, time.time())
        if wait:
            self._add(limited=1)
            body: Iterable[bytes] = _limited(environ, started, wait)
        else:
            body = self._application(environ, started)
        return _Sent(body, row, self)

    def ended(self, row: "_Row") -> None:
        """Count and log a request whose answer was sent, or was not wanted any more."""
        seconds = time.perf_counter() - row.begun
        kind = f"requests {min(max(row.status // 100, 2), 5)}xx"
        amounts = {kind: 1, "seconds": seconds, "bytes": row.bytes, "open": -1}
        if row.cut:
            amounts["cut"] = 1
        amounts |= {f"seconds {each}": 1 for each in BUCKETS if seconds <= each}
        self._add(**amounts)
        _log.info("%s %s %d", row.method, row.path, row.status, extra={"row": row.logged(seconds)})

    def _add(self, **amounts: float) -> None:
        with self._lock:
            for name, amount in amounts.items():
                self._counters.add(self._slot, name, amount)


class _Row:
    """Hold what one line of the log says of a request."""

    def __init__(self, environ: Environ, asking: Asking, begun: float) -> None:
        self.begun = begun
        self.method = environ["REQUEST_METHOD"]
        self.path = environ["PATH_INFO"]
        self.client = asking.client
        self.notes = asking.notes
        self.status = 500
        self.bytes = 0
        self.whole = self.cut = False

    def logged(self, seconds: float) -> dict[str, object]:
        """Return the line."""
        line = {
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "ms": round(seconds * 1000, 1),
            "bytes": self.bytes,
            "client": self.client,
        }
        return line | self.notes | ({"cut": True} if self.cut else {})


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
            if not self._row.whole:
                yield from breaking(self._row.client, str(error))
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
    status = HTTPStatus.TOO_MANY_REQUESTS
    problem = {
        "type": f"{NAMESPACE}rate-limit",
        "title": "Too many requests",
        "status": status,
        "detail": f"this client asks more often than the server allows; ask again in {wait} s",
        "instance": environ["PATH_INFO"],
    }
    body = (json.dumps(problem, ensure_ascii=False, indent=2) + "\n").encode()
    headers = [
        ("Content-Type", "application/problem+json"),
        ("Content-Length", str(len(body))),
        ("Retry-After", str(wait)),
        ("Access-Control-Allow-Origin", "*"),
    ]
    start(f"{status.value} {status.phrase}", headers)
    return [body]
