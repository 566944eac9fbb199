"""Write each export of the real release once."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from kg.exports import registry
from kg.exports.claims import Release
from kg.store import Store

Files = Callable[[str], Path]


@pytest.fixture(scope="session")
def whole(store: Store) -> Release:
    """Return what all exports are made from."""
    return Release.of(store)


@pytest.fixture(scope="session")
def written(whole: Release, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Return a function that returns the directory of an export."""
    out = tmp_path_factory.mktemp("exports")

    @cache
    def directory(name: str) -> Path:
        registry.save(out, whole, (registry.find(name),))
        return out / name

    return directory
