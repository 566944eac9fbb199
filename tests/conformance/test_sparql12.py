"""Which of the W3C suites for SPARQL 1.2, which is a draft, do we pass?"""

import pytest

from tests.conformance import runner, suites
from tests.conformance.manifests import Case
from tests.conformance.server import Server

pytestmark = pytest.mark.sparql12


@pytest.mark.suites("sparql12", suites.SPARQL12)
def test_case(case: Case, server: Server) -> None:
    runner.check(case, server)
