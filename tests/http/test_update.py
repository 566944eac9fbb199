"""Is the SPARQL 1.1 Protocol kept for updates, and who may change what?"""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api import create_app
from api.config import Settings
from api.embedded import opened
from kg.store import EmbeddedStore
from kg.writable import open_writable
from tests.http.conftest import Check

TOKEN = {"Authorization": "Bearer secret"}
OWN = "https://example.org/own"
CURATED = "https://w3id.org/drugkg/graph/testomab/product"
INSERT = f"INSERT DATA {{ GRAPH <{OWN}> {{ <http://e/a> <http://e/p> 1 }} }}"
EVERY_QUAD = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
EVERY_TRIPLE = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
Make = Callable[..., FlaskClient]


@pytest.fixture
def make(small_release: Path) -> Make:
    """Return a function that returns a client of a server with settings of its own."""

    def client(**given: object) -> FlaskClient:
        settings = Settings(**{"release": small_release, "update_token": "secret", **given})  # type: ignore[arg-type]
        return create_app(settings, opened(settings)).test_client()

    return client


@pytest.fixture
def writable(make: Make) -> FlaskClient:
    return make()


def update(client: FlaskClient, text: str, **query: str) -> TestResponse:
    kind = "application/sparql-update"
    return client.post("/update", data=text, content_type=kind, headers=TOKEN, query_string=query)


def count(client: FlaskClient, query: str = EVERY_QUAD) -> int:
    answer = client.get("/sparql", query_string={"query": query}).get_json()
    return int(answer["results"]["bindings"][0]["n"]["value"])


def test_two_ways_to_update_do_the_same(writable: FlaskClient) -> None:
    before = count(writable)
    direct = update(writable, INSERT)
    assert (direct.status_code, direct.data) == (204, b"")
    assert "Content-Type" not in direct.headers
    assert count(writable) == before + 1
    form = writable.post("/update", data={"update": f"DROP GRAPH <{OWN}>"}, headers=TOKEN)
    assert form.status_code == 204
    assert count(writable) == before


def test_union_is_kept_with_each_write(writable: FlaskClient) -> None:
    before = count(writable, EVERY_TRIPLE)
    both = INSERT.replace(OWN, OWN + "2")
    assert update(writable, f"{INSERT} ; {both}").status_code == 204
    assert count(writable, EVERY_TRIPLE) == before + 1
    assert update(writable, f"DROP GRAPH <{OWN}>").status_code == 204
    assert count(writable, EVERY_TRIPLE) == before + 1
    assert update(writable, f"DROP GRAPH <{OWN}2>").status_code == 204
    assert count(writable, EVERY_TRIPLE) == before


def test_nobody_writes_without_the_token(make: Make, writable: FlaskClient, problem: Check) -> None:
    response = make(update_token="", default_graph="standard").post("/update", data={"update": ""})
    assert "DRUGKG_UPDATE_TOKEN" in problem(response, 403)["detail"]
    for headers in ({}, {"Authorization": "Basic c2VjcmV0Og=="}, {"Authorization": "Bearer wrong"}):
        response = writable.post("/update", data={"update": INSERT}, headers=headers)
        problem(response, 401)
        assert response.headers["WWW-Authenticate"].startswith("Bearer ")
    assert "invalid_token" in response.headers["WWW-Authenticate"]
    assert count(writable, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{OWN}> {{ ?s ?p ?o }} }}") == 0


def test_server_without_a_token_opens_its_graph_for_reading(
    small: FlaskClient, small_release: Path, problem: Check
) -> None:
    problem(small.post("/update", data={"update": INSERT}), 403)
    assert type(opened(Settings(release=small_release))) is EmbeddedStore


@pytest.mark.parametrize(
    "text",
    [
        f"INSERT DATA {{ GRAPH <{CURATED}> {{ <http://e/a> <http://e/p> 1 }} }}",
        f"DELETE WHERE {{ GRAPH <{CURATED}> {{ ?s ?p ?o }} }}",
        "DELETE WHERE { GRAPH ?g { ?s ?p ?o } }",
        "INSERT { GRAPH ?g { <http://e/a> <http://e/p> 1 } } WHERE { GRAPH ?g { ?s ?p ?o } }",
        *("CLEAR ALL", "CLEAR NAMED", "DROP ALL", f"DROP GRAPH <{CURATED}>"),
        f"MOVE <{CURATED}> TO <{OWN}>",
        f"COPY <{OWN}> TO <{CURATED}>",
        f"ADD SILENT <{OWN}> TO <{CURATED}>",
        f"WITH <{CURATED}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
    ],
)
def test_curated_graphs_are_not_changed(make: Make, problem: Check, text: str) -> None:
    client = make()
    update(client, INSERT)
    before = count(client)
    members = problem(update(client, f"{INSERT.replace('1', '2')} ; {text}"), 403, "write-refused")
    assert "curated" in members["detail"]
    assert count(client) == before
    assert update(make(writable_all=True), f"{INSERT} ; {text}").status_code == 204


