"""Is an answer kept only for those who would have got the same?"""

import gzip
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import brotli
import pytest
import zstandard
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from api import create_app
from api.cache import Cache
from api.config import Settings
from api.kept import Shelf, made
from kg.store import Store

ROOM = 1_000_000
ASK = "/sparql?query="
PACKED = {"Content-Encoding": "gzip"}


class Application:
    """Answer each request with a number one higher, as *headers* and *chunks* say."""

    def __init__(
        self,
        *headers: tuple[str, str],
        status: str = "200 OK",
        chunks: Callable[[int], Iterable[bytes]] = lambda turn: [b"answer %d" % turn],
    ) -> None:
        self.headers, self.status, self.chunks = headers, status, chunks
        self.turns = 0
        self.closed = 0

    def __call__(
        self, _: dict[str, Any], start_response: Callable[..., object]
    ) -> "Application.Body":
        self.turns += 1
        start_response(self.status, [("Content-Type", "text/plain"), *self.headers])
        return self.Body(self)

    class Body:
        def __init__(self, application: "Application") -> None:
            self.application = application
            self.turn = application.turns

        def __iter__(self) -> Iterator[bytes]:
            yield from self.application.chunks(self.turn)

        def close(self) -> None:
            self.application.closed += 1


class Versioned:
    """Be a store whose state has a name, which changes while it is asked if *moves* is true."""

    def __init__(self) -> None:
        self.version: str | None = "1"

    def __call__(self) -> str | None:
        return self.version


def cached(
    application: Application, *, room: int = ROOM, version: Callable[[], str | None] = str
) -> Client:
    return Client(Cache(application, version, room))


def said(response: TestResponse) -> str:
    return str(response.headers["Cache-Status"])


def test_an_answer_is_kept_and_says_so() -> None:
    application = Application()
    client = cached(application)
    first, second = client.get(ASK + "ASK{}"), client.get(ASK + "ASK{}")
    assert said(first) == "DrugKG; fwd=miss; stored"
    assert said(second) == "DrugKG; hit"
    assert first.data == second.data == b"answer 1"
    assert first.headers["ETag"] == second.headers["ETag"]
    assert second.headers["Content-Length"] == "8"
    assert application.turns == application.closed == 1


@pytest.mark.parametrize(
    "change",
    [
        {"path": ASK + "ASK{} "},
        {"path": "/sparql/?query=ASK{}"},
        {"headers": {"Accept": "text/csv"}},
        {"headers": {"Accept-Language": "de"}},
        {"headers": {"Accept-Encoding": "br"}},
        {"headers": {"Host": "other.example"}},
        {"headers": {"X-Forwarded-Proto": "https"}},
        {"method": "POST", "data": {"query": "ASK{}"}},
    ],
    ids=str,
)
def test_whatever_an_answer_may_depend_on_is_told_apart(change: dict[str, Any]) -> None:
    client = cached(Application(("ETag", '"a"')))
    client.get(ASK + "ASK{}")
    other = client.open(**{"path": ASK + "ASK{}", **change})
    assert other.data != b"answer 1"


@pytest.mark.parametrize("kind", ["application/sparql-query", "application/x-www-form-urlencoded"])
def test_a_query_that_is_posted_is_kept_by_its_body_and_type(kind: str) -> None:
    client = cached(Application())

    def asked(body: str) -> TestResponse:
        return client.post("/sparql", data=body, content_type=kind)

    assert asked("query=ASK{}").data == asked("query=ASK{}").data == b"answer 1"
    assert asked("query=ASK{ }").data == b"answer 2"


