"""SERVICE asks the endpoints that are listed, and no other."""

import http.server
import json
import threading
from collections.abc import Iterator

import pytest

from tests.service.conftest import Serve

ANSWER = {
    "head": {"vars": ["x"]},
    "results": {"bindings": [{"x": {"type": "uri", "value": "http://e/1"}}]},
}


class Endpoint(http.server.BaseHTTPRequestHandler):
    calls = 0

    def do_POST(self) -> None:
        type(self).calls += 1
        body = json.dumps(ANSWER).encode()
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    Endpoint.calls = 0
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/sparql"
        server.shutdown()


def test_a_listed_endpoint_is_asked(serve: Serve, endpoint: str) -> None:
    served = serve("--services", f"http://127.0.0.1:9/none {endpoint}")
    reply = served.ask(f"SELECT ?x {{ SERVICE <{endpoint}> {{ ?x ?p ?o }} }}", "csv")
    assert reply.body == b"x\r\nhttp://e/1\r\n"
    assert Endpoint.calls == 1


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <URLx> { ?x ?p ?o } }",
        "SELECT * { BIND(<URL> AS ?e) SERVICE ?e { ?x ?p ?o } }",
        "PREFIX e: <URL> SELECT * { SERVICE e: { ?x ?p ?o } }",
        "BASE <URL> SELECT * { SERVICE <> { ?x ?p ?o } }",
        "SELECT * { SERVICE <http://127.0.0.1:9/> { SERVICE <URL> { ?x ?p ?o } } }",
        "SELECT * { SERVICE <URL> { SERVICE <URLx> { ?x ?p ?o } } }",
        "SELECT * { SERVICE # <URL> {\n <URLx> { ?x ?p ?o } }",
    ],
)
def test_all_others_are_refused(serve: Serve, endpoint: str, text: str) -> None:
    served = serve("--services", endpoint)
    reply = served.ask(text.replace("URL", endpoint))
    assert (reply.status, reply.problem()) == (403, "service-refused")
    assert Endpoint.calls == 0
