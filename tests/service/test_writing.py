"""What was acknowledged is there after any crash, whole; what was not may be there, whole."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from api import formats
from kg.errors import DeadlineError, KgError, MalformedQueryError, WriteRefusedError, WritesOffError
from kg.executors.client import ExecutorStore
from kg.release import Manifest
from kg.store import ResultFormat
from tests.service.conftest import PATIENCE, children

CSV = ResultFormat("text/csv", formats.SOLUTIONS[2].syntax)
GRAPH = ox.NamedNode("urn:a")
SERVICE = """
import sys, time
from pathlib import Path
from kg.executors.counters import Counters
from kg.executors.limits import Limits
from kg.executors.overseer import COUNTERS
from kg.executors.service import Service
from kg.executors.supervisor import Supervisor

release, folder, journal, deadline = sys.argv[1:]
service = Service(
    release=Path(release),
    mode="auto",
    runtime=Path(folder),
    counters=Counters(COUNTERS, 4),
    serve=lambda slot, store, deaf: time.sleep(10_000),
    limits=Limits(deadline=float(deadline)),
    journal=Path(journal) if journal else None,
)
sys.exit(Supervisor(service, Path(folder, "note")).run())
"""


class Kept:
    """Hold a service without HTTP."""

    def __init__(self, release: Path, folder: Path, journal: str, deadline: float) -> None:
        self.folder = folder
        self._command = [sys.executable, "-c", SERVICE, str(release), str(folder), journal]
        self._command.append(str(deadline))
        self._manifest = Manifest.read(release)
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self._command)
        self.wait()

    def wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(KgError):
                self.store().query("ASK {}", solutions=CSV)
                return
            assert time.monotonic() < end
            time.sleep(0.01)

    def store(self) -> ExecutorStore:
        places = sorted(self.folder.glob("keeper-*"), key=lambda path: path.stat().st_mtime)
        place = places[-1] if places else self.folder / "nowhere"
        return ExecutorStore(place, ox.Store(), self._manifest, lambda: 0)

    def keeper(self) -> int:
        return children(self.process.pid)[0]

    def rows(self, pattern: str) -> list[str]:
        answer = self.store().query(f"SELECT * {{ {pattern} }} ORDER BY ?s", solutions=CSV)
        return b"".join(answer.chunks).decode().splitlines()[1:]

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)


Keep = Callable[..., Kept]


@pytest.fixture
def keep(small_release: Path, tmp_path: Path) -> Iterator[Keep]:
    started: list[Kept] = []

    def start(*, journal: bool = True, deadline: float = 30) -> Kept:
        place = str(tmp_path / "journal") if journal else ""
        started.append(Kept(small_release, tmp_path, place, deadline))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.stop()


def inserted(number: int) -> str:
    return (
        f"INSERT {{ GRAPH <urn:a> {{ <urn:{number}> <urn:t> ?t }} "
        f"GRAPH <urn:b> {{ <urn:{number}> <urn:t> ?t }} }} WHERE {{ BIND(STRUUID() AS ?t) }}"
    )


def test_a_query_that_follows_an_update_sees_it(keep: Keep) -> None:
    kept = keep()
    for number in range(5):
        kept.store().update(inserted(number))
        assert len(kept.rows("GRAPH <urn:a> { ?s ?p ?o }")) == number + 1
        assert len(kept.rows(f"<urn:{number}> ?p ?o")) == 1  # the union has it once


def test_graphs_can_be_put_merged_and_deleted(keep: Keep) -> None:
    store = keep().store()
    turtle = ox.RdfFormat.TURTLE
    assert store.put_graph(GRAPH, b"<urn:s> <urn:p> 1 .", turtle, merge=False)
    assert not store.put_graph(GRAPH, b"<urn:s> <urn:p> 2 .", turtle, merge=True)
    found = store.query("SELECT ?o { <urn:s> ?p ?o } ORDER BY ?o", solutions=CSV)
    assert b"".join(found.chunks) == b"o\r\n1\r\n2\r\n"
    long = b"".join(b"<urn:s%d> <urn:p> %d .\n" % (n, n) for n in range(20_000))
    assert not store.put_graph(GRAPH, long, turtle, merge=False)
    found = store.query("SELECT (COUNT(*) AS ?n) { GRAPH <urn:a> {?s ?p ?o}}", solutions=CSV)
    assert b"".join(found.chunks) == b"n\r\n20000\r\n"
    assert store.delete_graph(GRAPH)
    assert not store.delete_graph(GRAPH)


def test_an_update_that_is_refused_changes_nothing(keep: Keep) -> None:
    kept = keep()
    before = kept.rows("?s ?p ?o")
    with pytest.raises(MalformedQueryError):
        kept.store().update("INSERT DATA { <urn:s> }")
    with pytest.raises(WriteRefusedError, match="curated"):
        kept.store().update("INSERT DATA { GRAPH <urn:ok> { <urn:s> <urn:p> 1 } } ; CLEAR NAMED")
    assert kept.rows("?s ?p ?o") == before


def test_without_a_journal_nothing_can_be_written(keep: Keep) -> None:
    with pytest.raises(WritesOffError):
        keep(journal=False).store().update(inserted(1))


def test_an_update_that_takes_too_long_is_ended_and_others_go_on(keep: Keep) -> None:
    kept = keep(deadline=0.5)
    many = " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(9))
    with pytest.raises(DeadlineError):
        kept.store().update(
            f"INSERT {{ GRAPH <urn:a> {{ <urn:s> <urn:p> ?n }} }} "
            f"WHERE {{ SELECT (COUNT(*) AS ?n) {{ {many} }} }}"
        )
    assert kept.rows("GRAPH <urn:a> { ?s ?p ?o }") == []
    kept.store().update(inserted(1))
    assert len(kept.rows("GRAPH <urn:a> { ?s ?p ?o }")) == 1


def test_what_was_written_is_there_after_a_stop_and_after_a_kill(keep: Keep) -> None:
    kept = keep()
    kept.store().update(inserted(1))
    stated = kept.rows("GRAPH <urn:a> { ?s ?p ?o }")
    kept.stop()
    kept.start()
    assert kept.rows("GRAPH <urn:a> { ?s ?p ?o }") == stated
    kept.store().update(inserted(2))
    kept.process.kill()
    kept.process.wait()
    kept.start()
    assert kept.rows("GRAPH <urn:a> { ?s ?p ?o }") == kept.rows("GRAPH <urn:b> { ?s ?p ?o }")
    assert len(kept.rows("?s <urn:t> ?o")) == 2


@pytest.mark.parametrize("kills", [12, pytest.param(200, marks=pytest.mark.slow)])
def test_kills_at_random_moments_lose_no_acknowledged_update(keep: Keep, kills: int) -> None:
    kept = keep()
    chance = random.Random(kills)  # noqa: S311 (not for secrets)
    acknowledged: set[int] = set()
    over = threading.Event()

    def write() -> None:
        number = 0
        while not over.is_set():
            number += 1
            with contextlib.suppress(KgError, OSError):
                kept.store().update(inserted(number))
                acknowledged.add(number)

    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(kills):
        time.sleep(chance.uniform(0.01, 0.2))
        keeper = kept.keeper()
        victim = chance.choice([keeper, *children(keeper)])
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
        kept.wait()
    over.set()
    writer.join()
    one = kept.rows("GRAPH <urn:a> { ?s ?p ?o }")
    assert one == kept.rows("GRAPH <urn:b> { ?s ?p ?o }")
    names = [part.removeprefix("urn:") for row in one for part in row.split(",")]
    there = {int(name) for name in names if name.isdigit()}
    assert acknowledged <= there
    assert acknowledged
    assert len(one) == len(there)
    assert len(kept.rows("?s <urn:t> ?o")) == len(one)
