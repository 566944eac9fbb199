"""Does the server say that it lives, what it holds and what went wrong?"""

import pytest
from flask.testing import FlaskClient

from api import create_app, problems
from api.config import Settings
from kg.errors import KgError
from kg.store import Store
from tests.http.conftest import Check


def errors(kind: type[KgError] = KgError) -> list[type[KgError]]:
    below = kind.__subclasses__()
    return below + [deeper for each in below for deeper in errors(each)]


def test_health_names_version_and_content(small: FlaskClient, small_store: Store) -> None:
    response = small.get("/health")
    assert response.status_code == 200
    assert response.get_json() == {
        "status": "ok",
        "version": small_store.manifest.version,
        "release": small_store.manifest.outputs["drugkg.nq"],
        "quads": small_store.manifest.quads,
    }
    assert response.headers["Cache-Control"] == "no-store"


def test_start_page_leads_to_what_there_is(client: FlaskClient) -> None:
    index = client.get("/").get_json()
    assert index["note"] == "Information on medicines, not medical advice."
    for path in (*index["links"].values(), *index["graphs"]):
        assert client.get(path).status_code == 200, path


def test_unknown_path_is_a_problem(small: FlaskClient, problem: Check) -> None:
    problem(small.get("/nothing/here"), 404)


def test_body_that_is_too_long_is_a_problem(small_store: Store, problem: Check) -> None:
    client = create_app(Settings(max_request_bytes=100), small_store).test_client()
    text = "ASK { }" + " " * 100
    problem(client.post("/sparql", data=text, content_type="application/sparql-query"), 413)
    problem(client.post("/sparql", data={"query": text}), 413)


def test_every_error_of_ours_has_a_row(small: FlaskClient) -> None:
    assert set(errors()) == set(problems.PROBLEMS)
    listed = {problem["type"] for problem in small.get("/problem").get_json()}
    assert len(listed) == len(problems.PROBLEMS)


def test_unforeseen_error_is_logged_and_not_shown(
    small_store: Store, problem: Check, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(Settings(), small_store)

    @app.get("/broken")
    def broken() -> str:
        raise ZeroDivisionError("secret of the house")

    response = app.test_client().get("/broken")
    problem(response, 500)
    assert "secret" not in response.text
    assert "secret of the house" in caplog.text
