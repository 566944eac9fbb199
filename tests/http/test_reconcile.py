"""Does the Reconciliation Service API 0.2 hold?

What each message must be is written here from the text of the report and from its JSON Schemas
(manifest, query batch, result batch, suggest responses, type, data extension query and response),
which are under the W3C Software and Document licence and so are not copied. Where ours asks for
more than theirs (no further keys, a name for each type), it is what the text says in words.

Source: https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

import json
from typing import Any, Final

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from kg.reconciliation import MOST
from tests.http.conftest import Check

TEXT: Final = {"type": "string"}
FILLED: Final = {"type": "string", "minLength": 1}  # ids and names, in the report's words


def only(required: dict[str, Any], **optional: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the schema of an object that has no further keys."""
    return {
        "type": "object",
        "properties": required | optional,
        "required": list(required),
        "additionalProperties": False,
    }


NAMED: Final = only({"id": FILLED, "name": FILLED})
TYPE: Final = only(
    {"id": FILLED, "name": FILLED}, description=TEXT, broader={"type": "array", "items": NAMED}
)
TYPES: Final = {"type": "array", "items": TYPE}
FEATURE: Final = only({"id": FILLED, "value": {"type": ["boolean", "number"]}})
CANDIDATE: Final = only(
    {
        "id": FILLED,
        "name": FILLED,
        "type": TYPES,
        "score": {"type": "number"},
        "match": {"type": "boolean"},
    },
    description=TEXT,
    features={"type": "array", "items": FEATURE},
)
RESULTS: Final = {
    "type": "object",
    "additionalProperties": only({"result": {"type": "array", "items": CANDIDATE}}),
}
URI: Final = {"type": "string", "pattern": "^https?://"}
TEMPLATE: Final = {"type": "string", "pattern": r"^https?://.*\{\{id\}\}"}
PATH: Final = {"type": "string", "pattern": "^/"}
SERVICE: Final = only({"service_url": URI, "service_path": PATH})
FLYOUT: Final = {"flyout_service_url": URI, "flyout_service_path": {"pattern": r"\$\{id\}"}}
SUGGEST: Final = only({"service_url": URI, "service_path": PATH}, **FLYOUT)
SETTING: Final = only(
    {"type": {"enum": ["number", "text", "checkbox", "select"]}, "label": TEXT, "name": TEXT},
    default={},
    help_text=TEXT,
    choices={"type": "array", "items": only({"value": TEXT, "name": TEXT})},
)
MANIFEST: Final = only(
    {
        "versions": {"type": "array", "items": TEXT, "contains": {"const": "0.2"}},
        "name": TEXT,
        "identifierSpace": URI,
        "schemaSpace": URI,
    },
    documentation=URI,
    serviceVersion=TEXT,
    logo=URI,
    authentication={"type": "object"},
    batchSize={"type": "integer", "minimum": 1},
    view=only({"url": TEMPLATE}),
    feature_view=only({"url": TEMPLATE}),
    defaultTypes=TYPES | {"uniqueItems": True},
    suggest=only({}, entity=SUGGEST, property=SUGGEST, type=SUGGEST),
    preview=only({"url": TEMPLATE, "width": {"type": "integer"}, "height": {"type": "integer"}}),
    extend=only(
        {},
        propose_properties=SERVICE,
        property_settings={"type": "array", "items": SETTING},
    ),
)
SUGGESTED: Final = {
    "entity": only({"id": FILLED, "name": FILLED}, description=TEXT, notable=TYPES),
    "property": only({"id": FILLED, "name": FILLED}, description=TEXT),
    "type": TYPE,
}
MOMENT: Final = r"^-?[0-9]{4,}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]"
CELL: Final = {
    "oneOf": [
        only({}),
        only({"id": TEXT, "name": TEXT}, description=TEXT),
        only({"str": TEXT}),
        only({"int": {"type": "integer"}}),
        only({"float": {"type": "number"}}),
        only({"date": {"type": "string", "pattern": MOMENT}}),
    ],
}
COLUMN: Final = only(
    {"id": FILLED, "name": FILLED},
    type=only({"id": FILLED}, name=TEXT),
    service=URI,
)
EXTENDED: Final = only(
    {
        "meta": {"type": "array", "items": COLUMN},
        "rows": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": CELL},
            },
        },
    }
)
PROPOSED: Final = only(
    {"properties": {"type": "array", "items": NAMED}}, type=TEXT, limit={"type": "integer"}
)


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
    assert client.get(view.replace(":k", "%3Ak")).status_code == 200  # encoded, as §2.1 asks
    preview = client.get(manifest["preview"]["url"].replace("{{id}}", "id:kesimpta"))
    assert preview.mimetype == "text/html"
    assert "Kesimpta" in preview.text
    assert client.get(manifest["documentation"]).status_code == 200


