"""Is the documentation readable on the server, whole and with links that lead somewhere?"""

import re

import pytest
from flask.testing import FlaskClient

from api.pages.documentation import names
from kg.paths import DOCS

NAMES = names(DOCS)
EACH = pytest.mark.parametrize("name", NAMES)


def test_every_document_is_listed(client: FlaskClient) -> None:
    page = client.get("/docs").text
    assert "adr/0006-documents-are-written-not-framed" in NAMES
    assert [name for name in NAMES if f'href="/docs/{name}"' not in page] == []


@EACH
def test_links_of_a_document_lead_somewhere(client: FlaskClient, name: str) -> None:
    page = client.get(f"/docs/{name}")
    assert page.mimetype == "text/html"
    (body,) = re.findall(r"<article.*?</article>", page.text, flags=re.DOTALL)
    assert "<h1" in body
    for target in re.findall(r'(?:href|src)="([^"]*)"', body):
        assert not target.startswith("http://127.0.0.1")
        if not target.startswith("http"):
            path, _, anchor = target.partition("#")
            found = client.get(path) if path else page
            assert found.status_code in {200, 303}, target
            assert not anchor or f'id="{anchor}"' in found.text, target


@EACH
def test_document_is_also_markdown(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/docs/{name}.md")
    assert answer.mimetype == "text/markdown"
    assert answer.data == (DOCS / f"{name}.md").read_bytes()


@pytest.mark.parametrize("name", ["none", "none.png", "../pyproject.toml", "..%2fkg%2fpaths.py"])
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/docs/{name}").status_code == 404


def test_licences_of_bundles_are_listed_if_there_are_any(client: FlaskClient) -> None:
    page = client.get("/licences")
    assert page.status_code == 200
    assert "yasgui" in page.text or "without these scripts" in page.text
