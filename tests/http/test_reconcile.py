"""Does the Reconciliation Service API 0.2 hold? The shapes are written from its text.

Source: https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

import json
from typing import Any, Final

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from tests.http.conftest import Check

TEXT: Final = {"type": "string"}
NAMED: Final = {
    "type": "object",
    "properties": {"id": TEXT, "name": TEXT, "description": TEXT},
    "required": ["id", "name"],
}
CANDIDATE: Final = {
    **NAMED,
    "properties": {
        **NAMED["properties"],  # type: ignore[dict-item]
        "type": {"type": "array", "items": NAMED},
        "score": {"type": "number"},
        "match": {"type": "boolean"},
    },
    "required": ["id", "name", "score", "match", "type"],
    "additionalProperties": False,
}
RESULTS: Final = {
    "additionalProperties": {
        "type": "object",
        "properties": {"result": {"type": "array", "items": CANDIDATE}},
        "required": ["result"],
    },
}
TEMPLATE: Final = {"type": "string", "pattern": r"^https?://.*\{\{id\}\}"}
SERVICE: Final = {
    "type": "object",
    "properties": {"service_url": {"pattern": "^https?://"}, "service_path": {"pattern": "^/"}},
    "required": ["service_url", "service_path"],
}
MANIFEST: Final = {
    "properties": {
        "versions": {"contains": {"const": "0.2"}},
        "defaultTypes": {"type": "array", "items": NAMED, "uniqueItems": True},
        "view": {"properties": {"url": TEMPLATE}, "required": ["url"]},
        "preview": {
            "properties": {
                "url": TEMPLATE,
                "width": {"type": "integer"},
                "height": {"type": "integer"},
            },
            "required": ["url", "width", "height"],
        },
        "suggest": {
            "properties": dict.fromkeys(("entity", "property", "type"), SERVICE),
            "required": ["entity", "property", "type"],
        },
        "extend": {"properties": {"propose_properties": SERVICE}},
    },
    "required": ["versions", "name", "identifierSpace", "schemaSpace", "view", "preview"],
}
SUGGESTED: Final = {
    "properties": {"result": {"type": "array", "items": NAMED}},
    "required": ["result"],
}
CELL: Final = {
    "type": "object",
    "oneOf": [
        {"required": ["id", "name"]},
        {"required": ["str"]},
        {"required": ["int"]},
        {"required": ["float"]},
    ],
}
EXTENDED: Final = {
    "properties": {
        "meta": {"type": "array", "items": NAMED},
        "rows": {
            "additionalProperties": {
                "additionalProperties": {"type": "array", "items": CELL},
            }
        },
    },
    "required": ["meta", "rows"],
}


def fits(schema: Any, answer: Any) -> Any:  # noqa: ANN401 (any JSON)
    Draft202012Validator(schema).validate(answer)
    return answer


def asked(client: FlaskClient, **queries: object) -> dict[str, list[dict[str, Any]]]:
    sent = {"queries": json.dumps(queries)}
    by_form = client.post("/reconcile", data=sent).get_json()
    assert by_form == client.get("/reconcile", query_string=sent).get_json()
    return {key: each["result"] for key, each in fits(RESULTS, by_form).items()}


def test_manifest_says_what_there_is_and_where(client: FlaskClient) -> None:
    manifest = fits(MANIFEST, client.get("/reconcile").get_json())
    view = manifest["view"]["url"].replace("{{id}}", "id:kesimpta")
    assert client.get(view).status_code == 200
    preview = client.get(manifest["preview"]["url"].replace("{{id}}", "id:kesimpta"))
    assert preview.mimetype == "text/html"
    assert "Kesimpta" in preview.text


def test_certain_match_is_marked_and_others_are_not(client: FlaskClient) -> None:
    results = asked(
        client,
        a={"query": "Kesimpta", "type": "MedicinalProduct", "limit": 3},
        b={"query": "kesimta", "type": ["MedicinalProduct", "Substance"], "type_strict": "any"},
    )
    assert [(each["id"], each["match"]) for each in results["a"]] == [("id:kesimpta", True)]
    assert results["b"][0]["id"] == "id:kesimpta"
    assert not results["b"][0]["match"]


def test_property_that_differs_lowers_the_score(client: FlaskClient) -> None:
    right = {"pid": "hasActiveSubstance", "v": {"id": "id:ofatumumab", "name": "ofatumumab"}}
    wrong = {"pid": "hasActiveSubstance", "v": "aspirin"}
    results = asked(
        client,
        right={"query": "kesimpta", "properties": [right], "limit": 1},
        wrong={"query": "kesimpta", "properties": [wrong], "limit": 1},
        alone={"properties": [{"pid": "identifier", "v": "emc:12433"}], "limit": 1},
    )
    assert results["right"][0]["score"] > results["wrong"][0]["score"]
    assert results["alone"][0]["id"] == "id:kesimpta"


@pytest.mark.parametrize(
    ("kind", "prefix", "expected"),
    [
        ("entity", "kes", "id:kesimpta"),
        ("type", "medicinal", "MedicinalProduct"),
        ("property", "side eff", "hasSideEffect"),
    ],
)
def test_suggestions(client: FlaskClient, kind: str, prefix: str, expected: str) -> None:
    address = f"/reconcile/suggest/{kind}"
    answer = fits(SUGGESTED, client.get(address, query_string={"prefix": prefix}).get_json())
    assert expected in {each["id"] for each in answer["result"]}


def test_table_is_extended_with_proposed_properties(client: FlaskClient) -> None:
    proposed = client.get("/reconcile/properties?type=MedicinalProduct").get_json()
    names = [each["id"] for each in proposed["properties"]]
    assert "hasActiveSubstance" in names
    query = {"ids": ["id:kesimpta", "id:nothing"], "properties": [{"id": each} for each in names]}
    answer = client.post("/reconcile", data={"extend": json.dumps(query)}).get_json()
    rows = fits(EXTENDED, answer)["rows"]
    expected = [{"id": "id:ofatumumab", "name": "ofatumumab"}]
    assert rows["id:kesimpta"]["hasActiveSubstance"] == expected
    assert {tuple(cells) for cells in rows["id:nothing"].values()} == {()}


@pytest.mark.parametrize(
    "sent",
    [
        {"queries": "x"},
        {"queries": "[]"},
        {"queries": '{"q": {}}'},
        {"queries": '{"q": {"query": "a", "limit": "b"}}'},
        {"queries": '{"q": {"query": "a", "type": {}}}'},
        {"queries": '{"q": {"query": "a", "properties": [1]}}'},
        {"extend": "{}"},
        {"extend": '{"ids": ["a"], "properties": [{"id": "none"}]}'},
        {"extend": '{"ids": [1], "properties": []}'},
    ],
)
def test_what_the_protocol_does_not_know_is_a_problem(
    client: FlaskClient, problem: Check, sent: dict[str, str]
) -> None:
    problem(client.post("/reconcile", data=sent), 400, "bad-parameter")
    assert client.post("/reconcile", data=sent).headers["Access-Control-Allow-Origin"] == "*"
