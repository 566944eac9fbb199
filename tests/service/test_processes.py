"""Whatever process is killed, the service is there again; nothing outlives its parent."""

import contextlib
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from tests.service.conftest import Serve, Served, asked

POINT = "SELECT ?p ?o { <id/testomab> ?p ?o } ORDER BY ?p ?o"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize("part", ["keeper", "server", "executor"])
def test_a_process_that_is_killed_is_replaced(serve: Serve, part: str) -> None:
    served = serve("--workers", "2")
    expected = served.ask(POINT).body
    for _ in range(3):
        victim = served.tree()[part][0]
        os.kill(victim, signal.SIGKILL)
        served.until(lambda gone=victim: not alive(gone))  # type: ignore[misc]
        served.until(served.answers)
        assert served.ask(POINT).body == expected
        served.until(lambda: len(served.tree()["server"]) == 2)


def test_nothing_outlives_the_first_process(serve: Serve) -> None:
    served = serve("--workers", "2")
    everyone = [pid for pids in served.tree().values() for pid in pids]
    assert len(everyone) >= 5
    served.process.kill()
    served.process.wait()
    end = time.monotonic() + 5
    while any(map(alive, everyone)):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_service_starts_again_at_the_same_address_at_once(serve: Serve) -> None:
    served = serve()
    for _ in range(2):
        served.process.kill()
        served.process.wait()
        served.start()
        assert served.answers()


def test_an_executor_that_is_killed_takes_no_query_with_it(serve: Serve) -> None:
    served = serve()
    expected = served.ask(POINT).body
    over = threading.Event()
    wrong: list[object] = []

    def ask_on() -> None:
        while not over.is_set():
            reply = served.ask(POINT)
            if reply.body != expected:
                wrong.append(reply)

    asking = [threading.Thread(target=ask_on) for _ in range(3)]
    for each in asking:
        each.start()
    for _ in range(10):
        for pid in served.tree()["executor"][:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)
    over.set()
    for each in asking:
        each.join()
    assert wrong == []


def test_a_stop_lets_running_answers_end(serve: Serve) -> None:
    served = serve()
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 200000"
    whole = served.ask(query, "csv").body
    bodies: list[bytes] = []
    thread = threading.Thread(target=lambda: bodies.append(served.ask(query, "csv").body))
    thread.start()
    served.until(lambda: served.counts()["drugkg_queries_total"] >= 3)
    assert served.stop() == 0
    thread.join()
    assert bodies == [whole]


def test_a_stop_waits_no_longer_than_its_grace(serve: Serve) -> None:
    served = serve("--grace", "0.3")
    thread = threading.Thread(target=lambda: _ended(served))
    thread.start()
    served.until(lambda: served.counts()["drugkg_running"] >= 1)
    start = time.monotonic()
    assert served.stop() == 0
    assert time.monotonic() - start < 5
    thread.join()


def _ended(served: Served) -> None:
    with contextlib.suppress(OSError, EOFError):
        served.ask(SLOW)


def test_a_worker_of_many_answers_each_connection(serve: Serve) -> None:
    served = serve("--workers", "3")
    paths = {served.get(asked(POINT)).status for _ in range(30)}
    assert paths == {200}
    served.until(lambda: len(served.tree()["server"]) == 3)
