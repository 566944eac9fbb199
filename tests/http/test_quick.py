"""Is a plain request for a query answered as the application answers it?"""

from functools import partial
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from api import create_app
from api.cache import Cache
from api.config import Settings
from api.quick import Quick
from kg.rewriting import RewritingStore
from kg.store import Answer, Store

SHARED = """PREFIX d: <https://w3id.org/drugkg/vocab#> PREFIX id: <https://w3id.org/drugkg/id/>
SELECT ?e { ?a d:aboutProduct id:testomab ; d:effect ?e .
    ?b d:aboutProduct id:testomab ; d:effect ?e }
"""
QUERIES = (
    "ASK {}",
    "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o",
    "SELECT ?é { ?é ?p '%41+é' }",
    "CONSTRUCT WHERE { ?s a ?type }",
    "DESCRIBE <id/testomab>",
    SHARED,
    "SELECT",
    "SELECT * { SERVICE <http://127.0.0.1:1/> {} }",
    "",
)
ACCEPTS = ("*/*", "", "text/csv", "text/turtle", "application/json", "image/png", "text/*;q=0.5")


class Counting:
    """Be a store that counts how often it is asked."""

    def __init__(self, store: Store) -> None:
        self.manifest, self.quads = store.manifest, store.quads
        self._store = store
        self.asked = 0

    def query(self, text: str, **how: object) -> Answer:
        self.asked += 1
        return self._store.query(text, **how)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def app(small_store: Store) -> Flask:
    return create_app(Settings(), small_store)


@pytest.fixture
def slow(app: Flask) -> Client:
    return Client(Cache(partial(Flask.wsgi_app, app), str, 1_000_000))


@pytest.fixture
def quick(app: Flask, small_store: Store) -> Client:
    application = Quick(app, partial(Flask.wsgi_app, app), RewritingStore(small_store))
    return Client(Cache(application, str, 1_000_000))


def seen(response: TestResponse) -> tuple[object, ...]:
    headers = [each for each in response.headers if each[0] != "Date"]  # the server's own
    return response.status, sorted(headers), response.data


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("accept", ACCEPTS)
def test_quick_answers_are_those_of_the_application(
    quick: Client, slow: Client, query: str, accept: str
) -> None:
    headers = {"Accept": accept} if accept else {}
    for address in (
        f"/sparql?query={quote(query, safe='')}",
        f"/sparql?query={quote(query)}&format=json",
        f"/sparql?query={query}",
        f"/sparql?query={quote(query)}%FF",
    ):
        assert seen(quick.get(address, headers=headers)) == seen(slow.get(address, headers=headers))
        assert seen(quick.head(address, headers=headers)) == seen(
            slow.head(address, headers=headers)
        )


def test_an_answer_says_how_its_query_was_put(app: Flask, small_store: Store) -> None:
    off = create_app(Settings(rewrite=False), small_store).test_client()
    answers = [
        client.get("/sparql", query_string={"query": SHARED, "format": form})
        for client in (app.test_client(), off)
        for form in ("json", "csv")
    ]
    ways = [answer.headers.get("DrugKG-Rewritten") for answer in answers]
    assert ways == ["split", "split", None, None]
    assert answers[0].get_json() == answers[2].get_json()


def test_who_has_the_answer_is_told_so(app: Flask) -> None:
    client = app.test_client()
    tag = client.get("/sparql?query=ASK{}").headers["ETag"]
    assert client.get("/sparql?query=ASK{}", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("query", QUERIES)
def test_nothing_is_evaluated_twice(small_store: Store, query: str) -> None:
    store = Counting(small_store)
    app = create_app(Settings(cache_bytes=0), small_store)
    Client(Quick(app, app.wsgi_app, store)).get("/sparql", query_string={"query": query})
    assert store.asked == 1
