"""Does the server say what it is, and pack and unpack as it was asked to?"""

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pyoxigraph as ox
import pytest
import zstandard
from flask.testing import FlaskClient

from api import create_app
from api.config import Settings
from api.embedded import opened
from api.formats import GRAPHS, Offer
from kg.store import Store
from tests.http.conftest import Check

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
ALL = "SELECT * WHERE { GRAPH ?g { ?s ?p ?o } }"
UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda packed: zstandard.ZstdDecompressor().decompressobj().decompress(packed),
}


def triples(content: bytes, syntax: ox.RdfFormat = ox.RdfFormat.TURTLE) -> set[tuple[str, ...]]:
    return {(str(q.subject), str(q.predicate), str(q.object)) for q in ox.parse(content, syntax)}


def values(found: set[tuple[str, ...]], name: str) -> set[str]:
    return {value.strip("<>") for _, predicate, value in found if predicate == f"<{name}>"}


@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void"])
@pytest.mark.parametrize("offer", GRAPHS, ids=lambda offer: offer.names[0])
def test_descriptions_come_in_each_format(
    small: FlaskClient, offer: Offer[ox.RdfFormat], path: str
) -> None:
    by_accept = small.get(path, headers={"Accept": offer.media_types[0]})
    by_name = small.get(path, query_string={"format": offer.names[0]})
    assert by_accept.mimetype == by_name.mimetype == offer.media_types[0]
    assert triples(by_accept.data, offer.syntax)


def test_description_is_not_offered_as_a_picture(small: FlaskClient, problem: Check) -> None:
    for path in ("/sparql", "/.well-known/void"):
        problem(small.get(path, headers={"Accept": "image/png"}), 406)


def test_service_says_what_is_on(small: FlaskClient, small_store: Store) -> None:
    found = triples(small.get("/sparql").data)
    assert values(found, SD + "endpoint") == {"http://localhost/sparql"}
    assert values(found, SD + "supportedLanguage") == {SD + "SPARQL11Query"}
    assert values(found, SD + "feature") == {SD + "UnionDefaultGraph"}
    assert values(found, SD + "name") == set(small_store.manifest.graphs)

    writing = create_app(Settings(update_token="x", default_graph="standard"), small_store)  # noqa: S106
    found = triples(writing.test_client().get("/sparql").data)
    assert values(found, SD + "supportedLanguage") == {SD + "SPARQL11Query", SD + "SPARQL11Update"}
    assert values(found, SD + "endpoint") == {"http://localhost/sparql", "http://localhost/update"}
    assert values(found, SD + "feature") == {SD + "EmptyGraphs"}


def test_counts_are_those_of_the_graphs(small: FlaskClient, small_store: Store) -> None:
    manifest = small_store.manifest
    found = triples(small.get("/.well-known/void").data)
    count = {subject: value.split('"')[1] for subject, p, value in found if p == f"<{VOID}triples>"}
    graphs = {subject: name.strip("<>") for subject, p, name in found if p == f"<{SD}name>"}
    assert {graphs[each]: int(count[each]) for each in graphs} == dict(manifest.graphs)
    root = "<http://localhost/.well-known/void#dataset>"
    assert int(count[root]) == manifest.quads - 1  # one triple stands in two graphs
    partitions = {v for s, p, v in found if s == root and p == f"<{VOID}propertyPartition>"}
    assert sum(int(count[each]) for each in partitions) == manifest.quads - 1
    assert values(found, "http://purl.org/dc/terms/license") == {
        "https://creativecommons.org/licenses/by/4.0/"
    }


def test_the_description_leads_to_a_file_with_the_whole_graph(
    small: FlaskClient, small_store: Store
) -> None:
    found = triples(small.get("/.well-known/void").data)
    (address,) = values(found, VOID + "dataDump")
    content = gzip.decompress(small.get(address).data)
    assert len(list(ox.parse(content, ox.RdfFormat.N_QUADS))) == small_store.manifest.quads