@pytest.mark.parametrize(
    "text", [f"COPY <{CURATED}> TO <{OWN}>", f"DELETE WHERE {{ GRAPH <{CURATED}> {{ ?s ?p 7 }} }}"]
)
def test_curated_graphs_may_be_read_by_an_update(writable: FlaskClient, text: str) -> None:
    assert update(writable, text).status_code == 204


def test_default_graph_that_is_a_union_is_not_written_to(
    writable: FlaskClient, make: Make, problem: Check
) -> None:
    text = "INSERT DATA { <http://e/a> <http://e/p> 1 }"
    assert "union" in problem(update(writable, text), 403, "write-refused")["detail"]
    standard = make(default_graph="standard")
    assert update(standard, text).status_code == 204
    assert count(standard, EVERY_TRIPLE) == 1


@pytest.mark.parametrize(
    ("text", "status", "kind"),
    [
        ("INSERT DATA { <a> <b> }", 400, "malformed-query"),
        ("SELECT * {}", 400, "malformed-query"),
        ("CREATE GRAPH <http://e/g> ; CREATE GRAPH <http://e/g>", 409, "conflict"),
        ("LOAD <http://127.0.0.1/>", 403, "write-refused"),
        ("INSERT {} WHERE { SERVICE <http://127.0.0.1/> {} }", 403, "service-refused"),
        ("INSERT DATA { <a> <b> " + "(" * 99 + ")" * 99 + "}", 400, "query-too-deep"),
        ("#" * 1_000_001, 413, "query-too-long"),
    ],
)
def test_update_that_fails_changes_nothing(
    writable: FlaskClient, problem: Check, text: str, status: int, kind: str
) -> None:
    before = count(writable)
    problem(update(writable, text), status, kind)
    problem(update(writable, f"{INSERT} ;\n{text}"), status, kind)
    assert count(writable) == before


def test_graphs_are_selected_once(writable: FlaskClient, problem: Check) -> None:
    text = f"INSERT {{ GRAPH <{OWN}> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}"
    assert update(writable, text, **{"using-graph-uri": CURATED}).status_code == 204
    assert count(writable, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{OWN}> {{ ?s ?p ?o }} }}") == 5
    twice = text.replace("WHERE", f"USING <{CURATED}> WHERE")
    for name in ("using-graph-uri", "using-named-graph-uri"):
        problem(update(writable, twice, **{name: CURATED}), 400, "using-conflict")
    problem(update(writable, text, **{"using-graph-uri": "a b"}), 400, "bad-parameter")


def test_exactly_one_update_is_sent(writable: FlaskClient, problem: Check) -> None:
    for body in ("", "update=CLEAR+ALL&update=CLEAR+ALL", "query=ASK{}&update=CLEAR+ALL"):
        kind = "application/x-www-form-urlencoded"
        response = writable.post("/update", data=body, content_type=kind, headers=TOKEN)
        assert "application/sparql-update" in problem(response, 400)["detail"]
    problem(update(writable, INSERT, update="CLEAR ALL"), 400)
    response = writable.get("/update", query_string={"update": "CLEAR ALL"}, headers=TOKEN)
    problem(response, 405)
    for kind in ("text/plain", "application/sparql-query", ""):
        response = writable.post("/update", data=INSERT, content_type=kind, headers=TOKEN)
        problem(response, 415)


def test_documents_follow_a_write(make: Make) -> None:
    client = make(writable_all=True)
    assert client.get("/id/testomab").status_code == 200
    assert "testomab" in client.get("/.well-known/void").text
    assert update(client, "DROP ALL").status_code == 204
    assert client.get("/id/testomab").status_code == 404
    assert "testomab" not in client.get("/.well-known/void").text


def test_empty_server_holds_nothing(make: Make) -> None:
    client = make(empty=True)
    assert count(client) == 0
    assert client.get("/health").get_json()["quads"] == 0
    assert update(client, INSERT).status_code == 204
    assert count(client) == count(client, EVERY_TRIPLE) == 1


def test_each_write_has_a_version_of_its_own() -> None:
    store = open_writable(None)
    seen = [store.version]
    for text in (INSERT, INSERT, f"DROP GRAPH <{OWN}>"):
        store.update(text)
        seen.append(store.version)
    assert seen[0] != seen[1] == seen[2] != seen[3]
