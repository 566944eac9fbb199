"""Does an engine hold a release after a push, whatever it held before, or is the push refused?"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from api import create_app
from api.config import Settings
from kg import engines
from kg import release as releases
from kg.engines import RemoteStore, record
from kg.engines.push import held, push
from kg.errors import EngineNotReadyError, PushError
from kg.executors.limits import Limits
from kg.store import Store
from tests.engines import servers

pytestmark = pytest.mark.engines


def silent(_: str) -> None:
    pass


@pytest.fixture
def empty() -> Iterator[RemoteStore]:
    with servers.oxigraph() as address:
        yield engines.open_engine(address)


def test_second_push_sends_nothing(empty: RemoteStore, small_release: Path) -> None:
    first = push(empty.endpoint, small_release, silent)
    second = push(empty.endpoint, small_release, silent)
    assert (first.sent, first.kept) == (4, 0)
    assert (second.sent, second.kept) == (0, 4)
    assert empty.manifest == releases.Manifest.read(small_release)


def test_broken_push_goes_on_where_it_was(empty: RemoteStore, small_release: Path) -> None:
    push(empty.endpoint, small_release, silent)
    record.erase(empty.endpoint)
    empty.endpoint.update("DROP DEFAULT")
    graph = min(releases.Manifest.read(small_release).graphs)
    empty.endpoint.update(f"DELETE WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
    with pytest.raises(EngineNotReadyError):
        empty.query("ASK { }")
    done = push(empty.endpoint, small_release, silent)
    assert (done.sent, done.kept) == (1, 3)


def test_changed_triple_is_found_and_mended(empty: RemoteStore, small_release: Path) -> None:
    push(empty.endpoint, small_release, silent)
    graph = min(releases.Manifest.read(small_release).graphs)
    before = held(empty.endpoint, ox.NamedNode(graph))
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    empty.endpoint.update(
        f"WITH <{graph}> DELETE {{ ?s ?p ?o }} INSERT {{ ?s ?p 'x' }} "
        f"WHERE {{ ?s {label} ?o ; ?p ?o }}"
    )
    assert held(empty.endpoint, ox.NamedNode(graph)) != before
    push(empty.endpoint, small_release, silent)
    assert held(empty.endpoint, ox.NamedNode(graph)) == before


def test_graph_of_an_older_release_goes(
    empty: RemoteStore, small_release: Path, small_store: Store, tmp_path: Path
) -> None:
    push(empty.endpoint, small_release, silent)
    engine = ox.Store()
    engine.extend(quad for quad in small_store.quads() if "conflicts" not in str(quad.graph_name))
    releases.write(tmp_path / "newer", engine, {})
    done = push(empty.endpoint, tmp_path / "newer", silent)
    assert (done.sent, done.kept, done.dropped) == (0, 3, 1)
    assert held(empty.endpoint, None).count == len(engine) - 1  # one triple stands in two graphs


def test_engine_with_data_of_others_is_refused(empty: RemoteStore, small_release: Path) -> None:
    empty.endpoint.update("INSERT DATA { <http://e/s> <http://e/p> 1 }")
    with pytest.raises(PushError, match="not ours"):
        push(empty.endpoint, small_release, silent)


def test_pages_and_guards_run_on_top(oxigraph: RemoteStore, release: Path, store: Store) -> None:
    far = create_app(Settings(release=release), oxigraph).test_client()
    near = create_app(Settings(release=release), store).test_client()
    for path in ("/id/kesimpta.ttl", "/drugs", "/queries", "/search?q=cold+sore"):
        assert far.get(path).status_code == near.get(path).status_code == 200, path
    assert far.get("/search?q=cold+sore").json == near.get("/search?q=cold+sore").json
    assert far.get("/sparql?query=ASK{SERVICE<http://e/>{}}").status_code == 403
    assert far.get("/sparql?query=SELEC").get_json() == near.get("/sparql?query=SELEC").get_json()
    about = far.get("/health").get_json()["engine"]
    assert about["profile"] == "oxigraph"
    assert any("deadline" in each for each in about["cannot"])


@pytest.mark.parametrize(
    ("limits", "query", "kind"),
    [
        (Limits(max_rows=3), "SELECT ?s { ?s ?p ?o }", "too-many-rows"),
        (Limits(max_rows=3), "CONSTRUCT WHERE { ?s ?p ?o }", "too-many-rows"),
        (Limits(max_bytes=99), "SELECT ?s { ?s ?p ?o }", "too-many-bytes"),
        (Limits(max_bytes=99), "CONSTRUCT WHERE { ?s ?p ?o }", "too-many-bytes"),
    ],
)
def test_answers_beyond_a_limit_are_refused_whole(
    empty: RemoteStore, small_release: Path, limits: Limits, query: str, kind: str
) -> None:
    push(empty.endpoint, small_release, silent)
    store = RemoteStore(empty.endpoint, limits)
    client = create_app(Settings(release=small_release), store).test_client()
    answer = client.get("/sparql", query_string={"query": query})
    assert answer.status_code == 503
    assert answer.get_json()["type"].endswith(f"#{kind}")
    few = client.get("/sparql", query_string={"query": "ASK { ?s ?p ?o }"})
    assert few.status_code == 200


def test_deadline_is_a_problem(empty: RemoteStore, small_release: Path) -> None:
    push(empty.endpoint, small_release, silent)
    address = replace(empty.endpoint.address, seconds=0.3)
    client = create_app(
        Settings(release=small_release), RemoteStore(engines.Endpoint(address))
    ).test_client()
    slow = "SELECT (COUNT(*) AS ?count) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
    answer = client.get("/sparql", query_string={"query": slow})
    assert answer.status_code == 504
    assert answer.get_json()["type"].endswith("#engine-timeout")
