"""Do the examples of docs/sparql.md do what the page says?"""

import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from api import create_app
from api.config import Settings
from api.embedded import opened
from api.problems import PROBLEMS
from kg.tokens import DEEPEST

PAGE = (Path(__file__).parents[2] / "docs" / "sparql.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (curl .*)$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def served(release: Path) -> FlaskClient:
    settings = Settings(release=release, update_token="secret")  # noqa: S106 (that of the page)
    return create_app(settings, opened(settings)).test_client()


def sent(client: FlaskClient, command: str) -> Any:  # noqa: ANN401 (a response of the test client)
    """Do what *command*, which calls curl, does."""
    words = iter(shlex.split(command)[1:])
    method, headers, data, address = None, {}, [], ""
    in_query = False
    for word in words:
        match word:
            case "-X":
                method = next(words)
            case "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            case "-G":
                in_query = True
            case "--compressed":
                headers["Accept-Encoding"] = "br, gzip"
            case "-d":
                data.append(next(words))
            case "--data-urlencode":
                name, _, value = next(words).partition("=")
                data.append(urlencode({name: value}))
            case _:
                assert word.startswith("http://127.0.0.1:8000/"), word
                address = word
    parts = urlsplit(address)
    query = "&".join([*filter(None, [parts.query]), *(data if in_query else [])])
    body = "&".join(data) if data and not in_query else None
    if body is not None:
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    method = method or ("POST" if body is not None else "GET")
    return client.open(parts.path, method=method, query_string=query, data=body, headers=headers)


def test_page_has_examples() -> None:
    assert len(COMMANDS) >= 12


@pytest.mark.parametrize("command", COMMANDS)
def test_example_of_the_page_is_answered(served: FlaskClient, command: str) -> None:
    address = "http://127.0.0.1:8000/graphs?graph=https://example.org/mine"
    put = f"curl -X PUT -H 'Authorization: Bearer secret' -H 'Content-Type: text/turtle' {address}"
    sent(served, f"{put} -d '<a> <b> 1 .'")  # what the last examples change
    response = sent(served, command)
    assert response.status_code in {200, 201, 204}, response.text
    if response.status_code == 200:
        assert response.data


def test_limits_are_those_of_the_page() -> None:
    assert f"more than {DEEPEST} brackets" in PAGE
    assert f"{Settings().max_request_bytes:,} bytes" in PAGE
    assert {403, 409, 413} <= {problem.status for problem in PROBLEMS.values()}
