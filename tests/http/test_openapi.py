"""Is the API described whole, and does it do what its description says?"""

import json
import os
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import validate
from schemathesis.checks import CHECKS
from schemathesis.generation import GenerationMode

from api import create_app
from api.config import Settings
from kg.store import Store
from tests.http import documents

# SPARQL has a grammar that a schema cannot say, so most texts that fit the schema are no queries;
# the same holds of forms whose text is JSON, and of IRIs.
FREE_TEXT = {"/sparql", "/reconcile", "/resolve"}
EXAMPLES = int(os.environ.get("FUZZ", "30"))  # of each operation and each mode


@pytest.fixture(scope="module")
def app(small_store: Store) -> Flask:
    return create_app(Settings(), small_store)


@pytest.fixture(scope="module")
def api(app: Flask) -> dict[str, Any]:
    described = app.test_client().get("/openapi.json").get_json()
    assert isinstance(described, dict)
    return described


def test_description_is_openapi_3_1(api: dict[str, Any]) -> None:
    validate(api)


def test_every_route_is_described(app: Flask, api: dict[str, Any]) -> None:
    adapter = app.url_map.bind("localhost")
    described = set()
    for path, methods in api["paths"].items():
        for method, about in methods.items():
            address = path
            for each in about["parameters"]:
                if each["in"] == "path":
                    address = address.replace(f"{{{each['name']}}}", each["example"])
            rule, _ = adapter.match(address, method.upper(), return_rule=True)
            described.add((rule.rule, method.upper()))
    routes = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method not in {"HEAD", "OPTIONS"}
    }
    assert described == routes


def test_what_can_be_tried_answers(client: FlaskClient) -> None:
    page = client.get("/openapi.html")
    assert page.mimetype == "text/html"
    assert "://" not in page.text.replace("http://purl.obolibrary.org", "").replace(
        "https://w3id.org", ""
    )
    api = client.get("/openapi.json").get_json()
    for path, methods in api["paths"].items():
        if "get" not in methods:
            continue
        address = path
        query = {}
        for each in methods["get"]["parameters"]:
            if each["in"] == "path":
                address = address.replace(f"{{{each['name']}}}", each["example"])
            elif each["required"]:
                query[each["name"]] = each["example"]
        response = client.get(address, query_string=query)
        assert response.status_code == 200, (path, response.text)
        assert response.mimetype in methods["get"]["responses"]["200"]["content"], path


def test_examples_of_queries_are_real(client: FlaskClient, store: Store) -> None:
    api = client.get("/openapi.json").get_json()
    examples = {
        path: methods["get"]["responses"]["200"]["content"]["application/json"]["example"]
        for path, methods in api["paths"].items()
        if path.startswith("/queries/") and "{" not in path
    }
    assert examples
    assert all(example["rows"] for example in examples.values()), json.dumps(examples)[:500]
    assert documents.paths(store)


def test_no_request_breaks_the_description(app: Flask) -> None:
    """Send what the description allows, and what it does not, to each operation."""
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    every: Any = schema.get_all_operations()
    operations: list[Any] = [result.ok() for result in every]
    assert len(operations) > 30
    for operation in operations:
        free = operation.path in FREE_TEXT
        excluded = CHECKS.get_by_names(["positive_data_acceptance"]) if free else []
        for mode in GenerationMode:
            try:
                sent(operation, mode, excluded)
            except Unsatisfiable:  # nothing is wrong for an operation without parameters
                assert mode is GenerationMode.NEGATIVE


def sent(operation: Any, mode: GenerationMode, excluded: list[Any]) -> None:  # noqa: ANN401
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:  # noqa: ANN401
        plain = {"Accept-Encoding": "identity"}  # this client asks for what it cannot decode
        case.call_and_validate(headers=plain, excluded_checks=excluded)

    check()