@pytest.mark.parametrize(
    "request_",
    [
        {"method": "POST", "path": "/sparql", "data": {"update": "CLEAR ALL"}},
        {"method": "POST", "path": "/sparql", "data": {"query": "ASK{}", "update": "CLEAR ALL"}},
        {"method": "POST", "path": "/sparql?%75pdate=CLEAR+ALL", "data": {"query": "ASK{}"}},
        {"method": "POST", "path": "/sparql", "data": "x", "content_type": "application/n-quads"},
        {"method": "POST", "path": "/reconcile", "data": {"query": "ASK{}"}},
        {"method": "PUT", "path": "/sparql"},
        {"method": "DELETE", "path": ASK + "ASK{}"},
        {"method": "OPTIONS", "path": ASK + "ASK{}"},
        {"method": "POST", "path": "/sparql", "data": {"query": "#" * 70_000}},
        {"path": ASK + "ASK{}", "headers": {"Authorization": "Bearer a"}},
        {"path": ASK + "ASK{}", "headers": {"Range": "bytes=0-1"}},
        {"method": "POST", "path": "/sparql", "data": {"query": "ASK{}"}, "headers": PACKED},
        {"path": ASK + "ASK{}", "headers": {"Cache-Control": "no-cache"}},
    ],
    ids=str,
)
def test_what_may_change_data_or_is_for_one_user_is_never_kept(request_: dict[str, Any]) -> None:
    application = Application(("ETag", '"a"'))
    client = cached(application)
    client.get(ASK + "ASK{}")
    assert client.open(**request_).data == b"answer 2"
    last = client.open(**request_)
    assert (last.data, said(last)) == (b"answer 3", "DrugKG; fwd=bypass")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (NOW() AS ?t) {}",
        "SELECT (now ( ) AS ?t) {}",
        "SELECT (RAND(#\n) AS ?r) {}",
        "SELECT (UUID() AS ?u) {}",
        "SELECT (StrUUID() AS ?u) {}",
        "SELECT (BNODE() AS ?b) {}",
        "SELECT (\\u004eOW() AS ?t) {}",
        "SELECT (\\U0000004eOW() AS ?t) {}",
        "SELECT * { SERVICE <http://example.org/> {} }",
        "SELECT * {FILTERRAND()}",
        "SELECT (1+NOW() AS ?t) {}",
    ],
)
def test_an_answer_that_is_no_function_of_the_data_is_never_kept(query: str) -> None:
    client = cached(Application())
    form = {"query": query}
    plain = {"data": query, "content_type": "application/sparql-query"}
    for turn in (1, 2):
        assert client.get("/sparql", query_string=form).data == b"answer %d" % (3 * turn - 2)
        assert client.post("/sparql", data=form).data == b"answer %d" % (3 * turn - 1)
        assert client.post("/sparql", **plain).data == b"answer %d" % (3 * turn)


@pytest.mark.parametrize(
    "application",
    [
        Application(status="400 BAD REQUEST"),
        Application(status="206 PARTIAL CONTENT"),
        Application(status="503 SERVICE UNAVAILABLE"),
        Application(("Set-Cookie", "a=b")),
        Application(("Cache-Control", "no-store")),
        Application(("Cache-Control", "private, max-age=9")),
        Application(("Vary", "*")),
        Application(("Vary", "Accept, Cookie")),
        Application(("ETag", 'W/"a"')),
        Application(("Content-Length", "9000")),
    ],
    ids=lambda application: str((application.status, application.headers)),
)
def test_no_error_or_cut_or_personal_answer_is_kept(application: Application) -> None:
    client = cached(application)
    assert client.get(ASK + "ASK{}").data == b"answer 1"
    assert client.get(ASK + "ASK{}").data == b"answer 2"
    assert application.closed == 2


def test_views_other_than_of_queries_say_by_an_entity_tag_that_they_may_be_kept() -> None:
    silent, tagged = cached(Application()), cached(Application(("ETag", '"a"')))
    assert silent.get("/health").data != silent.get("/health").data
    assert tagged.get("/id/kesimpta").data == tagged.get("/id/kesimpta").data


def test_a_stream_that_fails_is_passed_on_as_it_failed_and_not_kept() -> None:
    def failing(turn: int) -> Iterator[bytes]:
        yield b"x" * 300_000
        if turn == 1:
            raise ConnectionError
        yield b"y"

    application = Application(chunks=failing)
    client = cached(application, room=10 * ROOM)
    broken = client.get(ASK + "ASK{}")
    with pytest.raises(ConnectionError):
        _ = broken.data
    broken.close()
    whole = client.get(ASK + "ASK{}")
    assert len(whole.data) == 300_001
    whole.close()
    assert said(client.get(ASK + "ASK{}")) == "DrugKG; hit"
    assert application.turns == application.closed == 2


def test_a_stream_that_fails_early_leaves_nothing_behind() -> None:
    def failing(turn: int) -> Iterator[bytes]:
        yield b"x"
        if turn == 1:
            raise ConnectionError

    client = cached(Application(chunks=failing))
    broken = client.get(ASK + "ASK{}")
    with pytest.raises(ConnectionError):
        _ = broken.data
    assert client.get(ASK + "ASK{}").data == b"x"


