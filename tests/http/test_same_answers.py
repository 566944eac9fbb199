"""Are answers the same with and without what makes them fast: cache, rewrites and lane?"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from flask.testing import FlaskClient

from api import create_app
from api.config import Settings
from benchmarks.steps import FarStore
from kg import queries, query_corpus
from kg.queries import Query
from kg.store import Store, open_engine

NAMED = queries.named()
ASKED = [
    pytest.param(query, answer.given, id=f"{name}-{number}")
    for name, query in NAMED.items()
    for number, answer in enumerate(query.answers, start=1)
]


@pytest.fixture(scope="module")
def fast(release: Path) -> FlaskClient:
    store = FarStore(*open_engine(release, "memory"))
    return create_app(Settings(release=release), store).test_client()


@pytest.fixture(scope="module")
def plain(release: Path, store: Store) -> FlaskClient:
    settings = Settings(release=release, cache_bytes=0, near=False, rewrite=False)
    return create_app(settings, store).test_client()


def lines(client: FlaskClient, path: str, accept: str) -> list[bytes]:
    reply = client.get(path, headers={"Accept": accept})
    assert reply.status_code == 200, reply.data
    return sorted(reply.data.splitlines())


def same(fast: FlaskClient, plain: FlaskClient, path: str, accept: str) -> None:
    expected = lines(plain, path, accept)
    assert lines(fast, path, accept) == expected  # made
    assert lines(fast, path, accept) == expected  # kept


@pytest.mark.parametrize(("query", "given"), ASKED)
def test_a_named_query_has_the_same_answer(
    fast: FlaskClient, plain: FlaskClient, query: Query, given: Mapping[str, str]
) -> None:
    is_graph = query_corpus.form(query) == "construct"
    accept = "application/n-triples" if is_graph else "text/csv"
    same(fast, plain, f"/queries/{query.name}?{urlencode(given)}", accept)


@pytest.mark.parametrize("query", NAMED.values(), ids=NAMED)
def test_its_text_has_the_same_answer(fast: FlaskClient, plain: FlaskClient, query: Query) -> None:
    is_graph = query_corpus.form(query) == "construct"
    accept = "application/n-triples" if is_graph else "text/csv"
    same(fast, plain, f"/sparql?query={quote(query.text, safe='')}", accept)
