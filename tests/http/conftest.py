"""Ask whoever tests HTTP to look at failures in one way."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.node import npm

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


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """Return where the clients in JavaScript lie; ``npm ci`` in tests/clients installs them."""
    clients = Path(__file__).parents[1] / "clients"
    lock, installed_lock = clients / "package-lock.json", clients / "node_modules" / ".installed"
    text = lock.read_text(encoding="utf-8")
    if not installed_lock.exists() or installed_lock.read_text(encoding="utf-8") != text:
        command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        installed = subprocess.run(command, cwd=clients, capture_output=True, check=False)
        if installed.returncode != 0:
            pytest.skip("npm ci in tests/clients failed, so there is no client to try")
        installed_lock.write_text(text, encoding="utf-8")
    return clients / "node_modules"
