"""Another release takes the place of the one that is served; no request is lost by that."""

import http.client
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import release as releases
from tests.service.conftest import PATIENCE, Serve, Served, asked, reload

POINT = "SELECT ?p ?o { <id/testomab> ?p ?o } ORDER BY ?p ?o"
IS_NEW = "ASK { <urn:new> ?p ?o }"
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 200000"


class Place:
    """Hold a release that can be made anew where it is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = ox.Store()
        small = Path(__file__).parents[1] / "small.trig"
        self.engine.load(path=small, format=ox.RdfFormat.TRIG)
        self.write()

    def write(self) -> None:
        releases.write(self.folder, self.engine, {})

    def renew(self) -> None:
        new = ox.NamedNode("urn:new")
        self.engine.add(ox.Quad(new, ox.NamedNode("urn:p"), ox.Literal("o"), ox.NamedNode("urn:g")))
        self.write()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "release")


@contextmanager
def connected(served: Served) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, PATIENCE)
    connection.connect()
    try:
        yield connection
    finally:
        connection.close()


def answered(connection: http.client.HTTPConnection, query: str) -> tuple[int, bytes, bool]:
    connection.request("GET", asked(query))
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.will_close


@contextmanager
def busy(served: Served, *, kept: bool) -> Iterator[Counter[str]]:
    """Ask the same from several threads meanwhile, and count what came that is no answer."""
    expected = (200, served.ask(POINT).body)
    over = threading.Event()
    wrong: Counter[str] = Counter()

    def ask_on() -> None:
        while not over.is_set():
            with connected(served) as connection:
                closed = False
                while not (closed or over.is_set()):
                    try:
                        *answer, closed = answered(connection, POINT)
                    except (OSError, http.client.HTTPException) as error:
                        wrong[repr(error)] += 1
                        break
                    if tuple(answer) != expected:
                        wrong[repr(answer)] += 1
                    closed = closed or not kept

    asking = [threading.Thread(target=ask_on) for _ in range(3)]
    for each in asking:
        each.start()
    try:
        yield wrong
    finally:
        over.set()
        for each in asking:
            each.join()


@pytest.mark.parametrize("connections", ["new", "kept"])
def test_a_new_release_is_served_without_a_query_lost(
    serve: Serve, place: Place, connections: str
) -> None:
    served = serve("--workers", "2", release=place.folder)
    old = served.ask(IS_NEW).body
    with busy(served, kept=connections == "kept") as wrong:
        place.renew()
        done = reload(served)
    assert done.returncode == 0, done.stderr
    assert wrong == {}
    assert served.ask(IS_NEW).body != old
    assert json.loads(served.get("/health").body)["quads"] == len(place.engine)


def test_a_connection_without_a_request_yet_is_answered_after_a_switch(
    serve: Serve, place: Place
) -> None:
    served = serve("--grace", "120", release=place.folder)
    whole = served.ask(POINT).body
    with connected(served) as connection:
        assert reload(served).returncode == 0
        assert answered(connection, POINT) == (200, whole, True)


def test_a_kept_connection_is_told_its_last_answer_after_a_switch(
    serve: Serve, place: Place
) -> None:
    served = serve("--grace", "120", release=place.folder)
    with connected(served) as connection:
        status, whole, closed = answered(connection, POINT)
        assert (status, closed) == (200, False)
        assert reload(served).returncode == 0
        assert answered(connection, POINT) == (200, whole, True)
        assert connection.sock is None  # the client heard it, and asks by a new one


def test_no_connection_gets_the_old_release_once_the_switch_is_told(
    serve: Serve, place: Place
) -> None:
    served = serve("--workers", "2", release=place.folder)
    with connected(served):  # keeps an old worker
        old = served.ask(IS_NEW).body
        place.renew()
        assert reload(served).returncode == 0
        assert old not in {served.ask(IS_NEW).body for _ in range(50)}


def test_an_answer_that_is_being_sent_ends_whole_beside_a_switch(
    serve: Serve, place: Place
) -> None:
    served = serve("--grace", "120", release=place.folder)
    whole = served.ask(LONG, "csv").body
    with connected(served) as connection:
        connection.request("GET", asked(LONG, "csv"))
        answer = connection.getresponse()
        first = answer.read(1000)
        assert reload(served).returncode == 0
        assert first + answer.read() == whole


def test_the_old_processes_end_when_no_connection_is_left(serve: Serve, place: Place) -> None:
    served = serve("--workers", "2", "--grace", "120", release=place.folder)
    with connected(served):
        assert reload(served).returncode == 0
        assert len(served.tree()["keeper"]) == 2
    served.until(lambda: len(served.tree()["keeper"]) == 1)
    served.until(lambda: len(served.tree()["server"]) == 2)  # the new ones may just have started


def test_a_silent_connection_is_closed_after_half_the_grace(serve: Serve, place: Place) -> None:
    served = serve("--grace", "1", release=place.folder)
    with connected(served) as connection:
        assert reload(served).returncode == 0
        assert connection.sock.recv(1) == b""


def test_a_stop_waits_for_no_silent_connection(serve: Serve, place: Place) -> None:
    served = serve("--grace", "120", release=place.folder)
    with connected(served):
        assert reload(served).returncode == 0
        assert served.stop() == 0


def test_a_release_that_cannot_be_served_leaves_the_old_one(serve: Serve, place: Place) -> None:
    served = serve(release=place.folder)
    (place.folder / releases.MANIFEST).write_text("{}")
    done = reload(served)
    assert done.returncode == 1
    assert "cannot be served" in done.stderr
    assert served.answers()


def test_reload_says_when_nothing_runs(serve: Serve) -> None:
    served = serve()
    served.stop()
    done = reload(served)
    assert done.returncode == 1
    assert "no service runs" in done.stderr
