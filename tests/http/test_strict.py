"""What means nothing at an address is refused, never passed over."""

import re

import pytest
from flask.testing import FlaskClient

from api.operation import Operation
from api.operations import OPERATIONS
from tests.http.conftest import Check

OPEN = {"/sparql", "/update"}  # protocols whose clients add parameters of their own
GETS = [each for each in OPERATIONS if each.method == "get" and each.route not in OPEN]
READS = [pytest.param(each, id=each.route) for each in GETS]


def address(operation: Operation) -> str:
    path = operation.route
    for name, parameter in (operation.names or {}).items():
        path = re.sub(rf"<(?:[a-z]+(?:\([^)]*\))?:)?{name}>", str(parameter.example), path)
    return path


def needed(operation: Operation) -> dict[str, object]:
    return {each.name: each.example for each in operation.parameters if each.required}


@pytest.mark.parametrize("operation", READS)
def test_a_format_that_is_not_on_offer_is_refused_with_what_there_is(
    client: FlaskClient, problem: Check, operation: Operation
) -> None:
    asked = needed(operation) | {"format": "nonsense"}
    response = client.get(address(operation), query_string=asked)
    has_choice = any(each.name == "format" for each in operation.parameters)
    if has_choice or len(operation.answers) == 1:
        members = problem(response, 406)
        assert set(operation.answers) <= set(members["offered"])
        assert "'nonsense'" in members["detail"]
    else:
        assert problem(response, 400, "bad-parameter")["parameter"] == "format"


@pytest.mark.parametrize("operation", READS)
def test_a_parameter_that_is_not_known_is_refused_by_name(
    client: FlaskClient, problem: Check, operation: Operation
) -> None:
    asked = needed(operation) | {"fromat": "1"}
    response = client.get(address(operation), query_string=asked)
    if response.request.path.endswith(".html"):  # to whom asks for a page a failure is one too
        assert response.status_code == 400
        assert "fromat" in response.text
    else:
        assert problem(response, 400, "bad-parameter")["parameter"] == "fromat"


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/search?q=kesimpta&format=json", "application/json"),
        ("/search?q=kesimpta&format=html", "text/html"),
        ("/health?format=json", "application/json"),
        ("/health?format=application/json", "application/json"),
        ("/openapi.html?format=html", "text/html"),
        ("/id/kesimpta?format=turtle", "text/turtle"),
        ("/queries?format=text/turtle", "text/turtle"),
        ("/.well-known/void?format=rdf", "application/rdf+xml"),
    ],
)
def test_a_format_is_named_by_its_short_name_or_its_media_type(
    client: FlaskClient, path: str, media_type: str
) -> None:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, media_type), response.text


def test_what_is_given_twice_is_refused(client: FlaskClient, problem: Check) -> None:
    for asked in ("/search?q=a&q=b", "/vocab?format=ttl&format=ttl", "/resolve?iri=a&iri=b"):
        problem(client.get(asked), 400, "bad-parameter")


def test_a_format_beside_another_one_in_the_address_is_refused(
    client: FlaskClient, problem: Check
) -> None:
    assert client.get("/id/kesimpta.ttl?format=ttl").mimetype == "text/turtle"
    assert client.get("/id/kesimpta.ttl?format=turtle").mimetype == "text/turtle"
    for asked in ("/id/kesimpta.ttl?format=rdf", "/drugs/kesimpta.ttl?format=jsonld"):
        assert problem(client.get(asked), 400, "bad-parameter")["parameter"] == "format"


def test_clients_of_the_protocol_may_send_parameters_of_their_own(client: FlaskClient) -> None:
    asked = {"query": "ASK {}", "output": "json", "results": "json", "format": "json"}
    assert client.get("/sparql", query_string=asked).status_code == 200
