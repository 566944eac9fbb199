"""Is a request counted as ended, however it ends?"""

from collections.abc import Callable, Iterable
from io import StringIO
from typing import Any, NoReturn

import pytest

from api.access import AccessLog
from api.counts import REQUESTS
from api.edge import MOST_OF_ONE, Edge
from api.rate import Rates
from kg.executors.counters import Counters

REQUEST = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "REMOTE_ADDR": "192.0.2.1"}


def answering(_: object, start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [("Content-Length", "2")])
    return [b"ok"]


def failing(*_: object) -> NoReturn:
    raise OSError("too many open files")


def test_a_client_whose_requests_fail_is_not_taken_to_wait_for_them() -> None:
    counters = Counters(REQUESTS, 1)
    applications = [failing] * (MOST_OF_ONE + 1) + [answering]

    def next_one(environ: object, start: Callable[..., Any]) -> Iterable[bytes]:
        return applications.pop(0)(environ, start)

    edge = Edge(next_one, counters, 0, Rates(0), AccessLog(StringIO()))
    for _ in range(MOST_OF_ONE + 1):
        with pytest.raises(OSError, match="open files"):
            edge(dict(REQUEST), lambda *_: None)
    assert edge(dict(REQUEST), lambda *_: None) == [b"ok"]
    assert counters.get("open") == 0
    assert counters.get("requests 5xx") == MOST_OF_ONE + 1


def test_one_client_has_so_many_requests_at_once_and_others_are_answered() -> None:
    counters = Counters(REQUESTS, 1)

    def waiting(_: object, start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])
        return iter([b"part"])

    edge = Edge(waiting, counters, 0, Rates(0), AccessLog(StringIO()))
    statuses: list[str] = []
    held = [edge(dict(REQUEST), lambda status, *_: statuses.append(status)) for _ in range(65)]
    assert statuses == ["200 OK"] * MOST_OF_ONE + ["503 Service Unavailable"]
    edge(REQUEST | {"REMOTE_ADDR": "192.0.2.2"}, lambda status, *_: statuses.append(status))
    assert statuses[-1] == "200 OK"
    for each in held:
        each.close()  # type: ignore[attr-defined] # as a server does (PEP 3333)
    edge(dict(REQUEST), lambda status, *_: statuses.append(status))
    assert statuses[-1] == "200 OK"
