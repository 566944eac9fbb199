"""Does each document satisfy its schema, and does nothing that was published change?"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from kg.store import Store
from tests.http import documents

HERE = Path(__file__).parent
CONTEXT = HERE / "published" / "context-v1.json"
KEYS = HERE / "published" / "keys-v1.json"
GOLDEN = {
    "claim": "/id/claim-headache",
    "drug": "/drugs/testomab",
    "drugs": "/drugs",
    "product": "/id/testomab",
    "queries": "/queries",
    "search": "/search?q=headach",
    "source": "/source/page",
}
PUBLISH = "PUBLISH" in os.environ  # PUBLISH=1 pytest tests/http/test_contract.py writes anew


@pytest.fixture(scope="module")
def schemas(client: FlaskClient) -> dict[str, dict[str, Any]]:
    addresses = client.get("/schemas/v1/").get_json()["schemas"]
    return {Path(each).stem: client.get(each).get_json() for each in addresses}


def strict(schema: Any) -> Any:  # noqa: ANN401 (any JSON)
    """Return *schema* with no key allowed but those that it names and those with a prefix."""
    match schema:
        case dict():
            found = {key: strict(value) for key, value in schema.items()}
            if found.get("type") == "object" and "properties" in found:
                found.setdefault("additionalProperties", False)
                found["patternProperties"] = {"^[a-z]+:": {"type": "array"}}
            return found
        case list():
            return [strict(each) for each in schema]
    return schema


def shapes(schemas: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield each key of each kind of node with the form of its values."""
    for title, schema in schemas.items():
        for name, about in [(title, schema), *schema.get("$defs", {}).items()]:
            for key, value in about.get("properties", {}).items():
                needed = key in about.get("required", ())
                shape = {k: v for k, v in value.items() if k != "description"}
                yield f"{name}.{key}", json.dumps([shape, needed], sort_keys=True)


def test_schemas_are_json_schemas(schemas: dict[str, dict[str, Any]]) -> None:
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


def test_every_document_satisfies_its_schema_and_surprises_nobody(
    client: FlaskClient, store: Store, schemas: dict[str, dict[str, Any]]
) -> None:
    validators = {
        name: jsonschema_rs.Draft202012Validator(strict(schema)) for name, schema in schemas.items()
    }
    for path, name in documents.paths(store).items():
        response = client.get(path)
        assert f'</schemas/v1/{name}.json>; rel="describedby"' in response.headers["Link"]
        faults = [str(error) for error in validators[name].iter_errors(json.loads(response.data))]
        assert not faults, path


def test_no_published_name_changes_its_meaning(client: FlaskClient) -> None:
    now = json.loads(client.get("/context/v1.jsonld").data)["@context"]
    if PUBLISH:
        CONTEXT.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    published = json.loads(CONTEXT.read_text(encoding="utf-8"))
    assert {name: now.get(name, "gone") for name in published} == published


def test_no_published_key_changes_its_form(schemas: dict[str, dict[str, Any]]) -> None:
    now = dict(shapes(schemas))
    if PUBLISH:
        KEYS.write_text(json.dumps(now, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    published = json.loads(KEYS.read_text(encoding="utf-8"))
    assert {key: now.get(key, "gone") for key in published} == published


@pytest.mark.parametrize("name", GOLDEN)
def test_document_is_the_golden_copy(small: FlaskClient, name: str) -> None:
    golden = HERE / "golden" / f"{name}.json"
    response = small.get(GOLDEN[name])
    assert response.status_code == 200, response.text
    content = json.loads(response.data)
    if PUBLISH:
        text = json.dumps(content, ensure_ascii=False, indent=2)
        golden.write_text(text + "\n", encoding="utf-8")
    assert content == json.loads(golden.read_text(encoding="utf-8"))
