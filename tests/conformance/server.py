"""Start our server, and talk to it over HTTP as any client would."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

TOKEN: Final = "conformance"  # noqa: S105 (of a server that lives as long as the tests)


class Reply(NamedTuple):
    """Hold what a server answers."""

    status: int
    headers: Mapping[str, str]  # names in small letters
    body: bytes

    @property
    def kind(self) -> str:
        """Return the media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0]


class Server:
    """Send requests to the server on *port*."""

    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self.address = f"http://{self.host}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Return the reply to one request."""
        try:
            return self._send(method, path, body, headers or {})
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self._connection.close()
            return self._send(method, path, body, headers or {})

    def _send(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Reply:
        self._connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            self._connection.putheader(name, value)
        if body is not None:
            self._connection.putheader("Content-Length", str(len(body)))
        self._connection.endheaders(body)
        response = self._connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, found, response.read())

    def query(self, text: str, accept: str, **graphs: list[str]) -> Reply:
        """Return the answer to a query that is posted directly."""
        headers = {"Content-Type": "application/sparql-query", "Accept": accept}
        path = "/sparql" + (f"?{urlencode(graphs, doseq=True)}" if graphs else "")
        return self.send("POST", path, text.encode("utf-8", "surrogatepass"), headers)

    def update(self, text: str) -> Reply:
        """Return the answer to an update that is posted directly."""
        return self.send(
            "POST",
            "/update",
            text.encode("utf-8", "surrogatepass"),
            {"Content-Type": "application/sparql-update", **self.credentials},
        )

    def put(self, graph: str | None, content: bytes, kind: str) -> None:
        """Put a document in a graph; None is the default graph."""
        path = f"/graphs?graph={quote(graph, safe='')}" if graph else "/graphs?default"
        reply = self.send("POST", path, content, {"Content-Type": kind, **self.credentials})
        assert reply.status in {200, 201, 204}, reply

    def clear(self) -> None:
        """Leave nothing in the store."""
        reply = self.update("DROP ALL")
        assert reply.status == http.client.NO_CONTENT, reply

    @property
    def credentials(self) -> dict[str, str]:
        """Return what lets a request write."""
        return {"Authorization": f"Bearer {TOKEN}"}


@contextmanager
def running(*flags: str) -> Iterator[Server]:
    """Yield an empty server in the way of a plain SPARQL store, on a port that was free."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    code = "from api.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", "--port", str(port), *flags]
    with (
        tempfile.TemporaryDirectory() as journal,
        subprocess.Popen(
            command,
            env=os.environ | {"DRUGKG_UPDATE_TOKEN": TOKEN, "DRUGKG_JOURNAL": journal},
            stderr=subprocess.DEVNULL,
        ) as process,
    ):
        try:
            _wait(port, process)
            server = Server(port)
            yield server
            server.close()
        finally:
            process.terminate()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "the server ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not answer within a minute")
