"""Ask whoever tests HTTP to look at failures in one way."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

Check = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def problem() -> Check:
    """Return a function that asserts the one shape of a failure and returns its members."""

    def check(response: TestResponse, status: int, kind: str = "about:blank") -> dict[str, Any]:
        assert response.status_code == status, response.text
        assert response.content_type == "application/problem+json"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        members = response.get_json()
        assert members["type"].removeprefix("https://w3id.org/drugkg/problem#") == kind
        assert members["status"] == status
        assert members["title"]
        assert members["detail"]
        assert members["instance"] == response.request.path
        assert "Traceback" not in response.text
        assert isinstance(members, dict)
        return members

    return check
