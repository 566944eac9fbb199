"""Start the server that the suites are run against, once."""

from collections.abc import Iterator

import pytest

from tests.conformance import suites
from tests.conformance.server import Server, running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running("--empty", "--writable-all", "--default-graph", "standard") as server:
        yield server


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test of each case of the suites that a test function asks for."""
    mark = metafunc.definition.get_closest_marker("suites")
    if mark is None:
        return
    found = [
        pytest.param(
            case,
            id=suites.identifier(case),
            marks=[pytest.mark.xfail(reason=reason, strict=True)]
            if (reason := suites.DEVIATIONS.get(suites.identifier(case)))
            else [],
        )
        for _, case in suites.read(*mark.args)
    ]
    nothing = pytest.param(None, id="absent", marks=pytest.mark.skip(reason=suites.ABSENT))
    metafunc.parametrize("case", found or [nothing])