def test_a_stream_that_the_client_leaves_is_not_kept() -> None:
    application = Application(chunks=lambda _: [b"x" * 200_000] * 4)
    client = cached(application, room=10 * ROOM)
    response = client.get(ASK + "ASK{}", buffered=False)
    next(iter(response.response))
    response.close()
    assert application.closed == 1
    assert said(client.get(ASK + "ASK{}")) == "DrugKG; fwd=miss"


def test_a_long_answer_passes_through_unkept() -> None:
    application = Application(chunks=lambda _: [b"x" * 1_000] * 1_000)
    client = cached(application)
    for _ in range(2):
        response = client.get(ASK + "ASK{}")
        assert len(response.data) == ROOM
        assert said(response) == "DrugKG; fwd=miss"
        response.close()
    assert application.turns == application.closed == 2


def test_an_answer_of_another_version_is_not_given() -> None:
    version = Versioned()
    client = cached(Application(), version=version)
    assert client.get(ASK + "ASK{}").data == client.get(ASK + "ASK{}").data
    version.version = "2"
    assert client.get(ASK + "ASK{}").data == b"answer 2"
    version.version = None  # nobody knows when it changes
    assert client.get(ASK + "ASK{}").data == b"answer 3"
    assert client.get(ASK + "ASK{}").data == b"answer 4"


def test_an_answer_is_not_kept_if_the_data_changed_while_it_was_made() -> None:
    version = Versioned()

    def changing(turn: int) -> Iterator[bytes]:
        version.version = "2"
        yield b"answer %d" % turn

    client = cached(Application(chunks=changing), version=version)
    assert said(client.get(ASK + "ASK{}")) == "DrugKG; fwd=miss"
    assert client.get(ASK + "ASK{}").data == b"answer 2"


def test_a_commit_empties_the_cache() -> None:
    version = Versioned()
    cache = Cache(Application(), version, ROOM)
    Client(cache).get(ASK + "ASK{}")
    assert len(cache.shelf) == 1
    version.version = "2"
    Client(cache).get(ASK + "ASK{ }")
    assert len(cache.shelf) == 1


@pytest.mark.parametrize(
    ("wanted", "coding", "decode"),
    [
        ("gzip, br;q=0.1", "gzip", gzip.decompress),
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("zstd", "zstd", zstandard.decompress),
        ("*", "br", brotli.decompress),
        ("br;q=0, identity", None, bytes),
        ("", None, bytes),
    ],
)
def test_answers_are_compressed_as_the_client_prefers(
    wanted: str, coding: str | None, decode: Callable[[bytes], bytes]
) -> None:
    content = b"abcdefgh" * 1_000
    client = cached(Application(("ETag", '"a"'), ("Vary", "Accept"), chunks=lambda _: [content]))
    for status in ("fwd=miss; stored", "hit"):
        response = client.get(ASK + "ASK{}", headers={"Accept-Encoding": wanted})
        assert response.headers.get("Content-Encoding") == coding
        assert decode(response.data) == content
        assert response.headers["ETag"] == (f'"a-{coding}"' if coding else '"a"')
        assert response.headers["Vary"] == "Accept, Accept-Encoding"
        assert said(response) == f"DrugKG; {status}"


@pytest.mark.parametrize(
    ("coding", "decode"),
    [
        ("gzip", gzip.decompress),
        ("br", brotli.decompress),
        ("zstd", lambda packed: zstandard.ZstdDecompressor().decompressobj().decompress(packed)),
    ],
)
def test_long_answers_are_packed_while_they_are_sent(
    coding: str, decode: Callable[[bytes], bytes]
) -> None:
    application = Application(("ETag", '"a"'), chunks=lambda _: [b"abcdefgh" * 10_000] * 5)
    client = cached(application, room=100 * ROOM)
    for status in ("fwd=miss", "hit"):
        response = client.get(ASK + "ASK{}", headers={"Accept-Encoding": coding})
        assert decode(response.data) == b"abcdefgh" * 50_000
        assert response.headers["Content-Encoding"] == coding
        assert response.headers["Vary"] == "Accept-Encoding"
        assert said(response) == f"DrugKG; {status}"
        response.close()
    assert response.headers["ETag"] == f'"a-{coding}"'


def test_whoever_has_the_answer_is_told_that_it_has_not_changed() -> None:
    client = cached(Application(("Link", "<a>; rel=license")))
    tag = client.get(ASK + "ASK{}").headers["ETag"]
    for tags in (tag, f'"other", W/{tag}', "*"):
        response = client.get(ASK + "ASK{}", headers={"If-None-Match": tags})
        assert (response.status_code, response.data) == (304, b"")
        assert response.headers["ETag"] == tag
        assert response.headers["Link"] == "<a>; rel=license"
        assert "Content-Type" not in response.headers
    assert client.get(ASK + "ASK{}", headers={"If-None-Match": '"other"'}).status_code == 200


