"""No query makes the server call anywhere: a trap listens, and nobody comes."""

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.service.conftest import Serve


class Trap:
    """Listen, and remember who came."""

    def __init__(self) -> None:
        self.visits: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}/trap"
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                visitor, _ = self._listener.accept()
            except OSError:
                return
            with visitor:
                self.visits.append(visitor.recv(1000))

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@pytest.fixture
def trap() -> Iterator[Trap]:
    listening = Trap()
    yield listening
    listening.close()


QUERIES = [
    "SELECT * { SERVICE <%s> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <%s> { ?s ?p ?o } }",
    "SELECT * { BIND(<%s> AS ?where) SERVICE ?where { ?s ?p ?o } }",
    "SELECT * { VALUES ?where { <%s> } SERVICE SILENT ?where { ?s ?p ?o } }",
    "PREFIX t: <%s> SELECT * { SERVICE t: { ?s ?p ?o } }",
    "BASE <%s> SELECT * { SERVICE <> { ?s ?p ?o } }",
    "SELECT * { FILTER EXISTS { SERVICE <%s> { ?s ?p ?o } } }",
    "SELECT * { { SELECT * { SERVICE # \n <%s> { ?s ?p ?o } } } }",
    "SELECT * { SeRvIcE<%s>{ ?s ?p ?o } }",
    "SELECT * FROM <%s> { ?s ?p ?o }",
    "SELECT * FROM NAMED <%s> { GRAPH ?g { ?s ?p ?o } }",
    "DESCRIBE <%s>",
    "SELECT (<%s>(1) AS ?x) { }",
    "LOAD <%s>",
    "LOAD SILENT <%s> INTO GRAPH <urn:g>",
]


def test_no_query_reaches_another_server(serve: Serve, trap: Trap) -> None:
    served = serve()
    for query in QUERIES:
        reply = served.ask(query % trap.address)
        assert reply.status in {200, 400, 403}, (query, reply)
        if "SERVICE" in query.upper():
            assert reply.problem() == "service-refused", query
    assert trap.visits == []


def test_the_trap_catches(trap: Trap) -> None:
    port = int(trap.address.rpartition(":")[2].partition("/")[0])
    with socket.create_connection(("127.0.0.1", port)) as visitor:
        visitor.sendall(b"here")
        visitor.recv(1)
    assert trap.visits == [b"here"]
