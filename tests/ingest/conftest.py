"""Find the shared data, which is not part of the project, or skip."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

_SHARED = Path(os.environ.get("DRUGKG_SHARED", Path(__file__).parents[3] / "shared"))


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Return a function from a name below ``data/`` of the shared directory to its path."""

    def find(name: str) -> Path:
        path = _SHARED / "data" / name
        if not path.exists():
            pytest.skip(f"{name} is not part of the project; set DRUGKG_SHARED to where it lies")
        return path

    return find