def test_a_graph_that_is_no_release_has_no_file(small_release: Path) -> None:
    settings = Settings(release=small_release, empty=True)
    client = create_app(settings, opened(settings)).test_client()
    assert values(triples(client.get("/.well-known/void").data), VOID + "dataDump") == set()


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("br", "br"),
        ("zstd", "zstd"),
        ("gzip, br, zstd", "br"),
        ("gzip, br", "br"),
        ("gzip, br;q=0.5", "gzip"),
        ("*", "br"),
        ("*, br;q=0", "zstd"),
        ("gzip;q=0", None),
        ("identity", None),
        ("identity, gzip;q=0.5", None),
        ("compress, x-unknown", None),
        ("", None),
    ],
)
def test_answer_is_packed_as_the_client_likes_best(
    small: FlaskClient, accepted: str, coding: str | None
) -> None:
    asked = {"query_string": {"query": ALL}}
    plain = small.get("/sparql", **asked)
    packed = small.get("/sparql", headers={"Accept-Encoding": accepted}, **asked)
    assert packed.headers.get("Content-Encoding") == coding
    assert {"accept", "accept-encoding"} <= packed.vary.as_set()
    assert (UNPACK[coding](packed.data) if coding else packed.data) == plain.data
    if coding:
        assert packed.headers["ETag"] == f'{plain.headers["ETag"][:-1]}-{coding}"'
        again = {"Accept-Encoding": accepted, "If-None-Match": packed.headers["ETag"]}
        answer = small.get("/sparql", headers=again, **asked)
        assert (answer.status_code, answer.data) == (304, b"")
        head = small.head("/sparql", headers={"Accept-Encoding": accepted}, **asked)
        assert (head.headers["Content-Encoding"], head.data) == (coding, b"")


def test_short_answers_are_not_packed(small: FlaskClient) -> None:
    answer = small.get("/sparql?query=ASK{}", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


def test_query_may_be_packed(small: FlaskClient, problem: Check) -> None:
    def ask(body: bytes, coding: str = "gzip", kind: str = "application/sparql-query") -> object:
        return small.post(
            "/sparql", data=body, content_type=kind, headers={"Content-Encoding": coding}
        )

    packed = gzip.compress(b"ASK {}")
    assert ask(packed).get_json()["boolean"] is True  # type: ignore[attr-defined]
    assert ask(b"ASK {}", "identity").status_code == 200  # type: ignore[attr-defined]
    form = gzip.compress(b"query=ASK+%7B%7D")
    assert ask(form, kind="application/x-www-form-urlencoded").status_code == 200  # type: ignore[attr-defined]
    assert ask(gzip.compress(b"ASK ") + gzip.compress(b"{}")).status_code == 200  # type: ignore[attr-defined]
    problem(ask(packed[:-9]), 400)
    problem(ask(b"ASK {}"), 400)
    problem(ask(zlib.compress(b"ASK {}")), 400)
    problem(ask(packed, "br"), 415)
    problem(ask(packed, "gzip, gzip"), 415)


def test_bomb_is_not_unpacked(small_store: Store, problem: Check) -> None:
    client = create_app(Settings(max_request_bytes=100_000), small_store).test_client()
    bomb = gzip.compress(b" " * 100_000_000)
    assert len(bomb) < 100_000
    response = client.post(
        "/sparql",
        data=bomb,
        content_type="application/sparql-query",
        headers={"Content-Encoding": "gzip"},
    )
    problem(response, 413)


def test_body_that_is_too_large_is_refused(problem: Check) -> None:
    settings = Settings(max_request_bytes=1000, update_token="x", empty=True)  # noqa: S106
    client = create_app(settings, opened(settings)).test_client()
    for path, kind in (
        ("/sparql", "application/sparql-query"),
        ("/update", "application/sparql-update"),
        ("/graphs?default", "text/turtle"),
    ):
        token = {"Authorization": "Bearer x"}
        problem(client.post(path, data=" " * 1001, content_type=kind, headers=token), 413)


@pytest.mark.parametrize(
    ("query", "parameters", "expected"),
    [
        ("SELECT * {}", "", None),
        ("SELECT * {}", "&format=csv", 'inline; filename="answer.csv"'),
        ("SELECT * {}", "&format=json&download", 'attachment; filename="answer.srj"'),
        ("DESCRIBE <a>", "&download=1", 'attachment; filename="answer.ttl"'),
        ("ASK {}", "&format=xml", 'inline; filename="answer.srx"'),
    ],
)
def test_file_has_a_name(
    small: FlaskClient, query: str, parameters: str, expected: str | None
) -> None:
    response = small.get(f"/sparql?query={query}{parameters}")
    assert response.headers.get("Content-Disposition") == expected
