"""Do we pass the W3C suites for SPARQL 1.1, over HTTP?"""

import pytest

from tests.conformance import runner, suites
from tests.conformance.manifests import Case
from tests.conformance.server import Server


@pytest.mark.suites("sparql11", suites.SPARQL11)
def test_case(case: Case, server: Server) -> None:
    runner.check(case, server)


def test_nothing_is_left_out() -> None:
    if not suites.TESTS.is_dir():
        pytest.skip(suites.ABSENT)
    found = [suites.identifier(case) for _, case in suites.read("sparql11", suites.SPARQL11)]
    assert len(found) == len(set(found)) == 546
    every = [
        *found,
        *map(suites.identifier, (c for _, c in suites.read("sparql12", suites.SPARQL12))),
    ]
    assert set(suites.DEVIATIONS) <= set(every)