def test_what_is_not_offered_is_not_in_the_manifest(client: FlaskClient, problem: Check) -> None:
    manifest = client.get("/reconcile").get_json()
    absent = {"authentication", "feature_view", "logo"}
    assert absent.isdisjoint(manifest)
    assert manifest["extend"]["property_settings"] == []
    for service in manifest["suggest"].values():
        assert FLYOUT.keys().isdisjoint(service)
    problem(client.get("/reconcile?callback=read"), 400, "bad-parameter")  # no JSONP


def test_batch_has_a_size(client: FlaskClient, problem: Check) -> None:
    size = client.get("/reconcile").get_json()["batchSize"]
    batch = {f"q{number}": {"query": "kesimpta", "limit": 1} for number in range(size + 1)}
    problem(client.post("/reconcile", data={"queries": json.dumps(batch)}), 413)
    del batch["q0"]
    assert len(asked(client, **batch)) == size == MOST


def test_certain_match_is_marked_and_others_are_not(client: FlaskClient) -> None:
    results = asked(
        client,
        a={"query": "Kesimpta", "type": "MedicinalProduct", "limit": 3},
        b={"query": "kesimta", "type": ["MedicinalProduct", "Substance"], "type_strict": "any"},
    )
    assert [(each["id"], each["match"]) for each in results["a"]] == [("id:kesimpta", True)]
    assert results["b"][0]["id"] == "id:kesimpta"
    assert not results["b"][0]["match"]


def test_candidates_come_by_falling_score(client: FlaskClient) -> None:
    scores = [each["score"] for each in asked(client, a={"query": "relapsing"})["a"]]
    assert len(scores) > 5
    assert scores == sorted(scores, reverse=True)


def test_name_and_identifier_find_their_entity(client: FlaskClient) -> None:
    results = asked(client, name={"query": "ofatumumab"}, identifier={"query": "id:kesimpta"})
    assert "id:ofatumumab" in {each["id"] for each in results["name"]}
    assert results["identifier"][0]["id"] == "id:kesimpta"
    assert results["identifier"][0]["score"] == 100


@pytest.mark.parametrize(
    "value",
    ["emc:12433", 12433, 1.5, True, {"id": "emc:12433"}, ["a", {"id": "b", "name": "c"}, 1], []],
)
def test_property_may_have_any_value_of_the_protocol(client: FlaskClient, value: object) -> None:
    condition = {"pid": "identifier", "v": value}
    assert asked(client, a={"query": "kesimpta", "properties": [condition], "limit": 1})["a"]


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
    answer = client.get(address, query_string={"prefix": prefix}).get_json()["result"]
    fits({"type": "array", "items": SUGGESTED[kind]}, answer)
    assert expected in {each["id"] for each in answer}
    further = client.get(address, query_string={"prefix": prefix, "cursor": 1}).get_json()["result"]
    assert further[: len(answer) - 1] == answer[1:]


def test_identifier_is_suggested_for_itself(client: FlaskClient) -> None:
    answer = client.get("/reconcile/suggest/entity?prefix=id:kesimpta").get_json()["result"]
    assert answer[0]["id"] == "id:kesimpta"


def test_table_is_extended_with_proposed_properties(client: FlaskClient) -> None:
    address = "/reconcile/properties?type=MedicinalProduct"
    proposed = fits(PROPOSED, client.get(address).get_json())
    assert len(client.get(f"{address}&limit=2").get_json()["properties"]) == 2
    names = [each["id"] for each in proposed["properties"]]
    assert "hasActiveSubstance" in names
    query = {"ids": ["id:kesimpta", "id:nothing"], "properties": [{"id": each} for each in names]}
    sent = {"extend": json.dumps(query)}
    answer = client.post("/reconcile", data=sent).get_json()
    assert answer == client.get("/reconcile", query_string=sent).get_json()
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
        {"queries": '{"q": {"query": "a", "properties": [{"pid": "identifier", "v": null}]}}'},
        {"queries": '{"q": {"query": "a", "properties": [{"pid": "identifier", "v": [[1]]}]}}'},
        {"queries": '{"q": {"query": "a", "properties": [{"pid": "identifier", "v": {}}]}}'},
        {"queries": '{"q": {"query": "a", "none": 1}}'},
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
