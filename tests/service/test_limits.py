"""A query that costs too much ends, alone, and says so; no cut answer looks whole."""

import http.client
import socket
import threading
import time

import pytest

from kg.terms import ID
from tests.service.conftest import PATIENCE, Serve, asked

GROWING = " ".join(f"BIND(CONCAT({','.join([f'?x{n}'] * 10)}) AS ?x{n + 1})" for n in range(9))
BOMB = f'SELECT (STRLEN(?x9) AS ?n) {{ BIND("aaaaaaaaaa" AS ?x0) {GROWING} }}'
MANY = " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(12))
ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {MANY} }}"
LONG = f"SELECT * {{ {MANY} }}"
NESTED = f"SELECT * {{ ?s ?p {'(' * 400}{')' * 400} }}"
POINT = "SELECT ?p ?o { <id/testomab> ?p ?o } ORDER BY ?p ?o"


@pytest.mark.parametrize("query", [ENDLESS, f"SELECT ?a1 {{ {MANY} }} ORDER BY ?c1 ?c2"])
def test_a_query_is_ended_at_the_deadline(serve: Serve, query: str) -> None:
    served = serve("--deadline", "0.5", "--query-memory", "4000")
    reply = served.ask(query)
    assert reply.status == 503
    assert reply.problem() == "deadline"
    assert b"0.5 seconds" in reply.body
    assert served.answers()


def test_a_query_that_takes_too_much_memory_is_ended(serve: Serve) -> None:
    served = serve("--query-memory", "64")
    reply = served.ask(BOMB)
    assert (reply.status, reply.problem()) == (503, "memory")
    assert b"67,108,864 bytes" in reply.body
    assert served.answers()


def test_text_that_a_lookup_makes_longer_and_longer_takes_no_worker_with_it(serve: Serve) -> None:
    """It is of one solution, and was evaluated where nothing bounds its memory."""
    served = serve("--query-memory", "64")
    longer = "?name"
    for _ in range(5):
        longer = f'REPLACE({longer}, ".", "{"x" * 100}")'
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    query = f"SELECT (STRLEN({longer}) AS ?n) {{ <{ID}testomab> {label} ?name }}"
    reply = served.ask(query)
    assert (reply.status, reply.problem()) == (503, "memory")


def test_a_long_answer_that_fails_breaks_the_connection(serve: Serve) -> None:
    served = serve("--deadline", "0.7")
    with pytest.raises(http.client.IncompleteRead):
        served.ask(LONG, "csv")
    assert served.counts()["drugkg_cut_total"] == 1


def test_no_end_of_a_chunked_body_is_sent_for_a_cut_answer(serve: Serve) -> None:
    served = serve("--deadline", "0.7")
    with socket.create_connection(("127.0.0.1", served.port), PATIENCE) as client:
        client.sendall(f"GET {asked(LONG, 'csv')} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        received = b""
        last = b""
        while part := client.recv(65536):
            received, last = received or part, (last + part)[-4000:]
    assert received.startswith(b"HTTP/1.1 200")
    assert b"transfer-encoding: chunked" in received.lower()
    assert not last.endswith(b"0\r\n\r\n")


def test_breaking_one_answer_leaves_the_others_of_that_client_alone(serve: Serve) -> None:
    served = serve("--deadline", "1", "--max-bytes", "40000000", "--workers", "1")
    whole = served.ask(POINT).body
    over = threading.Event()
    wrong: list[object] = []

    def ask_on() -> None:
        while not over.is_set():
            reply = served.ask(POINT)
            if reply.body != whole:
                wrong.append(reply)

    others = [threading.Thread(target=ask_on) for _ in range(4)]
    for each in others:
        each.start()
    for _ in range(3):
        with pytest.raises(http.client.IncompleteRead):
            served.ask(LONG, "csv")
    over.set()
    for each in others:
        each.join()
    assert wrong == []


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_rows_beyond_the_limit_are_an_error(serve: Serve, form: str) -> None:
    served = serve("--max-rows", "3")
    three = "SELECT * { VALUES ?x { 1 2 3 } }"
    assert served.ask(three, form).status == 200
    reply = served.ask("SELECT * { VALUES ?x { 1 2 3 4 } }", form)
    assert (reply.status, reply.problem()) == (503, "too-many-rows")


def test_triples_beyond_the_limit_are_an_error(serve: Serve) -> None:
    served = serve("--max-rows", "3")
    for form in ("ttl", "jsonld", "rdf"):
        reply = served.ask("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", form)
        assert (reply.status, reply.problem()) == (503, "too-many-rows")
        assert served.ask("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 3", form).status == 200


def test_bytes_beyond_the_limit_are_an_error(serve: Serve) -> None:
    served = serve("--max-bytes", "1000")
    reply = served.ask("SELECT * { ?s ?p ?o . ?a ?b ?c }")
    assert (reply.status, reply.problem()) == (503, "too-many-bytes")
    assert served.answers()


def test_reading_a_query_that_nests_deep_does_not_hold_up_others(serve: Serve) -> None:
    served = serve("--deadline", "2")
    replies: list[int] = []
    thread = threading.Thread(target=lambda: replies.append(served.ask(NESTED).status))
    thread.start()
    for _ in range(20):
        assert served.ask(POINT).status == 200
    thread.join()
    assert replies[0] in {400, 413, 503}


def test_beyond_what_runs_and_waits_a_query_is_refused_with_a_time_to_ask_again(
    serve: Serve,
) -> None:
    served = serve("--deadline", "4", "--demoted", "1", "--executors", "2")
    first = threading.Thread(target=lambda: served.ask(ENDLESS))
    first.start()
    served.until(lambda: served.counts()["drugkg_behind"] == 1)
    reply = served.ask(ENDLESS + "# another")
    assert (reply.status, reply.problem()) == (503, "busy")
    assert int(reply.headers["retry-after"]) >= 1
    assert served.ask(POINT).status == 200
    first.join()


def test_a_client_that_leaves_stops_its_query(serve: Serve) -> None:
    served = serve()
    client = socket.create_connection(("127.0.0.1", served.port), PATIENCE)
    client.sendall(f"GET {asked(LONG, 'csv')} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert client.recv(1000)
    served.until(lambda: served.counts()["drugkg_running"] >= 1)
    client.close()
    served.until(lambda: served.counts()["drugkg_behind"] == 0)


def test_a_reader_that_is_slow_keeps_no_executor(serve: Serve) -> None:
    served = serve("--deadline", "20")
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 300000"
    whole = served.ask(query, "csv").body
    assert len(whole) > 10_000_000
    with socket.create_connection(("127.0.0.1", served.port), PATIENCE) as client:
        client.sendall(f"GET {asked(query, 'csv')} HTTP/1.0\r\nHost: x\r\n\r\n".encode())
        served.until(lambda: served.counts()["drugkg_queries_total"] >= 2)
        time.sleep(0.1)
        served.until(lambda: served.counts()["drugkg_behind"] == 0)
        received = b""
        while part := client.recv(1 << 20):
            received += part
    assert received.partition(b"\r\n\r\n")[2] == whole
