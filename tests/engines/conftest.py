"""Fill each engine with the real release by ``push``, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.engines import RemoteStore, open_engine
from kg.engines.push import Pushed, push
from tests.engines import servers


def _silent(_: str) -> None:
    pass


def filled(address: str, release: Path) -> tuple[RemoteStore, Pushed]:
    store = open_engine(address)
    return store, push(store.endpoint, release, _silent)


@pytest.fixture(scope="session")
def oxigraph(release: Path) -> Iterator[RemoteStore]:
    with servers.oxigraph() as address:
        yield filled(address, release)[0]


@pytest.fixture(scope="session")
def virtuoso(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteStore]:
    with servers.virtuoso(tmp_path_factory.mktemp("virtuoso")) as address:
        yield filled(address, release)[0]


@pytest.fixture(scope="session", params=["oxigraph", "virtuoso"])
def engine(request: pytest.FixtureRequest) -> RemoteStore:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, RemoteStore)
    return found
