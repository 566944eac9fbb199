"""Does a write leave an engine elsewhere as it leaves our own store, or is it refused by both?

Virtuoso is written to in parts (writes=parts), oxigraph at once.
python -m pytest -m engines tests/engines/test_writing.py
"""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from api import create_app
from api.config import Settings
from kg.engines import WritableRemoteStore, open_writable_engine
from kg.engines.push import held, push
from kg.engines.record import RECORD
from kg.engines.state import WRITTEN
from kg.errors import KgError, UnevaluableQueryError
from kg.release import Manifest
from kg.store import Dataset, WritableStore
from kg.terms import GENID
from kg.writable import open_writable
from tests.engines import servers
from tests.engines.deviations import UPDATES as DEVIATIONS
from tests.engines.updates import LITERALS, UPDATES

pytestmark = pytest.mark.engines
TOKEN = "of-the-tests"  # noqa: S105 (of a server that ends with them)
BEARER = {"Authorization": f"Bearer {TOKEN}"}
A, B = ox.NamedNode("http://e/a"), ox.NamedNode("http://e/b")
START = (
    "INSERT DATA { GRAPH <http://e/a> { <http://e/s> <http://e/p> 1, 2, 'drei'@de ; "
    "<http://e/q> <http://e/t> . <http://e/t> <http://e/p> 2 } "
    "GRAPH <http://e/b> { <http://e/s> <http://e/p> 2, 4 } }"
)


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def address(
    request: pytest.FixtureRequest, small_release: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    started = (
        servers.oxigraph()
        if request.param == "oxigraph"
        else servers.virtuoso(tmp_path_factory.mktemp("written"))
    )
    with started as address:
        place = address if request.param == "oxigraph" else f"{address}&writes=parts"
        push(open_writable_engine(place).endpoint, small_release, lambda _: None)
        yield place


@pytest.fixture
def far(address: str) -> WritableRemoteStore:
    """Return the engine with the small release, and two graphs of clients."""
    store = open_writable_engine(address)
    for graph in sorted(set(store.graphs()) - set(store.manifest.graphs)):
        store.delete_graph(ox.NamedNode(graph))
    store.update(START)
    return store


@pytest.fixture
def near(small_release: Path) -> WritableStore:
    store = open_writable(small_release)
    store.update(START)
    return store


@pytest.fixture
def client(far: WritableRemoteStore, small_release: Path) -> FlaskClient:
    settings = Settings(release=small_release, update_token=TOKEN)
    return create_app(settings, far).test_client()


def content(store: WritableStore) -> set[str]:
    """Return every quad, whatever IRI a blank node was given."""
    return {"_" if GENID in str(quad) or "_:" in str(quad) else str(quad) for quad in store.quads()}


def is_the_union(store: WritableRemoteStore) -> bool:
    graph = ox.Store()
    graph.extend(ox.Quad(*quad.triple) for quad in store.quads())
    expected = {quad.triple for quad in graph}
    return {quad.triple for quad in store.content(None)} == expected


def outcome(store: WritableStore, text: str, using: Dataset) -> type[KgError] | None:
    try:
        store.update(text, using=using)
    except KgError as error:
        return type(error)
    return None


@pytest.mark.parametrize("name", UPDATES)
def test_update(far: WritableRemoteStore, near: WritableStore, name: str) -> None:
    text, using = UPDATES[name]
    before = content(far)
    reason = DEVIATIONS.get((far.profile.name, name)) or DEVIATIONS.get(("any", name))
    found, expected = outcome(far, text, using), outcome(near, text, using)
    if reason is None:
        assert found == expected
        assert content(far) == content(near)
    else:
        assert found is not None
        assert found != expected, f"{name} no longer deviates: {reason}"
        assert content(far) == before
    assert is_the_union(far)


@pytest.mark.parametrize("literal", LITERALS)
def test_literal_comes_and_goes(far: WritableRemoteStore, literal: str) -> None:
    triple = f"<http://e/l> <http://e/p> {literal}"
    far.update(f"INSERT DATA {{ GRAPH {A} {{ {triple} }} }}")
    assert len(list(far.quads(ox.NamedNode("http://e/l")))) == 1
    far.update(f"DELETE DATA {{ GRAPH {A} {{ {triple} }} }}")
    assert not list(far.quads(ox.NamedNode("http://e/l")))
    assert is_the_union(far)


def test_version_changes_with_each_write_and_other_servers_notice(
    far: WritableRemoteStore, address: str
) -> None:
    first, other = far.version, open_writable_engine(address)
    assert other.version == first
    far.update(f"INSERT DATA {{ GRAPH {A} {{ <http://e/n> <http://e/p> 1 }} }}")
    second = far.version
    far.update(f"INSERT DATA {{ GRAPH {A} {{ <http://e/n> <http://e/p> 2 }} }}")
    assert len({first, second, far.version}) == 3
    other.refresh()
    assert other.version == far.version
    assert other.has_graph(A)


def test_graphs_of_the_release_and_of_others_stay(far: WritableRemoteStore) -> None:
    far.endpoint.update("INSERT DATA { GRAPH <http://e/theirs> { <http://e/x> <http://e/p> 1 } }")
    names = [min(far.manifest.graphs), RECORD.value, WRITTEN.value, "http://e/theirs"]
    if far.profile.union:
        names.append(far.profile.union)
    for name in names:
        before = held(far.endpoint, ox.NamedNode(name))
        data = f"{{ GRAPH <{name}> {{ <http://e/s> <http://e/p> 1 }} }}"
        with pytest.raises(KgError, match="of your own"):
            far.update(f"INSERT DATA {data}")
        with pytest.raises(KgError, match="of your own"):
            far.put_graph(ox.NamedNode(name), b"", ox.RdfFormat.TURTLE, merge=False)
        assert held(far.endpoint, ox.NamedNode(name)) == before
    far.endpoint.update("DROP SILENT GRAPH <http://e/theirs>")


def test_writable_all_lets_graphs_of_the_release_go(address: str, small_release: Path) -> None:
    store = open_writable_engine(address, writable_all=True)
    graph = ox.NamedNode(min(store.manifest.graphs))
    assert store.delete_graph(graph)
    assert not store.has_graph(graph)
    assert is_the_union(store)
    done = push(store.endpoint, small_release, lambda _: None)
    store.refresh()
    assert done.sent == 1
    assert store.has_graph(graph)
    assert is_the_union(store)


def test_push_keeps_what_clients_wrote(far: WritableRemoteStore, small_release: Path) -> None:
    push(far.endpoint, small_release, lambda _: None)
    far.refresh()
    assert far.manifest == Manifest.read(small_release)
    assert {A.value, B.value} <= far.graphs()
    assert is_the_union(far)


def test_many_triples_in_one_document(far: WritableRemoteStore) -> None:
    lines = (f'<http://e/{i // 3}> <http://e/p> "{i} ü"@de .' for i in range(5000))
    graph = ox.NamedNode("http://e/many")
    assert far.put_graph(graph, "\n".join(lines).encode(), ox.RdfFormat.TURTLE, merge=False)
    assert held(far.endpoint, graph).count == 5000
    assert not far.put_graph(graph, b"<#a> <#b> <#c> .", ox.RdfFormat.TURTLE, merge=False)
    assert held(far.endpoint, graph).count == 1
    assert is_the_union(far)


def test_graph_store_protocol(client: FlaskClient) -> None:
    place = "/graphs?graph=http://e/new"
    turtle = {"Content-Type": "text/turtle", **BEARER}
    assert client.get(place).status_code == 404
    made = client.put(place, data="<http://e/x> <http://e/p> [ <http://e/q> 1 ] .", headers=turtle)
    assert made.status_code == 201
    found = client.get(place, headers={"Accept": "application/n-triples"})
    assert found.data.count(b"\n") == 2
    assert GENID.encode() in found.data
    put = client.put(place, data="<http://e/x> <http://e/p> 2 .", headers=turtle)
    assert put.status_code == 204
    assert (
        client.post(place, data="<http://e/x> <http://e/p> 3 .", headers=turtle).status_code == 204
    )
    patch = {"Content-Type": "application/sparql-update", **BEARER}
    text = "DELETE { ?s ?p 2 } INSERT { ?s ?p 5 } WHERE { ?s ?p 2 }"
    assert client.patch(place, data=text, headers=patch).status_code == 204
    values = client.get(place, headers={"Accept": "application/n-triples"}).data
    assert (b'"3"' in values, b'"5"' in values, b'"2"' in values) == (True, True, False)
    ask = "/sparql?query=ASK{<http://e/x> <http://e/p> 5}"
    assert client.get(ask, headers={"Accept": "application/sparql-results+json"}).json == {
        "head": {},
        "boolean": True,
    }
    assert client.delete(place, headers=BEARER).status_code == 204
    assert client.delete(place, headers=BEARER).status_code == 404
    assert client.get(place).status_code == 404
    assert client.put(place, data="<a> <b>", headers=turtle).status_code == 400
    assert client.put(place, data="").status_code == 401
    assert client.put("/graphs?default", data="<#a> <#b> 1 .", headers=turtle).status_code == 403


def test_one_problem_for_each_refusal(client: FlaskClient, small_release: Path) -> None:
    def refused(text: str) -> tuple[int, str]:
        answer = client.post("/update", data={"update": text}, headers=BEARER)
        assert answer.content_type == "application/problem+json"
        assert answer.json is not None
        return answer.status_code, answer.json["type"].rpartition("#")[2]

    release = min(Manifest.read(small_release).graphs)
    triple = "<http://e/s> <http://e/p> 1"
    assert refused("INSERT") == (400, "malformed-query")
    assert refused(f"INSERT DATA {{ {triple} }}") == (403, "write-refused")
    assert refused(f"INSERT DATA {{ GRAPH <{release}> {{ {triple} }} }}") == (403, "write-refused")
    assert refused("LOAD <http://e/x>") == (403, "write-refused")
    assert refused("DROP GRAPH <http://e/none>") == (409, "conflict")
    service = (
        f"INSERT {{ GRAPH {A} {{ ?s ?p ?o }} }} WHERE {{ SERVICE <http://e/> {{ ?s ?p ?o }} }}"
    )
    assert refused(service) == (403, "service-refused")
    two = f"INSERT DATA {{ GRAPH {A} {{ {triple} }} }} ; DELETE WHERE {{ GRAPH {A} {{ ?s ?p 1 }} }}"
    assert refused(two) == (501, "engine-cannot")


def test_health_says_how_it_is_written_to(client: FlaskClient, far: WritableRemoteStore) -> None:
    about = client.get("/health").get_json()["engine"]
    assert ("whole" in about["writes"]) == (far.profile.name == "oxigraph")
    assert about["lastWriteIsWhole"] is True


def test_engine_that_promises_nothing_is_not_written_to(address: str) -> None:
    store = open_writable_engine(f"{address}&writes=none")
    with pytest.raises(KgError, match="whole or not at all"):
        store.update(START)
    assert "off" in str(store.about["writes"])


def test_two_servers_do_not_undo_each_other(address: str) -> None:
    if "oxigraph" not in address:
        pytest.skip("only one server may write to an engine that is written to in parts")
    one, two = open_writable_engine(address), open_writable_engine(address)
    one.update(START)
    assert two.version  # and now it is believed for five seconds
    for number in range(3):
        for store in (one, two):
            name = f"<http://e/{number}-{store is one}>"
            store.update(f"INSERT DATA {{ GRAPH {A} {{ {name} <http://e/p> 1 }} }}")
    assert len(list(one.quads(None, ox.NamedNode("http://e/p"), ox.Literal(1)))) == 7
    assert is_the_union(one)


def test_request_is_whole_or_not_at_all_at_oxigraph(far: WritableRemoteStore) -> None:
    if far.profile.name != "oxigraph":
        pytest.skip("Virtuoso does not promise it")
    graph = f"GRAPH {A} {{ <http://e/half> <http://e/p> 1 }}"
    with pytest.raises(UnevaluableQueryError):
        far.endpoint.update(f"INSERT DATA {{ {graph} }} ; CREATE GRAPH {A}")
    assert not list(far.quads(ox.NamedNode("http://e/half")))


def test_half_made_write_is_told_and_mended_by_the_next(
    far: WritableRemoteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    if far.profile.name != "virtuoso":
        pytest.skip("oxigraph is written to at once")
    sent = far.endpoint.update
    calls = []

    def breaks(text: str) -> None:
        calls.append(text)
        if len(calls) == 5:
            raise UnevaluableQueryError("the engine answers 500")
        sent(text)

    lines = "\n".join(f"<http://e/h{i}> <http://e/p> {i} ." for i in range(2500))
    monkeypatch.setattr(far.endpoint, "update", breaks)
    with pytest.raises(KgError, match="a part of the write"):
        far.put_graph(A, lines.encode(), ox.RdfFormat.TURTLE, merge=True)
    monkeypatch.undo()
    assert not far.about["lastWriteIsWhole"]
    far.put_graph(A, lines.encode(), ox.RdfFormat.TURTLE, merge=True)
    assert far.state.is_whole
    assert is_the_union(far)