def test_an_answer_of_one_who_has_it_already_is_kept_for_others() -> None:
    client = cached(Application(("ETag", '"a"')))
    assert client.get(ASK + "ASK{}", headers={"If-None-Match": '"a"'}).status_code == 304
    assert client.get(ASK + "ASK{}").data == b"answer 1"


def test_the_time_of_an_answer_is_not_kept() -> None:
    client = cached(Application(("Date", "Thu, 01 Jan 1970 00:00:00 GMT")))
    assert "Date" not in client.get(ASK + "ASK{}").headers


def test_head_has_the_headers_of_get_and_no_body() -> None:
    client = cached(Application())
    head, get = client.head(ASK + "ASK{}"), client.get(ASK + "ASK{}")
    assert (head.data, get.data) == (b"", b"answer 1")
    assert head.headers["ETag"] == get.headers["ETag"]
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


def test_one_evaluation_answers_all_who_ask_meanwhile() -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow(turn: int) -> Iterator[bytes]:
        started.set()
        assert go_on.wait(10)
        yield b"answer %d" % turn

    application = Application(chunks=slow)
    cache = Cache(application, lambda: "", ROOM)
    bodies = []

    def ask() -> None:
        bodies.append(Client(cache).get(ASK + "ASK{}").data)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert started.wait(10)
    go_on.set()
    for thread in threads:
        thread.join()
    assert bodies == [b"answer 1"] * 8
    assert application.turns == 1


def test_an_error_of_one_is_not_the_answer_of_those_who_waited() -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow(turn: int) -> Iterator[bytes]:
        started.set()
        assert go_on.wait(10)
        yield b"answer %d" % turn

    application = Application(status="503 SERVICE UNAVAILABLE", chunks=slow)
    cache = Cache(application, lambda: "", ROOM)
    bodies = []

    def ask() -> None:
        bodies.append(Client(cache).get(ASK + "ASK{}").data)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert started.wait(10)
    go_on.set()
    for thread in threads:
        thread.join()
    assert sorted(bodies) == [b"answer %d" % turn for turn in range(1, 5)]


def test_what_is_kept_stays_within_its_room_and_the_least_used_goes_first() -> None:
    shelf = Shelf(10_000)
    answer = made([], {}, b"x" * 1_000, "")
    for name in "abc":
        shelf.put((name,), answer)
    assert shelf.get(("a",))
    assert not shelf.put(("d",), answer)  # asked once: it drives out nothing
    assert shelf.get(("b",))
    assert shelf.get(("a",))
    assert shelf.put(("d",), answer)
    assert [name for name in "abcd" if shelf.get((name,))] == ["a", "b", "d"]
    shelf.put(("d",), answer)
    assert shelf.taken == 3 * (1_000 + 2_000 + 1)
    shelf.clear()
    assert (shelf.taken, len(shelf)) == (0, 0)


def test_many_threads_leave_the_shelf_consistent() -> None:
    shelf = Shelf(50_000)

    def work(seed: int) -> None:
        for turn in range(2_000):
            key = (str((seed * 7 + turn) % 40),)
            if shelf.get(key) is None:
                shelf.put(key, made([], {}, b"x" * (turn % 3_000), ""))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shelf.taken <= 50_000
    shelf.clear()
    assert shelf.taken == 0


def test_the_served_endpoint_gives_the_same_with_and_without_the_cache(
    small: FlaskClient, small_store: Store
) -> None:
    plain = create_app(Settings(cache_bytes=0), small_store).test_client()
    query = {"query": "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o"}
    for accept in ("application/json", "text/csv", "application/sparql-results+xml"):
        answers = [
            client.get("/sparql", query_string=query, headers={"Accept": accept})
            for client in (plain, small, small)
        ]
        assert len({answer.data for answer in answers}) == 1
        assert len({answer.headers["ETag"] for answer in answers}) == 1
        assert "Cache-Status" not in answers[0].headers
        assert said(answers[2]) == "DrugKG; hit"
    failed = [small.get("/sparql", query_string={"query": "SELECT"}) for _ in range(2)]
    assert [said(answer) for answer in failed] == ["DrugKG; fwd=miss"] * 2
    assert failed[0].data == failed[1].data
