"""Is the API described whole, and does it do what its description says?"""

import json
import os
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import validate
from schemathesis.checks import CHECKS
from schemathesis.generation import GenerationMode

from api import create_app
from api.config import Settings
from kg import queries, query_corpus
from kg.store import Store
from tests.http import documents

# What the grammar of updates and of RDF says, no schema does: most texts that fit it are refused.
FREE_TEXT = {"/update", "/graphs", "/graphs/{name}"}
# What a schema cannot say of a text has a format, and here are texts of that format. So nothing
# that the description calls valid is refused, for any operation.
PATTERN = st.sampled_from(
    ["?s ?p ?o", "?s a ?o", "?s <a> 'x'@en", "GRAPH ?g { ?s ?p ?o }", "VALUES ?s { 1 <a> UNDEF }"]
)
GROUP = st.lists(PATTERN, max_size=3).map(" . ".join)
SOME_SPARQL = st.sampled_from(
    [
        "ASK {{ {} }}",
        "SELECT * {{ {} }}",
        "SELECT (COUNT(*) AS ?n) WHERE {{ {} }}",
        "CONSTRUCT {{ ?s <p> 1 }} WHERE {{ {} }} LIMIT 1",
        "DESCRIBE ?s {{ {} }}",
    ]
).flatmap(lambda form: GROUP.map(form.format))
WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=9)
VALUE = WORDS | st.integers() | st.booleans() | st.fixed_dictionaries({"id": WORDS})
CONDITIONS = st.lists(
    st.fixed_dictionaries(
        {"pid": st.sampled_from(["identifier", "label", "none"]), "v": VALUE | st.lists(VALUE)}
    )
)
QUERY = st.fixed_dictionaries(
    {"query": WORDS},
    optional={
        "type": WORDS | st.lists(WORDS),
        "limit": st.integers(1, 100),
        "properties": CONDITIONS,
        "type_strict": st.sampled_from(["any", "all", "should"]),
    },
)
BATCH = st.dictionaries(WORDS, QUERY, max_size=3).map(json.dumps)
EXTENSION = st.fixed_dictionaries(
    {
        "ids": st.lists(WORDS),
        "properties": st.lists(st.fixed_dictionaries({"id": st.just("identifier")})),
    }
).map(json.dumps)
TERM = st.sampled_from(["id:kesimpta", "rdf:type", "<http://e/a>", "dkg:Claim"])
FORMATS = {
    "rdf-term": TERM,
    "sparql-query": SOME_SPARQL,
    "reconciliation-queries": BATCH,
    "reconciliation-extend": EXTENSION,
}
for name, strategy in FORMATS.items():
    schemathesis.openapi.format(name, strategy)
# Pages that are a form if nothing is asked, which no schema says; test_pages does.
FORMS = {"/explain": {"subject", "predicate", "object"}, "/search": {"q"}}
TABLES = {n for n, query in queries.named().items() if query_corpus.form(query) == "select"}
EXAMPLES = int(os.environ.get("FUZZ", "30"))  # of each operation and each mode


def as_text(_: Any, value: Any) -> bytes:  # noqa: ANN401
    return str(value).encode(errors="surrogatepass")


for each_kind in (
    "application/sparql-update",
    "text/turtle",
    "application/n-triples",
    "application/rdf+xml",
    "application/ld+json",
):
    schemathesis.serializer(each_kind)(as_text)


@pytest.fixture(scope="module")
def app(small_release: Path, small_store: Store) -> Flask:
    return create_app(Settings(release=small_release), small_store)


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
    assert not re.search(r'(src|action)="https?://', page.text)  # nothing is fetched from elsewhere
    for form in re.findall(r'<form class="fields".*?</form>', page.text, flags=re.DOTALL):
        action = re.findall(r'action="([^"]+)"', form)[0]
        fields = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form))
        fields |= re.findall(r'<select[^>]* name="([^"]+)"><option[^>]*>([^<]*)<', form)
        given = {name: unescape(value) for name, value in fields.items()}
        assert client.get(action, query_string=given).status_code == 200, action
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
        if path.startswith("/queries/") and "{" not in path and path.rpartition("/")[2] in TABLES
    }
    assert examples
    assert all(example["rows"] for example in examples.values()), json.dumps(examples)[:500]
    assert documents.paths(store)


def test_no_request_breaks_the_description(app: Flask) -> None:
    """Send what the description allows, and what it does not, to each operation."""
    # 406: whether ?format=ttl holds the answer to a query, its text decides, not its schema.
    accepted = {"expected-statuses": ["2xx", 404, 406]}
    refused = {"expected-statuses": [400, 403, 404, 406, 413]}  # 413: a batch too large
    checks = {"positive_data_acceptance": accepted, "negative_data_rejection": refused}
    config = schemathesis.Config.from_dict({"checks": checks})
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app, config=config)
    every: Any = schema.get_all_operations()
    operations: list[Any] = [result.ok() for result in every]
    assert len(operations) > 30
    for operation in operations:
        for mode in GenerationMode:
            try:
                sent(operation, mode)
            except Unsatisfiable:  # nothing is wrong for an operation without parameters
                assert mode is GenerationMode.NEGATIVE


def sent(operation: Any, mode: GenerationMode) -> None:  # noqa: ANN401
    data = CHECKS.get_by_names(["positive_data_acceptance"])
    excluded = data if operation.path in FREE_TEXT else []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:  # noqa: ANN401
        if operation.path in FORMS and not FORMS[operation.path] & set(case.query or ()):
            return
        if "?" in case.formatted_path:  # a client without a network ends the path there
            return
        plain = {"Accept-Encoding": "identity"}  # a client without a network does not unpack
        case.call_and_validate(excluded_checks=excluded, headers=plain)

    check()
