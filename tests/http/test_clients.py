"""Do the clients that people have get along with the server?"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore
from SPARQLWrapper import CSV, JSON, N3, POST, RDFXML, XML, SPARQLWrapper

from tests.conformance.server import TOKEN, Server, running
from tests.node import npm

E = "http://e/"
DATA = f"INSERT DATA {{ GRAPH <{E}g> {{ <{E}a> <{E}p> 1, 'zwei'@de . <{E}b> <{E}p> <{E}a> }} }}"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running("--empty") as server:
        assert server.update(DATA).status == 204
        yield server


def asked(server: Server, query: str, form: str) -> Any:  # noqa: ANN401 (as the client has it)
    client = SPARQLWrapper(f"{server.address}/sparql")
    client.setQuery(query)
    client.setReturnFormat(form)
    return client.query().convert()


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # used by the client
def test_sparqlwrapper_asks(server: Server) -> None:
    query = f"SELECT ?o {{ <{E}a> ?p ?o }}"
    rows = asked(server, query, JSON)["results"]["bindings"]
    assert {row["o"]["value"] for row in rows} == {"1", "zwei"}
    assert len(asked(server, query, XML).getElementsByTagName("result")) == 2
    assert asked(server, query, CSV).startswith(b"o\r\n")
    assert asked(server, "ASK {}", JSON)["boolean"] is True
    assert b"zwei" in asked(server, f"DESCRIBE <{E}a>", N3)
    assert len(asked(server, f"DESCRIBE <{E}a>", RDFXML)) == 2


def test_sparqlwrapper_updates(server: Server) -> None:
    client = SPARQLWrapper(f"{server.address}/sparql", updateEndpoint=f"{server.address}/update")
    client.addCustomHttpHeader("Authorization", f"Bearer {TOKEN}")
    client.setMethod(POST)
    client.setQuery(f"INSERT DATA {{ GRAPH <{E}w> {{ <{E}c> <{E}p> 3 }} }}")
    client.query()
    assert asked(server, f"ASK {{ <{E}c> <{E}p> 3 }}", JSON)["boolean"] is True


def test_rdflib_asks(server: Server) -> None:
    graph = Graph(SPARQLStore(f"{server.address}/sparql"))
    rows = graph.query(f"SELECT ?o {{ <{E}a> <{E}p> ?o }}")
    assert {row[0] for row in rows} == {Literal(1), Literal("zwei", lang="de")}  # type: ignore[index]
    assert (URIRef(E + "b"), URIRef(E + "p"), URIRef(E + "a")) in graph
    named = Graph(SPARQLStore(f"{server.address}/sparql"), URIRef(E + "g"))
    assert set(named.objects(URIRef(E + "b"))) == {URIRef(E + "a")}


def test_rdflib_writes(server: Server) -> None:
    store = SPARQLUpdateStore(
        f"{server.address}/sparql",
        f"{server.address}/update",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    graph = Graph(store, URIRef(E + "rdflib"))
    triple = (URIRef(E + "s"), URIRef(E + "p"), Literal("o"))
    graph.add(triple)
    assert triple in graph
    graph.remove(triple)
    assert triple not in graph


def curl(*arguments: str) -> str:
    found = shutil.which("curl")
    if found is None:
        pytest.skip("curl is not installed")
    command = [found, "--silent", "--show-error", "--fail-with-body", *arguments]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def test_curl_asks_and_writes(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "mine.ttl"
    file.write_text(f"<{E}file> <{E}p> 1 .", encoding="utf-8")
    token = f"Authorization: Bearer {TOKEN}"
    place = f"{server.address}/graphs?graph={E}mine"
    curl("-X", "PUT", "-H", token, "-H", "Content-Type: text/turtle", "-T", str(file), place)
    assert f"<{E}file>" in curl("-H", "Accept: application/n-triples", place)
    curl("-X", "POST", "-H", token, "-F", f"file=@{file};type=text/turtle", place)
    query = f"query=ASK {{ GRAPH <{E}mine> {{ <{E}file> ?p ?o }} }}"
    answer = curl("-G", "--compressed", f"{server.address}/sparql", "--data-urlencode", query)
    assert json.loads(answer)["boolean"] is True
    curl("-X", "DELETE", "-H", token, place)
    assert curl("-o", "-", "-I", f"{server.address}/sparql").startswith("HTTP/1.1 200")


@pytest.mark.comunica
def test_comunica_asks(server: Server, tmp_path: Path) -> None:
    command = npm()
    node = shutil.which("node")
    assert node is not None
    flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(tmp_path)]
    subprocess.run([*command, "install", *flags, "@comunica/query-sparql@4.5.0"], check=True)
    program = tmp_path / "node_modules" / "@comunica" / "query-sparql" / "bin" / "query.js"
    source = f"sparql@{server.address}/sparql"
    query = f"SELECT ?o {{ <{E}a> <{E}p> ?o }} ORDER BY ?o"
    command = [node, str(program), source, query, "-t", "application/sparql-results+json"]
    answer = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    rows = json.loads(answer)["results"]["bindings"]
    assert {row["o"]["value"] for row in rows} == {"1", "zwei"}
