"""Say that something which a test needs is absent: the test is skipped, or in CI fails."""

import os
from typing import NoReturn

import pytest


def absent(reason: str) -> NoReturn:
    """Skip the present test, since *reason*; where CI is set nothing may be absent."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
