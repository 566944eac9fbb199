"""Share what is slow to make: one small release, and the real one."""

import gzip
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from api import create_app
from api.config import Settings
from kg import release as releases
from kg.build import build
from kg.release import QUADS
from kg.store import Store, open_store


@pytest.fixture(scope="session")
def small_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    engine = ox.Store()
    engine.load(path=Path(__file__).with_name("small.trig"), format=ox.RdfFormat.TRIG)
    out = tmp_path_factory.mktemp("small") / "release"
    releases.write(out, engine, {})
    return out


@pytest.fixture(scope="session")
def small_store(small_release: Path) -> Store:
    return open_store(small_release, "memory")


@pytest.fixture(scope="session")
def small(small_release: Path, small_store: Store) -> FlaskClient:
    """Return a client of a server of the small release."""
    return create_app(Settings(release=small_release), small_store).test_client()


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of the real release."""
    out = tmp_path_factory.mktemp("real") / "release"
    build(out, lambda _: None)
    return out


@pytest.fixture(scope="session")
def quads(release: Path) -> ox.Store:
    """Return the quads of the real release, to be read only."""
    engine = ox.Store()
    engine.load(gzip.decompress((release / QUADS).read_bytes()), ox.RdfFormat.N_QUADS)
    return engine


@pytest.fixture(scope="session")
def store(release: Path) -> Store:
    return open_store(release)


@pytest.fixture(scope="session")
def client(release: Path, store: Store) -> FlaskClient:
    """Return a client of a server of the real release."""
    return create_app(Settings(release=release), store).test_client()
