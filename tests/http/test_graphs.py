"""Is the SPARQL 1.1 Graph Store HTTP Protocol kept?"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from api import create_app
from api.config import Settings
from api.embedded import opened
from api.formats import GRAPHS, Offer
from tests.http.conftest import Check

TOKEN = {"Authorization": "Bearer secret"}
IRI = "https://example.org/g"
CURATED = "https://w3id.org/drugkg/graph/testomab/product"
TURTLE = "text/turtle"
EACH_WAY = pytest.mark.parametrize(
    "address", ["/graphs/my/own.ttl", f"/graphs?graph={IRI}", "/graphs?graph=urn:x"]
)


def server(release: Path, **given: object) -> FlaskClient:
    settings = Settings(**{"release": release, "update_token": "secret", **given})  # type: ignore[arg-type]
    return create_app(settings, opened(settings)).test_client()


@pytest.fixture
def client(small_release: Path) -> Iterator[FlaskClient]:
    with server(small_release) as client:
        yield client


def lines(content: bytes) -> list[str]:
    return sorted(content.decode().splitlines())


@EACH_WAY
def test_graph_is_put_read_added_to_and_deleted(
    client: FlaskClient, problem: Check, address: str
) -> None:
    problem(client.get(address), 404)
    assert client.head(address).status_code == 404
    problem(client.delete(address, headers=TOKEN), 404)

    put = client.put(address, data="<#a> <#p> 1", content_type="text/n3", headers=TOKEN)
    problem(put, 415)
    put = client.put(address, data="<#a> <#p> 1 .", content_type=TURTLE, headers=TOKEN)
    assert (put.status_code, put.data) == (201, b"")
    assert client.get(put.headers["Location"]).status_code == 200
    read = client.get(address, headers={"Accept": "application/n-triples"})
    assert read.mimetype == "application/n-triples"
    base = f"http://localhost{address}" if "?" not in address else address.partition("=")[2]
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    assert lines(read.data) == [f'<{base}#a> <{base}#p> "1"^^<{integer}> .']

    post = client.post(address, data="<#a> <#p> 2 .", content_type=TURTLE, headers=TOKEN)
    assert (post.status_code, post.data) == (204, b"")
    assert len(lines(client.get(f"{address}{'&' if '?' in address else '?'}format=nt").data)) == 2

    put = client.put(address, data="", content_type=TURTLE, headers=TOKEN)
    assert put.status_code == 204
    assert client.get(address).status_code == 200
    assert client.delete(address, headers=TOKEN).status_code == 204
    problem(client.get(address), 404)


def test_head_says_what_get_would(client: FlaskClient) -> None:
    address = f"/graphs?graph={CURATED}"
    get, head = client.get(address), client.head(address)
    assert (head.status_code, head.data) == (200, b"")
    assert head.content_type == get.content_type == "text/turtle; charset=utf-8"
    assert head.content_length == get.content_length == len(get.data)
    assert head.headers["ETag"] == get.headers["ETag"]


@pytest.mark.parametrize("offer", GRAPHS, ids=lambda offer: offer.names[0])
def test_graph_is_read_in_each_format(client: FlaskClient, offer: Offer[ox.RdfFormat]) -> None:
    by_path = client.get("/graphs/testomab/product", headers={"Accept": offer.media_types[0]})
    by_name = client.get(f"/graphs?graph={CURATED}&format={offer.names[0]}")
    assert by_path.mimetype == by_name.mimetype == offer.media_types[0]
    assert len(list(ox.parse(by_path.data, offer.syntax))) == 5


def test_default_graph_is_the_union_and_is_not_written_to(
    client: FlaskClient, problem: Check, small_release: Path
) -> None:
    assert client.get("/graphs?default").status_code == 200
    for send in (client.put, client.post):
        response = send("/graphs?default", data="<a> <b> 1 .", content_type=TURTLE, headers=TOKEN)
        assert "union" in problem(response, 403, "write-refused")["detail"]
    problem(client.delete("/graphs?default", headers=TOKEN), 403, "write-refused")

    standard = server(small_release, default_graph="standard")
    response = standard.put(
        "/graphs?default", data="<a> <b> 1 .", content_type=TURTLE, headers=TOKEN
    )
    assert response.status_code == 204
    assert len(lines(standard.get("/graphs?default&format=nt").data)) == 1
    assert standard.delete("/graphs?default", headers=TOKEN).status_code == 204
    assert standard.get("/graphs?default&format=nt").data == b""


def test_post_to_the_store_makes_a_new_graph(client: FlaskClient) -> None:
    places = set()
    for _ in range(2):
        response = client.post(
            "/graphs", data="[] a <http://e/T> .", content_type=TURTLE, headers=TOKEN
        )
        assert response.status_code == 201
        place = response.headers["Location"]
        places.add(place)
        assert client.get(urlsplit(place).path).status_code == 200
        assert client.get("/graphs", query_string={"graph": place}).status_code == 200
    assert len(places) == 2


def test_files_of_a_form_are_added_together(client: FlaskClient, problem: Check) -> None:
    files = {
        "one": (BytesIO(b"_:x <http://e/p> 1 ."), "one.ttl", "text/turtle; charset=utf-8"),
        "two": (BytesIO(b"_:x <http://e/p> 2 ."), "two.nt", "application/n-triples"),
    }
    files["two"] = (BytesIO(b'_:x <http://e/p> "2" .'), "two.nt", "application/n-triples")
    response = client.post(f"/graphs?graph={IRI}", data=files, headers=TOKEN)
    assert response.status_code == 201
    found = lines(client.get(f"/graphs?graph={IRI}&format=nt").data)
    assert len({line.split()[0] for line in found}) == len(found) == 2
    bad = {"one": (BytesIO(b"x"), "one.pdf", "application/pdf")}
    problem(client.post(f"/graphs?graph={IRI}", data=bad, headers=TOKEN), 415)
    problem(
        client.post(
            f"/graphs?graph={IRI}",
            data={"a": "b"},
            headers=TOKEN,
            content_type="multipart/form-data",
        ),
        400,
    )


def test_graph_is_patched_by_an_update(client: FlaskClient, problem: Check) -> None:
    address = f"/graphs?graph={IRI}"
    patch = {"content_type": "application/sparql-update", "headers": TOKEN}
    problem(client.patch(address, data="CLEAR ALL", **patch), 404)
    client.put(address, data="<http://e/a> <http://e/p> 1 .", content_type=TURTLE, headers=TOKEN)
    text = """DELETE { ?s ?p ?o } INSERT { ?s ?p 2 } WHERE { ?s ?p ?o } ;
        INSERT DATA { <http://e/b> <http://e/p> 3 }"""
    assert client.patch(address, data=text, **patch).status_code == 204
    found = lines(client.get(f"{address}&format=nt").data)
    assert [line.split('"')[1] for line in found] == ["2", "3"]
    assert client.patch(address, data="DELETE WHERE { ?s ?p 3 }", **patch).status_code == 204
    for text in (
        "CLEAR ALL",
        f"INSERT DATA {{ GRAPH <{IRI}> {{ <a> <b> 1 }} }}",
        "LOAD <http://e/>",
    ):
        problem(client.patch(address, data=text, **patch), 409)
    problem(client.patch(address, data="INSERT DATA {", **patch), 400, "malformed-query")
    problem(client.patch(address, data="{}", content_type="application/json", headers=TOKEN), 415)


def test_curated_graphs_are_not_changed(client: FlaskClient, problem: Check) -> None:
    for address in (f"/graphs?graph={CURATED}", "/graphs/testomab/product"):
        given = {"data": "<a> <b> 1 .", "content_type": TURTLE, "headers": TOKEN}
        before = client.get(address).data
        problem(client.put(address, **given), 403, "write-refused")
        problem(client.post(address, **given), 403, "write-refused")
        problem(client.delete(address, headers=TOKEN), 403, "write-refused")
        assert client.get(address).data == before


def test_nobody_writes_without_the_token(
    client: FlaskClient, small: FlaskClient, problem: Check
) -> None:
    address = f"/graphs?graph={IRI}"
    for method in ("PUT", "POST", "PATCH", "DELETE"):
        response = client.open(address, method=method, data="")
        problem(response, 401)
        assert response.headers["WWW-Authenticate"].startswith("Bearer ")
        problem(small.open(address, method=method, data=""), 403)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/graphs", 400),
        ("/graphs?default&graph=http://e/", 400),
        ("/graphs?graph=http://e/&graph=http://e/2", 400),
        ("/graphs?default=yes", 400),
        ("/graphs/x?default", 400),
        ("/graphs?graph=relative", 400),
        ("/graphs?graph=http://e/none", 404),
        ("/graphs?default&format=pdf", 406),
    ],
)
def test_graph_that_cannot_be_read_says_why(
    small: FlaskClient, client: FlaskClient, problem: Check, address: str, status: int
) -> None:
    for each in (small, client):
        is_odd = "relative" in address or address.count("graph=") > 1
        kind = "bad-parameter" if is_odd else "about:blank"
        problem(each.get(address), status, kind)


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        ("<a> <b>", TURTLE, 400),
        (b"\xff\xfe\x00", TURTLE, 400),
        ("<a> <b> 1 .", "text/turtle; charset=utf-16", 415),
        ("<a> <b> 1 .", "application/trig", 415),
        ('{"@context": "http://127.0.0.1:9/", "p": 1}', "application/ld+json", 400),
    ],
)
def test_document_that_cannot_be_read_changes_nothing(
    client: FlaskClient, problem: Check, content: str | bytes, kind: str, status: int
) -> None:
    address = f"/graphs?graph={IRI}"
    response = client.put(address, data=content, content_type=kind, headers=TOKEN)
    problem(response, status, "malformed-document" if status == 400 else "about:blank")
    problem(client.get(address), 404)
