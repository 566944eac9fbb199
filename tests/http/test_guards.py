"""Can a query make the server do what it should not?"""

import socket
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from api import create_app
from api.config import Settings
from api.embedded import opened
from tests.http.conftest import Check


@pytest.fixture
def trap() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)  # noqa: FBT003 (its signature)
        yield listening


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
        "SELECT * { BIND(<URL> AS ?e) SERVICE ?e { ?s ?p ?o } }",
        "PREFIX e: <URL> SELECT * { SERVICE e: { ?s ?p ?o } }",
        "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
        "SELECT * FROM <URL> { ?s ?p ?o }",
        "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
        "SELECT * { GRAPH <URL> { ?s ?p ?o } }",
        "DESCRIBE <URL>",
        "LOAD <URL>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
    ],
)
def test_no_query_makes_the_server_call_another(
    small: FlaskClient, trap: socket.socket, query: str
) -> None:
    url = f"http://127.0.0.1:{trap.getsockname()[1]}/"
    text = query.replace("URL", url)
    response = small.get("/sparql", query_string={"query": text, "default-graph-uri": url})
    assert response.status_code in {200, 400, 403}
    with pytest.raises(BlockingIOError):
        trap.accept()


def test_service_is_refused_with_a_reason(small: FlaskClient, problem: Check) -> None:
    query = "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"
    response = small.get("/sparql", query_string={"query": query})
    assert "SERVICE" in problem(response, 403, "service-refused")["detail"]


def test_query_that_is_too_long_is_a_problem(small: FlaskClient, problem: Check) -> None:
    text = "ASK { }" + " " * 1_000_000
    response = small.post("/sparql", data=text, content_type="application/sparql-query")
    problem(response, 413, "query-too-long")


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <URL>",
        "LOAD SILENT <URL>",
        "LOAD <URL> INTO GRAPH <http://e/g>",
        "INSERT DATA {} ; load<URL>",
        "PREFIX e: <URL> LOAD e:x",
        "INSERT DATA { <http://e/a> <http://e/p> '\\\\' } ; LOAD <URL> #' }",
        "INSERT { ?s ?p ?o } WHERE { FILTER(1 <2#>'''\n) } ; LOAD <URL> ; CLEAR ALL #'''",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
        "INSERT { ?s ?p ?o } WHERE { SERVICE SILENT <URL> { ?s ?p ?o } }",
        "DELETE { ?s ?p ?o } USING <URL> WHERE { ?s ?p ?o }",
        "COPY <URL> TO <http://e/g>",
    ],
)
def test_no_update_makes_the_server_call_another(trap: socket.socket, text: str) -> None:
    url = f"http://127.0.0.1:{trap.getsockname()[1]}/"
    settings = Settings(update_token="x", empty=True)  # noqa: S106
    client = create_app(settings, opened(settings)).test_client()
    token = {"Authorization": "Bearer x"}
    response = client.post("/update", data={"update": text.replace("URL", url)}, headers=token)
    assert response.status_code in {204, 400, 403, 409}
    context = f'{{"@context": "{url}", "@id": "http://e/a", "p": 1}}'
    response = client.put(
        "/graphs?graph=http://e/g", data=context, content_type="application/ld+json", headers=token
    )
    assert response.status_code == 400
    with pytest.raises(BlockingIOError):
        trap.accept()
